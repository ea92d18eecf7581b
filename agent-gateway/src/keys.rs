//! The server's own keys: with them it proves itself to agents and signs what they run.
//!
//! There are two, the current one and the next: agents pin both when they enrol, so that the current one can be
//! replaced one day without enrolling everybody again.

use ed25519_dalek::SigningKey;
use std::path::{Path, PathBuf};
use upkeep_agent_protocol::{ServerKey, proof};
use upkeep_event_store::private;
use upkeep_world::{EntropyError, World};

const FILE: &str = "server-keys";

/// The current key and the next one.
pub struct ServerKeys {
    current: SigningKey,
    next: SigningKey,
}

/// Why the keys could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("the server keys in {path} cannot be used: {cause}")]
    File {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error(
        "the server keys in {path} are damaged: restore the file from a backup; without it every agent must enrol again"
    )]
    Damaged { path: PathBuf },
    #[error(transparent)]
    Random(#[from] EntropyError),
}

impl ServerKeys {
    /// Reads the keys from the data directory, or makes them there, readable by their owner only.
    pub fn open(data_directory: &Path, world: &World) -> Result<Self, KeysError> {
        let path = data_directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).ok_or(KeysError::Damaged { path }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(path, world),
            Err(cause) => Err(KeysError::File { path, cause }),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().map(|line| proof::parse_key(line.trim()));
        let current = SigningKey::from_bytes(&lines.next()??);
        let next = SigningKey::from_bytes(&lines.next()??);
        Some(Self { current, next })
    }

    fn create(path: PathBuf, world: &World) -> Result<Self, KeysError> {
        let keys = Self::make(world)?;
        let [current, next] = [&keys.current, &keys.next].map(|key| hex::encode(key.to_bytes()));
        let text = format!("{current}\n{next}\n");
        private::write_new(&path, text.as_bytes())
            .map_err(|cause| KeysError::File { path, cause })?;
        Ok(keys)
    }

    /// New keys, which nobody keeps.
    pub fn make(world: &World) -> Result<Self, EntropyError> {
        let mut seeds = [[0; 32]; 2];
        for seed in &mut seeds {
            world.fill(seed)?;
        }
        let [current, next] = seeds.map(|seed| SigningKey::from_bytes(&seed));
        Ok(Self { current, next })
    }

    pub(crate) fn current(&self) -> &SigningKey {
        &self.current
    }

    pub(crate) fn current_id(&self) -> String {
        proof::key_id(&self.current.verifying_key().to_bytes())
    }

    /// What agents pin.
    pub(crate) fn public(&self) -> Vec<ServerKey> {
        [&self.current, &self.next]
            .map(|key| {
                let public = key.verifying_key().to_bytes();
                ServerKey {
                    key_id: proof::key_id(&public),
                    public_key: hex::encode(public),
                }
            })
            .into()
    }
}
