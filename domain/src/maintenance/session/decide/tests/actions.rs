//! What is done about an item, and what comes of it.

use super::*;

#[test]
fn what_is_missing_is_installed_after_a_second_look_and_verified() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "");
    play.looks(RunPurpose::Recheck, "");
    play.looks(RunPurpose::Install, "done");
    play.looks(RunPurpose::Verify, " 2.0\r\n");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Install),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
    let action = &play.session.actions[0];
    assert_eq!(
        action.plan.because,
        "Reader should be installed in the latest version, 2.0 because of the deployment for all computers of Contoso"
    );
    assert_eq!(action.finding, Some(Version::new("2.0").unwrap().into()));
    assert_eq!(action.before, Some(Finding::Absent));
}

#[test]
fn what_is_old_is_upgraded_by_the_upgrade_script() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "1.0");
    play.looks(RunPurpose::Recheck, "1.0");
    play.looks(RunPurpose::Upgrade, "");
    play.looks(RunPurpose::Verify, "2.0");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Update),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
}

#[test]
fn a_downgrade_removes_the_newer_version_first() {
    let mut play = Play::of(DesiredState::InstalledExactly(Version::new("1.0").unwrap()));
    play.looks(RunPurpose::Detect, "2.0");
    play.looks(RunPurpose::Recheck, "2.0");
    play.looks(RunPurpose::Uninstall, "");
    play.looks(RunPurpose::Install, "");
    play.looks(RunPurpose::Verify, "1.0");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Downgrade),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
}

#[test]
fn what_must_go_is_uninstalled() {
    let mut play = Play::of(DesiredState::Uninstalled);
    play.looks(RunPurpose::Detect, "1.0");
    play.looks(RunPurpose::Recheck, "1.0");
    play.looks(RunPurpose::Uninstall, "");
    play.looks(RunPurpose::Verify, "");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Uninstall),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
}

#[test]
fn what_is_as_it_should_be_is_not_touched() {
    for (desired, output) in [
        (DesiredState::InstalledLatest, "2.0"),
        (DesiredState::UpdateIfFound, ""),
        (DesiredState::Uninstalled, ""),
    ] {
        let mut play = Play::of(desired);
        play.looks(RunPurpose::Detect, output);
        play.ends(
            Ending::Passed,
            (
                Some(ActionType::NoAction),
                Verdict::Success,
                ResultReason::Compliant,
            ),
        );
    }
}

#[test]
fn what_is_ignored_is_not_even_looked_at() {
    let mut play = Play::of(DesiredState::Ignored);
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Ignored,
        ),
    );
    assert!(play.session.runs.is_empty());
}

#[test]
fn a_computer_that_changed_in_between_is_left_alone() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "");
    play.looks(RunPurpose::Recheck, "2.0");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Install),
            Verdict::Success,
            ResultReason::Compliant,
        ),
    );
}

#[test]
fn each_way_to_fail_has_its_reason() {
    let cases = [
        (RunOutcome::Exited { code: 3 }, ResultReason::ScriptFailed),
        (RunOutcome::TimedOut, ResultReason::ScriptTimedOut),
        (RunOutcome::Interrupted, ResultReason::OutcomeUnknown),
        (RunOutcome::Lost, ResultReason::DeviceOffline),
        (
            RunOutcome::PackageUnavailable { why: "404".into() },
            ResultReason::PackageUnavailable,
        ),
    ];
    for (outcome, reason) in cases {
        let mut play = Play::of(DesiredState::InstalledLatest);
        play.looks(RunPurpose::Detect, "");
        play.looks(RunPurpose::Recheck, "");
        play.run(RunPurpose::Install, outcome, "");
        play.ends(
            Ending::Failed,
            (Some(ActionType::Install), Verdict::Failed, reason),
        );
    }
}

#[test]
fn an_install_that_changed_nothing_fails_its_verification() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "1.0");
    play.looks(RunPurpose::Recheck, "1.0");
    play.looks(RunPurpose::Upgrade, "");
    play.looks(RunPurpose::Verify, "1.0");
    play.ends(
        Ending::Failed,
        (
            Some(ActionType::Update),
            Verdict::Failed,
            ResultReason::VerificationFailed,
        ),
    );
}

#[test]
fn a_version_that_nobody_published_cannot_be_installed() {
    let mut play = Play::of(DesiredState::InstalledExactly(Version::new("3.0").unwrap()));
    play.looks(RunPurpose::Detect, "2.0");
    play.ends(
        Ending::Failed,
        (
            Some(ActionType::NoAction),
            Verdict::Failed,
            ResultReason::NoApplicableVersion,
        ),
    );
    assert_eq!(
        play.session.actions[0].progress.assessment().map(|a| a.1),
        Some(ActionReason::NoApplicableVersion)
    );
}
