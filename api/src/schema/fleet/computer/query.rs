//! Asking for computers.

use super::node::{ComputerClass, ComputerNode, OnboardingStatus, OsFamily};
use crate::error::ErrorCode;
use crate::request::{Request, moment, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, SortKey, list_cost, walk_in,
};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::computer;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_projections::View;

/// Which computers.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those of this kind.
    computer_class: Option<ComputerClass>,
    /// Only those with an operating system of this kind.
    os_family: Option<OsFamily>,
    /// Only those whose operating system calls itself so, or has this in its name, whatever the case: "server 2019".
    os_name_contains: Option<String>,
    /// Only those that need onboarding, or need it no more.
    onboarding: Option<OnboardingStatus>,
    /// Only those that are online, or offline.
    is_online: Option<bool>,
    /// Only those of which no agent was connected since then; those too of which none ever was.
    last_seen_before: Option<DateTime<Utc>>,
    /// Only those of which an agent was connected then or later.
    last_seen_after: Option<DateTime<Utc>>,
    /// Only those that carry this tag themselves; upper and lower case are the same.
    tag: Option<String>,
    /// Only those with an agent of this version, such as "0.1.0".
    agent_version: Option<String>,
    /// Also those that were removed; not if not given.
    include_removed: OrDefault<bool>,
}

orders! {
    /// By what computers are sorted.
    ComputerOrder by ComputerOrderField {
        /// When they were first seen.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
        /// When an agent of them was connected last.
        LastSeenAt,
    }
}

/// The order that is asked for; that of creation if none is.
fn order(asked: Option<ComputerOrder>, now: DateTime<Utc>) -> Order<ComputerId> {
    let Some(ComputerOrder { field, direction }) = asked else {
        return Order::of_creation(OrderDirection::Asc);
    };
    match field {
        ComputerOrderField::CreatedAt => Order::of_creation(direction.0),
        ComputerOrderField::Name => Order::by("NAME", direction.0, |_, view, id| {
            let known = view.computers.get(id);
            let known = known.and_then(|entry| entry.state.registration.as_ref());
            SortKey::text(known.map_or("", |known| known.name.as_str()))
        }),
        ComputerOrderField::LastSeenAt => {
            Order::by("LAST_SEEN_AT", direction.0, move |_, view, id| {
                SortKey::last(view.computer_seen_at(id, now), now)
            })
        }
    }
}

/// What can be asked about computers.
#[derive(Default)]
pub struct ComputerQuery;

#[Object]
impl ComputerQuery {
    /// One computer.
    async fn computer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<ComputerNode>> {
        let view = view_at(context, as_of).await?;
        let id = ComputerId(uuid_of("Computer", &id)?);
        Ok(ComputerNode::find(Request::of(context), &view, id))
    }

    /// The computers that you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            ComputerFilter,
        >,
        #[graphql(desc = "In which order; that in which they were first seen if not given.")]
        order_by: Option<ComputerOrder>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<ComputerNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let filter = filter.0;
        let tenant = filter
            .tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        let ComputerFilter {
            name_contains,
            computer_class,
            os_family,
            os_name_contains,
            onboarding,
            is_online,
            last_seen_before,
            last_seen_after,
            tag,
            agent_version,
            include_removed,
            ..
        } = filter;
        let part = Part::of(name_contains.as_deref());
        let os_part = Part::of(os_name_contains.as_deref());
        let asks_for_os = os_family.is_some() || os_name_contains.is_some();
        let class = computer_class.map(computer::ComputerClass::from);
        let onboarding = onboarding.map(computer::OnboardingStatus::from);
        let tag = tag.map(|text| Tag::known(&text));
        let now = moment(context, &view);
        let order = order(order_by, now);
        let fits = move |request: &Request, view: &Arc<View>, id| {
            let Some(entry) = view.computers.get(id) else {
                return false;
            };
            let (state, known) = (&entry.state, entry.state.registration.as_ref());
            known.is_some_and(|known| {
                request.may(Action::ReadComputer {
                    tenant: known.tenant,
                }) && part.is_in(known.name.as_str())
            }) && (*include_removed || !view.is_removed(id))
                && (!asks_for_os || {
                    let os = state.inventory.as_ref().map(|inventory| &inventory.os);
                    os.is_some_and(|os| {
                        os_family.is_none_or(|family| OsFamily::from(os.family) == family)
                            && os_part.is_in(&format!("{} {}", os.name, os.version))
                    })
                })
                && class.is_none_or(|class| state.class() == class)
                && onboarding.is_none_or(|status| state.onboarding == status)
                && is_online.is_none_or(|online| view.working_agent(id).is_some() == online)
                && tag.as_ref().is_none_or(|tag| state.tags.contains(tag))
                && agent_version.as_ref().is_none_or(|version| {
                    let mut agents = view.agents_of(id);
                    agents.any(|(_, agent)| agent.state.agent_version == *version)
                })
                && (last_seen_before.is_none() && last_seen_after.is_none() || {
                    let seen = view.computer_seen_at(id, now);
                    last_seen_before.is_none_or(|time| seen.is_none_or(|seen| seen < time))
                        && last_seen_after.is_none_or(|time| seen.is_some_and(|seen| seen >= time))
                })
        };
        let node = |id| ComputerNode::get(&view, id);
        let page = match tenant.or(request.principal()?.confined_to()) {
            None if is_online == Some(true) => walk_in(
                order,
                context,
                &view,
                &arguments,
                |view, within| Box::new(view.online_within(within)),
                fits,
                node,
            ),
            of => walk_in(
                order,
                context,
                &view,
                &arguments,
                move |view, within| view.computers_within(of, within),
                fits,
                node,
            ),
        }?;
        Ok(Some(page))
    }
}

pub fn asked_computer(request: &Request, view: &Arc<View>, id: &ID) -> Result<ComputerId> {
    let computer = ComputerId(uuid_of("Computer", id)?);
    match ComputerNode::find(request, view, computer) {
        Some(_) => Ok(computer),
        None => Err(ErrorCode::NotFound.error("there is no such computer: check the id")),
    }
}
