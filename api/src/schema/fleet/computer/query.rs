//! Asking for computers.

use super::filter::{ComputerFilter, ComputerOrder};
use super::node::ComputerNode;
use super::sight::{Seen, Sight};
use crate::error::ErrorCode;
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    Order, OrderDirection, Page, PageArguments, list_cost, page_of_rows, skip_cost, walk_in,
};
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_projections::{Row, View};

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
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
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
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<ComputerNode>>> {
        let view = view_at(context, as_of).await?;
        let filter = filter.0;
        let sight = Arc::new(Sight::of(context, &view, filter.tenant()?)?);
        let matching = Arc::new(filter.matching()?);
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let node = |id| ComputerNode::get(&view, id);
        if let Some(order) = order_by.and_then(|order| order.ranking(&sight)) {
            let fitting = sight
                .computers()
                .filter(|seen| matching.fits(&sight, *seen));
            let rows: Vec<&Row> = fitting.map(|seen| seen.row).collect();
            let place = |row: &Row| row.place;
            return page_of_rows(&arguments, order, &rows, place, |row| node(row.place.id))
                .map(Some);
        }
        let direction = order_by.map_or(OrderDirection::Asc, ComputerOrder::direction);
        walk_in(
            Order::of_creation(direction),
            context,
            &view,
            &arguments,
            move |_, within| {
                let matching = matching.clone();
                let fits = move |sight: &Sight, seen: Seen<'_>| matching.fits(sight, seen);
                Box::new(sight.clone().within(within, fits))
            },
            |_, _, _| true,
            node,
        )
        .map(Some)
    }
}

pub fn asked_computer(request: &Request, view: &Arc<View>, id: &ID) -> Result<ComputerId> {
    let computer = ComputerId(uuid_of("Computer", id)?);
    match ComputerNode::find(request, view, computer) {
        Some(_) => Ok(computer),
        None => Err(ErrorCode::NotFound.error("there is no such computer: check the id")),
    }
}
