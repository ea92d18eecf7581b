use upkeep_domain::access::Denied;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::decider::{Refused, Rejection};
use upkeep_domain::kernel::ids::CommandId;
use upkeep_event_store::{AppendError, Position, ReadError, StreamName};

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The domain said no.
    #[error("{message}")]
    Rejected {
        code: Code,
        message: String,
        field: Option<&'static str>,
    },
    /// It is not for this sender to say.
    #[error(transparent)]
    Denied(#[from] Denied),
    #[error("this was changed since you read it: you expect revision {expected}, and it is {}; read it again and repeat your change", actual.map_or_else(|| "new".to_owned(), |revision| format!("revision {revision}")))]
    RevisionConflict { expected: u64, actual: Option<u64> },
    /// What was judged on a view is not so any more.
    #[error("{}", Refused::<std::convert::Infallible>::Overtaken)]
    Overtaken {
        /// The stream's last event: a view at this position shows what is so now.
        position: Position,
    },
    #[error("the command id {0} was used for another command: use a new one")]
    CommandIdReused(CommandId),
    #[error("{stream} is written to by too many at once: try again")]
    Contended { stream: StreamName },
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("event {event_type} at revision {revision} of {stream} cannot be read: {cause}")]
    Undecodable {
        stream: StreamName,
        revision: u64,
        event_type: String,
        cause: String,
    },
}

impl CommandError {
    /// Whether the store could not be reached: the same command may succeed when it is back.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Append(AppendError::Unreachable { .. })
                | Self::Read(ReadError::Unreachable { .. })
        )
    }

    pub(crate) fn rejected(rejection: &impl Rejection) -> Self {
        Self::Rejected {
            code: rejection.code(),
            message: rejection.to_string(),
            field: rejection.field(),
        }
    }
}
