//! The shelf: what lists of software filter and sort by, and what sources there are. A catalogue has ten thousand titles, and looking for
//! one is one walk through memory.

use crate::caseless::{Caseless, folded};
use crate::fleet::listings::Listing;
use crate::fleet::rows::{Placed, Rows};
use crate::index::Place;
use crate::registry::{Entry, Registry, Stamp};
use crate::view::View;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::catalogue::software::{Revision, Software, SourceName};
use upkeep_domain::kernel::ids::SoftwareId;
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::Position;

/// One software.
#[derive(Clone, Debug, PartialEq)]
pub struct SoftwareRow {
    pub place: Place<SoftwareId>,
    pub entry: Arc<Entry<Software>>,
    pub name: Caseless,
    /// In a line each, in small letters: its name, its publisher, its identifier in its source, and its tags.
    pub words: Arc<str>,
}

/// Where titles of the catalogue come from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub name: SourceName,
    /// What is offered.
    pub titles: usize,
    /// What it has no more.
    pub withdrawn: usize,
    /// The one that changed something last.
    pub revision: Revision,
    /// When that was taken over, and by whom.
    pub changed: Stamp,
}

impl Placed for SoftwareRow {
    type Id = SoftwareId;

    fn place(&self) -> Place<SoftwareId> {
        self.place
    }
}

impl SoftwareRow {
    fn of(view: &View, id: SoftwareId) -> Option<Self> {
        let entry = view.software.get(id)?;
        let name = entry.state.definition.as_ref()?.name.as_str();
        Some(Self {
            place: view.software.place_of(id)?,
            entry: entry.clone(),
            name: Caseless::of(name),
            words: words(name, &entry.state).into(),
        })
    }
}

/// Names, identifiers and tags hold no line breaks.
fn words(name: &str, software: &Software) -> String {
    let publisher = software.publisher.as_ref().map(Name::as_str);
    let identifier = (software.origin.as_ref()).map(|origin| origin.identifier.as_str());
    let tags = software.description.tags.iter();
    let lines = [Some(name), publisher, identifier].into_iter().flatten();
    let lines: Vec<&str> = lines.chain(tags).collect();
    folded(&lines.join("\n"))
}

/// All software of a view. Costs some 300 bytes a software.
#[derive(Clone)]
pub struct Shelf {
    position: Position,
    rows: Rows<SoftwareRow>,
    /// What the rows were made of, to see what differs in another view.
    software: Registry<Software>,
}

impl Listing for Shelf {
    fn of(view: &View) -> Self {
        let all = view.software.within((Bound::Unbounded, Bound::Unbounded));
        let rows = all.filter_map(|place| SoftwareRow::of(view, place.id));
        Self {
            position: view.position(),
            rows: rows.collect(),
            software: view.software.clone(),
        }
    }

    fn renewed(&self, view: &View) -> Self {
        let mut rows = self.rows.clone();
        for (id, before, after) in view.software.changes_since(&self.software) {
            if let Some(entry) = before.or(after) {
                let made_at = entry.created.position;
                rows.put(Place { made_at, id }, SoftwareRow::of(view, id));
            }
        }
        Self {
            position: view.position(),
            rows,
            software: view.software.clone(),
        }
    }

    fn position(&self) -> Position {
        self.position
    }
}

impl Shelf {
    pub fn rows(&self) -> &Rows<SoftwareRow> {
        &self.rows
    }

    /// In the order of their names. Nothing but its source changes a title, so that what changed last tells the newest revision.
    pub fn sources(&self) -> Vec<Source> {
        let mut sources: BTreeMap<&SourceName, Source> = BTreeMap::new();
        for row in self.rows.iter() {
            let Some(origin) = &row.entry.state.origin else {
                continue;
            };
            let source = sources.entry(&origin.source).or_insert_with(|| Source {
                name: origin.source.clone(),
                titles: 0,
                withdrawn: 0,
                revision: origin.revision.clone(),
                changed: row.entry.changed,
            });
            if row.entry.state.is_withdrawn {
                source.withdrawn += 1;
            } else {
                source.titles += 1;
            }
            if row.entry.changed.position > source.changed.position {
                source.revision.clone_from(&origin.revision);
                source.changed = row.entry.changed;
            }
        }
        sources.into_values().collect()
    }
}
