//! What is done about an item, and what comes of it.

use super::*;
use crate::catalogue::software::{
    ExitCodes, ExitCodesChosen, RepairStrategy, RepairStrategyChosen, ScriptRole, SoftwareEvent,
    SoftwareScriptSet, UpgradeStrategy, UpgradeStrategyChosen,
};

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

fn with(more: &[SoftwareEvent], desired: DesiredState) -> Play {
    let mut play = Play::of(desired);
    let software = more.iter().fold(reader(&["1.0", "2.0"]), Software::evolve);
    let software = BTreeMap::from([(SoftwareId(id(READER)), Arc::new(software))]);
    play.surroundings.catalogue = Arc::new(software);
    play
}

fn set(role: ScriptRole) -> SoftwareEvent {
    let script = catalogue::script(role.phrase());
    SoftwareScriptSet { role, script }.into()
}

fn mended_by(strategy: RepairStrategy) -> SoftwareEvent {
    RepairStrategyChosen { strategy }.into()
}

#[test]
fn what_is_there_and_does_not_work_is_repaired_and_tested_again() {
    let more = [
        set(ScriptRole::Test),
        set(ScriptRole::Repair),
        mended_by(RepairStrategy::RepairScript),
    ];
    let mut play = with(&more, DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "2.0");
    play.looks(RunPurpose::Test, "it does not answer\nFalse\r\n");
    play.looks(RunPurpose::Recheck, "2.0");
    play.looks(RunPurpose::Repair, "");
    play.looks(RunPurpose::Verify, "2.0");
    play.looks(RunPurpose::Retest, "true");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Repair),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
}

#[test]
fn what_works_is_left_as_it_is() {
    let mut play = with(&[set(ScriptRole::Test)], DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "2.0");
    play.looks(RunPurpose::Test, "true");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Compliant,
        ),
    );
}

#[test]
fn what_stays_broken_is_never_called_compliant() {
    let broken = || {
        let mut play = with(&[set(ScriptRole::Test)], DesiredState::InstalledLatest);
        play.looks(RunPurpose::Detect, "2.0");
        play.looks(RunPurpose::Test, "false");
        play.looks(RunPurpose::Recheck, "2.0");
        play
    };
    let mut play = broken();
    play.ends(
        Ending::Failed,
        (
            Some(ActionType::Repair),
            Verdict::Failed,
            ResultReason::RepairForbidden,
        ),
    );
    let version = Version::new("2.0").unwrap();
    assert_eq!(
        play.session.actions[0].finding,
        Some(Finding::Broken { version })
    );
}

#[test]
fn a_test_that_says_neither_yes_nor_no_fails_the_action() {
    for answer in ["", "ok", "true\nall is well", "1"] {
        let mut play = with(&[set(ScriptRole::Test)], DesiredState::InstalledLatest);
        play.looks(RunPurpose::Detect, "2.0");
        play.looks(RunPurpose::Test, answer);
        play.ends(
            Ending::Failed,
            (None, Verdict::Failed, ResultReason::TestUnclear),
        );
    }
}

#[test]
fn nothing_is_tested_that_is_not_wanted_or_not_there() {
    let mut play = with(&[set(ScriptRole::Test)], DesiredState::UpdateIfFound);
    play.looks(RunPurpose::Detect, "");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Compliant,
        ),
    );
}

#[test]
fn an_update_that_is_due_and_forbidden_fails_and_says_so() {
    let strategy = UpgradeStrategy::Never;
    let more = [UpgradeStrategyChosen { strategy }.into()];
    let mut play = with(&more, DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "1.0");
    play.looks(RunPurpose::Recheck, "1.0");
    play.ends(
        Ending::Failed,
        (
            Some(ActionType::Update),
            Verdict::Failed,
            ResultReason::UpgradeForbidden,
        ),
    );
}

#[test]
fn an_exit_code_means_what_its_software_says() {
    let exit_codes = ExitCodes::new([7].into(), [3010].into()).unwrap();
    let codes: SoftwareEvent = ExitCodesChosen { exit_codes }.into();
    for (code, says) in [(7, false), (3010, true)] {
        let mut play = with(std::slice::from_ref(&codes), DesiredState::InstalledLatest);
        play.looks(RunPurpose::Detect, "");
        play.looks(RunPurpose::Recheck, "");
        play.run(RunPurpose::Install, RunOutcome::Exited { code }, "");
        play.looks(RunPurpose::Verify, "2.0");
        play.advance();
        let ActionProgress::Completed {
            verdict, message, ..
        } = &play.session.actions[0].progress
        else {
            panic!("the action is completed");
        };
        assert_eq!(*verdict, Verdict::Success, "{message}");
        assert_eq!(message.contains("has to be restarted"), says, "{message}");
    }
    let mut play = with(&[codes], DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "");
    play.looks(RunPurpose::Recheck, "");
    play.run(RunPurpose::Install, RunOutcome::Exited { code: 8 }, "");
    play.ends(
        Ending::Failed,
        (
            Some(ActionType::Install),
            Verdict::Failed,
            ResultReason::ScriptFailed,
        ),
    );
}

#[test]
fn what_was_removed_to_be_replaced_and_did_not_come_back_is_no_success() {
    let strategy = UpgradeStrategy::UninstallThenInstall;
    let more = [UpgradeStrategyChosen { strategy }.into()];
    let mut play = with(&more, DesiredState::UpdateIfFound);
    play.looks(RunPurpose::Detect, "1.0");
    play.looks(RunPurpose::Recheck, "1.0");
    play.looks(RunPurpose::Uninstall, "");
    play.looks(RunPurpose::Install, "");
    play.looks(RunPurpose::Verify, "");
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
fn a_byte_order_mark_is_no_part_of_a_verdict() {
    let mut play = with(&[set(ScriptRole::Test)], DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "2.0");
    play.looks(RunPurpose::Test, "\u{feff}True\r\n");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Compliant,
        ),
    );
}
