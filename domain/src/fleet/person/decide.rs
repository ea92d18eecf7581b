use super::{
    Person, PersonAdded, PersonCommand, PersonEvent, PersonMoved, PersonRejection, PersonRemoved,
    PersonRenamed, PersonTagged, PersonUntagged, Profile, UpnChanged,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::PersonId;

impl Decider for Person {
    type Id = PersonId;
    type Command = PersonCommand;
    type Event = PersonEvent;
    type Rejection = PersonRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "person";

    fn decide(
        &self,
        command: PersonCommand,
        _: &Context,
    ) -> Result<Vec<PersonEvent>, PersonRejection> {
        let Some(profile) = &self.profile else {
            return match command {
                PersonCommand::Add { tenant, name, upn } => {
                    Ok(vec![PersonAdded { tenant, name, upn }.into()])
                }
                _ => Err(PersonRejection::NotFound),
            };
        };
        match command {
            PersonCommand::Add { .. } => Err(PersonRejection::AlreadyExists),
            PersonCommand::Remove if self.is_removed => Ok(vec![]),
            _ if self.is_removed => Err(PersonRejection::Removed),
            PersonCommand::Remove => Ok(vec![PersonRemoved {}.into()]),
            PersonCommand::Move { tenant } if tenant == profile.tenant => Ok(vec![]),
            PersonCommand::Move { tenant } => Ok(vec![PersonMoved { tenant }.into()]),
            PersonCommand::Rename { name } if name == profile.name => Ok(vec![]),
            PersonCommand::Rename { name } => Ok(vec![PersonRenamed { name }.into()]),
            PersonCommand::ChangeUpn { upn } if upn == profile.upn => Ok(vec![]),
            PersonCommand::ChangeUpn { upn } => Ok(vec![UpnChanged { upn }.into()]),
            PersonCommand::ChangeTags(change) => {
                let difference = change.against(&self.tags)?;
                let tagged = |tags| PersonTagged { tags }.into();
                let untagged = |tags| PersonUntagged { tags }.into();
                Ok(difference.events(tagged, untagged))
            }
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &PersonEvent) -> Self {
        self.changes += 1;
        match event {
            PersonEvent::Added(added) => {
                self.profile = Some(Profile {
                    tenant: added.tenant,
                    name: added.name.clone(),
                    upn: added.upn.clone(),
                });
            }
            PersonEvent::Renamed(renamed) => {
                if let Some(profile) = &mut self.profile {
                    profile.name = renamed.name.clone();
                }
            }
            PersonEvent::UpnChanged(changed) => {
                if let Some(profile) = &mut self.profile {
                    profile.upn.clone_from(&changed.upn);
                }
            }
            PersonEvent::Tagged(tagged) => self.tags.extend(tagged.tags.iter().cloned()),
            PersonEvent::Untagged(untagged) => self.tags.retain(|tag| !untagged.tags.contains(tag)),
            PersonEvent::Removed(_) => self.is_removed = true,
            PersonEvent::Moved(moved) => {
                if let Some(profile) = &mut self.profile {
                    profile.tenant = moved.tenant;
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Guarded as _;
    use crate::fleet::claim::ClaimKey;
    use crate::fleet::passage::Passage;
    use crate::fleet::tag::{Tag, TagChange};
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::TenantId;
    use crate::kernel::name::Name;
    use std::collections::BTreeSet;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn added() -> PersonEvent {
        PersonAdded {
            tenant: TenantId(id(1)),
            name: name("Ada"),
            upn: Some(name("ada@contoso.example")),
        }
        .into()
    }

    fn tags(all: &[&str]) -> BTreeSet<Tag> {
        all.iter().map(|text| Tag::new(text).unwrap()).collect()
    }

    #[test]
    fn a_person_is_added_once() {
        let add = PersonCommand::Add {
            tenant: TenantId(id(1)),
            name: name("Ada"),
            upn: Some(name("ada@contoso.example")),
        };
        nothing::<Person>().when(add.clone()).then([added()]);
        given::<Person>([added()])
            .when(add)
            .then_rejected(PersonRejection::AlreadyExists);
    }

    #[test]
    fn a_upn_can_be_taken_away() {
        given::<Person>([added()])
            .when(PersonCommand::ChangeUpn { upn: None })
            .then([UpnChanged { upn: None }.into()]);
        given::<Person>([added(), UpnChanged { upn: None }.into()])
            .when(PersonCommand::ChangeUpn { upn: None })
            .then_nothing();
    }

    #[test]
    fn tags_change_by_what_really_changes() {
        let tagged = PersonTagged {
            tags: tags(&["a", "b"]),
        };
        given::<Person>([added(), tagged.into()])
            .when(PersonCommand::ChangeTags(TagChange {
                add: tags(&["b", "c"]),
                remove: tags(&["a", "z"]),
            }))
            .then([
                PersonTagged { tags: tags(&["c"]) }.into(),
                PersonUntagged { tags: tags(&["a"]) }.into(),
            ]);
    }

    #[test]
    fn a_person_works_for_one_tenant_at_a_time() {
        let go = |tenant| PersonCommand::Move {
            tenant: TenantId(id(tenant)),
        };
        let moved = || -> PersonEvent {
            let tenant = TenantId(id(2));
            PersonMoved { tenant }.into()
        };
        given::<Person>([added()]).when(go(2)).then([moved()]);
        given::<Person>([added()]).when(go(1)).then_nothing();
        given::<Person>([added(), moved()])
            .when(go(1))
            .then([PersonMoved {
                tenant: TenantId(id(1)),
            }
            .into()]);
        given::<Person>([added(), PersonRemoved {}.into()])
            .when(go(2))
            .then_rejected(PersonRejection::Removed);
        given::<Person>([added(), moved()])
            .judged_after([added()])
            .when(PersonCommand::Remove)
            .then_overtaken();
    }

    #[test]
    fn who_is_the_same_again_after_something_else_is_judged_again() {
        let taken = UpnChanged { upn: None }.into();
        let given_back = UpnChanged {
            upn: Some(name("ada@contoso.example")),
        };
        given::<Person>([added(), taken, given_back.into()])
            .judged_after([added()])
            .when(PersonCommand::ChangeUpn { upn: None })
            .then_overtaken();
    }

    #[test]
    fn a_upn_is_claimed_where_somebody_comes_to_have_it() {
        let person = PersonId(id(7));
        let claimed = |tenant, upn: &str| {
            Some(Passage::Upn {
                person,
                tenant: TenantId(id(tenant)),
                upn: name(upn),
            })
        };
        let upn = |upn: Option<&str>| PersonCommand::ChangeUpn { upn: upn.map(name) };
        let go = |tenant| PersonCommand::Move {
            tenant: TenantId(id(tenant)),
        };
        let add = |upn: Option<&str>| PersonCommand::Add {
            tenant: TenantId(id(1)),
            name: name("Ada"),
            upn: upn.map(name),
        };
        let nobody = Person::default();
        let ada = nobody.clone().evolve(&added());
        let nameless = ada.clone().evolve(&UpnChanged { upn: None }.into());
        let gone = ada.clone().evolve(&PersonRemoved {}.into());
        for (state, command, passes) in [
            (&nobody, add(Some("ada@x")), claimed(1, "ada@x")),
            (&nobody, add(None), None),
            (&nobody, upn(Some("ada@x")), None),
            (&ada, add(Some("ada@x")), None),
            (&ada, upn(Some("eve@x")), claimed(1, "eve@x")),
            (&ada, upn(Some("ada@contoso.example")), None),
            (&ada, upn(None), None),
            (&ada, go(2), claimed(2, "ada@contoso.example")),
            (&ada, go(1), None),
            (&ada, PersonCommand::Remove, None),
            (&nameless, go(2), None),
            (&gone, go(2), None),
            (&gone, upn(Some("eve@x")), None),
        ] {
            assert_eq!(state.passage(person, &command), passes, "{command:?}");
        }
    }

    #[test]
    fn somebody_has_a_upn_in_one_tenant_while_there() {
        let key = |tenant, upn: &str| ClaimKey::upn(TenantId(id(tenant)), &name(upn));
        let ada = Person::default().evolve(&added());
        assert!(ada.has_upn(key(1, "Ada@contoso.example")));
        assert!(!ada.has_upn(key(2, "ada@contoso.example")));
        assert!(!ada.has_upn(key(1, "eve@contoso.example")));
        let gone = ada.evolve(&PersonRemoved {}.into());
        assert!(!gone.has_upn(key(1, "ada@contoso.example")));
    }

    #[test]
    fn somebody_who_left_stays_away() {
        given::<Person>([added(), PersonRemoved {}.into()])
            .when(PersonCommand::Remove)
            .then_nothing();
        given::<Person>([added(), PersonRemoved {}.into()])
            .when(PersonCommand::Rename { name: name("Eve") })
            .then_rejected(PersonRejection::Removed);
        nothing::<Person>()
            .when(PersonCommand::Remove)
            .then_rejected(PersonRejection::NotFound);
    }
}
