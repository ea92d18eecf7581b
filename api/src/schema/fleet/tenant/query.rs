//! Asking for tenants, and for what is of one.

use super::node::TenantNode;
use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, SortKey, list_cost, skip_cost, walk_in,
};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::View;

/// Which tenants; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TenantFilter {
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those directly below this one.
    parent_id: Option<ID>,
    /// Only those that carry this tag; upper and lower case are the same.
    tag: Option<String>,
    /// Also those that were removed; not if not given.
    include_removed: OrDefault<bool>,
}

orders! {
    /// By what tenants are sorted.
    TenantOrder by TenantOrderField {
        /// When they were created.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
    }
}

/// The order that is asked for; that of creation if none is.
fn order(asked: Option<TenantOrder>) -> Order<TenantId> {
    let Some(TenantOrder { field, direction }) = asked else {
        return Order::of_creation(OrderDirection::Asc);
    };
    match field {
        TenantOrderField::CreatedAt => Order::of_creation(direction.0),
        TenantOrderField::Name => Order::by("NAME", direction.0, |_, view, id| {
            let name = view
                .tenants
                .get(id)
                .and_then(|entry| entry.state.name.as_ref());
            SortKey::text(name.map_or("", |name| name.as_str()))
        }),
    }
}

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
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<TenantNode>> {
        let view = view_at(context, as_of).await?;
        let id = TenantId(uuid_of("Tenant", &id)?);
        Ok(TenantNode::find(Request::of(context), &view, id))
    }

    /// The tenants that you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn tenants(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            TenantFilter,
        >,
        #[graphql(desc = "In which order; that of creation if not given.")] order_by: Option<
            TenantOrder,
        >,
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
    ) -> Result<Option<Page<TenantNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let TenantFilter {
            name_contains,
            parent_id,
            tag,
            include_removed,
        } = filter.0;
        let part = Part::of(name_contains.as_deref());
        let parent = parent_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let tag = tag.map(|text| Tag::known(&text));
        walk_in(
            order(order_by),
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.tenants.within(within)),
            move |request, view, id| {
                let entry = view.tenants.get(id);
                entry.is_some_and(|entry| {
                    let state = &entry.state;
                    (*include_removed || !state.is_removed())
                        && part.is_in_any(state.name.as_ref().map(Name::as_str))
                        && parent.is_none_or(|parent| state.parent == Some(parent))
                        && tag.as_ref().is_none_or(|tag| state.tags.contains(tag))
                }) && request.may(Action::ReadTenant { tenant: id })
            },
            |id| TenantNode::find(request, &view, id),
        )
        .map(Some)
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
