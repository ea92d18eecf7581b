//! The view on disk, so that a start needs only the events after it.
//!
//! A snapshot is disposable: it costs nothing but time to be without one. It is used only by the very program that
//! wrote it (its fingerprint covers the source of everything that is in a view), on the store that it was made
//! from (which must have the same event at the same position), and when its digest shows that it is whole.

mod file;

use crate::view::View;
use file::{Seal, Unusable};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_event_store::{EventStore, Position, ReadError};
use upkeep_world::World;

/// The file in the data directory.
pub const SNAPSHOT_FILE: &str = "view.snapshot";
/// Events after which a new snapshot is written while the server runs.
const EVERY: u64 = 100_000;

/// Keeps the snapshot of a data directory.
#[derive(Clone)]
pub struct Snapshots {
    path: PathBuf,
    /// Events since the last snapshot.
    since: u64,
    /// Held while the file is written.
    writing: Arc<Mutex<()>>,
}

impl Snapshots {
    pub fn new(directory: &Path) -> Self {
        Self {
            path: directory.join(SNAPSHOT_FILE),
            since: 0,
            writing: Arc::default(),
        }
    }

    /// The view that the file holds, whatever store it was made from; nothing if there is none that this program can use.
    pub fn read(&self) -> Option<View> {
        read(&self.path).map(|(_, view)| view)
    }

    /// Writes the view, and waits for it; a failure is logged.
    pub fn write(&self, view: &View) {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        write(&self.path, view);
    }

    /// The snapshot's view; nothing if there is none that can be used here.
    pub(crate) async fn load(
        &self,
        store: &dyn EventStore,
        world: &World,
    ) -> Result<Option<View>, ReadError> {
        let path = self.path.clone();
        let read = world
            .blocking("a snapshot's reader", move || read(&path))
            .await;
        let read = read.unwrap_or_else(|error| {
            tracing::warn!(path = %self.path.display(), %error, "the snapshot is not used");
            None
        });
        let Some((seal, view)) = read else {
            return Ok(None);
        };
        // The event at its position tells whether this is the store that it was made from.
        let there = store.read_all_until(Position(seal.position), 1).await?;
        let fits = there
            .first()
            .is_some_and(|event| event.position.0 == seal.position && event.id == seal.event);
        if !fits {
            tracing::warn!(path = %self.path.display(), "the snapshot is of another store: it is not used");
        }
        Ok(fits.then_some(view))
    }

    /// Writes the view in the background, if it is time.
    pub(crate) fn offer(&mut self, view: &View, events: u64, world: &World) {
        self.since += events;
        if self.since < EVERY {
            return;
        }
        self.since = 0;
        let (path, view, writing) = (self.path.clone(), view.clone(), self.writing.clone());
        // Ends by itself, and is waited for by nobody: a snapshot that was not finished is none.
        drop(world.blocking("a snapshot", move || {
            if let Ok(_alone) = writing.try_lock() {
                write(&path, &view);
            }
        }));
    }

    /// Writes the view before the server ends.
    pub(crate) async fn leave(self, view: Arc<View>, world: &World) {
        let written = world.blocking("the last snapshot", move || self.write(&view));
        if written.await.is_err() {
            tracing::warn!("the snapshot was not written; the next start takes longer");
        }
    }
}

fn read(path: &Path) -> Option<(Seal, View)> {
    match file::read(path) {
        Ok(read) => Some(read),
        Err(Unusable::Io(error)) if error.kind() == ErrorKind::NotFound => None,
        Err(Unusable::OtherVersion) => {
            tracing::info!(
                "the snapshot was written by another version: everything is folded again"
            );
            None
        }
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "the snapshot is not used");
            None
        }
    }
}

/// Beside the old one first; it takes its name when it is whole. A failure costs the next start time.
fn write(path: &Path, view: &View) {
    let Some(event) = view.last_event() else {
        return;
    };
    let part = path.with_extension("part");
    let written = file::write(&part, view, event);
    if let Err(error) = written.and_then(|()| std::fs::rename(&part, path)) {
        tracing::warn!(path = %path.display(), %error, "the snapshot was not written; the next start takes longer");
    }
}
