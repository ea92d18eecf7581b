//! The ids of the newest events, so that an append is recognised that says nothing of the revision.

use super::signed;
use crate::port::Position;
use crate::recognition::Place;
use rusqlite::Connection;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// How many ids are remembered, some 10 MB with their places; a real server remembers about as many.
pub const RECENT_IDS: usize = 65_536;

/// Where the events with the newest ids stand. Of several events with one id the first one counts.
pub struct RecentIds {
    by_id: HashMap<Uuid, (i64, Place)>,
    in_order: VecDeque<(Position, Uuid)>,
}

impl RecentIds {
    /// As the log has them: some 65,536 rows, without their data.
    pub fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let mut recent = Self {
            by_id: HashMap::new(),
            in_order: VecDeque::new(),
        };
        let mut statement = connection.prepare(
            "SELECT id, stream_id, rev, pos FROM log
             WHERE pos > (SELECT coalesce(max(pos), 0) FROM log) - ?1 ORDER BY pos",
        )?;
        let mut rows = statement.query([signed(RECENT_IDS as u64)])?;
        while let Some(row) = rows.next()? {
            let place = Place {
                revision: row.get::<_, i64>(2)?.unsigned_abs(),
                position: Position(row.get::<_, i64>(3)?.unsigned_abs()),
            };
            recent.remember(Uuid::from_bytes(row.get(0)?), row.get(1)?, place);
        }
        Ok(recent)
    }

    pub fn remember(&mut self, id: Uuid, stream: i64, place: Place) {
        let Entry::Vacant(free) = self.by_id.entry(id) else {
            return;
        };
        free.insert((stream, place));
        self.in_order.push_back((place.position, id));
        if self.in_order.len() > RECENT_IDS
            && let Some((_, oldest)) = self.in_order.pop_front()
        {
            self.by_id.remove(&oldest);
        }
    }

    /// Where the first event with an id stands, if it stands in this stream.
    pub fn find(&self, id: Uuid, stream: i64) -> Option<Place> {
        let (there, place) = self.by_id.get(&id)?;
        (*there == stream).then_some(*place)
    }

    /// What stands behind a position was not written after all.
    pub fn forget_after(&mut self, position: Position) {
        while let Some((at, id)) = self.in_order.back().copied()
            && at > position
        {
            self.by_id.remove(&id);
            self.in_order.pop_back();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn place(n: u64) -> Place {
        Place {
            revision: n,
            position: Position(n),
        }
    }

    fn empty() -> RecentIds {
        RecentIds::load(&schema::blank(2).unwrap()).unwrap()
    }

    #[test]
    fn the_first_event_with_an_id_counts() {
        let mut recent = empty();
        recent.remember(id(1), 7, place(1));
        recent.remember(id(1), 8, place(2));
        assert_eq!(recent.find(id(1), 7), Some(place(1)));
        assert_eq!(recent.find(id(1), 8), None);
    }

    #[test]
    fn the_oldest_are_forgotten_and_what_was_not_written_is() {
        let mut recent = empty();
        let most = RECENT_IDS as u64;
        for n in 1..=most + 2 {
            recent.remember(id(n.into()), 7, place(n));
        }
        assert_eq!(recent.by_id.len(), RECENT_IDS);
        assert_eq!(recent.find(id(2), 7), None);
        assert_eq!(recent.find(id(3), 7), Some(place(3)));
        recent.forget_after(Position(most));
        assert_eq!(recent.find(id((most + 1).into()), 7), None);
        assert_eq!(recent.find(id(most.into()), 7), Some(place(most)));
    }
}
