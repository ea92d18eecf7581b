use super::{
    CrossTenant, Presence, Tenant, TenantCommand, TenantCreated, TenantEvent,
    TenantExcludedFromCrossTenant, TenantIncludedInCrossTenant, TenantParentChanged,
    TenantRejection, TenantRemoved, TenantRenamed, TenantRestored, TenantTagged, TenantTimeZoneSet,
    TenantUntagged,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::TenantId;

impl Decider for Tenant {
    type Id = TenantId;
    type Command = TenantCommand;
    type Event = TenantEvent;
    type Rejection = TenantRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "tenant";

    fn decide(
        &self,
        command: TenantCommand,
        _: &Context,
    ) -> Result<Vec<TenantEvent>, TenantRejection> {
        match (&self.name, command) {
            (None, TenantCommand::Create { name, parent }) => {
                Ok(vec![TenantCreated { name, parent }.into()])
            }
            (None, _) => Err(TenantRejection::NotFound),
            (Some(_), TenantCommand::Create { .. }) => Err(TenantRejection::AlreadyExists),
            (Some(_), TenantCommand::SetPresence { turn, .. }) if turn <= self.presence_turn => {
                Ok(vec![])
            }
            (Some(_), TenantCommand::SetPresence { presence, turn }) => Ok(vec![match presence {
                Presence::Removed => TenantRemoved { turn }.into(),
                Presence::Present => TenantRestored { turn }.into(),
            }]),
            // An older turn has nothing to say any more; this one may have been told by somebody else.
            (Some(_), TenantCommand::SetParent { turn, .. }) if turn <= self.turn => Ok(vec![]),
            (Some(_), TenantCommand::SetParent { parent, turn }) => {
                Ok(vec![TenantParentChanged { parent, turn }.into()])
            }
            (Some(_), _) if self.is_removed() => Err(TenantRejection::Removed),
            (Some(current), TenantCommand::Rename { name }) if *current == name => Ok(vec![]),
            (Some(_), TenantCommand::Rename { name }) => Ok(vec![TenantRenamed { name }.into()]),
            (Some(_), TenantCommand::ChangeTags(change)) => {
                let difference = change.against(&self.tags)?;
                let tagged = |tags| TenantTagged { tags }.into();
                let untagged = |tags| TenantUntagged { tags }.into();
                Ok(difference.events(tagged, untagged))
            }
            (Some(_), TenantCommand::SetTimeZone { time_zone }) => {
                Ok(if time_zone == self.time_zone {
                    vec![]
                } else {
                    vec![TenantTimeZoneSet { time_zone }.into()]
                })
            }
            (Some(_), TenantCommand::ExcludeFromCrossTenant) => Ok(match self.cross_tenant {
                CrossTenant::Excluded => vec![],
                CrossTenant::Included => vec![TenantExcludedFromCrossTenant {}.into()],
            }),
            (Some(_), TenantCommand::IncludeInCrossTenant) => Ok(match self.cross_tenant {
                CrossTenant::Included => vec![],
                CrossTenant::Excluded => vec![TenantIncludedInCrossTenant {}.into()],
            }),
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &TenantEvent) -> Self {
        match event {
            TenantEvent::Created(created) => {
                self.name = Some(created.name.clone());
                self.parent = created.parent;
            }
            TenantEvent::Renamed(renamed) => self.name = Some(renamed.name.clone()),
            TenantEvent::ParentChanged(changed) => {
                self.parent = changed.parent;
                self.turn = changed.turn;
            }
            TenantEvent::Tagged(tagged) => self.tags.extend(tagged.tags.iter().cloned()),
            TenantEvent::Untagged(untagged) => self.tags.retain(|tag| !untagged.tags.contains(tag)),
            TenantEvent::TimeZoneSet(set) => self.time_zone = set.time_zone,
            TenantEvent::ExcludedFromCrossTenant(_) => self.cross_tenant = CrossTenant::Excluded,
            TenantEvent::IncludedInCrossTenant(_) => self.cross_tenant = CrossTenant::Included,
            TenantEvent::Removed(removed) => {
                self.presence = Presence::Removed;
                self.presence_turn = removed.turn;
            }
            TenantEvent::Restored(restored) => {
                self.presence = Presence::Present;
                self.presence_turn = restored.turn;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::name::Name;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn created() -> TenantEvent {
        TenantCreated {
            name: name("Contoso"),
            parent: None,
        }
        .into()
    }

    #[test]
    fn a_tenant_is_created_once() {
        let create = TenantCommand::Create {
            name: name("Contoso"),
            parent: None,
        };
        nothing::<Tenant>().when(create.clone()).then([created()]);
        given::<Tenant>([created()])
            .when(create)
            .then_rejected(TenantRejection::AlreadyExists);
    }

    #[test]
    fn renaming_to_the_same_name_changes_nothing() {
        given::<Tenant>([created()])
            .when(TenantCommand::Rename {
                name: name("Contoso"),
            })
            .then_nothing();
        given::<Tenant>([created()])
            .when(TenantCommand::Rename {
                name: name("Fabrikam"),
            })
            .then([TenantRenamed {
                name: name("Fabrikam"),
            }
            .into()]);
    }

    #[test]
    fn a_tenant_that_does_not_exist_cannot_be_renamed() {
        nothing::<Tenant>()
            .when(TenantCommand::Rename { name: name("X") })
            .then_rejected(TenantRejection::NotFound);
    }

    #[test]
    fn the_newest_turn_of_the_tree_counts_in_whatever_order_they_are_told() {
        let set = |parent: Option<u128>, turn| TenantCommand::SetParent {
            parent: parent.map(|n| TenantId(id(n))),
            turn,
        };
        let changed = |parent: Option<u128>, turn| -> TenantEvent {
            let parent = parent.map(|n| TenantId(id(n)));
            TenantParentChanged { parent, turn }.into()
        };
        given::<Tenant>([created()])
            .when(set(Some(2), 7))
            .then([changed(Some(2), 7)]);
        for old in [6, 7] {
            given::<Tenant>([created(), changed(Some(2), 7)])
                .when(set(Some(3), old))
                .then_nothing();
        }
        // The same parent in a later turn: what was decided in between must not come after it.
        given::<Tenant>([created(), changed(Some(2), 7)])
            .when(set(Some(2), 9))
            .then([changed(Some(2), 9)]);
    }

    #[test]
    fn nothing_of_a_removed_tenant_changes_until_it_is_restored() {
        let set = |presence, turn| TenantCommand::SetPresence { presence, turn };
        let removed = |turn| -> TenantEvent { TenantRemoved { turn }.into() };
        let restored = |turn| -> TenantEvent { TenantRestored { turn }.into() };
        given::<Tenant>([created()])
            .when(set(Presence::Removed, 3))
            .then([removed(3)]);
        given::<Tenant>([created(), removed(3)])
            .when(set(Presence::Present, 5))
            .then([restored(5)]);
        // Told again, or later than what was decided after it.
        given::<Tenant>([created(), removed(3)])
            .when(set(Presence::Removed, 3))
            .then_nothing();
        given::<Tenant>([created(), removed(3), restored(5)])
            .when(set(Presence::Removed, 3))
            .then_nothing();
        for command in [
            TenantCommand::Rename { name: name("X") },
            TenantCommand::ExcludeFromCrossTenant,
        ] {
            given::<Tenant>([created(), removed(3)])
                .when(command)
                .then_rejected(TenantRejection::Removed);
        }
        given::<Tenant>([created(), removed(3), restored(5)])
            .when(TenantCommand::Rename { name: name("X") })
            .then([TenantRenamed { name: name("X") }.into()]);
        // A place that was decided before is told all the same.
        given::<Tenant>([created(), removed(9)])
            .when(TenantCommand::SetParent {
                parent: Some(TenantId(id(2))),
                turn: 8,
            })
            .then([TenantParentChanged {
                parent: Some(TenantId(id(2))),
                turn: 8,
            }
            .into()]);
    }

    #[test]
    fn excluding_twice_changes_nothing() {
        let excluded = || TenantExcludedFromCrossTenant {}.into();
        given::<Tenant>([created()])
            .when(TenantCommand::ExcludeFromCrossTenant)
            .then([excluded()]);
        given::<Tenant>([created(), excluded()])
            .when(TenantCommand::ExcludeFromCrossTenant)
            .then_nothing();
        given::<Tenant>([created(), excluded()])
            .when(TenantCommand::IncludeInCrossTenant)
            .then([TenantIncludedInCrossTenant {}.into()]);
    }

    #[test]
    fn a_time_zone_is_set_once() {
        let time_zone = chrono_tz::Europe::Vienna;
        given::<Tenant>([created()])
            .when(TenantCommand::SetTimeZone { time_zone })
            .then([TenantTimeZoneSet { time_zone }.into()]);
        given::<Tenant>([created(), TenantTimeZoneSet { time_zone }.into()])
            .when(TenantCommand::SetTimeZone { time_zone })
            .then_nothing();
    }
}
