//! A server and its agents in one thread, without a disk, a network or a clock of this machine: twice the same.

mod computer;
mod stage;

use super::{Installation, Ports, Settings};
use computer::Computer;
use stage::Stage;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use upkeep_agent_gateway::ServerKeys;
use upkeep_commands::Envelope;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{
    NewVersion, ScriptRole, Software, SoftwareCommand, SoftwareVersion,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::enrolment::{
    ENROLMENT_TOKEN_PREFIX, EnrolmentToken, EnrolmentTokenCommand, TokenTerms,
};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{
    CommandId, ComputerId, DeploymentId, EnrolmentTokenId, ServerId, SessionId, SoftwareId,
    TenantId,
};
use upkeep_domain::kernel::limits::RECONNECT_GRACE;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_domain::maintenance::session::{
    About, Ending, Requested, Session, SessionCommand, Status,
};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, Target, TargetFilter,
};
use upkeep_event_store::{Direction, Position, SqliteStore};
use upkeep_package_store::PackageStore;
use upkeep_projections::View;
use upkeep_vault::Keyring;
use upkeep_world::World;

const COMPUTERS: u128 = 3;
/// How long whatever is waited for may take, by the stage's clock.
const PATIENCE: Duration = Duration::from_mins(30);

/// An event, as far as it has to be the same twice.
type Happened = (String, String, Vec<u8>);

/// People, who ask for things.
struct People<'a> {
    installation: &'a Installation,
    world: &'a World,
}

impl People<'_> {
    async fn tell<D: Decider>(&self, id: D::Id, command: D::Command) {
        let envelope = Envelope::new(CommandId(self.world.id()), Actor::Operator);
        let told = (self.installation.handler)
            .execute::<D>(id, command, &envelope)
            .await;
        told.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Waits until a view shows something.
    async fn until<T>(&self, what: &str, look: impl Fn(&View) -> Option<T>) -> T {
        let mut views = self.installation.projections.watch();
        let shown = async {
            loop {
                let found = look(&views.borrow_and_update());
                match found {
                    Some(found) => return found,
                    None => views.changed().await.expect("there is a projector"),
                }
            }
        };
        let shown = self.world.within(PATIENCE, shown).await;
        shown.unwrap_or_else(|_| panic!("{what} did not happen"))
    }

    async fn tenant(&self) -> TenantId {
        let tenant = TenantId(self.world.id());
        let (name, parent) = (Name::new("Contoso").unwrap(), None);
        self.tell::<Tenant>(tenant, TenantCommand::Create { name, parent })
            .await;
        tenant
    }

    /// A software that all computers of the tenant are to have.
    async fn software(&self, tenant: TenantId) {
        let script = |text, timeout| Script::new(Interpreter::Sh, text, timeout).unwrap();
        let action = |text| script(text, ScriptTimeout::ACTION);
        let software = SoftwareId(self.world.id());
        let create = SoftwareCommand::Create {
            name: Name::new("tool").unwrap(),
            detection: script("detect", ScriptTimeout::DETECTION).into(),
        };
        let publish = SoftwareCommand::PublishVersion(Box::new(NewVersion {
            version: Version::new("1.0").unwrap(),
            content: SoftwareVersion {
                package: None,
                scripts: ScriptRole::REQUIRED
                    .map(|role| (role, action(role.phrase())))
                    .into_iter()
                    .collect(),
            },
        }));
        for command in [create, publish] {
            self.tell::<Software>(software, command).await;
        }
        let rule = Rule {
            item: MaintenanceItem::Software(software),
            target: Target {
                scope: Scope::SingleTenant {
                    tenant,
                    include_children: false,
                },
                membership: Membership::AllComputers,
                filter: TargetFilter::None,
            },
            desired: DesiredState::InstalledLatest,
            enforcement: Enforcement::Required,
            origin: Origin::Local,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        };
        let deployment = DeploymentId(self.world.id());
        let create = DeploymentCommand::Create(Box::new(rule));
        self.tell::<Deployment>(deployment, create).await;
    }

    async fn token(&self, tenant: TenantId) -> String {
        let mut secret = [0; 32];
        self.world.fill(&mut secret).unwrap();
        let token = BearerToken::new(self.world.id(), secret);
        let terms = TokenTerms {
            tenant,
            secret_hash: token.hash(),
            expires_at: self.world.now() + Duration::from_hours(1),
            max_uses: 10,
        };
        let create = EnrolmentTokenCommand::Create(terms);
        self.tell::<EnrolmentToken>(EnrolmentTokenId(token.id), create)
            .await;
        token.reveal(ENROLMENT_TOKEN_PREFIX)
    }

    async fn maintain(&self, computer: ComputerId, tenant: TenantId) -> SessionId {
        let session = SessionId(self.world.id());
        let request = Requested {
            subject: computer.into(),
            tenant,
            about: About::Everything,
            at: self.world.now(),
        };
        self.tell::<Session>(session, SessionCommand::Create { request })
            .await;
        session
    }
}

const SETTINGS: Settings = Settings {
    lease: Duration::from_secs(15),
    max_running_sessions: 2,
    output_retention: Duration::from_hours(24),
};

async fn begun(ports: Ports) -> Installation {
    let mut installation = Installation::assemble(ports, SETTINGS);
    installation.ready().await.unwrap();
    installation.begin(None);
    installation
}

/// A tenant, a software, three computers and a session on each, from the first command to the server's end.
async fn story(world: &World, ports: Ports) -> Vec<Happened> {
    let store = ports.store.clone();
    let installation = begun(ports).await;
    let people = People {
        installation: &installation,
        world,
    };
    let tenant = people.tenant().await;
    people.software(tenant).await;
    let token = people.token(tenant).await;
    let mut agents = vec![];
    for n in 1..=COMPUTERS {
        let computer = Computer::enrol(world, &installation.gateway, &token, n).await;
        agents.push(world.spawn("a computer", computer.live()));
    }
    let computers = people.until("three computers", |view| {
        let all: Vec<ComputerId> = view.computers.iter().map(|(id, _)| id).collect();
        (all.len() == agents.len()).then_some(all)
    });
    let mut sessions = vec![];
    for computer in computers.await {
        sessions.push(people.maintain(computer, tenant).await);
    }
    for session in sessions {
        let status = people.until("the end of a session", |view| {
            let status = view.sessions.get(session)?.state.status;
            status.is_over().then_some(status)
        });
        assert_eq!(status.await, Status::Ended(Ending::Passed));
    }
    installation.stop(async {}).await;
    let all = store.read_all(Position::START, Direction::Forwards, 4_096);
    let all = all.await.unwrap().into_iter();
    all.map(|event| {
        let stream = event.stream.as_str().to_owned();
        (event.event_type.to_string(), stream, event.data.to_vec())
    })
    .collect()
}

fn play(seed: u64, packages: &PackageStore) -> Vec<Happened> {
    let stage = Stage::new(seed);
    let world = stage.world();
    let ports = ports(&world, packages);
    stage.play(story(&world, ports))
}

/// A server with an empty store.
fn ports(world: &World, packages: &PackageStore) -> Ports {
    Ports {
        store: Arc::new(SqliteStore::in_memory(world.clone()).unwrap()),
        snapshots: None,
        packages: packages.clone(),
        keyring: Keyring::default(),
        keys: ServerKeys::make(world).unwrap(),
        server: ServerId(world.id()),
        world: world.clone(),
    }
}

/// A server stops while a run is under way, and what comes back days later takes long to be ready. Answers with what is known of the run
/// a minute after agents may come again, and when they had their time.
async fn slow_start(world: &World, ports: Ports) -> [bool; 2] {
    let again = Ports {
        store: ports.store.clone(),
        packages: ports.packages.clone(),
        keyring: Keyring::default(),
        keys: ServerKeys::make(world).unwrap(),
        world: world.clone(),
        snapshots: None,
        server: ports.server,
    };
    let installation = begun(ports).await;
    let people = People {
        installation: &installation,
        world,
    };
    let tenant = people.tenant().await;
    people.software(tenant).await;
    let token = people.token(tenant).await;
    let computer = Computer::enrol(world, &installation.gateway, &token, 1).await;
    let agent = world.spawn("a computer", computer.live());
    let known = people.until("a computer", |view| {
        view.computers.iter().next().map(|(id, _)| id)
    });
    let session = people.maintain(known.await, tenant).await;
    let open = |view: &View| {
        let session = &view.sessions.get(session)?.state;
        session.open_runs().next().map(|(run, _)| run)
    };
    people.until("a run", open).await;
    drop(agent);
    installation.stop(async {}).await;

    world.sleep(Duration::from_hours(72)).await;
    let mut installation = Installation::assemble(again, SETTINGS);
    installation.ready().await.unwrap();
    world.sleep(Duration::from_mins(10)).await;
    installation.begin(None);
    let mut is_open = [false; 2];
    for is_open in &mut is_open {
        world.sleep(Duration::from_mins(1)).await;
        *is_open = open(&installation.projections.live()).is_some();
        world.sleep(RECONNECT_GRACE).await;
    }
    installation.stop(async {}).await;
    is_open
}

#[test]
fn agents_have_their_time_to_come_back_however_long_a_start_takes() {
    let folder = TempDir::new().unwrap();
    let packages = no_packages(&folder);
    let stage = Stage::new(1);
    let world = stage.world();
    let ports = ports(&world, &packages);
    let is_open = stage.play(slow_start(&world, ports));
    assert_eq!(is_open, [true, false], "a minute after, and later");
}

fn no_packages(folder: &TempDir) -> PackageStore {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(PackageStore::open(folder.path(), 1))
        .unwrap()
}

/// No runtime is there: whoever asked tokio or this machine for time, threads or chance would panic, or tell the two apart.
#[test]
fn equal_seeds_make_equal_histories() {
    let folder = TempDir::new().unwrap();
    let packages = no_packages(&folder);
    let [first, second] = [1, 1].map(|seed| play(seed, &packages));
    for kind in ["ScriptOutputAppended", "SessionCompleted"] {
        let kinds: Vec<&str> = first.iter().map(|(kind, ..)| &**kind).collect();
        assert!(kinds.contains(&kind), "{kind} is not among {kinds:?}");
    }
    let differs = first
        .iter()
        .zip(&second)
        .position(|(one, other)| one != other);
    if let Some(n) = differs {
        panic!("event {n} is {:?}, and then {:?}", first[n], second[n]);
    }
    assert_eq!(first.len(), second.len());
    assert_ne!(first, play(2, &packages), "chance has a part in it");
}
