//! Whose turn it is: of the sessions that wait, those begin whose computer is online, in the order of the queue.

use crate::envelope;
use crate::process::{Done, Gate, Moment, Process};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use upkeep_commands::{CommandError, Commands};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::{ComputerId, SessionId, TenantId};
use upkeep_domain::kernel::limits::NEIGHBOUR_GRACE;
use upkeep_domain::maintenance::session::queue::{self, Nearness, Place, Waiting};
use upkeep_domain::maintenance::session::{Session, SessionCommand};
use upkeep_event_store::Position;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

pub struct Starting;

/// A session that may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    pub session: SessionId,
    pub computer: ComputerId,
    pub tenant: TenantId,
    /// The session that the computer has let in before, if that is over.
    pub over: Option<SessionId>,
}

/// The sessions that wait on a computer that is online, and no other ones.
pub fn in_line(at: &Moment) -> impl Iterator<Item = Waiting> {
    let ready = at.view.ready_computers();
    ready.flat_map(|computer| line_on(at, computer, at.view.sessions.waiting_on(computer)))
}

/// These sessions of a computer, if that is online.
pub fn line_on<'a>(
    at: &'a Moment,
    computer: ComputerId,
    waiting: impl Iterator<Item = (SessionId, &'a Arc<Entry<Session>>)>,
) -> impl Iterator<Item = Waiting> {
    let agent = nearness(at, computer);
    let online = (agent != Nearness::Offline).then_some(waiting);
    let known = at.view.computers.get(computer);
    let known = known.map(|entry| &entry.state);
    let onboarding = known.map(|known| known.onboarding).unwrap_or_default();
    let admitted = known.and_then(|known| known.session);
    online
        .into_iter()
        .flatten()
        .filter_map(move |(session, entry)| {
            let request = entry.state.request?;
            Some(Waiting {
                session,
                computer,
                about: request.about,
                since: request.at,
                onboarding,
                agent,
                place: if admitted == Some(session) {
                    Place::Admitted
                } else {
                    Place::InLine
                },
            })
        })
}

fn nearness(at: &Moment, computer: ComputerId) -> Nearness {
    let working = at.view.working_agent(computer);
    match working.and_then(|agent| at.view.agents.get(agent)) {
        None => Nearness::Offline,
        Some(agent) if agent.state.server.is_none_or(|there| there == at.server) => Nearness::Here,
        Some(_) => Nearness::Elsewhere,
    }
}

/// One that left the view is over, too.
fn is_over(view: &View, session: SessionId) -> bool {
    let known = view.sessions.get(session);
    known.is_none_or(|entry| entry.state.status.is_over())
}

impl Process for Starting {
    type Todo = Start;
    const NAME: &'static str = "a start of a session";
    const GATE: Gate = Gate::Lease;

    fn todo(&self, at: &Moment) -> Vec<Start> {
        let waiting: Vec<Waiting> = in_line(at).collect();
        if waiting.is_empty() {
            return vec![];
        }
        let running: HashSet<ComputerId> = (at.view.sessions.running())
            .filter_map(|(_, entry)| Some(entry.state.request?.computer()))
            .collect();
        let computers: HashMap<SessionId, ComputerId> = (waiting.iter())
            .map(|waiting| (waiting.session, waiting.computer))
            .collect();
        let next = queue::next(&running, waiting, at.max_running_sessions, at.now);
        next.into_iter()
            .filter_map(|session| {
                let computer = *computers.get(&session)?;
                let before = at.view.computers.get(computer)?.state.session;
                Some(Start {
                    session,
                    computer,
                    tenant: at.view.sessions.get(session)?.state.request?.tenant,
                    over: before.filter(|before| is_over(&at.view, *before)),
                })
            })
            .collect()
    }

    /// When one is not left any longer to the server that has its agent.
    fn due(&self, at: &Moment) -> Option<DateTime<Utc>> {
        let elsewhere = in_line(at).filter(|waiting| waiting.agent == Nearness::Elsewhere);
        let until = elsewhere.map(|waiting| waiting.since + NEIGHBOUR_GRACE);
        until.filter(|until| *until >= at.now).min()
    }

    fn subject(start: &Start) -> Uuid {
        start.session.0
    }

    /// The computer lets it in first: of two servers with two sessions only one goes on.
    async fn carry_out(
        &self,
        commands: &Commands,
        at: &Moment,
        start: &Start,
    ) -> Result<Done, CommandError> {
        let envelope = || envelope(commands, start.session.0, Some(start.tenant));
        let admit = ComputerCommand::AdmitSession {
            session: start.session,
            tenant: start.tenant,
            over: start.over,
        };
        let admitted = commands
            .send::<Computer>(start.computer, admit, &envelope())
            .await;
        match admitted {
            Ok(_) => {}
            // Another server was faster with another session, which this one waits for; or the computer went to another tenant or
            // away, and this one is cancelled.
            Err(CommandError::Rejected {
                code: Code::SessionRunning | Code::OtherTenant | Code::Removed,
                ..
            }) => return Ok(Done::NotYet(Position::START)),
            Err(error) => return Err(error),
        }
        let command = SessionCommand::Start { server: at.server };
        let started = commands
            .send::<Session>(start.session, command, &envelope())
            .await;
        started.map(Done::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Fleet, HERE, THERE, computer, session, tenant};
    use chrono::TimeDelta;

    fn started(at: &Moment) -> Vec<SessionId> {
        let todo = Starting.todo(at);
        todo.into_iter().map(|start| start.session).collect()
    }

    #[test]
    fn one_session_begins_on_each_computer_that_is_online() {
        let mut fleet = Fleet::new();
        fleet.online(1, HERE);
        fleet.computer(2);
        for n in [1, 2] {
            fleet.waiting(n, 1);
            fleet.waiting(n + 10, 2);
        }
        let start = Start {
            session: session(1),
            computer: computer(1),
            tenant: tenant(0),
            over: None,
        };
        assert_eq!(Starting.todo(&fleet.moment()), [start]);
        fleet.connect(2, HERE);
        assert_eq!(started(&fleet.moment()), [session(1), session(11)]);
        fleet.running(1, 1, HERE);
        assert_eq!(started(&fleet.moment()), [session(11)]);
    }

    #[test]
    fn no_more_run_at_once_than_the_limit() {
        let mut fleet = Fleet::new();
        for n in [1, 2, 3] {
            fleet.online(n, HERE);
            fleet.waiting(n, n);
        }
        fleet.running(3, 3, THERE);
        let limited = |fleet: &Fleet, max_running_sessions| {
            started(&Moment {
                max_running_sessions,
                ..fleet.moment()
            })
        };
        assert_eq!(limited(&fleet, 2), [session(1)]);
        assert_eq!(limited(&fleet, 1), []);
    }

    #[test]
    fn an_agent_of_another_server_is_left_to_that_one_for_a_while() {
        let mut fleet = Fleet::new();
        fleet.online(1, THERE);
        fleet.waiting(1, 1);
        let until = fleet.now + NEIGHBOUR_GRACE;
        assert_eq!(started(&fleet.moment()), []);
        assert_eq!(Starting.due(&fleet.moment()), Some(until));
        fleet.now = until + TimeDelta::milliseconds(1);
        assert_eq!(started(&fleet.moment()), [session(1)]);
        assert_eq!(Starting.due(&fleet.moment()), None);
    }

    #[test]
    fn what_the_computer_let_in_before_is_named_where_it_is_over() {
        let mut fleet = Fleet::new();
        fleet.online(1, HERE);
        for n in [1, 2] {
            fleet.waiting(n, 1);
        }
        let admit = ComputerCommand::AdmitSession {
            session: session(2),
            tenant: tenant(0),
            over: None,
        };
        fleet.tell::<Computer>(computer(1), admit);
        assert_eq!(started(&fleet.moment()), [session(2)], "it was let in");
        fleet.tell::<Session>(session(2), SessionCommand::Cancel);
        let todo = Starting.todo(&fleet.moment());
        assert_eq!(todo[0].session, session(1));
        assert_eq!(todo[0].over, Some(session(2)));
    }
}
