use super::state::{HardwareIdentity, Inventory};
use crate::{decider::Rejection, ids::TenantId, name::Name};

/// What can be asked of a computer.
#[derive(Clone, Debug)]
pub enum ComputerCommand {
    Register {
        tenant: TenantId,
        name: Name,
        hardware: HardwareIdentity,
    },
    ReportInventory(Inventory),
    CompleteOnboarding,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComputerRejection {
    #[error("there is no such computer: check the id")]
    NotFound,
    #[error("this computer is registered for another tenant or hardware: identify the agent again")]
    RegisteredDifferently,
}

impl Rejection for ComputerRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::RegisteredDifferently => "COMPUTER_REGISTERED_DIFFERENTLY",
        }
    }
}
