//! Freeing the space of events that retention hides.

use super::signed;
use super::stream::Stream;
use crate::port::StreamName;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, params};

/// Streams that one step looks at.
const STREAMS_PER_STEP: i64 = 64;
/// Events that one step removes from one stream; a longer one is looked at again.
const EVENTS_PER_STREAM: i64 = 1_024;

/// Looks at some streams from a number on, inside the writer's transaction; answers with the number to go on
/// with, 0 when all were looked at. The newest event of a stream stays, so that its numbering goes on.
pub fn step(connection: &Connection, from: i64, now: DateTime<Utc>) -> rusqlite::Result<i64> {
    let names: Vec<(i64, String)> = connection
        .prepare_cached(
            "SELECT stream_id, name FROM streams
             WHERE stream_id >= ?1 AND (truncate_before IS NOT NULL OR max_age IS NOT NULL
                   OR max_count IS NOT NULL OR tombstoned)
             ORDER BY stream_id LIMIT ?2",
        )?
        .query_map([from, STREAMS_PER_STEP], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    let Some((last, _)) = names.last() else {
        return Ok(0);
    };
    let last = *last;
    for (id, name) in names {
        let name = StreamName::new(&name).map_err(|_| rusqlite::Error::InvalidQuery)?;
        if let Some(stream) = Stream::load(connection, &name)?
            && remove_hidden(connection, &stream, now)?
        {
            return Ok(id);
        }
    }
    Ok(last + 1)
}

/// Answers whether more of this stream is left to remove.
fn remove_hidden(
    connection: &Connection,
    stream: &Stream,
    now: DateTime<Utc>,
) -> rusqlite::Result<bool> {
    let Some(head) = stream.head else {
        return Ok(false);
    };
    let by_age: Option<i64> = match stream.kept_since(now) {
        None => None,
        Some(since) => connection
            .prepare_cached(
                "SELECT sidx.rev FROM sidx JOIN log ON log.pos = sidx.pos
                 WHERE sidx.stream_id = ?1 AND log.created >= ?2 ORDER BY sidx.rev LIMIT 1",
            )?
            .query_row(params![stream.id, since.timestamp_micros()], |row| {
                row.get(0)
            })
            .optional()?
            .or(Some(signed(head))),
    };
    let first_kept = if stream.tombstoned {
        head
    } else {
        let by_age = by_age.map_or(0, i64::unsigned_abs);
        stream.first_kept().max(by_age).min(head)
    };
    let hidden: Vec<(i64, i64)> = connection
        .prepare_cached(
            "SELECT rev, pos FROM sidx WHERE stream_id = ?1 AND rev < ?2 ORDER BY rev LIMIT ?3",
        )?
        .query_map(
            params![stream.id, signed(first_kept), EVENTS_PER_STREAM],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for (revision, position) in &hidden {
        connection
            .prepare_cached("DELETE FROM sidx WHERE stream_id = ?1 AND rev = ?2")?
            .execute([stream.id, *revision])?;
        connection
            .prepare_cached("DELETE FROM log WHERE pos = ?1")?
            .execute([position])?;
    }
    Ok(signed(hidden.len() as u64) == EVENTS_PER_STREAM)
}
