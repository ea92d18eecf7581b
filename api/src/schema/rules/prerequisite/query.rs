//! Asking for prerequisites.

use super::node::PrerequisiteNode;
use crate::request::{Request, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, page_of, skip_cost};
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{PrerequisiteId, SoftwareId};
use upkeep_domain::rules::prerequisite::Prerequisite;
use upkeep_projections::View;

/// Which prerequisites; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PrerequisiteFilter {
    /// Only those of this software.
    software_id: Option<ID>,
    /// Only those of other software that install this one, uninstall it, or ask whether it is there.
    names_software_id: Option<ID>,
}

/// A prerequisite with its number in the order in which they were added.
type Numbered = (u64, PrerequisiteId);

fn numbered<'a>(
    all: impl Iterator<Item = (u64, PrerequisiteId, &'a Arc<Prerequisite>)>,
) -> Vec<Numbered> {
    all.map(|(number, id, _)| (number, id)).collect()
}

/// All of a software, in the order in which they were added.
pub fn of_software(
    request: &Request,
    view: &Arc<View>,
    software: SoftwareId,
) -> Vec<PrerequisiteNode> {
    let of = view.prerequisites.of(software);
    of.filter_map(|(_, id, _)| PrerequisiteNode::find(request, view, id))
        .collect()
}

/// A page of those of other software that install a software.
pub fn needed_by(
    request: &Request,
    view: &Arc<View>,
    software: SoftwareId,
    arguments: &PageArguments,
) -> Result<Page<PrerequisiteNode>> {
    let naming = view.prerequisites.naming(software);
    let all = numbered(naming.filter(|(_, _, says)| says.then.installs() == Some(software)));
    page(request, view, &all, arguments)
}

fn page(
    request: &Request,
    view: &Arc<View>,
    all: &[Numbered],
    arguments: &PageArguments,
) -> Result<Page<PrerequisiteNode>> {
    page_of(
        arguments,
        all,
        |(number, _)| *number,
        |(_, id)| PrerequisiteNode::find(request, view, *id),
    )
}

/// What can be asked about prerequisites.
#[derive(Default)]
pub struct PrerequisiteQuery;

#[Object]
impl PrerequisiteQuery {
    /// One prerequisite.
    async fn prerequisite(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<PrerequisiteNode>> {
        let view = view_at(context, as_of).await?;
        let id = PrerequisiteId(uuid_of(PrerequisiteNode::KIND, &id)?);
        Ok(PrerequisiteNode::find(Request::of(context), &view, id))
    }

    /// What has to come before software is brought onto computers, in the order in which it was added. What one of a
    /// software has to come before another one of it follows from that order.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn prerequisites(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<PrerequisiteFilter>,
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
    ) -> Result<Option<Page<PrerequisiteNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
        let software = |id: &Option<ID>| {
            let id = id.as_ref().map(|id| uuid_of("Software", id));
            id.transpose().map(|id| id.map(SoftwareId))
        };
        let of = software(&filter.0.software_id)?;
        let names = software(&filter.0.names_software_id)?;
        let known = &view.prerequisites;
        let all = match (of, names) {
            (None, None) => numbered(known.iter()),
            (Some(of), None) => numbered(known.of(of)),
            (of, Some(names)) => {
                let naming = known.naming(names);
                numbered(naming.filter(|(_, _, says)| of.is_none_or(|of| says.of == of)))
            }
        };
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        page(request, &view, &all, &arguments).map(Some)
    }
}
