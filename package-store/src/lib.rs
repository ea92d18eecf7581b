//! The files that install scripts need, each named by its SHA-256.
//!
//! People upload through `api`, agents download through `agent-gateway`; this is where both meet. A file appears
//! whole or not at all, its content never changes, and it is never unpacked here.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use upkeep_domain::kernel::digest::Sha256Digest;
use uuid::Uuid;

/// What an upload leaves free on the disk, in bytes: events are worth more than packages.
pub const MARGIN_BYTES: u64 = 64 * 1024 * 1024;
/// How often an upload looks at what is free, in bytes.
const LOOK_EVERY: u64 = 16 * 1024 * 1024;

/// The package files of a data directory.
#[derive(Clone, Debug)]
pub struct PackageStore {
    directory: PathBuf,
    max_bytes: u64,
}

/// Why a file was not taken in. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("the content's SHA-256 is {actual}, not {expected}: check the file and its digest")]
    WrongDigest {
        expected: Sha256Digest,
        actual: Sha256Digest,
    },
    #[error("the package is larger than {0} bytes, which is the limit of this server")]
    TooLarge(u64),
    #[error(
        "there is no room for the package: {free} bytes are free in {directory}, and {MARGIN_BYTES} must stay so; free some space and send it again"
    )]
    NoRoom { directory: PathBuf, free: u64 },
    #[error(
        "the package is empty: nothing could be installed from it; check the file that you send"
    )]
    Empty,
    #[error("the upload broke off: {0}; send it again")]
    Interrupted(String),
    #[error("the package could not be written: {0}")]
    Disk(#[from] std::io::Error),
}

impl PackageStore {
    /// Uses `packages` in the data directory, and makes it if it is not there. What interrupted uploads left
    /// behind is removed; what cannot be removed stays, and nothing of it stops the server.
    pub async fn open(data_directory: &Path, max_bytes: u64) -> std::io::Result<Self> {
        let directory = data_directory.join("packages");
        fs::create_dir_all(&directory).await?;
        let mut files = fs::read_dir(&directory).await?;
        while let Some(file) = files.next_entry().await? {
            if file
                .path()
                .extension()
                .is_some_and(|extension| extension == "part")
            {
                let path = file.path();
                if let Err(error) = fs::remove_file(&path).await {
                    tracing::warn!(path = %path.display(), %error, "an upload that broke off stays behind");
                }
            }
        }
        Ok(Self {
            directory,
            max_bytes,
        })
    }

    /// Where the file is, or would be.
    pub fn path(&self, digest: &Sha256Digest) -> PathBuf {
        self.directory.join(digest.to_string())
    }

    /// The file's size in bytes, if it is here.
    pub async fn size(&self, digest: &Sha256Digest) -> Option<u64> {
        fs::metadata(self.path(digest))
            .await
            .ok()
            .map(|file| file.len())
    }

    /// Takes a file in and answers with its size. It is on disk, under its name, when this returns.
    ///
    /// Cancel-safe: a dropped call leaves nothing.
    pub async fn receive<E: std::fmt::Display>(
        &self,
        expected: Sha256Digest,
        mut content: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<u64, ReceiveError> {
        let partial = self
            .directory
            .join(format!("{}.part", Uuid::new_v4().simple()));
        let _partial = Partial(partial.clone());
        self.write(&partial, expected, &mut content).await
    }

    /// Refuses what would take the room of events.
    fn look_for_room(&self) -> Result<(), ReceiveError> {
        let Ok(told) = rustix::fs::statvfs(&self.directory) else {
            // Who does not know tries.
            return Ok(());
        };
        let free = told.f_bavail.saturating_mul(told.f_frsize);
        if free >= MARGIN_BYTES {
            return Ok(());
        }
        Err(ReceiveError::NoRoom {
            directory: self.directory.clone(),
            free,
        })
    }

    async fn write<E: std::fmt::Display>(
        &self,
        partial: &Path,
        expected: Sha256Digest,
        content: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    ) -> Result<u64, ReceiveError> {
        let mut file = fs::File::create_new(partial).await?;
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut looked = 0;
        self.look_for_room()?;
        while let Some(chunk) = content.next().await {
            let chunk = chunk.map_err(|error| ReceiveError::Interrupted(error.to_string()))?;
            size += chunk.len() as u64;
            if size > self.max_bytes {
                return Err(ReceiveError::TooLarge(self.max_bytes));
            }
            if size - looked >= LOOK_EVERY {
                looked = size;
                self.look_for_room()?;
            }
            hasher.update(&chunk);
            file.write_all(&chunk).await?;
        }
        let actual = Sha256Digest(hasher.finalize().into());
        if actual != expected {
            return Err(ReceiveError::WrongDigest { expected, actual });
        }
        if size == 0 {
            return Err(ReceiveError::Empty);
        }
        file.sync_all().await?;
        fs::rename(partial, self.path(&expected)).await?;
        fs::File::open(&self.directory).await?.sync_all().await?;
        Ok(size)
    }
}

/// A file that is not whole yet, gone with whoever writes it. A whole one has another name by then.
struct Partial(PathBuf);

impl Drop for Partial {
    fn drop(&mut self) {
        // The next start removes what cannot be removed now.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use tempfile::TempDir;

    fn content(
        parts: &[&'static str],
    ) -> impl Stream<Item = Result<Bytes, String>> + Unpin + use<> {
        stream::iter(
            parts
                .iter()
                .map(|part| Ok(Bytes::from_static(part.as_bytes())))
                .collect::<Vec<_>>(),
        )
    }

    #[tokio::test]
    async fn a_file_appears_whole_or_not_at_all() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let digest = Sha256Digest::of(b"abcdef");
        assert_eq!(
            store
                .receive(digest, content(&["abc", "def"]))
                .await
                .unwrap(),
            6
        );
        assert_eq!(store.size(&digest).await, Some(6));

        let other = Sha256Digest::of(b"other");
        let wrong = store.receive(other, content(&["abc"])).await;
        assert!(matches!(wrong, Err(ReceiveError::WrongDigest { .. })));
        let large = store.receive(other, content(&["abcdef", "g"])).await;
        assert!(matches!(large, Err(ReceiveError::TooLarge(6))));
        let broken = stream::iter([Ok(Bytes::from_static(b"abc")), Err("gone")]);
        assert!(matches!(
            store.receive(other, broken).await,
            Err(ReceiveError::Interrupted(_))
        ));
        let nothing = Sha256Digest::of(b"");
        let empty = store.receive(nothing, content(&[])).await;
        assert!(matches!(empty, Err(ReceiveError::Empty)));
        assert_eq!(store.size(&nothing).await, None);
        assert_eq!(store.size(&other).await, None);
        assert_eq!(
            std::fs::read_dir(directory.path().join("packages"))
                .unwrap()
                .count(),
            1
        );
    }

    #[tokio::test]
    async fn an_upload_that_is_dropped_leaves_nothing() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let files = || std::fs::read_dir(&store.directory).unwrap().count();
        let begun = stream::iter([Ok::<_, String>(Bytes::from_static(b"abc"))]);
        let never_ends = begun.chain(stream::pending());
        let mut upload = Box::pin(store.receive(Sha256Digest::of(b"abcdef"), never_ends));
        while files() == 0 {
            let polled = tokio::time::timeout(std::time::Duration::from_millis(5), &mut upload);
            assert!(polled.await.is_err(), "it cannot be over");
        }
        drop(upload);
        assert_eq!(files(), 0);
    }

    #[tokio::test]
    async fn what_cannot_be_removed_does_not_stop_the_server() {
        let directory = TempDir::new().unwrap();
        let folder = directory.path().join("packages/x.part");
        std::fs::create_dir_all(&folder).unwrap();
        PackageStore::open(directory.path(), 6).await.unwrap();
        assert!(folder.exists(), "a folder is no upload");
    }

    #[tokio::test]
    async fn what_a_crash_left_behind_is_removed() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        std::fs::write(store.directory.join("x.part"), "half").unwrap();
        PackageStore::open(directory.path(), 6).await.unwrap();
        assert!(!store.directory.join("x.part").exists());
    }
}
