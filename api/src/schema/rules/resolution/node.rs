//! Why a computer or a tenant gets what it gets.

use super::kinds::{NotCandidateKind, ResolutionKey};
use crate::request::{Request, moment};
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::{CollectedNode, TaskNode};
use crate::schema::page::{Page, PageArguments, assumed, page_of, short_list_cost};
use crate::schema::rules::deployment::{DeploymentNode, DesiredStateNode};
use crate::schema::shown::ShownRule;
use crate::schema::types::{Change, global_id};
use async_graphql::{Context, ID, Object, Result};
use std::collections::HashSet;
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, DeploymentId, TenantId};
use upkeep_domain::maintenance::session;
use upkeep_domain::rules::deployment::{MaintenanceItem, Scope};
use upkeep_domain::rules::resolution::{ItemResolution, NotCandidate, Ranked};
use upkeep_projections::{Place, View};
use uuid::Uuid;

/// Where an item stands in a list of items: software first, then cloud tasks, then tasks, each in the order of ids.
fn item_key(item: MaintenanceItem) -> (u64, Uuid) {
    match item {
        MaintenanceItem::Software(id) => (0, id.0),
        MaintenanceItem::CloudTask(id) => (1, id.0),
        MaintenanceItem::Task(id) => (2, id.0),
    }
}

/// Everything about one item on one computer or tenant.
pub struct ItemResolutionNode {
    view: Arc<View>,
    /// Nothing where it is of a tenant.
    computer: Option<ComputerId>,
    resolution: ItemResolution,
}

impl ItemResolutionNode {
    /// The items of a computer that the caller may see; its tenant was checked.
    pub fn of(
        context: &Context<'_>,
        view: &Arc<View>,
        (computer, kind): (ComputerId, session::About),
        only: Option<MaintenanceItem>,
        arguments: &PageArguments,
    ) -> Result<Page<Self>> {
        let items = view.resolve_for(computer, kind, moment(context, view), only);
        Self::page(view, Some(computer), items.unwrap_or_default(), arguments)
    }

    /// The cloud tasks of a tenant that the caller may see.
    pub fn of_tenant(
        context: &Context<'_>,
        view: &Arc<View>,
        tenant: TenantId,
        arguments: &PageArguments,
    ) -> Result<Page<Self>> {
        let items = view.resolve_tenant(tenant, moment(context, view), None);
        Self::page(view, None, items.unwrap_or_default(), arguments)
    }

    fn page(
        view: &Arc<View>,
        computer: Option<ComputerId>,
        mut items: Vec<ItemResolution>,
        arguments: &PageArguments,
    ) -> Result<Page<Self>> {
        let key = |resolution: &ItemResolution| item_key(resolution.item);
        items.sort_unstable_by_key(key);
        page_of(arguments, &items, key, |resolution| {
            Some(Self {
                view: view.clone(),
                computer,
                resolution: resolution.clone(),
            })
        })
    }
}

/// Everything about one item on one computer or tenant: who wins, who loses to whom, who does not apply, and why.
#[Object(name = "ItemResolution")]
impl ItemResolutionNode {
    /// The software, if the item is one.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.resolution.item.software()?;
        SoftwareNode::find(Request::of(context), &self.view, id)
    }

    /// The cloud task, if the item is one.
    async fn cloud_task(&self, context: &Context<'_>) -> Option<CloudTaskNode> {
        CloudTaskNode::of(Request::of(context), &self.view, self.resolution.item)
    }

    /// The task, if the item is one.
    async fn task(&self, context: &Context<'_>) -> Option<TaskNode> {
        TaskNode::of(Request::of(context), &self.view, self.resolution.item)
    }

    /// The value that monitoring collected last of a task on the computer; nothing of other items, and nothing where the last session
    /// that looked did so in another mode, or was another tenant's, which had the computer before.
    async fn collected(&self, context: &Context<'_>) -> Option<CollectedNode> {
        let request = Request::of(context);
        CollectedNode::last(request, &self.view, self.computer?, self.resolution.item)
    }

    /// The deployment that decides; nothing if none applies, and then the item is left alone.
    async fn winner(&self) -> Option<RankedNode> {
        self.resolution
            .winner()
            .map(|ranked| self.ranked_node(0, ranked))
    }

    /// All deployments that apply, best first: the winner and then the losers.
    #[graphql(complexity = "short_list_cost(first, last, assumed::RANKED, child_complexity)")]
    async fn ranked(
        &self,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<RankedNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        self.ranked_page(&arguments, |_| true)
    }

    /// The deployments for the item that do not apply here. Of those that you may not see only that they are there for every
    /// tenant is shown.
    #[graphql(
        complexity = "short_list_cost(first, last, assumed::NOT_CANDIDATES, child_complexity)"
    )]
    async fn not_candidates(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<NotCandidateNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let request = Request::of(context);
        let is_for_all = |id| {
            let rule = self
                .view
                .deployments
                .get(id)
                .and_then(|entry| entry.state.rule.as_ref());
            rule.is_some_and(|rule| rule.target.scope == Scope::CrossTenant)
        };
        let shown = self.resolution.not_candidates.iter().filter(|not| {
            is_for_all(not.deployment)
                || DeploymentNode::find(request, &self.view, not.deployment).is_some()
        });
        let placed = |not: &NotCandidate| {
            let place = self.view.deployments.place_of(not.deployment)?;
            Some((place, not.clone()))
        };
        let mut placed: Vec<(Place<DeploymentId>, NotCandidate)> =
            shown.filter_map(placed).collect();
        placed.sort_unstable_by_key(|(place, _)| *place);
        page_of(
            &arguments,
            &placed,
            |(place, _)| *place,
            |(_, not_candidate)| {
                Some(NotCandidateNode {
                    view: self.view.clone(),
                    not_candidate: not_candidate.clone(),
                })
            },
        )
    }

    /// Whether the winner won only by being newer than a deployment that says something else.
    async fn is_conflict(&self) -> bool {
        self.resolution.is_conflict()
    }

    /// The deployments that lost only by being older than the winner, and say something else.
    #[graphql(complexity = "short_list_cost(first, last, assumed::RANKED, child_complexity)")]
    async fn conflicts(
        &self,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<RankedNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let conflicts: HashSet<DeploymentId> = (self.resolution.conflicts())
            .map(|ranked| ranked.deployment)
            .collect();
        self.ranked_page(&arguments, |ranked| conflicts.contains(&ranked.deployment))
    }
}

impl ItemResolutionNode {
    fn ranked_page(
        &self,
        arguments: &PageArguments,
        is_wanted: impl Fn(&Ranked) -> bool,
    ) -> Result<Page<RankedNode>> {
        let ranked: Vec<(usize, &Ranked)> = (self.resolution.ranked.iter().enumerate())
            .filter(|(_, ranked)| is_wanted(ranked))
            .collect();
        page_of(
            arguments,
            &ranked,
            |(place, _)| *place as u64,
            |(place, ranked)| Some(self.ranked_node(*place, ranked)),
        )
    }

    fn ranked_node(&self, place: usize, ranked: &Ranked) -> RankedNode {
        RankedNode {
            view: self.view.clone(),
            place,
            ranked: ranked.clone(),
            item: self.resolution.item,
        }
    }
}

/// A deployment that applies, in its place.
pub struct RankedNode {
    view: Arc<View>,
    place: usize,
    ranked: Ranked,
    item: MaintenanceItem,
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

    /// The deployment's revision that was judged, if you may see it.
    async fn revision(&self, context: &Context<'_>) -> Option<u64> {
        let shown = self.shown(context);
        shown
            .is_whole()
            .then(|| revision_of(&self.view, self.ranked.deployment))?
    }

    /// Who last changed the deployment, and when, if you may see it.
    async fn changed(&self, context: &Context<'_>) -> Option<Change> {
        let shown = self.shown(context);
        shown
            .is_whole()
            .then(|| changed(&self.view, self.ranked.deployment))?
    }

    /// The state that it wants; of a loser only if you may see it.
    async fn desired(&self, context: &Context<'_>) -> Option<DesiredStateNode> {
        let is_shown = self.ranked.lost.is_none() || self.shown(context).is_whole();
        is_shown.then(|| DesiredStateNode {
            state: self.ranked.desired.clone(),
            latest: self.view.latest(self.item).cloned(),
        })
    }

    /// The key on which it lost; nothing for the winner, and nothing where that would tell of a deployment that you may not
    /// see.
    async fn lost_on(&self, context: &Context<'_>) -> Option<ResolutionKey> {
        let loss = self.ranked.lost.as_ref()?;
        self.shown(context).lost_on(loss).map(Into::into)
    }

    /// The global id of the deployment that it lost to; nothing for the winner.
    async fn lost_to_deployment_id(&self) -> Option<ID> {
        self.ranked
            .lost
            .map(|loss| global_id("Deployment", loss.to.0))
    }

    /// The deployment that it lost to, if you may see it; nothing for the winner.
    async fn lost_to_deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        let winner = self.ranked.lost?.to;
        DeploymentNode::find(Request::of(context), &self.view, winner)
    }

    /// In one sentence why it won or lost.
    async fn explanation(&self, context: &Context<'_>) -> String {
        let shown = self.shown(context);
        match &self.ranked.lost {
            None => shown.wins(),
            Some(loss) => shown.loses(loss),
        }
    }
}

impl RankedNode {
    fn shown<'a>(&'a self, context: &Context<'a>) -> ShownRule<'a> {
        ShownRule {
            request: Request::of(context),
            view: &self.view,
            deployment: self.ranked.deployment,
        }
    }
}

/// A deployment that does not apply.
pub struct NotCandidateNode {
    view: Arc<View>,
    not_candidate: NotCandidate,
}

/// A deployment for the item that does not apply here.
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

    /// The deployment's revision that was judged, if you may see it.
    async fn revision(&self, context: &Context<'_>) -> Option<u64> {
        let shown = self.shown(context);
        shown
            .is_whole()
            .then(|| revision_of(&self.view, self.not_candidate.deployment))?
    }

    /// Who last changed the deployment, and when, if you may see it.
    async fn changed(&self, context: &Context<'_>) -> Option<Change> {
        let shown = self.shown(context);
        shown
            .is_whole()
            .then(|| changed(&self.view, self.not_candidate.deployment))?
    }

    /// Why it does not apply; of a deployment that you may not see only what is about your computer or tenant itself.
    async fn reason(&self, context: &Context<'_>) -> Option<NotCandidateKind> {
        let shown = self.shown(context);
        shown.reason(&self.not_candidate.reason).map(Into::into)
    }

    /// In one sentence why it does not apply.
    async fn explanation(&self, context: &Context<'_>) -> String {
        self.shown(context)
            .does_not_apply(&self.not_candidate.reason)
    }
}

impl NotCandidateNode {
    fn shown<'a>(&'a self, context: &Context<'a>) -> ShownRule<'a> {
        ShownRule {
            request: Request::of(context),
            view: &self.view,
            deployment: self.not_candidate.deployment,
        }
    }
}

fn revision_of(view: &View, deployment: DeploymentId) -> Option<u64> {
    view.deployments.get(deployment).map(|entry| entry.revision)
}

fn changed(view: &View, deployment: DeploymentId) -> Option<Change> {
    let entry = view.deployments.get(deployment)?;
    Some(entry.changed.into())
}
