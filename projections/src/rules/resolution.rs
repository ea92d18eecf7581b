//! Resolution over a view: the world that the domain's rules ask.

use crate::rules::winners::{computers, in_portions};
use crate::view::View;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::group::{Group, Member};
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, GroupId, PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::maintenance::session::{About, Compliance, Finding, Wanted, Winner, compliance};
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem, Membership, Scope, Target};
use upkeep_domain::rules::resolution::{
    ComputerFacts, ItemResolution, Names, Occasion, Phase, RuleNumber, RuleOutcome, Scratch,
    TenantFacts, World, target_phrase,
};

impl World for View {
    fn tenant(&self, id: TenantId) -> Option<&Tenant> {
        self.tenants.get(id).map(|entry| &entry.state)
    }

    fn person(&self, id: PersonId) -> Option<&Person> {
        self.persons.get(id).map(|entry| &entry.state)
    }

    fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(id).map(|entry| &entry.state)
    }

    fn groups_with(&self, member: Member) -> impl Iterator<Item = GroupId> {
        View::groups_with(self, member)
    }

    fn agreements_of(&self, tenant: TenantId) -> impl Iterator<Item = &Agreement> {
        View::agreements_of(self, tenant).map(|(_, entry)| &entry.state)
    }
}

/// A session that is for tenants: they have no onboarding.
pub const FOR_TENANTS: Occasion = Occasion {
    phase: Phase::Maintenance,
    named: None,
};

/// Who won, and what it wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Won {
    pub deployment: DeploymentId,
    pub desired: DesiredState,
    /// What it tells its task.
    pub parameters: Values,
}

impl View {
    /// Asks about a computer that is registered, at a moment.
    pub fn with_facts<R>(
        &self,
        computer: ComputerId,
        moment: DateTime<Utc>,
        ask: impl FnOnce(&ComputerFacts<'_, Self>) -> R,
    ) -> Option<R> {
        let state: &Computer = &self.computers.get(computer)?.state;
        let tenant = state.registration.as_ref()?.tenant;
        let tenant = TenantFacts::of(self, tenant, moment);
        Some(ask(&ComputerFacts::new(self, computer, state, &tenant)))
    }

    /// Every item on a computer, or one of them: who wins, who loses to whom, who does not apply; nothing for an unknown
    /// computer. As its next full session would decide it at that moment.
    pub fn resolve(
        &self,
        computer: ComputerId,
        moment: DateTime<Utc>,
        only: Option<MaintenanceItem>,
    ) -> Option<Vec<ItemResolution>> {
        self.with_facts(computer, moment, |facts| {
            let occasion = Occasion::next_of(facts.computer);
            self.rulebook().explain(facts, &occasion, only)
        })
    }

    /// The same as a session of that kind would decide it.
    pub fn resolve_for(
        &self,
        computer: ComputerId,
        about: About,
        moment: DateTime<Utc>,
        only: Option<MaintenanceItem>,
    ) -> Option<Vec<ItemResolution>> {
        self.with_facts(computer, moment, |facts| {
            let rulebook = self.rulebook();
            let occasion = about.occasion_among(rulebook, facts);
            rulebook.explain(facts, &occasion, only)
        })
    }

    /// What one deployment comes to on a computer in a session that names it.
    pub fn outcome_if_named(
        &self,
        deployment: DeploymentId,
        computer: ComputerId,
        moment: DateTime<Utc>,
    ) -> Option<RuleOutcome> {
        let rulebook = self.rulebook();
        let number = rulebook.number_of(deployment)?;
        self.with_facts(computer, moment, |facts| {
            let occasion = About::named(deployment).occasion(facts.computer);
            rulebook.outcome_of(number, facts, &occasion)
        })?
    }

    /// Whether a rule that wins on a computer says that an item is to be left alone there.
    pub fn is_left_alone(
        &self,
        item: MaintenanceItem,
        computer: ComputerId,
        moment: DateTime<Utc>,
    ) -> bool {
        self.with_facts(computer, moment, |facts| {
            let occasion = Occasion::next_of(facts.computer);
            self.rulebook().leaves_alone(item, facts, &occasion)
        })
        .unwrap_or_default()
    }

    /// Every cloud task for a tenant, or one of them; nothing for an unknown tenant.
    pub fn resolve_tenant(
        &self,
        tenant: TenantId,
        moment: DateTime<Utc>,
        only: Option<MaintenanceItem>,
    ) -> Option<Vec<ItemResolution>> {
        self.tenants.get(tenant)?;
        let facts = TenantFacts::of(self, tenant, moment);
        Some(self.rulebook().explain_tenant(&facts, &FOR_TENANTS, only))
    }

    /// What one deployment comes to on a computer.
    pub fn outcome_of(
        &self,
        deployment: DeploymentId,
        computer: ComputerId,
        moment: DateTime<Utc>,
    ) -> Option<RuleOutcome> {
        let rulebook = self.rulebook();
        let number = rulebook.number_of(deployment)?;
        self.with_facts(computer, moment, |facts| {
            rulebook.outcome_of(number, facts, &Occasion::next_of(facts.computer))
        })?
    }

    /// What one deployment comes to for a tenant, if it is about a cloud task.
    pub fn outcome_of_tenant(
        &self,
        deployment: DeploymentId,
        tenant: TenantId,
        moment: DateTime<Utc>,
    ) -> Option<RuleOutcome> {
        let rule = self.deployments.get(deployment)?.state.rule.as_ref()?;
        let resolutions = self.resolve_tenant(tenant, moment, Some(rule.item))?;
        let resolution = resolutions.into_iter().next()?;
        let is_it = |id: &DeploymentId| *id == deployment;
        let mut ranked = resolution.ranked.into_iter();
        if let Some(ranked) = ranked.find(|ranked| is_it(&ranked.deployment)) {
            return Some(ranked.lost.map_or(RuleOutcome::Wins, RuleOutcome::Loses));
        }
        let mut others = resolution.not_candidates.into_iter();
        let not = others.find(|not| is_it(&not.deployment))?;
        Some(RuleOutcome::NotCandidate(not.reason))
    }

    /// The winner of one item on a computer.
    pub fn winner_of(
        &self,
        item: MaintenanceItem,
        computer: ComputerId,
        moment: DateTime<Utc>,
    ) -> Option<Won> {
        let rulebook = self.rulebook();
        self.with_facts(computer, moment, |facts| {
            let occasion = Occasion::next_of(facts.computer);
            let number = rulebook.winner_of(item, facts, &occasion)?;
            self.won(number)
        })?
    }

    /// What the deployment with this number wants.
    pub fn won(&self, number: RuleNumber) -> Option<Won> {
        let slot = self.rulebook().slot(number)?;
        Some(Won {
            deployment: slot.deployment,
            desired: slot.rule.desired.clone(),
            parameters: slot.rule.parameters.clone(),
        })
    }

    /// The winners of a computer, as a session of that kind takes them over at that moment, in the order of their execution.
    pub fn winners(
        &self,
        computer: ComputerId,
        about: About,
        moment: DateTime<Utc>,
    ) -> Vec<Winner> {
        let rulebook = self.rulebook();
        let numbers = self.with_facts(computer, moment, |facts| {
            let rules = rulebook.of_tenant(facts.tenant);
            let occasion = about.occasion_among(rulebook, facts);
            rulebook.winners(facts, &occasion, &rules, &mut Scratch::default())
        });
        let slots = numbers.unwrap_or_default();
        let mut slots: Vec<_> = (slots.iter())
            .filter_map(|number| rulebook.slot(*number))
            .collect();
        slots.sort_by_key(|slot| self.ordering.turn(slot.rule.item, slot.rule.enforcement));
        let winners = slots.into_iter().map(|slot| Winner {
            item: slot.rule.item,
            deployment: slot.deployment,
            desired: slot.rule.desired.clone(),
            target_phrase: target_phrase(&slot.rule.target, &ViewNames(self)),
            scope: slot.rule.target.scope,
            parameters: slot.rule.parameters.clone(),
        });
        winners.collect()
    }

    /// What the newest session that looked saw of an item on a computer.
    pub fn seen(&self, computer: ComputerId, item: MaintenanceItem) -> Option<&Finding> {
        self.sessions.seen(computer, item)
    }

    /// What an item is called.
    pub fn item_name(&self, item: MaintenanceItem) -> Option<&Name> {
        match item {
            MaintenanceItem::Software(id) => {
                let known = self.software.get(id)?.state.definition.as_ref();
                known.map(|known| &known.name)
            }
            MaintenanceItem::CloudTask(id) => self.cloud_tasks.get(id)?.state.name.as_ref(),
            MaintenanceItem::Task(id) => self.tasks.get(id)?.state.name.as_ref(),
        }
    }

    /// The version that "latest" means for an item.
    pub fn latest(&self, item: MaintenanceItem) -> Option<&Version> {
        self.software.get(item.software()?)?.state.latest()
    }

    /// The version that a desired state means.
    fn wanted<'a>(
        &'a self,
        item: MaintenanceItem,
        desired: Option<&'a DesiredState>,
    ) -> Wanted<'a> {
        let known = |version: Option<&'a Version>| version.map_or(Wanted::Nothing, Wanted::Version);
        match desired {
            Some(DesiredState::InstalledExactly(version)) => Wanted::Version(version),
            Some(
                state @ (DesiredState::InstalledLatest
                | DesiredState::UpdateIfFound
                | DesiredState::InstalledAtLeast(_)),
            ) => {
                let software = item.software().and_then(|id| self.software.get(id));
                match (software, state) {
                    (Some(entry), _) if entry.state.asks_computers() => Wanted::OfComputer,
                    (Some(entry), DesiredState::InstalledAtLeast(least)) => {
                        known(entry.state.latest().filter(|latest| *latest >= least))
                    }
                    (Some(entry), _) => known(entry.state.latest()),
                    (None, _) => Wanted::Nothing,
                }
            }
            _ => Wanted::Nothing,
        }
    }

    /// What a target names and is not there: it can never match.
    pub fn missing_in(&self, target: &Target) -> Option<Missing> {
        let by_scope = match target.scope {
            Scope::Individual { computer } => {
                let is_there = self.tenant_of(computer).is_some() && !self.is_removed(computer);
                (!is_there).then_some(Missing::Computer)
            }
            Scope::Person { person } => {
                let profile = self.person(person).and_then(Person::present);
                let is_there =
                    profile.is_some_and(|profile| !self.is_tenant_removed(profile.tenant));
                (!is_there).then_some(Missing::Person)
            }
            Scope::SingleTenant { tenant, .. } => {
                let entry = self.tenants.get(tenant);
                let is_there = entry.is_some_and(|entry| !entry.state.is_removed());
                (!is_there).then_some(Missing::Tenant)
            }
            Scope::CrossTenant => None,
        };
        by_scope.or_else(|| match &target.membership {
            Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } => {
                let definition = self.group(*group).and_then(Group::present);
                let is_there =
                    definition.is_some_and(|known| !self.is_tenant_removed(known.tenant));
                (!is_there).then_some(Missing::Group)
            }
            _ => None,
        })
    }
}

/// What a target names and is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Computer,
    Person,
    Tenant,
    Group,
}

/// The names that a view knows.
pub struct ViewNames<'a>(pub &'a View);

impl Names for ViewNames<'_> {
    fn tenant(&self, id: TenantId) -> String {
        let name = self
            .0
            .tenants
            .get(id)
            .and_then(|entry| entry.state.name.as_ref());
        name.map_or_else(|| format!("tenant {id}"), ToString::to_string)
    }

    fn computer(&self, id: ComputerId) -> String {
        let entry = self.0.computers.get(id);
        let name = entry.and_then(|entry| entry.state.registration.as_ref());
        name.map_or_else(|| id.to_string(), |known| known.name.to_string())
    }

    fn person(&self, id: PersonId) -> String {
        let entry = self.0.persons.get(id);
        let profile = entry.and_then(|entry| entry.state.profile.as_ref());
        profile.map_or_else(
            || format!("person {id}"),
            |profile| profile.name.to_string(),
        )
    }

    fn group(&self, id: GroupId) -> String {
        let entry = self.0.groups.get(id);
        let definition = entry.and_then(|entry| entry.state.definition.as_ref());
        definition.map_or_else(
            || format!("group {id}"),
            |definition| definition.name.to_string(),
        )
    }
}

/// A view, asked about one moment.
#[derive(Clone)]
pub struct Moment {
    pub view: Arc<View>,
    pub at: DateTime<Utc>,
}

impl Moment {
    /// What one deployment comes to on every computer, or those of one tenant, as far as it is wanted; in the order of the
    /// computers' ids. A cloud task is decided for tenants, and comes to nothing on any.
    pub fn outcomes(
        &self,
        deployment: DeploymentId,
        within: Option<TenantId>,
        is_wanted: impl Fn(&RuleOutcome) -> bool + Sync,
    ) -> Vec<(ComputerId, RuleOutcome)> {
        let rulebook = self.view.rulebook();
        let number = rulebook.number_of(deployment);
        let slot = number.and_then(|number| rulebook.slot(number));
        let is_decided = slot.is_some_and(|slot| slot.rule.item.is_of_computers());
        let Some(number) = number.filter(|_| is_decided) else {
            return vec![];
        };
        let mut outcomes = self.ask_computers(within, |facts| {
            let occasion = Occasion::next_of(facts.computer);
            rulebook
                .outcome_of(number, facts, &occasion)
                .filter(&is_wanted)
        });
        outcomes.sort_unstable_by_key(|(computer, _)| *computer);
        outcomes
    }

    /// The deployments that win a cloud task for some tenant.
    pub fn winning_for_tenants(&self) -> BTreeSet<DeploymentId> {
        let mut winning = BTreeSet::new();
        for (tenant, _) in self.view.tenants.iter() {
            let all = self.view.resolve_tenant(tenant, self.at, None);
            let winners = all.iter().flatten().filter_map(ItemResolution::winner);
            winning.extend(winners.map(|winner| winner.deployment));
        }
        winning
    }

    /// Asks every computer that was not removed, or those of one tenant; whoever has an answer is in the list, tenant by tenant.
    pub fn ask_computers<R: Send>(
        &self,
        within: Option<TenantId>,
        ask: impl Fn(&ComputerFacts<'_, View>) -> Option<R> + Sync,
    ) -> Vec<(ComputerId, R)> {
        let places: Vec<(TenantId, ComputerId)> = match within {
            None => computers(&self.view),
            Some(tenant) => {
                let own = self.view.computers_of(tenant);
                own.map(|(computer, _)| (tenant, computer)).collect()
            }
        };
        in_portions(&places, |portion| {
            let mut answers = Vec::new();
            for of_one in portion.chunk_by(|left, right| left.0 == right.0) {
                let tenant = TenantFacts::of(&*self.view, of_one[0].0, self.at);
                for (_, id) in of_one {
                    let entry = self.view.computers.get(*id);
                    if let Some(entry) = entry.filter(|_| !self.view.is_removed(*id)) {
                        let facts = ComputerFacts::new(&*self.view, *id, &entry.state, &tenant);
                        answers.extend(ask(&facts).map(|answer| (*id, answer)));
                    }
                }
            }
            answers
        })
    }

    /// How every computer, or those of one tenant, compares with what the winner of an item wants.
    pub fn compliance_of(
        &self,
        item: MaintenanceItem,
        within: Option<TenantId>,
    ) -> Vec<(ComputerId, Compliance)> {
        let rulebook = self.view.rulebook();
        let mut all = self.ask_computers(within, |facts| {
            let winner = rulebook.winner_of(item, facts, &Occasion::next_of(facts.computer));
            let slot = winner.and_then(|number| rulebook.slot(number));
            let desired = slot.map(|slot| &slot.rule.desired);
            let seen = desired.and_then(|_| self.view.seen(facts.id, item));
            let wanted = self.view.wanted(item, desired);
            Some(compliance(desired, wanted, seen))
        });
        all.sort_unstable_by_key(|(computer, _)| *computer);
        all
    }

    /// How many computers each deployment wins an item on.
    pub fn winners_of(
        &self,
        item: MaintenanceItem,
        within: Option<TenantId>,
    ) -> BTreeMap<DeploymentId, usize> {
        let rulebook = self.view.rulebook();
        let winners = self.ask_computers(within, |facts| {
            rulebook.winner_of(item, facts, &Occasion::next_of(facts.computer))
        });
        let mut counts = BTreeMap::new();
        for (_, number) in winners {
            if let Some(slot) = rulebook.slot(number) {
                *counts.entry(slot.deployment).or_default() += 1;
            }
        }
        counts
    }
}
