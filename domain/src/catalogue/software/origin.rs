//! Where a software of the catalogue comes from: a source, what the title is called there, and the source's revision that it was taken
//! over at.

use crate::kernel::ids::SoftwareId;
use crate::kernel::limits::{
    MAX_REVISION_CHARS, MAX_SOURCE_NAME_CHARS, MAX_TITLE_IDENTIFIER_CHARS,
};
use crate::kernel::text;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use uuid::Uuid;

/// Beneath it lie the ids of all titles of all catalogues: a title has the same id in every installation, however often it is taken over.
const TITLES: Uuid = Uuid::from_u128(0x0198_1f3c_7a00_7c1e_9b52_6d0a_41f7_c2e5);

/// Where titles come from, in one word: small letters, digits and hyphens, as in `winget`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceName(String);

/// What a title is called in its source, as in `Git.Git`. Two that differ in case only are the same title.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TitleIdentifier(String);

/// A state of a source: a commit of its repository, or a digest of what it holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(String);

/// Why a text names no source, no title, no revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error(
        "a source's name has 1 to {MAX_SOURCE_NAME_CHARS} small letters, digits and hyphens, the first of them no hyphen, as in winget"
    )]
    Source,
    #[error(
        "a title's identifier is one line of 1 to {MAX_TITLE_IDENTIFIER_CHARS} characters that can be seen, as in Git.Git"
    )]
    Identifier,
    #[error(
        "a revision has 1 to {MAX_REVISION_CHARS} letters, digits and . : + - _, as the id of a commit has"
    )]
    Revision,
}

/// Where a software comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    pub source: SourceName,
    pub identifier: TitleIdentifier,
    /// The one at which something of it last changed.
    pub revision: Revision,
}

/// What a software was copied from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Copied {
    pub from: SoftwareId,
    /// Of the catalogue's source, as the title was then.
    pub revision: Revision,
}

impl SourceName {
    pub fn new(text: &str) -> Result<Self, OriginError> {
        let is_word = (1..=MAX_SOURCE_NAME_CHARS).contains(&text.len())
            && !text.starts_with('-')
            && (text.bytes()).all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_word
            .then(|| Self(text.to_owned()))
            .ok_or(OriginError::Source)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id of a title of this source.
    pub fn title(&self, identifier: &TitleIdentifier) -> SoftwareId {
        let name = format!("{}/{}", self.0, identifier.caseless());
        SoftwareId::derived_from(TITLES, &name)
    }
}

impl TitleIdentifier {
    pub fn new(text: &str) -> Result<Self, OriginError> {
        let line = text::line(text).map_err(|_| OriginError::Identifier)?;
        let is_short = line.chars().nth(MAX_TITLE_IDENTIFIER_CHARS).is_none();
        is_short
            .then_some(Self(line))
            .ok_or(OriginError::Identifier)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn caseless(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for TitleIdentifier {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.caseless() == other.caseless()
    }
}

impl Eq for TitleIdentifier {}

impl PartialOrd for TitleIdentifier {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whatever is equal is at the same place.
impl Ord for TitleIdentifier {
    fn cmp(&self, other: &Self) -> Ordering {
        self.caseless().cmp(&other.caseless())
    }
}

impl Revision {
    pub fn new(text: &str) -> Result<Self, OriginError> {
        let is_word = (1..=MAX_REVISION_CHARS).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".:+-_".contains(&b));
        is_word
            .then(|| Self(text.to_owned()))
            .ok_or(OriginError::Revision)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! shown {
    ($($name:ident)*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shown!(SourceName TitleIdentifier Revision);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn identifier(text: &str) -> TitleIdentifier {
        TitleIdentifier::new(text).unwrap()
    }

    #[test]
    fn a_titles_id_is_always_the_same_and_nobody_elses() {
        let winget = SourceName::new("winget").unwrap();
        let other = SourceName::new("upkeep").unwrap();
        let id = winget.title(&identifier("Git.Git"));
        assert_eq!(id.to_string(), "01981f3c-7a00-76c9-8fc3-2c5db4263dea");
        assert_eq!(winget.title(&identifier("git.GIT")), id);
        assert_ne!(winget.title(&identifier("Git.Gitk")), id);
        assert_ne!(other.title(&identifier("Git.Git")), id);
    }

    #[test]
    fn identifiers_of_one_title_are_one_however_they_are_written() {
        let written = [
            "JanJoneš.ipaSim",
            " janjones\u{30c}.IPASIM ",
            "a b",
            "A\u{a0}B",
        ];
        let all: BTreeSet<TitleIdentifier> = written.map(identifier).into();
        assert_eq!(all.len(), 2);
        assert!(all.contains(&identifier("JANJONEŠ.ipasim")));
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for text in ["", "-a", "Winget", "a b", "a/b", "wingét"] {
            assert_eq!(SourceName::new(text), Err(OriginError::Source), "{text}");
        }
        assert!(SourceName::new(&"a".repeat(MAX_SOURCE_NAME_CHARS)).is_ok());
        assert!(SourceName::new(&"a".repeat(MAX_SOURCE_NAME_CHARS + 1)).is_err());
        for text in ["", " ", "a\nb", "a\u{200b}b"] {
            assert_eq!(
                TitleIdentifier::new(text),
                Err(OriginError::Identifier),
                "{text}"
            );
        }
        assert!(TitleIdentifier::new("JanJoneš.ipaSim").is_ok());
        assert!(TitleIdentifier::new(&"é".repeat(MAX_TITLE_IDENTIFIER_CHARS)).is_ok());
        assert!(TitleIdentifier::new(&"é".repeat(MAX_TITLE_IDENTIFIER_CHARS + 1)).is_err());
        for text in ["", "a b", "é", "a\n"] {
            assert_eq!(Revision::new(text), Err(OriginError::Revision), "{text}");
        }
        assert!(Revision::new("sha256:ab12").is_ok());
    }
}
