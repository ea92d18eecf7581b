use super::state::Section;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::limits::MAX_ORDERED_ITEMS;
use crate::rules::deployment::MaintenanceItem;

/// What can be asked of the order of items.
#[derive(Clone, Copy, Debug)]
pub enum OrderingCommand {
    /// Brings an item to a section, right before another one there, or behind all others.
    Move {
        item: MaintenanceItem,
        to: Section,
        before: Option<MaintenanceItem>,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OrderingRejection {
    #[error("the item that it should come before is not in that section: look at the order again")]
    NotThere,
    #[error("an item cannot come before itself: name another one, or none")]
    BeforeItself,
    #[error(
        "{MAX_ORDERED_ITEMS} items are in that section, which is the most: move some out first"
    )]
    Full,
}

impl Rejection for OrderingRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotThere | Self::BeforeItself => Code::Invalid,
            Self::Full => Code::TooManyOrderedItems,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotThere | Self::BeforeItself => Some("beforeId"),
            Self::Full => Some("to"),
        }
    }
}
