//! Asking for groups.

use super::node::GroupNode;
use crate::request::{Request, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::page::{Page, PageArguments, list_cost, walk};
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use upkeep_domain::kernel::ids::GroupId;

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
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<GroupNode>> {
        let view = view_at(context, as_of).await?;
        let id = GroupId(uuid_of("Group", &id)?);
        Ok(GroupNode::find(Request::of(context), &view, id))
    }

    /// The groups of a tenant, or all that you may see, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn groups(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<GroupNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let of = confine(request, &view, tenant_id.as_ref())?;
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
            move |view, within| view.groups_within(of, within),
            |_, view, id| {
                let entry = view.groups.get(id);
                entry.is_some_and(|entry| entry.state.present().is_some())
            },
            |id| GroupNode::find(request, &view, id),
        )
    }
}
