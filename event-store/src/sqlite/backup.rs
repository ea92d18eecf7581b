//! A copy of the whole store, taken while it is written to, and the way back.

use super::inspect::{self, Contents};
use super::{DATABASE_FILE, OpenError, lock};
use crate::private::Partial;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages of one step: a writer waits for no more than that.
const PAGES_PER_STEP: i32 = 1_024;
/// How long a step that finds the database busy waits.
const BUSY_WAIT: Duration = Duration::from_millis(20);
/// What SQLite keeps beside a database: it would be taken for the restored one's.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("{path} is there already: nothing is overwritten, choose another name")]
    Exists { path: PathBuf },
    #[error(
        "{path} is left of a store that is not there any more: move it away, together with that store if you still have it"
    )]
    Leftover { path: PathBuf },
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
    #[error("{path} is no backup that can be restored: {cause}; nothing was changed")]
    NoBackup { path: PathBuf, cause: String },
}

/// What a restored store holds.
pub type Restored = Contents;

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

/// Makes a backup the store of a data directory that has none. Before anything is changed, the backup is looked at: it must
/// be a whole store of ours with something in it.
pub fn restore(
    file: &Path,
    directory: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<Restored, BackupError> {
    let contents = inspect::inspect(file).map_err(|cause| BackupError::NoBackup {
        path: file.to_owned(),
        cause,
    })?;
    let _lock = lock(directory)?;
    let goal = directory.join(DATABASE_FILE);
    for ending in BESIDE {
        let beside = directory.join(format!("{DATABASE_FILE}{ending}"));
        if !goal.exists() && beside.exists() {
            return Err(BackupError::Leftover { path: beside });
        }
    }
    copy(file, &goal, &mut progress)?;
    Ok(contents)
}

/// Into a file beside the goal, which takes its name only when it is whole and flushed.
fn copy(
    source: &Path,
    goal: &Path,
    progress: &mut impl FnMut(u64, u64),
) -> Result<(), BackupError> {
    let exists = || BackupError::Exists {
        path: goal.to_owned(),
    };
    if goal.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let io = |cause: std::io::Error| match cause.kind() {
        ErrorKind::AlreadyExists => exists(),
        _ => BackupError::Io {
            path: goal.to_owned(),
            cause,
        },
    };
    let (partial, held) = Partial::beside(goal).map_err(io)?;
    pages(source, partial.path(), progress).map_err(|cause| BackupError::Database {
        path: goal.to_owned(),
        cause,
    })?;
    held.sync_all().map_err(io)?;
    partial.become_new(goal).map_err(io)
}

#[expect(
    clippy::disallowed_methods,
    reason = "it copies files of this machine, beside everything else"
)]
fn pages(source: &Path, part: &Path, progress: &mut impl FnMut(u64, u64)) -> rusqlite::Result<()> {
    let from = Connection::open_with_flags(source, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut to = Connection::open_with_flags(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::{ContentType, EventStore, ExpectedRevision, NewEvent, StreamName};
    use crate::sqlite::SqliteStore;
    use tempfile::TempDir;
    use upkeep_world::real_world;
    use uuid::Uuid;

    /// A backup of a store with three events.
    async fn backed_up(folder: &Path) -> PathBuf {
        let data = folder.join("data");
        let store = SqliteStore::open(&data, real_world()).unwrap();
        let event = || NewEvent {
            id: Uuid::new_v4(),
            event_type: "Happened".into(),
            content_type: ContentType::Json,
            data: b"{}".to_vec(),
            metadata: b"{}".to_vec(),
        };
        let stream = StreamName::new("tenant-1").unwrap();
        store
            .append(
                &stream,
                ExpectedRevision::NoStream,
                vec![event(), event(), event()],
            )
            .await
            .unwrap();
        let file = folder.join("backup.sqlite3");
        backup(&data, &file, |_, _| {}).unwrap();
        file
    }

    fn refused(file: &Path, words: &str) {
        let goal = file.with_extension("restored");
        let error = restore(file, &goal, |_, _| {}).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        assert!(!goal.exists(), "nothing was made");
    }

    #[tokio::test]
    async fn a_backup_comes_back_and_says_what_it_holds() {
        let folder = TempDir::new().unwrap();
        let file = backed_up(folder.path()).await;
        let goal = folder.path().join("restored");
        let contents = restore(&file, &goal, |_, _| {}).unwrap();
        assert_eq!((contents.events, contents.streams), (3, 1));
        assert!(contents.newest.is_some());
        let twice = restore(&file, &goal, |_, _| {}).unwrap_err();
        assert!(matches!(twice, BackupError::Exists { .. }), "{twice}");
        SqliteStore::open(&goal, real_world()).unwrap();
    }

    #[tokio::test]
    async fn what_is_no_whole_store_of_ours_is_refused() {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("empty"), "").unwrap();
        refused(&at("empty"), "it is empty");
        std::fs::write(at("text"), "x".repeat(5_000)).unwrap();
        refused(&at("text"), "no database of SQLite");
        refused(&at("missing"), "cannot be read");
        std::fs::create_dir(at("directory")).unwrap();
        refused(&at("directory"), "no file");

        let foreign = Connection::open(at("foreign")).unwrap();
        foreign.execute_batch("CREATE TABLE log (x)").unwrap();
        refused(&at("foreign"), "no store of Upkeep");
        // With our mark, and somebody else's tables.
        foreign.execute_batch("PRAGMA user_version = 2").unwrap();
        refused(&at("foreign"), "no store of Upkeep");

        let bare = SqliteStore::open(&at("bare"), real_world()).unwrap();
        drop(bare);
        refused(&at("bare").join(DATABASE_FILE), "there is no event in it");

        let file = backed_up(folder.path()).await;
        let change = |name: &str, sql: &str| {
            std::fs::copy(&file, at(name)).unwrap();
            Connection::open(at(name))
                .unwrap()
                .execute_batch(sql)
                .unwrap();
        };
        change(
            "trigger",
            "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM log; END",
        );
        refused(&at("trigger"), "no store of Upkeep");
        change("newer", "PRAGMA user_version = 3");
        refused(&at("newer"), "newer program");
        change("gap", "DELETE FROM log WHERE rev = 1");
        refused(&at("gap"), "not whole");
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(at("cut"), &bytes[..bytes.len() / 2]).unwrap();
        let goal = at("cut-restored");
        assert!(restore(&at("cut"), &goal, |_, _| {}).is_err());
        assert!(!goal.exists());
    }

    #[tokio::test]
    async fn what_is_left_of_another_store_is_not_taken_for_the_backups() {
        let folder = TempDir::new().unwrap();
        let file = backed_up(folder.path()).await;
        let goal = folder.path().join("goal");
        std::fs::create_dir(&goal).unwrap();
        std::fs::write(goal.join("events.sqlite3-wal"), "old").unwrap();
        let error = restore(&file, &goal, |_, _| {}).unwrap_err();
        assert!(matches!(error, BackupError::Leftover { .. }), "{error}");
        assert!(!goal.join(DATABASE_FILE).exists());
        assert_eq!(
            std::fs::read_to_string(goal.join("events.sqlite3-wal")).unwrap(),
            "old"
        );
    }
}
