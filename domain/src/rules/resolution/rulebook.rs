//! All deployments, indexed by the facts that choose them, so that a computer meets only the rules that can apply.

use super::facts::{ComputerFacts, Occasion, TenantFacts, World};
use super::judge::NotCandidateReason;
use super::order::Standing;
use super::{ItemResolution, Loss, NotCandidate, Ranked};
use crate::fleet::tag::Tag;
use crate::kernel::ids::{ComputerId, DeploymentId, GroupId, PersonId, TenantId};
use crate::kernel::name::Name;
use crate::rules::deployment::{
    Deployment, DesiredState, Enforcement, Lifecycle, MaintenanceItem, Membership, Recommendation,
    Rule, Scope, TagBearer,
};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// A deployment's number in a rulebook: deployments count in the order of their creation, so that a number means the
/// same deployment in every later rulebook of the same history.
pub type RuleNumber = u32;

/// A deployment as a rulebook keeps it.
#[derive(Clone, Debug)]
pub struct Slot {
    pub deployment: DeploymentId,
    pub lifecycle: Lifecycle,
    pub recommendation: Recommendation,
    pub rule: Arc<Rule>,
    /// The store's position of its creation.
    created_at: u64,
    pub(super) standing: Standing,
    /// Its item's place in the rulebook's items.
    pub(super) item: u32,
}

/// All deployments at one moment.
#[derive(Debug, Default)]
pub struct Rulebook {
    pub(super) slots: Vec<Slot>,
    /// Sorted.
    pub(super) items: Vec<MaintenanceItem>,
    /// Of each item, every rule that was not deleted.
    by_item: Vec<Vec<RuleNumber>>,
    by_deployment: HashMap<DeploymentId, RuleNumber>,
    pub(super) index: Index,
}

/// Which rules a fact can bring in. Only what is in force and for computers is here; ad hoc rules come in by name.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) computers: HashMap<ComputerId, Vec<RuleNumber>>,
    pub(super) persons: HashMap<PersonId, Vec<RuleNumber>>,
    pub(super) computer_tags: HashMap<Tag, Vec<RuleNumber>>,
    pub(super) person_tags: HashMap<Tag, Vec<RuleNumber>>,
    tenant_tags: HashMap<Tag, Vec<RuleNumber>>,
    pub(super) groups: HashMap<GroupId, Vec<RuleNumber>>,
    agreement_types: HashMap<Name, Vec<RuleNumber>>,
    products: HashMap<Name, Vec<RuleNumber>>,
    pub(super) metascripts: HashMap<Name, Vec<RuleNumber>>,
    /// Of the whole reach of a scope: `None` is every tenant.
    all: HashMap<Option<TenantId>, Vec<RuleNumber>>,
    expressions: HashMap<Option<TenantId>, Vec<RuleNumber>>,
}

fn put<K: Eq + Hash>(map: &mut HashMap<K, Vec<RuleNumber>>, key: K, number: RuleNumber) {
    map.entry(key).or_default().push(number);
}

pub(super) fn from<'a, K: Eq + Hash>(
    map: &'a HashMap<K, Vec<RuleNumber>>,
    key: &K,
) -> &'a [RuleNumber] {
    map.get(key).map_or(&[], Vec::as_slice)
}

impl Index {
    fn add(&mut self, rule: &Rule, number: RuleNumber) {
        let reach = match rule.target.scope {
            Scope::Individual { computer } => return put(&mut self.computers, computer, number),
            Scope::Person { person } => return put(&mut self.persons, person, number),
            Scope::SingleTenant { tenant, .. } => Some(tenant),
            Scope::CrossTenant => None,
        };
        match &rule.target.membership {
            Membership::Tag { tag, bearer } => {
                let tags = match bearer {
                    TagBearer::Computer => &mut self.computer_tags,
                    TagBearer::Person => &mut self.person_tags,
                    TagBearer::Tenant => &mut self.tenant_tags,
                };
                put(tags, tag.clone(), number);
            }
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                put(&mut self.groups, *group, number);
            }
            Membership::AgreementType { agreement_type } => {
                put(&mut self.agreement_types, agreement_type.clone(), number);
            }
            Membership::AgreementProduct { product } => {
                put(&mut self.products, product.clone(), number);
            }
            Membership::Metascript { metascript } => {
                put(&mut self.metascripts, metascript.clone(), number);
            }
            Membership::Expression { .. } => put(&mut self.expressions, reach, number),
            Membership::AllComputers => put(&mut self.all, reach, number),
        }
    }
}

/// The rules that a tenant brings in for each of its computers.
#[derive(Debug, Default)]
pub struct TenantRules {
    pub(super) chosen: Vec<(RuleNumber, Standing)>,
    pub(super) expressions: Vec<(RuleNumber, Standing)>,
}

impl Rulebook {
    /// From all deployments that were ever created, in any order, with the store's position of each creation.
    pub fn new<'a>(
        deployments: impl IntoIterator<Item = (DeploymentId, &'a Deployment, u64)>,
    ) -> Self {
        let mut slots: Vec<Slot> = deployments
            .into_iter()
            .filter_map(|(deployment, state, created_at)| {
                Some(Slot {
                    deployment,
                    lifecycle: state.lifecycle,
                    recommendation: state.recommendation,
                    rule: state.rule.clone()?,
                    created_at,
                    standing: Standing::WORST,
                    item: 0,
                })
            })
            .collect();
        slots.sort_unstable_by_key(|slot| (slot.created_at, slot.deployment));
        let mut items: Vec<MaintenanceItem> = slots.iter().map(|slot| slot.rule.item).collect();
        items.sort_unstable();
        items.dedup();
        let mut by_item = vec![Vec::new(); items.len()];
        let mut by_deployment = HashMap::with_capacity(slots.len());
        let mut index = Index::default();
        for (number, slot) in (0..).zip(&mut slots) {
            slot.standing = Standing::of_rule(&slot.rule, number);
            let item = items.partition_point(|item| *item < slot.rule.item);
            slot.item = u32::try_from(item).unwrap_or(u32::MAX);
            by_deployment.insert(slot.deployment, number);
            if slot.lifecycle != Lifecycle::Deleted {
                by_item[item].push(number);
            }
            let is_for_computers = slot.rule.item.is_of_computers();
            let is_ad_hoc = slot.rule.enforcement == Enforcement::AdHoc;
            if is_for_computers && !is_ad_hoc && slot.in_force().is_ok() {
                index.add(&slot.rule, number);
            }
        }
        Self {
            slots,
            items,
            by_item,
            by_deployment,
            index,
        }
    }

    /// The deployment with this number.
    pub fn slot(&self, number: RuleNumber) -> Option<&Slot> {
        self.slots.get(number as usize)
    }

    pub fn number_of(&self, deployment: DeploymentId) -> Option<RuleNumber> {
        self.by_deployment.get(&deployment).copied()
    }

    /// Every deployment, in the order of creation.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Every item that any deployment speaks of, sorted.
    pub fn items(&self) -> &[MaintenanceItem] {
        &self.items
    }

    /// Every rule about an item that was not deleted, in the order of creation.
    pub fn about(&self, item: MaintenanceItem) -> &[RuleNumber] {
        match self.items.binary_search(&item) {
            Ok(place) => &self.by_item[place],
            Err(_) => &[],
        }
    }

    /// The rules that a tenant brings in; to be asked once for all of its computers.
    pub fn of_tenant(&self, tenant: &TenantFacts<'_>) -> TenantRules {
        let index = &self.index;
        let mut rules = TenantRules::default();
        let reaches = || {
            let own = std::iter::once(tenant.id).chain(tenant.ancestors.iter().copied());
            std::iter::once(None).chain(own.map(Some))
        };
        for reach in reaches() {
            self.take(from(&index.all, &reach), tenant, &mut rules.chosen);
            self.take(
                from(&index.expressions, &reach),
                tenant,
                &mut rules.expressions,
            );
        }
        for tag in tenant.tenant.iter().flat_map(|tenant| &tenant.tags) {
            self.take(from(&index.tenant_tags, tag), tenant, &mut rules.chosen);
        }
        for name in &tenant.agreement_types {
            self.take(
                from(&index.agreement_types, name),
                tenant,
                &mut rules.chosen,
            );
        }
        for name in &tenant.products {
            self.take(from(&index.products, name), tenant, &mut rules.chosen);
        }
        rules
    }

    fn take(
        &self,
        numbers: &[RuleNumber],
        tenant: &TenantFacts<'_>,
        into: &mut Vec<(RuleNumber, Standing)>,
    ) {
        into.extend(numbers.iter().filter_map(|number| {
            let slot = &self.slots[*number as usize];
            Some((*number, slot.reach_tenant(tenant).ok()?))
        }));
    }

    /// The winner of one item on a computer; a cloud task has none.
    pub fn winner_of<W: World>(
        &self,
        item: MaintenanceItem,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Option<RuleNumber> {
        if !item.is_of_computers() {
            return None;
        }
        let mut best = Standing::WORST;
        for number in self.about(item) {
            let slot = &self.slots[*number as usize];
            // Whatever its distance or name, it cannot stand better than this.
            if slot.named_or_not(slot.standing, occasion) < best
                && let Some(standing) = slot.stands(facts, occasion)
            {
                best = best.min(standing);
            }
        }
        (best != Standing::WORST).then(|| best.index())
    }

    /// Whether a rule that wins says that an item is to be left alone.
    pub fn leaves_alone<W: World>(
        &self,
        item: MaintenanceItem,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> bool {
        self.winner_of(item, facts, occasion)
            .and_then(|number| self.slot(number))
            .is_some_and(|slot| slot.rule.desired == DesiredState::Ignored)
    }

    /// The winner of one cloud task for a tenant.
    pub fn winner_of_tenant(
        &self,
        item: MaintenanceItem,
        facts: &TenantFacts<'_>,
        occasion: &Occasion,
    ) -> Option<RuleNumber> {
        self.about(item)
            .iter()
            .filter_map(|number| {
                let slot = &self.slots[*number as usize];
                slot.judge_tenant(facts, occasion).ok()
            })
            .min()
            .map(Standing::index)
    }

    /// Every item that a deployment speaks of on a computer, or one of them, with all reasons.
    pub fn explain<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
        only: Option<MaintenanceItem>,
    ) -> Vec<ItemResolution> {
        self.explain_by(only, MaintenanceItem::is_of_computers, |slot| {
            slot.judge(facts, occasion)
        })
    }

    /// Every cloud task that a deployment speaks of for a tenant, or one of them, with all reasons.
    pub fn explain_tenant(
        &self,
        facts: &TenantFacts<'_>,
        occasion: &Occasion,
        only: Option<MaintenanceItem>,
    ) -> Vec<ItemResolution> {
        let is_of_tenants = |item: MaintenanceItem| !item.is_of_computers();
        self.explain_by(only, is_of_tenants, |slot| {
            slot.judge_tenant(facts, occasion)
        })
    }

    fn explain_by(
        &self,
        only: Option<MaintenanceItem>,
        concerns: impl Fn(MaintenanceItem) -> bool,
        judge: impl Fn(&Slot) -> Result<Standing, NotCandidateReason>,
    ) -> Vec<ItemResolution> {
        self.items
            .iter()
            .zip(&self.by_item)
            .filter(|(item, numbers)| {
                !numbers.is_empty() && only.is_none_or(|only| only == **item) && concerns(**item)
            })
            .map(|(item, numbers)| self.rank(*item, numbers, &judge))
            .collect()
    }

    fn rank(
        &self,
        item: MaintenanceItem,
        numbers: &[RuleNumber],
        judge: impl Fn(&Slot) -> Result<Standing, NotCandidateReason>,
    ) -> ItemResolution {
        let mut candidates = Vec::new();
        let mut not_candidates = Vec::new();
        for number in numbers {
            let slot = &self.slots[*number as usize];
            match judge(slot) {
                Ok(standing) => candidates.push((standing, slot)),
                Err(reason) => not_candidates.push(NotCandidate {
                    deployment: slot.deployment,
                    reason,
                }),
            }
        }
        candidates.sort_unstable_by_key(|(standing, _)| *standing);
        let best = candidates.first().copied();
        let ranked = candidates
            .iter()
            .enumerate()
            .map(|(place, (standing, slot))| Ranked {
                deployment: slot.deployment,
                desired: slot.rule.desired.clone(),
                parameters: slot.rule.parameters.clone(),
                lost: best.filter(|_| place > 0).map(|(winner, to)| Loss {
                    difference: winner.first_difference(*standing),
                    to: to.deployment,
                }),
            })
            .collect();
        ItemResolution {
            item,
            ranked,
            not_candidates,
        }
    }

    /// Where one deployment stands on a computer: its place among the candidates of its item, or the reason why it is none.
    pub fn outcome_of<W: World>(
        &self,
        number: RuleNumber,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Option<RuleOutcome> {
        let slot = self.slot(number)?;
        let standing = match slot.judge(facts, occasion) {
            Ok(standing) => standing,
            Err(reason) => return Some(RuleOutcome::NotCandidate(reason)),
        };
        let winner = self.winner_of(slot.rule.item, facts, occasion)?;
        if winner == number {
            return Some(RuleOutcome::Wins);
        }
        let to = self.slot(winner)?;
        let best = to.judge(facts, occasion).ok()?;
        Some(RuleOutcome::Loses(Loss {
            difference: best.first_difference(standing),
            to: to.deployment,
        }))
    }
}

/// What one deployment comes to on one computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleOutcome {
    Wins,
    Loses(Loss),
    NotCandidate(NotCandidateReason),
}
