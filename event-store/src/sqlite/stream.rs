//! What the engine knows of one stream.

use super::signed;
use crate::port::{Retention, StreamName};
use crate::retention::DELETED;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension, params};

/// A stream as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    pub(super) id: i64,
    /// Its newest revision; nothing while it has no event.
    pub head: Option<u64>,
    pub retention: Retention,
    pub tombstoned: bool,
}

impl Stream {
    /// A stream without events.
    pub(super) fn new(id: i64, name: &StreamName) -> Self {
        Self {
            id,
            head: None,
            retention: fixed_retention(name).unwrap_or_default(),
            tombstoned: false,
        }
    }

    /// Whether it was deleted and nothing was appended since.
    pub fn is_deleted(&self) -> bool {
        self.retention.truncate_before == Some(DELETED)
    }

    /// Its newest revision, if a reader would find it.
    pub fn visible_head(&self) -> Option<u64> {
        self.head.filter(|_| !self.is_deleted() && !self.tombstoned)
    }

    /// The first revision that its metadata does not hide; age aside.
    pub fn first_kept(&self) -> u64 {
        let by_count = match (self.retention.max_count, self.head) {
            (Some(count), Some(head)) => (head + 1).saturating_sub(count),
            _ => 0,
        };
        by_count.max(self.retention.truncate_before.unwrap_or(0))
    }

    /// Events that were recorded earlier are hidden.
    pub fn kept_since(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let age = i64::try_from(self.retention.max_age?).ok()?;
        now.checked_sub_signed(TimeDelta::try_seconds(age)?)
    }

    pub(super) fn load(
        connection: &Connection,
        name: &StreamName,
    ) -> rusqlite::Result<Option<Self>> {
        let found = connection
            .prepare_cached(
                "SELECT stream_id, truncate_before, max_age, max_count, tombstoned
                 FROM streams WHERE name = ?1",
            )?
            .query_row([name.as_str()], |row| {
                let count = |index| {
                    row.get::<_, Option<i64>>(index)
                        .map(|number| number.map(i64::unsigned_abs))
                };
                // Programs of before have kept to zeros and to what metadata's own metadata say.
                let said = Retention {
                    truncate_before: count(1)?,
                    max_age: count(2)?.filter(|age| *age > 0),
                    max_count: count(3)?.filter(|count| *count > 0),
                };
                Ok(Self {
                    id: row.get(0)?,
                    head: None,
                    retention: fixed_retention(name).unwrap_or(said),
                    tombstoned: row.get(4)?,
                })
            })
            .optional()?;
        let Some(mut stream) = found else {
            return Ok(None);
        };
        let head: Option<i64> = connection
            .prepare_cached("SELECT rev FROM sidx WHERE stream_id = ?1 ORDER BY rev DESC LIMIT 1")?
            .query_row([stream.id], |row| row.get(0))
            .optional()?;
        stream.head = head.map(i64::unsigned_abs);
        Ok(Some(stream))
    }

    pub(super) fn create(connection: &Connection, name: &StreamName) -> rusqlite::Result<Self> {
        let mut stream = Self::new(0, name);
        connection
            .prepare_cached("INSERT INTO streams (name, max_count) VALUES (?1, ?2)")?
            .execute(params![
                name.as_str(),
                stream.retention.max_count.map(signed)
            ])?;
        stream.id = connection.last_insert_rowid();
        Ok(stream)
    }

    pub(super) fn save(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "UPDATE streams SET truncate_before = ?2, max_age = ?3, max_count = ?4, tombstoned = ?5
                 WHERE stream_id = ?1",
            )?
            .execute(params![
                self.id,
                self.retention.truncate_before.map(signed),
                self.retention.max_age.map(signed),
                self.retention.max_count.map(signed),
                self.tombstoned,
            ])?;
        Ok(())
    }
}

/// Of a stream's metadata only the newest count, whatever is said of them.
fn fixed_retention(name: &StreamName) -> Option<Retention> {
    name.described_stream().map(|_| Retention {
        max_count: Some(1),
        ..Retention::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_follows_from_count_truncation_and_age() {
        let name = StreamName::new("output-1").unwrap();
        let mut stream = Stream::new(1, &name);
        stream.head = Some(9);
        assert_eq!(stream.first_kept(), 0);
        stream.retention.max_count = Some(3);
        assert_eq!(stream.first_kept(), 7);
        stream.retention.truncate_before = Some(8);
        assert_eq!(stream.first_kept(), 8);
        stream.retention.max_age = Some(60);
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        assert_eq!(stream.kept_since(now), DateTime::from_timestamp(940, 0));
        stream.retention.truncate_before = Some(DELETED);
        assert_eq!(stream.visible_head(), None);
    }

    #[test]
    fn a_metadata_stream_keeps_its_newest_event() {
        let name = StreamName::new("$$output-1").unwrap();
        assert_eq!(Stream::new(1, &name).retention.max_count, Some(1));
    }
}
