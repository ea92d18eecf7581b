use super::name::ParameterName;
use crate::kernel::ids::SecretId;
use crate::kernel::limits::{MAX_PARAMETER_TOLD_CHARS, MAX_PARAMETER_VALUES_BYTES};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The largest number up to which every whole one can be told in JSON, which has floating point: 2^53 - 1.
pub(super) const LARGEST_WHOLE: f64 = 9_007_199_254_740_991.0;

/// A number as JSON has it, never one that is none.
///
/// Whole ones are written without a fraction, however they came: scripts read `5`, not `5.0`.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "serde_json::Number")]
pub struct Number(f64);

/// A text that is no number cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no number: give a finite one")]
pub struct NotFinite;

/// One that is no number cannot be one.
impl Eq for Number {}

impl Number {
    pub fn new(number: f64) -> Result<Self, NotFinite> {
        // Minus zero is zero: it would be written as such.
        let number = if number == 0.0 { 0.0 } else { number };
        if number.is_finite() {
            Ok(Self(number))
        } else {
            Err(NotFinite)
        }
    }

    pub fn get(self) -> f64 {
        self.0
    }

    /// Whether it has no fraction and can be told exactly.
    pub fn is_whole(self) -> bool {
        self.0.fract() == 0.0 && self.0.abs() <= LARGEST_WHOLE
    }
}

impl TryFrom<f64> for Number {
    type Error = NotFinite;

    fn try_from(number: f64) -> Result<Self, NotFinite> {
        Self::new(number)
    }
}

impl From<Number> for serde_json::Number {
    fn from(number: Number) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole numbers are at most 2^53 - 1"
        )]
        let whole = number.is_whole().then_some(number.0 as i64);
        let fraction = || Self::from_f64(number.0);
        // It is finite: `from_f64` knows nothing else to refuse.
        (whole.map(Self::from))
            .or_else(fraction)
            .unwrap_or_else(|| 0.into())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde_json::Number::from(*self).fmt(f)
    }
}

/// What a parameter is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ParameterValue {
    Boolean(bool),
    Number(Number),
    /// A text, or one choice.
    Text(String),
    /// Several choices, in the order in which they were given.
    Choices(Vec<String>),
    /// Which secret: nothing here and nowhere else says what it is.
    Secret {
        secret: SecretId,
    },
}

impl ParameterValue {
    /// Whether it says nothing: a parameter that is required wants more than that.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Boolean(_) | Self::Number(_) | Self::Secret { .. } => false,
            Self::Text(text) => text.is_empty(),
            Self::Choices(chosen) => chosen.is_empty(),
        }
    }

    /// What it is, as in "a text was given".
    pub(super) fn phrase(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Choices(_) => "a list of choices",
            Self::Secret { .. } => "a secret",
        }
    }
}

/// As it stands in a sentence: a text in quotes, of which so much is told that one knows which it is.
impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| match text.char_indices().nth(MAX_PARAMETER_TOLD_CHARS) {
            Some((end, _)) => format!("{}\u{2026}", Json::from(&text[..end])),
            None => Json::from(text).to_string(),
        };
        match self {
            Self::Boolean(true) => f.write_str("yes"),
            Self::Boolean(false) => f.write_str("no"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::Choices(chosen) => {
                let chosen: Vec<String> = chosen.iter().map(|choice| quoted(choice)).collect();
                f.write_str(&chosen.join(" and "))
            }
            Self::Secret { secret } => {
                // Its id at least tells it from another one.
                let id = secret.to_string();
                write!(f, "the secret \u{2026}{}", id.get(28..).unwrap_or(&id))
            }
        }
    }
}

/// Values by the names of their parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<ParameterName, ParameterValue>);

/// More values than one deployment may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the values come to {0} bytes together: at most {MAX_PARAMETER_VALUES_BYTES} are allowed; what is longer belongs into a package or a file"
)]
pub struct ValuesTooLarge(usize);

impl ValuesTooLarge {
    pub(super) fn check(values: &Values) -> Result<(), Self> {
        match values.bytes() {
            bytes if bytes > MAX_PARAMETER_VALUES_BYTES => Err(Self(bytes)),
            _ => Ok(()),
        }
    }
}

impl Values {
    pub fn new(values: BTreeMap<ParameterName, ParameterValue>) -> Result<Self, ValuesTooLarge> {
        let values = Self(values);
        ValuesTooLarge::check(&values).map(|()| values)
    }

    /// Without a bound: what follows from bounded ones.
    pub(super) fn of(values: BTreeMap<ParameterName, ParameterValue>) -> Self {
        Self(values)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &ParameterName) -> Option<&ParameterValue> {
        self.0.get(name)
    }

    /// The secrets among them.
    pub fn secrets(&self) -> impl Iterator<Item = (&ParameterName, SecretId)> {
        self.iter().filter_map(|(name, value)| match value {
            ParameterValue::Secret { secret } => Some((name, *secret)),
            _ => None,
        })
    }

    /// In the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&ParameterName, &ParameterValue)> {
        self.0.iter()
    }

    /// What is told otherwise than by the others, in words, as in `Port 514, no Server`; nothing where it is the same.
    pub fn phrase_beside(&self, others: &Self) -> String {
        let names: BTreeSet<&ParameterName> = self.0.keys().chain(others.0.keys()).collect();
        let differ = names
            .into_iter()
            .filter(|name| self.get(name) != others.get(name));
        let phrases = differ.map(|name| match self.get(name) {
            Some(value) => format!("{name} {value}"),
            None => format!("no {name}"),
        });
        phrases.collect::<Vec<_>>().join(", ")
    }

    /// Of all of them as JSON.
    fn bytes(&self) -> usize {
        serde_json::to_vec(&self.0).map_or(usize::MAX, |json| json.len())
    }
}
