//! Conflicts between deployments that a change brings or takes away.

use crate::request::{Request, in_background, services};
use crate::schema::page::{Page, PageArguments, page_of};
use crate::schema::rules::deployment::DeploymentNode;
use crate::schema::shown::ShownRule;
use crate::schema::types::global_id;
use async_graphql::{Context, Enum, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_projections::{ConflictChange, Difference, View};
use uuid::Uuid;

/// What becomes of a conflict between two deployments.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum ConflictChangeKind {
    /// It was on no computer before.
    Arises,
    /// It is on no computer any more.
    Vanishes,
    /// It is on more computers than before.
    Widens,
    /// It is on fewer computers than before.
    Narrows,
}

impl From<&ConflictChange> for ConflictChangeKind {
    fn from(change: &ConflictChange) -> Self {
        match (change.before, change.after) {
            (0, _) => Self::Arises,
            (_, 0) => Self::Vanishes,
            (before, after) if before < after => Self::Widens,
            _ => Self::Narrows,
        }
    }
}

/// A conflict that is on another number of computers than before.
pub struct ConflictChangeNode {
    difference: Arc<Difference>,
    change: ConflictChange,
}

/// A conflict between two deployments that is on more or fewer computers than before: the newer one wins there only by being newer, and
/// they say different things.
#[Object(name = "ConflictChange")]
impl ConflictChangeNode {
    /// What becomes of it.
    async fn kind(&self) -> ConflictChangeKind {
        (&self.change).into()
    }

    /// The one that wins.
    async fn newer(&self) -> ContendingNode<'_> {
        self.contending(self.change.newer)
    }

    /// The one that loses.
    async fn older(&self) -> ContendingNode<'_> {
        self.contending(self.change.older)
    }

    /// On how many computers that you may see they are in conflict before.
    async fn computer_count_before(&self) -> usize {
        self.change.before
    }

    /// On how many computers that you may see they are in conflict after.
    async fn computer_count_after(&self) -> usize {
        self.change.after
    }
}

impl ConflictChangeNode {
    fn contending(&self, deployment: DeploymentId) -> ContendingNode<'_> {
        ContendingNode {
            view: side_of(&self.difference, deployment),
            deployment,
        }
    }
}

/// The later of both views that knows a deployment.
fn side_of(difference: &Difference, deployment: DeploymentId) -> &Arc<View> {
    let (before, after) = (&difference.before.view, &difference.after.view);
    match after.deployments.get(deployment) {
        Some(_) => after,
        None => before,
    }
}

/// One of two deployments that are in conflict.
pub struct ContendingNode<'a> {
    view: &'a Arc<View>,
    deployment: DeploymentId,
}

/// One of two deployments that are in conflict.
#[Object(name = "ContendingDeployment")]
impl ContendingNode<'_> {
    /// The deployment's global id; of one that is not saved yet, an id that it will not have.
    async fn deployment_id(&self) -> ID {
        global_id("Deployment", self.deployment.0)
    }

    /// The deployment, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        DeploymentNode::find(Request::of(context), self.view, self.deployment)
    }

    /// The deployment's target in words.
    async fn target_text(&self, context: &Context<'_>) -> String {
        ShownRule {
            request: Request::of(context),
            view: self.view,
            deployment: self.deployment,
        }
        .target()
    }
}

/// Where a conflict stands in the list: by where the newer one was made, which is the same in every preview of a change, and by the older
/// one's id.
fn key(difference: &Difference, change: &ConflictChange) -> (u64, Uuid) {
    let deployments = &side_of(difference, change.newer).deployments;
    let place = deployments.place_of(change.newer);
    (
        place.map_or(u64::MAX, |place| place.made_at.0),
        change.older.0,
    )
}

/// A page of the conflicts that a difference brings or takes away, and of which the caller may see one side.
pub async fn conflicts(
    context: &Context<'_>,
    difference: &Arc<Difference>,
    kind: Option<ConflictChangeKind>,
    arguments: &PageArguments,
) -> Result<Page<ConflictChangeNode>> {
    let tallies = services(context).projections.tallies().clone();
    let asked = difference.clone();
    let mut all = in_background(move || asked.conflicts(&tallies)).await?;
    let request = Request::of(context);
    let is_seen = |deployment| {
        let view = side_of(difference, deployment);
        DeploymentNode::find(request, view, deployment).is_some()
    };
    all.retain(|change| {
        kind.is_none_or(|kind| kind == ConflictChangeKind::from(change))
            && (is_seen(change.newer) || is_seen(change.older))
    });
    all.sort_unstable_by_key(|change| key(difference, change));
    page_of(
        arguments,
        &all,
        |change| key(difference, change),
        |change| {
            Some(ConflictChangeNode {
                difference: difference.clone(),
                change: *change,
            })
        },
    )
}
