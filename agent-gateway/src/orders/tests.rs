use super::*;
use std::sync::Arc;
use upkeep_agent_protocol::{Body, MAX_FRAME_BYTES, ServerFrame};
use upkeep_domain::catalogue::script::{Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{Software, SoftwareCommand};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, AgentEnrolled, PublicKey};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::decider::Context;
use upkeep_domain::kernel::ids::{
    CommandId, ComputerId, DeploymentId, EnrolmentTokenId, ServerId, SessionId, SoftwareId,
    TenantId,
};
use upkeep_domain::kernel::limits::{
    self, MAX_PARAMETER_VALUES_BYTES, MAX_SCRIPT_BYTES, MAX_SECRET_BYTES, MAX_SECRET_PARAMETERS,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    About, Requested, Session, SessionCommand, Surroundings, Winner,
};
use upkeep_domain::rules::deployment::{DesiredState, Scope};
use upkeep_domain::rules::prerequisite::Prerequisites;
use upkeep_projections::Known;
use uuid::Uuid;

#[test]
fn what_is_looked_for_is_told_as_it_was_written() {
    let text = Name::new("7-Zip*").unwrap();
    let named = program::ProgramSign::Name {
        name: program::NamePattern::Wildcard { text },
        publisher: Some(program::NamePattern::Regex {
            text: program::ProgramRegex::new("^Igor").unwrap(),
        }),
    };
    let code = Name::new("{A}").unwrap();
    let signs = vec![named, program::ProgramSign::UpgradeCode { code }];
    let program = program::ProgramMatch::new(signs).unwrap();
    let job = Job::Program { program };
    let told = carried_out(&View::default(), None, &job).unwrap();
    let json = serde_json::to_string(&told.programs.unwrap()).unwrap();
    assert_eq!(
        json,
        r#"{"any":[{"kind":"name","name":{"kind":"wildcard","text":"7-Zip*"},"publisher":{"kind":"regex","text":"^Igor"}},{"kind":"upgradeCode","code":"{A}"}]}"#
    );
    assert!(told.script.contains("too old"), "{}", told.script);
}

#[test]
fn agents_have_the_bounds_of_the_rules() {
    use upkeep_agent_protocol as agents;
    assert_eq!(agents::MAX_PACKAGE_BYTES, limits::MAX_PACKAGE_BYTES);
    assert_eq!(agents::MAX_PROGRAM_SIGNS, limits::MAX_PROGRAM_SIGNS);
    assert_eq!(agents::MAX_PROGRAM_ENTRIES, limits::MAX_FOUND_PROGRAMS);
    assert_eq!(
        agents::MAX_PROGRAM_TEXT_CHARS,
        limits::MAX_PROGRAM_TEXT_CHARS
    );
    assert_eq!(
        agents::MAX_PROGRAM_PATTERN_BYTES,
        limits::MAX_PROGRAM_PATTERN_BYTES
    );
    assert_eq!(agents::TAIL_BYTES, limits::RUN_TAIL_BYTES);
    assert_eq!(agents::MAX_RESULT_BYTES, limits::MAX_RESULT_BYTES);
    assert_eq!(agents::MAX_RESULT_VALUES, limits::MAX_RESULT_VALUES);
    assert_eq!(agents::MAX_RESULT_DEPTH, limits::MAX_RESULT_DEPTH);
    assert_eq!(agents::MAX_RESULT_FAULTS, limits::MAX_RESULT_FAULTS);
    assert_eq!(agents::MAX_FAULT_BYTES, limits::MAX_FAULT_BYTES);
}

/// Written as they take most room: the values of a deployment, the defaults of its task, and those that came since it was planned.
#[test]
fn the_longest_script_and_all_that_it_can_be_told_fit_into_a_frame() {
    let told = "\"".repeat(3 * MAX_PARAMETER_VALUES_BYTES / 2);
    let order = RunOrder {
        agent_id: Uuid::nil(),
        run_id: Uuid::nil(),
        interpreter: Interpreter::Sh,
        script: "\u{1}".repeat(MAX_SCRIPT_BYTES),
        timeout_seconds: u32::MAX,
        not_after: DateTime::UNIX_EPOCH,
        package: None,
        environment: BTreeMap::from([("UPKEEP_TASK".into(), "\"".repeat(800))]),
        parameters: Map::from_iter([("text".to_owned(), Value::String(told))]),
        secrets: (0..MAX_SECRET_PARAMETERS)
            .map(|n| (n.to_string(), Secret("\"".repeat(MAX_SECRET_BYTES))))
            .collect(),
        answer: Some(AnswerMode::Value),
        programs: None,
        answer_only: false,
    };
    let message = Body {
        seq: u64::MAX,
        ack: u64::MAX,
        frame: ServerFrame::Run {
            order: serde_json::to_string(&order).unwrap(),
            sig: "0".repeat(128),
        },
    };
    let bytes = serde_json::to_string(&message).unwrap().len();
    assert!(bytes <= MAX_FRAME_BYTES, "{bytes}");
}

const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

const HERE: TenantId = TenantId(id(1));
const THERE: TenantId = TenantId(id(2));
const PC: ComputerId = ComputerId(id(3));
const OTHER_PC: ComputerId = ComputerId(id(4));
const AGENT: AgentId = AgentId(id(5));
const SOFTWARE: SoftwareId = SoftwareId(id(6));
const SESSION: SessionId = SessionId(id(7));

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_500_000, 0).unwrap()
}

fn tell<D: Known>(view: &mut View, id: D::Id, command: D::Command) {
    let context = Context {
        actor: Actor::System,
        now: noon(),
        command_id: CommandId(Uuid::nil()),
    };
    let told = view.imagine::<D>(id, command, &context);
    assert!(told.is_ok());
}

/// Two computers, and a session that asked the agent of one to look for a software.
fn asked() -> View {
    let mut view = View::default();
    let name = |text| Name::new(text).unwrap();
    for tenant in [HERE, THERE] {
        let (name, parent) = (name("t"), None);
        tell::<Tenant>(&mut view, tenant, TenantCommand::Create { name, parent });
    }
    let hardware = |n| HardwareIdentity::new(id(n), IdentitySource::ProductUuid).unwrap();
    for (computer, n) in [(PC, 8), (OTHER_PC, 9)] {
        let (name, hardware) = (name("pc"), hardware(n));
        let tenant = HERE;
        let register = ComputerCommand::Register {
            tenant,
            name,
            hardware,
        };
        tell::<Computer>(&mut view, computer, register);
    }
    let enrolment = AgentEnrolled {
        tenant: HERE,
        token: EnrolmentTokenId(Uuid::nil()),
        public_key: PublicKey([7; 32]),
        name: name("pc"),
        agent_version: "1".into(),
        hardware: hardware(8),
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
    tell::<Agent>(&mut view, AGENT, AgentCommand::Enrol(Box::new(enrolment)));
    tell::<Agent>(&mut view, AGENT, AgentCommand::Identify { computer: PC });
    let detection = Script::new(script::Interpreter::Sh, "true", ScriptTimeout::ACTION).unwrap();
    let create = SoftwareCommand::Create {
        name: name("tool"),
        detection: detection.into(),
    };
    tell::<Software>(&mut view, SOFTWARE, create);
    let request = Requested {
        subject: PC.into(),
        tenant: HERE,
        about: About::Everything,
        at: noon(),
    };
    let server = ServerId(Uuid::nil());
    tell::<Session>(&mut view, SESSION, SessionCommand::Create { request });
    tell::<Session>(&mut view, SESSION, SessionCommand::Start { server });
    let winner = Winner {
        item: MaintenanceItem::Software(SOFTWARE),
        deployment: DeploymentId(Uuid::nil()),
        desired: DesiredState::InstalledLatest,
        target_phrase: "all computers".into(),
        scope: Scope::CrossTenant,
        parameters: Values::default(),
    };
    let surroundings = Surroundings {
        session: SESSION,
        agent: Some(AGENT),
        agents_changed_at: None,
        winners: Some(vec![winner]),
        lock: None,
        catalogue: Arc::new(view.clone()),
        server,
        prerequisites: Prerequisites::default(),
        listening_since: noon(),
        jumps: ClockJumps::default(),
    };
    let advance = SessionCommand::Advance(Arc::new(surroundings));
    tell::<Session>(&mut view, SESSION, advance);
    view
}

/// Its session is cancelled in a moment. Until then, what scripts are told is not for whoever has the computer now.
#[test]
fn what_was_asked_for_is_not_given_to_a_computer_that_left_or_to_another_one() {
    let is_given = |view: &View| {
        let open = view.sessions.open_runs_of(AGENT).next().expect("a run");
        order(view, AGENT, &open, noon()).is_some()
    };
    assert!(is_given(&asked()));
    let mut view = asked();
    let tenant = THERE;
    tell::<Computer>(&mut view, PC, ComputerCommand::Move { tenant });
    assert!(!is_given(&view));
    let mut view = asked();
    let computer = OTHER_PC;
    tell::<Agent>(&mut view, AGENT, AgentCommand::Identify { computer });
    assert!(!is_given(&view));
}
