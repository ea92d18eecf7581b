//! Moving events from store to store, and into files and back.
//!
//! Ids, types, data, metadata, order and, into an embedded store, revisions and times stay as they are. A server
//! that speaks the protocol gives events its own positions and times of recording; the time that an event tells
//! itself is in its metadata. The metadata of streams go along as they are, their retention and who may do what with them, if one
//! of their events can be read. Those of the log of all events stay: who may read that is each store's own affair.
//!
//! A file is JSON lines, compressed with gzip: one line an event, then one line for each stream with metadata. Beside
//! it lies a manifest with counts and digests, without which nothing is imported.

use crate::evidence::checkpoint::{BEGINNING, event_digest, is_covered, run_on};
use crate::port::{
    AppendError, ContentType, Direction, EventFault, EventStore, ExpectedRevision,
    MAX_APPEND_BYTES, MAX_EVENT_TYPE_BYTES, MAX_PAGE, NewEvent, Position, ReadError, RecordedEvent,
    Retention, StreamName,
};
use crate::private::{self, Partial};
use crate::sqlite::{TOMBSTONE_REVISION, TOMBSTONE_TYPE};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use upkeep_domain::script::Sha256Digest;
use uuid::Uuid;

/// Events that are taken over at once.
const AT_ONCE: usize = 1_024;
/// Bytes of events after which those that were read are taken over.
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;
/// The largest number that a file may give an event in its stream: no stream comes near it, and counting goes on behind it.
const MAX_REVISION: u64 = 1 << 48;
/// How far ahead of this machine's clock an event's time may be: later ones would be dated like it, for ever.
const MAX_AHEAD: TimeDelta = TimeDelta::days(1);
/// Longest line of a file, in bytes: an append's limit, as text of escapes, and room for the rest.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;
/// The format of the files.
const FORMAT: &str = "upkeep-events-1";

/// Why events were not moved.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("{path}: {cause}")]
    File {
        path: PathBuf,
        cause: std::io::Error,
    },
    #[error("line {line} of {path} cannot be read: {cause}")]
    Line {
        path: PathBuf,
        line: u64,
        cause: String,
    },
    #[error("the manifest {path} cannot be used: {cause}")]
    Manifest { path: PathBuf, cause: String },
    #[error("{path} is not what its manifest says: {cause}; it was damaged or changed")]
    Changed { path: PathBuf, cause: String },
    #[error(
        "the target's newest event, {id} in {stream}, is not in the source: it holds other events, choose an empty store"
    )]
    OtherEvents { stream: StreamName, id: Uuid },
    #[error(
        "{count} events of the source cannot be taken over, the first is number {revision} of {stream}: {fault}; nothing was copied"
    )]
    NotTaken {
        count: u64,
        stream: StreamName,
        revision: u64,
        fault: EventFault,
    },
    #[error("{path} is there already: nothing is overwritten, choose another name")]
    Exists { path: PathBuf },
}

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

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    pub events: u64,
    /// Those that were there already, from an earlier try.
    pub there_before: u64,
    /// Streams whose metadata were written.
    pub described: u64,
}

/// One line of a file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Event(Box<EventLine>),
    Description(DescriptionLine),
    /// In files of before.
    Retention {
        retention_of: String,
        retention: Retention,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventLine {
    position: u64,
    stream: String,
    revision: u64,
    id: Uuid,
    #[serde(rename = "type")]
    event_type: String,
    recorded_at: DateTime<Utc>,
    content_type: ContentType,
    #[serde(flatten)]
    data: DataText,
    #[serde(flatten)]
    metadata: MetadataText,
}

/// The newest metadata of a stream.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescriptionLine {
    metadata_of: String,
    content_type: ContentType,
    #[serde(flatten)]
    data: DataText,
}

/// To the byte: as text where it is text.
#[derive(Serialize, Deserialize)]
enum DataText {
    #[serde(rename = "data")]
    Text(String),
    #[serde(rename = "dataBase64")]
    Base64(String),
}

impl DataText {
    fn of(data: &[u8]) -> Self {
        match std::str::from_utf8(data) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(STANDARD.encode(data)),
        }
    }

    fn bytes(self) -> Result<Bytes, String> {
        match self {
            Self::Text(text) => Ok(text.into()),
            Self::Base64(text) => {
                let bytes = STANDARD.decode(text);
                bytes.map(Bytes::from).map_err(|error| error.to_string())
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
enum MetadataText {
    #[serde(rename = "metadata")]
    Text(String),
    #[serde(rename = "metadataBase64")]
    Base64(String),
}

impl EventLine {
    fn of(event: &RecordedEvent) -> Self {
        Self {
            position: event.position.0,
            stream: event.stream.to_string(),
            revision: event.revision,
            id: event.id,
            event_type: event.event_type.to_string(),
            recorded_at: event.created,
            content_type: event.content_type,
            data: DataText::of(&event.data),
            metadata: match std::str::from_utf8(&event.metadata) {
                Ok(text) => MetadataText::Text(text.to_owned()),
                Err(_) => MetadataText::Base64(STANDARD.encode(&event.metadata)),
            },
        }
    }

    fn event(self) -> Result<RecordedEvent, String> {
        let ends_its_stream =
            self.revision == TOMBSTONE_REVISION && self.event_type == TOMBSTONE_TYPE;
        if self.revision > MAX_REVISION && !ends_its_stream {
            return Err(format!("no event has the number {}", self.revision));
        }
        if self.recorded_at > Utc::now() + MAX_AHEAD {
            return Err(format!(
                "it was recorded at {}, which is to come: check this machine's clock",
                self.recorded_at
            ));
        }
        if self.event_type.len() > MAX_EVENT_TYPE_BYTES {
            return Err(format!(
                "its type is longer than {MAX_EVENT_TYPE_BYTES} bytes"
            ));
        }
        let event = self.decoded()?;
        let bytes = event.data.len() + event.metadata.len();
        if bytes > MAX_APPEND_BYTES {
            return Err(format!(
                "it has {bytes} bytes, and an event has at most {MAX_APPEND_BYTES}"
            ));
        }
        Ok(event)
    }

    fn decoded(self) -> Result<RecordedEvent, String> {
        Ok(RecordedEvent {
            position: Position(self.position),
            stream: StreamName::new(&self.stream).map_err(|error| error.to_string())?,
            revision: self.revision,
            id: self.id,
            event_type: self.event_type.into(),
            created: self.recorded_at,
            content_type: self.content_type,
            data: self.data.bytes()?,
            metadata: match self.metadata {
                MetadataText::Text(text) => Bytes::from(text),
                MetadataText::Base64(text) => STANDARD
                    .decode(text)
                    .map_err(|error| error.to_string())?
                    .into(),
            },
        })
    }
}

/// Where the manifest of a file lies.
pub fn manifest_path(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".manifest.json");
    PathBuf::from(name)
}

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
    let mut manifest = Manifest {
        format: FORMAT.to_owned(),
        events: 0,
        categories: BTreeMap::new(),
        streams_with_metadata: 0,
        first_recorded: None,
        last_recorded: None,
        digest: BEGINNING,
        sha256: BEGINNING,
        bytes: 0,
    };
    let mut streams = BTreeSet::new();
    let mut after = Position::START;
    loop {
        let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            write_line(&mut gzip, &Line::Event(Box::new(EventLine::of(event)))).map_err(failed)?;
            manifest.count(event);
            if !streams.contains(&event.stream) {
                streams.insert(event.stream.clone());
            }
        }
        progress(manifest.events);
    }
    for stream in streams {
        if let Some(description) = store.description(&stream).await? {
            let line = Line::Description(DescriptionLine {
                metadata_of: stream.to_string(),
                content_type: description.content_type,
                data: DataText::of(&description.data),
            });
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

impl Manifest {
    fn count(&mut self, event: &RecordedEvent) {
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
}

fn write_line(to: &mut impl Write, line: &Line) -> std::io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// Reads a file, checked against its manifest first, into a store. What is there already from an earlier try is
/// passed over. `progress` is told how many events were read, of how many.
pub async fn import(
    file: &Path,
    store: &dyn EventStore,
    mut progress: impl FnMut(u64, u64),
) -> Result<Moved, TransferError> {
    let manifest = check_file(file)?;
    let mut moved = Moved::default();
    let mut skip_until = newest(store).await?;
    let mut batch = Vec::with_capacity(AT_ONCE);
    let mut bytes = 0;
    let mut read = 0;
    let mut lines = Lines::open(file)?;
    while let Some(line) = lines.next()? {
        match line {
            Line::Event(line) => {
                let event = line.event().map_err(|cause| lines.fault(cause))?;
                read += 1;
                if let Some(newest) = &skip_until {
                    moved.there_before += 1;
                    if is_same(newest, &event) {
                        skip_until = None;
                    }
                    continue;
                }
                bytes += event.data.len() + event.metadata.len();
                batch.push(event);
                if batch.len() == AT_ONCE || bytes >= BYTES_AT_ONCE {
                    bytes = 0;
                    moved.events += batch.len() as u64;
                    store.import(std::mem::take(&mut batch)).await?;
                    progress(read, manifest.events);
                }
            }
            Line::Description(line) => {
                moved.events += batch.len() as u64;
                store.import(std::mem::take(&mut batch)).await?;
                let stream = stream_named(&line.metadata_of).map_err(|cause| lines.fault(cause))?;
                let data = line.data.bytes().map_err(|cause| lines.fault(cause))?;
                let kept = keep(store, &stream, line.content_type, &data).await?;
                moved.described += u64::from(kept);
            }
            Line::Retention {
                retention_of,
                retention,
            } => {
                moved.events += batch.len() as u64;
                store.import(std::mem::take(&mut batch)).await?;
                let stream = stream_named(&retention_of).map_err(|cause| lines.fault(cause))?;
                if store.retention(&stream).await? != retention {
                    store.set_retention(&stream, retention).await?;
                    moved.described += 1;
                }
            }
        }
    }
    if let Some(newest) = skip_until {
        return Err(TransferError::OtherEvents {
            stream: newest.stream,
            id: newest.id,
        });
    }
    moved.events += batch.len() as u64;
    store.import(batch).await?;
    progress(read, manifest.events);
    Ok(moved)
}

/// Copies all events from one store to another. All of them are looked at before the first is written: one that the
/// target refuses would stop the copy in its middle. A copy that was broken off is gone on with. `progress` is told how
/// many events are there.
pub async fn copy(
    from: &dyn EventStore,
    to: &dyn EventStore,
    mut progress: impl FnMut(u64),
) -> Result<Moved, TransferError> {
    let mut moved = Moved::default();
    let mut after = Position::START;
    if let Some(newest) = newest(to).await? {
        let (position, events) = find(from, &newest).await?;
        after = position;
        moved.there_before = events;
    }
    look(from, to, after).await?;
    loop {
        let page = from.read_all(after, Direction::Forwards, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        moved.events += page.len() as u64;
        to.import(page).await?;
        progress(moved.there_before + moved.events);
    }
    // Metadata last: nothing is hidden before all of it is there.
    let mut streams = BTreeSet::new();
    let mut after = Position::START;
    loop {
        let page = from.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in &page {
            if !streams.contains(&event.stream) {
                moved.described += u64::from(describe(from, to, &event.stream).await?);
                streams.insert(event.stream.clone());
            }
        }
    }
    Ok(moved)
}

fn stream_named(name: &str) -> Result<StreamName, String> {
    StreamName::new(name).map_err(|error| error.to_string())
}

/// Takes over what the metadata of a stream say; answers whether anything had to be said.
async fn describe(
    from: &dyn EventStore,
    to: &dyn EventStore,
    stream: &StreamName,
) -> Result<bool, TransferError> {
    match from.description(stream).await? {
        Some(event) => keep(to, stream, event.content_type, &event.data).await,
        None => Ok(false),
    }
}

/// Whether a store takes all events of another one behind a position.
async fn look(
    from: &dyn EventStore,
    to: &dyn EventStore,
    mut after: Position,
) -> Result<(), TransferError> {
    let mut first = None;
    let mut count = 0;
    loop {
        let page = from.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page.iter().filter(|event| !ends_its_stream(event)) {
            if let Some(fault) = to.refuses(event) {
                count += 1;
                first.get_or_insert_with(|| (event.stream.clone(), event.revision, fault));
            }
        }
    }
    match first {
        Some((stream, revision, fault)) => Err(TransferError::NotTaken {
            count,
            stream,
            revision,
            fault,
        }),
        None => Ok(()),
    }
}

async fn newest(store: &dyn EventStore) -> Result<Option<RecordedEvent>, ReadError> {
    let page = store
        .read_all(Position::END, Direction::Backwards, 1)
        .await?;
    Ok(page.into_iter().next())
}

/// Whether it is the same event in another store. What ends a stream for good is written by each store itself.
fn is_same(one: &RecordedEvent, other: &RecordedEvent) -> bool {
    one.stream == other.stream
        && (one.id == other.id || (ends_its_stream(one) && ends_its_stream(other)))
}

fn ends_its_stream(event: &RecordedEvent) -> bool {
    event.revision == TOMBSTONE_REVISION && &*event.event_type == TOMBSTONE_TYPE
}

/// Where an event stands in a store, and how many events there are up to it.
async fn find(
    store: &dyn EventStore,
    event: &RecordedEvent,
) -> Result<(Position, u64), TransferError> {
    let mut after = Position::START;
    let mut count = 0;
    loop {
        let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else {
            return Err(TransferError::OtherEvents {
                stream: event.stream.clone(),
                id: event.id,
            });
        };
        after = last.position;
        for candidate in &page {
            count += 1;
            if is_same(candidate, event) {
                return Ok((candidate.position, count));
            }
        }
    }
}

/// Answers whether anything had to be said.
async fn keep(
    store: &dyn EventStore,
    stream: &StreamName,
    content_type: ContentType,
    data: &Bytes,
) -> Result<bool, TransferError> {
    let said = store.description(stream).await?;
    if said.is_some_and(|said| said.content_type == content_type && said.data == *data) {
        return Ok(false);
    }
    store.describe(stream, content_type, data.to_vec()).await?;
    Ok(true)
}

/// Takes an event over by appending it, for stores that number and date events themselves.
pub(crate) async fn take_over(
    store: &(impl EventStore + ?Sized),
    event: RecordedEvent,
) -> Result<(), AppendError> {
    if ends_its_stream(&event) {
        return match store
            .tombstone_stream(&event.stream, ExpectedRevision::Any)
            .await
        {
            Err(AppendError::StreamDeleted { .. }) => Ok(()),
            done => done,
        };
    }
    let expected = match event.revision.checked_sub(1) {
        None => ExpectedRevision::NoStream,
        Some(before) => ExpectedRevision::Exactly(before),
    };
    let new = NewEvent {
        id: event.id,
        event_type: event.event_type.to_string().into(),
        content_type: event.content_type,
        data: event.data.to_vec(),
        metadata: event.metadata.to_vec(),
    };
    let conflict = match store
        .append(&event.stream, expected, vec![new.clone()])
        .await
    {
        Err(AppendError::Conflict { actual, .. }) if !is_covered(&event.stream) => actual,
        result => return result.map(|_| ()),
    };
    // The beginning of this stream is gone in the source, so that it is numbered from 0 here.
    let there = store
        .read_stream(&event.stream, u64::MAX, Direction::Backwards, 1)
        .await
        .map_err(|error| AppendError::Unreachable {
            cause: error.to_string(),
        })?;
    if there.first().is_some_and(|newest| newest.id == event.id) {
        return Ok(());
    }
    let expected = conflict.map_or(ExpectedRevision::NoStream, ExpectedRevision::Exactly);
    store
        .append(&event.stream, expected, vec![new])
        .await
        .map(|_| ())
}

fn check_file(file: &Path) -> Result<Manifest, TransferError> {
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
    let mut counted = Manifest {
        events: 0,
        categories: BTreeMap::new(),
        digest: BEGINNING,
        ..manifest.clone()
    };
    let mut lines = Lines::open(file)?;
    while let Some(line) = lines.next()? {
        if let Line::Event(line) = line {
            let event = line.event().map_err(|cause| lines.fault(cause))?;
            counted.count(&event);
        }
        // However much the rest would unpack to.
        if counted.events > manifest.events {
            break;
        }
    }
    if counted.events != manifest.events || counted.digest != manifest.digest {
        return Err(TransferError::Changed {
            path: file.to_owned(),
            cause: format!(
                "it has {} events with the digest {}, not {} with {}",
                counted.events, counted.digest, manifest.events, manifest.digest
            ),
        });
    }
    Ok(manifest)
}

struct Lines {
    path: PathBuf,
    reader: BufReader<GzDecoder<File>>,
    number: u64,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, TransferError> {
        let file = File::open(path).map_err(|cause| TransferError::File {
            path: path.to_owned(),
            cause,
        })?;
        Ok(Self {
            path: path.to_owned(),
            reader: BufReader::new(GzDecoder::new(file)),
            number: 0,
        })
    }

    fn fault(&self, cause: String) -> TransferError {
        TransferError::Line {
            path: self.path.clone(),
            line: self.number,
            cause,
        }
    }

    fn next(&mut self) -> Result<Option<Line>, TransferError> {
        self.number += 1;
        let mut line = Vec::new();
        let read = (&mut self.reader)
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line)
            .map_err(|error| self.fault(error.to_string()))?;
        if read == 0 {
            return Ok(None);
        }
        serde_json::from_slice(&line)
            .map(Some)
            .map_err(|error| self.fault(error.to_string()))
    }
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
