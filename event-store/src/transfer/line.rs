//! The lines of a file, and what one that somebody made cannot say.

use super::TransferError;
use crate::port::{
    ContentType, MAX_APPEND_BYTES, MAX_EVENT_TYPE_BYTES, Position, RecordedEvent, Retention,
    StreamName, TOMBSTONE_REVISION, TOMBSTONE_TYPE,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// The largest number that a file may give an event in its stream: no stream comes near it, and counting goes on behind it.
const MAX_REVISION: u64 = 1 << 48;
/// How far ahead of this machine's clock an event's time may be: later ones would be dated like it, for ever.
const MAX_AHEAD: TimeDelta = TimeDelta::days(1);
/// Longest line of a file, in bytes: an append's limit, as text of escapes, and room for the rest.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// One line of a file.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Line {
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
pub struct EventLine {
    position: u64,
    stream: String,
    revision: u64,
    id: Uuid,
    #[serde(rename = "type")]
    event_type: String,
    recorded_at: DateTime<Utc>,
    content_type: ContentType,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_base64: Option<String>,
}

/// The newest metadata of a stream.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescriptionLine {
    metadata_of: String,
    content_type: ContentType,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_base64: Option<String>,
    /// The number of the stream's newest event in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<u64>,
}

/// What is said of a stream.
pub struct Description {
    pub stream: StreamName,
    /// The number of its newest event there.
    pub head: Option<u64>,
    pub content_type: ContentType,
    pub data: Bytes,
}

/// To the byte: as text where it is text, else in Base64.
fn written(bytes: &[u8]) -> (Option<String>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(STANDARD.encode(bytes))),
    }
}

fn read(name: &str, text: Option<String>, base64: Option<String>) -> Result<Bytes, String> {
    let bytes = match (text, base64) {
        (Some(text), None) => text.into(),
        (None, Some(base64)) => match STANDARD.decode(base64) {
            Ok(bytes) => bytes.into(),
            Err(error) => return Err(format!("its {name}Base64 cannot be read: {error}")),
        },
        _ => return Err(format!("it has either {name} or {name}Base64")),
    };
    Ok(bytes)
}

fn stream_named(name: &str) -> Result<StreamName, String> {
    let stream = StreamName::new(name).map_err(|error| error.to_string())?;
    if stream.is_system() {
        return Err(format!("{stream} is the store's own: it is never moved"));
    }
    Ok(stream)
}

fn check_size(bytes: usize) -> Result<(), String> {
    if bytes > MAX_APPEND_BYTES {
        return Err(format!(
            "it has {bytes} bytes, and an event has at most {MAX_APPEND_BYTES}"
        ));
    }
    Ok(())
}

impl EventLine {
    pub fn of(event: &RecordedEvent) -> Self {
        let (data, data_base64) = written(&event.data);
        let (metadata, metadata_base64) = written(&event.metadata);
        Self {
            position: event.position.0,
            stream: event.stream.to_string(),
            revision: event.revision,
            id: event.id,
            event_type: event.event_type.to_string(),
            recorded_at: event.created,
            content_type: event.content_type,
            data,
            data_base64,
            metadata,
            metadata_base64,
        }
    }

    pub fn event(self, now: DateTime<Utc>) -> Result<RecordedEvent, String> {
        let ends_its_stream =
            self.revision == TOMBSTONE_REVISION && self.event_type == TOMBSTONE_TYPE;
        if self.revision > MAX_REVISION && !ends_its_stream {
            return Err(format!("no event has the number {}", self.revision));
        }
        if self.recorded_at > now + MAX_AHEAD {
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
        let event = RecordedEvent {
            position: Position(self.position),
            stream: stream_named(&self.stream)?,
            revision: self.revision,
            id: self.id,
            event_type: self.event_type.into(),
            created: self.recorded_at,
            content_type: self.content_type,
            data: read("data", self.data, self.data_base64)?,
            metadata: read("metadata", self.metadata, self.metadata_base64)?,
        };
        check_size(event.data.len() + event.metadata.len())?;
        Ok(event)
    }
}

impl DescriptionLine {
    pub fn of(description: &Description) -> Self {
        let (data, data_base64) = written(&description.data);
        Self {
            metadata_of: description.stream.to_string(),
            content_type: description.content_type,
            data,
            data_base64,
            head: description.head,
        }
    }

    pub fn description(self) -> Result<Description, String> {
        let description = Description {
            stream: stream_named(&self.metadata_of)?,
            head: self.head,
            content_type: self.content_type,
            data: read("data", self.data, self.data_base64)?,
        };
        check_size(description.data.len())?;
        Ok(description)
    }
}

impl Line {
    pub fn said(self, now: DateTime<Utc>) -> Result<Said, String> {
        match self {
            Self::Event(line) => line.event(now).map(Box::new).map(Said::Event),
            Self::Description(line) => line.description().map(Said::Description),
            Self::Retention {
                retention_of,
                retention,
            } => Ok(Said::Retention(Description {
                stream: stream_named(&retention_of)?,
                head: None,
                content_type: ContentType::Json,
                data: serde_json::to_vec(&retention)
                    .map_err(|error| error.to_string())?
                    .into(),
            })),
        }
    }
}

/// What a line says.
pub enum Said {
    Event(Box<RecordedEvent>),
    Description(Description),
    /// How long its events are kept, and nothing else.
    Retention(Description),
}

pub struct Lines {
    path: PathBuf,
    reader: BufReader<GzDecoder<File>>,
    number: u64,
}

impl Lines {
    pub fn open(path: &Path) -> Result<Self, TransferError> {
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

    pub fn fault(&self, cause: String) -> TransferError {
        TransferError::Line {
            path: self.path.clone(),
            line: self.number,
            cause,
        }
    }

    pub fn next(&mut self) -> Result<Option<Line>, TransferError> {
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
