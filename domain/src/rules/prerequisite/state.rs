use super::condition::Conditions;
use super::message::FailMessage;
use super::range::VersionRange;
use crate::catalogue::version::Version;
use crate::kernel::ids::{PrerequisiteId, SoftwareId};
use crate::rules::deployment::DesiredState;
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// In which version something has to be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "version", rename_all = "camelCase")]
pub enum WantedVersion {
    /// Whichever a deployment wants there; the newest published one where none wants it there.
    Latest,
    Exactly(Version),
    /// What is this version or newer stays as it is; otherwise the newest published one comes.
    AtLeast(Version),
}

/// What follows where a prerequisite applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Consequence {
    /// It has to be there first.
    Install {
        software: SoftwareId,
        version: WantedVersion,
    },
    /// It has to be gone first.
    Uninstall { software: SoftwareId },
    /// What needs it fails.
    Fail { message: FailMessage },
}

/// What a software needs before it is brought onto a computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prerequisite {
    pub of: SoftwareId,
    /// The versions of it that need this.
    pub versions: VersionRange,
    pub when: Conditions,
    pub then: Consequence,
}

impl Consequence {
    /// The software that it is about.
    pub fn software(&self) -> Option<SoftwareId> {
        match self {
            Self::Install { software, .. } | Self::Uninstall { software } => Some(*software),
            Self::Fail { .. } => None,
        }
    }

    /// The software that has to be installed first.
    pub fn installs(&self) -> Option<SoftwareId> {
        match self {
            Self::Install { software, .. } => Some(*software),
            Self::Uninstall { .. } | Self::Fail { .. } => None,
        }
    }

    /// The state that it wants its software to have.
    pub fn desired(&self) -> Option<DesiredState> {
        Some(match self {
            Self::Install { version, .. } => match version {
                WantedVersion::Latest => DesiredState::InstalledLatest,
                WantedVersion::Exactly(version) => DesiredState::InstalledExactly(version.clone()),
                WantedVersion::AtLeast(version) => DesiredState::InstalledAtLeast(version.clone()),
            },
            Self::Uninstall { .. } => DesiredState::Uninstalled,
            Self::Fail { .. } => return None,
        })
    }
}

impl Prerequisite {
    /// Every software that it names.
    pub fn names(&self) -> impl Iterator<Item = SoftwareId> {
        let conditions = self.when.software();
        std::iter::once(self.of)
            .chain(self.then.software())
            .chain(conditions)
    }
}

/// There is one list of prerequisites per installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThePrerequisites;

impl fmt::Display for ThePrerequisites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("main")
    }
}

/// All prerequisites. Copies share what they have in common: each view has one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prerequisites {
    all: OrdMap<PrerequisiteId, (u64, Arc<Prerequisite>)>,
    /// The same, numbered as they were added: ids are chosen by clients, and decide no order.
    numbered: OrdMap<u64, PrerequisiteId>,
    of: OrdMap<SoftwareId, OrdSet<u64>>,
    /// By the software that they bring or take away, or whose presence they ask for.
    naming: OrdMap<SoftwareId, OrdSet<u64>>,
    added: u64,
}

impl Prerequisites {
    pub fn get(&self, id: PrerequisiteId) -> Option<&Arc<Prerequisite>> {
        self.all.get(&id).map(|(_, says)| says)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// In the order in which they were added, each with its number in that order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, PrerequisiteId, &Arc<Prerequisite>)> {
        self.numbered
            .iter()
            .filter_map(|(number, id)| Some((*number, *id, self.get(*id)?)))
    }

    /// Those of a software, in the order in which they were added.
    pub fn of(
        &self,
        software: SoftwareId,
    ) -> impl Iterator<Item = (u64, PrerequisiteId, &Arc<Prerequisite>)> {
        self.within(self.of.get(&software))
    }

    /// Those of others that name a software: that bring it, take it away, or ask whether it is there.
    pub fn naming(
        &self,
        software: SoftwareId,
    ) -> impl Iterator<Item = (u64, PrerequisiteId, &Arc<Prerequisite>)> {
        self.within(self.naming.get(&software))
    }

    fn within<'a>(
        &'a self,
        numbers: Option<&'a OrdSet<u64>>,
    ) -> impl Iterator<Item = (u64, PrerequisiteId, &'a Arc<Prerequisite>)> {
        numbers.into_iter().flatten().filter_map(|number| {
            let id = *self.numbered.get(number)?;
            Some((*number, id, self.get(id)?))
        })
    }

    /// Every software because of which the scripts of this one may run: whose prerequisites name it, or bring what does. Each once, whatever
    /// history holds.
    pub fn above(&self, software: SoftwareId) -> BTreeSet<SoftwareId> {
        let mut above = BTreeSet::new();
        let mut open = vec![software];
        while let Some(at) = open.pop() {
            for (_, _, says) in self.naming(at) {
                // What is asked of one that is brought by another is asked there, too.
                let leads_on = at == software || says.then.installs() == Some(at);
                if leads_on && above.insert(says.of) {
                    open.push(says.of);
                }
            }
        }
        above.remove(&software);
        above
    }

    pub(super) fn count_of(&self, software: SoftwareId) -> usize {
        self.of.get(&software).map_or(0, OrdSet::len)
    }

    pub(super) fn put(&mut self, id: PrerequisiteId, says: Prerequisite) {
        let number = self.take(id).unwrap_or_else(|| {
            self.added += 1;
            self.added
        });
        self.of.entry(says.of).or_default().insert(number);
        for software in says.names().filter(|software| *software != says.of) {
            self.naming.entry(software).or_default().insert(number);
        }
        self.numbered.insert(number, id);
        self.all.insert(id, (number, Arc::new(says)));
    }

    /// The number that it had.
    pub(super) fn take(&mut self, id: PrerequisiteId) -> Option<u64> {
        let (number, says) = self.all.remove(&id)?;
        self.numbered.remove(&number);
        leave(&mut self.of, says.of, number);
        for software in says.names() {
            leave(&mut self.naming, software, number);
        }
        Some(number)
    }
}

fn leave(index: &mut OrdMap<SoftwareId, OrdSet<u64>>, software: SoftwareId, number: u64) {
    let Some(numbers) = index.get_mut(&software) else {
        return;
    };
    numbers.remove(&number);
    if numbers.is_empty() {
        index.remove(&software);
    }
}
