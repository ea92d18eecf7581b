//! The door to the handler: what agents say and what the server does by itself.

use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::handler::{CommandHandler, Outcome};
use std::sync::Arc;
use std::time::Duration;
use upkeep_domain::access::{Denied, Guarded, Sender, may_send};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_event_store::{EventStore, Position};
use upkeep_projections::{Known, PastError, Projections, View};
use upkeep_world::{Clock, World};

/// How long an answer waits for a view that contains its own events.
pub const OWN_WRITES_PATIENCE: Duration = Duration::from_secs(10);

/// How anything is changed.
#[derive(Clone)]
pub struct Commands {
    pub(crate) handler: CommandHandler,
    projections: Projections,
}

impl Commands {
    pub fn new(handler: CommandHandler, projections: Projections) -> Self {
        Self {
            handler,
            projections,
        }
    }

    pub fn store(&self) -> &Arc<dyn EventStore> {
        self.handler.store()
    }

    /// What everything that is done with commands lives in.
    pub fn world(&self) -> &World {
        self.handler.world()
    }

    pub fn clock(&self) -> &dyn Clock {
        self.world().clock()
    }

    /// A view that shows what was written there.
    pub async fn at_least(&self, position: Position) -> Result<Arc<View>, PastError> {
        self.projections
            .at_least(position, OWN_WRITES_PATIENCE)
            .await
    }

    /// Executes a command of an agent's, or of the server's own. What it returns is on disk.
    ///
    /// Whoever has a role plans a change instead ([`Commands::carry_out`]).
    pub async fn send<D: Guarded + Known>(
        &self,
        id: D::Id,
        command: D::Command,
        envelope: &Envelope,
    ) -> Result<Outcome<D>, CommandError> {
        self.ask::<D>(id, &command, envelope)?;
        self.handler.execute::<D>(id, command, envelope).await
    }

    /// The same where it was judged on a view before, and is refused as overtaken where the stream has moved on from that.
    pub async fn send_as_judged<D: Guarded + Known>(
        &self,
        id: D::Id,
        command: D::Command,
        judged: &D::Premise,
        envelope: &Envelope,
    ) -> Result<Outcome<D>, CommandError> {
        self.ask::<D>(id, &command, envelope)?;
        self.handler
            .execute_as_judged::<D>(id, command, Some(judged), envelope)
            .await
    }

    fn ask<D: Guarded + Known>(
        &self,
        id: D::Id,
        command: &D::Command,
        envelope: &Envelope,
    ) -> Result<(), Denied> {
        let sender = match envelope.actor {
            Actor::System => Sender::Server,
            Actor::Agent(agent) => Sender::Agent(agent),
            Actor::User(_) | Actor::Operator => return Err(Denied::Sender),
        };
        let view = self.projections.live();
        match D::known(&view, id) {
            Some(state) => may_send(sender, &*state, id, command, &*view),
            None => may_send(sender, &D::default(), id, command, &*view),
        }
    }

    /// The aggregate as it is now, by its stream.
    pub async fn read<D: Decider>(&self, id: D::Id) -> Result<Arc<D>, CommandError> {
        self.handler.read::<D>(id).await
    }
}
