//! Folding the whole history into a view, beside only parsing the same bytes.

use crate::{Row, rate, world};
use anyhow::Result;
use std::sync::Arc;
use tempfile::TempDir;
use upkeep_domain::event::DomainEvent;
use upkeep_domain::metadata::EventMetadata;
use upkeep_event_store::{
    CommandHandler, Direction, EventStore, Position, RecordedEvent, SqliteStore, SystemClock,
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
    let begin = std::time::Instant::now();
    let mut view = View::default();
    let mut next = Position(1);
    loop {
        let page = store.read_all(next, Direction::Forwards, PAGE).await?;
        let Some(last) = page.last() else { break };
        next = last.position.next();
        for event in &page {
            view.apply(event)?;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let from_disk = count as f64 / begin.elapsed().as_secs_f64();
    Ok(vec![
        Row::rates(
            "replay: fold events into the view",
            fold,
            ("bare serde_json decoding of the same bytes", parse),
        ),
        Row::rates(
            "replay: read from the store and fold",
            from_disk,
            ("fold alone", fold),
        ),
    ])
}

async fn all(store: &SqliteStore) -> Result<Vec<RecordedEvent>> {
    let mut events: Vec<RecordedEvent> = Vec::new();
    let mut next = Position(1);
    loop {
        let page = store.read_all(next, Direction::Forwards, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(events);
        };
        next = last.position.next();
        events.extend(page);
    }
}
