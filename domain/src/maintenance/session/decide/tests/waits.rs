//! What a session waits for, what ends it, and when it is due.

use super::*;
use crate::kernel::limits::{CONNECTION_GRACE, RUN_GRACE};
use crate::maintenance::session::SessionMissed;

fn began(cause: WaitCause, at: DateTime<Utc>, deadline: DateTime<Utc>) -> SessionEvent {
    WaitBegan {
        cause,
        deadline,
        at,
    }
    .into()
}

fn ended(cause: WaitCause, outcome: WaitOutcome, at: DateTime<Utc>) -> SessionEvent {
    WaitEnded { cause, outcome, at }.into()
}

/// It waited for its turn in vain.
fn missed(at: DateTime<Utc>) -> [SessionEvent; 2] {
    let lapsed = ended(WaitCause::Turn, WaitOutcome::Lapsed, at);
    [lapsed, SessionMissed { at }.into()]
}

/// A session whose computer went away while nothing ran.
fn lost() -> Play {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.surroundings.agent = None;
    play
}

#[test]
fn who_waits_for_its_turn_is_due_when_it_is_missed() {
    let [created, waits] = waiting();
    let session = Session::default().evolve(&created).evolve(&waits);
    assert_eq!(session.due(), Some(noon() + Duration::days(7)));
    let surroundings = Arc::new(Play::of(DesiredState::Ignored).surroundings);
    let at = |moment| given::<Session>(waiting()).at(moment);
    let due = session.due().unwrap();
    at(due)
        .when(SessionCommand::Advance(surroundings.clone()))
        .then_nothing();
    let late = due + Duration::seconds(1);
    at(late)
        .when(SessionCommand::Advance(surroundings))
        .then(missed(late));
}

#[test]
fn a_computer_that_goes_away_is_waited_for_once_and_for_an_hour() {
    let mut play = lost();
    let deadline = noon() + Duration::hours(1);
    let began = began(WaitCause::Connectivity, noon(), deadline);
    assert_eq!(play.advance().last(), Some(&began));
    assert_eq!(play.session.due(), Some(deadline));
    play.now += Duration::minutes(30);
    assert!(play.advance().is_empty(), "it is written down once");
    play.now = deadline;
    assert!(play.advance().is_empty(), "until then");
    play.now += Duration::seconds(1);
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::DeviceOffline),
    );
    assert_eq!(play.session.waits, [], "what is over waits for nothing");
    assert_eq!(play.session.due(), None);
}

#[test]
fn a_wait_that_begins_takes_the_place_of_one_for_the_same_and_of_no_other() {
    let hour = |n| noon() + Duration::hours(n);
    let away = |n| began(WaitCause::Connectivity, hour(n), hour(n + 1));
    let [created, turn] = waiting();
    let session = [created, turn, away(1), away(2)]
        .iter()
        .fold(Session::default(), Session::evolve);
    let waits = session.waits.iter().map(|wait| (wait.cause, wait.since));
    let expected = [
        (WaitCause::Turn, noon()),
        (WaitCause::Connectivity, hour(2)),
    ];
    assert_eq!(waits.collect::<Vec<_>>(), expected);
}

#[test]
fn a_wait_in_vain_says_so_once_everything_that_was_left_has_failed() {
    let mut play = lost();
    play.advance();
    play.now += Duration::minutes(61);
    let [failed, lapsed, completed] = &play.advance()[..] else {
        panic!("three events");
    };
    assert!(matches!(failed, SessionEvent::ActionCompleted(_)));
    let cause = WaitCause::Connectivity;
    assert_eq!(*lapsed, ended(cause, WaitOutcome::Lapsed, play.now));
    assert!(matches!(completed, SessionEvent::Completed(_)));
}

/// A connection that is made anew within seconds is no absence: nothing is written down.
#[test]
fn a_computer_whose_agent_has_just_gone_is_not_waited_for_yet() {
    let mut play = lost();
    play.surroundings.agents_changed_at = Some(noon());
    let events = play.advance();
    assert!(matches!(events.last(), Some(SessionEvent::StageStarted(_))));
    play.now += CONNECTION_GRACE;
    assert_eq!(play.advance(), []);
    // The clock was set meanwhile: less time has passed than it says.
    let mut set = play.surroundings.clone();
    set.jumps.notice(noon(), Duration::seconds(5));
    play.now += Duration::seconds(1);
    let unset = std::mem::replace(&mut play.surroundings, set);
    assert_eq!(play.advance(), []);
    play.surroundings = unset;
    let deadline = play.now + Duration::hours(1);
    let began = began(WaitCause::Connectivity, play.now, deadline);
    assert_eq!(play.advance(), [began]);
}

#[test]
fn a_computer_that_comes_back_is_asked_again() {
    let mut play = lost();
    play.advance();
    play.now += Duration::minutes(59);
    play.surroundings.agent = Some(AgentId(id(AGENT)));
    let events = play.advance();
    assert_eq!(
        events[0],
        ended(WaitCause::Connectivity, WaitOutcome::Met, play.now)
    );
    assert!(matches!(events[1], SessionEvent::RunRequested(_)));
    assert_eq!(play.session.waits, []);
    play.looks(RunPurpose::Detect, "2.0");
    // Its next absence has all its time.
    let mut play = lost();
    play.advance();
    let agent = play.surroundings.agent.replace(AgentId(id(AGENT)));
    play.advance();
    play.surroundings.agent = agent;
    play.now += Duration::minutes(50);
    let run = play.session.open_runs().next().unwrap().0;
    play.tell(SessionCommand::run_ended(
        AgentId(id(AGENT)),
        run,
        RunReport {
            stdout_tail: "1.0".into(),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        },
    ));
    let deadline = play.now + Duration::hours(1);
    let again = began(WaitCause::Connectivity, play.now, deadline);
    assert_eq!(play.advance().last(), Some(&again));
}

#[test]
fn who_owes_an_answer_is_not_waited_for_besides() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    play.surroundings.agent = None;
    assert!(play.advance().is_empty());
    let run = play.session.open_runs().next().unwrap().1;
    assert_eq!(play.session.due(), Some(run.deadline));
}

#[test]
fn no_computer_is_missing_before_it_could_come_back_to_a_server_that_started() {
    let mut play = lost();
    play.surroundings.listening_since = noon() - Duration::minutes(1);
    let events = play.advance();
    assert!(matches!(events.last(), Some(SessionEvent::StageStarted(_))));
    play.now += Duration::minutes(1);
    assert!(play.advance().is_empty(), "two minutes are not over");
    play.now += Duration::seconds(1);
    let deadline = play.now + Duration::hours(1);
    let began = began(WaitCause::Connectivity, play.now, deadline);
    assert_eq!(play.advance(), [began]);
}

/// It could not come back to a server that was not there.
#[test]
fn a_wait_has_all_its_time_again_after_a_server_started() {
    let mut play = lost();
    play.advance();
    let started = noon() + Duration::hours(5);
    play.surroundings.listening_since = started;
    play.now = started + Duration::hours(1);
    assert!(play.advance().is_empty());
    play.now += Duration::seconds(1);
    assert!(!play.advance().is_empty());
    assert!(play.session.status.is_over());
}

#[test]
fn nobody_waits_for_a_computer_to_find_out_who_wins() {
    let mut play = lost();
    play.surroundings.winners = None;
    assert!(play.advance().is_empty());
    assert_eq!(play.session.waits, []);
}

#[test]
fn a_cancelled_session_waits_for_nothing() {
    let mut play = lost();
    play.advance();
    play.tell(SessionCommand::Cancel);
    assert_eq!(play.session.waits, []);
    assert_eq!(play.session.due(), None);
}

#[test]
fn a_run_is_due_when_its_script_has_had_all_its_time() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let (run, details) = play.session.open_runs().next().unwrap();
    let details = details.clone();
    let agent = AgentId(id(AGENT));
    play.now += Duration::minutes(1);
    play.tell(SessionCommand::run_started(agent, run));
    let due = play.now + details.timeout.duration() + RUN_GRACE;
    assert_eq!(play.session.due(), Some(due));
    play.now = due;
    assert!(
        play.advance().is_empty(),
        "time alone changes nothing before"
    );
    play.now += Duration::seconds(1);
    assert!(!play.advance().is_empty());
}

#[test]
fn who_never_comes_online_is_missed() {
    let surroundings = Arc::new(Play::of(DesiredState::Ignored).surroundings);
    given::<Session>(waiting())
        .at(noon() + Duration::days(6))
        .when(SessionCommand::Advance(surroundings.clone()))
        .then_nothing();
    let late = noon() + Duration::days(8);
    given::<Session>(waiting())
        .at(late)
        .when(SessionCommand::Advance(surroundings))
        .then(missed(late));
}

#[test]
fn without_an_agent_the_session_waits_and_gives_up_after_an_hour() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.surroundings.agent = None;
    play.advance();
    assert_eq!(play.session.status, Status::Running(Stage::Detection));
    play.now += Duration::minutes(61);
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::DeviceOffline),
    );
}

/// Wherever the computer goes away: while a script runs, and between two.
#[test]
fn time_alone_changes_nothing_until_a_session_is_due_and_something_then() {
    let steps = [
        (RunPurpose::Detect, "1.0"),
        (RunPurpose::Recheck, "1.0"),
        (RunPurpose::Upgrade, ""),
        (RunPurpose::Verify, "2.0"),
    ];
    let goes_away = |play: &mut Play| {
        play.surroundings.agent = None;
        play.advance();
        let due = play.session.due().expect("it is not over");
        assert!(due > play.now);
        let is_due = |play: &Play| play.session.is_due(&play.surroundings.elapsed(play.now));
        play.now = due;
        assert!(!is_due(play) && play.advance().is_empty());
        play.now += Duration::seconds(1);
        assert!(is_due(play) && !play.advance().is_empty());
    };
    for lived in 0..steps.len() {
        for is_running in [true, false] {
            let mut play = Play::of(DesiredState::InstalledLatest);
            for (purpose, stdout) in &steps[..lived] {
                play.looks(*purpose, stdout);
            }
            if is_running {
                play.advance();
            }
            goes_away(&mut play);
        }
    }
}
