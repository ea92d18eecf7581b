use super::placeholder::is_placeholder;
use crate::catalogue::script::Interpreter;
use crate::fleet::tag::Tag;
use crate::kernel::ids::{DeploymentId, PersonId, SessionId, TenantId};
use crate::kernel::name::Name;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Where an agent found the hardware's identity, best source first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum IdentitySource {
    /// The SMBIOS system UUID, as the operating system shows it.
    ProductUuid,
    /// The SMBIOS table itself.
    Smbios,
    /// `/etc/machine-id`: survives everything but a re-installation.
    MachineId,
    /// Made up by the agent and kept in its state: the last resort.
    AgentGenerated,
}

/// What names the hardware: a UUID, and where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HardwareIdentity {
    pub uuid: Uuid,
    pub source: IdentitySource,
}

/// Why a UUID cannot name a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HardwareIdentityError {
    #[error(
        "the hardware UUID {0} is a placeholder that many computers share: the agent must use its next source"
    )]
    Placeholder(Uuid),
}

impl HardwareIdentity {
    /// Refuses placeholders.
    pub fn new(uuid: Uuid, source: IdentitySource) -> Result<Self, HardwareIdentityError> {
        if is_placeholder(uuid) {
            Err(HardwareIdentityError::Placeholder(uuid))
        } else {
            Ok(Self { uuid, source })
        }
    }

    /// Whether the two name one piece of hardware. Firmware tables hold a UUID in either order of its bytes, and which one
    /// a source shows is a matter of the kernel's age.
    pub fn is_same(&self, other: &Self) -> bool {
        self.uuid == other.uuid || Uuid::from_bytes_le(*self.uuid.as_bytes()) == other.uuid
    }
}

/// The kind of an operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OsFamily {
    Linux,
    Windows,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatingSystem {
    pub family: OsFamily,
    /// As it calls itself: `Debian GNU/Linux`.
    pub name: String,
    /// As it calls itself: `12`.
    pub version: String,
}

/// What an agent reports of its computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    pub host_name: String,
    pub os: OperatingSystem,
    /// The SMBIOS chassis type, where there is one.
    pub chassis_type: Option<u8>,
    /// What runs scripts on it, each proven by its agent; an agent of former times names none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interpreters: Vec<KnownInterpreter>,
}

/// A program that runs scripts on a computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KnownInterpreter {
    pub interpreter: Interpreter,
    /// As it calls itself; empty where it does not say.
    pub version: String,
    /// Where it is on the computer.
    pub path: String,
}

impl Inventory {
    /// Whether the two cannot be of one computer at one time: another name, another system, another box. Versions differ by
    /// an update, and a box that is not told contradicts nothing.
    pub fn contradicts(&self, other: &Self) -> bool {
        let boxes = self.chassis_type.zip(other.chassis_type);
        !self.host_name.eq_ignore_ascii_case(&other.host_name)
            || self.os.family != other.os.family
            || boxes.is_some_and(|(one, another)| one != another)
    }
}

/// A computer's part in a Windows domain, as `Win32_ComputerSystem.DomainRole` numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DomainRole {
    StandaloneWorkstation,
    MemberWorkstation,
    StandaloneServer,
    MemberServer,
    BackupDomainController,
    PrimaryDomainController,
}

impl DomainRole {
    pub fn is_server(self) -> bool {
        self >= Self::StandaloneServer
    }

    pub fn is_domain_controller(self) -> bool {
        self >= Self::BackupDomainController
    }
}

/// What integrations know of a computer besides its agent. What is not given is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InventoryDetail {
    pub manufacturer: Option<Name>,
    pub model: Option<Name>,
    pub serial_number: Option<Name>,
    /// The domain or directory that it is joined to.
    pub domain_name: Option<Name>,
    pub domain_role: Option<DomainRole>,
    pub os_build: Option<Name>,
    pub memory_bytes: Option<u64>,
}

/// A part of what integrations know of a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DetailPart {
    Manufacturer,
    Model,
    SerialNumber,
    DomainName,
    DomainRole,
    OsBuild,
    MemoryBytes,
}

impl InventoryDetail {
    /// With what a report says; what it leaves out stays as it is known.
    #[must_use]
    pub(super) fn with(&self, report: &DetailReport) -> Self {
        let mut detail = self.clone();
        for part in &report.unknown {
            match part {
                DetailPart::Manufacturer => detail.manufacturer = None,
                DetailPart::Model => detail.model = None,
                DetailPart::SerialNumber => detail.serial_number = None,
                DetailPart::DomainName => detail.domain_name = None,
                DetailPart::DomainRole => detail.domain_role = None,
                DetailPart::OsBuild => detail.os_build = None,
                DetailPart::MemoryBytes => detail.memory_bytes = None,
            }
        }
        let said = report.said.clone();
        Self {
            manufacturer: said.manufacturer.or(detail.manufacturer),
            model: said.model.or(detail.model),
            serial_number: said.serial_number.or(detail.serial_number),
            domain_name: said.domain_name.or(detail.domain_name),
            domain_role: said.domain_role.or(detail.domain_role),
            os_build: said.os_build.or(detail.os_build),
            memory_bytes: said.memory_bytes.or(detail.memory_bytes),
        }
    }
}

/// What one integration says of a computer. Several speak of the same one, each of what it knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetailReport {
    /// What is not given here is not spoken of.
    pub said: InventoryDetail,
    /// What is known not to be known any more.
    pub unknown: BTreeSet<DetailPart>,
}

/// What a metascript said, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetascriptAnswer {
    pub answer: bool,
    pub observed_at: DateTime<Utc>,
}

/// Whether deployments apply to a computer at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Maintenance {
    #[default]
    Included,
    Excluded,
}

/// What kind of computer it is, for target filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ComputerClass {
    Workstation,
    Portable,
    Server,
    /// No inventory, or a chassis that says nothing. It matches no filter.
    Unknown,
}

impl ComputerClass {
    /// From the SMBIOS chassis type (DMTF DSP0134, section 7.4.1).
    pub fn of_chassis(chassis_type: Option<u8>) -> Self {
        match chassis_type {
            Some(8..=12 | 14 | 30..=32) => Self::Portable,
            Some(17 | 23 | 25 | 28 | 29) => Self::Server,
            Some(3..=7 | 13 | 15 | 16 | 24 | 33..=36) => Self::Workstation,
            _ => Self::Unknown,
        }
    }
}

/// Whether a computer had its first maintenance session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnboardingStatus {
    #[default]
    NeedsOnboarding,
    Onboarded,
}

/// What is known of a computer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Computer {
    /// Nothing until it was registered.
    pub registration: Option<Registration>,
    pub inventory: Option<Inventory>,
    pub onboarding: OnboardingStatus,
    /// The session that was let in last: it runs, or it is over.
    pub session: Option<SessionId>,
    pub detail: InventoryDetail,
    pub tags: BTreeSet<Tag>,
    /// Whose computer it is.
    pub primary_person: Option<PersonId>,
    pub maintenance: Maintenance,
    /// The newest answer of each metascript.
    pub answers: BTreeMap<Name, MetascriptAnswer>,
    /// The optional deployments that may apply.
    pub approvals: BTreeSet<DeploymentId>,
    /// Nothing applies to one that was removed, and nothing runs on it.
    pub is_removed: bool,
}

/// What a computer is registered under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    pub tenant: TenantId,
    pub name: Name,
    pub hardware: HardwareIdentity,
}

impl Computer {
    /// What kind of computer it is: a server where Windows says that it is one, whatever its box; else by its chassis.
    pub fn class(&self) -> ComputerClass {
        if self.detail.domain_role.is_some_and(DomainRole::is_server) {
            return ComputerClass::Server;
        }
        ComputerClass::of_chassis(
            self.inventory
                .as_ref()
                .and_then(|inventory| inventory.chassis_type),
        )
    }
}
