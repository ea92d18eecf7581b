use super::{
    Deployment, DeploymentCommand, DeploymentCreated, DeploymentDeleted, DeploymentDisabled,
    DeploymentEnabled, DeploymentEvent, DeploymentRejection, DeploymentRetargeted,
    DesiredStateChanged, EnforcementChanged, Lifecycle, Membership, Origin, Recommendation,
    RecommendationApproved, RecommendationDismissed, Rule,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::DeploymentId;
use std::sync::Arc;

impl Decider for Deployment {
    type Id = DeploymentId;
    type Command = DeploymentCommand;
    type Event = DeploymentEvent;
    type Rejection = DeploymentRejection;
    type Premise = Self;
    const CATEGORY: &'static str = "deployment";

    fn decide(
        &self,
        command: DeploymentCommand,
        _: &Context,
    ) -> Result<Vec<DeploymentEvent>, DeploymentRejection> {
        use DeploymentCommand as Command;
        use Lifecycle::{Deleted, Disabled, Enabled};
        let Some(rule) = &self.rule else {
            return match command {
                Command::Create(rule) => create(*rule),
                _ => Err(DeploymentRejection::NotFound),
            };
        };
        match (self.lifecycle, command) {
            (_, Command::Create(_)) => Err(DeploymentRejection::AlreadyExists),
            (Deleted, Command::Delete)
            | (Disabled, Command::Disable)
            | (Enabled, Command::Enable) => Ok(vec![]),
            (Deleted, _) => Err(DeploymentRejection::Deleted),
            (
                _,
                Command::Change {
                    target,
                    desired,
                    enforcement,
                },
            ) => {
                let new = Rule {
                    item: rule.item,
                    origin: rule.origin,
                    target: target.unwrap_or_else(|| rule.target.clone()),
                    desired: desired.unwrap_or_else(|| rule.desired.clone()),
                    enforcement: enforcement.unwrap_or(rule.enforcement),
                };
                new.check()?;
                Ok(differences(rule, new))
            }
            (_, Command::Disable) => Ok(vec![DeploymentDisabled {}.into()]),
            (_, Command::Enable) => Ok(vec![DeploymentEnabled {}.into()]),
            (_, Command::Delete) => Ok(vec![DeploymentDeleted {}.into()]),
            (_, Command::ApproveRecommendation | Command::DismissRecommendation)
                if rule.origin == Origin::Local =>
            {
                Err(DeploymentRejection::NotRecommended)
            }
            (_, Command::ApproveRecommendation) => Ok(match self.recommendation {
                Recommendation::Approved => vec![],
                _ => vec![RecommendationApproved {}.into()],
            }),
            (_, Command::DismissRecommendation) => Ok(match self.recommendation {
                Recommendation::Dismissed => vec![],
                _ => vec![RecommendationDismissed {}.into()],
            }),
        }
    }

    fn premise(&self) -> Self {
        self.clone()
    }

    fn evolve(mut self, event: &DeploymentEvent) -> Self {
        match event {
            DeploymentEvent::Created(created) => {
                self.lifecycle = Lifecycle::Enabled;
                self.rule = Some(Arc::new(Rule {
                    item: created.item,
                    target: created.target.clone(),
                    desired: created.desired.clone(),
                    enforcement: created.enforcement,
                    origin: created.origin,
                }));
            }
            DeploymentEvent::Retargeted(retargeted) => {
                self.revise(|rule| rule.target = retargeted.target.clone());
            }
            DeploymentEvent::DesiredStateChanged(changed) => {
                self.revise(|rule| rule.desired = changed.desired.clone());
            }
            DeploymentEvent::EnforcementChanged(changed) => {
                self.revise(|rule| rule.enforcement = changed.enforcement);
            }
            DeploymentEvent::Disabled(_) => {
                self.lifecycle = Lifecycle::Disabled;
                self.rest();
            }
            DeploymentEvent::Enabled(_) => self.lifecycle = Lifecycle::Enabled,
            DeploymentEvent::Deleted(_) => {
                self.lifecycle = Lifecycle::Deleted;
                self.rest();
            }
            DeploymentEvent::RecommendationApproved(_) => {
                self.recommendation = Recommendation::Approved;
            }
            DeploymentEvent::RecommendationDismissed(_) => {
                self.recommendation = Recommendation::Dismissed;
            }
        }
        self
    }
}

fn create(rule: Rule) -> Result<Vec<DeploymentEvent>, DeploymentRejection> {
    rule.check()?;
    let created = DeploymentCreated {
        item: rule.item,
        target: rule.target,
        desired: rule.desired,
        enforcement: rule.enforcement,
        origin: rule.origin,
    };
    Ok(vec![created.into()])
}

fn differences(old: &Rule, new: Rule) -> Vec<DeploymentEvent> {
    let mut events = Vec::new();
    if new.target != old.target {
        events.push(DeploymentRetargeted { target: new.target }.into());
    }
    if new.desired != old.desired {
        let desired = new.desired;
        events.push(DesiredStateChanged { desired }.into());
    }
    if new.enforcement != old.enforcement {
        let enforcement = new.enforcement;
        events.push(EnforcementChanged { enforcement }.into());
    }
    events
}

impl Deployment {
    /// Nobody evaluates it any more: what was compiled for it goes.
    fn rest(&mut self) {
        let target = self.rule.as_ref().map(|rule| &rule.target.membership);
        if let Some(Membership::Expression { expression }) = target {
            let expression = expression.at_rest();
            self.revise(|rule| rule.target.membership = Membership::Expression { expression });
        }
    }

    fn revise(&mut self, change: impl FnOnce(&mut Rule)) {
        if let Some(rule) = &mut self.rule {
            change(Arc::make_mut(rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::tag::Tag;
    use crate::kernel::harness::{given, id, nothing};
    use crate::kernel::ids::{CloudTaskId, ComputerId, SoftwareId, TaskId, TenantId};
    use crate::rules::deployment::{
        DesiredState, Enforcement, MaintenanceItem, RuleError, Scope, TagBearer, Target,
        TargetError, TargetFilter,
    };

    fn all_computers() -> Target {
        Target {
            scope: Scope::CrossTenant,
            membership: Membership::AllComputers,
            filter: TargetFilter::None,
        }
    }

    fn contoso() -> Target {
        Target {
            scope: Scope::SingleTenant {
                tenant: TenantId(id(2)),
                include_children: false,
            },
            membership: Membership::AllComputers,
            filter: TargetFilter::None,
        }
    }

    fn rule() -> Rule {
        Rule {
            item: MaintenanceItem::Software(SoftwareId(id(1))),
            target: all_computers(),
            desired: DesiredState::InstalledLatest,
            enforcement: Enforcement::Required,
            origin: Origin::Local,
        }
    }

    fn created_as(rule: Rule) -> DeploymentEvent {
        DeploymentCreated {
            item: rule.item,
            target: rule.target,
            desired: rule.desired,
            enforcement: rule.enforcement,
            origin: rule.origin,
        }
        .into()
    }

    fn created() -> DeploymentEvent {
        created_as(rule())
    }

    fn disabled() -> DeploymentEvent {
        DeploymentDisabled {}.into()
    }

    fn deleted() -> DeploymentEvent {
        DeploymentDeleted {}.into()
    }

    #[test]
    fn a_deployment_is_created_once() {
        let create = DeploymentCommand::Create(Box::new(rule()));
        nothing::<Deployment>()
            .when(create.clone())
            .then([created()]);
        given::<Deployment>([created()])
            .when(create)
            .then_rejected(DeploymentRejection::AlreadyExists);
    }

    #[test]
    fn what_was_compiled_for_a_rule_goes_with_it() {
        use crate::rules::expression::{Fact, Facts, FilterExpression, Value};
        struct Nobody;
        impl Facts for Nobody {
            fn fact(&self, _: Fact) -> Option<Value<'_>> {
                None
            }
        }
        let expression = FilterExpression::new(r#"computer.name.matches("^CAD")"#).unwrap();
        let membership = Membership::Expression {
            expression: expression.clone(),
        };
        let mut chosen = rule();
        chosen.target.membership = membership;
        expression.evaluate(&Nobody);
        for end in [disabled(), deleted()] {
            let state = Deployment::default()
                .evolve(&created_as(chosen.clone()))
                .evolve(&end);
            let Membership::Expression { expression } = &state.rule.unwrap().target.membership
            else {
                panic!("it is chosen by an expression");
            };
            assert!(!expression.is_compiled(), "{end:?}");
        }
        assert!(expression.is_compiled());
    }

    #[test]
    fn a_change_says_only_what_changed() {
        given::<Deployment>([created()])
            .when(DeploymentCommand::Change {
                target: Some(contoso()),
                desired: Some(DesiredState::InstalledLatest),
                enforcement: None,
            })
            .then([DeploymentRetargeted { target: contoso() }.into()]);
        given::<Deployment>([created()])
            .when(DeploymentCommand::Change {
                target: Some(contoso()),
                desired: Some(DesiredState::Ignored),
                enforcement: None,
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
    fn what_was_judged_on_another_rule_is_not_decided() {
        let uninstall = DeploymentCommand::Change {
            target: None,
            desired: Some(DesiredState::Uninstalled),
            enforcement: None,
        };
        let of_contoso = || {
            created_as(Rule {
                target: contoso(),
                ..rule()
            })
        };
        let to_all = || {
            DeploymentRetargeted {
                target: all_computers(),
            }
            .into()
        };
        given::<Deployment>([of_contoso(), to_all()])
            .judged_after([of_contoso()])
            .when(uninstall.clone())
            .then_overtaken();
        given::<Deployment>([of_contoso(), disabled()])
            .judged_after([of_contoso()])
            .when(DeploymentCommand::Enable)
            .then_overtaken();
        given::<Deployment>([of_contoso(), to_all()])
            .judged_after([of_contoso(), to_all()])
            .when(uninstall)
            .then([DesiredStateChanged {
                desired: DesiredState::Uninstalled,
            }
            .into()]);
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
                enforcement: None,
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

    #[test]
    fn a_recommended_deployment_is_approved_or_dismissed_and_a_local_one_neither() {
        let recommended = || {
            created_as(Rule {
                origin: Origin::Recommended,
                ..rule()
            })
        };
        given::<Deployment>([recommended()])
            .when(DeploymentCommand::ApproveRecommendation)
            .then([RecommendationApproved {}.into()]);
        given::<Deployment>([recommended(), RecommendationApproved {}.into()])
            .when(DeploymentCommand::ApproveRecommendation)
            .then_nothing();
        given::<Deployment>([recommended(), RecommendationApproved {}.into()])
            .when(DeploymentCommand::DismissRecommendation)
            .then([RecommendationDismissed {}.into()]);
        given::<Deployment>([created()])
            .when(DeploymentCommand::ApproveRecommendation)
            .then_rejected(DeploymentRejection::NotRecommended);
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let tag = |bearer| Membership::Tag {
            tag: Tag::new("vip").unwrap(),
            bearer,
        };
        let one = Target {
            scope: Scope::Individual {
                computer: ComputerId(id(4)),
            },
            membership: tag(TagBearer::Computer),
            filter: TargetFilter::None,
        };
        let task = MaintenanceItem::CloudTask(CloudTaskId(id(5)));
        let of_tenants = |bearer| Rule {
            item: task,
            target: Target {
                membership: tag(bearer),
                ..all_computers()
            },
            desired: DesiredState::Audit,
            ..rule()
        };
        let rows = [
            (
                Rule {
                    target: one,
                    ..rule()
                },
                RuleError::Target(TargetError::IndividualMembership),
            ),
            (
                of_tenants(TagBearer::Computer),
                RuleError::Target(TargetError::NotForTenants),
            ),
            (
                Rule {
                    desired: DesiredState::InstalledLatest,
                    ..of_tenants(TagBearer::Tenant)
                },
                RuleError::State,
            ),
            (
                Rule {
                    desired: DesiredState::Audit,
                    ..rule()
                },
                RuleError::State,
            ),
            (
                Rule {
                    enforcement: Enforcement::Onboarding,
                    ..of_tenants(TagBearer::Tenant)
                },
                RuleError::Enforcement,
            ),
        ];
        for (rule, error) in rows {
            nothing::<Deployment>()
                .when(DeploymentCommand::Create(Box::new(rule)))
                .then_rejected(DeploymentRejection::Rule(error));
        }
        let of_computers = |desired| Rule {
            item: MaintenanceItem::Task(TaskId(id(6))),
            target: Target {
                membership: tag(TagBearer::Computer),
                ..all_computers()
            },
            desired,
            enforcement: Enforcement::Onboarding,
            ..rule()
        };
        nothing::<Deployment>()
            .when(DeploymentCommand::Create(Box::new(of_computers(
                DesiredState::Uninstalled,
            ))))
            .then_rejected(DeploymentRejection::Rule(RuleError::State));
        for desired in [
            DesiredState::Enforce,
            DesiredState::Audit,
            DesiredState::Monitor,
            DesiredState::Ignored,
        ] {
            let fits = of_computers(desired);
            nothing::<Deployment>()
                .when(DeploymentCommand::Create(Box::new(fits.clone())))
                .then([created_as(fits)]);
        }
        let fits = of_tenants(TagBearer::Tenant);
        nothing::<Deployment>()
            .when(DeploymentCommand::Create(Box::new(fits.clone())))
            .then([created_as(fits)]);
    }
}
