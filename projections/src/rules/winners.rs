//! The winners of every computer, kept up to date by what changes.

use crate::rules::affected::Affected;
use crate::rules::resolution::Moment;
use crate::rules::steady::Steady;
use crate::view::View;
use imbl::OrdMap;
use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{
    ComputerFacts, Occasion, RuleNumber, Rulebook, Scratch, TenantFacts,
};

/// Most threads that resolve a fleet.
const MAX_THREADS: usize = 8;
/// Computers from which on more than one thread is worth it.
const PARALLEL_FROM: usize = 2_000;
/// Computers of one portion of work.
const PORTION: usize = 256;

/// The winners of every computer of a view at one moment.
#[derive(Clone)]
pub struct Fleet {
    moment: Moment,
    rulebook: Arc<Rulebook>,
    winners: OrdMap<ComputerId, Arc<[RuleNumber]>>,
    steady: Steady,
}

impl Fleet {
    /// Resolves everything.
    pub fn resolve(moment: Moment) -> Self {
        let rulebook = moment.view.rulebook().clone();
        let everybody = computers(&moment.view);
        let winners = resolve_all(&moment, &rulebook, &everybody)
            .into_iter()
            .collect();
        let steady = Steady::around(&moment);
        Self {
            moment,
            rulebook,
            winners,
            steady,
        }
    }

    /// Moves on to a later view of the same history, or a later moment, and resolves again only what may have changed.
    pub fn advance(&mut self, moment: Moment) {
        let is_same = Arc::ptr_eq(&self.moment.view, &moment.view);
        let is_steady = self.steady.holds(moment.at);
        if is_same && is_steady {
            self.moment = moment;
            return;
        }
        let rulebook = moment.view.rulebook().clone();
        if !continues(&self.rulebook, &rulebook) {
            *self = Self::resolve(moment);
            return;
        }
        let then = if is_steady { moment.at } else { self.moment.at };
        let affected = Affected::between((&self.moment.view, then), (&moment.view, moment.at));
        self.rulebook = rulebook;
        let turns = !is_steady
            || !moment.view.agreements.is_same(&self.moment.view.agreements)
            || !moment.view.tenants.is_same(&self.moment.view.tenants);
        self.moment = moment;
        if turns {
            self.steady = Steady::around(&self.moment);
        }
        self.resolve_again(&affected);
    }

    fn resolve_again(&mut self, affected: &Affected) {
        let view = self.moment.view.clone();
        let mut wholly: Vec<(TenantId, ComputerId)> = affected
            .computers
            .iter()
            .filter_map(|computer| Some((view.tenant_of(*computer)?, *computer)))
            .filter(|(tenant, _)| !affected.tenants.contains(tenant))
            .collect();
        #[expect(clippy::iter_over_hash_type, reason = "they are sorted right after")]
        for tenant in &affected.tenants {
            wholly.extend(view.computers_of(*tenant).map(|(id, _)| (*tenant, id)));
        }
        wholly.sort_unstable();
        for (computer, winners) in resolve_all(&self.moment, &self.rulebook, &wholly) {
            self.winners.insert(computer, winners);
        }
        for (item, reach) in &affected.items {
            let partly: Vec<(TenantId, ComputerId)> = computers(&view)
                .into_iter()
                .filter(|(tenant, computer)| reach.holds(*tenant, *computer))
                .filter(|place| wholly.binary_search(place).is_err())
                .collect();
            for (computer, winner) in resolve_item(&self.moment, &self.rulebook, *item, &partly) {
                self.replace(computer, *item, winner);
            }
        }
    }

    fn replace(&mut self, computer: ComputerId, item: MaintenanceItem, winner: Option<RuleNumber>) {
        let known = self.winners.get(&computer).map_or(&[][..], |known| known);
        let item_of = |number: &RuleNumber| {
            let slot = self.rulebook.slot(*number);
            slot.map(|slot| slot.rule.item)
        };
        let place = known.binary_search_by_key(&Some(item), item_of);
        let is_known = match (place, winner) {
            (Ok(place), Some(winner)) => known[place] == winner,
            (Err(_), None) => true,
            _ => false,
        };
        if is_known {
            return;
        }
        let mut winners = known.to_vec();
        match (place, winner) {
            (Ok(place), Some(winner)) => winners[place] = winner,
            (Ok(place), None) => {
                winners.remove(place);
            }
            (Err(place), Some(winner)) => winners.insert(place, winner),
            (Err(_), None) => {}
        }
        self.winners.insert(computer, winners.into());
    }

    pub fn rulebook(&self) -> &Arc<Rulebook> {
        &self.rulebook
    }

    /// Every computer with its winners, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (ComputerId, &[RuleNumber])> {
        self.winners.iter().map(|(id, winners)| (*id, &**winners))
    }

    /// The deployments that win something somewhere on a computer.
    pub fn winning(&self) -> BTreeSet<DeploymentId> {
        let numbers: BTreeSet<RuleNumber> = self
            .winners
            .values()
            .flat_map(|winners| winners.iter().copied())
            .collect();
        let slots = numbers
            .iter()
            .filter_map(|number| self.rulebook.slot(*number));
        slots.map(|slot| slot.deployment).collect()
    }

    /// Whether both say the same of every computer.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.winners == other.winners
    }
}

/// Whether numbers of the old rulebook mean the same in the new one.
pub(crate) fn continues(old: &Rulebook, new: &Rulebook) -> bool {
    let pairs = old.slots().iter().zip(new.slots());
    old.slots().len() <= new.slots().len()
        && pairs
            .into_iter()
            .all(|(old, new)| old.deployment == new.deployment)
}

/// Every computer with its tenant, tenant by tenant.
pub(crate) fn computers(view: &View) -> Vec<(TenantId, ComputerId)> {
    view.tenants_with_computers()
        .flat_map(|(tenant, computers)| computers.map(move |computer| (tenant, computer)))
        .collect()
}

fn resolve_all(
    moment: &Moment,
    rulebook: &Rulebook,
    places: &[(TenantId, ComputerId)],
) -> Vec<(ComputerId, Arc<[RuleNumber]>)> {
    in_portions(places, |portion| {
        let mut scratch = Scratch::default();
        let mut resolved = Vec::with_capacity(portion.len());
        for of_one in portion.chunk_by(|left, right| left.0 == right.0) {
            let tenant = TenantFacts::of(&*moment.view, of_one[0].0, moment.at);
            let rules = rulebook.of_tenant(&tenant);
            for (_, id) in of_one {
                let Some(entry) = moment.view.computers.get(*id) else {
                    continue;
                };
                let facts = ComputerFacts::new(&*moment.view, *id, &entry.state, &tenant);
                let occasion = Occasion::next_of(&entry.state);
                let winners = rulebook.winners(&facts, &occasion, &rules, &mut scratch);
                resolved.push((*id, winners.into()));
            }
        }
        resolved
    })
}

/// The winner of one item on each of these computers.
fn resolve_item(
    moment: &Moment,
    rulebook: &Rulebook,
    item: MaintenanceItem,
    places: &[(TenantId, ComputerId)],
) -> Vec<(ComputerId, Option<RuleNumber>)> {
    in_portions(places, |portion| {
        let mut resolved = Vec::with_capacity(portion.len());
        for of_one in portion.chunk_by(|left, right| left.0 == right.0) {
            let tenant = TenantFacts::of(&*moment.view, of_one[0].0, moment.at);
            for (_, id) in of_one {
                let winner = moment.view.computers.get(*id).and_then(|entry| {
                    let facts = ComputerFacts::new(&*moment.view, *id, &entry.state, &tenant);
                    rulebook.winner_of(item, &facts, &Occasion::next_of(&entry.state))
                });
                resolved.push((*id, winner));
            }
        }
        resolved
    })
}

/// Does the work in portions, on several threads where it is much; the results are in the order of the places.
pub(crate) fn in_portions<T: Sync, R: Send>(
    places: &[T],
    work: impl Fn(&[T]) -> Vec<R> + Sync,
) -> Vec<R> {
    if places.len() < PARALLEL_FROM {
        return work(places);
    }
    let threads = std::thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MAX_THREADS);
    let portions: Vec<_> = places.chunks(PORTION).collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(portions.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(portion) = portions.get(place) else {
                        return;
                    };
                    let results = work(portion);
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.push((place, results));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(place, _)| *place);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

/// The newest fleet that was asked for, so that the next question costs only what changed since.
#[derive(Clone, Default)]
pub struct FleetCache(Arc<Mutex<Option<Fleet>>>);

impl FleetCache {
    /// The fleet at a moment. Only what is asked for now is kept: a past view, or a future moment, after which every
    /// question of today would come too early, is resolved from nothing. Blocks while it works: it is for a thread that may.
    pub fn at(&self, moment: Moment) -> Fleet {
        if moment.view.moment().is_some() {
            return Fleet::resolve(moment);
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fleet = match kept.take() {
            Some(known) if is_later(&known.moment, &moment) => {
                let mut known = known;
                known.advance(moment);
                known
            }
            Some(known) => {
                *kept = Some(known);
                drop(kept);
                return Fleet::resolve(moment);
            }
            None => Fleet::resolve(moment),
        };
        *kept = Some(fleet.clone());
        fleet
    }
}

fn is_later(known: &Moment, asked: &Moment) -> bool {
    known.view.position() <= asked.view.position() && known.at <= asked.at
}
