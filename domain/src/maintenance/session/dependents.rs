//! Who needs what among the actions of a session, and whether it is needed here.

use super::SessionEvent;
use super::action::{Action, ActionProgress, ResultReason, Verdict};
use super::need::Need;
use super::plan::{Cause, Goal};
use super::stages::fail;
use super::state::Session;
use crate::kernel::ids::{ActionId, SoftwareId};
use crate::rules::deployment::DesiredState;
use crate::rules::prerequisite::Judgement;
use std::collections::BTreeMap;

/// Whether an action is carried out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    /// A deployment wants it, or something that has something to do needs it.
    Called,
    /// What needs it knows not yet whether it does.
    NotYet,
    /// Nothing needs it here.
    NotNeeded,
    /// What needs it wants this of it.
    Settled(Goal),
    /// What needs it wants different things of it: these cannot have what they need.
    Contradicted(Vec<SessionEvent>),
}

/// An action, and what of it needs another one.
type Link<'a> = (&'a Action, &'a Need);

/// The actions of a session by what they are about, and of each what needs it, in the order of the plan.
pub(super) struct Dependents<'a> {
    by_software: BTreeMap<SoftwareId, &'a Action>,
    by_id: BTreeMap<ActionId, &'a Action>,
    of: BTreeMap<ActionId, Vec<Link<'a>>>,
}

impl Session {
    pub(super) fn dependents(&self) -> Dependents<'_> {
        let mut dependents = Dependents {
            by_software: BTreeMap::new(),
            by_id: BTreeMap::new(),
            of: BTreeMap::new(),
        };
        // Most sessions have none, and pay nothing.
        if self.actions().all(|action| action.plan.needs.is_empty()) {
            return dependents;
        }
        for action in self.actions() {
            dependents.by_id.insert(action.plan.action, action);
            if let Some(software) = action.plan.item.software() {
                dependents.by_software.insert(software, action);
            }
            for need in &action.plan.needs {
                if let Some((needed, _)) = need.action() {
                    dependents
                        .of
                        .entry(needed)
                        .or_default()
                        .push((action, need));
                }
            }
        }
        dependents
    }
}

impl Action {
    /// Whether it is still to be judged which of its needs apply: of what has something to do.
    pub(super) fn awaits_judgement(&self) -> bool {
        let has_something_to_do = matches!(self.progress, ActionProgress::Assessed { .. });
        has_something_to_do && !self.plan.needs.is_empty() && self.judged.is_none()
    }

    /// Whether it needs this here.
    fn applies(&self, need: &Need) -> bool {
        let judged = self.judged.iter().flatten();
        let mut of_it = judged.filter(|judged| judged.prerequisite == need.prerequisite);
        of_it.any(|judged| judged.judgement == Judgement::Holds)
    }

    /// Whether the computer said meanwhile that it gets no version of it which is enough for this, and none is there.
    fn falls_short(&self, wanted: &Goal) -> bool {
        let is_there = self.finding.as_ref();
        self.available.is_some()
            && self.plan.goal.fulfils(wanted) == Some(false)
            && !is_there.is_some_and(|finding| wanted.is_reached(finding))
    }

    /// Whether all is known of what it needs.
    fn is_settled(&self) -> bool {
        self.progress.is_completed() || self.judged.is_some()
    }
}

impl<'a> Dependents<'a> {
    fn links(&self, action: &Action) -> &[Link<'a>] {
        self.of.get(&action.plan.action).map_or(&[], Vec::as_slice)
    }

    pub(super) fn about(&self, software: SoftwareId) -> Option<&'a Action> {
        self.by_software.get(&software).copied()
    }

    /// Whether it is known of everything that may need it whether it does.
    pub(super) fn are_settled(&self, action: &Action) -> bool {
        self.links(action)
            .iter()
            .all(|(needy, _)| needy.is_settled())
    }

    /// Whether something needed it when that was judged: then it is proven before that is built on it.
    pub(super) fn is_needed(&self, action: &Action) -> bool {
        let links = self.links(action);
        links.iter().any(|(needy, need)| needy.applies(need))
    }

    /// What needs it and has something to do, with what it wants of it.
    fn calling(&self, action: &Action) -> impl Iterator<Item = (&'a Action, &'a Goal)> {
        let calls = |(needy, need): &Link<'a>| {
            let is_open = !needy.progress.is_completed();
            let (_, goal) = need.action()?;
            (is_open && needy.applies(need)).then_some((*needy, goal))
        };
        self.links(action).iter().filter_map(calls)
    }

    pub(super) fn call(&self, action: &Action) -> Call {
        let goal = &action.plan.goal;
        if matches!(action.plan.cause, Cause::Deployment { .. }) {
            // What is only updated where it is found is installed where it is needed.
            let is_raised = goal.desired == DesiredState::UpdateIfFound
                && self.are_settled(action)
                && self.calling(action).next().is_some();
            return if is_raised {
                Call::Settled(Goal {
                    desired: DesiredState::InstalledLatest,
                    version: goal.version.clone(),
                    parameters: goal.parameters.clone(),
                })
            } else {
                Call::Called
            };
        }
        if !self.are_settled(action) {
            return Call::NotYet;
        }
        let (agreed, contradicted) = agree(action, self.calling(action));
        match agreed {
            _ if !contradicted.is_empty() => Call::Contradicted(contradicted),
            None => Call::NotNeeded,
            // Which version "latest" came to be is no other wish.
            Some(agreed) if agreed.desired == goal.desired => Call::Called,
            Some(agreed) => Call::Settled(agreed.clone()),
        }
    }

    /// Whether it is there for others alone, and none of those has anything to do any more.
    pub(super) fn is_forsaken(&self, action: &Action) -> bool {
        matches!(action.plan.cause, Cause::Prerequisite { .. })
            && self.calling(action).next().is_none()
    }

    /// Why an action cannot be carried out, if what it needs first is not there.
    pub(super) fn unmet(&self, action: &Action) -> Option<SessionEvent> {
        let needs = action.plan.needs.iter();
        let needed = needs
            .filter(|need| action.applies(need))
            .filter_map(|need| {
                let (needed, goal) = need.action()?;
                Some((*self.by_id.get(&needed)?, goal))
            });
        let needed: Vec<(&Action, &Goal)> = needed.collect();
        if let Some((needed, goal)) = needed
            .iter()
            .find(|(needed, goal)| needed.falls_short(goal))
        {
            let message = format!(
                "{} is needed {} first, and this computer can get no such version of it",
                needed.plan.item_name,
                goal.phrase()
            );
            return Some(fail(
                action,
                ResultReason::PrerequisiteContradicted,
                message,
            ));
        }
        let (failed, why) = needed
            .iter()
            .find_map(|(needed, _)| match &needed.progress {
                ActionProgress::Executing { .. }
                | ActionProgress::Completed {
                    verdict: Verdict::Success,
                    ..
                } => None,
                ActionProgress::Completed { message, .. } => Some((*needed, message.as_str())),
                ActionProgress::Planned | ActionProgress::Assessed { .. } => {
                    Some((*needed, "it was not carried out before"))
                }
            })?;
        let message = format!(
            "{} is needed first, and failed: {why}",
            failed.plan.item_name
        );
        Some(fail(action, ResultReason::PrerequisiteFailed, message))
    }
}

/// What fulfils all that is wanted of an action, as far as something does: the first ones have it, whoever wants something else fails.
fn agree<'a>(
    action: &Action,
    calling: impl Iterator<Item = (&'a Action, &'a Goal)>,
) -> (Option<&'a Goal>, Vec<SessionEvent>) {
    let fulfils = |goal: &Goal, wanted: &Goal| goal.fulfils(wanted) == Some(true);
    let mut agreed: Option<&Goal> = None;
    let mut wanted: Vec<&Goal> = vec![];
    let mut contradicted = vec![];
    for (needy, goal) in calling {
        match agreed {
            Some(known) if fulfils(known, goal) => {}
            Some(known) if !wanted.iter().all(|before| fulfils(goal, before)) => {
                let message = format!(
                    "{} is needed {} first, and other software needs it {}",
                    action.plan.item_name,
                    goal.phrase(),
                    known.phrase()
                );
                let reason = ResultReason::PrerequisiteContradicted;
                contradicted.push(fail(needy, reason, message));
                continue;
            }
            _ => agreed = Some(goal),
        }
        wanted.push(goal);
    }
    (agreed, contradicted)
}
