//! What is read at once.

use super::SCAN_ROWS;
use crate::port::{ContentType, Position, RecordedEvent, StreamName};
use bytes::Bytes;
use chrono::DateTime;
use rusqlite::Row;
use std::ops::Range;
use std::sync::Arc;
use uuid::Uuid;

/// What an event takes in a page, about; to reserve memory once.
const TYPICAL_EVENT_BYTES: usize = 640;

/// A page's events, whose bytes lie in one piece of memory.
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) rows: Vec<(RecordedEvent, Range<usize>, Range<usize>)>,
}

impl Page {
    pub(super) fn new(events: usize) -> Self {
        let events = events.min(SCAN_ROWS);
        Self {
            bytes: Vec::with_capacity(events * TYPICAL_EVENT_BYTES),
            rows: Vec::with_capacity(events),
        }
    }

    pub(super) fn push(
        &mut self,
        row: &Row<'_>,
        position: Position,
        stream: StreamName,
        event_type: Arc<str>,
    ) -> rusqlite::Result<()> {
        let mut copy = |index| -> rusqlite::Result<Range<usize>> {
            let start = self.bytes.len();
            let value = row.get_ref(index)?;
            let blob = value.as_bytes().map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    index,
                    rusqlite::types::Type::Blob,
                    error.into(),
                )
            })?;
            self.bytes.extend_from_slice(blob);
            Ok(start..self.bytes.len())
        };
        let (metadata, data) = (copy(7)?, copy(8)?);
        let id: [u8; 16] = row.get(3)?;
        let event = RecordedEvent {
            position,
            stream,
            revision: row.get::<_, i64>(2)?.unsigned_abs(),
            id: Uuid::from_bytes(id),
            event_type,
            created: DateTime::from_timestamp_micros(row.get(5)?).unwrap_or_default(),
            content_type: if row.get(6)? {
                ContentType::Binary
            } else {
                ContentType::Json
            },
            data: Bytes::new(),
            metadata: Bytes::new(),
        };
        self.rows.push((event, metadata, data));
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<RecordedEvent> {
        let bytes = Bytes::from(self.bytes);
        self.rows
            .into_iter()
            .map(|(mut event, metadata, data)| {
                event.metadata = bytes.slice(metadata);
                event.data = bytes.slice(data);
                event
            })
            .collect()
    }
}
