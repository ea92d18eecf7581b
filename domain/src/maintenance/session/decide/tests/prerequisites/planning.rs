//! What is planned, and in which order.

use super::*;
use crate::maintenance::session::{Cause, Met, Obstacle, Planning};

fn plan(winners: &[Winner], all: impl IntoIterator<Item = Prerequisite>) -> Vec<PlannedAction> {
    let catalogue = catalogue();
    let planning = Planning {
        session: SessionId(id(7)),
        about: About::Everything,
        winners,
        catalogue: &*catalogue,
        prerequisites: &prerequisites(all),
    };
    planning.plan().actions
}

fn names(actions: &[PlannedAction]) -> String {
    let names = actions.iter().map(|action| action.item_name.as_str());
    names.collect::<Vec<_>>().join(" ")
}

fn of(actions: &[PlannedAction], n: u128) -> &PlannedAction {
    let is_it = |action: &&PlannedAction| action.item_name == named(n);
    actions.iter().find(is_it).expect("it is planned")
}

/// Why the first need of an action is never met.
fn obstacle(action: &PlannedAction) -> (Obstacle, &str) {
    match &action.needs[0].met {
        Met::Never { obstacle, why } => (*obstacle, why),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_needed_comes_right_before_what_needs_it_and_says_so() {
    let actions = plan(
        &[wanted(9), wanted(1)],
        [
            always(1, install(2)),
            always(2, at_least(3, "1.5")),
            always(1, uninstall(4)),
        ],
    );
    assert_eq!(names(&actions), "I C B D A");
    let (c, b, a) = (of(&actions, 3), of(&actions, 2), of(&actions, 1));
    assert_eq!((c.parent, b.parent), (Some(b.action), Some(a.action)));
    assert_eq!(a.parent, None);
    assert_eq!(
        c.cause,
        Cause::Prerequisite {
            prerequisite: prerequisite(2),
            of: software(2)
        }
    );
    assert_eq!(
        c.because,
        "C should be installed in version 1.5 or newer because B needs that first"
    );
    assert_eq!(
        of(&actions, 4).because,
        "D should be uninstalled because A needs that first"
    );
    let says: Vec<_> = a.needs.iter().map(|need| need.says.as_str()).collect();
    assert_eq!(says, ["install B", "uninstall D"]);
}

#[test]
fn what_two_need_is_planned_once_before_the_first_of_them() {
    let needs = || [always(1, install(3)), always(2, install(3))];
    let actions = plan(&[wanted(1), wanted(2)], needs());
    assert_eq!(names(&actions), "C A B");
    let c = of(&actions, 3);
    for n in [1, 2] {
        let needed = of(&actions, n).needs[0].action().map(|(action, _)| action);
        assert_eq!(needed, Some(c.action));
    }
}

#[test]
fn a_winner_that_is_needed_keeps_its_goal_and_is_moved() {
    let exactly = DesiredState::InstalledExactly(version("1.0"));
    let actions = plan(
        &[wanted(1), wanted(5), winner(2, exactly.clone())],
        [always(1, install(2))],
    );
    assert_eq!(names(&actions), "B A E");
    let b = of(&actions, 2);
    assert_eq!((&b.goal.desired, b.parent), (&exactly, None));
    assert!(matches!(b.cause, Cause::Deployment { .. }));
    assert_eq!(
        b.because,
        "B should be installed in exactly version 1.0 because of the deployment for all computers; it comes before A, which \
         needs it"
    );
}

#[test]
fn a_session_about_one_item_brings_what_that_needs_as_its_own_deployment_wants_it() {
    let exactly = DesiredState::InstalledExactly(version("1.0"));
    let winners = [wanted(1), winner(2, exactly.clone()), wanted(3)];
    let catalogue = catalogue();
    let planning = Planning {
        session: SessionId(id(7)),
        about: About::Item {
            item: MaintenanceItem::Software(software(1)),
        },
        winners: &winners,
        catalogue: &*catalogue,
        prerequisites: &prerequisites([always(1, install(2))]),
    };
    let actions = planning.plan().actions;
    assert_eq!(names(&actions), "B A");
    let b = of(&actions, 2);
    assert_eq!(
        (&b.goal.desired, b.parent),
        (&exactly, Some(actions[1].action))
    );
    assert!(matches!(b.cause, Cause::Prerequisite { .. }));
}

#[test]
fn what_a_deployment_wants_otherwise_is_not_brought() {
    for (own, then) in [
        (DesiredState::Uninstalled, install(2)),
        (DesiredState::InstalledLatest, uninstall(2)),
        (DesiredState::InstalledLatest, exactly(2, "1.0")),
    ] {
        for winners in [
            [wanted(1), winner(2, own.clone())],
            [winner(2, own.clone()), wanted(1)],
        ] {
            let actions = plan(&winners, [always(1, then.clone())]);
            let expected = format!("{} {}", winners[0].item_name(), winners[1].item_name());
            assert_eq!(names(&actions), expected);
            let (obstacle, why) = obstacle(of(&actions, 1));
            assert_eq!(obstacle, Obstacle::Contradicted, "{why}");
            assert!(why.starts_with("B is needed "), "{why}");
            assert_eq!(of(&actions, 2).goal.desired, own);
        }
    }
}

#[test]
fn only_what_may_be_brought_needs_something_before_it() {
    let needs = || [always(1, install(2))];
    for desired in [DesiredState::Uninstalled, DesiredState::Ignored] {
        assert_eq!(names(&plan(&[winner(1, desired)], needs())), "A");
    }
    let update = winner(1, DesiredState::UpdateIfFound);
    assert_eq!(names(&plan(&[update], needs())), "B A");
}

#[test]
fn one_version_needs_what_another_one_does_not() {
    let needs = |versions| Prerequisite {
        versions,
        ..always(1, install(2))
    };
    let below = |text| crate::rules::prerequisite::VersionRange::Below {
        version: version(text),
    };
    assert_eq!(names(&plan(&[wanted(1)], [needs(below("2.0"))])), "A");
    assert_eq!(names(&plan(&[wanted(1)], [needs(below("2.1"))])), "B A");
    let old = winner(1, DesiredState::InstalledExactly(version("1.0")));
    assert_eq!(names(&plan(&[old], [needs(below("2.0"))])), "B A");
}

#[test]
fn a_circle_in_history_is_walked_once_and_named() {
    let actions = plan(
        &[wanted(1)],
        [
            always(1, install(2)),
            always(2, install(3)),
            always(3, install(1)),
        ],
    );
    assert_eq!(names(&actions), "C B A");
    assert_eq!(
        obstacle(of(&actions, 3)),
        (
            Obstacle::Circle,
            "a circle: A needs B needs C needs A; remove one of these prerequisites"
        )
    );
    let itself = plan(&[wanted(1)], [always(1, install(1))]);
    assert_eq!(obstacle(&itself[0]).0, Obstacle::Circle);
    let gone = plan(
        &[wanted(1)],
        [always(1, install(2)), always(2, uninstall(1))],
    );
    assert_eq!(
        obstacle(of(&gone, 2)),
        (
            Obstacle::Contradicted,
            "what is being installed would have to be gone first: A needs B needs A"
        )
    );
}

#[test]
fn a_chain_in_history_is_followed_so_far_and_no_further() {
    let actions = plan(&[wanted(1)], (1..=30).map(|n| always(n, install(n + 1))));
    assert_eq!(actions.len(), 17, "16 installations before the winner");
    assert_eq!(obstacle(&actions[0]).0, Obstacle::Circle);
}

#[test]
fn a_winner_and_what_it_needs_are_planned_together_or_not_at_all() {
    // Four hundred and ninety-nine winners, then one that needs one more.
    let catalogue: BTreeMap<_, _> = {
        let known = catalogue();
        let one = known.get(&software(1)).unwrap().clone();
        (1..=600).map(|n| (software(n), one.clone())).collect()
    };
    let winners: Vec<_> = (1..=501).map(wanted).collect();
    let planning = Planning {
        session: SessionId(id(7)),
        about: About::Everything,
        winners: &winners,
        catalogue: &catalogue,
        prerequisites: &prerequisites([always(500, install(600))]),
    };
    let resolved = planning.plan();
    assert_eq!(resolved.actions.len(), 500);
    assert_eq!(resolved.left_out, 1);
    let has = |n| {
        let item = MaintenanceItem::Software(software(n));
        resolved.actions.iter().any(|action| action.item == item)
    };
    assert!(
        !has(500) && !has(600),
        "neither the winner nor what it needs"
    );
    assert!(has(501), "the next one has room");
}

impl Winner {
    fn item_name(&self) -> String {
        let id = self.item.software().unwrap();
        named(id.0.as_u128() & 0xffff)
    }
}
