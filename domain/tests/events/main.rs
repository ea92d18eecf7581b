//! Events are for ever: the JSON of every event type and version, as it was first written, must still decode.
//!
//! A new event type: add a sample beside its aggregate's and run with `UPKEEP_GOLDEN=write`. A changed shape: a new version
//! with an upcaster and a new file; the old file stays and must be read.

mod access;
mod catalogue;
mod fleet;
mod installation;
mod maintenance;
mod rules;

use chrono::{DateTime, Utc};
use std::path::PathBuf;
use upkeep_domain::access::Overridden;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::catalogue::parameter::{Number, ParameterName, ParameterValue, Values};
use upkeep_domain::catalogue::program::{
    FoundPrograms, InstalledProgram, ProgramScope, ProgramSource,
};
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{
    ExitCodes, Package, PackageUrl, ScriptRole, SoftwareEvent, SoftwareVersion,
};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::{AgentHeld, HoldReason};
use upkeep_domain::fleet::agreement::Period;
use upkeep_domain::fleet::claim::Claimant;
use upkeep_domain::fleet::computer::{
    HardwareIdentity, IdentitySource, Inventory, KnownInterpreter, OperatingSystem, OsFamily,
};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::for_all_aggregates;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::*;
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::kernel::secret::SecretHash;
use upkeep_domain::maintenance::session::{
    About, GivenResult, Job, MissingResult, ResultValue, RunResult, ScriptFault, SessionEvent,
    WaitCause, WaitOutcome,
};
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::expression::FilterExpression;
use uuid::Uuid;

/// One event of each type that an aggregate has.
trait Sampled: Decider {
    fn samples() -> Vec<Self::Event>;
}

macro_rules! samples {
    (
        many { $($many:ident: $many_type:ty => $registry:ident,)* }
        by_hand { $($hand:ident: $hand_type:ty => $kept:ident,)* }
        one { $($one:ident: $one_type:ty => $field:ident,)* }
        unkept { $($unkept:ident: $unkept_type:ty,)* }
    ) => {
        /// Of each aggregate, with the category of its streams.
        fn samples() -> Vec<(&'static str, Vec<DomainEvent>)> {
            vec![
                $(samples!(@of $many, $many_type),)*
                $(samples!(@of $hand, $hand_type),)*
                $(samples!(@of $one, $one_type),)*
                $(samples!(@of $unkept, $unkept_type),)*
            ]
        }
    };
    (@of $name:ident, $aggregate:ty) => {{
        let samples = <$aggregate as Sampled>::samples();
        let samples = samples.into_iter().map(DomainEvent::$name);
        (<$aggregate as Decider>::CATEGORY, samples.collect())
    }};
}

for_all_aggregates!(samples);

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
        interpreters: vec![],
    }
}

fn package() -> Package {
    Package {
        file_name: "reader.tar.gz".into(),
        sha256: Sha256Digest::of(b"package"),
        size: Some(209),
        url: None,
    }
}

/// A value of each kind.
fn told() -> Values {
    let all = [
        ("host", ParameterValue::Text("it's \"odd\"\n$(é)".into())),
        ("port", ParameterValue::Number(Number::new(443.0).unwrap())),
        ("share", ParameterValue::Number(Number::new(0.25).unwrap())),
        ("log", ParameterValue::Boolean(true)),
        (
            "directions",
            ParameterValue::Choices(vec!["inbound".into()]),
        ),
    ];
    let named = all.map(|(name, value)| (ParameterName::new(name).unwrap(), value));
    Values::new(named.into()).unwrap()
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

fn golden(name: &str, current: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/events/golden")
        .join(format!("{name}.json"));
    if std::env::var_os("UPKEEP_GOLDEN").is_some_and(|what| what == "write") && !path.exists() {
        std::fs::write(&path, current).unwrap();
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_that_was_ever_written_still_decodes() {
    let all = samples();
    for (category, events) in &all {
        for event in events {
            let (event_type, version) = (event.event_type(), event.version());
            let json = event.to_json().unwrap();
            let written = golden(&format!("{event_type}.v{version}"), &json);
            let read = DomainEvent::decode(category, event_type, version, &written);
            assert_eq!(
                read.unwrap().unwrap(),
                *event,
                "{event_type} means what it meant"
            );
            assert_eq!(
                json, written,
                "{event_type} is written as it was: a new shape is a new version"
            );
        }
    }
    for ((category, events), (known, types)) in all.iter().zip(DomainEvent::TYPES) {
        assert_eq!(category, known);
        let mut sampled: Vec<&str> = events.iter().map(DomainEvent::event_type).collect();
        let mut types = types.to_vec();
        sampled.sort_unstable();
        types.sort_unstable();
        assert_eq!(sampled, types, "every type of {category} has one sample");
    }
}

/// Also those of versions that are not written any more.
#[test]
fn every_file_is_of_an_event_that_can_be_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/events/golden");
    let category_of = |event_type: &str| {
        let mut all = DomainEvent::TYPES.iter();
        all.find(|(_, types)| types.contains(&event_type))
            .map(|(category, _)| *category)
    };
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let Some((event_type, version)) = name.split_once(".v") else {
            continue;
        };
        let category = category_of(event_type);
        let category = category.unwrap_or_else(|| panic!("{name} is read by nobody"));
        let data = std::fs::read(&path).unwrap();
        let read = DomainEvent::decode(category, event_type, version.parse().unwrap(), &data);
        assert_eq!(read.unwrap().unwrap().event_type(), event_type);
    }
}

/// What was written in a version that is not written any more means what it meant.
#[test]
fn what_an_upcaster_makes_says_what_was_written() {
    let read = |category, name: &str, version| {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/events/golden");
        let file = folder.join(format!("{name}.v{version}.json"));
        let data = std::fs::read(file).unwrap();
        let read = DomainEvent::decode(category, name, version, &data);
        read.unwrap().unwrap()
    };
    let DomainEvent::Software(SoftwareEvent::VersionPublished(published)) =
        read("software", "VersionPublished", 1)
    else {
        panic!("it is of a software");
    };
    let scripts = [
        ScriptRole::Install,
        ScriptRole::Uninstall,
        ScriptRole::Upgrade,
    ]
    .map(|role| (role, script(role.phrase())));
    let content = SoftwareVersion {
        package: Some(package()),
        scripts: scripts.into_iter().collect(),
    };
    assert_eq!(published.content, content);

    let DomainEvent::Software(SoftwareEvent::Created(created)) =
        read("software", "SoftwareCreated", 1)
    else {
        panic!("it is of a software");
    };
    assert_eq!(created.detection, script("detect").into());
    let DomainEvent::Software(SoftwareEvent::DetectionChanged(changed)) =
        read("software", "DetectionChanged", 1)
    else {
        panic!("it is of a software");
    };
    assert_eq!(changed.detection, script("look").into());

    let DomainEvent::Session(SessionEvent::ActionRechecked(before)) =
        read("session", "ActionRechecked", 1)
    else {
        panic!("it is of a session");
    };
    let DomainEvent::Session(SessionEvent::ActionRechecked(mut now)) =
        read("session", "ActionRechecked", 2)
    else {
        panic!("it is of a session");
    };
    assert_ne!(now.exit_codes, ExitCodes::default());
    now.exit_codes = ExitCodes::default();
    assert_eq!(before, now);
}

#[test]
fn an_old_payload_that_is_no_object_is_refused() {
    for (category, name) in [
        ("software", "SoftwareCreated"),
        ("software", "DetectionChanged"),
        ("software", "VersionPublished"),
        ("session", "ActionRechecked"),
    ] {
        for data in ["[]", "\"x\"", "7", "null"] {
            let read = DomainEvent::decode(category, name, 1, data.as_bytes());
            assert!(read.unwrap().is_err(), "{name}: {data}");
        }
    }
}

/// As builds from before 0.1 wrote it, and called it version 1.
#[test]
fn what_has_another_shape_is_refused_with_what_to_do() {
    let written = br#"{"actions":[{"action":"01900000-0000-7000-8000-00000000000b","item":{"kind":"software","id":"01900000-0000-7000-8000-000000000002"},
        "itemName":"Reader","deployment":"01900000-0000-7000-8000-000000000003","desired":{"kind":"installedLatest"},"desiredVersion":"24.1",
        "because":"Reader should be installed","scope":{"kind":"crossTenant"}}],"leftOut":0}"#;
    let read = DomainEvent::decode("session", "SessionResolved", 1, written);
    let refused = read.unwrap().unwrap_err().to_string();
    assert!(refused.contains("begins with an empty store"), "{refused}");
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
fn every_claimant_that_was_ever_written_still_decodes() {
    let claimants = [
        Claimant::Person(PersonId(id(50))),
        Claimant::Session(SessionId(id(7))),
    ];
    let written = golden("claimants", &serde_json::to_vec(&claimants).unwrap());
    let read: Vec<Claimant> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, claimants);
}

#[test]
fn whatever_a_session_was_ever_about_still_decodes() {
    let deployment = DeploymentId(id(3));
    let item = MaintenanceItem::Software(SoftwareId(id(2)));
    let over = |over| About::Deployment { deployment, over };
    let abouts = [
        About::Everything,
        About::Item { item },
        over(Overridden::LeftAlone),
        over(Overridden::Wanted),
    ];
    let written = golden("sessionAbouts", &serde_json::to_vec(&abouts).unwrap());
    let read: Vec<About> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, abouts);
}

#[test]
fn every_wait_that_was_ever_written_still_decodes() {
    let waits = [
        (WaitCause::Turn, WaitOutcome::Met),
        (WaitCause::Connectivity, WaitOutcome::Lapsed),
    ];
    let written = golden("waits", &serde_json::to_vec(&waits).unwrap());
    let read: Vec<(WaitCause, WaitOutcome)> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, waits);
}

#[test]
fn every_result_that_was_ever_written_still_decodes() {
    let fault = ScriptFault {
        message: "Access is denied".into(),
        type_name: "System.UnauthorizedAccessException".into(),
        id: "GetContentReaderUnauthorizedAccessError".into(),
        line: Some(2),
        column: Some(1),
        source: "Get-Content $path".into(),
        stack: "at <ScriptBlock>, /script.ps1: line 2".into(),
    };
    let value = ResultValue {
        type_name: Some("System.Management.Automation.PSCustomObject".into()),
        json: serde_json::json!({ "Name": "T", "Version": "1.2", "Size": 1.5, "Tags": ["a"] }),
    };
    let given = GivenResult {
        values: vec![value],
        value_count: 30,
        errors: vec![fault.clone()],
        error_count: 7,
        fatal: Some(fault),
        exit_code: Some(3010),
        last_native_code: Some(-1),
        host_lines: 2,
    };
    let missing = [
        MissingResult::Unwritten,
        MissingResult::TooLarge,
        MissingResult::Unreadable,
    ];
    let missing = missing.map(|why| RunResult::Missing { why });
    let given = [given, GivenResult::default()].map(|given| RunResult::Given(Box::new(given)));
    let results: Vec<RunResult> = missing.into_iter().chain(given).collect();
    let written = golden("runResults", &serde_json::to_vec(&results).unwrap());
    let read: Vec<RunResult> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, results);
    let again = serde_json::to_vec(&results).unwrap();
    assert_eq!(again, written, "it is written as it was");
}

#[test]
fn every_job_that_was_ever_written_still_decodes() {
    let fetched = Package {
        size: None,
        url: Some(PackageUrl::new("https://example.com/reader.msi").unwrap()),
        ..package()
    };
    let script = |package| Job::Script {
        script: script("install").digest(),
        version: Some(version("24.1")),
        package,
        parameters: Values::default(),
    };
    let jobs = [
        script(Some(package())),
        script(Some(fetched)),
        script(None),
        Job::Program {
            program: catalogue::every_sign(),
        },
    ];
    let written = golden("jobs", &serde_json::to_vec(&jobs).unwrap());
    let read: Vec<Job> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, jobs);
    let again = serde_json::to_vec(&jobs).unwrap();
    assert_eq!(again, written, "it is written as it was");
}

#[test]
fn all_programs_that_were_ever_found_still_decode() {
    let program = |source| InstalledProgram {
        name: "7-Zip 24.08 (x64)".into(),
        publisher: Some("Igor Pavlov".into()),
        version: Some("24.08".into()),
        product_code: Some("7-Zip".into()),
        source,
        scope: Some(ProgramScope::Machine),
        architecture: Some("x64".into()),
    };
    let bare = InstalledProgram {
        publisher: None,
        version: None,
        product_code: None,
        scope: None,
        architecture: None,
        ..program(ProgramSource::Dpkg)
    };
    let user = InstalledProgram {
        scope: Some(ProgramScope::User),
        ..program(ProgramSource::Msix)
    };
    let (registry, other) = (
        program(ProgramSource::Registry),
        program(ProgramSource::Other),
    );
    let found = FoundPrograms {
        programs: vec![registry, bare, user, other],
        program_count: 17,
    };
    let results = [FoundPrograms::default(), found].map(RunResult::Programs);
    let written = golden("programResults", &serde_json::to_vec(&results).unwrap());
    let read: Vec<RunResult> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, results);
    let again = serde_json::to_vec(&results).unwrap();
    assert_eq!(again, written, "it is written as it was");
}

#[test]
fn an_inventory_that_names_no_interpreters_is_one_of_former_times() {
    let named = Inventory {
        interpreters: vec![KnownInterpreter {
            interpreter: Interpreter::PowerShell,
            version: "7.6.9".into(),
            path: "/usr/bin/pwsh".into(),
        }],
        ..inventory()
    };
    let both = [inventory(), named];
    let written = golden("inventories", &serde_json::to_vec(&both).unwrap());
    let read: Vec<Inventory> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, both);
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
        version: 1,
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
            "time":"2026-11-23T12:00:00Z","version":1}"#,
    )
    .unwrap();
    assert_eq!(least.actor, Actor::System);
}
