//! Changing groups and who is in them.

use super::node::{GroupKind, GroupNode};
use crate::schema::change::{change, id_of, name, seen};
use crate::schema::fleet::person::present_person;
use crate::schema::or_default::OrDefault;
use async_graphql::{Context, ID, InputObject, Object, Result};
use std::collections::BTreeSet;
use upkeep_commands::{Ask, Change, Confirmation, Plan, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::fleet::computer::Computer;
use upkeep_domain::fleet::group::{Group, GroupCommand, Member};
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::{GroupId, TenantId};
use upkeep_projections::View;

payloads! {
    /// The answer to a mutation of a group.
    [CreateGroupPayload ChangeGroupMembersPayload RemoveGroupPayload] of Group {
        /// The group, with the change.
        group: GroupNode
    }
}

/// Who is in a group.
#[derive(Clone, Debug, Default, InputObject)]
#[expect(clippy::struct_field_names, reason = "they are the contract")]
pub struct MembersInput {
    /// People; nobody if not given.
    #[graphql(validator(max_items = 1000))]
    person_ids: OrDefault<Vec<ID>>,
    /// Computers; none if not given.
    #[graphql(validator(max_items = 1000))]
    computer_ids: OrDefault<Vec<ID>>,
    /// Everybody in these groups; nobody if not given.
    #[graphql(validator(max_items = 1000))]
    group_ids: OrDefault<Vec<ID>>,
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
        /// Who comes in; of the group's tenant; nobody if not given.
        add: OrDefault<MembersInput>,
        /// Who leaves; nobody if not given.
        remove: OrDefault<MembersInput>,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
    /// A group.
    RemoveGroupInput {
        /// The group.
        id: ID,
        /// How many computers it changes, as previewChange says; up to 25 it may be left out.
        confirm_impact: Option<u32>,
    }
}

impl Change for CreateGroupInput {
    type Of = Group;

    fn plan(&self, ask: &Ask) -> Result<Plan<Group>, Stop> {
        let tenant = seen::<Tenant>(ask, &self.tenant_id, "tenantId")?.id;
        let create = GroupCommand::Create {
            tenant,
            kind: self.kind.into(),
            name: name("name", &self.name)?,
        };
        ask.make(GroupId(ask.new_id("group")), create)
    }
}

impl Change for ChangeGroupMembersInput {
    type Of = Group;

    fn plan(&self, ask: &Ask) -> Result<Plan<Group>, Stop> {
        let group = seen::<Group>(ask, &self.id, "id")?;
        if let Some(definition) = &group.state.definition {
            let tenant = definition.tenant;
            ask.require(Action::ManagePeople { tenant })?;
        }
        let add = members_to_add(ask, &self.add)?;
        let change = GroupCommand::ChangeMembers {
            levels: levels(ask.view(), group.id, &add),
            this: group.id,
            add,
            remove: members_to_remove(&self.remove)?,
        };
        group.plan(change)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

impl Change for RemoveGroupInput {
    type Of = Group;

    fn plan(&self, ask: &Ask) -> Result<Plan<Group>, Stop> {
        seen::<Group>(ask, &self.id, "id")?.plan(GroupCommand::Remove)
    }

    fn confirmation(&self, _: &Plan<Self::Of>) -> Confirmation {
        Confirmation::Wanted(self.confirm_impact)
    }
}

/// How deep groups would be in each other.
fn levels(view: &View, outer: GroupId, add: &[(Member, TenantId)]) -> usize {
    let inner = add.iter().filter_map(|(member, _)| match member {
        Member::Group(group) if *group != outer => Some(*group),
        _ => None,
    });
    view.levels_of_groups(outer, inner)
}

/// Members who are there and of whom whoever asks may know, each with its tenant.
fn members_to_add(ask: &Ask, input: &MembersInput) -> Result<Vec<(Member, TenantId)>, Stop> {
    let mut members = Vec::new();
    for (index, id) in input.person_ids.iter().enumerate() {
        let (person, tenant) = present_person(ask, id, "add").in_list("add.personIds", index)?;
        members.push((Member::Person(person), tenant));
    }
    for (index, id) in input.computer_ids.iter().enumerate() {
        let computer = seen::<Computer>(ask, id, "add").in_list("add.computerIds", index)?;
        let tenant = ask.view().tenant_of(computer.id);
        members.extend(tenant.map(|tenant| (Member::Computer(computer.id), tenant)));
    }
    for (index, id) in input.group_ids.iter().enumerate() {
        let group = seen::<Group>(ask, id, "add").in_list("add.groupIds", index)?;
        let Some(known) = group.state.present() else {
            return Err(Stop::not_found(Group::NOUN)).in_list("add.groupIds", index);
        };
        members.push((Member::Group(group.id), known.tenant));
    }
    Ok(members)
}

/// Whoever leaves need not be there any more.
fn members_to_remove(input: &MembersInput) -> Result<BTreeSet<Member>, Stop> {
    let mut members = BTreeSet::new();
    for (index, id) in input.person_ids.iter().enumerate() {
        let person = id_of::<Person>(id, "remove").in_list("remove.personIds", index)?;
        members.insert(Member::Person(person));
    }
    for (index, id) in input.computer_ids.iter().enumerate() {
        let computer = id_of::<Computer>(id, "remove").in_list("remove.computerIds", index)?;
        members.insert(Member::Computer(computer));
    }
    for (index, id) in input.group_ids.iter().enumerate() {
        let group = id_of::<Group>(id, "remove").in_list("remove.groupIds", index)?;
        members.insert(Member::Group(group));
    }
    Ok(members)
}

/// Which of several members of a list is at fault.
trait InList {
    fn in_list(self, list: &str, index: usize) -> Self;
}

impl<T> InList for Result<T, Stop> {
    fn in_list(self, list: &str, index: usize) -> Self {
        self.map_err(|stop| stop.at(format!("{list}.{index}")))
    }
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
    ) -> Result<Option<CreateGroupPayload>> {
        change(context, "createGroup", input).await
    }

    /// Adds members to a group and takes members away.
    async fn change_group_members(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group and the members.")] input: ChangeGroupMembersInput,
    ) -> Result<Option<ChangeGroupMembersPayload>> {
        change(context, "changeGroupMembers", input).await
    }

    /// Removes a group; targets that name it match nothing any more.
    async fn remove_group(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The group.")] input: RemoveGroupInput,
    ) -> Result<Option<RemoveGroupPayload>> {
        change(context, "removeGroup", input).await
    }
}
