//! The stages of a session: what each of them does next.

mod detection;
mod execution;
mod needs;
mod resolution;
mod task;
mod verification;

use super::action::{Action, ActionProgress, ResultReason, Verdict};
use super::advance::Advance;
use super::finding::Finding;
use super::state::Ending;
use super::words::bounded;
use super::{ActionCompleted, SessionCompleted, SessionEvent};

impl Advance<'_> {
    /// The end of a session whose actions are all over, or whose draft was read. What was not needed has achieved nothing and failed
    /// at nothing.
    pub(super) fn complete(&self) -> SessionEvent {
        let verdicts = (self.session.actions()).filter_map(|action| match action.progress {
            ActionProgress::Completed {
                reason: ResultReason::NotNeeded,
                ..
            } => None,
            ActionProgress::Completed { verdict, .. } => Some(verdict),
            _ => Some(Verdict::Failed),
        });
        let draft = self.session.reading.iter().map(|reading| {
            if reading.is_clear() {
                Verdict::Success
            } else {
                Verdict::Failed
            }
        });
        let verdicts = verdicts.chain(draft);
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
}

/// What was found before stays what was found last.
pub(super) fn fail(action: &Action, reason: ResultReason, message: String) -> SessionEvent {
    let finding = action.finding.clone();
    complete_action(action, Verdict::Failed, reason, message, finding)
}

fn succeed(
    action: &Action,
    reason: ResultReason,
    message: String,
    finding: Option<Finding>,
) -> SessionEvent {
    complete_action(action, Verdict::Success, reason, message, finding)
}

pub(super) fn complete_action(
    action: &Action,
    verdict: Verdict,
    reason: ResultReason,
    message: String,
    finding: Option<Finding>,
) -> SessionEvent {
    ActionCompleted {
        action: action.plan.action,
        verdict,
        reason,
        message: bounded(message),
        finding,
    }
    .into()
}
