//! A managed computer: the hardware, identified by its UUID, whatever agents lead to it.

mod claim;
mod command;
mod decide;
mod event;
mod state;

pub use claim::{
    HardwareClaim, HardwareClaimCommand, HardwareClaimEvent, HardwareClaimed, HardwareKey,
};
pub use command::{ComputerCommand, ComputerRejection};
pub use event::{
    ComputerEvent, ComputerOnboarded, ComputerRegistered, InventoryReported, SessionAdmitted,
};
pub use state::{
    Computer, ComputerClass, HardwareIdentity, HardwareIdentityError, IdentitySource, Inventory,
    OnboardingStatus, OperatingSystem, OsFamily, Registration,
};
