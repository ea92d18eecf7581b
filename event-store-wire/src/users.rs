//! Who may use the protocol: readers and writers, each with a password that we made.
//!
//! The file holds a SHA-256 of each password. That is enough because passwords are 256 random bits: there is nothing to guess.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;
use tonic::Status;
use tonic::metadata::MetadataMap;
use upkeep_domain::event::DomainEvent;
use upkeep_domain::script::Sha256Digest;
use upkeep_event_store::StreamName;

use crate::refusal;

/// The file in the data directory.
pub const USERS_FILE: &str = "event-store-users.json";
/// Most users.
pub const MAX_USERS: usize = 1_000;
/// Longest name, in bytes.
const MAX_NAME_BYTES: usize = 100;

/// Categories of streams that are Upkeep's, but not the domain's.
const OTHER_CATEGORIES: [&str; 2] = ["output", "checkpoint"];

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Read and subscribe.
    Reader,
    /// That, append to streams that are not Upkeep's, delete those, and use persistent subscriptions.
    Writer,
    /// Everything: a server of Upkeep that keeps its events here.
    Server,
}

impl Role {
    /// Refuses a change of a stream that this role may not make. What Upkeep decides on is written by Upkeep alone: an
    /// event that it cannot read would stop it.
    pub(crate) fn check_change(self, stream: &StreamName) -> Result<(), Status> {
        if self.may_change(stream) {
            Ok(())
        } else {
            Err(refusal::access_denied())
        }
    }

    fn may_change(self, stream: &StreamName) -> bool {
        let described = stream.described_stream();
        let category = described.as_ref().unwrap_or(stream).category();
        let is_upkeeps = DomainEvent::types()
            .iter()
            .map(|(category, _)| *category)
            .chain(OTHER_CATEGORIES)
            .any(|own| own == category);
        match self {
            Self::Reader => false,
            Self::Writer => !is_upkeeps,
            Self::Server => true,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    role: Role,
    password_sha256: Sha256Digest,
}

/// Why a user could not be added or removed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    #[error("{path} cannot be used: {cause}")]
    File { path: PathBuf, cause: String },
    #[error(
        "{0:?} is no user name: use 1 to {MAX_NAME_BYTES} letters, digits, dots, dashes and underscores"
    )]
    Name(String),
    #[error("there is a user {0} already: remove it first, or choose another name")]
    Exists(String),
    #[error("there is no user {0}")]
    Unknown(String),
    #[error("there are {MAX_USERS} users, which is the most")]
    TooMany,
    #[error("no random bytes: {0}")]
    Random(String),
}

/// The users of a data directory. A running server sees changes of the file.
pub struct Users {
    path: PathBuf,
    known: RwLock<(Option<SystemTime>, BTreeMap<String, User>)>,
}

impl Users {
    pub fn open(directory: &Path) -> Result<Self, UserError> {
        let path = directory.join(USERS_FILE);
        let users = Self {
            known: RwLock::new((modified(&path), read(&path)?)),
            path,
        };
        Ok(users)
    }

    pub fn is_empty(&self) -> bool {
        self.lock().1.is_empty()
    }

    pub fn list(&self) -> Vec<(String, Role)> {
        let known = self.lock();
        known
            .1
            .iter()
            .map(|(name, user)| (name.clone(), user.role))
            .collect()
    }

    /// Adds a user and answers with its password, which is not kept.
    pub fn add(&self, name: &str, role: Role) -> Result<String, UserError> {
        let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.chars().all(is_fine) {
            return Err(UserError::Name(name.to_owned()));
        }
        let mut users = read(&self.path)?;
        if users.contains_key(name) {
            return Err(UserError::Exists(name.to_owned()));
        }
        if users.len() >= MAX_USERS {
            return Err(UserError::TooMany);
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| UserError::Random(error.to_string()))?;
        let password = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(secret);
        let user = User {
            role,
            password_sha256: Sha256Digest::of(password.as_bytes()),
        };
        users.insert(name.to_owned(), user);
        self.write(users)?;
        Ok(password)
    }

    pub fn remove(&self, name: &str) -> Result<(), UserError> {
        let mut users = read(&self.path)?;
        if users.remove(name).is_none() {
            return Err(UserError::Unknown(name.to_owned()));
        }
        self.write(users)
    }

    fn lock(&self) -> std::sync::RwLockReadGuard<'_, (Option<SystemTime>, BTreeMap<String, User>)> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whole, or not at all: a file beside it takes its name.
    fn write(&self, users: BTreeMap<String, User>) -> Result<(), UserError> {
        use std::io::Write;
        let part = self.path.with_extension("part");
        let result = || -> std::io::Result<()> {
            let mut options = std::fs::OpenOptions::new();
            options.create(true).truncate(true).write(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            let mut file = options.open(&part)?;
            file.write_all(&serde_json::to_vec_pretty(&users)?)?;
            file.sync_all()?;
            std::fs::rename(&part, &self.path)
        };
        result().map_err(|error| UserError::File {
            path: self.path.clone(),
            cause: error.to_string(),
        })?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = (modified(&self.path), users);
        Ok(())
    }

    /// Lets a call through, or refuses it.
    pub(crate) fn admit(&self, metadata: &MetadataMap, needed: Role) -> Result<String, Status> {
        self.refresh();
        let (name, password) = credentials(metadata).ok_or_else(refusal::unauthenticated)?;
        let known = self.lock();
        let shown = Sha256Digest::of(password.as_bytes());
        // Of a digest, not of the password: how long a comparison takes tells nothing that helps.
        let user = known
            .1
            .get(&name)
            .filter(|user| user.password_sha256 == shown)
            .ok_or_else(refusal::unauthenticated)?;
        if user.role < needed {
            return Err(refusal::access_denied());
        }
        Ok(name)
    }

    /// Who calls, who may at least read.
    pub(crate) fn role(&self, metadata: &MetadataMap) -> Result<Role, Status> {
        let name = self.admit(metadata, Role::Reader)?;
        let known = self.lock();
        let user = known.1.get(&name).ok_or_else(refusal::unauthenticated)?;
        Ok(user.role)
    }

    fn refresh(&self) {
        let newest = modified(&self.path);
        if self.lock().0 == newest {
            return;
        }
        match read(&self.path) {
            Ok(users) => {
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = (newest, users);
            }
            Err(error) => tracing::warn!(%error, "the users stay as they were"),
        }
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).ok()?.modified().ok()
}

fn read(path: &Path) -> Result<BTreeMap<String, User>, UserError> {
    let failed = |cause: String| UserError::File {
        path: path.to_owned(),
        cause,
    };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(failed(error.to_string())),
    }
}

fn credentials(metadata: &MetadataMap) -> Option<(String, String)> {
    let header = metadata.get("authorization")?.to_str().ok()?;
    let encoded = header
        .strip_prefix("Basic ")
        .or_else(|| header.strip_prefix("basic "))?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, password) = decoded.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, password: &str) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        let encoded = STANDARD.encode(format!("{name}:{password}"));
        metadata.insert("authorization", format!("Basic {encoded}").parse().unwrap());
        metadata
    }

    #[test]
    fn a_reader_reads_a_writer_does_both_and_nobody_else_does_anything() {
        let folder = tempfile::TempDir::new().unwrap();
        let users = Users::open(folder.path()).unwrap();
        let reader = users.add("audit", Role::Reader).unwrap();
        let writer = users.add("upkeep", Role::Writer).unwrap();
        assert!(users.admit(&shown("audit", &reader), Role::Reader).is_ok());
        assert!(users.admit(&shown("audit", &reader), Role::Writer).is_err());
        assert!(users.admit(&shown("upkeep", &writer), Role::Writer).is_ok());
        for (name, password) in [
            ("audit", "wrong"),
            ("nobody", &*reader),
            ("upkeep", &*reader),
        ] {
            assert!(users.admit(&shown(name, password), Role::Reader).is_err());
        }
        assert!(users.admit(&MetadataMap::new(), Role::Reader).is_err());
        let file = std::fs::read_to_string(folder.path().join(USERS_FILE)).unwrap();
        assert!(!file.contains(&reader) && !file.contains(&writer));
    }

    #[test]
    fn what_upkeep_decides_on_is_written_by_upkeep_alone() {
        let stream = |name: &str| StreamName::new(name).unwrap();
        for own in [
            "tenant-1",
            "$$session-1",
            "output-1",
            "checkpoint-main",
            "server-1",
        ] {
            assert!(!Role::Writer.may_change(&stream(own)), "{own}");
            assert!(Role::Server.may_change(&stream(own)), "{own}");
        }
        for other in [
            "orders-1",
            "$$orders-1",
            "tenants",
            "$persistentSubscriptionConfig",
        ] {
            assert!(Role::Writer.may_change(&stream(other)), "{other}");
            assert!(!Role::Reader.may_change(&stream(other)), "{other}");
        }
    }

    #[test]
    fn a_running_server_sees_who_was_added_and_removed() {
        let folder = tempfile::TempDir::new().unwrap();
        let running = Users::open(folder.path()).unwrap();
        let tool = Users::open(folder.path()).unwrap();
        let password = tool.add("audit", Role::Reader).unwrap();
        assert!(
            running
                .admit(&shown("audit", &password), Role::Reader)
                .is_ok()
        );
        assert!(matches!(
            tool.add("audit", Role::Reader),
            Err(UserError::Exists(_))
        ));
        assert!(matches!(
            tool.add("a b", Role::Reader),
            Err(UserError::Name(_))
        ));
        // The file's time must differ, which takes a moment on some file systems.
        std::thread::sleep(std::time::Duration::from_millis(20));
        tool.remove("audit").unwrap();
        assert!(
            running
                .admit(&shown("audit", &password), Role::Reader)
                .is_err()
        );
    }
}
