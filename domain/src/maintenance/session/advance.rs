//! The engine of a session: which events follow from where it stands and what is around it.

use super::assess::{assess, steps};
use super::state::{
    Action, ActionProgress, ActionReason, ActionType, Ending, PlannedAction, ResultReason, Run,
    RunOutcome, RunPurpose, RunReport, Session, SessionKind, Stage, Status, Step, Verdict,
};
use super::{
    ActionAssessed, ActionCompleted, ActionRechecked, RunEnded, RunRequested, SessionCompleted,
    SessionEvent, SessionMissed, SessionResolved, StageStarted, Surroundings, Winner,
};
use crate::catalogue::script::Script;
use crate::catalogue::software::{Package, Software};
use crate::catalogue::version::Version;
use crate::kernel::decider::{Context, Decider, EventPayload};
use crate::kernel::ids::{ActionId, AgentId, RunId};
use crate::kernel::limits::{
    MAX_ACTIONS_PER_SESSION, MAX_ADVANCE_BYTES, MAX_BECAUSE_CHARS, MAX_EVENTS_PER_ADVANCE,
    MAX_MESSAGE_CHARS, MAX_OPEN_RUNS, MAX_PLAN_BYTES, RECONNECT_GRACE, RUN_GRACE, RUN_TAIL_BYTES,
    SESSION_MAX_WAIT,
};
use crate::rules::deployment::DesiredState;
use crate::rules::resolution::desired_phrase;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;

/// Longest line of a script's output that an action's message quotes, in characters.
const MAX_LINE_CHARS: usize = 200;
/// How long a running session waits for its computer to come back.
const OFFLINE_LIMIT: Duration = Duration::from_hours(1);

/// Every event that follows now, until the session has to wait, is over, or has made as much as one append takes: what
/// is left follows the next time.
pub(super) fn advance(
    session: &Session,
    surroundings: &Surroundings,
    context: &Context,
) -> Vec<SessionEvent> {
    let mut state = session.clone();
    let mut all = Vec::new();
    let mut bytes = 0;
    while all.len() < MAX_EVENTS_PER_ADVANCE && bytes < MAX_ADVANCE_BYTES {
        let step = Advance {
            session: &state,
            surroundings,
            now: context.now,
        }
        .step();
        if step.is_empty() {
            break;
        }
        bytes += step.iter().map(size).sum::<usize>();
        state = step.iter().fold(state, Session::evolve);
        all.extend(step);
    }
    all
}

/// Of an event, in bytes. What cannot be written is refused where it is.
fn size(event: &SessionEvent) -> usize {
    event.to_json().map_or(0, |json| json.len())
}

struct Advance<'a> {
    session: &'a Session,
    surroundings: &'a Surroundings,
    now: DateTime<Utc>,
}

/// What a run that was needed led to.
enum Looked<'a> {
    /// It was just asked for, or there is nobody to ask.
    Now(Vec<SessionEvent>),
    Waiting,
    Ended(&'a RunReport),
}

impl Advance<'_> {
    fn step(&self) -> Vec<SessionEvent> {
        match self.session.status {
            Status::Waiting => self.wait_for_turn(),
            Status::Running(stage) => {
                let overdue = self.end_overdue_runs();
                if !overdue.is_empty() {
                    return overdue;
                }
                if self.computer_is_lost() {
                    return self.give_up();
                }
                match stage {
                    Stage::Resolution => self.resolve(),
                    Stage::Detection => self.detect(),
                    Stage::Execution => self.execute(),
                    Stage::Verification => self.verify(),
                }
            }
            Status::Ended(_) | Status::Cancelled | Status::Missed => vec![],
        }
    }

    fn wait_for_turn(&self) -> Vec<SessionEvent> {
        let jumps = &self.surroundings.jumps;
        let is_missed = self.session.request.is_some_and(|request| {
            self.now > jumps.shift(request.at + SESSION_MAX_WAIT, request.at)
        });
        if is_missed {
            vec![SessionMissed { at: self.now }.into()]
        } else {
            vec![]
        }
    }

    /// A run is lost when it should have begun and ended by now, and when agents had time to come back since the server
    /// started. Its script is given all its time from its start on, and the time is real: a clock that was set ends nothing.
    fn is_lost(&self, run: &Run) -> bool {
        let jumps = &self.surroundings.jumps;
        let listening = self.surroundings.listening_since;
        let patience = jumps.shift(listening + RECONNECT_GRACE, listening);
        let asked = jumps.shift(run.deadline, run.requested_at);
        let begun = run
            .started_at
            .map(|at| jumps.shift(at + run.timeout.duration() + RUN_GRACE, at));
        self.now > asked.max(patience).max(begun.unwrap_or(asked))
    }

    fn end_overdue_runs(&self) -> Vec<SessionEvent> {
        self.session
            .open_runs()
            .filter(|(_, run)| self.is_lost(run))
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

    fn computer_is_lost(&self) -> bool {
        let since = self
            .session
            .last_progress
            .map_or(self.surroundings.listening_since, |last| {
                last.max(self.surroundings.listening_since)
            });
        let until = self.surroundings.jumps.shift(since + OFFLINE_LIMIT, since);
        self.surroundings.agent.is_none()
            && self.session.open_runs().next().is_none()
            && self.now > until
    }

    fn give_up(&self) -> Vec<SessionEvent> {
        let open = self
            .session
            .actions
            .iter()
            .filter(|action| !action.progress.is_completed());
        let mut events: Vec<SessionEvent> = open
            .take(MAX_EVENTS_PER_ADVANCE)
            .map(|action| {
                let message = "the computer went offline and did not come back in time".to_owned();
                fail(action, ResultReason::DeviceOffline, message)
            })
            .collect();
        if events.is_empty() {
            events.push(self.complete());
        }
        events
    }

    fn resolve(&self) -> Vec<SessionEvent> {
        let Some(winners) = &self.surroundings.winners else {
            return vec![];
        };
        let wanted: Vec<&Winner> = winners
            .iter()
            .filter(
                |winner| match self.session.request.map(|request| request.kind) {
                    Some(SessionKind::SingleItem(item)) => winner.item == item,
                    Some(
                        SessionKind::AdHoc(deployment)
                        | SessionKind::AdHocUnlessIgnored(deployment),
                    ) => winner.deployment == deployment,
                    Some(SessionKind::Full) | None => true,
                },
            )
            .collect();
        let mut bytes = 0;
        let mut actions: Vec<PlannedAction> = Vec::new();
        let mut left_out: u32 = 0;
        for (index, winner) in wanted.into_iter().enumerate() {
            if index >= MAX_ACTIONS_PER_SESSION || bytes >= MAX_PLAN_BYTES {
                left_out = left_out.saturating_add(1);
                continue;
            }
            if let Some(action) = self.plan(winner) {
                bytes += serde_json::to_vec(&action).map_or(0, |json| json.len());
                actions.push(action);
            }
        }
        vec![
            SessionResolved { actions, left_out }.into(),
            StageStarted {
                stage: Stage::Detection,
            }
            .into(),
        ]
    }

    fn plan(&self, winner: &Winner) -> Option<PlannedAction> {
        let id = winner.item.software()?;
        let software = self.surroundings.software.get(&id)?;
        let item_name = software.definition.as_ref()?.name.to_string();
        let desired_version = match &winner.desired {
            DesiredState::InstalledLatest | DesiredState::UpdateIfFound => software.latest(),
            DesiredState::InstalledExactly(version) => software
                .versions
                .get_key_value(version)
                .map(|(version, _)| version),
            _ => None,
        };
        let because = format!(
            "{item_name} should be {} because of the deployment for {}",
            desired_phrase(&winner.desired, desired_version),
            shorten(&winner.target_phrase, MAX_BECAUSE_CHARS)
        );
        Some(PlannedAction {
            action: ActionId::derived_from(
                self.surroundings.session.0,
                &format!("action/{}", winner.deployment),
            ),
            item: winner.item,
            item_name,
            deployment: winner.deployment,
            desired: winner.desired.clone(),
            desired_version: desired_version.cloned(),
            because,
            scope: winner.scope,
        })
    }

    /// What these actions need next. As many runs wait at once as the agent runs at once: a run's time begins when it is
    /// asked for, and one that had to wait for a hundred others would be over before it began.
    fn each<'b>(
        &self,
        actions: impl Iterator<Item = &'b Action>,
        purpose: RunPurpose,
        next: impl Fn(&Action) -> Vec<SessionEvent>,
    ) -> Vec<SessionEvent> {
        let mut room = MAX_OPEN_RUNS.saturating_sub(self.session.open_runs().count());
        let mut events = Vec::new();
        for action in actions {
            if events.len() >= MAX_EVENTS_PER_ADVANCE {
                break;
            }
            // Whoever needs a run waits for room.
            let is_asked = self.session.run_for(action.plan.action, purpose).is_some();
            if room > 0 || is_asked {
                let more = next(action);
                let is_run = |event: &&SessionEvent| matches!(event, SessionEvent::RunRequested(_));
                room = room.saturating_sub(more.iter().filter(is_run).count());
                events.extend(more);
            }
        }
        events
    }

    /// Asks for several detections at once: they only read.
    fn detect(&self) -> Vec<SessionEvent> {
        let planned = |action: &&Action| action.progress == ActionProgress::Planned;
        let waiting = self.session.actions.iter().filter(planned);
        let events = self.each(waiting, RunPurpose::Detect, |action| {
            self.detect_one(action)
        });
        if !events.is_empty() || self.session.actions.iter().any(|action| planned(&action)) {
            return events;
        }
        let something_to_do = self
            .session
            .actions
            .iter()
            .any(|action| matches!(action.progress, ActionProgress::Assessed { .. }));
        if something_to_do {
            vec![
                StageStarted {
                    stage: Stage::Execution,
                }
                .into(),
            ]
        } else {
            vec![self.complete()]
        }
    }

    fn detect_one(&self, action: &Action) -> Vec<SessionEvent> {
        if action.plan.desired == DesiredState::Ignored {
            return assessed(action, None);
        }
        match self.look(action, RunPurpose::Detect) {
            Looked::Now(events) => events,
            Looked::Waiting => vec![],
            Looked::Ended(report) => match detected_version(report) {
                Ok(detected) => assessed(action, detected),
                Err((reason, message)) => vec![fail(action, reason, message)],
            },
        }
    }

    /// One action at a time, in the plan's order.
    fn execute(&self) -> Vec<SessionEvent> {
        for action in &self.session.actions {
            match &action.progress {
                ActionProgress::Planned | ActionProgress::Completed { .. } => {}
                ActionProgress::Assessed { .. } => return self.recheck(action),
                ActionProgress::Executing { steps, .. } => {
                    if let Some(events) = self.next_step(action, steps) {
                        return events;
                    }
                }
            }
        }
        let executed =
            |action: &Action| matches!(action.progress, ActionProgress::Executing { .. });
        if self.session.actions.iter().any(executed) {
            vec![
                StageStarted {
                    stage: Stage::Verification,
                }
                .into(),
            ]
        } else {
            vec![self.complete()]
        }
    }

    fn recheck(&self, action: &Action) -> Vec<SessionEvent> {
        let report = match self.look(action, RunPurpose::Recheck) {
            Looked::Now(events) => return events,
            Looked::Waiting => return vec![],
            Looked::Ended(report) => report,
        };
        let detected = match detected_version(report) {
            Ok(detected) => detected,
            Err((reason, message)) => return vec![fail(action, reason, message)],
        };
        let plan = &action.plan;
        let wanted = plan.desired_version.as_ref();
        let now = assess(&plan.desired, wanted, detected.as_ref());
        if now.action_type == ActionType::NoAction {
            let message =
                "it reached the desired state by itself before anything was done".to_owned();
            return vec![succeed(action, ResultReason::Compliant, message, detected)];
        }
        let found = self
            .software(action)
            .and_then(|software| steps(now.action_type, wanted, detected.as_ref(), software));
        match found {
            Some(steps) => {
                vec![
                    ActionRechecked {
                        action: plan.action,
                        detected,
                        steps,
                    }
                    .into(),
                ]
            }
            None => vec![fail(
                action,
                ResultReason::NoApplicableVersion,
                no_version(plan),
            )],
        }
    }

    /// The next step's events; nothing when all steps are done.
    fn next_step(&self, action: &Action, steps: &[Step]) -> Option<Vec<SessionEvent>> {
        for step in steps {
            let Some(run) = self.session.run_for(action.plan.action, step.purpose) else {
                return Some(self.request_step(action, step));
            };
            let Some(report) = &run.report else {
                return Some(vec![]);
            };
            if !report.outcome.is_success() {
                let (reason, message) = run_failure(step.purpose, report);
                return Some(vec![fail(action, reason, message)]);
            }
        }
        None
    }

    fn verify(&self) -> Vec<SessionEvent> {
        let executed =
            |action: &&Action| matches!(action.progress, ActionProgress::Executing { .. });
        let done = self.session.actions.iter().filter(executed);
        let events = self.each(done, RunPurpose::Verify, |action| self.verify_one(action));
        if !events.is_empty() || self.session.actions.iter().any(|action| executed(&action)) {
            events
        } else {
            vec![self.complete()]
        }
    }

    fn verify_one(&self, action: &Action) -> Vec<SessionEvent> {
        let report = match self.look(action, RunPurpose::Verify) {
            Looked::Now(events) => return events,
            Looked::Waiting => return vec![],
            Looked::Ended(report) => report,
        };
        let detected = match detected_version(report) {
            Ok(detected) => detected,
            Err((reason, message)) => return vec![fail(action, reason, message)],
        };
        let plan = &action.plan;
        let after = assess(
            &plan.desired,
            plan.desired_version.as_ref(),
            detected.as_ref(),
        );
        if after.action_type == ActionType::NoAction {
            let message = match &detected {
                Some(version) => format!("version {version} is there now"),
                None => "it is not there any more".to_owned(),
            };
            return vec![succeed(action, ResultReason::Verified, message, detected)];
        }
        let found = match &detected {
            Some(version) => format!("version {version} is there"),
            None => "it is not there".to_owned(),
        };
        let message = format!(
            "every script succeeded, but {found}, and it should be {}",
            desired_phrase(&plan.desired, plan.desired_version.as_ref())
        );
        vec![complete_action(
            action,
            Verdict::Failed,
            ResultReason::VerificationFailed,
            message,
            detected,
        )]
    }

    fn complete(&self) -> SessionEvent {
        let verdicts = self
            .session
            .actions
            .iter()
            .map(|action| match action.progress {
                ActionProgress::Completed { verdict, .. } => verdict,
                _ => Verdict::Failed,
            });
        let (passed, failed): (Vec<_>, Vec<_>) = verdicts.partition(|v| *v == Verdict::Success);
        let ending = match (passed.is_empty(), failed.is_empty()) {
            (_, true) => Ending::Passed,
            (false, false) => Ending::PartiallyPassed,
            (true, false) => Ending::Failed,
        };
        SessionCompleted {
            ending,
            at: self.now,
        }
        .into()
    }

    /// What the detection script says for this purpose.
    fn look(&self, action: &Action, purpose: RunPurpose) -> Looked<'_> {
        match self.session.run_for(action.plan.action, purpose) {
            Some(Run {
                report: Some(report),
                ..
            }) => Looked::Ended(report),
            Some(_) => Looked::Waiting,
            None => Looked::Now(self.request_look(action, purpose)),
        }
    }

    fn request_look(&self, action: &Action, purpose: RunPurpose) -> Vec<SessionEvent> {
        let detection = self
            .software(action)
            .and_then(|software| software.definition.as_ref())
            .map(|definition| &definition.detection);
        match (detection, self.surroundings.agent) {
            (None, _) => {
                let message = "the software is not in the catalogue any more".to_owned();
                vec![fail(action, ResultReason::NoApplicableVersion, message)]
            }
            (Some(_), None) => vec![],
            (Some(script), Some(agent)) => self.request(action, purpose, agent, script, None, None),
        }
    }

    fn request_step(&self, action: &Action, step: &Step) -> Vec<SessionEvent> {
        let Some(content) = self
            .software(action)
            .and_then(|software| software.versions.get(&step.version))
        else {
            return vec![fail(
                action,
                ResultReason::NoApplicableVersion,
                no_version(&action.plan),
            )];
        };
        let Some(agent) = self.surroundings.agent else {
            return vec![];
        };
        let (script, package) = match step.purpose {
            RunPurpose::Uninstall => (&content.uninstall, None),
            RunPurpose::Upgrade => (
                content.upgrade.as_ref().unwrap_or(&content.install),
                content.package.clone(),
            ),
            RunPurpose::Install | RunPurpose::Detect | RunPurpose::Recheck | RunPurpose::Verify => {
                (&content.install, content.package.clone())
            }
        };
        let version = Some(step.version.clone());
        self.request(action, step.purpose, agent, script, version, package)
    }

    fn request(
        &self,
        action: &Action,
        purpose: RunPurpose,
        agent: AgentId,
        script: &Script,
        version: Option<Version>,
        package: Option<Package>,
    ) -> Vec<SessionEvent> {
        // Only software is planned on computers.
        let Some(software) = action.plan.item.software() else {
            return vec![];
        };
        let requested = RunRequested {
            run: RunId::derived_from(
                self.surroundings.session.0,
                &format!("run/{}/{}", action.plan.action, purpose.key()),
            ),
            action: action.plan.action,
            purpose,
            agent,
            software,
            version,
            script: script.digest(),
            timeout: script.timeout,
            package,
            deadline: self.now + script.timeout.duration() + RUN_GRACE,
            at: self.now,
        };
        vec![requested.into()]
    }

    fn software(&self, action: &Action) -> Option<&Software> {
        let id = action.plan.item.software()?;
        let catalogue: &BTreeMap<_, _> = &self.surroundings.software;
        catalogue.get(&id).map(AsRef::as_ref)
    }
}

/// What detection led to. What needs nothing is completed at once.
fn assessed(action: &Action, detected: Option<Version>) -> Vec<SessionEvent> {
    let plan = &action.plan;
    let assessment = assess(
        &plan.desired,
        plan.desired_version.as_ref(),
        detected.as_ref(),
    );
    let event = ActionAssessed {
        action: plan.action,
        detected: detected.clone(),
        action_type: assessment.action_type,
        reason: assessment.reason,
    };
    let found = match &detected {
        Some(version) => format!("version {version} is there"),
        None => "it is not there".to_owned(),
    };
    let completed = match (assessment.action_type, assessment.reason) {
        (ActionType::NoAction, ActionReason::Ignored) => {
            let message = "it is left alone, whatever is there".to_owned();
            Some(succeed(action, ResultReason::Ignored, message, detected))
        }
        (ActionType::NoAction, ActionReason::NoApplicableVersion) => {
            let message = format!("{found}, and {}", no_version(plan));
            Some(complete_action(
                action,
                Verdict::Failed,
                ResultReason::NoApplicableVersion,
                message,
                detected,
            ))
        }
        (ActionType::NoAction, _) => {
            let message = format!("{found}, as it should be");
            Some(succeed(action, ResultReason::Compliant, message, detected))
        }
        _ => None,
    };
    std::iter::once(event.into()).chain(completed).collect()
}

fn no_version(plan: &PlannedAction) -> String {
    format!(
        "the catalogue has no version of {} that would do: publish one",
        plan.item_name
    )
}

/// The version that a detection printed, or nothing; a script that failed, or that printed anything else, says nothing at all.
fn detected_version(report: &RunReport) -> Result<Option<Version>, (ResultReason, String)> {
    if !report.outcome.is_success() {
        let (reason, message) = run_failure(RunPurpose::Detect, report);
        let reason = match reason {
            ResultReason::ScriptFailed => ResultReason::DetectionFailed,
            other => other,
        };
        return Err((reason, message));
    }
    // What was cut may have said more than a version; a character that would have been cut in two is left out, too.
    if report.stdout_tail.len() + char::MAX.len_utf8() > RUN_TAIL_BYTES {
        let message = "the detection script printed much more than a version: it must print the version and nothing else, or \
                       nothing when the software is absent; notes belong on standard error";
        return Err((ResultReason::DetectionFailed, message.to_owned()));
    }
    // PowerShell may begin its output with a byte order mark.
    let answer = report.stdout_tail.trim_start_matches('\u{feff}').trim();
    if answer.is_empty() {
        return Ok(None);
    }
    Version::new(answer).map(Some).map_err(|_| {
        let message = format!(
            "the detection script printed {:?}, which is no version that stands alone: it must print the version and nothing \
             else (such as 1.2.3), or nothing when the software is absent; notes belong on standard error",
            shorten(answer, MAX_LINE_CHARS)
        );
        (ResultReason::DetectionFailed, message)
    })
}

fn run_failure(purpose: RunPurpose, report: &RunReport) -> (ResultReason, String) {
    let what = match purpose {
        RunPurpose::Detect | RunPurpose::Recheck | RunPurpose::Verify => "the detection script",
        RunPurpose::Uninstall => "the uninstall script",
        RunPurpose::Install => "the install script",
        RunPurpose::Upgrade => "the upgrade script",
    };
    match &report.outcome {
        RunOutcome::Exited { code } => {
            let last = report
                .stderr_tail
                .lines()
                .chain(report.stdout_tail.lines())
                .rfind(|line| !line.trim().is_empty())
                .map(|line| format!(": {}", shorten(line.trim(), MAX_LINE_CHARS)))
                .unwrap_or_default();
            (
                ResultReason::ScriptFailed,
                format!("{what} ended with exit code {code}{last}"),
            )
        }
        RunOutcome::Signalled { signal } => (
            ResultReason::ScriptFailed,
            format!("{what} was ended by signal {signal}"),
        ),
        RunOutcome::TimedOut => (
            ResultReason::ScriptTimedOut,
            format!("{what} did not end in time and was killed with all that it had started"),
        ),
        RunOutcome::Cancelled => (ResultReason::ScriptFailed, format!("{what} was cancelled")),
        RunOutcome::Interrupted => (
            ResultReason::OutcomeUnknown,
            format!(
                "the agent stopped while {what} ran: what it did is not known, and it is not run again"
            ),
        ),
        RunOutcome::CouldNotStart { why } => (
            ResultReason::ScriptFailed,
            format!("{what} could not start: {why}"),
        ),
        RunOutcome::PackageUnavailable { why } => (
            ResultReason::PackageUnavailable,
            format!("the package could not be fetched: {why}"),
        ),
        RunOutcome::PackageCorrupt { expected, actual } => (
            ResultReason::PackageCorrupt,
            format!("the package's SHA-256 is {actual}, not {expected}: {what} was not run"),
        ),
        RunOutcome::Refused { why } => (
            ResultReason::ScriptFailed,
            format!("the agent refused {what}: {why}"),
        ),
        RunOutcome::Lost => (
            ResultReason::DeviceOffline,
            format!("the agent did not say in time how {what} ended"),
        ),
    }
}

/// The beginning of a text as one line: what scripts print is quoted in sentences.
fn shorten(text: &str, max_chars: usize) -> String {
    let mut short: String = text
        .chars()
        .take(max_chars)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(max_chars).is_some() {
        short.push('…');
    }
    short
}

fn bounded(message: String) -> String {
    if message.chars().nth(MAX_MESSAGE_CHARS).is_none() {
        message
    } else {
        shorten(&message, MAX_MESSAGE_CHARS)
    }
}

fn fail(action: &Action, reason: ResultReason, message: String) -> SessionEvent {
    complete_action(
        action,
        Verdict::Failed,
        reason,
        message,
        action.detected.clone(),
    )
}

fn succeed(
    action: &Action,
    reason: ResultReason,
    message: String,
    detected: Option<Version>,
) -> SessionEvent {
    complete_action(action, Verdict::Success, reason, message, detected)
}

fn complete_action(
    action: &Action,
    verdict: Verdict,
    reason: ResultReason,
    message: String,
    detected: Option<Version>,
) -> SessionEvent {
    ActionCompleted {
        action: action.plan.action,
        verdict,
        reason,
        message: bounded(message),
        detected,
    }
    .into()
}
