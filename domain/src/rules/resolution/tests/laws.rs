//! What holds in every town.

use super::*;
use proptest::prelude::*;

fn bearer() -> impl Strategy<Value = TagBearer> {
    prop::sample::select(vec![
        TagBearer::Computer,
        TagBearer::Tenant,
        TagBearer::Person,
    ])
}

fn any_membership() -> impl Strategy<Value = Membership> {
    let letter = prop::sample::select(vec!["a", "b", "c"]);
    prop_oneof![
        3 => Just(All),
        3 => (letter.clone(), bearer()).prop_map(|(text, bearer)| with_tag(text, bearer)),
        1 => (0..4u128).prop_map(|n| Membership::DeviceGroup { group: group(n) }),
        2 => (0..4u128).prop_map(|n| Membership::DirectoryGroup { group: group(n) }),
        1 => letter.clone().prop_map(|text| Membership::AgreementType { agreement_type: name(text) }),
        1 => letter.clone().prop_map(|text| Membership::AgreementProduct { product: name(text) }),
        1 => letter.prop_map(|text| Membership::Metascript { metascript: name(text) }),
        1 => prop::sample::select(vec![
            r#""a" in computer.tags"#, r#"computer.class == "server""#, r#"!("b" in person.tags)"#,
        ]).prop_map(|text| Membership::Expression { expression: FilterExpression::new(text).unwrap() }),
    ]
}

/// Software, and a task: what holds for one holds for the other.
fn any_item(n: u128) -> MaintenanceItem {
    match n {
        3 => MaintenanceItem::Task(TaskId(id(0x900))),
        n => software(n),
    }
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let scope = prop_oneof![
        2 => Just(Scope::CrossTenant),
        3 => (0..4u128, any::<bool>()).prop_map(|(n, include_children)| Scope::SingleTenant {
            tenant: tenant(n), include_children,
        }),
        1 => (0..6u128).prop_map(|n| Scope::Individual { computer: computer(n) }),
        1 => (0..4u128).prop_map(|n| Scope::Person { person: person(n) }),
    ];
    let filter = prop::sample::select(vec![
        TargetFilter::PrimaryDomainControllers,
        TargetFilter::DomainControllers,
        TargetFilter::Servers,
        TargetFilter::PortableDevices,
        TargetFilter::Workstations,
        TargetFilter::WorkstationsAndPortableDevices,
        TargetFilter::None,
        TargetFilter::None,
        TargetFilter::None,
    ]);
    let desired = prop::sample::select(vec![Installed, Uninstalled, UpdateIfFound, Ignored]);
    let enforcement = prop::sample::select(vec![
        Enforcement::Required,
        Enforcement::Required,
        Enforcement::Required,
        Enforcement::Onboarding,
        Enforcement::AdHoc,
        Enforcement::Optional,
    ]);
    let origin = prop::sample::select(vec![Origin::Local, Origin::Local, Origin::Recommended]);
    (
        scope,
        any_membership(),
        filter,
        desired,
        enforcement,
        origin,
        1..4u128,
    )
        .prop_map(
            |(scope, membership, filter, desired, enforcement, origin, item)| Rule {
                item: any_item(item),
                target: Target {
                    scope,
                    membership: if scope.is_individual() {
                        All
                    } else {
                        membership
                    },
                    filter,
                },
                desired,
                enforcement,
                origin,
                parameters: crate::catalogue::parameter::Values::default(),
            },
        )
}

prop_compose! {
    fn any_deployment()(
        rule in any_rule(),
        lifecycle in prop::sample::select(vec![Lifecycle::Enabled, Lifecycle::Enabled, Lifecycle::Enabled,
            Lifecycle::Disabled, Lifecycle::Deleted]),
        recommendation in prop::sample::select(vec![Recommendation::Undecided, Recommendation::Approved,
            Recommendation::Dismissed]),
    ) -> Deployment {
        Deployment { lifecycle, rule: Some(Arc::new(rule)), recommendation }
    }
}

prop_compose! {
    fn any_computer()(
        of in 0..4u128,
        chassis in prop::sample::select(vec![Some(3u8), Some(9), Some(17), Some(2), None]),
        role in prop::option::of(prop::sample::select(vec![DomainRole::MemberWorkstation,
            DomainRole::MemberServer, DomainRole::BackupDomainController, DomainRole::PrimaryDomainController])),
        tags in prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c"]), 0..3),
        primary in prop::option::of(0..4u128),
        answers in prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), any::<bool>(), 0..3),
        approvals in prop::collection::btree_set(0..12usize, 0..6),
        is_new in any::<bool>(),
        is_excluded in prop::sample::select(vec![false, false, false, false, true]),
    ) -> Computer {
        let mut pc = pc(1, of, chassis);
        pc.detail.domain_role = role;
        pc.tags = tags.into_iter().map(tag).collect();
        pc.primary_person = primary.map(person);
        pc.answers = answers.into_iter().map(|(text, answer)| {
            (name(text), MetascriptAnswer { answer, observed_at: noon() })
        }).collect();
        pc.approvals = approvals.into_iter().map(deployment).collect();
        if is_new { pc.onboarding = OnboardingStatus::NeedsOnboarding; }
        if is_excluded { pc.maintenance = Maintenance::Excluded; }
        pc
    }
}

fn any_member() -> impl Strategy<Value = Member> {
    prop_oneof![
        (0..4u128).prop_map(|n| Member::Person(person(n))),
        (0..6u128).prop_map(|n| Member::Computer(computer(n))),
        (0..4u128).prop_map(|n| Member::Group(group(n))),
    ]
}

prop_compose! {
    /// Four tenants in a tree, their people, groups, agreements, computers and rules. Nothing checks here that a
    /// group's members are of its tenant: resolution must not depend on it.
    fn any_town()(
        parents in prop::collection::vec(prop::option::of(0..4u128), 4),
        tenant_tags in prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 4),
        exclusions in prop::collection::vec(prop::sample::select(vec![false, false, true]), 4),
        people in prop::collection::vec((0..4u128, prop::sample::select(vec!["a", "b", "c"])), 4),
        groups in prop::collection::vec((0..4u128, prop::collection::vec(any_member(), 0..4)), 4),
        agreements in prop::collection::vec((0..4u128, prop::sample::select(vec!["a", "b", "c"])), 3),
        computers in prop::collection::vec(any_computer(), 6),
        deployments in prop::collection::vec(any_deployment(), 0..12),
    ) -> Town {
        let mut town = Town { deployments, ..Town::default() };
        for (n, parent) in (0..).zip(parents) {
            town = town.tenant(n, parent.filter(|parent| *parent < n));
            let state = town.tenants.get_mut(&tenant(n)).unwrap();
            let index = usize::try_from(n).unwrap();
            state.tags.insert(tag(tenant_tags[index]));
            if exclusions[index] { state.cross_tenant = CrossTenant::Excluded; }
        }
        for (n, (of, text)) in (0..).zip(people) {
            town = town.somebody(n, of);
            town.persons.get_mut(&person(n)).unwrap().tags.insert(tag(text));
        }
        for (n, (of, members)) in (0..).zip(groups) {
            town = town.group(n, of, &members);
        }
        for (n, (of, text)) in (0..).zip(agreements) {
            let terms = Terms {
                tenant: tenant(of), name: name("agreement"), agreement_type: name(text), period: Period::default(),
            };
            let additions = [(name(text), Period::default())].into();
            let agreement = Agreement { terms: Some(terms), additions, is_removed: false };
            town.agreements.insert(AgreementId(id(0x700 + n)), agreement);
        }
        for (n, pc) in (0..).zip(computers) {
            town.computers.insert(computer(n), pc);
        }
        town
    }
}

type Winners = Vec<(MaintenanceItem, DeploymentId)>;

fn explained(town: &Town, n: u128) -> Winners {
    let winner =
        |resolution: ItemResolution| Some((resolution.item, resolution.winner()?.deployment));
    town.explain(n).into_iter().filter_map(winner).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The index finds what looking at every rule finds, for all items at once and for each alone.
    #[test]
    fn the_index_and_the_explanation_agree(town in any_town(), named in prop::option::of(0..12usize)) {
        let rulebook = town.rulebook();
        let mut scratch = Scratch::default();
        for n in 0..6 {
            let occasion = Occasion { named: named.map(deployment), ..Occasion::next_of(&town.computers[&computer(n)]) };
            town.with_facts(n, |facts| {
                let rules = rulebook.of_tenant(facts.tenant);
                let winners = rulebook.winners(facts, &occasion, &rules, &mut scratch);
                let indexed: Winners = winners.iter().map(|number| {
                    let slot = rulebook.slot(*number).unwrap();
                    (slot.rule.item, slot.deployment)
                }).collect();
                let explained: Winners = rulebook.explain(facts, &occasion, None).into_iter().filter_map(|resolution| {
                    Some((resolution.item, resolution.winner()?.deployment))
                }).collect();
                assert_eq!(indexed, explained);
                for item in 1..4 {
                    let alone = rulebook.winner_of(software(item), facts, &occasion)
                        .map(|number| rulebook.slot(number).unwrap().deployment);
                    let among = explained.iter().find(|(i, _)| *i == software(item)).map(|(_, d)| *d);
                    assert_eq!(alone, among);
                }
            });
        }
    }

    /// Who applies to a computer is who is ranked there, and who is in conflict is.
    #[test]
    fn contenders_are_the_candidates(town in any_town(), named in prop::option::of(0..12usize)) {
        let rulebook = town.rulebook();
        for n in 0..6 {
            let occasion = Occasion { named: named.map(deployment), ..Occasion::next_of(&town.computers[&computer(n)]) };
            town.with_facts(n, |facts| {
                let number = |id| rulebook.number_of(id).unwrap();
                let explained = rulebook.explain(facts, &occasion, None);
                let of = |resolution: &ItemResolution| -> Vec<Contender> {
                    let conflicts: Vec<DeploymentId> = resolution.conflicts().map(|ranked| ranked.deployment).collect();
                    resolution.ranked.iter().map(|ranked| Contender {
                        number: number(ranked.deployment),
                        winner: number(resolution.winner().unwrap().deployment),
                        is_in_conflict: conflicts.contains(&ranked.deployment),
                    }).collect()
                };
                let rules = rulebook.of_tenant(facts.tenant);
                let all: Vec<Contender> = explained.iter().flat_map(of).collect();
                assert_eq!(rulebook.contenders(facts, &occasion, &rules), all);
                for item in 1..4 {
                    let alone = explained.iter().find(|resolution| resolution.item == software(item));
                    assert_eq!(rulebook.contenders_for(software(item), facts, &occasion), alone.map(of).unwrap_or_default());
                }
            });
        }
    }

    /// A total, deterministic order: every two candidates differ, and who is ranked before whom does not depend on the
    /// order in which the deployments come.
    #[test]
    fn the_order_is_total_and_independent_of_insertion(town in any_town(), seed in any::<u64>()) {
        let mut all: Vec<_> = town.deployments.iter().enumerate()
            .map(|(n, state)| (deployment(n), state, n as u64)).collect();
        let straight = Rulebook::new(all.clone());
        all.sort_by_key(|(_, _, n)| (n + 1).wrapping_mul(seed | 1) % 1_009);
        let shuffled = Rulebook::new(all);
        for n in 0..6 {
            let occasion = Occasion::next_of(&town.computers[&computer(n)]);
            town.with_facts(n, |facts| {
                let one = straight.explain(facts, &occasion, None);
                assert_eq!(one, shuffled.explain(facts, &occasion, None));
                for resolution in one {
                    let losses = resolution.ranked.iter().skip(1);
                    assert!(losses.clone().all(|ranked| ranked.lost.is_some()));
                    // Later keys decide only where earlier ones are equal: keys grow stricter towards the winner.
                    let keys: Vec<Key> = losses.map(|ranked| ranked.lost.unwrap().difference.key).collect();
                    assert!(keys.is_sorted_by(|near, far| near >= far), "{keys:?}");
                }
            });
        }
    }

    #[test]
    fn more_specific_never_loses_to_less_specific(town in any_town()) {
        let level = |scope: Scope| match scope {
            Scope::Individual { .. } | Scope::Person { .. } => 0,
            Scope::SingleTenant { .. } => 1,
            Scope::CrossTenant => 2,
        };
        let rulebook = town.rulebook();
        let rule = |id| &rulebook.slot(rulebook.number_of(id).unwrap()).unwrap().rule;
        for n in 0..6 {
            for resolution in town.explain(n) {
                let Some(winner) = resolution.winner() else { continue };
                for loser in &resolution.ranked[1..] {
                    let (best, other) = (rule(winner.deployment), rule(loser.deployment));
                    if best.origin == other.origin {
                        assert!(level(best.target.scope) <= level(other.target.scope));
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_match_and_who_loses_change_nothing(town in any_town(), new in any_deployment()) {
        let mut larger = town.clone();
        larger.deployments.push(new);
        let number = larger.deployments.len() - 1;
        for n in 0..6 {
            let before = explained(&town, n);
            let stands = larger.explain(n).iter().any(|resolution| {
                resolution.ranked.iter().any(|ranked| ranked.deployment == deployment(number))
            });
            if !stands {
                assert_eq!(explained(&larger, n), before, "one that does not match");
            }
            for loser in 0..town.deployments.len() {
                let wins = before.iter().any(|(_, winner)| *winner == deployment(loser));
                if !wins {
                    let mut smaller = town.clone();
                    smaller.deployments[loser].lifecycle = Lifecycle::Deleted;
                    assert_eq!(explained(&smaller, n), before, "one that loses");
                }
            }
        }
    }

    /// A group, person or tag of one tenant never reaches another's computer, unless the deployment is cross-tenant.
    #[test]
    fn tenants_are_isolated(town in any_town()) {
        let rulebook = town.rulebook();
        for n in 0..6 {
            let own = town.computers[&computer(n)].registration.as_ref().unwrap().tenant;
            let above = ancestors(&town, own);
            for resolution in town.explain(n) {
                for ranked in &resolution.ranked {
                    let slot = rulebook.slot(rulebook.number_of(ranked.deployment).unwrap()).unwrap();
                    match slot.rule.target.scope {
                        Scope::SingleTenant { tenant, include_children } => {
                            assert!(tenant == own || include_children && above.contains(&tenant));
                        }
                        Scope::Person { person } => {
                            assert_eq!(town.persons[&person].profile.as_ref().unwrap().tenant, own);
                        }
                        Scope::Individual { computer: target } => assert_eq!(target, computer(n)),
                        Scope::CrossTenant => {}
                    }
                    match &slot.rule.target.membership {
                        Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                            assert_eq!(town.groups[group].definition.as_ref().unwrap().tenant, own);
                        }
                        Membership::Tag { tag, bearer: TagBearer::Tenant } => {
                            assert!(town.tenants[&own].tags.contains(tag));
                        }
                        Membership::Tag { tag, bearer: TagBearer::Person } => {
                            let primary = town.computers[&computer(n)].primary_person.unwrap();
                            assert!(town.persons[&primary].tags.contains(tag));
                            assert_eq!(town.persons[&primary].profile.as_ref().unwrap().tenant, own);
                        }
                        _ => {}
                    }
                }
            }
        }
    }
}
