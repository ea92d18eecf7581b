//! What has to be done, each action after one more look.

use super::task::mode_of;
use super::{fail, succeed};
use crate::catalogue::software::{ExitCodes, ExitMeaning};
use crate::maintenance::session::action::{Action, ActionProgress, ActionType, ResultReason, Step};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::assess::assess;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::runs::Looked;
use crate::maintenance::session::steps::{NoWay, steps};
use crate::maintenance::session::words::{BY_ITSELF, NOT_NEEDED};
use crate::maintenance::session::{ActionRechecked, SessionEvent, Stage, StageStarted};

impl Advance<'_> {
    /// One action at a time, in the plan's order.
    pub(in crate::maintenance::session) fn execute(&self) -> Vec<SessionEvent> {
        let dependents = self.session.dependents();
        for action in self.session.actions() {
            match &action.progress {
                ActionProgress::Planned | ActionProgress::Completed { .. } => {}
                // What needed it was given up meanwhile.
                ActionProgress::Assessed { .. } if dependents.is_forsaken(action) => {
                    let message = NOT_NEEDED.to_owned();
                    let finding = action.finding.clone();
                    return vec![succeed(action, ResultReason::NotNeeded, message, finding)];
                }
                ActionProgress::Assessed { .. } => {
                    let unmet = dependents.unmet(action);
                    return unmet.map_or_else(|| self.recheck(action), |failed| vec![failed]);
                }
                ActionProgress::Executing {
                    steps, exit_codes, ..
                } => {
                    if let Some(events) = self.next_step(action, steps, exit_codes) {
                        return events;
                    }
                    // Nothing is built on what only seems to be there.
                    if dependents.is_needed(action)
                        && let Some(events) = self.prove(action)
                    {
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
        if mode_of(action).is_some() {
            return self.recheck_task(action);
        }
        let report = match self.look(action, RunPurpose::Recheck) {
            Looked::Now(events) => return events,
            Looked::NotYet => return vec![],
            Looked::Ended(report) => report,
        };
        let found = match report.finding() {
            Ok(finding) => self.tested(action, RunPurpose::Recheck, RunPurpose::Test, finding),
            Err((reason, message)) => return vec![fail(action, reason, message)],
        };
        let finding = match found {
            Looked::Now(events) => return events,
            Looked::NotYet => return vec![],
            Looked::Ended(finding) => finding,
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
        let way = self.software(action).ok_or(NoWay::NoVersion);
        let way = way.and_then(|software| {
            let steps = steps(now.action_type, wanted, &finding, software)?;
            Ok((steps, software.exit_codes.clone()))
        });
        let (steps, exit_codes) = match way {
            Ok(way) => way,
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
                exit_codes,
            }
            .into(),
        ]
    }

    /// The next step's events; nothing when all steps are done.
    fn next_step(
        &self,
        action: &Action,
        steps: &[Step],
        exit_codes: &ExitCodes,
    ) -> Option<Vec<SessionEvent>> {
        for step in steps {
            let Some(run) = self.session.run_for(action, step.purpose) else {
                return Some(self.request_step(action, step));
            };
            let Some(report) = &run.report else {
                return Some(vec![]);
            };
            if report.meaning(exit_codes) == ExitMeaning::Failure {
                let (reason, message) = report.failure(step.purpose);
                return Some(vec![fail(action, reason, message)]);
            }
        }
        None
    }
}
