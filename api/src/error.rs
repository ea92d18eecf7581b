//! Errors as clients see them: a closed list of codes, never an internal detail.

use crate::schema::types::UserError;
use async_graphql::{Enum, Error, ErrorExtensions, Response, ServerError, Value};
use upkeep_commands::{CommandError, Stop};
use upkeep_event_store::{AppendError, ReadError};
use upkeep_projections::{DifferenceError, PastError};
use uuid::Uuid;

macro_rules! error_codes {
    ($($(#[$meta:meta])* $code:ident = $text:literal,)*) => {
        /// The codes of errors of a request, in `extensions.code`. They are part of the contract: codes may come, and none goes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        pub enum ErrorCode { $($(#[$meta])* $code,)* }

        impl ErrorCode {
            pub const ALL: &[Self] = &[$(Self::$code),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text,)* }
            }
        }
    };
}

error_codes! {
    /// There is no token, or one that is not in force. The status is 401.
    Unauthenticated = "UNAUTHENTICATED",
    /// The token's role does not allow it: `viewer { may { permission scope } }` says what it allows.
    Forbidden = "FORBIDDEN",
    /// There is no such thing, or you may not know of it.
    NotFound = "NOT_FOUND",
    /// The request itself is wrong: it would fail again.
    BadUserInput = "BAD_USER_INPUT",
    /// A named limit was met: ask for less. The message says which and how far, `extensions.cost` and `extensions.depth` in numbers.
    LimitExceeded = "LIMIT_EXCEEDED",
    /// The position lies in the future, or the events of the moment are not kept any more.
    PositionNotAvailable = "POSITION_NOT_AVAILABLE",
    /// A query was asked for by its digest: send it whole. Apollo's clients do that by themselves.
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
    /// The server or its store takes nothing now: try again after `Retry-After`, with the same command id.
    Unavailable = "UNAVAILABLE",
    /// The request took longer than it may: ask for less.
    Timeout = "TIMEOUT",
    /// The server's fault; the message holds an id that is in its log.
    Internal = "INTERNAL",
}

impl ErrorCode {
    pub fn error(self, message: impl Into<String>) -> Error {
        Error::new(message).extend_with(|_, extensions| extensions.set("code", self.as_str()))
    }
}

/// A whole answer that is one error.
pub fn response(code: ErrorCode, message: &str) -> Response {
    let mut error = ServerError::new(message, None);
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.as_str());
    Response::from_errors(vec![error])
}

/// Longest message of an error, in characters: some repeat what was asked for.
const MAX_MESSAGE_CHARS: usize = 1_000;
/// Most errors of one answer; the last one says how many more there are.
const MAX_ERRORS: usize = 100;

/// Gives every error that the library made a code of the list.
pub fn complete(mut response: Response) -> Response {
    if response.errors.len() > MAX_ERRORS {
        let more = response.errors.split_off(MAX_ERRORS - 1);
        // Without a path where the others have none, so that what was never executed is still told apart.
        let path = more
            .first()
            .map(|error| error.path.clone())
            .unwrap_or_default();
        let message = format!("and {} more errors: mend the first ones", more.len());
        response
            .errors
            .push(ServerError::new(message, None).with_path(path));
    }
    for error in &mut response.errors {
        // Programs write every member of an object, and null where they have nothing.
        if error.extensions.is_none() && error.message.contains("Oneof") {
            error
                .message
                .push_str(": leave the others out, null is one too");
        }
        let code = code_of(error);
        error.extensions.get_or_insert_default().set("code", code);
        error.message = shortened(std::mem::take(&mut error.message));
    }
    response
}

/// A message that repeats what was asked for has its beginning and its end, which says what to do.
pub fn shortened(message: String) -> String {
    let count = message.chars().count();
    if count <= MAX_MESSAGE_CHARS {
        return message;
    }
    let end = MAX_MESSAGE_CHARS / 4;
    let begin = message.chars().take(MAX_MESSAGE_CHARS - end);
    begin
        .chain(['…'])
        .chain(message.chars().skip(count - end))
        .collect()
}

fn code_of(error: &ServerError) -> Value {
    let given = error
        .extensions
        .as_ref()
        .and_then(|extensions| extensions.get("code"));
    if let Some(code) = given {
        return code.clone();
    }
    let is_limit = ["nested too", "recursion depth"]
        .iter()
        .any(|words| error.message.contains(words));
    let code = if is_limit {
        ErrorCode::LimitExceeded
    } else {
        ErrorCode::BadUserInput
    };
    Value::from(code.as_str())
}

/// A fault: told to the log under an id, and to the client only by that id.
pub fn internal(cause: &dyn std::fmt::Display) -> Error {
    let id = Uuid::now_v7();
    tracing::error!(%id, %cause, "a request failed");
    ErrorCode::Internal.error(format!(
        "something went wrong here; the server's log has it under {id}"
    ))
}

/// What stops a change: refusals go into `userErrors`, everything else is an error of the whole mutation.
pub fn of_stop(stop: Stop) -> Result<UserError, Error> {
    of_stop_in(stop, &["input"])
}

/// The same for a change that is given in another place than an argument of that name.
pub fn of_stop_in(stop: Stop, argument: &[&str]) -> Result<UserError, Error> {
    Err(match stop {
        Stop::Refused(refusal) => return Ok(UserError::new(refusal, argument)),
        Stop::Denied(denied) => ErrorCode::Forbidden.error(denied.to_string()),
        Stop::TooMuch(error) => too_much(error),
        Stop::Failed(error) => of_command(&error),
        Stop::NoView(error) => of_view(&error),
        Stop::Fault(cause) => internal(&cause),
    })
}

/// More differs than can be told.
pub fn too_much(error: DifferenceError) -> Error {
    ErrorCode::LimitExceeded.error(error.to_string())
}

/// What a failed command is to the client, if it is not the domain's refusal.
pub fn of_command(error: &CommandError) -> Error {
    match error {
        CommandError::Append(AppendError::Unreachable { .. }) => {
            let id = Uuid::now_v7();
            tracing::warn!(%id, cause = %error, "a command may not have been stored");
            ErrorCode::Unavailable.error(format!(
                "the server's store stopped answering, and whether this was changed is not known: send it again later with the same \
                 commandId, it is changed once (log id {id})"
            ))
        }
        CommandError::Append(
            AppendError::StorageFull { .. }
            | AppendError::Failed { .. }
            | AppendError::Refused { .. }
            | AppendError::Closed,
        )
        | CommandError::Read(ReadError::Unreachable { .. } | ReadError::Closed) => {
            let id = Uuid::now_v7();
            if error.is_outage() {
                tracing::debug!(%id, cause = %error, "a command was refused: the store is away");
            } else {
                tracing::error!(%id, cause = %error, "a command could not be stored");
            }
            let what = match error {
                CommandError::Append(AppendError::StorageFull { .. }) => {
                    "the server's disk is full"
                }
                CommandError::Read(_) => "the server's store cannot be reached now",
                _ => "the server's store takes nothing now",
            };
            ErrorCode::Unavailable.error(format!(
                "{what}: nothing was changed; try again later with the same commandId (log id {id})"
            ))
        }
        CommandError::Contended { .. } => ErrorCode::Unavailable.error(error.to_string()),
        CommandError::Append(AppendError::TooLarge(_)) => {
            ErrorCode::LimitExceeded.error(error.to_string())
        }
        error => internal(error),
    }
}

/// What events that cannot be read are to the client.
pub fn of_read(error: &ReadError) -> Error {
    match error {
        ReadError::Unreachable { .. } | ReadError::Closed => {
            tracing::debug!(cause = %error, "a read was refused: the store is away");
            ErrorCode::Unavailable.error(
                "the server's store cannot be reached now, and this needs more than the view of it: try again later",
            )
        }
        error => internal(error),
    }
}

/// Whether what was asked for was never executed: errors without data and without a path.
pub fn was_refused(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether an answer says that it is to be asked for later.
pub fn is_unavailable(response: &Response) -> bool {
    let unavailable = Value::from(ErrorCode::Unavailable.as_str());
    response.errors.iter().any(|error| {
        let code = error.extensions.as_ref().and_then(|it| it.get("code"));
        code == Some(&unavailable)
    })
}

/// What a view that cannot be had is to the client.
pub fn of_view(error: &PastError) -> Error {
    match error {
        PastError::Future { .. } => ErrorCode::PositionNotAvailable.error(error.to_string()),
        PastError::Lagging { .. } | PastError::Closed => {
            ErrorCode::Unavailable.error(error.to_string())
        }
        PastError::Read(error) => of_read(error),
        error @ PastError::Apply(_) => internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_is_not_repeated_whole() {
        let long = format!("{:?} is no id: check it", "é".repeat(900_000));
        let told = complete(response(ErrorCode::BadUserInput, &long));
        let message = &told.errors[0].message;
        assert_eq!(message.chars().count(), MAX_MESSAGE_CHARS + 1);
        assert!(message.starts_with("\"éé") && message.ends_with("is no id: check it"));
        assert_eq!(shortened("short".to_owned()), "short");
    }

    #[test]
    fn the_docs_say_what_to_do_about_each_code() {
        let docs = include_str!("../../docs/api.md");
        for code in ErrorCode::ALL {
            let row = format!("\n| `{}` | ", code.as_str());
            assert!(docs.contains(&row), "docs/api.md has no row for {code:?}");
            let value = Value::Enum(async_graphql::Name::new(code.as_str()));
            assert_eq!(async_graphql::resolver_utils::enum_value(*code), value);
        }
    }
}
