//! What targets read besides computers: people, groups, agreements, cloud tasks.

use super::computer::ComputerNode;
use super::page::{Page, PageArguments, assumed, list_cost, page, page_of, times};
use super::tenant::TenantNode;
use super::types::{Change, global_id};
use crate::request::Request;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use chrono::NaiveDate;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::cloud_task::CloudTask;
use upkeep_domain::fleet::agreement::{self, Agreement, Terms};
use upkeep_domain::fleet::group::{self, Definition, Group, Member};
use upkeep_domain::fleet::person::{Person, Profile};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{AgreementId, CloudTaskId, ComputerId, GroupId, PersonId};
use upkeep_domain::kernel::name::Name;
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// Tags as texts, in their order.
pub fn texts<'a>(tags: impl IntoIterator<Item = &'a Tag>) -> Vec<String> {
    tags.into_iter().map(ToString::to_string).collect()
}

/// A person who works for a tenant.
#[derive(Clone)]
pub struct PersonNode {
    view: Arc<View>,
    id: PersonId,
    entry: Arc<Entry<Person>>,
    profile: Profile,
}

impl PersonNode {
    /// The person, if known and the caller may see the tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: PersonId) -> Option<Self> {
        let entry = view.persons.get(id)?.clone();
        let profile = entry.state.profile.clone()?;
        let action = Action::ReadTenant {
            tenant: profile.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            profile,
        })
    }
}

/// A person who works for a tenant, reached through the computers whose primary person it is.
#[Object(name = "Person")]
impl PersonNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("Person", self.id.0)
    }

    /// The name.
    async fn name(&self) -> &str {
        self.profile.name.as_str()
    }

    /// The user principal name, where there is one.
    async fn upn(&self) -> Option<&str> {
        self.profile.upn.as_ref().map(Name::as_str)
    }

    /// The tenant that the person works for.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.profile.tenant)
    }

    /// The person's tags, at most 200.
    #[graphql(complexity = "assumed::TAGS")]
    async fn tags(&self) -> Vec<String> {
        texts(&self.entry.state.tags)
    }

    /// Whether the person left.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// The computers of the person's tenant whose primary person it is.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn computers(
        &self,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<ComputerNode>> {
        // Who left is nobody's primary person any more.
        let ids: Vec<Uuid> = (self.view.computers_of_person(self.id))
            .filter(|id| !self.entry.state.is_removed && !self.view.is_removed(*id))
            .filter(|id| self.view.tenant_of(*id) == Some(self.profile.tenant))
            .map(|id| id.0)
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

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who added the person, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed something, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// Where a group comes from.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "group::GroupKind")]
pub enum GroupKind {
    /// A directory, such as Entra ID: people, devices, other groups.
    Directory,
    /// An RMM: devices only.
    Device,
}

impl std::fmt::Debug for GroupKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        group::GroupKind::from(*self).fmt(f)
    }
}

/// A group of a directory or of an RMM.
#[derive(Clone)]
pub struct GroupNode {
    view: Arc<View>,
    id: GroupId,
    entry: Arc<Entry<Group>>,
    definition: Definition,
}

impl GroupNode {
    /// The group, if known and the caller may see its tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: GroupId) -> Option<Self> {
        let entry = view.groups.get(id)?.clone();
        let definition = entry.state.definition.clone()?;
        let action = Action::ReadTenant {
            tenant: definition.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            definition,
        })
    }
}

/// Somebody or something in a group.
#[derive(Clone, Union)]
pub enum GroupMember {
    /// A person.
    Person(PersonNode),
    /// A computer.
    Computer(ComputerNode),
    /// Everybody in another group.
    Group(GroupNode),
}

/// A group of a directory or of an RMM. Who is in it chooses computers.
#[Object(name = "Group")]
impl GroupNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("Group", self.id.0)
    }

    /// The name.
    async fn name(&self) -> &str {
        self.definition.name.as_str()
    }

    /// Where it comes from.
    async fn kind(&self) -> GroupKind {
        self.definition.kind.into()
    }

    /// The tenant that it belongs to.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.definition.tenant)
    }

    /// Whether it was removed: then nobody is in it.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// Who is directly in it; who left or went to another tenant, and groups that were removed, are not.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
    ) -> Result<Page<GroupMember>> {
        let request = Request::of(context);
        // Who left or went to another tenant, and a group that was removed, is in no group any more, whatever was written of it.
        let own = self.definition.tenant;
        let is_there = |member: &&Member| match member {
            Member::Person(id) => {
                let person = self.view.persons.get(*id);
                let profile = person.and_then(|entry| entry.state.present());
                profile.is_some_and(|profile| profile.tenant == own)
            }
            Member::Group(id) => {
                let group = self.view.groups.get(*id);
                group.is_some_and(|entry| entry.state.present().is_some())
            }
            Member::Computer(id) => {
                !self.view.is_removed(*id) && self.view.tenant_of(*id) == Some(own)
            }
        };
        let mut members: Vec<(Uuid, Member)> = (self.entry.state.members.iter())
            .filter(|member| !self.entry.state.is_removed && is_there(member))
            .map(|member| {
                let id = match member {
                    Member::Person(id) => id.0,
                    Member::Computer(id) => id.0,
                    Member::Group(id) => id.0,
                };
                (id, *member)
            })
            .collect();
        members.sort_unstable();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page_of(
            &arguments,
            &members,
            |(id, _)| *id,
            |(_, member)| match *member {
                Member::Person(id) => {
                    PersonNode::find(request, &self.view, id).map(GroupMember::Person)
                }
                Member::Computer(id) => {
                    ComputerNode::find(request, &self.view, id).map(GroupMember::Computer)
                }
                Member::Group(id) => Self::find(request, &self.view, id).map(GroupMember::Group),
            },
        )
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

/// From one day to another, both included, in the tenant's time zone; without an end where none is given.
#[derive(Clone, SimpleObject)]
pub struct Period {
    /// The first day.
    first_day: Option<NaiveDate>,
    /// The last day.
    last_day: Option<NaiveDate>,
}

impl From<agreement::Period> for Period {
    fn from(period: agreement::Period) -> Self {
        Self {
            first_day: period.first_day,
            last_day: period.last_day,
        }
    }
}

/// A product on an agreement.
#[derive(Clone, SimpleObject)]
pub struct AgreementAddition {
    /// The product.
    product: String,
    /// The days on which it counts.
    period: Period,
}

/// An agreement of a tenant, as a PSA knows it.
#[derive(Clone)]
pub struct AgreementNode {
    view: Arc<View>,
    id: AgreementId,
    entry: Arc<Entry<Agreement>>,
    terms: Terms,
}

impl AgreementNode {
    /// The agreement, if known and the caller may see its tenant.
    pub fn find(request: &Request, view: &Arc<View>, id: AgreementId) -> Option<Self> {
        let entry = view.agreements.get(id)?.clone();
        let terms = entry.state.terms.clone()?;
        let action = Action::ReadTenant {
            tenant: terms.tenant,
        };
        request.may(action).then(|| Self {
            view: view.clone(),
            id,
            entry,
            terms,
        })
    }
}

/// An agreement of a tenant, as a PSA knows it: its type and its products choose the tenant's computers.
#[Object(name = "Agreement")]
impl AgreementNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("Agreement", self.id.0)
    }

    /// The name.
    async fn name(&self) -> &str {
        self.terms.name.as_str()
    }

    /// Its type.
    async fn agreement_type(&self) -> &str {
        self.terms.agreement_type.as_str()
    }

    /// The days on which it counts.
    async fn period(&self) -> Period {
        self.terms.period.into()
    }

    /// The tenant whose it is.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.terms.tenant)
    }

    /// The products on it, at most 1,000, by name.
    #[graphql(complexity = "times(assumed::ADDITIONS, child_complexity)")]
    async fn additions(&self) -> Vec<AgreementAddition> {
        let additions = self.entry.state.additions.iter();
        additions
            .map(|(product, period)| AgreementAddition {
                product: product.to_string(),
                period: (*period).into(),
            })
            .collect()
    }

    /// Whether it was removed.
    async fn is_removed(&self) -> bool {
        self.entry.state.is_removed
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
    }

    /// Who added it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// A maintenance item of a tenant, not of a computer.
#[derive(Clone)]
pub struct CloudTaskNode {
    id: CloudTaskId,
    entry: Arc<Entry<CloudTask>>,
}

impl CloudTaskNode {
    /// The task, if known and the caller may see the catalogue.
    pub fn find(request: &Request, view: &Arc<View>, id: CloudTaskId) -> Option<Self> {
        let entry = view.cloud_tasks.get(id)?.clone();
        request
            .may(Action::ReadCatalogue)
            .then_some(Self { id, entry })
    }

    /// The task that an item is, if it is one.
    pub fn of(request: &Request, view: &Arc<View>, item: MaintenanceItem) -> Option<Self> {
        match item {
            MaintenanceItem::CloudTask(id) => Self::find(request, view, id),
            MaintenanceItem::Software(_) => None,
        }
    }
}

/// A maintenance item of a tenant, not of a computer.
#[Object(name = "CloudTask")]
impl CloudTaskNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("CloudTask", self.id.0)
    }

    /// The name.
    async fn name(&self) -> Option<&str> {
        self.entry.state.name.as_ref().map(Name::as_str)
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
