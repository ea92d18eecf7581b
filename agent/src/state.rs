//! Who the agent is, on disk; and the file that holds what it must not forget (`memory.rs`).
//!
//! One `SQLite` file in WAL mode. What decides whether a script may start, and how it ended, is written with
//! `synchronous=FULL`: it is on disk before anything follows from it. Output is written by a second connection
//! without a flush of its own: losing the last of it in a power failure loses output, never an answer.

use crate::packages::forget_partials;
use crate::space::{self, Reserve};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use upkeep_agent_core::Identity;
use upkeep_agent_protocol::ServerKey;
use uuid::Uuid;

/// Why the state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("the state folder {path} cannot be used: {cause}")]
    Folder {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("the state folder {path} is in use by another agent: stop it first")]
    Locked { path: PathBuf },
    #[error("the agent's state cannot be read or written: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("the agent's state is damaged ({0}): remove it and enrol again")]
    Damaged(&'static str),
    #[error("the operating system gave no random bytes: {0}")]
    Random(getrandom::Error),
}

impl StateError {
    /// Whether there is no room for what was to be written.
    pub fn is_full(&self) -> bool {
        let Self::Database(rusqlite::Error::SqliteFailure(failure, _)) = self else {
            return false;
        };
        // The file that `SQLite` shares between connections fails as input and output when it cannot grow.
        matches!(
            failure.code,
            ErrorCode::DiskFull | ErrorCode::SystemIoFailure
        )
    }
}

/// The agent's disk.
pub struct State {
    pub(crate) exact: Connection,
    pub(crate) loose: Connection,
    directory: PathBuf,
    /// Room for answers.
    pub(crate) reserve: Reserve,
    /// Released when the agent ends.
    _lock: File,
}

/// How long the lock of an agent that has just died may be held by what it was starting: a process that was forked has it, too, until
/// its program begins.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// Between two attempts at it.
const LOCK_AGAIN: Duration = Duration::from_millis(20);

impl State {
    pub fn open(directory: &Path) -> Result<Self, StateError> {
        let failed = |cause| StateError::Folder {
            path: directory.to_owned(),
            cause,
        };
        std::fs::create_dir_all(directory).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(directory, private).map_err(failed)?;
        }
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(directory.join("lock"))
            .map_err(failed)?;
        let begun = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_PATIENCE => {
                    std::thread::sleep(LOCK_AGAIN);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StateError::Locked {
                        path: directory.to_owned(),
                    });
                }
                Err(TryLockError::Error(cause)) => return Err(failed(cause)),
            }
        }
        let with_room = open_both(directory).and_then(|opened| {
            space::make_inside(&opened.0)?;
            Ok(opened)
        });
        let (exact, loose) = match with_room {
            Err(error) if error.is_full() => {
                // An agent that cannot start on a full disk could never say that it is full.
                tracing::warn!(%error, "the disk is full: what was kept for this is given up");
                space::give_up_in(directory);
                forget_partials(&directory.join("packages"), Duration::ZERO);
                let opened = open_both(directory)?;
                if let Err(error) = space::make_inside(&opened.0) {
                    tracing::warn!(%error, "there is no room for answers: free some space");
                }
                opened
            }
            opened => opened?,
        };
        Ok(Self {
            exact,
            loose,
            reserve: Reserve::new(directory),
            directory: directory.to_owned(),
            _lock: lock,
        })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The identity of last resort, made at the first need.
    pub fn generated_id(&self) -> Result<Uuid, StateError> {
        if let Some(text) = setting(&self.exact, "generatedId")? {
            return Uuid::parse_str(&text).map_err(|_| StateError::Damaged("generatedId"));
        }
        let id = Uuid::new_v4();
        set(&self.exact, "generatedId", &id.to_string())?;
        Ok(id)
    }

    /// The seed of the agent's key, made at the first need: a repeated enrolment shows the same key.
    pub fn key(&self) -> Result<[u8; 32], StateError> {
        let mut seed = [0; 32];
        if let Some(text) = setting(&self.exact, "key")? {
            hex::decode_to_slice(text, &mut seed).map_err(|_| StateError::Damaged("key"))?;
            return Ok(seed);
        }
        getrandom::fill(&mut seed).map_err(StateError::Random)?;
        set(&self.exact, "key", &hex::encode(seed))?;
        Ok(seed)
    }

    /// Who this agent is; nothing before it enrolled.
    pub fn identity(&self) -> Result<Option<Identity>, StateError> {
        let key = self.key()?;
        let (Some(agent_id), Some(server), Some(keys)) = (
            setting(&self.exact, "agentId")?,
            setting(&self.exact, "server")?,
            setting(&self.exact, "serverKeys")?,
        ) else {
            return Ok(None);
        };
        Ok(Some(Identity {
            agent_id: Uuid::parse_str(&agent_id).map_err(|_| StateError::Damaged("agentId"))?,
            key,
            server,
            server_keys: serde_json::from_str(&keys)
                .map_err(|_| StateError::Damaged("serverKeys"))?,
        }))
    }

    /// Remembers the enrolment.
    pub fn enrolled(
        &mut self,
        agent_id: Uuid,
        server: &str,
        keys: &[ServerKey],
    ) -> Result<(), StateError> {
        let keys = serde_json::to_string(keys).map_err(|_| StateError::Damaged("serverKeys"))?;
        let transaction = begin(&mut self.exact)?;
        set(&transaction, "agentId", &agent_id.to_string())?;
        set(&transaction, "server", server)?;
        set(&transaction, "serverKeys", &keys)?;
        Ok(transaction.commit()?)
    }

    /// Remembers that the server has another address; whom the agent trusts does not change.
    pub fn moved(&self, server: &str) -> Result<(), StateError> {
        // Nothing is written where nothing changes: an agent starts on a full disk, too.
        if setting(&self.exact, "server")?.as_deref() == Some(server) {
            return Ok(());
        }
        set(&self.exact, "server", server)
    }
}

/// The connection for what must be on disk before anything follows from it, and the one for output.
fn open_both(directory: &Path) -> Result<(Connection, Connection), StateError> {
    let file = directory.join("agent.sqlite3");
    let exact = connect(&file, "FULL")?;
    exact.execute_batch(
        "CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
         CREATE TABLE IF NOT EXISTS runs (
             n INTEGER PRIMARY KEY AUTOINCREMENT,
             run TEXT NOT NULL UNIQUE,
             report TEXT
         );
         CREATE TABLE IF NOT EXISTS outbox (
             seq INTEGER PRIMARY KEY AUTOINCREMENT,
             run TEXT NOT NULL,
             is_output INTEGER NOT NULL,
             frame TEXT NOT NULL
         );",
    )?;
    let loose = connect(&file, "NORMAL")?;
    Ok((exact, loose))
}

fn connect(file: &Path, synchronous: &str) -> Result<Connection, StateError> {
    let connection = Connection::open(file)?;
    connection.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA busy_timeout = 10000;
         PRAGMA journal_size_limit = 8388608; PRAGMA cache_size = -1024;"
    ))?;
    Ok(connection)
}

/// A transaction that takes the right to write at once: one that reads first and writes later fails when the other
/// connection wrote in between.
pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StateError> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

fn setting(connection: &Connection, name: &str) -> Result<Option<String>, StateError> {
    Ok(connection
        .query_row(
            "SELECT value FROM settings WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
        .optional()?)
}

fn set(connection: &Connection, name: &str, value: &str) -> Result<(), StateError> {
    connection.execute(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_agents_cannot_share_a_state() {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(matches!(
            State::open(folder.path()),
            Err(StateError::Locked { .. })
        ));
        drop(state);
        assert!(State::open(folder.path()).is_ok());
    }

    #[test]
    fn a_key_is_made_once_and_an_identity_is_kept() {
        let folder = tempfile::TempDir::new().unwrap();
        let mut state = State::open(folder.path()).unwrap();
        let (key, generated) = (state.key().unwrap(), state.generated_id().unwrap());
        assert!(state.identity().unwrap().is_none());
        state.enrolled(Uuid::nil(), "https://a", &[]).unwrap();
        state.moved("https://b").unwrap();
        drop(state);
        let state = State::open(folder.path()).unwrap();
        let identity = state.identity().unwrap().unwrap();
        assert_eq!((identity.key, identity.server.as_str()), (key, "https://b"));
        assert_eq!(state.generated_id().unwrap(), generated);
    }
}
