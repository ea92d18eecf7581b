//! What lies beside a file, and whether the file is what it says.

use super::TransferError;
use super::line::{Lines, Said};
use crate::evidence::checkpoint::{BEGINNING, event_digest, is_covered, run_on};
use crate::port::RecordedEvent;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use upkeep_domain::kernel::digest::Sha256Digest;

/// The format of the files.
const FORMAT: &str = "upkeep-events-1";

/// What lies beside an exported file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    pub format: String,
    pub events: u64,
    /// By the category of their streams.
    pub categories: BTreeMap<String, u64>,
    /// Files of before had only those that say how long events are kept.
    #[serde(alias = "streamsWithRetention")]
    pub streams_with_metadata: u64,
    pub first_recorded: Option<DateTime<Utc>>,
    pub last_recorded: Option<DateTime<Utc>>,
    /// The running digest of all events that checkpoints cover.
    pub digest: Sha256Digest,
    /// Of the file.
    pub sha256: Sha256Digest,
    pub bytes: u64,
}

impl Manifest {
    /// Of nothing.
    pub(super) fn new() -> Self {
        Self {
            format: FORMAT.to_owned(),
            events: 0,
            categories: BTreeMap::new(),
            streams_with_metadata: 0,
            first_recorded: None,
            last_recorded: None,
            digest: BEGINNING,
            sha256: BEGINNING,
            bytes: 0,
        }
    }

    pub(super) fn count(&mut self, event: &RecordedEvent) {
        self.events += 1;
        let category = event.stream.category();
        match self.categories.get_mut(category) {
            Some(count) => *count += 1,
            None => {
                self.categories.insert(category.to_owned(), 1);
            }
        }
        self.first_recorded.get_or_insert(event.created);
        self.last_recorded = Some(event.created);
        if is_covered(&event.stream) {
            self.digest = run_on(self.digest, event_digest(event));
        }
    }

    fn holds_what(&self, other: &Self) -> bool {
        (self.events, self.digest, self.streams_with_metadata)
            == (other.events, other.digest, other.streams_with_metadata)
    }

    fn contents(&self) -> String {
        format!(
            "{} events with the digest {} and metadata of {} streams",
            self.events, self.digest, self.streams_with_metadata
        )
    }
}

/// Where the manifest of a file lies.
pub fn manifest_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

pub fn check_file(file: &Path, now: DateTime<Utc>) -> Result<Manifest, TransferError> {
    let path = manifest_path(file);
    let text = std::fs::read(&path).map_err(|error| TransferError::Manifest {
        path: path.clone(),
        cause: error.to_string(),
    })?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| TransferError::Manifest {
            path: path.clone(),
            cause: error.to_string(),
        })?;
    if manifest.format != FORMAT {
        return Err(TransferError::Manifest {
            path,
            cause: format!(
                "it has the format {:?}, and this program knows {FORMAT:?}",
                manifest.format
            ),
        });
    }
    let failed = |cause| TransferError::File {
        path: file.to_owned(),
        cause,
    };
    let mut hash = Sha256::new();
    let mut reader = File::open(file).map_err(failed)?;
    let mut buffer = vec![0; 1024 * 1024];
    loop {
        match reader.read(&mut buffer).map_err(failed)? {
            0 => break,
            bytes => hash.update(&buffer[..bytes]),
        }
    }
    let sha256 = Sha256Digest(hash.finalize().into());
    if sha256 != manifest.sha256 {
        return Err(TransferError::Changed {
            path: file.to_owned(),
            cause: format!("its SHA-256 is {sha256}, not {}", manifest.sha256),
        });
    }
    let mut counted = Manifest::new();
    let mut lines = Lines::open(file)?;
    // However much the rest would unpack to.
    while counted.events <= manifest.events
        && counted.streams_with_metadata <= manifest.streams_with_metadata
        && let Some(line) = lines.next()?
    {
        match line.said(now).map_err(|cause| lines.fault(cause))? {
            Said::Event(event) => counted.count(&event),
            Said::Description(_) | Said::Retention(..) => counted.streams_with_metadata += 1,
        }
    }
    if !counted.holds_what(&manifest) {
        return Err(TransferError::Changed {
            path: file.to_owned(),
            cause: format!("it has {}, not {}", counted.contents(), manifest.contents()),
        });
    }
    Ok(manifest)
}
