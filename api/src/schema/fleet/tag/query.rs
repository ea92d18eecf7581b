//! Asking which tags are in use.

use crate::request::{Request, services, view_at};
use crate::schema::fleet::tenant::confine;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    OrderDirection, Page, PageArguments, SortKey, list_cost, page_of_sorted, skip_cost,
};
use crate::schema::part::Part;
use crate::schema::types::AsOfInput;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use std::collections::BTreeMap;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_projections::{Tags, View};

/// What it costs to bring the tags of all tenants together.
const TAGS_COST: usize = 50;

/// A tag that is in use, and by how many. What was removed, and what is of a removed tenant, does not count.
#[derive(Clone, Debug, SimpleObject)]
pub struct TagUse {
    /// The tag, in small letters.
    tag: String,
    /// How many computers carry it themselves.
    computer_count: usize,
    /// How many tenants do.
    tenant_count: usize,
    /// How many people do.
    person_count: usize,
}

/// How many carry a tag.
#[derive(Clone, Copy, Default)]
struct Bearers {
    computers: usize,
    tenants: usize,
    people: usize,
}

/// Which tags; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TagFilter {
    /// Only those that this tenant or something of it carries.
    tenant_id: Option<ID>,
    /// Only those that contain this, whatever the case. At most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    text_contains: Option<String>,
}

orders! {
    /// By what tags are sorted.
    TagOrder by TagOrderField {
        /// The tags themselves.
        Name,
        /// How many computers carry them.
        ComputerCount,
        /// How many tenants do.
        TenantCount,
        /// How many people do.
        PersonCount,
    }
}

impl TagOrderField {
    /// Of which order a cursor is.
    fn name(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::ComputerCount => "COMPUTER_COUNT",
            Self::TenantCount => "TENANT_COUNT",
            Self::PersonCount => "PERSON_COUNT",
        }
    }

    /// Among equals, tags are in their own order.
    fn rank(self, bearers: Bearers) -> SortKey {
        let count = match self {
            Self::Name => 0,
            Self::ComputerCount => bearers.computers,
            Self::TenantCount => bearers.tenants,
            Self::PersonCount => bearers.people,
        };
        SortKey::Number(u64::try_from(count).unwrap_or(u64::MAX))
    }
}

/// Which tags somebody may see, and who carries them.
struct Carried<'a> {
    request: &'a Request,
    view: &'a View,
    tags: &'a Tags,
    part: Part,
    found: BTreeMap<&'a str, Bearers>,
}

impl<'a> Carried<'a> {
    fn count(
        &mut self,
        tags: impl Iterator<Item = (&'a Tag, usize)>,
        of: fn(&mut Bearers) -> &mut usize,
    ) {
        for (tag, count) in tags.filter(|(tag, _)| self.part.is_in_folded(tag.as_str())) {
            *of(self.found.entry(tag.as_str()).or_default()) += count;
        }
    }

    /// Takes in what is of a tenant, as far as the caller may see it.
    fn take_in(&mut self, tenant: TenantId) {
        let Some(entry) = self.view.tenants.get(tenant) else {
            return;
        };
        if entry.state.is_removed() {
            return;
        }
        if self.request.may(Action::ReadTenant { tenant }) {
            let own = entry.state.tags.iter().map(|tag| (tag, 1));
            self.count(own, |bearers| &mut bearers.tenants);
            let people = self.tags.on_people().of_tenant(tenant);
            self.count(people, |bearers| &mut bearers.people);
        }
        if self.request.may(Action::ReadComputer { tenant }) {
            let computers = self.tags.on_computers().of_tenant(tenant);
            self.count(computers, |bearers| &mut bearers.computers);
        }
    }
}

/// What can be asked about tags.
#[derive(Default)]
pub struct TagQuery;

#[Object]
impl TagQuery {
    /// The tags that are on computers, tenants and people whom you may see.
    #[graphql(
        complexity = "TAGS_COST + list_cost(first, last, child_complexity) + skip_cost(skip)"
    )]
    async fn tags(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all that are in use if not given.")] filter: OrDefault<
            TagFilter,
        >,
        #[graphql(desc = "In which order; that of the alphabet if not given.")] order_by: Option<
            TagOrder,
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
    ) -> Result<Option<Page<TagUse>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let TagFilter {
            tenant_id,
            text_contains,
        } = filter.0;
        let of = confine(request, &view, tenant_id.as_ref())?;
        let tags = services(context).projections.tags(&view);
        let mut carried = Carried {
            request,
            view: &view,
            tags: &tags,
            part: Part::of(text_contains.as_deref()),
            found: BTreeMap::new(),
        };
        match of {
            Some(tenant) => carried.take_in(tenant),
            None => {
                for (tenant, _) in view.tenants.iter() {
                    carried.take_in(tenant);
                }
            }
        }
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let (field, direction) = order_by
            .map_or((TagOrderField::Name, OrderDirection::Asc), |order| {
                (order.field, order.direction.0)
            });
        page_of_sorted(
            &arguments,
            (field.name(), direction),
            (carried.found.iter()).map(|(tag, bearers)| (field.rank(*bearers), (*tag).to_owned())),
            |tag| {
                let bearers = carried.found.get(tag)?;
                Some(TagUse {
                    tag: tag.to_owned(),
                    computer_count: bearers.computers,
                    tenant_count: bearers.tenants,
                    person_count: bearers.people,
                })
            },
        )
        .map(Some)
    }
}
