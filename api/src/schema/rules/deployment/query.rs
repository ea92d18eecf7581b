//! Asking for deployments, and for those that do nothing.

use super::filter::{DeploymentFilter, DeploymentOrder};
use super::node::DeploymentNode;
use super::outcome::DeploymentCountNode;
use crate::request::{Request, in_background, moment, services, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, list_cost, skip_cost, walk, walk_in,
};
use crate::schema::rules::resolution::one_item;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_domain::rules::deployment::Lifecycle;
use upkeep_projections::{Moment, View};

/// What can be asked about deployments.
#[derive(Default)]
pub struct DeploymentQuery;

#[Object]
impl DeploymentQuery {
    /// One deployment.
    async fn deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<DeploymentNode>> {
        let view = view_at(context, as_of).await?;
        let id = DeploymentId(uuid_of("Deployment", &id)?);
        Ok(DeploymentNode::find(Request::of(context), &view, id))
    }

    /// The deployments that you may see. In another order than that of creation a page looks at all of them.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn deployments(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all but deleted ones if not given.")] filter: OrDefault<
            DeploymentFilter,
        >,
        #[graphql(desc = "In which order; that of creation if not given.")] order_by: Option<
            DeploymentOrder,
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
    ) -> Result<Option<Page<DeploymentNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let filter = filter.0;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let matching = filter.matching()?;
        let item = matching.item();
        let order = match order_by {
            Some(order) => order.ranking(context, &view).await?,
            None => Order::of_creation(OrderDirection::Asc),
        };
        walk_in(
            order,
            context,
            &view,
            &arguments,
            move |view, within| view.deployments_within(item, within),
            move |request, view, id| matching.fits(request, view, id),
            |id| DeploymentNode::find(request, &view, id),
        )
        .map(Some)
    }

    /// On how many computers each deployment decides a software or a task, over a tenant or everything that you may see.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn winners(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software; if not given, it is about a task.")] software_id: Option<
            ID,
        >,
        #[graphql(desc = "The task; if not given, it is about a software.")] task_id: Option<ID>,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
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
    ) -> Result<Option<Page<DeploymentCountNode>>> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        let item = one_item(software_id.as_ref(), task_id.as_ref())?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let counts: BTreeMap<DeploymentId, usize> =
            in_background(move || asked.winners_of(item, within)).await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        DeploymentCountNode::page(&view, counts, &arguments).map(Some)
    }

    /// The enabled deployments that you may see and that win nowhere: neither on a computer nor for a tenant.
    #[graphql(complexity = "500 + list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn deployments_that_win_nowhere(
        &self,
        context: &Context<'_>,
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
    ) -> Result<Option<Page<DeploymentNode>>> {
        let view = view_at(context, as_of).await?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let fleets = services(context).projections.fleet().clone();
        let winning = in_background(move || {
            let mut winning = fleets.at(asked.clone()).winning();
            winning.extend(asked.winning_for_tenants());
            winning
        })
        .await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        some_deployments(context, &view, &arguments, move |_, id| {
            !winning.contains(&id)
        })
        .map(Some)
    }

    /// The deployments that you may see and whose target names something that is not there any more.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn deployments_with_missing_target(
        &self,
        context: &Context<'_>,
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
    ) -> Result<Option<Page<DeploymentNode>>> {
        let view = view_at(context, as_of).await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        some_deployments(context, &view, &arguments, |view, id| {
            let entry = view.deployments.get(id);
            let rule = entry.and_then(|entry| entry.state.rule.as_ref());
            rule.is_some_and(|rule| view.missing_in(&rule.target).is_some())
        })
        .map(Some)
    }
}

/// A page of the enabled deployments that the caller may see and that fit.
fn some_deployments(
    context: &Context<'_>,
    view: &Arc<View>,
    arguments: &PageArguments,
    fits: impl Fn(&View, DeploymentId) -> bool + Send + Sync + 'static,
) -> Result<Page<DeploymentNode>> {
    walk(
        context,
        view,
        arguments,
        |view, within| view.deployments_within(None, within),
        move |request, view, id| {
            let entry = view.deployments.get(id);
            entry.is_some_and(|entry| entry.state.lifecycle == Lifecycle::Enabled)
                && fits(view, id)
                && DeploymentNode::find(request, view, id).is_some()
        },
        |id| DeploymentNode::find(Request::of(context), view, id),
    )
}
