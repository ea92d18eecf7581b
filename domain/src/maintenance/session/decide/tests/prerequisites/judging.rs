//! Whether a prerequisite applies, judged by what is there.

use super::*;

#[test]
fn a_condition_that_holds_brings_something_and_one_that_does_not_does_not() {
    let needs = || {
        [
            when(1, missing(3), install(2)),
            when(1, there(5), install(4)),
        ]
    };
    let played = Computer::new([wanted(1)], needs()).play();
    assert_eq!(played.changes(), ["install B 2.0", "install A 2.0"]);
    assert_eq!(played.ending(), Ending::Passed);
    assert_eq!(played.reason(4), ResultReason::NotNeeded);
    let judged = played.action(1).judged.clone().unwrap();
    let judgements: Vec<_> = judged.iter().map(|of| of.judgement).collect();
    assert_eq!(judgements, [Judgement::Holds, Judgement::DoesNotHold]);
    assert_eq!(judged[0].seen[0].finding, Some(Finding::Absent));
    let other = Computer::new([wanted(1)], needs())
        .has(3, "1")
        .has(5, "1")
        .play();
    assert_eq!(other.changes(), ["install D 2.0", "install A 2.0"]);
}

#[test]
fn what_conditions_name_is_looked_at_once() {
    let needs = [
        when(1, missing(3), install(3)),
        when(2, missing(3), install(4)),
        when(1, there(5), install(4)),
    ];
    let played = Computer::new([wanted(1), wanted(2), wanted(5)], needs).play();
    let looks = |name: &str| {
        let look = format!("detect {name}");
        played.told.iter().filter(|told| **told == look).count()
    };
    assert_eq!([looks("C"), looks("E"), looks("D")], [1, 1, 1]);
    assert_eq!(
        played.changes(),
        [
            "install C 2.0",
            "install D 2.0",
            "install A 2.0",
            "install B 2.0",
            "install E 2.0"
        ]
        .into_iter()
        .collect::<Vec<_>>()
        .as_slice()
    );
}

#[test]
fn what_has_nothing_to_do_needs_nothing_and_nothing_is_looked_at_for_it() {
    let needs = || [when(1, missing(3), install(2)), always(1, install(4))];
    let played = Computer::new([wanted(1)], needs()).has(1, "2.0").play();
    assert_eq!(played.told, ["detect A"]);
    assert_eq!(played.ending(), Ending::Passed);
    for n in [2, 4] {
        assert_eq!(played.reason(n), ResultReason::NotNeeded);
        assert!(played.message(n).starts_with("nothing here needs it"));
    }
    let update = winner(1, DesiredState::UpdateIfFound);
    let absent = Computer::new([update], needs()).play();
    assert_eq!(
        absent.told,
        ["detect A"],
        "nothing is done where it is missing"
    );
}

#[test]
fn who_could_not_look_does_not_say_that_nothing_is_there() {
    let needs = [when(1, missing(3), install(2))];
    let played = Computer::new([wanted(1)], needs)
        .fails(3, RunPurpose::Detect)
        .play();
    assert!(played.changes().is_empty(), "{:?}", played.told);
    assert_eq!(played.reason(1), ResultReason::PrerequisiteFailed);
    assert_eq!(
        played.message(1),
        "whether a prerequisite applies is not known, because a look that it depends on told nothing: if C is not installed, \
         install B"
    );
    assert_eq!(played.ending(), Ending::Failed);
}

#[test]
fn a_prerequisite_that_fails_fails_with_its_message_where_it_applies() {
    let needs = || {
        [
            always(1, install(2)),
            when(1, there(3), fail("C and A fight")),
        ]
    };
    let played = Computer::new([wanted(1)], needs()).has(3, "1.0").play();
    assert!(
        played.changes().is_empty(),
        "not even what it needs is brought"
    );
    assert_eq!(played.reason(1), ResultReason::PrerequisiteForbids);
    assert_eq!(played.message(1), "C and A fight");
    assert_eq!(played.reason(2), ResultReason::NotNeeded);
    assert_eq!(played.ending(), Ending::Failed);
    let fine = Computer::new([wanted(1)], needs()).play();
    assert_eq!(fine.ending(), Ending::Passed);
}

#[test]
fn what_is_left_alone_is_enough_where_it_is_there_and_fails_where_it_is_not() {
    let play = |installed: Option<&str>| {
        let ignored = winner(2, DesiredState::Ignored);
        let computer = Computer::new([wanted(1), ignored], [always(1, at_least(2, "2"))]);
        match installed {
            Some(text) => computer.has(2, text).play(),
            None => computer.play(),
        }
    };
    assert_eq!(play(Some("2.5")).changes(), ["install A 2.0"]);
    for installed in [None, Some("1.0")] {
        let played = play(installed);
        assert!(played.changes().is_empty());
        assert_eq!(played.reason(1), ResultReason::PrerequisiteContradicted);
        assert_eq!(played.reason(2), ResultReason::Ignored);
    }
    assert_eq!(
        play(None).message(1),
        "B is needed installed in version 2 or newer first, and a deployment leaves it as it is: it is not there"
    );
}

#[test]
fn what_is_only_updated_where_it_is_found_is_installed_where_it_is_needed() {
    let update = || winner(2, DesiredState::UpdateIfFound);
    let needs = || [when(1, missing(2), install(2))];
    for winners in [[wanted(1), update()], [update(), wanted(1)]] {
        let played = Computer::new(winners, needs()).play();
        assert_eq!(played.changes(), ["install B 2.0", "install A 2.0"]);
        assert_eq!(
            played.action(2).plan.goal.desired,
            DesiredState::InstalledLatest
        );
    }
    let compliant = Computer::new([wanted(1), update()], needs())
        .has(1, "2.0")
        .play();
    assert!(compliant.changes().is_empty(), "nothing needs it");
    assert_eq!(compliant.reason(2), ResultReason::Compliant);
}

#[test]
fn what_applies_together_is_brought_together() {
    // Where E is there it has to be the old one, otherwise any.
    let needs = || {
        [
            when(1, missing(5), install(2)),
            when(1, there(5), exactly(2, "1.0")),
        ]
    };
    let with = Computer::new([wanted(1)], needs()).has(5, "1").play();
    assert_eq!(with.changes(), ["install B 1.0", "install A 2.0"]);
    let without = Computer::new([wanted(1)], needs()).play();
    assert_eq!(without.changes(), ["install B 2.0", "install A 2.0"]);
    let two = [always(1, install(3)), always(2, exactly(3, "1.0"))];
    let played = Computer::new([wanted(1), wanted(2)], two).play();
    assert_eq!(
        played.changes(),
        ["install C 1.0", "install A 2.0", "install B 2.0"]
    );
}

#[test]
fn of_two_that_want_different_versions_the_second_one_fails() {
    let needs = [always(1, exactly(3, "1.0")), always(2, exactly(3, "2.0"))];
    let played = Computer::new([wanted(1), wanted(2)], needs).play();
    assert_eq!(played.changes(), ["install C 1.0", "install A 2.0"]);
    assert_eq!(played.reason(2), ResultReason::PrerequisiteContradicted);
    assert_eq!(
        played.message(2),
        "C is needed installed in exactly version 2.0 first, and other software needs it installed in exactly version 1.0"
    );
    assert_eq!(played.ending(), Ending::PartiallyPassed);
}

#[test]
fn a_circle_in_history_fails_with_its_path_and_ends() {
    let circle = [always(1, install(2)), always(2, install(1))];
    let played = Computer::new([wanted(1)], circle).play();
    assert!(played.changes().is_empty());
    assert_eq!(played.reason(2), ResultReason::PrerequisiteCircle);
    assert_eq!(
        played.message(2),
        "a circle: A needs B needs A; remove one of these prerequisites"
    );
    assert_eq!(played.reason(1), ResultReason::PrerequisiteFailed);
    assert_eq!(
        played.message(1),
        "B is needed first, and failed: a circle: A needs B needs A; remove one of these prerequisites"
    );
}

#[test]
fn what_was_needed_by_nothing_is_looked_at_where_a_condition_asks_for_it() {
    // B is there, so that nothing needs C; but whether A needs D depends on C.
    let needs = || [always(2, install(3)), when(1, there(3), install(4))];
    for (has_c, changes) in [
        (false, vec!["install A 2.0"]),
        (true, vec!["install D 2.0", "install A 2.0"]),
    ] {
        let mut computer = Computer::new([wanted(1), wanted(2)], needs()).has(2, "2.0");
        if has_c {
            computer = computer.has(3, "2.0");
        }
        let played = computer.play();
        assert_eq!(played.reason(1), ResultReason::Verified);
        assert_eq!(played.changes(), changes);
    }
}
