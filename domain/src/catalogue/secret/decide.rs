use super::{
    Secret, SecretCommand, SecretCreated, SecretEvent, SecretRejection, SecretRemoved,
    SecretRenamed, SecretReplaced, Terms,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::{SecretId, TenantId};

impl Decider for Secret {
    type Id = SecretId;
    type Command = SecretCommand;
    type Event = SecretEvent;
    type Rejection = SecretRejection;
    /// Whose it is.
    type Premise = Option<Option<TenantId>>;
    const CATEGORY: &'static str = "secret";

    fn decide(
        &self,
        command: SecretCommand,
        _: &Context,
    ) -> Result<Vec<SecretEvent>, SecretRejection> {
        let Some(terms) = &self.terms else {
            return match command {
                SecretCommand::Create {
                    tenant,
                    name,
                    sealed,
                } => {
                    let created = SecretCreated {
                        tenant,
                        name,
                        sealed,
                    };
                    Ok(vec![created.into()])
                }
                _ => Err(SecretRejection::NotFound),
            };
        };
        match command {
            SecretCommand::Create { .. } => Err(SecretRejection::AlreadyExists),
            SecretCommand::Remove if !self.is_present() => Ok(vec![]),
            SecretCommand::Remove => Ok(vec![SecretRemoved {}.into()]),
            SecretCommand::Change { .. } if !self.is_present() => Err(SecretRejection::Removed),
            SecretCommand::Change { name, sealed } => {
                let name = name.filter(|name| *name != terms.name);
                let renamed = name.map(|name| SecretRenamed { name }.into());
                // Whether it is another one nobody can tell: what is sealed twice is never the same.
                let replaced = sealed.map(|sealed| SecretReplaced { sealed }.into());
                Ok(renamed.into_iter().chain(replaced).collect())
            }
        }
    }

    fn premise(&self) -> Option<Option<TenantId>> {
        self.owner()
    }

    fn evolve(mut self, event: &SecretEvent) -> Self {
        match event {
            SecretEvent::Created(created) => {
                self.terms = Some(Terms {
                    owner: created.tenant,
                    name: created.name.clone(),
                });
                self.sealed = Some(created.sealed.clone());
            }
            SecretEvent::Renamed(renamed) => {
                if let Some(terms) = &mut self.terms {
                    terms.name = renamed.name.clone();
                }
            }
            SecretEvent::Replaced(replaced) => self.sealed = Some(replaced.sealed.clone()),
            SecretEvent::Removed(_) => self.sealed = None,
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::secret::Sealed;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::name::Name;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn sealed(content: &str) -> Sealed {
        Sealed {
            key: "k".into(),
            content: content.into(),
        }
    }

    fn created(tenant: Option<u128>) -> SecretEvent {
        SecretCreated {
            tenant: tenant.map(|n| TenantId(id(n))),
            name: name("Domain join"),
            sealed: sealed("a"),
        }
        .into()
    }

    fn after(events: &[SecretEvent]) -> Secret {
        events.iter().fold(Secret::default(), Secret::evolve)
    }

    fn change(to: Option<&str>, content: Option<&str>) -> SecretCommand {
        SecretCommand::Change {
            name: to.map(name),
            sealed: content.map(sealed),
        }
    }

    #[test]
    fn a_secret_is_created_once_and_changed_as_it_is_said() {
        let create = SecretCommand::Create {
            tenant: None,
            name: name("Domain join"),
            sealed: sealed("a"),
        };
        nothing::<Secret>()
            .when(create.clone())
            .then([created(None)]);
        given::<Secret>([created(None)])
            .when(create)
            .then_rejected(SecretRejection::AlreadyExists);
        let renamed = SecretEvent::from(SecretRenamed { name: name("Join") });
        let replaced = SecretEvent::from(SecretReplaced {
            sealed: sealed("b"),
        });
        let with = || given::<Secret>([created(None)]);
        with()
            .when(change(Some("Domain join"), None))
            .then_nothing();
        with()
            .when(change(Some("Join"), Some("b")))
            .then([renamed, replaced.clone()]);
        with().when(change(None, Some("b"))).then([replaced]);
        nothing::<Secret>()
            .when(change(Some("Join"), None))
            .then_rejected(SecretRejection::NotFound);
    }

    #[test]
    fn what_was_removed_is_gone() {
        let removed = SecretEvent::from(SecretRemoved {});
        given::<Secret>([created(None)])
            .when(SecretCommand::Remove)
            .then([removed.clone()]);
        let gone = || given::<Secret>([created(None), removed.clone()]);
        gone().when(SecretCommand::Remove).then_nothing();
        gone()
            .when(change(None, Some("b")))
            .then_rejected(SecretRejection::Removed);
        let state = after(&[created(None), removed]);
        assert_eq!(state.sealed(), None);
        assert!(!state.serves(None));
    }

    #[test]
    fn a_tenants_secret_serves_that_tenant_alone() {
        let tenant = |n| Some(TenantId(id(n)));
        let of_all = after(&[created(None)]);
        let of_one = after(&[created(Some(1))]);
        for (secret, expected) in [(of_all, [true, true, true]), (of_one, [true, false, false])] {
            let serves = [tenant(1), tenant(2), None].map(|tenant| secret.serves(tenant));
            assert_eq!(serves, expected);
        }
        assert!(!Secret::default().serves(None));
    }

    #[test]
    fn what_is_sealed_is_not_shown() {
        let shown = format!("{:?}", created(None));
        assert!(!shown.contains("\"a\""), "{shown}");
    }
}
