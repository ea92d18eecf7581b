//! Whatever happened before: what the indexes bring is what a look at everything brings, and nothing that could go on is left.

use super::{Fleet, HERE, THERE, agent, computer, connection, moment, session, tenant};
use crate::fleet::following::Following;
use crate::fleet::identification::Identification;
use crate::maintenance::session::advancing::{Advancing, situation};
use crate::maintenance::session::cancelling::Cancelling;
use crate::maintenance::session::starting::{Starting, in_line, line_on};
use crate::maintenance::session::takeover::{Left, Takeover};
use crate::process::{Moment, Process};
use chrono::TimeDelta;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason, HoldReason, Standing};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::fleet::tenant::{Presence, Tenant, TenantCommand};
use upkeep_domain::installation::server::{Server, ServerCommand};
use upkeep_domain::kernel::ids::{AgentId, ComputerId, ServerId, SessionId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    RunOutcome, RunReport, Session, SessionCommand, Stage, Status, queue,
};

/// What happens in one step, and to what.
type Chance = (u8, u8, u8);

fn chances() -> impl Strategy<Value = Vec<Chance>> {
    prop::collection::vec((0..22u8, 0..5u8, 0..4u8), 250)
}

/// Some of it is refused, as in life.
fn live_on(fleet: &mut Fleet, turn: u64, (what, a, b): Chance) {
    let (n, m) = (u128::from(a), u128::from(b));
    let server = if b == 0 { THERE } else { HERE };
    let of = tenant(m % 2);
    // Several of each computer.
    let one = n * 4 + m;
    match what {
        0 => fleet.register(n, of),
        1 => {
            let tenant = of;
            fleet.tell::<Computer>(computer(n), ComputerCommand::Move { tenant });
        }
        2 => {
            let leave = if b == 0 {
                ComputerCommand::Remove
            } else {
                ComputerCommand::Restore
            };
            fleet.tell::<Computer>(computer(n), leave);
        }
        3 => fleet.enrol(n, of),
        4 => fleet.identify(n, if b == 3 { (n + 1) % 5 } else { n }),
        5 | 6 => fleet.connect(n, server),
        7 => {
            let leave = AgentCommand::Disconnect {
                connection: connection(n),
                reason: DisconnectReason::Closed,
            };
            fleet.tell::<Agent>(agent(n), leave);
        }
        8 => {
            let stand = if b == 0 {
                AgentCommand::Hold(HoldReason::CopiedKey)
            } else {
                AgentCommand::Release { released_as: None }
            };
            fleet.tell::<Agent>(agent(n), stand);
        }
        9 => {
            fleet.tell::<Agent>(agent(n), AgentCommand::Follow { tenant: of });
        }
        10 | 11 => fleet.ask(one, n, of),
        12 | 13 => {
            fleet.tell::<Session>(session(one), SessionCommand::Start { server });
        }
        14 => {
            let from = if server == HERE { THERE } else { HERE };
            fleet.tell::<Session>(session(one), SessionCommand::TakeOver { server, from });
        }
        15 | 16 => {
            fleet.advance(one, server);
        }
        17 if b == 0 => start_run(fleet, agent(n)),
        17 => end_run(fleet, agent(n)),
        18 => {
            fleet.tell::<Session>(session(one), SessionCommand::Cancel);
        }
        19 => {
            let (name, parent) = (Name::new("t").unwrap(), None);
            fleet.tell::<Tenant>(of, TenantCommand::Create { name, parent });
            let presence = match b {
                0 => Presence::Removed,
                _ => Presence::Present,
            };
            fleet.tell::<Tenant>(of, TenantCommand::SetPresence { presence, turn });
        }
        20 => {
            let renew = ServerCommand::RenewLease {
                until: fleet.now + TimeDelta::minutes(10),
                length: Duration::from_secs(15),
            };
            fleet.tell::<Server>(server, renew);
        }
        _ => {
            let session = session(one);
            let (over, tenant) = (None, of);
            let admit = ComputerCommand::AdmitSession {
                session,
                tenant,
                over,
            };
            fleet.tell::<Computer>(computer(n), admit);
        }
    }
    // Mostly seconds, now and then a day and a half.
    fleet.now += match (a, b) {
        (0, 0) => TimeDelta::hours(36),
        _ => TimeDelta::seconds(i64::from(a * 40)),
    };
}

fn start_run(fleet: &mut Fleet, agent: AgentId) {
    let open = fleet.view.sessions.open_runs_of(agent).next();
    if let Some((run, of)) = open.map(|open| (open.run, open.session)) {
        fleet.tell::<Session>(of, SessionCommand::run_started(agent, run));
    }
}

fn end_run(fleet: &mut Fleet, agent: AgentId) {
    let open = fleet.view.sessions.open_runs_of(agent).next();
    let Some((run, of)) = open.map(|open| (open.run, open.session)) else {
        return;
    };
    let report = RunReport {
        stdout_tail: "1.0".into(),
        ..RunReport::without_output(RunOutcome::Exited { code: 0 })
    };
    fleet.tell::<Session>(of, SessionCommand::run_ended(agent, run, report));
}

/// Looks at everything that there is.
mod full {
    use super::*;

    pub fn starting(at: &Moment) -> Vec<SessionId> {
        let sessions = at.view.sessions.iter();
        let running: HashSet<ComputerId> = sessions
            .filter(|(_, entry)| matches!(entry.state.status, Status::Running(_)))
            .filter_map(|(_, entry)| Some(entry.state.request?.computer()))
            .collect();
        let computers: BTreeSet<_> = (at.view.sessions.iter())
            .filter_map(|(_, entry)| Some(entry.state.request?.computer()))
            .collect();
        let waiting = computers.into_iter().flat_map(|computer| {
            let waits = |session: &queue::Waiting| {
                let entry = at.view.sessions.get(session.session).unwrap();
                entry.state.status == Status::Queued
            };
            let all: Vec<_> = at.view.sessions.of_computer(computer).collect();
            let all = all.iter().map(|(id, entry)| (*id, entry));
            line_on(at, computer, all).filter(waits).collect::<Vec<_>>()
        });
        let mut next = queue::next(&running, waiting, at.max_running_sessions, at.now);
        // One that is let in on a computer that nobody knows does not begin.
        next.retain(|session| {
            let request = at
                .view
                .sessions
                .get(*session)
                .unwrap()
                .state
                .request
                .unwrap();
            at.view.computers.get(request.computer()).is_some()
        });
        next
    }

    pub fn advancing(at: &Moment) -> BTreeSet<SessionId> {
        let all = at.view.sessions.iter();
        all.filter(|(_, entry)| situation(at, entry).is_some())
            .map(|(id, _)| id)
            .collect()
    }

    pub fn cancelling(at: &Moment) -> BTreeSet<(SessionId, TenantId)> {
        let all = at.view.sessions.iter();
        all.filter(|(_, entry)| !entry.state.status.is_over())
            .filter_map(|(id, entry)| Some((id, entry.state.request?)))
            .filter(|(_, request)| at.view.has_left(request))
            .map(|(id, request)| (id, request.tenant))
            .collect()
    }

    pub fn takeover(at: &Moment) -> Vec<Left> {
        let mut others: BTreeMap<ServerId, Left> = BTreeMap::new();
        let left = |server| Left {
            server,
            sessions: vec![],
            agents: vec![],
        };
        for (id, entry) in at.view.sessions.iter() {
            if let (Status::Running(_), Some(claim), Some(request)) =
                (entry.state.status, entry.state.claim, entry.state.request)
            {
                let of = others.entry(claim).or_insert_with(|| left(claim));
                of.sessions.push((id, request.tenant));
            }
        }
        for (id, entry) in at.view.agents.iter() {
            if let (Some(connection), Some(server)) = (entry.state.connection, entry.state.server) {
                let of = others.entry(server).or_insert_with(|| left(server));
                of.agents.push((id, connection));
            }
        }
        let is_gone = |server: ServerId| {
            let known = at.view.servers.get(server);
            server != at.server && known.is_none_or(|entry| entry.state.is_gone(at.now))
        };
        // In which order they are taken over does not matter: each by itself.
        for left in others.values_mut() {
            left.sessions.sort_unstable();
        }
        (others.into_values())
            .filter(|left| is_gone(left.server))
            .collect()
    }

    pub fn following(at: &Moment) -> BTreeSet<(AgentId, TenantId)> {
        let all = at.view.agents.iter();
        all.filter_map(|(id, entry)| {
            let there = at.view.tenant_of(entry.state.computer?)?;
            let own = entry.state.enrolment.as_ref()?.tenant;
            (own != there).then_some((id, there))
        })
        .collect()
    }

    pub fn identification(at: &Moment) -> BTreeSet<AgentId> {
        let all = at.view.agents.iter();
        all.filter(|(_, entry)| {
            let agent = &entry.state;
            agent.enrolment.is_some()
                && agent.computer.is_none()
                && agent.standing == Standing::Trusted
        })
        .map(|(id, _)| id)
        .collect()
    }
}

fn check_todo(at: &Moment) {
    let started: Vec<_> = Starting
        .todo(at)
        .iter()
        .map(|start| start.session)
        .collect();
    assert_eq!(started, full::starting(at));
    let all_there = in_line(at).all(|waiting| waiting.agent != queue::Nearness::Offline);
    assert!(all_there);
    let advanced = Advancing::default().todo(at);
    let advanced: BTreeSet<_> = advanced.iter().map(|step| step.session).collect();
    assert_eq!(advanced, full::advancing(at));
    let cancelled: BTreeSet<_> = Cancelling.todo(at).into_iter().collect();
    assert_eq!(cancelled, full::cancelling(at));
    assert_eq!(Takeover.todo(at), full::takeover(at));
    let followed: BTreeSet<_> = Following.todo(at).into_iter().collect();
    assert_eq!(followed, full::following(at));
    let identified = Identification.todo(at);
    let identified: BTreeSet<_> = identified.iter().map(|waiting| waiting.agent).collect();
    assert_eq!(identified, full::identification(at));
}

/// Moves everything on until nothing is to be done. A server that cannot look for a while looks later at what it has done.
fn settle(fleet: &mut Fleet, advancing: &mut Advancing, mut pause: Option<TimeDelta>) {
    for _ in 0..100 {
        let at = fleet.moment();
        advancing.forget(&at);
        let todo = advancing.todo(&at);
        if todo.is_empty() {
            return;
        }
        for step in todo {
            let n = step.session.0.as_u128() & u128::from(u64::MAX);
            assert!(fleet.advance(n, HERE), "{}", step.session);
            let around = fleet.surroundings(n, HERE);
            let entry = fleet.view.sessions.get(step.session).unwrap();
            step.took(&entry.state, &around, at.now);
            advancing.remember(step);
        }
        fleet.now += pause.take().unwrap_or_default();
    }
    panic!("it goes on for ever");
}

/// Whatever a look did not bring could not go on.
fn check_settled(fleet: &mut Fleet) {
    let at = fleet.moment();
    for (id, entry) in at.view.sessions.iter() {
        let state = &entry.state;
        let is_mine = state.claim.is_none_or(|claim| claim == HERE);
        let is_left = state.status == Status::Running(Stage::Resolution);
        if is_mine && !is_left && !state.status.is_over() {
            let before = fleet.view.position();
            fleet.advance(id.0.as_u128() & u128::from(u64::MAX), HERE);
            assert_eq!(fleet.view.position(), before, "{id} could have gone on");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_to_be_done_is_what_a_look_at_everything_brings(history in chances()) {
        let mut fleet = Fleet::new();
        for (turn, chance) in (1..).zip(history) {
            live_on(&mut fleet, turn, chance);
            check_todo(&fleet.moment());
            // Whoever has just begun to listen.
            let mut at = moment(fleet.view.clone(), fleet.now);
            at.listening_since = fleet.now - TimeDelta::minutes(1);
            check_todo(&at);
        }
    }

    #[test]
    fn no_session_is_left_that_could_go_on(history in chances()) {
        let mut fleet = Fleet::new();
        let mut advancing = Advancing::default();
        for (turn, chance) in (1..).zip(history) {
            live_on(&mut fleet, turn, chance);
            let pause = (chance.1 == 1).then(|| TimeDelta::hours(2));
            settle(&mut fleet, &mut advancing, pause);
            check_settled(&mut fleet);
        }
    }
}
