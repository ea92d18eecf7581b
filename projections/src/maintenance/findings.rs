//! What sessions that are over saw last of each item on each computer.

use crate::numbered::Numbered;
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::ComputerId;
use upkeep_domain::maintenance::session::{Finding, Session};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_event_store::Position;

/// By computer and item, with where the newest session that saw it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    items: Numbered<MaintenanceItem>,
    /// In the order of the items' numbers. Written apart (`bulk.rs`), as what follows from it.
    #[serde(skip)]
    of: OrdMap<ComputerId, Arc<[Seen]>>,
    /// What was found anywhere, once and by its text: most computers have what others have, too.
    #[serde(skip)]
    versions: OrdMap<Arc<str>, Known>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    item: u32,
    asked_at: Position,
    /// Nothing where the item is absent.
    version: Option<Arc<Finding>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Known {
    finding: Arc<Finding>,
    /// On how many computers, and of how many items there.
    uses: usize,
}

/// A finding as it is written here: told by its place among the cases. The bytes of a snapshot's pieces hold no names, by which
/// events tell one from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Written {
    Absent,
    Version(Version),
    Broken(Version),
}

impl From<&Finding> for Written {
    fn from(finding: &Finding) -> Self {
        match finding {
            Finding::Absent => Self::Absent,
            Finding::Version { version } => Self::Version(version.clone()),
            Finding::Broken { version } => Self::Broken(version.clone()),
        }
    }
}

impl From<Written> for Finding {
    fn from(written: Written) -> Self {
        match written {
            Written::Absent => Self::Absent,
            Written::Version(version) => Self::Version { version },
            Written::Broken(version) => Self::Broken { version },
        }
    }
}

static ABSENT: Finding = Finding::Absent;

/// What was seen on one computer, as it is written: the item, where the session was asked for, and which of all versions it was, if
/// it was there.
pub type Found = Vec<(u32, Position, Option<u32>)>;

impl Findings {
    /// Takes in what a session saw that is over, by where it was asked for.
    pub fn keep(&mut self, asked_at: Position, session: &Session) {
        let Some(request) = session.request else {
            return;
        };
        let seen: Vec<(MaintenanceItem, &Finding)> = session
            .actions()
            .filter_map(|action| Some((action.plan.item, session.seen(action.plan.item)?)))
            .collect();
        if seen.is_empty() {
            return;
        }
        let known = self.of.get(&request.computer());
        let mut of_computer = known.map_or_else(Vec::new, |known| known.to_vec());
        for (item, finding) in seen {
            let Some(item) = self.items.number(item) else {
                continue;
            };
            let known = of_computer.binary_search_by_key(&item, |seen| seen.item);
            // A session that was asked for later and ended earlier knows better.
            if known.is_ok_and(|place| of_computer[place].asked_at > asked_at) {
                continue;
            }
            let new = Seen {
                item,
                asked_at,
                version: finding.version().map(|_| self.share(finding)),
            };
            match known {
                Ok(place) => {
                    let former = std::mem::replace(&mut of_computer[place], new);
                    self.drop_share(former.version.as_deref());
                }
                Err(place) => of_computer.insert(place, new),
            }
        }
        self.of.insert(request.computer(), of_computer.into());
    }

    /// What was seen last of an item, and where the session was asked for that saw it.
    pub fn of(&self, computer: ComputerId, item: MaintenanceItem) -> Option<(Position, &Finding)> {
        let of_computer = self.of.get(&computer)?;
        let item = self.items.of(item)?;
        let place = of_computer.binary_search_by_key(&item, |seen| seen.item);
        let seen = &of_computer[place.ok()?];
        Some((seen.asked_at, seen.version.as_deref().unwrap_or(&ABSENT)))
    }

    fn share(&mut self, finding: &Finding) -> Arc<Finding> {
        let text = text_of(finding);
        if let Some(known) = self.versions.get_mut(&*text) {
            known.uses += 1;
            return known.finding.clone();
        }
        let finding = Arc::new(finding.clone());
        let known = Known {
            finding: finding.clone(),
            uses: 1,
        };
        self.versions.insert(Arc::from(&*text), known);
        finding
    }

    fn drop_share(&mut self, finding: Option<&Finding>) {
        let Some(text) = finding.map(text_of) else {
            return;
        };
        if let Some(known) = self.versions.get_mut(&*text) {
            known.uses -= 1;
            if known.uses == 0 {
                self.versions.remove(&*text);
            }
        }
    }
}

/// How it is written.
impl Findings {
    /// What was found of something that is there, once each.
    pub fn versions(&self) -> impl Iterator<Item = &Finding> {
        self.versions.values().map(|known| &*known.finding)
    }

    pub fn all(&self) -> impl Iterator<Item = (ComputerId, Found)> {
        let texts = self.versions.keys().map(AsRef::as_ref);
        let numbers: HashMap<&str, u32> = texts.zip(0..).collect();
        self.of.iter().map(move |(computer, of_computer)| {
            let found = of_computer.iter().map(|seen| {
                let version = seen.version.as_deref().map(text_of);
                let number = version.and_then(|text| numbers.get(&*text).copied());
                (seen.item, seen.asked_at, number)
            });
            (*computer, found.collect())
        })
    }
}

/// Findings on their way back.
#[derive(Default)]
pub struct Returning {
    of: OrdMap<ComputerId, Arc<[Seen]>>,
    versions: Vec<Known>,
}

impl Returning {
    pub fn add_versions(&mut self, versions: Vec<Written>) {
        self.versions
            .extend(versions.into_iter().map(|written| Known {
                finding: Arc::new(written.into()),
                uses: 0,
            }));
    }

    pub fn add(&mut self, found: Vec<(ComputerId, Found)>) {
        for (computer, found) in found {
            let seen = found.into_iter().map(|(item, asked_at, version)| {
                let place = version.and_then(|number| usize::try_from(number).ok());
                let known = place.and_then(|place| self.versions.get_mut(place));
                let version = known.map(|known| {
                    known.uses += 1;
                    known.finding.clone()
                });
                Seen {
                    item,
                    asked_at,
                    version,
                }
            });
            let seen: Arc<[Seen]> = seen.collect();
            self.of.insert(computer, seen);
        }
    }

    pub fn finish(self, findings: &mut Findings) {
        findings.of = self.of;
        let named = self.versions.into_iter();
        findings.versions = named
            .map(|known| (Arc::from(&*text_of(&known.finding)), known))
            .collect();
    }
}

/// What tells a finding from others. No version begins with a control character.
fn text_of(finding: &Finding) -> Cow<'_, str> {
    match finding {
        Finding::Absent => Cow::Borrowed(""),
        Finding::Version { version } => Cow::Borrowed(version.as_str()),
        Finding::Broken { version } => Cow::Owned(format!("\0{version}")),
    }
}
