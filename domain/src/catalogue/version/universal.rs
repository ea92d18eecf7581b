//! The universal order: `SemVer`, Windows four-part and Debian versions in one, for software whose kind nobody said.
//!
//! It serves all three families, because a detection script does not say which one its software belongs to. The rules, first difference decides:
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

use super::number::Number;

/// The place of a text in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
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

const PRE_RELEASE_WORDS: [&str; 6] = ["alpha", "beta", "dev", "pre", "preview", "rc"];

/// The digits of a Debian epoch, if there is one, and what follows it and a leading `v`.
pub(super) fn epoch_and_rest(text: &str) -> (&str, &str) {
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

pub(super) fn key(text: &str) -> Key {
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
