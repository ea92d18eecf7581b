//! What a call that did not succeed means for whoever made it, and for the connection.

use super::proto::rpc;
use super::settings::Node;
use super::transport::root_cause;
use crate::port::{AppendError, ReadError, StreamName};
use tonic::{Code, Status};

/// Why a call did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    Conflict,
    TooLarge,
    /// The stream is gone for good.
    Deleted,
    NotFound,
    Denied,
    /// Another node leads; it is told which, mostly.
    NotLeader(Option<Node>),
    /// The connection, or the node behind it: another one may do better. Whether the call was carried out is not known.
    Broken(String),
    /// It was over its patience. Whether it was carried out is not known.
    Silent,
    /// There is no connection, and has not been for a while.
    Away(String),
    /// The node lives and has no room now.
    Busy(String),
    /// It would be the same again.
    Refused(String),
}

const DENIED: &str = "access denied: check name, password and rights";

impl Failure {
    pub fn of(status: &Status) -> Self {
        let trailer = |name: &str| status.metadata().get(name).and_then(|it| it.to_str().ok());
        match trailer("exception") {
            Some("not-leader") => {
                let host = trailer("leader-endpoint-host").filter(|host| !host.is_empty());
                let port = trailer("leader-endpoint-port").and_then(|port| port.parse().ok());
                let leader = host.zip(port);
                return Self::NotLeader(leader.map(|(host, port)| Node::told(host, port)));
            }
            Some("stream-deleted") => return Self::Deleted,
            Some("wrong-expected-version") => return Self::Conflict,
            Some("maximum-append-size-exceeded") => return Self::TooLarge,
            Some("access-denied") => return Self::Denied,
            _ => {}
        }
        let said = match std::error::Error::source(status) {
            Some(cause) => format!("{}: {}", status.message(), root_cause(cause)),
            None => status.message().to_owned(),
        };
        match status.code() {
            Code::FailedPrecondition if said.contains("WrongExpectedVersion") => Self::Conflict,
            code => Self::of_code(code, said),
        }
    }

    /// What stands in the answer to one append of a batch.
    pub fn of_append(status: &rpc::Status) -> Self {
        let named = |name: &str| {
            let details = status.details.as_ref();
            status.message == name || details.is_some_and(|it| it.type_url.ends_with(name))
        };
        if named("WrongExpectedVersion") {
            Self::Conflict
        } else if named("StreamDeleted") {
            Self::Deleted
        } else if named("MaximumAppendSizeExceeded") || named("MaximumAppendEventSizeExceeded") {
            Self::TooLarge
        } else if named("AccessDenied") {
            Self::Denied
        } else {
            match Code::from_i32(status.code) {
                Code::AlreadyExists => Self::Conflict,
                code => Self::of_code(code, status.message.clone()),
            }
        }
    }

    pub fn of_code(code: Code, said: String) -> Self {
        match code {
            Code::Unauthenticated | Code::PermissionDenied => Self::Denied,
            Code::NotFound => Self::NotFound,
            // Aborted: the reader of a subscription was too slow; that call alone is over.
            Code::ResourceExhausted | Code::Aborted => Self::Busy(said),
            Code::Cancelled
            | Code::Unknown
            | Code::DeadlineExceeded
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss => Self::Broken(said),
            _ => Self::Refused(said),
        }
    }

    /// Whether it says that another connection is needed.
    pub fn breaks_the_connection(&self) -> bool {
        matches!(self, Self::NotLeader(_) | Self::Broken(_) | Self::Silent)
    }

    /// Whether it may go better next time.
    pub fn passes(&self) -> bool {
        self.breaks_the_connection() || matches!(self, Self::Busy(_))
    }

    fn told(self) -> String {
        match self {
            Self::Denied => DENIED.to_owned(),
            Self::NotLeader(Some(leader)) => format!("the node does not lead; {leader} does"),
            Self::NotLeader(None) => {
                "the node does not lead: the cluster may be electing a leader".to_owned()
            }
            Self::Silent => "it did not answer in time".to_owned(),
            Self::Broken(said) | Self::Away(said) | Self::Busy(said) | Self::Refused(said) => said,
            Self::Conflict => "wrong expected revision".to_owned(),
            Self::TooLarge => "too large".to_owned(),
            Self::Deleted => "the stream was deleted for good".to_owned(),
            Self::NotFound => "there is no such thing".to_owned(),
        }
    }

    /// What it is to whoever reads.
    pub fn of_read(self, stream: Option<&StreamName>) -> ReadError {
        match (self, stream) {
            (Self::Deleted, Some(stream)) => ReadError::StreamDeleted {
                stream: stream.clone(),
            },
            (failure, _) if failure.passes() || matches!(failure, Self::Away(_)) => {
                ReadError::Unreachable {
                    cause: failure.told(),
                }
            }
            (failure, _) => ReadError::Refused {
                cause: failure.told(),
            },
        }
    }

    /// What it is to whoever appends. A conflict is told with the stream's revision, by who can read it.
    pub fn of_write(self, stream: &StreamName, bytes: usize) -> AppendError {
        match self {
            Self::Deleted => AppendError::StreamDeleted {
                stream: stream.clone(),
            },
            Self::TooLarge => AppendError::TooLarge(bytes),
            failure if failure.passes() || matches!(failure, Self::Away(_)) => {
                AppendError::Unreachable {
                    cause: failure.told(),
                }
            }
            failure => AppendError::Refused {
                cause: failure.told(),
            },
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.clone().told())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_leader_is_found_in_the_trailers() {
        let mut status = Status::not_found("Leader info available");
        let trailers = status.metadata_mut();
        trailers.insert("exception", "not-leader".parse().unwrap());
        assert_eq!(Failure::of(&status), Failure::NotLeader(None));
        let trailers = status.metadata_mut();
        trailers.insert("leader-endpoint-host", "10.0.0.2".parse().unwrap());
        trailers.insert("leader-endpoint-port", "2114".parse().unwrap());
        let Failure::NotLeader(Some(leader)) = Failure::of(&status) else {
            panic!()
        };
        assert_eq!(leader.to_string(), "10.0.0.2:2114");
    }

    #[test]
    fn only_what_another_connection_may_mend_breaks_one() {
        for (code, breaks) in [
            (Code::Unavailable, true),
            (Code::Unknown, true),
            (Code::Cancelled, true),
            (Code::Aborted, false),
            (Code::ResourceExhausted, false),
            (Code::PermissionDenied, false),
            (Code::InvalidArgument, false),
            (Code::NotFound, false),
        ] {
            let failure = Failure::of(&Status::new(code, "x"));
            assert_eq!(failure.breaks_the_connection(), breaks, "{code:?}");
        }
        let conflict = rpc::Status {
            code: Code::AlreadyExists as i32,
            message: "WrongExpectedVersion".to_owned(),
            details: None,
        };
        assert_eq!(Failure::of_append(&conflict), Failure::Conflict);
    }
}
