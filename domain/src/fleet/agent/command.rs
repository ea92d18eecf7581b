use super::event::{AgentEnrolled, DisconnectReason, HoldReason, ReleasedAs};
use crate::fleet::computer::HardwareIdentity;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::ids::{ComputerId, ServerId, TenantId};
use uuid::Uuid;

/// What an agent says of itself when it enrols.
pub type Enrolment = AgentEnrolled;

/// What can be asked of an agent.
#[derive(Clone, Debug)]
pub enum AgentCommand {
    Enrol(Box<Enrolment>),
    Identify {
        computer: ComputerId,
    },
    Connect {
        agent_version: String,
        connection: Uuid,
        server: ServerId,
    },
    /// This connection ended; if the agent has another one by now, nothing happens.
    Disconnect {
        connection: Uuid,
        reason: DisconnectReason,
    },
    /// It tells this of its hardware now.
    ShowHardware(HardwareIdentity),
    Hold(HoldReason),
    Release {
        /// What it is, where it claims a known computer's hardware.
        released_as: Option<ReleasedAs>,
    },
    Revoke,
    /// Its computer is of this tenant by now.
    Follow {
        tenant: TenantId,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AgentRejection {
    #[error("there is no such agent: enrol it first")]
    NotFound,
    #[error("this agent was revoked: remove its state and enrol it again with a new key")]
    Revoked,
    #[error("this agent is held: find out who it is, then release or revoke it")]
    Held,
    #[error(
        "this agent claims a computer that another key leads to: say what it is, another pathway, a replacement or another computer, or revoke it"
    )]
    Undecided,
    #[error("this agent claims no other computer's hardware: release it without saying what it is")]
    NothingToDecide,
    #[error(
        "this agent is enrolled for another tenant: remove its state and enrol it with a new key"
    )]
    OtherTenant,
}

impl Rejection for AgentRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::Revoked => Code::AgentRevoked,
            Self::Held => Code::AgentHeld,
            Self::Undecided => Code::AgentUndecided,
            Self::NothingToDecide => Code::Invalid,
            Self::OtherTenant => Code::AgentOfOtherTenant,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Undecided | Self::NothingToDecide => Some("releasedAs"),
            _ => None,
        }
    }
}
