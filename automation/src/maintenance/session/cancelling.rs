//! What waits or runs on a computer that was removed, or that went to another tenant, is over.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{SessionId, TenantId};
use upkeep_domain::maintenance::session::{Session, SessionCommand};
use upkeep_event_store::Position;
use uuid::Uuid;

pub struct Cancelling;

impl Process for Cancelling {
    type Todo = (SessionId, TenantId);
    const NAME: &'static str = "the end of a session whose computer left";
    const GATE: Gate = Gate::Lease;

    fn todo(&self, at: &Moment) -> Vec<(SessionId, TenantId)> {
        let departed = at.view.departed_sessions();
        departed
            .filter_map(|(session, entry)| Some((session, entry.state.request?.tenant)))
            .collect()
    }

    fn subject((session, _): &(SessionId, TenantId)) -> Uuid {
        session.0
    }

    async fn carry_out(
        &self,
        commands: &Commands,
        _: &Moment,
        (session, tenant): &(SessionId, TenantId),
    ) -> Result<Done, CommandError> {
        let envelope = envelope(commands, session.0, Some(*tenant));
        let cancelled = commands
            .send::<Session>(*session, SessionCommand::Cancel, &envelope)
            .await;
        match cancelled {
            // It ended by itself meanwhile: the next view says so.
            Err(CommandError::Rejected {
                code: Code::SessionOver,
                ..
            }) => Ok(Done::NotYet(Position::START)),
            cancelled => cancelled.map(Done::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, HERE, computer, session, tenant};
    use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
    use upkeep_domain::fleet::tenant::{Presence, Tenant, TenantCommand};

    #[test]
    fn what_waits_or_runs_on_a_computer_that_left_is_cancelled() {
        let mut fleet = Fleet::new();
        for n in [1, 2, 3] {
            fleet.computer(n);
        }
        fleet.waiting(1, 1);
        fleet.running(2, 1, HERE);
        fleet.waiting(3, 2);
        fleet.waiting(4, 3);
        assert_eq!(Cancelling.todo(&fleet.moment()), []);
        fleet.tell::<Computer>(computer(1), ComputerCommand::Remove);
        let there = ComputerCommand::Move { tenant: tenant(1) };
        fleet.tell::<Computer>(computer(2), there);
        let todo = [1, 2, 3].map(|n| (session(n), tenant(0)));
        assert_eq!(Cancelling.todo(&fleet.moment()), todo);
        fleet.tell::<Session>(session(1), SessionCommand::Cancel);
        fleet.tell::<Computer>(computer(1), ComputerCommand::Restore);
        assert_eq!(Cancelling.todo(&fleet.moment()), [(session(3), tenant(0))]);
        let (presence, turn) = (Presence::Removed, 1);
        fleet.tell::<Tenant>(tenant(0), TenantCommand::SetPresence { presence, turn });
        let todo = [2, 3, 4].map(|n| (session(n), tenant(0)));
        assert_eq!(Cancelling.todo(&fleet.moment()), todo);
    }
}
