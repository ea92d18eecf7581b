//! What sessions that are over saw last of each item on each computer.

use super::collected::Collected;
use crate::numbered::Numbered;
use chrono::{DateTime, Utc};
use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use upkeep_domain::catalogue::version::Version;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
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
    what: Option<Arc<What>>,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// A version, or what a task's test says.
    Found(Finding),
    /// A monitored task's value; no two computers have the same for long.
    Collected(Collected),
}

impl What {
    /// As whoever compares it with what should be there takes it: of a value, that there is one.
    fn finding(&self) -> &Finding {
        match self {
            Self::Found(finding) => finding,
            Self::Collected(_) => &A_VALUE,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Known {
    finding: Arc<What>,
    /// On how many computers, and of how many items there.
    uses: usize,
}

/// What is there, as it is written here: the bytes of a snapshot's pieces hold no names, by which events tell one finding from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Written {
    Version(Version),
    Broken(Version),
    Yes,
    No,
}

impl Written {
    /// Nothing of what is not written once for all.
    pub fn of(finding: &Finding) -> Option<Self> {
        match finding {
            Finding::Version { version } => Some(Self::Version(version.clone())),
            Finding::Broken { version } => Some(Self::Broken(version.clone())),
            Finding::Yes => Some(Self::Yes),
            Finding::No => Some(Self::No),
            Finding::Absent | Finding::Value { .. } => None,
        }
    }
}

impl From<Written> for Finding {
    fn from(written: Written) -> Self {
        match written {
            Written::Version(version) => Self::Version { version },
            Written::Broken(version) => Self::Broken { version },
            Written::Yes => Self::Yes,
            Written::No => Self::No,
        }
    }
}

static ABSENT: Finding = Finding::Absent;
static A_VALUE: Finding = Finding::Value { value: Value::Null };

/// What was seen of one item, as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WrittenThere {
    Absent,
    /// Which of all that were found it is.
    Found(u32),
    Collected {
        tenant: TenantId,
        at: DateTime<Utc>,
        json: Option<String>,
    },
}

/// What was seen on one computer, as it is written: the item, where the session was asked for, and what it saw.
pub type Found = Vec<(u32, Position, WrittenThere)>;

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
        for (action_item, finding) in seen {
            let Some(item) = self.items.number(action_item) else {
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
                what: self.kept(session, action_item, finding),
            };
            match known {
                Ok(place) => {
                    let former = std::mem::replace(&mut of_computer[place], new);
                    self.drop_share(former.what.as_deref());
                }
                Err(place) => of_computer.insert(place, new),
            }
        }
        self.of.insert(request.computer(), of_computer.into());
    }

    /// What was seen last of an item, and where the session was asked for that saw it.
    pub fn of(&self, computer: ComputerId, item: MaintenanceItem) -> Option<(Position, &Finding)> {
        let seen = self.seen(computer, item)?;
        let what = seen.what.as_deref();
        Some((seen.asked_at, what.map_or(&ABSENT, What::finding)))
    }

    /// The value that was collected last of an item, unless something else was seen since, and where the session was asked for that
    /// saw it last.
    pub fn collected(
        &self,
        computer: ComputerId,
        item: MaintenanceItem,
    ) -> Option<(Position, Option<Collected>)> {
        let seen = self.seen(computer, item)?;
        let collected = match seen.what.as_deref() {
            Some(What::Collected(collected)) => Some(collected.clone()),
            Some(What::Found(_)) | None => None,
        };
        Some((seen.asked_at, collected))
    }

    fn seen(&self, computer: ComputerId, item: MaintenanceItem) -> Option<&Seen> {
        let of_computer = self.of.get(&computer)?;
        let item = self.items.of(item)?;
        let place = of_computer.binary_search_by_key(&item, |seen| seen.item);
        Some(&of_computer[place.ok()?])
    }

    fn kept(
        &mut self,
        session: &Session,
        item: MaintenanceItem,
        finding: &Finding,
    ) -> Option<Arc<What>> {
        match finding {
            Finding::Absent => None,
            Finding::Value { .. } => {
                let collected = Collected::of(session, item)?;
                Some(Arc::new(What::Collected(collected)))
            }
            found => Some(self.share(found)),
        }
    }

    fn share(&mut self, finding: &Finding) -> Arc<What> {
        let text = text_of(finding);
        if let Some(known) = self.versions.get_mut(&*text) {
            known.uses += 1;
            return known.finding.clone();
        }
        let finding = Arc::new(What::Found(finding.clone()));
        let known = Known {
            finding: finding.clone(),
            uses: 1,
        };
        self.versions.insert(Arc::from(&*text), known);
        finding
    }

    fn drop_share(&mut self, what: Option<&What>) {
        let Some(What::Found(finding)) = what else {
            return;
        };
        let text = text_of(finding);
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
    pub fn distinct(&self) -> impl Iterator<Item = &Finding> {
        let known = self.versions.values();
        known.map(|known| known.finding.finding())
    }

    pub fn all(&self) -> impl Iterator<Item = (ComputerId, Found)> {
        let texts = self.versions.keys().map(AsRef::as_ref);
        let numbers: HashMap<&str, u32> = texts.zip(0..).collect();
        self.of.iter().map(move |(computer, of_computer)| {
            let found = of_computer.iter().map(|seen| {
                let what = match seen.what.as_deref() {
                    None => WrittenThere::Absent,
                    Some(What::Found(finding)) => {
                        let number = numbers.get(&*text_of(finding)).copied();
                        number.map_or(WrittenThere::Absent, WrittenThere::Found)
                    }
                    Some(What::Collected(collected)) => WrittenThere::Collected {
                        tenant: collected.tenant,
                        at: collected.at,
                        json: collected.json.as_deref().map(str::to_owned),
                    },
                };
                (seen.item, seen.asked_at, what)
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
    pub fn add_distinct(&mut self, distinct: Vec<Written>) {
        self.versions
            .extend(distinct.into_iter().map(|written| Known {
                finding: Arc::new(What::Found(written.into())),
                uses: 0,
            }));
    }

    pub fn add(&mut self, found: Vec<(ComputerId, Found)>) {
        for (computer, found) in found {
            let seen = found.into_iter().map(|(item, asked_at, what)| Seen {
                item,
                asked_at,
                what: self.read(what),
            });
            let seen: Arc<[Seen]> = seen.collect();
            self.of.insert(computer, seen);
        }
    }

    fn read(&mut self, what: WrittenThere) -> Option<Arc<What>> {
        match what {
            WrittenThere::Absent => None,
            WrittenThere::Found(number) => {
                let known = self.versions.get_mut(usize::try_from(number).ok()?)?;
                known.uses += 1;
                Some(known.finding.clone())
            }
            WrittenThere::Collected { tenant, at, json } => {
                let json = json.map(Arc::from);
                let collected = Collected { tenant, at, json };
                Some(Arc::new(What::Collected(collected)))
            }
        }
    }

    pub fn finish(self, findings: &mut Findings) {
        findings.of = self.of;
        let named = self.versions.into_iter();
        findings.versions = named
            .map(|known| (Arc::from(&*text_of(known.finding.finding())), known))
            .collect();
    }
}

/// What tells a finding from others. No version begins with a control character.
fn text_of(finding: &Finding) -> Cow<'_, str> {
    match finding {
        Finding::Absent => Cow::Borrowed(""),
        Finding::Version { version } => Cow::Borrowed(version.as_str()),
        Finding::Broken { version } => Cow::Owned(format!("\0{version}")),
        Finding::Yes => Cow::Borrowed("\u{1}yes"),
        Finding::No => Cow::Borrowed("\u{1}no"),
        // Never shared.
        Finding::Value { value } => Cow::Owned(format!("\u{2}{value}")),
    }
}
