//! What a caller may do with a stream: what the role allows, less what the list in the stream's metadata (`$acl`) keeps
//! from the caller.
//!
//! The rules are the real server's (its answers are recorded in `tests/judges/eventstore/e.jsonl`), with other defaults; PROTOCOL.md
//! says which.

use crate::limits::KNOWN_LISTS;
use crate::refusal;
use crate::users::{Caller, Role};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tonic::Status;
use upkeep_event_store::retention::metadata;
use upkeep_event_store::sqlite::Heads;
use upkeep_event_store::{
    ContentType, Direction, Position, ReadError, SqliteReader, SqliteStore, StreamName,
};

/// In a list: everybody.
const EVERYBODY: &str = "$all";

/// What somebody is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Read,
    Append,
    /// For a while or for good.
    Delete,
}

/// What a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    Read,
    Write,
    Delete,
    ReadMetadata,
    WriteMetadata,
}

impl Right {
    /// Of doing something with a stream, and the stream whose list says who may.
    fn of(doing: Doing, stream: &StreamName) -> (Self, StreamName) {
        match (stream.described_stream(), doing) {
            (None, Doing::Read) => (Self::Read, stream.clone()),
            (None, Doing::Append) => (Self::Write, stream.clone()),
            (None, Doing::Delete) => (Self::Delete, stream.clone()),
            (Some(described), Doing::Read) => (Self::ReadMetadata, described),
            (Some(described), Doing::Append | Doing::Delete) => (Self::WriteMetadata, described),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Read => "$r",
            Self::Write => "$w",
            Self::Delete => "$d",
            Self::ReadMetadata => "$mr",
            Self::WriteMetadata => "$mw",
        }
    }
}

/// `$acl` of a stream: for each right that it speaks of, the users and groups that have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Lists(HashMap<&'static str, Vec<String>>);

impl Lists {
    /// Of a stream's metadata. A list that is neither a name nor names has nobody on it: what was to be closed stays closed.
    fn understand(content_type: ContentType, data: &[u8]) -> Self {
        const RIGHTS: [Right; 5] = [
            Right::Read,
            Right::Write,
            Right::Delete,
            Right::ReadMetadata,
            Right::WriteMetadata,
        ];
        let said = metadata(content_type, data);
        let lists = said.as_ref().and_then(|said| said.get("$acl"));
        let Some(lists) = lists.and_then(Value::as_object) else {
            return Self::default();
        };
        let names = |list: &Value| match list {
            Value::String(name) => vec![name.clone()],
            Value::Array(names) => names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            _ => vec![],
        };
        let said = RIGHTS.into_iter().filter_map(|right| {
            let list = lists.get(right.key()).filter(|list| !list.is_null())?;
            Some((right.key(), names(list)))
        });
        Self(said.collect())
    }

    /// Nothing if it does not speak of that right.
    fn names(&self, right: Right) -> Option<&[String]> {
        self.0.get(right.key()).map(Vec::as_slice)
    }
}

/// The lists of a store.
#[derive(Clone)]
pub struct Rights {
    reader: SqliteReader,
    heads: watch::Receiver<Heads>,
    known: Arc<Mutex<Known>>,
}

/// Lists that were read, as they stood at a position.
#[derive(Default)]
struct Known {
    as_of: Position,
    lists: HashMap<StreamName, Arc<Lists>>,
}

impl Known {
    /// Newer metadata of any stream make all that is known old.
    fn at(&mut self, position: Position) -> &mut Self {
        if self.as_of < position {
            self.as_of = position;
            self.lists.clear();
        }
        self
    }
}

impl Rights {
    pub fn of(store: &SqliteStore, reader: SqliteReader) -> Self {
        Self {
            reader,
            heads: store.heads(),
            known: Arc::default(),
        }
    }

    /// Refuses what the caller may not do.
    pub async fn check(
        &self,
        caller: &Caller,
        doing: Doing,
        stream: &StreamName,
    ) -> Result<(), Status> {
        let may = self.may(caller, doing, stream).await;
        if may.map_err(|error| refusal::of_read(&error))? {
            Ok(())
        } else {
            Err(refusal::access_denied())
        }
    }

    /// The same for reading all events.
    pub async fn check_all(&self, caller: &Caller) -> Result<(), Status> {
        self.check(caller, Doing::Read, &StreamName::all()).await
    }

    /// Whether a stream is open to everybody who may read at all: what a group gives out goes to whoever takes from it.
    pub async fn is_open(&self, stream: &StreamName) -> Result<bool, ReadError> {
        let (right, subject) = Right::of(Doing::Read, stream);
        let is_everybodys = |names: &[String]| names.iter().any(|name| name == EVERYBODY);
        if let Some(names) = self.lists_of(&subject).await?.names(right) {
            return Ok(is_everybodys(names));
        }
        if !subject.is_system() {
            return Ok(true);
        }
        let lists = self.lists_of(&StreamName::all()).await?;
        Ok(lists.names(Right::Read).is_none_or(is_everybodys))
    }

    async fn may(
        &self,
        caller: &Caller,
        doing: Doing,
        stream: &StreamName,
    ) -> Result<bool, ReadError> {
        if caller.role() == Role::Server {
            return Ok(true);
        }
        if doing != Doing::Read && !caller.role().may_change(stream) {
            return Ok(false);
        }
        // What describes a stream is neither deleted nor closed for good.
        if doing == Doing::Delete && stream.described_stream().is_some() {
            return Ok(false);
        }
        let (right, subject) = Right::of(doing, stream);
        let lists = self.lists_of(&subject).await?;
        if let Some(names) = lists.names(right) {
            return Ok(is_named(caller, names));
        }
        if !subject.is_system() {
            return Ok(true);
        }
        // Everything can be read in the log of all events: who may not read that, reads none of the store's own streams.
        let lists = self.lists_of(&StreamName::all()).await?;
        Ok(lists
            .names(Right::Read)
            .is_none_or(|names| is_named(caller, names)))
    }

    async fn lists_of(&self, stream: &StreamName) -> Result<Arc<Lists>, ReadError> {
        let as_of = self.heads.borrow().described;
        if let Some(lists) = self.known().at(as_of).lists.get(stream) {
            return Ok(lists.clone());
        }
        let newest = self
            .reader
            .read_stream(&stream.metadata_stream(), u64::MAX, Direction::Backwards, 1)
            .await;
        let lists = match newest {
            Ok(events) => events
                .first()
                .map(|event| Lists::understand(event.content_type, &event.data))
                .unwrap_or_default(),
            // A stream that was closed for good has nothing to protect.
            Err(ReadError::StreamDeleted { .. }) => Lists::default(),
            Err(error) => return Err(error),
        };
        let lists = Arc::new(lists);
        let mut known = self.known();
        // What was read before newer metadata came is not kept.
        if known.at(as_of).as_of == as_of {
            if known.lists.len() >= KNOWN_LISTS {
                known.lists.clear();
            }
            known.lists.insert(stream.clone(), lists.clone());
        }
        Ok(lists)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_named(caller: &Caller, names: &[String]) -> bool {
    names.iter().any(|name| {
        name == EVERYBODY || name == caller.name() || caller.groups().iter().any(|own| own == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn understand(data: &[u8]) -> Lists {
        Lists::understand(ContentType::Json, data)
    }

    fn names(lists: &Lists, right: Right) -> Option<Vec<&str>> {
        Some(lists.names(right)?.iter().map(String::as_str).collect())
    }

    #[test]
    fn a_list_is_a_name_or_names_and_says_nothing_of_other_rights() {
        let lists = understand(br#"{"$acl":{"$r":"audit","$w":["a","b"],"$d":[]},"x":1}"#);
        assert_eq!(names(&lists, Right::Read), Some(vec!["audit"]));
        assert_eq!(names(&lists, Right::Write), Some(vec!["a", "b"]));
        assert_eq!(names(&lists, Right::Delete), Some(vec![]));
        assert_eq!(names(&lists, Right::ReadMetadata), None);
    }

    #[test]
    fn what_cannot_be_read_as_a_list_names_nobody_and_what_is_no_metadata_says_nothing() {
        let lists = understand(br#"{"$acl":{"$r":7,"$w":{"a":1},"$d":null,"$mr":[1,"a"]}}"#);
        assert_eq!(names(&lists, Right::Read), Some(vec![]));
        assert_eq!(names(&lists, Right::Write), Some(vec![]));
        assert_eq!(names(&lists, Right::Delete), None);
        assert_eq!(names(&lists, Right::ReadMetadata), Some(vec!["a"]));
        for nothing in [
            &b"no JSON"[..],
            b"",
            b"[]",
            b"7",
            br#"{"$acl":"audit"}"#,
            br#"{"$acl":null}"#,
        ] {
            assert_eq!(understand(nothing), Lists::default());
        }
    }

    #[test]
    fn a_list_closes_by_the_same_rule_by_which_metadata_hide() {
        let said = br#"{"$acl":{"$r":"audit"},"$maxCount":1}x"#;
        assert_eq!(names(&understand(said), Right::Read), Some(vec!["audit"]));
        let binary = Lists::understand(ContentType::Binary, br#"{"$acl":{"$r":"audit"}}"#);
        assert_eq!(binary, Lists::default());
    }

    #[test]
    fn metadata_have_rights_of_their_own() {
        let stream = |name: &str| StreamName::new(name).unwrap();
        let orders = stream("orders-1");
        for (doing, name, right) in [
            (Doing::Read, "orders-1", Right::Read),
            (Doing::Append, "orders-1", Right::Write),
            (Doing::Delete, "orders-1", Right::Delete),
            (Doing::Read, "$$orders-1", Right::ReadMetadata),
            (Doing::Append, "$$orders-1", Right::WriteMetadata),
        ] {
            assert_eq!(Right::of(doing, &stream(name)), (right, orders.clone()));
        }
    }
}
