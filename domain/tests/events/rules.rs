use crate::{Sampled, id, version};
use upkeep_domain::kernel::ids::*;
use upkeep_domain::rules::deployment::*;

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
        ]
    }
}
