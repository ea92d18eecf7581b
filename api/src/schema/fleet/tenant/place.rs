//! A tenant's place in the tree: decided in the tree's own stream, which all changes pass, then told in the tenant's.
//!
//! What was decided and not told (a server that died in between) is told by whoever comes next to that part of the tree, under
//! the turn in which it was decided, so that views never show a place that is older than one that they were judged by; and by
//! the next sweep (`upkeep_automation`), if nobody comes.

use crate::error;
use crate::request::{Request, see, services};
use crate::schema::change::{Checked, Order};
use crate::schema::types::UserError;
use async_graphql::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_domain::fleet::tenant::{
    PlaceTenant, Presence, Tenant, TenantCommand, TenantRejection, TenantTree, TenantTreeCommand,
    TheTenantTree, TreeDecision,
};
use upkeep_domain::kernel::decider::{self, Decider as _};
use upkeep_domain::kernel::ids::{CommandId, TenantId, derive};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_event_store::{CommandError, Envelope};
use upkeep_projections::View;

/// How long whoever creates a tenant has from its place to itself: longer than any request lasts.
const MAKING_PATIENCE: TimeDelta = TimeDelta::minutes(1);

/// What is asked of the tree for a tenant.
#[derive(Clone, Copy)]
pub enum Wanted {
    Parent(Option<TenantId>),
    Presence(Presence),
}

impl Wanted {
    fn command(self, view: &View, tenant: TenantId, now: DateTime<Utc>) -> TenantTreeCommand {
        let known = Arc::new(view.tenant_parents());
        match self {
            Self::Parent(parent) => TenantTreeCommand::Place(PlaceTenant {
                tenant,
                parent,
                seen: known.get(&tenant).copied(),
                known,
            }),
            Self::Presence(Presence::Removed) => TenantTreeCommand::TakeOut {
                tenant,
                known,
                never_made: view.never_made_below(tenant, now - MAKING_PATIENCE),
            },
            Self::Presence(Presence::Present) => TenantTreeCommand::PutBack { tenant, known },
        }
    }

    /// What the tree has decided of that, for the tenant to be told.
    fn decided(self, tree: &TenantTree, tenant: TenantId) -> Option<TreeDecision> {
        match self {
            Self::Parent(_) => tree.place(tenant).map(TreeDecision::Place),
            Self::Presence(_) => tree.presence(tenant).map(TreeDecision::Presence),
        }
    }
}

/// Whether a view alone would allow it: for what is imagined.
pub fn check(
    view: &View,
    tenant: TenantId,
    wanted: Wanted,
    context: &decider::Context,
) -> Result<(), TenantRejection> {
    let removed = view
        .tenants
        .iter()
        .filter(|(_, entry)| entry.state.is_removed());
    TenantTree::without(removed.map(|(id, _)| id))
        .decide(wanted.command(view, tenant, context.now), context)
        .map(|_| ())
}

/// Puts a tenant below another one or at the top, takes it out, or puts it back.
pub async fn change(
    context: &Context<'_>,
    order: &Order,
    tenant: TenantId,
    wanted: Wanted,
) -> Checked<bool> {
    // Whoever expects a revision expects it before anything is decided.
    let nothing = TenantCommand::SetParent {
        parent: None,
        turn: 0,
    };
    check!(
        order
            .execute_anyway::<Tenant>(context, tenant, nothing)
            .await?
    );
    let tree = check!(decide(context, order, tenant, wanted).await?);
    let Some(decided) = wanted.decided(&tree, tenant) else {
        return Ok(Ok(false));
    };
    // What was judged held when this began; what is decided is told whatever became of the rest since.
    let envelope = Envelope {
        expected_revision: None,
        ..order.envelope.clone()
    };
    let told = tell_one(context, tenant, decided.command(), &envelope).await?;
    Ok(told.map_err(|error| UserError::from(&error)))
}

/// Tells a tenant what was decided of it; whether that was news.
async fn tell_one(
    context: &Context<'_>,
    tenant: TenantId,
    command: TenantCommand,
    envelope: &Envelope,
) -> Result<Result<bool, CommandError>> {
    let told = services(context)
        .handler
        .execute::<Tenant>(tenant, command, envelope)
        .await;
    match told {
        Ok(outcome) => {
            see(context, outcome.position).await?;
            Ok(Ok(!outcome.events.is_empty()))
        }
        Err(error @ (CommandError::Rejected { .. } | CommandError::CommandIdReused(_))) => {
            Ok(Err(error))
        }
        Err(error) => Err(error::of_command(&error)),
    }
}

/// Decides on a tenant's place in the tree; everything that it was judged by is told before this answers.
pub async fn decide(
    context: &Context<'_>,
    order: &Order,
    tenant: TenantId,
    wanted: Wanted,
) -> Checked<TenantTree> {
    let handler = &services(context).handler;
    let view = Request::of(context).view();
    let known = view.tenant_parents();
    let command = wanted.command(order.judged(), tenant, handler.clock().now());
    let envelope = Envelope {
        command_id: CommandId(derive(order.envelope.command_id.0, "place")),
        expected_revision: None,
        ..order.envelope.clone()
    };
    let decided = handler
        .execute::<TenantTree>(TheTenantTree, command, &envelope)
        .await;
    let (tree, refused) = match decided {
        Ok(outcome) => (outcome.state, None),
        Err(error @ (CommandError::Rejected { .. } | CommandError::CommandIdReused(_))) => {
            let tree = handler.read::<TenantTree>(TheTenantTree).await;
            let tree = tree.map_err(|error| error::of_command(&error))?;
            (tree, Some(UserError::from(&error)))
        }
        Err(error) => return Err(error::of_command(&error)),
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
    tell(context, &view, &tree, untold).await?;
    Ok(match refused {
        None => Ok(tree),
        Some(error) => Err(error),
    })
}

/// Tells these tenants what was decided of them, where the view does not show it.
async fn tell(
    context: &Context<'_>,
    view: &View,
    tree: &TenantTree,
    tenants: Vec<TenantId>,
) -> Result<()> {
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
            let command = CommandId(derive(tenant.0, &format!("turn/{}", decided.turn())));
            let actor = view.decided_by(tenant, &decided).unwrap_or(Actor::System);
            let envelope = Envelope::new(command, actor).of_tenant(Some(tenant));
            tell_one(context, tenant, decided.command(), &envelope)
                .await?
                .map_err(|error| error::of_command(&error))?;
        }
    }
    Ok(())
}
