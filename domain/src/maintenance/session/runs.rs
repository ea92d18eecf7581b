//! Runs of scripts and looks at installed programs: asking for them, and giving up those of which nothing was heard.

use super::action::{Action, ActionReason, ResultReason, Step, Verdict};
use super::advance::Advance;
use super::assess::assess;
use super::finding::Finding;
use super::job::Job;
use super::purpose::RunPurpose;
use super::reading::Answer;
use super::report::{RunOutcome, RunReport};
use super::stages::{complete_action, fail};
use super::state::Session;
use super::words::{NOT_IN_CATALOGUE, misfits, no_script, no_task_script, no_version};
use super::{RunEnded, RunRequested, SessionEvent};
use crate::catalogue::parameter::{Faults, Values};
use crate::catalogue::script::{Script, ScriptTimeout};
use crate::catalogue::software::{Package, ScriptRole, Software};
use crate::catalogue::task::Task;
use crate::catalogue::version::Version;
use crate::kernel::ids::{ActionId, AgentId, RunId};
use crate::kernel::limits::{MAX_EVENTS_PER_ADVANCE, MAX_OPEN_RUNS, RUN_GRACE};
use crate::rules::deployment::MaintenanceItem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// In which context a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum RunContext {
    /// On the computer, as its system's own account, by way of this agent: no other one may run it.
    System { agent: AgentId },
}

impl RunContext {
    /// Who carries it out.
    pub fn agent(self) -> AgentId {
        let Self::System { agent } = self;
        agent
    }
}

/// What a script is given besides its purpose.
#[derive(Default)]
pub(super) struct Supplies {
    version: Option<Version>,
    package: Option<Package>,
    parameters: Values,
}

/// A run inside a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Nothing if it belongs to the session as a whole.
    pub action: Option<ActionId>,
    pub purpose: RunPurpose,
    pub ordinal: u32,
    pub context: RunContext,
    pub item: Option<MaintenanceItem>,
    pub job: Job,
    pub timeout: ScriptTimeout,
    pub deadline: DateTime<Utc>,
    pub requested_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub report: Option<RunReport>,
}

impl From<&RunRequested> for Run {
    fn from(requested: &RunRequested) -> Self {
        Self {
            action: requested.action,
            purpose: requested.purpose,
            ordinal: requested.ordinal,
            context: requested.context,
            item: requested.item,
            job: requested.job.clone(),
            timeout: requested.timeout,
            deadline: requested.deadline,
            requested_at: requested.at,
            started_at: None,
            ended_at: None,
            report: None,
        }
    }
}

impl Run {
    /// What came of it; nothing before it ended.
    pub(super) fn answer(&self) -> Option<Answer<'_>> {
        let job = &self.job;
        let report = self.report.as_ref()?;
        Some(Answer { job, report })
    }

    /// Whether its agent told how it ended. A run that was counted as lost may still be answered, late: what it did
    /// is worth knowing, whatever became of its session.
    pub fn is_answered(&self) -> bool {
        let is_lost = |report: &RunReport| report.outcome == RunOutcome::Lost;
        self.report.as_ref().is_some_and(|report| !is_lost(report))
    }
}

impl Session {
    /// The runs that were asked for and have no result yet.
    pub fn open_runs(&self) -> impl Iterator<Item = (RunId, &Run)> {
        let known = |id: &RunId| Some((*id, self.runs.get(id)?.as_ref()));
        self.open.iter().filter_map(known)
    }

    /// The last one, where there were several.
    pub(super) fn run_for(&self, action: &Action, purpose: RunPurpose) -> Option<&Run> {
        let known = |id: &RunId| Some(self.runs.get(id)?.as_ref());
        let mut newest_first = action.runs.iter().rev().filter_map(known);
        newest_first.find(|run| run.purpose == purpose)
    }

    /// The last one, if it was asked for after the last look.
    fn run_since(&self, action: &Action, look: RunPurpose, purpose: RunPurpose) -> Option<&Run> {
        let known = |id: &RunId| Some(self.runs.get(id)?.as_ref());
        let newest_first = action.runs.iter().rev().filter_map(known);
        let mut since = newest_first.take_while(|run| run.purpose != look);
        since.find(|run| run.purpose == purpose)
    }
}

/// What a run that was needed led to.
pub(super) enum Looked<T> {
    /// It was just asked for, or there is nobody to ask.
    Now(Vec<SessionEvent>),
    NotYet,
    Ended(T),
}

impl Advance<'_> {
    pub(super) fn end_overdue_runs(&self) -> Vec<SessionEvent> {
        let elapsed = self.elapsed();
        self.session
            .open_runs()
            .filter(|(_, run)| elapsed.is_lost(run))
            .take(MAX_EVENTS_PER_ADVANCE)
            .map(|(run, _)| {
                let report = RunReport::without_output(RunOutcome::Lost);
                RunEnded {
                    run,
                    report,
                    at: self.now,
                }
                .into()
            })
            .collect()
    }

    /// What these actions need next. As many runs wait at once as the agent runs at once: a run's time begins when it is
    /// asked for, and one that had to wait for a hundred others would be over before it began.
    pub(super) fn each<'b>(
        &self,
        actions: impl Iterator<Item = &'b Action>,
        purpose: impl Fn(&Action) -> RunPurpose,
        next: impl Fn(&Action) -> Vec<SessionEvent>,
    ) -> Vec<SessionEvent> {
        let mut room = MAX_OPEN_RUNS.saturating_sub(self.session.open_runs().count());
        let mut events = Vec::new();
        for action in actions {
            if events.len() >= MAX_EVENTS_PER_ADVANCE {
                break;
            }
            // Whoever needs a run waits for room.
            let is_asked = self.session.run_for(action, purpose(action)).is_some();
            if room > 0 || is_asked {
                let more = next(action);
                let is_run = |event: &&SessionEvent| matches!(event, SessionEvent::RunRequested(_));
                if let Some(left) = room.checked_sub(more.iter().filter(is_run).count()) {
                    room = left;
                    events.extend(more);
                }
            }
        }
        events
    }

    /// What the detection says for this purpose, or a task's test or get script.
    pub(super) fn look(&self, action: &Action, purpose: RunPurpose) -> Looked<Answer<'_>> {
        self.nth_look(action, purpose, 1)
    }

    /// What it says when it is run for this purpose for the nth time, from 1.
    pub(super) fn nth_look(
        &self,
        action: &Action,
        purpose: RunPurpose,
        nth: u32,
    ) -> Looked<Answer<'_>> {
        let run = self.session.run_for(action, purpose);
        let Some(run) = run.filter(|run| run.ordinal >= nth) else {
            return Looked::Now(self.request_look(action, purpose));
        };
        run.answer().map_or(Looked::NotYet, Looked::Ended)
    }

    fn request_look(&self, action: &Action, purpose: RunPurpose) -> Vec<SessionEvent> {
        if action.plan.item.task().is_some() {
            return self.request_of_task(action, purpose);
        }
        let detection = self
            .software(action)
            .and_then(|software| software.definition.as_ref())
            .map(|definition| &definition.detection);
        match detection {
            None => {
                let message = NOT_IN_CATALOGUE.to_owned();
                vec![fail(action, ResultReason::NoApplicableVersion, message)]
            }
            Some(detection) => {
                let (job, timeout) = Job::detecting(detection);
                self.request(action, purpose, job, timeout)
            }
        }
    }

    /// What this purpose asks of a task. Its parameters may have changed since the session was planned: what does not fit is never run.
    fn request_of_task(&self, action: &Action, purpose: RunPurpose) -> Vec<SessionEvent> {
        let Some((task, method)) = self.task(action).zip(purpose.method()) else {
            let message = NOT_IN_CATALOGUE.to_owned();
            return vec![fail(action, ResultReason::ScriptMissing, message)];
        };
        let Some(script) = task.scripts.of(method) else {
            let message = no_task_script(method);
            return vec![fail(action, ResultReason::ScriptMissing, message)];
        };
        let checked = task.parameters.check(&action.plan.goal.parameters);
        match checked.and_then(|told| self.secrets_serve(&told).map(|()| told)) {
            Ok(parameters) => {
                let supplies = Supplies {
                    parameters,
                    ..Supplies::default()
                };
                self.request_script(action, purpose, script, supplies)
            }
            Err(faults) => {
                let message = misfits(&faults);
                vec![fail(action, ResultReason::ParametersDoNotFit, message)]
            }
        }
    }

    /// Whether the secrets among these values are there, and for this computer's tenant.
    fn secrets_serve(&self, told: &Values) -> Result<(), Faults> {
        let tenant = self.session.request.map(|request| request.tenant);
        Faults::among_secrets(told, tenant, |id| self.surroundings.catalogue.secret(id))
    }

    pub(super) fn request_step(&self, action: &Action, step: &Step) -> Vec<SessionEvent> {
        if action.plan.item.task().is_some() {
            return self.request_of_task(action, step.purpose);
        }
        let published = self.software(action).and_then(|software| {
            let version = step.version.as_ref()?;
            Some((software, version)).filter(|_| software.offers(version))
        });
        let Some((software, version)) = published else {
            let message = no_version(&action.plan);
            return vec![fail(action, ResultReason::NoApplicableVersion, message)];
        };
        let role = step.purpose.role();
        let Some(script) = role.and_then(|role| software.script(version, role)) else {
            let message = no_script(step.purpose, version);
            return vec![fail(action, ResultReason::ScriptMissing, message)];
        };
        let package = action.package_of(software, version);
        let supplies = Supplies {
            version: step.version.clone(),
            package: package.filter(|_| step.purpose.needs_package()).cloned(),
            ..Supplies::default()
        };
        self.request_script(action, step.purpose, script, supplies)
    }

    /// What a look found, after its software's test where it is wanted there and there is a test. Each look has a test of its own.
    pub(super) fn tested(
        &self,
        action: &Action,
        look: RunPurpose,
        test: RunPurpose,
        finding: Finding,
    ) -> Looked<Finding> {
        let Finding::Version { version } = &finding else {
            return Looked::Ended(finding);
        };
        let goal = &action.plan.goal;
        let is_done =
            assess(&goal.desired, goal.version.as_ref(), &finding).reason == ActionReason::UpToDate;
        if !is_done {
            return Looked::Ended(finding);
        }
        // A test that has begun counts, whatever becomes of its script.
        let Some(run) = self.session.run_since(action, look, test) else {
            let script = self.software(action).and_then(|software| {
                let nearest = software.nearest(version)?;
                software.script(nearest, ScriptRole::Test)
            });
            let supplies = Supplies {
                version: Some(version.clone()),
                ..Supplies::default()
            };
            return script.map_or(Looked::Ended(finding), |script| {
                Looked::Now(self.request_script(action, test, script, supplies))
            });
        };
        match run.report.as_ref().map(RunReport::verdict) {
            None => Looked::NotYet,
            Some(Ok(true)) => Looked::Ended(finding),
            Some(Ok(false)) => Looked::Ended(Finding::Broken {
                version: version.clone(),
            }),
            Some(Err((reason, message))) => {
                let (verdict, found) = (Verdict::Failed, Some(finding.clone()));
                let failed = complete_action(action, verdict, reason, message, found);
                Looked::Now(vec![failed])
            }
        }
    }

    pub(super) fn request_script(
        &self,
        action: &Action,
        purpose: RunPurpose,
        script: &Script,
        supplies: Supplies,
    ) -> Vec<SessionEvent> {
        let job = Job::Script {
            script: script.digest(),
            version: supplies.version,
            package: supplies.package,
            parameters: supplies.parameters,
        };
        self.request(action, purpose, job, script.timeout)
    }

    /// Asks the computer's agent, if one is connected.
    fn request(
        &self,
        action: &Action,
        purpose: RunPurpose,
        job: Job,
        timeout: ScriptTimeout,
    ) -> Vec<SessionEvent> {
        let Some(agent) = self.surroundings.agent else {
            return vec![];
        };
        let id = action.plan.action;
        let before = self.session.run_for(action, purpose);
        let ordinal = before.map_or(1, |run| run.ordinal.saturating_add(1));
        let requested = RunRequested {
            run: RunId::derived_from(
                self.surroundings.session.0,
                &format!("run/{id}/{}/{ordinal}", purpose.name()),
            ),
            action: Some(id),
            purpose,
            ordinal,
            context: RunContext::System { agent },
            item: Some(action.plan.item),
            job,
            timeout,
            deadline: self.now + timeout.duration() + RUN_GRACE,
            at: self.now,
        };
        vec![requested.into()]
    }

    pub(super) fn software(&self, action: &Action) -> Option<&Software> {
        let id = action.plan.item.software()?;
        self.surroundings.catalogue.software(id)
    }

    fn task(&self, action: &Action) -> Option<&Task> {
        let id = action.plan.item.task()?;
        self.surroundings.catalogue.task(id)
    }
}
