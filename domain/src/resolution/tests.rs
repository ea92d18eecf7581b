use super::*;
use crate::deployment::Target;
use crate::harness::id;
use crate::ids::SoftwareId;
use proptest::prelude::*;

const READER: u128 = 100;

fn rule(scope: Scope, filter: TargetFilter, desired: DesiredState) -> Rule {
    Rule {
        item: MaintenanceItem::Software(SoftwareId(id(READER))),
        target: Target { scope, filter },
        desired,
    }
}

fn single(n: u128, include_children: bool) -> Scope {
    Scope::SingleTenant {
        tenant: TenantId(id(n)),
        include_children,
    }
}

fn individual(n: u128) -> Scope {
    Scope::Individual {
        computer: ComputerId(id(n)),
    }
}

fn workstation() -> ComputerFacts {
    ComputerFacts {
        computer: ComputerId(id(1)),
        tenant: TenantId(id(10)),
        ancestors: vec![TenantId(id(11)), TenantId(id(12))],
        class: ComputerClass::Workstation,
    }
}

/// The rules get the ids 1, 2, ... and are created in that order.
fn resolve_rules(computer: &ComputerFacts, rules: &[Rule]) -> ItemResolution {
    let facts = rules.iter().enumerate().map(|(i, rule)| DeploymentFacts {
        deployment: DeploymentId(id(i as u128 + 1)),
        lifecycle: Lifecycle::Enabled,
        rule,
        created_at: i as u64,
    });
    let mut items = resolve(computer, facts);
    assert_eq!(items.len(), 1);
    items.remove(0)
}

fn number(deployment: DeploymentId) -> u128 {
    deployment.0.as_u128() & 0xff
}

/// Asserts that the first rule beats the second on this key, whichever was created first.
fn beats(winner: &Rule, loser: &Rule, key: Key) {
    for (rules, winning) in [
        ([winner.clone(), loser.clone()], 1),
        ([loser.clone(), winner.clone()], 2),
    ] {
        let resolution = resolve_rules(&workstation(), &rules);
        assert_eq!(
            number(resolution.ranked[0].deployment),
            winning,
            "{winner:?} beats {loser:?}"
        );
        assert_eq!(
            resolution.ranked[1].lost,
            Some(Loss {
                key,
                to: resolution.ranked[0].deployment
            })
        );
        assert!(!resolution.is_conflict());
    }
}

#[test]
fn the_keys_decide_in_their_order() {
    use DesiredState::{Ignored, InstalledLatest, Uninstalled, UpdateIfFound};
    use TargetFilter::{None, Workstations, WorkstationsAndPortableDevices};
    let r = rule;
    beats(
        &r(individual(1), None, UpdateIfFound),
        &r(single(10, false), Workstations, Ignored),
        Key::Scope,
    );
    beats(
        &r(single(11, true), None, UpdateIfFound),
        &r(Scope::CrossTenant, Workstations, Ignored),
        Key::Scope,
    );
    beats(
        &r(single(10, false), None, InstalledLatest),
        &r(single(11, true), Workstations, Ignored),
        Key::TenantDistance,
    );
    beats(
        &r(single(11, true), None, InstalledLatest),
        &r(single(12, true), Workstations, Ignored),
        Key::TenantDistance,
    );
    beats(
        &r(Scope::CrossTenant, Workstations, UpdateIfFound),
        &r(Scope::CrossTenant, WorkstationsAndPortableDevices, Ignored),
        Key::Filter,
    );
    beats(
        &r(
            Scope::CrossTenant,
            WorkstationsAndPortableDevices,
            UpdateIfFound,
        ),
        &r(Scope::CrossTenant, None, Ignored),
        Key::Filter,
    );
    beats(
        &r(Scope::CrossTenant, None, Ignored),
        &r(Scope::CrossTenant, None, InstalledLatest),
        Key::State,
    );
    beats(
        &r(Scope::CrossTenant, None, Uninstalled),
        &r(Scope::CrossTenant, None, UpdateIfFound),
        Key::State,
    );
}

#[test]
fn between_equal_rules_the_later_one_wins_and_it_is_a_conflict() {
    let installed = rule(
        Scope::CrossTenant,
        TargetFilter::None,
        DesiredState::InstalledLatest,
    );
    let uninstalled = rule(
        Scope::CrossTenant,
        TargetFilter::None,
        DesiredState::Uninstalled,
    );
    let resolution = resolve_rules(&workstation(), &[installed.clone(), uninstalled]);
    assert_eq!(number(resolution.ranked[0].deployment), 2);
    assert_eq!(
        resolution.ranked[1].lost.map(|loss| loss.key),
        Some(Key::Created)
    );
    assert!(resolution.is_conflict());
    let twice = resolve_rules(&workstation(), &[installed.clone(), installed]);
    assert!(
        !twice.is_conflict(),
        "two rules that say the same do not conflict"
    );
}

#[test]
fn who_is_not_a_candidate_is_told_why() {
    let any = DesiredState::InstalledLatest;
    for (scope, filter, reason) in [
        (
            individual(2),
            TargetFilter::None,
            NotCandidateReason::OtherComputer {
                computer: ComputerId(id(2)),
            },
        ),
        (
            single(13, true),
            TargetFilter::None,
            NotCandidateReason::OtherTenant {
                tenant: TenantId(id(13)),
            },
        ),
        (
            single(11, false),
            TargetFilter::None,
            NotCandidateReason::OtherTenant {
                tenant: TenantId(id(11)),
            },
        ),
        (
            Scope::CrossTenant,
            TargetFilter::Servers,
            NotCandidateReason::OtherClass {
                filter: TargetFilter::Servers,
                class: ComputerClass::Workstation,
            },
        ),
    ] {
        let resolution = resolve_rules(&workstation(), &[rule(scope, filter, any.clone())]);
        assert_eq!(resolution.winner(), None);
        assert_eq!(resolution.not_candidates[0].reason, reason);
    }
}

#[test]
fn an_unknown_class_fits_no_filter() {
    let computer = ComputerFacts {
        class: ComputerClass::Unknown,
        ..workstation()
    };
    for filter in [
        TargetFilter::Servers,
        TargetFilter::PortableDevices,
        TargetFilter::Workstations,
        TargetFilter::WorkstationsAndPortableDevices,
    ] {
        let resolution = resolve_rules(
            &computer,
            &[rule(
                Scope::CrossTenant,
                filter,
                DesiredState::InstalledLatest,
            )],
        );
        assert_eq!(
            resolution.not_candidates[0].reason,
            NotCandidateReason::UnknownClass { filter }
        );
    }
    let resolution = resolve_rules(
        &computer,
        &[rule(
            Scope::CrossTenant,
            TargetFilter::None,
            DesiredState::InstalledLatest,
        )],
    );
    assert!(resolution.winner().is_some());
}

#[test]
fn disabled_deployments_are_shown_and_deleted_ones_are_not() {
    let rule = rule(
        Scope::CrossTenant,
        TargetFilter::None,
        DesiredState::InstalledLatest,
    );
    let facts = |lifecycle| DeploymentFacts {
        deployment: DeploymentId(id(1)),
        lifecycle,
        rule: &rule,
        created_at: 0,
    };
    let disabled = resolve(&workstation(), [facts(Lifecycle::Disabled)]);
    assert_eq!(
        disabled[0].not_candidates[0].reason,
        NotCandidateReason::Disabled
    );
    assert!(resolve(&workstation(), [facts(Lifecycle::Deleted)]).is_empty());
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let scope = prop_oneof![
        Just(Scope::CrossTenant),
        (9u128..14, any::<bool>()).prop_map(|(n, below)| single(n, below)),
        (1u128..3).prop_map(individual),
    ];
    let filter = prop::sample::select(vec![
        TargetFilter::Servers,
        TargetFilter::PortableDevices,
        TargetFilter::Workstations,
        TargetFilter::WorkstationsAndPortableDevices,
        TargetFilter::None,
    ]);
    let desired = prop::sample::select(vec![
        DesiredState::InstalledLatest,
        DesiredState::UpdateIfFound,
        DesiredState::Uninstalled,
        DesiredState::Ignored,
    ]);
    (scope, filter, desired, READER..READER + 3).prop_map(|(scope, filter, desired, item)| Rule {
        item: MaintenanceItem::Software(SoftwareId(id(item))),
        ..rule(scope, filter, desired)
    })
}

fn facts(rules: &[Rule]) -> Vec<DeploymentFacts<'_>> {
    rules
        .iter()
        .enumerate()
        .map(|(i, rule)| DeploymentFacts {
            deployment: DeploymentId(id(i as u128 + 1)),
            lifecycle: Lifecycle::Enabled,
            rule,
            created_at: i as u64,
        })
        .collect()
}

proptest! {
    #[test]
    fn the_order_of_asking_does_not_matter(
        rules in prop::collection::vec(any_rule(), 0..12),
        seed in any::<u64>(),
    ) {
        let mut shuffled = facts(&rules);
        shuffled.sort_by_key(|f| f.created_at.wrapping_mul(seed | 1).rotate_left(17));
        prop_assert_eq!(resolve(&workstation(), facts(&rules)), resolve(&workstation(), shuffled));
    }

    #[test]
    fn every_deployment_is_either_ranked_or_told_why_not(rules in prop::collection::vec(any_rule(), 0..12)) {
        let resolved = resolve(&workstation(), facts(&rules));
        let told: usize = resolved.iter().map(|r| r.ranked.len() + r.not_candidates.len()).sum();
        prop_assert_eq!(told, rules.len());
        for resolution in resolved {
            for (place, ranked) in resolution.ranked.iter().enumerate() {
                prop_assert_eq!(ranked.lost.is_none(), place == 0);
            }
        }
    }

    #[test]
    fn removing_a_loser_changes_no_winner(rules in prop::collection::vec(any_rule(), 1..12)) {
        let all = resolve(&workstation(), facts(&rules));
        let winners = |r: &[ItemResolution]| -> Vec<_> {
            r.iter().filter_map(|r| r.winner().map(|w| (r.item, w.deployment))).collect()
        };
        let losers: Vec<_> = all.iter().flat_map(|r| r.ranked.iter().skip(1).map(|l| l.deployment)).collect();
        for loser in losers {
            let rest = facts(&rules).into_iter().filter(|f| f.deployment != loser);
            prop_assert_eq!(winners(&resolve(&workstation(), rest)), winners(&all));
        }
    }
}
