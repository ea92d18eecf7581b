//! Asking for tasks.

use super::node::TaskNode;
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, SortKey, list_cost, skip_cost, walk_in,
};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::TaskId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::View;

/// Which tasks; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TaskFilter {
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
}

orders! {
    /// By what tasks are sorted.
    TaskOrder by TaskOrderField {
        /// When they were created.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
    }
}

/// The order that is asked for; that of creation if none is.
fn order(asked: Option<TaskOrder>) -> Order<TaskId> {
    let Some(TaskOrder { field, direction }) = asked else {
        return Order::of_creation(OrderDirection::Asc);
    };
    match field {
        TaskOrderField::CreatedAt => Order::of_creation(direction.0),
        TaskOrderField::Name => Order::by("NAME", direction.0, |_, view, id| {
            SortKey::text(name_in(view, id))
        }),
    }
}

fn name_in(view: &View, id: TaskId) -> &str {
    let entry = view.tasks.get(id);
    let name = entry.and_then(|entry| entry.state.name.as_ref());
    name.map_or("", Name::as_str)
}

/// What can be asked about tasks.
#[derive(Default)]
pub struct TaskQuery;

#[Object]
impl TaskQuery {
    /// One task.
    async fn task(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<TaskNode>> {
        let view = view_at(context, as_of).await?;
        let id = TaskId(uuid_of("Task", &id)?);
        Ok(TaskNode::find(Request::of(context), &view, id))
    }

    /// The tasks of the catalogue.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which; all if not given.")] filter: OrDefault<TaskFilter>,
        #[graphql(desc = "In which order; that of creation if not given.")] order_by: Option<
            TaskOrder,
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
    ) -> Result<Option<Page<TaskNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let part = Part::of(filter.0.name_contains.as_deref());
        walk_in(
            order(order_by),
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.tasks.within(within)),
            move |_, view, id| part.is_in(name_in(view, id)),
            |id| TaskNode::find(request, &view, id),
        )
        .map(Some)
    }
}
