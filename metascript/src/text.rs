//! Texts in which secrets stand by their names.

use crate::MAX_TEXT_BYTES;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text whose secret parts are names. What is shown, compared and written down of it never holds a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Piece {
    Plain(String),
    /// The name of a secret.
    Secret(String),
}

impl Text {
    pub fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::default()
        } else {
            Self(vec![Piece::Plain(text)])
        }
    }

    pub fn secret(name: impl Into<String>) -> Self {
        Self(vec![Piece::Secret(name.into())])
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Both in a row, if that is not longer than a text may be.
    pub(crate) fn followed_by(&self, other: &Self) -> Option<Self> {
        let mut pieces = self.0.clone();
        for piece in &other.0 {
            match (pieces.last_mut(), piece) {
                (Some(Piece::Plain(before)), Piece::Plain(after)) => before.push_str(after),
                _ => pieces.push(piece.clone()),
            }
        }
        let both = Self(pieces);
        (both.bytes() <= MAX_TEXT_BYTES).then_some(both)
    }

    /// What it takes, with some for each piece.
    pub(crate) fn bytes(&self) -> usize {
        (self.0.iter())
            .map(|piece| match piece {
                Piece::Plain(text) | Piece::Secret(text) => text.len() + size_of::<Piece>(),
            })
            .sum()
    }
}

/// With a secret's name where its value will be.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Plain(text) => f.write_str(text),
            Piece::Secret(name) => write!(f, "[secret {name}]"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_together_is_one_text_whatever_the_order() {
        let bearer = Text::plain("Bear")
            .followed_by(&Text::plain("er "))
            .unwrap();
        let whole = bearer.followed_by(&Text::secret("token")).unwrap();
        assert_eq!(whole.to_string(), "Bearer [secret token]");
        assert_eq!(whole.pieces().len(), 2);
        let other = Text::plain("er ")
            .followed_by(&Text::secret("token"))
            .unwrap();
        assert_eq!(Text::plain("Bear").followed_by(&other), Some(whole));
    }

    #[test]
    fn a_text_does_not_grow_without_end() {
        let mut text = Text::plain("x".repeat(1_000));
        let doublings = std::iter::from_fn(|| {
            text = text.followed_by(&text)?;
            Some(())
        });
        assert_eq!(doublings.count(), 6);
    }
}
