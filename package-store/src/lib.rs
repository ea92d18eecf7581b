//! The files that install scripts need, each named by its SHA-256.
//!
//! People upload through `api`, agents download through `agent-gateway`; this is where both meet. A file appears
//! whole or not at all, its content never changes, and it is never unpacked here. What came of one before its upload broke off is kept for a
//! while, to be gone on with.

mod arriving;

pub use arriving::MAX_KEPT;

use arriving::{Arriving, InFlight};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;
use upkeep_domain::kernel::digest::Sha256Digest;

/// What an upload leaves free on the disk, in bytes: events are worth more than packages.
pub const MARGIN_BYTES: u64 = 64 * 1024 * 1024;
/// How often an upload looks at what is free, in bytes.
const LOOK_EVERY: u64 = 16 * 1024 * 1024;

/// The package files of a data directory.
#[derive(Clone, Debug)]
pub struct PackageStore {
    directory: PathBuf,
    max_bytes: u64,
    in_flight: InFlight,
}

/// How much of a file is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// All of it: so many bytes.
    Whole(u64),
    /// The first so many bytes of it; 0 where nobody began.
    Partly(u64),
    /// It is being uploaded: how much of it there will be is not known yet.
    Coming,
}

/// A piece of a file, behind what was kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub digest: Sha256Digest,
    /// How many bytes of the file come before it.
    pub offset: u64,
    /// Whether the file ends with it.
    pub is_last: bool,
}

/// Why a file was not taken in.
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
    #[error("the upload broke off: {0}; send it again, or go on where it broke off")]
    Interrupted(String),
    #[error("{kept} bytes of the file are here: go on there, or send all of it")]
    OtherOffset { kept: u64 },
    #[error("the file is being uploaded by another request: wait until that has ended")]
    Coming,
    #[error("the package could not be written: {0}")]
    Disk(#[from] std::io::Error),
}

impl PackageStore {
    /// Uses `packages` in the data directory, and makes it if it is not there. What a server that died was writing
    /// is removed; what cannot be removed stays, and nothing of it stops the server.
    pub async fn open(data_directory: &Path, max_bytes: u64) -> std::io::Result<Self> {
        let directory = data_directory.join("packages");
        fs::create_dir_all(&directory).await?;
        let swept = directory.clone();
        spawn_blocking(move || arriving::sweep(&swept)).await??;
        Ok(Self {
            directory,
            max_bytes,
            in_flight: InFlight::default(),
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

    /// How much of a file is here.
    pub async fn arrived(&self, digest: &Sha256Digest) -> Arrived {
        if let Some(size) = self.size(digest).await {
            return Arrived::Whole(size);
        }
        if self.in_flight.is(digest) {
            return Arrived::Coming;
        }
        let kept = fs::metadata(arriving::kept(&self.directory, digest)).await;
        Arrived::Partly(kept.map_or(0, |file| file.len()))
    }

    /// Takes a file in and answers with its size. It is on disk, under its name, when this returns.
    ///
    /// Cancel-safe: of a dropped call what came is kept, to be gone on with.
    pub async fn receive<E: std::fmt::Display>(
        &self,
        expected: Sha256Digest,
        mut content: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<u64, ReceiveError> {
        let mut arriving = Arriving::begin(&self.directory, expected, &self.in_flight);
        let file = fs::File::create_new(arriving.path()).await?;
        let writing = Writing {
            file,
            hasher: Sha256::new(),
            size: 0,
        };
        let written = async {
            let written = self.write(writing, &mut content).await?;
            self.finish(arriving.path(), expected, written).await
        };
        let received = written.await;
        arriving.settle(&received);
        received
    }

    /// Takes in a piece of a file behind what was kept of it, and answers with how much of it is here then: all of it once its last piece came.
    ///
    /// Cancel-safe, as [`Self::receive`] is. What is there already is read once more, for its digest.
    pub async fn append<E: std::fmt::Display>(
        &self,
        piece: Piece,
        mut content: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Arrived, ReceiveError> {
        let Piece {
            digest,
            offset,
            is_last,
        } = piece;
        match self.arrived(&digest).await {
            Arrived::Whole(size) => return Ok(Arrived::Whole(size)),
            Arrived::Coming => return Err(ReceiveError::Coming),
            Arrived::Partly(kept) if kept != offset => {
                return Err(ReceiveError::OtherOffset { kept });
            }
            Arrived::Partly(_) => {}
        }
        let begun = Arriving::go_on(&self.directory, digest, &self.in_flight)?;
        let (mut arriving, kept) = if let Some(begun) = begun {
            begun
        } else {
            let arriving = Arriving::begin(&self.directory, digest, &self.in_flight);
            fs::File::create_new(arriving.path()).await?;
            (arriving, 0)
        };
        if kept != offset {
            return Err(ReceiveError::OtherOffset { kept });
        }
        let taken = async {
            let writing = Writing::behind(arriving.path()).await?;
            let written = self.write(writing, &mut content).await?;
            if !is_last {
                written.file.sync_all().await?;
                return Ok(Arrived::Partly(written.size));
            }
            let whole = self.finish(arriving.path(), digest, written).await?;
            Ok(Arrived::Whole(whole))
        };
        let taken = taken.await;
        arriving.settle(&taken);
        taken
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
        mut writing: Writing,
        content: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
    ) -> Result<Writing, ReceiveError> {
        let mut looked = writing.size;
        self.look_for_room()?;
        while let Some(chunk) = content.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    // What came is told to be here.
                    writing.file.flush().await?;
                    return Err(ReceiveError::Interrupted(error.to_string()));
                }
            };
            writing.size += chunk.len() as u64;
            if writing.size > self.max_bytes {
                return Err(ReceiveError::TooLarge(self.max_bytes));
            }
            if writing.size - looked >= LOOK_EVERY {
                looked = writing.size;
                self.look_for_room()?;
            }
            writing.hasher.update(&chunk);
            writing.file.write_all(&chunk).await?;
        }
        Ok(writing)
    }

    /// Gives a file that came to its end its name, if it is the one that was expected.
    async fn finish(
        &self,
        path: &Path,
        expected: Sha256Digest,
        written: Writing,
    ) -> Result<u64, ReceiveError> {
        let actual = Sha256Digest(written.hasher.finalize().into());
        if actual != expected {
            return Err(ReceiveError::WrongDigest { expected, actual });
        }
        if written.size == 0 {
            return Err(ReceiveError::Empty);
        }
        written.file.sync_all().await?;
        fs::rename(path, self.path(&expected)).await?;
        fs::File::open(&self.directory).await?.sync_all().await?;
        Ok(written.size)
    }
}

/// A file that is being written, with the digest of all that is in it.
struct Writing {
    file: fs::File,
    hasher: Sha256,
    size: u64,
}

impl Writing {
    /// Behind what is in a file already.
    async fn behind(path: &Path) -> Result<Self, ReceiveError> {
        let path = path.to_owned();
        let opened = spawn_blocking(move || {
            let mut file = std::fs::OpenOptions::new()
                .read(true)
                .append(true)
                .open(path)?;
            let mut hasher = Sha256::new();
            let size = std::io::copy(&mut file, &mut hasher)?;
            Ok::<_, std::io::Error>((file, hasher, size))
        });
        let opened = opened.await.map_err(std::io::Error::other)?;
        let (file, hasher, size) = opened?;
        let file = fs::File::from_std(file);
        Ok(Self { file, hasher, size })
    }
}

impl Arriving {
    /// What broke off is kept to be gone on with; what is not what was expected, or has no room, is not.
    fn settle<T>(&mut self, result: &Result<T, ReceiveError>) {
        let could_be_gone_on_with = match result {
            Ok(_) => true,
            Err(error) => matches!(error, ReceiveError::Interrupted(_)),
        };
        if !could_be_gone_on_with {
            self.forget();
        }
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
        assert_eq!(store.arrived(&other).await, Arrived::Partly(3));
        assert_eq!(
            std::fs::read_dir(directory.path().join("packages"))
                .unwrap()
                .count(),
            2,
            "the whole one, and what came of the one that broke off"
        );
    }

    #[tokio::test]
    async fn of_an_upload_that_is_dropped_what_came_is_kept() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let digest = Sha256Digest::of(b"abcdef");
        let begun = stream::iter([Ok::<_, String>(Bytes::from_static(b"abc"))]);
        let never_ends = begun.chain(stream::pending());
        let mut upload = Box::pin(store.receive(digest, never_ends));
        let is_written = || {
            let mut files = std::fs::read_dir(&store.directory).unwrap();
            files.any(|file| file.unwrap().metadata().unwrap().len() == 3)
        };
        while !is_written() {
            let polled = tokio::time::timeout(std::time::Duration::from_millis(5), &mut upload);
            assert!(polled.await.is_err(), "it cannot be over");
        }
        assert_eq!(store.arrived(&digest).await, Arrived::Coming);
        let at = |offset, is_last| Piece {
            digest,
            offset,
            is_last,
        };
        let meanwhile = store.append(at(0, true), content(&["abcdef"])).await;
        assert!(matches!(meanwhile, Err(ReceiveError::Coming)));
        drop(upload);
        assert_eq!(store.arrived(&digest).await, Arrived::Partly(3));

        // Also after a restart, and piece by piece.
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let elsewhere = store.append(at(2, true), content(&["cdef"])).await;
        assert!(matches!(
            elsewhere,
            Err(ReceiveError::OtherOffset { kept: 3 })
        ));
        let next = store.append(at(3, false), content(&["d"])).await;
        assert_eq!(next.unwrap(), Arrived::Partly(4));
        let last = store.append(at(4, true), content(&["e", "f"])).await;
        assert_eq!(last.unwrap(), Arrived::Whole(6));
        assert_eq!(std::fs::read(store.path(&digest)).unwrap(), b"abcdef");
        assert_eq!(std::fs::read_dir(&store.directory).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn what_turns_out_to_be_another_file_begins_anew() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let digest = Sha256Digest::of(b"abcdef");
        let at = |offset, is_last| Piece {
            digest,
            offset,
            is_last,
        };
        store.append(at(0, false), content(&["xyz"])).await.unwrap();
        let wrong = store.append(at(3, true), content(&["def"])).await;
        assert!(matches!(wrong, Err(ReceiveError::WrongDigest { .. })));
        assert_eq!(store.arrived(&digest).await, Arrived::Partly(0));
        store
            .append(at(0, false), content(&["abcd"]))
            .await
            .unwrap();
        let large = store.append(at(4, false), content(&["efg"])).await;
        assert!(matches!(large, Err(ReceiveError::TooLarge(6))));
        let whole = store.receive(digest, content(&["abcdef"])).await;
        assert_eq!(whole.unwrap(), 6, "all of it may be sent at any time");
    }

    #[tokio::test]
    async fn only_so_many_beginnings_are_kept() {
        let directory = TempDir::new().unwrap();
        let store = PackageStore::open(directory.path(), 6).await.unwrap();
        let digests: Vec<_> = (0..=MAX_KEPT)
            .map(|n| Sha256Digest::of(&[u8::try_from(n).unwrap()]))
            .collect();
        for digest in &digests {
            let piece = Piece {
                digest: *digest,
                offset: 0,
                is_last: false,
            };
            store.append(piece, content(&["a"])).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(store.arrived(&digests[0]).await, Arrived::Partly(0));
        for digest in &digests[1..] {
            assert_eq!(store.arrived(digest).await, Arrived::Partly(1));
        }
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
