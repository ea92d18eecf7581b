//! Tags: words that people put on computers, tenants and persons, to choose them by.

use crate::kernel::limits::{MAX_TAG_CHARS, MAX_TAGS};
use crate::kernel::text::{self, CodePoint, TextError};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

/// A tag. It is kept in lower case, so that `Finance` and `finance` are one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Tag(Arc<str>);

/// Why a text cannot be a tag, or tags cannot be changed so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    #[error("the tag is empty: give at least one visible character")]
    Empty,
    #[error("the tag has {0} characters: at most {MAX_TAG_CHARS} are allowed")]
    TooLong(usize),
    #[error("the tag holds a line break or another control character: remove it")]
    ControlCharacter,
    #[error("the tag holds {}, which cannot be seen: remove it", CodePoint(*.0))]
    Invisible(char),
    #[error("there would be {0} tags: at most {MAX_TAGS} are allowed, take some away first")]
    TooMany(usize),
}

impl From<TextError> for TagError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Empty => Self::Empty,
            TextError::Control => Self::ControlCharacter,
            TextError::Invisible(c) => Self::Invisible(c),
        }
    }
}

impl Tag {
    /// Checks, trims, composes and lowers a tag.
    pub fn new(text: &str) -> Result<Self, TagError> {
        let tag = Self::known(&text::line(text)?);
        match tag.0.chars().count() {
            chars if chars > MAX_TAG_CHARS => Err(TagError::TooLong(chars)),
            _ => Ok(tag),
        }
    }

    /// One that is there already, written when more was allowed: to find it or to take it away, never to make one.
    pub fn known(text: &str) -> Self {
        // What is composed may come apart where it is lowered.
        let lower = text::composed(text.trim()).to_lowercase();
        Self(text::composed(&lower).into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reading history never fails on a rule that was made stricter later. All tags are composed, whenever they were written.
impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text::composed(&text).into()))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

/// What is to happen to the tags of something: a tag that is in both is taken away.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TagChange {
    pub add: BTreeSet<Tag>,
    pub remove: BTreeSet<Tag>,
}

/// What a change really adds and takes away.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TagDifference {
    pub added: BTreeSet<Tag>,
    pub removed: BTreeSet<Tag>,
}

impl TagDifference {
    /// The events that say it: none for what stays.
    pub fn events<E>(
        self,
        tagged: impl Fn(BTreeSet<Tag>) -> E,
        untagged: impl Fn(BTreeSet<Tag>) -> E,
    ) -> Vec<E> {
        let added = (!self.added.is_empty()).then(|| tagged(self.added));
        let removed = (!self.removed.is_empty()).then(|| untagged(self.removed));
        added.into_iter().chain(removed).collect()
    }
}

impl TagChange {
    pub(crate) fn against(&self, tags: &BTreeSet<Tag>) -> Result<TagDifference, TagError> {
        let added: BTreeSet<Tag> = (self.add.difference(tags))
            .filter(|tag| !self.remove.contains(*tag))
            .cloned()
            .collect();
        let removed: BTreeSet<Tag> = self.remove.intersection(tags).cloned().collect();
        match tags.len() + added.len() - removed.len() {
            after if after > MAX_TAGS => Err(TagError::TooMany(after)),
            _ => Ok(TagDifference { added, removed }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(all: &[&str]) -> BTreeSet<Tag> {
        all.iter().map(|text| Tag::new(text).unwrap()).collect()
    }

    #[test]
    fn a_tag_is_trimmed_lowered_bounded_and_visible() {
        assert_eq!(Tag::new("  Finance ").unwrap().as_str(), "finance");
        assert_eq!(Tag::new(" "), Err(TagError::Empty));
        assert_eq!(Tag::new(&"x".repeat(65)), Err(TagError::TooLong(65)));
        assert_eq!(Tag::new("a\u{7}b"), Err(TagError::ControlCharacter));
        assert_eq!(Tag::new("\u{200b}"), Err(TagError::Invisible('\u{200b}')));
    }

    #[test]
    fn what_looks_the_same_is_one_tag_whenever_it_was_written() {
        let composed = Tag::new("CAF\u{c9}").unwrap();
        assert_eq!(Tag::new("cafe\u{301}").unwrap(), composed);
        let old: Tag = serde_json::from_str("\"cafe\\u0301\"").unwrap();
        assert_eq!(old, composed);
        let invisible: Tag = serde_json::from_str("\"\\u200b\"").unwrap();
        assert_eq!(invisible, Tag::known("\u{200b}"), "it can be taken away");
        assert_eq!(Tag::new("\u{130}").unwrap(), Tag::new("i\u{307}").unwrap());
    }

    #[test]
    fn a_change_says_only_what_changes_and_is_bounded() {
        let change = TagChange {
            add: tags(&["a", "b", "c"]),
            remove: tags(&["b", "x", "y"]),
        };
        let difference = change.against(&tags(&["a", "b", "x"])).unwrap();
        assert_eq!(difference.added, tags(&["c"]));
        assert_eq!(difference.removed, tags(&["b", "x"]));
        let many: Vec<String> = (0..=MAX_TAGS).map(|n| n.to_string()).collect();
        let many = TagChange {
            add: many.iter().map(|text| Tag::new(text).unwrap()).collect(),
            remove: BTreeSet::new(),
        };
        assert_eq!(
            many.against(&BTreeSet::new()),
            Err(TagError::TooMany(MAX_TAGS + 1))
        );
    }
}
