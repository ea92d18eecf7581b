//! Whether it is there now: one more look after all executions, which also notices when one action undid another.

use super::{complete_action, fail, succeed};
use crate::maintenance::session::SessionEvent;
use crate::maintenance::session::action::{
    Action, ActionProgress, ActionType, ResultReason, Verdict,
};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::assess::assess;
use crate::maintenance::session::runs::{Looked, RunPurpose};
use crate::maintenance::session::words::{brought_about, in_vain};

impl Advance<'_> {
    pub(in crate::maintenance::session) fn verify(&self) -> Vec<SessionEvent> {
        let executed =
            |action: &&Action| matches!(action.progress, ActionProgress::Executing { .. });
        let done = self.session.actions().filter(executed);
        let events = self.each(done, RunPurpose::Verify, |action| self.verify_one(action));
        if !events.is_empty() || self.session.actions().any(|action| executed(&action)) {
            events
        } else {
            vec![self.complete()]
        }
    }

    fn verify_one(&self, action: &Action) -> Vec<SessionEvent> {
        let report = match self.look(action, RunPurpose::Verify) {
            Looked::Now(events) => return events,
            Looked::NotYet => return vec![],
            Looked::Ended(report) => report,
        };
        let finding = match report.finding() {
            Ok(finding) => finding,
            Err((reason, message)) => return vec![fail(action, reason, message)],
        };
        let goal = &action.plan.goal;
        let after = assess(&goal.desired, goal.version.as_ref(), &finding);
        if after.action_type == ActionType::NoAction {
            let message = brought_about(&finding);
            return vec![succeed(
                action,
                ResultReason::Verified,
                message,
                Some(finding),
            )];
        }
        let message = in_vain(&action.plan, &finding, self.errors_of(action));
        let reason = ResultReason::VerificationFailed;
        vec![complete_action(
            action,
            Verdict::Failed,
            reason,
            message,
            Some(finding),
        )]
    }
    /// Errors that did not end the scripts which were to bring it about.
    fn errors_of(&self, action: &Action) -> u64 {
        let ActionProgress::Executing { steps, .. } = &action.progress else {
            return 0;
        };
        let runs = steps
            .iter()
            .filter_map(|step| self.session.run_for(action, step.purpose));
        runs.filter_map(|run| run.report.as_ref())
            .fold(0, |all, report| all.saturating_add(report.error_count()))
    }
}
