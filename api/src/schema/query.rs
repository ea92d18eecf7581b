use super::agent::AgentNode;
use super::computer::{ComputerClass, ComputerNode, OnboardingStatus};
use super::deployment::DeploymentNode;
use super::event::{self, EventFilter, EventNode, Filter};
use super::mutation::ad_hoc;
use super::node::{self, Node};
use super::page::{DEFAULT_PAGE, MAX_PAGE, Page, PageArguments, assumed, list_cost, page, times};
use super::resolution::ItemResolutionNode;
use super::session::{SessionKindName, SessionNode};
use super::software::SoftwareNode;
use super::tenant::TenantNode;
use super::token::{ApiTokenNode, EnrolmentTokenNode, RoleName};
use super::types::{AsOfInput, PositionScalar, uuid_of};
use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::api_token::Role;
use upkeep_domain::access::{Action, Principal};
use upkeep_domain::kernel::ids::{
    AgentId, ApiTokenId, ComputerId, DeploymentId, EnrolmentTokenId, SessionId, SoftwareId,
    TenantId,
};
use upkeep_domain::kernel::text;
use upkeep_domain::maintenance::session::SessionKind;
use upkeep_domain::rules::deployment::{Lifecycle, MaintenanceItem};
use upkeep_event_store::Direction;
use upkeep_projections::{AsOf, View};
use uuid::Uuid;

/// Which computers.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those of this kind.
    class: Option<ComputerClass>,
    /// Only those that need onboarding, or need it no more.
    onboarding: Option<OnboardingStatus>,
    /// Only those that are online, or offline.
    is_online: Option<bool>,
    /// Also those that were removed.
    #[graphql(default)]
    include_removed: bool,
}

impl std::fmt::Debug for ComputerClass {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        upkeep_domain::fleet::computer::ComputerClass::from(*self).fmt(f)
    }
}

impl std::fmt::Debug for OnboardingStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        upkeep_domain::fleet::computer::OnboardingStatus::from(*self).fmt(f)
    }
}

/// Which deployments.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DeploymentFilter {
    /// Only those about this software.
    software_id: Option<ID>,
    /// Also those that were deleted.
    #[graphql(default)]
    include_deleted: bool,
}

/// Which sessions.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionFilter {
    /// Only those of this computer.
    computer_id: Option<ID>,
    /// Only those of computers of this tenant.
    tenant_id: Option<ID>,
    /// Only those that are over, or not over.
    is_over: Option<bool>,
}

/// Who asks.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Viewer {
    /// The id of the token that was shown; nothing for somebody on the server's own machine.
    token_id: Option<ID>,
    /// What its holder is.
    role: RoleName,
    /// The tenant that the role is bound to, if it is.
    tenant_id: Option<ID>,
}

/// The server.
#[derive(Clone, SimpleObject)]
pub struct Server {
    /// The program's version.
    version: String,
    /// The position of the last event that this answer contains.
    position: PositionScalar,
    /// When that event was recorded.
    time: Option<DateTime<Utc>>,
}

/// The order of events.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum EventOrder {
    /// The oldest first.
    OldestFirst,
    /// The newest first.
    NewestFirst,
}

fn past(as_of: Option<AsOfInput>) -> Option<AsOf> {
    as_of.map(AsOf::from)
}

fn visible<'a>(
    request: &'a Request,
    view: &'a View,
    tenant: Option<TenantId>,
) -> Result<impl Iterator<Item = ComputerId> + 'a> {
    let confined = request.principal()?.confined_to();
    let only = tenant.or(confined);
    let allowed = only.is_none_or(|tenant| request.may(Action::ReadComputer { tenant }));
    let of_one = only
        .into_iter()
        .flat_map(|tenant| view.computers_of(tenant).map(|(id, _)| id));
    let of_all = only
        .is_none()
        .then(|| view.computers.iter().map(|(id, _)| id));
    Ok(of_one
        .chain(of_all.into_iter().flatten())
        .filter(move |_| allowed))
}

/// The kind of session that is asked about. What a session of one item resolves does not depend on the item.
fn asked_kind(
    request: &Request,
    view: &Arc<View>,
    computer: ComputerId,
    kind: Option<SessionKindName>,
    deployment: Option<&ID>,
) -> Result<SessionKind> {
    match (kind.unwrap_or(SessionKindName::Full), deployment) {
        (SessionKindName::Full, None) => Ok(SessionKind::Full),
        (SessionKindName::SingleItem, None) => Ok(SessionKind::SingleItem(
            MaintenanceItem::Software(SoftwareId(Uuid::nil())),
        )),
        (SessionKindName::AdHoc, Some(id)) => {
            let id = DeploymentId(uuid_of("Deployment", id)?);
            let seen = DeploymentNode::find(request, view, id);
            match seen.and(view.tenant_of(computer)) {
                Some(tenant) => Ok(ad_hoc(request, tenant, id)),
                None => Err(ErrorCode::NotFound.error("there is no such deployment: check the id")),
            }
        }
        (SessionKindName::AdHoc, None) => Err(ErrorCode::BadUserInput
            .error("a session of the kind AD_HOC names a deployment: give deploymentId")),
        (_, Some(_)) => Err(ErrorCode::BadUserInput
            .error("only a session of the kind AD_HOC names a deployment: leave deploymentId out")),
    }
}

/// Everything that can be asked. Every field takes `asOf` and then answers exactly as it would have answered then.
#[derive(Default)]
pub struct CoreQuery;

/// Everything that can be asked. With `asOf` an answer is exactly the one that would have been given then. The
/// position at which an answer is true is in `extensions.position`.
#[Object]
impl CoreQuery {
    /// Who asks, as the server sees it.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer> {
        let (token, role) = match Request::of(context).principal()? {
            Principal::Operator => (None, Role::MspAdmin),
            Principal::TokenHolder { token, role } => (Some(token), role),
        };
        Ok(Viewer {
            token_id: token.map(|token| super::types::global_id("ApiToken", token.0)),
            role: match role {
                Role::MspAdmin => RoleName::MspAdmin,
                Role::MspTechnician => RoleName::MspTechnician,
                Role::TenantAdmin(_) => RoleName::TenantAdmin,
                Role::TenantMember(_) => RoleName::TenantMember,
            },
            tenant_id: role
                .tenant()
                .map(|id| super::types::global_id("Tenant", id.0)),
        })
    }

    /// The server, and the moment that it answers for.
    async fn server(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Server> {
        let view = view_at(context, past(as_of)).await?;
        Ok(Server {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            position: PositionScalar(view.position()),
            time: view.time(),
        })
    }

    /// The thing with this global id.
    #[graphql(complexity = "1 + child_complexity")]
    async fn node(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<Node>> {
        let view = view_at(context, past(as_of)).await?;
        node::find(context, &view, &id).await
    }

    /// The things with these global ids, in their order; nothing for what does not exist.
    #[graphql(complexity = "1 + times(ids.len().min(100), child_complexity)")]
    async fn nodes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.", validator(max_items = 100))] ids: Vec<ID>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Vec<Option<Node>>> {
        let view = view_at(context, past(as_of)).await?;
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            nodes.push(node::find(context, &view, &id).await?);
        }
        Ok(nodes)
    }

    /// One tenant.
    async fn tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<TenantNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = TenantId(uuid_of("Tenant", &id)?);
        Ok(TenantNode::find(Request::of(context), &view, id))
    }

    /// The tenants that you may see, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn tenants(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Also those that were removed.", default)] include_removed: bool,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<TenantNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let ids: Vec<Uuid> = view
            .tenants
            .iter()
            .filter(|(id, entry)| {
                (include_removed || !entry.state.is_removed())
                    && request.may(Action::ReadTenant { tenant: *id })
            })
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            TenantNode::find(request, &view, TenantId(id))
        })
    }

    /// One software.
    async fn software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<SoftwareNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = SoftwareId(uuid_of("Software", &id)?);
        Ok(SoftwareNode::find(Request::of(context), &view, id))
    }

    /// The software of the catalogue, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn catalogue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<SoftwareNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
        let ids: Vec<Uuid> = view.software.iter().map(|(id, _)| id.0).collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            SoftwareNode::find(request, &view, SoftwareId(id))
        })
    }

    /// One deployment.
    async fn deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<DeploymentNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = DeploymentId(uuid_of("Deployment", &id)?);
        Ok(DeploymentNode::find(Request::of(context), &view, id))
    }

    /// The deployments that you may see, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn deployments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones.", default)] filter: DeploymentFilter,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<DeploymentNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let software = filter
            .software_id
            .map(|id| uuid_of("Software", &id).map(SoftwareId))
            .transpose()?;
        let ids: Vec<Uuid> = view
            .deployments
            .iter()
            .filter(|(_, entry)| {
                let item = entry.state.rule.as_ref().map(|rule| rule.item);
                (filter.include_deleted || entry.state.lifecycle != Lifecycle::Deleted)
                    && software.is_none_or(|id| item == Some(MaintenanceItem::Software(id)))
            })
            .filter(|(id, _)| DeploymentNode::find(request, &view, *id).is_some())
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            DeploymentNode::find(request, &view, DeploymentId(id))
        })
    }

    /// One computer.
    async fn computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<ComputerNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = ComputerId(uuid_of("Computer", &id)?);
        Ok(ComputerNode::find(Request::of(context), &view, id))
    }

    /// The computers that you may see, in the order in which they were first seen.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones.", default)] filter: ComputerFilter,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<ComputerNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let tenant = filter
            .tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let part = (filter.name_contains).map(|part| text::composed(&part).to_lowercase());
        let ids: Vec<Uuid> = visible(request, &view, tenant)?
            .filter(|id| {
                let Some(entry) = view.computers.get(*id) else {
                    return false;
                };
                let state = &entry.state;
                let name = state.registration.as_ref().map(|known| known.name.as_str());
                (filter.include_removed || !view.is_removed(*id))
                    && part.as_ref().is_none_or(|part| {
                        name.is_some_and(|name| name.to_lowercase().contains(part.as_str()))
                    })
                    && filter
                        .class
                        .is_none_or(|class| state.class() == class.into())
                    && filter
                        .onboarding
                        .is_none_or(|status| state.onboarding == status.into())
                    && filter
                        .is_online
                        .is_none_or(|online| view.working_agent(*id).is_some() == online)
            })
            .map(|id| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            ComputerNode::get(&view, ComputerId(id))
        })
    }

    /// Why a computer gets what it gets: the same as `computer { resolution }`.
    #[graphql(complexity = "10 + times(assumed::ITEMS, child_complexity)")]
    async fn resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] computer_id: ID,
        #[graphql(desc = "Only this software.")] software_id: Option<ID>,
        #[graphql(
            desc = "As a session of this kind would decide it; as the computer's next full session if not given."
        )]
        kind: Option<SessionKindName>,
        #[graphql(desc = "The deployment that the session names, for AD_HOC.")]
        deployment_id: Option<ID>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Vec<ItemResolutionNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let id = ComputerId(uuid_of("Computer", &computer_id)?);
        if ComputerNode::find(request, &view, id).is_none() {
            return Err(ErrorCode::NotFound.error("there is no such computer: check the id"));
        }
        let kind = asked_kind(request, &view, id, kind, deployment_id.as_ref())?;
        ItemResolutionNode::of(context, &view, (id, kind), software_id.as_ref())
    }

    /// One agent.
    async fn agent(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<AgentNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = AgentId(uuid_of("Agent", &id)?);
        Ok(AgentNode::find(Request::of(context), &view, id))
    }

    /// The agents that you may see, those too that are not identified as a computer yet.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn agents(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<AgentNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let ids: Vec<Uuid> = view
            .agents
            .iter()
            .filter(|(id, _)| AgentNode::find(request, &view, *id).is_some())
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            AgentNode::find(request, &view, AgentId(id))
        })
    }

    /// One maintenance session, however old.
    async fn session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<SessionNode>> {
        let view = view_at(context, past(as_of)).await?;
        let id = SessionId(uuid_of("MaintenanceSession", &id)?);
        SessionNode::load(context, &view, id).await
    }

    /// The newest maintenance sessions of each computer that you may see, in the order of creation; ask for the
    /// last ones to see the newest.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones.", default)] filter: SessionFilter,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<SessionNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let computer = filter
            .computer_id
            .map(|id| uuid_of("Computer", &id).map(ComputerId))
            .transpose()?;
        let tenant = filter
            .tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let ids: Vec<Uuid> = view
            .sessions
            .iter()
            .filter(|(_, entry)| {
                entry.state.request.is_some_and(|requested| {
                    computer.is_none_or(|id| requested.computer == id)
                        && tenant.is_none_or(|id| requested.tenant == id)
                        && filter
                            .is_over
                            .is_none_or(|over| entry.state.status.is_over() == over)
                        && request.may(Action::ReadComputer {
                            tenant: requested.tenant,
                        })
                })
            })
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            SessionNode::get(&view, SessionId(id))
        })
    }

    /// The enrolment tokens that you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn enrolment_tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<EnrolmentTokenNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let find = |id| EnrolmentTokenNode::find(request, &view, id);
        let ids: Vec<Uuid> = view
            .enrolment_tokens
            .iter()
            .filter(|(id, _)| find(*id).is_some())
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| find(EnrolmentTokenId(id)))
    }

    /// The API tokens that you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn api_tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<ApiTokenNode>> {
        let view = view_at(context, past(as_of)).await?;
        let request = Request::of(context);
        let find = |id| ApiTokenNode::find(request, &view, id);
        let ids: Vec<Uuid> = view
            .api_tokens
            .iter()
            .filter(|(id, _)| find(*id).is_some())
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| find(ApiTokenId(id)))
    }

    /// What happened: the events themselves. A page may be short, or empty, while `hasNextPage` says that there
    /// is more to look through: go on after `endCursor`. The cursor is the event's position.
    #[graphql(complexity = "list_cost(Some(first), None, child_complexity)")]
    async fn events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones.", default)] filter: EventFilter,
        #[graphql(desc = "How many, 1 to 100.", default_with = "DEFAULT_PAGE")] first: i32,
        #[graphql(desc = "Those that follow this cursor, in the order that is asked for.")]
        after: Option<String>,
        #[graphql(desc = "The order.", default_with = "EventOrder::OldestFirst")] order: EventOrder,
        #[graphql(desc = "A past moment: nothing later is shown.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<EventNode>> {
        if !(1..=MAX_PAGE).contains(&first) {
            let message = format!("a page has 1 to {MAX_PAGE} items, not {first}");
            return Err(ErrorCode::LimitExceeded.error(message));
        }
        let view = view_at(context, past(as_of)).await?;
        let filter = Filter::check(Request::of(context), &view, filter)?;
        let size = usize::try_from(first).unwrap_or(1);
        let direction = match order {
            EventOrder::OldestFirst => Direction::Forwards,
            EventOrder::NewestFirst => Direction::Backwards,
        };
        event::events(context, &view, &filter, (size, after), direction).await
    }
}
