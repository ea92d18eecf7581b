//! A managed computer: the hardware, identified by its UUID, whatever agents lead to it.

mod access;
mod claim;
mod command;
mod decide;
mod event;
mod placeholder;
mod state;

pub use claim::{
    HardwareClaim, HardwareClaimCommand, HardwareClaimEvent, HardwareClaimed, HardwareKey,
};
pub use command::{ComputerCommand, ComputerRejection};
pub use event::{
    ComputerEvent, ComputerExcludedFromMaintenance, ComputerIncludedInMaintenance, ComputerMoved,
    ComputerOnboarded, ComputerRegistered, ComputerRemoved, ComputerRestored, ComputerTagged,
    ComputerUntagged, InventoryDetailReported, InventoryReported, MetascriptAnswered,
    OptionalApprovalWithdrawn, OptionalDeploymentApproved, PrimaryPersonSet, SessionAdmitted,
};
pub use placeholder::is_placeholder;
pub use state::{
    Computer, ComputerClass, DetailPart, DetailReport, DomainRole, HardwareIdentity,
    HardwareIdentityError, IdentitySource, Inventory, InventoryDetail, KnownInterpreter,
    Maintenance, MetascriptAnswer, OnboardingStatus, OperatingSystem, OsFamily, Registration,
};
