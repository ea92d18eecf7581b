//! Files that are not whole yet. What came of one is kept when its upload breaks off, so that the next one need not begin anew.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use upkeep_domain::kernel::digest::Sha256Digest;
use uuid::Uuid;

/// What of a file came before its upload broke off, under the file's name.
const KEPT: &str = "partial";
/// What comes now, under a name of its own. Nobody goes on with what a server that died was writing.
const COMING: &str = "part";
/// Most uploads of which the beginnings are kept; the one that nobody went on with for longest gives way.
pub const MAX_KEPT: usize = 8;

/// Which files are being uploaded right now, each as often as it is.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Arc<Mutex<BTreeMap<Sha256Digest, usize>>>);

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Sha256Digest, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is(&self, digest: &Sha256Digest) -> bool {
        self.lock().contains_key(digest)
    }
}

/// A file while it comes: once nobody writes it any more it is whole and has its name, or is kept to be gone on with, or is gone.
pub struct Arriving {
    digest: Sha256Digest,
    directory: PathBuf,
    path: PathBuf,
    is_kept: bool,
    in_flight: InFlight,
}

impl Arriving {
    fn new(directory: &Path, digest: Sha256Digest, in_flight: &InFlight) -> Self {
        *in_flight.lock().entry(digest).or_default() += 1;
        let name = format!("{}.{COMING}", Uuid::new_v4().simple());
        Self {
            digest,
            directory: directory.to_owned(),
            path: directory.join(name),
            is_kept: true,
            in_flight: in_flight.clone(),
        }
    }

    /// One of which nothing has come.
    pub fn begin(directory: &Path, digest: Sha256Digest, in_flight: &InFlight) -> Self {
        Self::new(directory, digest, in_flight)
    }

    /// One whose beginning was kept, and how much that is; nobody else goes on with it meanwhile. Nothing where none was.
    pub fn go_on(
        directory: &Path,
        digest: Sha256Digest,
        in_flight: &InFlight,
    ) -> io::Result<Option<(Self, u64)>> {
        let arriving = Self::new(directory, digest, in_flight);
        match std::fs::rename(kept(directory, &digest), &arriving.path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let bytes = std::fs::metadata(&arriving.path)?.len();
        Ok(Some((arriving, bytes)))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It comes to nothing: nobody could go on with it.
    pub fn forget(&mut self) {
        self.is_kept = false;
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let is_something = std::fs::metadata(&self.path).is_ok_and(|file| file.len() > 0);
        let is_kept = self.is_kept
            && is_something
            && std::fs::rename(&self.path, kept(&self.directory, &self.digest)).is_ok();
        if is_kept {
            bound(&self.directory);
        } else {
            // The next start removes what cannot be removed now. A whole one has another name by then.
            let _ = std::fs::remove_file(&self.path);
        }
        let mut in_flight = self.in_flight.lock();
        let left = in_flight.get(&self.digest).map_or(0, |uploads| uploads - 1);
        if left == 0 {
            in_flight.remove(&self.digest);
        } else {
            in_flight.insert(self.digest, left);
        }
    }
}

/// Where the beginning of a file is kept.
pub fn kept(directory: &Path, digest: &Sha256Digest) -> PathBuf {
    directory.join(format!("{digest}.{KEPT}"))
}

/// Removes what a server that died was writing, and beginnings beyond the bound. What cannot be removed stays, and is told.
pub fn sweep(directory: &Path) -> io::Result<()> {
    for file in std::fs::read_dir(directory)? {
        let path = file?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == COMING)
        {
            remove(&path);
        }
    }
    bound(directory);
    Ok(())
}

/// Removes the oldest beginnings beyond the bound.
fn bound(directory: &Path) {
    let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let all = files.filter(|file| {
        let path = file.path();
        path.extension().is_some_and(|extension| extension == KEPT)
    });
    let mut aged: Vec<(SystemTime, PathBuf)> = all
        .filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path())))
        .collect();
    aged.sort();
    let too_many = aged.len().saturating_sub(MAX_KEPT);
    for (_, path) in aged.into_iter().take(too_many) {
        remove(&path);
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "an upload that broke off stays behind");
    }
}
