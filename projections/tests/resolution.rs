//! The law of incremental resolution: after every change, what is resolved again only where it may differ equals what is
//! resolved from nothing; and the difference that is shown before a change is the difference that it makes.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use upkeep_domain::catalogue::parameter::{ParameterName, ParameterValue, Values};
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand, Period};
use upkeep_domain::fleet::computer::*;
use upkeep_domain::fleet::group::{Group, GroupCommand, GroupKind, Member};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{
    PlaceTenant, Presence, Tenant, TenantCommand, TenantTree, TenantTreeCommand,
};
use upkeep_domain::kernel::decider::{Context, Decider as _};
use upkeep_domain::kernel::ids::*;
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::expression::FilterExpression;
use upkeep_domain::rules::resolution::RuleOutcome;
use upkeep_projections::{
    Fleet, Moment, Stands, Subject, Tallies, Tally, View, compare, difference,
};
use uuid::Uuid;

const TENANTS: u8 = 4;
const COMPUTERS: u8 = 8;

fn id(kind: u64, n: u8) -> Uuid {
    Uuid::from_u64_pair(kind, u64::from(n) + 1)
}
/// Numbers that count look like what firmware has where nobody wrote one.
fn hardware(n: u8) -> Uuid {
    Uuid::new_v5(&id(8, n), b"hardware")
}
fn tenant(n: u8) -> TenantId {
    TenantId(id(1, n % TENANTS))
}
fn computer(n: u8) -> ComputerId {
    ComputerId(id(2, n % COMPUTERS))
}
fn person(n: u8) -> PersonId {
    PersonId(id(3, n % 6))
}
fn group(n: u8) -> GroupId {
    GroupId(id(4, n % 4))
}
fn deployment(n: u8) -> DeploymentId {
    DeploymentId(id(5, n % 12))
}
fn agreement(n: u8) -> AgreementId {
    AgreementId(id(6, n % 4))
}
fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
fn letter(n: u8) -> &'static str {
    ["a", "b", "c"][usize::from(n % 3)]
}

fn start() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn tags(a: u8, b: u8) -> TagChange {
    TagChange {
        add: [Tag::new(letter(a)).unwrap()].into(),
        remove: [Tag::new(letter(b)).unwrap()].into(),
    }
}

/// What a task is told: nothing, or a letter.
fn told(n: u8) -> Values {
    let name = ParameterName::new("letter").unwrap();
    let one = (!n.is_multiple_of(3)).then(|| (name, ParameterValue::Text(letter(n).to_owned())));
    Values::new(one.into_iter().collect()).unwrap()
}

/// A world that is being built: every command is decided and folded, and refused ones change nothing.
#[derive(Clone)]
struct Building {
    view: View,
    now: DateTime<Utc>,
}

impl Building {
    fn context(&self) -> Context {
        Context {
            actor: Actor::System,
            now: self.now,
            command_id: CommandId(id(9, 9)),
        }
    }

    fn new() -> Self {
        let mut building = Self {
            view: View::default(),
            now: start(),
        };
        for n in 0..TENANTS {
            let create = TenantCommand::Create {
                name: name("tenant"),
                parent: None,
            };
            building.run::<Tenant>(tenant(n), create);
        }
        for n in 0..COMPUTERS {
            let register = ComputerCommand::Register {
                tenant: tenant(n),
                name: name("pc"),
                hardware: HardwareIdentity::new(hardware(n), IdentitySource::MachineId).unwrap(),
            };
            building.run::<Computer>(computer(n), register);
        }
        // Something of everything, so that what follows has somebody to happen to.
        for n in 0..12u8 {
            for what in [6, 8, 10, 0] {
                let (a, b, c) = (n, n.wrapping_mul(37), n.wrapping_mul(91));
                building.step((what, a, b, c));
            }
            building.step((11, n, n, 2));
            building.step((7, n, n, 1));
            building.step((9, n, n, 255));
        }
        building
    }

    fn run<D: upkeep_projections::Known>(&mut self, id: D::Id, command: D::Command) {
        let context = self.context();
        let _ = self.view.imagine::<D>(id, command, &context);
    }

    fn moment(&self) -> Moment {
        Moment {
            view: Arc::new(self.view.clone()),
            at: self.now,
        }
    }

    fn membership(a: u8, b: u8) -> Membership {
        let tag = Tag::new(letter(b)).unwrap();
        let with = |bearer| Membership::Tag {
            tag: tag.clone(),
            bearer,
        };
        match a % 10 {
            0 => with(TagBearer::Computer),
            1 => with(TagBearer::Tenant),
            2 => with(TagBearer::Person),
            3 => Membership::DeviceGroup { group: group(b) },
            4 => Membership::DirectoryGroup { group: group(b) },
            5 => Membership::AgreementType {
                agreement_type: name(letter(b)),
            },
            6 => Membership::AgreementProduct {
                product: name(letter(b)),
            },
            7 => Membership::Metascript {
                metascript: name(letter(b)),
            },
            8 => Membership::Expression {
                expression: FilterExpression::new(
                    [
                        r#""a" in computer.tags && computer.onboarded"#,
                        r#"person.name == "b" || "c" in tenant.tags"#,
                        r#"tenant.name == "a" || computer.class == "portable""#,
                    ][usize::from(b % 3)],
                )
                .unwrap(),
            },
            _ => Membership::AllComputers,
        }
    }

    fn rule(a: u8, b: u8, c: u8) -> Rule {
        let scope = match c % 6 {
            0 | 1 => Scope::CrossTenant,
            2 => Scope::SingleTenant {
                tenant: tenant(b),
                include_children: true,
            },
            3 => Scope::SingleTenant {
                tenant: tenant(b),
                include_children: false,
            },
            4 => Scope::Individual {
                computer: computer(b),
            },
            _ => Scope::Person { person: person(b) },
        };
        let is_task = a.is_multiple_of(7);
        Rule {
            item: match c % 3 {
                _ if is_task => MaintenanceItem::CloudTask(CloudTaskId(id(7, c % 2))),
                2 => MaintenanceItem::Task(TaskId(id(7, 2))),
                n => MaintenanceItem::Software(SoftwareId(id(7, n))),
            },
            target: Target {
                membership: if scope.is_individual() {
                    Membership::AllComputers
                } else {
                    Self::membership(a, b)
                },
                scope,
                filter: match (a / 3) % 4 {
                    0 if !is_task => TargetFilter::Workstations,
                    1 if !is_task => TargetFilter::WorkstationsAndPortableDevices,
                    _ => TargetFilter::None,
                },
            },
            desired: match (is_task, b % 4) {
                (false, 0 | 1) if c % 3 == 2 => DesiredState::Enforce,
                (false, 3) if c % 3 == 2 => DesiredState::Monitor,
                (false, 0) => DesiredState::Uninstalled,
                (false, 1) => DesiredState::UpdateIfFound,
                (_, 2) => DesiredState::Ignored,
                (false, _) => DesiredState::InstalledLatest,
                (true, _) => DesiredState::Audit,
            },
            enforcement: match b % 9 {
                0 => Enforcement::Onboarding,
                1 => Enforcement::Optional,
                2 => Enforcement::AdHoc,
                _ => Enforcement::Required,
            },
            origin: if b.is_multiple_of(5) {
                Origin::Recommended
            } else {
                Origin::Local
            },
            parameters: match (is_task, c % 3) {
                (false, 2) => told(b),
                _ => Values::default(),
            },
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of commands")]
    fn step(&mut self, (what, a, b, c): (u8, u8, u8, u8)) {
        match what {
            0 | 1 => {
                let rule = Self::rule(a, b, c);
                let change = DeploymentCommand::Change {
                    target: Some(rule.target.clone()),
                    desired: Some(rule.desired.clone()),
                    enforcement: Some(rule.enforcement),
                    parameters: Some(rule.parameters.clone()),
                };
                self.run::<Deployment>(deployment(a), DeploymentCommand::Create(Box::new(rule)));
                self.run::<Deployment>(deployment(a), change);
            }
            2 => {
                let rule = Self::rule(b, c, a);
                let change = match c % 8 {
                    0 => DeploymentCommand::Disable,
                    1 => DeploymentCommand::Enable,
                    2 => DeploymentCommand::ApproveRecommendation,
                    3 => DeploymentCommand::DismissRecommendation,
                    4 if a.is_multiple_of(4) => DeploymentCommand::Delete,
                    _ => DeploymentCommand::Change {
                        target: Some(rule.target),
                        desired: Some(rule.desired),
                        enforcement: Some(rule.enforcement),
                        parameters: Some(rule.parameters),
                    },
                };
                self.run::<Deployment>(deployment(a), change);
            }
            3 => self.run::<Computer>(computer(a), ComputerCommand::ChangeTags(tags(b, c))),
            4 => self.run::<Tenant>(tenant(a), TenantCommand::ChangeTags(tags(b, c))),
            5 => self.run::<Person>(person(a), PersonCommand::ChangeTags(tags(b, c))),
            6 => {
                let add = PersonCommand::Add {
                    tenant: tenant(a),
                    name: name(letter(b)),
                    upn: None,
                };
                self.run::<Person>(person(a), add);
            }
            7 => {
                let person = (!c.is_multiple_of(4)).then(|| (person(b), tenant(b)));
                let set = ComputerCommand::SetPrimaryPerson { person };
                self.run::<Computer>(computer(a), set);
            }
            8 => {
                let kind = GroupKind::Directory;
                let create = GroupCommand::Create {
                    tenant: tenant(a),
                    kind,
                    name: name("group"),
                };
                self.run::<Group>(group(a), create);
            }
            9 => {
                let member = |n: u8| match n % 3 {
                    0 => Member::Person(person(n)),
                    1 => Member::Computer(computer(n)),
                    _ => Member::Group(group(n)),
                };
                let change = GroupCommand::ChangeMembers {
                    this: group(a),
                    add: vec![(member(b), tenant(a))],
                    remove: [member(c)].into(),
                    levels: 0,
                };
                self.run::<Group>(group(a), change);
            }
            10 => {
                let add = AgreementCommand::Add {
                    tenant: tenant(a),
                    name: name("agreement"),
                    agreement_type: name(letter(b)),
                    period: Period::default(),
                };
                self.run::<Agreement>(agreement(a), add);
            }
            11 => {
                let day = |n: u8| {
                    let today = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
                    today.checked_add_days(Days::new(u64::from(n % 6)))
                };
                let record = AgreementCommand::RecordAddition {
                    product: name(letter(b)),
                    period: Some(Period {
                        first_day: day(c),
                        last_day: day(c.saturating_add(b % 3)),
                    }),
                };
                self.run::<Agreement>(agreement(a), record);
            }
            12 => self.now += TimeDelta::hours(i64::from(a % 40)),
            13 => {
                let set = match b % 4 {
                    0 => TenantCommand::SetTimeZone {
                        time_zone: [
                            chrono_tz::UTC,
                            chrono_tz::Asia::Tokyo,
                            chrono_tz::US::Hawaii,
                        ][usize::from(c % 3)],
                    },
                    1 => TenantCommand::ExcludeFromCrossTenant,
                    2 => TenantCommand::IncludeInCrossTenant,
                    _ => {
                        let parent = (!c.is_multiple_of(4)).then(|| tenant(c));
                        let known = Arc::new(self.view.tenant_parents());
                        let wanted = PlaceTenant {
                            tenant: tenant(a),
                            parent,
                            seen: known.get(&tenant(a)).copied(),
                            known,
                        };
                        if TenantTree::default()
                            .decide(TenantTreeCommand::Place(wanted), &self.context())
                            .is_err()
                        {
                            return;
                        }
                        let known = self.view.tenants.get(tenant(a));
                        let turn = known.map_or(0, |entry| entry.state.turn) + 1;
                        TenantCommand::SetParent { parent, turn }
                    }
                };
                self.run::<Tenant>(tenant(a), set);
            }
            14 => {
                let inventory = Inventory {
                    host_name: "pc".into(),
                    os: OperatingSystem {
                        family: OsFamily::Linux,
                        name: "Debian".into(),
                        version: "12".into(),
                    },
                    chassis_type: [Some(3), Some(9), None][usize::from(b % 3)],
                    interpreters: vec![],
                };
                self.run::<Computer>(computer(a), ComputerCommand::ReportInventory(inventory));
            }
            15 => {
                let command = match b % 8 {
                    5 => ComputerCommand::Remove,
                    6 | 7 => ComputerCommand::Restore,
                    0 => ComputerCommand::ExcludeFromMaintenance,
                    1 | 2 => ComputerCommand::IncludeInMaintenance,
                    3 => ComputerCommand::CompleteOnboarding,
                    _ => ComputerCommand::ApproveOptional {
                        deployment: deployment(c),
                    },
                };
                self.run::<Computer>(computer(a), command);
            }
            16 => {
                let answer = ComputerCommand::RecordMetascriptAnswer {
                    metascript: name(letter(b)),
                    answer: c.is_multiple_of(2),
                    observed_at: Some(self.now),
                };
                self.run::<Computer>(computer(a), answer);
            }
            CONTENDS => {
                let target = Target {
                    scope: match b % 3 {
                        0 => Scope::SingleTenant {
                            tenant: tenant(0),
                            include_children: true,
                        },
                        _ => Scope::CrossTenant,
                    },
                    membership: Membership::AllComputers,
                    filter: TargetFilter::None,
                };
                let desired = match c % 2 {
                    0 => DesiredState::Uninstalled,
                    _ => DesiredState::InstalledLatest,
                };
                let rule = Rule {
                    item: MaintenanceItem::Software(SoftwareId(id(7, 3))),
                    target: target.clone(),
                    desired: desired.clone(),
                    enforcement: Enforcement::Required,
                    origin: Origin::Local,
                    parameters: Values::default(),
                };
                let this = DeploymentId(id(5, 12 + a % 4));
                let change = DeploymentCommand::Change {
                    target: Some(target),
                    desired: Some(desired),
                    enforcement: None,
                    parameters: None,
                };
                self.run::<Deployment>(this, DeploymentCommand::Create(Box::new(rule)));
                self.run::<Deployment>(this, change);
            }
            MOVES => match b % 5 {
                0 | 1 => {
                    let go = ComputerCommand::Move { tenant: tenant(c) };
                    self.run::<Computer>(computer(a), go);
                }
                2 => {
                    let go = PersonCommand::Move { tenant: tenant(c) };
                    self.run::<Person>(person(a), go);
                }
                _ => {
                    let known = self.view.tenants.get(tenant(a));
                    let turn = known.map_or(0, |entry| entry.state.presence_turn) + 1;
                    let presence = match c % 4 {
                        0 => Presence::Removed,
                        _ => Presence::Present,
                    };
                    let set = TenantCommand::SetPresence { presence, turn };
                    self.run::<Tenant>(tenant(a), set);
                }
            },
            _ => {
                let command = if b.is_multiple_of(6) {
                    PersonCommand::Remove
                } else {
                    PersonCommand::Rename {
                        name: name(letter(c)),
                    }
                };
                self.run::<Person>(person(a), command);
            }
        }
    }
}

type Step = (u8, u8, u8, u8);

/// Of the step that makes a rule which differs from a few others in nothing but its state and its age, or changes it.
const CONTENDS: u8 = 19;

/// Of the step that brings computers and people to other tenants, and removes and restores tenants.
const MOVES: u8 = 18;

fn histories(length: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..=MOVES, any::<u8>(), any::<u8>(), any::<u8>()), length)
}

/// In which everybody stays with the tenant that they are of.
fn settled_histories(length: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..MOVES, any::<u8>(), any::<u8>(), any::<u8>()), length)
}

/// In which rules contend for one item everywhere or at one tenant, saying different things.
fn contended_histories(length: usize) -> impl Strategy<Value = Vec<Step>> {
    let contending = (Just(CONTENDS), any::<u8>(), any::<u8>(), any::<u8>());
    let any = (0..=MOVES, any::<u8>(), any::<u8>(), any::<u8>());
    prop::collection::vec(prop_oneof![1 => contending, 3 => any], length)
}

/// The laws below are about something: histories change winners, by events and by time.
#[test]
fn random_histories_change_winners() {
    let mut runner = TestRunner::deterministic();
    let (mut by_events, mut by_time) = (0, 0);
    for _ in 0..20 {
        let history = histories(300).new_tree(&mut runner).unwrap().current();
        let mut building = Building::new();
        for command in history {
            let before = building.moment();
            building.step(command);
            let changes = compare(&before, &building.moment(), None, None)
                .unwrap()
                .changes;
            let moved = usize::from(!changes.is_empty());
            if command.0 == 12 {
                by_time += moved;
            } else {
                by_events += moved;
            }
        }
    }
    assert!(by_events > 200 && by_time > 1, "{by_events} {by_time}");
}

type Conflicts = BTreeMap<(DeploymentId, DeploymentId), usize>;

/// Every conflict, the newer deployment first, by explaining every computer.
fn conflicts_by_walking(moment: &Moment, within: Option<TenantId>) -> Conflicts {
    let mut counts = Conflicts::new();
    for n in 0..COMPUTERS {
        let of = moment.view.tenant_of(computer(n));
        if within.is_some_and(|within| of != Some(within)) || moment.view.is_removed(computer(n)) {
            continue;
        }
        let resolutions = moment.view.resolve(computer(n), moment.at, None);
        for resolution in resolutions.into_iter().flatten() {
            for older in resolution.conflicts() {
                let newer = resolution.winner().unwrap().deployment;
                *counts.entry((newer, older.deployment)).or_default() += 1;
            }
        }
    }
    counts
}

/// Of every deployment the counts are those of its outcomes, those of the tenants together are those of all, and its conflicts are
/// those of all computers.
fn count_by_walking(tally: &Tally, moment: &Moment) {
    for (id, _) in moment.view.deployments.iter() {
        let outcomes = |within| moment.outcomes(id, within, |_| true);
        let count = |within| {
            let all = outcomes(within);
            let is = |fits: fn(&RuleOutcome) -> bool| {
                all.iter().filter(|(_, outcome)| fits(outcome)).count()
            };
            let wins = is(|outcome| matches!(outcome, RuleOutcome::Wins));
            let loses = is(|outcome| matches!(outcome, RuleOutcome::Loses(_)));
            (all.len(), Stands { wins, loses })
        };
        let (computers, stands) = count(None);
        assert_eq!(tally.stands_of(id, None), stands);
        let by_tenant = tally.by_tenant(id, None);
        let together = by_tenant.iter().fold((0, 0, 0), |sum, of| {
            let Stands { wins, loses } = of.stands;
            (sum.0 + of.computers, sum.1 + wins, sum.2 + loses)
        });
        assert_eq!(together, (computers, stands.wins, stands.loses));
        for of in by_tenant {
            let counted = (of.computers, of.stands);
            assert_eq!(counted, count(Some(of.tenant)), "{}", of.tenant);
            assert_eq!(tally.by_tenant(id, Some(of.tenant)), [of]);
            assert_eq!(tally.stands_of(id, Some(of.tenant)), of.stands);
        }
        for within in [None, Some(tenant(0)), Some(tenant(2))] {
            let mut expected = BTreeMap::new();
            for ((newer, older), count) in conflicts_by_walking(moment, within) {
                let other = (newer == id)
                    .then_some(older)
                    .or((older == id).then_some(newer));
                *expected.entry(other).or_default() += count;
            }
            expected.remove(&None);
            let told = tally.conflicts_of(id, within).into_iter();
            let told: BTreeMap<_, usize> = told.map(|(id, count)| (Some(id), count)).collect();
            assert_eq!(told, expected);
        }
    }
}

/// The law of tallies is about something: in random histories deployments win, lose and are in conflict.
#[test]
fn random_histories_have_conflicts() {
    let mut runner = TestRunner::deterministic();
    let (mut wins, mut loses, mut conflicts) = (0, 0, 0);
    for _ in 0..20 {
        let mut building = Building::new();
        let history = contended_histories(100).new_tree(&mut runner).unwrap();
        for command in history.current() {
            building.step(command);
        }
        let tally = Tally::of(building.moment());
        for (id, _) in building.view.deployments.iter() {
            let stands = tally.stands_of(id, None);
            wins += stands.wins;
            loses += stands.loses;
            conflicts += tally.conflicts_of(id, None).len();
        }
    }
    assert!(
        wins > 50 && loses > 50 && conflicts > 10,
        "{wins} {loses} {conflicts}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn incremental_equals_full_after_every_event(
        history in histories(150)
    ) {
        let mut building = Building::new();
        let mut fleet = Fleet::resolve(building.moment());
        for command in history {
            let before = building.moment();
            building.step(command);
            let after = building.moment();
            let full = Fleet::resolve(after.clone());
            fleet.advance(after.clone());
            prop_assert!(fleet.agrees_with(&full), "{command:?}");
            // What is shown is what is done, and only what is affected is looked at.
            let shown = difference(&before, &after, None).unwrap();
            let done = compare(&before, &after, None, None).unwrap();
            prop_assert_eq!(&shown.changes, &done.changes, "{:?}", command);
            let one = difference(&before, &after, Some(tenant(1))).unwrap();
            let done_to_one = compare(&before, &after, Some(tenant(1)), None).unwrap();
            prop_assert_eq!(&one.changes, &done_to_one.changes);
            // Who is confined to one tenant sees what came and what left, and not from where or whereto.
            if command.0 != MOVES {
                let of_one: Vec<_> = done.changes.iter().copied().filter(|change| change.tenant == tenant(1)).collect();
                prop_assert_eq!(&one.changes, &of_one);
            }
            for change in one.changes {
                prop_assert_eq!(change.tenant, tenant(1));
                let Subject::Computer(computer) = change.subject else { continue };
                for (moment, rule) in [(&before, change.before), (&after, change.after)] {
                    prop_assert!(rule.is_none() || moment.view.tenant_of(computer) == Some(tenant(1)));
                }
            }
        }
    }

    /// A tally that follows equals one that looks at everything, forwards, backwards and from wherever; and what it counts is what a walk
    /// through the computers counts.
    #[test]
    fn tallies_follow_and_count_what_a_walk_counts(
        history in contended_histories(100)
    ) {
        let mut building = Building::new();
        let start = building.moment();
        let first = Tally::of(start.clone());
        let mut tally = first.clone();
        for command in history {
            let before = building.moment();
            building.step(command);
            let after = building.moment();
            let full = Tally::of(after.clone());
            let next = tally.renewed(after.clone());
            prop_assert!(next.agrees_with(&full), "{command:?}");
            prop_assert!(full.renewed(before).agrees_with(&tally), "backwards, {command:?}");
            tally = next;
        }
        prop_assert!(tally.renewed(start).agrees_with(&first), "from the end to the start");
        count_by_walking(&tally, &building.moment());
    }

    /// Whatever was asked before, of whichever moment, a tally that is kept says what one that looks at everything says.
    #[test]
    fn kept_tallies_answer_for_the_moment_that_is_asked_about(
        history in contended_histories(40), asked in prop::collection::vec(0_usize..41, 1..30)
    ) {
        let mut building = Building::new();
        let mut moments = vec![building.moment()];
        for command in history {
            building.step(command);
            moments.push(building.moment());
        }
        let tallies = Tallies::default();
        for place in asked {
            let moment = &moments[place % moments.len()];
            let told = tallies.at(moment.clone());
            prop_assert!(told.agrees_with(&Tally::of(moment.clone())), "at {place}");
        }
    }

    /// The conflicts that differ are those that two walks tell apart.
    #[test]
    fn conflicts_that_differ_are_those_of_two_walks(
        history in contended_histories(60), changes in contended_histories(6)
    ) {
        let mut building = Building::new();
        for command in history {
            building.step(command);
        }
        let before = building.moment();
        for command in changes {
            building.step(command);
        }
        let after = building.moment();
        let tally = Tally::of(before.clone());
        for within in [None, Some(tenant(1))] {
            let [old, new] = [&before, &after].map(|moment| conflicts_by_walking(moment, within));
            let told = tally.conflict_changes(&tally.renewed(after.clone()), within);
            let pairs: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
            let count = |of: &Conflicts, pair| of.get(&pair).copied().unwrap_or_default();
            let expected: BTreeSet<_> = pairs.into_iter()
                .map(|pair| (pair, count(&old, pair), count(&new, pair)))
                .filter(|(_, before, after)| before != after).collect();
            let told: BTreeSet<_> = told.iter()
                .map(|change| ((change.newer, change.older), change.before, change.after)).collect();
            prop_assert_eq!(told, expected);
        }
    }

    /// Nothing that happens in one tenant changes another's winners, except through cross-tenant rules and the tree.
    #[test]
    fn facts_of_one_tenant_never_reach_another(
        history in settled_histories(120),
        facts in prop::collection::vec((3u8..18, any::<u8>(), any::<u8>(), any::<u8>()), 20),
    ) {
        let mut building = Building::new();
        for command in history {
            building.step(command);
        }
        for (what, a, b, c) in facts {
            // Commands about the first tenant's own things; neither time nor the tree.
            let own = match what {
                3 | 4 | 6 | 7 | 8 | 10 | 14 | 15 | 16 => Some((a / 4) * 4),
                _ => None,
            };
            let Some(own) = own else { continue };
            let before = building.moment();
            building.step((what, own, b, c));
            let changed = compare(&before, &building.moment(), None, None).unwrap();
            for change in changed.changes {
                prop_assert_eq!(change.tenant, tenant(0), "{} {} {} {}", what, own, b, c);
            }
        }
    }
}
