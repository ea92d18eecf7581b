//! The chain of one stream.
//!
//! The last field of an event's metadata is `"digest":"<64 hexadecimal digits>"`: the SHA-256 of the digest before it
//! (32 zero bytes at the start), the stream's name, the revision, the event's id, type, data and metadata without
//! that field. Each part but the first is preceded by its length in bytes as 8 bytes, big-endian, so that no two
//! events have the same input.

use crate::port::{
    AppendError, Appended, Direction, EventStore, ExpectedRevision, NewEvent, StreamName,
};
use sha2::{Digest, Sha256};
use upkeep_domain::kernel::digest::Sha256Digest;
use uuid::Uuid;

/// What stands before the digest in metadata that has other fields, and behind it.
const BEFORE: &[u8] = b",\"digest\":\"";
const BEHIND: &[u8] = b"\"}";
const HEX_BYTES: usize = 64;

/// Where the next event of a stream goes.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub stream: &'a StreamName,
    pub revision: u64,
    /// The link of the event before it.
    pub previous: Option<Sha256Digest>,
}

/// An event as far as its link is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Linked<'a> {
    pub stream: &'a StreamName,
    pub revision: u64,
    pub id: Uuid,
    pub event_type: &'a str,
    pub data: &'a [u8],
    /// Without the link.
    pub metadata: &'a [u8],
}

impl Place<'_> {
    /// Adds the link to an event's metadata, which must be a JSON object with at least one field, and moves on to
    /// the place after it.
    pub fn seal(&mut self, event: &mut NewEvent) {
        let link = Linked {
            stream: self.stream,
            revision: self.revision,
            id: event.id,
            event_type: &event.event_type,
            data: &event.data,
            metadata: &event.metadata,
        }
        .link(self.previous);
        debug_assert_eq!(event.metadata.last(), Some(&b'}'), "metadata is an object");
        event.metadata.pop();
        event.metadata.extend_from_slice(BEFORE);
        event
            .metadata
            .extend_from_slice(link.to_string().as_bytes());
        event.metadata.extend_from_slice(BEHIND);
        self.previous = Some(link);
        self.revision += 1;
    }
}

impl Linked<'_> {
    /// The link of this event after that one.
    pub fn link(&self, previous: Option<Sha256Digest>) -> Sha256Digest {
        let mut hash = Sha256::new();
        hash.update(previous.map_or([0; 32], |digest| digest.0));
        let revision = self.revision.to_be_bytes();
        let parts: [&[u8]; 6] = [
            self.stream.as_str().as_bytes(),
            &revision,
            self.id.as_bytes(),
            self.event_type.as_bytes(),
            self.data,
            self.metadata,
        ];
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Sha256Digest(hash.finalize().into())
    }
}

/// The link that metadata ends with, if it has one.
pub fn link_of(metadata: &[u8]) -> Option<Sha256Digest> {
    split(metadata).map(|(_, link)| link)
}

/// Metadata as it was before the link was added, and the link; nothing if there is none.
pub fn split(metadata: &[u8]) -> Option<(Vec<u8>, Sha256Digest)> {
    let rest = metadata.strip_suffix(BEHIND)?;
    let (rest, hex) = rest.split_at_checked(rest.len().checked_sub(HEX_BYTES)?)?;
    let mut before = rest.strip_suffix(BEFORE)?.to_vec();
    before.push(b'}');
    let link = Sha256Digest::parse(std::str::from_utf8(hex).ok()?)?;
    Some((before, link))
}

/// Appends one event behind the one that the caller knows to be the newest, with its link.
///
/// Reads that event first; see [`EventStore::append`] for the rest.
pub async fn append(
    store: &dyn EventStore,
    stream: &StreamName,
    newest: Option<u64>,
    mut event: NewEvent,
) -> Result<Appended, AppendError> {
    let (expected, previous) = match newest {
        None => (ExpectedRevision::NoStream, None),
        Some(revision) => {
            let page = store
                .read_stream(stream, revision, Direction::Backwards, 1)
                .await
                .map_err(|error| AppendError::Unreachable {
                    cause: error.to_string(),
                })?;
            let link = page
                .first()
                .filter(|event| event.revision == revision)
                .and_then(|event| link_of(&event.metadata));
            (ExpectedRevision::Exactly(revision), link)
        }
    };
    let mut place = Place {
        stream,
        revision: newest.map_or(0, |revision| revision + 1),
        previous,
    };
    place.seal(&mut event);
    store.append(stream, expected, vec![event]).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::port::ContentType;
    use proptest::prelude::*;

    fn event(data: &[u8], metadata: &str) -> NewEvent {
        NewEvent {
            id: Uuid::from_u128(1),
            event_type: "Happened".into(),
            content_type: ContentType::Json,
            data: data.to_vec(),
            metadata: metadata.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_sealed_event_can_be_taken_apart_again_and_is_still_json() {
        let stream = StreamName::new("a-1").unwrap();
        let mut place = Place {
            stream: &stream,
            revision: 0,
            previous: None,
        };
        let mut first = event(b"{}", "{\"actor\":1}");
        place.seal(&mut first);
        let (before, link) = split(&first.metadata).unwrap();
        assert_eq!(before, b"{\"actor\":1}");
        assert_eq!(place.previous, Some(link));
        assert_eq!(place.revision, 1);
        let json: serde_json::Value = serde_json::from_slice(&first.metadata).unwrap();
        assert_eq!(json["digest"], link.to_string());
        assert_eq!(json["actor"], 1);
    }

    /// For ever: a link that was once written must be found again by every later version.
    #[test]
    fn the_digest_is_what_it_always_was() {
        let stream = StreamName::new("tenant-1").unwrap();
        let linked = Linked {
            stream: &stream,
            revision: 7,
            id: Uuid::from_u128(5),
            event_type: "TenantRenamed",
            data: b"{\"name\":\"A\"}",
            metadata: b"{\"x\":1}",
        };
        assert_eq!(
            linked.link(Some(Sha256Digest::of(b"before"))).to_string(),
            "7218a7a0735609f64bcf554a2c006149b496102d1f801c2af2c035264a751fec"
        );
    }

    proptest! {
        #[test]
        fn metadata_without_a_link_is_never_taken_apart_wrongly(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some((before, link)) = split(&bytes) {
                let mut again = before;
                again.pop();
                again.extend_from_slice(BEFORE);
                again.extend_from_slice(link.to_string().as_bytes());
                again.extend_from_slice(BEHIND);
                prop_assert_eq!(again, bytes);
            }
        }

        #[test]
        fn any_changed_byte_changes_the_link(data in prop::collection::vec(any::<u8>(), 1..50), at in any::<prop::sample::Index>()) {
            let stream = StreamName::new("a-1").unwrap();
            let link = |data: &[u8]| Linked {
                stream: &stream,
                revision: 0,
                id: Uuid::from_u128(1),
                event_type: "T",
                data,
                metadata: b"{}",
            }
            .link(None);
            let mut changed = data.clone();
            let at = at.index(changed.len());
            changed[at] ^= 1;
            prop_assert_ne!(link(&data), link(&changed));
        }
    }
}
