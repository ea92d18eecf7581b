//! "Latest" where the computer itself says what it can get.

use super::*;
use crate::catalogue::software::{
    Package, RepairStrategy, RepairStrategyChosen, ScriptRole, SoftwareEvent, SoftwareScriptSet,
    UpgradeStrategy, UpgradeStrategyChosen,
};
use crate::kernel::digest::Sha256Digest;
use crate::maintenance::session::{Availability, LatestFound};

/// A software without versions, whose scripts are for whichever one the computer can get.
fn asks(more: &[SoftwareEvent]) -> Software {
    let set = |role: ScriptRole| SoftwareScriptSet {
        role,
        script: catalogue::script(role.phrase()),
    };
    let roles = [
        ScriptRole::Available,
        ScriptRole::Install,
        ScriptRole::Uninstall,
    ];
    let scripts = roles.map(|role| SoftwareEvent::from(set(role)));
    std::iter::once(catalogue::created())
        .chain(scripts)
        .chain(more.iter().cloned())
        .fold(Software::default(), |state, event| state.evolve(&event))
}

fn play(desired: DesiredState, more: &[SoftwareEvent]) -> Play {
    let mut play = Play::of(desired);
    let id = SoftwareId(id(READER));
    play.surroundings.catalogue = Arc::new(BTreeMap::from([(id, Arc::new(asks(more)))]));
    play
}

/// The versions for which these ran, each as `purpose version`.
fn ran(play: &Play) -> Vec<String> {
    let of = |run: &RunId| {
        let run = &play.session.runs[run];
        let version = run.job.version().map(ToString::to_string);
        format!("{} {}", run.purpose.name(), version.unwrap_or_default())
    };
    play.session.actions[0].runs.iter().map(of).collect()
}

fn message(play: &Play) -> &str {
    match &play.session.actions[0].progress {
        ActionProgress::Completed { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_computer_can_get_is_asked_once_and_installed() {
    let mut play = play(DesiredState::InstalledLatest, &[]);
    play.looks(RunPurpose::Detect, "");
    play.looks(RunPurpose::Available, "1:9.2-1+b2");
    let events = play.advance();
    let version = catalogue::version("1:9.2-1+b2");
    let available = Availability::Version {
        version: version.clone(),
        package: None,
    };
    let action = play.session.actions[0].plan.action;
    assert_eq!(events[0], LatestFound { action, available }.into());
    assert_eq!(play.session.actions[0].plan.goal.version, Some(version));
    play.looks(RunPurpose::Recheck, "");
    play.looks(RunPurpose::Install, "");
    play.looks(RunPurpose::Verify, "1:9.2-1+b2");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Install),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
    let runs = [
        "detect ",
        "available ",
        "recheck ",
        "install 1:9.2-1+b2",
        "verify ",
    ];
    assert_eq!(ran(&play), runs);
}

#[test]
fn what_is_there_is_updated_removed_and_mended_by_the_softwares_own_scripts() {
    let update = |strategy| {
        let mut play = play(
            DesiredState::UpdateIfFound,
            &[UpgradeStrategyChosen { strategy }.into()],
        );
        play.looks(RunPurpose::Detect, "8");
        play.looks(RunPurpose::Available, "9");
        play.looks(RunPurpose::Recheck, "8.1");
        play
    };
    let mut over = update(UpgradeStrategy::InstallOver);
    over.looks(RunPurpose::Install, "");
    assert_eq!(ran(&over).last().unwrap(), "install 9");
    let mut anew = update(UpgradeStrategy::UninstallThenInstall);
    anew.looks(RunPurpose::Uninstall, "");
    anew.looks(RunPurpose::Install, "");
    let runs = ran(&anew);
    assert_eq!(runs[runs.len() - 2..], ["uninstall 8.1", "install 9"]);

    let mut gone = play(DesiredState::Uninstalled, &[]);
    gone.looks(RunPurpose::Detect, "8");
    gone.looks(RunPurpose::Recheck, "8");
    gone.looks(RunPurpose::Uninstall, "");
    assert_eq!(
        ran(&gone).last().unwrap(),
        "uninstall 8",
        "and it was not asked"
    );

    let test = SoftwareScriptSet {
        role: ScriptRole::Test,
        script: catalogue::script("test"),
    };
    let strategy = RepairStrategy::InstallOver;
    let more = [test.into(), RepairStrategyChosen { strategy }.into()];
    let mut mended = play(DesiredState::InstalledLatest, &more);
    mended.looks(RunPurpose::Detect, "9");
    mended.looks(RunPurpose::Available, "9");
    mended.looks(RunPurpose::Test, "false");
    mended.looks(RunPurpose::Recheck, "9");
    mended.looks(RunPurpose::Test, "false");
    mended.looks(RunPurpose::Install, "");
    assert_eq!(ran(&mended).last().unwrap(), "install 9");
}

#[test]
fn an_exact_version_needs_no_question() {
    let desired = DesiredState::InstalledExactly(catalogue::version("7"));
    let mut play = play(desired, &[]);
    play.looks(RunPurpose::Detect, "9");
    play.looks(RunPurpose::Recheck, "9");
    play.looks(RunPurpose::Uninstall, "");
    play.looks(RunPurpose::Install, "");
    assert_eq!(
        ran(&play),
        ["detect ", "recheck ", "uninstall 9", "install 7"]
    );
}

#[test]
fn where_nothing_is_to_be_brought_nobody_asks_what_there_is() {
    let mut play = play(DesiredState::UpdateIfFound, &[]);
    play.looks(RunPurpose::Detect, "");
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Compliant,
        ),
    );
    assert_eq!(ran(&play), ["detect "]);
}

#[test]
fn a_computer_that_can_get_nothing_says_so_and_one_that_does_not_say_it_is_not_compliant() {
    let mut none = play(DesiredState::InstalledLatest, &[]);
    none.looks(RunPurpose::Detect, "");
    none.looks(RunPurpose::Available, "");
    none.ends(
        Ending::Failed,
        (
            Some(ActionType::NoAction),
            Verdict::Failed,
            ResultReason::NoApplicableVersion,
        ),
    );
    assert!(message(&none).contains("this computer can get no version of Reader"));

    for (outcome, said) in [
        (RunOutcome::Exited { code: 100 }, ""),
        (RunOutcome::Exited { code: 0 }, "(none)"),
    ] {
        let mut unclear = play(DesiredState::UpdateIfFound, &[]);
        unclear.looks(RunPurpose::Detect, "8");
        unclear.run(RunPurpose::Available, outcome, said);
        unclear.ends(
            Ending::Failed,
            (None, Verdict::Failed, ResultReason::AvailabilityUnclear),
        );
        let message = message(&unclear);
        assert!(message.starts_with("the availability script "), "{message}");
    }
}

#[test]
fn the_file_that_was_named_comes_with_the_installation_and_with_nothing_else() {
    let mut play = play(DesiredState::InstalledLatest, &[]);
    play.looks(RunPurpose::Detect, "");
    let sha256 = Sha256Digest::of(b"7z");
    let said = format!(
        r#"{{"version":"9","url":"https://example.com/7z.msi","sha256":"{sha256}","size":12}}"#
    );
    play.looks(RunPurpose::Available, &said);
    play.looks(RunPurpose::Recheck, "");
    play.advance();
    let (_, install) = play.session.open_runs().next().unwrap();
    let package: &Package = install.job.package().unwrap();
    assert_eq!(
        (package.file_name.as_str(), package.sha256, package.size),
        ("7z.msi", sha256, Some(12))
    );
    let runs = play.session.actions[0].runs.iter();
    let with = runs.filter(|run| play.session.runs[*run].job.package().is_some());
    assert_eq!(with.count(), 1);
}
