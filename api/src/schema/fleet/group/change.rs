//! Changing groups and who is in them.

use super::node::{GroupKind, GroupNode};
use crate::request::Request;
use crate::schema::change::{Checked, Plan, Planned, found, name, new_id};
use crate::schema::fleet::computer::visible_computer;
use crate::schema::fleet::person::present_person;
use crate::schema::fleet::tenant::visible_tenant;
use crate::schema::types::uuid_of;
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::collections::BTreeSet;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::group::{GroupCommand, Member};
use upkeep_domain::kernel::ids::{ComputerId, GroupId, PersonId, TenantId};
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a group.
    GroupPayload {
        /// The group, with the change.
        group: GroupNode
    }
}

/// Who is in a group.
#[derive(Clone, Debug, Default, InputObject)]
#[expect(clippy::struct_field_names, reason = "they are the contract")]
pub struct MembersInput {
    /// People.
    #[graphql(default, validator(max_items = 1000))]
    person_ids: Vec<ID>,
    /// Computers.
    #[graphql(default, validator(max_items = 1000))]
    computer_ids: Vec<ID>,
    /// Everybody in these groups.
    #[graphql(default, validator(max_items = 1000))]
    group_ids: Vec<ID>,
}

inputs! {
    /// A new group.
    CreateGroupInput {
        /// The tenant that it belongs to.
        tenant_id: ID,
        /// Where it comes from.
        kind: GroupKind,
        /// Its name.
        name: String,
    }
    /// Members to be added and taken away, at most 1,000 at once.
    ChangeGroupMembersInput {
        /// The group.
        id: ID,
        /// Who comes in; of the group's tenant.
        #[graphql(default)]
        add: MembersInput,
        /// Who leaves.
        #[graphql(default)]
        remove: MembersInput,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
    /// A group.
    GroupInput {
        /// The group.
        id: ID,
        /// How many computers it changes, as previewDeployment says; needed where it is more than 25.
        confirm_impact: Option<u32>,
    }
}

changes! {
    CreateGroupInput = "createGroup", |this, request, view, command| {
        let tenant = check!(visible_tenant(request, view, &this.tenant_id, "tenantId")?);
        request.require(Action::ManagePeople { tenant })?;
        let create = GroupCommand::Create {
            tenant,
            kind: this.kind.into(),
            name: check!(name("name", &this.name)),
        };
        Plan::of(tenant, Planned::Group(GroupId(new_id(command, "group")), create))
    }
    ChangeGroupMembersInput = "changeGroupMembers", as confirm_impact, |this, request, view, _command| {
        let (group, tenant) = check!(visible_group(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        let add = check!(members_to_add(request, view, &this.add)?);
        let remove = check!(members_to_remove(&this.remove)?);
        let change = GroupCommand::ChangeMembers {
            levels: levels(view, group, &add),
            this: group,
            add,
            remove,
        };
        Plan::of(tenant, Planned::Group(group, change))
    }
    GroupInput = "removeGroup", as confirm_impact, |this, request, view, _command| {
        let (group, tenant) = check!(visible_group(request, view, &this.id, "id")?);
        request.require(Action::ManagePeople { tenant })?;
        Plan::of(tenant, Planned::Group(group, GroupCommand::Remove))
    }
}

fn visible_group(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(GroupId, TenantId)> {
    let group = GroupId(uuid_of("Group", id)?);
    let known = view
        .groups
        .get(group)
        .and_then(|entry| entry.state.definition.as_ref());
    let tenant = known.map(|known| known.tenant);
    let tenant = tenant.filter(|tenant| request.may(Action::ReadTenant { tenant: *tenant }));
    Ok(found(tenant, "group", field).map(|tenant| (group, tenant)))
}

/// A group that was not removed.
fn present_group(
    request: &Request,
    view: &View,
    id: &ID,
    field: &str,
) -> Checked<(GroupId, TenantId)> {
    let (group, tenant) = check!(visible_group(request, view, id, field)?);
    let known = view.groups.get(group);
    let is_there = known.is_some_and(|entry| entry.state.present().is_some());
    Ok(found(is_there.then_some((group, tenant)), "group", field))
}

/// How deep groups would be in each other.
fn levels(view: &View, outer: GroupId, add: &[(Member, TenantId)]) -> usize {
    let inner = add.iter().filter_map(|(member, _)| match member {
        Member::Group(group) if *group != outer => Some(*group),
        _ => None,
    });
    view.levels_of_groups(outer, inner)
}

/// Members who are there and whom the caller may see, each with its tenant.
fn members_to_add(
    request: &Request,
    view: &View,
    input: &MembersInput,
) -> Checked<Vec<(Member, TenantId)>> {
    let mut members = Vec::new();
    for id in &input.person_ids {
        let (person, tenant) = check!(present_person(request, view, id, "add")?);
        members.push((Member::Person(person), tenant));
    }
    for id in &input.computer_ids {
        let (computer, tenant) = check!(visible_computer(request, view, id, "add")?);
        members.push((Member::Computer(computer), tenant));
    }
    for id in &input.group_ids {
        let (group, tenant) = check!(present_group(request, view, id, "add")?);
        members.push((Member::Group(group), tenant));
    }
    Ok(Ok(members))
}

/// Whoever leaves need not be there any more.
fn members_to_remove(input: &MembersInput) -> Checked<BTreeSet<Member>> {
    let mut members = BTreeSet::new();
    for id in &input.person_ids {
        members.insert(Member::Person(PersonId(uuid_of("Person", id)?)));
    }
    for id in &input.computer_ids {
        members.insert(Member::Computer(ComputerId(uuid_of("Computer", id)?)));
    }
    for id in &input.group_ids {
        members.insert(Member::Group(GroupId(uuid_of("Group", id)?)));
    }
    Ok(Ok(members))
}

/// What can be changed about groups.
#[derive(Default)]
pub struct GroupMutation;

#[Object]
impl GroupMutation {
    /// Creates a group.
    async fn create_group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group.")] input: CreateGroupInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }

    /// Adds members to a group and takes members away.
    async fn change_group_members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group and the members.")] input: ChangeGroupMembersInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }

    /// Removes a group; targets that name it match nothing any more.
    async fn remove_group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group.")] input: GroupInput,
    ) -> Result<GroupPayload> {
        changed!(GroupPayload, context, input, Group => GroupNode, "group")
    }
}
