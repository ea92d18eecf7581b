//! What is there, and what has to be done about it; only reads.

use super::task::mode_of;
use super::{complete_action, fail, succeed};
use crate::catalogue::task::TaskMode;
use crate::maintenance::session::action::{
    Action, ActionProgress, ActionReason, ActionType, ResultReason, Verdict,
};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::assess::{Assessment, assess};
use crate::maintenance::session::available::Availability;
use crate::maintenance::session::dependents::{Call, Dependents};
use crate::maintenance::session::finding::Finding;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::runs::Looked;
use crate::maintenance::session::words::{
    LEFT_ALONE, as_it_should_be, found, no_version, nothing_available,
};
use crate::maintenance::session::{ActionAssessed, SessionEvent, Stage, StageStarted};
use crate::rules::deployment::DesiredState;

impl Advance<'_> {
    /// Asks for several detections at once: they only read.
    pub(in crate::maintenance::session) fn detect(&self) -> Vec<SessionEvent> {
        let planned = |action: &&Action| action.progress == ActionProgress::Planned;
        let dependents = self.session.dependents();
        let mut events = self.sort_out(&dependents);
        if !events.is_empty() {
            return events;
        }
        let waiting = self.session.actions().filter(planned);
        let waiting = waiting.filter(|action| dependents.call(action) == Call::Called);
        events = self.each(waiting, first_look, |action| {
            self.detect_one(action, &dependents)
        });
        events.extend(self.judge(&dependents, &events));
        let is_open = |action: &Action| planned(&action) || action.awaits_judgement();
        if !events.is_empty() || self.session.actions().any(is_open) {
            return events;
        }
        let something_to_do = self
            .session
            .actions()
            .any(|action| matches!(action.progress, ActionProgress::Assessed { .. }));
        if something_to_do {
            let stage = Stage::Execution;
            vec![StageStarted { stage }.into()]
        } else {
            vec![self.complete()]
        }
    }

    fn detect_one(&self, action: &Action, dependents: &Dependents<'_>) -> Vec<SessionEvent> {
        if action.plan.goal.desired == DesiredState::Ignored {
            return left_alone(action);
        }
        if let Some(mode) = mode_of(action) {
            return self.detect_task(action, mode);
        }
        match self.look(action, RunPurpose::Detect) {
            Looked::Now(events) => events,
            Looked::NotYet => vec![],
            Looked::Ended(report) => match report.finding() {
                Ok(finding) => {
                    if let Some(events) = self.ask_what_is_available(action, &finding) {
                        return events;
                    }
                    match self.tested(action, RunPurpose::Detect, RunPurpose::Test, finding) {
                        Looked::Now(events) => events,
                        Looked::NotYet => vec![],
                        // What is missing may still be needed.
                        Looked::Ended(Finding::Absent)
                            if action.plan.goal.desired == DesiredState::UpdateIfFound
                                && !dependents.are_settled(action) =>
                        {
                            vec![]
                        }
                        Looked::Ended(finding) => assessed(action, finding),
                    }
                }
                Err((reason, message)) => vec![fail(action, reason, message)],
            },
        }
    }
}

/// By what detection begins.
fn first_look(action: &Action) -> RunPurpose {
    match mode_of(action) {
        Some(TaskMode::Enforce | TaskMode::Audit) => RunPurpose::Test,
        Some(TaskMode::Monitor) => RunPurpose::Get,
        None => RunPurpose::Detect,
    }
}

/// It is not even looked at.
fn left_alone(action: &Action) -> Vec<SessionEvent> {
    let message = LEFT_ALONE.to_owned();
    vec![
        ActionAssessed {
            action: action.plan.action,
            finding: None,
            action_type: ActionType::NoAction,
            reason: ActionReason::Ignored,
        }
        .into(),
        succeed(action, ResultReason::Ignored, message, None),
    ]
}

/// What detection led to. What needs nothing is completed at once.
fn assessed(action: &Action, finding: Finding) -> Vec<SessionEvent> {
    let plan = &action.plan;
    let Assessment {
        action_type,
        reason,
    } = assess(&plan.goal.desired, plan.goal.version.as_ref(), &finding);
    let event = ActionAssessed {
        action: plan.action,
        finding: Some(finding.clone()),
        action_type,
        reason,
    };
    let completed = match (action_type, reason) {
        (ActionType::NoAction, ActionReason::NoApplicableVersion) => {
            let why = match action.available {
                Some(Availability::Nothing) => nothing_available(plan),
                _ => no_version(plan),
            };
            let message = format!("{}, and {why}", found(&finding));
            let reason = ResultReason::NoApplicableVersion;
            let finding = Some(finding);
            Some(complete_action(
                action,
                Verdict::Failed,
                reason,
                message,
                finding,
            ))
        }
        (ActionType::NoAction, _) => {
            let message = as_it_should_be(&finding);
            let finding = Some(finding);
            Some(succeed(action, ResultReason::Compliant, message, finding))
        }
        _ => None,
    };
    std::iter::once(event.into()).chain(completed).collect()
}
