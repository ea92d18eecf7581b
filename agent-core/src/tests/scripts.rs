use super::scene::{SECOND, Scene, order, run};
use crate::model::Disk;
use crate::{Change, Effect, Exit, Input, Paper, Timer};
use std::time::Duration;
use upkeep_agent_protocol::{
    AnswerMode, MAX_CHUNK_BYTES, Missing, Outcome, ProgramSign, Programs, ProgramsOrder, RunOrder,
    RunResult, ServerFrame,
};

/// What its output waits for after the end.
const GRACE: Duration = Duration::from_secs(2);

/// What is left of it is kept, and its folder goes.
fn removed(scene: &mut Scene) {
    scene.settle();
    scene.on(Input::Removed(run(1), None));
    scene.settle();
}

#[test]
fn a_script_has_its_time_and_not_more() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.now = SECOND * 59;
    let left = Effect::At(Timer::Limit(run(1)), SECOND * 60);
    assert_eq!(scene.due(Timer::Limit(run(1))), [left]);
    scene.now = SECOND * 60;
    let effects = scene.due(Timer::Limit(run(1)));
    assert_eq!(effects[0], Effect::Kill(run(1)));
    scene.on(Input::Exited(run(1), Exit::Signal(9)));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::TimedOut);
    assert_eq!(report.duration_ms, 60_000);
}

const FRAME: &[u8] = br#"{"v":1,"count":1,"values":[{"type":"System.String","value":"1.2"}]}"#;

/// What it said in its report.
fn values(scene: &Scene) -> Vec<serde_json::Value> {
    match &scene.report(1).unwrap().result {
        Some(RunResult::Given(given)) => given
            .values
            .iter()
            .map(|value| value.json.clone())
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_can_is_asked_to_end_before_it_is_killed() {
    let mut scene = Scene::linked();
    scene.started_asking(1, AnswerMode::Value);
    scene.now = SECOND * 60;
    let grace = Effect::At(Timer::Limit(run(1)), SECOND * 65);
    let effects = scene.due(Timer::Limit(run(1)));
    assert_eq!(effects, [Effect::AskToEnd(run(1)), grace]);
    scene.now = SECOND * 61;
    scene.on(Input::Answered(run(1), Paper::Written(FRAME.to_vec())));
    let effects = scene.on(Input::Exited(run(1), Exit::Code(0)));
    assert_eq!(
        effects[0],
        Effect::Kill(run(1)),
        "what it started may live on"
    );
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(
        scene.outcome(1),
        Some(Outcome::TimedOut),
        "however it ended"
    );
    assert_eq!(values(&scene), ["1.2"]);
}

#[test]
fn who_does_not_end_when_asked_is_killed_and_so_is_who_cannot_be_asked() {
    let mut scene = Scene::linked();
    scene.started_asking(1, AnswerMode::Value);
    scene.started_asking(2, AnswerMode::Act);
    scene.now = SECOND * 60;
    let effects = scene.due(Timer::Limit(run(2)));
    assert_eq!(
        effects[0],
        Effect::Kill(run(2)),
        "nobody looks whether it is asked"
    );
    scene.due(Timer::Limit(run(1)));
    scene.now = SECOND * 65;
    let effects = scene.due(Timer::Limit(run(1)));
    assert_eq!(effects[0], Effect::Kill(run(1)));
    scene.on(Input::Exited(run(1), Exit::Signal(9)));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(scene.outcome(1), Some(Outcome::TimedOut));
}

#[test]
fn the_time_was_over_before_it_was_cancelled() {
    let mut scene = Scene::linked();
    scene.started_asking(1, AnswerMode::Value);
    scene.now = SECOND * 60;
    scene.due(Timer::Limit(run(1)));
    let effects = scene.hears(ServerFrame::Cancel { run_id: run(1) });
    assert_eq!(effects[0], Effect::Kill(run(1)));
    scene.on(Input::Exited(run(1), Exit::Signal(9)));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(scene.outcome(1), Some(Outcome::TimedOut));
}

#[test]
fn an_answer_goes_with_the_report_and_so_does_that_there_is_none() {
    let missing = |why| Some(RunResult::Missing { why });
    let of = |mode: AnswerMode, paper: Option<Paper>| {
        let mut scene = Scene::linked();
        scene.started_asking(1, mode);
        if let Some(paper) = paper {
            scene.on(Input::Answered(run(1), paper));
        }
        scene.ends(1, 0);
        scene.settle();
        scene.report(1).unwrap().result.clone()
    };
    let frame = Paper::Written(FRAME.to_vec());
    assert!(matches!(
        of(AnswerMode::Value, Some(frame.clone())),
        Some(RunResult::Given(_))
    ));
    for mode in [AnswerMode::Value, AnswerMode::Act] {
        assert_eq!(
            of(mode, Some(Paper::Unwritten)),
            missing(Missing::Unwritten)
        );
        assert_eq!(
            of(mode, None),
            missing(Missing::Unwritten),
            "it was not even heard"
        );
    }
    assert_eq!(of(AnswerMode::Unknown, Some(frame)), None, "nobody asked");
    let mut scene = Scene::linked();
    scene.started_asking(1, AnswerMode::Value);
    scene.on(Input::Exited(
        run(1),
        Exit::Never("there is no pwsh".into()),
    ));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(scene.report(1).unwrap().result, None, "it never ran");
}

#[test]
fn who_still_holds_the_pipe_is_not_the_script() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.on(Input::Exited(run(1), Exit::Code(7)));
    scene.wrote(1, b"late");
    scene.now += GRACE;
    let effects = scene.due(Timer::Limit(run(1)));
    assert!(effects.contains(&Effect::Leave(run(1))), "{effects:?}");
    scene.wrote(1, b"too late");
    removed(&mut scene);
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::Exited { code: 7 });
    assert_eq!(report.stdout_tail, "late");
}

#[test]
fn what_does_not_die_is_left() {
    let mut scene = Scene::linked();
    scene.started(1);
    let effects = scene.hears(ServerFrame::Cancel { run_id: run(1) });
    assert_eq!(effects[0], Effect::Kill(run(1)));
    scene.now += GRACE;
    let effects = scene.due(Timer::Limit(run(1)));
    assert!(effects.contains(&Effect::Leave(run(1))), "{effects:?}");
    removed(&mut scene);
    assert_eq!(scene.outcome(1), Some(Outcome::Cancelled));
}

#[test]
fn the_first_reason_counts() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.on(Input::Exited(run(1), Exit::Code(0)));
    scene.hears(ServerFrame::Cancel { run_id: run(1) });
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(scene.outcome(1), Some(Outcome::Exited { code: 0 }));
}

#[test]
fn what_cannot_be_started_says_why() {
    let mut scene = Scene::linked();
    scene.started(1);
    let why = "there is no sh".to_owned();
    scene.on(Input::Exited(run(1), Exit::Never(why.clone())));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    assert_eq!(scene.outcome(1), Some(Outcome::CouldNotStart { why }));
    assert!(scene.ordered(&order(1)).len() == 1, "and is not run again");
}

#[test]
fn output_waits_for_company_and_then_for_the_disk() {
    let mut scene = Scene::linked();
    scene.started(1);
    let effects = scene.wrote(1, b"a");
    let flush = Effect::At(Timer::Flush(run(1)), Duration::from_millis(200));
    assert_eq!(effects, [flush, Effect::More(run(1))]);
    assert_eq!(scene.wrote(1, b"b"), [Effect::More(run(1))]);
    let effects = scene.due(Timer::Flush(run(1)));
    assert!(matches!(effects[..], [Effect::Store(..)]), "{effects:?}");
    // The disk is slow: the script waits after a while.
    let block = vec![b'x'; MAX_CHUNK_BYTES];
    assert_eq!(scene.wrote(1, &block), [Effect::More(run(1))]);
    assert!(scene.wrote(1, &block).is_empty());
    assert!(scene.answer().contains(&Effect::More(run(1))));
}

#[test]
fn half_a_character_does_not_hold_up_what_follows() {
    let mut scene = Scene::linked();
    scene.started(1);
    let flush = |at| Effect::At(Timer::Flush(run(1)), Duration::from_millis(at));
    assert!(scene.wrote(1, b"\xc3").contains(&flush(200)));
    scene.now = Duration::from_millis(200);
    assert!(
        scene.due(Timer::Flush(run(1))).is_empty(),
        "alone it waits, and no timer runs for it"
    );
    scene.now = SECOND;
    assert!(scene.wrote(1, b"\xbc").contains(&flush(1_200)));
    scene.now = Duration::from_millis(1_200);
    let effects = scene.due(Timer::Flush(run(1)));
    assert!(
        matches!(&effects[..], [Effect::Store(_, Change::Output { text, .. }, _)] if text == "\u{fc}"),
        "{effects:?}"
    );
    assert!(scene.wrote(1, b"x").contains(&flush(1_400)));
}

#[test]
fn all_output_is_kept_before_the_end_is_told() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.wrote(1, &vec![b'x'; 3 * MAX_CHUNK_BYTES]);
    scene.on(Input::Exited(run(1), Exit::Code(0)));
    let effects = scene.on(Input::Closed(run(1)));
    assert_eq!(effects.last(), Some(&Effect::Leave(run(1))));
    removed(&mut scene);
    let report = scene.report(1).unwrap();
    assert_eq!(report.output_bytes, 3 * MAX_CHUNK_BYTES as u64);
    assert!(!report.truncated);
}

#[test]
fn after_output_that_was_dropped_none_follows_even_if_there_is_room_again() {
    let mut scene = Scene::linked();
    scene.disk = Disk::with_room(0);
    scene.started(1);
    for text in ["kept", "dropped"] {
        scene.wrote(1, text.as_bytes());
        scene.due(Timer::Flush(run(1)));
        scene.settle();
    }
    scene.acknowledges = 2;
    scene.hears(ServerFrame::Ack);
    scene.settle();
    scene.wrote(1, b"too late");
    assert!(scene.due(Timer::Flush(run(1))).is_empty());
    scene.ends(1, 0);
    scene.settle();
    let report = scene.report(1).unwrap();
    assert!(report.truncated && report.stdout_tail == "keptdroppedtoo late");
}

#[test]
fn output_for_which_there_is_no_room_is_lost_and_said_to_be() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.disk.broken = Some("the disk is full".into());
    scene.wrote(1, &vec![b'x'; 3 * MAX_CHUNK_BYTES]);
    let effects = scene.settle();
    assert_eq!(effects, [Effect::More(run(1))], "it goes on");
    scene.disk.broken = None;
    scene.ends(1, 0);
    scene.settle();
    assert!(scene.report(1).unwrap().truncated);
}

/// An order without a script.
fn look(n: u128) -> RunOrder {
    let name = "reader".to_owned();
    RunOrder {
        programs: Some(ProgramsOrder {
            any: vec![ProgramSign::Package { name }],
        }),
        answer: Some(AnswerMode::Value),
        ..order(n)
    }
}

#[test]
fn a_look_at_programs_is_a_run_like_any_other() {
    let mut scene = Scene::linked();
    let effects = scene.ordered(&look(1));
    assert_eq!(effects, [Effect::Prepare(Box::new(look(1)))]);
    scene.on(Input::Prepared(run(1), Ok(())));
    let effects = scene.settle();
    assert!(effects.contains(&Effect::Spawn(run(1))), "{effects:?}");
    assert!(scene.disk.is_safe(run(1)), "its start is on disk");
    let programs = Programs {
        entries: vec![],
        count: 0,
    };
    scene.on(Input::Listed(run(1), programs.clone()));
    scene.ends(1, 0);
    scene.settle();
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::Exited { code: 0 });
    assert_eq!(report.result, Some(RunResult::Programs(programs)));
}

#[test]
fn a_look_that_brought_nothing_is_told_from_one_that_found_nothing() {
    let mut scene = Scene::linked();
    scene.ordered(&look(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.settle();
    let why = "the list is damaged".to_owned();
    scene.on(Input::Exited(run(1), Exit::Never(why.clone())));
    scene.on(Input::Closed(run(1)));
    removed(&mut scene);
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::CouldNotStart { why });
    assert_eq!(report.result, None);

    // A world that forgets to say what it found.
    let mut scene = Scene::linked();
    scene.ordered(&look(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.settle();
    scene.ends(1, 0);
    scene.settle();
    let why = Missing::Unwritten;
    let missing = Some(RunResult::Missing { why });
    assert_eq!(scene.report(1).unwrap().result, missing);
}

#[test]
fn a_script_finds_no_programs() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.on(Input::Listed(run(1), Programs::default()));
    scene.ends(1, 0);
    scene.settle();
    assert_eq!(scene.report(1).unwrap().result, None);
}
