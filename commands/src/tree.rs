//! A tenant's place in the tree: decided in the tree's own stream, which all changes pass, then told in the tenant's.
//!
//! What was decided and not told (a server that died in between) is told by whoever comes next to that part of the tree, under
//! the turn in which it was decided, so that views never show a place that is older than one that they were judged by; and by
//! the process that tells it (`upkeep_automation`), if nobody comes.

use crate::Commands;
use crate::ask::{Ask, Plan};
use crate::change::Done;
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::handler::Outcome;
use crate::stop::Stop;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_domain::fleet::passage::Wanted;
use upkeep_domain::fleet::tenant::{
    PlaceTenant, Presence, Tenant, TenantCommand, TenantTree, TenantTreeCommand, TheTenantTree,
    TreeDecision,
};
use upkeep_domain::kernel::decider::Decider as _;
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_projections::View;

/// How long whoever creates a tenant has from its place to itself: longer than any request lasts.
const MAKING_PATIENCE: TimeDelta = TimeDelta::minutes(1);

fn command(wanted: Wanted, view: &View, tenant: TenantId, now: DateTime<Utc>) -> TenantTreeCommand {
    let known = Arc::new(view.tenant_parents());
    match wanted {
        Wanted::Parent(parent) => TenantTreeCommand::Place(PlaceTenant {
            tenant,
            parent,
            seen: known.get(&tenant).copied(),
            known,
        }),
        Wanted::Presence(Presence::Removed) => TenantTreeCommand::TakeOut {
            tenant,
            known,
            never_made: view.never_made_below(tenant, now - MAKING_PATIENCE),
        },
        Wanted::Presence(Presence::Present) => TenantTreeCommand::PutBack { tenant, known },
    }
}

/// What the tree has decided of that, for the tenant to be told.
fn decided(wanted: Wanted, tree: &TenantTree, tenant: TenantId) -> Option<TreeDecision> {
    match wanted {
        Wanted::Parent(_) => tree.place(tenant).map(TreeDecision::Place),
        Wanted::Presence(_) => tree.presence(tenant).map(TreeDecision::Presence),
    }
}

impl Ask {
    /// Whether the view alone would allow it: for what is imagined.
    pub(crate) fn may_be_placed(&self, tenant: TenantId, wanted: Wanted) -> Result<(), Stop> {
        let view = self.view();
        let tenants = view.tenants.iter();
        let removed = tenants.filter(|(_, entry)| entry.state.is_removed());
        let tree = TenantTree::without(removed.map(|(id, _)| id));
        let placed = tree.decide(command(wanted, view, tenant, self.now()), &self.context());
        placed.map(|_| ()).map_err(|no| Stop::rejected(&no))
    }
}

impl Commands {
    /// Tells a tenant what the tree decided of it, in the name of whoever asked for it.
    pub async fn tell_decision(
        &self,
        tenant: TenantId,
        decided: &TreeDecision,
        envelope: &Envelope,
    ) -> Result<Outcome<Tenant>, CommandError> {
        self.handler
            .execute::<Tenant>(tenant, decided.command(), envelope)
            .await
    }

    /// Puts a tenant below another one or at the top, takes it out, or puts it back.
    pub(crate) async fn change_place(
        &self,
        ask: &mut Ask,
        tenant: TenantId,
        wanted: Wanted,
    ) -> Result<Done, Stop> {
        // Whoever expects a revision expects it before anything is decided.
        let nothing = Plan::<Tenant> {
            id: tenant,
            command: TenantCommand::SetParent {
                parent: None,
                turn: 0,
            },
            tenant: Some(tenant),
        };
        self.decide(ask, nothing).await?;
        let tree = self.decide_place(ask, tenant, wanted).await?;
        let Some(decided) = decided(wanted, &tree, tenant) else {
            return Ok(Done::Before);
        };
        // What was judged held when this began; what is decided is told whatever became of the rest since.
        let envelope = Envelope {
            expected_revision: None,
            ..ask.envelope.clone().of_tenant(Some(tenant))
        };
        self.tell_tenant(ask, tenant, &decided, &envelope).await
    }

    /// Gives a tenant that is about to be made its place.
    pub(crate) async fn place_new(
        &self,
        ask: &mut Ask,
        tenant: TenantId,
        parent: TenantId,
    ) -> Result<(), Stop> {
        let wanted = Wanted::Parent(Some(parent));
        self.decide_place(ask, tenant, wanted).await.map(|_| ())
    }

    async fn tell_tenant(
        &self,
        ask: &mut Ask,
        tenant: TenantId,
        decided: &TreeDecision,
        envelope: &Envelope,
    ) -> Result<Done, Stop> {
        let told = self.tell_decision(tenant, decided, envelope).await;
        self.seen(ask, told).await.map(|outcome| Done::of(&outcome))
    }

    /// Decides on a tenant's place in the tree; everything that it was judged by is told before this answers.
    async fn decide_place(
        &self,
        ask: &mut Ask,
        tenant: TenantId,
        wanted: Wanted,
    ) -> Result<Arc<TenantTree>, Stop> {
        let view = ask.newest().clone();
        let known = view.tenant_parents();
        let command = command(wanted, ask.view(), tenant, self.clock().now());
        let envelope = ask.envelope.step("place").of_tenant(Some(tenant));
        let decided = self
            .handler
            .execute::<TenantTree>(TheTenantTree, command, &envelope)
            .await;
        let (tree, refused) = match decided {
            Ok(outcome) => (outcome.state, None),
            Err(error @ (CommandError::Rejected { .. } | CommandError::CommandIdReused(_))) => {
                let tree = self.handler.read::<TenantTree>(TheTenantTree).await?;
                (tree, Some(error))
            }
            Err(error) => return Err(error.into()),
        };
        // The tenant itself is told by whoever asks, in their name.
        let mut untold = match wanted {
            Wanted::Parent(parent) => {
                parent.map_or_else(Vec::new, |parent| tree.upwards(parent, &known))
            }
            Wanted::Presence(Presence::Present) => tree.upwards(tenant, &known).split_off(1),
            Wanted::Presence(Presence::Removed) => tree.below(tenant, &known),
        };
        if refused.is_some() {
            // Whoever judges again sees where it is now.
            untold.push(tenant);
        }
        self.tell_tenants(ask, &view, &tree, untold).await?;
        match refused {
            None => Ok(tree),
            Some(error) => Err(error.into()),
        }
    }

    /// Tells these tenants what was decided of them, where the view does not show it.
    async fn tell_tenants(
        &self,
        ask: &mut Ask,
        view: &View,
        tree: &TenantTree,
        tenants: Vec<TenantId>,
    ) -> Result<(), Stop> {
        for tenant in tenants {
            let Some(known) = view.tenants.get(tenant) else {
                continue;
            };
            let place = tree.place(tenant);
            let place = place.filter(|place| place.parent != known.state.parent);
            let presence = tree.presence(tenant);
            let presence = presence.filter(|decided| decided.presence != known.state.presence);
            let place = place.map(TreeDecision::Place);
            let presence = presence.map(TreeDecision::Presence);
            for decided in place.into_iter().chain(presence) {
                let turn = format!("turn/{}", decided.turn());
                let command = CommandId::derived_from(tenant.0, &turn);
                let actor = view.decided_by(tenant, &decided).unwrap_or(Actor::System);
                let envelope = Envelope::new(command, actor).of_tenant(Some(tenant));
                self.tell_tenant(ask, tenant, &decided, &envelope).await?;
            }
        }
        Ok(())
    }
}
