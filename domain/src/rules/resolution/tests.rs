use super::*;
use crate::access::Overridden;
use crate::catalogue::parameter::{ParameterName, ParameterValue, Values};
use crate::fleet::agreement::{Agreement, Period, Terms};
use crate::fleet::computer::*;
use crate::fleet::group::{Definition, Group, GroupKind, Member};
use crate::fleet::person::{Person, Profile};
use crate::fleet::tag::Tag;
use crate::fleet::tenant::{CrossTenant, Tenant};
use crate::kernel::harness::{id, noon};
use crate::kernel::ids::*;
use crate::kernel::name::Name;
use crate::maintenance::session::About;
use crate::rules::deployment::*;
use crate::rules::expression::{Fact, FilterExpression};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A world of a few maps.
#[derive(Clone, Debug, Default)]
struct Town {
    tenants: BTreeMap<TenantId, Tenant>,
    persons: BTreeMap<PersonId, Person>,
    groups: BTreeMap<GroupId, Group>,
    agreements: BTreeMap<AgreementId, Agreement>,
    computers: BTreeMap<ComputerId, Computer>,
    deployments: Vec<Deployment>,
}

impl World for Town {
    fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.get(&id)
    }
    fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(&id)
    }
    fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }
    fn groups_with(&self, member: Member) -> impl Iterator<Item = GroupId> {
        let holds = move |group: &Group| group.members.contains(&member);
        (self.groups.iter())
            .filter(move |(_, group)| holds(group))
            .map(|(id, _)| *id)
    }
    fn agreements_of(&self, tenant: TenantId) -> impl Iterator<Item = &Agreement> {
        let of = move |agreement: &&Agreement| {
            agreement
                .terms
                .as_ref()
                .is_some_and(|terms| terms.tenant == tenant)
        };
        self.agreements.values().filter(of)
    }
}

fn tenant(n: u128) -> TenantId {
    TenantId(id(0x100 + n))
}
fn person(n: u128) -> PersonId {
    PersonId(id(0x200 + n))
}
fn group(n: u128) -> GroupId {
    GroupId(id(0x300 + n))
}
fn computer(n: u128) -> ComputerId {
    ComputerId(id(0x400 + n))
}
fn deployment(n: usize) -> DeploymentId {
    DeploymentId(id(0x500 + n as u128))
}
fn software(n: u128) -> MaintenanceItem {
    MaintenanceItem::Software(SoftwareId(id(0x600 + n)))
}
fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
fn tag(text: &str) -> Tag {
    Tag::new(text).unwrap()
}

fn with_tag(text: &str, bearer: TagBearer) -> Membership {
    Membership::Tag {
        tag: tag(text),
        bearer,
    }
}

fn single(n: u128) -> Scope {
    Scope::SingleTenant {
        tenant: tenant(n),
        include_children: false,
    }
}

fn with_children(n: u128) -> Scope {
    Scope::SingleTenant {
        tenant: tenant(n),
        include_children: true,
    }
}

fn rule(scope: Scope, membership: Membership, desired: DesiredState) -> Rule {
    Rule {
        item: software(1),
        target: Target {
            scope,
            membership,
            filter: TargetFilter::None,
        },
        desired,
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: Values::default(),
    }
}

impl Town {
    fn tenant(mut self, n: u128, parent: Option<u128>) -> Self {
        let state = Tenant {
            name: Some(name(&format!("tenant {n}"))),
            parent: parent.map(tenant),
            ..Tenant::default()
        };
        self.tenants.insert(tenant(n), state);
        self
    }

    /// A workstation of a tenant.
    fn workstation(mut self, n: u128, of: u128) -> Self {
        self.computers.insert(computer(n), pc(n, of, Some(3)));
        self
    }

    fn change(mut self, n: u128, change: impl FnOnce(&mut Computer)) -> Self {
        change(self.computers.get_mut(&computer(n)).unwrap());
        self
    }

    fn somebody(mut self, n: u128, of: u128) -> Self {
        let profile = Profile {
            tenant: tenant(of),
            name: name("somebody"),
            upn: None,
        };
        let state = Person {
            profile: Some(profile),
            ..Person::default()
        };
        self.persons.insert(person(n), state);
        self
    }

    fn group(mut self, n: u128, of: u128, members: &[Member]) -> Self {
        let definition = Definition {
            tenant: tenant(of),
            kind: GroupKind::Directory,
            name: name("group"),
        };
        let state = Group {
            definition: Some(definition),
            members: members.iter().copied().collect(),
            is_removed: false,
        };
        self.groups.insert(group(n), state);
        self
    }

    fn rule(mut self, rule: Rule) -> Self {
        self.deployments.push(Deployment {
            lifecycle: Lifecycle::Enabled,
            rule: Some(Arc::new(rule)),
            recommendation: Recommendation::Undecided,
        });
        self
    }

    fn rulebook(&self) -> Rulebook {
        let all = self.deployments.iter().enumerate();
        Rulebook::new(all.map(|(n, state)| (deployment(n), state, n as u64)))
    }

    fn explain(&self, n: u128) -> Vec<ItemResolution> {
        let state = &self.computers[&computer(n)];
        self.with_facts(n, |facts| {
            self.rulebook()
                .explain(facts, &Occasion::next_of(state), None)
        })
    }

    fn with_facts<R>(&self, n: u128, ask: impl FnOnce(&ComputerFacts<'_, Self>) -> R) -> R {
        let state = &self.computers[&computer(n)];
        let own = state.registration.as_ref().unwrap().tenant;
        let tenant = TenantFacts::of(self, own, noon());
        ask(&ComputerFacts::new(self, computer(n), state, &tenant))
    }

    /// The winner's number among the rules.
    fn winner(&self, n: u128) -> Option<usize> {
        let resolution = self.explain(n).into_iter().next()?;
        let winner = resolution.winner()?.deployment;
        (0..self.deployments.len()).find(|n| deployment(*n) == winner)
    }

    fn reason(&self, n: u128, rule: usize) -> NotCandidateReason {
        let resolution = self.explain(n).remove(0);
        let not = resolution.not_candidates.into_iter();
        not.into_iter()
            .find(|not| not.deployment == deployment(rule))
            .expect("no candidate")
            .reason
    }
}

fn pc(n: u128, of: u128, chassis_type: Option<u8>) -> Computer {
    Computer {
        registration: Some(Registration {
            tenant: tenant(of),
            name: name(&format!("pc-{n}")),
            hardware: HardwareIdentity::new(id(0x900 + n), IdentitySource::ProductUuid).unwrap(),
        }),
        inventory: Some(Inventory {
            host_name: format!("pc-{n}"),
            os: OperatingSystem {
                family: OsFamily::Linux,
                name: "Debian".into(),
                version: "12".into(),
            },
            chassis_type,
            interpreters: vec![],
        }),
        onboarding: OnboardingStatus::Onboarded,
        ..Computer::default()
    }
}

fn contoso() -> Town {
    Town::default().tenant(1, None).workstation(1, 1)
}

use DesiredState::{Ignored, InstalledLatest as Installed, Uninstalled, UpdateIfFound};
use Membership::AllComputers as All;

/// One rule for each place in the table of `docs/resolution.md`, best first: each beats all that follow.
#[test]
fn the_order_is_the_designs() {
    let directory = Membership::DirectoryGroup { group: group(1) };
    let device = Membership::DeviceGroup { group: group(2) };
    let asked = Membership::Metascript {
        metascript: name("has-gpu"),
    };
    let expression = Membership::Expression {
        expression: FilterExpression::new("computer.onboarded").unwrap(),
    };
    let filtered = |filter| Rule {
        target: Target {
            filter,
            ..rule(Scope::CrossTenant, All, Installed).target
        },
        ..rule(Scope::CrossTenant, All, Installed)
    };
    let recommended = Rule {
        origin: Origin::Recommended,
        ..rule(
            Scope::Individual {
                computer: computer(1),
            },
            All,
            Ignored,
        )
    };
    let best_first = [
        rule(
            Scope::Individual {
                computer: computer(1),
            },
            All,
            Installed,
        ),
        rule(Scope::Person { person: person(1) }, All, Installed),
        rule(single(1), with_tag("a", TagBearer::Computer), Installed),
        rule(single(1), All, Installed),
        rule(
            with_children(2),
            with_tag("a", TagBearer::Computer),
            Installed,
        ),
        rule(
            with_children(3),
            with_tag("a", TagBearer::Computer),
            Installed,
        ),
        rule(
            Scope::CrossTenant,
            with_tag("a", TagBearer::Computer),
            Installed,
        ),
        rule(Scope::CrossTenant, device, Installed),
        rule(Scope::CrossTenant, asked, Installed),
        rule(Scope::CrossTenant, expression, Installed),
        rule(Scope::CrossTenant, directory, Installed),
        filtered(TargetFilter::Workstations),
        filtered(TargetFilter::WorkstationsAndPortableDevices),
        rule(Scope::CrossTenant, All, Ignored),
        rule(Scope::CrossTenant, All, Installed),
        rule(Scope::CrossTenant, All, UpdateIfFound),
        recommended,
    ];
    let town = Town::default()
        .tenant(3, None)
        .tenant(2, Some(3))
        .tenant(1, Some(2))
        .workstation(1, 1)
        .somebody(1, 1)
        .group(1, 1, &[Member::Person(person(1))])
        .group(2, 1, &[Member::Computer(computer(1))])
        .change(1, |pc| {
            pc.tags.insert(tag("a"));
            pc.primary_person = Some(person(1));
            let answer = MetascriptAnswer {
                answer: true,
                observed_at: noon(),
            };
            pc.answers.insert(name("has-gpu"), answer);
        });
    // Written best first and worst first: the order of creation decides nothing here.
    let forwards = best_first.iter().cloned().fold(town.clone(), Town::rule);
    let backwards = best_first.iter().rev().cloned().fold(town, Town::rule);
    for mut town in [forwards, backwards] {
        for state in &mut town.deployments {
            state.recommendation = Recommendation::Approved;
        }
        let resolution = town.explain(1).remove(0);
        let order: Vec<Rule> = (resolution.ranked.iter())
            .map(|ranked| {
                let number = town.rulebook().number_of(ranked.deployment).unwrap();
                Rule::clone(town.deployments[number as usize].rule.as_ref().unwrap())
            })
            .collect();
        assert_eq!(order, best_first);
        assert!(!resolution.is_conflict());
    }
}

#[test]
fn each_loser_is_told_the_key_and_the_ranks() {
    let town = contoso()
        .rule(rule(Scope::CrossTenant, All, Installed))
        .rule(rule(single(1), All, Uninstalled));
    let resolution = town.explain(1).remove(0);
    let loss = resolution.ranked[1].lost.unwrap();
    assert_eq!(loss.to, deployment(1));
    assert_eq!(loss.difference.key, Key::Scope);
    assert_eq!(
        loss.difference.sentence(),
        "scope: one tenant beats every tenant"
    );
    assert_eq!(resolution.ranked[0].lost, None);
}

#[test]
fn a_subset_beats_its_superset_among_servers_too() {
    let of = |filter| Rule {
        target: Target {
            filter,
            ..rule(Scope::CrossTenant, All, Installed).target
        },
        ..rule(Scope::CrossTenant, All, Installed)
    };
    let town = contoso()
        .change(1, |pc| {
            pc.detail.domain_role = Some(DomainRole::PrimaryDomainController);
        })
        .rule(of(TargetFilter::PrimaryDomainControllers))
        .rule(of(TargetFilter::DomainControllers))
        .rule(of(TargetFilter::Servers));
    let resolution = town.explain(1).remove(0);
    let order: Vec<_> = resolution.ranked.iter().map(|r| r.deployment).collect();
    assert_eq!(order, [deployment(0), deployment(1), deployment(2)]);
}

#[test]
fn an_unknown_fact_matches_no_filter() {
    for filter in [
        TargetFilter::PrimaryDomainControllers,
        TargetFilter::DomainControllers,
        TargetFilter::Servers,
        TargetFilter::PortableDevices,
        TargetFilter::Workstations,
        TargetFilter::WorkstationsAndPortableDevices,
    ] {
        let mut rule = rule(Scope::CrossTenant, All, Installed);
        rule.target.filter = filter;
        let town = contoso()
            .change(1, |pc| {
                pc.inventory.as_mut().unwrap().chassis_type = Some(2);
            })
            .rule(rule);
        assert_eq!(town.winner(1), None, "{filter:?}");
    }
}

#[test]
fn two_tags_that_both_apply_are_a_conflict_and_the_later_one_wins() {
    let town = contoso()
        .change(1, |pc| pc.tags.extend([tag("a"), tag("b")]))
        .rule(rule(
            single(1),
            with_tag("a", TagBearer::Computer),
            Installed,
        ))
        .rule(rule(
            single(1),
            with_tag("b", TagBearer::Computer),
            Uninstalled,
        ));
    let resolution = town.explain(1).remove(0);
    assert!(resolution.is_conflict());
    assert_eq!(town.winner(1), Some(1));
}

#[test]
fn two_rules_that_tell_a_task_different_things_are_in_conflict() {
    let conflict = |one: &str, other: &str| {
        let telling = |text: &str| {
            let name = ParameterName::new("host").unwrap();
            let value = ParameterValue::Text(text.to_owned());
            Rule {
                item: MaintenanceItem::Task(TaskId(id(70))),
                parameters: Values::new([(name, value)].into()).unwrap(),
                ..rule(Scope::CrossTenant, All, DesiredState::Enforce)
            }
        };
        let town = contoso().rule(telling(one)).rule(telling(other));
        town.explain(1).remove(0).is_conflict()
    };
    assert!(conflict("a", "b"));
    assert!(!conflict("a", "a"));
}

#[test]
fn enforcement_fits_the_session() {
    let with = |enforcement| Rule {
        enforcement,
        ..rule(Scope::CrossTenant, All, Installed)
    };
    let town = contoso()
        .rule(with(Enforcement::Required))
        .rule(with(Enforcement::Onboarding))
        .rule(with(Enforcement::AdHoc))
        .rule(with(Enforcement::Optional));
    let reason = |n| town.reason(1, n);
    assert_eq!(reason(1), NotCandidateReason::OnlyInOnboarding);
    assert_eq!(reason(2), NotCandidateReason::OnlyWhenNamed);
    assert_eq!(reason(3), NotCandidateReason::NotApproved);
    assert_eq!(town.winner(1), Some(0));

    let new = town
        .clone()
        .change(1, |pc| pc.onboarding = OnboardingStatus::NeedsOnboarding);
    assert_eq!(
        new.winner(1),
        Some(1),
        "onboarding beats required in onboarding"
    );
    let approved = town.clone().change(1, |pc| {
        pc.approvals.insert(deployment(3));
    });
    assert_eq!(
        approved.winner(1),
        Some(3),
        "equal otherwise, and created later"
    );

    let named = Occasion {
        phase: Phase::Maintenance,
        named: Some(deployment(2)),
    };
    let winner = town.with_facts(1, |facts| {
        town.rulebook().winner_of(software(1), facts, &named)
    });
    assert_eq!(winner, Some(2));
}

#[test]
fn naming_is_not_approving() {
    let of = |enforcement| Rule {
        enforcement,
        ..rule(Scope::CrossTenant, All, Installed)
    };
    let town = contoso()
        .rule(of(Enforcement::Onboarding))
        .rule(of(Enforcement::Optional))
        .change(1, |pc| pc.onboarding = OnboardingStatus::Onboarded);
    let winner = |town: &Town, named| {
        town.with_facts(1, |facts| {
            let occasion = About::named(deployment(named)).occasion(facts.computer);
            town.rulebook().winner_of(software(1), facts, &occasion)
        })
    };
    assert_eq!(winner(&town, 0), None, "it is onboarded");
    assert_eq!(winner(&town, 1), None, "nobody approved it");
    let new = town
        .clone()
        .change(1, |pc| pc.onboarding = OnboardingStatus::NeedsOnboarding);
    assert_eq!(winner(&new, 0), Some(0));
    let approved = town.change(1, |pc| {
        pc.approvals.insert(deployment(1));
    });
    assert_eq!(winner(&approved, 1), Some(1));
}

#[test]
fn what_is_to_be_left_alone_yields_only_to_those_who_may() {
    let of = |enforcement, desired| Rule {
        enforcement,
        ..rule(Scope::CrossTenant, All, desired)
    };
    let town = contoso()
        .rule(of(Enforcement::AdHoc, Installed))
        .rule(of(Enforcement::Required, DesiredState::UpdateIfFound));
    let left_alone = town.clone().rule(rule(
        Scope::Individual {
            computer: computer(1),
        },
        All,
        DesiredState::Ignored,
    ));
    let winner = |town: &Town, about: About| {
        town.with_facts(1, |facts| {
            let rulebook = town.rulebook();
            let occasion = about.occasion_among(&rulebook, facts);
            rulebook.winner_of(software(1), facts, &occasion)
        })
    };
    let any = About::named(deployment(0));
    let careful = About::Deployment {
        deployment: deployment(0),
        over: Overridden::Wanted,
    };
    assert_eq!(winner(&town, careful), Some(0));
    assert_eq!(winner(&left_alone, any), Some(0));
    assert_eq!(winner(&left_alone, careful), Some(2));
}

#[test]
fn what_is_not_in_force_is_no_candidate() {
    let mut town = contoso()
        .rule(rule(Scope::CrossTenant, All, Installed))
        .rule(Rule {
            origin: Origin::Recommended,
            ..rule(Scope::CrossTenant, All, Installed)
        });
    assert_eq!(town.reason(1, 1), NotCandidateReason::Undecided);
    town.deployments[1].recommendation = Recommendation::Dismissed;
    assert_eq!(town.reason(1, 1), NotCandidateReason::Dismissed);
    town.deployments[0].lifecycle = Lifecycle::Disabled;
    assert_eq!(town.reason(1, 0), NotCandidateReason::Disabled);
    town.deployments[0].lifecycle = Lifecycle::Deleted;
    assert_eq!(
        town.explain(1)[0].not_candidates.len(),
        1,
        "the deleted one is silent"
    );
}

#[test]
fn exclusions_are_reasons() {
    let mut town = contoso()
        .rule(rule(Scope::CrossTenant, All, Installed))
        .rule(rule(single(1), All, Installed));
    town.tenants.get_mut(&tenant(1)).unwrap().cross_tenant = CrossTenant::Excluded;
    assert_eq!(town.reason(1, 0), NotCandidateReason::TenantExcluded);
    assert_eq!(town.winner(1), Some(1));
    let town = town.change(1, |pc| pc.maintenance = Maintenance::Excluded);
    assert_eq!(town.winner(1), None);
    assert_eq!(town.reason(1, 1), NotCandidateReason::ComputerExcluded);
    let town = town.change(1, |pc| pc.is_removed = true);
    assert_eq!(town.winner(1), None);
    assert_eq!(town.reason(1, 1), NotCandidateReason::ComputerRemoved);
}

#[test]
fn nested_groups_count_and_circles_end() {
    let in_circle = contoso()
        .somebody(1, 1)
        .change(1, |pc| pc.primary_person = Some(person(1)))
        .group(1, 1, &[Member::Group(group(2))])
        .group(2, 1, &[Member::Group(group(1)), Member::Person(person(1))])
        .group(3, 1, &[Member::Group(group(1))]);
    let of = |n| {
        rule(
            Scope::CrossTenant,
            Membership::DirectoryGroup { group: group(n) },
            Installed,
        )
    };
    let town = in_circle.rule(of(3)).rule(of(9));
    assert_eq!(town.winner(1), Some(0));
    assert_eq!(
        town.reason(1, 1),
        NotCandidateReason::GroupMissing { group: group(9) }
    );
}

#[test]
fn somebody_who_left_is_nobodys_primary_person() {
    let mut town = contoso()
        .somebody(1, 1)
        .change(1, |pc| pc.primary_person = Some(person(1)))
        .rule(rule(Scope::Person { person: person(1) }, All, Installed));
    assert_eq!(town.winner(1), Some(0));
    town.persons.get_mut(&person(1)).unwrap().is_removed = true;
    assert_eq!(
        town.reason(1, 0),
        NotCandidateReason::OtherPerson { person: person(1) }
    );
}

#[test]
fn a_product_counts_on_its_days_in_the_tenants_zone() {
    use chrono::{NaiveDate, TimeDelta, TimeZone};
    let product = || name("Offboarding");
    let mut town = contoso().rule(rule(
        single(1),
        Membership::AgreementProduct { product: product() },
        Uninstalled,
    ));
    town.tenants.get_mut(&tenant(1)).unwrap().time_zone = chrono_tz::America::New_York;
    let last_day = NaiveDate::from_ymd_opt(2026, 11, 30);
    let agreement = Agreement {
        terms: Some(Terms {
            tenant: tenant(1),
            name: name("managed"),
            agreement_type: name("Managed"),
            period: Period::default(),
        }),
        additions: [(
            product(),
            Period {
                first_day: None,
                last_day,
            },
        )]
        .into(),
        is_removed: false,
    };
    town.agreements.insert(AgreementId(id(0x700)), agreement);
    let midnight = chrono_tz::America::New_York
        .with_ymd_and_hms(2026, 12, 1, 0, 0, 0)
        .unwrap()
        .to_utc();
    let applies = |moment| {
        let tenant = TenantFacts::of(&town, tenant(1), moment);
        let state = &town.computers[&computer(1)];
        let facts = ComputerFacts::new(&town, computer(1), state, &tenant);
        town.rulebook()
            .winner_of(software(1), &facts, &Occasion::next_of(state))
            .is_some()
    };
    assert!(applies(midnight - TimeDelta::seconds(1)));
    assert!(!applies(midnight));
}

#[test]
fn an_expression_names_the_fact_that_is_not_known() {
    let expression = FilterExpression::new(r#"inventory.manufacturer == "Dell""#).unwrap();
    let town = contoso().rule(rule(
        single(1),
        Membership::Expression { expression },
        Installed,
    ));
    assert_eq!(
        town.reason(1, 0),
        NotCandidateReason::ExpressionUnknown {
            fact: Fact::Manufacturer
        }
    );
    let dell = town.change(1, |pc| pc.detail.manufacturer = Some(name("Dell")));
    assert_eq!(dell.winner(1), Some(0));
}

#[test]
fn cloud_tasks_are_for_tenants_and_never_for_computers() {
    let task = MaintenanceItem::CloudTask(CloudTaskId(id(0x800)));
    let of = |scope, membership| Rule {
        item: task,
        ..rule(scope, membership, DesiredState::Audit)
    };
    let mut town = Town::default()
        .tenant(2, None)
        .tenant(1, Some(2))
        .workstation(1, 1)
        .rule(of(Scope::CrossTenant, All))
        .rule(of(Scope::CrossTenant, with_tag("a", TagBearer::Tenant)))
        .rule(of(with_children(2), All));
    town.tenants
        .get_mut(&tenant(1))
        .unwrap()
        .tags
        .insert(tag("a"));
    assert_eq!(town.explain(1), []);
    let occasion = Occasion {
        phase: Phase::Maintenance,
        named: None,
    };
    let rulebook = town.rulebook();
    let facts = |n| TenantFacts::of(&town, tenant(n), noon());
    let own = rulebook
        .explain_tenant(&facts(1), &occasion, None)
        .remove(0);
    let order: Vec<_> = own.ranked.iter().map(|ranked| ranked.deployment).collect();
    assert_eq!(order, [deployment(2), deployment(1), deployment(0)]);
    assert_eq!(
        rulebook.winner_of_tenant(task, &facts(1), &occasion),
        Some(2)
    );
}

#[test]
fn a_task_is_resolved_for_computers_as_software_is() {
    let task = MaintenanceItem::Task(TaskId(id(0x900)));
    let of = |scope, membership, desired| Rule {
        item: task,
        ..rule(scope, membership, desired)
    };
    let town = Town::default()
        .tenant(1, None)
        .workstation(1, 1)
        .rule(of(Scope::CrossTenant, All, DesiredState::Enforce))
        .rule(of(single(1), All, DesiredState::Audit));
    let own = town.explain(1).remove(0);
    assert_eq!(own.item, task);
    let order: Vec<_> = own.ranked.iter().map(|ranked| ranked.deployment).collect();
    assert_eq!(order, [deployment(1), deployment(0)]);
    let (rulebook, occasion) = (
        town.rulebook(),
        Occasion {
            phase: Phase::Maintenance,
            named: None,
        },
    );
    let tenant = TenantFacts::of(&town, tenant(1), noon());
    assert_eq!(rulebook.explain_tenant(&tenant, &occasion, None), []);
}

mod documentation;
mod laws;
