use super::{
    Deployment, DeploymentCommand, DeploymentCreated, DeploymentDeleted, DeploymentDisabled,
    DeploymentEnabled, DeploymentEvent, DeploymentRejection, DeploymentRetargeted, DesiredState,
    DesiredStateChanged, Lifecycle, Rule, Target,
};
use crate::decider::{Context, Decider};
use crate::ids::DeploymentId;

impl Decider for Deployment {
    type Id = DeploymentId;
    type Command = DeploymentCommand;
    type Event = DeploymentEvent;
    type Rejection = DeploymentRejection;
    const CATEGORY: &'static str = "deployment";

    fn decide(
        &self,
        command: DeploymentCommand,
        _: &Context,
    ) -> Result<Vec<DeploymentEvent>, DeploymentRejection> {
        use DeploymentCommand as Command;
        use Lifecycle::{Absent, Deleted, Disabled, Enabled};
        match (self.lifecycle, command) {
            (
                Absent,
                Command::Create {
                    item,
                    target,
                    desired,
                },
            ) => Ok(vec![
                DeploymentCreated {
                    item,
                    target,
                    desired,
                }
                .into(),
            ]),
            (Absent, _) => Err(DeploymentRejection::NotFound),
            (_, Command::Create { .. }) => Err(DeploymentRejection::AlreadyExists),
            (Deleted, Command::Delete)
            | (Disabled, Command::Disable)
            | (Enabled, Command::Enable) => Ok(vec![]),
            (Deleted, _) => Err(DeploymentRejection::Deleted),
            (_, Command::Change { target, desired }) => Ok(self.change(target, desired)),
            (_, Command::Disable) => Ok(vec![DeploymentDisabled {}.into()]),
            (_, Command::Enable) => Ok(vec![DeploymentEnabled {}.into()]),
            (_, Command::Delete) => Ok(vec![DeploymentDeleted {}.into()]),
        }
    }

    fn evolve(mut self, event: &DeploymentEvent) -> Self {
        match event {
            DeploymentEvent::Created(created) => {
                self.lifecycle = Lifecycle::Enabled;
                self.rule = Some(Rule {
                    item: created.item,
                    target: created.target,
                    desired: created.desired.clone(),
                });
            }
            DeploymentEvent::Retargeted(retargeted) => {
                if let Some(rule) = &mut self.rule {
                    rule.target = retargeted.target;
                }
            }
            DeploymentEvent::DesiredStateChanged(changed) => {
                if let Some(rule) = &mut self.rule {
                    rule.desired = changed.desired.clone();
                }
            }
            DeploymentEvent::Disabled(_) => self.lifecycle = Lifecycle::Disabled,
            DeploymentEvent::Enabled(_) => self.lifecycle = Lifecycle::Enabled,
            DeploymentEvent::Deleted(_) => self.lifecycle = Lifecycle::Deleted,
        }
        self
    }
}

impl Deployment {
    fn change(
        &self,
        target: Option<Target>,
        desired: Option<DesiredState>,
    ) -> Vec<DeploymentEvent> {
        let Some(rule) = &self.rule else {
            return vec![];
        };
        let retargeted = target
            .filter(|target| *target != rule.target)
            .map(|target| DeploymentRetargeted { target }.into());
        let changed = desired
            .filter(|desired| *desired != rule.desired)
            .map(|desired| DesiredStateChanged { desired }.into());
        retargeted.into_iter().chain(changed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::{MaintenanceItem, Scope, TargetFilter};
    use crate::harness::{given, id, nothing};
    use crate::ids::{SoftwareId, TenantId};

    fn all_computers() -> Target {
        Target {
            scope: Scope::CrossTenant,
            filter: TargetFilter::None,
        }
    }

    fn contoso() -> Target {
        Target {
            scope: Scope::SingleTenant {
                tenant: TenantId(id(2)),
                include_children: false,
            },
            filter: TargetFilter::None,
        }
    }

    fn created() -> DeploymentEvent {
        DeploymentCreated {
            item: MaintenanceItem::Software(SoftwareId(id(1))),
            target: all_computers(),
            desired: DesiredState::InstalledLatest,
        }
        .into()
    }

    fn disabled() -> DeploymentEvent {
        DeploymentDisabled {}.into()
    }

    fn deleted() -> DeploymentEvent {
        DeploymentDeleted {}.into()
    }

    #[test]
    fn a_deployment_is_created_once() {
        let create = DeploymentCommand::Create {
            item: MaintenanceItem::Software(SoftwareId(id(1))),
            target: all_computers(),
            desired: DesiredState::InstalledLatest,
        };
        nothing::<Deployment>()
            .when(create.clone())
            .then([created()]);
        given::<Deployment>([created()])
            .when(create)
            .then_rejected(DeploymentRejection::AlreadyExists);
    }

    #[test]
    fn a_change_says_only_what_changed() {
        given::<Deployment>([created()])
            .when(DeploymentCommand::Change {
                target: Some(contoso()),
                desired: Some(DesiredState::InstalledLatest),
            })
            .then([DeploymentRetargeted { target: contoso() }.into()]);
        given::<Deployment>([created()])
            .when(DeploymentCommand::Change {
                target: Some(contoso()),
                desired: Some(DesiredState::Ignored),
            })
            .then([
                DeploymentRetargeted { target: contoso() }.into(),
                DesiredStateChanged {
                    desired: DesiredState::Ignored,
                }
                .into(),
            ]);
    }

    #[test]
    fn disabling_twice_changes_nothing() {
        given::<Deployment>([created(), disabled()])
            .when(DeploymentCommand::Disable)
            .then_nothing();
        given::<Deployment>([created(), disabled()])
            .when(DeploymentCommand::Enable)
            .then([DeploymentEnabled {}.into()]);
    }

    #[test]
    fn a_deleted_deployment_cannot_be_changed_and_stays_deleted() {
        given::<Deployment>([created(), deleted()])
            .when(DeploymentCommand::Change {
                target: Some(contoso()),
                desired: None,
            })
            .then_rejected(DeploymentRejection::Deleted);
        given::<Deployment>([created(), deleted()])
            .when(DeploymentCommand::Enable)
            .then_rejected(DeploymentRejection::Deleted);
        given::<Deployment>([created(), deleted()])
            .when(DeploymentCommand::Delete)
            .then_nothing();
    }

    #[test]
    fn what_does_not_exist_cannot_be_deleted() {
        nothing::<Deployment>()
            .when(DeploymentCommand::Delete)
            .then_rejected(DeploymentRejection::NotFound);
    }
}
