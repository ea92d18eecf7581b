//! The crate judged by real manifests and by the Windows Package Manager's own test manifests: `tests/data/winget` at the root of
//! the repository, whose README says where they are from.

mod client;
mod damaged;
mod detection;
mod odd;
mod published;
mod versions;

use std::path::PathBuf;
use upkeep_winget::Manifest;
use upkeep_winget::folder;

fn folder_of(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/data/winget")
        .join(name)
}

/// The rows of a table, without comments.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder_of(name)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split('\t').map(str::to_owned).collect())
        .collect()
}

/// All published manifests that are taken over.
fn published() -> Vec<Manifest> {
    let found = ["manifests", "fonts"]
        .into_iter()
        .flat_map(|name| folder::read(&folder_of(name)));
    found
        .filter_map(|found| found.unwrap().manifest.ok())
        .collect()
}

fn one(manifests: &[Manifest], id: &str, version: &str) -> Manifest {
    let found = manifests
        .iter()
        .find(|manifest| manifest.id == id && manifest.version == version);
    found.unwrap_or_else(|| panic!("{id} {version}")).clone()
}
