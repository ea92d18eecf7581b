//! Sessions of many actions, and what time means to them.

use super::*;
use crate::kernel::clock_jumps::ClockJumps;
use crate::kernel::decider::EventPayload;
use crate::kernel::limits::{
    MAX_ACTIONS_PER_SESSION, MAX_ADVANCE_BYTES, MAX_EVENTS_PER_ADVANCE, MAX_OPEN_RUNS, RUN_GRACE,
};
use chrono::TimeDelta;

/// An append takes so much, in bytes (`event-store`), the metadata of each event among it.
const APPEND_BYTES: usize = 1024 * 1024;
const METADATA_BYTES: usize = 1024;

/// A session of many winners, each for this target.
pub(super) fn many(count: usize, desired: &DesiredState, target_phrase: &str) -> Play {
    let mut play = Play::of(desired.clone());
    let software = Arc::new(reader(&["1.0", "2.0"]));
    let ids = (0..count).map(|n| SoftwareId(id(READER + 1_000 + n as u128)));
    let ids: Vec<SoftwareId> = ids.collect();
    let catalogue = ids.iter().map(|id| (*id, software.clone()));
    play.surroundings.catalogue = Arc::new(catalogue.collect::<BTreeMap<_, _>>());
    play.surroundings.winners = Some(
        ids.iter()
            .enumerate()
            .map(|(n, software)| Winner {
                item: MaintenanceItem::Software(*software),
                deployment: DeploymentId(id(10_000 + n as u128)),
                desired: desired.clone(),
                target_phrase: target_phrase.into(),
                scope: Scope::CrossTenant,
                parameters: crate::catalogue::parameter::Values::default(),
            })
            .collect(),
    );
    play
}

fn end(play: &mut Play, run: RunId, outcome: RunOutcome, stdout: &str) -> Vec<SessionEvent> {
    let report = RunReport {
        stdout_tail: stdout.into(),
        ..RunReport::without_output(outcome)
    };
    play.tell(SessionCommand::run_ended(AgentId(id(AGENT)), run, report))
}

fn open(play: &Play) -> Vec<RunId> {
    play.session.open_runs().map(|(run, _)| run).collect()
}

fn bytes(events: &[SessionEvent]) -> usize {
    events.iter().map(|e| e.to_json().unwrap().len()).sum()
}

#[test]
fn no_more_runs_wait_at_once_than_an_agent_runs_at_once() {
    let mut play = many(10, &DesiredState::InstalledLatest, "all computers");
    let mut looked = 0;
    play.advance();
    while !open(&play).is_empty() {
        assert!(open(&play).len() <= MAX_OPEN_RUNS);
        if looked == 0 {
            assert_eq!(open(&play).len(), MAX_OPEN_RUNS);
        }
        // Each takes a minute: the last one's time begins when it is asked for, not with the first.
        play.now += Duration::minutes(1);
        let run = open(&play)[0];
        assert!(play.session.runs[&run].deadline > play.now);
        end(&mut play, run, RunOutcome::Exited { code: 0 }, "2.0");
        looked += 1;
        play.advance();
    }
    assert_eq!(looked, 10);
    assert_eq!(play.session.status, Status::Ended(Ending::Passed));
}

#[test]
fn every_step_of_the_largest_session_fits_into_one_append() {
    // Each of its characters takes four bytes, and there is more of it than fits.
    let long = "🦀".repeat(8_000);
    for desired in [DesiredState::InstalledLatest, DesiredState::Ignored] {
        let mut play = many(MAX_ACTIONS_PER_SESSION + 7, &desired, &long);
        loop {
            let events = play.advance();
            let size = bytes(&events);
            assert!(
                size + events.len() * METADATA_BYTES < APPEND_BYTES,
                "{} events of {size} bytes",
                events.len()
            );
            assert!(events.len() < 3 * MAX_EVENTS_PER_ADVANCE);
            for run in open(&play) {
                end(&mut play, run, RunOutcome::Exited { code: 0 }, "2.0");
            }
            if events.is_empty() {
                break;
            }
        }
        assert_eq!(play.session.status, Status::Ended(Ending::Passed));
        let (planned, left) = (play.session.actions.len(), play.session.left_out as usize);
        assert_eq!(planned + left, MAX_ACTIONS_PER_SESSION + 7);
        assert!(planned > 100, "{planned} fit");
    }
}

#[test]
fn giving_up_a_large_session_fits_too() {
    let mut play = many(400, &DesiredState::InstalledLatest, "all computers");
    play.surroundings.agent = None;
    play.advance();
    play.now += Duration::hours(2);
    while play.session.status == Status::Running(Stage::Detection) {
        let events = play.advance();
        assert!(!events.is_empty() && events.len() <= MAX_EVENTS_PER_ADVANCE);
    }
    assert_eq!(play.session.status, Status::Ended(Ending::Failed));
}

/// A session whose plan, with the stage that it leads to, takes just so many bytes.
fn planned_in(size: usize) -> Play {
    const COUNT: usize = 350;
    let made = |play: &mut Play| bytes(&play.advance()[..2]);
    let of = |size: usize| {
        let mut play = many(COUNT, &DesiredState::Ignored, "");
        for (n, winner) in play.surroundings.winners.iter_mut().flatten().enumerate() {
            let length = size / COUNT + usize::from(n < size % COUNT);
            winner.target_phrase = "x".repeat(length);
        }
        play
    };
    let missing = size - made(&mut of(0));
    assert_eq!(made(&mut of(missing)), size);
    of(missing)
}

#[test]
fn a_step_that_has_made_so_many_bytes_makes_no_more() {
    assert_eq!(planned_in(MAX_ADVANCE_BYTES).advance().len(), 2);
    assert!(planned_in(MAX_ADVANCE_BYTES - 1).advance().len() > 2);
}

#[test]
fn a_session_can_go_on_until_it_waits_or_is_over() {
    let can_go_on = |play: &Play| play.session.can_go_on(&play.surroundings, play.now);
    let mut play = many(400, &DesiredState::Ignored, "all computers");
    while can_go_on(&play) {
        assert!(!play.advance().is_empty());
    }
    assert_eq!(play.session.status, Status::Ended(Ending::Passed));
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    assert!(!can_go_on(&play), "it waits for an answer");
    let run = open(&play)[0];
    end(&mut play, run, RunOutcome::Exited { code: 0 }, "2.0");
    assert!(can_go_on(&play));
}

#[test]
fn the_ids_of_runs_do_not_change() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let run = play.session.open_runs().next().unwrap().0;
    let action = play.session.actions[0].plan.action;
    assert_eq!(
        run,
        RunId::derived_from(id(7), &format!("run/{action}/detect/1"))
    );
}

/// It is the server's clock that jumps, and the agent that runs a script meanwhile.
#[test]
fn a_clock_that_jumps_ends_no_script() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let before = play.now + Duration::minutes(1);
    let jump = TimeDelta::hours(12);
    play.now = before + jump;
    play.surroundings.jumps.notice(before, jump);
    assert!(play.advance().is_empty(), "no time passed");
    let run = open(&play)[0];
    let left = play.session.runs[&run].deadline - before;
    play.now += left;
    assert!(play.advance().is_empty());
    play.now += Duration::seconds(1);
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::DeviceOffline),
    );
}

#[test]
fn a_clock_that_jumps_neither_misses_nor_gives_up_a_session() {
    let week = TimeDelta::days(8);
    let mut jumps = ClockJumps::default();
    jumps.notice(noon() + Duration::minutes(1), week);
    let surroundings = Surroundings {
        jumps: jumps.clone(),
        ..Play::of(DesiredState::Ignored).surroundings
    };
    given::<Session>(waiting())
        .at(noon() + week + Duration::minutes(2))
        .when(SessionCommand::Advance(Arc::new(surroundings)))
        .then_nothing();
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.surroundings.agent = None;
    play.advance();
    play.surroundings.jumps = jumps;
    play.now += week + Duration::minutes(30);
    assert!(play.advance().is_empty());
    play.now += Duration::minutes(31);
    assert!(!play.advance().is_empty());
}

#[test]
fn a_script_has_all_its_time_from_its_start_on() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.looks(RunPurpose::Detect, "");
    play.looks(RunPurpose::Recheck, "");
    play.advance();
    let run = open(&play)[0];
    let details = play.session.runs[&run].clone();
    // The package took long to come.
    play.now = details.deadline - Duration::minutes(1);
    play.tell(SessionCommand::run_started(AgentId(id(AGENT)), run));
    let started = play.now;
    play.now = started + details.timeout.duration() + RUN_GRACE;
    assert!(play.advance().is_empty(), "it may still run");
    play.now += Duration::seconds(1);
    assert!(!play.advance().is_empty());
}

#[test]
fn what_comes_too_late_is_recorded_and_changes_nothing() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let run = open(&play)[0];
    play.now += Duration::days(1);
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::DeviceOffline),
    );
    let before = (play.session.status, play.session.actions.clone());
    let late = RunOutcome::Exited { code: 0 };
    assert_eq!(end(&mut play, run, late.clone(), "2.0").len(), 1);
    let known = play.session.runs[&run].report.as_ref().unwrap();
    assert_eq!((&known.outcome, known.stdout_tail.as_str()), (&late, "2.0"));
    assert_eq!(before, (play.session.status, play.session.actions.clone()));
    assert!(end(&mut play, run, late, "2.0").is_empty(), "once");
    assert!(play.advance().is_empty());
}
