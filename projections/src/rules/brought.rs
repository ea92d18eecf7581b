//! What prerequisites may bring along where a change wants software on computers, and what stands against it: planned as a
//! session would plan it, once for all computers on which the same is wanted. Whether a condition holds is known only there.

use crate::rules::difference::{Change, ChangeKind, Difference, Subject};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::kernel::ids::{ActionId, ComputerId, PrerequisiteId, SessionId, SoftwareId};
use upkeep_domain::maintenance::session::{About, Cause, Met, PlannedAction, Planning, Winner};
use upkeep_domain::rules::deployment::{MaintenanceItem, Scope};
use upkeep_domain::rules::resolution::{Occasion, RuleNumber};
use uuid::Uuid;

/// Most of them that are told: those on most computers.
pub const MAX_BROUGHT: usize = 100;

/// Whether something comes on every computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It needs no condition to hold: it comes wherever what needs it has something to do.
    Certain,
    /// It depends on what is there.
    Conditional,
}

/// Something that prerequisites bring along, or that stands against it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Brought {
    pub prerequisite: PrerequisiteId,
    /// What comes, or goes; nothing where it is about what needs it alone.
    pub software: Option<SoftwareId>,
    /// What should be there, in words; nothing where it is never met.
    pub goal: Option<String>,
    /// Why what needs it would fail wherever this applies.
    pub obstacle: Option<String>,
    pub certainty: Certainty,
}

/// What needs what, down from one software: all that may be brought along, each once.
type Below = Vec<SoftwareId>;

impl Difference {
    /// What may be brought along, each with the number of its computers, most first; at most [`MAX_BROUGHT`]. What a deployment
    /// wants there anyhow is not among it.
    pub fn brought_along(&self) -> Vec<(Brought, usize)> {
        let mut below: BTreeMap<SoftwareId, Below> = BTreeMap::new();
        let mut plans: BTreeMap<(RuleNumber, Vec<Option<RuleNumber>>), BTreeSet<Brought>> =
            BTreeMap::new();
        let mut counts: BTreeMap<Brought, (usize, Option<ComputerId>)> = BTreeMap::new();
        for change in &self.changes {
            let Some((computer, software, number)) = self.wants(change) else {
                continue;
            };
            let view = &*self.after.view;
            let below = below
                .entry(software)
                .or_insert_with(|| all_below(view, software));
            // Nobody else needs to be asked who wins what.
            if view.prerequisites.of(software).next().is_none() {
                continue;
            }
            let winners = self.winners_on(computer, below);
            let plan = plans
                .entry((number, winners))
                .or_insert_with_key(|key| self.planned(software, number, below, &key.1));
            for brought in plan.iter() {
                let (count, last) = counts.entry(brought.clone()).or_default();
                // Several of the changes on one computer may bring the same.
                if last.replace(computer) != Some(computer) {
                    *count += 1;
                }
            }
        }
        let mut all: Vec<_> = (counts.into_iter())
            .map(|(brought, (count, _))| (brought, count))
            .collect();
        all.sort_by(|(left, more), (right, count)| count.cmp(more).then_with(|| left.cmp(right)));
        all.truncate(MAX_BROUGHT);
        all
    }

    /// The computer on which a change wants a software, and by which rule.
    fn wants(&self, change: &Change) -> Option<(ComputerId, SoftwareId, RuleNumber)> {
        let Subject::Computer(computer) = change.subject else {
            return None;
        };
        let is_new = matches!(
            self.kind(change),
            ChangeKind::Gained | ChangeKind::StateChanged
        );
        let wanted = self.slot_after(change)?.rule.desired.may_bring();
        let software = change.item.software()?;
        (is_new && wanted).then_some((computer, software, change.after?))
    }

    fn winners_on(&self, computer: ComputerId, below: &Below) -> Vec<Option<RuleNumber>> {
        let rulebook = self.after.view.rulebook();
        let winners = self
            .after
            .view
            .with_facts(computer, self.after.at, |facts| {
                let occasion = Occasion::next_of(facts.computer);
                let winner = |software: &SoftwareId| {
                    rulebook.winner_of(MaintenanceItem::Software(*software), facts, &occasion)
                };
                below.iter().map(winner).collect()
            });
        winners.unwrap_or_default()
    }

    /// What comes along where these win.
    fn planned(
        &self,
        software: SoftwareId,
        number: RuleNumber,
        below: &Below,
        winners: &[Option<RuleNumber>],
    ) -> BTreeSet<Brought> {
        let view = &*self.after.view;
        let winner = |number: RuleNumber| {
            let slot = view.rulebook().slot(number)?;
            Some(Winner {
                item: slot.rule.item,
                deployment: slot.deployment,
                desired: slot.rule.desired.clone(),
                target_phrase: String::new(),
                scope: Scope::CrossTenant,
                parameters: Values::default(),
            })
        };
        let numbers = std::iter::once(number).chain(winners.iter().flatten().copied());
        let all: Vec<Winner> = numbers.filter_map(winner).collect();
        let has_own: BTreeSet<SoftwareId> = (below.iter().zip(winners))
            .filter_map(|(software, winner)| winner.map(|_| *software))
            .collect();
        let planning = Planning {
            session: SessionId(Uuid::nil()),
            about: About::Item {
                item: MaintenanceItem::Software(software),
            },
            winners: &all,
            catalogue: view,
            prerequisites: &view.prerequisites,
        };
        told(&planning.plan().actions, &has_own)
    }
}

/// What a plan brings along besides its winner, and what stands against it.
fn told(actions: &[PlannedAction], has_own: &BTreeSet<SoftwareId>) -> BTreeSet<Brought> {
    let certain = certain(actions);
    let certainty = |is_certain| {
        if is_certain {
            Certainty::Certain
        } else {
            Certainty::Conditional
        }
    };
    let mut all = BTreeSet::new();
    for action in actions {
        let software = action.item.software();
        let is_certain = certain.contains(&action.action);
        if let (Cause::Prerequisite { prerequisite, .. }, Some(software)) = (action.cause, software)
            && !has_own.contains(&software)
        {
            all.insert(Brought {
                prerequisite,
                software: Some(software),
                goal: Some(action.goal.phrase()),
                obstacle: None,
                certainty: certainty(is_certain),
            });
        }
        for need in &action.needs {
            if let Met::Never { why, .. } = &need.met {
                all.insert(Brought {
                    prerequisite: need.prerequisite,
                    software: None,
                    goal: None,
                    obstacle: Some(why.clone()),
                    certainty: certainty(is_certain && need.when.are_none()),
                });
            }
        }
    }
    all
}

/// The winner, and what it needs whatever is there. What needs something stands behind it.
fn certain(actions: &[PlannedAction]) -> BTreeSet<ActionId> {
    let mut certain: BTreeSet<ActionId> =
        actions.last().map(|last| last.action).into_iter().collect();
    for action in actions.iter().rev() {
        if !certain.contains(&action.action) {
            continue;
        }
        let always = action.needs.iter().filter(|need| need.when.are_none());
        certain.extend(always.filter_map(|need| Some(need.action()?.0)));
    }
    certain
}

/// Everything that may be brought or taken away before a software, each once; history may hold a circle.
fn all_below(view: &View, software: SoftwareId) -> Below {
    let mut known = BTreeSet::from([software]);
    let mut below = vec![];
    let mut open = vec![software];
    while let Some(at) = open.pop() {
        for (_, _, says) in view.prerequisites.of(at) {
            let Some(next) = says.then.software() else {
                continue;
            };
            if known.insert(next) {
                below.push(next);
                open.push(next);
            }
        }
    }
    below
}
