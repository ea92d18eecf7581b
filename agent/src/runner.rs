//! Orders and what becomes of them: each run at most once, each answered.

use crate::clock::{ServerClock, uptime};
use crate::control::{Control, Stop};
use crate::folders::{Folders, RunFolder, of_run};
use crate::packages::Fetcher;
use crate::platform::{self, Computer};
use crate::process::kill_marked;
use crate::script::{Prepared, execute};
use crate::state::{Known, State, StateError, without_output};
use chrono::{DateTime, SecondsFormat, Utc};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use upkeep_agent_protocol::{Outcome, Report, RunOrder, TAIL_BYTES};
use upkeep_removal::Remains;
use uuid::Uuid;

/// Scripts that run at once. The server asks for one at a time where order matters.
const AT_ONCE: usize = 4;
/// Between two attempts to write an answer down.
const WRITE_AGAIN: Duration = Duration::from_secs(1);
/// How long an answer waits for what it says of the run's folder; a removal that takes longer goes on by itself.
const REMOVAL_PATIENCE: Duration = Duration::from_secs(5);

/// Runs scripts.
#[derive(Clone)]
pub struct Runner {
    shared: Arc<Shared>,
}

struct Shared {
    state: Arc<State>,
    computer: Arc<Computer>,
    fetcher: Fetcher,
    folders: Folders,
    /// Opens downloads; new with each connection.
    ticket: Mutex<Option<String>>,
    /// The server's clock, new with each connection.
    clock: Mutex<ServerClock>,
    /// The runs that wait or go on.
    active: Mutex<HashMap<Uuid, Arc<Control>>>,
    slots: Semaphore,
    tasks: TaskTracker,
}

/// What is said instead of starting a script.
enum Instead {
    /// Nothing: the server offers it again.
    Nothing,
    Answer(Outcome),
}

impl From<Stop> for Instead {
    fn from(why: Stop) -> Self {
        match why {
            Stop::Cancelled => Self::Answer(Outcome::Cancelled),
            Stop::LinkEnded | Stop::AgentStops => Self::Nothing,
        }
    }
}

impl From<Outcome> for Instead {
    fn from(outcome: Outcome) -> Self {
        Self::Answer(outcome)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runner {
    pub fn new(state: Arc<State>, computer: Arc<Computer>, server: String) -> anyhow::Result<Self> {
        let fetcher = Fetcher::new(server, state.directory().join("packages"))?;
        let folders = Folders::new(state.directory());
        Ok(Self {
            shared: Arc::new(Shared {
                state,
                computer,
                fetcher,
                folders,
                ticket: Mutex::new(None),
                clock: Mutex::new(ServerClock::default()),
                active: Mutex::new(HashMap::new()),
                slots: Semaphore::new(AT_ONCE),
                tasks: TaskTracker::new(),
            }),
        })
    }

    /// Answers for the runs that were going on when the agent died: their outcome is unknown. What is left of
    /// them is stopped and then removed, so that the answer is the end.
    pub async fn report_interrupted(&self) -> Result<(), StateError> {
        let interrupted = self.shared.state.interrupted().await?;
        for run in interrupted.iter().copied() {
            tracing::warn!(%run, "a run was interrupted: its outcome is unknown");
            tokio::task::spawn_blocking(move || kill_marked(run))
                .await
                .map_err(|_| StateError::Stopping)?;
        }
        let remains = self.shared.folders.clear().await;
        if !remains.is_empty() {
            tracing::warn!(%remains, "what runs left behind is not wholly removed");
        }
        for run in interrupted {
            let report = Report {
                remark: remark_of(&of_run(&remains, run)),
                ..without_output(Outcome::Interrupted)
            };
            self.shared.state.end(run, report).await?;
        }
        Ok(())
    }

    /// A server has proved itself, and said what time it is.
    pub fn link_begins(&self, ticket: String, clock: ServerClock) {
        *locked(&self.shared.ticket) = Some(ticket);
        *locked(&self.shared.clock) = clock;
    }

    /// The server said what time it is.
    pub fn server_said(&self, time: DateTime<Utc>) {
        locked(&self.shared.clock).heard(time, uptime());
    }

    /// The link is gone, and with it what was ordered on it and has not started: nobody could take it back any more.
    /// Returns when nothing of that is left, so that the same run can be ordered again.
    pub async fn link_ended(&self) {
        *locked(&self.shared.ticket) = None;
        let waiting: Vec<Arc<Control>> = locked(&self.shared.active)
            .values()
            .filter(|control| !control.is_settled())
            .cloned()
            .collect();
        for control in &waiting {
            control.stop(Stop::LinkEnded);
        }
        for control in waiting {
            // What was faster has started or is answered, and goes on.
            while !control.is_settled() {
                tokio::select! {
                    () = control.ended() => break,
                    () = tokio::time::sleep(Duration::from_millis(10)) => {}
                }
            }
        }
    }

    /// Takes an order. A run that is known is answered with what is known.
    pub async fn accept(&self, order: RunOrder) -> Result<(), StateError> {
        let run = order.run_id;
        let shared = &self.shared;
        if locked(&shared.active).contains_key(&run) {
            return Ok(());
        }
        match shared.state.known(run).await? {
            Known::Ended(_) => return shared.state.answer_again(run).await,
            // It has just ended, or the answer is being written.
            Known::Started => return Ok(()),
            Known::Nothing => {}
        }
        if order.answer_only {
            let remark = "the server knows that this run was started, and this computer does not: its disk holds an older state";
            let report = Report {
                remark: Some(remark.to_owned()),
                ..without_output(Outcome::Interrupted)
            };
            return shared.state.end(run, report).await;
        }
        if let Some(refused) = shared.too_late(&order) {
            return shared.state.end(run, without_output(refused)).await;
        }
        let control = Arc::new(Control::default());
        locked(&shared.active).insert(run, control.clone());
        let shared = shared.clone();
        self.shared.tasks.spawn(async move {
            if let Err(error) = shared.perform(order, &control).await {
                tracing::error!(%run, %error, "a run could not be written down");
            }
            locked(&shared.active).remove(&run);
            control.end();
        });
        Ok(())
    }

    /// Stops a run, or makes sure that it never starts.
    pub async fn cancel(&self, run: Uuid) -> Result<(), StateError> {
        if let Some(control) = locked(&self.shared.active).get(&run) {
            control.stop(Stop::Cancelled);
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
        for control in locked(&self.shared.active).values() {
            control.stop(Stop::AgentStops);
        }
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
    async fn perform(&self, order: RunOrder, control: &Control) -> Result<(), StateError> {
        let run = order.run_id;
        let mut folder = None;
        let slot = tokio::select! {
            why = control.stopped() => Err(Instead::from(why)),
            slot = self.slots.acquire() => slot.map_err(|_| Instead::Nothing),
        };
        let (_slot, begun) = match slot {
            Ok(slot) => (Some(slot), self.begin(&order, control, &mut folder).await),
            Err(instead) => (None, Err(instead)),
        };
        let report = match begun {
            Ok(prepared) => {
                let root = self.computer.root();
                Some(execute(&self.state, root, &order, prepared, control).await?)
            }
            Err(Instead::Answer(outcome)) => {
                control.settle();
                Some(without_output(outcome))
            }
            Err(Instead::Nothing) => None,
        };
        let Some(report) = report else {
            tracing::info!(%run, "a run that had not started ended with its link: the server offers it again");
            self.clean_up(run, folder).await;
            return Ok(());
        };
        tracing::info!(%run, outcome = ?report.outcome, ms = report.duration_ms, "a run is over");
        let left = self.clean_up(run, folder).await;
        let remarks: Vec<String> = report.remark.into_iter().chain(left).collect();
        let remark = (!remarks.is_empty()).then(|| remarks.join("; "));
        self.write_down(run, Report { remark, ..report }).await
    }

    /// Everything up to the moment from which the run counts as started. The folder is the caller's to remove.
    async fn begin(
        &self,
        order: &RunOrder,
        control: &Control,
        folder: &mut Option<RunFolder>,
    ) -> Result<Prepared, Instead> {
        let prepared = tokio::select! {
            why = control.stopped() => Err(why.into()),
            prepared = self.prepare(order, folder) => prepared.map_err(Instead::from),
        }?;
        // It may have waited long: for its turn, for its package.
        if let Some(refused) = self.too_late(order) {
            return Err(refused.into());
        }
        control.begin()?;
        match self.state.start(order.run_id).await {
            Ok(true) => Ok(prepared),
            Ok(false) => {
                tracing::warn!(run = %order.run_id, "a run was to start twice and did not");
                Err(Instead::Nothing)
            }
            Err(error) => Err(Instead::Answer(Outcome::CouldNotStart {
                why: format!(
                    "that it starts could not be written to the disk, so it did not: {error}"
                ),
            })),
        }
    }

    /// The answer to an order whose last moment to start is over, by the server's clock.
    fn too_late(&self, order: &RunOrder) -> Option<Outcome> {
        let now = locked(&self.clock).at(uptime())?;
        let moment = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        (now > order.not_after).then(|| Outcome::Refused {
            why: format!(
                "its last moment to start was {}, and it is {} by the server's clock",
                moment(order.not_after),
                moment(now)
            ),
        })
    }

    /// Everything that can be done before the run counts as started.
    async fn prepare(
        &self,
        order: &RunOrder,
        kept: &mut Option<RunFolder>,
    ) -> Result<Prepared, Outcome> {
        let could_not = |why: &dyn std::fmt::Display| Outcome::CouldNotStart {
            why: why.to_string(),
        };
        let (program, arguments) =
            platform::interpreter(order.interpreter).map_err(|why| could_not(&why))?;
        let folder = self
            .folders
            .make(order.run_id)
            .map_err(|error| could_not(&error))?;
        let folder = kept.insert(folder);
        let package = match &order.package {
            None => None,
            Some(package) => {
                let name = Path::new(&package.file_name);
                if name.file_name() != Some(name.as_os_str()) {
                    let why = "the package's name is not a bare file name".to_owned();
                    return Err(Outcome::Refused { why });
                }
                let target = folder.package().join(name);
                let ticket = || locked(&self.ticket).clone();
                self.fetcher.fetch(package, ticket, &target).await?;
                Some(target)
            }
        };
        let extension = platform::extension(order.interpreter);
        let script = folder.script().join(format!("script.{extension}"));
        tokio::fs::write(&script, &order.script)
            .await
            .map_err(|error| could_not(&format!("{}: {error}", script.display())))?;
        Ok(Prepared {
            program,
            arguments,
            script,
            folder: folder.work(),
            package,
        })
    }

    /// Removes a run's folder; what is to be said of it.
    async fn clean_up(&self, run: Uuid, folder: Option<RunFolder>) -> Option<String> {
        let mut removal = tokio::spawn(folder?.remove());
        let Ok(remains) = tokio::time::timeout(REMOVAL_PATIENCE, &mut removal).await else {
            self.tasks.spawn(async move {
                let remains = removal.await.unwrap_or_default();
                tracing::info!(%run, %remains, "the folder of a run took long to be removed");
            });
            return Some("its folder was still being removed".to_owned());
        };
        let remark = remark_of(&remains.unwrap_or_default())?;
        tracing::warn!(%run, remark, "the folder of a run is not wholly removed");
        Some(remark)
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
}

/// What a person should know of what stays.
fn remark_of(remains: &Remains) -> Option<String> {
    if remains.is_empty() {
        return None;
    }
    let mut remark = format!("not everything that the run left behind could be removed: {remains}");
    let mut end = remark.len().min(TAIL_BYTES);
    while !remark.is_char_boundary(end) {
        end -= 1;
    }
    remark.truncate(end);
    Some(remark)
}

#[cfg(test)]
mod tests;
