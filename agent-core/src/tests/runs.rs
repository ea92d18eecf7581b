use super::scene::{SECOND, Scene, exact, failed, frames, order, run, with_package};
use crate::{Change, Durability, Effect, Input, Timer};
use std::collections::BTreeMap;
use upkeep_agent_protocol::{AgentFrame, Outcome, RunOrder, ServerFrame};

#[test]
fn a_script_starts_in_answer_to_its_start_on_disk_and_to_nothing_else() {
    let mut scene = Scene::linked();
    assert_eq!(
        scene.ordered(&order(1)),
        [Effect::Prepare(Box::new(order(1)))]
    );
    let effects = scene.on(Input::Prepared(run(1), Ok(())));
    let change = Change::Started { run: run(1) };
    assert!(
        matches!(&effects[..], [Effect::Store(_, start, Durability::Exact)] if *start == change),
        "{effects:?}"
    );
    // Whatever else comes.
    for input in [
        Input::Written,
        Input::Prepared(run(1), Ok(())),
        Input::Fetched(run(1), Ok(())),
        Input::Due(Timer::Limit(run(1))),
        Input::Removed(run(1), None),
    ] {
        assert!(scene.on(input).is_empty());
    }
    let token = exact(&effects);
    let kept = crate::Kept::Yes;
    let other = crate::Token(token.0 + 1_000);
    assert!(scene.on(Input::Stored(other, kept)).is_empty());
    assert!(scene.answer().contains(&Effect::Spawn(run(1))));
    let again = scene.on(Input::Stored(token, crate::Kept::Yes));
    assert!(again.is_empty(), "once");
}

#[test]
fn its_start_and_its_end_are_told_after_they_are_on_disk() {
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    let run_id = run(1);
    assert_eq!(
        frames(&scene.settle()),
        [(1, AgentFrame::RunStarted { run_id })]
    );
    scene.ends(1, 3);
    let said = frames(&scene.settle());
    let [(2, AgentFrame::RunEnded { report, .. })] = &said[..] else {
        panic!("{said:?}")
    };
    assert_eq!(report.outcome, Outcome::Exited { code: 3 });
}

#[test]
fn what_is_known_is_not_started_again_and_answered_again_if_it_has_ended() {
    let mut scene = Scene::linked();
    scene.started(1);
    assert!(scene.ordered(&order(1)).is_empty(), "the answer will come");
    scene.ends(1, 0);
    scene.settle();
    scene.acknowledges = 2;
    let effects = scene.ordered(&order(1));
    let change = Change::AnswerAgain { run: run(1) };
    assert!(effects.iter().any(
        |effect| matches!(effect, Effect::Store(_, again, Durability::Exact) if *again == change)
    ));
    let said = frames(&scene.settle());
    assert!(matches!(said[..], [(3, AgentFrame::RunEnded { .. })]));
    assert!(scene.ordered(&order(1)).len() == 1);
    assert!(frames(&scene.settle()).is_empty(), "it waits already");
}

#[test]
fn what_was_running_when_the_agent_died_is_interrupted_and_never_run_again() {
    let mut scene = Scene::linked();
    scene.started(1);
    assert_eq!(scene.dies(), [Effect::Sweep(vec![run(1)])]);
    let remarks = BTreeMap::from([(run(1), "a mount stays".to_owned())]);
    let effects = scene.on(Input::Swept { remarks });
    assert_eq!(effects.last(), Some(&Effect::Dial));
    let said = scene.link();
    assert!(matches!(said[2], AgentFrame::RunStarted { .. }));
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert_eq!(report.remark.as_deref(), Some("a mount stays"));
    assert!(matches!(said[3], AgentFrame::RunEnded { .. }));
    let effects = scene.ordered(&order(1));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Prepare(_))));
}

/// As on the image of a disk that is older than the start.
#[test]
fn a_run_of_which_only_the_start_is_known_elsewhere_is_answered_and_not_started() {
    let mut scene = Scene::linked();
    let asked = RunOrder {
        answer_only: true,
        ..order(1)
    };
    scene.ordered(&asked);
    scene.settle();
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, Outcome::Interrupted);
    assert!(report.remark.as_ref().unwrap().contains("older state"));
}

#[test]
fn four_run_at_once_and_the_others_in_the_order_in_which_they_came() {
    let mut scene = Scene::linked();
    for n in [9, 8, 7, 6] {
        scene.started(n);
    }
    for n in [5, 1, 3] {
        assert!(scene.ordered(&order(n)).is_empty());
    }
    scene.hears(ServerFrame::Cancel { run_id: run(5) });
    scene.on(Input::Exited(run(8), crate::Exit::Code(0)));
    scene.on(Input::Closed(run(8)));
    scene.on(Input::Removed(run(8), None));
    let next = Effect::Prepare(Box::new(order(1)));
    assert_eq!(scene.settle().iter().filter(|e| **e == next).count(), 1);
    assert_eq!(scene.outcome(5), Some(Outcome::Cancelled));
}

#[test]
fn what_has_not_started_ends_with_its_link_and_can_be_ordered_again() {
    let mut scene = Scene::linked();
    for n in 1..=4 {
        scene.ordered(&with_package(order(n)));
    }
    scene.ordered(&order(5));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.on(Input::Prepared(run(2), Ok(())));
    scene.on(Input::Fetched(run(2), Ok(())));
    let lost = scene.lose_link();
    let removed: Vec<_> = lost
        .iter()
        .filter_map(|effect| match effect {
            Effect::Remove(run) => Some(*run),
            _ => None,
        })
        .collect();
    assert_eq!(removed, [run(1), run(3), run(4)], "2 counts as started");
    assert!(scene.on(Input::Fetched(run(1), Ok(()))).is_empty());
    assert!(scene.settle().contains(&Effect::Spawn(run(2))));
    // Nothing is dialled before it is gone.
    scene.now += SECOND;
    assert!(scene.due(Timer::Dial).is_empty());
    for n in [1, 3] {
        assert!(scene.on(Input::Removed(run(n), None)).is_empty());
    }
    assert_eq!(scene.on(Input::Removed(run(4), None)), [Effect::Dial]);
    scene.link();
    for n in [1, 3, 4, 5] {
        assert_eq!(scene.report(n), None);
    }
    assert!(matches!(scene.ordered(&order(5))[..], [Effect::Prepare(_)]));
}

#[test]
fn what_is_given_up_by_us_ends_what_has_not_started_at_once() {
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    scene.said += 1;
    let effects = scene.hears(ServerFrame::Ack);
    assert!(effects.contains(&Effect::HangUp) && effects.contains(&Effect::Remove(run(1))));
    assert!(scene.on(Input::Prepared(run(1), Ok(()))).is_empty());
}

#[test]
fn the_last_moment_is_compared_when_the_order_comes_before_its_start_is_written_and_after() {
    let over = SECOND * 601;
    let refused = |scene: &Scene| {
        let outcome = scene.outcome(1);
        assert!(
            matches!(&outcome, Some(Outcome::Refused { why }) if why.contains("last moment to start")),
            "{outcome:?}"
        );
    };
    let mut scene = Scene::linked();
    scene.now = over;
    scene.ordered(&order(1));
    scene.settle();
    refused(&scene);

    let mut scene = Scene::linked();
    scene.ordered(&with_package(order(1)));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.now = over;
    scene.on(Input::Fetched(run(1), Ok(())));
    scene.on(Input::Removed(run(1), None));
    scene.settle();
    refused(&scene);

    // A disk may take long.
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.now = over;
    let effects = scene.settle();
    assert!(!effects.contains(&Effect::Spawn(run(1))), "{effects:?}");
    scene.on(Input::Removed(run(1), None));
    scene.settle();
    refused(&scene);
}

#[test]
fn a_package_comes_before_the_start_and_what_it_lacks_is_the_answer() {
    let mut scene = Scene::linked();
    scene.ordered(&with_package(order(1)));
    let effects = scene.on(Input::Prepared(run(1), Ok(())));
    assert!(
        matches!(&effects[..], [Effect::Fetch { ticket, .. }] if ticket.0 == "ticket"),
        "{effects:?}"
    );
    let printed = format!("{effects:?} {:?}", scene.core);
    assert!(
        !printed.contains("\"ticket\"") && !printed.contains("key: [7, 7"),
        "{printed}"
    );
    let why = "it is not there".to_owned();
    let missing = Outcome::PackageUnavailable { why };
    scene.on(Input::Fetched(run(1), Err(missing.clone())));
    scene.on(Input::Removed(run(1), Some("its folder stays".into())));
    scene.settle();
    let report = scene.report(1).unwrap();
    assert_eq!(report.outcome, missing);
    assert_eq!(report.remark.as_deref(), Some("its folder stays"));
}

/// How far a run came.
type Before = fn(&mut Scene);

#[test]
fn a_cancelled_run_never_starts_wherever_the_cancel_meets_it() {
    let cancel = ServerFrame::Cancel { run_id: run(1) };
    let unheard: Before = |_| {};
    let waits: Before = |scene| {
        for n in 2..=5 {
            scene.started(n);
        }
        scene.ordered(&order(1));
    };
    let prepares: Before = |scene| {
        scene.ordered(&order(1));
    };
    let starts: Before = |scene| {
        scene.ordered(&order(1));
        scene.on(Input::Prepared(run(1), Ok(())));
    };
    for before in [unheard, waits, prepares, starts] {
        let mut scene = Scene::linked();
        before(&mut scene);
        scene.hears(cancel.clone());
        let mut effects = scene.on(Input::Prepared(run(1), Ok(())));
        effects.extend(scene.settle());
        effects.extend(scene.on(Input::Removed(run(1), None)));
        effects.extend(scene.settle());
        effects.extend(scene.ordered(&order(1)));
        effects.extend(scene.settle());
        assert!(!effects.contains(&Effect::Spawn(run(1))), "{effects:?}");
        assert_eq!(scene.outcome(1), Some(Outcome::Cancelled));
    }
}

#[test]
fn a_start_that_cannot_be_written_down_is_answered_and_does_not_happen() {
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    let token = exact(&scene.on(Input::Prepared(run(1), Ok(()))));
    scene.asked.clear();
    let effects = scene.on(Input::Stored(token, failed()));
    assert!(!effects.contains(&Effect::Spawn(run(1))), "{effects:?}");
    scene.on(Input::Removed(run(1), None));
    scene.settle();
    let outcome = scene.outcome(1);
    assert!(
        matches!(&outcome, Some(Outcome::CouldNotStart { why }) if why.contains("disk is full")),
        "{outcome:?}"
    );
}

#[test]
fn what_the_memory_knows_does_not_start_even_if_it_was_forgotten() {
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    let start = Change::Started { run: run(1) };
    crate::Memory::store(&mut scene.disk, &start, Durability::Exact);
    let effects = scene.settle();
    assert!(effects.contains(&Effect::Remove(run(1))), "{effects:?}");
}

#[test]
fn an_answer_is_written_until_it_is_on_disk() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.disk.broken = Some("the disk is full".into());
    scene.ends(1, 0);
    for second in 1..=3 {
        let effects = scene.settle();
        let again = Effect::At(Timer::Again(run(1)), scene.now + SECOND);
        assert_eq!(effects, [again]);
        scene.now = SECOND * second;
        scene.due(Timer::Again(run(1)));
        let twice = scene.due(Timer::Again(run(1)));
        assert!(twice.is_empty(), "it is under way");
    }
    scene.disk.broken = None;
    assert_eq!(frames(&scene.settle()).len(), 1);
    assert_eq!(scene.outcome(1), Some(Outcome::Exited { code: 0 }));
}

#[test]
fn a_removal_that_takes_too_long_goes_on_by_itself() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.on(Input::Exited(run(1), crate::Exit::Code(0)));
    scene.on(Input::Closed(run(1)));
    scene.now += SECOND;
    assert_eq!(scene.due(Timer::Removal(run(1))).len(), 1, "not yet");
    scene.now += SECOND * 4;
    scene.due(Timer::Removal(run(1)));
    scene.settle();
    let remark = scene.report(1).unwrap().remark.clone().unwrap();
    assert!(remark.contains("still being removed"), "{remark}");
    assert!(scene.on(Input::Removed(run(1), None)).is_empty());
}

#[test]
fn who_stops_ends_what_runs_answers_it_and_starts_nothing() {
    let mut scene = Scene::linked();
    for n in 1..=3 {
        scene.started(n);
    }
    scene.ordered(&order(4));
    scene.on(Input::Prepared(run(4), Ok(())));
    scene.ordered(&order(5));
    let effects = scene.on(Input::Stop);
    assert_eq!(effects[0], Effect::HangUp);
    for n in 1..=3 {
        assert!(effects.contains(&Effect::Kill(run(n))));
    }
    assert!(!scene.settle().contains(&Effect::Spawn(run(4))));
    scene.on(Input::Removed(run(4), None));
    scene.lose_link();
    for n in 1..=3 {
        scene.on(Input::Exited(run(n), crate::Exit::Signal(9)));
        scene.on(Input::Closed(run(n)));
        scene.on(Input::Removed(run(n), None));
    }
    assert_eq!(scene.settle(), [Effect::Done]);
    for n in 1..=4 {
        let report = scene.report(n).unwrap();
        assert_eq!(report.outcome, Outcome::Interrupted);
        assert!(report.remark.as_ref().unwrap().contains("was stopped"));
    }
    assert_eq!(scene.report(5), None, "it had not started");
}

#[test]
fn who_stops_while_nothing_is_there_is_done() {
    let mut scene = Scene::begun();
    assert_eq!(scene.on(Input::Stop), [Effect::HangUp]);
    assert_eq!(scene.lose_link(), [Effect::Done]);
    let mut scene = Scene::begun();
    scene.lose_link();
    assert_eq!(scene.on(Input::Stop), [Effect::Done]);
}

#[test]
fn nothing_follows_on_the_end() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.wrote(1, b"x");
    scene.due(Timer::Flush(run(1)));
    scene.settle();
    // Two acknowledgements: one is being written, the other waits for it.
    for seq in [1, 2] {
        scene.acknowledges = seq;
        scene.hears(ServerFrame::Ack);
    }
    let told = scene.asked.pop_front();
    scene.on(Input::Stop);
    scene.lose_link();
    scene.ends(1, 0);
    assert_eq!(scene.settle(), [Effect::Done]);
    let Some(Effect::Store(token, ..)) = told else {
        panic!("{told:?}")
    };
    for input in [
        Input::Stored(token, crate::Kept::Yes),
        Input::Stop,
        Input::Due(Timer::Dial),
    ] {
        assert!(scene.on(input).is_empty());
    }
}

#[test]
fn more_than_can_be_answered_ends_the_link() {
    let mut scene = Scene::linked();
    scene.disk.broken = Some("the disk is full".into());
    let mut n = 0;
    let ended = loop {
        n += 1;
        let effects = scene.hears(ServerFrame::Cancel { run_id: run(n) });
        if effects.contains(&Effect::HangUp) {
            break n;
        }
    };
    assert_eq!(ended, 257);
}
