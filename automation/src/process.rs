//! What a process is: what is to be done at a moment, and how one of these things is done.

use crate::{COMMANDS_AT_ONCE, LOOK_EVERY};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use upkeep_commands::{CommandError, Commands, Outcome};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::ServerId;
use upkeep_domain::maintenance::session::Elapsed;
use upkeep_event_store::Position;
use upkeep_projections::View;
use uuid::Uuid;

/// One kind of work that is done by itself.
///
/// It has to be right alone and in any order with the others: all that it knows is a view, which may be a little behind; the domain
/// decides.
pub trait Process: Send + Sync + 'static {
    /// One thing to do.
    type Todo: Send + Sync;

    /// What one of them is called in the log.
    const NAME: &'static str;
    /// Whether only a server may do it that holds its lease.
    const GATE: Gate;
    const WAKE: Wake = Wake::View;
    /// The longest time between two looks.
    const PACE: Duration = LOOK_EVERY;
    /// Most things that are under way at once.
    const BOUND: usize = COMMANDS_AT_ONCE;

    /// All that is to be done, found by state alone. Looks only at what may be due.
    fn todo(&self, at: &Moment) -> Vec<Self::Todo>;

    /// When time alone may bring more, where that is known; it is looked at its pace anyway.
    fn due(&self, _: &Moment) -> Option<DateTime<Utc>> {
        None
    }

    /// What it is done to: where it fails, only this waits a little.
    fn subject(todo: &Self::Todo) -> Uuid;

    fn carry_out(
        &self,
        commands: &Commands,
        at: &Moment,
        todo: &Self::Todo,
    ) -> impl Future<Output = Result<Done, CommandError>> + Send;

    /// Takes in that one was carried out.
    fn remember(&mut self, _: Self::Todo) {}

    /// Lets go of what is not there any more, before a look.
    fn forget(&mut self, _: &Moment) {}
}

/// Whether a process needs its server's lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Without it others may be at work on what was ours.
    Lease,
    /// Whoever does it, and however many.
    Open,
}

/// What makes a process look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Every new view, and its pace.
    View,
    /// Its pace alone.
    Pace,
}

/// What carrying one thing out came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A view at this position shows it.
    At(Position),
    /// Not now: it is looked at again a little later.
    NotYet(Position),
}

impl Done {
    pub fn position(self) -> Position {
        match self {
            Self::At(position) | Self::NotYet(position) => position,
        }
    }
}

impl<D: Decider> From<Outcome<D>> for Done {
    fn from(outcome: Outcome<D>) -> Self {
        Self::At(outcome.position)
    }
}

/// What a process knows when it looks.
pub struct Moment {
    pub view: Arc<View>,
    pub now: DateTime<Utc>,
    /// This server.
    pub server: ServerId,
    /// Since when it lets agents connect.
    pub listening_since: DateTime<Utc>,
    /// How its clock jumped meanwhile.
    pub jumps: ClockJumps,
    /// The limit for the whole installation.
    pub max_running_sessions: usize,
}

impl Moment {
    pub fn elapsed(&self) -> Elapsed<'_> {
        Elapsed {
            now: self.now,
            listening_since: self.listening_since,
            jumps: &self.jumps,
        }
    }
}
