//! The exact difference between two moments: whose winner or desired state is another one.

use crate::registry::Entry;
use crate::rules::affected::Affected;
use crate::rules::resolution::{FOR_TENANTS, Moment};
use crate::rules::tally::{ConflictChange, Tallies, Tally};
use crate::rules::winners::{computers, in_portions};
use crate::view::View;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{
    ComputerFacts, Occasion, RuleNumber, Rulebook, Scratch, Slot, TenantFacts,
};

/// Most changes of one difference.
pub const MAX_CHANGES: usize = 500_000;

/// Whose item it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    Computer(ComputerId),
    /// For cloud tasks.
    Tenant(TenantId),
}

/// One item whose winner or desired state is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub subject: Subject,
    pub tenant: TenantId,
    pub item: MaintenanceItem,
    pub before: Option<RuleNumber>,
    pub after: Option<RuleNumber>,
}

/// What a change comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Nothing was wanted of the item before.
    Gained,
    /// Nothing is wanted of the item any more.
    Lost,
    /// Another state is wanted, or the task is told something else.
    StateChanged,
    /// Another deployment wants the same.
    WinnerChanged,
}

/// Too much is different to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DifferenceError {
    #[error("more than {MAX_CHANGES} items differ: ask for one tenant or one computer")]
    TooMany,
}

/// Everything that differs, in the order of the subjects and the items.
pub struct Difference {
    pub before: Moment,
    pub after: Moment,
    pub changes: Vec<Change>,
    /// Only this tenant was looked at.
    within: Option<TenantId>,
    /// Only this computer was.
    only: Option<ComputerId>,
}

impl Difference {
    pub fn slot_before(&self, change: &Change) -> Option<&Slot> {
        self.before.view.rulebook().slot(change.before?)
    }

    pub fn slot_after(&self, change: &Change) -> Option<&Slot> {
        self.after.view.rulebook().slot(change.after?)
    }

    pub fn kind(&self, change: &Change) -> ChangeKind {
        match (self.slot_before(change), self.slot_after(change)) {
            (Some(before), Some(after)) if before.rule.wanted() == after.rule.wanted() => {
                ChangeKind::WinnerChanged
            }
            (Some(_), Some(_)) => ChangeKind::StateChanged,
            (None, _) => ChangeKind::Gained,
            (_, None) => ChangeKind::Lost,
        }
    }

    /// How many computers are affected.
    pub fn computers(&self) -> usize {
        let computers = self
            .changes
            .iter()
            .filter_map(|change| match change.subject {
                Subject::Computer(computer) => Some(computer),
                Subject::Tenant(_) => None,
            });
        computers.collect::<BTreeSet<_>>().len()
    }

    /// The conflicts that are on another number of computers than before.
    pub fn conflicts(&self, tallies: &Tallies) -> Vec<ConflictChange> {
        let tally = |moment: &Moment| match self.only {
            Some(computer) => Tally::of_one(moment.clone(), computer),
            None => tallies.at(moment.clone()),
        };
        let (before, after) = (tally(&self.before), tally(&self.after));
        before.conflict_changes(&after, self.within)
    }

    fn new(
        (before, after): (&Moment, &Moment),
        (within, only): (Option<TenantId>, Option<ComputerId>),
        mut changes: Vec<Change>,
    ) -> Result<Self, DifferenceError> {
        if changes.len() > MAX_CHANGES {
            return Err(DifferenceError::TooMany);
        }
        changes.sort_unstable_by_key(|change| (change.subject, change.item));
        Ok(Self {
            before: before.clone(),
            after: after.clone(),
            changes,
            within,
            only,
        })
    }
}

/// What differs between two moments of one history, or a history and what is imagined after it. Looks only at what the
/// differing facts can affect. `within` leaves everything outside of one tenant out.
pub fn difference(
    before: &Moment,
    after: &Moment,
    within: Option<TenantId>,
) -> Result<Difference, DifferenceError> {
    let affected = Affected::between((&before.view, before.at), (&after.view, after.at));
    if affected.is_nothing() {
        return Difference::new((before, after), (within, None), vec![]);
    }
    let sides = Sides::new(before, after);
    let is_within = |tenant: &TenantId| within.is_none_or(|within| within == *tenant);
    let is_wholly = |tenant: Option<TenantId>, computer: ComputerId| {
        tenant.is_some_and(|tenant| affected.tenants.contains(&tenant))
            || affected.computers.contains(&computer)
    };
    let are_some_wholly = !(affected.tenants.is_empty() && affected.computers.is_empty());
    let mut wholly = Vec::new();
    if are_some_wholly {
        wholly = places(before, after, within);
        wholly.retain(|place| is_wholly(place.tenant(), place.computer));
    }
    let mut changes = sides.of_computers(&wholly);
    let tenants: BTreeSet<TenantId> = after.view.tenants.iter().map(|(id, _)| id).collect();
    for tenant in tenants.iter().filter(|tenant| is_within(tenant)) {
        if affected.tenants.contains(tenant) {
            sides.of_tenant(*tenant, None, &mut changes);
        }
    }
    for (item, reach) in &affected.items {
        if item.is_of_computers() {
            let later = &later_of(before, after).view;
            let partly = later.computers.iter().filter_map(|(computer, entry)| {
                let tenant = entry.state.registration.as_ref()?.tenant;
                let is_it = is_within(&tenant)
                    && reach.holds(tenant, computer)
                    && !(are_some_wholly && is_wholly(Some(tenant), computer));
                is_it.then_some((tenant, computer, entry))
            });
            sides.of_item(*item, &partly.collect::<Vec<_>>(), &mut changes);
        } else {
            for tenant in tenants.iter().filter(|tenant| is_within(tenant)) {
                if reach.holds_tenant(*tenant) && !affected.tenants.contains(tenant) {
                    sides.of_tenant(*tenant, Some(*item), &mut changes);
                }
            }
        }
    }
    Difference::new((before, after), (within, None), changes)
}

/// What differs between any two moments, for one computer, one tenant or everybody, by resolving both wholly.
pub fn compare(
    before: &Moment,
    after: &Moment,
    within: Option<TenantId>,
    only: Option<ComputerId>,
) -> Result<Difference, DifferenceError> {
    let sides = Sides::new(before, after);
    let mut chosen = places(before, after, within);
    chosen.retain(|place| only.is_none_or(|only| only == place.computer));
    let mut changes = sides.of_computers(&chosen);
    if only.is_none() {
        for (tenant, _) in after.view.tenants.iter() {
            if within.is_none_or(|within| within == tenant) {
                sides.of_tenant(tenant, None, &mut changes);
            }
        }
    }
    Difference::new((before, after), (within, only), changes)
}

/// A computer, and the tenants that it is of before and after; none where it is not there, or not of the one that is asked
/// about.
#[derive(Clone, Copy)]
struct Place {
    before: Option<TenantId>,
    after: Option<TenantId>,
    computer: ComputerId,
}

impl Place {
    fn tenants(&self) -> (Option<TenantId>, Option<TenantId>) {
        (self.after, self.before)
    }

    /// Where it is afterwards, if it is anywhere then.
    fn tenant(&self) -> Option<TenantId> {
        self.after.or(self.before)
    }
}

/// Every computer that is there before or after, removed ones too, tenant by tenant.
fn places(before: &Moment, after: &Moment, within: Option<TenantId>) -> Vec<Place> {
    let within = |tenant: &TenantId| within.is_none_or(|within| within == *tenant);
    let of = |moment: &Moment, computer| moment.view.tenant_of(computer).filter(within);
    let mut places: Vec<Place> = computers(&later_of(before, after).view)
        .into_iter()
        .map(|(_, computer)| Place {
            before: of(before, computer),
            after: of(after, computer),
            computer,
        })
        .filter(|place| place.tenant().is_some())
        .collect();
    places.sort_by_key(Place::tenants);
    places
}

fn later_of<'a>(before: &'a Moment, after: &'a Moment) -> &'a Moment {
    if before.view.position() > after.view.position() {
        before
    } else {
        after
    }
}

/// The two that are compared.
struct Sides<'a> {
    before: &'a Moment,
    after: &'a Moment,
}

impl<'a> Sides<'a> {
    fn new(before: &'a Moment, after: &'a Moment) -> Self {
        Self { before, after }
    }

    fn rulebooks(&self) -> (&Rulebook, &Rulebook) {
        (self.before.view.rulebook(), self.after.view.rulebook())
    }

    fn of_computers(&self, places: &[Place]) -> Vec<Change> {
        in_portions(places, |portion| {
            let mut scratch = Scratch::default();
            let mut changes = Vec::new();
            for of_one in portion.chunk_by(|left, right| left.tenants() == right.tenants()) {
                let place = of_one[0];
                let Some(tenant) = place.tenant() else {
                    continue;
                };
                let before = winners(self.before, place.before, of_one, &mut scratch);
                let after = winners(self.after, place.after, of_one, &mut scratch);
                for ((place, before), after) in of_one.iter().zip(before).zip(after) {
                    let subject = Subject::Computer(place.computer);
                    self.merge(subject, tenant, &before, &after, &mut changes);
                }
            }
            changes
        })
    }

    /// Two lists in the order of the items, into what differs.
    fn merge(
        &self,
        subject: Subject,
        tenant: TenantId,
        before: &[RuleNumber],
        after: &[RuleNumber],
        changes: &mut Vec<Change>,
    ) {
        let (old_rules, new_rules) = self.rulebooks();
        let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let old = before.peek().and_then(|number| old_rules.slot(**number));
            let new = after.peek().and_then(|number| new_rules.slot(**number));
            let order = match (old, new) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => old.rule.item.cmp(&new.rule.item),
            };
            let item = match order {
                Ordering::Greater => new.map(|slot| slot.rule.item),
                _ => old.map(|slot| slot.rule.item),
            };
            let old_number = before.next_if(|_| order.is_le()).copied();
            let new_number = after.next_if(|_| order.is_ge()).copied();
            if let Some(item) = item {
                self.note(subject, tenant, item, (old_number, new_number), changes);
            }
        }
    }

    /// One item on many computers of the later view, in the order in which they lie in memory: most of the time would go
    /// into finding them.
    fn of_item(
        &self,
        item: MaintenanceItem,
        places: &[(TenantId, ComputerId, &Arc<Entry<Computer>>)],
        changes: &mut Vec<Change>,
    ) {
        let (old_view, new_view) = (&*self.before.view, &*self.after.view);
        let (old_rules, new_rules) = self.rulebooks();
        let mut tenants = HashMap::new();
        for (tenant, ..) in places {
            tenants.entry(*tenant).or_insert_with(|| {
                (
                    TenantFacts::of(old_view, *tenant, self.before.at),
                    TenantFacts::of(new_view, *tenant, self.after.at),
                )
            });
        }
        let is_after_later = std::ptr::eq(later_of(self.before, self.after), self.after);
        let are_same = old_view.computers.is_same(&new_view.computers);
        let found = in_portions(places, |portion| {
            let mut changes = Vec::new();
            for (tenant, computer, entry) in portion {
                let Some((old, new)) = tenants.get(tenant) else {
                    continue;
                };
                let other = match (are_same, is_after_later) {
                    (true, _) => Some(*entry),
                    (false, true) => old_view.computers.get(*computer),
                    (false, false) => new_view.computers.get(*computer),
                };
                let (before, after) = if is_after_later {
                    (other, Some(*entry))
                } else {
                    (Some(*entry), other)
                };
                let winner =
                    |view, rules: &Rulebook, entry: Option<&Arc<Entry<Computer>>>, facts| {
                        let state = &entry?.state;
                        let facts = ComputerFacts::new(view, *computer, state, facts);
                        rules.winner_of(item, &facts, &Occasion::next_of(state))
                    };
                let old = winner(old_view, old_rules, before, old);
                let new = winner(new_view, new_rules, after, new);
                let subject = Subject::Computer(*computer);
                self.note(subject, *tenant, item, (old, new), &mut changes);
            }
            changes
        });
        changes.extend(found);
    }

    fn of_tenant(
        &self,
        tenant: TenantId,
        only: Option<MaintenanceItem>,
        changes: &mut Vec<Change>,
    ) {
        let (_, new_rules) = self.rulebooks();
        let tasks = new_rules
            .items()
            .iter()
            .filter(|item| !item.is_of_computers() && only.is_none_or(|only| only == **item));
        let winner = |moment: &Moment, item| {
            let facts = TenantFacts::of(&*moment.view, tenant, moment.at);
            let rulebook = moment.view.rulebook();
            rulebook.winner_of_tenant(item, &facts, &FOR_TENANTS)
        };
        for item in tasks {
            let both = (winner(self.before, *item), winner(self.after, *item));
            self.note(Subject::Tenant(tenant), tenant, *item, both, changes);
        }
    }

    fn note(
        &self,
        subject: Subject,
        tenant: TenantId,
        item: MaintenanceItem,
        (before, after): (Option<RuleNumber>, Option<RuleNumber>),
        changes: &mut Vec<Change>,
    ) {
        let (old_rules, new_rules) = self.rulebooks();
        let old = before.and_then(|number| old_rules.slot(number));
        let new = after.and_then(|number| new_rules.slot(number));
        let is_same = match (old, new) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                old.deployment == new.deployment && old.rule.wanted() == new.rule.wanted()
            }
            _ => false,
        };
        // One more than is allowed is enough to know that there are too many.
        if !is_same && changes.len() <= MAX_CHANGES {
            changes.push(Change {
                subject,
                tenant,
                item,
                before,
                after,
            });
        }
    }
}

fn winners(
    moment: &Moment,
    tenant: Option<TenantId>,
    places: &[Place],
    scratch: &mut Scratch,
) -> Vec<Box<[RuleNumber]>> {
    let Some(tenant) = tenant else {
        return vec![Box::default(); places.len()];
    };
    let view: &View = &moment.view;
    let rulebook = view.rulebook();
    let facts = TenantFacts::of(view, tenant, moment.at);
    let rules = rulebook.of_tenant(&facts);
    places
        .iter()
        .map(|place| match view.computers.get(place.computer) {
            None => Box::default(),
            Some(entry) => {
                let computer = ComputerFacts::new(view, place.computer, &entry.state, &facts);
                let occasion = Occasion::next_of(&entry.state);
                rulebook.winners(&computer, &occasion, &rules, scratch)
            }
        })
        .collect()
}
