//! Each process runs for itself.

use super::HERE;
use crate::Lease;
use crate::process::{Done, Gate, Moment, Process};
use crate::run::{Around, run};
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{CommandError, CommandHandler, Commands};
use upkeep_event_store::{Position, SqliteStore, StreamName, real_world};
use upkeep_projections::Projections;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(20);

/// Never gets done with anything.
struct Stuck;

impl Process for Stuck {
    type Todo = ();
    const NAME: &'static str = "something that hangs";
    const GATE: Gate = Gate::Open;

    fn todo(&self, _: &Moment) -> Vec<()> {
        vec![()]
    }

    fn subject((): &()) -> Uuid {
        Uuid::nil()
    }

    async fn carry_out(&self, _: &Commands, _: &Moment, (): &()) -> Result<Done, CommandError> {
        pending().await
    }
}

/// Has two things to do until they are done; the first try of the second one fails.
struct Trying {
    tried: UnboundedSender<u128>,
    left: Vec<u128>,
    has_failed: AtomicBool,
}

impl Process for Trying {
    type Todo = u128;
    const NAME: &'static str = "something that fails once";
    const GATE: Gate = Gate::Open;

    fn todo(&self, _: &Moment) -> Vec<u128> {
        self.left.clone()
    }

    fn subject(n: &u128) -> Uuid {
        Uuid::from_u128(*n)
    }

    async fn carry_out(&self, _: &Commands, _: &Moment, n: &u128) -> Result<Done, CommandError> {
        let _ = self.tried.send(*n);
        if *n == 2 && !self.has_failed.swap(true, Ordering::SeqCst) {
            let stream = StreamName::of("session", Uuid::nil());
            return Err(CommandError::Contended { stream });
        }
        Ok(Done::At(Position::START))
    }

    fn remember(&mut self, done: u128) {
        self.left.retain(|n| *n != done);
    }
}

/// What a process runs in.
struct World {
    around: Arc<Around>,
    stop: CancellationToken,
    projector: JoinHandle<()>,
    _folder: TempDir,
}

fn world() -> World {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path(), real_world()).unwrap());
    let handler = CommandHandler::new(store.clone(), real_world());
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store, real_world(), None, stop.clone());
    let projector = tokio::spawn(async move { work.await.unwrap() });
    let commands = Commands::new(handler, projections.clone());
    let lease = Lease::new(commands.clone(), HERE, Duration::from_secs(15));
    World {
        around: Arc::new(Around::new(commands, projections, lease, 1)),
        stop,
        projector,
        _folder: folder,
    }
}

/// Has much to do, one after the other, and is told to stop at the first.
struct Busy {
    stop: CancellationToken,
    done: Arc<AtomicUsize>,
}

impl Process for Busy {
    type Todo = u128;
    const NAME: &'static str = "something that has much to do";
    const GATE: Gate = Gate::Open;
    const BOUND: usize = 1;

    fn todo(&self, _: &Moment) -> Vec<u128> {
        (0..1_000).collect()
    }

    fn subject(n: &u128) -> Uuid {
        Uuid::from_u128(*n)
    }

    async fn carry_out(&self, _: &Commands, _: &Moment, _: &u128) -> Result<Done, CommandError> {
        self.stop.cancel();
        tokio::task::yield_now().await;
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(Done::At(Position::START))
    }
}

#[tokio::test]
async fn who_is_told_to_stop_finishes_what_is_under_way_and_begins_nothing() {
    let world = world();
    let done = Arc::new(AtomicUsize::new(0));
    let busy = Busy {
        stop: world.stop.clone(),
        done: done.clone(),
    };
    let ended = run(busy, world.around, world.stop);
    tokio::time::timeout(PATIENCE, ended)
        .await
        .expect("it ends");
    assert_eq!(done.load(Ordering::SeqCst), 1);
    world.projector.await.unwrap();
}

#[tokio::test]
async fn a_process_that_hangs_delays_no_other_and_what_failed_is_tried_again() {
    let World {
        around,
        stop,
        projector,
        _folder,
    } = world();
    let stuck = tokio::spawn(run(Stuck, around.clone(), stop.clone()));
    let (tried, mut heard) = unbounded_channel();
    let trying = Trying {
        tried,
        left: vec![1, 2],
        has_failed: false.into(),
    };
    let trying = tokio::spawn(run(trying, around, stop.clone()));
    let mut seen = vec![];
    for _ in 0..3 {
        let next = tokio::time::timeout(PATIENCE, heard.recv()).await;
        seen.extend(next.expect("it is tried"));
    }
    assert_eq!(seen, [1, 2, 2]);
    stop.cancel();
    let ended = tokio::time::timeout(PATIENCE, trying).await;
    ended.expect("it ends when it is told to").unwrap();
    assert!(!stuck.is_finished(), "what is under way is finished first");
    stuck.abort();
    projector.await.unwrap();
}
