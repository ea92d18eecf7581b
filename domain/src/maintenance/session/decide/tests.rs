mod bounds;

use super::*;
use crate::catalogue::software::{Software, test_events as catalogue};
use crate::catalogue::version::Version;
use crate::kernel::harness::{given, id, noon, nothing};
use crate::kernel::ids::{
    AgentId, ComputerId, DeploymentId, RunId, ServerId, SoftwareId, TenantId,
};
use crate::kernel::limits::RUN_TAIL_BYTES;
use crate::maintenance::session::{
    ActionReason, ActionType, Ending, Finding, ResultReason, RunOutcome, RunPurpose, RunReport,
    SessionKind, Verdict, Winner,
};
use crate::rules::deployment::{DesiredState, MaintenanceItem, Scope};
use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;

const READER: u128 = 50;
const AGENT: u128 = 60;

fn server(n: u128) -> ServerId {
    ServerId(id(60 + n))
}

fn request() -> Requested {
    Requested {
        computer: ComputerId(id(1)),
        tenant: TenantId(id(2)),
        kind: SessionKind::Full,
        at: noon(),
    }
}

fn created() -> SessionEvent {
    let Requested {
        computer,
        tenant,
        kind,
        at,
    } = request();
    SessionCreated {
        computer,
        tenant,
        kind,
        at,
    }
    .into()
}

fn reader(versions: &[&str]) -> Software {
    versions
        .iter()
        .map(|version| catalogue::published(version))
        .fold(
            Software::default().evolve(&catalogue::created()),
            |state, event| state.evolve(&event),
        )
}

/// A session of one winner, played like a game: the test is the agent.
struct Play {
    session: Session,
    surroundings: Surroundings,
    now: DateTime<Utc>,
}

impl Play {
    fn of(desired: DesiredState) -> Self {
        let surroundings = Surroundings {
            session: SessionId(id(7)),
            agent: Some(AgentId(id(AGENT))),
            winners: Some(vec![Winner {
                item: MaintenanceItem::Software(SoftwareId(id(READER))),
                deployment: DeploymentId(id(30)),
                desired,
                target_phrase: "all computers of Contoso".into(),
                scope: Scope::CrossTenant,
            }]),
            software: [(SoftwareId(id(READER)), Arc::new(reader(&["1.0", "2.0"])))].into(),
            server: server(1),
            listening_since: noon() - Duration::days(1),
            jumps: crate::kernel::clock_jumps::ClockJumps::default(),
        };
        let session = Session::default().evolve(&created());
        let mut play = Self {
            session,
            surroundings,
            now: noon(),
        };
        play.tell(SessionCommand::Start { server: server(1) });
        play
    }

    fn tell(&mut self, command: SessionCommand) -> Vec<SessionEvent> {
        let context = Context {
            actor: crate::kernel::metadata::Actor::System,
            now: self.now,
            command_id: crate::kernel::ids::CommandId(id(1)),
        };
        let events = self.session.decide(command, &context).expect("accepted");
        self.session = events.iter().fold(self.session.clone(), Session::evolve);
        events
    }

    fn advance(&mut self) -> Vec<SessionEvent> {
        self.tell(SessionCommand::Advance(Arc::new(self.surroundings.clone())))
    }

    /// Advances, expects exactly this run to be asked for, and answers it.
    fn run(&mut self, purpose: RunPurpose, outcome: RunOutcome, stdout: &str) {
        self.advance();
        let open: Vec<(RunId, RunPurpose)> = self
            .session
            .open_runs()
            .map(|(id, run)| (id, run.purpose))
            .collect();
        assert_eq!(open.len(), 1, "one run is open: {:?}", self.session.status);
        assert_eq!(open[0].1, purpose);
        let report = RunReport {
            stdout_tail: stdout.into(),
            ..RunReport::without_output(outcome)
        };
        self.tell(SessionCommand::RecordRunEnded {
            agent: AgentId(id(AGENT)),
            run: open[0].0,
            report: Box::new(report),
        });
    }

    fn looks(&mut self, purpose: RunPurpose, stdout: &str) {
        self.run(purpose, RunOutcome::Exited { code: 0 }, stdout);
    }

    fn ends(&mut self, ending: Ending, expected: (Option<ActionType>, Verdict, ResultReason)) {
        self.advance();
        assert_eq!(self.session.status, Status::Ended(ending));
        let ActionProgress::Completed {
            assessment,
            verdict,
            reason,
            message,
        } = &self.session.actions[0].progress
        else {
            panic!("the action is completed");
        };
        assert_eq!(
            (assessment.map(|a| a.0), *verdict, *reason),
            expected,
            "{message}"
        );
        assert!(self.advance().is_empty(), "what is over stays over");
    }
}

#[test]
fn a_session_is_created_once_and_not_without_end() {
    nothing::<Session>()
        .when(SessionCommand::Create {
            request: request(),
            waiting: 0,
        })
        .then([created()]);
    given::<Session>([created()])
        .when(SessionCommand::Create {
            request: request(),
            waiting: 0,
        })
        .then_rejected(SessionRejection::AlreadyExists);
    nothing::<Session>()
        .when(SessionCommand::Create {
            request: request(),
            waiting: MAX_WAITING_SESSIONS_PER_COMPUTER,
        })
        .then_rejected(SessionRejection::TooManyWaiting);
    nothing::<Session>()
        .when(SessionCommand::Start { server: server(1) })
        .then_rejected(SessionRejection::NotFound);
}

#[test]
fn starting_twice_starts_once() {
    given::<Session>([created()])
        .when(SessionCommand::Start { server: server(1) })
        .then([
            SessionClaimed { server: server(1) }.into(),
            SessionStarted { at: noon() }.into(),
            StageStarted {
                stage: Stage::Resolution,
            }
            .into(),
        ]);
    given::<Session>([
        created(),
        SessionStarted { at: noon() }.into(),
        StageStarted {
            stage: Stage::Resolution,
        }
        .into(),
    ])
    .when(SessionCommand::Start { server: server(1) })
    .then_nothing();
}

/// A session that server 1 works on.
fn running() -> [SessionEvent; 4] {
    [
        created(),
        SessionClaimed { server: server(1) }.into(),
        SessionStarted { at: noon() }.into(),
        StageStarted {
            stage: Stage::Resolution,
        }
        .into(),
    ]
}

#[test]
fn a_session_is_taken_over_once_and_only_from_who_had_it() {
    let take_over = |to, from| SessionCommand::TakeOver {
        server: server(to),
        from: server(from),
    };
    let claimed = |n| -> SessionEvent { SessionClaimed { server: server(n) }.into() };
    given::<Session>(running())
        .when(take_over(2, 1))
        .then([claimed(2)]);
    let taken = || running().into_iter().chain([claimed(2)]);
    given::<Session>(taken())
        .when(take_over(3, 1))
        .then_nothing();
    given::<Session>(taken())
        .when(take_over(2, 2))
        .then_nothing();
    given::<Session>([created()])
        .when(take_over(2, 1))
        .then_nothing();
}

#[test]
fn only_the_server_that_claimed_it_moves_a_session_on() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    play.surroundings.server = server(2);
    let context = Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    };
    let advance = SessionCommand::Advance(Arc::new(play.surroundings.clone()));
    assert_eq!(
        play.session.decide(advance, &context),
        Err(SessionRejection::ClaimedElsewhere)
    );
    // From before there were claims: whoever comes first has it.
    play.session.claim = None;
    let events = play.advance();
    assert_eq!(events[0], SessionClaimed { server: server(2) }.into());
    assert!(events.len() > 1, "and goes on at once");
}

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

#[test]
fn a_session_does_not_resolve_before_its_winners_are_known() {
    let mut play = Play::of(DesiredState::Ignored);
    let winners = play.surroundings.winners.take();
    assert!(play.advance().is_empty());
    play.surroundings.winners = winners;
    play.ends(
        Ending::Passed,
        (
            Some(ActionType::NoAction),
            Verdict::Success,
            ResultReason::Ignored,
        ),
    );
}

#[test]
fn advancing_again_asks_for_nothing_twice() {
    let mut play = Play::of(DesiredState::InstalledLatest);
    assert!(!play.advance().is_empty());
    assert!(play.advance().is_empty());
    play.surroundings.agent = None;
    assert!(play.advance().is_empty());
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

#[test]
fn a_session_can_be_cancelled_until_it_is_over() {
    let mut play = Play::of(DesiredState::Ignored);
    given::<Session>([created()])
        .when(SessionCommand::Cancel)
        .then([SessionCancelled { at: noon() }.into()]);
    given::<Session>([created(), SessionCancelled { at: noon() }.into()])
        .when(SessionCommand::Cancel)
        .then_nothing();
    play.advance();
    let context = Context {
        actor: crate::kernel::metadata::Actor::System,
        now: noon(),
        command_id: crate::kernel::ids::CommandId(id(1)),
    };
    assert_eq!(
        play.session.decide(SessionCommand::Cancel, &context),
        Err(SessionRejection::Over)
    );
}

#[test]
fn who_never_comes_online_is_missed() {
    let surroundings = Arc::new(Play::of(DesiredState::Ignored).surroundings);
    given::<Session>([created()])
        .at(noon() + Duration::days(6))
        .when(SessionCommand::Advance(surroundings.clone()))
        .then_nothing();
    let late = noon() + Duration::days(8);
    given::<Session>([created()])
        .at(late)
        .when(SessionCommand::Advance(surroundings))
        .then([crate::maintenance::session::SessionMissed { at: late }.into()]);
}
