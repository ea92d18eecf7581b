//! The one error with which whatever is asked for stops.

use crate::error::CommandError;
use std::borrow::Cow;
use upkeep_domain::access::Denied;
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::decider::Rejection;
use upkeep_projections::{DifferenceError, PastError};

/// Why something is not done. It is no text: each door tells it in its own way.
#[derive(Debug)]
pub enum Stop {
    /// It is not possible as things are, or as it was asked for.
    Refused(Refusal),
    /// The sender may not.
    Denied(Denied),
    /// More than can be told.
    TooMuch(DifferenceError),
    /// The store, or another writer, did not let it happen.
    Failed(CommandError),
    /// The view that the answer needs cannot be had.
    NoView(PastError),
    /// A fault of ours.
    Fault(String),
}

/// Why something is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// What happened and what to do.
    pub message: String,
    /// The field of the input that is at fault, if one is; of a field of a field the way there, by dots.
    pub field: Option<Cow<'static, str>>,
}

impl Stop {
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Refused(Refusal {
            code,
            message,
            field: None,
        })
    }

    /// There is no such thing, or the sender may not know of it.
    pub fn not_found(noun: &str) -> Self {
        let message = format!("there is no such {noun}: check the id");
        Self::refused(Code::NotFound, message)
    }

    /// A value that the domain's types refuse.
    pub fn invalid(why: &(impl ToString + ?Sized)) -> Self {
        Self::refused(Code::Invalid, why.to_string())
    }

    pub fn rejected(rejection: &impl Rejection) -> Self {
        CommandError::rejected(rejection).into()
    }

    /// The same, because of this field of the input.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        if let Self::Refused(refusal) = &mut self {
            refusal.field = Some(field.into());
        }
        self
    }

    /// The field of the input that is at fault, if one is.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => refusal.field.as_deref(),
            _ => None,
        }
    }

    /// Whether there is no such thing, as far as is known.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == Code::NotFound)
    }

    /// Whether somebody else was faster.
    pub(crate) fn is_overtaken(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.code == Code::ChangedMeanwhile)
    }
}

/// Says which field of the input is at fault.
pub trait At {
    #[must_use]
    fn at(self, field: &'static str) -> Self;
}

impl<T> At for Result<T, Stop> {
    fn at(self, field: &'static str) -> Self {
        self.map_err(|stop| stop.at(field))
    }
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<PastError> for Stop {
    fn from(error: PastError) -> Self {
        Self::NoView(error)
    }
}

impl From<CommandError> for Stop {
    fn from(error: CommandError) -> Self {
        let message = error.to_string();
        match error {
            CommandError::Rejected { code, field, .. } => Self::Refused(Refusal {
                code,
                message,
                field: field.map(Cow::Borrowed),
            }),
            CommandError::Denied(denied) => Self::Denied(denied),
            CommandError::Overtaken { .. } => Self::refused(Code::ChangedMeanwhile, message),
            CommandError::RevisionConflict { .. } => {
                Self::refused(Code::RevisionConflict, message).at("options.expectedRevision")
            }
            CommandError::CommandIdReused(_) => {
                Self::refused(Code::CommandIdReused, message).at("options.commandId")
            }
            error => Self::Failed(error),
        }
    }
}
