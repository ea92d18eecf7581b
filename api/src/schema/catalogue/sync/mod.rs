//! The catalogue's sync: what a source's titles would change here, taking them over, withdrawing what the source has no more; and the
//! sources that there are. Titles come as JSON, as docs/catalogue.md has it: their keys are the pack's, and grow with it.

mod change;
mod plan;
mod source;
mod withdraw;

pub use change::SyncMutation;
pub use plan::SyncQuery;
pub use source::SourceQuery;
pub use withdraw::WithdrawMutation;

use upkeep_commands::Stop;
use upkeep_domain::catalogue::pack::SCHEMA_VERSION;
use upkeep_domain::catalogue::software::{Revision, SourceName};

/// Most titles of one request.
pub const MAX_TITLES: usize = 100;

/// Where titles are from, as a request says it.
fn source_at(source: &str, revision: &str) -> Result<(SourceName, Revision), Stop> {
    let source = SourceName::new(source).map_err(|error| Stop::invalid(&error).at("source"))?;
    let revision = Revision::new(revision).map_err(|error| Stop::invalid(&error).at("revision"))?;
    Ok((source, revision))
}

/// What the catalogue brought or took is told with each event, and why somebody wanted it.
fn reason_at(said: Option<&str>, source: &SourceName, revision: &Revision) -> String {
    let from = format!("catalogue {source} at {revision}");
    match said {
        Some(said) => format!("{said} ({from})"),
        None => from,
    }
}

/// What was written for another version of the pack might mean something else here.
fn check_schema(version: u32) -> Result<(), Stop> {
    if version == SCHEMA_VERSION {
        return Ok(());
    }
    let message = format!(
        "this server reads packs of schema version {SCHEMA_VERSION}, not {version}: send them in that version, or update the server"
    );
    Err(Stop::invalid(&message).at("schemaVersion"))
}
