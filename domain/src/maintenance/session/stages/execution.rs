//! What has to be done, each action after one more look.

use super::{fail, succeed};
use crate::catalogue::software::{ExitCodes, ExitMeaning};
use crate::maintenance::session::action::{Action, ActionProgress, ActionType, ResultReason, Step};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::assess::assess;
use crate::maintenance::session::finding::Finding;
use crate::maintenance::session::report::RunReport;
use crate::maintenance::session::runs::{Looked, RunPurpose};
use crate::maintenance::session::steps::{NoWay, steps};
use crate::maintenance::session::words::BY_ITSELF;
use crate::maintenance::session::{ActionRechecked, SessionEvent, Stage, StageStarted};

impl Advance<'_> {
    /// One action at a time, in the plan's order.
    pub(in crate::maintenance::session) fn execute(&self) -> Vec<SessionEvent> {
        for action in self.session.actions() {
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
        if self.session.actions().any(executed) {
            let stage = Stage::Verification;
            vec![StageStarted { stage }.into()]
        } else {
            vec![self.complete()]
        }
    }

    fn recheck(&self, action: &Action) -> Vec<SessionEvent> {
        let report = match self.look(action, RunPurpose::Recheck) {
            Looked::Now(events) => return events,
            Looked::NotYet => return vec![],
            Looked::Ended(report) => report,
        };
        let finding = match report.finding() {
            Ok(finding) => still_broken(action, finding),
            Err((reason, message)) => return vec![fail(action, reason, message)],
        };
        let plan = &action.plan;
        let wanted = plan.goal.version.as_ref();
        let now = assess(&plan.goal.desired, wanted, &finding);
        if now.action_type == ActionType::NoAction {
            let message = BY_ITSELF.to_owned();
            return vec![succeed(
                action,
                ResultReason::Compliant,
                message,
                Some(finding),
            )];
        }
        let steps = match self.software(action) {
            Some(software) => steps(now.action_type, wanted, &finding, software),
            None => Err(NoWay::NoVersion),
        };
        let steps = match steps {
            Ok(steps) => steps,
            Err(no_way) => {
                let (reason, message) = no_way.failure(plan);
                return vec![fail(action, reason, message)];
            }
        };
        vec![
            ActionRechecked {
                action: plan.action,
                finding: Some(finding),
                steps,
            }
            .into(),
        ]
    }

    /// The next step's events; nothing when all steps are done.
    fn next_step(&self, action: &Action, steps: &[Step]) -> Option<Vec<SessionEvent>> {
        for step in steps {
            let Some(run) = self.session.run_for(action, step.purpose) else {
                return Some(self.request_step(action, step));
            };
            let Some(report) = &run.report else {
                return Some(vec![]);
            };
            if self.meaning(action, report) == ExitMeaning::Failure {
                let (reason, message) = report.failure(step.purpose);
                return Some(vec![fail(action, reason, message)]);
            }
        }
        None
    }

    /// What the end of a step means, by its software's exit codes.
    pub(in crate::maintenance::session) fn meaning(
        &self,
        action: &Action,
        report: &RunReport,
    ) -> ExitMeaning {
        match self.software(action) {
            Some(software) => report.meaning(&software.exit_codes),
            None => report.meaning(&ExitCodes::default()),
        }
    }
}

/// What did not work a moment ago and is there unchanged does not work now: it is not tested twice before it is mended.
fn still_broken(action: &Action, finding: Finding) -> Finding {
    match (&action.finding, finding) {
        (Some(Finding::Broken { version: before }), Finding::Version { version })
            if *before == version =>
        {
            Finding::Broken { version }
        }
        (_, finding) => finding,
    }
}
