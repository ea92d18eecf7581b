use crate::{Sampled, golden, id, told, version};
use upkeep_domain::catalogue::parameter::Values;
use upkeep_domain::kernel::decider::EventPayload;
use upkeep_domain::kernel::ids::*;
use upkeep_domain::rules::deployment::*;
use upkeep_domain::rules::ordering::{ItemMoved, Ordering, Section};
use upkeep_domain::rules::prerequisite::*;

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

impl Sampled for Prerequisites {
    fn samples() -> Vec<Self::Event> {
        let prerequisite = PrerequisiteId(id(60));
        let software = |n| SoftwareId(id(n));
        let says = Prerequisite {
            of: software(2),
            versions: VersionRange::AtLeast {
                version: version("24"),
            },
            when: Conditions {
                hold: Quantifier::Any,
                of: vec![
                    Condition::Installed {
                        software: software(5),
                        versions: VersionRange::Between {
                            from: version("1"),
                            below: version("2"),
                        },
                    },
                    Condition::NotInstalled {
                        software: software(6),
                    },
                ],
            },
            then: Consequence::Install {
                software: software(6),
                version: WantedVersion::AtLeast(version("8.0")),
            },
        };
        vec![
            PrerequisiteAdded { prerequisite, says }.into(),
            PrerequisiteChanged {
                prerequisite,
                versions: VersionRange::Any,
                when: Conditions::always(),
                then: Consequence::Fail {
                    message: FailMessage::new("ask Ada first").unwrap(),
                },
            }
            .into(),
            PrerequisiteRemoved { prerequisite }.into(),
        ]
    }
}

/// Each kind has its own shape.
#[test]
fn every_range_and_consequence_that_was_ever_written_still_decodes() {
    let ranges = [
        VersionRange::Any,
        VersionRange::Exactly {
            version: version("1"),
        },
        VersionRange::AtLeast {
            version: version("1"),
        },
        VersionRange::Below {
            version: version("1"),
        },
        VersionRange::Between {
            from: version("1"),
            below: version("2"),
        },
    ];
    let software = SoftwareId(id(6));
    let wanted = [
        WantedVersion::Latest,
        WantedVersion::Exactly(version("1")),
        WantedVersion::AtLeast(version("1")),
    ];
    let installs = wanted.map(|version| Consequence::Install { software, version });
    let consequences = installs
        .into_iter()
        .chain([Consequence::Uninstall { software }])
        .collect::<Vec<_>>();
    let all = (ranges.to_vec(), consequences);
    let written = golden("prerequisites", &serde_json::to_vec(&all).unwrap());
    let read: (Vec<VersionRange>, Vec<Consequence>) = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, all);
}
