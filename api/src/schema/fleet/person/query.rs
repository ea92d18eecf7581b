//! Asking for people.

use super::node::PersonNode;
use crate::request::{Request, services, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    By, Order, OrderDirection, Page, PageArguments, RowOrder, list_cost, page_of_rows, skip_cost,
    walk_in,
};
use crate::schema::part::Part;
use crate::schema::types::{AsOfInput, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{PersonId, TenantId};
use upkeep_projections::{People, PersonRow, Place, View, Within};

/// Which people; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PersonFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name or user principal name contains this, whatever the case.
    text_contains: Option<String>,
    /// Only those who carry this tag; upper and lower case are the same.
    tag: Option<String>,
}

orders! {
    /// By what people are sorted.
    PersonOrder by PersonOrderField {
        /// When they were added.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
    }
}

impl PersonOrder {
    /// What a row is sorted by; nothing in the order of creation.
    fn ranking<'a>(self) -> Option<RowOrder<'a, PersonRow>> {
        match self.field {
            PersonOrderField::CreatedAt => None,
            PersonOrderField::Name => {
                let rank = |row: &'a PersonRow| By::Text(&row.name);
                Some(RowOrder::by("NAME", self.direction.0, rank))
            }
        }
    }
}

/// What is asked of each person; what is not given, nothing.
struct Matching {
    called: Part,
    tag: Option<Tag>,
}

impl Matching {
    fn fits(&self, row: &PersonRow) -> bool {
        row.called()
            .split('\n')
            .any(|line| self.called.is_in_folded(line))
            && (self.tag.as_ref()).is_none_or(|tag| row.entry.state.tags.contains(tag))
    }
}

/// The people who are looked through: of one tenant or of all.
struct Listed {
    people: Arc<People>,
    of: Option<TenantId>,
    matching: Matching,
}

impl Listed {
    /// Those of a tenant are found by its index: they may be few among many.
    fn rows<'a>(&'a self, view: &'a View) -> Box<dyn Iterator<Item = &'a PersonRow> + 'a> {
        let rows = self.people.rows();
        match self.of {
            None => Box::new(rows.iter()),
            of => {
                let places = view.people_within(of, (Bound::Unbounded, Bound::Unbounded));
                Box::new(places.filter_map(|place| rows.at(place)))
            }
        }
    }

    fn fitting<'a>(&'a self, view: &'a View) -> Vec<&'a PersonRow> {
        let fits = |row: &&PersonRow| self.matching.fits(row);
        self.rows(view).filter(fits).collect()
    }

    /// Where those between two places stand who fit.
    fn within<'v>(
        self: Arc<Self>,
        view: &'v View,
        within: Within<Place<PersonId>>,
    ) -> Box<dyn DoubleEndedIterator<Item = Place<PersonId>> + 'v> {
        if self.of.is_some() {
            let places = view.people_within(self.of, within);
            return Box::new(places.filter(move |place| {
                let row = self.people.rows().at(*place);
                row.is_some_and(|row| self.matching.fits(row))
            }));
        }
        let numbers = self.people.rows().between(within);
        Box::new(numbers.filter_map(move |number| {
            let row = self.people.rows().get(number)?;
            self.matching.fits(row).then_some(row.place)
        }))
    }
}

/// What can be asked about people.
#[derive(Default)]
pub struct PersonQuery;

#[Object]
impl PersonQuery {
    /// One person.
    async fn person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<PersonNode>> {
        let view = view_at(context, as_of).await?;
        let id = PersonId(uuid_of("Person", &id)?);
        Ok(PersonNode::find(Request::of(context), &view, id))
    }

    /// The people whom you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn people(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that were not removed if not given.")] filter: OrDefault<
            PersonFilter,
        >,
        #[graphql(desc = "In which order; that in which they were added if not given.")]
        order_by: Option<PersonOrder>,
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
    ) -> Result<Option<Page<PersonNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let PersonFilter {
            tenant_id,
            text_contains,
            tag,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let listed = Arc::new(Listed {
            people: services(context).projections.people(&view),
            of,
            matching: Matching {
                called: Part::of(text_contains.as_deref()),
                tag: tag.map(|text| Tag::known(&text)),
            },
        });
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let node = |id| PersonNode::find(request, &view, id);
        if let Some(order) = order_by.and_then(PersonOrder::ranking) {
            let rows = listed.fitting(&view);
            let place = |row: &PersonRow| row.place;
            return page_of_rows(&arguments, order, &rows, place, |row| node(row.place.id))
                .map(Some);
        }
        let direction = order_by.map_or(OrderDirection::Asc, |order| order.direction.0);
        walk_in(
            Order::of_creation(direction),
            context,
            &view,
            &arguments,
            move |view, within| listed.clone().within(view, within),
            |_, _, _| true,
            node,
        )
        .map(Some)
    }
}
