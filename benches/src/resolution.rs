//! One computer among a thousand deployments.

use crate::{Row, rate, world};
use anyhow::Result;
use std::hint::black_box;
use std::sync::Arc;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use upkeep_commands::CommandHandler;
use upkeep_event_store::{EventStore, SqliteStore, real_world};
use upkeep_projections::Projections;

pub fn run() -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut rows = Vec::new();
    for deployments in [100, 1_000] {
        let view = runtime.block_on(async {
            let directory = TempDir::new_in(".")?;
            let store = Arc::new(SqliteStore::open(directory.path(), real_world())?);
            let handler = CommandHandler::new(store.clone(), real_world());
            world::make(&handler, deployments, 100).await?;
            let stop = CancellationToken::new();
            let (projections, work) =
                Projections::new(store.clone(), real_world(), None, stop.clone());
            let projector = tokio::spawn(work);
            let head = store.head().await?;
            let view = projections
                .at_least(head, std::time::Duration::from_secs(30))
                .await?;
            stop.cancel();
            projector.await??;
            anyhow::Ok(view)
        })?;
        let mut n = 0;
        let moment = view.time().unwrap_or_default();
        let per_second = rate(|| {
            n = (n + 1) % 100;
            black_box(view.resolve(world::computer(n), moment, None));
            1
        });
        rows.push(Row::alone(
            &format!("resolution of one computer, fully explained, {deployments} deployments"),
            format!("{:.1} µs", 1e6 / per_second),
        ));
    }
    Ok(rows)
}
