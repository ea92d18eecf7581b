//! Versions of software, compared as people expect across `SemVer`, Windows four-part and Debian versions.
//!
//! One total order serves all three families, because a detection script does not say which family its
//! software belongs to. The rules, first difference decides:
//!
//! 1. A Debian epoch (`2:1.0`) outranks everything after it.
//! 2. Numbers compare as numbers, of any length (`10.0.19045.3570`); missing numbers are zero, so `1.0` = `1.0.0`.
//! 3. `~` sorts before everything, even the end (Debian policy, section 5.6.12).
//! 4. A pre-release sorts before its release: a letter after the first `-`, one of the words alpha, beta, dev,
//!    pre, preview, rc anywhere (`SemVer` 2.0, section 11; inside it numbers sort before words), or an `a` or `b` between
//!    two digits of the release itself: `108.0b9` is a beta and `3.13.0a1` an alpha (PEP 440), while `1.1.1b` is a patch.
//! 5. A digit after `-` is a Debian revision and sorts after the bare version (`2.10-3` > `2.10`).
//! 6. Other letters and suffixes after `+` or `^` sort after the bare version (`1.1.1k` > `1.1.1`, `1.0+dfsg` > `1.0`).
//!
//! Where the families contradict each other Debian wins, because it says what is installed on a real computer:
//! `1.0.0-1` is a revision here and a pre-release in `SemVer`; `1.0+build` is newer than `1.0` here and equal in `SemVer`.
//! Case and a leading `v` do not matter.
//!
//! The shape, for versions that somebody writes and for what detections answer: an optional `v`, an optional epoch such as
//! `2:`, a number, then ASCII letters, digits and `. - + ~ ^ _`, the last of them no `.`, `-` or `_`. Nothing stands before or
//! beside it: `tool-1.2.4`, `Version:25.0` and `23.1 (64-bit)` are none. What is stored from before is taken as it is.

use crate::kernel::limits::MAX_VERSION_CHARS;
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, fmt, hash::Hash};

/// A version as its publisher wrote it, with its place in the total order.
#[derive(Clone)]
pub struct Version {
    text: String,
    key: Key,
}

/// Why a text cannot be a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    #[error("the version is empty: give something like 1.2.3")]
    Empty,
    #[error("the version has {0} characters: at most {MAX_VERSION_CHARS} are allowed")]
    TooLong(usize),
    #[error("the version {0:?} holds white space or a control character: remove it")]
    Blank(String),
    #[error(
        "{0:?} is not in the shape of a version: it begins with a number (v1.2 and 2:1.2 do too), then come only letters, \
         digits and . - + ~ ^ _, as in 1.2.3"
    )]
    Shape(String),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    epoch: Number,
    parts: Vec<Part>,
}

/// In the order in which they sort.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Tilde,
    PreRelease(String),
    End,
    Revision,
    Word(String),
    Plus,
    Number(Number),
    PreReleaseWord(String),
}

/// A number of any length: by its digits' count, then by its digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Number(usize, String);

impl Number {
    fn new(digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        Self(digits.len(), digits.to_owned())
    }

    fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

const PRE_RELEASE_WORDS: [&str; 6] = ["alpha", "beta", "dev", "pre", "preview", "rc"];

impl Version {
    /// Checks a version and finds its place in the order.
    pub fn new(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        let chars = text.chars().count();
        if chars == 0 {
            Err(VersionError::Empty)
        } else if chars > MAX_VERSION_CHARS {
            Err(VersionError::TooLong(chars))
        } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            Err(VersionError::Blank(text.to_owned()))
        } else if has_shape(text) {
            Ok(Self::unchecked(text))
        } else {
            Err(VersionError::Shape(text.to_owned()))
        }
    }

    /// One that is there already, written when versions had no shape: to find it, never to make one.
    pub fn known(text: &str) -> Self {
        Self::unchecked(text.trim())
    }

    fn unchecked(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            key: key(text),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn has_shape(text: &str) -> bool {
    let (_, rest) = epoch_and_rest(text);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && !rest.ends_with(['.', '-', '_'])
        && rest
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '~' | '^' | '_'))
}

/// The digits of a Debian epoch, if there is one, and what follows it and a leading `v`.
fn epoch_and_rest(text: &str) -> (&str, &str) {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.chars().all(|c| c.is_ascii_digit()) => {
            (epoch, rest)
        }
        _ => ("", text),
    };
    match rest.strip_prefix(['v', 'V']) {
        Some(stripped) if stripped.starts_with(|c: char| c.is_ascii_digit()) => (epoch, stripped),
        _ => (epoch, rest),
    }
}

fn key(text: &str) -> Key {
    let lower = text.to_lowercase();
    let (epoch, rest) = epoch_and_rest(&lower);
    Key {
        epoch: Number::new(epoch),
        parts: normalise(parts(rest)),
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut in_pre_release = false;
    let mut in_release = true;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if first.is_ascii_digit() {
            let digits = prefix(rest, |c| c.is_ascii_digit());
            parts.push(Part::Number(Number::new(digits)));
            rest = &rest[digits.len()..];
            continue;
        }
        if first.is_alphabetic() {
            let word = prefix(rest, char::is_alphabetic);
            rest = &rest[word.len()..];
            let is_between_digits = in_release
                && matches!(parts.last(), Some(Part::Number(_)))
                && text[..text.len() - rest.len() - word.len()]
                    .ends_with(|c: char| c.is_ascii_digit())
                && rest.starts_with(|c: char| c.is_ascii_digit());
            let word = match word {
                "a" if is_between_digits => "alpha",
                "b" if is_between_digits => "beta",
                word => word,
            };
            parts.push(word_part(word, in_pre_release));
            in_pre_release |= PRE_RELEASE_WORDS.contains(&word);
            continue;
        }
        match first {
            '~' => {
                parts.push(Part::Tilde);
                in_pre_release = true;
            }
            '+' | '^' => {
                parts.push(Part::Plus);
                in_pre_release = false;
                in_release = false;
            }
            '-' if !in_pre_release => {
                let next = prefix(after, char::is_alphabetic);
                in_release = false;
                if next.is_empty() {
                    parts.push(Part::Revision);
                } else {
                    parts.push(Part::PreRelease(next.to_owned()));
                    in_pre_release = true;
                    rest = &after[next.len()..];
                    continue;
                }
            }
            _ => {}
        }
        rest = after;
    }
    parts
}

fn word_part(word: &str, in_pre_release: bool) -> Part {
    if in_pre_release {
        Part::PreReleaseWord(word.to_owned())
    } else if PRE_RELEASE_WORDS.contains(&word) {
        Part::PreRelease(word.to_owned())
    } else {
        Part::Word(word.to_owned())
    }
}

fn prefix(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}

/// Zeros that end a run of numbers mean nothing: `1.0-rc1` is `1-rc1`. The end itself is a part, so that what
/// sorts before it (`~`, pre-releases) and after it (revisions, suffixes) needs no special case. A number that
/// belongs to a pre-release keeps its zeros: `rc.0` is after `rc`.
fn normalise(parts: Vec<Part>) -> Vec<Part> {
    let mut kept: Vec<Part> = Vec::with_capacity(parts.len() + 1);
    let mut in_pre_release = false;
    for part in parts {
        if !matches!(part, Part::Number(_)) && !in_pre_release {
            drop_trailing_zeros(&mut kept);
        }
        match part {
            Part::PreRelease(_) | Part::Tilde => in_pre_release = true,
            Part::Plus => in_pre_release = false,
            _ => {}
        }
        kept.push(part);
    }
    if !in_pre_release {
        drop_trailing_zeros(&mut kept);
    }
    kept.push(Part::End);
    kept
}

fn drop_trailing_zeros(parts: &mut Vec<Part>) {
    while matches!(parts.last(), Some(Part::Number(number)) if number.is_zero()) {
        parts.pop();
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({})", self.text)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for Version {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::unchecked(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn v(text: &str) -> Version {
        Version::new(text).unwrap()
    }

    /// Each line ascends strictly.
    const ASCENDING: &[&[&str]] = &[
        // SemVer 2.0, section 11.
        &[
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.1.0",
            "2.0.0",
        ],
        // Windows.
        &[
            "10.0.19041.1",
            "10.0.19045.3570",
            "10.0.19045.3571",
            "10.0.22000.1",
            "11",
        ],
        // Debian policy, section 5.6.12.
        &[
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0~rc1",
            "1.0",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0-2",
            "1.0+dfsg-1",
            "1.0.1-1",
            "1:0.1",
        ],
        &["2.10", "2.10-3", "2.10-3ubuntu1", "2.10-4"],
        &["1.1.1", "1.1.1a", "1.1.1k", "1.1.1l", "1.1.2"],
        &["23.1rc1", "23.1", "23.1.1", "23.10"],
        // Firefox and Python (PEP 440).
        &[
            "107.0.1", "108.0a1", "108.0b2", "108.0b9", "108.0b10", "108.0rc1", "108.0", "108.0.1",
        ],
        &[
            "3.13.0a1",
            "3.13.0a1.post1",
            "3.13.0b1",
            "3.13.0rc1",
            "3.13.0",
            "3.13.1",
        ],
        // OpenSSH's portable releases, Debian's rebuilds, RPM's snapshots.
        &["9.6", "9.6p1", "9.7"],
        &["1.0-1", "1.0-1+b1", "1.0-1+b2", "1.0-2"],
        &["1.0", "1.0^20231011", "1.0.1"],
        &[
            "9",
            "10",
            "99999999999999999999999",
            "100000000000000000000000",
        ],
    ];

    #[test]
    fn versions_ascend_as_their_publishers_mean_them() {
        for line in ASCENDING {
            for (i, left) in line.iter().enumerate() {
                for right in &line[i + 1..] {
                    assert!(v(left) < v(right), "{left} < {right}");
                    assert!(v(right) > v(left), "{right} > {left}");
                }
            }
        }
    }

    #[test]
    fn the_same_version_may_be_written_in_several_ways() {
        for (left, right) in [
            ("1.0", "1.0.0.0"),
            ("v2.3", "2.3"),
            ("1.0-RC1", "1.0.0-rc1"),
            ("0:1.2", "1.2"),
            ("1.02", "1.2"),
            ("108.0b9", "108.0-beta9"),
        ] {
            assert_eq!(v(left), v(right), "{left} = {right}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        assert_eq!(Version::new(" "), Err(VersionError::Empty));
        assert_eq!(Version::new("1 2"), Err(VersionError::Blank("1 2".into())));
        assert_eq!(
            Version::new(&"1".repeat(101)),
            Err(VersionError::TooLong(101))
        );
        for bad in [
            "latest",
            "tool-1.2.4",
            "Version:25.0",
            "(64-bit)",
            "v",
            "1:",
            ":1",
            "1:2:3",
            "a1",
            "1.2,",
            "1.2.",
            "1.2-",
            "1/2",
            "1.2)",
            "\u{ff11}.2",
            "1.2\u{e9}",
            "<1.2>",
            "\u{feff}1.2",
        ] {
            assert_eq!(
                Version::new(bad),
                Err(VersionError::Shape(bad.into())),
                "{bad}"
            );
        }
        for good in [
            "1",
            "v2.3",
            "V2.3",
            "2:1.0~rc1-1+deb12u1",
            "1.0~~",
            "1.8.0_381",
            "2.10-3ubuntu1",
            "1.0+",
        ] {
            assert_eq!(v(good).as_str(), good);
        }
    }

    #[test]
    fn what_was_written_before_versions_had_a_shape_is_found_and_read() {
        let old: Version = serde_json::from_str("\"tool-1.2.4\"").unwrap();
        assert_eq!(Version::known(" tool-1.2.4 "), old);
        assert_eq!(old.as_str(), "tool-1.2.4");
    }

    prop_compose! {
        fn any_version()(text in "([0-9]:)?[0-9]{1,2}([.~+^-]?([0-9]{1,2}|alpha|rc|a|b|dfsg|ubuntu)){0,6}") -> Version {
            Version::new(&text).unwrap()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn the_order_is_total(a in any_version(), b in any_version(), c in any_version()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
            if a <= b && b <= c {
                prop_assert!(a <= c, "{} <= {} <= {}", a, b, c);
            }
        }

        #[test]
        fn any_text_is_a_version_or_an_error_and_never_a_panic(text in ".{0,40}") {
            if let Ok(version) = Version::new(&text) {
                prop_assert_eq!(&version, &version.clone());
            }
        }

        #[test]
        fn json_keeps_a_version(a in any_version()) {
            let text = serde_json::to_string(&a).unwrap();
            let back: Version = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back.as_str(), a.as_str());
            prop_assert_eq!(back, a);
        }
    }
}
