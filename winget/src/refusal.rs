//! Why a manifest is not taken over, or what is said beside one that is: always which file, which key, and what is wrong.

use crate::limits::{
    MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES, MAX_FILE_BYTES, MAX_FILES_PER_VERSION,
    MAX_FOLDER_BYTES, MAX_QUOTED_CHARS, MAX_WARNINGS,
};
use std::fmt;

/// Why a version is not taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{key}: {why}", key = Place(.key))]
pub struct Refusal {
    /// The file's name, as it was handed over.
    pub file: String,
    /// The path of keys, as `Installers[2].InstallerUrl`; empty where the whole file is meant.
    pub key: String,
    pub why: Why,
}

/// What a person should know of a version that is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub file: String,
    pub key: String,
    pub text: String,
}

/// Warnings as they come; the first ones count.
#[derive(Default)]
pub(crate) struct Warnings(Vec<Warning>);

impl Warnings {
    pub(crate) fn push(&mut self, warning: Warning) {
        if self.0.len() < MAX_WARNINGS {
            self.0.push(warning);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Warning> {
        self.0
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}: {}", self.file, Place(&self.key), self.text)
    }
}

struct Place<'a>(&'a str);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, ", {}", self.0)
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("the file has more than {} KiB, and a manifest has less", MAX_FILE_BYTES / 1024)]
    FileTooLarge,
    #[error("the manifests of its folder have together more than {} MiB", MAX_FOLDER_BYTES / (1024 * 1024))]
    FolderTooLarge,
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("the text is neither UTF-8 nor UTF-16 (byte {0} belongs to neither): save it as UTF-8")]
    Encoding(usize),
    #[error("line {line} is no YAML: {what}")]
    Syntax { line: usize, what: String },
    #[error("the file holds nothing")]
    Empty,
    #[error("the file holds several documents, and a manifest is one")]
    SeveralDocuments,
    #[error(
        "line {0}: a manifest may not refer to other parts of itself (a YAML alias), for that can grow without end"
    )]
    Alias(usize),
    #[error("line {0}: lists and maps are more than {MAX_DOCUMENT_DEPTH} deep in each other")]
    TooDeep(usize),
    #[error("the file holds more than {MAX_DOCUMENT_NODES} texts, lists and maps")]
    TooManyNodes,
    #[error(
        "the key is there twice, in lines {first} and {second} (large and small letters are the same): nobody can know which one counts"
    )]
    DuplicateKey { first: usize, second: usize },
    #[error("line {0}: a key is a text, and here it is a list or a map")]
    KeyShape(usize),
    #[error("here should be {expected}, and it is {found}")]
    Shape {
        expected: &'static str,
        found: &'static str,
    },
    #[error("it is missing, and without it the version cannot be described")]
    Missing,
    #[error("{0:?} is not one of: {1}")]
    Unknown(Quote, &'static str),
    #[error("the text has more than {0} characters")]
    TooLong(usize),
    #[error("there are more than {0}")]
    TooMany(usize),
    #[error("the text holds a character that cannot be seen (U+{0:04X})")]
    Invisible(u32),
    #[error(
        "{0:?} is no package's id: two to eight parts with dots between them, each of at most 32 characters, none of them blank or one of \\ / : * ? \" < > |"
    )]
    Id(Quote),
    #[error("{0:?} is no version: none of the characters \\ / : * ? \" < > | may be in one")]
    Version(Quote),
    #[error(
        "{0:?} says that a version is near another one, and a manifest is of one version exactly"
    )]
    Approximate(Quote),
    #[error("{0:?} is no SHA-256: 64 hexadecimal digits")]
    Sha256(Quote),
    #[error("{0:?} is no exit code: a number between -2147483648 and 4294967295")]
    ExitCode(Quote),
    #[error("{0:?} is no address to download from: https:// and a host, without a user's name")]
    Url(Quote),
    #[error("format {0:?} is not read: manifests are of format 1")]
    Format(Quote),
    #[error("{0:?} is installed by a store or a browser itself, not from a file")]
    Store(Quote),
    #[error("the path {0:?} leads out of the archive that it belongs to")]
    Escape(Quote),
    #[error("{0:?} is named twice in one archive")]
    NamedTwice(Quote),
    #[error("an archive of {0:?} names one file that is run, and here it is {1}")]
    NestedFiles(Quote, usize),
    #[error("the switch names a file on another computer ({0:?}), which nobody has checked")]
    NetworkPath(Quote),
    #[error("the switch sets {0}, by which an installer can be made to install something else")]
    BlockedProperty(&'static str),
    #[error(
        "the same address has another SHA-256 at another installer of this version, so that one of the two is wrong"
    )]
    TwoHashes,
    #[error("the version has no file of type {0}")]
    NoFile(&'static str),
    #[error("the version has two files of type {0}, the other one is {1}")]
    TwoFiles(&'static str, String),
    #[error("it is {here:?} here and {there:?} in {file}, and the files of a version say the same")]
    Disagrees {
        here: Quote,
        there: Quote,
        file: String,
    },
    #[error("the version is described by more than {MAX_FILES_PER_VERSION} files")]
    TooManyFiles,
}

/// A part of a stranger's text, short enough for a sentence.
#[derive(Clone, PartialEq, Eq)]
pub struct Quote(String);

impl Quote {
    pub(crate) fn of(text: &str) -> Self {
        let mut chars = text.chars();
        let mut quoted: String = chars.by_ref().take(MAX_QUOTED_CHARS).collect();
        if chars.next().is_some() {
            quoted.push('…');
        }
        Self(quoted)
    }
}

/// In quotation marks, with what cannot be seen made visible.
impl fmt::Debug for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
