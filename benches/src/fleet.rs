//! A whole fleet: a realistic instance, made by the real deciders in memory, and the same in SQL databases.

use crate::{Row, fleet_sql, rate, tally};
use anyhow::{Result, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use upkeep_domain::fleet::agreement::{Agreement, AgreementCommand, Period};
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, HardwareIdentity, IdentitySource, Inventory, OperatingSystem,
    OsFamily,
};
use upkeep_domain::fleet::group::{Group, GroupCommand, GroupKind, Member};
use upkeep_domain::fleet::person::{Person, PersonCommand};
use upkeep_domain::fleet::tag::{Tag, TagChange};
use upkeep_domain::fleet::tenant::{Tenant, TenantCommand};
use upkeep_domain::kernel::decider::Context;
use upkeep_domain::kernel::ids::{
    AgreementId, CommandId, ComputerId, DeploymentId, GroupId, PersonId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCommand, DesiredState, Enforcement, MaintenanceItem, Membership, Origin,
    Rule, Scope, TagBearer, Target, TargetFilter,
};
use upkeep_domain::rules::expression::FilterExpression;
use upkeep_projections::{Fleet, Known, Moment, View, difference};
use uuid::Uuid;

const TENANTS: u64 = 500;
const ITEMS: u64 = 200;
pub const TAGS: u64 = 400;
const GROUPS: u64 = 300;
/// Tenants that have a tenth of all computers together: 5,000 each of 100,000.
const LARGE: u64 = 2;

pub fn tenant_of(computer: u64) -> u64 {
    if computer.is_multiple_of(10) {
        computer / 10 % LARGE
    } else {
        (computer + computer / 10) % TENANTS
    }
}

/// The large groups are of the large tenants.
fn tenant_of_group(group: u64) -> u64 {
    if group.is_multiple_of(10) {
        group / 10 % LARGE
    } else {
        group
    }
}

/// What the SQL databases are given: the same facts as numbers.
#[derive(Default)]
pub struct Facts {
    /// Computer, tenant, class (0 workstation, 1 portable, 2 server), person.
    pub computers: Vec<[i64; 4]>,
    pub computer_tags: Vec<[i64; 2]>,
    pub tenant_tags: Vec<[i64; 2]>,
    pub person_tags: Vec<[i64; 2]>,
    /// Tenant, the one above or itself, how far.
    pub reach: Vec<[i64; 3]>,
    pub group_persons: Vec<[i64; 2]>,
    pub group_computers: Vec<[i64; 2]>,
    /// The outer and the inner group.
    pub group_groups: Vec<[i64; 2]>,
    pub products: Vec<[i64; 2]>,
    /// Computer and metascript that said yes.
    pub answers: Vec<[i64; 2]>,
    /// Rule, item, scope (0 computer, 1 person, 2 tenant, 3 all), its target, children, membership, its key, filter, state.
    pub rules: Vec<[i64; 9]>,
}

pub struct World {
    pub view: View,
    pub facts: Facts,
    random: u64,
    pub computers: u64,
}

fn id(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair((kind << 20) | 0x7000, (2 << 62) | n)
}

fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

pub fn tag(n: u64) -> Tag {
    Tag::new(&format!("tag {n}")).expect("a tag")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

pub fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().expect("a time")
}

pub fn computer(n: u64) -> ComputerId {
    ComputerId(id(4, n))
}

pub fn deployment(n: u64) -> DeploymentId {
    DeploymentId(id(3, n))
}

impl World {
    fn run<D: Known>(&mut self, id: D::Id, command: D::Command) {
        let context = Context {
            actor: Actor::System,
            now: now(),
            command_id: CommandId(Uuid::nil()),
        };
        self.view
            .imagine::<D>(id, command, &context)
            .expect("it is accepted");
    }

    /// A number below `end`, always the same sequence.
    fn below(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }

    /// 500 tenants in a tree, a person for each computer, 20 tags a computer, groups of 10 to 5,000 people.
    pub fn make(computers: u64, deployments: u64) -> Self {
        let mut world = Self {
            view: View::default(),
            facts: Facts::default(),
            random: 0x2545_F491_4F6C_DD1D,
            computers,
        };
        world.add_tenants();
        for n in 0..computers {
            world.add_computer(n);
        }
        world.add_groups();
        for n in 0..deployments {
            world.add_rule(n);
        }
        world
    }

    fn add_tenants(&mut self) {
        for n in 0..TENANTS {
            let tenant = TenantId(id(1, n));
            // A tree in which each has up to four below it.
            let parent = (n > 0).then(|| TenantId(id(1, (n - 1) / 4)));
            let name = name(&format!("tenant {n}"));
            self.run::<Tenant>(tenant, TenantCommand::Create { name, parent });
            let mine = self.below(TAGS);
            let add = [tag(mine)].into();
            let change = TagChange {
                add,
                remove: [].into(),
            };
            self.run::<Tenant>(tenant, TenantCommand::ChangeTags(change));
            self.facts.tenant_tags.push([number(n), number(mine)]);
            let (mut above, mut distance) = (n, 0);
            loop {
                self.facts.reach.push([number(n), number(above), distance]);
                if above == 0 {
                    break;
                }
                above = (above - 1) / 4;
                distance += 1;
            }
            self.add_agreement(n, tenant);
        }
    }

    fn add_agreement(&mut self, n: u64, tenant: TenantId) {
        let agreement = AgreementId(id(7, n));
        let add = AgreementCommand::Add {
            tenant,
            name: name("agreement"),
            agreement_type: name("managed"),
            period: Period::default(),
        };
        self.run::<Agreement>(agreement, add);
        let is_over = self.below(4) == 0;
        let product = self.below(20);
        let last_day = NaiveDate::from_ymd_opt(if is_over { 2025 } else { 2027 }, 6, 30);
        let period = Period {
            first_day: None,
            last_day,
        };
        let record = AgreementCommand::RecordAddition {
            product: name(&format!("product {product}")),
            period: Some(period),
        };
        self.run::<Agreement>(agreement, record);
        if !is_over {
            self.facts.products.push([number(n), number(product)]);
        }
    }

    fn add_computer(&mut self, n: u64) {
        let tenant_number = tenant_of(n);
        let tenant = TenantId(id(1, tenant_number));
        let (person, computer) = (PersonId(id(5, n)), computer(n));
        let add = PersonCommand::Add {
            tenant,
            name: name(&format!("person {n}")),
            upn: None,
        };
        self.run::<Person>(person, add);
        if n.is_multiple_of(10) {
            let mine = self.below(TAGS);
            let change = TagChange {
                add: [tag(mine)].into(),
                remove: [].into(),
            };
            self.run::<Person>(person, PersonCommand::ChangeTags(change));
            self.facts.person_tags.push([number(n), number(mine)]);
        }
        let register = ComputerCommand::Register {
            tenant,
            name: name(&format!("pc-{n}")),
            hardware: HardwareIdentity::new(id(9, n + 1), IdentitySource::ProductUuid)
                .expect("a UUID"),
        };
        self.run::<Computer>(computer, register);
        let class = match self.below(10) {
            0..6 => 0,
            6..9 => 1,
            _ => 2,
        };
        let inventory = Inventory {
            host_name: format!("pc-{n}"),
            os: OperatingSystem {
                family: OsFamily::Windows,
                name: "Windows 11".into(),
                version: "10.0.22631".into(),
            },
            chassis_type: Some([3, 9, 17][class]),
            interpreters: vec![],
        };
        self.run::<Computer>(computer, ComputerCommand::ReportInventory(inventory));
        self.run::<Computer>(computer, ComputerCommand::CompleteOnboarding);
        let person_of = Some((person, tenant));
        self.run::<Computer>(
            computer,
            ComputerCommand::SetPrimaryPerson { person: person_of },
        );
        let tags: std::collections::BTreeSet<u64> = (0..20).map(|_| self.below(TAGS)).collect();
        let add = tags.iter().map(|n| tag(*n)).collect();
        let change = TagChange {
            add,
            remove: [].into(),
        };
        self.run::<Computer>(computer, ComputerCommand::ChangeTags(change));
        let tags = tags.into_iter().map(|tag| [number(n), number(tag)]);
        self.facts.computer_tags.extend(tags);
        let metascript = self.below(10);
        let answer = ComputerCommand::RecordMetascriptAnswer {
            metascript: name(&format!("metascript {metascript}")),
            answer: n.is_multiple_of(2),
            observed_at: Some(now()),
        };
        self.run::<Computer>(computer, answer);
        if n.is_multiple_of(2) {
            self.facts.answers.push([number(n), number(metascript)]);
        }
        let row = [
            number(n),
            number(tenant_number),
            i64::try_from(class).unwrap_or(0),
            number(n),
        ];
        self.facts.computers.push(row);
    }

    fn add_groups(&mut self) {
        for n in 0..GROUPS {
            let of = tenant_of_group(n);
            let group = GroupId(id(6, n));
            let wanted = match n % 10 {
                0 => 5_000,
                1..4 => 200,
                _ => 10,
            };
            let kind = if n % 5 == 4 {
                GroupKind::Device
            } else {
                GroupKind::Directory
            };
            let create = GroupCommand::Create {
                tenant: TenantId(id(1, of)),
                kind,
                name: name(&format!("group {n}")),
            };
            self.run::<Group>(group, create);
            let mut members: Vec<Member> = Vec::new();
            let own = (0..self.computers).filter(|n| tenant_of(*n) == of);
            let own: Vec<u64> = own.take(usize::try_from(wanted).unwrap_or(0)).collect();
            for n_of in own {
                if kind == GroupKind::Device {
                    members.push(Member::Computer(computer(n_of)));
                    self.facts.group_computers.push([number(n), number(n_of)]);
                } else {
                    members.push(Member::Person(PersonId(id(5, n_of))));
                    self.facts.group_persons.push([number(n), number(n_of)]);
                }
            }
            for part in members.chunks(1_000) {
                let add = part
                    .iter()
                    .map(|member| (*member, TenantId(id(1, of))))
                    .collect();
                let change = GroupCommand::ChangeMembers {
                    this: group,
                    add,
                    remove: [].into(),
                    levels: 0,
                };
                self.run::<Group>(group, change);
            }
        }
        // Every third directory group has an outer one of the same tenant.
        for n in (0..GROUPS).step_by(3).filter(|n| n % 5 != 4) {
            let (outer, tenant) = (GROUPS + n, TenantId(id(1, tenant_of_group(n))));
            let create = GroupCommand::Create {
                tenant,
                kind: GroupKind::Directory,
                name: name("outer"),
            };
            self.run::<Group>(GroupId(id(6, outer)), create);
            let add = vec![(Member::Group(GroupId(id(6, n))), tenant)];
            let this = GroupId(id(6, outer));
            self.run::<Group>(
                this,
                GroupCommand::ChangeMembers {
                    this,
                    add,
                    remove: [].into(),
                    levels: 0,
                },
            );
            self.facts.group_groups.push([number(outer), number(n)]);
        }
    }

    fn add_rule(&mut self, n: u64) {
        let tenant = self.below(TENANTS);
        let any = self.below(self.computers);
        let (scope, kind, target, children) = match n % 20 {
            0 => (
                Scope::Individual {
                    computer: computer(any),
                },
                0,
                any,
                0,
            ),
            1 => (
                Scope::Person {
                    person: PersonId(id(5, any)),
                },
                1,
                any,
                0,
            ),
            2..13 => {
                let include_children = n.is_multiple_of(3);
                let scope = Scope::SingleTenant {
                    tenant: TenantId(id(1, tenant)),
                    include_children,
                };
                (scope, 2, tenant, i64::from(include_children))
            }
            _ => (Scope::CrossTenant, 3, 0, 0),
        };
        let (membership, how, key) = self.membership(n, kind);
        let filter = [
            TargetFilter::Servers,
            TargetFilter::PortableDevices,
            TargetFilter::Workstations,
            TargetFilter::WorkstationsAndPortableDevices,
            TargetFilter::None,
            TargetFilter::None,
        ];
        let which = self.below(6);
        let state = self.below(4);
        let item = n % ITEMS;
        let rule = Rule {
            item: MaintenanceItem::Software(SoftwareId(id(2, item))),
            target: Target {
                scope,
                membership,
                filter: filter[usize::try_from(which).unwrap_or(0)],
            },
            desired: match state {
                0 => DesiredState::Ignored,
                1 => DesiredState::UpdateIfFound,
                2 => DesiredState::Uninstalled,
                _ => DesiredState::InstalledLatest,
            },
            enforcement: Enforcement::Required,
            origin: Origin::Local,
            parameters: upkeep_domain::catalogue::parameter::Values::default(),
        };
        self.run::<Deployment>(deployment(n), DeploymentCommand::Create(Box::new(rule)));
        let rank = match state {
            0 => 0,
            1 => 2,
            _ => 1,
        };
        let row = [
            number(n),
            number(item),
            kind,
            number(target),
            children,
            how,
            number(key),
            number(which.min(4)),
            rank,
        ];
        self.facts.rules.push(row);
    }

    /// The membership, its rank in the SQL's numbering, and what it names.
    fn membership(&mut self, n: u64, scope: i64) -> (Membership, i64, u64) {
        let key = self.below(TAGS);
        let with = |bearer| Membership::Tag {
            tag: tag(key),
            bearer,
        };
        if scope < 2 {
            return (Membership::AllComputers, 9, 0);
        }
        match (n / 20) % 10 {
            0 | 1 => (with(TagBearer::Computer), 0, key),
            2 => (with(TagBearer::Tenant), 1, key),
            3 => (with(TagBearer::Person), 2, key),
            4 => {
                let group = 4 + 5 * self.below(GROUPS / 5);
                (
                    Membership::DeviceGroup {
                        group: GroupId(id(6, group)),
                    },
                    3,
                    group,
                )
            }
            5 => {
                let product = self.below(20);
                (
                    Membership::AgreementProduct {
                        product: name(&format!("product {product}")),
                    },
                    4,
                    product,
                )
            }
            6 => {
                let script = self.below(10);
                (
                    Membership::Metascript {
                        metascript: name(&format!("metascript {script}")),
                    },
                    5,
                    script,
                )
            }
            7 => {
                let text =
                    format!(r#""tag {key}" in computer.tags && computer.class == "workstation""#);
                let expression = FilterExpression::new(&text).expect("an expression");
                (Membership::Expression { expression }, 6, key)
            }
            8 => {
                let inner = 3 * self.below(GROUPS / 3);
                let group = if inner % 5 == 4 { 0 } else { GROUPS + inner };
                (
                    Membership::DirectoryGroup {
                        group: GroupId(id(6, group)),
                    },
                    7,
                    group,
                )
            }
            _ => (Membership::AllComputers, 9, 0),
        }
    }

    fn moment(&self) -> Moment {
        Moment {
            view: Arc::new(self.view.clone()),
            at: now(),
        }
    }
}

/// The winner's number for each computer and item.
pub type Winners = BTreeMap<(i64, i64), i64>;

fn winners(fleet: &Fleet) -> Winners {
    let low = |id: Uuid| i64::try_from(id.as_u64_pair().1 & !(3 << 62)).unwrap_or(i64::MAX);
    fleet
        .iter()
        .flat_map(|(computer, numbers)| numbers.iter().map(move |number| (computer, *number)))
        .filter_map(|(computer, number)| {
            let slot = fleet.rulebook().slot(number)?;
            let item = slot.rule.item.software()?;
            Some(((low(computer.0), low(item.0)), low(slot.deployment.0)))
        })
        .collect()
}

pub fn run(runtime: &tokio::runtime::Runtime) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (computers, deployments) in [(10_000, 1_000), (100_000, 100), (100_000, 1_000)] {
        let world = World::make(computers, deployments);
        let moment = world.moment();
        let of = format!("{computers} computers, {deployments} deployments");
        moment.view.rulebook();
        let begin = Instant::now();
        let fleet = Fleet::resolve(moment.clone());
        let full = begin.elapsed();
        let peak = peak_memory();
        rows.push(Row::alone(
            &format!("fleet resolved from nothing, {of}"),
            format!("{:.2} s, process peak {peak} MiB", full.as_secs_f64()),
        ));
        rows.extend(small(&world, &moment, &fleet, &of)?);
        rows.extend(tally::measure(&world, &moment, &of)?);
        if computers == 100_000 && deployments == 1_000 {
            let ours = winners(&fleet);
            rows.extend(fleet_sql::compare(runtime, &world.facts, &ours, full)?);
        }
    }
    Ok(rows)
}

/// One computer, one fact, one deployment.
fn small(world: &World, moment: &Moment, fleet: &Fleet, of: &str) -> Result<Vec<Row>> {
    let mut n = 0;
    let explained = rate(|| {
        n = (n + 7_919) % world.computers;
        black_box(moment.view.resolve(computer(n), now(), None));
        1
    });
    let mut known = fleet.clone();
    let mut changed = world.view.clone();
    let context = Context {
        actor: Actor::System,
        now: now(),
        command_id: CommandId(Uuid::nil()),
    };
    // Prepared beforehand: what is measured is the resolution, not the fact.
    let mut views = Vec::new();
    for n in 0..2_000u64 {
        let change = TagChange {
            add: [tag(n % TAGS)].into(),
            remove: [tag((n + 1) % TAGS)].into(),
        };
        let of = computer((n * 7_919) % world.computers);
        changed
            .imagine::<Computer>(of, ComputerCommand::ChangeTags(change), &context)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        views.push(Arc::new(changed.clone()));
    }
    let begin = Instant::now();
    for view in &views {
        known.advance(Moment {
            view: view.clone(),
            at: now(),
        });
    }
    let per_fact = begin.elapsed().as_secs_f64() / 2_000.0;
    let last = views.pop().ok_or_else(|| anyhow::anyhow!("no view"))?;
    let full = Fleet::resolve(Moment {
        view: last,
        at: now(),
    });
    ensure!(known.agrees_with(&full), "incremental equals full");
    let mut what_ifs = Vec::new();
    for n in [13, 14, 15, 33, 34] {
        let mut after = world.view.clone();
        let disable = DeploymentCommand::Disable;
        after
            .imagine::<Deployment>(deployment(n), disable, &context)
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let after = Moment {
            view: Arc::new(after),
            at: now(),
        };
        let begin = Instant::now();
        let found = difference(moment, &after, None)?;
        what_ifs.push(begin.elapsed());
        black_box(found.changes.len());
    }
    let worst = what_ifs
        .iter()
        .max()
        .map_or(0.0, std::time::Duration::as_secs_f64);
    Ok(vec![
        Row::alone(
            &format!("one computer, fully explained, {of}"),
            format!("{:.0} µs", 1e6 / explained),
        ),
        Row::alone(
            &format!("resolved again after one fact about one computer, {of}"),
            format!("{:.1} µs", per_fact * 1e6),
        ),
        Row::alone(
            &format!("what-if of a cross-tenant deployment, the slowest of five, {of}"),
            format!("{:.1} ms", worst * 1e3),
        ),
    ])
}

/// The most that this process ever had in memory, in MiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
