//! The law of time travel: a replayed view equals the view that was live at that position.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_domain::catalogue::script::{Interpreter, Script, ScriptTimeout};
use upkeep_domain::catalogue::software::{NewVersion, Software, SoftwareCommand, SoftwareVersion};
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agent::{
    Agent, AgentCommand, AgentEnrolled, DisconnectReason, HoldReason, PublicKey,
};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::group::{Group, GroupCommand, GroupKind, Member};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{
    Known, PlaceTenant, Presence, Tenant, TenantCommand, TenantTree, TenantTreeCommand,
    TheTenantTree,
};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::ids::{
    AgentId, CommandId, ComputerId, DeploymentId, EnrolmentTokenId, GroupId, PersonId, ServerId,
    SessionId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{
    Requested, RunOutcome, RunReport, Session, SessionCommand, SessionKind, Surroundings,
};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, TagBearer, Target, TargetFilter,
};
use upkeep_event_store::evidence::verify::verify;
use upkeep_event_store::{
    CommandHandler, Envelope, EventStore, Position, SqliteStore, SystemClock,
};
use upkeep_projections::{AsOf, Cause, Moment, Projections, Snapshots, View, Won};
use uuid::Uuid;

const STEPS: usize = 800;
const SERVER: ServerId = ServerId(Uuid::from_u128(1));

fn id(kind: u64, n: u8) -> Uuid {
    Uuid::from_u64_pair(kind, u64::from(n) + 1)
}

fn name(n: u8) -> Name {
    Name::new(&format!("name {n}")).unwrap()
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

/// One command of a random history. Most are accepted, some are refused, as in life.
#[expect(clippy::too_many_lines, reason = "a table of commands")]
async fn step(handler: &CommandHandler, view: &View, n: usize, (what, a, b): (u8, u8, u8)) {
    let command = CommandId(Uuid::from_u64_pair(77, n as u64));
    let envelope = Envelope::new(command, Actor::System);
    macro_rules! run {
        ($decider:ty, $id:expr, $command:expr) => {{
            // A refusal is part of the history's randomness.
            let _ = handler.execute::<$decider>($id, $command, &envelope).await;
        }};
    }
    let tenant = TenantId(id(1, a));
    let software = SoftwareId(id(2, a));
    let deployment = DeploymentId(id(3, a));
    let computer = ComputerId(id(4, a));
    let agent = AgentId(id(5, a));
    let session = SessionId(id(6, a.wrapping_mul(4).wrapping_add(b)));
    match what {
        0 => {
            // Never itself, so that no circle comes about.
            let parent = (b > 0 && b != a).then(|| TenantId(id(1, b)));
            let parent = parent.filter(|parent| !view.ancestors(*parent).contains(&tenant));
            run!(
                Tenant,
                tenant,
                TenantCommand::Create {
                    name: name(a),
                    parent
                }
            );
        }
        1 => run!(Tenant, tenant, TenantCommand::Rename { name: name(b) }),
        2 => run!(
            Software,
            software,
            SoftwareCommand::Create {
                name: name(a),
                detection: script(b)
            }
        ),
        3 => {
            let content = SoftwareVersion {
                package: None,
                install: script(b),
                uninstall: script(b),
                upgrade: None,
            };
            let version = Version::new(&format!("{b}.0")).unwrap();
            let new = Box::new(NewVersion { version, content });
            run!(Software, software, SoftwareCommand::PublishVersion(new));
        }
        4 => {
            let item = MaintenanceItem::Software(SoftwareId(id(2, b)));
            let (target, desired) = (target(a, b), desired(b));
            run!(
                Deployment,
                deployment,
                DeploymentCommand::Create(Box::new(Rule {
                    item,
                    target,
                    desired,
                    enforcement: Enforcement::Required,
                    origin: Origin::Local,
                }))
            );
        }
        5 => {
            let change = match b % 4 {
                0 => DeploymentCommand::Disable,
                1 => DeploymentCommand::Enable,
                2 if a == 4 => DeploymentCommand::Delete,
                _ => DeploymentCommand::Change {
                    target: Some(target(b, a)),
                    desired: Some(desired(a)),
                    enforcement: None,
                },
            };
            run!(Deployment, deployment, change);
        }
        6 => {
            let register = ComputerCommand::Register {
                tenant: TenantId(id(1, b)),
                name: name(a),
                hardware: hardware(a),
            };
            run!(Computer, computer, register);
        }
        7 => run!(
            Computer,
            computer,
            ComputerCommand::ReportInventory(inventory(b))
        ),
        8 => {
            let enrolment = AgentEnrolled {
                tenant: TenantId(id(1, b)),
                token: EnrolmentTokenId(id(8, b)),
                public_key: PublicKey([a; 32]),
                name: name(a),
                agent_version: "1".into(),
                hardware: hardware(a),
                inventory: inventory(a),
            };
            run!(Agent, agent, AgentCommand::Enrol(Box::new(enrolment)));
        }
        9 => {
            let change = match b % 5 {
                0 | 1 => AgentCommand::Connect {
                    server: SERVER,
                    agent_version: "1".into(),
                    connection: id(20, b),
                },
                2 => AgentCommand::Disconnect {
                    connection: id(20, 0),
                    reason: DisconnectReason::Closed,
                },
                3 => AgentCommand::Hold(HoldReason::CopiedKey),
                _ => AgentCommand::Release { released_as: None },
            };
            run!(Agent, agent, change);
        }
        10 => run!(
            Agent,
            agent,
            AgentCommand::Identify {
                computer: ComputerId(id(4, b))
            }
        ),
        11 => {
            let request = Requested {
                computer,
                tenant,
                kind: SessionKind::Full,
                at: chrono::DateTime::UNIX_EPOCH,
            };
            run!(
                Session,
                session,
                SessionCommand::Create {
                    request,
                    waiting: 0
                }
            );
            run!(Session, session, SessionCommand::Start { server: SERVER });
        }
        12 => {
            let Some((session, entry)) = view.sessions.unfinished().nth(usize::from(b)) else {
                return;
            };
            let request = entry.state.request.unwrap();
            let winners = view.winners(request.computer, request.kind, request.at);
            let surroundings = Surroundings {
                server: SERVER,
                session,
                agent: Some(agent),
                software: view.software_of(winners.iter().map(|winner| winner.item)),
                winners: Some(winners),
                listening_since: chrono::DateTime::UNIX_EPOCH,
                jumps: ClockJumps::default(),
            };
            run!(
                Session,
                session,
                SessionCommand::Advance(Arc::new(surroundings))
            );
        }
        13 => {
            let open = view.sessions.open_runs_of(agent).next();
            if let Some(open) = open {
                let report = RunReport {
                    stdout_tail: format!("{}.0", b % 4),
                    ..RunReport::without_output(RunOutcome::Exited {
                        code: i32::from(b == 3),
                    })
                };
                let (run, report) = (open.run, Box::new(report));
                run!(
                    Session,
                    open.session,
                    SessionCommand::RecordRunEnded { agent, run, report }
                );
            }
        }
        14 => run!(Session, session, SessionCommand::Cancel),
        _ => step_of_facts(handler, n, (what, a, b)).await,
    }
}

/// One command about what targets read.
async fn step_of_facts(handler: &CommandHandler, n: usize, (what, a, b): (u8, u8, u8)) {
    let envelope = Envelope::new(CommandId(Uuid::from_u64_pair(77, n as u64)), Actor::System);
    macro_rules! run {
        ($decider:ty, $id:expr, $command:expr) => {{
            let _ = handler.execute::<$decider>($id, $command, &envelope).await;
        }};
    }
    let (tenant, computer) = (TenantId(id(1, b)), ComputerId(id(4, a)));
    let (person, group) = (PersonId(id(30, a)), GroupId(id(31, a)));
    match what {
        15 => run!(
            Person,
            person,
            PersonCommand::Add {
                tenant,
                name: name(a),
                upn: None
            }
        ),
        16 => run!(Person, person, PersonCommand::ChangeTags(tags(a, b))),
        17 => run!(Computer, computer, ComputerCommand::ChangeTags(tags(a, b))),
        18 => {
            let person = (b > 0).then(|| (PersonId(id(30, b)), tenant));
            run!(
                Computer,
                computer,
                ComputerCommand::SetPrimaryPerson { person }
            );
        }
        19 => {
            let (kind, name) = (GroupKind::Directory, name(a));
            run!(Group, group, GroupCommand::Create { tenant, kind, name });
        }
        21 => run!(Computer, computer, ComputerCommand::Move { tenant }),
        22 => run!(Person, person, PersonCommand::Move { tenant }),
        // Decided in the tree, and told to nobody: that is kept, also of tenants that are never made.
        23 if b > 1 => {
            let place = PlaceTenant {
                tenant: TenantId(id(1, a + 5 * b)),
                parent: Some(tenant),
                seen: None,
                known: Known::default(),
            };
            run!(TenantTree, TheTenantTree, TenantTreeCommand::Place(place));
        }
        23 => {
            let presence = match a % 2 {
                0 => Presence::Removed,
                _ => Presence::Present,
            };
            let turn = n as u64;
            run!(
                Tenant,
                tenant,
                TenantCommand::SetPresence { presence, turn }
            );
        }
        _ => {
            let member = match b {
                0 => Member::Group(GroupId(id(31, b))),
                1 => Member::Computer(ComputerId(id(4, b))),
                _ => Member::Person(PersonId(id(30, b))),
            };
            let change = GroupCommand::ChangeMembers {
                this: group,
                add: vec![(member, TenantId(id(1, a)))],
                remove: [Member::Person(PersonId(id(30, a)))].into(),
                levels: 0,
            };
            run!(Group, group, change);
        }
    }
}

/// The turns of every item on every computer are those that one sees by asking at each position.
async fn check_turns(projections: &Projections, lived: &[Arc<View>]) -> usize {
    let last = lived.last().unwrap();
    let until = Moment {
        view: last.clone(),
        at: last.time().unwrap(),
    };
    let mut found = 0;
    for (computer, _) in last.computers.iter() {
        for (software, _) in last.software.iter() {
            let item = MaintenanceItem::Software(software);
            let mut seen: Vec<(Position, Option<Won>)> = vec![];
            let mut now = None;
            for view in lived.iter().filter(|view| view.time().is_some()) {
                let won = view.winner_of(item, computer, view.time().unwrap());
                if won != now {
                    now.clone_from(&won);
                    seen.push((view.position(), won));
                }
            }
            let told = projections
                .resolution_history(&until, (computer, None), item)
                .await
                .unwrap();
            let told: Vec<(Position, Option<Won>)> = told
                .into_iter()
                .map(|turn| match turn.cause {
                    Cause::Event(event) => (event.position, turn.after),
                    Cause::Time => panic!("no agreement here"),
                })
                .collect();
            // One command may make several events: what one sees is where they led.
            let told: Vec<_> = (seen.iter())
                .map(|(position, _)| {
                    let upto = told.iter().rfind(|(at, _)| at <= position);
                    (*position, upto.and_then(|(_, won)| won.clone()))
                })
                .collect();
            assert_eq!(told, seen);
            found += seen.len();
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_view_equals_the_view_that_was_live() {
    let mut runner = TestRunner::deterministic();
    let mut with_runs = 0;
    for _ in 0..6 {
        let steps = prop::collection::vec((0u8..24, 0u8..5, 0u8..4), STEPS);
        let history = steps.new_tree(&mut runner).unwrap().current();
        with_runs += usize::from(check(history).await);
    }
    assert!(
        with_runs >= 3,
        "most histories have sessions that ran scripts"
    );
}

/// Whether the history had sessions that ran scripts.
async fn check(history: Vec<(u8, u8, u8)>) -> bool {
    let directory = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path(), Arc::new(SystemClock)).unwrap());
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store.clone(), None, stop.clone());
    let projector = tokio::spawn(work);
    let handler = CommandHandler::new(store.clone(), Arc::new(SystemClock));
    let mut lived: Vec<Arc<View>> = vec![projections.live()];
    for (n, command) in history.into_iter().enumerate() {
        step(&handler, &projections.live(), n, command).await;
        let head = store.head().await.unwrap();
        lived.push(
            projections
                .at_least(head, Duration::from_secs(10))
                .await
                .unwrap(),
        );
    }
    let last = lived.last().unwrap();
    assert!(last.position().0 > 100, "the history is not trivial");
    assert!(check_turns(&projections, &lived).await > 0);
    for view in &lived {
        let replayed = projections
            .as_of(AsOf::Position(view.position()))
            .await
            .unwrap();
        assert!(*replayed == **view, "at position {}", view.position());
        if let Some(time) = view.time() {
            let by_time = projections.as_of(AsOf::Time(time)).await.unwrap();
            assert!(by_time.position() >= view.position() && by_time.time() == Some(time));
        }
    }
    let future = Position(last.position().0 + 1);
    assert!(projections.as_of(AsOf::Position(future)).await.is_err());

    // A new process, which folds everything in other portions, comes to the same view, and leaves it on disk.
    let snapshots = Snapshots::new(directory.path());
    let refold = CancellationToken::new();
    let (again, work) = Projections::new(store.clone(), Some(snapshots.clone()), refold.clone());
    let second = tokio::spawn(work);
    let refolded = again
        .at_least(last.position(), Duration::from_secs(10))
        .await
        .unwrap();
    assert!(*refolded == **last);
    refold.cancel();
    second.await.unwrap().unwrap();

    // The next one begins with what is on disk, unless that is damaged; the view is the same.
    let file = directory.path().join("view.snapshot");
    let whole = std::fs::read(&file).unwrap();
    for damage in [None, Some(whole.len() / 2)] {
        if let Some(at) = damage {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).unwrap();
        }
        let stop = CancellationToken::new();
        let (from_disk, work) =
            Projections::new(store.clone(), Some(snapshots.clone()), stop.clone());
        let third = tokio::spawn(work);
        let view = from_disk
            .at_least(last.position(), Duration::from_secs(10))
            .await
            .unwrap();
        assert!(*view == **last);
        let middle = &lived[lived.len() / 2];
        let replayed = from_disk
            .as_of(AsOf::Position(middle.position()))
            .await
            .unwrap();
        assert!(*replayed == **middle, "the past before the snapshot");
        stop.cancel();
        third.await.unwrap().unwrap();
    }
    let report = verify(&*store, [], |_| {}).await.unwrap();
    assert_eq!(
        report.findings,
        [],
        "every event is linked to the one before it"
    );
    stop.cancel();
    projector.await.unwrap().unwrap();
    last.sessions
        .iter()
        .any(|(_, entry)| !entry.state.runs.is_empty())
}
