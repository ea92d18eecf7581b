//! Following one stream: what is kept of it, and then what is written to it.

use super::{COLUMNS, FEW_EVENTS, Page, SqliteReader};
use crate::port::{MAX_PAGE, ReadError, RecordedEvent, StreamName, TOMBSTONE_REVISION};
use crate::sqlite::signed;
use crate::sqlite::stream::Stream;
use rusqlite::params;

/// Which events of a stream are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Those that its metadata keeps, as whoever reads it sees it.
    Kept,
    /// All that were written and not scavenged, the one that ends it for good included: a follower that is live gets
    /// them as they come, whatever the metadata said by the time that it is served.
    Written,
}

/// What a follower finds from a revision on.
#[derive(Debug)]
pub struct Followed {
    pub events: Vec<RecordedEvent>,
    /// The newest revision when it was looked at; nothing if there never was an event.
    pub head: Option<u64>,
    /// It was ended for good.
    pub tombstoned: bool,
    /// Nothing is there beyond.
    pub at_end: bool,
    /// How many more there are, counted up to what was asked; 0 where the page ended for its bytes alone.
    pub waiting: u64,
}

impl Followed {
    /// The first revision that is not seen yet, for a follower that began at `from`: behind all that was found and, at the
    /// end, behind what is hidden, too.
    pub fn next(&self, from: u64) -> u64 {
        let seen = self.events.last().map(|event| event.revision);
        let passed = self.head.filter(|_| self.at_end);
        seen.max(passed)
            .map_or(from, |last| last.saturating_add(1))
            .max(from)
    }
}

impl SqliteReader {
    /// The events of a stream from a revision on, at most `limit` (or a page's bytes), and how it stands. Those beyond a
    /// full page are counted up to `count_up_to`. A stream that was never written to is an empty one.
    pub async fn follow(
        &self,
        stream: &StreamName,
        from: u64,
        sight: Sight,
        limit: usize,
        count_up_to: u64,
    ) -> Result<Followed, ReadError> {
        let name = stream.clone();
        let now = self.pool.world.now();
        self.read(move |read| {
            let mut followed = Followed {
                events: vec![],
                head: None,
                tombstoned: false,
                at_end: true,
                waiting: 0,
            };
            // The head is read before the events: what comes in between is among them or beyond the head.
            let Some(stream) = Stream::load(&read.connection, &name)? else {
                return Ok(followed);
            };
            followed.head = stream.head;
            followed.tombstoned = stream.tombstoned;
            if from > TOMBSTONE_REVISION {
                return Ok(followed);
            }
            let (low, since) = match sight {
                Sight::Written => (from, i64::MIN),
                Sight::Kept if stream.visible_head().is_none() => return Ok(followed),
                Sight::Kept => (
                    from.max(stream.first_kept()),
                    stream
                        .kept_since(now)
                        .map_or(i64::MIN, |since| since.timestamp_micros()),
                ),
            };
            let query = format!(
                "SELECT {COLUMNS} FROM sidx CROSS JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND sidx.rev >= ?2 AND log.created >= ?3
                 ORDER BY sidx.rev LIMIT ?4"
            );
            let limit = limit.min(MAX_PAGE);
            let bounds = params![stream.id, signed(low), since, signed(limit as u64)];
            let mut page = Page::new(limit.min(FEW_EVENTS));
            read.names.insert(stream.id, name);
            let collected = read.collect(&query, bounds, &mut page, |_, _| true)?;
            followed.events = page.finish();
            let full = collected.seen >= limit;
            followed.at_end = !collected.cut && !full;
            if full
                && count_up_to > 0
                && let Some(last) = followed.events.last()
            {
                let waiting: i64 = read
                    .connection
                    .prepare_cached(
                        "SELECT count(*) FROM (SELECT 1 FROM sidx WHERE stream_id = ?1 AND rev > ?2 LIMIT ?3)",
                    )?
                    .query_row(
                        params![stream.id, signed(last.revision), signed(count_up_to)],
                        |row| row.get(0),
                    )?;
                followed.waiting = waiting.unsigned_abs();
            }
            Ok(followed)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::{ContentType, EventStore, ExpectedRevision, NewEvent, Retention};
    use crate::sqlite::SqliteStore;
    use upkeep_world::real_world;
    use uuid::Uuid;

    async fn append(store: &SqliteStore, stream: &StreamName, events: usize) {
        let event = || NewEvent {
            id: Uuid::now_v7(),
            event_type: "T".into(),
            content_type: ContentType::Json,
            data: b"{}".to_vec(),
            metadata: vec![],
        };
        let events = (0..events).map(|_| event()).collect();
        let any = ExpectedRevision::Any;
        store.append(stream, any, events).await.unwrap();
    }

    fn revisions(followed: &Followed) -> Vec<u64> {
        followed.events.iter().map(|event| event.revision).collect()
    }

    #[tokio::test]
    async fn a_follower_sees_what_is_kept_and_then_all_that_is_written() {
        let directory = tempfile::TempDir::new().unwrap();
        let store = SqliteStore::open(directory.path(), real_world()).unwrap();
        let (stream, reader) = (StreamName::of("a", 1), store.reader().clone());
        let follow = async |from, sight, limit| {
            let followed = reader.follow(&stream, from, sight, limit, 3).await;
            followed.unwrap()
        };
        let nothing = follow(0, Sight::Kept, 10).await;
        assert_eq!(
            (nothing.head, nothing.at_end, nothing.next(0)),
            (None, true, 0)
        );
        append(&store, &stream, 6).await;
        let some = follow(1, Sight::Kept, 2).await;
        assert_eq!((revisions(&some), some.waiting), (vec![1, 2], 3));
        assert_eq!((some.at_end, some.next(1)), (false, 3));
        let hidden = Retention {
            truncate_before: Some(20),
            ..Retention::default()
        };
        store.set_retention(&stream, hidden).await.unwrap();
        let kept = follow(0, Sight::Kept, 10).await;
        assert_eq!(
            (revisions(&kept), kept.next(0)),
            (vec![], 6),
            "behind what is hidden"
        );
        append(&store, &stream, 1).await;
        assert!(follow(6, Sight::Kept, 10).await.events.is_empty());
        assert_eq!(revisions(&follow(6, Sight::Written, 10).await), [6]);
        let any = ExpectedRevision::Any;
        store.tombstone(&stream, any).await.unwrap();
        let last = follow(7, Sight::Written, 10).await;
        assert_eq!(
            (revisions(&last), last.tombstoned),
            (vec![TOMBSTONE_REVISION], true)
        );
        let beyond = last.next(7);
        assert!(follow(beyond, Sight::Written, 10).await.events.is_empty());
    }
}
