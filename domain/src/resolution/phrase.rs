//! Deployments in words that a technician understands.

use super::{Key, NotCandidateReason};
use crate::computer::ComputerClass;
use crate::deployment::{DesiredState, Scope, Target, TargetFilter};
use crate::ids::{ComputerId, TenantId};
use crate::version::Version;

/// The names of what a sentence speaks of; somebody unknown is named by the id.
pub trait Names {
    fn tenant(&self, id: TenantId) -> String;
    fn computer(&self, id: ComputerId) -> String;
}

/// A target in words: `workstations and portable devices of every tenant`.
pub fn target_phrase(target: &Target, names: &impl Names) -> String {
    let kind = filter_phrase(target.filter);
    match target.scope {
        Scope::CrossTenant => format!("{kind} of every tenant"),
        Scope::SingleTenant {
            tenant,
            include_children: false,
        } => {
            format!("{kind} of {}", names.tenant(tenant))
        }
        Scope::SingleTenant {
            tenant,
            include_children: true,
        } => {
            format!(
                "{kind} of {} and the tenants below it",
                names.tenant(tenant)
            )
        }
        Scope::Individual { computer } => match target.filter {
            TargetFilter::None => format!("the computer {}", names.computer(computer)),
            _ => format!(
                "the computer {}, if it is one of the {kind}",
                names.computer(computer)
            ),
        },
    }
}

fn filter_phrase(filter: TargetFilter) -> &'static str {
    match filter {
        TargetFilter::Servers => "servers",
        TargetFilter::PortableDevices => "portable devices",
        TargetFilter::Workstations => "workstations",
        TargetFilter::WorkstationsAndPortableDevices => "workstations and portable devices",
        TargetFilter::None => "all computers",
    }
}

/// A desired state in words; `latest` is the version that "latest" means now.
pub fn desired_phrase(desired: &DesiredState, latest: Option<&Version>) -> String {
    match (desired, latest) {
        (DesiredState::InstalledLatest, Some(version)) => {
            format!("installed in the latest version, {version}")
        }
        (DesiredState::InstalledLatest, None) => "installed in the latest version".into(),
        (DesiredState::InstalledExactly(version), _) => {
            format!("installed in exactly version {version}")
        }
        (DesiredState::UpdateIfFound, Some(version)) => {
            format!("updated to version {version} where it is found")
        }
        (DesiredState::UpdateIfFound, None) => "updated where it is found".into(),
        (DesiredState::Uninstalled, _) => "uninstalled".into(),
        (DesiredState::Ignored, _) => "left alone".into(),
    }
}

impl Key {
    /// Why the winner beats the loser on this key.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Scope => {
                "the winner is more specific: one computer beats one tenant, which beats every tenant"
            }
            Self::TenantDistance => "the winner's tenant is nearer to the computer's own tenant",
            Self::Filter => "the winner is for a narrower kind of computers",
            Self::State => {
                "on equal targets \"ignored\" beats every other state, and every other state beats \"update if found\""
            }
            Self::Created => {
                "the two are equal in everything else, and the winner was created later"
            }
        }
    }
}

impl NotCandidateReason {
    /// Why the deployment does not apply.
    pub fn sentence(&self, names: &impl Names) -> String {
        match *self {
            Self::Disabled => "the deployment is disabled".into(),
            Self::OtherComputer { computer } => {
                format!("it is for another computer, {}", names.computer(computer))
            }
            Self::OtherTenant { tenant } => {
                format!("it is for another tenant, {}", names.tenant(tenant))
            }
            Self::OtherClass { filter, class } => format!(
                "it is for {} and this computer is a {}",
                filter_phrase(filter),
                class_phrase(class)
            ),
            Self::UnknownClass { filter } => format!(
                "it is for {} and this computer's chassis type is not known",
                filter_phrase(filter)
            ),
        }
    }
}

fn class_phrase(class: ComputerClass) -> &'static str {
    match class {
        ComputerClass::Workstation => "workstation",
        ComputerClass::Portable => "portable device",
        ComputerClass::Server => "server",
        ComputerClass::Unknown => "computer of an unknown kind",
    }
}
