use super::scene::{RECONNECT_MAX, SECOND, Scene, facts, frames, hour, order, run, signed};
use crate::{Change, Durability, Effect, Input, Kept, Memory, Timer};
use chrono::TimeDelta;
use std::time::Duration;
use upkeep_agent_protocol::{
    AgentFrame, HANDSHAKE_TIMEOUT, RunOrder, SILENCE_LIMIT, ServerFrame, ServerMessage,
};
use uuid::Uuid;

/// How long after the link's end the next is dialled.
fn wait(scene: &Scene, effects: &[Effect]) -> Duration {
    let at = effects.iter().find_map(|effect| match effect {
        Effect::At(Timer::Dial, at) => Some(*at),
        _ => None,
    });
    at.expect("it dials again").saturating_sub(scene.now)
}

#[test]
fn both_prove_themselves_and_then_the_outbox_is_said_from_where_it_was_acknowledged() {
    let mut scene = Scene::begun();
    assert_eq!(
        scene.dialled(),
        [Effect::At(Timer::Silence, HANDSHAKE_TIMEOUT)]
    );
    let hello = scene.hello();
    let said = frames(&scene.hears(hello));
    assert!(
        matches!(said[..], [(0, AgentFrame::Auth { .. })]),
        "{said:?}"
    );
    let effects = scene.hears(Scene::welcome(0));
    assert!(matches!(effects[..], [Effect::Recall(_, 0)]), "{effects:?}");
    let facts = facts();
    assert_eq!(
        frames(&scene.settle()),
        [
            (0, AgentFrame::Resume { first_seq: 1 }),
            (0, AgentFrame::Inventory { facts })
        ]
    );
}

#[test]
fn who_has_proven_nothing_acknowledges_nothing_and_orders_nothing() {
    let mut scene = Scene::begun();
    scene.dialled();
    scene.acknowledges = 1_000_000_000;
    let hello = scene.hello();
    assert_eq!(scene.hears(hello), [Effect::HangUp]);
    let mut scene = Scene::begun();
    scene.dialled();
    assert_eq!(scene.ordered(&order(1)), [Effect::HangUp]);
    let mut scene = Scene::begun();
    scene.dialled();
    let hello = scene.hello();
    scene.hears(hello);
    let ServerFrame::Welcome { ticket, credit, .. } = Scene::welcome(5) else {
        unreachable!()
    };
    let sig = "00".repeat(64);
    let wrong = ServerFrame::Welcome {
        sig,
        ticket,
        credit,
    };
    assert_eq!(scene.hears(wrong), [Effect::HangUp]);
}

#[test]
fn a_frame_that_is_missing_ends_the_link_and_what_comes_after_is_not_obeyed() {
    let mut scene = Scene::linked();
    scene.said += 1;
    assert_eq!(scene.hears(ServerFrame::Ack), [Effect::HangUp]);
    assert!(scene.ordered(&order(1)).is_empty());
    assert!(matches!(
        scene.lose_link()[..],
        [Effect::At(Timer::Dial, _)]
    ));
}

#[test]
fn an_order_counts_only_with_the_servers_signature_and_for_this_agent() {
    let mut scene = Scene::linked();
    let ServerFrame::Run { order: text, .. } = signed(&order(1)) else {
        unreachable!()
    };
    let sig = "00".repeat(64);
    let forged = ServerFrame::Run { order: text, sig };
    assert_eq!(scene.hears(forged), [Effect::HangUp]);
    let mut scene = Scene::linked();
    let other = RunOrder {
        agent_id: Uuid::nil(),
        ..order(1)
    };
    assert_eq!(scene.ordered(&other), [Effect::HangUp]);
}

#[test]
fn a_server_that_is_silent_is_left_however_much_there_is_to_say() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.now = SECOND * 60;
    scene.hears(ServerFrame::Ack);
    scene.now = SILENCE_LIMIT;
    let until = SECOND * 60 + SILENCE_LIMIT;
    assert_eq!(
        scene.due(Timer::Silence),
        [Effect::At(Timer::Silence, until)]
    );
    scene.wrote(1, b"x");
    scene.due(Timer::Flush(run(1)));
    assert_eq!(frames(&scene.settle()).len(), 1, "it speaks");
    scene.now = until;
    assert_eq!(scene.due(Timer::Silence), [Effect::HangUp]);
}

#[test]
fn the_handshake_is_waited_for_less_long() {
    let mut scene = Scene::begun();
    scene.dialled();
    scene.now = HANDSHAKE_TIMEOUT;
    assert_eq!(scene.due(Timer::Silence), [Effect::HangUp]);
}

#[test]
fn waits_grow_with_failures_up_to_the_limit_and_a_link_that_held_begins_anew() {
    let mut scene = Scene::begun();
    let mut waits = Vec::new();
    for _ in 0..12 {
        let lost = scene.lose_link();
        waits.push(wait(&scene, &lost));
        scene.now += wait(&scene, &lost);
        assert_eq!(scene.due(Timer::Dial), [Effect::Dial]);
    }
    // The first is the agent's own share of a second; luck is a half.
    assert!(waits[0] < SECOND);
    assert_eq!(waits[1..4], [SECOND, SECOND * 2, SECOND * 4]);
    assert_eq!(waits[11], RECONNECT_MAX / 2);
    scene.link();
    scene.now += SILENCE_LIMIT + SECOND;
    let lost = scene.lose_link();
    assert!(wait(&scene, &lost) < SECOND);
}

#[test]
fn who_is_told_when_to_come_back_comes_then_and_not_later_than_the_limit() {
    for (told, waited) in [(7_000, SECOND * 7), (u64::MAX, RECONNECT_MAX)] {
        let mut scene = Scene::linked();
        let goodbye = ServerFrame::Goodbye {
            reason: "it restarts".into(),
            retry_after_ms: told,
        };
        assert_eq!(scene.hears(goodbye), [Effect::HangUp]);
        let lost = scene.lose_link();
        assert_eq!(wait(&scene, &lost), waited);
    }
}

#[test]
fn what_is_not_acknowledged_is_said_again_on_the_next_link() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.ends(1, 0);
    let said = frames(&scene.settle());
    assert!(matches!(said[..], [(2, AgentFrame::RunEnded { .. })]));
    scene.acknowledges = 1;
    let effects = scene.hears(ServerFrame::Ack);
    let change = Change::Acknowledged { seq: 1 };
    assert!(
        matches!(&effects[..], [Effect::Store(_, told, Durability::Loose)] if *told == change),
        "{effects:?}"
    );
    scene.lose_link();
    scene.now += SECOND;
    scene.due(Timer::Dial);
    let said = scene.link();
    assert_eq!(said[0], AgentFrame::Resume { first_seq: 2 });
    assert!(matches!(said[2], AgentFrame::RunEnded { run_id, .. } if run_id == run(1)));
}

#[test]
fn what_a_link_read_is_not_said_on_the_next() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.ends(1, 0);
    scene.answer();
    let asked = scene.asked.pop_front();
    let Some(Effect::Recall(token, after)) = asked else {
        panic!("{asked:?}")
    };
    let waiting = crate::Memory::recall(&mut scene.disk, after);
    scene.lose_link();
    scene.now += SECOND;
    scene.due(Timer::Dial);
    scene.dialled();
    let hello = scene.hello();
    scene.hears(hello);
    scene.hears(Scene::welcome(0));
    assert!(scene.on(Input::Recalled(token, waiting)).is_empty());
    let said = frames(&scene.settle());
    assert_eq!(said[0].1, AgentFrame::Resume { first_seq: 1 });
}

#[test]
fn output_is_said_as_far_as_the_credit_goes_and_what_is_behind_it_waits() {
    let mut scene = Scene::begun();
    scene.dialled();
    let hello = scene.hello();
    scene.hears(hello);
    scene.hears(Scene::welcome(5));
    scene.settle();
    scene.started(1);
    for text in ["12345", "67890"] {
        scene.wrote(1, text.as_bytes());
        scene.due(Timer::Flush(run(1)));
    }
    let said = frames(&scene.settle());
    assert!(matches!(&said[..], [(2, AgentFrame::Output { text, .. })] if text == "12345"));
    scene.ends(1, 0);
    assert!(frames(&scene.settle()).is_empty());
    scene.hears(ServerFrame::Credit { bytes: 4 });
    assert!(frames(&scene.settle()).is_empty());
    scene.hears(ServerFrame::Credit { bytes: 1 });
    let said = frames(&scene.settle());
    assert_eq!(said.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn the_next_page_waits_until_the_last_has_left() {
    let mut scene = Scene::begun();
    for index in 0..20 {
        let change = Change::Output {
            run: run(1),
            index,
            text: "x".into(),
        };
        let kept = crate::Memory::store(&mut scene.disk, &change, Durability::Loose);
        assert_eq!(kept, Kept::Yes);
    }
    scene.dialled();
    let hello = scene.hello();
    scene.hears(hello);
    scene.hears(Scene::welcome(1_000));
    assert_eq!(frames(&scene.answer()).len(), 2 + 16);
    assert!(scene.asked.is_empty());
    assert!(matches!(
        scene.on(Input::Written)[..],
        [Effect::Recall(_, 16)]
    ));
    assert_eq!(frames(&scene.answer()).len(), 4);
}

#[test]
fn one_acknowledgement_is_written_at_a_time_and_one_that_fails_is_made_up_for() {
    let mut scene = Scene::linked();
    scene.started(1);
    scene.wrote(1, b"x");
    scene.due(Timer::Flush(run(1)));
    scene.settle();
    scene.acknowledges = 1;
    assert_eq!(scene.hears(ServerFrame::Ack).len(), 1);
    scene.acknowledges = 2;
    assert!(scene.hears(ServerFrame::Ack).is_empty());
    let Some(Effect::Store(token, ..)) = scene.asked.pop_front() else {
        panic!("it is stored")
    };
    let kept = super::scene::failed();
    let effects = scene.on(Input::Stored(token, kept));
    let change = Change::Acknowledged { seq: 2 };
    assert!(matches!(&effects[..], [Effect::Store(_, told, _)] if *told == change));
}

#[test]
fn what_could_not_be_forgotten_is_forgotten_with_the_next_frame() {
    let mut scene = Scene::linked();
    scene.ordered(&order(1));
    scene.on(Input::Prepared(run(1), Ok(())));
    scene.settle();
    scene.ends(1, 0);
    scene.settle();
    scene.disk.broken = Some("the disk is full".into());
    scene.acknowledges = 2;
    scene.hears(ServerFrame::Ack);
    scene.settle();
    assert!(scene.asked.is_empty(), "nor is it tried for ever");
    scene.disk.broken = None;
    assert_eq!(scene.disk.recall(0).unwrap().frames.len(), 2);
    let server_time = None;
    scene.hears(ServerFrame::Ping { server_time });
    scene.settle();
    assert_eq!(scene.disk.recall(0).unwrap().frames, []);
    scene.hears(ServerFrame::Ack);
    assert!(scene.asked.is_empty(), "once is enough");
}

#[test]
fn a_ping_is_answered_and_sets_the_clock_and_what_is_newer_is_ignored() {
    let mut scene = Scene::linked();
    let server_time = Some(hour() + TimeDelta::hours(1));
    let said = frames(&scene.hears(ServerFrame::Ping { server_time }));
    assert_eq!(said, [(0, AgentFrame::Pong)]);
    assert!(scene.hears(ServerFrame::Unknown).is_empty());
    scene.ordered(&order(1));
    scene.settle();
    let outcome = scene.outcome(1);
    assert!(matches!(
        outcome,
        Some(upkeep_agent_protocol::Outcome::Refused { .. })
    ));
    let hello = scene.hello();
    assert_eq!(scene.hears(hello), [Effect::HangUp]);
}

#[test]
fn every_frame_tells_what_was_heard() {
    let mut scene = Scene::linked();
    let effects = scene.hears(ServerFrame::Ping { server_time: None });
    let [Effect::Say(message)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(message.ack, 3);
    let stray = ServerMessage {
        seq: 3,
        ack: 0,
        frame: ServerFrame::Ack,
    };
    assert_eq!(
        scene.on(Input::Frame(Box::new(stray))),
        [Effect::HangUp],
        "it was heard before"
    );
}
