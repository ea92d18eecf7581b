//! A part of a text that a filter looks for.

use upkeep_projections::folded;

/// Found whatever the case; nothing is in every text.
pub struct Part(Option<String>);

impl Part {
    pub fn of(text: Option<&str>) -> Self {
        Self(text.map(folded))
    }

    pub fn is_in(&self, text: &str) -> bool {
        (self.0.as_ref()).is_none_or(|part| text.to_lowercase().contains(part.as_str()))
    }

    /// The same for a text that is in small letters already.
    pub fn is_in_folded(&self, text: &str) -> bool {
        (self.0.as_ref()).is_none_or(|part| text.contains(part.as_str()))
    }

    pub fn is_in_any<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        self.0.is_none() || texts.into_iter().any(|text| self.is_in(text))
    }
}
