use crate::rules::deployment::{Enforcement, MaintenanceItem};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where an item stands in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Section {
    /// Before all others, in its order.
    Beginning,
    /// In between, in no order that anybody chose.
    Unordered,
    /// Behind all others, in its order.
    End,
}

/// There is one order per installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TheOrdering;

impl fmt::Display for TheOrdering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("main")
    }
}

/// The order of items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordering {
    pub beginning: Vec<MaintenanceItem>,
    pub end: Vec<MaintenanceItem>,
}

impl Ordering {
    /// Where an item stands: its section, and its number there.
    pub fn place(&self, item: MaintenanceItem) -> (Section, usize) {
        let number = |list: &[MaintenanceItem]| list.iter().position(|other| *other == item);
        match (number(&self.beginning), number(&self.end)) {
            (Some(number), _) => (Section::Beginning, number),
            (None, Some(number)) => (Section::End, number),
            (None, None) => (Section::Unordered, 0),
        }
    }

    /// When it is an item's turn among the winners: what is for onboarding comes first, then each section, and whom nobody
    /// ordered as they came.
    pub fn turn(&self, item: MaintenanceItem, enforcement: Enforcement) -> impl Ord + use<> {
        let comes_later = enforcement != Enforcement::Onboarding;
        (comes_later, self.place(item))
    }

    /// The items of a section; of those that nobody ordered none is listed.
    pub(super) fn list(&self, section: Section) -> &[MaintenanceItem] {
        match section {
            Section::Beginning => &self.beginning,
            Section::Unordered => &[],
            Section::End => &self.end,
        }
    }

    /// The item right behind this one in its section.
    pub(super) fn behind(&self, item: MaintenanceItem) -> Option<MaintenanceItem> {
        let (section, number) = self.place(item);
        self.list(section).get(number + 1).copied()
    }
}
