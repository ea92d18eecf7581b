//! Where tenants stand in their tree. Every place passes this one stream, so that two changes at the same moment cannot both be
//! right and make a circle together. A place is decided here first and then told in the tenant's own
//! stream, under the number of its turn: whoever comes with an older turn changes nothing any more.

use super::{Presence, TenantCommand, TenantRejection};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::TenantId;
use crate::kernel::limits::MAX_TENANT_DEPTH;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

crate::domain_events! {
    /// What happened to the tree of tenants.
    TenantTreeEvent {
        Placed(TenantPlaced),
        TakenOut(TenantTakenOut),
        PutBack(TenantPutBack),
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

/// From now on the tenant is not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantTakenOut {
    pub tenant: TenantId,
}

/// The tenant is there again, at its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TenantPutBack {
    pub tenant: TenantId,
}

/// What was decided of one tenant, for it to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TreeDecision {
    Place(TenantPlace),
    Presence(TenantPresence),
}

impl TreeDecision {
    /// What an event of the tree has decided, by its revision in the tree's stream.
    pub fn of(event: &TenantTreeEvent, revision: u64) -> (TenantId, Self) {
        let turn = revision + 1;
        let presence = |presence| Self::Presence(TenantPresence { presence, turn });
        match event {
            TenantTreeEvent::Placed(placed) => {
                let parent = placed.parent;
                (placed.tenant, Self::Place(TenantPlace { parent, turn }))
            }
            TenantTreeEvent::TakenOut(out) => (out.tenant, presence(Presence::Removed)),
            TenantTreeEvent::PutBack(back) => (back.tenant, presence(Presence::Present)),
        }
    }

    pub fn turn(&self) -> u64 {
        match self {
            Self::Place(place) => place.turn,
            Self::Presence(presence) => presence.turn,
        }
    }

    /// What the tenant is told.
    pub fn command(self) -> TenantCommand {
        match self {
            Self::Place(TenantPlace { parent, turn }) => TenantCommand::SetParent { parent, turn },
            Self::Presence(TenantPresence { presence, turn }) => {
                TenantCommand::SetPresence { presence, turn }
            }
        }
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPlace {
    pub parent: Option<TenantId>,
    /// Counts the changes of the tree, from 1.
    pub turn: u64,
}

/// Whether one tenant is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantPresence {
    pub presence: Presence,
    /// Counts the changes of the tree, from 1.
    pub turn: u64,
}

/// Every place that was decided since there is this stream, and who was ever taken out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantTree {
    places: HashMap<TenantId, TenantPlace>,
    presences: HashMap<TenantId, TenantPresence>,
    turns: u64,
}

/// Who was above whom before there was this stream: from any view, because it does not change any more without passing here.
pub type Known = Arc<HashMap<TenantId, TenantId>>;

/// What can be asked of the tree.
#[derive(Clone, Debug)]
pub enum TenantTreeCommand {
    Place(PlaceTenant),
    /// Nobody may be below it.
    TakeOut {
        tenant: TenantId,
        known: Known,
        /// Whoever was placed below it long ago and never made: that is undone, so that they are not made there later.
        never_made: Vec<TenantId>,
    },
    PutBack {
        tenant: TenantId,
        known: Known,
    },
}

/// Asks for a place.
#[derive(Clone, Debug)]
pub struct PlaceTenant {
    pub tenant: TenantId,
    pub parent: Option<TenantId>,
    /// Where the tenant stood when it was looked whether it may move, and how far that reaches.
    pub seen: Option<TenantId>,
    pub known: Known,
}

impl TenantTree {
    /// What was decided of a tenant; nothing if that was before there was this stream.
    pub fn place(&self, tenant: TenantId) -> Option<TenantPlace> {
        self.places.get(&tenant).copied()
    }

    /// The tree as a view shows it, for what is imagined: everything in it that is not there, the places aside.
    pub fn without(removed: impl Iterator<Item = TenantId>) -> Self {
        let gone = TenantPresence {
            presence: Presence::Removed,
            turn: 0,
        };
        Self {
            presences: removed.map(|tenant| (tenant, gone)).collect(),
            ..Self::default()
        }
    }

    /// Whether a tenant is there, if that was ever decided here.
    pub fn presence(&self, tenant: TenantId) -> Option<TenantPresence> {
        self.presences.get(&tenant).copied()
    }

    fn is_out(&self, tenant: TenantId) -> bool {
        self.presence(tenant)
            .is_some_and(|known| known.presence == Presence::Removed)
    }

    fn parent(&self, tenant: TenantId, known: &HashMap<TenantId, TenantId>) -> Option<TenantId> {
        self.walk(tenant, known).nth(1)
    }

    /// Everybody of whom a place is known, of those who are not at the top.
    fn everybody(&self, known: &HashMap<TenantId, TenantId>) -> HashSet<TenantId> {
        let all = self.places.keys().chain(known.keys());
        all.copied().collect()
    }

    /// The tenants directly below this one, those too that are not there.
    pub fn below(&self, tenant: TenantId, known: &HashMap<TenantId, TenantId>) -> Vec<TenantId> {
        let all = self.everybody(known).into_iter();
        all.filter(|other| self.parent(*other, known) == Some(tenant))
            .collect()
    }

    fn take_out(
        &self,
        tenant: TenantId,
        known: &HashMap<TenantId, TenantId>,
        never_made: &[TenantId],
    ) -> Result<Vec<TenantTreeEvent>, TenantRejection> {
        if self.is_out(tenant) {
            return Ok(vec![]);
        }
        let below = self.below(tenant, known).into_iter();
        let (never_made, children): (Vec<_>, Vec<_>) = below
            .filter(|other| !self.is_out(*other))
            .partition(|other| never_made.contains(other));
        if !children.is_empty() {
            return Err(TenantRejection::HasChildren);
        }
        let unplaced = never_made.into_iter().map(|tenant| {
            let parent = None;
            TenantPlaced { tenant, parent }.into()
        });
        Ok(unplaced.chain([TenantTakenOut { tenant }.into()]).collect())
    }

    fn place_anew(&self, wanted: &PlaceTenant) -> Result<Vec<TenantTreeEvent>, TenantRejection> {
        let PlaceTenant { tenant, parent, .. } = *wanted;
        if self.is_out(tenant) {
            return Err(TenantRejection::Removed);
        }
        let now = self.parent(tenant, &wanted.known);
        if now == parent {
            return Ok(vec![]);
        }
        if now != wanted.seen {
            return Err(TenantRejection::MovedMeanwhile);
        }
        self.check(wanted)?;
        Ok(vec![TenantPlaced { tenant, parent }.into()])
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
        if self.is_out(parent) {
            return Err(TenantRejection::ParentRemoved);
        }
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
        let others = self.everybody(&wanted.known);
        let distance = |other: TenantId| {
            self.walk(other, &wanted.known)
                .position(|above| above == wanted.tenant)
        };
        others.into_iter().filter_map(distance).max().unwrap_or(0)
    }
}

impl Decider for TenantTree {
    type Id = TheTenantTree;
    type Command = TenantTreeCommand;
    type Event = TenantTreeEvent;
    type Rejection = TenantRejection;
    const CATEGORY: &'static str = "tenanttree";

    type Premise = ();
    /// It is of no tenant: whoever asks for a place is judged by the tenants.
    fn premise(&self) {}

    fn decide(
        &self,
        command: TenantTreeCommand,
        _: &Context,
    ) -> Result<Vec<TenantTreeEvent>, TenantRejection> {
        match command {
            TenantTreeCommand::Place(wanted) => self.place_anew(&wanted),
            TenantTreeCommand::TakeOut {
                tenant,
                known,
                never_made,
            } => self.take_out(tenant, &known, &never_made),
            TenantTreeCommand::PutBack { tenant, .. } if !self.is_out(tenant) => Ok(vec![]),
            TenantTreeCommand::PutBack { tenant, known } => match self.parent(tenant, &known) {
                Some(parent) if self.is_out(parent) => Err(TenantRejection::ParentRemoved),
                _ => Ok(vec![TenantPutBack { tenant }.into()]),
            },
        }
    }

    fn evolve(mut self, event: &TenantTreeEvent) -> Self {
        self.turns += 1;
        let turn = self.turns;
        match event {
            TenantTreeEvent::Placed(placed) => {
                let parent = placed.parent;
                self.places
                    .insert(placed.tenant, TenantPlace { parent, turn });
            }
            TenantTreeEvent::TakenOut(out) => {
                let presence = Presence::Removed;
                self.presences
                    .insert(out.tenant, TenantPresence { presence, turn });
            }
            TenantTreeEvent::PutBack(back) => {
                let presence = Presence::Present;
                self.presences
                    .insert(back.tenant, TenantPresence { presence, turn });
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, nothing};

    fn t(n: u128) -> TenantId {
        TenantId(id(n))
    }

    /// With who is above whom from before.
    fn place(tenant: u128, parent: Option<u128>, known: &[(u128, u128)]) -> TenantTreeCommand {
        let known = above(known);
        TenantTreeCommand::Place(PlaceTenant {
            tenant: t(tenant),
            parent: parent.map(t),
            seen: known.get(&t(tenant)).copied(),
            known,
        })
    }

    fn above(known: &[(u128, u128)]) -> Known {
        let known = known.iter().map(|(below, above)| (t(*below), t(*above)));
        Arc::new(known.collect())
    }

    fn take_out(tenant: u128, known: &[(u128, u128)]) -> TenantTreeCommand {
        TenantTreeCommand::TakeOut {
            tenant: t(tenant),
            known: above(known),
            never_made: vec![],
        }
    }

    fn put_back(tenant: u128, known: &[(u128, u128)]) -> TenantTreeCommand {
        TenantTreeCommand::PutBack {
            tenant: t(tenant),
            known: above(known),
        }
    }

    fn taken_out(tenant: u128) -> TenantTreeEvent {
        let tenant = t(tenant);
        TenantTakenOut { tenant }.into()
    }

    fn back(tenant: u128) -> TenantTreeEvent {
        let tenant = t(tenant);
        TenantPutBack { tenant }.into()
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
    fn nobody_is_below_a_tenant_that_was_taken_out() {
        given::<TenantTree>([placed(2, Some(1))])
            .when(take_out(1, &[]))
            .then_rejected(TenantRejection::HasChildren);
        nothing::<TenantTree>()
            .when(take_out(1, &[(2, 1)]))
            .then_rejected(TenantRejection::HasChildren);
        given::<TenantTree>([placed(2, Some(1)), taken_out(2)])
            .when(take_out(1, &[]))
            .then([taken_out(1)]);
        given::<TenantTree>([placed(2, Some(1)), placed(2, None)])
            .when(take_out(1, &[(2, 1)]))
            .then([taken_out(1)]);
        given::<TenantTree>([taken_out(1)])
            .when(place(2, Some(1), &[]))
            .then_rejected(TenantRejection::ParentRemoved);
    }

    #[test]
    fn whoever_was_placed_and_never_made_holds_nobody_up_and_is_not_made_there_later() {
        let take_out = TenantTreeCommand::TakeOut {
            tenant: t(1),
            known: Known::default(),
            never_made: vec![t(2), t(9)],
        };
        given::<TenantTree>([placed(2, Some(1))])
            .when(take_out.clone())
            .then([placed(2, None), taken_out(1)]);
        given::<TenantTree>([placed(2, Some(1)), placed(3, Some(1))])
            .when(take_out)
            .then_rejected(TenantRejection::HasChildren);
        given::<TenantTree>([placed(2, Some(1)), placed(2, None), taken_out(1)])
            .when(place(2, Some(1), &[]))
            .then_rejected(TenantRejection::ParentRemoved);
    }

    #[test]
    fn whoever_was_taken_out_comes_back_to_its_place_and_is_not_moved_meanwhile() {
        given::<TenantTree>([placed(2, Some(1)), taken_out(2), taken_out(1)])
            .when(put_back(2, &[]))
            .then_rejected(TenantRejection::ParentRemoved);
        given::<TenantTree>([taken_out(2), taken_out(1)])
            .when(put_back(2, &[(2, 1)]))
            .then_rejected(TenantRejection::ParentRemoved);
        given::<TenantTree>([placed(2, Some(1)), taken_out(2)])
            .when(put_back(2, &[]))
            .then([back(2)]);
        given::<TenantTree>([taken_out(2)])
            .when(place(2, Some(1), &[]))
            .then_rejected(TenantRejection::Removed);
        given::<TenantTree>([taken_out(2)])
            .when(take_out(2, &[]))
            .then_nothing();
        nothing::<TenantTree>()
            .when(put_back(2, &[]))
            .then_nothing();
        let tree = [placed(2, Some(1)), taken_out(2), back(2)]
            .iter()
            .fold(TenantTree::default(), TenantTree::evolve);
        let known = tree.presence(t(2)).unwrap();
        assert_eq!((known.presence, known.turn), (Presence::Present, 3));
    }

    #[test]
    fn turns_count_the_changes_of_the_tree() {
        let tree = [placed(1, Some(2)), placed(3, Some(2)), placed(1, None)]
            .iter()
            .fold(TenantTree::default(), TenantTree::evolve);
        // Whoever sees the events one by one counts the same.
        let (_, third) = TreeDecision::of(&placed(1, None), 2);
        assert_eq!(Some(third), tree.place(t(1)).map(TreeDecision::Place));
        let of = |n| tree.place(t(n)).map(|place| (place.parent, place.turn));
        assert_eq!(
            (of(1), of(2), of(3)),
            (Some((None, 3)), None, Some((Some(t(2)), 2)))
        );
    }
}
