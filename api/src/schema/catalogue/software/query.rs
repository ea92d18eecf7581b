//! Asking for software.

use super::node::SoftwareNode;
use crate::request::{Request, view_at};
use crate::schema::page::{Page, PageArguments, list_cost, walk};
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, Object, Result};
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::SoftwareId;

/// What can be asked about software.
#[derive(Default)]
pub struct SoftwareQuery;

#[Object]
impl SoftwareQuery {
    /// One software.
    async fn software(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<SoftwareNode>> {
        let view = view_at(context, as_of).await?;
        let id = SoftwareId(uuid_of("Software", &id)?);
        Ok(SoftwareNode::find(Request::of(context), &view, id))
    }

    /// The software of the catalogue, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn catalogue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<SoftwareNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
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
            |view, within| Box::new(view.software.within(within)),
            |_, _, _| true,
            |id| SoftwareNode::find(request, &view, id),
        )
    }
}
