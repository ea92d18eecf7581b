//! Whatever people write, in whatever order: what was accepted has no circle, no chain that is too long, and nothing that
//! contradicts itself; and what indexes say is what a look at everything says.

use super::*;
use proptest::prelude::*;

fn says() -> impl Strategy<Value = Prerequisite> {
    let then = (1..=7_u128, 0..4_u8).prop_map(|(n, kind)| match kind {
        0 | 1 => install(n),
        2 => uninstall(n),
        _ => exactly(n, "1.0"),
    });
    let conditions = (0..4_u8, 1..=7_u128).prop_map(|(kind, n)| match kind {
        0 | 1 => Conditions::always(),
        2 => missing(n),
        _ => there(n),
    });
    (1..=7_u128, conditions, then).prop_map(|(of, on, then)| when(of, on, then))
}

/// Added, changed or removed.
fn commands() -> impl Strategy<Value = Vec<PrerequisiteCommand>> {
    let one = (0..4_u8, 0..12_u128, says()).prop_map(|(kind, n, says)| match kind {
        0 | 1 => add(n, says),
        2 => say(n, says.then),
        _ => PrerequisiteCommand::Remove {
            prerequisite: prerequisite(n),
        },
    });
    proptest::collection::vec(one, 0..60)
}

fn reaches(state: &Prerequisites, from: SoftwareId, to: SoftwareId, steps: usize) -> bool {
    let needed = state
        .of(from)
        .filter_map(|(_, _, says)| says.then.installs());
    steps > 0
        && needed
            .into_iter()
            .any(|next| next == to || reaches(state, next, to, steps - 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_accepted_holds_together(commands in commands()) {
        let context = Context {
            actor: crate::kernel::metadata::Actor::Operator,
            now: crate::kernel::harness::noon(),
            command_id: crate::kernel::ids::CommandId(id(1)),
        };
        let mut state = Prerequisites::default();
        for command in commands {
            if let Ok(events) = state.decide(command, &context) {
                state = events.iter().fold(state, Prerequisites::evolve);
            }
        }
        for (_, id, says) in state.iter() {
            prop_assert!(!reaches(&state, says.of, says.of, 8), "a circle at {says:?}");
            for (_, other_id, other) in state.iter() {
                prop_assert!(id == other_id || !says.contradicts(other), "{says:?} {other:?}");
            }
        }
        for n in 1..=7 {
            let of = state.of(software(n)).map(|(number, ..)| number);
            let all = state.iter().filter(|(_, _, says)| says.of == software(n));
            prop_assert!(of.eq(all.map(|(number, ..)| number)));
            let naming = state.naming(software(n)).map(|(number, ..)| number);
            let all = state.iter().filter(|(_, _, says)| {
                says.of != software(n) && says.names().any(|named| named == software(n))
            });
            prop_assert!(naming.eq(all.map(|(number, ..)| number)));
        }
    }
}
