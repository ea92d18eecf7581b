//! Which deployments of a list, and in which order.

use super::counted::tally;
use super::force::{DeploymentStatus, Enforcement};
use super::node::DeploymentNode;
use crate::request::Request;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Order, OrderDirection, SortKey};
use crate::schema::part::Part;
use crate::schema::shown::ShownRule;
use crate::schema::types::uuid_of;
use async_graphql::{Context, ID, InputObject, Result};
use std::sync::Arc;
use upkeep_domain::kernel::ids::{CloudTaskId, DeploymentId, SoftwareId, TaskId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::{self, Lifecycle, MaintenanceItem, Rule};
use upkeep_projections::{Tally, View};

/// Which deployments.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DeploymentFilter {
    /// Only those about this software.
    software_id: Option<ID>,
    /// Only those about this cloud task.
    cloud_task_id: Option<ID>,
    /// Only those about this task.
    task_id: Option<ID>,
    /// Only those for this tenant, one of its computers or one of its people.
    tenant_id: Option<ID>,
    /// Only those that have this in the name of their item or in their target in words, whatever the case. At most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    text: Option<String>,
    /// Only those that are so; DELETED brings those that were deleted, too.
    status: Option<DeploymentStatus>,
    /// Only those that are acted on then.
    enforcement: Option<Enforcement>,
    /// Also those that were deleted; not if not given.
    include_deleted: OrDefault<bool>,
}

impl DeploymentFilter {
    /// What it asks of each deployment.
    pub fn matching(self) -> Result<Matching> {
        let id = |kind, id: Option<ID>| id.map(|id| uuid_of(kind, &id)).transpose();
        let software = id("Software", self.software_id)?.map(SoftwareId);
        let cloud_task = id("CloudTask", self.cloud_task_id)?.map(CloudTaskId);
        let task = id("Task", self.task_id)?.map(TaskId);
        let software = software.map(MaintenanceItem::Software);
        let cloud_task = cloud_task.map(MaintenanceItem::CloudTask);
        let items = [software, cloud_task, task.map(MaintenanceItem::Task)];
        Ok(Matching {
            items: items.into_iter().flatten().collect(),
            tenant: id("Tenant", self.tenant_id)?.map(TenantId),
            words: self.text.map(|text| Part::of(Some(&text))),
            status: self.status,
            enforcement: self.enforcement.map(Into::into),
            include_deleted: *self.include_deleted,
        })
    }
}

/// What is asked of each deployment; what is not given, nothing.
pub struct Matching {
    /// The deployment is about each of them: of several nothing fits.
    items: Vec<MaintenanceItem>,
    tenant: Option<TenantId>,
    words: Option<Part>,
    status: Option<DeploymentStatus>,
    enforcement: Option<deployment::Enforcement>,
    include_deleted: bool,
}

impl Matching {
    /// The item that all are about.
    pub fn item(&self) -> Option<MaintenanceItem> {
        self.items.first().copied()
    }

    /// What costs least is asked first. Nothing fits that the caller may not see.
    pub fn fits(&self, request: &Request, view: &Arc<View>, id: DeploymentId) -> bool {
        let Some(entry) = view.deployments.get(id) else {
            return false;
        };
        let Some(rule) = entry.state.rule.as_deref() else {
            return false;
        };
        let lifecycle = entry.state.lifecycle;
        let is_asked_for = match self.status {
            Some(status) => status == DeploymentStatus::from(lifecycle),
            None => self.include_deleted || lifecycle != Lifecycle::Deleted,
        };
        let item = rule.item;
        is_asked_for
            && self
                .enforcement
                .is_none_or(|asked| rule.enforcement == asked)
            && self.items.iter().all(|asked| *asked == item)
            && (self.tenant.is_none() || view.tenant_of_scope(rule.target.scope) == self.tenant)
            && DeploymentNode::find(request, view, id).is_some()
            && self.fits_words(request, view, (id, rule))
    }

    fn fits_words(
        &self,
        request: &Request,
        view: &Arc<View>,
        (deployment, rule): (DeploymentId, &Rule),
    ) -> bool {
        let Some(words) = &self.words else {
            return true;
        };
        let shown = ShownRule {
            request,
            view,
            deployment,
        };
        words.is_in(item_name(view, rule)) || words.is_in(&shown.target())
    }
}

fn item_name<'v>(view: &'v View, rule: &Rule) -> &'v str {
    view.item_name(rule.item).map_or("", Name::as_str)
}

orders! {
    /// By what deployments are sorted.
    DeploymentOrder by DeploymentOrderField {
        /// When they were created.
        CreatedAt,
        /// When something about them last changed.
        ChangedAt,
        /// The names of their items, whatever the case.
        ItemName,
        /// The names of the tenants that they are for, whatever the case; those for every tenant first.
        TenantName,
        /// When they are acted on: required, onboarding, ad hoc, optional.
        Enforcement,
        /// Whether they are in force: enabled, disabled, deleted.
        Status,
        /// On how many computers that you may see they decide.
        WinsOn,
        /// With how many deployments they are in conflict.
        ConflictCount,
    }
}

type ByRule = fn(&View, &deployment::Deployment, &Rule) -> SortKey;
type ByCount = fn(&Tally, DeploymentId, Option<TenantId>) -> usize;

impl DeploymentOrder {
    /// By what a list is sorted.
    pub async fn ranking(
        self,
        context: &Context<'_>,
        view: &Arc<View>,
    ) -> Result<Order<DeploymentId>> {
        let direction = self.direction.0;
        Ok(match self.field {
            DeploymentOrderField::CreatedAt => Order::of_creation(direction),
            DeploymentOrderField::ChangedAt => Order::by("CHANGED_AT", direction, |_, view, id| {
                let entry = view.deployments.get(id);
                SortKey::time(entry.map(|entry| entry.changed.time))
            }),
            DeploymentOrderField::ItemName => by_rule("ITEM_NAME", direction, |view, _, rule| {
                SortKey::text(item_name(view, rule))
            }),
            DeploymentOrderField::TenantName => {
                by_rule("TENANT_NAME", direction, |view, _, rule| {
                    let tenant = view.tenant_of_scope(rule.target.scope);
                    let entry = tenant.and_then(|tenant| view.tenants.get(tenant));
                    let name = entry.and_then(|entry| entry.state.name.as_ref());
                    SortKey::text(name.map_or("", Name::as_str))
                })
            }
            DeploymentOrderField::Enforcement => by_rule("ENFORCEMENT", direction, |_, _, rule| {
                SortKey::Number(match rule.enforcement {
                    deployment::Enforcement::Required => 0,
                    deployment::Enforcement::Onboarding => 1,
                    deployment::Enforcement::AdHoc => 2,
                    deployment::Enforcement::Optional => 3,
                })
            }),
            DeploymentOrderField::Status => by_rule("STATUS", direction, |_, state, _| {
                SortKey::Number(match state.lifecycle {
                    Lifecycle::Enabled => 0,
                    Lifecycle::Disabled => 1,
                    Lifecycle::Deleted | Lifecycle::Absent => 2,
                })
            }),
            DeploymentOrderField::WinsOn => {
                let wins: ByCount = |tally, id, within| tally.stands_of(id, within).wins;
                by_count("WINS_ON", direction, wins, (context, view)).await?
            }
            DeploymentOrderField::ConflictCount => {
                let conflicts: ByCount = |tally, id, within| tally.conflicts_of(id, within).len();
                by_count("CONFLICT_COUNT", direction, conflicts, (context, view)).await?
            }
        })
    }
}

fn by_rule(name: &'static str, direction: OrderDirection, rank: ByRule) -> Order<DeploymentId> {
    Order::by(name, direction, move |_, view, id| {
        let entry = view.deployments.get(id);
        let rule = entry.and_then(|entry| Some((&entry.state, entry.state.rule.as_deref()?)));
        rule.map_or(SortKey::Number(0), |(state, rule)| rank(view, state, rule))
    })
}

async fn by_count(
    name: &'static str,
    direction: OrderDirection,
    count: ByCount,
    (context, view): (&Context<'_>, &Arc<View>),
) -> Result<Order<DeploymentId>> {
    let within = Request::of(context).principal()?.confined_to();
    let tally = tally(context, view).await?;
    Ok(Order::by(name, direction, move |_, _, id| {
        SortKey::Number(u64::try_from(count(&tally, id, within)).unwrap_or(u64::MAX))
    }))
}
