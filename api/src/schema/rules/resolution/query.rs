//! Asking why a computer or a tenant gets what it gets.

use super::node::ItemResolutionNode;
use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::maintenance::session::{SessionKindName, ad_hoc};
use crate::schema::page::{Page, PageArguments, assumed, short_list_cost};
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, SoftwareId, TaskId, TenantId};
use upkeep_domain::maintenance::session::About;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::View;
use uuid::Uuid;

/// The kind of session that is asked about. What a session of one item resolves does not depend on the item.
fn asked_kind(
    request: &Request,
    view: &Arc<View>,
    computer: ComputerId,
    kind: Option<SessionKindName>,
    deployment: Option<&ID>,
) -> Result<About> {
    match (kind.unwrap_or(SessionKindName::Full), deployment) {
        (SessionKindName::Full, None) => Ok(About::Everything),
        (SessionKindName::SingleItem, None) => Ok(About::Item {
            item: MaintenanceItem::Software(SoftwareId(Uuid::nil())),
        }),
        (SessionKindName::AdHoc, Some(id)) => {
            let id = DeploymentId(uuid_of("Deployment", id)?);
            let seen = DeploymentNode::find(request, view, id);
            match seen.and(view.tenant_of(computer)) {
                Some(tenant) => Ok(ad_hoc(request.principal()?, tenant, id)),
                None => Err(ErrorCode::NotFound.error("there is no such deployment: check the id")),
            }
        }
        (SessionKindName::AdHoc, None) => Err(ErrorCode::BadUserInput
            .error("a session of the kind AD_HOC names a deployment: give deploymentId")),
        (SessionKindName::Draft, None) => Err(ErrorCode::BadUserInput
            .error("a session of the kind DRAFT resolves nothing: ask about another kind")),
        (_, Some(_)) => Err(ErrorCode::BadUserInput
            .error("only a session of the kind AD_HOC names a deployment: leave deploymentId out")),
    }
}

/// The item that a question names; nothing if it names none.
pub fn asked_item(software: Option<&ID>, task: Option<&ID>) -> Result<Option<MaintenanceItem>> {
    match (software, task) {
        (None, None) => Ok(None),
        (Some(id), None) => {
            uuid_of("Software", id).map(|id| Some(MaintenanceItem::Software(SoftwareId(id))))
        }
        (None, Some(id)) => uuid_of("Task", id).map(|id| Some(MaintenanceItem::Task(TaskId(id)))),
        (Some(_), Some(_)) => {
            Err(ErrorCode::BadUserInput.error("give softwareId or taskId, not both"))
        }
    }
}

/// The same for a question that is about one.
pub fn one_item(software: Option<&ID>, task: Option<&ID>) -> Result<MaintenanceItem> {
    let none = || ErrorCode::BadUserInput.error("give exactly one of softwareId and taskId");
    asked_item(software, task)?.ok_or_else(none)
}

/// What can be asked about resolution.
#[derive(Default)]
pub struct ResolutionQuery;

#[Object]
impl ResolutionQuery {
    /// Why a computer gets what it gets: the same as `computer { resolution }`.
    #[graphql(complexity = "10 + short_list_cost(first, last, assumed::ITEMS, child_complexity)")]
    async fn resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] computer_id: ID,
        #[graphql(desc = "Only this software.")] software_id: Option<ID>,
        #[graphql(desc = "Only this task.")] task_id: Option<ID>,
        #[graphql(
            desc = "As a session of this kind would decide it; as the computer's next full session if not given."
        )]
        kind: Option<SessionKindName>,
        #[graphql(desc = "The deployment that the session names, for AD_HOC and nothing else.")]
        deployment_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<ItemResolutionNode>>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let id = ComputerId(uuid_of("Computer", &computer_id)?);
        if ComputerNode::find(request, &view, id).is_none() {
            return Err(ErrorCode::NotFound.error("there is no such computer: check the id"));
        }
        let kind = asked_kind(request, &view, id, kind, deployment_id.as_ref())?;
        let only = asked_item(software_id.as_ref(), task_id.as_ref())?;
        ItemResolutionNode::of(context, &view, (id, kind), only, &arguments).map(Some)
    }

    /// Which deployment decides each cloud task for a tenant, and why: as `resolution` for computers.
    #[graphql(complexity = "10 + short_list_cost(first, last, assumed::ITEMS, child_complexity)")]
    async fn tenant_resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] tenant_id: ID,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<ItemResolutionNode>>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let view = view_at(context, as_of).await?;
        let tenant = TenantId(uuid_of("Tenant", &tenant_id)?);
        if TenantNode::find(Request::of(context), &view, tenant).is_none() {
            return Err(ErrorCode::NotFound.error("there is no such tenant: check the id"));
        }
        ItemResolutionNode::of_tenant(context, &view, tenant, &arguments).map(Some)
    }
}
