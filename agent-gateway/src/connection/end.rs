//! Why a connection ends, what its agent is told, and what is written down.

use crate::intake::IntakeError;
use upkeep_agent_protocol::close;
use upkeep_domain::fleet::agent::DisconnectReason;

/// Why a connection ends.
pub(super) struct End {
    pub(super) code: u16,
    pub(super) why: &'static str,
    pub(super) reason: DisconnectReason,
}

impl End {
    pub(super) fn new(code: u16, why: &'static str, reason: DisconnectReason) -> Self {
        Self { code, why, reason }
    }

    pub(super) fn closed() -> Self {
        Self::new(close::NORMAL, "closed", DisconnectReason::Closed)
    }

    pub(super) fn restart() -> Self {
        Self::new(
            close::RESTART,
            "the server restarts",
            DisconnectReason::ServerRestarted,
        )
    }

    /// Before the agent is there: it may come again, and find things otherwise.
    pub(super) fn later(why: &'static str) -> Self {
        Self::new(close::LATER, why, DisconnectReason::Refused)
    }

    /// Something that the server should have failed.
    pub(super) fn failed(why: &'static str) -> Self {
        Self::new(close::FAILED, why, DisconnectReason::Refused)
    }

    pub(super) fn malformed(why: &'static str) -> Self {
        Self::new(close::MALFORMED, why, DisconnectReason::ProtocolError)
    }

    pub(super) fn out_of_order() -> Self {
        Self::new(
            close::OUT_OF_ORDER,
            "a numbered frame is missing",
            DisconnectReason::ProtocolError,
        )
    }

    pub(super) fn too_slow() -> Self {
        Self::new(
            close::HANDSHAKE_TIMEOUT,
            "no proof in time",
            DisconnectReason::Refused,
        )
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(
            close::UNAUTHENTICATED,
            "the proof of identity does not hold",
            DisconnectReason::Refused,
        )
    }

    pub(super) fn changed_on_the_way() -> Self {
        Self::new(
            close::UNAUTHENTICATED,
            "the Host header was changed on the way: let the reverse proxy pass it on as it is",
            DisconnectReason::Refused,
        )
    }

    pub(super) fn revoked() -> Self {
        Self::refused("this agent is revoked")
    }

    pub(super) fn held() -> Self {
        Self::refused("this agent is held")
    }

    pub(super) fn copied_key() -> Self {
        Self::refused("two computers showed this agent's key")
    }

    fn refused(why: &'static str) -> Self {
        Self::new(close::REFUSED, why, DisconnectReason::Refused)
    }

    pub(super) fn silent(why: &'static str) -> Self {
        Self::new(close::SILENT, why, DisconnectReason::Silent)
    }

    pub(super) fn replaced(why: &'static str) -> Self {
        Self::new(close::REPLACED, why, DisconnectReason::Replaced)
    }
}

impl From<IntakeError> for End {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Protocol(why) => Self::malformed(why),
            IntakeError::Stopping => Self::restart(),
            IntakeError::Store(cause) => {
                tracing::warn!(cause, "what an agent said could not be stored");
                Self::new(close::LATER, STORE_TAKES_NOTHING, DisconnectReason::Closed)
            }
        }
    }
}

/// What is said when the store is why.
pub(super) const STORE_TAKES_NOTHING: &str = "the store takes nothing now";
