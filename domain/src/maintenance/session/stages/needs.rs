//! What actions need before them: whether it is needed here, judged by looks, once for each software.

use super::{fail, succeed};
use crate::kernel::ids::{RunId, SoftwareId};
use crate::kernel::limits::{MAX_EVENTS_PER_ADVANCE, MAX_OPEN_RUNS, RUN_GRACE};
use crate::maintenance::session::action::{
    Action, ActionProgress, ActionReason, ActionType, ResultReason,
};
use crate::maintenance::session::advance::Advance;
use crate::maintenance::session::dependents::{Call, Dependents};
use crate::maintenance::session::finding::Finding;
use crate::maintenance::session::job::Job;
use crate::maintenance::session::need::{JudgedNeed, Met, Need, SeenSoftware};
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::runs::{Looked, Run, RunContext};
use crate::maintenance::session::words::{NOT_NEEDED, left_as_it_is, not_judged};
use crate::maintenance::session::{
    ActionAssessed, ActionGoalSettled, PrerequisitesJudged, RunRequested, SessionEvent,
};
use crate::rules::deployment::{DesiredState, MaintenanceItem};
use crate::rules::prerequisite::Judgement;
use std::collections::BTreeMap;

/// What was found of each software that was looked for.
type Seen = BTreeMap<SoftwareId, Option<Finding>>;

impl Advance<'_> {
    /// What is known by now of the actions that others may need: that nothing does, or what is wanted of them.
    pub(super) fn sort_out(&self, dependents: &Dependents<'_>) -> Vec<SessionEvent> {
        let planned = |action: &&Action| action.progress == ActionProgress::Planned;
        let mut events = vec![];
        for action in self.session.actions().filter(planned) {
            if events.len() >= MAX_EVENTS_PER_ADVANCE {
                break;
            }
            match dependents.call(action) {
                Call::Called | Call::NotYet => {}
                Call::NotNeeded => events.extend(self.not_needed(action)),
                Call::Contradicted(failed) => events.extend(failed),
                Call::Settled(goal) => {
                    let action = action.plan.action;
                    events.push(ActionGoalSettled { action, goal }.into());
                }
            }
        }
        events
    }

    /// It may have been looked at, to judge what it was planned for.
    fn not_needed(&self, action: &Action) -> [SessionEvent; 2] {
        let look = self.session.run_for(action, RunPurpose::Detect);
        let answer = look.and_then(Run::answer);
        let finding = answer.and_then(|answer| answer.finding().ok());
        let message = NOT_NEEDED.to_owned();
        let assessed = ActionAssessed {
            action: action.plan.action,
            finding: finding.clone(),
            action_type: ActionType::NoAction,
            reason: ActionReason::NotNeeded,
        };
        [
            assessed.into(),
            succeed(action, ResultReason::NotNeeded, message, finding),
        ]
    }

    /// What follows for the actions of which it is to be judged what they need. `before` is what follows already in this step.
    pub(super) fn judge(
        &self,
        dependents: &Dependents<'_>,
        before: &[SessionEvent],
    ) -> Vec<SessionEvent> {
        let is_run = |event: &&SessionEvent| matches!(event, SessionEvent::RunRequested(_));
        let open = self.session.open_runs().count() + before.iter().filter(is_run).count();
        let mut room = MAX_OPEN_RUNS.saturating_sub(open);
        let mut events: Vec<SessionEvent> = vec![];
        for action in self.session.actions() {
            if !action.awaits_judgement() || events.len() >= MAX_EVENTS_PER_ADVANCE {
                continue;
            }
            match self.look_around(action, dependents) {
                Looked::NotYet => {}
                Looked::Ended(seen) => events.extend(self.judged(action, &seen)),
                Looked::Now(asked) => {
                    for run in asked {
                        let is_new = !before.contains(&run) && !events.contains(&run);
                        if is_new && room > 0 {
                            room -= 1;
                            events.push(run);
                        }
                    }
                }
            }
        }
        events
    }

    /// Looks at each software that what this action needs depends on.
    fn look_around(&self, action: &Action, dependents: &Dependents<'_>) -> Looked<Seen> {
        let mut seen = Seen::new();
        let mut asked = vec![];
        let mut waits = false;
        let needs = action.plan.needs.iter();
        for software in needs
            .filter(|need| is_for(need, action))
            .flat_map(Need::software)
        {
            if seen.contains_key(&software) {
                continue;
            }
            match self.look_for(software, dependents) {
                Looked::Now(events) if events.is_empty() => waits = true,
                Looked::Now(events) => asked.extend(events),
                Looked::NotYet => waits = true,
                Looked::Ended(finding) => {
                    seen.insert(software, finding);
                }
            }
        }
        if !asked.is_empty() {
            Looked::Now(asked)
        } else if waits {
            Looked::NotYet
        } else {
            Looked::Ended(seen)
        }
    }

    /// The look that a software's own action takes, or one that belongs to the session as a whole.
    fn look_for(
        &self,
        software: SoftwareId,
        dependents: &Dependents<'_>,
    ) -> Looked<Option<Finding>> {
        let is_looked_at = |action: &&Action| action.plan.goal.desired != DesiredState::Ignored;
        let Some(action) = dependents.about(software).filter(is_looked_at) else {
            return self.look_apart(software);
        };
        let is_asked = self.session.run_for(action, RunPurpose::Detect).is_some();
        // It was not needed itself, and nobody looked.
        if action.progress.is_completed() && !is_asked {
            return self.look_apart(software);
        }
        match self.look(action, RunPurpose::Detect) {
            Looked::Now(events) => Looked::Now(events),
            Looked::NotYet => Looked::NotYet,
            Looked::Ended(report) => Looked::Ended(report.finding().ok()),
        }
    }

    fn look_apart(&self, software: SoftwareId) -> Looked<Option<Finding>> {
        let item = MaintenanceItem::Software(software);
        let is_it = |run: &&Run| {
            run.action.is_none() && run.item == Some(item) && run.purpose == RunPurpose::Detect
        };
        let mut runs = self.session.runs.values().map(AsRef::as_ref);
        if let Some(run) = runs.find(is_it) {
            let answer = run.answer();
            return answer.map_or(Looked::NotYet, |answer| {
                Looked::Ended(answer.finding().ok())
            });
        }
        let known = self.surroundings.catalogue.software(software);
        let Some(definition) = known.and_then(|known| known.definition.as_ref()) else {
            return Looked::Ended(None);
        };
        let Some(agent) = self.surroundings.agent else {
            return Looked::NotYet;
        };
        let (job, timeout) = Job::detecting(&definition.detection);
        let purpose = RunPurpose::Detect;
        let name = format!("run/{software}/{}/1", purpose.name());
        let requested = RunRequested {
            run: RunId::derived_from(self.surroundings.session.0, &name),
            action: None,
            purpose,
            ordinal: 1,
            context: RunContext::System { agent },
            item: Some(item),
            job,
            timeout,
            deadline: self.now + timeout.duration() + RUN_GRACE,
            at: self.now,
        };
        Looked::Now(vec![requested.into()])
    }

    /// Which needs apply, and that the action fails where one that does is never met.
    fn judged(&self, action: &Action, seen: &Seen) -> Vec<SessionEvent> {
        let found = |software: SoftwareId| seen.get(&software).and_then(Option::as_ref);
        let mut failed = None;
        let mut judged = vec![];
        for need in &action.plan.needs {
            let is_for = is_for(need, action);
            let judgement = if is_for {
                need.when.judge(found)
            } else {
                Judgement::DoesNotHold
            };
            let looked = if is_for { need.software() } else { vec![] };
            let looked = looked.into_iter().map(|software| SeenSoftware {
                software,
                finding: found(software).cloned(),
            });
            judged.push(JudgedNeed {
                prerequisite: need.prerequisite,
                judgement,
                seen: looked.collect(),
            });
            failed = failed.or_else(|| self.obstacle(need, judgement, found));
        }
        let failed = failed.map(|(reason, message)| fail(action, reason, message));
        let action = action.plan.action;
        let event = PrerequisitesJudged { action, judged };
        std::iter::once(event.into()).chain(failed).collect()
    }

    /// Why what has this need cannot be carried out, if it is known by now.
    fn obstacle<'f>(
        &self,
        need: &Need,
        judgement: Judgement,
        found: impl Fn(SoftwareId) -> Option<&'f Finding>,
    ) -> Option<(ResultReason, String)> {
        let unknown = || Some((ResultReason::PrerequisiteFailed, not_judged(need)));
        match (judgement, &need.met) {
            (Judgement::DoesNotHold, _) | (Judgement::Holds, Met::Before { .. }) => None,
            (Judgement::Unknown, _) => unknown(),
            (Judgement::Holds, Met::Never { obstacle, why }) => {
                Some((obstacle.reason(), why.clone()))
            }
            (Judgement::Holds, Met::AsFound { software, goal }) => match found(*software) {
                None => unknown(),
                Some(finding) if goal.is_reached(finding) => None,
                Some(finding) => {
                    let known = self.surroundings.catalogue.software(*software);
                    let definition = known.and_then(|known| known.definition.as_ref());
                    let name = definition.map_or("it", |known| known.name.as_str());
                    let message = left_as_it_is(name, goal, finding);
                    Some((ResultReason::PrerequisiteContradicted, message))
                }
            },
        }
    }
}

/// Whether a need is one of the version that an action brings.
fn is_for(need: &Need, action: &Action) -> bool {
    let version = action.plan.goal.version.as_ref();
    version.is_none_or(|version| need.versions.has(version))
}
