//! Asking for groups.

use super::node::{GroupKind, GroupNode};
use crate::request::{Request, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, skip_cost, walk};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use upkeep_domain::kernel::ids::GroupId;

/// Which groups; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct GroupFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those of this kind.
    kind: Option<GroupKind>,
}

/// What can be asked about groups.
#[derive(Default)]
pub struct GroupQuery;

#[Object]
impl GroupQuery {
    /// One group.
    async fn group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<GroupNode>> {
        let view = view_at(context, as_of).await?;
        let id = GroupId(uuid_of("Group", &id)?);
        Ok(GroupNode::find(Request::of(context), &view, id))
    }

    /// The groups that you may see, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn groups(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            GroupFilter,
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
    ) -> Result<Option<Page<GroupNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let GroupFilter {
            tenant_id,
            name_contains,
            kind,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let part = Part::of(name_contains.as_deref());
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk(
            context,
            &view,
            &arguments,
            move |view, within| view.groups_within(of, within),
            move |_, view, id| {
                let entry = view.groups.get(id);
                let group = entry.and_then(|entry| entry.state.present());
                group.is_some_and(|group| {
                    part.is_in(group.name.as_str())
                        && kind.is_none_or(|kind| GroupKind::from(group.kind) == kind)
                })
            },
            |id| GroupNode::find(request, &view, id),
        )
        .map(Some)
    }
}
