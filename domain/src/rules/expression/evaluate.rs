//! Evaluation over facts that may be unknown: three-valued, as CEL's `&&` and `||` absorb errors.

use super::compile::{Comparison, Condition, Text, Whole};
use super::schema::Fact;
use crate::catalogue::version::Version;
use crate::fleet::tag::Tag;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// What a fact is, where it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    Text(&'a str),
    Whole(i64),
    Truth(bool),
    Tags(&'a BTreeSet<Tag>),
}

/// Somebody who knows the facts of one computer.
pub trait Facts {
    /// The fact, of the type that the schema gives it; nothing if it is not known.
    fn fact(&self, fact: Fact) -> Option<Value<'_>>;
}

/// What an expression says of a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Matches,
    DoesNotMatch,
    /// It depends on this fact, which is not known.
    Unknown(Fact),
    /// The expression is from a time with other rules and is not understood any more.
    Refused,
}

impl From<bool> for Outcome {
    fn from(truth: bool) -> Self {
        if truth {
            Self::Matches
        } else {
            Self::DoesNotMatch
        }
    }
}

impl Condition {
    pub(super) fn evaluate(&self, facts: &impl Facts) -> Outcome {
        self.truth(facts)
            .map_or_else(Outcome::Unknown, Outcome::from)
    }

    /// The truth, or the first fact that it needs and that is not known.
    fn truth(&self, facts: &impl Facts) -> Result<bool, Fact> {
        match self {
            Self::Literal(truth) => Ok(*truth),
            Self::Fact(fact) => match facts.fact(*fact) {
                Some(Value::Truth(truth)) => Ok(truth),
                _ => Err(*fact),
            },
            Self::Known(fact) => Ok(facts.fact(*fact).is_some()),
            Self::Not(inner) => inner.truth(facts).map(|truth| !truth),
            Self::And(left, right) => decided_by(false, left.truth(facts), || right.truth(facts)),
            Self::Or(left, right) => decided_by(true, left.truth(facts), || right.truth(facts)),
            Self::If(condition, yes, no) => {
                let chosen = if condition.truth(facts)? { yes } else { no };
                chosen.truth(facts)
            }
            Self::CompareText(left, comparison, right) => {
                let order = left.get(facts)?.cmp(right.get(facts)?);
                Ok(comparison.holds(order))
            }
            Self::CompareWhole(left, comparison, right) => {
                let order = left.get(facts)?.cmp(&right.get(facts)?);
                Ok(comparison.holds(order))
            }
            Self::CompareTruth(left, comparison, right) => {
                let order = left.truth(facts)?.cmp(&right.truth(facts)?);
                Ok(comparison.holds(order))
            }
            Self::CompareVersion(fact, comparison, version) => {
                let Some(Value::Text(text)) = facts.fact(*fact) else {
                    return Err(*fact);
                };
                let found = Version::new(text).map_err(|_| *fact)?;
                Ok(comparison.holds(found.cmp(version)))
            }
            Self::TextIn(needle, list) => {
                let needle = needle.get(facts)?;
                Ok(list.iter().any(|text| text == needle))
            }
            Self::WholeIn(needle, list) => needle.get(facts).map(|needle| list.contains(&needle)),
            Self::Tagged(tag, fact) => match facts.fact(*fact) {
                Some(Value::Tags(tags)) => Ok(tags.contains(tag)),
                _ => Err(*fact),
            },
            Self::StartsWith(text, part) => Ok(text.get(facts)?.starts_with(part.get(facts)?)),
            Self::EndsWith(text, part) => Ok(text.get(facts)?.ends_with(part.get(facts)?)),
            Self::Contains(text, part) => Ok(text.get(facts)?.contains(part.get(facts)?)),
            Self::Matches(text, pattern) => text.get(facts).map(|text| pattern.is_match(text)),
        }
    }
}

/// `&&` and `||`: one side may decide although the other is unknown.
fn decided_by(
    deciding: bool,
    left: Result<bool, Fact>,
    right: impl FnOnce() -> Result<bool, Fact>,
) -> Result<bool, Fact> {
    if left == Ok(deciding) {
        return left;
    }
    match (left, right()) {
        (_, Ok(truth)) if truth == deciding => Ok(deciding),
        (Err(fact), _) | (Ok(_), Err(fact)) => Err(fact),
        (Ok(_), Ok(_)) => Ok(!deciding),
    }
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

impl Text {
    fn get<'a>(&'a self, facts: &'a impl Facts) -> Result<&'a str, Fact> {
        match self {
            Self::Literal(text) => Ok(text),
            Self::Fact(fact) => match facts.fact(*fact) {
                Some(Value::Text(text)) => Ok(text),
                _ => Err(*fact),
            },
        }
    }
}

impl Whole {
    fn get(&self, facts: &impl Facts) -> Result<i64, Fact> {
        match self {
            Self::Literal(number) => Ok(*number),
            Self::Fact(fact) => match facts.fact(*fact) {
                Some(Value::Whole(number)) => Ok(number),
                _ => Err(*fact),
            },
            Self::Size(fact) => match facts.fact(*fact) {
                Some(Value::Tags(tags)) => Ok(i64::try_from(tags.len()).unwrap_or(i64::MAX)),
                Some(Value::Text(text)) => {
                    Ok(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))
                }
                _ => Err(*fact),
            },
        }
    }
}
