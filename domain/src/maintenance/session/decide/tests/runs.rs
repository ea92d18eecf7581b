//! What agents say of runs, and what follows where they say nothing.

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
    let report = Box::new(RunReport::without_output(RunOutcome::Exited { code: 0 }));
    let from = |agent| SessionCommand::RecordRunEnded {
        agent: AgentId(id(agent)),
        run,
        report: report.clone(),
    };
    let context = Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    };
    assert_eq!(
        play.session.decide(from(61), &context),
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
    let started = SessionCommand::RecordRunStarted { agent, run };
    let ended = SessionCommand::RecordRunEnded {
        agent,
        run,
        report: Box::new(report.clone()),
    };
    assert_eq!(play.tell(started.clone()).len(), 1);
    assert_eq!(play.tell(ended.clone()).len(), 1);
    assert_eq!(play.session.runs[&run].report, Some(report));
    assert!(play.tell(started).is_empty() && play.tell(ended).is_empty());
    assert!(play.advance().is_empty(), "nothing follows from it");
}
