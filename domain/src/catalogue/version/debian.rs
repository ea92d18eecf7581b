//! Debian's versions: policy, section 5.6.12, as `dpkg --compare-versions` answers.
//!
//! 1. The epoch, a number before the first `:`, outranks everything after it; none is zero.
//! 2. Then the upstream version, then the revision behind the last `-`; none is as `0`.
//! 3. Of each, from the left and by turns: what is no digit compares character by character, `~` before the end, the end before
//!    letters, letters before everything else; then digits compare as a number.
//!
//! What dpkg would refuse compares by the same rules: an epoch that is no number is a part of the upstream version.

use super::number::Number;
use std::cmp::Ordering;

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (left, right) = (Parts::of(left), Parts::of(right));
    (left.epoch.cmp(&right.epoch))
        .then_with(|| by_turns(left.upstream, right.upstream))
        .then_with(|| by_turns(left.revision, right.revision))
}

struct Parts<'a> {
    epoch: Number,
    upstream: &'a str,
    revision: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch, rest),
            _ => ("", text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Self {
            epoch: Number::new(epoch),
            upstream,
            revision,
        }
    }
}

fn by_turns(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left, right);
    while !left.is_empty() || !right.is_empty() {
        let (left_words, right_words) = (take(&mut left, is_word), take(&mut right, is_word));
        let (left_digits, right_digits) = (take(&mut left, is_digit), take(&mut right, is_digit));
        let turn = words(left_words, right_words)
            .then_with(|| Number::new(left_digits).cmp(&Number::new(right_digits)));
        if turn.is_ne() {
            return turn;
        }
    }
    Ordering::Equal
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_word(c: char) -> bool {
    !c.is_ascii_digit()
}

fn take<'a>(text: &mut &'a str, belongs: impl Fn(char) -> bool) -> &'a str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    let (taken, rest) = text.split_at(end);
    *text = rest;
    taken
}

/// The end of the shorter one counts as a character of its own.
fn words(left: &str, right: &str) -> Ordering {
    let ended =
        |text: &str| -> Vec<Weight> { text.chars().map(weight).chain([Weight::End]).collect() };
    ended(left).cmp(&ended(right))
}

/// In the order in which they sort.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Tilde,
    End,
    Letter(char),
    Other(char),
}

fn weight(c: char) -> Weight {
    match c {
        '~' => Weight::Tilde,
        c if c.is_ascii_alphabetic() => Weight::Letter(c),
        c => Weight::Other(c),
    }
}
