//! Given events, when a command, then events or a rejection: how every decider is tested.

use crate::kernel::decider::{Context, Decider, Refused, decide_as_judged};
use crate::kernel::ids::CommandId;
use crate::kernel::metadata::Actor;
use chrono::{DateTime, TimeZone, Utc};
use std::fmt::Debug;
use uuid::Uuid;

/// The moment at which every test's command arrives, unless it says otherwise.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

pub const fn id(n: u128) -> Uuid {
    Uuid::from_u128((7 << 76) | (2 << 62) | n)
}

pub struct Given<D: Decider> {
    state: D,
    judged: Option<D::Premise>,
    now: DateTime<Utc>,
}

pub struct Then<D: Decider> {
    outcome: Result<Vec<D::Event>, Refused<D::Rejection>>,
}

pub fn nothing<D: Decider>() -> Given<D> {
    given([])
}

pub fn given<D: Decider>(events: impl IntoIterator<Item = D::Event>) -> Given<D> {
    Given {
        state: state_after(events),
        judged: None,
        now: noon(),
    }
}

fn state_after<D: Decider>(events: impl IntoIterator<Item = D::Event>) -> D {
    events
        .into_iter()
        .fold(D::default(), |state, event| state.evolve(&event))
}

impl<D: Decider> Given<D> {
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = now;
        self
    }

    /// Permission and reach were judged when no more than this had happened.
    pub fn judged_after(mut self, events: impl IntoIterator<Item = D::Event>) -> Self {
        self.judged = Some(state_after::<D>(events).premise());
        self
    }

    pub fn when(self, command: D::Command) -> Then<D> {
        let context = Context {
            actor: Actor::Operator,
            now: self.now,
            command_id: CommandId(id(0xc0)),
        };
        Then {
            outcome: decide_as_judged(&self.state, self.judged.as_ref(), command, &context),
        }
    }
}

impl<D: Decider> Then<D>
where
    D::Event: Debug + PartialEq,
    D::Rejection: Debug + PartialEq,
{
    pub fn then(self, events: impl IntoIterator<Item = D::Event>) {
        assert_eq!(self.outcome, Ok(events.into_iter().collect::<Vec<_>>()));
    }

    pub fn then_nothing(self) {
        self.then([]);
    }

    pub fn then_rejected(self, rejection: D::Rejection) {
        assert_eq!(self.outcome, Err(Refused::Rejected(rejection)));
    }

    pub fn then_overtaken(self) {
        assert_eq!(self.outcome, Err(Refused::Overtaken));
    }
}
