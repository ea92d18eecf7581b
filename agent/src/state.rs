//! What the agent must not forget: who it is, which runs it started, what it still has to say.
//!
//! One `SQLite` file in WAL mode. What decides whether a script may start, and how it ended, is written with
//! `synchronous=FULL`: it is on disk before anything follows from it. Output is written by a second connection
//! without a flush of its own: losing the last of it in a power failure loses output, never an answer.

use crate::packages::forget_partials;
use crate::space::{self, Reserve};
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params,
};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use upkeep_agent_protocol::{AgentFrame, Outcome, Report, ServerKey};
use uuid::Uuid;

/// What may wait to be said, in bytes. Beyond it output is dropped and the run is marked as truncated; answers
/// are always kept.
const MAX_OUTBOX_BYTES: i64 = 64 * 1024 * 1024;
/// Answers that are remembered after they were acknowledged, to answer again if the server asks again. An order
/// older than that has passed its last moment to start.
const REMEMBERED_RUNS: i64 = 10_000;
/// Frames that are read from the outbox at once.
const OUTBOX_PAGE: i64 = 16;

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
    #[error("the agent is stopping")]
    Stopping,
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

/// Who this agent is and whom it trusts.
#[derive(Clone, Debug)]
pub struct Identity {
    pub agent_id: Uuid,
    /// The seed of the Ed25519 key.
    pub key: [u8; 32],
    /// Such as `https://upkeep.example`, without a slash at the end.
    pub server: String,
    pub server_keys: Vec<ServerKey>,
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// It was never heard of.
    Nothing,
    /// It was started, and there is no answer yet.
    Started,
    Ended(Box<Report>),
}

/// The agent's memory.
pub struct State {
    exact: Arc<Mutex<Connection>>,
    loose: Arc<Mutex<Connection>>,
    directory: PathBuf,
    /// Room for answers.
    reserve: Arc<Reserve>,
    /// Something new is to be said.
    pub news: Notify,
    /// Released when the agent ends.
    _lock: File,
}

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
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StateError::Locked {
                    path: directory.to_owned(),
                });
            }
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
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
            exact: Arc::new(Mutex::new(exact)),
            loose: Arc::new(Mutex::new(loose)),
            reserve: Arc::new(Reserve::new(directory)),
            directory: directory.to_owned(),
            news: Notify::new(),
            _lock: lock,
        })
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Does what an answer needs, if need be with the room that is kept for it.
    async fn answer<F: Future<Output = Result<(), StateError>>>(
        &self,
        write: impl Fn() -> F,
    ) -> Result<(), StateError> {
        let written = match write().await {
            Err(error) if error.is_full() => {
                let reserve = self.reserve.clone();
                let freed = tokio::task::spawn_blocking(move || reserve.give_up()).await;
                if !freed.unwrap_or_default() {
                    return Err(error);
                }
                tracing::warn!(%error, "the disk is full: an answer takes the room that is kept for it");
                write().await
            }
            written => written,
        };
        if written.is_ok() && self.reserve.is_given_up() {
            let reserve = self.reserve.clone();
            // If there is no room yet, the next answer tries again.
            let _ = tokio::task::spawn_blocking(move || reserve.take_back()).await;
        }
        written
    }

    async fn call<T: Send + 'static>(
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&mut Connection) -> Result<T, StateError> + Send + 'static,
    ) -> Result<T, StateError> {
        let connection = connection.clone();
        tokio::task::spawn_blocking(move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .unwrap_or(Err(StateError::Stopping))
    }

    /// The identity of last resort, made at the first need.
    pub async fn generated_id(&self) -> Result<Uuid, StateError> {
        Self::call(&self.exact, |connection| {
            if let Some(text) = setting(connection, "generatedId")? {
                return Uuid::parse_str(&text).map_err(|_| StateError::Damaged("generatedId"));
            }
            let id = Uuid::new_v4();
            set(connection, "generatedId", &id.to_string())?;
            Ok(id)
        })
        .await
    }

    /// The seed of the agent's key, made at the first need: a repeated enrolment shows the same key.
    pub async fn key(&self) -> Result<[u8; 32], StateError> {
        Self::call(&self.exact, |connection| {
            let mut seed = [0; 32];
            if let Some(text) = setting(connection, "key")? {
                hex::decode_to_slice(text, &mut seed).map_err(|_| StateError::Damaged("key"))?;
                return Ok(seed);
            }
            getrandom::fill(&mut seed).map_err(StateError::Random)?;
            set(connection, "key", &hex::encode(seed))?;
            Ok(seed)
        })
        .await
    }

    /// Who this agent is; nothing before it enrolled.
    pub async fn identity(&self) -> Result<Option<Identity>, StateError> {
        let key = self.key().await?;
        Self::call(&self.exact, move |connection| {
            let (Some(agent_id), Some(server), Some(keys)) = (
                setting(connection, "agentId")?,
                setting(connection, "server")?,
                setting(connection, "serverKeys")?,
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
        })
        .await
    }

    /// Remembers the enrolment.
    pub async fn enrolled(
        &self,
        agent_id: Uuid,
        server: String,
        keys: &[ServerKey],
    ) -> Result<(), StateError> {
        let keys = serde_json::to_string(keys).map_err(|_| StateError::Damaged("serverKeys"))?;
        Self::call(&self.exact, move |connection| {
            let transaction = begin(connection)?;
            set(&transaction, "agentId", &agent_id.to_string())?;
            set(&transaction, "server", &server)?;
            set(&transaction, "serverKeys", &keys)?;
            Ok(transaction.commit()?)
        })
        .await
    }

    /// Remembers that the server has another address; whom the agent trusts does not change.
    pub async fn moved(&self, server: String) -> Result<(), StateError> {
        Self::call(&self.exact, move |connection| {
            // Nothing is written where nothing changes: an agent starts on a full disk, too.
            if setting(connection, "server")?.as_ref() == Some(&server) {
                return Ok(());
            }
            set(connection, "server", &server)
        })
        .await
    }

    pub async fn known(&self, run: Uuid) -> Result<Known, StateError> {
        Self::call(&self.exact, move |connection| known(connection, run)).await
    }

    /// Writes down that a run starts. Only if this answers `true` may it start: it was never started before, and
    /// now it is on disk that it was.
    pub async fn start(&self, run: Uuid) -> Result<bool, StateError> {
        let started = Self::call(&self.exact, move |connection| {
            let transaction = begin(connection)?;
            let new = transaction.execute(
                "INSERT INTO runs (run) VALUES (?1) ON CONFLICT (run) DO NOTHING",
                [run.to_string()],
            )?;
            if new == 1 {
                say(&transaction, run, &AgentFrame::RunStarted { run_id: run })?;
            }
            transaction.commit()?;
            Ok(new == 1)
        })
        .await?;
        self.news.notify_one();
        Ok(started)
    }

    /// Writes down how a run ended, or that it will never start, together with the answer to the server.
    pub async fn end(&self, run: Uuid, report: Report) -> Result<(), StateError> {
        self.answer(|| self.write_end(run, report.clone())).await?;
        self.news.notify_one();
        Ok(())
    }

    async fn write_end(&self, run: Uuid, report: Report) -> Result<(), StateError> {
        Self::call(&self.exact, move |connection| {
            let transaction = begin(connection)?;
            if !matches!(known(&transaction, run)?, Known::Ended(_)) {
                let text = serde_json::to_string(&report)
                    .map_err(|_| StateError::Damaged("a report cannot be written"))?;
                transaction.execute(
                    "INSERT INTO runs (run, report) VALUES (?1, ?2)
                     ON CONFLICT (run) DO UPDATE SET report = excluded.report",
                    [run.to_string(), text],
                )?;
                say(&transaction, run, &AgentFrame::RunEnded { run_id: run, report })?;
                transaction.execute(
                    "DELETE FROM runs WHERE n <= (SELECT max(n) FROM runs) - ?1 AND report IS NOT NULL",
                    [REMEMBERED_RUNS],
                )?;
            }
            transaction.commit()?;
            // For the next ones, while there is room.
            if let Err(error) = space::keep_inside(connection) {
                tracing::warn!(%error, "there is no room for further answers: free some space");
            }
            Ok(())
        })
        .await
    }

    /// The server asks again for an answer that it was given: says it again, unless it still waits to be said.
    pub async fn answer_again(&self, run: Uuid) -> Result<(), StateError> {
        self.answer(|| self.write_again(run)).await?;
        self.news.notify_one();
        Ok(())
    }

    async fn write_again(&self, run: Uuid) -> Result<(), StateError> {
        Self::call(&self.exact, move |connection| {
            let transaction = begin(connection)?;
            let waits: bool = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE run = ?1)",
                [run.to_string()],
                |row| row.get(0),
            )?;
            if let (false, Known::Ended(report)) = (waits, known(&transaction, run)?) {
                say(
                    &transaction,
                    run,
                    &AgentFrame::RunEnded {
                        run_id: run,
                        report: *report,
                    },
                )?;
            }
            Ok(transaction.commit()?)
        })
        .await
    }

    /// Queues a piece of output; `false` if the outbox is full and it was dropped.
    pub async fn output(&self, run: Uuid, index: u64, text: String) -> Result<bool, StateError> {
        if !space::for_output(&self.directory) {
            // What room there is belongs to answers.
            return Ok(false);
        }
        let kept = Self::call(&self.loose, move |connection| {
            let waiting: i64 = connection
                .prepare_cached("SELECT coalesce(sum(length(frame)), 0) FROM outbox")?
                .query_row([], |row| row.get(0))?;
            if waiting > MAX_OUTBOX_BYTES {
                return Ok(false);
            }
            say(
                connection,
                run,
                &AgentFrame::Output {
                    run_id: run,
                    index,
                    text,
                },
            )?;
            Ok(true)
        })
        .await?;
        self.news.notify_one();
        Ok(kept)
    }

    /// The runs that were started and have no answer: the agent died while they ran.
    pub async fn interrupted(&self) -> Result<Vec<Uuid>, StateError> {
        Self::call(&self.exact, |connection| {
            let mut statement = connection.prepare("SELECT run FROM runs WHERE report IS NULL")?;
            let runs = statement.query_map([], |row| row.get::<_, String>(0))?;
            runs.map(|run| Uuid::parse_str(&run?).map_err(|_| StateError::Damaged("runs")))
                .collect()
        })
        .await
    }

    /// What waits to be said after a number, in order.
    pub async fn waiting(&self, after: u64) -> Result<Vec<(u64, AgentFrame)>, StateError> {
        Self::call(&self.exact, move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, frame FROM outbox WHERE seq > ?1 ORDER BY seq LIMIT ?2",
            )?;
            let rows = statement.query_map(params![signed(after), OUTBOX_PAGE], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })?;
            rows.map(|row| {
                let (seq, frame) = row?;
                let frame =
                    serde_json::from_str(&frame).map_err(|_| StateError::Damaged("outbox"))?;
                Ok((seq.unsigned_abs(), frame))
            })
            .collect()
        })
        .await
    }

    /// The number of the first frame that waits, or will be said next.
    pub async fn first_seq(&self) -> Result<u64, StateError> {
        Self::call(&self.exact, |connection| {
            let first: Option<i64> =
                connection.query_row("SELECT min(seq) FROM outbox", [], |row| row.get(0))?;
            let last: Option<i64> = connection
                .query_row(
                    "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'",
                    [],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(first.unwrap_or(last.unwrap_or(0) + 1).unsigned_abs())
        })
        .await
    }

    /// The server has everything up to this number.
    pub async fn acknowledged(&self, seq: u64) -> Result<(), StateError> {
        let forgotten = Self::call(&self.loose, move |connection| {
            connection
                .prepare_cached("DELETE FROM outbox WHERE seq <= ?1")?
                .execute([signed(seq)])?;
            Ok(())
        })
        .await;
        match forgotten {
            // It takes room to forget. The next acknowledgement makes up for it, or it is said once more.
            Err(error) if error.is_full() => {
                tracing::warn!(%error, "what the server has is not forgotten yet");
                Ok(())
            }
            forgotten => forgotten,
        }
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
fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StateError> {
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

fn known(connection: &Connection, run: Uuid) -> Result<Known, StateError> {
    let row: Option<Option<String>> = connection
        .query_row(
            "SELECT report FROM runs WHERE run = ?1",
            [run.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    match row {
        None => Ok(Known::Nothing),
        Some(None) => Ok(Known::Started),
        Some(Some(text)) => serde_json::from_str(&text)
            .map(|report| Known::Ended(Box::new(report)))
            .map_err(|_| StateError::Damaged("runs")),
    }
}

fn say(connection: &Connection, run: Uuid, frame: &AgentFrame) -> Result<(), StateError> {
    let text = serde_json::to_string(frame)
        .map_err(|_| StateError::Damaged("a frame cannot be written"))?;
    let is_output = matches!(frame, AgentFrame::Output { .. });
    connection.execute(
        "INSERT INTO outbox (run, is_output, frame) VALUES (?1, ?2, ?3)",
        params![run.to_string(), is_output, text],
    )?;
    Ok(())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A report of something that wrote nothing.
pub fn without_output(outcome: Outcome) -> Report {
    Report {
        outcome,
        stdout_tail: String::new(),
        stderr_tail: String::new(),
        output_bytes: 0,
        output_sha256: {
            use sha2::Digest;
            hex::encode(sha2::Sha256::digest(b""))
        },
        truncated: false,
        duration_ms: 0,
        remark: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_starts_once_whatever_happens() {
        let folder = tempfile::TempDir::new().unwrap();
        let run = Uuid::from_u128(1);
        let state = State::open(folder.path()).unwrap();
        assert!(state.start(run).await.unwrap());
        assert!(!state.start(run).await.unwrap());
        drop(state);
        let state = State::open(folder.path()).unwrap();
        assert!(!state.start(run).await.unwrap());
        assert_eq!(state.interrupted().await.unwrap(), [run]);
        state
            .end(run, without_output(Outcome::Interrupted))
            .await
            .unwrap();
        assert!(state.interrupted().await.unwrap().is_empty());
        assert!(!state.start(run).await.unwrap());
        let never = Uuid::from_u128(2);
        state
            .end(never, without_output(Outcome::Cancelled))
            .await
            .unwrap();
        assert!(
            !state.start(never).await.unwrap(),
            "what was cancelled before its start never starts"
        );
    }

    #[tokio::test]
    async fn what_was_not_acknowledged_is_said_again_in_order_and_numbers_only_grow() {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        let run = Uuid::from_u128(1);
        state.start(run).await.unwrap();
        assert!(state.output(run, 0, "a".into()).await.unwrap());
        state
            .end(run, without_output(Outcome::TimedOut))
            .await
            .unwrap();
        let seqs =
            |waiting: Vec<(u64, AgentFrame)>| waiting.iter().map(|(s, _)| *s).collect::<Vec<_>>();
        assert_eq!(seqs(state.waiting(0).await.unwrap()), [1, 2, 3]);
        state.acknowledged(2).await.unwrap();
        assert_eq!(seqs(state.waiting(0).await.unwrap()), [3]);
        assert_eq!(state.first_seq().await.unwrap(), 3);
        state.acknowledged(3).await.unwrap();
        assert_eq!(state.first_seq().await.unwrap(), 4);
        state.answer_again(run).await.unwrap();
        assert_eq!(seqs(state.waiting(0).await.unwrap()), [4]);
        state.answer_again(run).await.unwrap();
        assert_eq!(
            seqs(state.waiting(0).await.unwrap()),
            [4],
            "it waits already"
        );
    }

    #[tokio::test]
    async fn two_agents_cannot_share_a_state() {
        let folder = tempfile::TempDir::new().unwrap();
        let state = State::open(folder.path()).unwrap();
        assert!(matches!(
            State::open(folder.path()),
            Err(StateError::Locked { .. })
        ));
        drop(state);
    }
}
