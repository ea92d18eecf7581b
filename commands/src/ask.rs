//! What somebody asks for, on its way: who asks, on which view it is judged, and what follows for one aggregate.

use crate::change::refuse_if_removed;
use crate::envelope::Envelope;
use crate::stop::Stop;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::{self, Action, Denied, Guarded, Principal, Sender};
use upkeep_domain::fleet::passage::Passage;
use upkeep_domain::kernel::decider;
use upkeep_domain::kernel::ids::{CommandId, TenantId, derive};
use upkeep_projections::{Held, Known, View};
use upkeep_world::World;
use uuid::Uuid;

/// Somebody asks for something.
#[derive(Clone, Debug)]
pub struct Ask {
    principal: Principal,
    pub(crate) envelope: Envelope,
    /// What it is judged on.
    view: Arc<View>,
    /// The newest view that what it led to was seen in.
    newest: Arc<View>,
    now: DateTime<Utc>,
    world: World,
}

/// An aggregate that whoever asks may know of.
pub struct Sight<'a, D: Guarded> {
    ask: &'a Ask,
    pub id: D::Id,
    pub state: Held<'a, D>,
}

/// A command that its sender may send. Outside of this crate there is no other way to make one than to ask.
#[derive(Clone, Debug)]
pub struct Plan<D: Guarded> {
    pub(crate) id: D::Id,
    pub(crate) command: D::Command,
    /// The tenant that its events are of.
    pub(crate) tenant: Option<TenantId>,
}

impl<D: Guarded> Plan<D> {
    pub fn id(&self) -> D::Id {
        self.id
    }
}

impl<D: Guarded + Known> Plan<D> {
    /// The stream that it has to pass first, as far as this view knows.
    pub(crate) fn passage(&self, view: &View) -> Option<Passage> {
        match D::known(view, self.id) {
            Some(state) => state.passage(self.id, &self.command),
            None => D::default().passage(self.id, &self.command),
        }
    }
}

impl Ask {
    pub fn new(
        principal: Principal,
        envelope: Envelope,
        view: Arc<View>,
        now: DateTime<Utc>,
        world: &World,
    ) -> Self {
        Self {
            principal,
            envelope,
            newest: view.clone(),
            view,
            now,
            world: world.clone(),
        }
    }

    /// A question of what would be, which nobody sends.
    pub fn imagined(
        principal: Principal,
        view: Arc<View>,
        now: DateTime<Utc>,
        world: &World,
    ) -> Self {
        let command = CommandId(world.id());
        let envelope = Envelope::new(command, principal.actor());
        Self::new(principal, envelope, view, now, world)
    }

    pub fn principal(&self) -> Principal {
        self.principal
    }

    /// What it is judged on.
    pub fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// The newest view that what it led to was seen in.
    pub fn newest(&self) -> &Arc<View> {
        &self.newest
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// By the server's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The moment that is asked about: of a view of the past, its own.
    pub fn moment(&self) -> DateTime<Utc> {
        self.view.moment().unwrap_or(self.now)
    }

    /// The id of what this makes.
    pub fn new_id(&self, kind: &str) -> Uuid {
        derive(self.envelope.command_id.0, kind)
    }

    pub fn require(&self, action: Action) -> Result<(), Denied> {
        access::may(self.principal, action)
    }

    /// Refuses what would change something in a tenant that was removed.
    pub fn refuse_if_removed(&self, tenant: Option<TenantId>) -> Result<(), Stop> {
        refuse_if_removed(&self.view, tenant)
    }

    /// The aggregate, if it is there and whoever asks may know of it.
    pub fn see<D: Guarded + Known>(&self, id: D::Id) -> Result<Sight<'_, D>, Stop> {
        let known = D::known(&self.view, id);
        let state = known.filter(|state| {
            let notice = state.notice(id, &*self.view);
            notice.is_some_and(|action| self.require(action).is_ok())
        });
        let sight = state.map(|state| Sight {
            ask: self,
            id,
            state,
        });
        sight.ok_or_else(|| Stop::not_found(D::NOUN))
    }

    /// A command for what is not there yet.
    pub fn make<D: Guarded + Known>(
        &self,
        id: D::Id,
        command: D::Command,
    ) -> Result<Plan<D>, Stop> {
        match D::known(&self.view, id) {
            Some(state) => self.plan(id, &*state, command),
            None => self.plan(id, &D::default(), command),
        }
    }

    fn plan<D: Guarded>(&self, id: D::Id, state: &D, command: D::Command) -> Result<Plan<D>, Stop> {
        let sender = Sender::Principal(self.principal);
        let tenant = state.tenant(id, &command, &*self.view);
        access::may_send(sender, state, id, &command, &*self.view)?;
        Ok(Plan {
            id,
            command,
            tenant,
        })
    }

    pub(crate) fn context(&self) -> decider::Context {
        decider::Context {
            actor: self.principal.actor(),
            now: self.now,
            command_id: self.envelope.command_id,
        }
    }

    /// Judged anew, on the newest view.
    pub(crate) fn judge_again(&mut self) {
        self.view = self.newest.clone();
    }

    pub(crate) fn move_on(&mut self, view: Arc<View>) {
        if view.position() > self.newest.position() {
            self.newest = view;
        }
    }
}

impl<D: Guarded> Sight<'_, D> {
    /// A command for it, if whoever asks may.
    pub fn plan(&self, command: D::Command) -> Result<Plan<D>, Stop> {
        self.ask.plan(self.id, &*self.state, command)
    }
}
