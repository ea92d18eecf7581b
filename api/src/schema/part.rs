//! A part of a text that a filter looks for.

use upkeep_domain::kernel::text;

/// Found whatever the case; nothing is in every text.
pub struct Part(Option<String>);

impl Part {
    pub fn of(text: Option<&str>) -> Self {
        Self(text.map(|text| text::composed(text).to_lowercase()))
    }

    pub fn is_in(&self, text: &str) -> bool {
        (self.0.as_ref()).is_none_or(|part| text.to_lowercase().contains(part.as_str()))
    }

    pub fn is_in_any<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> bool {
        self.0.is_none() || texts.into_iter().any(|text| self.is_in(text))
    }
}
