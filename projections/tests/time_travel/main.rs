//! The law of time travel: a replayed view equals the view that was live at that position.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests wait in the real world"
)]

mod listings;
mod lists;
mod lives;
mod sessions;

use lives::{Chance, begin, live_on};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use upkeep_commands::CommandHandler;
use upkeep_domain::maintenance::session::{Session, WaitCause};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_event_store::evidence::verify::verify;
use upkeep_event_store::{Direction, EventStore, Position, SqliteStore, real_world};
use upkeep_projections::{AsOf, Cause, Moment, Projections, Snapshots, View, Won};

const HISTORIES: usize = 6;
const STEPS: usize = 800;
/// A history has fewer events.
const LOG: usize = 4_096;
/// Every so many views, the lists of one are compared with a look at everything.
const LISTED: usize = 50;

/// What some views along the way say is what all events say.
async fn check_samples(projections: &Projections, store: &SqliteStore, lived: &[Arc<View>]) {
    let log = store.read_all(Position::START, Direction::Forwards, LOG);
    let log = log.await.unwrap();
    assert!(log.len() < LOG, "all of it");
    let last = lived.last().unwrap();
    let mut listed = 0;
    for view in lived.iter().step_by(LISTED).chain([last]) {
        listed += lists::check(view);
        sessions::check(projections, view, &log).await;
    }
    assert!(listed > 100);
    lists::check_streams(last, &log);
    listings::check(lived);
}

/// The turns of every item on every computer are those that one sees by asking at each position.
async fn check_turns(projections: &Projections, lived: &[Arc<View>]) -> usize {
    let last = lived.last().unwrap();
    let until = Moment {
        view: last.clone(),
        at: last.time().unwrap(),
    };
    let mut found = 0;
    for (computer, _) in last.computers.iter() {
        for (software, _) in last.software.iter() {
            let item = MaintenanceItem::Software(software);
            let mut seen: Vec<(Position, Option<Won>)> = vec![];
            let mut now = None;
            for view in lived.iter().filter(|view| view.time().is_some()) {
                let won = view.winner_of(item, computer, view.time().unwrap());
                if won != now {
                    now.clone_from(&won);
                    seen.push((view.position(), won));
                }
            }
            let told = projections
                .resolution_history(&until, (computer, None), item)
                .await
                .unwrap();
            let told: Vec<(Position, Option<Won>)> = told
                .into_iter()
                .map(|turn| match turn.cause {
                    Cause::Event(event) => (event.position, turn.after),
                    Cause::Time => panic!("no agreement here"),
                })
                .collect();
            // One command may make several events: what one sees is where they led.
            let told: Vec<_> = (seen.iter())
                .map(|(position, _)| {
                    let upto = told.iter().rfind(|(at, _)| at <= position);
                    (*position, upto.and_then(|(_, won)| won.clone()))
                })
                .collect();
            assert_eq!(told, seen);
            found += seen.len();
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_view_equals_the_view_that_was_live() {
    let mut runner = TestRunner::deterministic();
    // Side by side: each has a store of its own.
    let mut histories = JoinSet::new();
    for _ in 0..HISTORIES {
        let steps = prop::collection::vec(Chance::any(), STEPS);
        let history = steps.new_tree(&mut runner).unwrap().current();
        histories.spawn(check(history));
    }
    let (mut with_runs, mut with_waits, mut with_values, mut with_drafts) = (0, 0, 0, 0);
    while let Some(had) = histories.join_next().await {
        let had = had.unwrap();
        with_runs += had.runs;
        with_waits += had.waits;
        with_values += had.values;
        with_drafts += had.drafts;
    }
    assert!(
        with_runs >= 3 && with_waits >= 3,
        "most histories have sessions that ran scripts and that waited, not {with_runs} and {with_waits} of {HISTORIES}"
    );
    assert!(with_values >= 1, "some history collects values");
    assert!(with_drafts >= 1, "some history tries a script");
}

/// Whether a session told a value of a monitored task.
fn has_values(view: &View) -> bool {
    let mut tasks = view.tasks.iter().map(|(id, _)| MaintenanceItem::Task(id));
    tasks.any(|task| {
        let mut computers = view.computers.iter();
        computers.any(|(computer, _)| view.collected(computer, task).is_some())
    })
}

/// What the sessions of a history had: of each one, or none.
struct Had {
    runs: usize,
    /// For their turn, and for their computer.
    waits: usize,
    /// Values of monitored tasks.
    values: usize,
    /// The run of a script that is tried.
    drafts: usize,
}

impl Had {
    fn of(lived: &[Arc<View>]) -> Self {
        let sessions = lived.iter().flat_map(|view| view.sessions.iter());
        let sessions: Vec<_> = sessions.map(|(_, entry)| entry).collect();
        let any = |has: &dyn Fn(&Session) -> bool| sessions.iter().any(|entry| has(&entry.state));
        let waited = |cause| any(&|session| session.waits_for(cause).is_some());
        Self {
            runs: usize::from(any(&|session| !session.runs.is_empty())),
            waits: usize::from(waited(WaitCause::Turn) && waited(WaitCause::Connectivity)),
            values: usize::from(lived.iter().any(|view| has_values(view))),
            drafts: usize::from(any(&|session| {
                session.draft.is_some() && !session.runs.is_empty()
            })),
        }
    }
}

async fn check(history: Vec<Chance>) -> Had {
    let directory = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path(), real_world()).unwrap());
    let stop = CancellationToken::new();
    let (projections, work) = Projections::new(store.clone(), real_world(), None, stop.clone());
    let projector = tokio::spawn(work);
    let handler = CommandHandler::new(store.clone(), real_world());
    begin(&handler).await;
    let begun = store.head().await.unwrap();
    let first = projections.at_least(begun, Duration::from_secs(10)).await;
    let mut lived: Vec<Arc<View>> = vec![first.unwrap()];
    for (n, chance) in history.into_iter().enumerate() {
        live_on(&handler, &projections.live(), n as u64, chance).await;
        let head = store.head().await.unwrap();
        lived.push(
            projections
                .at_least(head, Duration::from_secs(10))
                .await
                .unwrap(),
        );
    }
    let last = lived.last().unwrap();
    assert!(last.position().0 > 100, "the history is not trivial");
    assert!(check_turns(&projections, &lived).await > 0);
    for view in &lived {
        let replayed = projections
            .as_of(AsOf::Position(view.position()))
            .await
            .unwrap();
        assert!(*replayed == **view, "at position {}", view.position());
        if let Some(time) = view.time() {
            let by_time = projections.as_of(AsOf::Time(time)).await.unwrap();
            assert!(by_time.position() >= view.position() && by_time.time() == Some(time));
        }
    }
    check_samples(&projections, &store, &lived).await;
    let future = Position(last.position().0 + 1);
    assert!(projections.as_of(AsOf::Position(future)).await.is_err());

    // A new process, which folds everything in other portions, comes to the same view, and leaves it on disk.
    let snapshots = Snapshots::new(directory.path());
    let refold = CancellationToken::new();
    let kept = Some(snapshots.clone());
    let (again, work) = Projections::new(store.clone(), real_world(), kept, refold.clone());
    let second = tokio::spawn(work);
    let refolded = again
        .at_least(last.position(), Duration::from_secs(10))
        .await
        .unwrap();
    assert!(*refolded == **last);
    refold.cancel();
    second.await.unwrap().unwrap();

    // The next one begins with what is on disk, unless that is damaged; the view is the same.
    let file = directory.path().join("view.snapshot");
    let whole = std::fs::read(&file).unwrap();
    for damage in [None, Some(whole.len() / 2)] {
        if let Some(at) = damage {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, damaged).unwrap();
        }
        let read = snapshots.read();
        assert_eq!(read.is_some(), damage.is_none(), "only a whole one is used");
        assert!(read.is_none_or(|read| read == **last));
        let stop = CancellationToken::new();
        let kept = Some(snapshots.clone());
        let (from_disk, work) = Projections::new(store.clone(), real_world(), kept, stop.clone());
        let third = tokio::spawn(work);
        let view = from_disk
            .at_least(last.position(), Duration::from_secs(10))
            .await
            .unwrap();
        assert!(*view == **last);
        let middle = &lived[lived.len() / 2];
        let replayed = from_disk
            .as_of(AsOf::Position(middle.position()))
            .await
            .unwrap();
        assert!(*replayed == **middle, "the past before the snapshot");
        stop.cancel();
        third.await.unwrap().unwrap();
    }
    let report = verify(&*store, [], |_| {}).await.unwrap();
    assert_eq!(
        report.findings,
        [],
        "every event is linked to the one before it"
    );
    stop.cancel();
    projector.await.unwrap().unwrap();
    Had::of(&lived)
}
