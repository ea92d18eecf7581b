//! What a real server answers to appends, deletes and metadata, written down again as plainly as can be: lists in memory,
//! looked through from the front. It agrees with some thousands of recorded answers.

use super::raw::{Answer, Expect, deleted};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use tonic::Code;

const END: u64 = i64::MAX as u64;

#[derive(Clone, Debug)]
pub struct Event {
    pub id: Option<u64>,
    pub data: String,
}

#[derive(Default)]
pub struct Model {
    streams: BTreeMap<String, Vec<Event>>,
    tombstoned: BTreeSet<String>,
    /// Every event, as `stream@revision`.
    pub order: Vec<String>,
    /// The first event with an id.
    first: BTreeMap<u64, (String, usize)>,
}

enum Verdict {
    New,
    Known(u64),
    Conflict,
    Deleted,
}

impl Model {
    fn head(&self, stream: &str) -> Option<u64> {
        let events = self.streams.get(stream)?;
        (events.len() as u64).checked_sub(1)
    }

    fn is_gone(&self, stream: &str) -> bool {
        let described = stream.strip_prefix("$$");
        self.tombstoned.contains(stream)
            || described.is_some_and(|described| self.tombstoned.contains(described))
    }

    fn says(&self, stream: &str, field: &str, least: u64) -> Option<u64> {
        if stream.starts_with("$$") {
            return (field == "$maxCount").then_some(1);
        }
        let newest = self.streams.get(&format!("$${stream}"))?.last()?;
        let fields: Map<String, Value> = serde_json::from_str(&newest.data).ok()?;
        let number = fields.get(field)?.as_u64()?;
        (least..=END).contains(&number).then_some(number)
    }

    fn is_deleted(&self, stream: &str) -> bool {
        self.says(stream, "$tb", 0) == Some(END)
    }

    fn first_kept(&self, stream: &str) -> u64 {
        let events = self.streams.get(stream).map_or(0, Vec::len) as u64;
        let by_count = self.says(stream, "$maxCount", 1);
        let by_count = by_count.map_or(0, |count| events.saturating_sub(count));
        by_count.max(self.says(stream, "$tb", 0).unwrap_or(0))
    }

    fn judge(&self, stream: &str, expect: Expect, ids: &[u64]) -> Verdict {
        let head = self.head(stream);
        if self.is_gone(stream) {
            return Verdict::Deleted;
        }
        if expect == Expect::Exists {
            if self.is_deleted(stream) {
                return Verdict::Deleted;
            }
            if head.is_none() && self.head(&format!("$${stream}")).is_none() {
                return Verdict::Conflict;
            }
        }
        let after = match expect {
            Expect::Any | Expect::Exists => {
                let known = |id: &u64| self.first.get(id).filter(|(name, _)| name == stream);
                return match ids.iter().position(|id| known(id).is_none()) {
                    Some(0) => Verdict::New,
                    Some(_) => Verdict::Conflict,
                    None => match ids.last().and_then(known) {
                        Some((_, revision)) => Verdict::Known(*revision as u64),
                        None => Verdict::New,
                    },
                };
            }
            Expect::NoStream => None,
            Expect::At(revision) => Some(revision),
            Expect::Unsaid => unreachable!("refused before"),
        };
        if after == head {
            return Verdict::New;
        }
        if after > head || ids.is_empty() {
            return Verdict::Conflict;
        }
        let start = after.map_or(0, |revision| usize::try_from(revision).unwrap() + 1);
        let there = &self.streams[stream];
        let same = |index: usize| {
            let event = there.get(start + index);
            event.is_some_and(|event| event.id == Some(ids[index]))
        };
        match (0..ids.len()).position(|index| !same(index)) {
            None => Verdict::Known((start + ids.len() - 1) as u64),
            Some(0) if after.is_none() && self.is_deleted(stream) => Verdict::New,
            Some(_) => Verdict::Conflict,
        }
    }

    fn put(&mut self, stream: &str, event: Event) {
        let events = self.streams.entry(stream.to_owned()).or_default();
        self.order.push(format!("{stream}@{}", events.len()));
        if let Some(id) = event.id {
            let place = (stream.to_owned(), events.len());
            self.first.entry(id).or_insert(place);
        }
        events.push(event);
    }

    fn describe(&mut self, stream: &str, data: String) {
        self.put(&format!("$${stream}"), Event { id: None, data });
    }

    /// A deleted stream goes on: its metadata say so.
    fn revive(&mut self, stream: &str, head: Option<u64>) {
        let newest = self.streams.get(&format!("$${stream}"));
        let newest = newest.and_then(|events| events.last());
        let fields = newest.map_or("{}", |event| &event.data);
        if let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(fields) {
            fields.insert("$tb".into(), head.map_or(0, |head| head + 1).into());
            self.describe(stream, Value::Object(fields).to_string());
        }
    }

    pub fn append(&mut self, stream: &str, expect: Expect, events: &[Event]) -> Answer {
        let ids: Vec<u64> = events.iter().filter_map(|event| event.id).collect();
        let head = self.head(stream);
        match self.judge(stream, expect, &ids) {
            Verdict::Deleted => deleted(),
            Verdict::Conflict => Answer::Conflict(head),
            Verdict::Known(revision) => {
                if self.is_deleted(stream) || revision < self.first_kept(stream) {
                    Answer::Hidden(revision)
                } else {
                    Answer::Done(Some(revision))
                }
            }
            Verdict::New => {
                let was_deleted = self.is_deleted(stream);
                let described = stream.strip_prefix("$$");
                let described = described.filter(|described| self.is_deleted(described));
                for event in events {
                    self.put(stream, event.clone());
                }
                if was_deleted {
                    self.revive(stream, head);
                }
                if let Some(described) = described {
                    self.revive(described, self.head(described));
                }
                Answer::Done(self.head(stream))
            }
        }
    }

    /// Whether it is done, or what else is answered.
    pub fn delete(&mut self, stream: &str, expect: Expect) -> Result<(), Answer> {
        self.erase(stream, expect)?;
        if self.head(stream).is_none() && self.head(&format!("$${stream}")).is_none() {
            return Err(wrong());
        }
        self.describe(stream, format!("{{\"$tb\":{END}}}"));
        Ok(())
    }

    pub fn tombstone(&mut self, stream: &str, expect: Expect) -> Result<(), Answer> {
        self.erase(stream, expect)?;
        self.tombstoned.insert(stream.to_owned());
        self.order.push(format!("{stream}@{END}"));
        Ok(())
    }

    fn erase(&self, stream: &str, expect: Expect) -> Result<(), Answer> {
        // An id that nothing has.
        match self.judge(stream, expect, &[u64::MAX]) {
            Verdict::Deleted => Err(deleted()),
            Verdict::Conflict => Err(wrong()),
            Verdict::New | Verdict::Known(_) => Ok(()),
        }
    }

    /// What a read of a stream gives: why it is refused, that there is none, or the data of its events.
    pub fn read(&self, stream: &str) -> Result<Option<Vec<String>>, Answer> {
        if self.is_gone(stream) {
            return Err(deleted());
        }
        let Some(events) = self
            .streams
            .get(stream)
            .filter(|_| !self.is_deleted(stream))
        else {
            return Ok(None);
        };
        let first = usize::try_from(self.first_kept(stream)).unwrap();
        let kept = events.iter().skip(first);
        Ok(Some(kept.map(|event| event.data.clone()).collect()))
    }
}

fn wrong() -> Answer {
    Answer::Refused(Code::FailedPrecondition, "wrong-expected-version".into())
}
