//! All deployments, indexed by the facts that choose them, so that a computer meets only the rules that can apply.

use super::facts::{ComputerFacts, Occasion, TenantFacts, World};
use super::judge::{NotCandidateReason, fits};
use super::order::Standing;
use super::{ItemResolution, Loss, NotCandidate, Ranked};
use crate::fleet::computer::Maintenance;
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
    item: u32,
}

/// All deployments at one moment.
#[derive(Debug, Default)]
pub struct Rulebook {
    slots: Vec<Slot>,
    /// Sorted.
    items: Vec<MaintenanceItem>,
    /// Of each item, every rule that was not deleted.
    by_item: Vec<Vec<RuleNumber>>,
    by_deployment: HashMap<DeploymentId, RuleNumber>,
    index: Index,
}

/// Which rules a fact can bring in. Only what is in force and for computers is here; ad hoc rules come in by name.
#[derive(Debug, Default)]
struct Index {
    computers: HashMap<ComputerId, Vec<RuleNumber>>,
    persons: HashMap<PersonId, Vec<RuleNumber>>,
    computer_tags: HashMap<Tag, Vec<RuleNumber>>,
    person_tags: HashMap<Tag, Vec<RuleNumber>>,
    tenant_tags: HashMap<Tag, Vec<RuleNumber>>,
    groups: HashMap<GroupId, Vec<RuleNumber>>,
    agreement_types: HashMap<Name, Vec<RuleNumber>>,
    products: HashMap<Name, Vec<RuleNumber>>,
    metascripts: HashMap<Name, Vec<RuleNumber>>,
    /// Of the whole reach of a scope: `None` is every tenant.
    all: HashMap<Option<TenantId>, Vec<RuleNumber>>,
    expressions: HashMap<Option<TenantId>, Vec<RuleNumber>>,
}

fn put<K: Eq + Hash>(map: &mut HashMap<K, Vec<RuleNumber>>, key: K, number: RuleNumber) {
    map.entry(key).or_default().push(number);
}

fn from<'a, K: Eq + Hash>(map: &'a HashMap<K, Vec<RuleNumber>>, key: &K) -> &'a [RuleNumber] {
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
    chosen: Vec<(RuleNumber, Standing)>,
    expressions: Vec<(RuleNumber, Standing)>,
}

/// Room that is used again for each computer.
#[derive(Debug, Default)]
pub struct Scratch {
    best: Vec<Standing>,
    touched: Vec<u32>,
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
            let is_for_computers = matches!(slot.rule.item, MaintenanceItem::Software(_));
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

    /// The winner of every item on a computer, in the order of the items. The same winners as [`Self::explain`] gives,
    /// without the reasons.
    pub fn winners<W: World>(
        &self,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
        tenant: &TenantRules,
        scratch: &mut Scratch,
    ) -> Box<[RuleNumber]> {
        let is_gone = facts.computer.is_removed || facts.tenant.is_removed();
        if is_gone || facts.computer.maintenance == Maintenance::Excluded {
            return Box::default();
        }
        scratch.best.resize(self.items.len(), Standing::WORST);
        let mut contest = Contest {
            rulebook: self,
            facts,
            occasion,
            scratch,
        };
        let index = &self.index;
        for (number, standing) in &tenant.chosen {
            contest.enter(*number, *standing);
        }
        contest.enter_all(from(&index.computers, &facts.id));
        for tag in &facts.computer.tags {
            contest.enter_all(from(&index.computer_tags, tag));
        }
        for (metascript, known) in &facts.computer.answers {
            if known.answer {
                contest.enter_all(from(&index.metascripts, metascript));
            }
        }
        if !(index.persons.is_empty() && index.person_tags.is_empty())
            && let Some((person, state, _)) = facts.person()
        {
            contest.enter_all(from(&index.persons, &person));
            for tag in &state.tags {
                contest.enter_all(from(&index.person_tags, tag));
            }
        }
        if !index.groups.is_empty() {
            for group in facts.groups() {
                contest.enter_all(from(&index.groups, group));
            }
        }
        // Expressions cost most: they are asked only where they would win.
        for (number, standing) in &tenant.expressions {
            contest.enter_if_member(*number, *standing);
        }
        if let Some(number) = occasion.named.and_then(|named| self.number_of(named)) {
            contest.enter_named(number);
        }
        contest.finish()
    }

    /// The winner of one item on a computer; a cloud task has none.
    pub fn winner_of<W: World>(
        &self,
        item: MaintenanceItem,
        facts: &ComputerFacts<'_, W>,
        occasion: &Occasion,
    ) -> Option<RuleNumber> {
        if !is_of_computers(item) {
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
        self.explain_by(only, is_of_computers, |slot| slot.judge(facts, occasion))
    }

    /// Every cloud task that a deployment speaks of for a tenant, or one of them, with all reasons.
    pub fn explain_tenant(
        &self,
        facts: &TenantFacts<'_>,
        occasion: &Occasion,
        only: Option<MaintenanceItem>,
    ) -> Vec<ItemResolution> {
        let is_of_tenants = |item| !is_of_computers(item);
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

fn is_of_computers(item: MaintenanceItem) -> bool {
    matches!(item, MaintenanceItem::Software(_))
}

/// The rules of one computer, as they come in.
struct Contest<'a, 'w, W> {
    rulebook: &'a Rulebook,
    facts: &'a ComputerFacts<'w, W>,
    occasion: &'a Occasion,
    scratch: &'a mut Scratch,
}

impl<W: World> Contest<'_, '_, W> {
    /// Rules whose membership holds.
    fn enter_all(&mut self, numbers: &[RuleNumber]) {
        for number in numbers {
            let slot = &self.rulebook.slots[*number as usize];
            if let Ok(standing) = slot.reach(self.facts) {
                self.enter(*number, standing);
            }
        }
    }

    /// A rule whose scope and membership hold.
    fn enter(&mut self, number: RuleNumber, standing: Standing) {
        let slot = &self.rulebook.slots[number as usize];
        let standing = slot.named_or_not(standing, self.occasion);
        if standing < self.scratch.best[slot.item as usize]
            && fits(slot.rule.target.filter, self.facts).is_ok()
            && slot.enforced(self.facts, self.occasion).is_ok()
        {
            self.lead(slot.item, standing);
        }
    }

    fn enter_if_member(&mut self, number: RuleNumber, standing: Standing) {
        let slot = &self.rulebook.slots[number as usize];
        let standing = slot.named_or_not(standing, self.occasion);
        if standing < self.scratch.best[slot.item as usize]
            && fits(slot.rule.target.filter, self.facts).is_ok()
            && slot.enforced(self.facts, self.occasion).is_ok()
            && slot.member(self.facts).is_ok()
        {
            self.lead(slot.item, standing);
        }
    }

    /// The named one may be ad hoc, which the index leaves out.
    fn enter_named(&mut self, number: RuleNumber) {
        let slot = &self.rulebook.slots[number as usize];
        if is_of_computers(slot.rule.item)
            && let Ok(standing) = slot.judge(self.facts, self.occasion)
            && standing < self.scratch.best[slot.item as usize]
        {
            self.lead(slot.item, standing);
        }
    }

    fn lead(&mut self, item: u32, standing: Standing) {
        let best = &mut self.scratch.best[item as usize];
        if *best == Standing::WORST {
            self.scratch.touched.push(item);
        }
        *best = standing;
    }

    /// The winners; the room is clean afterwards.
    fn finish(self) -> Box<[RuleNumber]> {
        let Scratch { best, touched } = self.scratch;
        touched.sort_unstable();
        touched
            .drain(..)
            .map(|item| std::mem::replace(&mut best[item as usize], Standing::WORST).index())
            .collect()
    }
}
