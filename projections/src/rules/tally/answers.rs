//! What a tally answers.

use super::{Pair, Stands, Tally, turned};
use imbl::ordmap::DiffItem;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use upkeep_domain::kernel::ids::{DeploymentId, TenantId};
use upkeep_domain::rules::resolution::RuleNumber;
use uuid::Uuid;

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

impl Tally {
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
        let is_decided = slot.is_some_and(|slot| slot.rule.item.is_of_computers());
        let Some(number) = number.filter(|_| is_decided) else {
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
            let (DiffItem::Add(pair, _)
            | DiffItem::Remove(pair, _)
            | DiffItem::Update { new: (pair, _), .. }) = item;
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
