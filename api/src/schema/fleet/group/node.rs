//! What is shown of a group.

use crate::request::Request;
use crate::schema::fleet::computer::ComputerNode;
use crate::schema::fleet::person::PersonNode;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::page::{Page, PageArguments, list_cost, walk};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{Change, global_id_in};
use async_graphql::{Context, Enum, ID, Object, Result, Union};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::group::{self, Definition, Group, Member};
use upkeep_domain::kernel::ids::{GroupId, TenantId};
use upkeep_projections::{Entry, View};
use uuid::Uuid;

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
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "Group", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
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
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip: None,
        };
        let request = Request::of(context);
        let (group, own) = (self.id, self.definition.tenant);
        let is_removed = self.entry.state.is_removed;
        // The same id may be a person's and a computer's: what stands where is looked up again.
        walk(
            context,
            &self.view,
            &arguments,
            move |view, within| view.members_within(group, within),
            move |_, view, id| !is_removed && member(view, (group, own), id).is_some(),
            |id| match member(&self.view, (group, own), id)? {
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

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<Group>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<Group>(context, &self.view, self.id)
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

/// Who or what with this id is directly in a group of a tenant. Who left or went to another tenant, and a group that was removed,
/// is in no group any more, whatever was written of it.
fn member(view: &View, (group, own): (GroupId, TenantId), id: Uuid) -> Option<Member> {
    let members = &view.groups.get(group)?.state.members;
    let is_there = |member: &Member| match member {
        Member::Person(id) => {
            let person = view.persons.get(*id);
            let profile = person.and_then(|entry| entry.state.present());
            profile.is_some_and(|profile| profile.tenant == own)
        }
        Member::Group(id) => {
            let group = view.groups.get(*id);
            group.is_some_and(|entry| entry.state.present().is_some())
        }
        Member::Computer(id) => !view.is_removed(*id) && view.tenant_of(*id) == Some(own),
    };
    Member::with(id)
        .into_iter()
        .find(|member| members.contains(member) && is_there(member))
}
