//! Looking for what fits, event by event, until a page is full or enough was looked at.

use super::PAGE_BYTES;
use super::reading::Reading;
use async_graphql::Result;
use upkeep_event_store::{Position, RecordedEvent};

/// How far is looked.
#[derive(Clone, Copy)]
pub struct Bounds {
    /// The last event that there is for whoever asks.
    pub end: Position,
    /// Most that fit.
    pub size: usize,
    /// Most that are looked at.
    pub scan: usize,
}

/// What was found.
pub struct Found<N> {
    pub edges: Vec<(Position, N)>,
    pub has_more: bool,
    /// The last event that was looked at, where there is more behind it that was not: whoever goes on begins there. Nothing where the
    /// page is full, as it goes on behind its last one.
    pub looked_to: Option<Position>,
}

pub async fn gather<N>(
    reading: &mut Reading<'_>,
    bounds: Bounds,
    node: impl Fn(RecordedEvent) -> Option<N>,
) -> Result<Found<N>> {
    let mut found = Found {
        edges: Vec::new(),
        has_more: false,
        looked_to: None,
    };
    let mut filled = Filled::nothing_of(bounds.size);
    let mut looked_at = 0;
    let mut last = None;
    while let Some(event) = reading.next().await? {
        if event.position > bounds.end {
            break;
        }
        if filled.is_full() {
            found.has_more = true;
            break;
        }
        if looked_at >= bounds.scan {
            found.has_more = true;
            found.looked_to = last;
            break;
        }
        looked_at += 1;
        let position = event.position;
        last = Some(position);
        let bytes = event.data.len() + event.metadata.len();
        if let Some(node) = node(event) {
            if !filled.add(bytes) {
                found.has_more = true;
                break;
            }
            found.edges.push((position, node));
        }
    }
    Ok(found)
}

/// How far a page is filled.
struct Filled {
    size: usize,
    events: usize,
    bytes: usize,
}

impl Filled {
    fn nothing_of(size: usize) -> Self {
        Self {
            size,
            events: 0,
            bytes: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.events == self.size
    }

    /// Whether there was room for one more of so many bytes: for the first one always.
    fn add(&mut self, bytes: usize) -> bool {
        let bytes = self.bytes.saturating_add(bytes);
        let has_room = !self.is_full() && (self.events == 0 || bytes <= PAGE_BYTES);
        if has_room {
            self.events += 1;
            self.bytes = bytes;
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_at_its_bytes_and_has_one_event_at_least() {
        let mut filled = Filled::nothing_of(100);
        assert!(filled.add(2 * PAGE_BYTES), "the first one always");
        assert!(!filled.add(1));

        let mut filled = Filled::nothing_of(100);
        assert!(filled.add(PAGE_BYTES / 2) && filled.add(PAGE_BYTES / 2));
        assert!(!filled.add(1));

        let mut filled = Filled::nothing_of(2);
        assert!(filled.add(1) && filled.add(1) && filled.is_full());
        assert!(!filled.add(1));
    }
}
