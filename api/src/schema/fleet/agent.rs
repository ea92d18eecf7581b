//! Agents: the pathways to computers.

use crate::request::{Request, moment, view_at};
use crate::schema::change::{change, seen};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tenant::{TenantNode, confine};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Order, OrderDirection, SortKey, walk_in};
use crate::schema::page::{Page, PageArguments, list_cost, skip_cost};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{AsOfInput, Change, global_id_in, uuid_of};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_commands::{Ask, Change as Changing, Plan, Stop};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::agent::{Agent, AgentCommand, HoldReason, ReleasedAs, Standing};
use upkeep_domain::fleet::computer;
use upkeep_domain::kernel::ids::AgentId;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// Where an agent found the hardware's identity, best source first.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::IdentitySource")]
pub enum IdentitySource {
    /// The SMBIOS system UUID, as the operating system shows it.
    ProductUuid,
    /// The SMBIOS table itself.
    Smbios,
    /// /etc/machine-id.
    MachineId,
    /// Made up by the agent and kept in its state: the last resort.
    AgentGenerated,
}

/// Whether an agent may work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Standing")]
pub enum AgentStanding {
    /// It may work.
    Trusted,
    /// Who it is is in doubt (holdReason); it waits for a person's decision (releaseAgent or revokeAgent).
    Held,
    /// Its key opens nothing any more.
    Revoked,
}

/// Why an agent is held.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum AgentHoldReason {
    /// Two live connections showed its key: a copied disk image.
    CopiedKey,
    /// It claims the hardware of a computer that another agent was first on (claims).
    ClaimedHardware,
    /// Another agent claims its computer's hardware, both live, and what they tell of it contradicts.
    Rival,
    /// It is on other hardware than the one that its key is known for: a copied state folder, or a new main board.
    OtherHardware,
}

impl From<HoldReason> for AgentHoldReason {
    fn from(reason: HoldReason) -> Self {
        match reason {
            HoldReason::CopiedKey => Self::CopiedKey,
            HoldReason::ClaimedHardware { .. } => Self::ClaimedHardware,
            HoldReason::Rival { .. } => Self::Rival,
            HoldReason::OtherHardware { .. } => Self::OtherHardware,
        }
    }
}

/// What an agent is which claims the hardware of a known computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ReleasedAs")]
pub enum AgentReleasedAs {
    /// One more agent on the same computer.
    AnotherPathway,
    /// The same computer, installed anew: its earlier agents never come back, and are revoked.
    Replacement,
    /// Another computer, whose firmware shows the same UUID: a virtual machine that was cloned with it.
    OtherComputer,
}

/// An agent: one pathway to a computer.
#[derive(Clone)]
pub struct AgentNode {
    pub view: Arc<View>,
    pub id: AgentId,
    pub entry: Arc<Entry<Agent>>,
}

impl AgentNode {
    /// The agent, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: AgentId) -> Option<Self> {
        let entry = view.agents.get(id)?.clone();
        let tenant = entry.state.enrolment.as_ref()?.tenant;
        request.may(Action::ReadComputer { tenant }).then(|| Self {
            view: view.clone(),
            id,
            entry,
        })
    }
}

/// An agent: one pathway to a computer.
#[Object(name = "Agent")]
impl AgentNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Agent", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The tenant that it is enrolled for.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        let tenant = self.entry.state.enrolment.as_ref()?.tenant;
        TenantNode::find(Request::of(context), &self.view, tenant)
    }

    /// The computer that it leads to, once it is identified.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        ComputerNode::find(Request::of(context), &self.view, self.entry.state.computer?)
    }

    /// What its computer called itself when it enrolled.
    async fn name(&self) -> String {
        let enrolment = self.entry.state.enrolment.as_ref();
        enrolment
            .map(|enrolment| enrolment.name.to_string())
            .unwrap_or_default()
    }

    /// Whether it is connected to the server.
    async fn is_connected(&self) -> bool {
        self.entry.state.is_connected()
    }

    /// Whether it may work.
    async fn standing(&self) -> AgentStanding {
        self.entry.state.standing.into()
    }

    /// Why it is held, if it is.
    async fn hold_reason(&self) -> Option<AgentHoldReason> {
        self.entry.state.hold.map(AgentHoldReason::from)
    }

    /// The computer whose hardware it claims, as long as it is held for that.
    async fn claims(&self, context: &Context<'_>) -> Option<ComputerNode> {
        let Some(HoldReason::ClaimedHardware { computer }) = self.entry.state.hold else {
            return None;
        };
        ComputerNode::find(Request::of(context), &self.view, computer)
    }

    /// When it was connected last: now while it is.
    async fn last_seen_at(&self, context: &Context<'_>) -> Option<DateTime<Utc>> {
        self.view
            .agent_seen_at(self.id, moment(context, &self.view))
    }

    /// The version that it last connected with.
    async fn agent_version(&self) -> &str {
        &self.entry.state.agent_version
    }

    /// Where it found the hardware's identity.
    async fn identity_source(&self) -> Option<IdentitySource> {
        let enrolment = self.entry.state.enrolment.as_ref()?;
        Some(enrolment.hardware.source.into())
    }

    /// Its Ed25519 public key, 64 hexadecimal digits.
    async fn public_key(&self) -> Option<String> {
        let enrolment = self.entry.state.enrolment.as_ref()?;
        Some(enrolment.public_key.to_string())
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Agent>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Agent>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// When it enrolled.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// When something about it last changed.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// Which agents; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AgentFilter {
    /// Only those that are enrolled for this tenant.
    tenant_id: Option<ID>,
    /// Only those of computers that called themselves so when they enrolled, or with this in it, whatever the case.
    name_contains: Option<String>,
    /// Only those that may work, are held, or are revoked.
    standing: Option<AgentStanding>,
    /// Only those that are connected, or not.
    is_connected: Option<bool>,
    /// Only those of this version, such as "0.1.0".
    agent_version: Option<String>,
    /// Only those that were not connected since then; those too that never were.
    last_seen_before: Option<DateTime<Utc>>,
    /// Only those that were connected then or later.
    last_seen_after: Option<DateTime<Utc>>,
}

orders! {
    /// By what agents are sorted.
    AgentOrder by AgentOrderField {
        /// When they enrolled.
        CreatedAt,
        /// What their computers called themselves then, whatever the case.
        Name,
        /// When they were connected last.
        LastSeenAt,
    }
}

/// The order that is asked for; that of creation if none is.
fn order(asked: Option<AgentOrder>, now: DateTime<Utc>) -> Order<AgentId> {
    let Some(AgentOrder { field, direction }) = asked else {
        return Order::of_creation(OrderDirection::Asc);
    };
    match field {
        AgentOrderField::CreatedAt => Order::of_creation(direction.0),
        AgentOrderField::Name => Order::by("NAME", direction.0, |_, view, id| {
            let enrolment = view.agents.get(id);
            let enrolment = enrolment.and_then(|entry| entry.state.enrolment.as_ref());
            SortKey::text(enrolment.map_or("", |enrolment| enrolment.name.as_str()))
        }),
        AgentOrderField::LastSeenAt => {
            Order::by("LAST_SEEN_AT", direction.0, move |_, view, id| {
                SortKey::last(view.agent_seen_at(id, now), now)
            })
        }
    }
}

/// What can be asked about agents.
#[derive(Default)]
pub struct AgentQuery;

#[Object]
impl AgentQuery {
    /// One agent.
    async fn agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<AgentNode>> {
        let view = view_at(context, as_of).await?;
        let id = AgentId(uuid_of("Agent", &id)?);
        Ok(AgentNode::find(Request::of(context), &view, id))
    }

    /// The agents that you may see, those too that are not identified as a computer yet.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn agents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<AgentFilter>,
        #[graphql(desc = "In which order; that in which they enrolled if not given.")]
        order_by: Option<AgentOrder>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<AgentNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let AgentFilter {
            tenant_id,
            name_contains,
            standing,
            is_connected,
            agent_version,
            last_seen_before,
            last_seen_after,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let part = Part::of(name_contains.as_deref());
        let now = moment(context, &view);
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk_in(
            order(order_by, now),
            context,
            &view,
            &arguments,
            move |view, within| view.agents_within(of, within),
            move |request, view, id| {
                let Some(AgentNode { entry, .. }) = AgentNode::find(request, view, id) else {
                    return false;
                };
                let state = &entry.state;
                let enrolment = state.enrolment.as_ref();
                part.is_in_any(enrolment.map(|enrolment| enrolment.name.as_str()))
                    && standing
                        .is_none_or(|standing| AgentStanding::from(state.standing) == standing)
                    && is_connected.is_none_or(|connected| state.is_connected() == connected)
                    && (agent_version.as_ref())
                        .is_none_or(|version| state.agent_version == *version)
                    && (last_seen_before.is_none() && last_seen_after.is_none() || {
                        let seen = view.agent_seen_at(id, now);
                        last_seen_before.is_none_or(|time| seen.is_none_or(|seen| seen < time))
                            && last_seen_after
                                .is_none_or(|time| seen.is_some_and(|seen| seen >= time))
                    })
            },
            |id| AgentNode::find(request, &view, id),
        )
        .map(Some)
    }
}

payloads! {
    /// The answer to a mutation of an agent.
    [RevokeAgentPayload ReleaseAgentPayload] of Agent {
        /// The agent, with the change.
        agent: AgentNode
    }
}

inputs! {
    /// An agent.
    RevokeAgentInput {
        /// The agent.
        id: ID,
    }
    /// An agent that is held.
    ReleaseAgentInput {
        /// The agent.
        id: ID,
        /// What it is: needed where it is held because it claims a known computer's hardware, and elsewhere nothing.
        released_as: Option<AgentReleasedAs>,
    }
}

impl Changing for RevokeAgentInput {
    type Of = Agent;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agent>, Stop> {
        seen::<Agent>(ask, &self.id, "id")?.plan(AgentCommand::Revoke)
    }
}

impl Changing for ReleaseAgentInput {
    type Of = Agent;

    fn plan(&self, ask: &Ask) -> Result<Plan<Agent>, Stop> {
        let released_as = self.released_as.map(ReleasedAs::from);
        seen::<Agent>(ask, &self.id, "id")?.plan(AgentCommand::Release { released_as })
    }
}

/// What can be changed about agents.
#[derive(Default)]
pub struct AgentMutation;

#[Object]
impl AgentMutation {
    /// Takes an agent's rights for ever; its connection is closed within a second.
    async fn revoke_agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agent.")] input: RevokeAgentInput,
    ) -> Result<Option<RevokeAgentPayload>> {
        change(context, "revokeAgent", input).await
    }

    /// Lets a held agent work again. Make sure first that it is the real one, and that nobody else has its key. Who claims
    /// the hardware of a known computer gets all that this computer gets from then on: find out what it is, and say so.
    async fn release_agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The agent.")] input: ReleaseAgentInput,
    ) -> Result<Option<ReleaseAgentPayload>> {
        change(context, "releaseAgent", input).await
    }
}
