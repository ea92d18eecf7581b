//! The port to what the agent must not forget.

use crate::words::{Change, Durability, Kept, Remembered, Waiting};

/// What carries [`Effect::Store`](crate::Effect::Store) and [`Effect::Recall`](crate::Effect::Recall) out, one after the
/// other. What it must hold after a death is said in [`Durability`]; that frames of the outbox are numbered from 1,
/// without gaps and never twice on one disk, is its part, too.
pub trait Memory {
    /// What is known of all runs, in the order in which it was first written down; or why it cannot be read.
    fn runs(&mut self) -> Result<Vec<Remembered>, String>;

    /// Carries a change out, wholly or not at all.
    fn store(&mut self, change: &Change, how: Durability) -> Kept;

    /// A page of what waits to be said after a number; or why it cannot be read.
    fn recall(&mut self, after: u64) -> Result<Waiting, String>;
}
