//! Moving events from store to store, and into files and back.
//!
//! Ids, types, data, metadata, order and, into an embedded store, revisions and times stay as they are. A server
//! that speaks the protocol gives events its own positions and times of recording; the time that an event tells
//! itself is in its metadata. The metadata of streams go along as they are, their retention and who may do what with
//! them; only where a stream is counted from another number, what its retention counts is too. What the store keeps for
//! itself (`$…`) stays, and what is said of it: who may read the log of all events is each store's own affair.
//!
//! A file is JSON lines, compressed with gzip: one line an event, then one line for each stream with metadata. Beside
//! it lies a manifest with counts and digests, without which nothing is imported.

mod copy;
mod description;
mod export;
mod import;
mod line;
mod manifest;

pub use copy::copy;
pub use export::export;
pub use import::import;
pub use manifest::{Manifest, manifest_path};

use crate::port::{
    AppendError, Direction, EventFault, EventStore, Position, ReadError, RecordedEvent, StreamName,
};
use std::path::PathBuf;
use uuid::Uuid;

/// Events that are taken over at once.
const AT_ONCE: usize = 1_024;

/// Why events were not moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("{path}: {cause}")]
    File {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("line {line} of {path} cannot be read: {cause}")]
    Line {
        path: PathBuf,
        line: u64,
        cause: String,
    },
    #[error("the manifest {path} cannot be used: {cause}")]
    Manifest { path: PathBuf, cause: String },
    #[error("{path} is not what its manifest says: {cause}; it was damaged or changed")]
    Changed { path: PathBuf, cause: String },
    #[error(
        "the target's newest event, {id} in {stream}, is not in the source: it holds other events, choose an empty store"
    )]
    OtherEvents { stream: StreamName, id: Uuid },
    #[error(
        "{count} events of the source cannot be taken over, the first is number {revision} of {stream}: {fault}; nothing was copied"
    )]
    NotTaken {
        count: u64,
        stream: StreamName,
        revision: u64,
        fault: EventFault,
    },
    #[error("{path} is there already: nothing is overwritten, choose another name")]
    Exists { path: PathBuf },
}

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub events: u64,
    /// Those that were there already, from an earlier try.
    pub there_before: u64,
    /// Streams whose metadata were written.
    pub described: u64,
}

async fn newest(store: &dyn EventStore) -> Result<Option<RecordedEvent>, ReadError> {
    let page = store
        .read_all(Position::END, Direction::Backwards, 1)
        .await?;
    Ok(page.into_iter().next())
}

/// Whether it is the same event in another store. What ends a stream for good is written by each store itself.
fn is_same(one: &RecordedEvent, other: &RecordedEvent) -> bool {
    one.stream == other.stream
        && (one.id == other.id || (one.ends_its_stream() && other.ends_its_stream()))
}
