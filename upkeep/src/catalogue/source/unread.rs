//! What of a source could not be taken over. It is not gone: which titles it may be of follows from where it lies.

use std::collections::BTreeSet;
use upkeep_domain::catalogue::software::TitleIdentifier;
use upkeep_domain::kernel::text;
use upkeep_winget::folder::Found;

#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Of which no version can be taken over.
    titles: BTreeSet<TitleIdentifier>,
    /// Folders of manifests that could not be read, in small letters, each between two strokes.
    folders: BTreeSet<String>,
    /// Their files, in small letters.
    files: BTreeSet<String>,
}

impl Unread {
    pub(super) fn add_title(&mut self, identifier: TitleIdentifier) {
        self.titles.insert(identifier);
    }

    pub(super) fn add_files(&mut self, found: &Found) {
        let folder = found.folder.to_string_lossy().replace('\\', "/");
        self.folders.insert(caseless(&format!("/{folder}/")));
        self.files
            .extend(found.files.iter().map(|file| caseless(file)));
    }

    /// As the public collection has it, a manifest of `Git.Git` lies below `Git/Git`, or its files' names begin with its identifier.
    pub(super) fn may_be_of(&self, identifier: &TitleIdentifier) -> bool {
        let name = caseless(identifier.as_str());
        let folder = format!("/{}/", name.replace('.', "/"));
        let file = format!("{name}.");
        self.titles.contains(identifier)
            || self.folders.iter().any(|at| at.contains(&folder))
            || self.files.iter().any(|at| at.starts_with(&file))
    }
}

fn caseless(text: &str) -> String {
    text::composed(text).to_lowercase()
}
