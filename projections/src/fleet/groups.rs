//! Which groups hold whom.

use crate::index::{Within, between, merged};
use crate::view::View;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Bound;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::group::{GroupEvent, Member};
use upkeep_domain::kernel::ids::GroupId;
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    by_member: OrdSet<(Member, GroupId)>,
}

impl Groups {
    pub fn apply(&mut self, event: &DomainEvent, id: &str) -> Result<(), uuid::Error> {
        if let DomainEvent::Group(event) = event {
            self.place_members(id.parse()?, event);
        }
        Ok(())
    }

    fn place_members(&mut self, group: GroupId, event: &GroupEvent) {
        match event {
            GroupEvent::MembersAdded(added) => {
                let members = added.members.iter().map(|member| (*member, group));
                self.by_member.extend(members);
            }
            GroupEvent::MembersRemoved(removed) => {
                for member in &removed.members {
                    self.by_member.remove(&(*member, group));
                }
            }
            _ => {}
        }
    }
}

impl View {
    /// The groups that hold this member directly.
    pub fn groups_with(&self, member: Member) -> impl Iterator<Item = GroupId> {
        let first = (member, GroupId(Uuid::nil()));
        let last = (member, GroupId(Uuid::max()));
        self.groups_by
            .by_member
            .range(first..=last)
            .map(|(_, group)| *group)
    }

    /// Who and what is directly in a group between two ids, whatever became of them.
    pub fn members_within(
        &self,
        group: GroupId,
        within: Within<Uuid>,
    ) -> Box<dyn DoubleEndedIterator<Item = Uuid> + '_> {
        let Some(entry) = self.groups.get(group) else {
            return Box::new(std::iter::empty());
        };
        let ends = |bound: Bound<Uuid>, end: Uuid| {
            let end = match bound {
                Bound::Unbounded => Bound::Included(end),
                bound => bound,
            };
            [0, 1, 2].map(|kind| end.map(|id| Member::with(id)[kind]))
        };
        let starts = ends(within.0, Uuid::nil());
        let stretches = starts.into_iter().zip(ends(within.1, Uuid::max()));
        let members = &entry.state.members;
        Box::new(merged(stretches.map(|stretch| {
            between(members, stretch).map(|member| member.id())
        })))
    }

    /// How many groups would be in each other if `inner` came into `outer`, in the longest of the shortest chains.
    pub fn levels_of_groups(&self, outer: GroupId, inner: impl Iterator<Item = GroupId>) -> usize {
        let above = |group: GroupId| self.groups_with(Member::Group(group)).collect();
        let below = |group: GroupId| {
            let first = Member::Group(GroupId(Uuid::nil()));
            let entry = self.groups.get(group);
            let members = entry.map(|entry| entry.state.members.range(first..));
            let groups = members
                .into_iter()
                .flatten()
                .filter_map(|member| match member {
                    Member::Group(group) => Some(*group),
                    _ => None,
                });
            groups.collect()
        };
        match levels(inner.collect(), below) {
            0 => 0,
            inner => levels(vec![outer], above) + inner,
        }
    }
}

/// How many steps it takes to have been everywhere, from these groups on; each is entered once.
fn levels(from: Vec<GroupId>, step: impl Fn(GroupId) -> Vec<GroupId>) -> usize {
    let mut entered: HashSet<GroupId> = from.iter().copied().collect();
    let mut here = from;
    let mut levels = 0;
    while !here.is_empty() {
        levels += 1;
        let next = here.into_iter().flat_map(&step);
        here = next.filter(|group| entered.insert(*group)).collect();
    }
    levels
}
