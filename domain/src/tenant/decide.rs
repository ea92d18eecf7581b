use super::{
    Tenant, TenantCommand, TenantCreated, TenantEvent, TenantParentChanged, TenantRejection,
    TenantRenamed, command::check_place,
};
use crate::decider::{Context, Decider};
use crate::ids::TenantId;

impl Decider for Tenant {
    type Id = TenantId;
    type Command = TenantCommand;
    type Event = TenantEvent;
    type Rejection = TenantRejection;
    const CATEGORY: &'static str = "tenant";

    fn decide(
        &self,
        command: TenantCommand,
        _: &Context,
    ) -> Result<Vec<TenantEvent>, TenantRejection> {
        match (&self.name, command) {
            (None, TenantCommand::Create { name, parent }) => {
                check_place(None, parent.as_ref())?;
                let parent = parent.map(|lineage| lineage.parent);
                Ok(vec![TenantCreated { name, parent }.into()])
            }
            (None, _) => Err(TenantRejection::NotFound),
            (Some(_), TenantCommand::Create { .. }) => Err(TenantRejection::AlreadyExists),
            (Some(current), TenantCommand::Rename { name }) if *current == name => Ok(vec![]),
            (Some(_), TenantCommand::Rename { name }) => Ok(vec![TenantRenamed { name }.into()]),
            (Some(_), TenantCommand::SetParent { this, parent }) => {
                check_place(Some(this), parent.as_ref())?;
                let parent = parent.map(|lineage| lineage.parent);
                Ok(if parent == self.parent {
                    vec![]
                } else {
                    vec![TenantParentChanged { parent }.into()]
                })
            }
        }
    }

    fn evolve(mut self, event: &TenantEvent) -> Self {
        match event {
            TenantEvent::Created(created) => {
                self.name = Some(created.name.clone());
                self.parent = created.parent;
            }
            TenantEvent::Renamed(renamed) => self.name = Some(renamed.name.clone()),
            TenantEvent::ParentChanged(changed) => self.parent = changed.parent,
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{given, id, nothing};
    use crate::limits::MAX_TENANT_DEPTH;
    use crate::name::Name;
    use crate::tenant::Lineage;

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

    fn lineage(ids: &[u128]) -> Lineage {
        let ids: Vec<_> = ids.iter().map(|n| TenantId(id(*n))).collect();
        Lineage {
            parent: ids[0],
            ancestors: ids[1..].to_vec(),
        }
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
    fn a_tenant_is_never_its_own_ancestor() {
        let this = TenantId(id(1));
        for chain in [&[1][..], &[2, 1], &[3, 2, 1]] {
            given::<Tenant>([created()])
                .when(TenantCommand::SetParent {
                    this,
                    parent: Some(lineage(chain)),
                })
                .then_rejected(TenantRejection::Cycle(this));
        }
        given::<Tenant>([created()])
            .when(TenantCommand::SetParent {
                this,
                parent: Some(lineage(&[2, 3])),
            })
            .then([TenantParentChanged {
                parent: Some(TenantId(id(2))),
            }
            .into()]);
    }

    #[test]
    fn the_tree_has_a_depth() {
        let chain: Vec<u128> = (10..10 + MAX_TENANT_DEPTH as u128).collect();
        nothing::<Tenant>()
            .when(TenantCommand::Create {
                name: name("X"),
                parent: Some(lineage(&chain)),
            })
            .then_rejected(TenantRejection::TooDeep);
    }
}
