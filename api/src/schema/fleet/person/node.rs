//! A person as a node.

use crate::request::Request;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tag::texts;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::page::{Page, PageArguments, assumed, list_cost, walk};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::person::{Person, Profile};
use upkeep_domain::kernel::ids::PersonId;
use upkeep_domain::kernel::name::Name;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// A person who works for a tenant.
#[derive(Clone)]
pub struct PersonNode {
    view: Arc<View>,
    id: PersonId,
    entry: Arc<Entry<Person>>,
    profile: Profile,
}

impl PersonNode {
    /// The person, if known and the caller may see the tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: PersonId) -> Option<Self> {
        let entry = view.persons.get(id)?.clone();
        let profile = entry.state.profile.clone()?;
        let action = Action::ReadTenant {
            tenant: profile.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            profile,
        })
    }
}

/// A person who works for a tenant, reached through the computers whose primary person it is.
#[Object(name = "Person")]
impl PersonNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Person", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.profile.name.as_str()
    }

    /// The user principal name, where there is one.
    async fn upn(&self) -> Option<&str> {
        self.profile.upn.as_ref().map(Name::as_str)
    }

    /// The tenant that the person works for.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.profile.tenant)
    }

    /// The person's tags, at most 200.
    #[graphql(complexity = "assumed::TAGS")]
    async fn tags(&self) -> Vec<String> {
        texts(&self.entry.state.tags)
    }

    /// Whether the person left.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// The computers of the person's tenant whose primary person it is.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ComputerNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        // Who left is nobody's primary person any more.
        let (person, own) = (self.id, self.profile.tenant);
        let is_removed = self.entry.state.is_removed;
        walk(
            context,
            &self.view,
            &arguments,
            move |view, within| Box::new(view.computers_of_person_within(person, within)),
            move |_, view, id| {
                !is_removed && !view.is_removed(id) && view.tenant_of(id) == Some(own)
            },
            |id| ComputerNode::get(&self.view, id),
        )
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Person>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Person>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who added the person, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed something, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
