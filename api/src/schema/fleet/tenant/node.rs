//! What is shown of a tenant.

use crate::request::Request;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::tag::texts;
use crate::schema::page::{Page, PageArguments, assumed, list_cost, short_list_cost, walk};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::tenant::{CrossTenant, Tenant};
use upkeep_domain::kernel::ids::TenantId;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// A customer of the MSP, or the MSP itself.
#[derive(Clone)]
pub struct TenantNode {
    pub view: Arc<View>,
    pub id: TenantId,
    pub entry: Arc<Entry<Tenant>>,
}

impl TenantNode {
    /// The tenant, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: TenantId) -> Option<Self> {
        let entry = view.tenants.get(id)?.clone();
        request
            .may(Action::ReadTenant { tenant: id })
            .then(|| Self {
                view: view.clone(),
                id,
                entry,
            })
    }
}

/// A customer of the MSP, or the MSP itself. Tenants form a tree.
#[Object(name = "Tenant")]
impl TenantNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Tenant", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> String {
        self.entry
            .state
            .name
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }

    /// The tenant above it, if there is one and you may see it.
    async fn parent(&self, context: &Context<'_>) -> Option<TenantNode> {
        Self::find(Request::of(context), &self.view, self.entry.state.parent?)
    }

    /// The tenants directly below it that you may see, removed ones aside, in the order of creation.
    #[graphql(complexity = "short_list_cost(first, last, assumed::CHILDREN, child_complexity)")]
    async fn children(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<TenantNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let parent = Some(self.id);
        walk(
            context,
            &self.view,
            &arguments,
            |view, within| Box::new(view.tenants.within(within)),
            move |request, view, id| {
                let is_below = |entry: &Arc<Entry<Tenant>>| {
                    entry.state.parent == parent && !entry.state.is_removed()
                };
                request.may(Action::ReadTenant { tenant: id })
                    && view.tenants.get(id).is_some_and(is_below)
            },
            |id| Self::find(Request::of(context), &self.view, id),
        )
    }

    /// Its tags, at most 200.
    #[graphql(complexity = "assumed::TAGS")]
    async fn tags(&self) -> Vec<String> {
        texts(&self.entry.state.tags)
    }

    /// The time zone in which its days begin and end, by its name in the IANA database.
    async fn time_zone(&self) -> &str {
        self.entry.state.time_zone.name()
    }

    /// Whether it was removed: then nothing applies to it and its computers, nothing runs on them, and its tokens are worth
    /// nothing.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed()
    }

    /// Whether cross-tenant deployments leave it and its computers out.
    async fn is_excluded_from_cross_tenant(&self) -> bool {
        self.entry.state.cross_tenant == CrossTenant::Excluded
    }

    /// Its computers.
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
        let of = Some(self.id);
        walk(
            context,
            &self.view,
            &arguments,
            move |view, within| view.computers_within(of, within),
            |_, view, id| {
                let entry = view.computers.get(id);
                entry.is_some_and(|entry| !entry.state.is_removed)
            },
            |id| ComputerNode::get(&self.view, id),
        )
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Tenant>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Tenant>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
