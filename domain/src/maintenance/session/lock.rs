//! The lock of a serial task: in the whole installation one session at a time brings it about.
//!
//! It is taken right before the task is tested once more and given back when the set script has ended: a session that waits for one
//! lock holds no other, so that no two wait for each other. Who has it is decided in a stream of its own (`fleet/claim.rs`), before the
//! session says so in its own; whoever finds that the session does not say so any more takes it, however the session ended. One that is
//! cancelled while its set script runs has the lock until that has ended, or has had all its time.

use super::SessionEvent;
use super::action::{Action, ActionProgress, ResultReason};
use super::advance::Advance;
use super::purpose::RunPurpose;
use super::runs::Run;
use super::stages::fail;
use super::state::{Session, Stage, Status};
use super::waits::{WaitCause, WaitOutcome};
use super::words::TURN_NEVER_CAME;
use super::{TaskLocked, WaitBegan};
use crate::catalogue::Catalogue;
use crate::catalogue::task::{Concurrency, TaskMode};
use crate::kernel::ids::{ActionId, TaskId};
use crate::kernel::limits::SERIAL_TASK_LIMIT;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a session holds while it brings a serial task about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub task: TaskId,
    pub action: ActionId,
}

/// What became of asking for the lock of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockAnswer {
    /// It is this session's, as soon as it says so.
    Granted(TaskId),
    /// Another session has it.
    Held(TaskId),
}

impl Session {
    /// The serial task that it brings about now, or did when it was cancelled and nothing was heard of it since.
    pub fn locked_task(&self) -> Option<TaskId> {
        Some(self.lock?.task)
    }

    /// Whether nobody else may bring this serial task about because of it.
    pub fn holds_lock(&self, task: TaskId, now: DateTime<Utc>) -> bool {
        self.locked_task() == Some(task) && self.lock_lapses().is_none_or(|lapses| now <= lapses)
    }

    /// When what it was doing as it was cancelled can be done no more, whatever is heard of it; nothing while it goes on.
    pub fn lock_lapses(&self) -> Option<DateTime<Utc>> {
        if !self.status.is_over() {
            return None;
        }
        self.set_run(self.lock?).map(Run::due)
    }

    /// The script by which it brings about what it has the lock for.
    fn set_run(&self, lock: Lock) -> Option<&Run> {
        let mut actions = self.actions();
        let action = actions.find(|action| action.plan.action == lock.action)?;
        self.run_for(action, RunPurpose::Set)
    }

    /// The serial task whose lock it needs before anything else can happen in it.
    pub fn wanted_lock(&self, catalogue: &dyn Catalogue) -> Option<TaskId> {
        let next = self.next_to_execute()?;
        self.needs_lock(next, catalogue)
    }

    /// The serial task whose lock it waits for, and since when.
    pub fn awaits_task(&self) -> Option<(TaskId, DateTime<Utc>)> {
        let wait = self.waits_for(WaitCause::SerialTask)?;
        let task = self.next_to_execute()?.plan.item.task()?;
        Some((task, wait.since))
    }

    /// The action that is about to be done; nothing while one is being done.
    fn next_to_execute(&self) -> Option<&Action> {
        if self.status != Status::Running(Stage::Execution) {
            return None;
        }
        for action in self.actions() {
            match &action.progress {
                ActionProgress::Planned | ActionProgress::Completed { .. } => {}
                ActionProgress::Assessed { .. } => return Some(action),
                ActionProgress::Executing { steps, .. } => {
                    let is_over = |purpose: RunPurpose| {
                        let run = self.run_for(action, purpose);
                        run.is_some_and(|run| run.report.is_some())
                    };
                    if !steps.iter().all(|step| is_over(step.purpose)) {
                        return None;
                    }
                }
            }
        }
        None
    }

    fn needs_lock(&self, action: &Action, catalogue: &dyn Catalogue) -> Option<TaskId> {
        let task = action.plan.item.task()?;
        let is_enforced = action.plan.goal.desired.mode() == Some(TaskMode::Enforce);
        let is_serial = catalogue.task(task)?.concurrency == Concurrency::Serial;
        let has_it = self
            .lock
            .is_some_and(|lock| lock.action == action.plan.action);
        (is_enforced && is_serial && !has_it).then_some(task)
    }

    /// Takes in what gives the lock back: the end of the set script, of its action, of the session. But who cancels a session does not
    /// end what runs on a computer: it is told to stop, and is waited for.
    pub(super) fn unlock(&mut self, event: &SessionEvent) {
        let Some(lock) = self.lock else {
            return;
        };
        let is_over = match event {
            SessionEvent::RunEnded(ended) => self.runs.get(&ended.run).is_some_and(|run| {
                run.action == Some(lock.action) && run.purpose == RunPurpose::Set
            }),
            SessionEvent::ActionCompleted(completed) => completed.action == lock.action,
            SessionEvent::Completed(_) | SessionEvent::Missed(_) => true,
            SessionEvent::Cancelled(_) => {
                let set = self.set_run(lock);
                set.is_none_or(|run| run.report.is_some())
            }
            _ => false,
        };
        if is_over {
            self.lock = None;
        }
    }
}

impl Advance<'_> {
    /// What comes before a task is brought about; nothing if it may be.
    pub(super) fn lock_first(&self, action: &Action) -> Option<Vec<SessionEvent>> {
        let wait = self.session.waits_for(WaitCause::SerialTask);
        let ended = |outcome| wait.map(|wait| wait.ended(outcome, self.now));
        let catalogue = &*self.surroundings.catalogue;
        let Some(task) = self.session.needs_lock(action, catalogue) else {
            // It is not serial any more.
            return ended(WaitOutcome::Met).map(|ended| vec![ended]);
        };
        let lock = TaskLocked {
            action: action.plan.action,
            task,
        };
        Some(match self.surroundings.lock {
            Some(LockAnswer::Granted(granted)) if granted == task => {
                let ended = ended(WaitOutcome::Met);
                ended.into_iter().chain([lock.into()]).collect()
            }
            _ if wait.is_some_and(|wait| self.elapsed().is_over(wait)) => {
                let reason = ResultReason::LockUnavailable;
                let failed = fail(action, reason, TURN_NEVER_CAME.to_owned());
                let ended = ended(WaitOutcome::Lapsed);
                ended.into_iter().chain([failed]).collect()
            }
            Some(LockAnswer::Held(held)) if held == task && wait.is_none() => {
                let began = WaitBegan {
                    cause: WaitCause::SerialTask,
                    deadline: self.now + SERIAL_TASK_LIMIT,
                    at: self.now,
                };
                vec![began.into()]
            }
            _ => vec![],
        })
    }
}
