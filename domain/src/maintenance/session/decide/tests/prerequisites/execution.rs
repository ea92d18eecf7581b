//! What is carried out, and what is not.

use super::*;
use crate::rules::prerequisite::VersionRange;

#[test]
fn two_levels_are_brought_and_proven_before_and_looked_at_once_more_behind() {
    let needs = [always(1, install(2)), always(2, install(3))];
    let played = Computer::new([wanted(1)], needs).play();
    assert_eq!(played.order(), "C B A");
    let (before, behind) = played.told.split_at(11);
    assert_eq!(
        before.join(", "),
        "detect A, detect B, detect C, recheck C, install C 2.0, verify C, recheck B, install B 2.0, verify B, recheck A, \
         install A 2.0"
    );
    // Those look at the same time.
    let behind: BTreeSet<_> = behind.iter().map(String::as_str).collect();
    assert_eq!(behind, BTreeSet::from(["verify A", "verify B", "verify C"]));
    assert_eq!(played.ending(), Ending::Passed);
}

#[test]
fn what_a_failed_prerequisite_was_for_is_not_carried_out() {
    let needs = || [always(1, install(2)), always(2, install(3))];
    let played = Computer::new([wanted(1), wanted(9)], needs())
        .fails(3, RunPurpose::Install)
        .play();
    assert_eq!(played.changes(), ["install C 2.0", "install I 2.0"]);
    assert_eq!(played.reason(3), ResultReason::ScriptFailed);
    for n in [1, 2] {
        assert_eq!(played.reason(n), ResultReason::PrerequisiteFailed);
    }
    assert_eq!(
        played.message(1),
        "B is needed first, and failed: C is needed first, and failed: the install script ended with exit code 1"
    );
    assert_eq!(played.ending(), Ending::PartiallyPassed);
}

#[test]
fn nothing_is_built_on_what_only_seems_to_be_there() {
    let mut computer = Computer::new([wanted(1)], [always(1, install(2))]);
    // The script ends well and installs nothing.
    while computer.told.last().map(String::as_str) != Some("install B 2.0") {
        computer.advance();
        computer.answer();
    }
    computer.installed.remove(&software(2));
    let played = computer.play();
    assert_eq!(played.reason(2), ResultReason::VerificationFailed);
    assert_eq!(played.reason(1), ResultReason::PrerequisiteFailed);
    assert_eq!(played.changes(), ["install B 2.0"]);
}

#[test]
fn a_prerequisite_that_its_dependent_undid_has_failed() {
    let mut computer = Computer::new([wanted(1)], [always(1, install(2))]);
    while computer.told.last().map(String::as_str) != Some("install A 2.0") {
        computer.advance();
        computer.answer();
    }
    computer.installed.remove(&software(2));
    let played = computer.play();
    assert_eq!(played.reason(2), ResultReason::VerificationFailed);
    assert_eq!(played.reason(1), ResultReason::Verified);
    assert_eq!(played.ending(), Ending::PartiallyPassed);
}

#[test]
fn what_is_to_be_gone_goes_first() {
    let played = Computer::new([wanted(1)], [always(1, uninstall(2))])
        .has(2, "1.0")
        .play();
    assert_eq!(played.changes(), ["uninstall B 1.0", "install A 2.0"]);
    let gone = Computer::new([wanted(1)], [always(1, uninstall(2))]).play();
    assert_eq!(gone.changes(), ["install A 2.0"]);
    assert_eq!(gone.reason(2), ResultReason::Compliant);
}

#[test]
fn what_is_there_already_is_not_touched() {
    let played = Computer::new([wanted(1)], [always(1, at_least(2, "1.5"))])
        .has(2, "1.7")
        .play();
    assert_eq!(played.changes(), ["install A 2.0"]);
    assert_eq!(played.reason(2), ResultReason::Compliant);
    let old = Computer::new([wanted(1)], [always(1, at_least(2, "1.5"))])
        .has(2, "1.0")
        .play();
    assert_eq!(old.changes(), ["upgrade B 2.0", "install A 2.0"]);
}

#[test]
fn a_server_that_goes_on_from_the_events_does_what_the_first_one_would_have() {
    let needs = || {
        [
            when(1, missing(4), install(2)),
            always(2, install(3)),
            always(5, install(3)),
        ]
    };
    let whole = Computer::new([wanted(1), wanted(5)], needs()).play();
    for steps in 0..whole.told.len() {
        let mut first = Computer::new([wanted(1), wanted(5)], needs());
        for _ in 0..steps {
            first.advance();
            first.answer();
        }
        // What it knew besides the events is gone; the rules have changed meanwhile.
        first.surroundings.winners = (steps == 0).then(|| vec![wanted(1), wanted(5)]);
        if steps > 0 {
            first.surroundings.prerequisites = Prerequisites::default();
        }
        assert_eq!(first.play().told, whole.told, "after {steps} runs");
    }
}

#[test]
fn what_asks_its_computer_is_brought_in_the_version_that_there_is() {
    let played = Computer::new([wanted(1)], [always(1, install(2))])
        .gets(2, "4")
        .play();
    assert_eq!(played.changes(), ["install B 4", "install A 2.0"]);
    assert_eq!(played.ending(), Ending::Passed);
    // One that is enough is not asked for.
    let played = Computer::new([wanted(1)], [always(1, at_least(2, "3"))])
        .gets(2, "4")
        .has(2, "3.5")
        .play();
    assert_eq!(played.changes(), ["install A 2.0"]);
    assert!(!played.told.contains(&"available B".to_owned()));
}

#[test]
fn what_a_version_needs_is_known_once_the_computer_said_which_one_it_is() {
    let from_five = VersionRange::AtLeast {
        version: version("5"),
    };
    let needs = || {
        [Prerequisite {
            versions: from_five.clone(),
            ..always(1, fail("not here"))
        }]
    };
    for (available, reason) in [
        ("5.1", ResultReason::PrerequisiteForbids),
        ("4.9", ResultReason::Verified),
    ] {
        let played = Computer::new([wanted(1)], needs())
            .gets(1, available)
            .play();
        assert_eq!(played.reason(1), reason, "{available}");
    }
}

#[test]
fn nothing_is_built_on_an_older_version_than_is_needed() {
    let needs = || [always(1, at_least(2, "1.5"))];
    for winners in [vec![wanted(1)], vec![wanted(1), wanted(2)]] {
        let played = Computer::new(winners, needs()).gets(2, "1.2").play();
        assert_ne!(played.reason(1), ResultReason::Verified);
        assert!(!played.changes().contains(&"install A 2.0"));
    }
    let played = Computer::new([wanted(1), wanted(2)], needs())
        .gets(2, "1.2")
        .play();
    assert_eq!(played.reason(1), ResultReason::PrerequisiteContradicted);
    assert_eq!(
        played.message(1),
        "B is needed installed in version 1.5 or newer first, and this computer can get no such version of it"
    );
}

#[test]
fn a_session_about_one_item_brings_what_it_needs_in_the_version_that_a_deployment_wants() {
    let exactly = DesiredState::InstalledExactly(version("1.0"));
    for there in [None, Some("1.0")] {
        let winners = [wanted(1), winner(2, exactly.clone())];
        let mut computer = Computer::new(winners, [always(1, install(2))]).about(1);
        if let Some(there) = there {
            computer = computer.has(2, there);
        }
        let played = computer.play();
        assert_eq!(played.installed[&software(2)], version("1.0"));
        assert_eq!(played.reason(1), ResultReason::Verified);
    }
}

#[test]
fn what_nothing_needs_any_more_is_not_brought() {
    // D comes first and has C in another version than A wants: A is given up when that is judged, and what only A needs with it.
    let needs = [
        always(1, install(2)),
        always(1, exactly(3, "1.0")),
        always(4, exactly(3, "2.0")),
    ];
    let mut computer = Computer::new([wanted(4), wanted(1)], needs);
    let is_other = |known: SoftwareId| known != software(4);
    while !computer.advance().is_empty() || computer.answer_of(is_other).is_some() {}
    assert!(matches!(
        computer.action(2).progress,
        ActionProgress::Assessed { .. }
    ));
    let played = computer.play();
    assert_eq!(played.reason(1), ResultReason::PrerequisiteContradicted);
    assert_eq!(played.reason(2), ResultReason::NotNeeded);
    assert_eq!(played.changes(), ["install C 2.0", "install D 2.0"]);
}
