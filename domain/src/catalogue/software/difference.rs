//! What differs between two software, as the events that lead from one to the other: the same for taking a title over, for showing
//! before what that would change, for copying it, and for telling how a copy differs.

use super::event::{
    DetectionChanged, ExitCodesChosen, NotesWritten, PublisherNamed, RepairStrategyChosen,
    SoftwareCreated, SoftwareDescribed, SoftwareEvent, SoftwareRenamed, SoftwareScriptRemoved,
    SoftwareScriptSet, UpgradeStrategyChosen, VersionPublished, VersionWithdrawn,
};
use super::scripts::ScriptRole;
use super::state::Software;
use crate::catalogue::version::Version;

/// A part of a software.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Name,
    Publisher,
    Notes,
    /// Homepage, licence and tags.
    Description,
    Detection,
    /// Those for all versions.
    Scripts,
    UpgradeStrategy,
    RepairStrategy,
    ExitCodes,
    Versions,
}

/// What becomes of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionChange {
    Added(Version),
    /// Its package or its scripts are others than before.
    Changed(Version),
    Withdrawn(Version),
}

/// What becomes of a title that is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleChange {
    /// It was not there.
    Added,
    /// It had been withdrawn, and is offered again.
    Returned,
    Changed,
    Unchanged,
}

/// What taking a title over would come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook {
    pub change: TitleChange,
    /// In their order, each once.
    pub parts: Vec<Part>,
    pub versions: Vec<VersionChange>,
}

impl Software {
    /// The events after which this is as `wanted` is. Where it comes from is another matter, and none of them tells of it. Nothing, if
    /// nothing is wanted.
    pub(super) fn towards(&self, wanted: &Self) -> Vec<SoftwareEvent> {
        let Self {
            definition,
            versions: _,
            publisher,
            notes,
            scripts: _,
            upgrade_strategy,
            repair_strategy,
            exit_codes,
            description,
            origin: _,
            is_withdrawn: _,
            copied: _,
        } = wanted;
        let Some(definition) = definition.clone() else {
            return vec![];
        };
        let mut events: Vec<SoftwareEvent> = Vec::new();
        match &self.definition {
            None => {
                let (name, detection) = (definition.name, definition.detection);
                events.push(SoftwareCreated { name, detection }.into());
            }
            Some(known) => {
                if known.name != definition.name {
                    let name = definition.name;
                    events.push(SoftwareRenamed { name }.into());
                }
                if known.detection != definition.detection {
                    let detection = definition.detection;
                    events.push(DetectionChanged { detection }.into());
                }
            }
        }
        if self.publisher != *publisher {
            let publisher = publisher.clone();
            events.push(PublisherNamed { publisher }.into());
        }
        if self.notes != *notes {
            let notes = notes.clone();
            events.push(NotesWritten { notes }.into());
        }
        if self.description != *description {
            let description = description.clone();
            events.push(SoftwareDescribed { description }.into());
        }
        if self.upgrade_strategy != *upgrade_strategy {
            let strategy = *upgrade_strategy;
            events.push(UpgradeStrategyChosen { strategy }.into());
        }
        if self.repair_strategy != *repair_strategy {
            let strategy = *repair_strategy;
            events.push(RepairStrategyChosen { strategy }.into());
        }
        if self.exit_codes != *exit_codes {
            let exit_codes = exit_codes.clone();
            events.push(ExitCodesChosen { exit_codes }.into());
        }
        events.extend(self.scripts_towards(wanted));
        events.extend(self.versions_towards(wanted));
        events
    }

    fn scripts_towards<'a>(&'a self, wanted: &'a Self) -> impl Iterator<Item = SoftwareEvent> + 'a {
        ScriptRole::ALL.into_iter().filter_map(|role| {
            match (self.scripts.get(role), wanted.scripts.get(role)) {
                (known, Some(script)) if known != Some(script) => {
                    let script = script.clone();
                    Some(SoftwareScriptSet { role, script }.into())
                }
                (Some(_), None) => Some(SoftwareScriptRemoved { role }.into()),
                _ => None,
            }
        })
    }

    /// What is gone comes first, so that there are never more versions than at the end. A version that is published anew takes the place
    /// of the one before.
    fn versions_towards<'a>(
        &'a self,
        wanted: &'a Self,
    ) -> impl Iterator<Item = SoftwareEvent> + 'a {
        let gone = self.versions.keys();
        let gone = gone.filter(|version| !wanted.versions.contains_key(version));
        let withdrawn = gone.map(|version| {
            let version = version.clone();
            SoftwareEvent::from(VersionWithdrawn { version })
        });
        let new = wanted.versions.iter();
        let new = new.filter(|(version, content)| self.versions.get(version) != Some(content));
        withdrawn.chain(new.map(|(version, content)| {
            let (version, content) = (version.clone(), content.clone());
            SoftwareEvent::from(VersionPublished { version, content })
        }))
    }

    /// In what this differs from another one.
    pub fn differing(&self, other: &Self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.towards(other).iter().flat_map(parts).collect();
        parts.sort();
        parts.dedup();
        parts
    }

    /// What events that were decided make of the title that is here.
    pub(super) fn outlook(&self, events: &[SoftwareEvent]) -> Outlook {
        let mut parts: Vec<Part> = events.iter().flat_map(parts).collect();
        parts.sort();
        parts.dedup();
        Outlook {
            change: self.title_change(events),
            parts,
            versions: events
                .iter()
                .filter_map(|event| self.version_change(event))
                .collect(),
        }
    }

    fn version_change(&self, event: &SoftwareEvent) -> Option<VersionChange> {
        match event {
            SoftwareEvent::VersionPublished(published) => {
                let version = published.version.clone();
                Some(if self.versions.contains_key(&version) {
                    VersionChange::Changed(version)
                } else {
                    VersionChange::Added(version)
                })
            }
            SoftwareEvent::VersionWithdrawn(withdrawn) => {
                Some(VersionChange::Withdrawn(withdrawn.version.clone()))
            }
            _ => None,
        }
    }

    fn title_change(&self, events: &[SoftwareEvent]) -> TitleChange {
        if events.is_empty() {
            TitleChange::Unchanged
        } else if self.definition.is_none() {
            TitleChange::Added
        } else if self.is_withdrawn {
            TitleChange::Returned
        } else {
            TitleChange::Changed
        }
    }
}

/// Which parts an event is about.
pub(super) fn parts(event: &SoftwareEvent) -> Vec<Part> {
    match event {
        SoftwareEvent::Created(_) => vec![Part::Name, Part::Detection],
        SoftwareEvent::Renamed(_) => vec![Part::Name],
        SoftwareEvent::DetectionChanged(_) => vec![Part::Detection],
        SoftwareEvent::VersionPublished(_) | SoftwareEvent::VersionWithdrawn(_) => {
            vec![Part::Versions]
        }
        SoftwareEvent::PublisherNamed(_) => vec![Part::Publisher],
        SoftwareEvent::NotesWritten(_) => vec![Part::Notes],
        SoftwareEvent::ScriptSet(_) | SoftwareEvent::ScriptRemoved(_) => vec![Part::Scripts],
        SoftwareEvent::UpgradeStrategyChosen(_) => vec![Part::UpgradeStrategy],
        SoftwareEvent::RepairStrategyChosen(_) => vec![Part::RepairStrategy],
        SoftwareEvent::ExitCodesChosen(_) => vec![Part::ExitCodes],
        SoftwareEvent::Described(_) => vec![Part::Description],
        SoftwareEvent::Catalogued(_) | SoftwareEvent::Withdrawn(_) | SoftwareEvent::Copied(_) => {
            vec![]
        }
    }
}
