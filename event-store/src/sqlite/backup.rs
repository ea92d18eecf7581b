//! A copy of the whole store, taken while it is written to, and the way back.

use super::{DATABASE_FILE, OpenError};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages of one step: a writer waits for no more than that.
const PAGES_PER_STEP: i32 = 1_024;
/// How long a step that finds the database busy waits.
const BUSY_WAIT: Duration = Duration::from_millis(20);

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{path} is there already: nothing is overwritten, choose another name")]
    Exists { path: PathBuf },
    #[error("the copy {path} could not be made: {cause}")]
    Database {
        path: PathBuf,
        cause: rusqlite::Error,
    },
    #[error("the copy {path} could not be made: {cause}")]
    Io {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("the backup {path} is damaged: {cause}")]
    Damaged { path: PathBuf, cause: String },
}

/// Copies the store of a data directory into one file, with SQLite's online backup: a consistent state of one
/// moment, also while a server writes. `progress` is told how many of how many pages are copied.
pub fn backup(
    directory: &Path,
    file: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<(), BackupError> {
    let source = directory.join(DATABASE_FILE);
    if !source.exists() {
        return Err(OpenError::Missing {
            path: directory.to_owned(),
        }
        .into());
    }
    copy(&source, file, &mut progress)
}

/// Makes a backup the store of a data directory that has none. The backup is checked first.
pub fn restore(
    file: &Path,
    directory: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<(), BackupError> {
    let database = |cause| BackupError::Database {
        path: file.to_owned(),
        cause,
    };
    let check = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .and_then(|connection| {
            connection.query_row("PRAGMA integrity_check(1)", [], |row| {
                row.get::<_, String>(0)
            })
        })
        .map_err(database)?;
    if check != "ok" {
        return Err(BackupError::Damaged {
            path: file.to_owned(),
            cause: check,
        });
    }
    std::fs::create_dir_all(directory).map_err(|cause| BackupError::Io {
        path: directory.to_owned(),
        cause,
    })?;
    copy(file, &directory.join(DATABASE_FILE), &mut progress)
}

/// Into a file beside the goal, which takes its name only when it is whole and flushed.
fn copy(
    source: &Path,
    goal: &Path,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), BackupError> {
    if goal.exists() {
        return Err(BackupError::Exists {
            path: goal.to_owned(),
        });
    }
    let mut name = goal.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let io = |cause| BackupError::Io {
        path: goal.to_owned(),
        cause,
    };
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
        _ => {}
    }
    pages(source, &part, progress).map_err(|cause| BackupError::Database {
        path: goal.to_owned(),
        cause,
    })?;
    std::fs::File::open(&part)
        .and_then(|file| file.sync_all())
        .map_err(io)?;
    std::fs::rename(&part, goal).map_err(io)?;
    let folder = goal
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(io)
}

fn pages(source: &Path, part: &Path, progress: &mut impl FnMut(u64, u64)) -> rusqlite::Result<()> {
    let from = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut to = Connection::open(part)?;
    {
        let backup = Backup::new(&from, &mut to)?;
        loop {
            let step = backup.step(PAGES_PER_STEP)?;
            let done = backup.progress();
            let total = u64::from(done.pagecount.unsigned_abs());
            progress(total - u64::from(done.remaining.unsigned_abs()), total);
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(BUSY_WAIT),
            }
        }
    }
    to.close().map_err(|(_, error)| error)
}
