//! On how many computers each deployment wins, loses and is in conflict, tenant by tenant, kept up to date by what changes: what a
//! list of deployments shows of each without looking at every computer for it.

mod answers;
mod kept;

pub use answers::{ConflictChange, TenantStands};
pub use kept::Tallies;

use crate::rules::affected::{Affected, Reach};
use crate::rules::resolution::Moment;
use crate::rules::steady::Steady;
use crate::rules::tallied::Tallied;
use crate::rules::winners::{computers, continues};
use crate::view::View;
use imbl::{OrdMap, OrdSet};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::rules::resolution::RuleNumber;

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

    /// Whether both say the same of every deployment.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.computers == other.computers
            && self.stands == other.stands
            && self.conflicts == other.conflicts
            && self.losers == other.losers
    }
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
