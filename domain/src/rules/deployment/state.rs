use crate::catalogue::parameter::Values;
use crate::catalogue::task::TaskMode;
use crate::catalogue::version::Version;
use crate::fleet::computer::{ComputerClass, DomainRole};
use crate::fleet::tag::Tag;
use crate::kernel::ids::{
    CloudTaskId, ComputerId, GroupId, PersonId, SoftwareId, TaskId, TenantId,
};
use crate::kernel::name::Name;
use crate::rules::expression::FilterExpression;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a deployment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "camelCase")]
pub enum MaintenanceItem {
    Software(SoftwareId),
    /// Of a tenant, not of a computer.
    CloudTask(CloudTaskId),
    /// Of a computer.
    Task(TaskId),
}

impl MaintenanceItem {
    pub fn software(self) -> Option<SoftwareId> {
        match self {
            Self::Software(id) => Some(id),
            Self::CloudTask(_) | Self::Task(_) => None,
        }
    }

    pub fn task(self) -> Option<TaskId> {
        match self {
            Self::Task(id) => Some(id),
            Self::Software(_) | Self::CloudTask(_) => None,
        }
    }

    /// Whether it is resolved for computers; the others are for tenants.
    pub fn is_of_computers(self) -> bool {
        match self {
            Self::Software(_) | Self::Task(_) => true,
            Self::CloudTask(_) => false,
        }
    }
}

impl From<SoftwareId> for MaintenanceItem {
    fn from(id: SoftwareId) -> Self {
        Self::Software(id)
    }
}

impl From<TaskId> for MaintenanceItem {
    fn from(id: TaskId) -> Self {
        Self::Task(id)
    }
}

/// The state that the item should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "version", rename_all = "camelCase")]
pub enum DesiredState {
    /// Installed, in the newest published version.
    InstalledLatest,
    /// Installed, in exactly this version; a newer one is downgraded.
    InstalledExactly(Version),
    /// Installed, in this version or a newer one: what is older or missing comes in the newest published version.
    InstalledAtLeast(Version),
    /// The newest version where some version is there; nothing is done where it is missing.
    UpdateIfFound,
    Uninstalled,
    /// Left alone, whatever is there: the way to make an exception.
    Ignored,
    /// A task is brought into its state.
    Enforce,
    /// A task is looked at, and what differs is reported.
    Audit,
    /// A task's values are collected.
    Monitor,
}

impl DesiredState {
    /// Whether something may be brought onto a computer because of it.
    pub fn may_bring(&self) -> bool {
        match self {
            Self::InstalledLatest
            | Self::InstalledExactly(_)
            | Self::InstalledAtLeast(_)
            | Self::UpdateIfFound => true,
            Self::Uninstalled | Self::Ignored | Self::Enforce | Self::Audit | Self::Monitor => {
                false
            }
        }
    }

    fn fits(&self, item: MaintenanceItem) -> bool {
        match self {
            Self::InstalledLatest
            | Self::InstalledExactly(_)
            | Self::InstalledAtLeast(_)
            | Self::UpdateIfFound
            | Self::Uninstalled => matches!(item, MaintenanceItem::Software(_)),
            Self::Enforce | Self::Audit | Self::Monitor => matches!(
                item,
                MaintenanceItem::CloudTask(_) | MaintenanceItem::Task(_)
            ),
            Self::Ignored => true,
        }
    }

    /// The mode in which it wants a task; nothing where it wants software, or that something is left alone.
    pub fn mode(&self) -> Option<TaskMode> {
        match self {
            Self::Enforce => Some(TaskMode::Enforce),
            Self::Audit => Some(TaskMode::Audit),
            Self::Monitor => Some(TaskMode::Monitor),
            Self::InstalledLatest
            | Self::InstalledExactly(_)
            | Self::InstalledAtLeast(_)
            | Self::UpdateIfFound
            | Self::Uninstalled
            | Self::Ignored => None,
        }
    }
}

/// The first part of a target: how wide it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Scope {
    /// Computers of every tenant.
    CrossTenant,
    /// Computers of one tenant, and of those below it if it says so.
    SingleTenant {
        tenant: TenantId,
        include_children: bool,
    },
    /// One computer.
    Individual { computer: ComputerId },
    /// The computers whose primary person this is.
    Person { person: PersonId },
}

impl Scope {
    pub fn is_individual(self) -> bool {
        matches!(self, Self::Individual { .. } | Self::Person { .. })
    }
}

/// Who carries a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TagBearer {
    Computer,
    /// The computer's tenant.
    Tenant,
    /// The computer's primary person.
    Person,
}

/// The second part of a target: by what the computers in its reach are chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Membership {
    /// By nothing.
    #[default]
    AllComputers,
    Tag {
        tag: Tag,
        bearer: TagBearer,
    },
    /// The devices of an RMM's group.
    DeviceGroup {
        group: GroupId,
    },
    /// The computers of tenants with an agreement of this type.
    AgreementType {
        agreement_type: Name,
    },
    /// The computers of tenants with this product on an agreement.
    AgreementProduct {
        product: Name,
    },
    /// The computers of which a metascript last said yes.
    Metascript {
        metascript: Name,
    },
    /// The computers that a filter expression matches.
    Expression {
        expression: FilterExpression,
    },
    /// The devices in a directory's group, and the computers whose primary person is in it.
    DirectoryGroup {
        group: GroupId,
    },
}

/// The third part of a target: which kind of computers. A computer whose class is unknown fits only `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TargetFilter {
    PrimaryDomainControllers,
    DomainControllers,
    Servers,
    PortableDevices,
    Workstations,
    WorkstationsAndPortableDevices,
    None,
}

impl TargetFilter {
    /// Nothing if it is not known whether it fits.
    pub fn fits(self, class: ComputerClass, role: Option<DomainRole>) -> Option<bool> {
        let by_class = |fits: bool| (class != ComputerClass::Unknown).then_some(fits);
        match self {
            Self::PrimaryDomainControllers => {
                role.map(|role| role == DomainRole::PrimaryDomainController)
            }
            Self::DomainControllers => role.map(DomainRole::is_domain_controller),
            Self::Servers => by_class(class == ComputerClass::Server),
            Self::PortableDevices => by_class(class == ComputerClass::Portable),
            Self::Workstations => by_class(class == ComputerClass::Workstation),
            Self::WorkstationsAndPortableDevices => by_class(matches!(
                class,
                ComputerClass::Workstation | ComputerClass::Portable
            )),
            Self::None => Some(true),
        }
    }
}

/// The computers that a deployment is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub scope: Scope,
    pub membership: Membership,
    pub filter: TargetFilter,
}

/// Why a target cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error(
        "one computer or person cannot be narrowed further by tags, groups or expressions: leave the membership out"
    )]
    IndividualMembership,
    #[error(
        "a cloud task is for tenants: its scope is one tenant or all, its membership a tag on tenants, an agreement or \
         nothing, and it has no filter"
    )]
    NotForTenants,
}

impl Target {
    /// Checks that the parts fit each other and the item.
    pub fn check(&self, item: MaintenanceItem) -> Result<(), TargetError> {
        let is_for_tenants = !self.scope.is_individual()
            && self.filter == TargetFilter::None
            && matches!(
                self.membership,
                Membership::AllComputers
                    | Membership::Tag {
                        bearer: TagBearer::Tenant,
                        ..
                    }
                    | Membership::AgreementType { .. }
                    | Membership::AgreementProduct { .. }
            );
        match item {
            MaintenanceItem::CloudTask(_) if !is_for_tenants => Err(TargetError::NotForTenants),
            _ if self.scope.is_individual() && self.membership != Membership::AllComputers => {
                Err(TargetError::IndividualMembership)
            }
            _ => Ok(()),
        }
    }
}

/// When a deployment is acted on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Enforcement {
    /// In every full session, onboarding included.
    #[default]
    Required,
    /// In onboarding sessions only.
    Onboarding,
    /// Only in a session that names it.
    AdHoc,
    /// Like required, on the computers for which it was approved.
    Optional,
}

/// Where a deployment comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// Somebody here wrote it.
    #[default]
    Local,
    /// A catalogue recommends it: in force once it was approved here.
    Recommended,
}

/// What was decided of a recommended deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recommendation {
    #[default]
    Undecided,
    Approved,
    Dismissed,
}

/// Whether a deployment is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lifecycle {
    #[default]
    Absent,
    Enabled,
    Disabled,
    Deleted,
}

/// What a deployment says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub item: MaintenanceItem,
    pub target: Target,
    pub desired: DesiredState,
    pub enforcement: Enforcement,
    pub origin: Origin,
    /// What the task's scripts are told, where it says something: the rest is the task's defaults.
    pub parameters: Values,
}

/// What a rule wants of its item: two that want the same are in no conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    pub desired: &'a DesiredState,
    pub parameters: &'a Values,
}

/// Why a rule cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(
        "this state does not fit the item: software is installed, updated, uninstalled or ignored; a task is enforced, audited, monitored or ignored"
    )]
    State,
    #[error(
        "a cloud task is required or ad hoc: tenants have no onboarding sessions and approve nothing"
    )]
    Enforcement,
    #[error("only a task on computers has parameters: leave them out")]
    Parameters,
}

impl Rule {
    pub fn wanted(&self) -> Wanted<'_> {
        Wanted {
            desired: &self.desired,
            parameters: &self.parameters,
        }
    }

    pub fn check(&self) -> Result<(), RuleError> {
        self.target.check(self.item)?;
        let is_for_tenants = !self.item.is_of_computers();
        if !self.desired.fits(self.item) {
            Err(RuleError::State)
        } else if is_for_tenants
            && matches!(
                self.enforcement,
                Enforcement::Onboarding | Enforcement::Optional
            )
        {
            Err(RuleError::Enforcement)
        } else if self.item.task().is_none() && !self.parameters.is_empty() {
            Err(RuleError::Parameters)
        } else {
            Ok(())
        }
    }
}

/// What is known of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    pub lifecycle: Lifecycle,
    /// Nothing until it was created.
    pub rule: Option<Arc<Rule>>,
    pub recommendation: Recommendation,
}
