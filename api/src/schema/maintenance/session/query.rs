//! Asking for maintenance sessions.

use super::node::{SessionKindName, SessionNode, SessionStatus};
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, list_cost, skip_cost, walk_in,
};
use crate::schema::rules::resolution::asked_item;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, SessionId, TenantId};
use upkeep_domain::maintenance::session::About;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::Which;

/// Which sessions.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SessionFilter {
    /// Only those of this computer.
    computer_id: Option<ID>,
    /// Only those of computers of this tenant.
    tenant_id: Option<ID>,
    /// Only those that are over, or not over.
    is_over: Option<bool>,
    /// Only those that stand so; at most ten.
    #[graphql(validator(max_items = 10))]
    statuses: Option<Vec<SessionStatus>>,
    /// Only those that were asked for so.
    kind: Option<SessionKindName>,
    /// Only those that were asked for about this software alone, of the kind SINGLE_ITEM: what others did about it is in their actions.
    software_id: Option<ID>,
    /// Only those that were asked for about this task alone, of the kind SINGLE_ITEM: what others did about it is in their actions.
    task_id: Option<ID>,
    /// Only those that run this deployment, of the kind AD_HOC: what others did because of it is in their actions.
    deployment_id: Option<ID>,
    /// Only those that were asked for then or later.
    created_after: Option<DateTime<Utc>>,
    /// Only those that were asked for before then.
    created_before: Option<DateTime<Utc>>,
}

/// What sessions were asked for about.
struct AboutFilter {
    kind: Option<SessionKindName>,
    item: Option<MaintenanceItem>,
    deployment: Option<DeploymentId>,
}

impl AboutFilter {
    fn of(filter: &SessionFilter) -> Result<Self> {
        let deployment = filter.deployment_id.as_ref();
        let deployment = deployment.map(|id| uuid_of("Deployment", id).map(DeploymentId));
        Ok(Self {
            kind: filter.kind,
            item: asked_item(filter.software_id.as_ref(), filter.task_id.as_ref())?,
            deployment: deployment.transpose()?,
        })
    }

    fn fits(&self, about: About) -> bool {
        let is_about = |item| matches!(about, About::Item { item: of } if of == item);
        let runs = |id| matches!(about, About::Deployment { deployment, .. } if deployment == id);
        self.kind
            .is_none_or(|kind| SessionKindName::from(about) == kind)
            && self.item.is_none_or(is_about)
            && self.deployment.is_none_or(runs)
    }
}

orders! {
    /// By what sessions are sorted.
    SessionOrder by SessionOrderField {
        /// When they were asked for.
        CreatedAt,
    }
}

/// What can be asked about maintenance sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// One maintenance session, however old.
    async fn session(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<SessionNode>> {
        let view = view_at(context, as_of).await?;
        let id = SessionId(uuid_of("MaintenanceSession", &id)?);
        SessionNode::load(context, &view, id).await
    }

    /// The newest maintenance sessions, 50 of each computer, that you may see; older ones are found by their ids and in the events. Ask for the last ones, or in the direction DESC, to see
    /// the newest.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn sessions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<SessionFilter>,
        #[graphql(desc = "In which order; that of creation if not given.")] order_by: Option<
            SessionOrder,
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
    ) -> Result<Option<Page<SessionNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let filter = filter.0;
        let about = AboutFilter::of(&filter)?;
        let computer = filter
            .computer_id
            .map(|id| uuid_of("Computer", &id).map(ComputerId))
            .transpose()?;
        let tenant = filter
            .tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let is_over = filter.is_over;
        let SessionFilter {
            statuses,
            created_after,
            created_before,
            ..
        } = filter;
        let which = match (
            computer,
            is_over,
            tenant.or(request.principal()?.confined_to()),
        ) {
            (Some(computer), _, _) => Which::OfComputer(computer),
            (None, Some(false), _) => Which::GoingOn,
            (None, _, Some(tenant)) => Which::OfTenant(tenant),
            (None, _, None) => Which::All,
        };
        let direction = order_by.map_or(OrderDirection::Asc, |order| order.direction.0);
        walk_in(
            Order::of_creation(direction),
            context,
            &view,
            &arguments,
            move |view, within| view.sessions.within(which, within),
            move |request, view, asked_at| {
                let id = view.sessions.at(asked_at);
                let asked = id.and_then(|id| view.sessions.asked(id));
                let stands = || {
                    let node = id.and_then(|id| SessionNode::get(view, id));
                    node.is_some_and(|node| {
                        (statuses.as_ref()).is_none_or(|some| some.contains(&node.status_now()))
                    })
                };
                (statuses.is_none() || stands())
                    && asked.is_some_and(|(requested, status)| {
                        about.fits(requested.about)
                            && computer.is_none_or(|id| requested.computer() == id)
                            && tenant.is_none_or(|id| requested.tenant == id)
                            && is_over.is_none_or(|over| status.is_over() == over)
                            && created_after.is_none_or(|time| requested.at >= time)
                            && created_before.is_none_or(|time| requested.at < time)
                            && request.may(Action::ReadComputer {
                                tenant: requested.tenant,
                            })
                    })
            },
            |asked_at| SessionNode::get(&view, view.sessions.at(asked_at)?),
        )
        .map(Some)
    }
}
