//! The official client beside a link, for what is no part of the hot path: deleting and tombstoning streams.
//!
//! It is made for the link's very node when it is first needed, and goes with the link. It has a runtime of its own, because a
//! task of each such client, and with it the connection, lives for as long as the runtime does.

use super::failure::Failure;
use super::settings::{NEVER, Node, Preference, Security, Settings, Verify};
use crate::port::{ExpectedRevision, StreamName};
use kurrentdb::{
    Authentication, Client, DeleteStreamOptions, Error, StreamState, TombstoneStreamOptions,
};
use std::fmt::Write;
use std::time::Duration;
use tokio::runtime::Runtime;
use tonic::Code;
use upkeep_world::World;

/// The client takes no shorter times for keeping a connection alive, and logs a warning of each.
const SHORTEST_KEEP_ALIVE: Duration = Duration::from_secs(10);

/// What is done to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    Delete,
    Tombstone,
}

/// An official client for one node.
pub struct Official {
    client: Client,
    user: Option<Authentication>,
    /// Nothing once it is being dropped.
    runtime: Option<Runtime>,
}

impl Official {
    /// Reads the files that the settings name. Nothing is connected yet.
    pub async fn to(settings: &Settings, node: &Node, world: &World) -> Result<Self, Failure> {
        let text = connection_string(settings, node);
        let user = settings
            .user
            .clone()
            .map(|user| Authentication::basic(user.name, user.password));
        // Made where it is: an unfinished call may be given up at any point, and a bare runtime must not be dropped here.
        let made = world.blocking("the official client", move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("official-client")
                .enable_all()
                .build()
                .map_err(|error| error.to_string())?;
            let client = text
                .parse()
                .map_err(|error: kurrentdb::ClientSettingsParseError| error.to_string())
                .and_then(|settings| {
                    Client::with_runtime_handle(runtime.handle().clone(), settings)
                        .map_err(|error| error.to_string())
                });
            client.map(|client| Self {
                client,
                user,
                runtime: Some(runtime),
            })
        });
        // It panics where a file with certificates was broken since we read it.
        let made = made.await.unwrap_or_else(|error| Err(error.to_string()));
        made.map_err(|cause| Failure::Refused(format!("the official client for {node}: {cause}")))
    }

    /// Not repeated by itself: whether it was carried out is not known of every failure.
    pub async fn remove(
        &self,
        removal: Removal,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), Failure> {
        let (name, state) = (stream.as_str(), state(expected));
        let removed = match removal {
            Removal::Delete => {
                let mut options = DeleteStreamOptions::default().stream_state(state);
                if let Some(user) = &self.user {
                    options = options.authenticated(user.clone());
                }
                self.client.delete_stream(name, &options).await
            }
            Removal::Tombstone => {
                let mut options = TombstoneStreamOptions::default().stream_state(state);
                if let Some(user) = &self.user {
                    options = options.authenticated(user.clone());
                }
                self.client.tombstone_stream(name, &options).await
            }
        };
        removed.map(drop).map_err(failure)
    }
}

impl Drop for Official {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it is not allowed among asynchronous tasks.
            runtime.shutdown_background();
        }
    }
}

fn state(expected: ExpectedRevision) -> StreamState {
    match expected {
        ExpectedRevision::Any => StreamState::Any,
        ExpectedRevision::NoStream => StreamState::NoStream,
        ExpectedRevision::StreamExists => StreamState::StreamExists,
        ExpectedRevision::Exactly(revision) => StreamState::StreamRevision(revision),
    }
}

fn failure(error: Error) -> Failure {
    match error {
        Error::WrongExpectedVersion { .. } => Failure::Conflict,
        Error::ResourceDeleted => Failure::Deleted,
        Error::ResourceNotFound => Failure::NotFound,
        Error::AccessDenied => Failure::Denied,
        Error::NotLeaderException(leader) => {
            let port = leader.port.try_into().ok();
            Failure::NotLeader(port.map(|port| Node::told(&leader.host, port)))
        }
        // A conflict has a code of its own in these calls only, and the client does not know it.
        Error::Grpc { code, message }
            if code == Code::FailedPrecondition && message.contains("WrongExpectedVersion") =>
        {
            Failure::Conflict
        }
        Error::Grpc { code, message } => Failure::of_code(code, message),
        Error::DeadlineExceeded => Failure::Silent,
        Error::ServerError(said) => Failure::Broken(said),
        error @ (Error::ConnectionClosed
        | Error::GrpcConnectionError(_)
        | Error::InternalClientError
        | Error::IllegalStateError(_)) => Failure::Broken(error.to_string()),
        error => Failure::Refused(error.to_string()),
    }
}

/// Everything that the settings say of this node, without name and password: the client repeats connection strings in its
/// errors, and does not decode what is written as % and two digits in a name or a password.
fn connection_string(settings: &Settings, node: &Node) -> String {
    let preference = match settings.preference {
        Preference::Leader => "leader",
        Preference::Follower => "follower",
        Preference::ReadOnlyReplica => "readOnlyReplica",
        Preference::Random => "random",
    };
    // The client counts one attempt before it has made any.
    let mut text = format!(
        "esdb://{node}?maxDiscoverAttempts=2&discoveryInterval=0&nodePreference={preference}"
    );
    let mut say = |name: &str, value: &str| {
        // A String takes everything.
        let _ = write!(text, "&{name}={}", encoded(value));
    };
    say(
        "gossipTimeout",
        &settings.gossip_patience.as_millis().to_string(),
    );
    match &settings.security {
        Security::Plain => say("tls", "false"),
        Security::Tls(tls) => {
            let verify = tls.verify == Verify::Yes;
            say("tlsVerifyCert", &verify.to_string());
            if let Some(authority) = &tls.authority {
                say("tlsCaFile", &authority.to_string_lossy());
            }
            if let Some((certificate, key)) = &tls.user {
                say("userCertFile", &certificate.to_string_lossy());
                say("userKeyFile", &key.to_string_lossy());
            }
        }
    }
    let keep_alive = |time: Duration| time.max(SHORTEST_KEEP_ALIVE).as_millis().to_string();
    match settings.keep_alive_every {
        Some(every) => say("keepAliveInterval", &keep_alive(every)),
        None => say("keepAliveInterval", "-1"),
    }
    match settings.keep_alive_patience {
        NEVER => say("keepAliveTimeout", "-1"),
        patience => say("keepAliveTimeout", &keep_alive(patience)),
    }
    if let Some(name) = settings
        .connection_name
        .as_ref()
        .and_then(|name| name.to_str().ok())
    {
        say("connectionName", name);
    }
    text
}

/// A text in which everything but letters and digits is written as % and two hexadecimal digits.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // A String takes everything.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> kurrentdb::ClientSettings {
        let settings = Settings::parse(text).unwrap();
        let text = connection_string(&settings, &Node::told("::1", 2114));
        assert!(!text.contains("secret"), "{text}");
        text.parse().unwrap()
    }

    #[test]
    fn the_official_client_is_told_what_our_connection_string_says_but_no_password() {
        let told = of(
            "esdb://u:secret@one,two?tlsCaFile=%2Fetc%2Fc%20a%26b.pem&tlsVerifyCert=false&userCertFile=c%2B&userKeyFile=k&gossipTimeout=700&connectionName=a%26tls%3Dfalse",
        );
        assert_eq!(told.hosts().len(), 1);
        assert_eq!(told.hosts()[0].host, "[::1]");
        assert_eq!(told.hosts()[0].port, 2114);
        assert!(!told.is_dns_discovery_enabled());
        assert!(told.is_secure_mode_enabled() && !told.is_tls_certificate_verification_enabled());
        assert_eq!(told.tls_ca_file().unwrap(), "/etc/c a&b.pem");
        let (certificate, key) = told.user_certificate().unwrap();
        assert_eq!((certificate.as_str(), key.as_str()), ("c+", "k"));
        assert_eq!(told.gossip_timeout(), Duration::from_millis(700));
        assert_eq!(told.node_preference(), kurrentdb::NodePreference::Leader);
        assert!(told.default_authenticated_user().is_none());
        let plain = of("esdb://u:secret@one?tls=false&keepAliveInterval=-1&nodePreference=random");
        assert!(!plain.is_secure_mode_enabled());
        assert_eq!(plain.node_preference(), kurrentdb::NodePreference::Random);
    }
}
