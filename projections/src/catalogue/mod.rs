//! What is looked up of software by something else than its id.

pub(crate) mod scripts;
pub(crate) mod shelf;
