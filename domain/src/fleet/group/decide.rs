use super::{
    Definition, Group, GroupCommand, GroupCreated, GroupEvent, GroupKind, GroupMembersAdded,
    GroupMembersRemoved, GroupRejection, GroupRemoved, GroupRenamed, Member,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{GroupId, TenantId};
use crate::kernel::limits::{MAX_GROUP_DEPTH, MAX_GROUP_MEMBERS, MAX_MEMBERS_PER_CHANGE};
use std::collections::BTreeSet;

impl Decider for Group {
    type Id = GroupId;
    type Command = GroupCommand;
    type Event = GroupEvent;
    type Rejection = GroupRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "group";

    fn decide(
        &self,
        command: GroupCommand,
        _: &Context,
    ) -> Result<Vec<GroupEvent>, GroupRejection> {
        let Some(definition) = &self.definition else {
            return match command {
                GroupCommand::Create { tenant, kind, name } => {
                    Ok(vec![GroupCreated { tenant, kind, name }.into()])
                }
                _ => Err(GroupRejection::NotFound),
            };
        };
        match command {
            GroupCommand::Create { .. } => Err(GroupRejection::AlreadyExists),
            GroupCommand::Remove if self.is_removed => Ok(vec![]),
            _ if self.is_removed => Err(GroupRejection::Removed),
            GroupCommand::Remove => Ok(vec![GroupRemoved {}.into()]),
            GroupCommand::Rename { name } if name == definition.name => Ok(vec![]),
            GroupCommand::Rename { name } => Ok(vec![GroupRenamed { name }.into()]),
            GroupCommand::ChangeMembers { levels, .. } if levels > MAX_GROUP_DEPTH => {
                Err(GroupRejection::TooDeep(levels))
            }
            GroupCommand::ChangeMembers {
                this, add, remove, ..
            } => self.change(definition, this, &add, &remove),
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &GroupEvent) -> Self {
        match event {
            GroupEvent::Created(created) => {
                self.definition = Some(Definition {
                    tenant: created.tenant,
                    kind: created.kind,
                    name: created.name.clone(),
                });
            }
            GroupEvent::Renamed(renamed) => {
                if let Some(definition) = &mut self.definition {
                    definition.name = renamed.name.clone();
                }
            }
            GroupEvent::MembersAdded(added) => self.members.extend(added.members.iter().copied()),
            GroupEvent::MembersRemoved(removed) => {
                for member in &removed.members {
                    self.members.remove(member);
                }
            }
            GroupEvent::Removed(_) => self.is_removed = true,
        }
        self
    }
}

impl Group {
    fn change(
        &self,
        definition: &Definition,
        this: GroupId,
        add: &[(Member, TenantId)],
        remove: &BTreeSet<Member>,
    ) -> Result<Vec<GroupEvent>, GroupRejection> {
        let size = add.len() + remove.len();
        if size > MAX_MEMBERS_PER_CHANGE {
            return Err(GroupRejection::ChangeTooLarge(size));
        }
        for (member, tenant) in add {
            if *tenant != definition.tenant {
                return Err(GroupRejection::OtherTenant);
            }
            if *member == Member::Group(this) {
                return Err(GroupRejection::Itself);
            }
            if definition.kind == GroupKind::Device && !matches!(member, Member::Computer(_)) {
                return Err(GroupRejection::DevicesOnly);
            }
        }
        let added: BTreeSet<Member> = (add.iter().map(|(member, _)| *member))
            .filter(|member| !self.members.contains(member) && !remove.contains(member))
            .collect();
        let removed: BTreeSet<Member> = (remove.iter().copied())
            .filter(|member| self.members.contains(member))
            .collect();
        let after = self.members.len() + added.len() - removed.len();
        if after > MAX_GROUP_MEMBERS {
            return Err(GroupRejection::TooManyMembers(after));
        }
        let added = (!added.is_empty()).then(|| GroupMembersAdded { members: added }.into());
        let removed =
            (!removed.is_empty()).then(|| GroupMembersRemoved { members: removed }.into());
        Ok(added.into_iter().chain(removed).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::{ComputerId, PersonId};
    use crate::kernel::name::Name;

    fn tenant() -> TenantId {
        TenantId(id(1))
    }

    fn created(kind: GroupKind) -> GroupEvent {
        let name = Name::new("Finance").unwrap();
        GroupCreated {
            tenant: tenant(),
            kind,
            name,
        }
        .into()
    }

    fn person(n: u128) -> Member {
        Member::Person(PersonId(id(n)))
    }

    fn change(add: &[(Member, TenantId)], remove: &[Member]) -> GroupCommand {
        GroupCommand::ChangeMembers {
            this: GroupId(id(9)),
            add: add.to_vec(),
            remove: remove.iter().copied().collect(),
            levels: 0,
        }
    }

    fn directory() -> [GroupEvent; 1] {
        [created(GroupKind::Directory)]
    }

    #[test]
    fn members_change_by_what_really_changes() {
        let there = GroupMembersAdded {
            members: [person(1), person(2)].into(),
        };
        given::<Group>([created(GroupKind::Directory), there.into()])
            .when(change(
                &[(person(2), tenant()), (person(3), tenant())],
                &[person(1), person(7)],
            ))
            .then([
                GroupMembersAdded {
                    members: [person(3)].into(),
                }
                .into(),
                GroupMembersRemoved {
                    members: [person(1)].into(),
                }
                .into(),
            ]);
    }

    #[test]
    fn whose_reach_was_judged_with_fewer_members_is_not_decided() {
        let there = || {
            GroupMembersAdded {
                members: [person(1)].into(),
            }
            .into()
        };
        given::<Group>([created(GroupKind::Directory), there()])
            .judged_after(directory())
            .when(change(&[(person(2), tenant())], &[]))
            .then_overtaken();
    }

    #[test]
    fn nobody_of_another_tenant_gets_in() {
        given::<Group>(directory())
            .when(change(&[(person(1), TenantId(id(2)))], &[]))
            .then_rejected(GroupRejection::OtherTenant);
    }

    #[test]
    fn a_device_group_holds_computers_only_and_no_group_holds_itself() {
        given::<Group>([created(GroupKind::Device)])
            .when(change(&[(person(1), tenant())], &[]))
            .then_rejected(GroupRejection::DevicesOnly);
        let computer = Member::Computer(ComputerId(id(4)));
        given::<Group>([created(GroupKind::Device)])
            .when(change(&[(computer, tenant())], &[]))
            .then([GroupMembersAdded {
                members: [computer].into(),
            }
            .into()]);
        let itself = Member::Group(GroupId(id(9)));
        given::<Group>(directory())
            .when(change(&[(itself, tenant())], &[]))
            .then_rejected(GroupRejection::Itself);
    }

    #[test]
    fn groups_are_nested_so_deep_and_no_deeper() {
        let inner = Member::Group(GroupId(id(8)));
        let nest = |levels| GroupCommand::ChangeMembers {
            this: GroupId(id(9)),
            add: vec![(inner, tenant())],
            remove: BTreeSet::new(),
            levels,
        };
        given::<Group>(directory())
            .when(nest(MAX_GROUP_DEPTH))
            .then([GroupMembersAdded {
                members: [inner].into(),
            }
            .into()]);
        given::<Group>(directory())
            .when(nest(MAX_GROUP_DEPTH + 1))
            .then_rejected(GroupRejection::TooDeep(MAX_GROUP_DEPTH + 1));
    }

    #[test]
    fn changes_are_bounded() {
        let many: Vec<_> = (0..=MAX_MEMBERS_PER_CHANGE as u128)
            .map(|n| (person(n), tenant()))
            .collect();
        given::<Group>(directory())
            .when(change(&many, &[]))
            .then_rejected(GroupRejection::ChangeTooLarge(MAX_MEMBERS_PER_CHANGE + 1));
    }

    #[test]
    fn a_removed_group_stays_removed() {
        given::<Group>([created(GroupKind::Directory), GroupRemoved {}.into()])
            .when(change(&[(person(1), tenant())], &[]))
            .then_rejected(GroupRejection::Removed);
        given::<Group>([created(GroupKind::Directory), GroupRemoved {}.into()])
            .when(GroupCommand::Remove)
            .then_nothing();
        nothing::<Group>()
            .when(GroupCommand::Remove)
            .then_rejected(GroupRejection::NotFound);
    }
}
