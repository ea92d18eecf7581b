//! What every context is made of: the shape of a decision, ids, names, limits. It knows none of them.

pub mod clock_jumps;
pub mod codes;
pub mod decider;
pub mod digest;
#[cfg(test)]
pub(crate) mod documentation;
#[cfg(test)]
pub(crate) mod harness;
pub mod ids;
pub mod limits;
pub mod metadata;
pub mod name;
pub(crate) mod pattern;
pub mod secret;
pub mod text;
