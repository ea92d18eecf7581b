//! Sessions, and what they wait for.

pub(crate) mod sessions;
