//! What a source offers: the titles of packs, or of Windows Package Manager manifests, and the revision that they are of.

mod checkout;
mod unread;

use super::{embedded, shown};
use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use unread::Unread;
use upkeep_domain::catalogue::pack::SCHEMA_VERSION;
use upkeep_domain::catalogue::software::TitleIdentifier;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_winget::folder;
use upkeep_winget::title::Titles;

/// Largest file of a pack that is read, in bytes.
const MAX_PACK_BYTES: u64 = 64 * 1024 * 1024;
/// Digits of a digest that stand behind a commit: 128 bits, which nobody makes another content for, and as many as a revision has room for.
const DIGEST_DIGITS: usize = 32;
/// What titles of manifests are from, unless somebody says otherwise.
const WINGET: &str = "winget";

/// A title as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// As it is written there; empty where none could be read.
    pub identifier: String,
    pub json: String,
}

/// What is offered.
#[derive(Debug)]
pub struct Offered {
    pub source: String,
    pub revision: String,
    pub titles: Vec<Offer>,
    names: BTreeSet<TitleIdentifier>,
    /// What is left out, a sentence each.
    pub left_out: Vec<String>,
    /// What a person should know of what is not left out, a sentence each.
    pub warnings: Vec<String>,
    /// How many titles have no identifier that could be read: each may be any of the source's.
    pub nameless: usize,
    unread: Unread,
}

/// Where titles are read from.
pub enum Source {
    Embedded,
    /// Of packs (`*.json`), of one pack, or of manifests.
    Path(PathBuf),
}

/// A file with titles.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pack {
    schema_version: u32,
    source: String,
    /// As they are written: what is there twice in one is for the server to see.
    titles: Vec<Box<RawValue>>,
}

/// What is read of a title here.
#[derive(Deserialize)]
struct Named {
    identifier: String,
}

impl Source {
    /// Reads all of it, which takes a while: it is done where nobody waits.
    pub fn read(&self) -> anyhow::Result<Offered> {
        let mut offered = match self {
            Self::Embedded => packs(
                embedded::PACKS
                    .map(|pack| Ok(("what comes with the program".to_owned(), pack.to_owned()))),
            )?,
            Self::Path(path) if path.is_file() => packs([read_pack(path)])?,
            Self::Path(path) => {
                let files = pack_files(path)?;
                if files.is_empty() {
                    manifests(path)?
                } else {
                    packs(files.iter().map(|file| read_pack(file)))?
                }
            }
        };
        ensure!(
            !offered.titles.is_empty(),
            "there is no title: name a folder of manifests or of packs"
        );
        for title in &offered.titles {
            match TitleIdentifier::new(&title.identifier) {
                Ok(identifier) => ensure!(
                    offered.names.insert(identifier),
                    "the title {} is there twice: leave one out",
                    title.identifier
                ),
                Err(_) => offered.nameless += 1,
            }
        }
        offered.revision = match self {
            Self::Path(path) => revision(path, &offered.titles),
            Self::Embedded => format!("sha256:{}", digest(&offered.titles)),
        };
        Ok(offered)
    }
}

fn pack_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = || format!("the folder {} cannot be read", folder.display());
    let mut files = vec![];
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_file() && path.extension().is_some_and(|end| end == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A file's name, and what is in it.
fn read_pack(file: &Path) -> anyhow::Result<(String, String)> {
    let name = shown(&file.display().to_string());
    let size = fs::metadata(file).with_context(|| format!("{name} cannot be read"))?;
    ensure!(
        size.len() <= MAX_PACK_BYTES,
        "{name} has {} bytes: a pack has at most {MAX_PACK_BYTES}; make several of it",
        size.len()
    );
    let text = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    Ok((name, text))
}

/// Several files are one pack in parts. What is wrong with a title, the server says.
fn packs(
    files: impl IntoIterator<Item = anyhow::Result<(String, String)>>,
) -> anyhow::Result<Offered> {
    let mut offered: Option<Offered> = None;
    for file in files {
        let (name, text) = file?;
        let pack: Pack =
            serde_json::from_str(&text).with_context(|| format!("{name} is no pack"))?;
        ensure!(
            pack.schema_version == SCHEMA_VERSION,
            "{name} is of schema version {}, and this program reads {SCHEMA_VERSION}",
            pack.schema_version
        );
        let all = offered.get_or_insert_with(|| Offered::of(&pack.source));
        ensure!(
            all.source == pack.source,
            "the packs are of two sources, {} and {}: sync them one by one",
            all.source,
            pack.source
        );
        all.titles.extend(pack.titles.into_iter().map(|title| {
            Offer {
                identifier: serde_json::from_str(title.get())
                    .map_or_else(|_| String::new(), |Named { identifier }| identifier),
                json: title.get().to_owned(),
            }
        }));
    }
    offered.context("there is no pack")
}

impl Offered {
    fn of(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            revision: String::new(),
            titles: vec![],
            names: BTreeSet::new(),
            left_out: vec![],
            warnings: vec![],
            nameless: 0,
            unread: Unread::default(),
        }
    }

    /// Whether the source may still have a title that is not among those that are offered: something of it could not be read, or no
    /// version of it can be taken over.
    pub fn may_have(&self, identifier: &str) -> bool {
        let Ok(identifier) = TitleIdentifier::new(identifier) else {
            return true;
        };
        self.nameless > 0 || self.names.contains(&identifier) || self.unread.may_be_of(&identifier)
    }
}

/// The folder is taken as the disk has it: whichever part of a checkout is named, and however, what cannot be read is known by where it lies.
fn manifests(path: &Path) -> anyhow::Result<Offered> {
    let root =
        fs::canonicalize(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut offered = Offered::of(WINGET);
    let mut titles = Titles::default();
    for found in folder::read(&root) {
        let found = found?;
        let place = found.folder.strip_prefix(&root).unwrap_or(&found.folder);
        let place = if place.as_os_str().is_empty() {
            path.display()
        } else {
            place.display()
        };
        match &found.manifest {
            Ok(manifest) => {
                let warnings = manifest.warnings.iter();
                let warnings = warnings.map(|warning| format!("{place}: {warning}"));
                offered.warnings.extend(warnings);
                titles.add(manifest);
            }
            Err(refusal) => {
                offered.left_out.push(format!("{place}: {refusal}"));
                offered.unread.add_files(&found);
            }
        }
    }
    for translated in titles.finish() {
        let identifier = &translated.identifier;
        let left_out = translated.left_out.iter();
        (offered.left_out)
            .extend(left_out.map(|(version, why)| format!("{identifier} {version}: {why}")));
        match translated.title {
            Some(title) => offered.titles.push(Offer {
                identifier: identifier.clone(),
                json: serde_json::to_string(&title)?,
            }),
            None => match TitleIdentifier::new(identifier) {
                Ok(identifier) => offered.unread.add_title(identifier),
                Err(_) => offered.nameless += 1,
            },
        }
    }
    Ok(offered)
}

/// What is offered, and which commit it is said to be of: the files may be others than are committed, and the digest tells which they were.
fn revision(path: &Path, titles: &[Offer]) -> String {
    let digest = digest(titles);
    match checkout::commit(path) {
        Some(commit) => format!("{commit}+{}", &digest[..DIGEST_DIGITS]),
        None => format!("sha256:{digest}"),
    }
}

/// Of what is offered, whatever order it came in.
fn digest(titles: &[Offer]) -> String {
    let mut all: Vec<&str> = titles.iter().map(|title| title.json.as_str()).collect();
    all.sort_unstable();
    Sha256Digest::of(all.join("\n").as_bytes()).to_string()
}

#[cfg(test)]
mod tests;
