//! Folding the whole history into a view, beside only parsing the same bytes.

use crate::{ROUNDS, Row, world};
use anyhow::{Result, ensure};
use std::sync::Arc;
use std::time::Instant;
use tempfile::TempDir;
use upkeep_commands::CommandHandler;
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_event_store::{
    Delivery, Direction, EventStore, Position, RecordedEvent, SqliteStore, real_world,
};
use upkeep_projections::View;

const COMPUTERS: u64 = 20_000;
const PAGE: usize = 4_096;

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
    let handler = CommandHandler::new(store.clone(), real_world());
    world::make(&handler, 1_000, COMPUTERS).await?;
    let events = all(&store).await?;
    let count = events.len() as u64;
    let (mut fold, mut parse) = (vec![], vec![]);
    let (mut from_disk, mut everything, mut needed) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        parse.push(pass(count, || {
            for event in &events {
                decoded(event)?;
                serde_json::from_slice::<EventMetadata>(&event.metadata)?;
            }
            Ok(())
        })?);
        everything.push(
            self::from_disk(&store, count, |(): &mut (), event| {
                decoded(event)?;
                serde_json::from_slice::<EventMetadata>(&event.metadata)?;
                Ok(())
            })
            .await?,
        );
        needed.push(
            self::from_disk(&store, count, |(): &mut (), event| {
                decoded(event)?;
                serde_json::from_slice::<WhoActed>(&event.metadata)?;
                Ok(())
            })
            .await?,
        );
        fold.push(pass(count, || {
            let mut view = View::default();
            for event in &events {
                view.apply(event)?;
            }
            Ok(())
        })?);
        from_disk.push(
            self::from_disk(&store, count, |view: &mut View, event| {
                Ok(view.apply(event)?)
            })
            .await?,
        );
    }
    let bare = "bare serde_json decoding of the same bytes, all of them";
    Ok(vec![
        Row::rounds(
            "replay from disk: everything decoded",
            &everything,
            (bare, &parse),
        ),
        Row::rounds(
            "replay from disk: what the view needs decoded",
            &needed,
            (bare, &parse),
        ),
        Row::rounds("replay: fold events into the view", &fold, (bare, &parse)),
        Row::rounds(
            "replay from disk: folded into the view",
            &from_disk,
            (bare, &parse),
        ),
    ])
}

/// What the view takes of an event's metadata.
#[derive(serde::Deserialize)]
struct WhoActed {
    #[serde(rename = "actor")]
    _actor: Actor,
    #[serde(rename = "version")]
    _version: Option<u16>,
}

fn decoded(event: &RecordedEvent) -> Result<()> {
    ensure!(event.domain_event()?.is_some(), "the history is ours");
    Ok(())
}

/// Events in a second, of one pass over so many.
fn pass(count: u64, once: impl FnOnce() -> Result<()>) -> Result<f64> {
    let begin = Instant::now();
    once()?;
    Ok(per_second(count, begin))
}

fn per_second(count: u64, begin: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let count = count as f64;
    count / begin.elapsed().as_secs_f64()
}

/// The same, by the way that a server reads them when it starts.
async fn from_disk<S: Default>(
    store: &SqliteStore,
    count: u64,
    mut take: impl FnMut(&mut S, &RecordedEvent) -> Result<()>,
) -> Result<f64> {
    let begin = Instant::now();
    let mut state = S::default();
    let mut subscription = store.subscribe(Position::START).await?;
    let mut seen = 0;
    while seen < count {
        if let Delivery::Events(events) = subscription.next().await? {
            seen += events.len() as u64;
            for event in &events {
                take(&mut state, event)?;
            }
        }
    }
    Ok(per_second(count, begin))
}

async fn all(store: &SqliteStore) -> Result<Vec<RecordedEvent>> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    let mut next = Position::START;
    loop {
        let page = store.read_all(next, Direction::Forwards, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(events);
        };
        next = last.position;
        events.extend(page);
    }
}
