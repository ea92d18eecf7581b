//! Folding the whole history into a view, beside only parsing the same bytes.

use crate::{Row, rate, world};
use anyhow::Result;
use std::sync::Arc;
use tempfile::TempDir;
use upkeep_domain::event::DomainEvent;
use upkeep_domain::metadata::{Actor, EventMetadata};
use upkeep_event_store::{
    CommandHandler, Delivery, Direction, EventStore, Position, RecordedEvent, SqliteStore,
    SystemClock,
};
use upkeep_projections::View;

const COMPUTERS: u64 = 20_000;
const PAGE: usize = 4_096;

pub async fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let store = Arc::new(SqliteStore::open(directory.path(), Arc::new(SystemClock))?);
    let handler = CommandHandler::new(store.clone(), Arc::new(SystemClock));
    world::make(&handler, 1_000, COMPUTERS).await?;
    let events = all(&store).await?;
    let count = events.len() as u64;
    let fold = rate(|| {
        let mut view = View::default();
        for event in &events {
            assert!(view.apply(event).is_ok(), "the history folds");
        }
        count
    });
    let parse = rate(|| {
        for event in &events {
            let category = event.stream.category();
            let decoded = DomainEvent::decode(category, &event.event_type, 1, &event.data);
            assert!(
                decoded.is_ok_and(|event| event.is_some()),
                "the history decodes"
            );
            assert!(
                serde_json::from_slice::<EventMetadata>(&event.metadata).is_ok(),
                "so does this"
            );
        }
        count
    });
    let from_disk = from_disk(&store, count, |view: &mut View, event| {
        Ok(view.apply(event)?)
    })
    .await?;
    let everything = self::from_disk(&store, count, |(): &mut (), event| {
        let category = event.stream.category();
        DomainEvent::decode(category, &event.event_type, 1, &event.data)?;
        serde_json::from_slice::<EventMetadata>(&event.metadata)?;
        Ok(())
    })
    .await?;
    let needed = self::from_disk(&store, count, |(): &mut (), event| {
        let category = event.stream.category();
        DomainEvent::decode(category, &event.event_type, 1, &event.data)?;
        serde_json::from_slice::<WhoActed>(&event.metadata)?;
        Ok(())
    })
    .await?;
    let bare = "bare serde_json decoding of the same bytes, all of them";
    Ok(vec![
        Row::rates(
            "replay from disk: everything decoded",
            everything,
            (bare, parse),
        ),
        Row::rates(
            "replay from disk: what the view needs decoded",
            needed,
            (bare, parse),
        ),
        Row::rates("replay: fold events into the view", fold, (bare, parse)),
        Row::rates(
            "replay from disk: folded into the view",
            from_disk,
            (bare, parse),
        ),
    ])
}

/// What the view takes of an event's metadata.
#[derive(serde::Deserialize)]
struct WhoActed {
    #[serde(rename = "actor")]
    _actor: Actor,
}

/// Events in a second, by the way that a server reads them when it starts; the best of three.
async fn from_disk<S: Default>(
    store: &SqliteStore,
    count: u64,
    mut take: impl FnMut(&mut S, &RecordedEvent) -> Result<()>,
) -> Result<f64> {
    let mut best: f64 = 0.0;
    for _ in 0..3 {
        let begin = std::time::Instant::now();
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
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let rate = count as f64 / begin.elapsed().as_secs_f64();
        best = best.max(rate);
    }
    Ok(best)
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
