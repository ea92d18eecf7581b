//! The key with which sessions are sealed: of this data directory alone.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use upkeep_event_store::private;

const FILE: &str = "console-key";
/// What the key is used for, so that nothing else that it may seal one day is taken for a session.
const PURPOSE: &[u8] = b"upkeep-console-session-v1";

/// Seals sessions.
pub struct SessionKey([u8; 32]);

/// Why the key could not be had.
#[derive(Debug, thiserror::Error)]
#[error(
    "the key of the console's sessions in {path} cannot be used: {cause}; remove the file to have a new one made, which signs everybody out"
)]
pub struct SessionKeyError {
    path: PathBuf,
    cause: String,
}

impl SessionKey {
    /// Reads the key from the data directory, or keeps these random bits there as one, readable by their owner only.
    pub fn open(data_directory: &Path, random: [u8; 32]) -> Result<Self, SessionKeyError> {
        let path = data_directory.join(FILE);
        let failed = |cause: String| SessionKeyError {
            path: path.clone(),
            cause,
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let mut key = [0; 32];
                hex::decode_to_slice(text.trim(), &mut key)
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                private::write_new(&path, hex::encode(random).as_bytes())
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self(random))
            }
            Err(error) => Err(failed(error.to_string())),
        }
    }

    /// A key that nobody keeps.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    pub(super) fn seal(&self, content: &[u8]) -> [u8; 32] {
        self.over(content).finalize().into_bytes().into()
    }

    /// Compared in constant time.
    pub(super) fn is_seal(&self, content: &[u8], seal: &[u8]) -> bool {
        self.over(content).verify_slice(seal).is_ok()
    }

    fn over(&self, content: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mac = mac.expect("HMAC takes keys of any length");
        mac.chain_update(PURPOSE).chain_update(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let folder = tempfile::TempDir::new().unwrap();
        let first = SessionKey::open(folder.path(), [1; 32]).unwrap();
        let again = SessionKey::open(folder.path(), [2; 32]).unwrap();
        assert_eq!(first.seal(b"a"), again.seal(b"a"));
        let path = folder.path().join(FILE);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "secret").unwrap();
        let error = SessionKey::open(folder.path(), [3; 32]).err().unwrap();
        let told = error.to_string();
        assert!(told.contains("console-key") && told.contains("remove the file"));
        assert!(!told.contains("secret"), "{told}");
    }

    #[test]
    fn a_seal_is_of_one_key_and_one_content() {
        let key = SessionKey::new([1; 32]);
        let seal = key.seal(b"a");
        assert!(key.is_seal(b"a", &seal));
        assert!(!key.is_seal(b"b", &seal));
        assert!(!key.is_seal(b"a", &seal[..31]));
        assert!(!SessionKey::new([2; 32]).is_seal(b"a", &seal));
    }
}
