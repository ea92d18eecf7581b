//! Into a file.

use super::TransferError;
use super::description::{Heads, described, description};
use super::line::{DescriptionLine, EventLine, Line};
use super::manifest::{Manifest, manifest_path};
use crate::port::{Direction, EventStore, MAX_PAGE, Position};
use crate::private::{self, Partial};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::{BufWriter, Write};
use std::path::Path;
use upkeep_domain::kernel::digest::Sha256Digest;

/// Writes all events of a store to a file. `progress` is told how many were written. The file takes its name when it is
/// whole, after its manifest.
pub async fn export(
    store: &dyn EventStore,
    file: &Path,
    mut progress: impl FnMut(u64),
) -> Result<Manifest, TransferError> {
    let failed = |cause| TransferError::File {
        path: file.to_owned(),
        cause,
    };
    let beside = manifest_path(file);
    for path in [file, &*beside] {
        if path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
    }
    let (partial, written) = Partial::beside(file).map_err(failed)?;
    let mut gzip = GzEncoder::new(
        Hashing::new(BufWriter::new(written)),
        Compression::default(),
    );
    let mut manifest = Manifest::new();
    let mut heads = Heads::default();
    let mut after = Position::START;
    loop {
        let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            write_line(&mut gzip, &Line::Event(Box::new(EventLine::of(event)))).map_err(failed)?;
            manifest.count(event);
            heads.meet(event);
        }
        progress(manifest.events);
    }
    // Last, so that what was said of a stream meanwhile is there.
    for stream in described(store).await? {
        if let Some(description) = description(store, stream, &heads).await? {
            let line = Line::Description(DescriptionLine::of(&description));
            write_line(&mut gzip, &line).map_err(failed)?;
            manifest.streams_with_metadata += 1;
        }
    }
    let hashing = gzip.finish().map_err(failed)?;
    let (writer, sha256, bytes) = hashing.finish();
    manifest.sha256 = sha256;
    manifest.bytes = bytes;
    writer
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(failed)?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(error.into()))?;
    private::write_new(&beside, &text).map_err(|cause| not_overwritten(&beside, cause))?;
    partial
        .become_new(file)
        .map_err(|cause| not_overwritten(file, cause))?;
    Ok(manifest)
}

fn exists(path: &Path) -> TransferError {
    TransferError::Exists {
        path: path.to_owned(),
    }
}

fn not_overwritten(path: &Path, cause: std::io::Error) -> TransferError {
    match cause.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => TransferError::File {
            path: path.to_owned(),
            cause,
        },
    }
}

fn write_line(to: &mut impl Write, line: &Line) -> std::io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// Counts and hashes what goes through.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (W, Sha256Digest, u64) {
        (
            self.inner,
            Sha256Digest(self.hash.finalize().into()),
            self.bytes,
        )
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
