//! Deployments in words that a technician understands.

use super::NotCandidateReason;
use crate::catalogue::version::Version;
use crate::fleet::computer::ComputerClass;
use crate::kernel::ids::{ComputerId, GroupId, PersonId, TenantId};
use crate::rules::deployment::{DesiredState, Membership, Scope, TagBearer, Target, TargetFilter};

/// The names of what a sentence speaks of; somebody unknown is named by the id.
pub trait Names {
    fn tenant(&self, id: TenantId) -> String;
    fn computer(&self, id: ComputerId) -> String;
    fn person(&self, id: PersonId) -> String;
    fn group(&self, id: GroupId) -> String;
}

/// A target in words: `workstations and portable devices of every tenant`.
pub fn target_phrase(target: &Target, names: &impl Names) -> String {
    let kind = filter_phrase(target.filter);
    let narrowed = match membership_phrase(&target.membership, names) {
        Some(membership) => format!("{kind} {membership}"),
        None => kind.to_owned(),
    };
    match target.scope {
        Scope::CrossTenant => format!("{narrowed} of every tenant"),
        Scope::SingleTenant {
            tenant,
            include_children: false,
        } => format!("{narrowed} of {}", names.tenant(tenant)),
        Scope::SingleTenant {
            tenant,
            include_children: true,
        } => format!(
            "{narrowed} of {} and the tenants below it",
            names.tenant(tenant)
        ),
        Scope::Individual { computer } => {
            only_if(format!("the computer {}", names.computer(computer)), target)
        }
        Scope::Person { person } => {
            only_if(format!("the computers of {}", names.person(person)), target)
        }
    }
}

fn only_if(who: String, target: &Target) -> String {
    match target.filter {
        TargetFilter::None => who,
        filter => format!("{who}, where it is one of the {}", filter_phrase(filter)),
    }
}

fn membership_phrase(membership: &Membership, names: &impl Names) -> Option<String> {
    Some(match membership {
        Membership::AllComputers => return None,
        Membership::Tag {
            tag,
            bearer: TagBearer::Computer,
        } => format!("with the tag \"{tag}\""),
        Membership::Tag {
            tag,
            bearer: TagBearer::Tenant,
        } => format!("of tenants with the tag \"{tag}\","),
        Membership::Tag {
            tag,
            bearer: TagBearer::Person,
        } => format!("of people with the tag \"{tag}\","),
        Membership::DeviceGroup { group } => {
            format!("in the device group {}", names.group(*group))
        }
        Membership::DirectoryGroup { group } => {
            format!("in the directory group {}", names.group(*group))
        }
        Membership::AgreementType { agreement_type } => {
            format!("under an agreement of the type \"{agreement_type}\"")
        }
        Membership::AgreementProduct { product } => {
            format!("with the product \"{product}\" on an agreement")
        }
        Membership::Metascript { metascript } => {
            format!("of which the metascript \"{metascript}\" says yes")
        }
        Membership::Expression { expression } => format!("that match {expression}"),
    })
}

fn filter_phrase(filter: TargetFilter) -> &'static str {
    match filter {
        TargetFilter::PrimaryDomainControllers => "primary domain controllers",
        TargetFilter::DomainControllers => "domain controllers",
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
        (DesiredState::InstalledAtLeast(version), _) => {
            format!("installed in version {version} or newer")
        }
        (DesiredState::UpdateIfFound, Some(version)) => {
            format!("updated to version {version} where it is found")
        }
        (DesiredState::UpdateIfFound, None) => "updated where it is found".into(),
        (DesiredState::Uninstalled, _) => "uninstalled".into(),
        (DesiredState::Ignored, _) => "left alone".into(),
        (DesiredState::Enforce, _) => "enforced".into(),
        (DesiredState::Audit, _) => "audited".into(),
        (DesiredState::Monitor, _) => "monitored".into(),
    }
}

impl NotCandidateReason {
    /// Why the deployment does not apply.
    pub fn sentence(&self, names: &impl Names) -> String {
        match self {
            Self::Disabled => "the deployment is disabled".into(),
            Self::Deleted => "the deployment was deleted".into(),
            Self::Undecided => {
                "a catalogue recommends it, and nobody has approved or dismissed it yet".into()
            }
            Self::Dismissed => "a catalogue recommends it, and it was dismissed".into(),
            Self::ComputerRemoved => "this computer was removed".into(),
            Self::TenantRemoved => "this tenant was removed".into(),
            Self::ComputerExcluded => "this computer is excluded from maintenance".into(),
            Self::TenantExcluded => {
                "it is for every tenant, and this tenant is excluded from such deployments".into()
            }
            Self::OtherComputer { computer } => {
                format!("it is for another computer, {}", names.computer(*computer))
            }
            Self::OtherPerson { person } => format!(
                "it is for the computers of {}, who is not this computer's primary person",
                names.person(*person)
            ),
            Self::OtherTenant { tenant } => {
                format!("it is for another tenant, {}", names.tenant(*tenant))
            }
            Self::NotForChildren { tenant } => format!(
                "it is for {}, above this tenant, and leaves out the tenants below",
                names.tenant(*tenant)
            ),
            Self::NotTagged { tag, bearer } => format!(
                "{} the tag \"{tag}\"",
                match bearer {
                    TagBearer::Computer => "this computer does not have",
                    TagBearer::Tenant => "this tenant does not have",
                    TagBearer::Person => "this computer's primary person does not have",
                }
            ),
            Self::NoPrimaryPerson { tag } => format!(
                "it is for the computers of people with the tag \"{tag}\", and this one has no primary person"
            ),
            Self::NotInGroup { group } => format!(
                "neither this computer nor its primary person is in the group {}",
                names.group(*group)
            ),
            Self::GroupMissing { group } => {
                format!("its group {} is not there any more", names.group(*group))
            }
            Self::NoAgreement { agreement_type } => format!(
                "this tenant has no agreement of the type \"{agreement_type}\" that counts today"
            ),
            Self::NoProduct { product } => format!(
                "the product \"{product}\" is on no agreement of this tenant that counts today"
            ),
            Self::MetascriptSaidNo {
                metascript,
                observed_at,
            } => format!(
                "the metascript \"{metascript}\" said no at {}",
                observed_at.format("%Y-%m-%d %H:%M UTC")
            ),
            Self::MetascriptUnanswered { metascript } => format!(
                "the metascript \"{metascript}\" has not been asked about this computer yet"
            ),
            Self::ExpressionFalse => "its filter expression does not match".into(),
            Self::ExpressionUnknown { fact } => format!(
                "its filter expression depends on {}, which is not known of this computer",
                fact.path()
            ),
            Self::ExpressionRefused => {
                "its target was written under older rules and is not understood any more: save it again".into()
            }
            Self::OtherClass { filter, class } => format!(
                "it is for {} and this computer is a {}",
                filter_phrase(*filter),
                class_phrase(*class)
            ),
            Self::UnknownClass { filter } => format!(
                "it is for {} and this computer's chassis type is not known",
                filter_phrase(*filter)
            ),
            Self::OtherRole { filter } => format!(
                "it is for {} and this computer is none",
                filter_phrase(*filter)
            ),
            Self::UnknownRole { filter } => format!(
                "it is for {} and this computer's part in its domain is not known",
                filter_phrase(*filter)
            ),
            Self::OnlyWhenNamed => "it is ad hoc, and acts only in a session that names it".into(),
            Self::OnlyInOnboarding => {
                "it acts only in onboarding, and this computer is onboarded".into()
            }
            Self::NotApproved => "it is optional, and is not approved for this computer".into(),
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
