use super::*;
use crate::catalogue::parameter::{ParameterName, ParameterValue, Values};
use crate::fleet::tag::Tag;
use crate::kernel::harness::{given, id, nothing};
use crate::kernel::ids::{CloudTaskId, ComputerId, SoftwareId, TaskId, TenantId};
use crate::rules::deployment::{
    DesiredState, Enforcement, MaintenanceItem, RuleError, Scope, TagBearer, Target, TargetError,
    TargetFilter,
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
        parameters: Values::default(),
    }
}

fn created_as(rule: Rule) -> DeploymentEvent {
    DeploymentCreated {
        item: rule.item,
        target: rule.target,
        desired: rule.desired,
        enforcement: rule.enforcement,
        origin: rule.origin,
        parameters: rule.parameters,
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
        let Membership::Expression { expression } = &state.rule.unwrap().target.membership else {
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
            parameters: None,
        })
        .then([DeploymentRetargeted { target: contoso() }.into()]);
    given::<Deployment>([created()])
        .when(DeploymentCommand::Change {
            target: Some(contoso()),
            desired: Some(DesiredState::Ignored),
            enforcement: None,
            parameters: None,
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
        parameters: None,
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
            parameters: None,
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

#[test]
fn what_a_task_is_told_is_created_with_it_and_changed_whole() {
    let port = |text: &str| {
        let name = ParameterName::new("port").unwrap();
        let value = ParameterValue::Text(text.to_owned());
        Values::new([(name, value)].into()).unwrap()
    };
    let told = |parameters| Rule {
        item: MaintenanceItem::Task(TaskId(id(6))),
        desired: DesiredState::Enforce,
        parameters,
        ..rule()
    };
    let create = |rule| DeploymentCommand::Create(Box::new(rule));
    let change = |parameters| DeploymentCommand::Change {
        target: None,
        desired: None,
        enforcement: None,
        parameters,
    };
    nothing::<Deployment>()
        .when(create(told(port("443"))))
        .then([created_as(told(port("443")))]);
    given::<Deployment>([created_as(told(port("443")))])
        .when(change(Some(port("443"))))
        .then_nothing();
    given::<Deployment>([created_as(told(port("443")))])
        .when(change(None))
        .then_nothing();
    for parameters in [port("80"), Values::default()] {
        let changed = DeploymentParametersChanged {
            parameters: parameters.clone(),
        };
        let after = [created_as(told(port("443"))), changed.clone().into()];
        let state = after.iter().fold(Deployment::default(), Deployment::evolve);
        assert_eq!(state.rule.as_deref(), Some(&told(parameters.clone())));
        given::<Deployment>([created_as(told(port("443")))])
            .when(change(Some(parameters)))
            .then([changed.into()]);
    }
    let of_software = Rule {
        parameters: port("443"),
        ..rule()
    };
    nothing::<Deployment>()
        .when(create(of_software))
        .then_rejected(DeploymentRejection::Rule(RuleError::Parameters));
    given::<Deployment>([created()])
        .when(change(Some(port("443"))))
        .then_rejected(DeploymentRejection::Rule(RuleError::Parameters));
}
