//! How much is read. Manifests are small; what is larger is none, or was written to do harm.
//!
//! Where the manifests' schema (1.12) has a bound, ours is that bound or, where published manifests exceed it, a wider one.

/// Largest file, in bytes. The largest published ones, of a browser in a hundred languages, have some 100 KiB.
pub const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;
/// Most files that describe one version: itself, its installers, and a locale each.
pub const MAX_FILES_PER_VERSION: usize = 300;
/// Most pairs of a name and a publisher by which one version is recognised, the first ones in order: every name goes with every publisher,
/// and a manifest can hold thousands of each.
pub const MAX_NAMES: usize = 1_024;
/// Most files below the folder that is read. The public collection has some million.
pub const MAX_FILES: usize = 4_000_000;
/// Most entries of one folder. The collection's widest have some thousand.
pub const MAX_ENTRIES_PER_FOLDER: usize = 100_000;
/// Most bytes of manifests in one folder, which are held together.
pub const MAX_FOLDER_BYTES: u64 = 16 * 1024 * 1024;
/// How deep folders may be in each other. The collection has a letter, eight parts of an id and a version.
pub const MAX_FOLDER_DEPTH: usize = 16;
/// How deep lists and maps of a document may be in each other. The schema needs seven.
pub const MAX_DOCUMENT_DEPTH: usize = 16;
/// Most keys of one map. The schema's largest map has some fifty.
pub const MAX_KEYS: usize = 256;
/// Most texts, lists and maps of a document.
pub const MAX_DOCUMENT_NODES: usize = 100_000;
/// Most installers of one version, as the schema has it.
pub const MAX_INSTALLERS: usize = 1_024;
/// Most items of any other list, as the schema has it for the longest of them.
pub const MAX_LIST_ITEMS: usize = 1_024;
/// Longest name, code or version, in characters.
pub const MAX_LABEL_CHARS: usize = 512;
/// Longest address, path or switch, in characters.
pub const MAX_LINE_CHARS: usize = 2_048;
/// Longest description, in characters.
pub const MAX_PROSE_CHARS: usize = 10_000;
/// Longest part of a text that a refusal quotes, in characters.
pub const MAX_QUOTED_CHARS: usize = 80;
/// Most warnings that are kept of one version.
pub const MAX_WARNINGS: usize = 64;
