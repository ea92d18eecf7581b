//! Fetching the file that a script needs: resumed where it broke off, and checked before anything sees it.
//!
//! Room is asked for before; a disk that gets full all the same ends the download, and nothing of it stays.

mod origin;
mod room;

use crate::ports::{Fetching, Packages};
use crate::space;
use futures_util::StreamExt;
use origin::{Origin, Origins};
use room::{Room, size_of};
use sha2::{Digest, Sha256};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use upkeep_agent_protocol::{MAX_PACKAGE_BYTES, Outcome, PackageOrder};

/// Attempts, each going on where the one before broke off.
const ATTEMPTS: u32 = 6;
/// The wait before attempt n is n times this.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the server may say nothing.
const SILENCE: Duration = Duration::from_mins(1);
/// Bytes that are read from disk at once.
const BLOCK: usize = 64 * 1024;
/// How long a download that broke off is kept to be resumed.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// Downloads packages into a folder of partial files.
pub struct Fetcher {
    origins: Origins,
    folder: PathBuf,
    /// One download at a time: two of one package would write to one file, and two together would find no room.
    turn: Mutex<()>,
}

impl Packages for Fetcher {
    fn fetch<'a>(
        &'a self,
        package: &'a PackageOrder,
        ticket: &'a str,
        target: &'a Path,
    ) -> Fetching<'a> {
        Box::pin(self.get(package, ticket, target))
    }
}

/// Why an attempt brought nothing.
enum Failure {
    /// The next one may succeed.
    Again(String),
    /// No other one will.
    Final(String),
    /// There is no room: no other attempt finds it.
    NoRoom(String),
}

impl Fetcher {
    /// Downloads that broke off long ago are forgotten.
    pub fn new(server: String, folder: PathBuf) -> Result<Self, reqwest::Error> {
        forget_partials(&folder, KEPT);
        Ok(Self {
            origins: Origins::new(server)?,
            folder,
            turn: Mutex::default(),
        })
    }

    async fn get(
        &self,
        package: &PackageOrder,
        ticket: &str,
        target: &Path,
    ) -> Result<(), Outcome> {
        // The name of the partial file comes from a digest that was parsed: it cannot lead out of the folder.
        if package.sha256.len() != 64 || !package.sha256.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(unavailable("its digest is not 64 hexadecimal digits"));
        }
        let origin = self.origins.of(package, ticket)?;
        let _turn = self.turn.lock().await;
        fs::create_dir_all(&self.folder)
            .await
            .map_err(|error| unavailable(format!("{}: {error}", self.folder.display())))?;
        let partial = self.folder.join(format!("{}.part", package.sha256));
        self.make_room(package, &partial).await?;
        let mut why = "it was not tried".to_owned();
        for attempt in 0..ATTEMPTS {
            tokio::time::sleep(PAUSE * attempt).await;
            match self.attempt(package, &origin, &partial).await {
                Ok(()) => return finish(package, &partial, target).await,
                Err(Failure::Again(error)) => why = error,
                Err(Failure::Final(error)) => return Err(unavailable(error)),
                Err(Failure::NoRoom(error)) => {
                    // What came of it would keep the disk full.
                    let _ = fs::remove_file(&partial).await;
                    return Err(unavailable(error));
                }
            }
        }
        Err(Outcome::PackageUnavailable { why })
    }

    /// Downloads that broke off make room for the one that is wanted now.
    async fn make_room(&self, package: &PackageOrder, partial: &Path) -> Result<(), Outcome> {
        let Some(size) = size_of(package) else {
            return Ok(());
        };
        let room = |here: u64| {
            let missing = size.saturating_sub(here);
            space::for_package(&self.folder, size, missing)
        };
        let here = fs::metadata(partial).await.map_or(0, |file| file.len());
        if room(here).is_ok() {
            return Ok(());
        }
        forget_partials(&self.folder, Duration::ZERO);
        room(0).map_err(unavailable)
    }

    async fn attempt(
        &self,
        package: &PackageOrder,
        origin: &Origin<'_>,
        partial: &Path,
    ) -> Result<(), Failure> {
        let disk = |error: std::io::Error| match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Failure::NoRoom(format!(
                "the disk of {} got full while the package came: free some space and start another session",
                partial.display()
            )),
            _ => Failure::Again(format!("{}: {error}", partial.display())),
        };
        let size = size_of(package);
        let here = fs::metadata(partial).await.map_or(0, |file| file.len());
        if size == Some(here) {
            return Ok(());
        }
        let start = if here < size.unwrap_or(MAX_PACKAGE_BYTES) {
            here
        } else {
            0
        };
        let mut request = origin.request();
        if start > 0 {
            request = request.header("range", format!("bytes={start}-"));
        }
        let response = request.send().await.map_err(|error| origin.broke(error))?;
        let status = response.status();
        if status == reqwest::StatusCode::RANGE_NOT_SATISFIABLE {
            // What is here is as long as all of it, or belongs to something else: nobody knows which.
            let _ = fs::remove_file(partial).await;
        }
        if !status.is_success() {
            return Err(origin.refused(status));
        }
        let resumed = status == reqwest::StatusCode::PARTIAL_CONTENT;
        let comes = response.content_length();
        let mut file = fs::OpenOptions::new()
            .create(true)
            .append(resumed)
            .write(true)
            .truncate(!resumed)
            .custom_flags(crate::platform::NO_LINK)
            .open(partial)
            .await
            .map_err(disk)?;
        let mut written = if resumed { start } else { 0 };
        let room = Room {
            folder: &self.folder,
            size,
            comes: comes.map(|comes| written.saturating_add(comes)),
        };
        room.before_it_comes(written)?;
        let mut content = response.bytes_stream();
        while let Some(chunk) = content.next().await {
            let chunk = chunk.map_err(|error| origin.broke(error))?;
            let before = written;
            written += chunk.len() as u64;
            if written > size.unwrap_or(MAX_PACKAGE_BYTES) {
                break;
            }
            room.while_it_comes(before, written)?;
            file.write_all(&chunk).await.map_err(disk)?;
        }
        file.flush().await.map_err(disk)?;
        match size {
            None if written <= MAX_PACKAGE_BYTES => Ok(()),
            None => {
                let _ = fs::remove_file(partial).await;
                let why = format!("it has more than {MAX_PACKAGE_BYTES} bytes");
                Err(Failure::Final(why))
            }
            Some(size) if written == size => Ok(()),
            Some(size) => Err(Failure::Again(format!("{written} of {size} bytes came"))),
        }
    }
}

/// An error with what caused it: the first words alone rarely tell.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |told, cause| format!("{told}: {cause}"))
}

/// Removes downloads that broke off and that nobody touched for so long.
pub fn forget_partials(folder: &Path, untouched: Duration) {
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for file in files.flatten() {
        let path = file.path();
        let age = file.metadata().and_then(|file| file.modified()).map(|at| {
            // One from the future is as old as any.
            SystemTime::now()
                .duration_since(at)
                .unwrap_or(Duration::MAX)
        });
        if path
            .extension()
            .is_some_and(|extension| extension == "part")
            && age.is_ok_and(|age| age >= untouched)
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(path = %path.display(), %error, "a download that broke off stays behind");
        }
    }
}

fn unavailable(why: impl std::fmt::Display) -> Outcome {
    Outcome::PackageUnavailable {
        why: why.to_string(),
    }
}

async fn finish(package: &PackageOrder, partial: &Path, target: &Path) -> Result<(), Outcome> {
    let actual = digest(partial).await.map_err(unavailable)?;
    if actual != package.sha256.to_ascii_lowercase() {
        // It is worth nothing, and the next order starts from the beginning.
        let _ = fs::remove_file(partial).await;
        return Err(Outcome::PackageCorrupt {
            expected: package.sha256.clone(),
            actual,
        });
    }
    fs::rename(partial, target).await.map_err(unavailable)
}

async fn digest(path: &Path) -> std::io::Result<String> {
    let mut file = fs::File::open(path).await?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; BLOCK];
    loop {
        let read = file.read(&mut block).await?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&block[..read]);
    }
}

#[cfg(test)]
mod tests;
