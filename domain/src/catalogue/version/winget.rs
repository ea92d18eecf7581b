//! The Windows Package Manager's versions, as its client compares them (winget-cli, `AppInstallerSharedLib/Versions.cpp`).
//!
//! 1. `Unknown` sorts below everything and `latest` above it, whole and in any case.
//! 2. What stands before the first digit is dropped, if that digit comes before the first dot or there is no dot: `v1.2`,
//!    `jdk-11.0`.
//! 3. The rest is split at dots; each part is a number (none, and one over 64 bits, is zero) and what follows it. Parts that
//!    are zero and have nothing behind it are dropped at the end: `1.2` = `1.2.0`.
//! 4. The parts compare one by one, a missing one being zero, numbers first, then what follows them without case: a part with nothing behind its number
//!    beats any that has something. So `1.2-beta`, `2.78c` and `1.13.0+win` are older than `1.2`, `2.78` and `1.13.0`.
//! 5. `< 1.0` is just below `1.0`, and `> 1.0` just above it: what is said of a computer on which nothing more is known.

use std::cmp::Ordering;

/// In the order in which they sort.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Unknown,
    Known(Parts, Nearness),
    Latest(Nearness),
}

/// Without the zeros at the end, so that equal ones are the same.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts(Vec<Part>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    number: u64,
    rest: Rest,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    Text(String),
    None,
}

const ZERO: Part = Part {
    number: 0,
    rest: Rest::None,
};

impl Ord for Parts {
    fn cmp(&self, other: &Self) -> Ordering {
        (0..self.0.len().max(other.0.len()))
            .map(|place| self.at(place).cmp(other.at(place)))
            .find(|part| part.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Parts {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Parts {
    fn at(&self, place: usize) -> &Part {
        self.0.get(place).unwrap_or(&ZERO)
    }
}

/// How near a version is to the one that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    JustBelow,
    Exact,
    JustAbove,
}

/// What the client writes where a computer does not tell a version.
pub const UNKNOWN: &str = "Unknown";
const LATEST: &str = "latest";

/// Whether a text says that the version is not known.
pub fn is_unknown(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case(UNKNOWN)
}

/// Whether a text is a version itself, or near to one, and which one.
pub fn nearness(text: &str) -> (Nearness, &str) {
    let text = text.trim();
    if let Some(base) = text.strip_prefix("< ") {
        (Nearness::JustBelow, base.trim_start())
    } else if let Some(base) = text.strip_prefix("> ") {
        (Nearness::JustAbove, base.trim_start())
    } else {
        (Nearness::Exact, text)
    }
}

pub(super) fn key(text: &str) -> Key {
    let (nearness, base) = nearness(text);
    if is_unknown(base) {
        Key::Unknown
    } else if base.eq_ignore_ascii_case(LATEST) {
        Key::Latest(nearness)
    } else {
        Key::Known(parts(base), nearness)
    }
}

fn parts(base: &str) -> Parts {
    let digit = base.find(|c: char| c.is_ascii_digit());
    let from = digit.filter(|digit| base.find('.').is_none_or(|dot| *digit < dot));
    let mut parts: Vec<Part> = base[from.unwrap_or(0)..].split('.').map(part).collect();
    while parts.last() == Some(&ZERO) {
        parts.pop();
    }
    Parts(parts)
}

fn part(text: &str) -> Part {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Part {
        number: digits.parse().unwrap_or(0),
        rest: if rest.is_empty() {
            Rest::None
        } else {
            Rest::Text(rest.to_lowercase())
        },
    }
}
