//! Whatever history holds, circles too: planning ends, says the same twice, and puts what is needed before what needs it; and
//! whatever is there on the computer, the session ends, and carries nothing out whose prerequisite is not there.

use super::*;
use crate::maintenance::session::{Met, Planning};
use crate::rules::prerequisite::{Conditions, Consequence};
use proptest::prelude::*;

const KNOWN: u128 = 8;

fn consequence() -> impl Strategy<Value = Consequence> {
    (0..10_u8, 1..=KNOWN).prop_map(|(kind, n)| match kind {
        0..=5 => install(n),
        6 => uninstall(n),
        7 => exactly(n, "1.0"),
        8 => at_least(n, "1.5"),
        _ => fail("not here"),
    })
}

fn conditions() -> impl Strategy<Value = Conditions> {
    (0..4_u8, 1..=KNOWN).prop_map(|(kind, n)| match kind {
        0 | 1 => Conditions::always(),
        2 => missing(n),
        _ => there(n),
    })
}

/// As nobody could write them: with circles and contradictions.
fn history() -> impl Strategy<Value = Vec<Prerequisite>> {
    let one = (1..=KNOWN, conditions(), consequence());
    proptest::collection::vec(one.prop_map(|(of, on, then)| when(of, on, then)), 0..25)
}

fn winners() -> impl Strategy<Value = Vec<Winner>> {
    let one = (1..=KNOWN, 0..8_u8).prop_map(|(n, kind)| {
        let desired = match kind {
            0..=4 => DesiredState::InstalledLatest,
            5 => DesiredState::UpdateIfFound,
            6 => DesiredState::Uninstalled,
            _ => DesiredState::Ignored,
        };
        (n, desired)
    });
    proptest::collection::btree_map(1..=KNOWN, one, 1..6).prop_map(|all| {
        all.into_iter()
            .map(|(n, (_, desired))| winner(n, desired))
            .collect()
    })
}

/// What ran that changed an item, with the place at which it did.
fn changed_at(played: &Computer, n: u128) -> Option<usize> {
    let name = named(n);
    played.told.iter().position(|told| {
        ["install", "upgrade"]
            .iter()
            .any(|purpose| told.starts_with(&format!("{purpose} {name} ")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_plan_is_the_same_twice_and_what_is_needed_stands_before(
        all in history(), winners in winners()
    ) {
        let catalogue = catalogue();
        let prerequisites = prerequisites(all);
        let planning = Planning {
            session: SessionId(id(7)),
            about: About::Everything,
            winners: &winners,
            catalogue: &*catalogue,
            prerequisites: &prerequisites,
        };
        let resolved = planning.plan();
        prop_assert_eq!(&resolved, &planning.plan());
        let place = |action| resolved.actions.iter().position(|known| known.action == action);
        let mut items = BTreeSet::new();
        for (at, action) in resolved.actions.iter().enumerate() {
            prop_assert!(items.insert(action.item), "{} is planned twice", action.item_name);
            for need in &action.needs {
                if let Met::Before { action: needed, .. } = &need.met {
                    prop_assert!(place(*needed).is_some_and(|place| place < at));
                }
            }
            if let Some(parent) = action.parent {
                prop_assert!(place(parent).is_some_and(|place| place > at));
            }
        }
        for winner in &winners {
            prop_assert!(items.contains(&winner.item), "a winner is missing");
        }
    }

    #[test]
    fn a_session_ends_and_builds_nothing_on_what_is_not_there(
        all in history(),
        winners in winners(),
        installed in proptest::collection::vec((1..=KNOWN, prop::bool::ANY), 0..5),
        failing in proptest::collection::vec((1..=KNOWN, 0..3_u8), 0..3),
        asking in proptest::collection::vec((1..=KNOWN, 0..3_usize), 0..4),
    ) {
        let mut computer = Computer::new(winners, all);
        for (n, is_new) in installed {
            computer = computer.has(n, if is_new { "2.0" } else { "1.0" });
        }
        for (n, kind) in asking {
            computer = computer.gets(n, ["1.0", "1.2", "2.0"][kind]);
        }
        for (n, kind) in failing {
            let purpose = [RunPurpose::Detect, RunPurpose::Install, RunPurpose::Verify][usize::from(kind)];
            computer = computer.fails(n, purpose);
        }
        let played = computer.play();
        for action in played.session.actions() {
            prop_assert!(action.progress.is_completed(), "{:?}", action);
            let of = action.plan.item.software().unwrap().0.as_u128() & 0xffff;
            let Some(at) = changed_at(&played, of) else { continue };
            let judged = action.judged.iter().flatten();
            let holds = |prerequisite| {
                judged.clone().any(|of| of.prerequisite == prerequisite && of.judgement == Judgement::Holds)
            };
            for need in action.plan.needs.iter().filter(|need| holds(need.prerequisite)) {
                let Met::Before { action: needed, goal } = &need.met else {
                    prop_assert!(!matches!(need.met, Met::Never { .. }), "it was carried out all the same");
                    continue;
                };
                let needed = played.session.action(*needed).unwrap();
                let n = needed.plan.item.software().unwrap().0.as_u128() & 0xffff;
                prop_assert!(changed_at(&played, n).is_none_or(|before| before < at));
                if needed.before.is_some() {
                    let is_enough = needed.plan.goal.fulfils(goal) == Some(true)
                        || needed.finding.as_ref().is_some_and(|there| goal.is_reached(there));
                    prop_assert!(is_enough, "{:?} {:?}", needed.plan.goal, goal);
                }
            }
        }
    }
}
