//! Everything that can be asked, at one position.

use crate::entry::{Entry, Registry, Stamp};
use crate::sessions::Sessions;
use chrono::{DateTime, Utc};
use imbl::{HashMap, OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::agent::{Agent, AgentEvent};
use upkeep_domain::api_token::ApiToken;
use upkeep_domain::computer::{Computer, ComputerEvent};
use upkeep_domain::deployment::{Deployment, MaintenanceItem, Scope};
use upkeep_domain::enrolment::EnrolmentToken;
use upkeep_domain::event::{DecodeError, DomainEvent};
use upkeep_domain::ids::{AgentId, ComputerId, SoftwareId, TenantId};
use upkeep_domain::instance::Instance;
use upkeep_domain::limits::MAX_TENANT_DEPTH;
use upkeep_domain::metadata::Actor;
use upkeep_domain::resolution::{
    ComputerFacts, DeploymentFacts, ItemResolution, Names, resolve, target_phrase,
};
use upkeep_domain::script::{Script, Sha256Digest};
use upkeep_domain::server::Server;
use upkeep_domain::session::Winner;
use upkeep_domain::software::{Software, SoftwareEvent};
use upkeep_domain::tenant::Tenant;
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
    computers_by_tenant: OrdMap<TenantId, OrdSet<ComputerId>>,
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

    fn fold(
        &mut self,
        event: &DomainEvent,
        id: &str,
        revision: u64,
        stamp: Stamp,
    ) -> Result<(), uuid::Error> {
        match event {
            DomainEvent::Tenant(event) => self.tenants.apply(id.parse()?, event, revision, stamp),
            DomainEvent::Software(event) => {
                self.keep_scripts(event);
                self.software.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::Deployment(event) => {
                self.deployments.apply(id.parse()?, event, revision, stamp);
            }
            DomainEvent::Agent(event) => {
                let id: AgentId = id.parse()?;
                self.place_agent(id, event);
                self.agents.apply(id, event, revision, stamp);
            }
            DomainEvent::Computer(event) => {
                let id: ComputerId = id.parse()?;
                if let ComputerEvent::Registered(registered) = event {
                    self.computers_by_tenant
                        .entry(registered.tenant)
                        .or_default()
                        .insert(id);
                }
                self.computers.apply(id, event, revision, stamp);
            }
            DomainEvent::Session(event) => {
                self.sessions.apply(id.parse()?, event, revision, stamp);
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
                use upkeep_domain::decider::Decider as _;
                self.instance = self.instance.evolve(event);
            }
            DomainEvent::HardwareClaim(_) => {}
        }
        Ok(())
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
            }
            _ => {}
        }
    }

    /// A script that was ever published.
    pub fn script(&self, digest: &Sha256Digest) -> Option<&Arc<Script>> {
        self.scripts.get(digest)
    }

    /// Agents that wait to be identified.
    pub fn unidentified_agents(&self) -> impl Iterator<Item = AgentId> {
        self.unidentified.iter().copied()
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

    /// A pathway that works now.
    pub fn working_agent(&self, computer: ComputerId) -> Option<AgentId> {
        self.agents_of(computer)
            .find(|(_, entry)| entry.state.can_work())
            .map(|(id, _)| id)
    }

    /// The computers of a tenant.
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

    /// The tenant of a computer.
    pub fn tenant_of(&self, computer: ComputerId) -> Option<TenantId> {
        let entry = self.computers.get(computer)?;
        entry.state.registration.as_ref().map(|known| known.tenant)
    }

    /// The tenants above one, nearest first. Bounded, so that a circle in the history ends.
    pub fn ancestors(&self, tenant: TenantId) -> Vec<TenantId> {
        let parent = |id: &TenantId| self.tenants.get(*id).and_then(|entry| entry.state.parent);
        std::iter::successors(parent(&tenant), parent)
            .take(MAX_TENANT_DEPTH)
            .take_while(|ancestor| *ancestor != tenant)
            .collect()
    }

    /// The tenant of a deployment's target computer, where it is for one computer.
    pub fn tenant_of_scope(&self, scope: Scope) -> Option<TenantId> {
        match scope {
            Scope::CrossTenant => None,
            Scope::SingleTenant { tenant, .. } => Some(tenant),
            Scope::Individual { computer } => self.tenant_of(computer),
        }
    }

    /// Every item on a computer: who wins, who loses to whom, who does not apply; nothing for an unknown computer.
    pub fn resolve(&self, computer: ComputerId) -> Option<Vec<ItemResolution>> {
        let state = &self.computers.get(computer)?.state;
        let tenant = state.registration.as_ref()?.tenant;
        let facts = ComputerFacts {
            computer,
            tenant,
            ancestors: self.ancestors(tenant),
            class: state.class(),
        };
        let deployments = self.deployments.iter().filter_map(|(id, entry)| {
            Some(DeploymentFacts {
                deployment: id,
                lifecycle: entry.state.lifecycle,
                rule: entry.state.rule.as_ref()?,
                created_at: entry.created.position.0,
            })
        });
        Some(resolve(&facts, deployments))
    }

    /// The winners of a computer, as a session takes them over.
    pub fn winners(&self, computer: ComputerId) -> Vec<Winner> {
        let resolutions = self.resolve(computer).unwrap_or_default();
        resolutions
            .iter()
            .filter_map(|resolution| {
                let winner = resolution.winner()?;
                let rule = self
                    .deployments
                    .get(winner.deployment)?
                    .state
                    .rule
                    .as_ref()?;
                Some(Winner {
                    item: resolution.item,
                    deployment: winner.deployment,
                    desired: winner.desired.clone(),
                    target_phrase: target_phrase(&rule.target, &ViewNames(self)),
                })
            })
            .collect()
    }

    /// The software of these items.
    pub fn software_of(
        &self,
        items: impl IntoIterator<Item = MaintenanceItem>,
    ) -> BTreeMap<SoftwareId, Arc<Software>> {
        items
            .into_iter()
            .filter_map(|MaintenanceItem::Software(id)| {
                Some((id, Arc::new(self.software.get(id)?.state.clone())))
            })
            .collect()
    }
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
}
