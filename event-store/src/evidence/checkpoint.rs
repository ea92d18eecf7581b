//! Signed checkpoints over all events.
//!
//! A checkpoint covers every event of Upkeep's before it that is not of a stream that is kept for a while only
//! ([`KEPT_FOR_A_WHILE`]; how a script's output ends is in its session). What other programs keep in the same store is theirs
//! to change and delete: no server stands for it. It carries
//!
//! - a running digest: each event's digest (its link as if it were the first of its stream, over its whole
//!   metadata) is hashed behind the digest before it, from 32 zero bytes on. Positions and times of recording are
//!   not in it, so that it holds in every copy;
//! - the first eight bytes of the digest of each event since the checkpoint before it, so that what does not fit can be named;
//! - an Ed25519 signature over all of that, and the key that it can be checked with.

use super::chain::{self, Linked};
use crate::port::{
    AppendError, ContentType, Delivery, Direction, EventStore, NewEvent, Position, ReadError,
    RecordedEvent, StreamName,
};
use crate::private;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_world::World;

/// The stream of all checkpoints; its category is not the domain's.
pub const STREAM: &str = "checkpoint-main";
pub const EVENT_TYPE: &str = "CheckpointSigned";
/// Categories whose streams have a retention: what is gone there is no finding.
pub const KEPT_FOR_A_WHILE: [&str; 2] = ["output", "server"];
/// Most events of one checkpoint.
pub const MAX_EVENTS: usize = 4_096;
/// How long an event waits for its checkpoint at most, while a server runs.
pub const EVERY: Duration = Duration::from_mins(5);
/// Waits after the store could not be used.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// Bytes of an event's digest that a checkpoint carries.
const LEAF_BYTES: usize = 8;
const KEY_FILE: &str = "checkpoint-key";
/// The folder, among what all servers share, in which each file is named by the public key of one.
const PUBLIC_FOLDER: &str = "checkpoint-public-keys";
/// Most keys of that folder that are looked at.
const MAX_PUBLIC_KEYS: usize = 1_000;
/// Of a public key in hexadecimal digits.
const PUBLIC_KEY_DIGITS: usize = 64;
const SIGNED_PREFIX: &[u8] = b"upkeep-checkpoint-v1";

/// A checkpoint, as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// From 1.
    pub number: u64,
    /// All events that are covered so far.
    pub events: u64,
    /// The last of them.
    pub last_stream: String,
    pub last_revision: u64,
    pub digest: Sha256Digest,
    /// The beginnings of the digests since the checkpoint before, in hexadecimal digits.
    pub leaves: String,
    /// In hexadecimal digits.
    pub public_key: String,
    pub signature: String,
}

/// The beginning of an event's digest.
pub type Leaf = [u8; LEAF_BYTES];

impl Checkpoint {
    fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNED_PREFIX.to_vec();
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.events.to_be_bytes());
        bytes.extend(self.last_revision.to_be_bytes());
        bytes.extend((self.last_stream.len() as u64).to_be_bytes());
        bytes.extend(self.last_stream.as_bytes());
        bytes.extend(self.digest.0);
        bytes.extend(Sha256::digest(self.leaves.as_bytes()));
        bytes
    }

    /// Whether the key that it names signed it.
    pub fn is_signed(&self) -> bool {
        let check = || {
            let mut key = [0; 32];
            hex::decode_to_slice(&self.public_key, &mut key).ok()?;
            let mut signature = [0; 64];
            hex::decode_to_slice(&self.signature, &mut signature).ok()?;
            let key = VerifyingKey::from_bytes(&key).ok()?;
            key.verify(&self.signed_bytes(), &Signature::from_bytes(&signature))
                .ok()
        };
        check().is_some()
    }

    /// The beginnings of the digests that it carries; nothing if they cannot be read.
    pub fn leaves(&self) -> Option<Vec<Leaf>> {
        let bytes = hex::decode(&self.leaves).ok()?;
        if bytes.len() % LEAF_BYTES != 0 {
            return None;
        }
        Some(
            bytes
                .chunks_exact(LEAF_BYTES)
                .filter_map(|chunk| chunk.try_into().ok())
                .collect(),
        )
    }
}

/// Whether checkpoints cover this event.
pub fn is_covered(stream: &StreamName) -> bool {
    stream.is_upkeeps() && !KEPT_FOR_A_WHILE.contains(&stream.category())
}

/// The digest of one whole event.
pub fn event_digest(event: &RecordedEvent) -> Sha256Digest {
    Linked {
        stream: &event.stream,
        revision: event.revision,
        id: event.id,
        event_type: &event.event_type,
        data: &event.data,
        metadata: &event.metadata,
    }
    .link(None)
}

/// The running digest after one more event.
pub fn run_on(before: Sha256Digest, event: Sha256Digest) -> Sha256Digest {
    let hash = Sha256::new().chain_update(before.0).chain_update(event.0);
    Sha256Digest(hash.finalize().into())
}

/// The beginning of a digest.
pub fn leaf(digest: Sha256Digest) -> Leaf {
    let mut leaf = [0; LEAF_BYTES];
    leaf.copy_from_slice(&digest.0[..LEAF_BYTES]);
    leaf
}

/// Where the running digest begins.
pub const BEGINNING: Sha256Digest = Sha256Digest([0; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[error("the checkpoint key {path} cannot be used: {cause}")]
pub struct KeyError {
    path: PathBuf,
    cause: String,
}

/// The key that signs checkpoints. It is in the data directory and never in the store.
#[derive(Clone)]
pub struct CheckpointKey(SigningKey);

impl CheckpointKey {
    /// The data directory's key; `random` makes a new one where there is none.
    pub fn open(directory: &Path, random: [u8; 32]) -> Result<Self, KeyError> {
        let path = directory.join(KEY_FILE);
        let failed = |cause: String| KeyError {
            path: path.clone(),
            cause,
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let mut seed = [0; 32];
                hex::decode_to_slice(text.trim(), &mut seed)
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self(SigningKey::from_bytes(&seed)))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                private::write_new(&path, hex::encode(random).as_bytes())
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self(SigningKey::from_bytes(&random)))
            }
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// In hexadecimal digits.
    pub fn public(&self) -> String {
        hex::encode(self.0.verifying_key().to_bytes())
    }

    /// Leaves the public half where the servers of one installation keep what they share, so that whoever verifies the store
    /// knows all of them. Once is enough.
    pub fn publish(&self, shared: &Path) -> std::io::Result<()> {
        let folder = shared.join(PUBLIC_FOLDER);
        private::folder(&folder)?;
        match private::write_new(&folder.join(self.public()), b"") {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            written => written,
        }
    }
}

/// The public keys that servers left in what they share, in hexadecimal digits; none if there is no such folder.
pub fn published_keys(shared: &Path) -> std::io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(shared.join(PUBLIC_FOLDER)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        entries => entries?,
    };
    let mut keys = vec![];
    for entry in entries.take(MAX_PUBLIC_KEYS) {
        // What is being written has another name.
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.len() == PUBLIC_KEY_DIGITS && name.bytes().all(|it| it.is_ascii_hexdigit()) {
            keys.push(name);
        }
    }
    Ok(keys)
}

/// What keeps the checkpoints up to date.
pub struct Notary {
    store: Arc<dyn EventStore>,
    world: World,
    key: CheckpointKey,
}

/// Where the newest checkpoint left off, and what came since.
struct Open {
    number: u64,
    /// Of the newest checkpoint, in its stream.
    revision: Option<u64>,
    events: u64,
    digest: Sha256Digest,
    leaves: Vec<Leaf>,
    last: Option<(StreamName, u64)>,
    /// Whether anything but checkpoints came.
    news: bool,
}

#[derive(Debug, thiserror::Error)]
enum NotaryError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("the newest checkpoint cannot be read: {0}; verify the store")]
    Unreadable(String),
}

impl Notary {
    pub fn new(store: Arc<dyn EventStore>, world: World, key: CheckpointKey) -> Self {
        Self { store, world, key }
    }

    /// Works until `stop` is cancelled, and covers what is there then. What fails is told and tried again.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match self.follow(&stop).await {
                Ok(()) => return,
                // Another server was faster: what it signed is where to go on.
                Err(NotaryError::Append(AppendError::Conflict { .. })) => {}
                Err(error) => {
                    // That it is away is said by the store's connection.
                    if self.store.outage().is_none() {
                        tracing::warn!(%error, "no checkpoint was signed; trying again");
                    }
                    tokio::select! {
                        // Who is told to stop does not try again.
                        biased;
                        () = stop.cancelled() => return,
                        () = self.world.sleep(RETRY_AFTER) => {}
                    }
                }
            }
        }
    }

    async fn follow(&self, stop: &CancellationToken) -> Result<(), NotaryError> {
        let (mut open, after) = self.resume().await?;
        let mut subscription = self.store.subscribe(after).await?;
        let mut due = self.world.every(EVERY);
        due.tick().await;
        let mut caught_up = false;
        loop {
            // What another server signed last is no end: all that came since is covered first, unless it cannot be read.
            let may_stop = caught_up || self.store.outage().is_some();
            let delivery = tokio::select! {
                // The end covers what came. What is due comes before what goes on coming, which would put it off for ever.
                biased;
                () = stop.cancelled(), if may_stop => {
                    if open.news {
                        self.sign(&mut open).await?;
                    }
                    return Ok(());
                }
                () = due.tick() => {
                    if open.news {
                        self.sign(&mut open).await?;
                    }
                    continue;
                }
                delivery = subscription.next() => delivery?,
            };
            let events = match delivery {
                Delivery::Events(events) => events,
                Delivery::CaughtUp | Delivery::FellBehind => {
                    caught_up = delivery == Delivery::CaughtUp;
                    continue;
                }
            };
            for event in events.iter().filter(|event| is_covered(&event.stream)) {
                open.add(event);
                if open.leaves.len() >= MAX_EVENTS {
                    self.sign(&mut open).await?;
                }
            }
        }
    }

    /// Where the newest checkpoint left off, and the position after which to go on.
    async fn resume(&self) -> Result<(Open, Position), NotaryError> {
        let nothing = Open {
            number: 0,
            revision: None,
            events: 0,
            digest: BEGINNING,
            leaves: vec![],
            last: None,
            news: false,
        };
        let stream = StreamName::of("checkpoint", "main");
        let newest = self
            .store
            .read_stream(&stream, u64::MAX, Direction::Backwards, 1)
            .await?;
        let Some(event) = newest.first() else {
            return Ok((nothing, Position::START));
        };
        let unreadable = |cause: String| NotaryError::Unreadable(cause);
        let checkpoint: Checkpoint =
            serde_json::from_slice(&event.data).map_err(|error| unreadable(error.to_string()))?;
        let last_stream = StreamName::new(&checkpoint.last_stream)
            .map_err(|error| unreadable(error.to_string()))?;
        let last = self
            .store
            .read_stream(
                &last_stream,
                checkpoint.last_revision,
                Direction::Forwards,
                1,
            )
            .await?;
        let position = last
            .first()
            .filter(|event| event.revision == checkpoint.last_revision)
            .map(|event| event.position)
            .ok_or_else(|| {
                unreadable(format!(
                    "event {} of {last_stream} is gone",
                    checkpoint.last_revision
                ))
            })?;
        let open = Open {
            number: checkpoint.number,
            revision: Some(event.revision),
            events: checkpoint.events,
            digest: checkpoint.digest,
            ..nothing
        };
        Ok((open, position))
    }

    async fn sign(&self, open: &mut Open) -> Result<(), NotaryError> {
        let Some((last_stream, last_revision)) = open.last.clone() else {
            return Ok(());
        };
        let mut checkpoint = Checkpoint {
            number: open.number + 1,
            events: open.events,
            last_stream: last_stream.to_string(),
            last_revision,
            digest: open.digest,
            leaves: hex::encode(open.leaves.concat()),
            public_key: self.key.public(),
            signature: String::new(),
        };
        checkpoint.signature = hex::encode(self.key.0.sign(&checkpoint.signed_bytes()).to_bytes());
        let id = self.world.id();
        let metadata = EventMetadata {
            correlation_id: id,
            causation_id: id,
            command_id: CommandId(id),
            command_digest: None,
            actor: Actor::System,
            tenant_id: None,
            time: self.world.now(),
            version: 1,
            reason: None,
        };
        let unwritable = |error: serde_json::Error| NotaryError::Unreadable(error.to_string());
        let event = NewEvent {
            id,
            event_type: EVENT_TYPE.into(),
            content_type: ContentType::Json,
            data: serde_json::to_vec(&checkpoint).map_err(unwritable)?,
            metadata: serde_json::to_vec(&metadata).map_err(unwritable)?,
        };
        let stream = StreamName::of("checkpoint", "main");
        let appended = chain::append(&*self.store, &stream, open.revision, event).await?;
        open.number = checkpoint.number;
        open.revision = Some(appended.revision);
        open.leaves.clear();
        open.last = None;
        open.news = false;
        Ok(())
    }
}

impl Open {
    fn add(&mut self, event: &RecordedEvent) {
        let digest = event_digest(event);
        self.digest = run_on(self.digest, digest);
        self.leaves.push(leaf(digest));
        self.events += 1;
        self.last = Some((event.stream.clone(), event.revision));
        self.news |= event.stream.as_str() != STREAM;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For ever: every version must be able to check what was once signed.
    #[test]
    fn a_checkpoint_that_was_once_signed_still_holds() {
        let checkpoint: Checkpoint =
            serde_json::from_str(include_str!("checkpoint.v1.json")).unwrap();
        assert!(checkpoint.is_signed());
        assert_eq!(checkpoint.leaves().unwrap().len(), 2);
        let key = CheckpointKey(SigningKey::from_bytes(&[7; 32]));
        assert_eq!(checkpoint.public_key, key.public());
        for changed in [
            Checkpoint {
                number: 2,
                ..checkpoint.clone()
            },
            Checkpoint {
                events: 1,
                ..checkpoint.clone()
            },
            Checkpoint {
                leaves: "00".repeat(16),
                ..checkpoint.clone()
            },
            Checkpoint {
                last_stream: "tenant-2".into(),
                ..checkpoint.clone()
            },
        ] {
            assert!(!changed.is_signed(), "{changed:?}");
        }
    }

    #[test]
    fn the_key_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let key = CheckpointKey::open(folder.path(), [1; 32]).unwrap();
        let again = CheckpointKey::open(folder.path(), [2; 32]).unwrap();
        assert_eq!(key.public(), again.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(KEY_FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
