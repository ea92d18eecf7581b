//! Two complete doors on one store, and what is asked of them.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{Ask, Change, CommandHandler, Commands, Done, Envelope, Plan, Refusal, Stop};
use upkeep_domain::access::{Guarded, Principal};
use upkeep_domain::fleet::claim::{Claim, ClaimCommand, ClaimKey, Claimant};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::evidence::verify::verify;
use upkeep_event_store::{Clock, EventStore, SqliteStore, real_world};
use upkeep_projections::{FoldError, Known, Projections, View};
use uuid::Uuid;

/// How often each race is run.
pub const ROUNDS: u128 = 25;

/// A clock that is put forward by hand.
#[derive(Clone)]
pub struct HandClock(Arc<Mutex<DateTime<Utc>>>);

impl HandClock {
    pub fn put_forward(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for HandClock {
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

/// One server: its door, and its view.
pub struct Server {
    pub commands: Commands,
    projections: Projections,
    projecting: JoinHandle<Result<(), FoldError>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.projecting.abort();
    }
}

/// A view of a server's, as it was when it was taken.
#[derive(Clone)]
pub struct Desk {
    commands: Commands,
    view: Arc<View>,
}

/// Two servers on one store.
pub struct Two {
    pub one: Server,
    pub other: Server,
    pub clock: HandClock,
    store: Arc<SqliteStore>,
    _folder: TempDir,
}

pub fn two() -> Two {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path(), real_world()).unwrap();
    let store = Arc::new(store);
    let clock = HandClock(Arc::new(Mutex::new(Utc::now())));
    let server = || {
        let store: Arc<dyn EventStore> = store.clone();
        let stop = CancellationToken::new();
        let (projections, work) = Projections::new(store.clone(), real_world(), None, stop);
        let handler = CommandHandler::new(store, real_world().with_clock(clock.clone()));
        Server {
            commands: Commands::new(handler, projections.clone()),
            projections,
            projecting: tokio::spawn(work),
        }
    };
    Two {
        one: server(),
        other: server(),
        clock: clock.clone(),
        store,
        _folder: folder,
    }
}

impl Two {
    /// A desk at each server, both of which show all that is there now, and nothing that comes later.
    pub async fn desks(&self) -> [Desk; 2] {
        let head = self.store.head().await.unwrap();
        let mut desks = vec![];
        for server in [&self.one, &self.other] {
            server.commands.at_least(head).await.unwrap();
            desks.push(server.desk());
        }
        desks.try_into().ok().unwrap()
    }

    /// Carries a change out on a view that shows all that is there.
    pub async fn change<C: Change>(&self, change: &C) -> Result<Done, Stop> {
        let [desk, _] = self.desks().await;
        desk.carry_out(change).await
    }

    /// Claims something for a command that is never executed: its server has died.
    pub async fn claim(&self, key: ClaimKey, claimant: Claimant, command: CommandId) {
        let claim = ClaimCommand {
            claimant,
            command,
            most: key.most(),
            looked_at: vec![],
        };
        let handler = CommandHandler::new(
            self.store.clone(),
            real_world().with_clock(self.clock.clone()),
        );
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
        let claimed = handler.execute::<Claim>(key, claim, &envelope).await;
        assert_eq!(claimed.unwrap().events.len(), 1);
    }

    /// Writes what somebody decided who passes no other stream first.
    pub async fn write<D: Decider>(&self, id: D::Id, command: D::Command, envelope: &Envelope) {
        let handler = CommandHandler::new(
            self.store.clone(),
            real_world().with_clock(self.clock.clone()),
        );
        let written = handler.execute::<D>(id, command, envelope).await;
        assert!(written.is_ok_and(|outcome| !outcome.events.is_empty()));
    }

    /// What the aggregate's own stream says.
    pub async fn read<D: Decider>(&self, id: D::Id) -> Arc<D> {
        self.one.commands.read::<D>(id).await.unwrap()
    }

    /// That nothing in the store contradicts itself.
    pub async fn verify(&self) {
        let report = verify(&*self.store, [], |_| {}).await.unwrap();
        assert_eq!(report.findings, []);
    }
}

impl Server {
    pub fn desk(&self) -> Desk {
        Desk {
            commands: self.commands.clone(),
            view: self.projections.live(),
        }
    }
}

impl Desk {
    /// Carries a change out under a command id of its own.
    pub async fn carry_out<C: Change>(&self, change: &C) -> Result<Done, Stop> {
        self.carry_out_as(CommandId(Uuid::now_v7()), change).await
    }

    pub async fn carry_out_as<C: Change>(
        &self,
        command: CommandId,
        change: &C,
    ) -> Result<Done, Stop> {
        let envelope = Envelope::new(command, Actor::Operator);
        let now = self.commands.clock().now();
        let mut ask = Ask::new(
            Principal::Operator,
            envelope,
            self.view.clone(),
            now,
            self.commands.world(),
        );
        let done = self.commands.carry_out(&mut ask, change).await;
        done.map(|(_, done)| done)
    }
}

/// A command for what is not there yet.
#[derive(Clone)]
pub struct Make<D: Decider>(pub D::Id, pub D::Command);

impl<D: Guarded + Known> Change for Make<D> {
    type Of = D;

    fn plan(&self, ask: &Ask) -> Result<Plan<D>, Stop> {
        ask.make(self.0, self.1.clone())
    }
}

/// A command for what is there.
#[derive(Clone)]
pub struct Tell<D: Decider>(pub D::Id, pub D::Command);

impl<D: Guarded + Known> Change for Tell<D> {
    type Of = D;

    fn plan(&self, ask: &Ask) -> Result<Plan<D>, Stop> {
        ask.see::<D>(self.0)?.plan(self.1.clone())
    }
}

/// That one of two got it, and that the other one was told why not; answers with whether the first one did.
pub fn one_of<T>(outcomes: [Result<T, Stop>; 2], because: Code) -> bool {
    match outcomes {
        [Ok(_), Err(Stop::Refused(Refusal { code, .. }))] if code == because => true,
        [Err(Stop::Refused(Refusal { code, .. })), Ok(_)] if code == because => false,
        outcomes => panic!("{:?}", outcomes.map(|outcome| outcome.map(|_| "got it"))),
    }
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn id(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | (7 << 76) | (2 << 62) | n)
}

pub fn tenant(n: u128) -> TenantId {
    TenantId(id(1, n))
}

pub fn new_tenant(n: u128, parent: Option<u128>) -> Make<Tenant> {
    let create = TenantCommand::Create {
        name: name("Contoso"),
        parent: parent.map(tenant),
    };
    Make(tenant(n), create)
}
