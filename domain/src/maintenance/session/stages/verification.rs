//! Whether it is there now: one more look after all executions, which also notices when one action undid another.

use super::task::mode_of;
use super::{complete_action, fail, succeed};
use crate::catalogue::software::ExitMeaning;
use crate::maintenance::session::SessionEvent;
use crate::maintenance::session::action::{
    Action, ActionProgress, ActionType, ResultReason, Step, Verdict,
};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::assess::assess;
use crate::maintenance::session::dependents::Dependents;
use crate::maintenance::session::finding::Finding;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::report::RunReport;
use crate::maintenance::session::runs::Looked;
use crate::maintenance::session::words::{RESTART_NEEDED, brought_about, in_vain};
use crate::rules::deployment::DesiredState;

/// What a look after an action's steps says of it.
enum Outcome {
    Reached(Finding),
    Failed(Box<SessionEvent>),
}

impl Advance<'_> {
    pub(in crate::maintenance::session) fn verify(&self) -> Vec<SessionEvent> {
        let executed =
            |action: &&Action| matches!(action.progress, ActionProgress::Executing { .. });
        let done = self.session.actions().filter(executed);
        let dependents = self.session.dependents();
        let events = self.each(done, last_look, |action| {
            self.verify_one(action, &dependents)
        });
        if !events.is_empty() || self.session.actions().any(|action| executed(&action)) {
            events
        } else {
            vec![self.complete()]
        }
    }

    /// What others needed was looked at before them, and is looked at once more behind them.
    fn verify_one(&self, action: &Action, dependents: &Dependents<'_>) -> Vec<SessionEvent> {
        if mode_of(action).is_some() {
            return self.verify_task(action);
        }
        let nth = if dependents.is_needed(action) { 2 } else { 1 };
        match self.outcome(action, nth) {
            Looked::Now(events) => events,
            Looked::NotYet => vec![],
            Looked::Ended(Outcome::Failed(failed)) => vec![*failed],
            Looked::Ended(Outcome::Reached(finding)) => {
                let message = self.with_restart(action, brought_about(&finding));
                let finding = Some(finding);
                vec![succeed(action, ResultReason::Verified, message, finding)]
            }
        }
    }

    /// What follows before others can be built on an action whose steps are done; nothing if it is proven.
    pub(super) fn prove(&self, action: &Action) -> Option<Vec<SessionEvent>> {
        match self.outcome(action, 1) {
            Looked::Now(events) => Some(events),
            Looked::NotYet => Some(vec![]),
            Looked::Ended(Outcome::Failed(failed)) => Some(vec![*failed]),
            Looked::Ended(Outcome::Reached(_)) => None,
        }
    }

    /// What the nth look after its steps says of an action.
    fn outcome(&self, action: &Action, nth: u32) -> Looked<Outcome> {
        let report = match self.nth_look(action, RunPurpose::Verify, nth) {
            Looked::Now(events) => return Looked::Now(events),
            Looked::NotYet => return Looked::NotYet,
            Looked::Ended(report) => report,
        };
        let found = match report.finding() {
            Ok(finding) => self.tested(action, RunPurpose::Verify, RunPurpose::Retest, finding),
            Err((reason, message)) => {
                let failed = Box::new(fail(action, reason, message));
                return Looked::Ended(Outcome::Failed(failed));
            }
        };
        let finding = match found {
            Looked::Now(events) => return Looked::Now(events),
            Looked::NotYet => return Looked::NotYet,
            Looked::Ended(finding) => finding,
        };
        let goal = &action.plan.goal;
        let after = assess(&goal.desired, goal.version.as_ref(), &finding);
        // What was removed to be replaced and did not come back is no success, though nothing would be done about it.
        let vanished = finding == Finding::Absent && goal.desired != DesiredState::Uninstalled;
        if after.action_type == ActionType::NoAction && !vanished {
            return Looked::Ended(Outcome::Reached(finding));
        }
        let in_vain = in_vain(&action.plan, &finding, self.errors_of(action));
        let message = self.with_restart(action, in_vain);
        let reason = ResultReason::VerificationFailed;
        let finding = Some(finding);
        let failed = complete_action(action, Verdict::Failed, reason, message, finding);
        Looked::Ended(Outcome::Failed(Box::new(failed)))
    }

    /// What is not there yet may be there after a restart.
    fn with_restart(&self, action: &Action, message: String) -> String {
        if self.needs_restart(action) {
            format!("{message}; {RESTART_NEEDED}")
        } else {
            message
        }
    }

    /// Errors that did not end the scripts which were to bring it about.
    pub(super) fn errors_of(&self, action: &Action) -> u64 {
        self.reports(action)
            .fold(0, |all, report| all.saturating_add(report.error_count()))
    }

    /// Whether one of its steps said so by its exit code.
    fn needs_restart(&self, action: &Action) -> bool {
        let ActionProgress::Executing { exit_codes, .. } = &action.progress else {
            return false;
        };
        self.reports(action)
            .any(|report| report.meaning(exit_codes) == ExitMeaning::RebootNeeded)
    }

    /// How its steps ended.
    fn reports<'b>(&'b self, action: &'b Action) -> impl Iterator<Item = &'b RunReport> {
        let steps: &[Step] = match &action.progress {
            ActionProgress::Executing { steps, .. } => steps,
            _ => &[],
        };
        steps
            .iter()
            .filter_map(|step| self.session.run_for(action, step.purpose))
            .filter_map(|run| run.report.as_ref())
    }
}

/// By what verification looks.
fn last_look(action: &Action) -> RunPurpose {
    match mode_of(action) {
        Some(_) => RunPurpose::Retest,
        None => RunPurpose::Verify,
    }
}
