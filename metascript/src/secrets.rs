//! Values of secrets: put into a call at the moment when it is carried out, and taken out of what comes back.

use crate::answer::Answer;
use crate::text::{Piece, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::fmt;

/// Shorter values are not looked for in answers: what is found everywhere says more by its absence.
pub const MIN_MASKED_BYTES: usize = 4;

/// The values of the secrets that a script was given, by name. They are never printed.
#[derive(Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

/// A secret is not among those that the script was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no secret {0}: it was taken away while the script waited, or is named otherwise")]
pub struct UnknownSecret(pub String);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl FromIterator<(String, String)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Secrets {
    /// The text with its secrets' values: for whoever carries the call out, and for nobody else.
    pub fn reveal(&self, text: &Text) -> Result<String, UnknownSecret> {
        let mut revealed = String::new();
        for piece in text.pieces() {
            match piece {
                Piece::Plain(text) => revealed.push_str(text),
                Piece::Secret(name) => revealed.push_str(
                    self.0
                        .get(name)
                        .ok_or_else(|| UnknownSecret(name.clone()))?,
                ),
            }
        }
        Ok(revealed)
    }

    /// The same answer with names where values were, in the forms in which programs show them: as they are, in JSON, in an
    /// address, in Base64. Done before the answer is cut or written down.
    #[must_use]
    pub fn mask(&self, answer: Answer) -> Answer {
        answer.map_texts(&|text| self.mask_text(text))
    }

    pub fn mask_text(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for (form, name) in self.forms() {
            if masked.contains(&form) {
                masked = masked.replace(&form, &format!("[secret {name}]"));
            }
        }
        masked
    }

    /// The longest first: one value may be a part of another.
    fn forms(&self) -> Vec<(String, &str)> {
        let mut forms: Vec<_> = (self.0.iter())
            .filter(|(_, value)| value.len() >= MIN_MASKED_BYTES)
            .flat_map(|(name, value)| {
                let json = serde_json::Value::from(value.as_str()).to_string();
                [
                    value.clone(),
                    json.trim_matches('"').to_owned(),
                    url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
                    STANDARD.encode(value),
                ]
                .map(|form| (form, name.as_str()))
            })
            .collect();
        forms.sort_by(|a, b| (b.0.len(), &a.0).cmp(&(a.0.len(), &b.0)));
        forms.dedup();
        forms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::CommandEnd;

    fn secrets() -> Secrets {
        [
            ("token", "s3cret"),
            ("longer", "s3cret-and\"more"),
            ("pin", "12"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect()
    }

    #[test]
    fn values_go_in_where_names_were() {
        let text = Text::plain("Bearer ").followed_by(&Text::secret("token"));
        assert_eq!(secrets().reveal(&text.unwrap()), Ok("Bearer s3cret".into()));
        let unknown = secrets().reveal(&Text::secret("other"));
        assert_eq!(unknown, Err(UnknownSecret("other".into())));
    }

    #[test]
    fn values_come_out_in_every_form_and_the_longest_first() {
        for (shown, masked) in [
            ("a s3cret b", "a [secret token] b"),
            (r#"{"p":"s3cret-and\"more"}"#, r#"{"p":"[secret longer]"}"#),
            ("?p=s3cret-and%22more", "?p=[secret longer]"),
            ("czNjcmV0", "[secret token]"),
            ("pin 12", "pin 12"),
        ] {
            assert_eq!(secrets().mask_text(shown), masked);
        }
        let end = CommandEnd::new(Some(0), "s3cret", "at s3cret");
        let Answer::Command(masked) = secrets().mask(Answer::Command(end)) else {
            panic!("another kind of answer");
        };
        assert_eq!(
            (&*masked.output, &*masked.errors),
            ("[secret token]", "at [secret token]")
        );
    }

    #[test]
    fn nobody_prints_a_value() {
        assert_eq!(format!("{:?}", secrets()), r#"{"longer", "pin", "token"}"#);
    }
}
