//! Everything that can be asked, at one position.

use crate::entry::{Entry, Registry, Stamp};
use crate::sessions::Sessions;
use chrono::{DateTime, Utc};
use imbl::{HashMap, OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};
use upkeep_domain::access::api_token::ApiToken;
use upkeep_domain::aggregates::{DecodeError, DomainEvent};
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::catalogue::script::{Script, Sha256Digest};
use upkeep_domain::catalogue::software::{Software, SoftwareEvent};
use upkeep_domain::fleet::agent::{Agent, AgentEvent};
use upkeep_domain::fleet::agreement::{Agreement, AgreementEvent};
use upkeep_domain::fleet::computer::{Computer, ComputerEvent, OnboardingStatus};
use upkeep_domain::fleet::enrolment::EnrolmentToken;
use upkeep_domain::fleet::group::{Group, GroupEvent, Member};
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::{Tenant, TenantEvent, TreeDecision};
use upkeep_domain::installation::instance::Instance;
use upkeep_domain::installation::server::Server;
use upkeep_domain::kernel::ids::{
    AgentId, AgreementId, ComputerId, GroupId, PersonId, SessionId, SoftwareId, TenantId,
};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::maintenance::session::{Requested, SessionEvent};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentCount, Lifecycle, MaintenanceItem, Membership, Scope,
};
use upkeep_domain::rules::resolution::{Rulebook, ancestors};
use upkeep_event_store::{Position, RecordedEvent};
use uuid::Uuid;

/// An event that cannot be folded: the store holds something that this program does not understand.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("event {position} ({stream}): {cause}")]
    Decode {
        position: Position,
        stream: String,
        cause: DecodeError,
    },
    #[error("event {position} ({stream}): its metadata cannot be read: {cause}")]
    Metadata {
        position: Position,
        stream: String,
        cause: serde_json::Error,
    },
    #[error("event {position}: the stream {stream} is not named after an id")]
    StreamName { position: Position, stream: String },
}

/// All of an event's metadata that a view needs: the rest is not decoded.
#[derive(Deserialize)]
struct WhoActed {
    actor: Actor,
}

/// All read models at one position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    position: Position,
    /// Of the event at that position.
    last_event: Option<Uuid>,
    time: Option<DateTime<Utc>>,
    pub tenants: Registry<Tenant>,
    pub software: Registry<Software>,
    pub deployments: Registry<Deployment>,
    pub computers: Registry<Computer>,
    pub agents: Registry<Agent>,
    pub sessions: Sessions,
    pub enrolment_tokens: Registry<EnrolmentToken>,
    pub api_tokens: Registry<ApiToken>,
    pub instance: Instance,
    /// The servers of the installation, by their leases.
    pub servers: Registry<Server>,
    /// Every script that was ever published, by its digest: a run names it by that.
    scripts: HashMap<Sha256Digest, Arc<Script>>,
    agents_by_computer: OrdMap<ComputerId, OrdSet<AgentId>>,
    /// Agents that are enrolled and not yet identified as a computer.
    unidentified: OrdSet<AgentId>,
    /// Agents whose computer is of another tenant than they are.
    astray: OrdSet<AgentId>,
    computers_by_tenant: OrdMap<TenantId, OrdSet<ComputerId>>,
    /// Computers that a session has onboarded, and that do not count as onboarded yet.
    onboarding_due: OrdMap<ComputerId, TenantId>,
    /// What the tree of tenants has decided and their own streams do not say yet.
    untold: OrdMap<TenantId, Untold>,
    pub persons: Registry<Person>,
    pub groups: Registry<Group>,
    pub agreements: Registry<Agreement>,
    pub cloud_tasks: Registry<CloudTask>,
    computers_by_person: OrdSet<(PersonId, ComputerId)>,
    groups_by_member: OrdSet<(Member, GroupId)>,
    agreements_by_tenant: OrdSet<(TenantId, AgreementId)>,
    #[serde(skip)]
    aside: Aside,
}

/// The newest decisions of the tree on a tenant that has not been told of them, each with who decided it and when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Untold {
    place: Option<(TreeDecision, Stamp)>,
    presence: Option<(TreeDecision, Stamp)>,
}

impl Untold {
    fn of_kind(&mut self, decision: &TreeDecision) -> &mut Option<(TreeDecision, Stamp)> {
        match decision {
            TreeDecision::Place(_) => &mut self.place,
            TreeDecision::Presence(_) => &mut self.presence,
        }
    }

    fn all(&self) -> impl Iterator<Item = &(TreeDecision, Stamp)> {
        self.place.iter().chain(&self.presence)
    }
}

/// What a view keeps besides what is true in it: no part of what it says.
#[derive(Clone, Debug, Default)]
struct Aside {
    /// Made when first asked for, for all views with the same deployments: these change seldom.
    rulebook: Arc<OnceLock<Arc<Rulebook>>>,
    /// The moment that the view was asked for, which may be later than its last event.
    moment: Option<DateTime<Utc>>,
}

impl PartialEq for Aside {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl View {
    /// Of the last event that is folded in.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Its id.
    pub(crate) fn last_event(&self) -> Option<Uuid> {
        self.last_event
    }

    /// When that event was recorded.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        self.time
    }

    /// The moment that it was asked for, if it was for one of its own.
    pub fn moment(&self) -> Option<DateTime<Utc>> {
        self.aside.moment
    }

    /// The same view, asked for that moment.
    #[must_use]
    pub fn at(&self, moment: DateTime<Utc>) -> Self {
        let mut view = self.clone();
        view.aside.moment = Some(moment);
        view
    }

    /// All deployments, indexed by the facts that choose them.
    pub fn rulebook(&self) -> &Arc<Rulebook> {
        self.aside.rulebook.get_or_init(|| {
            let all = self.deployments.iter();
            Arc::new(Rulebook::new(
                all.map(|(id, entry)| (id, &entry.state, entry.created.position.0)),
            ))
        })
    }

    /// Folds one more event in. Events that are not the domain's, such as output, only move the position.
    pub fn apply(&mut self, event: &RecordedEvent) -> Result<(), ApplyError> {
        let stream = &event.stream;
        let decoded = DomainEvent::decode(stream.category(), &event.event_type, 1, &event.data)
            .map_err(|cause| ApplyError::Decode {
                position: event.position,
                stream: stream.to_string(),
                cause,
            })?;
        if let Some(domain_event) = decoded {
            let metadata: WhoActed =
                serde_json::from_slice(&event.metadata).map_err(|cause| ApplyError::Metadata {
                    position: event.position,
                    stream: stream.to_string(),
                    cause,
                })?;
            let stamp = Stamp {
                position: event.position,
                time: event.created,
                actor: metadata.actor,
            };
            self.fold(&domain_event, stream.id(), event.revision, stamp)
                .map_err(|_| ApplyError::StreamName {
                    position: event.position,
                    stream: stream.to_string(),
                })?;
        }
        self.position = event.position;
        self.last_event = Some(event.id);
        self.time = Some(event.created);
        Ok(())
    }

    /// Folds in what has not happened: one event more, of this moment.
    pub(crate) fn suppose(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        (actor, time): (Actor, DateTime<Utc>),
    ) -> Result<(), uuid::Error> {
        let position = Position(self.position.0 + 1);
        let stamp = Stamp {
            position,
            time,
            actor,
        };
        self.fold(event, id, revision, stamp)?;
        self.position = position;
        self.time = Some(time);
        Ok(())
    }

    fn fold(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        stamp: Stamp,
    ) -> Result<(), uuid::Error> {
        match event {
            DomainEvent::Tenant(event) => {
                let id: TenantId = id.parse()?;
                self.note_told(id, event);
                self.tenants.apply(id, event, revision, stamp);
            }
            DomainEvent::Software(event) => {
                self.keep_scripts(event);
                self.software.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::Deployment(event) => {
                self.aside.rulebook = Arc::default();
                self.deployments.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::Agent(event) => {
                let id: AgentId = id.parse()?;
                self.place_agent(id, event);
                self.agents.apply(id, event, revision, stamp);
            }
            DomainEvent::Computer(event) => {
                let id: ComputerId = id.parse()?;
                self.place_computer(id, event);
                self.computers.apply(id, event, revision, stamp);
            }
            DomainEvent::Session(event) => {
                let id: SessionId = id.parse()?;
                self.sessions.apply(id, event, revision, stamp);
                if let SessionEvent::Completed(_) = event {
                    self.note_onboarding(id);
                }
            }
            DomainEvent::Server(event) => {
                self.servers.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::EnrolmentToken(event) => {
                self.enrolment_tokens
                    .apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::ApiToken(event) => {
                self.api_tokens.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::Instance(event) => {
                use upkeep_domain::kernel::decider::Decider as _;
                self.instance = self.instance.evolve(event);
            }
            DomainEvent::Person(event) => self.persons.apply(id.parse()?, event, revision, stamp),
            DomainEvent::Group(event) => {
                let id: GroupId = id.parse()?;
                self.place_members(id, event);
                self.groups.apply(id, event, revision, stamp);
            }
            DomainEvent::Agreement(event) => {
                let id: AgreementId = id.parse()?;
                if let AgreementEvent::Added(added) = event {
                    self.agreements_by_tenant.insert((added.tenant, id));
                }
                self.agreements.apply(id, event, revision, stamp);
            }
            DomainEvent::CloudTask(event) => {
                self.cloud_tasks.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::TenantTree(event) => {
                let (tenant, decision) = TreeDecision::of(event, revision);
                let untold = self.untold.entry(tenant).or_default();
                *untold.of_kind(&decision) = Some((decision, stamp));
            }
            DomainEvent::HardwareClaim(_) => {}
        }
        Ok(())
    }

    fn note_told(&mut self, tenant: TenantId, event: &TenantEvent) {
        let Some(untold) = self.untold.get_mut(&tenant) else {
            return;
        };
        let (known, turn) = match event {
            // Its place was decided before there was anybody to tell.
            TenantEvent::Created(_) => (&mut untold.place, u64::MAX),
            TenantEvent::ParentChanged(changed) => (&mut untold.place, changed.turn),
            TenantEvent::Removed(removed) => (&mut untold.presence, removed.turn),
            TenantEvent::Restored(restored) => (&mut untold.presence, restored.turn),
            _ => return,
        };
        known.take_if(|(decision, _)| decision.turn() <= turn);
        if *untold == Untold::default() {
            self.untold.remove(&tenant);
        }
    }

    /// What the tree of tenants decided before a moment, and tenants that are there have not been told yet, with who decided it.
    pub fn untold_before(
        &self,
        moment: DateTime<Utc>,
    ) -> impl Iterator<Item = (TenantId, TreeDecision, Actor)> {
        self.untold
            .iter()
            .filter(|(tenant, _)| self.tenants.get(**tenant).is_some())
            .flat_map(|(tenant, untold)| untold.all().map(move |known| (*tenant, known)))
            .filter(move |(_, (_, stamp))| stamp.time < moment)
            .map(|(tenant, (decision, stamp))| (tenant, *decision, stamp.actor))
    }

    /// Who decided what a tenant has not been told yet.
    pub fn decided_by(&self, tenant: TenantId, decision: &TreeDecision) -> Option<Actor> {
        let mut known = self.untold.get(&tenant)?.all();
        let (_, stamp) = known.find(|(known, _)| known == decision)?;
        Some(stamp.actor)
    }

    /// Tenants that were placed below one before that moment, and never made: whoever asked for them did not go on.
    pub fn never_made_below(&self, parent: TenantId, moment: DateTime<Utc>) -> Vec<TenantId> {
        let is_below = |untold: &Untold| {
            untold.all().any(|(decision, stamp)| {
                matches!(decision, TreeDecision::Place(place) if place.parent == Some(parent))
                    && stamp.time < moment
            })
        };
        self.untold
            .iter()
            .filter(|(tenant, untold)| self.tenants.get(**tenant).is_none() && is_below(untold))
            .map(|(tenant, _)| *tenant)
            .collect()
    }

    fn keep_scripts(&mut self, event: &SoftwareEvent) {
        let scripts: Vec<&Script> = match event {
            SoftwareEvent::Created(created) => vec![&created.detection],
            SoftwareEvent::DetectionChanged(changed) => vec![&changed.detection],
            SoftwareEvent::VersionPublished(published) => {
                let content = &published.content;
                [&content.install, &content.uninstall]
                    .into_iter()
                    .chain(&content.upgrade)
                    .collect()
            }
            SoftwareEvent::Renamed(_) | SoftwareEvent::VersionWithdrawn(_) => vec![],
        };
        for script in scripts {
            self.scripts
                .entry(script.digest())
                .or_insert_with(|| Arc::new(script.clone()));
        }
    }

    fn place_computer(&mut self, computer: ComputerId, event: &ComputerEvent) {
        match event {
            ComputerEvent::Registered(registered) => {
                self.computers_by_tenant
                    .entry(registered.tenant)
                    .or_default()
                    .insert(computer);
            }
            ComputerEvent::Onboarded(_) => {
                self.onboarding_due.remove(&computer);
            }
            ComputerEvent::Moved(moved) => self.move_computer(computer, moved.tenant),
            ComputerEvent::PrimaryPersonSet(set) => {
                let known = self.computers.get(computer);
                if let Some(before) = known.and_then(|entry| entry.state.primary_person) {
                    self.computers_by_person.remove(&(before, computer));
                }
                if let Some(now) = set.person {
                    self.computers_by_person.insert((now, computer));
                }
            }
            _ => {}
        }
    }

    fn move_computer(&mut self, computer: ComputerId, to: TenantId) {
        if let Some(from) = self.tenant_of(computer)
            && let Some(computers) = self.computers_by_tenant.get_mut(&from)
        {
            computers.remove(&computer);
        }
        let there = self.computers_by_tenant.entry(to).or_default();
        there.insert(computer);
        if let Some(due) = self.onboarding_due.get_mut(&computer) {
            *due = to;
        }
        let agents = self.agents_by_computer.get(&computer).cloned();
        for agent in agents.into_iter().flatten() {
            self.note_place_of(agent, self.tenant_of_agent(agent), Some(to));
        }
    }

    /// Whether an agent has to follow its computer.
    fn note_place_of(&mut self, agent: AgentId, own: Option<TenantId>, of: Option<TenantId>) {
        if own == of {
            self.astray.remove(&agent);
        } else {
            self.astray.insert(agent);
        }
    }

    fn tenant_of_agent(&self, agent: AgentId) -> Option<TenantId> {
        let enrolment = self.agents.get(agent)?.state.enrolment.as_ref()?;
        Some(enrolment.tenant)
    }

    fn note_onboarding(&mut self, session: SessionId) {
        let ended = self.sessions.get(session);
        let onboarded = ended.and_then(|entry| entry.state.onboards());
        // Its tenant is the one that it is of now.
        let Some((computer, tenant)) =
            onboarded.and_then(|(computer, _)| Some((computer, self.tenant_of(computer)?)))
        else {
            return;
        };
        let needs_it = self
            .computers
            .get(computer)
            .is_some_and(|entry| entry.state.onboarding == OnboardingStatus::NeedsOnboarding);
        if needs_it {
            self.onboarding_due.insert(computer, tenant);
        }
    }

    fn place_members(&mut self, group: GroupId, event: &GroupEvent) {
        match event {
            GroupEvent::MembersAdded(added) => {
                let members = added.members.iter().map(|member| (*member, group));
                self.groups_by_member.extend(members);
            }
            GroupEvent::MembersRemoved(removed) => {
                for member in &removed.members {
                    self.groups_by_member.remove(&(*member, group));
                }
            }
            _ => {}
        }
    }

    fn place_agent(&mut self, agent: AgentId, event: &AgentEvent) {
        match event {
            AgentEvent::Enrolled(_) => {
                self.unidentified.insert(agent);
            }
            AgentEvent::Identified(identified) => {
                self.unidentified.remove(&agent);
                let before = self
                    .agents
                    .get(agent)
                    .and_then(|entry| entry.state.computer);
                if let Some(before) = before
                    && let Some(agents) = self.agents_by_computer.get_mut(&before)
                {
                    agents.remove(&agent);
                }
                self.agents_by_computer
                    .entry(identified.computer)
                    .or_default()
                    .insert(agent);
                let of = self.tenant_of(identified.computer);
                self.note_place_of(agent, self.tenant_of_agent(agent), of);
            }
            AgentEvent::Moved(moved) => {
                let computer = self
                    .agents
                    .get(agent)
                    .and_then(|entry| entry.state.computer);
                if let Some(computer) = computer {
                    self.note_place_of(agent, Some(moved.tenant), self.tenant_of(computer));
                }
            }
            _ => {}
        }
    }

    /// Agents whose computer went to another tenant, with that tenant.
    pub fn agents_astray(&self) -> impl Iterator<Item = (AgentId, TenantId)> {
        self.astray.iter().filter_map(|agent| {
            let computer = self.agents.get(*agent)?.state.computer?;
            Some((*agent, self.tenant_of(computer)?))
        })
    }

    /// A script that was ever published.
    pub fn script(&self, digest: &Sha256Digest) -> Option<&Arc<Script>> {
        self.scripts.get(digest)
    }

    /// Agents that wait to be identified.
    pub fn unidentified_agents(&self) -> impl Iterator<Item = AgentId> {
        self.unidentified.iter().copied()
    }

    /// The computers that a session has onboarded, and that do not count as onboarded yet; those that were removed wait.
    pub fn onboarding_due(&self) -> Vec<(ComputerId, TenantId)> {
        (self.onboarding_due.iter())
            .filter(|(computer, _)| !self.is_removed(**computer))
            .map(|(computer, tenant)| (*computer, *tenant))
            .collect()
    }

    /// All pathways to a computer.
    pub fn agents_of(
        &self,
        computer: ComputerId,
    ) -> impl Iterator<Item = (AgentId, &Arc<Entry<Agent>>)> {
        self.agents_by_computer
            .get(&computer)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((*id, self.agents.get(*id)?)))
    }

    /// A pathway that works now; none leads to a computer that was removed.
    pub fn working_agent(&self, computer: ComputerId) -> Option<AgentId> {
        if self.is_removed(computer) {
            return None;
        }
        self.agents_of(computer)
            .find(|(_, entry)| entry.state.can_work())
            .map(|(id, _)| id)
    }

    /// Whether a computer was removed, or its tenant.
    pub fn is_removed(&self, computer: ComputerId) -> bool {
        let entry = self.computers.get(computer);
        entry.is_some_and(|entry| entry.state.is_removed)
            || self
                .tenant_of(computer)
                .is_some_and(|tenant| self.is_tenant_removed(tenant))
    }

    /// Whether a tenant was removed.
    pub fn is_tenant_removed(&self, tenant: TenantId) -> bool {
        let entry = self.tenants.get(tenant);
        entry.is_some_and(|entry| entry.state.is_removed())
    }

    /// Whether the computer that a session was asked for is not there any more, or not of the tenant that it was of then.
    pub fn has_left(&self, request: &Requested) -> bool {
        self.is_removed(request.computer)
            || self.tenant_of(request.computer) != Some(request.tenant)
    }

    /// The computers of a tenant, removed ones too.
    pub fn computers_of(
        &self,
        tenant: TenantId,
    ) -> impl DoubleEndedIterator<Item = (ComputerId, &Arc<Entry<Computer>>)> {
        self.computers_by_tenant
            .get(&tenant)
            .into_iter()
            .flatten()
            .filter_map(|id| Some((*id, self.computers.get(*id)?)))
    }

    /// Every tenant that has computers, with their ids.
    pub fn tenants_with_computers(
        &self,
    ) -> impl Iterator<Item = (TenantId, impl Iterator<Item = ComputerId>)> {
        self.computers_by_tenant
            .iter()
            .map(|(tenant, computers)| (*tenant, computers.iter().copied()))
    }

    /// The tenant of a computer.
    pub fn tenant_of(&self, computer: ComputerId) -> Option<TenantId> {
        let entry = self.computers.get(computer)?;
        entry.state.registration.as_ref().map(|known| known.tenant)
    }

    /// The computers whose primary person this is.
    pub fn computers_of_person(&self, person: PersonId) -> impl Iterator<Item = ComputerId> {
        let first = (person, ComputerId(Uuid::nil()));
        let last = (person, ComputerId(Uuid::max()));
        self.computers_by_person
            .range(first..=last)
            .map(|(_, computer)| *computer)
    }

    /// The groups that hold this member directly.
    pub fn groups_with(&self, member: Member) -> impl Iterator<Item = GroupId> {
        let first = (member, GroupId(Uuid::nil()));
        let last = (member, GroupId(Uuid::max()));
        self.groups_by_member
            .range(first..=last)
            .map(|(_, group)| *group)
    }

    /// How many groups would be in each other if `inner` came into `outer`, in the longest of the shortest chains.
    pub fn levels_of_groups(&self, outer: GroupId, inner: impl Iterator<Item = GroupId>) -> usize {
        let above = |group: GroupId| self.groups_with(Member::Group(group)).collect();
        let below = |group: GroupId| {
            let first = Member::Group(GroupId(Uuid::nil()));
            let entry = self.groups.get(group);
            let members = entry.map(|entry| entry.state.members.range(first..));
            let groups = members
                .into_iter()
                .flatten()
                .filter_map(|member| match member {
                    Member::Group(group) => Some(*group),
                    _ => None,
                });
            groups.collect()
        };
        match levels(inner.collect(), below) {
            0 => 0,
            inner => levels(vec![outer], above) + inner,
        }
    }

    /// The agreements of a tenant, removed ones too.
    pub fn agreements_of(
        &self,
        tenant: TenantId,
    ) -> impl Iterator<Item = (AgreementId, &Arc<Entry<Agreement>>)> {
        let first = (tenant, AgreementId(Uuid::nil()));
        let last = (tenant, AgreementId(Uuid::max()));
        self.agreements_by_tenant
            .range(first..=last)
            .filter_map(|(_, id)| Some((*id, self.agreements.get(*id)?)))
    }

    /// Which tenant each one is directly below, of those that are below one.
    pub fn tenant_parents(&self) -> std::collections::HashMap<TenantId, TenantId> {
        let tenants = self.tenants.iter();
        tenants
            .filter_map(|(id, entry)| Some((id, entry.state.parent?)))
            .collect()
    }

    /// The tenants above one, nearest first. Bounded, so that a circle in the history ends.
    pub fn ancestors(&self, tenant: TenantId) -> Vec<TenantId> {
        ancestors(self, tenant)
    }

    /// The tenant of a deployment's target computer or person, where it is for one.
    pub fn tenant_of_scope(&self, scope: Scope) -> Option<TenantId> {
        match scope {
            Scope::CrossTenant => None,
            Scope::SingleTenant { tenant, .. } => Some(tenant),
            Scope::Individual { computer } => self.tenant_of(computer),
            Scope::Person { person } => self.tenant_of_person(person),
        }
    }

    /// The deployments of a tenant, or those for every tenant.
    pub fn count_deployments(&self, of: Option<TenantId>) -> DeploymentCount {
        self.count_deployments_where(|scope| self.tenant_of_scope(scope) == of)
    }

    /// The deployments whose scope is one of these, deleted ones aside.
    pub fn count_deployments_where(&self, is_one: impl Fn(Scope) -> bool) -> DeploymentCount {
        let rules = self.deployments.iter().filter_map(|(_, entry)| {
            let is_there = entry.state.lifecycle != Lifecycle::Deleted;
            entry.state.rule.as_deref().filter(|_| is_there)
        });
        let mut count = DeploymentCount::default();
        for rule in rules.filter(|rule| is_one(rule.target.scope)) {
            count.all += 1;
            let has_expression = matches!(rule.target.membership, Membership::Expression { .. });
            count.with_expression += usize::from(has_expression);
        }
        count
    }

    /// The tenant that a person works for, or did.
    pub fn tenant_of_person(&self, person: PersonId) -> Option<TenantId> {
        let profile = self.persons.get(person)?.state.profile.as_ref();
        profile.map(|profile| profile.tenant)
    }

    /// The software of these items.
    pub fn software_of(
        &self,
        items: impl IntoIterator<Item = MaintenanceItem>,
    ) -> BTreeMap<SoftwareId, Arc<Software>> {
        items
            .into_iter()
            .filter_map(MaintenanceItem::software)
            .filter_map(|id| Some((id, Arc::new(self.software.get(id)?.state.clone()))))
            .collect()
    }
}

/// How many steps it takes to have been everywhere, from these groups on; each is entered once.
fn levels(from: Vec<GroupId>, step: impl Fn(GroupId) -> Vec<GroupId>) -> usize {
    let mut entered: HashSet<GroupId> = from.iter().copied().collect();
    let mut here = from;
    let mut levels = 0;
    while !here.is_empty() {
        levels += 1;
        let next = here.into_iter().flat_map(&step);
        here = next.filter(|group| entered.insert(*group)).collect();
    }
    levels
}
