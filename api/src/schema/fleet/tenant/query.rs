//! Asking for tenants, and for what is of one.

use super::node::TenantNode;
use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, walk};
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_projections::View;

/// What can be asked about tenants.
#[derive(Default)]
pub struct TenantQuery;

#[Object]
impl TenantQuery {
    /// One tenant.
    async fn tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<TenantNode>> {
        let view = view_at(context, as_of).await?;
        let id = TenantId(uuid_of("Tenant", &id)?);
        Ok(TenantNode::find(Request::of(context), &view, id))
    }

    /// The tenants that you may see, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn tenants(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Also those that were removed; not if not given.")]
        include_removed: OrDefault<bool>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<TenantNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        walk(
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.tenants.within(within)),
            move |request, view, id| {
                let entry = view.tenants.get(id);
                entry.is_some_and(|entry| *include_removed || !entry.state.is_removed())
                    && request.may(Action::ReadTenant { tenant: id })
            },
            |id| TenantNode::find(request, &view, id),
        )
    }
}

/// The tenant that a question is confined to: the asked one, or the caller's own.
pub fn confine(request: &Request, view: &View, asked: Option<&ID>) -> Result<Option<TenantId>> {
    let asked = asked
        .map(|id| uuid_of("Tenant", id).map(TenantId))
        .transpose()?;
    if let Some(tenant) = asked
        && !(view.tenants.get(tenant).is_some() && request.may(Action::ReadTenant { tenant }))
    {
        return Err(ErrorCode::NotFound.error("there is no such tenant: check the id"));
    }
    Ok(asked.or(request.principal()?.confined_to()))
}
