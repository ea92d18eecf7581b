//! Who may use the protocol: readers and writers, each with a password that we made.
//!
//! The file holds a SHA-256 of each password. That is enough because passwords are 256 random bits: there is nothing to guess.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::SystemTime;
use tokio::sync::watch;
use tonic::Status;
use tonic::codegen::http::{HeaderMap, header::AUTHORIZATION};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_event_store::{StreamName, private};

use crate::limits::USERS_EVERY;
use crate::refusal;

/// The file in the data directory.
pub const USERS_FILE: &str = "event-store-users.json";
/// Most users.
pub const MAX_USERS: usize = 1_000;
/// Longest name, in bytes.
const MAX_NAME_BYTES: usize = 100;
/// Most groups of one user.
const MAX_GROUPS: usize = 100;
/// The one group that the protocol's lists name in its own way, and that somebody can be in; `$admins` are the servers.
const OPERATIONS: &str = "$ops";

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Read and subscribe.
    Reader,
    /// That, append to streams that are neither Upkeep's nor the store's own, delete those, and use persistent
    /// subscriptions.
    Writer,
    /// Everything: a server of Upkeep that keeps its events here.
    Server,
}

impl Role {
    /// Whether this role may change a stream, whatever lists say. What Upkeep decides on is written by Upkeep alone: an
    /// event that it cannot read would stop it.
    pub(crate) fn may_change(self, stream: &StreamName) -> bool {
        let described = stream.described_stream();
        let stream = described.as_ref().unwrap_or(stream);
        match self {
            Self::Reader => false,
            // The store's own streams, too: they say how groups are set up and how far they are.
            Self::Writer => !stream.is_upkeeps() && !stream.is_system(),
            Self::Server => true,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    role: Role,
    /// Names that stand for the user in the lists of streams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
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
    #[error(
        "{0:?} is no group's name: use 1 to {MAX_NAME_BYTES} letters, digits, dots, dashes and underscores, or {OPERATIONS}"
    )]
    Group(String),
    #[error("a user is in at most {MAX_GROUPS} groups")]
    TooManyGroups,
    #[error("there is a user {0} already: remove it first, or choose another name")]
    Exists(String),
    #[error("there is no user {0}")]
    Unknown(String),
    #[error("there are {MAX_USERS} users, which is the most")]
    TooMany,
    #[error("no random bytes: {0}")]
    Random(String),
}

/// How a file stands: another one, or another state of it, differs in something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    file: u64,
    bytes: u64,
}

impl Stamp {
    /// Nothing if there is no file.
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            file: std::os::unix::fs::MetadataExt::ino(&metadata),
            #[cfg(not(unix))]
            file: 0,
            bytes: metadata.len(),
        })
    }
}

struct Known {
    stamp: Option<Stamp>,
    users: BTreeMap<String, User>,
}

/// The users of a data directory. A running server sees changes of the file.
pub struct Users {
    path: PathBuf,
    known: RwLock<Known>,
    changes: watch::Sender<()>,
}

/// Somebody who has shown a name and its password.
#[derive(Clone)]
pub struct Caller {
    users: Arc<Users>,
    name: String,
    user: User,
}

impl Caller {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn role(&self) -> Role {
        self.user.role
    }

    pub fn groups(&self) -> &[String] {
        &self.user.groups
    }

    /// Refuses what needs a higher role.
    pub fn require(&self, needed: Role) -> Result<(), Status> {
        if self.user.role < needed {
            return Err(refusal::access_denied());
        }
        Ok(())
    }

    /// Refuses whoever is not a user any more, or not the same.
    pub fn check(&self) -> Result<(), Status> {
        self.users.refresh();
        if self.is_known() {
            Ok(())
        } else {
            Err(refusal::dismissed())
        }
    }

    fn is_known(&self) -> bool {
        self.users.lock().users.get(&self.name) == Some(&self.user)
    }

    /// Waits until [`Self::check`] would refuse; needs [`Users::watch`].
    pub async fn dismissed(&self) {
        let mut changes = self.users.changes.subscribe();
        while self.is_known() {
            if changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Users {
    pub fn open(directory: &Path) -> Result<Self, UserError> {
        let path = directory.join(USERS_FILE);
        let known = Known {
            stamp: Stamp::of(&path),
            users: read(&path)?,
        };
        Ok(Self {
            known: RwLock::new(known),
            path,
            changes: watch::channel(()).0,
        })
    }

    pub fn is_empty(&self) -> bool {
        self.lock().users.is_empty()
    }

    pub fn list(&self) -> Vec<(String, Role)> {
        let known = self.lock();
        known
            .users
            .iter()
            .map(|(name, user)| (name.clone(), user.role))
            .collect()
    }

    /// The groups of a user.
    pub fn groups_of(&self, name: &str) -> Vec<String> {
        let known = self.lock();
        let user = known.users.get(name);
        user.map(|user| user.groups.clone()).unwrap_or_default()
    }

    /// Adds a user and answers with its password, which is not kept.
    pub fn add(&self, name: &str, role: Role) -> Result<String, UserError> {
        self.add_to(&[], name, role)
    }

    /// The same, for a user who is in groups: names that stand for the user where the list of a stream (`$acl` in its
    /// metadata) says who may do what.
    pub fn add_to(&self, groups: &[String], name: &str, role: Role) -> Result<String, UserError> {
        if !is_name(name) {
            return Err(UserError::Name(name.to_owned()));
        }
        if groups.len() > MAX_GROUPS {
            return Err(UserError::TooManyGroups);
        }
        if let Some(wrong) = groups.iter().find(|group| !is_group(group)) {
            return Err(UserError::Group(wrong.clone()));
        }
        let _alone = self.alone()?;
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
            groups: groups.to_vec(),
            password_sha256: Sha256Digest::of(password.as_bytes()),
        };
        users.insert(name.to_owned(), user);
        self.write(users)?;
        Ok(password)
    }

    pub fn remove(&self, name: &str) -> Result<(), UserError> {
        let _alone = self.alone()?;
        let mut users = read(&self.path)?;
        if users.remove(name).is_none() {
            return Err(UserError::Unknown(name.to_owned()));
        }
        self.write(users)
    }

    fn lock(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: &std::io::Error) -> UserError {
        UserError::File {
            path: self.path.clone(),
            cause: error.to_string(),
        }
    }

    /// Two commands at once do not undo each other's change.
    fn alone(&self) -> Result<std::fs::File, UserError> {
        let lock = private::open_or_create(&self.path.with_extension("lock"))
            .and_then(|file| file.lock().map(|()| file));
        lock.map_err(|error| self.failed(&error))
    }

    /// Whole, or not at all.
    fn write(&self, users: BTreeMap<String, User>) -> Result<(), UserError> {
        serde_json::to_vec_pretty(&users)
            .map_err(std::io::Error::from)
            .and_then(|text| private::replace(&self.path, &text))
            .map_err(|error| self.failed(&error))?;
        self.know(Stamp::of(&self.path), Some(users));
        Ok(())
    }

    fn know(&self, stamp: Option<Stamp>, users: Option<BTreeMap<String, User>>) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.stamp = stamp;
        if let Some(users) = users {
            known.users = users;
        }
        drop(known);
        self.changes.send_replace(());
    }

    /// Who shows this name and password; refuses everybody else.
    pub(crate) fn admit(self: &Arc<Self>, headers: &HeaderMap) -> Result<Caller, Status> {
        self.refresh();
        let (name, password) = match Shown::of(headers) {
            Shown::Nothing => return Err(refusal::access_denied()),
            Shown::Unreadable => return Err(refusal::unauthenticated()),
            Shown::Password { name, password } => (name, password),
        };
        let shown = Sha256Digest::of(password.as_bytes());
        // Of a digest, not of the password: how long a comparison takes tells nothing that helps.
        let user = self
            .lock()
            .users
            .get(&name)
            .filter(|user| user.password_sha256 == shown)
            .cloned()
            .ok_or_else(refusal::unauthenticated)?;
        Ok(Caller {
            users: self.clone(),
            name,
            user,
        })
    }

    /// Refuses a wrong name or password; who shows none may pass.
    pub(crate) fn admit_anybody(self: &Arc<Self>, headers: &HeaderMap) -> Result<(), Status> {
        match Shown::of(headers) {
            Shown::Nothing => Ok(()),
            Shown::Unreadable | Shown::Password { .. } => self.admit(headers).map(|_| ()),
        }
    }

    /// Looks at the file again and again, so that who was removed loses what is open.
    pub(crate) async fn watch(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(USERS_EVERY).await;
            self.refresh();
        }
    }

    fn refresh(&self) {
        let newest = Stamp::of(&self.path);
        if self.lock().stamp == newest {
            return;
        }
        let users = read(&self.path);
        if let Err(error) = &users {
            tracing::warn!(%error, "the users stay as they were");
        }
        // What could not be read is not read again before it changes.
        self.know(newest, users.ok());
    }
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

fn is_name(name: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.chars().all(is_fine)
}

fn is_group(name: &str) -> bool {
    is_name(name) || name == OPERATIONS
}

/// What a call shows of who calls.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    /// Nothing, or something of a kind that is not known here.
    Nothing,
    /// A name and a password are meant, and cannot be read.
    Unreadable,
    Password {
        name: String,
        password: String,
    },
}

impl Shown {
    fn of(headers: &HeaderMap) -> Self {
        let Some(header) = headers.get(AUTHORIZATION) else {
            return Self::Nothing;
        };
        let Ok(header) = header.to_str() else {
            return Self::Unreadable;
        };
        let (kind, encoded) = header.split_once(' ').unwrap_or((header, ""));
        if !kind.eq_ignore_ascii_case("basic") {
            return Self::Nothing;
        }
        let decoded = STANDARD.decode(encoded.trim()).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        match decoded.as_deref().and_then(|text| text.split_once(':')) {
            None => Self::Unreadable,
            Some((name, password)) => Self::Password {
                name: name.to_owned(),
                password: password.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn shown(name: &str, password: &str) -> HeaderMap {
        let encoded = STANDARD.encode(format!("{name}:{password}"));
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Basic {encoded}").parse().unwrap());
        headers
    }

    #[test]
    fn a_reader_reads_a_writer_does_both_and_nobody_else_does_anything() {
        let folder = tempfile::TempDir::new().unwrap();
        let users = Arc::new(Users::open(folder.path()).unwrap());
        let reader = users.add("audit", Role::Reader).unwrap();
        let writer = users.add("upkeep", Role::Writer).unwrap();
        let audit = users.admit(&shown("audit", &reader)).unwrap();
        assert!(audit.require(Role::Reader).is_ok());
        assert!(audit.require(Role::Writer).is_err());
        let upkeep = users.admit(&shown("upkeep", &writer)).unwrap();
        assert!(upkeep.require(Role::Writer).is_ok());
        for (name, password) in [
            ("audit", "wrong"),
            ("nobody", &*reader),
            ("upkeep", &*reader),
        ] {
            assert!(users.admit(&shown(name, password)).is_err());
        }
        let refused = users.admit(&HeaderMap::new()).err().unwrap();
        assert_eq!(refused.code(), tonic::Code::PermissionDenied);
        let file = std::fs::read_to_string(folder.path().join(USERS_FILE)).unwrap();
        assert!(!file.contains(&reader) && !file.contains(&writer));
    }

    #[test]
    fn nothing_shown_and_something_wrong_are_told_apart() {
        let folder = tempfile::TempDir::new().unwrap();
        let users = Arc::new(Users::open(folder.path()).unwrap());
        let password = users.add("audit", Role::Reader).unwrap();
        let header = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            headers
        };
        for unknown in ["Bearer abc", "Digest x", ""] {
            let refused = users.admit(&header(unknown)).err().unwrap();
            assert_eq!(refused.code(), tonic::Code::PermissionDenied, "{unknown}");
            assert!(users.admit_anybody(&header(unknown)).is_ok(), "{unknown}");
        }
        for wrong in [
            "Basic",
            "Basic !!!",
            "basic",
            "Basic YXVkaXQ=",
            "Basic YXVkaXQ6",
        ] {
            let refused = users.admit(&header(wrong)).err().unwrap();
            assert_eq!(refused.code(), tonic::Code::Unauthenticated, "{wrong}");
            assert!(users.admit_anybody(&header(wrong)).is_err(), "{wrong}");
        }
        assert!(users.admit_anybody(&shown("audit", &password)).is_ok());
        assert!(users.admit_anybody(&HeaderMap::new()).is_ok());
    }

    #[test]
    fn a_group_is_a_name_and_no_other_role() {
        let folder = tempfile::TempDir::new().unwrap();
        let users = Users::open(folder.path()).unwrap();
        for wrong in ["$admins", "$all", "", "a b"] {
            let added = users.add_to(&[wrong.to_owned()], "audit", Role::Reader);
            assert!(matches!(added, Err(UserError::Group(_))), "{wrong}");
        }
        let many = vec!["g".to_owned(); MAX_GROUPS + 1];
        assert!(matches!(
            users.add_to(&many, "audit", Role::Reader),
            Err(UserError::TooManyGroups)
        ));
        let groups = ["g1".to_owned(), "$ops".to_owned()];
        users.add_to(&groups, "audit", Role::Reader).unwrap();
        let again = Users::open(folder.path()).unwrap();
        assert_eq!(again.lock().users["audit"].groups, groups);
    }

    #[test]
    fn a_file_without_groups_is_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let digest = "0".repeat(64);
        let text = format!(r#"{{"audit":{{"role":"reader","passwordSha256":"{digest}"}}}}"#);
        std::fs::write(folder.path().join(USERS_FILE), text).unwrap();
        let users = Users::open(folder.path()).unwrap();
        assert_eq!(users.list(), [("audit".to_owned(), Role::Reader)]);
    }

    #[test]
    fn what_upkeep_decides_on_is_written_by_upkeep_alone() {
        let stream = |name: &str| StreamName::new(name).unwrap();
        for own in [
            "tenant-1",
            "tenant",
            "$$session-1",
            "output-1",
            "checkpoint-main",
            "server-1",
            "$persistentSubscriptionConfig",
            "$$$persistentSubscriptionConfig",
            "$persistentsubscription-orders-1::all-parked",
            "$$$$tenant-1",
            "$ce-tenant",
        ] {
            assert!(!Role::Writer.may_change(&stream(own)), "{own}");
            assert!(Role::Server.may_change(&stream(own)), "{own}");
        }
        for other in ["orders-1", "$$orders-1", "tenants"] {
            assert!(Role::Writer.may_change(&stream(other)), "{other}");
            assert!(!Role::Reader.may_change(&stream(other)), "{other}");
        }
    }

    #[test]
    fn a_running_server_sees_who_was_added_and_removed() {
        let folder = tempfile::TempDir::new().unwrap();
        let running = Arc::new(Users::open(folder.path()).unwrap());
        let tool = Users::open(folder.path()).unwrap();
        let password = tool.add("audit", Role::Reader).unwrap();
        let caller = running.admit(&shown("audit", &password)).unwrap();
        assert!(caller.check().is_ok());
        assert!(matches!(
            tool.add("audit", Role::Reader),
            Err(UserError::Exists(_))
        ));
        assert!(matches!(
            tool.add("a b", Role::Reader),
            Err(UserError::Name(_))
        ));
        // However soon after: the file is another one.
        tool.remove("audit").unwrap();
        assert!(running.admit(&shown("audit", &password)).is_err());
        assert!(caller.check().is_err(), "what is open ends");
        // Somebody else of that name is not who was let in before.
        tool.add("audit", Role::Server).unwrap();
        assert!(caller.check().is_err());
    }

    #[tokio::test]
    async fn who_was_let_in_hears_that_the_user_is_gone() {
        let folder = tempfile::TempDir::new().unwrap();
        let running = Arc::new(Users::open(folder.path()).unwrap());
        let tool = Users::open(folder.path()).unwrap();
        let password = tool.add("audit", Role::Reader).unwrap();
        let caller = running.admit(&shown("audit", &password)).unwrap();
        let watch = tokio::spawn({
            let running = running.clone();
            async move { running.watch().await }
        });
        tool.add("another", Role::Reader).unwrap();
        let gone = tokio::time::timeout(USERS_EVERY * 4, caller.dismissed()).await;
        assert!(gone.is_err(), "others change nothing");
        tool.remove("audit").unwrap();
        let gone = tokio::time::timeout(Duration::from_mins(1), caller.dismissed()).await;
        assert!(gone.is_ok());
        watch.abort();
    }

    #[test]
    fn many_commands_at_once_lose_no_user() {
        let folder = tempfile::TempDir::new().unwrap();
        std::thread::scope(|scope| {
            for n in 0..16 {
                let users = Users::open(folder.path()).unwrap();
                scope.spawn(move || users.add(&format!("user-{n}"), Role::Reader).unwrap());
            }
        });
        assert_eq!(Users::open(folder.path()).unwrap().list().len(), 16);
    }
}
