use crate::{Clock, Ended, Late, Ports, Timers, Wait, World, real_world};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A clock that a test sets, in seconds; its timers end when they are asked and it has come so far.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Hand {
    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap() + self.uptime()
    }

    fn uptime(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn awake(&self) -> Duration {
        self.uptime()
    }
}

impl Timers for Hand {
    fn until(&self, uptime: Duration) -> Wait {
        let clock = self.clone();
        Box::pin(async move {
            while clock.uptime() < uptime {
                tokio::task::yield_now().await;
            }
        })
    }
}

fn world(hand: &Hand) -> World {
    World::new(Ports {
        clock: Arc::new(hand.clone()),
        timers: Arc::new(hand.clone()),
        ..Ports::clone(&real_world().0)
    })
}

#[tokio::test]
async fn an_id_begins_with_the_time_and_ends_with_chance() {
    let hand = Hand::default();
    let world = world(&hand);
    let (one, other) = (world.id(), world.id());
    assert_eq!(one.get_version_num(), 7);
    assert_eq!(one.as_bytes()[..6], other.as_bytes()[..6]);
    assert_ne!(one, other);
    hand.set(1);
    assert!(world.id() > one.max(other));
}

#[tokio::test]
async fn what_is_done_in_time_counts_and_what_is_not_is_left() {
    let hand = Hand::default();
    let world = world(&hand);
    assert_eq!(world.within(Duration::ZERO, async { 7 }).await, Ok(7));
    let never = world.within(SECOND, std::future::pending::<()>());
    let clock = async { hand.set(1) };
    assert_eq!(tokio::join!(never, clock).0, Err(Late));
}

#[tokio::test]
async fn a_pace_is_kept_and_what_was_missed_is_not_made_up_for() {
    let hand = Hand::default();
    let world = world(&hand);
    let mut every = world.every(SECOND * 10);
    every.tick().await;
    hand.set(12);
    every.tick().await;
    hand.set(20);
    every.tick().await;
    hand.set(1_000);
    every.tick().await;
    let soon = world.within(SECOND, every.tick());
    let clock = async { hand.set(1_001) };
    assert_eq!(tokio::join!(soon, clock).0, Err(Late), "it is not yet time");
    hand.set(1_010);
    every.tick().await;
}

#[tokio::test]
async fn who_drops_a_task_stops_it_and_who_waits_hears_of_its_end() {
    let world = real_world();
    let (held, gone) = tokio::sync::oneshot::channel::<()>();
    let task = world.spawn("something that waits", async move {
        let _held = held;
        std::future::pending::<()>().await;
    });
    drop(task);
    assert!(gone.await.is_err());
    assert_eq!(world.spawn("a sum", async { 3 + 4 }).await, Ok(7));
    assert_eq!(world.blocking("a sum", || 3 + 4).await, Ok(7));
    let failing = world.spawn("something wrong", async { panic!("on purpose") });
    let ended = Ended::Panicked {
        name: "something wrong",
        message: "on purpose".to_owned(),
    };
    assert_eq!(failing.await, Err::<(), _>(ended));
}

#[tokio::test]
async fn nothing_ends_before_its_time() {
    let world = real_world();
    let until = world.uptime() + Duration::from_millis(50);
    world.until(until).await;
    assert!(world.uptime() >= until);
}
