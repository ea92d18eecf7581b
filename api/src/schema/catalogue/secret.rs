//! Secrets: what scripts are told that nobody may read.

mod change;
mod text;

pub use change::SecretMutation;
pub use text::SecretText;

use crate::request::{Request, view_at};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, assumed, list_cost, skip_cost, times, walk};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::types::{AsOfInput, Change, global_id_in, uuid_of};
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::secret::Secret;
use upkeep_domain::kernel::ids::{SecretId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// Most deployments that are told of one secret.
const MAX_USES: usize = 100;

/// What scripts are told that nobody may read.
#[derive(Clone)]
pub struct SecretNode {
    view: Arc<View>,
    id: SecretId,
    entry: Arc<Entry<Secret>>,
    owner: Option<TenantId>,
}

impl SecretNode {
    /// The secret, if known and the caller may manage it; also one that was removed.
    pub fn find(request: &Request, view: &Arc<View>, id: SecretId) -> Option<Self> {
        let entry = view.secrets.get(id)?.clone();
        let owner = entry.state.owner()?;
        let action = Action::ManageSecrets { tenant: owner };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            owner,
        })
    }
}

/// What scripts are told that nobody may read: a password, a key. Deployments tell it to a task's parameter of the kind SECRET. There is no
/// way to read one: only the agent that runs such a script is given it.
#[Object(name = "Secret")]
impl SecretNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Secret", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The name.
    async fn name(&self) -> &str {
        self.entry.state.name().map_or("", Name::as_str)
    }

    /// The tenant whose it is and for whose computers alone it can be told; nothing where it is the installation's, for everybody.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.owner?)
    }

    /// Whether it is the installation's.
    async fn is_of_installation(&self) -> bool {
        self.owner.is_none()
    }

    /// Whether it was removed. Nothing is told it then.
    async fn is_removed(&self) -> bool {
        !self.entry.state.is_present()
    }

    /// The deployments that tell it, as far as you may see them: at most 100, the oldest ones.
    #[graphql(complexity = "100 + times(assumed::COUNTED, child_complexity)")]
    async fn deployments(&self, context: &Context<'_>) -> Vec<DeploymentNode> {
        let request = Request::of(context);
        let deployments = &self.view.deployments;
        let oldest_first = deployments.within((Bound::Unbounded, Bound::Unbounded));
        let telling = oldest_first.filter(|place| {
            let entry = deployments.get(place.id);
            entry.is_some_and(|entry| entry.state.tells(self.id))
        });
        telling
            .filter_map(|place| DeploymentNode::find(request, &self.view, place.id))
            .take(MAX_USES)
            .collect()
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Secret>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Secret>(context, &self.view, self.id)
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

/// Which secrets; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SecretFilter {
    /// Only those that can be told for the computers of this tenant: its own, and the installation's.
    for_tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
}

/// What can be asked about secrets.
#[derive(Default)]
pub struct SecretQuery;

#[Object]
impl SecretQuery {
    /// One secret, by what can be known of it.
    async fn secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<SecretNode>> {
        let view = view_at(context, as_of).await?;
        let id = SecretId(uuid_of("Secret", &id)?);
        Ok(SecretNode::find(Request::of(context), &view, id))
    }

    /// The secrets that you may manage and that were not removed, in the order in which they were created.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn secrets(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<SecretFilter>,
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
    ) -> Result<Option<Page<SecretNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.principal()?;
        let of = filter.0.for_tenant_id.as_ref();
        let of = of.map(|id| uuid_of("Tenant", id)).transpose()?;
        let of = of.map(TenantId);
        let part = Part::of(filter.0.name_contains.as_deref());
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk(
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.secrets.within(within)),
            move |request, view, id| {
                SecretNode::find(request, view, id).is_some_and(|secret| {
                    let name = secret.entry.state.name();
                    secret.entry.state.is_present()
                        && of.is_none_or(|of| secret.owner.is_none_or(|owner| owner == of))
                        && part.is_in(name.map_or("", Name::as_str))
                })
            },
            |id| SecretNode::find(request, &view, id),
        )
        .map(Some)
    }
}
