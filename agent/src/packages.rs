//! Fetching the file that a script needs: resumed where it broke off, and checked before anything sees it.
//!
//! Room is asked for before; a disk that gets full all the same ends the download, and nothing of it stays.

mod origin;

use crate::ports::{Fetching, Packages};
use crate::space;
use futures_util::StreamExt;
use origin::{Origin, Origins};
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
/// How much comes of a file of unknown length before its disk is asked again whether there is room, in bytes.
const STRIDE: u64 = 16 * 1024 * 1024;
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

/// In bytes, if that is known before it comes.
fn size_of(package: &PackageOrder) -> Option<u64> {
    (package.url.is_none() || package.size > 0).then_some(package.size)
}

/// Room for what nobody had said the length of before it came.
struct Room<'a> {
    folder: &'a Path,
    size: Option<u64>,
    /// How long it is in all, as its host says now.
    comes: Option<u64>,
}

impl Room<'_> {
    fn before_it_comes(&self, here: u64) -> Result<(), Failure> {
        match (self.size, self.comes) {
            // It was asked for before.
            (Some(_), _) => Ok(()),
            (None, Some(all)) if all > MAX_PACKAGE_BYTES => Err(Failure::Final(format!(
                "it has {all} bytes, and at most {MAX_PACKAGE_BYTES} are fetched"
            ))),
            (None, Some(all)) => space::for_package(self.folder, all, all.saturating_sub(here))
                .map_err(Failure::NoRoom),
            (None, None) => {
                space::for_package(self.folder, STRIDE, STRIDE).map_err(Failure::NoRoom)
            }
        }
    }

    fn while_it_comes(&self, before: u64, after: u64) -> Result<(), Failure> {
        let is_due = before / STRIDE != after / STRIDE;
        if is_due && self.size.is_none() && self.comes.is_none() {
            space::for_package(self.folder, after, STRIDE).map_err(Failure::NoRoom)
        } else {
            Ok(())
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
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    const CONTENT: &[u8] = b"0123456789";

    /// A server that breaks off in the middle of its first answer and serves the rest where it is asked to.
    async fn breaking_server() -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let answers = [
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123",
            "HTTP/1.1 206 Partial Content\r\ncontent-length: 6\r\n\r\n456789",
        ];
        let served = tokio::spawn(async move {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4_096];
                let length = socket.read(&mut request).await.unwrap();
                requests.push(String::from_utf8_lossy(&request[..length]).to_lowercase());
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.shutdown().await.unwrap();
            }
            requests
        });
        (address, served)
    }

    fn order(sha256: String) -> PackageOrder {
        PackageOrder {
            file_name: "x".into(),
            sha256,
            size: CONTENT.len() as u64,
            url: None,
        }
    }

    #[tokio::test]
    async fn a_download_goes_on_where_it_broke_off() {
        // Another test may have been faster.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::TempDir::new().unwrap();
        let (address, served) = breaking_server().await;
        let fetcher = Fetcher::new(address, folder.path().join("packages")).unwrap();
        let target = folder.path().join("x");
        let order = order(hex::encode(Sha256::digest(CONTENT)));
        fetcher.fetch(&order, "ticket", &target).await.unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), CONTENT);
        let requests = served.await.unwrap();
        assert!(!requests[0].contains("range:"), "{}", requests[0]);
        assert!(requests[1].contains("range: bytes=4-"), "{}", requests[1]);
    }

    #[tokio::test]
    async fn a_package_that_does_not_fit_is_not_begun_and_old_downloads_make_room() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::TempDir::new().unwrap();
        let (young, other) = (folder.path().join("a.part"), folder.path().join("b"));
        let fetcher = Fetcher::new("http://127.0.0.1:1".into(), folder.path().to_owned()).unwrap();
        for file in [&young, &other] {
            std::fs::write(file, "x").unwrap();
        }
        let mut order = order("0".repeat(64));
        order.size = u64::MAX / 4;
        let answer = fetcher
            .fetch(&order, "ticket", &folder.path().join("x"))
            .await;
        let Err(Outcome::PackageUnavailable { why }) = answer else {
            panic!("{answer:?}");
        };
        assert!(why.contains("not enough room"), "{why}");
        assert!(!young.exists(), "it made room");
        assert!(other.exists(), "it is no download");
    }

    #[test]
    fn a_download_that_broke_off_is_kept_for_a_while() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = |name: &str, age: Duration| {
            let path = folder.path().join(name);
            let file = std::fs::File::create(&path).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
            path
        };
        let (young, old) = (file("a.part", KEPT / 2), file("b.part", 2 * KEPT));
        forget_partials(folder.path(), KEPT);
        assert!(young.exists() && !old.exists());
    }

    #[tokio::test]
    async fn a_digest_that_is_none_leads_nowhere() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::TempDir::new().unwrap();
        let fetcher = Fetcher::new("http://127.0.0.1:1".into(), folder.path().to_owned()).unwrap();
        let order = order(format!("../../{}", "0".repeat(58)));
        let answer = fetcher.fetch(&order, "", &folder.path().join("x")).await;
        assert!(matches!(answer, Err(Outcome::PackageUnavailable { .. })));
    }
}
