//! Out of a file.

use super::description::{Heads, counted_here, keep};
use super::line::{Lines, Said};
use super::manifest::check_file;
use super::{AT_ONCE, Moved, TransferError, is_same, newest};
use crate::port::{EventStore, Retention};
use std::path::Path;
use upkeep_world::World;

/// Bytes of events after which those that were read are taken over.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// Reads a file, checked against its manifest first, into a store. What is there already from an earlier try is
/// passed over. `progress` is told how many events were read, of how many.
pub async fn import(
    file: &Path,
    store: &dyn EventStore,
    world: &World,
    mut progress: impl FnMut(u64, u64),
) -> Result<Moved, TransferError> {
    let manifest = check_file(file, world.now())?;
    let mut moved = Moved::default();
    let mut skip_until = newest(store).await?;
    let mut heads = Heads::default();
    let mut batch = Vec::with_capacity(AT_ONCE);
    let mut bytes = 0;
    let mut read = 0;
    let mut lines = Lines::open(file)?;
    while let Some(line) = lines.next()? {
        match line.said(world.now()).map_err(|cause| lines.fault(cause))? {
            Said::Event(event) => {
                read += 1;
                heads.meet(&event);
                if let Some(newest) = &skip_until {
                    moved.there_before += 1;
                    if is_same(newest, &event) {
                        skip_until = None;
                    }
                    continue;
                }
                bytes += event.data.len() + event.metadata.len();
                batch.push(*event);
                if batch.len() == AT_ONCE || bytes >= BYTES_AT_ONCE {
                    bytes = 0;
                    moved.events += batch.len() as u64;
                    store.import(std::mem::take(&mut batch)).await?;
                    progress(read, manifest.events);
                }
            }
            // Nothing is said of a store that holds other events.
            said if skip_until.is_some() => drop(said),
            Said::Description(mut description) => {
                moved.events += batch.len() as u64;
                store.import(std::mem::take(&mut batch)).await?;
                // Files of before do not say it.
                let head = description.head.or(heads.get(&description.stream));
                description.head = head;
                moved.described += u64::from(keep(store, description).await?);
            }
            Said::Retention(mut description) => {
                moved.events += batch.len() as u64;
                store.import(std::mem::take(&mut batch)).await?;
                description.head = heads.get(&description.stream);
                let data = counted_here(store, &description).await?;
                let retention = Retention::told_by(description.content_type, &data);
                let stream = &description.stream;
                if store.retention(stream).await? != retention {
                    store.set_retention(stream, retention).await?;
                    moved.described += 1;
                }
            }
        }
    }
    if let Some(newest) = skip_until {
        return Err(TransferError::OtherEvents {
            stream: newest.stream,
            id: newest.id,
        });
    }
    moved.events += batch.len() as u64;
    store.import(batch).await?;
    progress(read, manifest.events);
    Ok(moved)
}
