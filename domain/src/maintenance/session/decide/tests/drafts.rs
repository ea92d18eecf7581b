//! A script that is tried: one run, what it comes to, and nothing besides.

use super::*;
use crate::catalogue::parameter::Values;
use crate::catalogue::script::{Interpreter, Script};
use crate::kernel::limits::DRAFT_MAX_WAIT;
use crate::maintenance::session::{
    Draft, DraftRead, DraftWritten, GivenResult, Meaning, Reading, RunResult, ScriptFault, Trial,
};

const MEANINGS: [Meaning; 4] = [
    Meaning::Detection,
    Meaning::Test,
    Meaning::Get,
    Meaning::Action,
];

fn draft(meaning: Meaning) -> Draft {
    Draft {
        meaning,
        script: Script::new(Interpreter::Sh, "echo 1.2.3", meaning.timeout()).unwrap(),
        parameters: Values::default(),
    }
}

fn trial(meaning: Meaning) -> SessionCommand {
    let Requested {
        subject,
        tenant,
        at,
        ..
    } = request();
    SessionCommand::Try(Box::new(Trial {
        subject,
        tenant,
        draft: draft(meaning),
        at,
    }))
}

/// Everything that waits for its turn with a draft.
fn asked(meaning: Meaning) -> [SessionEvent; 3] {
    let created = SessionCreated {
        subject: request().subject,
        tenant: request().tenant,
        about: About::Draft,
        at: noon(),
    };
    let waits = WaitBegan {
        cause: WaitCause::Turn,
        deadline: noon() + DRAFT_MAX_WAIT,
        at: noon(),
    };
    let draft = draft(meaning);
    [created.into(), DraftWritten { draft }.into(), waits.into()]
}

/// A session that has begun, in which there is a winner for whoever asks for one.
fn begun(meaning: Meaning) -> Play {
    let mut play = Play::of(DesiredState::InstalledLatest);
    let waiting = asked(meaning);
    play.session = waiting.iter().fold(Session::default(), Session::evolve);
    play.tell(SessionCommand::Start { server: server(1) });
    play
}

/// What a draft comes to whose run ends so, in words, and how the session ends.
fn comes_to(meaning: Meaning, outcome: RunOutcome, stdout: &str) -> (String, Ending) {
    let mut play = begun(meaning);
    play.run(meaning.purpose(), outcome, stdout);
    let [SessionEvent::DraftRead(read), SessionEvent::Completed(end)] = &play.advance()[..] else {
        panic!("it is read, and over");
    };
    assert!(play.advance().is_empty(), "what is over stays over");
    assert_eq!(play.session.runs.len(), 1, "it runs once");
    assert_eq!(play.session.reading.as_deref(), Some(&read.reading));
    (read.reading.phrase(meaning), end.ending)
}

#[test]
fn a_script_that_is_tried_is_written_down_once() {
    nothing::<Session>()
        .when(trial(Meaning::Get))
        .then(asked(Meaning::Get));
    given::<Session>(asked(Meaning::Get))
        .when(trial(Meaning::Get))
        .then_rejected(SessionRejection::AlreadyExists);
}

#[test]
fn a_script_that_is_tried_is_told_no_secret() {
    let SessionCommand::Try(mut trial) = trial(Meaning::Get) else {
        panic!("it is tried");
    };
    let secret = crate::kernel::ids::SecretId(id(9));
    let name = crate::catalogue::parameter::ParameterName::new("Key").unwrap();
    let told = crate::catalogue::parameter::ParameterValue::Secret { secret };
    trial.draft.parameters = Values::new(BTreeMap::from([(name, told)])).unwrap();
    nothing::<Session>()
        .when(SessionCommand::Try(trial))
        .then_rejected(SessionRejection::SecretInDraft);
}

#[test]
fn a_draft_runs_at_once_whatever_the_rules_say() {
    for meaning in MEANINGS {
        let mut play = begun(meaning);
        let is_look = meaning != Meaning::Action;
        let stage = if is_look {
            Stage::Detection
        } else {
            Stage::Execution
        };
        assert_eq!(play.session.status, Status::Running(stage), "{meaning:?}");
        let [SessionEvent::RunRequested(asked)] = &play.advance()[..] else {
            panic!("one run");
        };
        assert_eq!((asked.action, asked.item), (None, None));
        assert_eq!(asked.job.script(), Some(draft(meaning).script.digest()));
        assert_eq!(asked.timeout, meaning.timeout());
        assert!(play.advance().is_empty(), "it waits for the answer");
    }
}

#[test]
fn an_answer_is_read_as_that_of_a_published_script() {
    let said = |meaning, stdout| comes_to(meaning, RunOutcome::Exited { code: 0 }, stdout);
    for (meaning, stdout, phrase) in [
        (Meaning::Detection, "1.2.3\n", "version 1.2.3"),
        (Meaning::Detection, "", "absent"),
        (Meaning::Test, "true\n", "true"),
        (Meaning::Test, "false\n", "false"),
        (Meaning::Get, "{\"a\": [1]}", "the value {\"a\":[1]}"),
        (Meaning::Action, "whatever", "done"),
    ] {
        assert_eq!(said(meaning, stdout), (phrase.to_owned(), Ending::Passed));
    }
    for (meaning, beginning) in [
        (
            Meaning::Detection,
            "not known, because the detection script printed \"a word\"",
        ),
        (
            Meaning::Test,
            "not known, because the test script printed \"a word\"",
        ),
        (
            Meaning::Get,
            "not known, because the get script printed \"a word\"",
        ),
    ] {
        let (phrase, ending) = said(meaning, "a word");
        assert!(phrase.starts_with(beginning), "{phrase}");
        assert_eq!(ending, Ending::Failed);
    }
}

#[test]
fn what_ends_badly_tells_nothing_and_says_why() {
    for (outcome, why) in [
        (RunOutcome::Exited { code: 3 }, "ended with exit code 3"),
        (RunOutcome::TimedOut, "did not end in time"),
        (RunOutcome::Interrupted, "what it did is not known"),
    ] {
        for meaning in MEANINGS {
            let (phrase, ending) = comes_to(meaning, outcome.clone(), "1.0");
            assert!(phrase.contains(why), "{phrase}");
            let failed = phrase.starts_with("failed, because");
            assert_eq!(failed, meaning == Meaning::Action, "{phrase}");
            assert_eq!(ending, Ending::Failed);
        }
    }
}

/// Whoever sees the computer sees what it came to.
#[test]
fn what_it_came_to_quotes_no_line_of_the_script() {
    let fault = ScriptFault {
        message: "boom".into(),
        line: Some(3),
        source: "throw 'boom' # hidden".into(),
        ..ScriptFault::default()
    };
    for fatal in [true, false] {
        let given = GivenResult {
            errors: if fatal { vec![] } else { vec![fault.clone()] },
            error_count: u64::from(!fatal),
            fatal: fatal.then(|| fault.clone()),
            ..GivenResult::default()
        };
        let mut play = begun(Meaning::Detection);
        play.advance();
        let (run, _) = play.session.open_runs().next().unwrap();
        let report = RunReport {
            result: Some(RunResult::Given(Box::new(given))),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        };
        let agent = AgentId(id(AGENT));
        play.tell(SessionCommand::run_ended(agent, run, report));
        play.advance();
        let reading = play.session.reading.as_ref().unwrap();
        let phrase = reading.phrase(Meaning::Detection);
        assert!(phrase.contains("boom (line 3)"), "{phrase}");
        assert!(!phrase.contains("hidden"), "{phrase}");
    }
}

#[test]
fn a_draft_whose_agent_is_never_heard_of_again_is_lost_and_not_run_again() {
    let mut play = begun(Meaning::Test);
    play.advance();
    play.surroundings.agent = None;
    play.now += Duration::days(1);
    let [
        SessionEvent::RunEnded(ended),
        SessionEvent::DraftRead(read),
        SessionEvent::Completed(_),
    ] = &play.advance()[..]
    else {
        panic!("it is over");
    };
    assert_eq!(ended.report.outcome, RunOutcome::Lost);
    assert!(!read.reading.is_clear());
}

#[test]
fn a_computer_that_goes_away_before_the_run_is_waited_for_and_then_given_up() {
    let mut play = begun(Meaning::Action);
    play.surroundings.agent = None;
    assert!(matches!(&play.advance()[..], [SessionEvent::WaitBegan(_)]));
    play.now += Duration::minutes(61);
    let read = DraftRead {
        reading: Reading::Unclear {
            reason: ResultReason::DeviceOffline,
            message: "the computer went offline and did not come back in time".into(),
        },
    };
    let events = play.advance();
    assert_eq!(events[0], read.into());
    assert!(matches!(events[1], SessionEvent::WaitEnded(_)));
    let failed = matches!(&events[2], SessionEvent::Completed(end) if end.ending == Ending::Failed);
    assert!(failed && events.len() == 3, "{events:?}");
}

#[test]
fn a_draft_that_was_cancelled_is_not_read() {
    let mut play = begun(Meaning::Action);
    play.run(
        Meaning::Action.purpose(),
        RunOutcome::Exited { code: 0 },
        "",
    );
    play.tell(SessionCommand::Cancel);
    assert!(play.advance().is_empty());
    assert_eq!(play.session.reading, None);
}

#[test]
fn a_draft_waits_an_hour_for_its_turn_and_onboards_no_computer() {
    let [created, written, waits] = asked(Meaning::Action);
    let session = [created, written, waits]
        .iter()
        .fold(Session::default(), Session::evolve);
    assert_eq!(session.due(), Some(noon() + DRAFT_MAX_WAIT));
    let mut play = begun(Meaning::Action);
    play.run(
        Meaning::Action.purpose(),
        RunOutcome::Exited { code: 0 },
        "",
    );
    play.advance();
    assert_eq!(play.session.status, Status::Ended(Ending::Passed));
    assert_eq!(play.session.onboards(), None);
    let item = MaintenanceItem::Software(SoftwareId(id(READER)));
    assert_eq!(play.session.seen(item), None);
}
