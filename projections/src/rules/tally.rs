//! On how many computers each deployment wins, loses and is in conflict, tenant by tenant, kept up to date by what changes: what a
//! list of deployments shows of each without looking at every computer for it.

use crate::rules::affected::{Affected, Reach};
use crate::rules::resolution::Moment;
use crate::rules::steady::Steady;
use crate::rules::tallied::Tallied;
use crate::rules::winners::{computers, continues};
use crate::view::View;
use imbl::ordmap::DiffItem;
use imbl::{OrdMap, OrdSet};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::rules::resolution::RuleNumber;
use uuid::Uuid;

/// Tallies that are kept: of the newest view, of one just before it that a request still answers from, and of some of the past, the
/// future or what is only imagined. Each costs what differs from the others; the first one some 60 bytes for each tenant and
/// deployment that applies to a computer of it.
const MAX_TALLIES: usize = 4;

/// On how many computers a deployment decides, and on how many it applies and another one beats it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stands {
    pub wins: usize,
    pub loses: usize,
}

impl Stands {
    pub(crate) const NOWHERE: Self = Self { wins: 0, loses: 0 };

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            wins: self.wins + other.wins,
            loses: self.loses + other.loses,
        }
    }

    fn without(self, other: Self) -> Self {
        Self {
            wins: self.wins.saturating_sub(other.wins),
            loses: self.loses.saturating_sub(other.loses),
        }
    }
}

/// What a deployment comes to on the computers of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantStands {
    pub tenant: TenantId,
    /// How many computers it has, removed ones aside.
    pub computers: usize,
    pub stands: Stands,
}

/// Two deployments that are in conflict on another number of computers than before. The newer one wins there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConflictChange {
    pub newer: DeploymentId,
    pub older: DeploymentId,
    /// On how many computers they were.
    pub before: usize,
    /// On how many they are.
    pub after: usize,
}

/// Two rules in conflict at a tenant, the newer one first or last.
type Pair = (RuleNumber, RuleNumber, TenantId);

/// What all deployments of a view come to at one moment.
#[derive(Clone)]
pub struct Tally {
    moment: Moment,
    steady: Steady,
    computers: OrdMap<TenantId, usize>,
    stands: OrdMap<(RuleNumber, TenantId), Stands>,
    /// On how many computers the first one wins over the second only by being newer, while they say different things.
    conflicts: OrdMap<Pair, usize>,
    /// The same pairs, the older one first.
    losers: OrdSet<Pair>,
}

impl Tally {
    /// Looks at every computer.
    pub fn of(moment: Moment) -> Self {
        let everybody = computers(&moment.view);
        Self::of_some(moment, &everybody)
    }

    fn of_some(moment: Moment, places: &[(TenantId, ComputerId)]) -> Self {
        let mut tally = Self {
            steady: Steady::around(&moment),
            computers: OrdMap::new(),
            stands: OrdMap::new(),
            conflicts: OrdMap::new(),
            losers: OrdSet::new(),
            moment,
        };
        tally.add(&Tallied::of(&tally.moment, places, None));
        tally
    }

    /// Looks at one computer alone.
    pub fn of_one(moment: Moment, computer: ComputerId) -> Self {
        let tenant = moment.view.tenant_of(computer);
        let place = tenant.map(|tenant| (tenant, computer));
        Self::of_some(moment, place.as_slice())
    }

    /// That of another moment of the same history, earlier or later, or of what is imagined after it. Only what may differ is looked at:
    /// as it was, to take it away, and as it is.
    #[must_use]
    pub fn renewed(&self, moment: Moment) -> Self {
        let is_steady = self.steady.holds(moment.at);
        let is_same = Arc::ptr_eq(&self.moment.view, &moment.view);
        if is_same && is_steady {
            return self.clone();
        }
        let (before, after) = (&self.moment.view, &moment.view);
        let (old, new) = (before.rulebook(), after.rulebook());
        if !continues(old, new) && !continues(new, old) {
            return Self::of(moment);
        }
        let then = if is_steady { moment.at } else { self.moment.at };
        let affected = Affected::between((before, then), (after, moment.at));
        let are_same_turns = is_steady
            && before.agreements.is_same(&after.agreements)
            && before.tenants.is_same(&after.tenants);
        let mut tally = self.clone();
        tally.moment = moment;
        if !are_same_turns {
            tally.steady = Steady::around(&tally.moment);
        }
        tally.renew(&self.moment, &affected);
        tally
    }

    fn renew(&mut self, before: &Moment, affected: &Affected) {
        let wholly = |moment: &Moment| Tallied::of(moment, &wholly(&moment.view, affected), None);
        self.take(&wholly(before));
        self.add(&wholly(&self.moment));
        for (item, reach) in &affected.items {
            let partly = |moment: &Moment| {
                let places = partly(&moment.view, affected, reach);
                Tallied::of(moment, &places, Some(*item))
            };
            self.take(&partly(before));
            self.add(&partly(&self.moment));
        }
    }

    fn add(&mut self, counted: &Tallied) {
        for (tenant, more) in &counted.computers {
            let known = self.computers.get(tenant).copied().unwrap_or_default();
            self.computers.insert(*tenant, known + more);
        }
        for (of, more) in &counted.stands {
            let known = self.stands.get(of).copied().unwrap_or_default();
            self.stands.insert(*of, known.and(*more));
        }
        for (pair, more) in &counted.conflicts {
            let known = self.conflicts.get(pair).copied().unwrap_or_default();
            self.conflicts.insert(*pair, known + more);
            self.losers.insert(turned(*pair));
        }
    }

    /// What comes to nothing is not kept, so that equal moments have equal tallies.
    fn take(&mut self, counted: &Tallied) {
        for (tenant, less) in &counted.computers {
            let known = self.computers.get(tenant).copied().unwrap_or_default();
            match known.saturating_sub(*less) {
                0 => self.computers.remove(tenant),
                left => self.computers.insert(*tenant, left),
            };
        }
        for (of, less) in &counted.stands {
            let known = self.stands.get(of).copied().unwrap_or_default();
            match known.without(*less) {
                Stands::NOWHERE => self.stands.remove(of),
                left => self.stands.insert(*of, left),
            };
        }
        for (pair, less) in &counted.conflicts {
            let known = self.conflicts.get(pair).copied().unwrap_or_default();
            match known.saturating_sub(*less) {
                0 => {
                    self.conflicts.remove(pair);
                    self.losers.remove(&turned(*pair));
                }
                left => {
                    self.conflicts.insert(*pair, left);
                }
            }
        }
    }

    /// On how many computers, or those of one tenant, a deployment decides and loses. A cloud task is decided for tenants, on none.
    pub fn stands_of(&self, deployment: DeploymentId, within: Option<TenantId>) -> Stands {
        let Some(number) = self.number_of(deployment) else {
            return Stands::NOWHERE;
        };
        let all = self.stands.range(of_rule(number, within));
        all.fold(Stands::NOWHERE, |sum, (_, stands)| sum.and(*stands))
    }

    /// What a deployment comes to at every tenant that has computers, or at one; nothing at any, if it is about a cloud task.
    pub fn by_tenant(
        &self,
        deployment: DeploymentId,
        within: Option<TenantId>,
    ) -> Vec<TenantStands> {
        let number = self.number_of(deployment);
        let slot = number.and_then(|number| self.moment.view.rulebook().slot(number));
        let software = slot.and_then(|slot| slot.rule.item.software());
        let (Some(number), Some(_)) = (number, software) else {
            return vec![];
        };
        let is_within = |tenant: &TenantId| within.is_none_or(|within| within == *tenant);
        let tenants = self.computers.iter();
        let of = |(tenant, computers): (&TenantId, &usize)| TenantStands {
            tenant: *tenant,
            computers: *computers,
            stands: self
                .stands
                .get(&(number, *tenant))
                .copied()
                .unwrap_or_default(),
        };
        tenants
            .filter(|(tenant, _)| is_within(tenant))
            .map(of)
            .collect()
    }

    /// The deployments with which one is in conflict, and on how many computers: one of the two wins there only by being
    /// newer, and they say different things.
    pub fn conflicts_of(
        &self,
        deployment: DeploymentId,
        within: Option<TenantId>,
    ) -> BTreeMap<DeploymentId, usize> {
        let mut counts = BTreeMap::new();
        let Some(number) = self.number_of(deployment) else {
            return counts;
        };
        let is_within = |tenant: &TenantId| within.is_none_or(|within| within == *tenant);
        let over = self.conflicts.range(pairs_of(number));
        let over = over.map(|((_, older, tenant), count)| (*older, *tenant, *count));
        let under = self.losers.range(pairs_of(number)).map(|pair| {
            let count = self.conflicts.get(&turned(*pair)).copied();
            (pair.1, pair.2, count.unwrap_or_default())
        });
        for (other, _, count) in over.chain(under).filter(|(_, tenant, _)| is_within(tenant)) {
            if let Some(slot) = self.moment.view.rulebook().slot(other) {
                *counts.entry(slot.deployment).or_default() += count;
            }
        }
        counts
    }

    /// The conflicts that are on another number of computers at another moment, all or those of one tenant, in the order in which
    /// the deployments were created, the newer one of each first.
    pub fn conflict_changes(&self, after: &Self, within: Option<TenantId>) -> Vec<ConflictChange> {
        let mut changes: BTreeMap<(RuleNumber, RuleNumber), (usize, usize)> = BTreeMap::new();
        for item in self.conflicts.diff(&after.conflicts) {
            let pair = match item {
                DiffItem::Add(pair, _) | DiffItem::Remove(pair, _) => pair,
                DiffItem::Update { new: (pair, _), .. } => pair,
            };
            let (newer, older, tenant) = *pair;
            if within.is_none_or(|within| within == tenant) {
                changes.entry((newer, older)).or_default();
            }
        }
        for ((newer, older), (before, now)) in &mut changes {
            *before = self.pair(*newer, *older, within);
            *now = after.pair(*newer, *older, within);
        }
        let longer = [&self.moment, &after.moment].map(|moment| moment.view.rulebook());
        let longer = longer
            .into_iter()
            .max_by_key(|rulebook| rulebook.slots().len());
        let named = |number| Some(longer?.slot(number)?.deployment);
        let told = changes
            .into_iter()
            .filter(|(_, (before, after))| before != after);
        told.filter_map(|((newer, older), (before, after))| {
            Some(ConflictChange {
                newer: named(newer)?,
                older: named(older)?,
                before,
                after,
            })
        })
        .collect()
    }

    /// On how many computers two are in conflict.
    fn pair(&self, newer: RuleNumber, older: RuleNumber, within: Option<TenantId>) -> usize {
        let [first, last] = tenants(within);
        let range = (newer, older, first)..=(newer, older, last);
        self.conflicts.range(range).map(|(_, count)| count).sum()
    }

    fn number_of(&self, deployment: DeploymentId) -> Option<RuleNumber> {
        self.moment.view.rulebook().number_of(deployment)
    }

    /// Whether both say the same of every deployment.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.computers == other.computers
            && self.stands == other.stands
            && self.conflicts == other.conflicts
            && self.losers == other.losers
    }
}

/// The first and the last tenant that there can be, or the one that is asked about.
fn tenants(within: Option<TenantId>) -> [TenantId; 2] {
    within.map_or([Uuid::nil(), Uuid::max()].map(TenantId), |one| [one, one])
}

fn of_rule(number: RuleNumber, within: Option<TenantId>) -> RangeInclusive<(RuleNumber, TenantId)> {
    let [first, last] = tenants(within);
    (number, first)..=(number, last)
}

fn pairs_of(number: RuleNumber) -> RangeInclusive<Pair> {
    let [first, last] = tenants(None);
    (number, RuleNumber::MIN, first)..=(number, RuleNumber::MAX, last)
}

fn turned((one, other, tenant): Pair) -> Pair {
    (other, one, tenant)
}

/// The computers of which everything may differ.
fn wholly(view: &View, affected: &Affected) -> Vec<(TenantId, ComputerId)> {
    let alone = affected.computers.iter();
    let mut places: Vec<(TenantId, ComputerId)> = alone
        .filter_map(|computer| Some((view.tenant_of(*computer)?, *computer)))
        .filter(|(tenant, _)| !affected.tenants.contains(tenant))
        .collect();
    #[expect(clippy::iter_over_hash_type, reason = "they are sorted right after")]
    for tenant in &affected.tenants {
        places.extend(view.computers_of(*tenant).map(|(id, _)| (*tenant, id)));
    }
    places.sort_unstable();
    places
}

/// The other computers of which one item may differ.
fn partly(view: &View, affected: &Affected, reach: &Reach) -> Vec<(TenantId, ComputerId)> {
    let mut places = computers(view);
    places.retain(|(tenant, computer)| {
        reach.holds(*tenant, *computer)
            && !affected.tenants.contains(tenant)
            && !affected.computers.contains(computer)
    });
    places
}

/// The newest tallies that were asked for, so that the next question costs only what changed since.
#[derive(Clone, Default)]
pub struct Tallies(Arc<Mutex<Vec<Tally>>>);

impl Tallies {
    /// That of a moment. Whoever asks at the same time waits: it needs the same. Blocks while it works: it is for a thread that may.
    pub fn at(&self, moment: Moment) -> Tally {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = |tally: &Tally| {
            is_same(&tally.moment.view, &moment.view) && tally.steady.holds(moment.at)
        };
        if let Some(at) = kept.iter().position(answers) {
            let known = kept.remove(at);
            kept.push(known.clone());
            return known;
        }
        let asked = moment.view.position();
        let distance = |tally: &&Tally| tally.moment.view.position().0.abs_diff(asked.0);
        let happened = kept.iter().filter(|tally| !tally.moment.view.is_imagined());
        let nearest = happened.min_by_key(distance);
        let new = match nearest {
            Some(known) => known.renewed(moment),
            None => Tally::of(moment),
        };
        if kept.len() >= MAX_TALLIES {
            // What is imagined is asked about by one request alone.
            let imagined = kept
                .iter()
                .position(|tally| tally.moment.view.is_imagined());
            kept.remove(imagined.unwrap_or_default());
        }
        kept.push(new.clone());
        new
    }
}

/// Whether two views say the same: what happened is at its position, what is imagined nowhere else than where it is.
fn is_same(one: &Arc<View>, other: &Arc<View>) -> bool {
    Arc::ptr_eq(one, other)
        || !one.is_imagined() && !other.is_imagined() && one.position() == other.position()
}
