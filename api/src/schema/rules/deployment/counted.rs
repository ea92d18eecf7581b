//! What deployments come to on all computers, counted: from the tally that is kept, so that a long list can show it.

use super::outcome::{DeploymentCountNode, OutcomeKind};
use crate::request::{Request, in_background, moment, services};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::page::{Page, PageArguments, page_of};
use crate::schema::types::global_id;
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{DeploymentId, TenantId};
use upkeep_projections::{Moment, Place, Tally, TenantStands, View};

/// What all deployments of a view come to.
pub async fn tally(context: &Context<'_>, view: &Arc<View>) -> Result<Tally> {
    let tallies = services(context).projections.tallies().clone();
    let asked = Moment {
        view: view.clone(),
        at: moment(context, view),
    };
    in_background(move || tallies.at(asked)).await
}

/// A page of the deployments with which one is in conflict.
pub async fn conflicts(
    context: &Context<'_>,
    view: &Arc<View>,
    deployment: DeploymentId,
    arguments: &PageArguments,
) -> Result<Page<DeploymentCountNode>> {
    let within = Request::of(context).principal()?.confined_to();
    let tally = tally(context, view).await?;
    DeploymentCountNode::page(view, tally.conflicts_of(deployment, within), arguments)
}

/// What a deployment comes to on the computers of one tenant.
pub struct TenantOutcomesNode {
    view: Arc<View>,
    counted: TenantStands,
}

/// What a deployment comes to on the computers of one tenant, counted. The three together are all of its computers.
#[Object(name = "DeploymentTenantOutcomes")]
impl TenantOutcomesNode {
    /// The tenant's global id.
    async fn tenant_id(&self) -> ID {
        global_id("Tenant", self.counted.tenant.0)
    }

    /// The tenant, if you may see it.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.counted.tenant)
    }

    /// How many computers it has, removed ones aside.
    async fn computer_count(&self) -> usize {
        self.counted.computers
    }

    /// On how many of them the deployment decides.
    async fn wins_on(&self) -> usize {
        self.counted.stands.wins
    }

    /// On how many of them it applies, and another one beats it.
    async fn loses_on(&self) -> usize {
        self.counted.stands.loses
    }

    /// On how many of them it does not apply.
    async fn does_not_apply_on(&self) -> usize {
        does_not_apply(&self.counted)
    }
}

fn does_not_apply(counted: &TenantStands) -> usize {
    let applies = counted.stands.wins + counted.stands.loses;
    counted.computers.saturating_sub(applies)
}

/// On how many computers of a tenant a deployment comes to this.
fn count_of(counted: &TenantStands, outcome: OutcomeKind) -> usize {
    match outcome {
        OutcomeKind::Wins => counted.stands.wins,
        OutcomeKind::Loses => counted.stands.loses,
        OutcomeKind::DoesNotApply => does_not_apply(counted),
    }
}

/// A page of what a deployment comes to, tenant by tenant.
pub async fn outcomes_by_tenant(
    context: &Context<'_>,
    view: &Arc<View>,
    deployment: DeploymentId,
    only: Option<OutcomeKind>,
    arguments: &PageArguments,
) -> Result<Page<TenantOutcomesNode>> {
    let within = Request::of(context).principal()?.confined_to();
    let tally = tally(context, view).await?;
    let counted = tally.by_tenant(deployment, within).into_iter();
    let wanted =
        counted.filter(|counted| only.is_none_or(|outcome| count_of(counted, outcome) > 0));
    let placed = |counted: TenantStands| Some((view.tenants.place_of(counted.tenant)?, counted));
    let mut all: Vec<(Place<TenantId>, TenantStands)> = wanted.filter_map(placed).collect();
    all.sort_unstable_by_key(|(place, _)| *place);
    page_of(
        arguments,
        &all,
        |(place, _)| *place,
        |(_, counted)| {
            Some(TenantOutcomesNode {
                view: view.clone(),
                counted: *counted,
            })
        },
    )
}
