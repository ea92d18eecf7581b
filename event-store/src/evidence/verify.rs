//! Reading everything again, to find what was changed, removed, inserted or reordered.

use super::chain::{self, Linked};
use super::checkpoint::{self, BEGINNING, Checkpoint, Leaf};
use crate::port::{
    Direction, EventStore, MAX_PAGE, Position, ReadError, RecordedEvent, StreamName,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::metadata::EventMetadata;

/// Most findings that are kept; more are only counted.
pub const MAX_FINDINGS: usize = 1_000;

/// Most streams of others that are named; more are only counted.
pub const MAX_FOREIGN_STREAMS: usize = 100;

/// One event, by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub position: Position,
    pub stream: StreamName,
    pub revision: u64,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "event {} of {} (position {})",
            self.revision, self.stream, self.position
        )
    }
}

/// Something that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    #[error("{event} was changed: the digest in its metadata is not that of its content")]
    Changed { event: Name },
    #[error(
        "{event} has no digest, though the one before it in its stream has: it was inserted, or its metadata was changed"
    )]
    Unlinked { event: Name },
    #[error(
        "{event} has no digest, and no server of Upkeep writes such events: it was forged, or its metadata was changed"
    )]
    Unsigned { event: Name },
    #[error("events {from} to {to} of {stream} are missing: the next one is {next}")]
    Missing {
        stream: StreamName,
        from: u64,
        to: u64,
        next: Name,
    },
    #[error("{event} stands where event {expected} of its stream should: it was inserted or moved")]
    Misplaced { event: Name, expected: u64 },
    #[error("{event} has a time or position before that of the event before it")]
    BackInTime { event: Name },
    #[error("{event} cannot be read: {cause}")]
    Undecodable { event: Name, cause: String },
    #[error("{event} is no valid checkpoint: {cause}")]
    BadCheckpoint { event: Name, cause: String },
    #[error("{event} is not what checkpoint {checkpoint} covers: it was changed or inserted")]
    NotCovered { event: Name, checkpoint: u64 },
    #[error(
        "{event} stands in another place than when checkpoint {checkpoint} was signed: events were reordered"
    )]
    Reordered { event: Name, checkpoint: u64 },
    #[error("{count} events that checkpoint {checkpoint} covers are missing or changed{}", behind.as_ref().map_or_else(String::new, |name| format!(", the first of them behind {name}")))]
    Gone {
        checkpoint: u64,
        count: usize,
        behind: Option<Name>,
    },
}

/// What a verification came to.
#[derive(Debug, Default)]
pub struct Report {
    pub events: u64,
    pub streams: u64,
    /// The newest checkpoint that holds: its number, and how many events it covers.
    pub checkpoint: Option<(u64, u64)>,
    /// Events that no checkpoint covers yet.
    pub uncovered: u64,
    /// Events that are not Upkeep's, and in how many streams: no server stands for them, whatever they say of themselves.
    pub foreign: (u64, u64),
    /// The first of those streams, with the number of their events.
    pub foreign_streams: BTreeMap<StreamName, u64>,
    pub findings: Vec<Finding>,
    /// All findings, also those beyond [`MAX_FINDINGS`].
    pub found: u64,
}

/// How a stream stands while it is read.
struct Stream {
    next: u64,
    link: Option<Sha256Digest>,
}

/// A verification that goes on.
pub struct Verification {
    trusted: HashSet<String>,
    report: Report,
    streams: HashMap<StreamName, Stream>,
    foreign: HashSet<StreamName>,
    last: (Position, Option<DateTime<Utc>>),
    /// Covered events since the newest checkpoint.
    pending: Vec<(Sha256Digest, Name)>,
    running: Sha256Digest,
    number: u64,
}

/// Reads a whole store. `trusted` are the public keys, in hexadecimal digits, whose checkpoints count; `progress`
/// is told the position that was reached.
pub async fn verify(
    store: &dyn EventStore,
    trusted: impl IntoIterator<Item = String>,
    mut progress: impl FnMut(Position),
) -> Result<Report, ReadError> {
    let mut verification = Verification::new(trusted);
    let mut after = Position::START;
    loop {
        let page = store.read_all(after, Direction::Forwards, MAX_PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(verification.finish());
        };
        after = last.position;
        for event in &page {
            verification.look_at(event);
        }
        progress(after);
    }
}

impl Verification {
    pub fn new(trusted: impl IntoIterator<Item = String>) -> Self {
        Self {
            trusted: trusted.into_iter().collect(),
            report: Report::default(),
            streams: HashMap::new(),
            foreign: HashSet::new(),
            last: (Position::START, None),
            pending: Vec::new(),
            running: BEGINNING,
            number: 0,
        }
    }

    /// The next event of the whole order.
    pub fn look_at(&mut self, event: &RecordedEvent) {
        let name = Name {
            position: event.position,
            stream: event.stream.clone(),
            revision: event.revision,
        };
        self.report.events += 1;
        let (position, time) = self.last;
        if event.position <= position || time.is_some_and(|time| event.created < time) {
            self.find(Finding::BackInTime {
                event: name.clone(),
            });
        }
        self.last = (event.position, Some(event.created));
        if !event.stream.is_upkeeps() {
            self.count_foreign(&event.stream);
            return;
        }
        self.check_stream(event, &name);
        self.check_content(event, &name);
        if event.stream.as_str() == checkpoint::STREAM {
            self.check_checkpoint(event, &name);
        }
        if checkpoint::is_covered(&event.stream) {
            self.pending.push((checkpoint::event_digest(event), name));
        }
    }

    pub fn finish(mut self) -> Report {
        self.report.streams = self.streams.len() as u64;
        self.report.uncovered = self.pending.len() as u64;
        self.report
    }

    fn count_foreign(&mut self, stream: &StreamName) {
        self.report.foreign.0 += 1;
        if self.foreign.insert(stream.clone()) {
            self.report.foreign.1 += 1;
        }
        let named = &mut self.report.foreign_streams;
        if named.len() < MAX_FOREIGN_STREAMS || named.contains_key(stream) {
            *named.entry(stream.clone()).or_default() += 1;
        }
    }

    fn find(&mut self, finding: Finding) {
        self.report.found += 1;
        if self.report.findings.len() < MAX_FINDINGS {
            self.report.findings.push(finding);
        }
    }

    /// Revisions without gaps, and each link after the one before it.
    fn check_stream(&mut self, event: &RecordedEvent, name: &Name) {
        let linked = chain::split(&event.metadata);
        let stated = linked.as_ref().map(|(_, link)| *link);
        let before = self.streams.get(&event.stream);
        let (next, previous) = before.map_or((0, None), |stream| (stream.next, stream.link));
        // The beginning of a stream with a retention is gone on purpose.
        let begins_later = before.is_none() && !checkpoint::is_covered(&event.stream);
        let finding = if event.revision > next && !begins_later {
            Some(Finding::Missing {
                stream: event.stream.clone(),
                from: next,
                to: event.revision - 1,
                next: name.clone(),
            })
        } else if event.revision < next {
            Some(Finding::Misplaced {
                event: name.clone(),
                expected: next,
            })
        } else if begins_later {
            None
        } else if let Some((metadata, stated)) = &linked {
            let link = Linked {
                stream: &event.stream,
                revision: event.revision,
                id: event.id,
                event_type: &event.event_type,
                data: &event.data,
                metadata,
            }
            .link(previous);
            (link != *stated).then(|| Finding::Changed {
                event: name.clone(),
            })
        } else if previous.is_some() {
            Some(Finding::Unlinked {
                event: name.clone(),
            })
        } else {
            checkpoint::is_covered(&event.stream).then(|| Finding::Unsigned {
                event: name.clone(),
            })
        };
        self.streams.insert(
            event.stream.clone(),
            Stream {
                next: next.max(event.revision + 1),
                link: stated,
            },
        );
        if let Some(finding) = finding {
            self.find(finding);
        }
    }

    fn check_content(&mut self, event: &RecordedEvent, name: &Name) {
        let cause = match event.domain_event() {
            Err(error) => Some(error.to_string()),
            Ok(None) => None,
            Ok(Some(_)) => serde_json::from_slice::<EventMetadata>(&event.metadata)
                .err()
                .map(|error| format!("its metadata: {error}")),
        };
        if let Some(cause) = cause {
            self.find(Finding::Undecodable {
                event: name.clone(),
                cause,
            });
        }
    }

    fn check_checkpoint(&mut self, event: &RecordedEvent, name: &Name) {
        let checkpoint: Checkpoint = match serde_json::from_slice(&event.data) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                self.find(Finding::BadCheckpoint {
                    event: name.clone(),
                    cause: error.to_string(),
                });
                return;
            }
        };
        let leaves = checkpoint.leaves();
        let cause = if !checkpoint.is_signed() {
            Some("its signature does not hold".to_owned())
        } else if !self.trusted.contains(&checkpoint.public_key) {
            Some(format!(
                "it is signed with the key {}, which is not among the trusted ones",
                checkpoint.public_key
            ))
        } else if checkpoint.number != self.number + 1 {
            Some(format!(
                "it has number {} behind number {}",
                checkpoint.number, self.number
            ))
        } else if leaves.is_none() {
            Some("its digests cannot be read".to_owned())
        } else {
            None
        };
        if let Some(cause) = cause {
            self.find(Finding::BadCheckpoint {
                event: name.clone(),
                cause,
            });
        }
        self.number = checkpoint.number;
        self.compare(&checkpoint, &leaves.unwrap_or_default());
    }

    /// Compares what the checkpoint covers with what was read.
    fn compare(&mut self, checkpoint: &Checkpoint, leaves: &[Leaf]) {
        let is_last = |name: &Name| {
            name.stream.as_str() == checkpoint.last_stream
                && name.revision == checkpoint.last_revision
        };
        let end = self
            .pending
            .iter()
            .position(|(_, name)| is_last(name))
            .map_or(leaves.len().min(self.pending.len()), |index| index + 1);
        let rest = self.pending.split_off(end);
        let covered = std::mem::replace(&mut self.pending, rest);
        let digest = covered.iter().fold(self.running, |running, (digest, _)| {
            checkpoint::run_on(running, *digest)
        });
        self.running = checkpoint.digest;
        if digest == checkpoint.digest {
            self.report.checkpoint = Some((checkpoint.number, checkpoint.events));
        } else {
            self.name_differences(checkpoint.number, &covered, leaves);
        }
    }

    fn name_differences(&mut self, number: u64, covered: &[(Sha256Digest, Name)], leaves: &[Leaf]) {
        let known: HashSet<Leaf> = leaves.iter().copied().collect();
        let there: Vec<(Leaf, &Name)> = covered
            .iter()
            .map(|(digest, name)| (checkpoint::leaf(*digest), name))
            .collect();
        let found: HashSet<Leaf> = there.iter().map(|(leaf, _)| *leaf).collect();
        for (_, name) in there.iter().filter(|(leaf, _)| !known.contains(leaf)) {
            self.find(Finding::NotCovered {
                event: (*name).clone(),
                checkpoint: number,
            });
        }
        let gone = leaves.iter().filter(|leaf| !found.contains(*leaf)).count();
        if gone > 0 {
            let behind = leaves
                .iter()
                .take_while(|leaf| found.contains(*leaf))
                .last()
                .and_then(|last| there.iter().find(|(leaf, _)| leaf == last))
                .map(|(_, name)| (*name).clone());
            self.find(Finding::Gone {
                checkpoint: number,
                count: gone,
                behind,
            });
        }
        let kept = leaves.iter().filter(|leaf| found.contains(*leaf));
        let here = there.iter().filter(|(leaf, _)| known.contains(leaf));
        if let Some((_, (_, name))) = kept.zip(here).find(|(leaf, (here, _))| *leaf != here) {
            self.find(Finding::Reordered {
                event: (*name).clone(),
                checkpoint: number,
            });
        }
    }
}
