//! The pack: the JSON in which titles of a catalogue come to Upkeep, whatever source they are from (docs/catalogue.md).
//!
//! What is written there is what a [`Title`](super::software::Title) becomes, key by key; [`read()`] takes a text of a stranger and makes a
//! title of it, or says which key is wrong, and why. What it does not know it refuses: a key that is misspelt would be a rule that
//! nobody keeps.

mod check;
mod detection;
mod format;

pub use check::{Refused, read};
pub use format::{
    PackedDependency, PackedDetection, PackedExitCodes, PackedName, PackedPackage, PackedPattern,
    PackedScript, PackedSign, PackedTitle, PackedVersion,
};

/// The version of the format that this program reads and writes.
pub const SCHEMA_VERSION: u32 = 1;
