//! The kinds of parameters, and which values fit each.

use super::fault::Misfit;
use super::value::{Number, ParameterValue};
use crate::kernel::limits::{
    MAX_CHOICE_CHARS, MAX_CHOICES, MAX_PARAMETER_PATTERN_CHARS, MAX_PARAMETER_TEXT_CHARS,
};
use crate::kernel::pattern::{Budget, Pattern, PatternError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What can be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ParameterKind {
    Text(TextRule),
    Number(NumberRange),
    Boolean,
    /// One of these.
    Choice(Choices),
    /// Any of these.
    MultiChoice(Choices),
    /// A secret, of which nobody but the script is told what it is.
    Secret,
}

/// Why there can be no such kind.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum KindError {
    #[error("a text has 1 to {MAX_PARAMETER_TEXT_CHARS} characters at most: say how many")]
    MaxChars,
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error(
        "the regular expression has {0} characters: at most {MAX_PARAMETER_PATTERN_CHARS} are allowed"
    )]
    PatternTooLong(usize),
    #[error("no number is at least {min} and at most {max}: exchange them")]
    EmptyRange { min: Number, max: Number },
    #[error("there is nothing to choose from: give at least one choice")]
    NoChoices,
    #[error("there are {0} choices: at most {MAX_CHOICES} are allowed")]
    TooManyChoices(usize),
    #[error(
        "the choice \"{0}\" is not possible: a choice is one line of 1 to {MAX_CHOICE_CHARS} characters"
    )]
    Choice(String),
    #[error("the choice \"{0}\" is there twice: leave one out")]
    ChoiceTwice(String),
}

/// Which texts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextRule {
    /// In characters; [`MAX_PARAMETER_TEXT_CHARS`] if it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_chars: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern: Option<TextPattern>,
}

impl TextRule {
    pub fn new(max_chars: Option<u32>, pattern: Option<TextPattern>) -> Result<Self, KindError> {
        let is_possible = |chars| (1..=MAX_PARAMETER_TEXT_CHARS).contains(&(chars as usize));
        if max_chars.is_none_or(is_possible) {
            Ok(Self { max_chars, pattern })
        } else {
            Err(KindError::MaxChars)
        }
    }

    pub fn max_chars(&self) -> usize {
        let said = self.max_chars.map(|chars| chars as usize);
        said.unwrap_or(MAX_PARAMETER_TEXT_CHARS)
    }

    pub fn pattern(&self) -> Option<&TextPattern> {
        self.pattern.as_ref()
    }

    fn check(&self, text: &str) -> Result<(), Misfit> {
        let (chars, most) = (text.chars().count(), self.max_chars());
        if chars > most {
            Err(Misfit::TooLong { chars, most })
        } else if text.contains('\0') {
            Err(Misfit::Nul)
        } else {
            match &self.pattern {
                Some(pattern) if !pattern.fits(text) => Err(Misfit::Pattern(pattern.0.clone())),
                _ => Ok(()),
            }
        }
    }
}

/// A regular expression that the whole text has to match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextPattern(String);

impl TextPattern {
    pub fn new(pattern: &str) -> Result<Self, KindError> {
        let chars = pattern.chars().count();
        if chars > MAX_PARAMETER_PATTERN_CHARS {
            return Err(KindError::PatternTooLong(chars));
        }
        // By itself, too: what closes a group that it did not open would come to mean something else inside of ours.
        Pattern::new(pattern, &mut Budget::default())?;
        let checked = Self(pattern.to_owned());
        checked.compiled()?;
        Ok(checked)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn compiled(&self) -> Result<Pattern, PatternError> {
        let whole = format!(r"\A(?:{})\z", self.0);
        Pattern::new(&whole, &mut Budget::default())
    }

    /// What an older build took for a pattern and this one does not fits nothing, and says so.
    fn fits(&self, text: &str) -> bool {
        self.compiled().is_ok_and(|pattern| pattern.is_match(text))
    }
}

/// Whether numbers may have a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Numbers {
    #[default]
    Any,
    /// From -(2^53 - 1) to 2^53 - 1.
    Whole,
}

/// Which numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberRange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<Number>,
    #[serde(default)]
    numbers: Numbers,
}

impl NumberRange {
    pub fn new(
        min: Option<Number>,
        max: Option<Number>,
        numbers: Numbers,
    ) -> Result<Self, KindError> {
        match (min, max) {
            (Some(min), Some(max)) if min > max => Err(KindError::EmptyRange { min, max }),
            _ => Ok(Self { min, max, numbers }),
        }
    }

    pub fn min(self) -> Option<Number> {
        self.min
    }

    pub fn max(self) -> Option<Number> {
        self.max
    }

    pub fn numbers(self) -> Numbers {
        self.numbers
    }

    fn check(self, number: Number) -> Result<(), Misfit> {
        if self.numbers == Numbers::Whole && !number.is_whole() {
            Err(Misfit::NotWhole(number))
        } else if let Some(min) = self.min.filter(|min| number < *min) {
            Err(Misfit::TooSmall { number, min })
        } else if let Some(max) = self.max.filter(|max| number > *max) {
            Err(Misfit::TooLarge { number, max })
        } else {
            Ok(())
        }
    }
}

/// What can be chosen, in the order in which it is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    choices: Vec<String>,
}

impl Choices {
    pub fn new(choices: Vec<String>) -> Result<Self, KindError> {
        if choices.is_empty() {
            return Err(KindError::NoChoices);
        }
        if choices.len() > MAX_CHOICES {
            return Err(KindError::TooManyChoices(choices.len()));
        }
        let mut before = BTreeSet::new();
        for choice in &choices {
            let chars = choice.chars().count();
            // One line: several choices stand on lines of their own where scripts get them as one text.
            if chars == 0 || chars > MAX_CHOICE_CHARS || choice.contains(char::is_control) {
                return Err(KindError::Choice(shortened(choice)));
            }
            if !before.insert(choice) {
                return Err(KindError::ChoiceTwice(shortened(choice)));
            }
        }
        Ok(Self { choices })
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.choices.iter().map(String::as_str)
    }

    fn offered(&self, choice: &str) -> Result<(), Misfit> {
        if self.choices.iter().any(|offered| offered == choice) {
            Ok(())
        } else {
            Err(Misfit::NotAChoice {
                given: shortened(choice),
                offered: self.choices.clone(),
            })
        }
    }
}

/// What is quoted of a text that somebody gave: one visible line.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let shown: String = (text.chars().take(MOST))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() > MOST {
        format!("{shown}…")
    } else {
        shown
    }
}

impl ParameterKind {
    /// What is wanted, as in "give ...".
    pub(super) fn phrase(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Number(_) => "a number",
            Self::Boolean => "true or false",
            Self::Choice(_) => "one of its choices, as a text",
            Self::MultiChoice(_) => "a list of its choices",
            Self::Secret => "a secret",
        }
    }

    pub fn fits(&self, value: &ParameterValue) -> Result<(), Misfit> {
        match (self, value) {
            (Self::Text(rule), ParameterValue::Text(text)) => rule.check(text),
            (Self::Number(range), ParameterValue::Number(number)) => range.check(*number),
            (Self::Boolean, ParameterValue::Boolean(_))
            | (Self::Secret, ParameterValue::Secret { .. }) => Ok(()),
            (Self::Choice(choices), ParameterValue::Text(choice)) => choices.offered(choice),
            (Self::MultiChoice(choices), ParameterValue::Choices(chosen)) => {
                let mut before = BTreeSet::new();
                for choice in chosen {
                    choices.offered(choice)?;
                    if !before.insert(choice) {
                        return Err(Misfit::ChosenTwice(shortened(choice)));
                    }
                }
                Ok(())
            }
            _ => Err(Misfit::OtherKind {
                given: value.phrase(),
                wanted: self.phrase(),
            }),
        }
    }

    /// Whether a parameter of this kind can come to have what a condition asks for.
    pub(super) fn can_be(&self, wanted: &ParameterValue) -> Result<(), Misfit> {
        match (self, wanted) {
            (Self::MultiChoice(choices), ParameterValue::Text(choice)) => choices.offered(choice),
            (Self::Secret, _) => Err(Misfit::Compared),
            _ => self.fits(wanted),
        }
    }
}
