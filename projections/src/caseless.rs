//! Texts as lists sort by them and filters look for them: composed, whatever the case.

use std::sync::Arc;
use upkeep_domain::kernel::text;

/// Bytes that are compared before the rest is looked at: the longest name that Windows gives a computer is shorter.
const HEAD: usize = size_of::<u128>();

/// Compared by its first bytes, which stand beside it, and only where these are the same by the whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caseless {
    head: u128,
    text: Arc<str>,
}

/// The text in small letters, composed.
pub fn folded(text: &str) -> String {
    text::composed(text).to_lowercase()
}

impl Caseless {
    pub fn of(text: &str) -> Self {
        Self::of_folded(folded(text).into())
    }

    /// Of what is folded already.
    pub(crate) fn of_folded(text: Arc<str>) -> Self {
        Self {
            head: head_of(&text),
            text,
        }
    }

    pub fn head(&self) -> u128 {
        self.head
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Default for Caseless {
    fn default() -> Self {
        Self::of_folded("".into())
    }
}

/// The first bytes of a text as a number, so that a smaller number is of a text that comes before.
pub fn head_of(text: &str) -> u128 {
    let mut head = [0; HEAD];
    let bytes = text.as_bytes();
    let length = bytes.len().min(HEAD);
    head[..length].copy_from_slice(&bytes[..length]);
    u128::from_be_bytes(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn heads_bring_the_same_order_as_texts(one in "[a\\PC]{0,20}", other in "[a\\PC]{0,20}") {
            let (one, other) = (folded(&one), folded(&other));
            let by_heads = Caseless::of(&one).cmp(&Caseless::of(&other));
            prop_assert_eq!(by_heads, one.cmp(&other));
        }
    }
}
