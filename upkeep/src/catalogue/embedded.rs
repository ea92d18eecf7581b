//! The pack that comes with the program, so that the catalogue of a new installation is not empty: well-known programs of Debian by its
//! own package manager, and some of Windows by their makers' installers.

/// Both are of the source `upkeep`.
pub const PACKS: [&str; 2] = [
    include_str!("../../packs/debian.json"),
    include_str!("../../packs/windows.json"),
];
