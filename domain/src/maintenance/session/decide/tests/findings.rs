//! What an answer is taken for.

use super::bounds::many;
use super::*;
use crate::catalogue::program::{
    FoundPrograms, InstalledProgram, ProgramMatch, ProgramSign, ProgramSource,
};
use crate::catalogue::script::ScriptTimeout;
use crate::catalogue::software::DetectionChanged;
use crate::kernel::name::Name;
use crate::maintenance::session::RunResult;

/// Each of these was once taken for a version, and something was done because of it.
#[test]
fn an_answer_that_is_no_version_alone_is_known_to_say_nothing() {
    for answer in [
        "23.1 (64-bit)",
        "OpenSSL 3.0.11 19 Sep 2023",
        "tool-1.2.4",
        "Version:25.0",
        "lookup failed with 404",
        "1.0\n2.0",
        "looking...\n2.0",
        "2.0\u{0}",
        // Of what was cut the end alone is known.
        &format!("{}2.0", " ".repeat(RUN_TAIL_BYTES - 3)),
    ] {
        for desired in [DesiredState::InstalledLatest, DesiredState::Uninstalled] {
            let mut play = Play::of(desired);
            play.looks(RunPurpose::Detect, answer);
            play.ends(
                Ending::Failed,
                (None, Verdict::Failed, ResultReason::DetectionFailed),
            );
            let ActionProgress::Completed { message, .. } = &play.session.actions[0].progress
            else {
                panic!("it is completed");
            };
            let told = match answer.len() {
                RUN_TAIL_BYTES => "much more than a version".to_owned(),
                _ => format!("{:?}", answer.trim().replace(char::is_control, " ")),
            };
            assert!(message.contains(&told), "{message}");
        }
    }
}

#[test]
fn a_beta_of_what_is_wanted_is_not_there_yet() {
    for before in ["2.0b9", "2.0a1", "2.0rc1"] {
        let mut play = Play::of(DesiredState::InstalledLatest);
        play.looks(RunPurpose::Detect, before);
        play.looks(RunPurpose::Recheck, before);
        play.looks(RunPurpose::Upgrade, "");
        play.looks(RunPurpose::Verify, "\u{feff}v2.0");
        play.ends(
            Ending::Passed,
            (
                Some(ActionType::Update),
                Verdict::Success,
                ResultReason::Verified,
            ),
        );
    }
}

#[test]
fn a_failed_detection_is_never_taken_for_absence() {
    for (outcome, stdout) in [
        (RunOutcome::Exited { code: 1 }, ""),
        (RunOutcome::Exited { code: 0 }, "not installed"),
        (RunOutcome::Signalled { signal: 9 }, "2.0"),
    ] {
        let mut play = Play::of(DesiredState::InstalledLatest);
        play.run(RunPurpose::Detect, outcome, stdout);
        play.ends(
            Ending::Failed,
            (None, Verdict::Failed, ResultReason::DetectionFailed),
        );
    }
}

#[test]
fn a_session_has_seen_of_each_item_what_was_found_of_it_and_of_others_nothing() {
    let mut play = many(2, &DesiredState::InstalledLatest, "all computers");
    play.advance();
    let asked = play.session.open_runs();
    let asked: Vec<_> = asked.map(|(run, of)| (run, of.item.unwrap())).collect();
    let [(first, one), (second, other)] = asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(play.session.seen(one), None, "nobody looked yet");
    for (run, stdout) in [(first, "1.0"), (second, "")] {
        let report = RunReport {
            stdout_tail: stdout.into(),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        };
        play.tell(SessionCommand::run_ended(AgentId(id(AGENT)), run, report));
    }
    play.advance();
    let old = Finding::from(Version::new("1.0").unwrap());
    assert_eq!(play.session.seen(one), Some(&old));
    assert_eq!(play.session.seen(other), Some(&Finding::Absent));
    let unplanned = MaintenanceItem::Software(SoftwareId(id(READER)));
    assert_eq!(play.session.seen(unplanned), None);
}

/// A software that is told among the installed programs.
fn by_program(play: &mut Play) {
    let name = Name::new("reader").unwrap();
    let program = ProgramMatch::new(vec![ProgramSign::Package { name }]).unwrap();
    let detection = program.into();
    let changed = DetectionChanged { detection }.into();
    let software = reader(&["1.0", "2.0"]).evolve(&changed);
    let id = SoftwareId(id(READER));
    play.surroundings.catalogue = Arc::new(BTreeMap::from([(id, Arc::new(software))]));
}

/// Answers the look that was just asked for.
fn lists(play: &mut Play, purpose: RunPurpose, versions: &[&str]) {
    play.advance();
    let (run, asked) = play.session.open_runs().next().expect("a run is open");
    assert_eq!(asked.purpose, purpose);
    assert!(asked.job.program().is_some() && asked.job.script().is_none());
    assert_eq!(asked.timeout, ScriptTimeout::DETECTION);
    let programs = versions.iter().map(|version| InstalledProgram {
        name: "reader".into(),
        publisher: None,
        version: Some((*version).to_owned()),
        product_code: None,
        source: ProgramSource::Dpkg,
        scope: None,
        architecture: None,
    });
    let found = FoundPrograms {
        programs: programs.collect(),
        program_count: versions.len() as u64,
    };
    let report = RunReport {
        result: Some(RunResult::Programs(found)),
        ..RunReport::without_output(RunOutcome::Exited { code: 0 })
    };
    let (agent, run) = (AgentId(id(AGENT)), run);
    play.tell(SessionCommand::run_ended(agent, run, report));
}

#[test]
fn what_is_told_by_installed_programs_is_brought_about_and_looked_for_again() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    by_program(&mut play);
    lists(&mut play, RunPurpose::Detect, &[]);
    lists(&mut play, RunPurpose::Recheck, &["1.0"]);
    play.looks(RunPurpose::Upgrade, "");
    lists(&mut play, RunPurpose::Verify, &["1.0", "2.0"]);
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::Install),
            Verdict::Success,
            ResultReason::Verified,
        ),
    );
}

#[test]
fn an_installed_program_without_a_version_is_never_taken_for_absence() {
    for desired in [DesiredState::InstalledLatest, DesiredState::Uninstalled] {
        let mut play = Play::of(desired);
        by_program(&mut play);
        lists(&mut play, RunPurpose::Detect, &["2.0", "unknown"]);
        play.ends(
            Ending::Failed,
            (None, Verdict::Failed, ResultReason::DetectionFailed),
        );
    }
}
