use super::state::Section;
use crate::rules::deployment::MaintenanceItem;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to the order of items.
    OrderingEvent {
        Moved(ItemMoved),
    }
}

/// An item came to a section, from wherever it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemMoved {
    pub item: MaintenanceItem,
    pub to: Section,
    /// The item right behind it; nothing where it is the last one, or where nobody counts.
    pub before: Option<MaintenanceItem>,
}
