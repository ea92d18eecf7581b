use super::state::{HardwareIdentity, Inventory};
use crate::decider::Rejection;
use crate::ids::{SessionId, TenantId};
use crate::name::Name;

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
    /// Lets a session begin if no other one runs. Servers that ask at the same moment for different sessions meet here,
    /// so that only one begins.
    AdmitSession {
        session: SessionId,
        /// The session that was admitted before, if it is known to be over.
        over: Option<SessionId>,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ComputerRejection {
    #[error("there is no such computer: check the id")]
    NotFound,
    #[error("this computer is registered for another tenant or hardware: identify the agent again")]
    RegisteredDifferently,
    #[error("another session runs on this computer: this one waits for its end")]
    SessionRunning,
}

impl Rejection for ComputerRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::SessionRunning => "SESSION_RUNNING",
            Self::RegisteredDifferently => "COMPUTER_REGISTERED_DIFFERENTLY",
        }
    }
}
