//! Whatever comes in whatever order: frames again and on other links, a memory that fails, death at any moment.

use super::scene::{order, run, signed, with_package};
use super::world::{RUNS, World, runs};
use crate::Memory;
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::time::Duration;
use upkeep_agent_protocol::{RunOrder, ServerFrame};

#[derive(Clone, Copy, Debug)]
enum Happening {
    Memory {
        well: bool,
        and_yet: bool,
    },
    MemoryIsMad(u64),
    Process {
        n: usize,
        how: u8,
    },
    Link {
        credit: u64,
    },
    LinkIsLost(u64),
    Order {
        n: u128,
        seconds: i64,
        package: bool,
    },
    OrderIsQuestion(u128),
    Cancel(u128),
    SaidBefore(usize),
    Ping,
    Goodbye(u64),
    Gap,
    Acknowledge(u64),
    Written,
    Time(u64),
    Death,
    PowerFailure(usize),
    Stop,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    prop_oneof![
        80 => Just(H::Memory { well: true, and_yet: false }),
        1 => any::<bool>().prop_map(|and_yet| H::Memory { well: false, and_yet }),
        1 => (0..60u64).prop_map(H::MemoryIsMad),
        80 => (0..8usize, any::<u8>()).prop_map(|(n, how)| H::Process { n, how }),
        40 => (0..300u64).prop_map(|credit| H::Link { credit }),
        1 => any::<u64>().prop_map(H::LinkIsLost),
        40 => (0..RUNS, 0..300i64, any::<bool>())
            .prop_map(|(n, seconds, package)| H::Order { n, seconds, package }),
        1 => (0..RUNS).prop_map(H::OrderIsQuestion),
        2 => (0..RUNS).prop_map(H::Cancel),
        10 => any::<usize>().prop_map(H::SaidBefore),
        1 => Just(H::Ping),
        1 => (0..5_000u64).prop_map(H::Goodbye),
        1 => Just(H::Gap),
        20 => (0..4u64).prop_map(H::Acknowledge),
        20 => Just(H::Written),
        10 => (0..20_000u64).prop_map(H::Time),
        1 => Just(H::Death),
        1 => (0..=100usize).prop_map(H::PowerFailure),
        1 => Just(H::Stop),
    ]
}

fn happens(world: &mut World, happening: Happening) {
    match happening {
        Happening::Memory { well, and_yet } => world.memory_answers(well, and_yet),
        Happening::MemoryIsMad(token) => world.memory_is_mad(token),
        Happening::Process { n, how } => world.process_goes_on(n, how),
        Happening::Link { credit } => world.link_goes_on(credit),
        Happening::LinkIsLost(luck) => world.link_is_lost(luck),
        Happening::Order {
            n,
            seconds,
            package,
        } => {
            let until = world.server_time() + TimeDelta::seconds(seconds);
            let order = RunOrder {
                not_after: *world.not_after.entry(run(n)).or_insert(until),
                timeout_seconds: 30,
                ..order(n)
            };
            let order = if package { with_package(order) } else { order };
            world.server_says(signed(&order));
        }
        Happening::OrderIsQuestion(n) => {
            // The server has heard that it started.
            if world.spawned.contains(&run(n)) {
                let order = RunOrder {
                    answer_only: true,
                    ..order(n)
                };
                world.server_says(signed(&order));
            }
        }
        Happening::Cancel(n) => world.server_says(ServerFrame::Cancel { run_id: run(n) }),
        Happening::SaidBefore(n) => {
            if let Some(n) = n.checked_rem(world.words.len()) {
                let frame = world.words[n].clone();
                world.server_says(frame);
            }
        }
        Happening::Ping => {
            let server_time = Some(world.server_time());
            world.server_says(ServerFrame::Ping { server_time });
        }
        Happening::Goodbye(retry_after_ms) => world.server_says(ServerFrame::Goodbye {
            reason: String::new(),
            retry_after_ms,
        }),
        Happening::Gap => world.frame_is_missing(),
        Happening::Acknowledge(frames) => world.server_acknowledges(frames),
        Happening::Written => world.all_is_written(),
        Happening::Time(ms) => world.time_goes_on(Duration::from_millis(ms)),
        Happening::Death => world.dies(),
        Happening::PowerFailure(share) => world.loses_power(share),
        Happening::Stop => world.stops(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// What must never be, the world knows: a run that starts twice, or before that is on disk, after it was taken
    /// back, after its last moment, or after its link; a gap in what is said.
    #[test]
    fn a_run_starts_at_most_once_and_its_answer_is_said_until_it_arrived(
        history in prop::collection::vec(happening(), 0..400),
    ) {
        let mut world = World::new();
        for happening in history {
            happens(&mut world, happening);
        }
        world.heals();
        for run in runs() {
            if world.spawned.contains(&run) || world.disk.is_safe(run) {
                prop_assert!(world.disk.report(run).is_some(), "{run} has no end");
                prop_assert!(world.answered.contains(&run), "the end of {run} never arrived");
            }
        }
        prop_assert!(world.processes.is_empty());
        let left = world.disk.recall(0).unwrap().frames;
        prop_assert!(left.is_empty(), "what arrived is not forgotten: {left:?}");
    }
}

fn lived(history: &[Happening]) -> World {
    let mut world = World::new();
    world.trace = Some(vec![]);
    for happening in history {
        happens(&mut world, *happening);
    }
    world
}

/// A test that meets nothing passes on nothing; and the same inputs have the same effects.
#[test]
fn histories_are_full_of_life_and_the_same_twice() {
    let mut runner = TestRunner::deterministic();
    let (mut spawned, mut answered, mut lives) = (0, 0, 0);
    for _ in 0..50 {
        let histories = prop::collection::vec(happening(), 400);
        let history = histories.new_tree(&mut runner).unwrap().current();
        let world = lived(&history);
        assert_eq!(world.trace, lived(&history).trace);
        spawned += world.spawned.len();
        answered += world.answered.len();
        lives += world.lives;
    }
    println!("{spawned} starts, {answered} answers, {lives} lives");
    assert!(spawned > 100 && answered > 30 && lives > 100);
}
