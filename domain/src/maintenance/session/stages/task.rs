//! Tasks in the stages of a session (design.md, sections 6 and 8).
//!
//! Enforced: test; where it says no, test again right before, set, and test once more. Audited: test, and what differs fails the
//! action, because nothing made it as it should be and nobody may take the session for a success. Monitored: get.

use super::{complete_action, fail, succeed};
use crate::catalogue::software::ExitCodes;
use crate::catalogue::task::TaskMode;
use crate::maintenance::session::action::{
    Action, ActionReason, ActionType, ResultReason, Step, Verdict,
};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::finding::Finding;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::runs::Looked;
use crate::maintenance::session::words::{
    BY_ITSELF, found, only_audited, set_and_tested, set_in_vain,
};
use crate::maintenance::session::{ActionAssessed, ActionRechecked, SessionEvent};

/// In which mode an action is about a task; nothing for software, and for what is left alone.
pub(super) fn mode_of(action: &Action) -> Option<TaskMode> {
    action.plan.item.task()?;
    action.plan.goal.desired.mode()
}

impl Advance<'_> {
    pub(super) fn detect_task(&self, action: &Action, mode: TaskMode) -> Vec<SessionEvent> {
        match mode {
            TaskMode::Enforce => self.after_test(action, RunPurpose::Test, to_enforce),
            TaskMode::Audit => self.after_test(action, RunPurpose::Test, audited),
            TaskMode::Monitor => self.monitor(action),
        }
    }

    /// Once more, right before something changes.
    pub(super) fn recheck_task(&self, action: &Action) -> Vec<SessionEvent> {
        if let Some(events) = self.lock_first(action) {
            return events;
        }
        self.after_test(
            action,
            RunPurpose::Recheck,
            |action, finding| match finding {
                Finding::Yes => {
                    let message = BY_ITSELF.to_owned();
                    vec![succeed(
                        action,
                        ResultReason::Compliant,
                        message,
                        Some(finding),
                    )]
                }
                _ => vec![to_set(action, finding)],
            },
        )
    }

    pub(super) fn verify_task(&self, action: &Action) -> Vec<SessionEvent> {
        self.after_test(action, RunPurpose::Retest, |action, finding| {
            let (verdict, reason, message) = match finding {
                Finding::Yes => (Verdict::Success, ResultReason::Verified, set_and_tested()),
                _ => (
                    Verdict::Failed,
                    ResultReason::VerificationFailed,
                    set_in_vain(self.errors_of(action)),
                ),
            };
            let finding = Some(finding);
            vec![complete_action(action, verdict, reason, message, finding)]
        })
    }

    /// What follows from what the test says for this purpose.
    fn after_test(
        &self,
        action: &Action,
        purpose: RunPurpose,
        follows: impl FnOnce(&Action, Finding) -> Vec<SessionEvent>,
    ) -> Vec<SessionEvent> {
        match self.look(action, purpose) {
            Looked::Now(events) => events,
            Looked::NotYet => vec![],
            Looked::Ended(answer) => match answer.report.verdict() {
                Ok(verdict) => follows(action, verdict.into()),
                Err((reason, message)) => vec![fail(action, reason, message)],
            },
        }
    }

    fn monitor(&self, action: &Action) -> Vec<SessionEvent> {
        match self.look(action, RunPurpose::Get) {
            Looked::Now(events) => events,
            Looked::NotYet => vec![],
            Looked::Ended(answer) => match answer.report.value() {
                Ok(value) => collected(action, Finding::Value { value }),
                Err((reason, message)) => vec![fail(action, reason, message)],
            },
        }
    }
}

fn to_enforce(action: &Action, finding: Finding) -> Vec<SessionEvent> {
    match finding {
        Finding::Yes => {
            let assessed = assessed(
                action,
                &finding,
                (ActionType::NoAction, ActionReason::UpToDate),
            );
            let message = found(&finding);
            let finding = Some(finding);
            let compliant = succeed(action, ResultReason::Compliant, message, finding);
            vec![assessed, compliant]
        }
        _ => vec![assessed(
            action,
            &finding,
            (ActionType::Enforce, ActionReason::NotCompliant),
        )],
    }
}

fn audited(action: &Action, finding: Finding) -> Vec<SessionEvent> {
    let (why, verdict, reason, message) = match finding {
        Finding::Yes => (
            ActionReason::UpToDate,
            Verdict::Success,
            ResultReason::Compliant,
            found(&finding),
        ),
        _ => (
            ActionReason::NotCompliant,
            Verdict::Failed,
            ResultReason::AuditDiffers,
            only_audited(),
        ),
    };
    let assessed = assessed(action, &finding, (ActionType::Audit, why));
    let finding = Some(finding);
    vec![
        assessed,
        complete_action(action, verdict, reason, message, finding),
    ]
}

/// The value is in the completion alone: it may be long, and there is none before it.
fn collected(action: &Action, finding: Finding) -> Vec<SessionEvent> {
    let assessed = ActionAssessed {
        action: action.plan.action,
        finding: None,
        action_type: ActionType::Monitor,
        reason: ActionReason::ValueWanted,
    };
    let message = found(&finding);
    let finding = Some(finding);
    let told = succeed(action, ResultReason::ValueCollected, message, finding);
    vec![assessed.into(), told]
}

fn assessed(
    action: &Action,
    finding: &Finding,
    (action_type, reason): (ActionType, ActionReason),
) -> SessionEvent {
    ActionAssessed {
        action: action.plan.action,
        finding: Some(finding.clone()),
        action_type,
        reason,
    }
    .into()
}

/// A set script knows success and failure alone: nothing but 0 is the former.
fn to_set(action: &Action, finding: Finding) -> SessionEvent {
    ActionRechecked {
        action: action.plan.action,
        finding: Some(finding),
        steps: vec![Step {
            purpose: RunPurpose::Set,
            version: None,
        }],
        exit_codes: ExitCodes::default(),
    }
    .into()
}
