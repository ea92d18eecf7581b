//! One script: its process, its output, its end.

use crate::clock::{until, uptime};
use crate::control::{Control, Stop};
use crate::output::{FLUSH_EVERY, Output, Source};
use crate::process::{MARK, Tree};
use crate::state::{State, StateError, without_output};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use upkeep_agent_protocol::{Outcome, Report, RunOrder};

/// How long output is read after the script itself ended: what it left in the background may hold the pipe for ever.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);
/// Bytes that are read from a pipe at once.
const BLOCK: usize = 16 * 1024;

/// A script that only has to be started.
pub struct Prepared {
    pub program: PathBuf,
    pub arguments: &'static [&'static str],
    pub script: PathBuf,
    /// Where it works.
    pub folder: PathBuf,
    pub package: Option<PathBuf>,
}

/// Runs it to its end, whichever that is. `root` is the computer's.
pub async fn execute(
    state: &State,
    root: &Path,
    order: &RunOrder,
    prepared: Prepared,
    control: &Control,
) -> Result<Report, StateError> {
    // Whoever is faster than the disk: it was written down that it starts, and it does not.
    if let Some(why) = control.why() {
        return Ok(stopped(without_output(ended_by(why)), why));
    }
    let run = order.run_id;
    let tree = Tree::new(run);
    let home = if root == Path::new("/") {
        Path::new("/root")
    } else {
        root
    };
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
        .env("HOME", home)
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
                why: format!("{}: {error}", prepared.program.display()),
            }));
        }
    };
    let timeout = Duration::from_secs(u64::from(order.timeout_seconds));
    let mut output = Output::new(state, run);
    let outcome = watch(child, &tree, timeout, control, &mut output).await?;
    let summary = output.finish().await?;
    let report = Report {
        outcome,
        stdout_tail: summary.stdout_tail,
        stderr_tail: summary.stderr_tail,
        output_bytes: summary.bytes,
        output_sha256: summary.sha256,
        truncated: summary.truncated,
        duration_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        remark: None,
    };
    Ok(match control.why() {
        Some(why) if report.outcome == ended_by(why) => stopped(report, why),
        _ => report,
    })
}

/// How a run ended that was stopped after its start.
fn ended_by(why: Stop) -> Outcome {
    match why {
        Stop::Cancelled => Outcome::Cancelled,
        // Nobody wants it to have ended: what it did is not known.
        Stop::AgentStops | Stop::LinkEnded => Outcome::Interrupted,
    }
}

fn stopped(report: Report, why: Stop) -> Report {
    let remark = match why {
        Stop::Cancelled => None,
        Stop::AgentStops | Stop::LinkEnded => {
            Some("the agent was stopped while the script ran, and ended it".to_owned())
        }
    };
    Report { remark, ..report }
}

/// Reads the output and waits for the end: the script's own, the clock's, the server's or the agent's.
async fn watch(
    mut child: Child,
    tree: &Tree,
    timeout: Duration,
    control: &Control,
    output: &mut Output<'_>,
) -> Result<Outcome, StateError> {
    let mut stdout = Pipe::new(child.stdout.take(), Source::Stdout);
    let mut stderr = Pipe::new(child.stderr.take(), Source::Stderr);
    let leader = child.id();
    let after = |time: Duration| -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(until(uptime().saturating_add(time)))
    };
    let mut deadline = after(timeout);
    let mut flush = tokio::time::interval(FLUSH_EVERY);
    flush.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    flush.tick().await;
    let mut outcome: Option<Outcome> = None;
    let mut has_exited = false;
    loop {
        tokio::select! {
            biased;
            why = control.stopped(), if outcome.is_none() => {
                tree.kill(leader);
                outcome = Some(ended_by(why));
                deadline = after(OUTPUT_GRACE);
            }
            () = &mut deadline => {
                if outcome.is_some() {
                    // Whoever still holds the pipe is not the script.
                    break;
                }
                tree.kill(leader);
                outcome = Some(Outcome::TimedOut);
                deadline = after(OUTPUT_GRACE);
            }
            _ = flush.tick() => output.flush().await?,
            read = stdout.read() => output.take(Source::Stdout, read).await?,
            read = stderr.read() => output.take(Source::Stderr, read).await?,
            status = child.wait(), if !has_exited => {
                has_exited = true;
                if outcome.is_none() {
                    outcome = Some(exit(status));
                    deadline = after(OUTPUT_GRACE);
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
