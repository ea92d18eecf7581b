//! The core without any I/O or clock: given what happened, when this comes, then these effects.

mod link;
mod random;
mod runs;
pub(crate) mod scene;
mod scripts;
mod world;
