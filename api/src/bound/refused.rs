//! Why a document is not looked at further: a named limit was met, or it is wrong.

use super::document::{MAX_NAME_BYTES, MAX_NESTING, MAX_SELECTIONS, MAX_TOKENS, MAX_VALUES};
use super::merging::MAX_LOOKS;
use async_graphql::ServerError;

/// Why a document is not looked at further.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("the document is nested deeper than {MAX_NESTING} levels: ask for less at once")]
    Nested,
    #[error("the document has a name of more than {MAX_NAME_BYTES} bytes: no name is that long")]
    LongName,
    #[error("the document has more than {MAX_TOKENS} words and signs: send it in parts")]
    Long,
    #[error(
        "the document has more than {MAX_SELECTIONS} selections once its fragments are spread: ask for less at once"
    )]
    Selections,
    #[error(
        "the document's arguments have more than {MAX_VALUES} values where its variables are used: send them in parts"
    )]
    Values,
    #[error("fragment {0} spreads itself: a fragment cannot contain itself")]
    Cycle(String),
    #[error(
        "a subscription follows exactly one field, without @skip and @include at its root: follow each in a subscription of its own"
    )]
    Roots,
    #[error(
        "the document asks for so much under the same keys that it would be compared more than {MAX_LOOKS} times: give each its own alias"
    )]
    Merging,
    /// Against the grammar, or the schema.
    #[error("{}", .0.message)]
    Invalid(ServerError),
}

impl Refused {
    /// Whether a named limit was met; otherwise the document itself is wrong.
    pub fn is_limit(&self) -> bool {
        !matches!(self, Self::Cycle(_) | Self::Roots | Self::Invalid(_))
    }
}
