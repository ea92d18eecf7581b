//! In which order items are executed: some at the beginning, one after the other, some at the end, one after the other, all
//! others in between. It decides nothing but the order; which deployment wins is `resolution`'s.
//!
//! There is one for the installation. An item stands in one list at most; where it stands is told by the item that it was
//! put before, so that two people who move different items do not get in each other's way.

mod access;
mod command;
mod decide;
mod event;
mod state;

pub use command::{OrderingCommand, OrderingRejection};
pub use event::{ItemMoved, OrderingEvent};
pub use state::{Ordering, Section, TheOrdering};
