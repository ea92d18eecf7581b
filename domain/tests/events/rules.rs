use crate::{Sampled, golden, id, told, version};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::kernel::decider::EventPayload;
use upkeep_domain::kernel::ids::*;
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::ordering::{ItemMoved, Ordering, Section};

impl Sampled for Deployment {
    fn samples() -> Vec<Self::Event> {
        let item = MaintenanceItem::Software(SoftwareId(id(2)));
        let contoso = Target {
            scope: Scope::SingleTenant {
                tenant: TenantId(id(1)),
                include_children: true,
            },
            membership: Membership::AllComputers,
            filter: TargetFilter::WorkstationsAndPortableDevices,
        };
        vec![
            EnforcementChanged {
                enforcement: Enforcement::AdHoc,
            }
            .into(),
            RecommendationApproved {}.into(),
            RecommendationDismissed {}.into(),
            DeploymentCreated {
                item,
                target: contoso,
                desired: DesiredState::InstalledExactly(version("24.1")),
                enforcement: Enforcement::Onboarding,
                origin: Origin::Recommended,
                parameters: Values::default(),
            }
            .into(),
            DeploymentRetargeted {
                target: Target {
                    scope: Scope::Individual {
                        computer: ComputerId(id(4)),
                    },
                    membership: Membership::AllComputers,
                    filter: TargetFilter::None,
                },
            }
            .into(),
            DesiredStateChanged {
                desired: DesiredState::UpdateIfFound,
            }
            .into(),
            DeploymentDisabled {}.into(),
            DeploymentEnabled {}.into(),
            DeploymentDeleted {}.into(),
            DeploymentParametersChanged { parameters: told() }.into(),
        ]
    }
}

/// What tells its task nothing is written as it was before tasks had parameters.
#[test]
fn a_creation_with_values_still_decodes() {
    let created = DeploymentEvent::from(DeploymentCreated {
        item: MaintenanceItem::Task(TaskId(id(60))),
        target: Target {
            scope: Scope::CrossTenant,
            membership: Membership::AllComputers,
            filter: TargetFilter::None,
        },
        desired: DesiredState::Enforce,
        enforcement: Enforcement::Required,
        origin: Origin::Local,
        parameters: told(),
    });
    let written = golden("created with values", &created.to_json().unwrap());
    let read = DeploymentEvent::from_json("DeploymentCreated", 1, &written);
    assert_eq!(read.unwrap().unwrap(), created);
}

#[test]
fn every_item_that_was_ever_written_still_decodes() {
    let items = [
        MaintenanceItem::Software(SoftwareId(id(2))),
        MaintenanceItem::CloudTask(CloudTaskId(id(3))),
        MaintenanceItem::Task(TaskId(id(60))),
    ];
    let written = golden("items", &serde_json::to_vec(&items).unwrap());
    let read: Vec<MaintenanceItem> = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, items);
}

impl Sampled for Ordering {
    fn samples() -> Vec<Self::Event> {
        vec![
            ItemMoved {
                item: MaintenanceItem::Software(SoftwareId(id(2))),
                to: Section::Beginning,
                before: Some(MaintenanceItem::CloudTask(CloudTaskId(id(3)))),
            }
            .into(),
        ]
    }
}
