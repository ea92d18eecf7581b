use super::deployment::{DeploymentNode, DesiredStateNode};
use super::software::SoftwareNode;
use super::types::{global_id, uuid_of};
use crate::request::Request;
use async_graphql::{Context, Enum, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::deployment::{MaintenanceItem, Scope};
use upkeep_domain::ids::{ComputerId, DeploymentId, SoftwareId};
use upkeep_domain::resolution::{
    self, ItemResolution, NotCandidate, NotCandidateReason, Ranked, target_phrase,
};
use upkeep_domain::version::Version;
use upkeep_projections::{View, ViewNames};

/// The keys by which deployments are compared, in this order; the first difference decides.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "resolution::Key")]
pub enum ResolutionKey {
    /// One computer > one tenant > every tenant.
    Scope,
    /// The computer's own tenant > its parent > the one above that.
    TenantDistance,
    /// Servers > portable devices > workstations > both of these > all computers.
    Filter,
    /// Ignored > every other state > update if found.
    State,
    /// The one created later, between rules that are equal otherwise.
    Created,
}

/// Why a deployment does not apply to a computer.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum NotCandidateKind {
    /// It is disabled.
    Disabled,
    /// It is for another computer.
    OtherComputer,
    /// It is for another tenant.
    OtherTenant,
    /// It is for another kind of computers.
    OtherClass,
    /// The kind of this computer is not known.
    UnknownClass,
}

/// Everything about one item on one computer.
pub struct ItemResolutionNode {
    view: Arc<View>,
    resolution: ItemResolution,
}

impl ItemResolutionNode {
    /// The items of a computer that the caller may see; its tenant was checked.
    pub fn of(
        _: &Request,
        view: &Arc<View>,
        computer: ComputerId,
        software: Option<&ID>,
    ) -> Result<Vec<Self>> {
        let wanted = software
            .map(|id| uuid_of("Software", id).map(SoftwareId))
            .transpose()?;
        let items = view.resolve(computer).unwrap_or_default();
        Ok(items
            .into_iter()
            .filter(|item| {
                wanted.is_none_or(|wanted| item.item == MaintenanceItem::Software(wanted))
            })
            .map(|resolution| Self {
                view: view.clone(),
                resolution,
            })
            .collect())
    }

    fn latest(&self) -> Option<Version> {
        let MaintenanceItem::Software(id) = self.resolution.item;
        self.view.software.get(id)?.state.latest().cloned()
    }
}

/// Everything about one item on one computer: who wins, who loses to whom, who does not apply, and why.
#[Object(name = "ItemResolution")]
impl ItemResolutionNode {
    /// The software.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let MaintenanceItem::Software(id) = self.resolution.item;
        SoftwareNode::find(Request::of(context), &self.view, id)
    }

    /// The deployment that decides; nothing if none applies, and then the item is left alone.
    async fn winner(&self) -> Option<RankedNode> {
        self.resolution
            .winner()
            .map(|ranked| self.ranked_node(0, ranked))
    }

    /// All deployments that apply, best first: the winner and then the losers.
    async fn ranked(&self) -> Vec<RankedNode> {
        let ranked = self.resolution.ranked.iter().enumerate();
        ranked
            .map(|(place, ranked)| self.ranked_node(place, ranked))
            .collect()
    }

    /// The deployments for the item that do not apply to this computer. What is only about other tenants is shown
    /// only to those who may see it.
    async fn not_candidates(&self, context: &Context<'_>) -> Vec<NotCandidateNode> {
        let request = Request::of(context);
        let is_for_all = |id| {
            let rule = self
                .view
                .deployments
                .get(id)
                .and_then(|entry| entry.state.rule.as_ref());
            rule.is_some_and(|rule| rule.target.scope == Scope::CrossTenant)
        };
        self.resolution
            .not_candidates
            .iter()
            .filter(|not| {
                is_for_all(not.deployment)
                    || DeploymentNode::find(request, &self.view, not.deployment).is_some()
            })
            .map(|not_candidate| NotCandidateNode {
                view: self.view.clone(),
                not_candidate: *not_candidate,
            })
            .collect()
    }

    /// Whether the winner won only by being newer than a deployment that says something else.
    async fn is_conflict(&self) -> bool {
        self.resolution.is_conflict()
    }
}

impl ItemResolutionNode {
    fn ranked_node(&self, place: usize, ranked: &Ranked) -> RankedNode {
        RankedNode {
            view: self.view.clone(),
            place,
            ranked: ranked.clone(),
            latest: self.latest(),
        }
    }
}

/// A deployment that applies, in its place.
pub struct RankedNode {
    view: Arc<View>,
    place: usize,
    ranked: Ranked,
    latest: Option<Version>,
}

/// A deployment that applies, in its place.
#[Object(name = "RankedDeployment")]
impl RankedNode {
    /// 1 for the winner.
    async fn place(&self) -> usize {
        self.place + 1
    }

    /// The deployment's global id.
    async fn deployment_id(&self) -> ID {
        global_id("Deployment", self.ranked.deployment.0)
    }

    /// The deployment, if you may see it: those of your provider for every tenant are named only by their target.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        DeploymentNode::find(Request::of(context), &self.view, self.ranked.deployment)
    }

    /// The state that it wants.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.ranked.desired.clone(),
            latest: self.latest.clone(),
        }
    }

    /// The key on which it lost; nothing for the winner.
    async fn lost_on(&self) -> Option<ResolutionKey> {
        self.ranked.lost.map(|loss| loss.key.into())
    }

    /// The deployment that it lost to; nothing for the winner.
    async fn lost_to_deployment_id(&self) -> Option<ID> {
        self.ranked
            .lost
            .map(|loss| global_id("Deployment", loss.to.0))
    }

    /// In one sentence why it won or lost.
    async fn explanation(&self) -> String {
        let target = target_of(&self.view, self.ranked.deployment);
        match self.ranked.lost {
            None => {
                format!("the deployment for {target} wins: no other that applies is more specific")
            }
            Some(loss) => format!(
                "the deployment for {target} loses to the one for {}: {}",
                target_of(&self.view, loss.to),
                loss.key.sentence()
            ),
        }
    }
}

/// A deployment that does not apply.
pub struct NotCandidateNode {
    view: Arc<View>,
    not_candidate: NotCandidate,
}

/// A deployment for the item that does not apply to the computer.
#[Object(name = "NotCandidate")]
impl NotCandidateNode {
    /// The deployment's global id.
    async fn deployment_id(&self) -> ID {
        global_id("Deployment", self.not_candidate.deployment.0)
    }

    /// The deployment, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        DeploymentNode::find(
            Request::of(context),
            &self.view,
            self.not_candidate.deployment,
        )
    }

    /// Why it does not apply.
    async fn reason(&self) -> NotCandidateKind {
        match self.not_candidate.reason {
            NotCandidateReason::Disabled => NotCandidateKind::Disabled,
            NotCandidateReason::OtherComputer { .. } => NotCandidateKind::OtherComputer,
            NotCandidateReason::OtherTenant { .. } => NotCandidateKind::OtherTenant,
            NotCandidateReason::OtherClass { .. } => NotCandidateKind::OtherClass,
            NotCandidateReason::UnknownClass { .. } => NotCandidateKind::UnknownClass,
        }
    }

    /// In one sentence why it does not apply.
    async fn explanation(&self) -> String {
        let target = target_of(&self.view, self.not_candidate.deployment);
        let reason = self.not_candidate.reason.sentence(&ViewNames(&self.view));
        format!("the deployment for {target} does not apply: {reason}")
    }
}

fn target_of(view: &View, deployment: DeploymentId) -> String {
    let entry = view.deployments.get(deployment);
    let rule = entry.and_then(|entry| entry.state.rule.as_ref());
    rule.map_or_else(
        || deployment.to_string(),
        |rule| target_phrase(&rule.target, &ViewNames(view)),
    )
}
