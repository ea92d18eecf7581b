//! Errors as the protocol's clients understand them: a status, and what it is about in its trailers.

use crate::proto::rpc;
use crate::proto::shared;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use upkeep_event_store::port::MAX_APPEND_BYTES;
use upkeep_event_store::{AppendError, ExpectedRevision, ReadError, StreamName};

/// Longest text of a client's that is repeated to it, in characters.
const MAX_REPEATED: usize = 250;

/// As much of a client's own words as an answer repeats.
pub fn clip(text: &str) -> &str {
    text.char_indices()
        .nth(MAX_REPEATED)
        .map_or(text, |(end, _)| &text[..end])
}

fn with(code: Code, message: impl Into<String>, trailers: &[(&'static str, &str)]) -> Status {
    let mut metadata = MetadataMap::new();
    for (key, value) in trailers {
        // Names with other letters than ASCII cannot stand in a trailer; the message has them.
        if let Ok(value) = value.parse() {
            metadata.insert(*key, value);
        }
    }
    Status::with_metadata(code, message, metadata)
}

pub fn unauthenticated() -> Status {
    Status::unauthenticated("give the name and password of a user of this store")
}

/// To whoever was let in and is not any more.
pub fn dismissed() -> Status {
    Status::unauthenticated(
        "the user was removed, or is another one now: call again with a password that is good",
    )
}

pub fn too_many(what: &str) -> Status {
    Status::resource_exhausted(format!(
        "there are as many {what} as there may be: end some, or try again later"
    ))
}

pub fn too_slow() -> Status {
    Status::deadline_exceeded("the request was not whole in time")
}

pub fn message_too_large() -> Status {
    Status::resource_exhausted("the request is larger than such a one may be")
}

pub fn access_denied() -> Status {
    with(
        Code::PermissionDenied,
        "Access Denied",
        &[("exception", "access-denied")],
    )
}

pub fn stopping() -> Status {
    Status::unavailable("Server Is Shutting Down")
}

pub fn missing(what: &str) -> Status {
    Status::invalid_argument(format!("'{what}' is missing"))
}

pub fn no_expectation() -> Status {
    Status::invalid_argument(
        "nothing is said of the revision that is expected: say it, or that any will do",
    )
}

/// What broke a call that brings events. A message over what is read at all is an append over what is allowed, too.
pub fn of_events(status: Status) -> Status {
    match status.code() {
        Code::OutOfRange => too_large(),
        _ => status,
    }
}

pub fn missing_metadata(property: &str) -> Status {
    with(
        Code::InvalidArgument,
        format!("Required Metadata Property '{property}' is missing"),
        &[
            ("exception", "missing-required-metadata-property"),
            ("required-metadata-properties", "type,content-type"),
        ],
    )
}

pub fn stream_deleted(stream: &str) -> Status {
    with(
        Code::FailedPrecondition,
        format!("Event stream '{stream}' is deleted."),
        &[("exception", "stream-deleted"), ("stream-name", stream)],
    )
}

pub fn wrong_expected_version(
    operation: &str,
    stream: &str,
    expected: ExpectedRevision,
    actual: Option<u64>,
) -> Status {
    let expected = number(expected).to_string();
    let actual = actual.map_or_else(|| "-1".to_owned(), |actual| actual.to_string());
    with(
        Code::FailedPrecondition,
        format!(
            "{operation} failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, Actual version: {actual}"
        ),
        &[
            ("exception", "wrong-expected-version"),
            ("stream-name", stream),
            ("expected-version", &expected),
            ("actual-version", &actual),
        ],
    )
}

/// The protocol's numbers for what is expected of a stream.
fn number(expected: ExpectedRevision) -> i64 {
    match expected {
        ExpectedRevision::Any => -2,
        ExpectedRevision::NoStream => -1,
        ExpectedRevision::StreamExists => -4,
        ExpectedRevision::Exactly(revision) => i64::try_from(revision).unwrap_or(i64::MAX),
    }
}

pub fn too_large() -> Status {
    let bytes = MAX_APPEND_BYTES.to_string();
    with(
        Code::InvalidArgument,
        format!("Maximum Append Size of {bytes} Exceeded."),
        &[
            ("exception", "maximum-append-size-exceeded"),
            ("maximum-append-size", &bytes),
        ],
    )
}

pub fn of_read(error: &ReadError) -> Status {
    match error {
        ReadError::StreamDeleted { stream } => stream_deleted(stream.as_str()),
        ReadError::Closed => stopping(),
        error => Status::unavailable(error.to_string()),
    }
}

/// An append's error; a conflict is answered otherwise where the protocol has an answer of its own for it.
pub fn of_append(operation: &str, error: &AppendError) -> Status {
    match error {
        AppendError::Conflict {
            stream,
            expected,
            actual,
        } => wrong_expected_version(operation, stream.as_str(), *expected, *actual),
        AppendError::StreamDeleted { stream } => stream_deleted(stream.as_str()),
        AppendError::TooLarge(_) => too_large(),
        AppendError::Count(_) | AppendError::Event { .. } => {
            Status::invalid_argument(error.to_string())
        }
        AppendError::Closed => stopping(),
        AppendError::StorageFull { .. } => Status::resource_exhausted(error.to_string()),
        error => Status::unavailable(error.to_string()),
    }
}

/// The same inside a batch, where each append has a status of its own.
pub fn in_batch(error: &AppendError) -> rpc::Status {
    use shared::wrong_expected_version::{
        CurrentStreamRevisionOption as Current, ExpectedStreamPositionOption as Expected,
    };
    match error {
        AppendError::Conflict {
            expected, actual, ..
        } => detailed(
            Code::AlreadyExists,
            "WrongExpectedVersion",
            "WrongExpectedVersion",
            &shared::WrongExpectedVersion {
                current_stream_revision_option: Some(
                    actual.map_or(Current::CurrentNoStream(()), Current::CurrentStreamRevision),
                ),
                expected_stream_position_option: Some(match expected {
                    ExpectedRevision::Any => Expected::ExpectedAny(()),
                    ExpectedRevision::NoStream => Expected::ExpectedNoStream(()),
                    ExpectedRevision::StreamExists => Expected::ExpectedStreamExists(()),
                    ExpectedRevision::Exactly(revision) => {
                        Expected::ExpectedStreamPosition(*revision)
                    }
                }),
            },
        ),
        AppendError::StreamDeleted { stream } => detailed(
            Code::NotFound,
            "StreamDeleted",
            "StreamDeleted",
            &shared::StreamDeleted {
                stream_identifier: Some(identifier(stream)),
            },
        ),
        AppendError::TooLarge(_) => detailed(
            Code::InvalidArgument,
            "MaximumAppendSizeExceeded",
            "MaximumAppendSizeExceeded",
            &shared::MaximumAppendSizeExceeded {
                max_append_size: u32::try_from(MAX_APPEND_BYTES).unwrap_or(u32::MAX),
            },
        ),
        AppendError::Count(_) | AppendError::Event { .. } => bad_request(&error.to_string()),
        AppendError::StorageFull { .. } => too_much_in_batch(&error.to_string()),
        error => unknown(Code::Unavailable, &error.to_string()),
    }
}

/// An append that came later than it was to be written.
pub fn too_late_in_batch() -> rpc::Status {
    // It is as empty as the other one.
    let details = shared::Unknown {};
    detailed(Code::DeadlineExceeded, "Timeout", "Timeout", &details)
}

/// An append for which there is no room, here or on disk.
pub fn too_much_in_batch(message: &str) -> rpc::Status {
    unknown(Code::ResourceExhausted, message)
}

/// Clients look into the details of every error; without any, that of Node ends its process.
fn unknown(code: Code, message: &str) -> rpc::Status {
    detailed(code, message, "Unknown", &shared::Unknown {})
}

/// Why one append of a batch was not tried.
pub fn status_in_batch(status: &Status) -> rpc::Status {
    if status.code() != Code::PermissionDenied {
        return unknown(status.code(), status.message());
    }
    let details = shared::AccessDenied {};
    detailed(
        Code::PermissionDenied,
        "AccessDenied",
        "AccessDenied",
        &details,
    )
}

/// A batch's append that cannot be understood.
pub fn bad_request(message: &str) -> rpc::Status {
    let details = shared::BadRequest {
        message: message.to_owned(),
    };
    detailed(Code::InvalidArgument, "BadRequest", "BadRequest", &details)
}

fn detailed(code: Code, message: &str, name: &str, details: &impl Message) -> rpc::Status {
    rpc::Status {
        code: code as i32,
        message: message.to_owned(),
        details: Some(prost_types::Any {
            type_url: format!("type.googleapis.com/event_store.client.{name}"),
            value: details.encode_to_vec(),
        }),
    }
}

fn identifier(stream: &StreamName) -> shared::StreamIdentifier {
    shared::StreamIdentifier {
        stream_name: stream.as_str().to_owned().into(),
    }
}

/// Something about a group of a persistent subscription.
pub fn of_group(
    code: Code,
    exception: &'static str,
    what: &str,
    source: &str,
    group: &str,
) -> Status {
    let (source, group) = (clip(source), clip(group));
    let text = format!("Subscription group {group} on stream {source} {what}");
    with(code, text, &about_group(exception, source, group))
}

/// A group that has as many consumers as it may have.
pub fn group_is_full(source: &str, group: &str) -> Status {
    let (source, group) = (clip(source), clip(group));
    let text =
        format!("Maximum subscriptions reached for subscription group {group} on stream {source}.");
    let trailers = about_group("maximum-subscribers-reached", source, group);
    with(Code::FailedPrecondition, text, &trailers)
}

/// A group that cannot be set up so, or of which cannot be had what is asked.
pub fn group_failed(reason: &str, source: &str, group: &str) -> Status {
    let (source, group) = (clip(source), clip(group));
    let text = format!("Subscription group {group} on stream {source} failed: '{reason}'");
    let mut trailers = about_group("persistent-subscription-failed", source, group);
    trailers.push(("reason", reason));
    with(Code::Internal, text, &trailers)
}

/// A group without a name is not named.
fn about_group<'a>(
    exception: &'static str,
    source: &'a str,
    group: &'a str,
) -> Vec<(&'static str, &'a str)> {
    let mut trailers = vec![("exception", exception), ("stream-name", source)];
    if !group.is_empty() {
        trailers.push(("group-name", group));
    }
    trailers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_inside_a_batch_has_details() {
        let stream = StreamName::of("x", 1);
        let path = std::path::PathBuf::from("/store");
        let cause = "it broke".to_owned();
        let errors = [
            AppendError::Conflict {
                stream: stream.clone(),
                expected: ExpectedRevision::Any,
                actual: None,
            },
            AppendError::StreamDeleted { stream },
            AppendError::TooLarge(1),
            AppendError::Count(1),
            AppendError::StorageFull { path: path.clone() },
            AppendError::Failed { path, cause },
            AppendError::Closed,
        ];
        for error in errors {
            assert!(in_batch(&error).details.is_some(), "{error}");
        }
    }

    #[test]
    fn a_full_disk_has_the_same_code_in_both_calls() {
        let full = AppendError::StorageFull {
            path: "/store".into(),
        };
        assert_eq!(of_append("Append", &full).code(), Code::ResourceExhausted);
        assert_eq!(in_batch(&full).code, Code::ResourceExhausted as i32);
    }
}
