//! What changes: before it is saved, or between two moments.

use super::brought::BroughtNode;
use super::conflict::{ConflictChangeKind, ConflictChangeNode, conflicts};
use crate::error;
use crate::request::{Request, in_background, moment, view_at};
use crate::schema::catalogue::cloud_task::CloudTaskNode;
use crate::schema::catalogue::software::SoftwareNode;
use crate::schema::catalogue::task::TaskNode;
use crate::schema::fleet::computer::{ComputerNode, asked_computer};
use crate::schema::fleet::tenant::{TenantNode, confine};
use crate::schema::page::{Page, PageArguments, assumed, list_cost, page_of, times};
use crate::schema::rules::deployment::{DeploymentNode, DesiredStateNode};
use crate::schema::shown::ShownRule;
use crate::schema::types::{AsOfInput, global_id, uuid_of};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::access::Principal;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_domain::rules::resolution::{RuleOutcome, desired_phrase};
use upkeep_projections::{
    self as projections, Change, Difference, Moment, Place, Subject, View, Won, compare,
};
use uuid::Uuid;

/// What a change comes to for one item on one computer or tenant.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "projections::ChangeKind")]
pub enum ResolutionChangeKind {
    /// Nothing was wanted of the item before.
    Gained,
    /// Nothing is wanted of the item any more.
    Lost,
    /// Another state is wanted, or the task is told something else.
    StateChanged,
    /// Another deployment wants the same.
    WinnerChanged,
}

/// Everything that differs.
#[derive(Clone)]
pub struct DifferenceNode(Arc<Difference>);

impl DifferenceNode {
    pub fn new(difference: Difference) -> Self {
        Self(Arc::new(difference))
    }

    fn chosen(&self, kind: Option<ResolutionChangeKind>, tenant: Option<TenantId>) -> Vec<Change> {
        let all = self.0.changes.iter().copied();
        all.filter(|change| kind.is_none_or(|kind| kind == self.0.kind(change).into()))
            .filter(|change| tenant.is_none_or(|tenant| tenant == change.tenant))
            .collect()
    }
}

/// How many items change in one way.
#[derive(Clone, SimpleObject)]
pub struct ChangeCount {
    /// In which way.
    kind: ResolutionChangeKind,
    /// How many items on computers and tenants.
    item_count: usize,
}

/// How much changes at one tenant.
pub struct TenantImpactNode {
    view: Arc<View>,
    tenant: TenantId,
    computers: usize,
    items: usize,
}

/// How much changes at one tenant.
#[Object(name = "TenantImpact")]
impl TenantImpactNode {
    /// The tenant.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.tenant)
    }

    /// How many of its computers.
    async fn computer_count(&self) -> usize {
        self.computers
    }

    /// How many items on it and its computers.
    async fn item_count(&self) -> usize {
        self.items
    }
}

/// Everything that differs: whose winner or desired state is another one.
#[Object(name = "ResolutionDifference")]
impl DifferenceNode {
    /// How many computers are affected: the number that confirmImpact wants.
    async fn computer_count(&self) -> usize {
        self.0.computers()
    }

    /// How many items on computers and tenants differ.
    async fn item_count(&self) -> usize {
        self.0.changes.len()
    }

    /// How many items differ in which way, one for each way; ways in which none does are left out.
    #[graphql(complexity = "times(assumed::WAYS, child_complexity)")]
    async fn by_kind(&self) -> Vec<ChangeCount> {
        let mut counts: BTreeMap<projections::ChangeKind, usize> = BTreeMap::new();
        for change in &self.0.changes {
            *counts.entry(self.0.kind(change)).or_default() += 1;
        }
        let count = |(kind, items): (projections::ChangeKind, usize)| ChangeCount {
            kind: kind.into(),
            item_count: items,
        };
        counts.into_iter().map(count).collect()
    }

    /// How much differs at which tenant, in the order of the tenants' creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn by_tenant(
        &self,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<TenantImpactNode>> {
        let mut impacts: BTreeMap<TenantId, (usize, usize)> = BTreeMap::new();
        let mut last_seen = None;
        for change in &self.0.changes {
            let (computers, items) = impacts.entry(change.tenant).or_default();
            *items += 1;
            let is_computer = matches!(change.subject, Subject::Computer(_));
            if is_computer && last_seen != Some(change.subject) {
                *computers += 1;
            }
            last_seen = Some(change.subject);
        }
        let tenants = &self.0.after.view.tenants;
        let placed = |(tenant, impact)| Some((tenants.place_of(tenant)?, impact));
        let mut impacts: Vec<(Place<TenantId>, (usize, usize))> =
            impacts.into_iter().filter_map(placed).collect();
        impacts.sort_unstable();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        page_of(
            &arguments,
            &impacts,
            |(place, _)| *place,
            |(place, (computers, items))| {
                Some(TenantImpactNode {
                    view: self.0.after.view.clone(),
                    tenant: place.id,
                    computers: *computers,
                    items: *items,
                })
            },
        )
    }

    /// Each item that differs, computer by computer.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn changes(
        &self,
        #[graphql(desc = "Only those that change in this way.")] kind: Option<ResolutionChangeKind>,
        #[graphql(desc = "Only those at this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ChangeNode>> {
        let tenant = tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        page_of(&arguments, &self.chosen(kind, tenant), key, |change| {
            Some(ChangeNode {
                difference: self.0.clone(),
                change: *change,
            })
        })
    }

    /// What prerequisites may bring along where software is wanted that was not, or in another state, and what stands against it: on most
    /// computers first, at most 100. What a deployment wants there anyhow is not among it, and neither is it known what is there: nothing
    /// comes where all is as it should be.
    #[graphql(complexity = "100 + times(assumed::ITEMS, child_complexity)")]
    async fn brought_along(&self) -> Result<Vec<BroughtNode>> {
        let difference = self.0.clone();
        let brought = in_background(move || difference.brought_along()).await?;
        let node = |(brought, computers)| BroughtNode {
            view: self.0.after.view.clone(),
            brought,
            computers,
        };
        Ok(brought.into_iter().map(node).collect())
    }

    /// The conflicts between deployments, as `conflicts` of a deployment lists them, that are on more or fewer computers than before. In
    /// the order in which the newer one of each was created. Of two deployments that you may not see nothing is told.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn conflicts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those that change in this way.")] kind: Option<ConflictChangeKind>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ConflictChangeNode>> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        conflicts(context, &self.0, kind, &arguments).await
    }
}

/// Where a change stands in the list: by its subject, computers first, and its item.
fn key(change: &Change) -> ((u64, Uuid), Uuid) {
    let subject = match change.subject {
        Subject::Computer(id) => (0, id.0),
        Subject::Tenant(id) => (1, id.0),
    };
    let item = match change.item {
        MaintenanceItem::Software(id) => id.0,
        MaintenanceItem::CloudTask(id) => id.0,
        MaintenanceItem::Task(id) => id.0,
    };
    (subject, item)
}

/// One item that differs.
pub struct ChangeNode {
    difference: Arc<Difference>,
    change: Change,
}

/// One item on one computer or tenant whose winner or desired state is another one.
#[Object(name = "ResolutionChange")]
impl ChangeNode {
    /// The computer, if it is about one.
    async fn computer(&self, context: &Context<'_>) -> Option<ComputerNode> {
        match self.change.subject {
            Subject::Computer(id) => {
                ComputerNode::find(Request::of(context), &self.difference.after.view, id)
            }
            Subject::Tenant(_) => None,
        }
    }

    /// The tenant whose computer it is about, or which it is about itself.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        let view = &self.difference.after.view;
        TenantNode::find(Request::of(context), view, self.change.tenant)
    }

    /// The software, if the item is one.
    async fn software(&self, context: &Context<'_>) -> Option<SoftwareNode> {
        let id = self.change.item.software()?;
        SoftwareNode::find(Request::of(context), &self.difference.after.view, id)
    }

    /// The cloud task, if the item is one.
    async fn cloud_task(&self, context: &Context<'_>) -> Option<CloudTaskNode> {
        let view = &self.difference.after.view;
        CloudTaskNode::of(Request::of(context), view, self.change.item)
    }

    /// The task, if the item is one.
    async fn task(&self, context: &Context<'_>) -> Option<TaskNode> {
        let view = &self.difference.after.view;
        TaskNode::of(Request::of(context), view, self.change.item)
    }

    /// In which way it differs.
    async fn kind(&self) -> ResolutionChangeKind {
        self.difference.kind(&self.change).into()
    }

    /// Who wins before, and what is wanted; nothing if nothing is.
    async fn before(&self) -> Option<WonNode> {
        let view = &self.difference.before.view;
        WonNode::new(view, view.won(self.change.before?)?, self.change.item)
    }

    /// Who wins after, and what is wanted; nothing if nothing is.
    async fn after(&self) -> Option<WonNode> {
        let view = &self.difference.after.view;
        WonNode::new(view, view.won(self.change.after?)?, self.change.item)
    }

    /// In one sentence from what to what, and why.
    async fn explanation(&self, context: &Context<'_>) -> String {
        let request = Request::of(context);
        let difference = &*self.difference;
        let (before, after) = (&difference.before.view, &difference.after.view);
        let old = self.change.before.and_then(|number| before.won(number));
        let new = self.change.after.and_then(|number| after.won(number));
        let (mut was, mut is) = (
            self.phrase(old.as_ref(), before),
            self.phrase(new.as_ref(), after),
        );
        if let (Some(old), Some(new)) = (&old, &new)
            && was == is
            && old.parameters != new.parameters
        {
            was += &told(request, (before, old), new);
            is += &told(request, (after, new), old);
        }
        let from_to = format!("{was} before, {is} after");
        let why = self.why(request, old.as_ref(), new.as_ref());
        format!("{from_to}: {why}")
    }
}

impl ChangeNode {
    fn phrase(&self, won: Option<&Won>, view: &View) -> String {
        match won {
            Some(won) => desired_phrase(&won.desired, view.latest(self.change.item)),
            None => "left alone for want of a deployment".to_owned(),
        }
    }

    fn why(&self, request: &Request, old: Option<&Won>, new: Option<&Won>) -> String {
        let difference = &*self.difference;
        let (before, after) = (&difference.before, &difference.after);
        let outcome = |side: &projections::Moment, deployment| match self.change.subject {
            Subject::Computer(computer) => side.view.outcome_of(deployment, computer, side.at),
            Subject::Tenant(tenant) => side.view.outcome_of_tenant(deployment, tenant, side.at),
        };
        let shown = |view, deployment| ShownRule {
            request,
            view,
            deployment,
        };
        let told = |view, deployment, outcome: Option<RuleOutcome>| match outcome? {
            RuleOutcome::Wins => None,
            RuleOutcome::Loses(loss) => Some(shown(view, deployment).loses(&loss)),
            RuleOutcome::NotCandidate(reason) => {
                Some(shown(view, deployment).does_not_apply(&reason))
            }
        };
        // What is so of a computer while it is another tenant's is not for whoever belongs to one.
        let own = request.principal().ok().and_then(Principal::confined_to);
        let is_shown = |side: &projections::Moment| match self.change.subject {
            Subject::Computer(computer) => own.is_none() || side.view.tenant_of(computer) == own,
            Subject::Tenant(_) => true,
        };
        match (old, new) {
            (Some(_), _) if !is_shown(after) => "the computer is another tenant's then".to_owned(),
            (None, Some(_)) if !is_shown(before) => {
                "the computer was another tenant's before".to_owned()
            }
            (Some(old), Some(new)) if old.deployment == new.deployment => {
                format!(
                    "the deployment for {} wants something else",
                    shown(&after.view, new.deployment).target()
                )
            }
            (Some(old), _) => told(&after.view, old.deployment, outcome(after, old.deployment))
                .unwrap_or_else(|| "its deployment was deleted".to_owned()),
            (None, Some(new)) => match told(
                &before.view,
                new.deployment,
                outcome(before, new.deployment),
            ) {
                Some(reason) => format!("before, {reason}"),
                None => format!(
                    "the deployment for {} is new",
                    shown(&after.view, new.deployment).target()
                ),
            },
            (None, None) => String::new(),
        }
    }
}

/// What the task is told otherwise than by another deployment, as far as that is for the caller to know.
fn told(request: &Request, (view, won): (&Arc<View>, &Won), other: &Won) -> String {
    let rule = ShownRule {
        request,
        view,
        deployment: won.deployment,
    };
    if rule.is_whole() {
        format!(" with {}", won.parameters.phrase_beside(&other.parameters))
    } else {
        " with parameters of its own".to_owned()
    }
}

/// Who wins, and what is wanted.
pub struct WonNode {
    view: Arc<View>,
    won: Won,
    item: MaintenanceItem,
}

impl WonNode {
    #[expect(clippy::unnecessary_wraps, reason = "the callers' fields are optional")]
    pub fn new(view: &Arc<View>, won: Won, item: MaintenanceItem) -> Option<Self> {
        Some(Self {
            view: view.clone(),
            won,
            item,
        })
    }
}

/// Who wins, and what is wanted.
#[Object(name = "Winner")]
impl WonNode {
    /// The deployment's global id; of one that is not saved yet, an id that it will not have.
    async fn deployment_id(&self) -> ID {
        global_id("Deployment", self.won.deployment.0)
    }

    /// The deployment, if you may see it.
    async fn deployment(&self, context: &Context<'_>) -> Option<DeploymentNode> {
        DeploymentNode::find(Request::of(context), &self.view, self.won.deployment)
    }

    /// The deployment's target in words.
    async fn target_text(&self, context: &Context<'_>) -> String {
        ShownRule {
            request: Request::of(context),
            view: &self.view,
            deployment: self.won.deployment,
        }
        .target()
    }

    /// The state that it wants.
    async fn desired(&self) -> DesiredStateNode {
        DesiredStateNode {
            state: self.won.desired.clone(),
            latest: self.view.latest(self.item).cloned(),
        }
    }
}

/// What can be asked about two moments.
#[derive(Default)]
pub struct DifferenceQuery;

#[Object]
impl DifferenceQuery {
    /// What differs between two moments, for one computer, one tenant or everything that you may see. One of them may lie
    /// in the future: it is as if nothing else happened.
    #[graphql(complexity = "500 + child_complexity")]
    async fn compare(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first moment.")] earlier: AsOfInput,
        #[graphql(desc = "The second moment; now if not given.")] later: Option<AsOfInput>,
        #[graphql(desc = "Only this computer.")] computer_id: Option<ID>,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
    ) -> Result<Option<DifferenceNode>> {
        let request = Request::of(context);
        let one = view_at(context, Some(earlier)).await?;
        let two = view_at(context, later).await?;
        let only = match &computer_id {
            None => None,
            Some(id) => Some(asked_computer(request, &two, id)?),
        };
        let within = confine(request, &two, tenant_id.as_ref())?;
        let at = |view: Arc<View>| Moment {
            at: moment(context, &view),
            view,
        };
        let (one, two) = (at(one), at(two));
        let found = in_background(move || compare(&one, &two, within, only)).await?;
        Ok(Some(DifferenceNode::new(found.map_err(error::too_much)?)))
    }
}
