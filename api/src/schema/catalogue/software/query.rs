//! Asking for software.

use super::node::SoftwareNode;
use crate::request::{Request, services, view_at};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    By, Order, OrderDirection, Page, PageArguments, RowOrder, list_cost, page_of_rows, skip_cost,
    walk_in,
};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::SoftwareId;
use upkeep_projections::{Place, Shelf, SoftwareRow, Within};

/// Whose software is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum SoftwareOwnership {
    /// Your own: copies of titles too.
    Own,
    /// Titles of the catalogue, which their sources alone change.
    Catalogue,
}

/// Which software; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SoftwareFilter {
    /// Only that whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only that whose name, publisher, identifier in its source or one of whose tags contains this, whatever the case.
    text_contains: Option<String>,
    /// Only your own, or only titles of the catalogue.
    ownership: Option<SoftwareOwnership>,
    /// Only titles of this source, as in winget.
    source: Option<String>,
    /// Only titles that their source has no more, or only what is no such title.
    is_withdrawn: Option<bool>,
}

orders! {
    /// By what software is sorted.
    SoftwareOrder by SoftwareOrderField {
        /// When it was created.
        CreatedAt,
        /// Its name, whatever the case.
        Name,
    }
}

impl SoftwareOrder {
    /// What a row is sorted by; nothing in the order of creation.
    fn ranking<'a>(self) -> Option<RowOrder<'a, SoftwareRow>> {
        match self.field {
            SoftwareOrderField::CreatedAt => None,
            SoftwareOrderField::Name => {
                let rank = |row: &'a SoftwareRow| By::Text(&row.name);
                Some(RowOrder::by("NAME", self.direction.0, rank))
            }
        }
    }
}

/// What is asked of each software; what is not given, nothing.
struct Matching {
    name: Part,
    words: Part,
    ownership: Option<SoftwareOwnership>,
    source: Option<String>,
    is_withdrawn: Option<bool>,
}

impl From<SoftwareFilter> for Matching {
    fn from(filter: SoftwareFilter) -> Self {
        Self {
            name: Part::of(filter.name_contains.as_deref()),
            words: Part::of(filter.text_contains.as_deref()),
            ownership: filter.ownership,
            source: filter.source,
            is_withdrawn: filter.is_withdrawn,
        }
    }
}

impl Matching {
    fn fits(&self, row: &SoftwareRow) -> bool {
        let software = &row.entry.state;
        let origin = software.origin.as_ref();
        let is_whose = |wanted| (wanted == SoftwareOwnership::Catalogue) == origin.is_some();
        self.ownership.is_none_or(is_whose)
            && (self.source.as_deref())
                .is_none_or(|wanted| origin.is_some_and(|it| it.source.as_str() == wanted))
            && (self.is_withdrawn).is_none_or(|wanted| wanted == software.is_withdrawn)
            && self.name.is_in_folded(row.name.as_str())
            && row
                .words
                .split('\n')
                .any(|line| self.words.is_in_folded(line))
    }
}

/// The software that is looked through.
struct Listed {
    shelf: Arc<Shelf>,
    matching: Matching,
}

impl Listed {
    fn fitting(&self) -> Vec<&SoftwareRow> {
        let rows = self.shelf.rows().iter();
        rows.filter(|row| self.matching.fits(row)).collect()
    }

    /// Where those between two places stand that fit.
    fn within<'v>(
        self: Arc<Self>,
        within: Within<Place<SoftwareId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<SoftwareId>> + 'v> {
        let numbers = self.shelf.rows().between(within);
        Box::new(numbers.filter_map(move |number| {
            let row = self.shelf.rows().get(number)?;
            self.matching.fits(row).then_some(row.place)
        }))
    }
}

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
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<SoftwareNode>> {
        let view = view_at(context, as_of).await?;
        let id = SoftwareId(uuid_of("Software", &id)?);
        Ok(SoftwareNode::find(Request::of(context), &view, id))
    }

    /// The software of the catalogue.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn catalogue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which; all if not given.")] filter: OrDefault<SoftwareFilter>,
        #[graphql(desc = "In which order; that of creation if not given.")] order_by: Option<
            SoftwareOrder,
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
    ) -> Result<Option<Page<SoftwareNode>>> {
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
        let listed = Arc::new(Listed {
            shelf: services(context).projections.shelf(&view),
            matching: filter.0.into(),
        });
        let node = |id| SoftwareNode::find(request, &view, id);
        if let Some(order) = order_by.and_then(SoftwareOrder::ranking) {
            let rows = listed.fitting();
            let place = |row: &SoftwareRow| row.place;
            return page_of_rows(&arguments, order, &rows, place, |row| node(row.place.id))
                .map(Some);
        }
        let direction = order_by.map_or(OrderDirection::Asc, |order| order.direction.0);
        walk_in(
            Order::of_creation(direction),
            context,
            &view,
            &arguments,
            move |_, within| listed.clone().within(within),
            |_, _, _| true,
            node,
        )
        .map(Some)
    }
}
