//! Where tenants stand in their tree. Every place passes this one stream, so that two changes at the same moment cannot both be
//! right and make a circle together (design.md, section 4). A place is decided here first and then told in the tenant's own
//! stream, under the number of its turn: whoever comes with an older turn changes nothing any more.

use super::TenantRejection;
use crate::decider::{Context, Decider};
use crate::ids::TenantId;
use crate::limits::MAX_TENANT_DEPTH;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

crate::domain_events! {
    /// What happened to the tree of tenants.
    TenantTreeEvent {
        Placed(TenantPlaced) v 1,
    }
}

/// From now on this is the tenant's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantPlaced {
    pub tenant: TenantId,
    /// The tenant above it; nothing puts it at the top.
    pub parent: Option<TenantId>,
}

/// There is one tree per store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TheTenantTree;

impl fmt::Display for TheTenantTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("main")
    }
}

/// The place of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantPlace {
    pub parent: Option<TenantId>,
    /// Counts the changes of the tree, from 1.
    pub turn: u64,
}

/// Every place that was decided since there is this stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantTree {
    places: HashMap<TenantId, TenantPlace>,
    turns: u64,
}

/// Asks for a place.
#[derive(Clone, Debug)]
pub struct PlaceTenant {
    pub tenant: TenantId,
    pub parent: Option<TenantId>,
    /// Where the tenant stood when it was looked whether it may move, and how far that reaches.
    pub seen: Option<TenantId>,
    /// Who was above whom before there was this stream: from any view, because it does not change any more without passing here.
    pub known: Arc<HashMap<TenantId, TenantId>>,
}

impl TenantTree {
    /// What was decided of a tenant; nothing if that was before there was this stream.
    pub fn place(&self, tenant: TenantId) -> Option<TenantPlace> {
        self.places.get(&tenant).copied()
    }

    /// The tenants from this one upwards whose place was decided here; circles of before end.
    pub fn upwards(&self, tenant: TenantId, known: &HashMap<TenantId, TenantId>) -> Vec<TenantId> {
        self.walk(tenant, known).collect()
    }

    fn walk<'a>(
        &'a self,
        tenant: TenantId,
        known: &'a HashMap<TenantId, TenantId>,
    ) -> impl Iterator<Item = TenantId> + 'a {
        let above = |tenant: &TenantId| match self.places.get(tenant) {
            Some(place) => place.parent,
            None => known.get(tenant).copied(),
        };
        std::iter::successors(Some(tenant), above).take(MAX_TENANT_DEPTH + 1)
    }

    fn check(&self, wanted: &PlaceTenant) -> Result<(), TenantRejection> {
        let Some(parent) = wanted.parent else {
            return Ok(());
        };
        let above: Vec<TenantId> = self.walk(parent, &wanted.known).collect();
        if above.contains(&wanted.tenant) {
            return Err(TenantRejection::Cycle(wanted.tenant));
        }
        let levels = above.len() + 1 + self.levels_below(wanted);
        if levels > MAX_TENANT_DEPTH {
            return Err(TenantRejection::TooDeep);
        }
        Ok(())
    }

    /// How many levels the tenant brings with it.
    fn levels_below(&self, wanted: &PlaceTenant) -> usize {
        let others: HashSet<TenantId> = (self.places.keys())
            .chain(wanted.known.keys())
            .copied()
            .collect();
        let distance = |other: TenantId| {
            self.walk(other, &wanted.known)
                .position(|above| above == wanted.tenant)
        };
        others.into_iter().filter_map(distance).max().unwrap_or(0)
    }
}

impl Decider for TenantTree {
    type Id = TheTenantTree;
    type Command = PlaceTenant;
    type Event = TenantTreeEvent;
    type Rejection = TenantRejection;
    const CATEGORY: &'static str = "tenanttree";

    type Premise = ();
    /// It is of no tenant: whoever asks for a place is judged by the tenants.
    fn premise(&self) {}

    fn decide(
        &self,
        wanted: PlaceTenant,
        _: &Context,
    ) -> Result<Vec<TenantTreeEvent>, TenantRejection> {
        let PlaceTenant { tenant, parent, .. } = wanted;
        let now = self.walk(tenant, &wanted.known).nth(1);
        if now == parent {
            return Ok(vec![]);
        }
        if now != wanted.seen {
            return Err(TenantRejection::MovedMeanwhile);
        }
        self.check(&wanted)?;
        Ok(vec![TenantPlaced { tenant, parent }.into()])
    }

    fn evolve(mut self, event: &TenantTreeEvent) -> Self {
        let TenantTreeEvent::Placed(placed) = event;
        self.turns += 1;
        let place = TenantPlace {
            parent: placed.parent,
            turn: self.turns,
        };
        self.places.insert(placed.tenant, place);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{given, id, nothing};

    fn t(n: u128) -> TenantId {
        TenantId(id(n))
    }

    /// With who is above whom from before.
    fn place(tenant: u128, parent: Option<u128>, known: &[(u128, u128)]) -> PlaceTenant {
        let known = known.iter().map(|(below, above)| (t(*below), t(*above)));
        let known: HashMap<TenantId, TenantId> = known.collect();
        PlaceTenant {
            tenant: t(tenant),
            parent: parent.map(t),
            seen: known.get(&t(tenant)).copied(),
            known: Arc::new(known),
        }
    }

    fn placed(tenant: u128, parent: Option<u128>) -> TenantTreeEvent {
        let parent = parent.map(t);
        TenantPlaced {
            tenant: t(tenant),
            parent,
        }
        .into()
    }

    /// `first` below the next one, and so on.
    fn chain(first: u128, length: usize) -> Vec<(u128, u128)> {
        (first..).take(length).map(|n| (n, n + 1)).collect()
    }

    #[test]
    fn a_tenant_is_never_its_own_ancestor() {
        let cycle = |n| TenantRejection::Cycle(t(n));
        nothing::<TenantTree>()
            .when(place(1, Some(1), &[]))
            .then_rejected(cycle(1));
        nothing::<TenantTree>()
            .when(place(1, Some(3), &[(3, 2), (2, 1)]))
            .then_rejected(cycle(1));
        nothing::<TenantTree>()
            .when(place(1, Some(2), &[(2, 3)]))
            .then([placed(1, Some(2))]);
    }

    #[test]
    fn of_two_that_would_make_a_circle_the_second_is_refused_whatever_it_has_seen() {
        given::<TenantTree>([placed(1, Some(2))])
            .when(place(2, Some(1), &[]))
            .then_rejected(TenantRejection::Cycle(t(2)));
        given::<TenantTree>([placed(1, Some(2)), placed(1, None)])
            .when(place(2, Some(1), &[(1, 2)]))
            .then([placed(2, Some(1))]);
    }

    #[test]
    fn a_move_that_was_judged_from_another_place_is_not_decided() {
        given::<TenantTree>([placed(1, Some(2))])
            .when(place(1, Some(3), &[]))
            .then_rejected(TenantRejection::MovedMeanwhile);
        given::<TenantTree>([placed(1, Some(2))])
            .when(place(1, Some(3), &[(1, 2)]))
            .then([placed(1, Some(3))]);
    }

    #[test]
    fn what_it_is_already_changes_nothing() {
        nothing::<TenantTree>()
            .when(place(1, Some(2), &[(1, 2)]))
            .then_nothing();
        nothing::<TenantTree>()
            .when(place(1, None, &[]))
            .then_nothing();
        given::<TenantTree>([placed(1, Some(2))])
            .when(place(1, Some(2), &[]))
            .then_nothing();
    }

    #[test]
    fn the_depth_counts_what_is_above_and_what_is_brought_along() {
        let half = MAX_TENANT_DEPTH / 2;
        // 100 is the lowest of a chain of so many, and 1 the highest of another one.
        let with = |above: usize, below: usize| {
            let mut known = chain(100, above - 1);
            known.extend((2..).take(below).map(|n| (n, n - 1)));
            place(1, Some(100), &known)
        };
        nothing::<TenantTree>()
            .when(with(half, half - 1))
            .then([placed(1, Some(100))]);
        nothing::<TenantTree>()
            .when(with(half, half))
            .then_rejected(TenantRejection::TooDeep);
        nothing::<TenantTree>()
            .when(with(MAX_TENANT_DEPTH, 0))
            .then_rejected(TenantRejection::TooDeep);
        nothing::<TenantTree>()
            .when(place(1, None, &chain(1, MAX_TENANT_DEPTH + 9)))
            .then([placed(1, None)]);
    }

    #[test]
    fn turns_count_the_changes_of_the_tree() {
        let tree = [placed(1, Some(2)), placed(3, Some(2)), placed(1, None)]
            .iter()
            .fold(TenantTree::default(), TenantTree::evolve);
        let of = |n| tree.place(t(n)).map(|place| (place.parent, place.turn));
        assert_eq!(
            (of(1), of(2), of(3)),
            (Some((None, 3)), None, Some((Some(t(2)), 2)))
        );
    }
}
