//! Events are for ever: the JSON of every event type and version, as it was first written, must still decode.
//!
//! A new event type: add a sample and run with `UPKEEP_GOLDEN=write`. A changed shape: a new version with an
//! upcaster and a new file; the old file stays.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::path::PathBuf;
use upkeep_domain::access::api_token::*;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::catalogue::cloud_task::*;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout, Sha256Digest};
use upkeep_domain::catalogue::software::*;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::*;
use upkeep_domain::fleet::agreement::*;
use upkeep_domain::fleet::computer::*;
use upkeep_domain::fleet::enrolment::*;
use upkeep_domain::fleet::group::*;
use upkeep_domain::fleet::person::*;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::fleet::tenant::*;
use upkeep_domain::installation::instance::*;
use upkeep_domain::installation::server::*;
use upkeep_domain::kernel::decider::EventPayload;
use upkeep_domain::kernel::ids::*;
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::SecretHash;
use upkeep_domain::maintenance::session::*;
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::expression::FilterExpression;
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_500_000, 123_456_000).unwrap()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn version(text: &str) -> Version {
    Version::new(text).unwrap()
}

fn script(text: &str) -> Script {
    Script::new(Interpreter::Bash, text, ScriptTimeout::ACTION).unwrap()
}

fn hash() -> SecretHash {
    SecretHash(Sha256Digest::of(b"secret"))
}

fn hardware() -> HardwareIdentity {
    HardwareIdentity::new(id(9), IdentitySource::ProductUuid).unwrap()
}

fn inventory() -> Inventory {
    Inventory {
        host_name: "pc-1".into(),
        os: OperatingSystem {
            family: OsFamily::Linux,
            name: "Debian GNU/Linux".into(),
            version: "12".into(),
        },
        chassis_type: Some(10),
    }
}

fn package() -> Package {
    Package {
        file_name: "reader.tar.gz".into(),
        sha256: Sha256Digest::of(b"package"),
        size: 209,
    }
}

fn tenant(event: impl Into<TenantEvent>) -> (&'static str, DomainEvent) {
    ("tenant", DomainEvent::Tenant(event.into()))
}

fn software(event: impl Into<SoftwareEvent>) -> (&'static str, DomainEvent) {
    ("software", DomainEvent::Software(event.into()))
}

fn deployment(event: impl Into<DeploymentEvent>) -> (&'static str, DomainEvent) {
    ("deployment", DomainEvent::Deployment(event.into()))
}

fn agent(event: impl Into<AgentEvent>) -> (&'static str, DomainEvent) {
    ("agent", DomainEvent::Agent(event.into()))
}

fn computer(event: impl Into<ComputerEvent>) -> (&'static str, DomainEvent) {
    ("computer", DomainEvent::Computer(event.into()))
}

fn session(event: impl Into<SessionEvent>) -> (&'static str, DomainEvent) {
    ("session", DomainEvent::Session(event.into()))
}

fn server(event: impl Into<ServerEvent>) -> (&'static str, DomainEvent) {
    ("server", DomainEvent::Server(event.into()))
}

fn samples() -> Vec<(&'static str, DomainEvent)> {
    let mut samples = things();
    samples.extend(session_samples());
    samples.extend(fact_samples());
    samples.extend(tenant_fact_samples());
    samples
}

fn tags() -> std::collections::BTreeSet<Tag> {
    ["finance", "vip"].map(|tag| Tag::new(tag).unwrap()).into()
}

fn period() -> Period {
    Period {
        first_day: chrono::NaiveDate::from_ymd_opt(2026, 11, 1),
        last_day: None,
    }
}

fn person(event: impl Into<PersonEvent>) -> (&'static str, DomainEvent) {
    ("person", DomainEvent::Person(event.into()))
}

fn group(event: impl Into<GroupEvent>) -> (&'static str, DomainEvent) {
    ("group", DomainEvent::Group(event.into()))
}

fn agreement(event: impl Into<AgreementEvent>) -> (&'static str, DomainEvent) {
    ("agreement", DomainEvent::Agreement(event.into()))
}

fn cloud_task(event: impl Into<CloudTaskEvent>) -> (&'static str, DomainEvent) {
    ("cloudtask", DomainEvent::CloudTask(event.into()))
}

/// What is known of computers, people and groups for targets.
fn fact_samples() -> Vec<(&'static str, DomainEvent)> {
    let members = [
        Member::Person(PersonId(id(50))),
        Member::Computer(ComputerId(id(4))),
        Member::Group(GroupId(id(52))),
    ];
    let detail = InventoryDetail {
        manufacturer: Some(name("Dell")),
        model: Some(name("XPS")),
        serial_number: Some(name("S-1")),
        domain_name: Some(name("contoso.example")),
        domain_role: Some(DomainRole::PrimaryDomainController),
        os_build: None,
        memory_bytes: Some(1 << 34),
    };
    vec![
        computer(InventoryDetailReported { detail }),
        computer(ComputerTagged { tags: tags() }),
        computer(ComputerUntagged { tags: tags() }),
        computer(PrimaryPersonSet {
            person: Some(PersonId(id(50))),
        }),
        computer(ComputerExcludedFromMaintenance {}),
        computer(ComputerIncludedInMaintenance {}),
        computer(MetascriptAnswered {
            metascript: name("has-gpu"),
            answer: true,
            observed_at: now(),
        }),
        computer(OptionalDeploymentApproved {
            deployment: DeploymentId(id(3)),
        }),
        computer(OptionalApprovalWithdrawn {
            deployment: DeploymentId(id(3)),
        }),
        computer(ComputerRemoved {}),
        computer(ComputerRestored {}),
        computer(ComputerMoved {
            tenant: TenantId(id(3)),
        }),
        person(PersonAdded {
            tenant: TenantId(id(1)),
            name: name("Ada"),
            upn: Some(name("ada@contoso.example")),
        }),
        person(PersonRenamed {
            name: name("Ada L"),
        }),
        person(UpnChanged { upn: None }),
        person(PersonTagged { tags: tags() }),
        person(PersonUntagged { tags: tags() }),
        person(PersonRemoved {}),
        person(PersonMoved {
            tenant: TenantId(id(3)),
        }),
        group(GroupCreated {
            tenant: TenantId(id(1)),
            kind: GroupKind::Directory,
            name: name("Finance"),
        }),
        group(GroupRenamed {
            name: name("Accounting"),
        }),
        group(GroupMembersAdded {
            members: members.into(),
        }),
        group(GroupMembersRemoved {
            members: members.into(),
        }),
        group(GroupRemoved {}),
    ]
}

/// What is known of tenants for targets, and what was added to deployments.
fn tenant_fact_samples() -> Vec<(&'static str, DomainEvent)> {
    vec![
        tenant(TenantTagged { tags: tags() }),
        tenant(TenantUntagged { tags: tags() }),
        tenant(TenantTimeZoneSet {
            time_zone: chrono_tz::Europe::Vienna,
        }),
        tenant(TenantExcludedFromCrossTenant {}),
        tenant(TenantIncludedInCrossTenant {}),
        tenant(TenantRemoved { turn: 7 }),
        tenant(TenantRestored { turn: 8 }),
        agreement(AgreementAdded {
            tenant: TenantId(id(1)),
            name: name("Contoso managed"),
            agreement_type: name("Managed"),
            period: period(),
        }),
        agreement(AgreementTypeChanged {
            agreement_type: name("Break-fix"),
        }),
        agreement(AgreementPeriodChanged { period: period() }),
        agreement(AdditionRecorded {
            product: name("Backup"),
            period: period(),
        }),
        agreement(AdditionRemoved {
            product: name("Backup"),
        }),
        agreement(AgreementRemoved {}),
        cloud_task(CloudTaskCreated { name: name("MFA") }),
        cloud_task(CloudTaskRenamed {
            name: name("MFA on"),
        }),
        deployment(EnforcementChanged {
            enforcement: Enforcement::AdHoc,
        }),
        deployment(RecommendationApproved {}),
        deployment(RecommendationDismissed {}),
    ]
}

/// Every kind of scope and membership.
fn targets() -> Vec<Target> {
    let tag = |bearer| Membership::Tag {
        tag: Tag::new("vip").unwrap(),
        bearer,
    };
    let group = GroupId(id(52));
    let expression = FilterExpression::new("computer.onboarded").unwrap();
    let target = |scope, membership| Target {
        scope,
        membership,
        filter: TargetFilter::DomainControllers,
    };
    let memberships = [
        tag(TagBearer::Computer),
        tag(TagBearer::Tenant),
        tag(TagBearer::Person),
        Membership::DeviceGroup { group },
        Membership::DirectoryGroup { group },
        Membership::AgreementType {
            agreement_type: name("Managed"),
        },
        Membership::AgreementProduct {
            product: name("Backup"),
        },
        Membership::Metascript {
            metascript: name("has-gpu"),
        },
        Membership::Expression { expression },
        Membership::AllComputers,
    ];
    let person = PersonId(id(50));
    memberships
        .into_iter()
        .map(|membership| target(Scope::CrossTenant, membership))
        .chain([target(Scope::Person { person }, Membership::AllComputers)])
        .collect()
}

#[expect(clippy::too_many_lines, reason = "a list")]
fn things() -> Vec<(&'static str, DomainEvent)> {
    let item = MaintenanceItem::Software(SoftwareId(id(2)));
    let contoso = Target {
        scope: Scope::SingleTenant {
            tenant: TenantId(id(1)),
            include_children: true,
        },
        membership: Membership::AllComputers,
        filter: TargetFilter::WorkstationsAndPortableDevices,
    };
    let content = SoftwareVersion {
        package: Some(package()),
        install: script("install"),
        uninstall: script("uninstall"),
        upgrade: Some(script("upgrade")),
    };
    let enrolled = AgentEnrolled {
        tenant: TenantId(id(1)),
        token: EnrolmentTokenId(id(5)),
        public_key: PublicKey([7; 32]),
        name: name("pc-1"),
        agent_version: "0.1.0".into(),
        hardware: hardware(),
        inventory: inventory(),
    };
    let terms = TokenTerms {
        tenant: TenantId(id(1)),
        secret_hash: hash(),
        expires_at: now() + TimeDelta::hours(24),
        max_uses: 5,
    };
    let grant = Grant {
        name: name("Alex"),
        role: Role::TenantAdmin(TenantId(id(1))),
        secret_hash: hash(),
        expires_at: Some(now()),
        created_by: Some(ApiTokenId(id(6))),
    };
    vec![
        tenant(TenantCreated {
            name: name("Contoso"),
            parent: Some(TenantId(id(3))),
        }),
        tenant(TenantRenamed {
            name: name("Contoso Ltd"),
        }),
        tenant(TenantParentChanged {
            parent: None,
            turn: 3,
        }),
        software(SoftwareCreated {
            name: name("Reader"),
            detection: script("detect"),
        }),
        software(SoftwareRenamed {
            name: name("Adobe Reader"),
        }),
        software(DetectionChanged {
            detection: script("look"),
        }),
        software(VersionPublished {
            version: version("1:24.1-2"),
            content,
        }),
        software(VersionWithdrawn {
            version: version("24.1"),
        }),
        deployment(DeploymentCreated {
            item,
            target: contoso,
            desired: DesiredState::InstalledExactly(version("24.1")),
            enforcement: Enforcement::Onboarding,
            origin: Origin::Recommended,
        }),
        deployment(DeploymentRetargeted {
            target: Target {
                scope: Scope::Individual {
                    computer: ComputerId(id(4)),
                },
                membership: Membership::AllComputers,
                filter: TargetFilter::None,
            },
        }),
        deployment(DesiredStateChanged {
            desired: DesiredState::UpdateIfFound,
        }),
        deployment(DeploymentDisabled {}),
        deployment(DeploymentEnabled {}),
        deployment(DeploymentDeleted {}),
        agent(enrolled),
        agent(AgentIdentified {
            computer: ComputerId(id(4)),
        }),
        agent(AgentConnected {
            agent_version: "0.1.0".into(),
            connection: id(30),
            server: Some(ServerId(id(40))),
        }),
        agent(AgentDisconnected {
            reason: DisconnectReason::Silent,
        }),
        agent(AgentHeld {
            because: HoldReason::OtherHardware {
                hardware: hardware(),
            },
        }),
        agent(AgentReleased {
            released_as: Some(ReleasedAs::Replacement),
        }),
        agent(AgentRevoked {}),
        agent(AgentHardwareKnown {
            hardware: hardware(),
        }),
        agent(AgentMoved {
            tenant: TenantId(id(3)),
        }),
        computer(ComputerRegistered {
            tenant: TenantId(id(1)),
            name: name("pc-1"),
            hardware: hardware(),
        }),
        computer(InventoryReported {
            inventory: inventory(),
        }),
        computer(ComputerOnboarded {}),
        computer(SessionAdmitted {
            session: SessionId(id(7)),
        }),
        (
            "tenanttree",
            DomainEvent::TenantTree(
                TenantPlaced {
                    tenant: TenantId(id(1)),
                    parent: Some(TenantId(id(3))),
                }
                .into(),
            ),
        ),
        (
            "tenanttree",
            DomainEvent::TenantTree(
                TenantTakenOut {
                    tenant: TenantId(id(1)),
                }
                .into(),
            ),
        ),
        (
            "tenanttree",
            DomainEvent::TenantTree(
                TenantPutBack {
                    tenant: TenantId(id(1)),
                }
                .into(),
            ),
        ),
        (
            "hardware",
            DomainEvent::HardwareClaim(
                HardwareClaimed {
                    computer: ComputerId(id(4)),
                    at: Some(now()),
                }
                .into(),
            ),
        ),
        (
            "enrolment",
            DomainEvent::EnrolmentToken(EnrolmentTokenCreated { terms }.into()),
        ),
        (
            "enrolment",
            DomainEvent::EnrolmentToken(
                EnrolmentTokenUsed {
                    agent: AgentId(id(7)),
                }
                .into(),
            ),
        ),
        (
            "enrolment",
            DomainEvent::EnrolmentToken(EnrolmentTokenRevoked {}.into()),
        ),
        (
            "token",
            DomainEvent::ApiToken(ApiTokenCreated { grant }.into()),
        ),
        ("token", DomainEvent::ApiToken(ApiTokenRevoked {}.into())),
        (
            "instance",
            DomainEvent::Instance(
                SetupTokenIssued {
                    secret_hash: hash(),
                }
                .into(),
            ),
        ),
        (
            "instance",
            DomainEvent::Instance(
                FirstAdministratorAppointed {
                    token: ApiTokenId(id(6)),
                }
                .into(),
            ),
        ),
    ]
}

fn session_samples() -> Vec<(&'static str, DomainEvent)> {
    let item = MaintenanceItem::Software(SoftwareId(id(2)));
    let plan = PlannedAction {
        action: ActionId(id(11)),
        item,
        item_name: "Reader".into(),
        deployment: DeploymentId(id(3)),
        desired: DesiredState::InstalledLatest,
        desired_version: Some(version("24.1")),
        because: "Reader should be installed".into(),
        scope: Some(Scope::CrossTenant),
    };
    let report = RunReport {
        outcome: RunOutcome::PackageCorrupt {
            expected: Sha256Digest::of(b"a"),
            actual: Sha256Digest::of(b"b"),
        },
        stdout_tail: "out".into(),
        stderr_tail: "err".into(),
        output_bytes: 6,
        output_sha256: Sha256Digest::of(b"outerr"),
        truncated: false,
        duration_ms: 12,
        remark: None,
    };
    vec![
        session(SessionCreated {
            computer: ComputerId(id(4)),
            tenant: TenantId(id(1)),
            kind: SessionKind::SingleItem(item),
            at: now(),
        }),
        session(SessionClaimed {
            server: ServerId(id(40)),
        }),
        session(SessionStarted { at: now() }),
        session(StageStarted {
            stage: Stage::Detection,
        }),
        session(SessionResolved {
            actions: vec![plan],
            left_out: 1,
        }),
        session(RunRequested {
            run: RunId(id(12)),
            action: ActionId(id(11)),
            purpose: RunPurpose::Install,
            agent: AgentId(id(7)),
            software: SoftwareId(id(2)),
            version: Some(version("24.1")),
            script: script("install").digest(),
            timeout: ScriptTimeout::ACTION,
            package: Some(package()),
            deadline: now(),
            at: now(),
        }),
        session(RunStarted {
            run: RunId(id(12)),
            at: now(),
        }),
        session(RunEnded {
            run: RunId(id(12)),
            report,
            at: now(),
        }),
        session(ActionAssessed {
            action: ActionId(id(11)),
            detected: Some(version("22.3")),
            action_type: ActionType::Update,
            reason: ActionReason::UpdateAvailable,
        }),
        session(ActionRechecked {
            action: ActionId(id(11)),
            detected: None,
            steps: vec![Step {
                purpose: RunPurpose::Upgrade,
                version: version("24.1"),
            }],
        }),
        session(ActionCompleted {
            action: ActionId(id(11)),
            verdict: Verdict::Success,
            reason: ResultReason::Verified,
            message: "version 24.1 is there now".into(),
            detected: Some(version("24.1")),
        }),
        session(SessionCompleted {
            ending: Ending::PartiallyPassed,
            at: now(),
        }),
        session(SessionCancelled { at: now() }),
        session(SessionMissed { at: now() }),
        server(ServerLeaseTaken { until: now() }),
        server(ServerLeaseRenewed { until: now() }),
        server(ServerLeaseReleased {}),
    ]
}

fn json(event: &DomainEvent) -> Vec<u8> {
    match event {
        DomainEvent::Tenant(event) => event.to_json(),
        DomainEvent::Software(event) => event.to_json(),
        DomainEvent::Deployment(event) => event.to_json(),
        DomainEvent::Agent(event) => event.to_json(),
        DomainEvent::Computer(event) => event.to_json(),
        DomainEvent::HardwareClaim(event) => event.to_json(),
        DomainEvent::EnrolmentToken(event) => event.to_json(),
        DomainEvent::ApiToken(event) => event.to_json(),
        DomainEvent::Instance(event) => event.to_json(),
        DomainEvent::Session(event) => event.to_json(),
        DomainEvent::Server(event) => event.to_json(),
        DomainEvent::Person(event) => event.to_json(),
        DomainEvent::Group(event) => event.to_json(),
        DomainEvent::Agreement(event) => event.to_json(),
        DomainEvent::CloudTask(event) => event.to_json(),
        DomainEvent::TenantTree(event) => event.to_json(),
    }
    .unwrap()
}

fn version_of(event: &DomainEvent) -> u16 {
    match event {
        DomainEvent::Tenant(event) => event.schema_version(),
        DomainEvent::Software(event) => event.schema_version(),
        DomainEvent::Deployment(event) => event.schema_version(),
        DomainEvent::Agent(event) => event.schema_version(),
        DomainEvent::Computer(event) => event.schema_version(),
        DomainEvent::HardwareClaim(event) => event.schema_version(),
        DomainEvent::EnrolmentToken(event) => event.schema_version(),
        DomainEvent::ApiToken(event) => event.schema_version(),
        DomainEvent::Instance(event) => event.schema_version(),
        DomainEvent::Session(event) => event.schema_version(),
        DomainEvent::Server(event) => event.schema_version(),
        DomainEvent::Person(event) => event.schema_version(),
        DomainEvent::Group(event) => event.schema_version(),
        DomainEvent::Agreement(event) => event.schema_version(),
        DomainEvent::CloudTask(event) => event.schema_version(),
        DomainEvent::TenantTree(event) => event.schema_version(),
    }
}

fn golden(name: &str, current: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.json"));
    if std::env::var_os("UPKEEP_GOLDEN").is_some_and(|what| what == "write") && !path.exists() {
        std::fs::write(&path, current).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_that_was_ever_written_still_decodes() {
    let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (category, event) in samples() {
        let event_type = event.event_type();
        let version = version_of(&event);
        let written = golden(&format!("{event_type}.v{version}"), &json(&event));
        let read = DomainEvent::decode(category, event_type, version, &written).unwrap();
        assert_eq!(
            read,
            Some(event.clone()),
            "{event_type} means what it meant"
        );
        assert_eq!(
            json(&event),
            written,
            "{event_type} is written as it was: a new shape is a new version"
        );
        seen.entry(category).or_default().push(event_type);
    }
    for (category, types) in DomainEvent::types() {
        assert_eq!(
            seen.get(category).map(Vec::as_slice),
            Some(types),
            "every type has a sample"
        );
    }
}

#[test]
fn shapes_that_are_not_written_any_more_still_decode() {
    let written = golden("AgentConnected.v1", b"");
    let read = DomainEvent::decode("agent", "AgentConnected", 1, &written).unwrap();
    let connected = AgentConnected {
        agent_version: "0.1.0".into(),
        connection: id(30),
        server: None,
    };
    assert_eq!(read, Some(agent(connected).1));

    let written = golden("SessionResolved.v1", b"");
    let read = DomainEvent::decode("session", "SessionResolved", 1, &written).unwrap();
    match read {
        Some(DomainEvent::Session(SessionEvent::Resolved(resolved))) => {
            assert_eq!(resolved.actions[0].scope, None);
        }
        other => panic!("{other:?}"),
    }
    let written = golden("TenantParentChanged.v1", b"");
    let read = DomainEvent::decode("tenant", "TenantParentChanged", 1, &written).unwrap();
    let changed = TenantParentChanged {
        parent: None,
        turn: 0,
    };
    assert_eq!(read, Some(tenant(changed).1));
    let written = golden("HardwareClaimed.v1", b"");
    let read = DomainEvent::decode("hardware", "HardwareClaimed", 1, &written).unwrap();
    let claimed = HardwareClaimed {
        computer: ComputerId(id(4)),
        at: None,
    };
    assert_eq!(read, Some(DomainEvent::HardwareClaim(claimed.into())));
    let written = golden("AgentHeld.v1", b"");
    let read = DomainEvent::decode("agent", "AgentHeld", 1, &written).unwrap();
    let because = HoldReason::CopiedKey;
    assert_eq!(read, Some(agent(AgentHeld { because }).1));
    let written = golden("AgentReleased.v1", b"");
    let read = DomainEvent::decode("agent", "AgentReleased", 1, &written).unwrap();
    assert_eq!(read, Some(agent(AgentReleased { released_as: None }).1));

    let all_computers = |read: Option<DomainEvent>| match read {
        Some(DomainEvent::Deployment(DeploymentEvent::Created(created))) => {
            assert_eq!(created.enforcement, Enforcement::Required);
            assert_eq!(created.origin, Origin::Local);
            created.target.membership
        }
        Some(DomainEvent::Deployment(DeploymentEvent::Retargeted(retargeted))) => {
            retargeted.target.membership
        }
        other => panic!("{other:?}"),
    };
    for event_type in ["DeploymentCreated", "DeploymentRetargeted"] {
        let written = golden(&format!("{event_type}.v1"), b"");
        let read = DomainEvent::decode("deployment", event_type, 1, &written).unwrap();
        assert_eq!(all_computers(read), Membership::AllComputers);
    }
}

/// Each reason has its own shape.
#[test]
fn every_hold_that_was_ever_written_still_decodes() {
    let holds = [
        HoldReason::CopiedKey,
        HoldReason::ClaimedHardware {
            computer: ComputerId(id(4)),
        },
        HoldReason::Rival {
            agent: AgentId(id(7)),
        },
        HoldReason::OtherHardware {
            hardware: hardware(),
        },
    ]
    .map(|because| AgentHeld { because });
    let written = golden("holds", &serde_json::to_vec(&holds).unwrap());
    assert_eq!(
        serde_json::from_slice::<Vec<AgentHeld>>(&written).unwrap(),
        holds
    );
}

#[test]
fn every_kind_of_session_that_was_ever_written_still_decodes() {
    let kinds = [
        SessionKind::Full,
        SessionKind::SingleItem(MaintenanceItem::Software(SoftwareId(id(2)))),
        SessionKind::AdHoc(DeploymentId(id(3))),
        SessionKind::AdHocUnlessIgnored(DeploymentId(id(3))),
    ];
    let written = golden("sessionKinds", &serde_json::to_vec(&kinds).unwrap());
    let read: Vec<SessionKind> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, kinds);
}

#[test]
fn every_target_that_was_ever_written_still_decodes() {
    let written = golden("targets", &serde_json::to_vec(&targets()).unwrap());
    let read: Vec<Target> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, targets());
}

#[test]
fn metadata_that_was_ever_written_still_decodes() {
    let metadata = EventMetadata {
        correlation_id: id(1),
        causation_id: id(2),
        command_id: CommandId(id(3)),
        command_digest: Some(Sha256Digest::of(b"input")),
        actor: Actor::User(ApiTokenId(id(4))),
        tenant_id: Some(TenantId(id(5))),
        time: now(),
        schema_version: 1,
        reason: Some("because".into()),
    };
    let written = golden("metadata", &serde_json::to_vec(&metadata).unwrap());
    assert_eq!(
        serde_json::from_slice::<EventMetadata>(&written).unwrap(),
        metadata
    );
    let least: EventMetadata = serde_json::from_str(
        r#"{"$correlationId":"01900000-0000-7000-8000-000000000001","$causationId":"01900000-0000-7000-8000-000000000002",
            "commandId":"01900000-0000-7000-8000-000000000003","actor":{"kind":"system"},
            "time":"2026-11-23T12:00:00Z","schemaVersion":1}"#,
    )
    .unwrap();
    assert_eq!(least.actor, Actor::System);
}
