//! Questions about many computers and many deployments at once.

use super::change::{PreviewInput, preview, too_many};
use super::computer::ComputerNode;
use super::deployment::DeploymentNode;
use super::difference::{DifferenceNode, PreviewNode, TurnNode, turns};
use super::facts::{AgreementNode, CloudTaskNode, GroupNode, PersonNode};
use super::outcome::DeploymentCountNode;
use super::page::{Page, PageArguments, assumed, list_cost, page, times};
use super::resolution::ItemResolutionNode;
use super::tenant::TenantNode;
use super::types::{AsOfInput, uuid_of};
use crate::error::{self, ErrorCode};
use crate::request::{Request, in_background, moment, services, view_at};
use async_graphql::{Context, Enum, ID, Object, Result};
use std::collections::BTreeMap;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{
    AgreementId, CloudTaskId, ComputerId, DeploymentId, GroupId, PersonId, SoftwareId, TenantId,
};
use upkeep_domain::maintenance::session;
use upkeep_domain::rules::deployment::{Lifecycle, MaintenanceItem};
use upkeep_projections::{HistoryError, Moment, View, compare};
use uuid::Uuid;

/// How an item on a computer compares with what should be there.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::Compliance")]
pub enum Compliance {
    /// It is as it should be.
    Has,
    /// It is not as it should be.
    Differs,
    /// No session has looked yet.
    Unknown,
    /// No deployment wants anything of it there.
    NotWanted,
}

/// How a software on many computers compares with what should be there.
pub struct ComplianceNode {
    view: Arc<View>,
    all: Vec<(ComputerId, session::Compliance)>,
}

impl ComplianceNode {
    fn count(&self, wanted: session::Compliance) -> usize {
        let is = |(_, found): &&(ComputerId, session::Compliance)| *found == wanted;
        self.all.iter().filter(is).count()
    }
}

/// How a software on many computers compares with what the winning deployments want, as far as sessions have seen.
#[Object(name = "ComplianceReport")]
impl ComplianceNode {
    /// On how many computers something is wanted of it.
    async fn should_have(&self) -> usize {
        self.all.len() - self.count(session::Compliance::NotWanted)
    }

    /// On how many it is as it should be.
    async fn has(&self) -> usize {
        self.count(session::Compliance::Has)
    }

    /// On how many it is not.
    async fn differs(&self) -> usize {
        self.count(session::Compliance::Differs)
    }

    /// On how many no session has looked yet.
    async fn unknown(&self) -> usize {
        self.count(session::Compliance::Unknown)
    }

    /// The computers that compare in one way.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        #[graphql(desc = "In which way.")] compliance: Compliance,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ComputerNode>> {
        let wanted = session::Compliance::from(compliance);
        let ids: Vec<Uuid> = (self.all.iter())
            .filter(|(_, found)| *found == wanted)
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            ComputerNode::get(&self.view, ComputerId(id))
        })
    }
}

/// Questions about what should be where, and why.
#[derive(Default)]
pub struct ResolutionQuery;

fn software_item(id: &ID) -> Result<MaintenanceItem> {
    uuid_of("Software", id).map(|id| MaintenanceItem::Software(SoftwareId(id)))
}

/// The tenant that a question is confined to: the asked one, or the caller's own.
fn confine(request: &Request, view: &View, asked: Option<&ID>) -> Result<Option<TenantId>> {
    let asked = asked
        .map(|id| uuid_of("Tenant", id).map(TenantId))
        .transpose()?;
    if let Some(tenant) = asked
        && !(view.tenants.get(tenant).is_some() && request.may(Action::ReadTenant { tenant }))
    {
        return Err(ErrorCode::NotFound.error("there is no such tenant: check the id"));
    }
    Ok(asked.or(request.principal()?.confined_to()))
}

fn visible_computer(request: &Request, view: &Arc<View>, id: &ID) -> Result<ComputerId> {
    let computer = ComputerId(uuid_of("Computer", id)?);
    match ComputerNode::find(request, view, computer) {
        Some(_) => Ok(computer),
        None => Err(ErrorCode::NotFound.error("there is no such computer: check the id")),
    }
}

/// Questions about what should be where, and why.
#[Object]
impl ResolutionQuery {
    /// What would change if something were changed: the exact difference, found by the code that would make the change.
    /// Nothing is saved.
    #[graphql(complexity = "100 + child_complexity")]
    async fn preview_deployment(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The change.")] change: PreviewInput,
        #[graphql(desc = "A moment; a future one shows what will be different then.")]
        as_of: Option<AsOfInput>,
    ) -> Result<PreviewNode> {
        let view = view_at(context, as_of).await?;
        preview(context, &view, change).await
    }

    /// What differs between two moments, for one computer, one tenant or everything that you may see. One of them may lie
    /// in the future: it is as if nothing else happened.
    #[graphql(complexity = "500 + child_complexity")]
    async fn compare(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first moment.")] as_of_a: AsOfInput,
        #[graphql(desc = "The second moment; now if not given.")] as_of_b: Option<AsOfInput>,
        #[graphql(desc = "Only this computer.")] computer_id: Option<ID>,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
    ) -> Result<DifferenceNode> {
        let request = Request::of(context);
        let one = view_at(context, Some(as_of_a)).await?;
        let two = view_at(context, as_of_b).await?;
        let only = match &computer_id {
            None => None,
            Some(id) => Some(visible_computer(request, &two, id)?),
        };
        let within = confine(request, &two, tenant_id.as_ref())?;
        let at = |view: Arc<View>| Moment {
            at: moment(context, &view),
            view,
        };
        let (one, two) = (at(one), at(two));
        let found = in_background(move || compare(&one, &two, within, only)).await?;
        Ok(DifferenceNode::new(found.map_err(too_many)?))
    }

    /// The moments at which the winner of a software on a computer, or what it wants, became another one, oldest first, each
    /// with the event that caused it: who, what and when. Also what time itself did.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn resolution_history(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The computer.")] computer_id: ID,
        #[graphql(desc = "The software.")] software_id: ID,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Up to this moment, also a future one; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Page<TurnNode>> {
        let view = view_at(context, as_of).await?;
        let computer = visible_computer(Request::of(context), &view, &computer_id)?;
        let within = Request::of(context).principal()?.confined_to();
        let item = software_item(&software_id)?;
        let until = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let told = services(context)
            .projections
            .resolution_history(&until, (computer, within), item)
            .await
            .map_err(|error| match error {
                HistoryError::TooLong => ErrorCode::LimitExceeded.error(error.to_string()),
                HistoryError::Read(error) => error::of_read(&error),
                _ => error::internal(&error),
            })?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        turns(&view, item, told, &arguments)
    }

    /// Which deployment decides each cloud task for a tenant, and why: as `resolution` for computers.
    #[graphql(complexity = "10 + times(assumed::ITEMS, child_complexity)")]
    async fn tenant_resolution(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The tenant.")] tenant_id: ID,
        #[graphql(desc = "A moment, also a future one.")] as_of: Option<AsOfInput>,
    ) -> Result<Vec<ItemResolutionNode>> {
        let view = view_at(context, as_of).await?;
        let tenant = TenantId(uuid_of("Tenant", &tenant_id)?);
        if TenantNode::find(Request::of(context), &view, tenant).is_none() {
            return Err(ErrorCode::NotFound.error("there is no such tenant: check the id"));
        }
        Ok(ItemResolutionNode::of_tenant(context, &view, tenant))
    }

    /// How a software compares with what should be there, over a tenant or everything that you may see.
    #[graphql(complexity = "100 + child_complexity")]
    async fn compliance(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software.")] software_id: ID,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "A moment.")] as_of: Option<AsOfInput>,
    ) -> Result<ComplianceNode> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        let item = software_item(&software_id)?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let all = in_background(move || asked.compliance_of(item, within)).await?;
        Ok(ComplianceNode { view, all })
    }

    /// On how many computers each deployment decides a software, over a tenant or everything that you may see.
    #[graphql(complexity = "100 + list_cost(first, last, child_complexity)")]
    async fn winners(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The software.")] software_id: ID,
        #[graphql(desc = "Only this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<DeploymentCountNode>> {
        let view = view_at(context, as_of).await?;
        let within = confine(Request::of(context), &view, tenant_id.as_ref())?;
        let item = software_item(&software_id)?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let counts: BTreeMap<DeploymentId, usize> =
            in_background(move || asked.winners_of(item, within)).await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        DeploymentCountNode::page(&view, counts, &arguments)
    }

    /// The enabled deployments that you may see and that win nowhere: neither on a computer nor for a tenant.
    #[graphql(complexity = "500 + list_cost(first, last, child_complexity)")]
    async fn deployments_that_win_nowhere(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<DeploymentNode>> {
        let view = view_at(context, as_of).await?;
        let asked = Moment {
            at: moment(context, &view),
            view: view.clone(),
        };
        let fleets = services(context).projections.fleet().clone();
        let winning = in_background(move || {
            let mut winning = fleets.at(asked.clone()).winning();
            winning.extend(asked.winning_for_tenants());
            winning
        })
        .await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        some_deployments(context, &view, &arguments, |id| !winning.contains(&id))
    }

    /// The deployments that you may see and whose target names something that is not there any more.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn deployments_with_missing_target(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<DeploymentNode>> {
        let view = view_at(context, as_of).await?;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        some_deployments(context, &view, &arguments, |id| {
            let entry = view.deployments.get(id);
            let rule = entry.and_then(|entry| entry.state.rule.as_ref());
            rule.is_some_and(|rule| view.missing_in(&rule.target).is_some())
        })
    }

    /// One person.
    async fn person(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<PersonNode>> {
        let view = view_at(context, as_of).await?;
        let id = PersonId(uuid_of("Person", &id)?);
        Ok(PersonNode::find(Request::of(context), &view, id))
    }

    /// The people of a tenant, or all whom you may see, in the order in which they were added.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn people(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<PersonNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let within = confine(request, &view, tenant_id.as_ref())?;
        let of = |tenant: TenantId| within.is_none_or(|within| within == tenant);
        let ids: Vec<Uuid> = (view.persons.iter())
            .filter(|(_, entry)| entry.state.present().is_some_and(|known| of(known.tenant)))
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            PersonNode::find(request, &view, PersonId(id))
        })
    }

    /// One group.
    async fn group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<GroupNode>> {
        let view = view_at(context, as_of).await?;
        let id = GroupId(uuid_of("Group", &id)?);
        Ok(GroupNode::find(Request::of(context), &view, id))
    }

    /// The groups of a tenant, or all that you may see, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn groups(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<GroupNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let within = confine(request, &view, tenant_id.as_ref())?;
        let of = |tenant: TenantId| within.is_none_or(|within| within == tenant);
        let ids: Vec<Uuid> = (view.groups.iter())
            .filter(|(_, entry)| entry.state.present().is_some_and(|known| of(known.tenant)))
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            GroupNode::find(request, &view, GroupId(id))
        })
    }

    /// One agreement.
    async fn agreement(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The id.")] id: ID,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Option<AgreementNode>> {
        let view = view_at(context, as_of).await?;
        let id = AgreementId(uuid_of("Agreement", &id)?);
        Ok(AgreementNode::find(Request::of(context), &view, id))
    }

    /// The agreements of a tenant, or all that you may see, in the order in which they were added.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn agreements(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only those of this tenant.")] tenant_id: Option<ID>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<AgreementNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let within = confine(request, &view, tenant_id.as_ref())?;
        let of = |tenant: TenantId| within.is_none_or(|within| within == tenant);
        let ids: Vec<Uuid> = (view.agreements.iter())
            .filter(|(_, entry)| {
                let terms = entry.state.terms.as_ref();
                !entry.state.is_removed && terms.is_some_and(|terms| of(terms.tenant))
            })
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            AgreementNode::find(request, &view, AgreementId(id))
        })
    }

    /// The cloud tasks of the catalogue, in the order of their creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn cloud_tasks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<CloudTaskNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        request.require(Action::ReadCatalogue)?;
        let ids: Vec<Uuid> = view.cloud_tasks.iter().map(|(id, _)| id.0).collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| {
            CloudTaskNode::find(request, &view, CloudTaskId(id))
        })
    }
}

/// A page of the enabled deployments that the caller may see and that fit.
fn some_deployments(
    context: &Context<'_>,
    view: &Arc<View>,
    arguments: &PageArguments,
    fits: impl Fn(DeploymentId) -> bool,
) -> Result<Page<DeploymentNode>> {
    let request = Request::of(context);
    let ids: Vec<Uuid> = (view.deployments.iter())
        .filter(|(id, entry)| entry.state.lifecycle == Lifecycle::Enabled && fits(*id))
        .filter(|(id, _)| DeploymentNode::find(request, view, *id).is_some())
        .map(|(id, _)| id.0)
        .collect();
    page(arguments, &ids, |id| {
        DeploymentNode::find(request, view, DeploymentId(id))
    })
}
