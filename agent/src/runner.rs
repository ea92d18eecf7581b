//! Running scripts: each order at most once, each within its time, each answered.

use crate::output::{FLUSH_EVERY, Output, Source};
use crate::packages::Fetcher;
use crate::platform::{self, Computer};
use crate::process::{MARK, Tree, kill_marked};
use crate::state::{Known, State, StateError, without_output};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upkeep_agent_protocol::{Outcome, Report, RunOrder};
use uuid::Uuid;

/// Scripts that run at once. The server asks for one at a time where order matters.
const AT_ONCE: usize = 4;
/// How long output is read after the script itself ended: what it left in the background may hold the pipe for ever.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);
/// Between two attempts to write an answer down.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// Bytes that are read from a pipe at once.
const BLOCK: usize = 16 * 1024;

/// Runs scripts.
#[derive(Clone)]
pub struct Runner {
    shared: Arc<Shared>,
}

struct Shared {
    state: Arc<State>,
    computer: Arc<Computer>,
    fetcher: Fetcher,
    /// Opens downloads; new with each connection.
    ticket: Mutex<Option<String>>,
    /// The runs that wait or go on, and how to stop them.
    active: Mutex<HashMap<Uuid, CancellationToken>>,
    slots: Semaphore,
    tasks: TaskTracker,
}

impl Runner {
    pub fn new(state: Arc<State>, computer: Arc<Computer>, server: String) -> anyhow::Result<Self> {
        let fetcher = Fetcher::new(server, state.directory().join("packages"))?;
        let runs = runs_folder(&state);
        if runs.exists() {
            // Of runs that a killed agent left behind.
            std::fs::remove_dir_all(&runs)?;
        }
        Ok(Self {
            shared: Arc::new(Shared {
                state,
                computer,
                fetcher,
                ticket: Mutex::new(None),
                active: Mutex::new(HashMap::new()),
                slots: Semaphore::new(AT_ONCE),
                tasks: TaskTracker::new(),
            }),
        })
    }

    /// Answers for the runs that were going on when the agent died: their outcome is unknown. What is left of
    /// them is stopped, so that the answer is the end.
    pub async fn report_interrupted(&self) -> Result<(), StateError> {
        for run in self.shared.state.interrupted().await? {
            tracing::warn!(%run, "a run was interrupted: its outcome is unknown");
            tokio::task::spawn_blocking(move || kill_marked(run))
                .await
                .map_err(|_| StateError::Stopping)?;
            self.shared
                .state
                .end(run, without_output(Outcome::Interrupted))
                .await?;
        }
        Ok(())
    }

    pub fn set_ticket(&self, ticket: Option<String>) {
        *self
            .shared
            .ticket
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = ticket;
    }

    /// Takes an order. A run that is known is answered with what is known. `now` is the server's time.
    pub async fn accept(&self, order: RunOrder, now: DateTime<Utc>) -> Result<(), StateError> {
        let run = order.run_id;
        if self.active().contains_key(&run) {
            return Ok(());
        }
        match self.shared.state.known(run).await? {
            Known::Ended(_) => return self.shared.state.answer_again(run).await,
            // It has just ended, or the answer is being written.
            Known::Started => return Ok(()),
            Known::Nothing => {}
        }
        if now > order.not_after {
            let why = "the order came after its last moment to start".to_owned();
            return self
                .shared
                .state
                .end(run, without_output(Outcome::Refused { why }))
                .await;
        }
        let cancel = CancellationToken::new();
        self.active().insert(run, cancel.clone());
        let shared = self.shared.clone();
        self.shared.tasks.spawn(async move {
            if let Err(error) = shared.clone().perform(order, cancel).await {
                tracing::error!(%run, %error, "a run could not be written down");
            }
            shared
                .active
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&run);
        });
        Ok(())
    }

    /// Stops a run, or makes sure that it never starts.
    pub async fn cancel(&self, run: Uuid) -> Result<(), StateError> {
        if let Some(cancel) = self.active().get(&run) {
            cancel.cancel();
            return Ok(());
        }
        match self.shared.state.known(run).await? {
            Known::Nothing => {
                self.shared
                    .state
                    .end(run, without_output(Outcome::Cancelled))
                    .await
            }
            Known::Started => Ok(()),
            Known::Ended(_) => self.shared.state.answer_again(run).await,
        }
    }

    /// Stops everything that runs and waits until it is written down.
    pub async fn stop(&self) {
        for cancel in self.active().values() {
            cancel.cancel();
        }
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    fn active(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, CancellationToken>> {
        self.shared
            .active
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn runs_folder(state: &State) -> PathBuf {
    state.directory().join("runs")
}

impl Shared {
    async fn perform(
        self: Arc<Self>,
        order: RunOrder,
        cancel: CancellationToken,
    ) -> Result<(), StateError> {
        let run = order.run_id;
        let slot = tokio::select! {
            () = cancel.cancelled() => None,
            slot = self.slots.acquire() => slot.ok(),
        };
        let Some(_slot) = slot else {
            return self
                .state
                .end(run, without_output(Outcome::Cancelled))
                .await;
        };
        let folder = runs_folder(&self.state).join(run.simple().to_string());
        let prepared = tokio::select! {
            () = cancel.cancelled() => Err(Outcome::Cancelled),
            prepared = self.prepare(&order, &folder) => prepared,
        };
        let report = match prepared {
            Err(outcome) => without_output(outcome),
            Ok(prepared) => {
                if !self.state.start(run).await? {
                    tracing::warn!(%run, "a run was to start twice and did not");
                    return Ok(());
                }
                self.execute(&order, prepared, &cancel).await?
            }
        };
        tracing::info!(%run, outcome = ?report.outcome, ms = report.duration_ms, "a run is over");
        self.write_down(run, report).await?;
        if let Err(error) = tokio::fs::remove_dir_all(&folder).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%run, %error, "the folder of a run stays behind");
        }
        Ok(())
    }

    /// An answer is never given up: while it cannot be written down, a full disk for example, it is tried again.
    async fn write_down(&self, run: Uuid, report: Report) -> Result<(), StateError> {
        loop {
            match self.state.end(run, report.clone()).await {
                Err(StateError::Database(error)) => {
                    tracing::error!(%run, %error, "an answer waits to be written down");
                    tokio::time::sleep(WRITE_AGAIN).await;
                }
                written => return written,
            }
        }
    }

    /// Everything that can be done before the run counts as started.
    async fn prepare(&self, order: &RunOrder, folder: &Path) -> Result<Prepared, Outcome> {
        let could_not = |why: &dyn std::fmt::Display| Outcome::CouldNotStart {
            why: why.to_string(),
        };
        let (program, arguments) =
            platform::interpreter(order.interpreter).map_err(|why| could_not(&why))?;
        tokio::fs::create_dir_all(folder)
            .await
            .map_err(|error| could_not(&error))?;
        let script = folder.join(format!("script.{}", platform::extension(order.interpreter)));
        tokio::fs::write(&script, &order.script)
            .await
            .map_err(|error| could_not(&error))?;
        let package = match &order.package {
            None => None,
            Some(package) => {
                let is_bare = Path::new(&package.file_name).file_name()
                    == Some(std::ffi::OsStr::new(&package.file_name));
                if !is_bare {
                    let why = "the package's name is not a bare file name".to_owned();
                    return Err(Outcome::Refused { why });
                }
                let target = folder.join(&package.file_name);
                let ticket = || {
                    self.ticket
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .clone()
                };
                self.fetcher.fetch(package, ticket, &target).await?;
                Some(target)
            }
        };
        Ok(Prepared {
            program,
            arguments,
            script,
            folder: folder.to_owned(),
            package,
        })
    }

    async fn execute(
        &self,
        order: &RunOrder,
        prepared: Prepared,
        cancel: &CancellationToken,
    ) -> Result<Report, StateError> {
        let run = order.run_id;
        let tree = Tree::new(run);
        let root = self.computer.root();
        let mut command = tree.command(&prepared.program);
        command
            .args(prepared.arguments)
            .arg(&prepared.script)
            .current_dir(&prepared.folder)
            .env_clear()
            .env(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            )
            .env("LANG", "C.UTF-8")
            .env(
                "HOME",
                if root == Path::new("/") {
                    Path::new("/root")
                } else {
                    root
                },
            )
            .env("DEBIAN_FRONTEND", "noninteractive")
            .envs(&order.environment)
            .env("UPKEEP_ROOT", root)
            .env(MARK, run.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(package) = &prepared.package {
            command.env("UPKEEP_PACKAGE", package);
        }
        let started = Instant::now();
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                return Ok(without_output(Outcome::CouldNotStart {
                    why: error.to_string(),
                }));
            }
        };
        let timeout = Duration::from_secs(u64::from(order.timeout_seconds));
        let mut output = Output::new(&self.state, run);
        let outcome = watch(child, &tree, timeout, cancel, &mut output).await?;
        let summary = output.finish().await?;
        Ok(Report {
            outcome,
            stdout_tail: summary.stdout_tail,
            stderr_tail: summary.stderr_tail,
            output_bytes: summary.bytes,
            output_sha256: summary.sha256,
            truncated: summary.truncated,
            duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

struct Prepared {
    program: PathBuf,
    arguments: &'static [&'static str],
    script: PathBuf,
    folder: PathBuf,
    package: Option<PathBuf>,
}

/// Reads the output and waits for the end: the script's own, the clock's or the server's.
async fn watch(
    mut child: Child,
    tree: &Tree,
    timeout: Duration,
    cancel: &CancellationToken,
    output: &mut Output<'_>,
) -> Result<Outcome, StateError> {
    let mut stdout = Pipe::new(child.stdout.take(), Source::Stdout);
    let mut stderr = Pipe::new(child.stderr.take(), Source::Stderr);
    let leader = child.id();
    let mut deadline = Box::pin(tokio::time::sleep(timeout));
    let mut flush = tokio::time::interval(FLUSH_EVERY);
    flush.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    flush.tick().await;
    let mut outcome: Option<Outcome> = None;
    let mut has_exited = false;
    loop {
        tokio::select! {
            biased;
            () = cancel.cancelled(), if outcome.is_none() => {
                tree.kill(leader);
                outcome = Some(Outcome::Cancelled);
                deadline = Box::pin(tokio::time::sleep(OUTPUT_GRACE));
            }
            () = &mut deadline => {
                if outcome.is_some() {
                    // Whoever still holds the pipe is not the script.
                    break;
                }
                tree.kill(leader);
                outcome = Some(Outcome::TimedOut);
                deadline = Box::pin(tokio::time::sleep(OUTPUT_GRACE));
            }
            _ = flush.tick() => output.flush().await?,
            read = stdout.read() => output.take(Source::Stdout, read).await?,
            read = stderr.read() => output.take(Source::Stderr, read).await?,
            status = child.wait(), if !has_exited => {
                has_exited = true;
                if outcome.is_none() {
                    outcome = Some(exit(status));
                    deadline = Box::pin(tokio::time::sleep(OUTPUT_GRACE));
                }
            }
        }
        if has_exited && stdout.is_closed() && stderr.is_closed() {
            break;
        }
    }
    Ok(outcome.unwrap_or(Outcome::Interrupted))
}

fn exit(status: std::io::Result<ExitStatus>) -> Outcome {
    match status {
        Err(error) => Outcome::CouldNotStart {
            why: error.to_string(),
        },
        Ok(status) => {
            #[cfg(unix)]
            if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
                return Outcome::Signalled { signal };
            }
            Outcome::Exited {
                code: status.code().unwrap_or(-1),
            }
        }
    }
}

/// One of the script's two outputs.
struct Pipe<R> {
    reader: Option<R>,
    block: Vec<u8>,
    source: Source,
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    fn new(reader: Option<R>, source: Source) -> Self {
        Self {
            reader,
            block: vec![0; BLOCK],
            source,
        }
    }

    fn is_closed(&self) -> bool {
        self.reader.is_none()
    }

    /// The next bytes; waits for ever once it is closed. Cancel-safe.
    async fn read(&mut self) -> &[u8] {
        let read = match &mut self.reader {
            None => std::future::pending().await,
            Some(reader) => reader.read(&mut self.block).await,
        };
        match read {
            Ok(0) => {
                self.reader = None;
                &[]
            }
            Ok(length) => &self.block[..length],
            Err(error) => {
                tracing::warn!(source = ?self.source, %error, "output cannot be read");
                self.reader = None;
                &[]
            }
        }
    }
}
