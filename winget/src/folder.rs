//! Manifests of a folder on a disk, such as a checkout of the public collection, one version after the other.
//!
//! Every folder with files that end in `.yaml` or `.yml` is one version, or several, if each of its files is a whole manifest. Links
//! are not followed, so that nothing outside is read.

use crate::limits::{
    MAX_ENTRIES_PER_FOLDER, MAX_FILE_BYTES, MAX_FILES, MAX_FOLDER_BYTES, MAX_FOLDER_DEPTH,
};
use crate::manifest::Manifest;
use crate::read::{self, Document, Source};
use crate::refusal::{Refusal, Why};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What became of some files.
#[derive(Debug)]
pub struct Found {
    pub folder: PathBuf,
    /// Their names, in order.
    pub files: Vec<String>,
    pub manifest: Result<Manifest, Refusal>,
}

/// Why a folder cannot be gone through.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("the folder {path} cannot be read: {source}", path = .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the folder {path} is more than {MAX_FOLDER_DEPTH} deep below the one that is read", path = .0.display())]
    TooDeep(PathBuf),
    #[error("the folder {path} holds more than {MAX_ENTRIES_PER_FOLDER} files and folders", path = .0.display())]
    TooWide(PathBuf),
    #[error("there are more than {MAX_FILES} files: is this the folder of manifests?")]
    TooManyFiles,
}

/// All versions below a folder, in the order of the folders' names. It holds one version at a time, however many there are.
pub fn read(folder: &Path) -> Versions {
    Versions {
        folders: vec![(folder.to_owned(), 0)],
        ready: Vec::new(),
        files: 0,
    }
}

/// The walk through a folder.
pub struct Versions {
    /// What is still to be looked at, the next one last.
    folders: Vec<(PathBuf, usize)>,
    /// What the last folder holds, in reverse. Each becomes a manifest when it is its turn.
    ready: Vec<Pending>,
    files: usize,
}

impl Iterator for Versions {
    type Item = Result<Found, FolderError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(pending) = self.ready.pop() {
                return Some(Ok(pending.found()));
            }
            let (folder, depth) = self.folders.pop()?;
            if let Err(error) = self.look(folder, depth) {
                return Some(Err(error));
            }
        }
    }
}

impl Versions {
    fn look(&mut self, folder: PathBuf, depth: usize) -> Result<(), FolderError> {
        if depth > MAX_FOLDER_DEPTH {
            return Err(FolderError::TooDeep(folder));
        }
        let (mut folders, files) = entries(&folder)?;
        self.files += files.len();
        if self.files > MAX_FILES {
            self.folders.clear();
            return Err(FolderError::TooManyFiles);
        }
        folders.reverse();
        self.folders
            .extend(folders.into_iter().map(|folder| (folder, depth + 1)));
        self.ready = pending(&folder, files);
        self.ready.reverse();
        Ok(())
    }
}

/// The folders and the manifests' files of a folder, in the order of their names.
fn entries(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), FolderError> {
    let unreadable = |source| FolderError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for (count, entry) in fs::read_dir(folder).map_err(unreadable)?.enumerate() {
        if count == MAX_ENTRIES_PER_FOLDER {
            return Err(FolderError::TooWide(folder.to_owned()));
        }
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let is_manifest = path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"));
        let kind = entry.file_type().map_err(unreadable)?;
        // Nothing of a checkout's own bookkeeping is a manifest.
        if kind.is_dir() && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            folders.push(path);
        } else if kind.is_file() && is_manifest {
            files.push(path);
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}

/// The files of a version, or what is wrong with one of them.
struct Pending {
    folder: PathBuf,
    files: Vec<String>,
    documents: Result<Vec<Document>, Refusal>,
}

impl Pending {
    fn found(self) -> Found {
        Found {
            folder: self.folder,
            files: self.files,
            manifest: self
                .documents
                .and_then(|documents| read::assemble(&documents)),
        }
    }
}

/// What the files of one folder are: whole manifests, and at most one that they describe together.
fn pending(folder: &Path, files: Vec<PathBuf>) -> Vec<Pending> {
    let of = |files, documents| Pending {
        folder: folder.to_owned(),
        files,
        documents,
    };
    let mut left = MAX_FOLDER_BYTES;
    let (mut alone, mut parts, mut names, mut refusals) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        match document(&file, &name, &mut left) {
            Ok(document) if document.is_whole() => alone.push(of(vec![name], Ok(vec![document]))),
            Ok(document) => {
                parts.push(document);
                names.push(name);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    if !parts.is_empty() {
        // Where files belong together, a bad one is of that version, and the first one tells what is wrong.
        names.extend(refusals.iter().map(|refusal| refusal.file.clone()));
        names.sort();
        let documents = refusals.drain(..).next().map_or(Ok(parts), Err);
        alone.push(of(names, documents));
    }
    alone.extend(
        refusals
            .into_iter()
            .map(|refusal| of(vec![refusal.file.clone()], Err(refusal))),
    );
    alone.sort_by(|one, other| one.files.cmp(&other.files));
    alone
}

/// Reads a file, as long as the folder may have so many bytes.
fn document(file: &Path, name: &str, left: &mut u64) -> Result<Document, Refusal> {
    let refuse = |why| Refusal {
        file: name.to_owned(),
        key: String::new(),
        why,
    };
    let mut bytes = Vec::new();
    // One byte more than is allowed shows that there is more.
    let reading =
        fs::File::open(file).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    reading.map_err(|error| refuse(Why::Unreadable(error.to_string())))?;
    *left = left
        .checked_sub(bytes.len() as u64)
        .ok_or_else(|| refuse(Why::FolderTooLarge))?;
    read::document(&Source {
        name,
        bytes: &bytes,
    })
}

#[cfg(test)]
mod tests;
