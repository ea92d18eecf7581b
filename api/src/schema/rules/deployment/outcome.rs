//! What one deployment comes to on each computer.

use super::node::DeploymentNode;
use crate::error;
use crate::request::{Request, moment};
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::page::{Page, PageArguments, page_of};
use crate::schema::rules::resolution::{NotCandidateKind, ResolutionKey};
use crate::schema::shown::ShownRule;
use crate::schema::types::global_id;
use async_graphql::{Context, Enum, ID, Object, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::rules::resolution::RuleOutcome;
use upkeep_projections::{Moment, Place, View};

/// What a deployment comes to on a computer.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "DeploymentOutcomeKind")]
pub enum OutcomeKind {
    /// It decides.
    Wins,
    /// It applies, and another one beats it.
    Loses,
    /// It does not apply.
    DoesNotApply,
}

impl From<&RuleOutcome> for OutcomeKind {
    fn from(outcome: &RuleOutcome) -> Self {
        match outcome {
            RuleOutcome::Wins => Self::Wins,
            RuleOutcome::Loses(_) => Self::Loses,
            RuleOutcome::NotCandidate(_) => Self::DoesNotApply,
        }
    }
}

/// What a deployment comes to on one computer.
pub struct DeploymentOutcomeNode {
    view: Arc<View>,
    deployment: DeploymentId,
    computer: ComputerId,
    outcome: RuleOutcome,
}

/// What a deployment comes to on one computer, and why.
#[Object(name = "DeploymentOutcome")]
impl DeploymentOutcomeNode {
    /// The computer.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        ComputerNode::find(Request::of(context), &self.view, self.computer)
    }

    /// Whether it wins, loses or does not apply.
    async fn outcome(&self) -> OutcomeKind {
        (&self.outcome).into()
    }

    /// The key on which it lost, where that tells nothing of a deployment that you may not see.
    async fn lost_on(&self, context: &Context<'_>) -> Option<ResolutionKey> {
        match &self.outcome {
            RuleOutcome::Loses(loss) => self.shown(context).lost_on(loss).map(Into::into),
            _ => None,
        }
    }

    /// The deployment that it lost to, if you may see it.
    async fn lost_to_deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        match &self.outcome {
            RuleOutcome::Loses(loss) => {
                DeploymentNode::find(Request::of(context), &self.view, loss.to)
            }
            _ => None,
        }
    }

    /// The global id of the deployment that it lost to.
    async fn lost_to_deployment_id(&self) -> Option<ID> {
        match &self.outcome {
            RuleOutcome::Loses(loss) => Some(global_id("Deployment", loss.to.0)),
            _ => None,
        }
    }

    /// Why it does not apply.
    async fn reason(&self, context: &Context<'_>) -> Option<NotCandidateKind> {
        match &self.outcome {
            RuleOutcome::NotCandidate(reason) => self.shown(context).reason(reason).map(Into::into),
            _ => None,
        }
    }

    /// In one sentence.
    async fn explanation(&self, context: &Context<'_>) -> String {
        let shown = self.shown(context);
        match &self.outcome {
            RuleOutcome::Wins => shown.wins(),
            RuleOutcome::Loses(loss) => shown.loses(loss),
            RuleOutcome::NotCandidate(reason) => shown.does_not_apply(reason),
        }
    }
}

impl DeploymentOutcomeNode {
    fn shown<'a>(&'a self, context: &Context<'a>) -> ShownRule<'a> {
        ShownRule {
            request: Request::of(context),
            view: &self.view,
            deployment: self.deployment,
        }
    }
}

/// A page of what a deployment comes to on all computers, or on those of the tenant that is asked about or that the caller is
/// confined to.
pub async fn outcomes(
    context: &Context<'_>,
    view: &Arc<View>,
    deployment: DeploymentId,
    (only, within): (Option<OutcomeKind>, Option<TenantId>),
    arguments: &PageArguments,
) -> Result<Page<DeploymentOutcomeNode>> {
    let asked = Moment {
        view: view.clone(),
        at: moment(context, view),
    };
    let all = tokio::task::spawn_blocking(move || {
        asked.outcomes(deployment, within, |outcome| {
            only.is_none_or(|only| only == OutcomeKind::from(outcome))
        })
    })
    .await
    .map_err(|error| error::internal(&error))?;
    page_of(
        arguments,
        &all,
        |(id, _)| id.0,
        |(id, outcome)| {
            Some(DeploymentOutcomeNode {
                view: view.clone(),
                deployment,
                computer: *id,
                outcome: outcome.clone(),
            })
        },
    )
}

/// A deployment and a number of computers.
pub struct DeploymentCountNode {
    view: Arc<View>,
    deployment: DeploymentId,
    computers: usize,
}

/// A deployment and on how many computers it does what was asked for.
#[Object(name = "DeploymentCount")]
impl DeploymentCountNode {
    /// The deployment, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        DeploymentNode::find(Request::of(context), &self.view, self.deployment)
    }

    /// The deployment's target in words.
    async fn target_text(&self, context: &Context<'_>) -> String {
        ShownRule {
            request: Request::of(context),
            view: &self.view,
            deployment: self.deployment,
        }
        .target()
    }

    /// On how many computers.
    async fn computer_count(&self) -> usize {
        self.computers
    }
}

impl DeploymentCountNode {
    /// A page of counts, in the order of the deployments' creation.
    pub fn page(
        view: &Arc<View>,
        counts: BTreeMap<DeploymentId, usize>,
        arguments: &PageArguments,
    ) -> Result<Page<Self>> {
        let placed = |(id, computers)| Some((view.deployments.place_of(id)?, computers));
        let mut all: Vec<(Place<DeploymentId>, usize)> =
            counts.into_iter().filter_map(placed).collect();
        all.sort_unstable();
        page_of(
            arguments,
            &all,
            |(place, _)| *place,
            |(place, computers)| {
                Some(Self {
                    view: view.clone(),
                    deployment: place.id,
                    computers: *computers,
                })
            },
        )
    }
}
