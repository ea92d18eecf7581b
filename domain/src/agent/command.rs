use super::event::{AgentEnrolled, DisconnectReason};
use crate::decider::Rejection;
use crate::ids::{ComputerId, ServerId};
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
    Hold,
    Release,
    Revoke,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AgentRejection {
    #[error("there is no such agent: enrol it first")]
    NotFound,
    #[error("this agent was revoked: remove its state and enrol it again with a new key")]
    Revoked,
    #[error(
        "two computers showed this agent's key: decide which one is real, then release the agent"
    )]
    Held,
    #[error(
        "this agent is enrolled for another tenant: remove its state and enrol it with a new key"
    )]
    OtherTenant,
}

impl Rejection for AgentRejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Revoked => "AGENT_REVOKED",
            Self::Held => "AGENT_HELD",
            Self::OtherTenant => "AGENT_OF_OTHER_TENANT",
        }
    }
}
