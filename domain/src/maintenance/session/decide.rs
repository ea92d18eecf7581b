use super::about::Requested;
use super::action::{Action, ActionProgress};
use super::advance::advance;
use super::draft::Draft;
use super::lock::Lock;
use super::runs::Run;
use super::state::Status;
use super::waits::{Wait, WaitOutcome, for_turn};
use super::{
    DraftWritten, RunEnded, RunStarted, RunUpdate, Session, SessionCancelled, SessionClaimed,
    SessionCommand, SessionCreated, SessionEvent, SessionRejection, SessionStarted, Stage,
    StageStarted, Surroundings,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{ActionId, AgentId, RunId, ServerId, SessionId, TenantId};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Decider for Session {
    type Id = SessionId;
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Rejection = SessionRejection;
    type Premise = Option<TenantId>;
    const CATEGORY: &'static str = "session";

    fn decide(
        &self,
        command: SessionCommand,
        context: &Context,
    ) -> Result<Vec<SessionEvent>, SessionRejection> {
        if self.request.is_none() {
            return match command {
                SessionCommand::Create { request } => Ok(created(&request, None)),
                SessionCommand::Try(trial) if trial.draft.tells_a_secret() => {
                    Err(SessionRejection::SecretInDraft)
                }
                SessionCommand::Try(trial) => Ok(created(&trial.request(), Some(trial.draft))),
                _ => Err(SessionRejection::NotFound),
            };
        }
        match (self.status, command) {
            (_, SessionCommand::Create { .. } | SessionCommand::Try(_)) => {
                Err(SessionRejection::AlreadyExists)
            }
            (Status::Queued, SessionCommand::Start { server }) => {
                Ok(self.start(server, context.now))
            }
            (_, SessionCommand::Start { .. }) | (Status::Cancelled, SessionCommand::Cancel) => {
                Ok(vec![])
            }
            (Status::Running(_), SessionCommand::TakeOver { server, from }) => {
                Ok(if self.claim == Some(from) && server != from {
                    vec![SessionClaimed { server }.into()]
                } else {
                    vec![]
                })
            }
            (_, SessionCommand::TakeOver { .. }) => Ok(vec![]),
            (status, SessionCommand::Advance(_)) if status.is_over() => Ok(vec![]),
            (_, SessionCommand::Advance(surroundings)) => self.advance(&surroundings, context),
            (_, SessionCommand::RecordRuns { agent, updates }) => {
                self.record(agent, updates, context.now)
            }
            (status, SessionCommand::Cancel) if status.is_over() => Err(SessionRejection::Over),
            (_, SessionCommand::Cancel) => Ok(vec![SessionCancelled { at: context.now }.into()]),
        }
    }

    fn premise(&self) -> Option<TenantId> {
        self.request.map(|request| request.tenant)
    }

    fn evolve(mut self, event: &SessionEvent) -> Self {
        if !matches!(event, SessionEvent::RunStarted(_)) {
            self.moves += 1;
        }
        self.unlock(event);
        match event {
            SessionEvent::Created(created) => self.request = Some(created.into()),
            SessionEvent::DraftWritten(written) => self.draft = Some(written.draft.clone().into()),
            SessionEvent::DraftRead(read) => self.reading = Some(read.reading.clone().into()),
            SessionEvent::Claimed(claimed) => self.claim = Some(claimed.server),
            SessionEvent::Started(started) => self.started_at = Some(started.at),
            SessionEvent::StageStarted(started) => self.status = Status::Running(started.stage),
            SessionEvent::Resolved(resolved) => {
                self.left_out = resolved.left_out;
                let actions = resolved.actions.iter().map(Action::from);
                self.actions = actions.map(Arc::new).collect();
            }
            SessionEvent::WaitBegan(began) => {
                self.waits.retain(|wait| wait.cause != began.cause);
                self.waits.push(Wait::from(began));
            }
            SessionEvent::WaitEnded(ended) => {
                self.waits.retain(|wait| wait.cause != ended.cause);
            }
            SessionEvent::RunRequested(requested) => {
                let run = requested.run;
                self.runs.insert(run, Arc::new(Run::from(requested)));
                self.open.insert(run);
                if let Some(action) = requested.action {
                    self.update(action, |action| action.runs.push(run));
                }
            }
            SessionEvent::RunStarted(started) => {
                if let Some(run) = self.runs.get_mut(&started.run).map(Arc::make_mut) {
                    run.started_at = Some(started.at);
                }
            }
            SessionEvent::RunEnded(ended) => {
                self.open.remove(&ended.run);
                if let Some(run) = self.runs.get_mut(&ended.run).map(Arc::make_mut) {
                    run.ended_at = Some(ended.at);
                    run.report = Some(ended.report.clone());
                }
            }
            SessionEvent::LatestFound(found) => self.update(found.action, |action| {
                action.available = Some(found.available.clone());
                action.take_what_is_available();
            }),
            SessionEvent::ActionAssessed(assessed) => self.update(assessed.action, |action| {
                action.before.clone_from(&assessed.finding);
                action.finding.clone_from(&assessed.finding);
                action.progress = ActionProgress::Assessed {
                    action_type: assessed.action_type,
                    reason: assessed.reason,
                };
            }),
            SessionEvent::PrerequisitesJudged(judged) => self.update(judged.action, |action| {
                action.judged = Some(judged.judged.clone());
            }),
            SessionEvent::ActionGoalSettled(settled) => self.update(settled.action, |action| {
                action.plan.goal = settled.goal.clone();
                action.take_what_is_available();
            }),
            SessionEvent::ActionRechecked(rechecked) => self.update(rechecked.action, |action| {
                action.finding.clone_from(&rechecked.finding);
                if let Some((action_type, reason)) = action.progress.assessment() {
                    action.progress = ActionProgress::Executing {
                        action_type,
                        reason,
                        steps: rechecked.steps.clone(),
                        exit_codes: rechecked.exit_codes.clone(),
                    };
                }
            }),
            SessionEvent::ActionCompleted(completed) => self.update(completed.action, |action| {
                action.finding.clone_from(&completed.finding);
                action.progress = ActionProgress::Completed {
                    assessment: action.progress.assessment(),
                    verdict: completed.verdict,
                    reason: completed.reason,
                    message: completed.message.clone(),
                };
            }),
            SessionEvent::TaskLocked(locked) => {
                self.lock = Some(Lock {
                    task: locked.task,
                    action: locked.action,
                });
            }
            SessionEvent::Completed(completed) => {
                self.end(Status::Ended(completed.ending), completed.at);
            }
            SessionEvent::Cancelled(cancelled) => self.end(Status::Cancelled, cancelled.at),
            SessionEvent::Missed(missed) => self.end(Status::Missed, missed.at),
        }
        self
    }
}

/// A new session, and the script that it is about where it tries one.
fn created(request: &Requested, draft: Option<Draft>) -> Vec<SessionEvent> {
    let created = SessionCreated {
        subject: request.subject,
        tenant: request.tenant,
        about: request.about,
        at: request.at,
    };
    let mut events = vec![created.into()];
    events.extend(draft.map(|draft| DraftWritten { draft }.into()));
    events.push(for_turn(request).into());
    events
}

impl Session {
    fn start(&self, server: ServerId, at: DateTime<Utc>) -> Vec<SessionEvent> {
        let stage = match &self.draft {
            Some(draft) => draft.meaning.stage(),
            None => Stage::Resolution,
        };
        let waited = self
            .waits
            .iter()
            .map(|wait| wait.ended(WaitOutcome::Met, at));
        let started = [
            SessionClaimed { server }.into(),
            SessionStarted { at }.into(),
            StageStarted { stage }.into(),
        ];
        waited.chain(started).collect()
    }

    fn end(&mut self, status: Status, at: DateTime<Utc>) {
        self.status = status;
        self.ended_at = Some(at);
        self.waits.clear();
    }

    /// Only the server that claimed it moves a running session on. One from before there were claims is claimed first.
    fn advance(
        &self,
        surroundings: &Surroundings,
        context: &Context,
    ) -> Result<Vec<SessionEvent>, SessionRejection> {
        let server = surroundings.server;
        match (self.status, self.claim) {
            (Status::Running(_), Some(claim)) if claim != server => {
                Err(SessionRejection::ClaimedElsewhere)
            }
            (Status::Running(_), None) => {
                let mut events = vec![SessionClaimed { server }.into()];
                events.extend(advance(self, surroundings, context));
                Ok(events)
            }
            _ => Ok(advance(self, surroundings, context)),
        }
    }

    fn update(&mut self, id: ActionId, change: impl FnOnce(&mut Action)) {
        let is_it = |action: &Arc<Action>| action.plan.action == id;
        let place = self.actions.iter().position(is_it);
        if let Some(action) = place.and_then(|place| self.actions.get_mut(place)) {
            change(Arc::make_mut(action));
        }
    }

    /// Of each run one start and one end, the first that was said of it; a start that is said after the end is none.
    fn record(
        &self,
        agent: AgentId,
        updates: Vec<RunUpdate>,
        at: DateTime<Utc>,
    ) -> Result<Vec<SessionEvent>, SessionRejection> {
        let mut started = BTreeSet::new();
        let mut ended = BTreeSet::new();
        let mut events = Vec::with_capacity(updates.len());
        for update in updates {
            match update {
                RunUpdate::Started { run } => {
                    let known = self.run_of(agent, run)?;
                    let is_new = known.started_at.is_none() && !known.is_answered();
                    if is_new && !ended.contains(&run) && started.insert(run) {
                        events.push(RunStarted { run, at }.into());
                    }
                }
                RunUpdate::Ended { run, report } => {
                    let known = self.run_of(agent, run)?;
                    if !known.is_answered() && ended.insert(run) {
                        let report = *report;
                        events.push(RunEnded { run, report, at }.into());
                    }
                }
            }
        }
        Ok(events)
    }

    /// A run, if it was given to this agent: no agent speaks for another.
    fn run_of(&self, agent: AgentId, run: RunId) -> Result<&Run, SessionRejection> {
        self.runs
            .get(&run)
            .map(AsRef::as_ref)
            .filter(|known| known.context.agent() == agent)
            .ok_or(SessionRejection::UnknownRun)
    }
}

#[cfg(test)]
mod tests;
