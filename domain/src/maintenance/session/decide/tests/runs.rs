//! What agents say of runs, and what follows where they say nothing.

use super::bounds::many;
use super::*;

#[test]
fn a_run_is_lost_only_when_its_agent_had_time_to_come_back() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    play.now += Duration::days(1);
    play.surroundings.listening_since = play.now - Duration::seconds(60);
    assert!(
        play.advance().is_empty(),
        "the server was down: agents get their grace"
    );
    play.now += Duration::minutes(2);
    play.ends(
        Ending::Failed,
        (None, Verdict::Failed, ResultReason::DeviceOffline),
    );
}

#[test]
fn a_result_is_recorded_once_and_only_from_the_agent_that_had_the_run() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let (run, _) = play.session.open_runs().next().unwrap();
    let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
    let from = |agent| SessionCommand::run_ended(AgentId(id(agent)), run, report.clone());
    assert_eq!(
        play.session.decide(from(61), &context()),
        Err(SessionRejection::UnknownRun)
    );
    assert_eq!(play.tell(from(AGENT)).len(), 1);
    assert!(play.tell(from(AGENT)).is_empty());
}

#[test]
fn what_an_agent_tells_of_a_lost_run_is_recorded_late_and_once() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.advance();
    let (run, _) = play.session.open_runs().next().unwrap();
    play.surroundings.agent = None;
    play.now = noon() + Duration::days(2);
    while !play.session.status.is_over() {
        assert!(!play.advance().is_empty(), "it ends");
    }
    let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
    let agent = AgentId(id(AGENT));
    let started = SessionCommand::run_started(agent, run);
    let ended = SessionCommand::run_ended(agent, run, report.clone());
    assert_eq!(play.tell(started.clone()).len(), 1);
    assert_eq!(play.tell(ended.clone()).len(), 1);
    assert_eq!(play.session.runs[&run].report, Some(report));
    assert!(play.tell(started).is_empty() && play.tell(ended).is_empty());
    assert!(play.advance().is_empty(), "nothing follows from it");
}

#[test]
fn what_an_agent_says_at_once_is_recorded_once_in_its_order_or_not_at_all() {
    let mut play = many(2, &DesiredState::InstalledLatest, "all computers");
    play.advance();
    let open: Vec<RunId> = play.session.open_runs().map(|(run, _)| run).collect();
    let [first, second] = open[..] else {
        panic!("{open:?}")
    };
    let started = |run| RunUpdate::Started { run };
    let ended = |run, code| {
        let report = Box::new(RunReport::without_output(RunOutcome::Exited { code }));
        RunUpdate::Ended { run, report }
    };
    let told = |updates| SessionCommand::RecordRuns {
        agent: AgentId(id(AGENT)),
        updates,
    };
    let foreign = vec![started(first), started(RunId(id(99)))];
    let refused = play.session.decide(told(foreign), &context());
    assert_eq!(refused, Err(SessionRejection::UnknownRun));
    let all = vec![
        started(first),
        ended(first, 0),
        started(second),
        ended(first, 1),
        started(first),
        ended(second, 0),
        started(second),
    ];
    let events = play.tell(told(all.clone()));
    let said: Vec<(&str, RunId)> = events.iter().map(named).collect();
    let expected = [
        ("started", first),
        ("ended", first),
        ("started", second),
        ("ended", second),
    ];
    assert_eq!(said, expected);
    let report = play.session.runs[&first].report.clone();
    assert_eq!(
        report.map(|report| report.outcome),
        Some(RunOutcome::Exited { code: 0 }),
        "the first that was said counts"
    );
    assert!(play.tell(told(all)).is_empty());
}

#[test]
fn a_run_starts_once_and_never_after_its_end() {
    let agent = AgentId(id(AGENT));
    let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
    let mut play = many(2, &DesiredState::InstalledLatest, "all computers");
    play.advance();
    let open: Vec<RunId> = play.session.open_runs().map(|(run, _)| run).collect();
    let started = |n: usize| SessionCommand::run_started(agent, open[n]);
    assert_eq!(play.tell(started(0)).len(), 1);
    assert!(play.tell(started(0)).is_empty());
    play.tell(SessionCommand::run_ended(agent, open[1], report));
    assert!(play.tell(started(1)).is_empty());
}

#[test]
fn an_agent_ends_the_run_of_which_it_says_so_and_none_by_starting_it() {
    let run = RunId(id(1));
    let report = Box::new(RunReport::without_output(RunOutcome::Exited { code: 0 }));
    assert_eq!(RunUpdate::Ended { run, report }.ended(), Some(run));
    assert_eq!(RunUpdate::Started { run }.ended(), None);
}

#[test]
fn each_event_is_a_move_but_the_start_of_a_run() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    let before = play.session.moves;
    let made = play.advance().len() as u64;
    assert_eq!(play.session.moves, before + made);
    let (run, _) = play.session.open_runs().next().unwrap();
    let agent = AgentId(id(AGENT));
    assert_eq!(play.tell(SessionCommand::run_started(agent, run)).len(), 1);
    assert_eq!(play.session.moves, before + made, "nothing follows from it");
    let report = RunReport::without_output(RunOutcome::Exited { code: 0 });
    play.tell(SessionCommand::run_ended(agent, run, report));
    assert_eq!(play.session.moves, before + made + 1);
}

fn named(event: &SessionEvent) -> (&'static str, RunId) {
    match event {
        SessionEvent::RunStarted(started) => ("started", started.run),
        SessionEvent::RunEnded(ended) => ("ended", ended.run),
        other => panic!("{other:?}"),
    }
}

fn context() -> Context {
    Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    }
}
