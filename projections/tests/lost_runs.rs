//! A run that the server gave up is not forgotten: its agent is to stop it, and may still say how it ended.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::ids::{
    AgentId, CommandId, ComputerId, DeploymentId, RunId, ServerId, SessionId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    About, Requested, RunOutcome, RunReport, Session, SessionCommand, Surroundings, Winner,
};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use upkeep_event_store::{Clock, Direction, EventStore, Position, SqliteStore, real_world};
use upkeep_projections::View;
use uuid::Uuid;

/// A clock that a test sets.
#[derive(Clone)]
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }

    fn uptime(&self) -> Duration {
        real_world().uptime()
    }

    fn awake(&self) -> Duration {
        real_world().clock().awake()
    }
}

fn envelope() -> Envelope {
    Envelope::new(CommandId(Uuid::now_v7()), Actor::System)
}

async fn view(store: &SqliteStore) -> View {
    let mut view = View::default();
    let all = store.read_all(Position::START, Direction::Forwards, 1_000);
    for event in all.await.unwrap() {
        view.apply(&event).unwrap();
    }
    view
}

/// What the agent owes: each run, and whether it is to stop it.
async fn owed(store: &SqliteStore, agent: AgentId) -> Vec<(RunId, bool)> {
    let view = view(store).await;
    let open = view.sessions.open_runs_of(agent);
    let owed: Vec<_> = open.map(|open| (open.run, open.cancelled)).collect();
    for (run, _) in &owed {
        assert!(view.sessions.session_of_run(agent, *run).is_some());
    }
    let named = view
        .sessions
        .agents_with_open_runs()
        .any(|with| with == agent);
    assert_eq!(named, !owed.is_empty());
    owed
}

#[tokio::test]
async fn a_run_that_was_given_up_is_stopped_and_its_end_is_still_taken() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
    let clock = Hand(Arc::new(Mutex::new(Utc::now())));
    let handler = CommandHandler::new(store.clone(), real_world().with_clock(clock.clone()));
    let (agent, session) = (AgentId(Uuid::now_v7()), SessionId(Uuid::now_v7()));
    let (server, software) = (ServerId(Uuid::now_v7()), SoftwareId(Uuid::now_v7()));
    let create = SoftwareCommand::Create {
        name: Name::new("tool").unwrap(),
        detection: Script::new(Interpreter::Sh, "true", ScriptTimeout::ACTION)
            .unwrap()
            .into(),
    };
    let created = handler
        .execute::<Software>(software, create, &envelope())
        .await
        .unwrap();
    let surroundings = Surroundings {
        session,
        agents_changed_at: None,
        agent: Some(agent),
        winners: Some(vec![Winner {
            item: MaintenanceItem::Software(software),
            deployment: DeploymentId(Uuid::now_v7()),
            desired: DesiredState::InstalledLatest,
            target_phrase: "all computers".into(),
            scope: Scope::CrossTenant,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        }]),
        catalogue: Arc::new(BTreeMap::from([(software, created.state)])),
        lock: None,
        server,
        prerequisites: upkeep_domain::rules::prerequisite::Prerequisites::default(),
        listening_since: clock.now(),
        jumps: ClockJumps::default(),
    };
    let advance = SessionCommand::Advance(Arc::new(surroundings));
    let request = Requested {
        subject: ComputerId(Uuid::now_v7()).into(),
        tenant: TenantId(Uuid::now_v7()),
        about: About::Everything,
        at: clock.now(),
    };
    let create = SessionCommand::Create { request };
    let tell = async |command: SessionCommand| {
        let envelope = envelope();
        let told = handler.execute::<Session>(session, command, &envelope);
        told.await.unwrap().state
    };
    for command in [create, SessionCommand::Start { server }, advance.clone()] {
        tell(command).await;
    }
    let asked = owed(&store, agent).await;
    let [(run, false)] = asked[..] else {
        panic!("{asked:?}")
    };

    *clock.0.lock().unwrap() += TimeDelta::days(2);
    let state = tell(advance).await;
    assert!(state.status.is_over(), "the session went on without it");
    assert_eq!(owed(&store, agent).await, [(run, true)]);

    let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
    let told = tell(SessionCommand::run_ended(agent, run, report)).await;
    assert_eq!(owed(&store, agent).await, []);
    let view = view(&store).await;
    let head = view.sessions.get(session).unwrap();
    assert!(head.state.status.is_over() && head.state.runs.is_empty());
    let outcome = told.runs[&run]
        .report
        .as_ref()
        .map(|report| &report.outcome);
    assert_eq!(outcome, Some(&RunOutcome::Exited { code: 0 }));
}
