//! The people: what lists of them and the search sort, filter and look by, as the roster has it of computers.

use super::listings::Listing;
use super::rows::{Placed, Rows};
use crate::caseless::{Caseless, folded};
use crate::index::Place;
use crate::registry::{Entry, Registry};
use crate::view::View;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::fleet::person::{Person, Profile};
use upkeep_domain::kernel::ids::{PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::Position;

/// Somebody who did not leave.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonRow {
    pub place: Place<PersonId>,
    pub entry: Arc<Entry<Person>>,
    pub tenant: TenantId,
    pub name: Caseless,
    /// In a line each: the name, the user principal name, which may be missing, and the tags.
    pub words: Arc<str>,
    /// How many bytes of the words are not tags.
    called: u32,
}

/// The lines of [`PersonRow::words`]; tags are those behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonLine {
    Name,
    Upn,
    Tag,
}

impl Placed for PersonRow {
    type Id = PersonId;

    fn place(&self) -> Place<PersonId> {
        self.place
    }
}

impl PersonRow {
    fn of(view: &View, id: PersonId) -> Option<Self> {
        let entry = view.persons.get(id)?;
        let profile = entry.state.present()?;
        let called = folded(&called(profile));
        let mut words = called.clone();
        for tag in &entry.state.tags {
            words.push('\n');
            words.push_str(&folded(tag.as_str()));
        }
        Some(Self {
            place: view.persons.place_of(id)?,
            entry: entry.clone(),
            tenant: profile.tenant,
            name: Caseless::of(profile.name.as_str()),
            words: words.into(),
            called: u32::try_from(called.len()).unwrap_or(u32::MAX),
        })
    }

    /// The name and the user principal name, in a line each.
    pub fn called(&self) -> &str {
        let end = usize::try_from(self.called).unwrap_or(usize::MAX);
        self.words.get(..end).unwrap_or(&self.words)
    }

    /// In which line of the words a place is, counted in bytes.
    pub fn line_at(&self, place: usize) -> PersonLine {
        let called = self.called();
        match called.find('\n') {
            Some(end) if place < end => PersonLine::Name,
            _ if place < called.len() => PersonLine::Upn,
            _ => PersonLine::Tag,
        }
    }
}

/// Names hold no line breaks.
fn called(profile: &Profile) -> String {
    let upn = profile.upn.as_ref().map_or("", Name::as_str);
    format!("{}\n{upn}", profile.name.as_str())
}

/// Everybody of a view who did not leave. Costs some 250 bytes a person.
#[derive(Clone)]
pub struct People {
    position: Position,
    rows: Rows<PersonRow>,
    /// What the rows were made of, to see what differs in another view.
    persons: Registry<Person>,
}

impl Listing for People {
    fn of(view: &View) -> Self {
        let everybody = view.persons.within((Bound::Unbounded, Bound::Unbounded));
        let rows = everybody.filter_map(|place| PersonRow::of(view, place.id));
        Self {
            position: view.position(),
            rows: rows.collect(),
            persons: view.persons.clone(),
        }
    }

    fn renewed(&self, view: &View) -> Self {
        let mut rows = self.rows.clone();
        for (id, before, after) in view.persons.changes_since(&self.persons) {
            if let Some(entry) = before.or(after) {
                let made_at = entry.created.position;
                rows.put(Place { made_at, id }, PersonRow::of(view, id));
            }
        }
        Self {
            position: view.position(),
            rows,
            persons: view.persons.clone(),
        }
    }

    fn position(&self) -> Position {
        self.position
    }
}

impl People {
    pub fn rows(&self) -> &Rows<PersonRow> {
        &self.rows
    }
}
