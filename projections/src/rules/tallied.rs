//! What the rules come to on some computers, counted.

use crate::rules::resolution::Moment;
use crate::rules::tally::Stands;
use crate::rules::winners::in_portions;
use std::collections::BTreeMap;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{
    ComputerFacts, Contender, Occasion, RuleNumber, TenantFacts, TenantRules,
};

/// Counts of some computers.
#[derive(Default)]
pub struct Tallied {
    /// How many of them there are, removed ones aside; none where only one item was looked at.
    pub computers: BTreeMap<TenantId, usize>,
    pub stands: BTreeMap<(RuleNumber, TenantId), Stands>,
    /// On how many the first one wins over the second only by being newer, while they say different things.
    pub conflicts: BTreeMap<(RuleNumber, RuleNumber, TenantId), usize>,
}

impl Tallied {
    /// Counts all items on these computers, or one; they are to be in the order of their tenants.
    pub fn of(
        moment: &Moment,
        places: &[(TenantId, ComputerId)],
        only: Option<MaintenanceItem>,
    ) -> Self {
        let portions = in_portions(places, |portion| {
            let mut counted = Self::default();
            for of_one in portion.chunk_by(|left, right| left.0 == right.0) {
                counted.count_tenant(moment, of_one, only);
            }
            vec![counted]
        });
        let mut portions = portions.into_iter();
        let first = portions.next().unwrap_or_default();
        portions.fold(first, Self::and)
    }

    fn count_tenant(
        &mut self,
        moment: &Moment,
        places: &[(TenantId, ComputerId)],
        only: Option<MaintenanceItem>,
    ) {
        let view = &*moment.view;
        let rulebook = view.rulebook();
        let tenant = TenantFacts::of(view, places[0].0, moment.at);
        let rules = match only {
            Some(_) => TenantRules::default(),
            None => rulebook.of_tenant(&tenant),
        };
        for (_, id) in places {
            let Some(entry) = view.computers.get(*id).filter(|_| !view.is_removed(*id)) else {
                continue;
            };
            let facts = ComputerFacts::new(view, *id, &entry.state, &tenant);
            let occasion = Occasion::next_of(&entry.state);
            let contenders = if let Some(item) = only {
                rulebook.contenders_for(item, &facts, &occasion)
            } else {
                *self.computers.entry(tenant.id).or_default() += 1;
                rulebook.contenders(&facts, &occasion, &rules)
            };
            for contender in contenders {
                self.count(tenant.id, contender);
            }
        }
    }

    fn count(&mut self, tenant: TenantId, contender: Contender) {
        let Contender {
            number,
            winner,
            is_in_conflict,
        } = contender;
        let stands = self.stands.entry((number, tenant)).or_default();
        if number == winner {
            stands.wins += 1;
        } else {
            stands.loses += 1;
        }
        if is_in_conflict {
            *self.conflicts.entry((winner, number, tenant)).or_default() += 1;
        }
    }

    fn and(mut self, other: Self) -> Self {
        for (tenant, more) in other.computers {
            *self.computers.entry(tenant).or_default() += more;
        }
        for (of, more) in other.stands {
            let known = self.stands.entry(of).or_default();
            *known = known.and(more);
        }
        for (pair, more) in other.conflicts {
            *self.conflicts.entry(pair).or_default() += more;
        }
        self
    }
}
