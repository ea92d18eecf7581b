//! Sessions: which there are, what they owe and wait for, and which may begin.

pub(crate) mod bulk;
pub(crate) mod collected;
pub(crate) mod departed;
mod findings;
mod heads;
mod listed;
mod pending;
pub(crate) mod ready;
pub(crate) mod runs;
pub(crate) mod sessions;
pub(crate) mod troubled;
