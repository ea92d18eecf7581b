//! Room on the disk: asked for before it is needed, and a little of it kept for answers.
//!
//! What answers need lies ready inside the agent's database, as free pages and as a journal that is long enough
//! already: while the agent runs, a disk without one free byte takes its answers. A file of nothing beside it is
//! given up when even that does not suffice, as when the agent starts on a full disk.

use crate::platform;
use rusqlite::Connection;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// What must stay free besides what a package needs, in bytes: for the computer, and for the answers about it.
pub const MARGIN_BYTES: u64 = 64 * 1024 * 1024;
/// What is kept for answers inside the database, in bytes: those of all runs that a server may have asked for.
const INSIDE_BYTES: u64 = 4 * 1024 * 1024;
/// What is kept beside it, in bytes: as much in the database and in its journal.
const RESERVE_BYTES: usize = 8 * 1024 * 1024;
/// With less than this free, in bytes, output is not kept.
const OUTPUT_MARGIN_BYTES: u64 = 16 * 1024 * 1024;

/// Whether there is room for output, which is worth less than answers.
pub fn for_output(folder: &Path) -> bool {
    platform::free_bytes(folder).is_ok_and(|free| free >= OUTPUT_MARGIN_BYTES)
}

/// Makes free pages in the database, and a long journal with it, where there are few.
pub fn keep_inside(connection: &Connection) -> rusqlite::Result<()> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let free = number("freelist_count")?.saturating_mul(number("page_size")?);
    if free >= INSIDE_BYTES.cast_signed() / 2 {
        return Ok(());
    }
    make_inside(connection)
}

/// The same, however much there is: a database that was closed has no journal.
pub fn make_inside(connection: &Connection) -> rusqlite::Result<()> {
    // Each statement is on disk before the next: pages that are taken and freed at once would never be written.
    connection.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS room (bytes BLOB NOT NULL);
         INSERT INTO room VALUES (zeroblob({INSIDE_BYTES}));
         DELETE FROM room;"
    ))
}

/// Whether a folder has room for a package of which `missing` bytes have to come, with as much again for what the
/// script unpacks from its `size`; what is missing, if it has not.
pub fn for_package(folder: &Path, size: u64, missing: u64) -> Result<(), String> {
    let Ok(free) = platform::free_bytes(folder) else {
        // Who does not know tries.
        return Ok(());
    };
    let needed = missing.saturating_add(size).saturating_add(MARGIN_BYTES);
    if free >= needed {
        return Ok(());
    }
    Err(format!(
        "there is not enough room in {}: {} to download, {} to unpack and {} to spare are needed, {} are free: free some space and start another session",
        folder.display(),
        megabytes(missing),
        megabytes(size),
        megabytes(MARGIN_BYTES),
        megabytes(free)
    ))
}

fn megabytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1024 * 1024))
}

/// A file of nothing: given up when an answer finds no room.
#[derive(Debug)]
pub struct Reserve {
    file: PathBuf,
    is_given_up: AtomicBool,
}

impl Reserve {
    /// Keeps it in a folder, if there is room.
    pub fn new(folder: &Path) -> Self {
        let reserve = Self {
            file: folder.join("reserve"),
            is_given_up: AtomicBool::new(true),
        };
        reserve.take_back();
        reserve
    }

    /// Whether nothing is kept: nobody but answers may use what was freed.
    pub fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    /// Frees it; whether that made any room.
    pub fn give_up(&self) -> bool {
        self.is_given_up.store(true, Ordering::Relaxed);
        give_up(&self.file)
    }

    /// Keeps it again, if there is room for more than it alone.
    pub fn take_back(&self) {
        if !self.is_given_up() {
            return;
        }
        let has_it = std::fs::metadata(&self.file)
            .is_ok_and(|file| file.is_file() && file.len() == RESERVE_BYTES as u64);
        let folder = self.file.parent().unwrap_or(Path::new("/"));
        let has_room =
            || platform::free_bytes(folder).is_ok_and(|free| free > 2 * RESERVE_BYTES as u64);
        if has_it || (has_room() && self.fill().is_ok()) {
            self.is_given_up.store(false, Ordering::Relaxed);
        }
    }

    /// With random bytes: zeros take no room on a file system that compresses.
    fn fill(&self) -> io::Result<()> {
        let mut bytes = vec![0; RESERVE_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        // Whatever is there instead of it: nobody's file is written to.
        give_up(&self.file);
        let mut file = std::fs::File::create_new(&self.file)?;
        file.write_all(&bytes)
            .and_then(|()| file.sync_all())
            .inspect_err(|_| {
                give_up(&self.file);
            })
    }
}

/// Frees what a folder's reserve holds, before anybody can keep it.
pub fn give_up_in(folder: &Path) -> bool {
    give_up(&folder.join("reserve"))
}

fn give_up(file: &Path) -> bool {
    std::fs::remove_file(file).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_does_not_fit_is_refused_with_numbers() {
        let folder = tempfile::TempDir::new().unwrap();
        assert_eq!(for_package(folder.path(), 1, 1), Ok(()));
        let free = platform::free_bytes(folder.path()).unwrap();
        let why = for_package(folder.path(), free, free).unwrap_err();
        assert!(why.contains(&folder.path().display().to_string()), "{why}");
        assert!(for_package(folder.path(), u64::MAX, u64::MAX).is_err());
    }

    #[test]
    fn a_reserve_is_kept_given_up_and_kept_again() {
        let folder = tempfile::TempDir::new().unwrap();
        let reserve = Reserve::new(folder.path());
        let size = || std::fs::metadata(folder.path().join("reserve")).map(|file| file.len());
        assert_eq!(size().unwrap(), RESERVE_BYTES as u64);
        assert!(!reserve.is_given_up());
        assert!(reserve.give_up() && reserve.is_given_up());
        assert!(size().is_err());
        assert!(!reserve.give_up(), "there is nothing any more");
        reserve.take_back();
        assert!(!reserve.is_given_up());
        assert_eq!(size().unwrap(), RESERVE_BYTES as u64);
    }
}
