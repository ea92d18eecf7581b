//! What is shown of a deployment.

use super::counted::{TenantOutcomesNode, conflicts, outcomes_by_tenant, tally};
use super::desired::DesiredStateNode;
use super::force::{DeploymentStatus, Enforcement, Origin, Recommendation};
use super::outcome::{DeploymentCountNode, DeploymentOutcomeNode, OutcomeKind, outcomes};
use super::revision::{RevisionNode, revisions};
use super::target::TargetNode;
use crate::request::Request;
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::parameter::{GivenParameter, known};
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::fleet::tenant::confine;
use crate::schema::page::{Page, PageArguments, assumed, list_cost, times};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, ID, Object, Result};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::DeploymentId;
use upkeep_domain::rules::deployment::{self, Deployment, Rule};
use upkeep_projections::{Entry, Stands, View};
use uuid::Uuid;

/// A rule that assigns a maintenance item to a target.
#[derive(Clone)]
pub struct DeploymentNode {
    view: Arc<View>,
    id: DeploymentId,
    entry: Arc<Entry<Deployment>>,
    rule: Arc<Rule>,
}

impl DeploymentNode {
    /// The deployment, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: DeploymentId) -> Option<Self> {
        let entry = view.deployments.get(id)?.clone();
        let rule = entry.state.rule.clone()?;
        let scope = rule.target.scope;
        let action = Action::ReadDeployment {
            scope,
            tenant: view.tenant_of_scope(scope),
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            rule,
        })
    }

    /// What it comes to on the computers that the caller may see, counted.
    async fn stands(&self, context: &Context<'_>) -> Result<Stands> {
        let within = Request::of(context).principal()?.confined_to();
        let tally = tally(context, &self.view).await?;
        Ok(tally.stands_of(self.id, within))
    }
}

/// A rule that assigns a maintenance item to a target. Saving one never touches a computer; it acts when a
/// maintenance session resolves it.
#[Object(name = "Deployment")]
impl DeploymentNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Deployment", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// The software that it is about, if it is about one.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.rule.item.software()?;
        SoftwareNode::find(Request::of(context), &self.view, id)
    }

    /// The cloud task that it is about, if it is about one.
    async fn cloud_task(&self, context: &Context<'_>) -> Option<CloudTaskNode> {
        CloudTaskNode::of(Request::of(context), &self.view, self.rule.item)
    }

    /// The task that it is about, if it is about one.
    async fn task(&self, context: &Context<'_>) -> Option<TaskNode> {
        TaskNode::of(Request::of(context), &self.view, self.rule.item)
    }

    /// The computers that it is for.
    async fn target(&self) -> TargetNode {
        TargetNode {
            view: self.view.clone(),
            target: self.rule.target.clone(),
        }
    }

    /// The state that the item should have there.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.rule.desired.clone(),
            latest: self.view.latest(self.rule.item).cloned(),
        }
    }

    /// What it tells its task, at most 50 parameters and 8 KiB, as it was given: scripts are told the task's defaults besides.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self) -> Vec<GivenParameter> {
        known(&self.rule.parameters)
    }

    /// When it is acted on.
    async fn enforcement(&self) -> Enforcement {
        self.rule.enforcement.into()
    }

    /// Where it comes from.
    async fn origin(&self) -> Origin {
        self.rule.origin.into()
    }

    /// What was decided of it, if a catalogue recommends it.
    async fn recommendation(&self) -> Option<Recommendation> {
        let is_recommended = self.rule.origin == deployment::Origin::Recommended;
        is_recommended.then(|| self.entry.state.recommendation.into())
    }

    /// On how many computers that you may see it decides. A cloud task is decided for tenants, on no computer.
    async fn wins_on(&self, context: &Context<'_>) -> Result<usize> {
        Ok(self.stands(context).await?.wins)
    }

    /// On how many computers that you may see it applies, and another one beats it.
    async fn loses_on(&self, context: &Context<'_>) -> Result<usize> {
        Ok(self.stands(context).await?.loses)
    }

    /// With how many deployments it is in conflict: as many as `conflicts` lists.
    async fn conflict_count(&self, context: &Context<'_>) -> Result<usize> {
        let within = Request::of(context).principal()?.confined_to();
        let tally = tally(context, &self.view).await?;
        Ok(tally.conflicts_of(self.id, within).len())
    }

    /// The deployments with which it is in conflict: on some computer that you may see one of the two wins only by being
    /// newer, and they say different things. Ask for it when you save one.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn conflicts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<DeploymentCountNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        conflicts(context, &self.view, self.id, &arguments).await
    }

    /// What it comes to on the computers that you may see: where it wins, where it loses and to whom, where it does not
    /// apply and why. In the order in which the computers were first seen.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn outcomes(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that come to this.")] outcome: Option<OutcomeKind>,
        #[graphql(desc = "Only those of this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<DeploymentOutcomeNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let within = confine(Request::of(context), &self.view, tenant_id.as_ref())?;
        outcomes(context, &self.view, self.id, (outcome, within), &arguments).await
    }

    /// The same, counted by tenant: each that you may see and that has computers, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn outcomes_by_tenant(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only tenants where it comes to this on some computer.")] outcome: Option<
            OutcomeKind,
        >,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<TenantOutcomesNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        outcomes_by_tenant(context, &self.view, self.id, outcome, &arguments).await
    }

    /// What it was after each change of it, the oldest first; `last: 10` are the newest. Of a time when it was for others than you may see
    /// nothing is told.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn revisions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<RevisionNode>> {
        let arguments = PageArguments {
            skip: None,
            first,
            after,
            last,
            before,
        };
        revisions(context, &self.view, self.id, &arguments).await
    }

    /// Whether it is in force.
    async fn status(&self) -> DeploymentStatus {
        self.entry.state.lifecycle.into()
    }

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Deployment>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Deployment>(context, &self.view, self.id)
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
