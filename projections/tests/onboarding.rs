//! What is pending is found by state: a computer that a session has onboarded is due, until it counts as onboarded, whoever
//! looks and however late.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use tempfile::TempDir;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand, HardwareIdentity, IdentitySource};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::ids::{CommandId, ComputerId, ServerId, SessionId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    About, Requested, Session, SessionCommand, Surroundings,
};
use upkeep_event_store::{Direction, EventStore, Position, SqliteStore, real_world};
use upkeep_projections::View;
use uuid::Uuid;

/// How a session ends.
enum End {
    Passed,
    Cancelled,
}

struct Fleet {
    store: Arc<SqliteStore>,
    handler: CommandHandler,
    tenant: TenantId,
    _folder: TempDir,
}

impl Fleet {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
        Self {
            handler: CommandHandler::new(store.clone(), real_world()),
            store,
            tenant: TenantId(Uuid::now_v7()),
            _folder: folder,
        }
    }

    async fn tell(&self, computer: ComputerId, command: ComputerCommand) {
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::System);
        self.handler
            .execute::<Computer>(computer, command, &envelope)
            .await
            .unwrap();
    }

    async fn computer(&self) -> ComputerId {
        let computer = ComputerId(Uuid::now_v7());
        let register = ComputerCommand::Register {
            tenant: self.tenant,
            name: Name::new("pc").unwrap(),
            hardware: HardwareIdentity::new(Uuid::new_v4(), IdentitySource::ProductUuid).unwrap(),
        };
        self.tell(computer, register).await;
        computer
    }

    /// A session of nothing.
    async fn maintain(&self, computer: ComputerId, about: About, end: End) {
        let session = SessionId(Uuid::now_v7());
        let server = ServerId(Uuid::now_v7());
        let request = Requested {
            subject: computer.into(),
            tenant: self.tenant,
            about,
            at: chrono::Utc::now(),
        };
        let last = match end {
            End::Cancelled => SessionCommand::Cancel,
            End::Passed => SessionCommand::Advance(Arc::new(Surroundings {
                session,
                agents_changed_at: None,
                agent: None,
                winners: Some(vec![]),
                catalogue: Arc::new(BTreeMap::new()),
                lock: None,
                server,
                listening_since: chrono::Utc::now(),
                jumps: ClockJumps::default(),
            })),
        };
        for command in [
            SessionCommand::Create { request },
            SessionCommand::Start { server },
            last,
        ] {
            let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::System);
            self.handler
                .execute::<Session>(session, command, &envelope)
                .await
                .unwrap();
        }
    }

    /// Who is due, for somebody who looks for the first time.
    async fn due(&self) -> Vec<ComputerId> {
        let mut view = View::default();
        let all = self
            .store
            .read_all(Position::START, Direction::Forwards, 1_000)
            .await;
        for event in all.unwrap() {
            view.apply(&event).unwrap();
        }
        let due = view.onboarding_due();
        due.map(|(computer, onboarding)| {
            assert_eq!(onboarding.tenant, self.tenant);
            computer
        })
        .collect()
    }
}

#[tokio::test]
async fn a_computer_is_due_from_its_first_full_session_until_it_counts_as_onboarded() {
    let fleet = Fleet::new();
    let computer = fleet.computer().await;
    let other = fleet.computer().await;
    fleet
        .maintain(computer, About::Everything, End::Cancelled)
        .await;
    let named = About::named(upkeep_domain::kernel::ids::DeploymentId(Uuid::now_v7()));
    fleet.maintain(computer, named, End::Passed).await;
    assert_eq!(fleet.due().await, [], "neither onboards");
    fleet
        .maintain(computer, About::Everything, End::Passed)
        .await;
    fleet
        .maintain(computer, About::Everything, End::Passed)
        .await;
    assert_eq!(fleet.due().await, [computer]);
    fleet
        .tell(computer, ComputerCommand::CompleteOnboarding)
        .await;
    assert_eq!(fleet.due().await, []);
    fleet
        .maintain(computer, About::Everything, End::Passed)
        .await;
    assert_eq!(fleet.due().await, [], "once");
    fleet.maintain(other, About::Everything, End::Passed).await;
    assert_eq!(fleet.due().await, [other]);
}
