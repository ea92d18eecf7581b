//! A fleet in a data directory, for whoever looks at lists of its size: `upkeep-bench fixture DIRECTORY COMPUTERS`.

use crate::world;
use anyhow::Result;
use std::path::Path;
use std::sync::Arc;
use upkeep_commands::CommandHandler;
use upkeep_event_store::{SqliteStore, real_world};

const DEPLOYMENTS: u64 = 100;
/// The name under which it is asked for.
pub const FIXTURE: &str = "fixture";

pub async fn make(directory: &Path, computers: u64) -> Result<()> {
    std::fs::create_dir_all(directory)?;
    let store = Arc::new(SqliteStore::open(directory, real_world())?);
    let handler = CommandHandler::new(store, real_world());
    world::make(&handler, DEPLOYMENTS, computers).await
}
