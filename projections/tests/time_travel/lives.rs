//! What happens to each aggregate in a random history. Most of it is accepted, some is refused, as in life.

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use upkeep_commands::{CommandHandler, Envelope};
use upkeep_domain::access::api_token::{ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::catalogue::cloud_task::{CloudTask, CloudTaskCommand};
use upkeep_domain::catalogue::parameter::{
    Number, NumberRange, Parameter, ParameterKind, ParameterName, ParameterValue, Parameters,
    Values,
};
use upkeep_domain::catalogue::program::{ProgramMatch, ProgramSign};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::secret::{Sealed, Secret, SecretCommand};
use upkeep_domain::catalogue::software::{
    self, Definition, Detection, ExitCodes, NewVersion, Notes, RepairStrategy, Revision,
    ScriptRole, ScriptSet, Software, SoftwareCommand, SoftwareVersion, SourceName, Title,
    TitleIdentifier, UpgradeStrategy,
};
use upkeep_domain::catalogue::task::{Concurrency, Task, TaskCommand, TaskScriptRole};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::{
    Agent, AgentCommand, AgentEnrolled, DisconnectReason, HoldReason, PublicKey,
};
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand, Period};
use upkeep_domain::fleet::claim::{Claim, ClaimCommand, ClaimKey, Claimant};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareClaim, HardwareClaimCommand, HardwareIdentity, HardwareKey,
    IdentitySource, Inventory, OperatingSystem, OsFamily,
};
use upkeep_domain::fleet::enrolment::{EnrolmentToken, EnrolmentTokenCommand, TokenTerms};
use upkeep_domain::fleet::group::{Group, GroupCommand, GroupKind, Member};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{
    Known, PlaceTenant, Presence, Tenant, TenantCommand, TenantTree, TenantTreeCommand,
    TheTenantTree,
};
use upkeep_domain::for_all_aggregates;
use upkeep_domain::installation::instance::{Instance, InstanceCommand, TheInstance};
use upkeep_domain::installation::server::{Server, ServerCommand};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{
    AgentId, AgreementId, ApiTokenId, CloudTaskId, CommandId, ComputerId, DeploymentId,
    EnrolmentTokenId, GroupId, PersonId, PrerequisiteId, SecretId, ServerId, SessionId, SoftwareId,
    TaskId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::SecretHash;
use upkeep_domain::maintenance::session::{
    About, Draft, LockAnswer, Meaning, Requested, RunOutcome, RunPurpose, RunReport, Session,
    SessionCommand, Surroundings, Trial,
};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, TagBearer, Target, TargetFilter,
};
use upkeep_domain::rules::ordering::{Ordering, OrderingCommand, Section, TheOrdering};
use upkeep_domain::rules::prerequisite::{
    Condition, Conditions, Consequence, Prerequisite, PrerequisiteChange, PrerequisiteCommand,
    Prerequisites, Quantifier, ThePrerequisites, VersionRange, WantedVersion,
};
use upkeep_projections::View;
use uuid::Uuid;

const SERVER: ServerId = ServerId(Uuid::from_u128(1));

/// What a step of a history is made from.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// Which aggregate, by weight.
    pick: u16,
    /// Which of its commands.
    what: u8,
    a: u8,
    b: u8,
}

impl Chance {
    pub fn any() -> impl Strategy<Value = Self> {
        (any::<u16>(), any::<u8>(), 0u8..5, 0u8..4).prop_map(|(pick, what, a, b)| Self {
            pick,
            what,
            a,
            b,
        })
    }
}

/// A step, and what was there before it.
struct Step<'a> {
    view: &'a View,
    n: u64,
    what: u8,
    a: u8,
    b: u8,
}

/// An aggregate with a life in random histories.
trait Lives: Decider {
    /// How much happens to it, beside the others.
    const WEIGHT: u16;
    /// One command, or several that go together.
    fn next(step: &Step<'_>) -> Vec<(Self::Id, Self::Command)>;
}

macro_rules! lives {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        lives! { $($many_type,)* $($hand_type,)* $($one_type,)* $($unkept_type,)* }
    };
    ($($aggregate:ty,)*) => {
        const WEIGHTS: u16 = 0 $(+ <$aggregate as Lives>::WEIGHT)*;

        /// Makes one step.
        pub async fn live_on(handler: &CommandHandler, view: &View, n: u64, chance: Chance) {
            let Chance { pick, what, a, b } = chance;
            let step = Step { view, n, what, a, b };
            let mut pick = pick % WEIGHTS;
            $(
                if pick < <$aggregate as Lives>::WEIGHT {
                    return run::<$aggregate>(handler, &step).await;
                }
                pick -= <$aggregate as Lives>::WEIGHT;
            )*
            assert_eq!(pick, 0, "the weights are all there are");
        }
    };
}

for_all_aggregates!(lives);

/// What every history begins with, so that something wins in it.
pub async fn begin(handler: &CommandHandler) {
    let envelope = Envelope::new(CommandId(Uuid::from_u64_pair(76, 0)), Actor::System);
    let tenant = TenantId(id(1, 0));
    let create = TenantCommand::Create {
        name: name(0),
        parent: None,
    };
    let tenant_made = handler.execute::<Tenant>(tenant, create, &envelope).await;
    let register = ComputerCommand::Register {
        tenant,
        name: name(0),
        hardware: hardware(0),
    };
    let computer = ComputerId(id(4, 0));
    let registered = handler.execute::<Computer>(computer, register, &envelope);
    let software = SoftwareId(id(2, 0));
    let publish = SoftwareCommand::Create {
        name: name(0),
        detection: script(0).into(),
    };
    let rule = DeploymentCommand::Create(Box::new(Rule {
        item: MaintenanceItem::Software(software),
        target: target(0, 0),
        desired: desired(0),
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: Values::default(),
    }));
    let deployment = DeploymentId(id(3, 0));
    tenant_made.unwrap();
    registered.await.unwrap();
    let published = handler.execute::<Software>(software, publish, &envelope);
    published.await.unwrap();
    let ruled = handler.execute::<Deployment>(deployment, rule, &envelope);
    ruled.await.unwrap();
    monitor(handler).await;
}

/// A task whose value is collected everywhere.
async fn monitor(handler: &CommandHandler) {
    let envelope = Envelope::new(CommandId(Uuid::from_u64_pair(75, 0)), Actor::System);
    let create = TaskCommand::Create { name: name(0) };
    let made = handler.execute::<Task>(task(0), create, &envelope);
    made.await.unwrap();
    let set = TaskCommand::SetScript {
        role: TaskScriptRole::Combined,
        script: script(0),
    };
    let envelope = Envelope::new(CommandId(Uuid::from_u64_pair(75, 1)), Actor::System);
    let given = handler.execute::<Task>(task(0), set, &envelope);
    given.await.unwrap();
    let rule = DeploymentCommand::Create(Box::new(Rule {
        item: MaintenanceItem::Task(task(0)),
        target: target(0, 0),
        desired: DesiredState::Monitor,
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: Values::default(),
    }));
    let deployment = DeploymentId(id(3, 9));
    let ruled = handler.execute::<Deployment>(deployment, rule, &envelope);
    ruled.await.unwrap();
}

async fn run<D: Lives>(handler: &CommandHandler, step: &Step<'_>) {
    let command = CommandId(Uuid::from_u64_pair(77, step.n));
    let envelope = Envelope::new(command, Actor::System);
    for (id, command) in D::next(step) {
        // A refusal is part of the history's randomness.
        let _ = handler.execute::<D>(id, command, &envelope).await;
    }
}

fn id(kind: u64, n: u8) -> Uuid {
    Uuid::from_u64_pair(kind, u64::from(n) + 1)
}

fn name(n: u8) -> Name {
    Name::new(&format!("name {n}")).unwrap()
}

/// By a script, or among the installed programs.
fn detection(n: u8) -> Detection {
    if n.is_multiple_of(2) {
        script(n).into()
    } else {
        let code = name(n);
        ProgramMatch::new(vec![ProgramSign::ProductCode { code }])
            .unwrap()
            .into()
    }
}

fn script(n: u8) -> Script {
    Script::new(
        Interpreter::Sh,
        &format!("echo {n}"),
        ScriptTimeout::DETECTION,
    )
    .unwrap()
}

fn inventory(n: u8) -> Inventory {
    Inventory {
        host_name: format!("pc-{n}"),
        os: OperatingSystem {
            family: OsFamily::Linux,
            name: "Debian".into(),
            version: "12".into(),
        },
        chassis_type: Some(n),
        interpreters: vec![],
    }
}

fn hardware(n: u8) -> HardwareIdentity {
    HardwareIdentity::new(id(9, n), IdentitySource::MachineId).unwrap()
}

fn target(a: u8, b: u8) -> Target {
    Target {
        scope: match a % 3 {
            0 => Scope::CrossTenant,
            1 => Scope::SingleTenant {
                tenant: TenantId(id(1, b)),
                include_children: b.is_multiple_of(2),
            },
            _ => Scope::Individual {
                computer: ComputerId(id(4, b)),
            },
        },
        membership: match (a % 3, b) {
            (2, _) | (_, 0) => Membership::AllComputers,
            (_, 1) => Membership::DirectoryGroup {
                group: GroupId(id(31, a)),
            },
            _ => Membership::Tag {
                tag: tag(b),
                bearer: if a.is_multiple_of(2) {
                    TagBearer::Person
                } else {
                    TagBearer::Computer
                },
            },
        },
        filter: if b.is_multiple_of(2) {
            TargetFilter::None
        } else {
            TargetFilter::Workstations
        },
    }
}

fn tag(n: u8) -> Tag {
    Tag::new(&format!("tag {n}")).unwrap()
}

fn tags(a: u8, b: u8) -> TagChange {
    TagChange {
        add: [tag(b)].into(),
        remove: [tag(a)].into(),
    }
}

fn desired(n: u8) -> DesiredState {
    match n % 4 {
        0 => DesiredState::InstalledLatest,
        1 => DesiredState::UpdateIfFound,
        2 => DesiredState::Uninstalled,
        _ => DesiredState::Ignored,
    }
}

fn task(n: u8) -> TaskId {
    TaskId(id(36, n))
}

/// What a deployment is about.
fn item(a: u8, b: u8) -> MaintenanceItem {
    if a.is_multiple_of(2) {
        MaintenanceItem::Software(SoftwareId(id(2, b)))
    } else {
        MaintenanceItem::Task(task(b))
    }
}

fn mode(n: u8) -> DesiredState {
    match n % 4 {
        0 => DesiredState::Enforce,
        1 => DesiredState::Audit,
        2 => DesiredState::Monitor,
        _ => DesiredState::Ignored,
    }
}

fn hash(n: u8) -> SecretHash {
    SecretHash(Sha256Digest::of(&[n]))
}

fn tomorrow() -> DateTime<Utc> {
    Utc::now() + Duration::from_hours(24)
}

impl Lives for Tenant {
    const WEIGHT: u16 = 3;

    fn next(step: &Step<'_>) -> Vec<(TenantId, TenantCommand)> {
        let (a, b) = (step.a, step.b);
        let tenant = TenantId(id(1, a));
        let command = match step.what % 8 {
            0..4 => {
                // Never itself, so that no circle comes about.
                let parent = (b > 0 && b != a).then(|| TenantId(id(1, b)));
                let is_free = |parent: &TenantId| !step.view.ancestors(*parent).contains(&tenant);
                let parent = parent.filter(is_free);
                TenantCommand::Create {
                    name: name(a),
                    parent,
                }
            }
            4 | 5 => TenantCommand::Rename { name: name(b) },
            6 => TenantCommand::ChangeTags(tags(a, b)),
            _ => TenantCommand::SetPresence {
                presence: match b {
                    0 => Presence::Removed,
                    _ => Presence::Present,
                },
                turn: step.n,
            },
        };
        vec![(tenant, command)]
    }
}

/// Decides, and tells nobody: that is kept, also of tenants that are never made.
impl Lives for TenantTree {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(TheTenantTree, TenantTreeCommand)> {
        let place = PlaceTenant {
            tenant: TenantId(id(1, step.a + 5 * (step.b + 1))),
            parent: Some(TenantId(id(1, step.b))),
            seen: None,
            known: Known::default(),
        };
        vec![(TheTenantTree, TenantTreeCommand::Place(place))]
    }
}

impl Lives for Computer {
    const WEIGHT: u16 = 5;

    fn next(step: &Step<'_>) -> Vec<(ComputerId, ComputerCommand)> {
        let (a, b) = (step.a, step.b);
        let tenant = TenantId(id(1, b));
        let command = match step.what % 5 {
            0 => ComputerCommand::Register {
                tenant,
                name: name(a),
                hardware: hardware(a),
            },
            1 => ComputerCommand::ReportInventory(inventory(b)),
            2 => ComputerCommand::ChangeTags(tags(a, b)),
            3 => ComputerCommand::SetPrimaryPerson {
                person: (b > 0).then(|| (PersonId(id(30, b)), tenant)),
            },
            _ => ComputerCommand::Move { tenant },
        };
        vec![(ComputerId(id(4, a)), command)]
    }
}

impl Lives for HardwareClaim {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(HardwareKey, HardwareClaimCommand)> {
        let key = HardwareKey {
            tenant: TenantId(id(1, step.b)),
            hardware: id(9, step.a),
        };
        let claim = HardwareClaimCommand {
            computer: ComputerId(id(4, step.a)),
            vacated: None,
            renews: step.what.is_multiple_of(2),
        };
        vec![(key, claim)]
    }
}

impl Lives for Claim {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(ClaimKey, ClaimCommand)> {
        let key = ClaimKey::upn(TenantId(id(1, step.b)), &name(step.a));
        let claim = ClaimCommand {
            claimant: Claimant::Person(PersonId(id(30, step.a))),
            command: CommandId(id(31, step.what)),
            most: key.most(),
            looked_at: vec![],
        };
        vec![(key, claim)]
    }
}

impl Lives for Agent {
    const WEIGHT: u16 = 3;

    fn next(step: &Step<'_>) -> Vec<(AgentId, AgentCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match (step.what % 3, b) {
            (0, _) => AgentCommand::Enrol(Box::new(AgentEnrolled {
                tenant: TenantId(id(1, b)),
                token: EnrolmentTokenId(id(8, b)),
                public_key: PublicKey([a; 32]),
                name: name(a),
                agent_version: "1".into(),
                hardware: hardware(a),
                inventory: inventory(a),
            })),
            (1, _) => AgentCommand::Identify {
                computer: ComputerId(id(4, b)),
            },
            (_, 0 | 1) => AgentCommand::Connect {
                server: SERVER,
                agent_version: "1".into(),
                connection: id(20, b),
            },
            (_, 2) => AgentCommand::Disconnect {
                connection: id(20, 0),
                reason: DisconnectReason::Closed,
            },
            _ if step.what.is_multiple_of(2) => AgentCommand::Hold(HoldReason::CopiedKey),
            _ => AgentCommand::Release { released_as: None },
        };
        vec![(AgentId(id(5, a)), command)]
    }
}

impl Lives for EnrolmentToken {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(EnrolmentTokenId, EnrolmentTokenCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match step.what % 3 {
            0 => EnrolmentTokenCommand::Create(TokenTerms {
                tenant: TenantId(id(1, b)),
                secret_hash: hash(a),
                expires_at: tomorrow(),
                max_uses: 2,
            }),
            1 => EnrolmentTokenCommand::Use {
                agent: AgentId(id(5, b)),
                secret_hash: hash(a),
            },
            _ => EnrolmentTokenCommand::Revoke,
        };
        vec![(EnrolmentTokenId(id(8, a)), command)]
    }
}

impl Lives for Person {
    const WEIGHT: u16 = 3;

    fn next(step: &Step<'_>) -> Vec<(PersonId, PersonCommand)> {
        let (a, b) = (step.a, step.b);
        let tenant = TenantId(id(1, b));
        let command = match step.what % 3 {
            0 => PersonCommand::Add {
                tenant,
                name: name(a),
                upn: None,
            },
            1 => PersonCommand::ChangeTags(tags(a, b)),
            _ => PersonCommand::Move { tenant },
        };
        vec![(PersonId(id(30, a)), command)]
    }
}

impl Lives for Group {
    const WEIGHT: u16 = 2;

    fn next(step: &Step<'_>) -> Vec<(GroupId, GroupCommand)> {
        let (a, b) = (step.a, step.b);
        let group = GroupId(id(31, a));
        let member = match b {
            0 => Member::Group(GroupId(id(31, b))),
            1 => Member::Computer(ComputerId(id(4, b))),
            _ => Member::Person(PersonId(id(30, b))),
        };
        let command = match step.what % 2 {
            0 => GroupCommand::Create {
                tenant: TenantId(id(1, b)),
                kind: GroupKind::Directory,
                name: name(a),
            },
            _ => GroupCommand::ChangeMembers {
                this: group,
                add: vec![(member, TenantId(id(1, a)))],
                remove: [Member::Person(PersonId(id(30, a)))].into(),
                levels: 0,
            },
        };
        vec![(group, command)]
    }
}

impl Lives for Agreement {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(AgreementId, AgreementCommand)> {
        let (a, b) = (step.a, step.b);
        let period = Period {
            first_day: None,
            last_day: None,
        };
        let command = match step.what % 3 {
            0 => AgreementCommand::Add {
                tenant: TenantId(id(1, b)),
                name: name(a),
                agreement_type: name(b),
                period,
            },
            1 => AgreementCommand::RecordAddition {
                product: name(b),
                period: Some(period),
            },
            _ => AgreementCommand::Change {
                agreement_type: Some(name(a)),
                period: None,
            },
        };
        vec![(AgreementId(id(32, a)), command)]
    }
}

/// What a source says of a title at some revision.
fn title(a: u8, b: u8) -> Title {
    let mut content = Software {
        definition: Some(Definition {
            name: name(a),
            detection: detection(a),
        }),
        ..Software::default()
    };
    for role in ScriptRole::REQUIRED {
        content.scripts.set(role, script(b));
    }
    let version = Version::new(&format!("{b}.0")).unwrap();
    content.versions.insert(
        version,
        SoftwareVersion {
            package: None,
            scripts: ScriptSet::default(),
        },
    );
    Title {
        origin: software::Origin {
            source: SourceName::new("source").unwrap(),
            identifier: TitleIdentifier::new(&format!("title {a}")).unwrap(),
            revision: Revision::new(&format!("r{b}")).unwrap(),
        },
        content,
    }
}

impl Lives for Software {
    const WEIGHT: u16 = 3;

    fn next(step: &Step<'_>) -> Vec<(SoftwareId, SoftwareCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match step.what % 16 {
            0 => SoftwareCommand::Create {
                name: name(a),
                detection: detection(b),
            },
            1 => SoftwareCommand::SetScript {
                role: ScriptRole::ALL[usize::from(b) % ScriptRole::ALL.len()],
                script: script(b),
            },
            2 => SoftwareCommand::RemoveScript {
                role: ScriptRole::ALL[usize::from(b) % ScriptRole::ALL.len()],
            },
            3 => SoftwareCommand::ChooseUpgradeStrategy {
                strategy: UpgradeStrategy::Never,
            },
            4 => SoftwareCommand::ChooseRepairStrategy {
                strategy: RepairStrategy::RepairScript,
            },
            5 => SoftwareCommand::ChooseExitCodes {
                exit_codes: ExitCodes::new([i32::from(b) + 1].into(), [].into()).unwrap(),
            },
            6 => SoftwareCommand::NamePublisher {
                publisher: (b % 3 > 0).then(|| name(b)),
            },
            7 => SoftwareCommand::WriteNotes {
                notes: (b % 3 > 0).then(|| Notes::new("Ask Ada.").unwrap()),
            },
            8 => SoftwareCommand::WithdrawVersion {
                version: Version::new(&format!("{b}.0")).unwrap(),
            },
            12..=14 => SoftwareCommand::TakeOver(Box::new(title(a, b))),
            15 => SoftwareCommand::WithdrawTitle {
                source: title(a, b).origin.source,
                revision: Revision::new(&format!("r{b}")).unwrap(),
            },
            _ => SoftwareCommand::PublishVersion(Box::new(NewVersion {
                version: Version::new(&format!("{b}.0")).unwrap(),
                content: SoftwareVersion {
                    package: None,
                    scripts: ScriptRole::REQUIRED
                        .map(|role| (role, script(b)))
                        .into_iter()
                        .collect(),
                },
            })),
        };
        let id = match &command {
            SoftwareCommand::TakeOver(title) => title.id(),
            SoftwareCommand::WithdrawTitle { .. } => title(a, b).id(),
            _ => SoftwareId(id(2, a)),
        };
        vec![(id, command)]
    }
}

fn port() -> ParameterName {
    ParameterName::new("port").unwrap()
}

fn number(n: u8) -> ParameterValue {
    ParameterValue::Number(Number::new(n.into()).unwrap())
}

/// Nothing, or one value.
fn told(n: u8) -> Values {
    let one = (!n.is_multiple_of(3)).then(|| (port(), number(n)));
    Values::new(one.into_iter().collect()).unwrap()
}

/// None, or one with a default.
fn parameters(n: u8) -> Parameters {
    let one = (!n.is_multiple_of(3)).then(|| Parameter {
        name: port(),
        label: None,
        help: None,
        kind: ParameterKind::Number(NumberRange::default()),
        required: true,
        default: Some(number(n)),
        shown_when: None,
    });
    Parameters::new(one.into_iter().collect()).unwrap()
}

impl Lives for Task {
    const WEIGHT: u16 = 3;

    fn next(step: &Step<'_>) -> Vec<(TaskId, TaskCommand)> {
        let (a, b) = (step.a, step.b);
        let role = TaskScriptRole::ALL[usize::from(b) % TaskScriptRole::ALL.len()];
        let set = TaskCommand::SetScript {
            role,
            script: script(b),
        };
        let command = match step.what % 9 {
            0..3 => {
                let create = TaskCommand::Create { name: name(a) };
                let define = TaskCommand::DefineParameters {
                    parameters: parameters(1),
                };
                return vec![(task(a), create), (task(a), set), (task(a), define)];
            }
            3 | 4 => set,
            5 if step.n.is_multiple_of(2) => TaskCommand::RemoveScript { role },
            5 => TaskCommand::ChooseConcurrency {
                concurrency: match b {
                    0 => Concurrency::Parallel,
                    _ => Concurrency::Serial,
                },
            },
            6 => TaskCommand::Rename { name: name(b) },
            7 => TaskCommand::DefineParameters {
                parameters: parameters(b),
            },
            _ => TaskCommand::WriteNotes {
                notes: (b % 3 > 0).then(|| Notes::new("Ask Ada.").unwrap()),
            },
        };
        vec![(task(a), command)]
    }
}

impl Lives for Secret {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(SecretId, SecretCommand)> {
        let sealed = Sealed {
            key: "key".into(),
            content: step.b.to_string(),
        };
        let command = match step.what % 4 {
            0 | 1 => SecretCommand::Create {
                tenant: step.b.is_multiple_of(2).then(|| TenantId(id(1, step.b))),
                name: name(step.a),
                sealed,
            },
            2 => SecretCommand::Change {
                name: Some(name(step.b)),
                sealed: Some(sealed),
            },
            _ => SecretCommand::Remove,
        };
        vec![(SecretId(id(37, step.a)), command)]
    }
}

impl Lives for CloudTask {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(CloudTaskId, CloudTaskCommand)> {
        let command = match step.what % 2 {
            0 => CloudTaskCommand::Create { name: name(step.a) },
            _ => CloudTaskCommand::Rename { name: name(step.b) },
        };
        vec![(CloudTaskId(id(33, step.a)), command)]
    }
}

impl Lives for Ordering {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(TheOrdering, OrderingCommand)> {
        let item = |n| MaintenanceItem::Software(SoftwareId(id(2, n)));
        let command = OrderingCommand::Move {
            item: item(step.a),
            to: [Section::Beginning, Section::Unordered, Section::End][usize::from(step.what % 3)],
            before: (step.b > 1).then(|| item(step.b)),
        };
        vec![(TheOrdering, command)]
    }
}

impl Lives for Prerequisites {
    const WEIGHT: u16 = 2;

    fn next(step: &Step<'_>) -> Vec<(ThePrerequisites, PrerequisiteCommand)> {
        let software = |n| SoftwareId(id(2, n));
        let prerequisite = PrerequisiteId(id(44, step.a));
        let catalogue = Arc::new(step.view.clone());
        let then = match step.what % 5 {
            0 => Consequence::Uninstall {
                software: software(step.b),
            },
            _ => Consequence::Install {
                software: software(step.b),
                version: WantedVersion::Latest,
            },
        };
        let when = Conditions {
            hold: Quantifier::Any,
            of: (step.b > 1)
                .then(|| Condition::NotInstalled {
                    software: software(step.b),
                })
                .into_iter()
                .collect(),
        };
        let command = match step.what % 4 {
            0 | 1 => PrerequisiteCommand::Add {
                prerequisite,
                says: Box::new(Prerequisite {
                    of: software(step.a),
                    versions: VersionRange::Any,
                    when,
                    then,
                }),
                catalogue,
            },
            2 => PrerequisiteCommand::Change {
                prerequisite,
                change: Box::new(PrerequisiteChange {
                    versions: None,
                    when: Some(when),
                    then: Some(then),
                }),
                catalogue,
            },
            _ => PrerequisiteCommand::Remove { prerequisite },
        };
        vec![(ThePrerequisites, command)]
    }
}

impl Lives for Deployment {
    const WEIGHT: u16 = 4;

    fn next(step: &Step<'_>) -> Vec<(DeploymentId, DeploymentCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match (step.what % 2, b) {
            (0, _) => DeploymentCommand::Create(Box::new(Rule {
                item: item(a, b),
                target: target(a, b),
                desired: if item(a, b).task().is_some() {
                    mode(b)
                } else {
                    desired(b)
                },
                enforcement: Enforcement::Required,
                origin: Origin::Local,
                parameters: match item(a, b).task() {
                    Some(_) => told(b),
                    None => Values::default(),
                },
            })),
            (_, 0) if step.what % 4 == 1 => DeploymentCommand::Disable,
            (_, 0 | 1) => DeploymentCommand::Enable,
            (_, 2) if a == 4 => DeploymentCommand::Delete,
            // Refused where it is about no task.
            (_, 3) if a.is_multiple_of(2) => DeploymentCommand::Change {
                target: None,
                desired: None,
                enforcement: None,
                parameters: Some(told(step.what / 2)),
            },
            // Refused where the state does not fit the item.
            _ => DeploymentCommand::Change {
                target: Some(target(b, a)),
                desired: Some(if step.n.is_multiple_of(3) {
                    mode(a)
                } else {
                    desired(a)
                }),
                enforcement: None,
                parameters: None,
            },
        };
        vec![(DeploymentId(id(3, a)), command)]
    }
}

impl Lives for Session {
    const WEIGHT: u16 = 11;

    fn next(step: &Step<'_>) -> Vec<(SessionId, SessionCommand)> {
        let (a, b) = (step.a, step.b);
        let (session, agent) = (
            SessionId(id(6, a.wrapping_mul(4).wrapping_add(b))),
            AgentId(id(5, a)),
        );
        match step.what % 9 {
            turn @ (0 | 1) => {
                // Some wait for their turn, and of those some have waited too long.
                let request = Requested {
                    subject: ComputerId(id(4, a)).into(),
                    tenant: TenantId(id(1, a)),
                    about: About::Everything,
                    at: match b {
                        0 => DateTime::UNIX_EPOCH,
                        _ => Utc::now(),
                    },
                };
                let create = if step.n.is_multiple_of(5) {
                    trial(step, &request)
                } else {
                    SessionCommand::Create { request }
                };
                let start = SessionCommand::Start { server: SERVER };
                match turn {
                    0 if step.n.is_multiple_of(3) => vec![(session, create)],
                    _ => vec![(session, create), (session, start)],
                }
            }
            2..5 => {
                // Without an agent it waits for one.
                let agent = (!step.what.is_multiple_of(4)).then_some(agent);
                advance(step, agent).into_iter().collect()
            }
            5..8 => end_run(step, agent).into_iter().collect(),
            _ => vec![(session, SessionCommand::Cancel)],
        }
    }
}

/// A script that is tried, in the place of what would be asked for.
fn trial(step: &Step<'_>, request: &Requested) -> SessionCommand {
    let meaning = [
        Meaning::Detection,
        Meaning::Test,
        Meaning::Get,
        Meaning::Action,
    ][usize::from(step.b % 4)];
    let text = format!("echo {}", step.n);
    let script = Script::new(Interpreter::Sh, &text, meaning.timeout()).expect("it is one");
    SessionCommand::Try(Box::new(Trial {
        subject: request.subject,
        tenant: request.tenant,
        draft: Draft {
            meaning,
            script,
            parameters: told(step.what / 2),
        },
        at: request.at,
    }))
}

fn advance(step: &Step<'_>, agent: Option<AgentId>) -> Option<(SessionId, SessionCommand)> {
    let view = step.view;
    let unfinished = view.sessions.iter();
    let mut unfinished = unfinished.filter(|(_, entry)| !entry.state.status.is_over());
    let (session, entry) = unfinished.nth(usize::from(step.b))?;
    let request = entry.state.request?;
    let winners = view.winners(request.computer(), request.about, request.at);
    let surroundings = Surroundings {
        server: SERVER,
        session,
        agent,
        agents_changed_at: None,
        catalogue: Arc::new(view.clone()),
        lock: entry.state.wanted_lock(view).map(LockAnswer::Granted),
        winners: Some(winners),
        prerequisites: Prerequisites::clone(&view.prerequisites),
        listening_since: DateTime::UNIX_EPOCH,
        jumps: ClockJumps::default(),
    };
    Some((session, SessionCommand::Advance(Arc::new(surroundings))))
}

fn end_run(step: &Step<'_>, agent: AgentId) -> Option<(SessionId, SessionCommand)> {
    let open = step.view.sessions.open_runs_of(agent).next()?;
    let outcome = RunOutcome::Exited {
        code: i32::from(step.b == 3),
    };
    let stdout_tail = match open.details.purpose {
        // A version, and a value too.
        RunPurpose::Test | RunPurpose::Recheck | RunPurpose::Retest
            if open.details.item.and_then(MaintenanceItem::task).is_some() =>
        {
            step.b.is_multiple_of(2).to_string()
        }
        _ => format!("{}.0", step.b % 4),
    };
    let report = RunReport {
        stdout_tail,
        ..RunReport::without_output(outcome)
    };
    let run = open.run;
    let ended = SessionCommand::run_ended(agent, run, report);
    Some((open.session, ended))
}

impl Lives for ApiToken {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(ApiTokenId, ApiTokenCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match step.what % 3 {
            0 | 1 => ApiTokenCommand::Create(Grant {
                name: name(a),
                role: Role::TenantMember(TenantId(id(1, b))),
                secret_hash: hash(a),
                expires_at: None,
                created_by: None,
            }),
            _ => ApiTokenCommand::Revoke,
        };
        vec![(ApiTokenId(id(34, a)), command)]
    }
}

impl Lives for Server {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(ServerId, ServerCommand)> {
        let command = match step.what % 3 {
            0 | 1 => ServerCommand::RenewLease {
                until: tomorrow(),
                length: Duration::from_secs(15),
            },
            _ => ServerCommand::ReleaseLease,
        };
        vec![(ServerId(id(35, step.a)), command)]
    }
}

impl Lives for Instance {
    const WEIGHT: u16 = 1;

    fn next(step: &Step<'_>) -> Vec<(TheInstance, InstanceCommand)> {
        let (a, b) = (step.a, step.b);
        let command = match step.what % 16 {
            0 => InstanceCommand::AppointBySetupToken {
                secret_hash: hash(a),
                token: ApiTokenId(id(34, b)),
            },
            _ => InstanceCommand::IssueSetupToken {
                secret_hash: hash(a),
            },
        };
        vec![(TheInstance, command)]
    }
}
