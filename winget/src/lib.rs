//! The Windows Package Manager's manifests, as a source of the Global Software catalogue.
//!
//! It reads manifests, of every package version the files that describe it, into one typed [`Manifest`], or refuses them with
//! a sentence that says which file, which key, and why; it chooses the installer for a computer ([`choice`]), it tells
//! which package and version an installed program is ([`detection`]), and it makes titles of a pack of them ([`title`]). The first three answer as the Windows Package Manager's own
//! client does (`tests/data/winget/README.md` has the rules with their sources), except where this is said beside the rule.
//!
//! It is not the catalogue: it knows no events, keeps nothing, downloads nothing and runs nothing. Whoever takes manifests over
//! decides what becomes of them.
//!
//! Everything that it reads was written by strangers. A text stays the text that it is (`2024.10` is no decimal number, and
//! `2024-06-29` no day), [`limits`] bound what is read, and `trust.rs` says what is never taken over.
//!
//! Start reading at [`read()`], which turns files in memory into a manifest; [`folder`] finds them on a disk.

pub mod choice;
pub mod detection;
mod document;
mod encoding;
mod fields;
pub mod folder;
pub mod limits;
mod manifest;
mod read;
mod refusal;
pub mod title;
mod trust;

pub use manifest::{
    Architecture, Dependencies, Elevation, Entry, ExpectedCode, InstallMode, InstalledFile,
    Installer, InstallerType, Layout, Locale, Manifest, Markets, Meaning, NestedFile,
    PackageDependency, Response, ReturnCodes, Scope, Switches, UpgradeBehavior,
};
pub use read::{Source, read};
pub use refusal::{Refusal, Warning, Why};
