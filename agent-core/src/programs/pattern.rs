//! What a name has to look like, compiled: matched in linear time, whatever is written.

use regex::{Regex, RegexBuilder};
use upkeep_agent_protocol::{MAX_PROGRAM_PATTERN_BYTES, NamePattern};

/// The group that takes a version out of a name.
const VERSION: &str = "version";

#[derive(Debug)]
pub(super) enum Pattern {
    Equals(String),
    Contains(String),
    Regex { regex: Regex, takes_version: bool },
}

impl Pattern {
    pub(super) fn new(pattern: &NamePattern) -> Result<Self, String> {
        match pattern {
            NamePattern::Equals { text } => Ok(Self::Equals(text.to_lowercase())),
            NamePattern::Contains { text } => Ok(Self::Contains(text.to_lowercase())),
            NamePattern::Wildcard { text } => Self::compiled(&spelled_out(text)),
            NamePattern::Regex { text } => Self::compiled(text),
            NamePattern::Unknown => Err(
                "this agent does not know one of the patterns that are looked for: update it"
                    .to_owned(),
            ),
        }
    }

    fn compiled(text: &str) -> Result<Self, String> {
        let regex = RegexBuilder::new(text)
            .case_insensitive(true)
            .size_limit(MAX_PROGRAM_PATTERN_BYTES)
            .build()
            .map_err(|error| {
                let message = error.to_string();
                let last = message.lines().last().unwrap_or_default();
                format!("this agent cannot read a regular expression that is looked for: {last}")
            })?;
        let takes_version = regex.capture_names().any(|name| name == Some(VERSION));
        Ok(Self::Regex {
            regex,
            takes_version,
        })
    }

    pub(super) fn fits(&self, name: &str) -> bool {
        match self {
            Self::Equals(text) => name.to_lowercase() == *text,
            Self::Contains(text) => name.to_lowercase().contains(text),
            Self::Regex { regex, .. } => regex.is_match(name),
        }
    }

    /// Which version a name that fits says, or else its entry; nothing if the name does not fit. Where the group took no part, the
    /// entry's version is not what is meant.
    pub(super) fn version_in<'a>(
        &self,
        name: &'a str,
        entry: Option<&'a str>,
    ) -> Option<Option<&'a str>> {
        match self {
            Self::Regex {
                regex,
                takes_version: true,
            } => {
                let groups = regex.captures(name)?;
                Some(groups.name(VERSION).map(|group| group.as_str()))
            }
            _ => self.fits(name).then_some(entry),
        }
    }
}

/// A pattern with wildcards as a regular expression.
fn spelled_out(text: &str) -> String {
    let mut spelled = String::from("(?s)^");
    for c in text.chars() {
        match c {
            '*' => spelled.push_str(".*"),
            '?' => spelled.push('.'),
            c => spelled.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    spelled.push('$');
    spelled
}
