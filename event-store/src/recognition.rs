//! What an append finds of itself: the one rule for expectations and for ids that are used again.
//!
//! It is EventStoreDB's, learned from what a real server answered to some thousands of random histories:
//!
//! - Whatever the revision (`any`, `stream_exists`), the ids are looked up from the first on among the newest events of
//!   all streams. If the first is not known in this stream, all of them are new, whatever comes behind it; if it is, all
//!   others must be, too, and the append was done before; if only some are, it is a conflict.
//! - An id that several events have is known where it stands first. So an id that another stream had before is never
//!   recognised in this one.
//! - At a revision that is not the newest (`no_stream` is before all of them) the ids are compared with the events behind
//!   it, one by one, however old they are: the same ones were written before, and other ones are a conflict.
//! - What was hidden since (deleted, truncated, too old) is recognised like everything else.

use crate::port::{ExpectedRevision, Position};
use uuid::Uuid;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub revision: u64,
    pub position: Position,
}

/// What became of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Open,
    /// It can be appended to again, but not as one that exists.
    Deleted,
    Tombstoned,
}

/// A stream before an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its newest revision, hidden or not; nothing if it never had an event.
    pub head: Option<u64>,
    pub fate: Fate,
}

/// What the rule looks up of one stream, and only where it has to.
pub trait Known {
    type Error;

    /// Where the first event with this id stands, if it is remembered and stands in this stream.
    fn remembered(&mut self, id: Uuid) -> Result<Option<Place>, Self::Error>;

    /// What stands at a revision of this stream.
    fn stored(&mut self, revision: u64) -> Result<Option<(Uuid, Position)>, Self::Error>;

    /// Whether this stream has metadata.
    fn is_described(&mut self) -> Result<bool, Self::Error>;
}

/// What an append comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All its events are to be written.
    New,
    /// All were written before, the last one here: nothing is to be done.
    Known(Place),
    /// The stream is not where it is expected.
    Conflict,
    /// The stream is deleted: for good, or while it is expected to exist.
    Deleted,
}

/// Decides about events with these ids.
pub fn judge<K: Known>(
    standing: Standing,
    expected: ExpectedRevision,
    ids: impl IntoIterator<Item = Uuid>,
    known: &mut K,
) -> Result<Verdict, K::Error> {
    if standing.fate == Fate::Tombstoned {
        return Ok(Verdict::Deleted);
    }
    match expected {
        ExpectedRevision::StreamExists if standing.fate == Fate::Deleted => Ok(Verdict::Deleted),
        ExpectedRevision::StreamExists if standing.head.is_none() && !known.is_described()? => {
            Ok(Verdict::Conflict)
        }
        ExpectedRevision::Any | ExpectedRevision::StreamExists => wherever_they_stand(ids, known),
        ExpectedRevision::NoStream => right_behind(None, standing, ids, known),
        ExpectedRevision::Exactly(revision) => right_behind(Some(revision), standing, ids, known),
    }
}

fn wherever_they_stand<K: Known>(
    ids: impl IntoIterator<Item = Uuid>,
    known: &mut K,
) -> Result<Verdict, K::Error> {
    let mut last = None;
    for id in ids {
        last = match (known.remembered(id)?, last) {
            (Some(place), _) => Some(place),
            (None, None) => return Ok(Verdict::New),
            (None, Some(_)) => return Ok(Verdict::Conflict),
        };
    }
    Ok(last.map_or(Verdict::New, Verdict::Known))
}

fn right_behind<K: Known>(
    expected: Option<u64>,
    standing: Standing,
    ids: impl IntoIterator<Item = Uuid>,
    known: &mut K,
) -> Result<Verdict, K::Error> {
    // Nothing is less than every revision, as no stream is before all of them.
    if expected == standing.head {
        return Ok(Verdict::New);
    }
    if expected > standing.head {
        return Ok(Verdict::Conflict);
    }
    let first = expected.map_or(0, |revision| revision.saturating_add(1));
    let mut last = None;
    for (revision, id) in (first..).zip(ids) {
        match known.stored(revision)? {
            Some((there, position)) if there == id => last = Some(Place { revision, position }),
            // Who sees no stream may begin it again.
            _ if last.is_none() && expected.is_none() && standing.fate == Fate::Deleted => {
                return Ok(Verdict::New);
            }
            _ => return Ok(Verdict::Conflict),
        }
    }
    Ok(last.map_or(Verdict::Conflict, Verdict::Known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;
    use std::convert::Infallible;

    /// Streams in memory, each a list of ids; the order of all events is that of writing.
    #[derive(Clone, Default, Debug, PartialEq)]
    struct Model {
        streams: HashMap<u8, Vec<(Uuid, Position)>>,
        deleted: HashMap<u8, Fate>,
        first: HashMap<Uuid, (u8, Place)>,
        written: u64,
    }

    struct Looked<'a>(&'a Model, u8);

    impl Known for Looked<'_> {
        type Error = Infallible;

        fn remembered(&mut self, id: Uuid) -> Result<Option<Place>, Infallible> {
            let found = self.0.first.get(&id).filter(|(name, _)| *name == self.1);
            Ok(found.map(|(_, place)| *place))
        }

        fn stored(&mut self, revision: u64) -> Result<Option<(Uuid, Position)>, Infallible> {
            let events = self.0.streams.get(&self.1);
            let index = usize::try_from(revision).unwrap();
            Ok(events.and_then(|events| events.get(index)).copied())
        }

        fn is_described(&mut self) -> Result<bool, Infallible> {
            Ok(self.0.deleted.contains_key(&self.1))
        }
    }

    impl Model {
        fn standing(&self, name: u8) -> Standing {
            Standing {
                head: (self.streams.get(&name))
                    .and_then(|events| (events.len() as u64).checked_sub(1)),
                fate: self.deleted.get(&name).copied().unwrap_or(Fate::Open),
            }
        }

        fn judge(&self, name: u8, expected: ExpectedRevision, ids: &[Uuid]) -> Verdict {
            let standing = self.standing(name);
            let Ok(verdict) = judge(standing, expected, ids.to_vec(), &mut Looked(self, name));
            verdict
        }

        fn append(&mut self, name: u8, expected: ExpectedRevision, ids: &[Uuid]) -> Verdict {
            let verdict = self.judge(name, expected, ids);
            if verdict == Verdict::New {
                for id in ids {
                    self.written += 1;
                    let events = self.streams.entry(name).or_default();
                    let place = Place {
                        revision: events.len() as u64,
                        position: Position(self.written),
                    };
                    events.push((*id, place.position));
                    self.first.entry(*id).or_insert((name, place));
                }
                self.deleted.remove(&name);
            }
            verdict
        }

        fn holds(&self, name: u8, id: Uuid) -> bool {
            let events = self.streams.get(&name);
            events.is_some_and(|events| events.iter().any(|(there, _)| *there == id))
        }
    }

    fn ids(numbers: &[u8]) -> Vec<Uuid> {
        numbers
            .iter()
            .map(|n| Uuid::from_u128(u128::from(*n) + 1))
            .collect()
    }

    const ANY: ExpectedRevision = ExpectedRevision::Any;
    const NEW: ExpectedRevision = ExpectedRevision::NoStream;
    const EXISTS: ExpectedRevision = ExpectedRevision::StreamExists;

    fn at(revision: u64) -> ExpectedRevision {
        ExpectedRevision::Exactly(revision)
    }

    fn known(revision: u64, position: u64) -> Verdict {
        Verdict::Known(Place {
            revision,
            position: Position(position),
        })
    }

    /// Stream 0 with the events 1 and 2.
    fn two() -> Model {
        let mut model = Model::default();
        assert_eq!(model.append(0, NEW, &ids(&[1, 2])), Verdict::New);
        model
    }

    #[test]
    fn the_same_append_is_known_under_whatever_it_expected() {
        for expected in [NEW, ANY, EXISTS] {
            assert_eq!(two().judge(0, expected, &ids(&[1, 2])), known(1, 2));
        }
        assert_eq!(two().judge(0, NEW, &ids(&[1])), known(0, 1));
        assert_eq!(two().judge(0, ANY, &ids(&[2])), known(1, 2));
        assert_eq!(two().judge(0, at(0), &ids(&[2])), known(1, 2));
    }

    #[test]
    fn what_is_new_in_front_is_written_and_what_is_new_behind_is_a_conflict() {
        assert_eq!(two().judge(0, ANY, &ids(&[3, 1])), Verdict::New);
        assert_eq!(two().judge(0, ANY, &ids(&[1, 3])), Verdict::Conflict);
        assert_eq!(two().judge(0, EXISTS, &ids(&[1, 2, 3])), Verdict::Conflict);
        assert_eq!(two().judge(0, NEW, &ids(&[1, 2, 3])), Verdict::Conflict);
        assert_eq!(two().judge(0, NEW, &ids(&[2])), Verdict::Conflict);
        assert_eq!(two().judge(0, at(1), &ids(&[1])), Verdict::New);
    }

    #[test]
    fn an_id_is_known_where_it_stands_first() {
        let mut model = two();
        assert_eq!(model.append(1, ANY, &ids(&[1])), Verdict::New);
        assert_eq!(model.append(1, ANY, &ids(&[1])), Verdict::New);
        assert_eq!(model.append(0, ANY, &ids(&[1])), known(0, 1));
        assert_eq!(model.append(0, at(1), &ids(&[1])), Verdict::New);
        assert_eq!(model.append(0, ANY, &ids(&[1])), known(0, 1));
    }

    #[test]
    fn after_a_delete_what_was_is_known_and_what_is_new_begins_again() {
        let mut model = two();
        model.deleted.insert(0, Fate::Deleted);
        assert_eq!(model.judge(0, NEW, &ids(&[1, 2])), known(1, 2));
        assert_eq!(model.judge(0, NEW, &ids(&[1, 3])), Verdict::Conflict);
        assert_eq!(model.judge(0, NEW, &ids(&[3])), Verdict::New);
        assert_eq!(model.judge(0, at(1), &ids(&[3])), Verdict::New);
        assert_eq!(model.judge(0, at(0), &ids(&[3])), Verdict::Conflict);
        assert_eq!(model.judge(0, EXISTS, &ids(&[1, 2])), Verdict::Deleted);
        assert_eq!(model.judge(0, ANY, &ids(&[1, 2])), known(1, 2));
    }

    #[test]
    fn nothing_goes_into_a_tombstoned_stream() {
        let mut model = two();
        model.deleted.insert(0, Fate::Tombstoned);
        for expected in [NEW, ANY, EXISTS, at(1)] {
            assert_eq!(model.judge(0, expected, &ids(&[1, 2])), Verdict::Deleted);
        }
    }

    #[test]
    fn an_append_of_nothing_only_compares_the_expectation() {
        assert_eq!(two().judge(0, ANY, &[]), Verdict::New);
        assert_eq!(two().judge(0, EXISTS, &[]), Verdict::New);
        assert_eq!(two().judge(0, at(1), &[]), Verdict::New);
        assert_eq!(two().judge(0, at(0), &[]), Verdict::Conflict);
        assert_eq!(two().judge(0, NEW, &[]), Verdict::Conflict);
        assert_eq!(two().judge(1, NEW, &[]), Verdict::New);
        assert_eq!(two().judge(1, EXISTS, &[]), Verdict::Conflict);
    }

    #[test]
    fn metadata_make_a_stream_exist() {
        let mut model = Model::default();
        model.deleted.insert(0, Fate::Open);
        assert_eq!(model.judge(0, EXISTS, &ids(&[1])), Verdict::New);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Append(u8, u8, Vec<u8>),
        Delete(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let append = (0..2u8, 0..8u8, prop::collection::vec(0..8u8, 0..4))
            .prop_map(|(name, expected, numbers)| Step::Append(name, expected, numbers));
        let delete = (0..2u8).prop_map(Step::Delete);
        prop::collection::vec(prop_oneof![8 => append, 1 => delete], 1..24)
    }

    proptest! {
        /// Whatever is acknowledged is there; whatever is refused or was there changes nothing; the same append offered
        /// again at once writes nothing, unless another event had its first id before.
        #[test]
        fn nothing_is_lost_and_nothing_doubled(steps in steps()) {
            let mut model = Model::default();
            for step in steps {
                let (name, expected, ids) = match step {
                    Step::Delete(name) => {
                        model.deleted.insert(name, Fate::Deleted);
                        continue;
                    }
                    Step::Append(name, expected, numbers) => {
                        let expected = match expected {
                            0 | 1 => ANY,
                            2 => EXISTS,
                            3 => NEW,
                            revision => at(u64::from(revision) - 4),
                        };
                        (name, expected, ids(&numbers))
                    }
                };
                let before = model.clone();
                let verdict = model.append(name, expected, &ids);
                match verdict {
                    Verdict::Known(place) => {
                        prop_assert_eq!(&model, &before);
                        prop_assert!(ids.iter().all(|id| model.holds(name, *id)));
                        let last = model.streams[&name][usize::try_from(place.revision).unwrap()];
                        prop_assert_eq!(Some(&last.0), ids.last());
                    }
                    Verdict::New => {
                        prop_assert_eq!(model.written, before.written + ids.len() as u64);
                        let first_was_new = ids.first().is_some_and(|id| !before.first.contains_key(id));
                        let each_once = (1..ids.len()).all(|i| !ids[..i].contains(&ids[i]));
                        let none_before = ids.iter().all(|id| !before.first.contains_key(id));
                        let exactly = matches!(expected, ExpectedRevision::Exactly(_) | ExpectedRevision::NoStream);
                        if first_was_new && each_once && none_before && (!exactly || before.standing(name).fate == Fate::Open) {
                            let again = model.judge(name, expected, &ids);
                            prop_assert!(matches!(again, Verdict::Known(_)), "{again:?}");
                        }
                    }
                    Verdict::Conflict | Verdict::Deleted => prop_assert_eq!(&model, &before),
                }
            }
        }
    }
}
