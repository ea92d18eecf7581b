//! What the makers of a software say of it: for people who look for it, and nothing that runs.

use crate::kernel::limits::{MAX_HOMEPAGE_CHARS, MAX_SOFTWARE_TAGS, MAX_TAG_CHARS};
use crate::kernel::name::Name;
use crate::kernel::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An address on the web where more is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Homepage(String);

/// Words under which it is found, in small letters, each at most [`MAX_TAG_CHARS`] characters; at most [`MAX_SOFTWARE_TAGS`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchWords(BTreeSet<String>);

/// What is said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Description {
    pub homepage: Option<Homepage>,
    /// The licence's name, as in `MIT`.
    pub licence: Option<Name>,
    pub tags: SearchWords,
}

/// Why something cannot be said of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    #[error(
        "a homepage is an address that begins with https:// or http://, of at most {MAX_HOMEPAGE_CHARS} characters without blanks"
    )]
    Homepage,
    #[error("there are {0} tags: at most {MAX_SOFTWARE_TAGS} are allowed")]
    TooManyTags(usize),
    #[error("tag {0} is not one line of 1 to {MAX_TAG_CHARS} characters that can be seen")]
    Tag(usize),
}

impl Homepage {
    pub fn new(address: &str) -> Result<Self, DescriptionError> {
        let refused = DescriptionError::Homepage;
        let rest = ["https://", "http://"].iter().find_map(|scheme| {
            let begins = address.get(..scheme.len())?.eq_ignore_ascii_case(scheme);
            begins.then(|| &address[scheme.len()..])
        });
        let host = rest.unwrap_or_default().split(['/', '?', '#']).next();
        // Whoever reads it sees what it is, and a name in front of a host would be taken for the host.
        let has_host = host.is_some_and(|host| !host.is_empty() && !host.contains(['@', '\\']));
        let is_seen = text::line(address).is_ok_and(|line| line == address && !line.contains(' '));
        let is_short = address.chars().nth(MAX_HOMEPAGE_CHARS).is_none();
        if has_host && is_seen && is_short {
            Ok(Self(address.to_owned()))
        } else {
            Err(refused)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl SearchWords {
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, DescriptionError> {
        let mut tags = BTreeSet::new();
        for (at, word) in words.into_iter().enumerate() {
            let tag = text::line(word).map_err(|_| DescriptionError::Tag(at + 1))?;
            if tag.chars().nth(MAX_TAG_CHARS).is_some() {
                return Err(DescriptionError::Tag(at + 1));
            }
            tags.insert(tag.to_lowercase());
        }
        match tags.len() {
            count if count > MAX_SOFTWARE_TAGS => Err(DescriptionError::TooManyTags(count)),
            _ => Ok(Self(tags)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_homepage_is_an_address_of_the_web_that_shows_where_it_leads() {
        for address in [
            "https://a.example",
            "HTTP://a.example/x?y#z",
            "https://ä.example/",
        ] {
            assert!(Homepage::new(address).is_ok(), "{address}");
        }
        for none in [
            "",
            "a.example",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "ftp://a.example",
            "https://bank.example@evil.example",
            "https://a b",
            "https://a\u{202e}.example",
            " https://a.example",
            "http\u{e9}",
        ] {
            assert_eq!(
                Homepage::new(none),
                Err(DescriptionError::Homepage),
                "{none}"
            );
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_HOMEPAGE_CHARS));
        assert!(Homepage::new(&long).is_err());
    }

    #[test]
    fn tags_are_few_words_in_small_letters() {
        let tags = SearchWords::new(["Archiver", "zip", "ZIP"]).unwrap();
        assert_eq!(tags.iter().collect::<Vec<_>>(), ["archiver", "zip"]);
        assert_eq!(SearchWords::new(["a", "\n"]), Err(DescriptionError::Tag(2)));
        let long = "x".repeat(MAX_TAG_CHARS + 1);
        assert_eq!(SearchWords::new([&*long]), Err(DescriptionError::Tag(1)));
        let many: Vec<String> = (0..=MAX_SOFTWARE_TAGS).map(|n| n.to_string()).collect();
        assert_eq!(
            SearchWords::new(many.iter().map(String::as_str)),
            Err(DescriptionError::TooManyTags(MAX_SOFTWARE_TAGS + 1))
        );
    }
}
