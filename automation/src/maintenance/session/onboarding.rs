//! A computer's first full session that achieved something ends its onboarding.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_projections::Onboarding as Due;
use uuid::Uuid;

pub struct Onboarding;

impl Process for Onboarding {
    type Todo = (ComputerId, Due);
    const NAME: &'static str = "the onboarding of a computer";
    const GATE: Gate = Gate::Open;

    fn todo(&self, at: &Moment) -> Vec<(ComputerId, Due)> {
        at.view.onboarding_due().collect()
    }

    fn subject((computer, _): &(ComputerId, Due)) -> Uuid {
        computer.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        _: &Moment,
        (computer, due): &(ComputerId, Due),
    ) -> Result<Done, CommandError> {
        // A part of the story of the session that has brought it about.
        let envelope = envelope(commands, due.session.0, Some(due.tenant));
        let command = ComputerCommand::CompleteOnboarding;
        // If it is another tenant's by now, the next view says so.
        let judged = Some(due.tenant);
        let onboarded = commands
            .send_as_judged::<Computer>(*computer, command, &judged, &envelope)
            .await;
        match onboarded {
            Err(CommandError::Overtaken { position }) => Ok(Done::NotYet(position)),
            onboarded => onboarded.map(Done::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, HERE, computer, session, tenant};
    use std::sync::Arc;
    use upkeep_domain::maintenance::session::{Session, SessionCommand, Surroundings};

    #[test]
    fn a_computer_is_onboarded_by_its_first_session_that_achieved_something() {
        let mut fleet = Fleet::new();
        for n in [1, 2] {
            fleet.computer(n);
            fleet.running(n, n, HERE);
        }
        assert_eq!(Onboarding.todo(&fleet.moment()), []);
        // It has nothing to do, and passes.
        let around = Surroundings {
            winners: Some(vec![]),
            ..fleet.surroundings(1, HERE)
        };
        fleet.tell::<Session>(session(1), SessionCommand::Advance(Arc::new(around)));
        let due = Due {
            tenant: tenant(0),
            session: session(1),
        };
        assert_eq!(Onboarding.todo(&fleet.moment()), [(computer(1), due)]);
        fleet.tell::<Computer>(computer(1), ComputerCommand::CompleteOnboarding);
        assert_eq!(Onboarding.todo(&fleet.moment()), []);
    }
}
