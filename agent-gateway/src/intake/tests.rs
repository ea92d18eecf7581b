use super::*;
use crate::{Gateway, ServerKeys};
use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{CommandHandler, Commands};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::fleet::agent::{AgentEnrolled, PublicKey};
use upkeep_domain::fleet::computer::{IdentitySource, Inventory, OperatingSystem, OsFamily};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::ids::{
    ComputerId, DeploymentId, EnrolmentTokenId, ServerId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{About, Requested, Surroundings, Winner};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use upkeep_event_store::{SqliteStore, real_world};
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;

fn envelope() -> Envelope {
    Envelope::new(CommandId(Uuid::now_v7()), Actor::System)
}

/// An agent that is connected here, and where that is written.
async fn connect(handler: &CommandHandler, agent: AgentId, server: ServerId) -> Position {
    let enrolment = AgentEnrolled {
        tenant: TenantId(Uuid::now_v7()),
        token: EnrolmentTokenId(Uuid::now_v7()),
        public_key: PublicKey([7; 32]),
        name: Name::new("pc").unwrap(),
        agent_version: "1".into(),
        hardware: upkeep_domain::fleet::computer::HardwareIdentity::new(
            Uuid::new_v4(),
            IdentitySource::ProductUuid,
        )
        .unwrap(),
        inventory: Inventory {
            host_name: "pc".into(),
            os: OperatingSystem {
                family: OsFamily::Linux,
                name: "Debian".into(),
                version: "12".into(),
            },
            chassis_type: None,
            interpreters: vec![],
        },
    };
    let connection = AgentCommand::Connect {
        agent_version: "1".into(),
        connection: Uuid::new_v4(),
        server,
    };
    let enrol = AgentCommand::Enrol(Box::new(enrolment));
    handler
        .execute::<Agent>(agent, enrol, &envelope())
        .await
        .unwrap();
    handler
        .execute::<Agent>(agent, connection, &envelope())
        .await
        .unwrap()
        .position
}

/// A session that another server works on, and the run that this agent owes an answer for.
async fn ask_for_a_run(handler: &CommandHandler, agent: AgentId) -> (SessionId, RunId) {
    let server = ServerId(Uuid::now_v7());
    let (session, software) = (SessionId(Uuid::now_v7()), SoftwareId(Uuid::now_v7()));
    let detection = Script::new(Interpreter::Sh, "true", ScriptTimeout::ACTION).unwrap();
    let create = SoftwareCommand::Create {
        name: Name::new("tool").unwrap(),
        detection: detection.into(),
    };
    let created = handler
        .execute::<Software>(software, create, &envelope())
        .await
        .unwrap();
    let item = MaintenanceItem::Software(software);
    let request = Requested {
        subject: ComputerId(Uuid::now_v7()).into(),
        tenant: TenantId(Uuid::now_v7()),
        about: About::Everything,
        at: chrono::Utc::now(),
    };
    let winner = Winner {
        item,
        deployment: DeploymentId(Uuid::now_v7()),
        desired: DesiredState::InstalledLatest,
        target_phrase: "all computers".into(),
        scope: Scope::CrossTenant,
        parameters: upkeep_domain::catalogue::parameter::Values::default(),
    };
    let surroundings = Surroundings {
        session,
        agent: Some(agent),
        agents_changed_at: None,
        winners: Some(vec![winner]),
        lock: None,
        catalogue: Arc::new(BTreeMap::from([(software, created.state)])),
        server,
        prerequisites: upkeep_domain::rules::prerequisite::Prerequisites::default(),
        listening_since: chrono::Utc::now(),
        jumps: ClockJumps::default(),
    };
    let mut runs = None;
    for command in [
        SessionCommand::Create { request },
        SessionCommand::Start { server },
        SessionCommand::Advance(Arc::new(surroundings)),
    ] {
        let outcome = handler
            .execute::<Session>(session, command, &envelope())
            .await
            .unwrap();
        runs = outcome.state.runs.keys().next().copied();
    }
    (session, runs.expect("a detection"))
}

fn report() -> Report {
    Report {
        outcome: Outcome::Exited { code: 0 },
        stdout_tail: "1.0".into(),
        stderr_tail: String::new(),
        output_bytes: 3,
        output_sha256: "0".repeat(64),
        truncated: false,
        duration_ms: 1,
        remark: None,
        result: None,
    }
}

/// The agent came over from another server, and this one's view is behind: it knows neither the run nor the session.
#[tokio::test]
async fn what_is_said_of_a_run_that_the_view_does_not_hold_yet_waits_for_it() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
    let handler = CommandHandler::new(store.clone(), real_world());
    let (agent, server) = (AgentId(Uuid::now_v7()), ServerId(Uuid::now_v7()));
    let (session, run) = ask_for_a_run(&handler, agent).await;
    let since = connect(&handler, agent, server).await;

    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store, real_world(), None, stop.clone());
    let gateway = Gateway::new(
        Commands::new(handler.clone(), projections.clone()),
        projections,
        ServerKeys::open(folder.path(), &real_world()).unwrap(),
        crate::Supplies {
            packages: PackageStore::open(folder.path(), 1_024).await.unwrap(),
            keyring: upkeep_vault::Keyring::default(),
        },
        Duration::from_mins(1),
        server,
        stop.clone(),
    );
    let shared = gateway.shared.clone();
    let said = async {
        let started = vec![RunUpdate::Started { run }];
        let taken = shared.take_updates(agent, since, started).await;
        taken.unwrap();
        for (index, text) in [(0, "one"), (1, "two")] {
            let taken = shared.take_output(agent, run, since, (index, text)).await;
            assert_eq!(taken.unwrap(), 3, "it is stored");
        }
        let report = Box::new(run_report(report()).unwrap());
        let ended = vec![RunUpdate::Ended { run, report }];
        let taken = shared.take_updates(agent, since, ended).await;
        taken.unwrap();
        stop.cancel();
    };
    // What is said comes first; the view begins to move only then.
    let ((), view) = tokio::join!(said, work);
    view.unwrap();
    let known = handler.read::<Session>(session).await.unwrap();
    let known = &known.runs[&run];
    assert!(known.started_at.is_some());
    let ended = known.report.as_ref().expect("its end is recorded");
    assert_eq!(ended.stdout_tail, "1.0");
}
