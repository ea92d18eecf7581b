//! Semantic Versioning 2.0.0, section 11 (semver.org).
//!
//! 1. The release's numbers compare as numbers, first difference decides.
//! 2. A pre-release (after the first `-`) sorts before its release.
//! 3. Of two pre-releases the identifiers compare, one by one: numbers as numbers, other text in ASCII order with case, numbers
//!    before text, and who has fewer first.
//! 4. Build metadata (after `+`) has no weight: `1.0.0+a` = `1.0.0+b`.
//!
//! Publishers write less and more than the specification's three numbers: a leading `v` is dropped, missing numbers are zero,
//! further ones count. What has another shape sorts below everything that has it, in the order of its characters.

use super::number::Number;

/// In the order in which they sort.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Other(String),
    SemVer { release: Vec<Number>, stage: Stage },
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    PreRelease(Vec<Identifier>),
    Release,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identifier {
    Number(Number),
    Text(String),
}

pub(super) fn key(text: &str) -> Key {
    read(text).unwrap_or_else(|| Key::Other(text.to_owned()))
}

fn read(text: &str) -> Option<Key> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let text = text
        .split_once('+')
        .map_or(text, |(version, _build)| version);
    let (release, stage) = match text.split_once('-') {
        Some((release, identifiers)) => (
            release,
            Stage::PreRelease(
                identifiers
                    .split('.')
                    .map(identifier)
                    .collect::<Option<_>>()?,
            ),
        ),
        None => (text, Stage::Release),
    };
    Some(Key::SemVer {
        release: Number::dotted(release, '.')?,
        stage,
    })
}

fn identifier(text: &str) -> Option<Identifier> {
    if text.is_empty() || !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        None
    } else if text.chars().all(|c| c.is_ascii_digit()) {
        Some(Identifier::Number(Number::new(text)))
    } else {
        Some(Identifier::Text(text.to_owned()))
    }
}
