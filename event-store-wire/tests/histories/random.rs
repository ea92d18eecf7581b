//! Random histories: the server and the model answer the same.

use super::model::{Event, Model};
use super::raw::{Answer::Done, Expect, World, refused};
use Expect::{Any, At, Exists, NoStream};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// How many random histories are played, and of how many steps each.
const HISTORIES: usize = 48;
const STEPS: usize = 40;
/// Streams of each.
const STREAMS: u8 = 3;

#[derive(Clone, Debug)]
enum Act {
    Append {
        shape: u8,
        count: usize,
        pick: usize,
    },
    Describe {
        says: u8,
    },
    Delete,
    Tombstone,
}

#[derive(Clone, Debug)]
struct Step {
    stream: u8,
    expect: u8,
    act: Act,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let append = (0..10u8, 0..4usize, 0..999usize).prop_map(|(shape, count, pick)| Act::Append {
        shape,
        count,
        pick,
    });
    let describe = (0..9u8).prop_map(|says| Act::Describe { says });
    let act = prop_oneof![
        30 => append,
        4 => describe,
        6 => Just(Act::Delete),
        1 => Just(Act::Tombstone),
    ];
    let step = (0..STREAMS, 0..8u8, act).prop_map(|(stream, expect, act)| Step {
        stream,
        expect,
        act,
    });
    prop::collection::vec(step, STEPS)
}

/// Near the head, so that it is right as often as not.
fn expectation(choice: u8, head: Option<u64>) -> Expect {
    match (choice, head) {
        (0..=2, _) => Any,
        (3, _) => Exists,
        (4, _) | (_, None) => NoStream,
        (5, Some(head)) => At(head + 1),
        (6, Some(head)) => At(head),
        (_, Some(head)) => At(head / 2),
    }
}

/// Ids of an append: new ones, or used before in every shape.
fn ids(shape: u8, count: usize, pick: usize, before: &[Vec<u64>], next: &mut u64) -> Vec<u64> {
    let mut fresh = || {
        *next += 1;
        *next
    };
    let earlier = before
        .get(pick % before.len().max(1))
        .cloned()
        .unwrap_or_default();
    match shape {
        0..=3 => (0..count).map(|_| fresh()).collect(),
        4 => earlier,
        5 => earlier.into_iter().take(count).collect(),
        6 => [vec![fresh()], earlier].concat(),
        7 => [earlier, vec![fresh()]].concat(),
        8 => earlier.into_iter().rev().collect(),
        _ => earlier.iter().chain(earlier.iter()).copied().collect(),
    }
}

/// What is said of a stream, well and badly.
fn metadata(says: u8) -> &'static str {
    match says {
        0 => "{}",
        1 => "{\"$maxCount\":2}",
        2 => "{\"$tb\":3}",
        3 => "{\"$maxCount\":0,\"$tb\":1}",
        4 => "{\"owner\":\"x\"}",
        5 => "{\"$tb\":9223372036854775807}",
        6 => "null",
        7 => "{bad",
        _ => "{\"$tb\":-1,\"$maxCount\":1}",
    }
}

/// One history, in the server and in the model.
struct Play<'a> {
    world: &'a World,
    model: Model,
    number: usize,
    /// What was appended.
    before: Vec<Vec<u64>>,
    heads: [Option<u64>; STREAMS as usize],
    next: u64,
}

impl Play<'_> {
    fn name(&self, stream: u8) -> String {
        format!("h{}-{stream}", self.number)
    }

    async fn take(&mut self, step: &Step) {
        let name = self.name(step.stream);
        let head = self.heads[usize::from(step.stream)];
        let expect = expectation(step.expect, head);
        let told = format!("{name}, {expect:?}: {step:?}");
        match step.act {
            Act::Append { shape, count, pick } => {
                let ids = ids(shape, count, pick, &self.before, &mut self.next);
                let wanted = ids.iter().map(|n| Event {
                    id: Some(*n),
                    data: format!("{{\"n\":{n}}}"),
                });
                let wanted: Vec<Event> = wanted.collect();
                let expected = self.model.append(&name, expect, &wanted);
                let answer = self.world.append(&name, expect, &ids).await;
                assert_eq!(answer, expected, "{told} {ids:?}");
                if let Done(head @ Some(_)) = answer {
                    self.heads[usize::from(step.stream)] = head;
                    self.before.push(ids);
                }
            }
            Act::Describe { says } => {
                self.next += 1;
                let expect = expectation(step.expect, None);
                let wanted = Event {
                    id: Some(self.next),
                    data: metadata(says).into(),
                };
                let expected = self.model.append(&format!("$${name}"), expect, &[wanted]);
                let answer = self
                    .world
                    .set_metadata(&name, expect, self.next, metadata(says));
                let answer = answer.await;
                // The model tells the newest revision, and more may have been said behind this event.
                let same = matches!((&answer, &expected), (Done(_), Done(_)));
                assert!(same || answer == expected, "{told} {answer:?} {expected:?}");
            }
            Act::Delete => {
                let expected = self.model.delete(&name, expect);
                let answer = self.world.delete(&name, expect).await;
                assert_eq!(
                    answer.map_err(|status| refused(&status)),
                    expected,
                    "{told}"
                );
            }
            Act::Tombstone => {
                let expected = self.model.tombstone(&name, expect);
                let answer = self.world.tombstone(&name, expect).await;
                assert_eq!(
                    answer.map_err(|status| refused(&status)),
                    expected,
                    "{told}"
                );
            }
        }
        for name in [format!("$${name}"), name] {
            let read = self
                .world
                .read(&name)
                .await
                .map_err(|status| refused(&status));
            let data = read.map(|events| {
                events.map(|events| events.into_iter().map(|event| event.data).collect())
            });
            assert_eq!(data, self.model.read(&name), "{told}, read {name}");
        }
    }
}

/// Some thousands of recorded answers of a real server agree with the model, too.
#[tokio::test]
async fn random_histories_are_answered_as_the_model_says() {
    let world = World::new().await;
    let mut runner = TestRunner::deterministic();
    let mut next = 0;
    for number in 0..HISTORIES {
        let mut play = Play {
            world: &world,
            model: Model::default(),
            number,
            before: vec![],
            heads: [None; STREAMS as usize],
            next,
        };
        for step in steps().new_tree(&mut runner).unwrap().current() {
            play.take(&step).await;
        }
        next = play.next;
        let own = play.name(0).replace("-0", "-");
        let written = world.read_all().await.into_iter().map(|event| event.place);
        let written = written.filter(|place| place.trim_start_matches('$').starts_with(&own));
        assert_eq!(written.collect::<Vec<_>>(), play.model.order);
    }
}
