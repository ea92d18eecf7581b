//! Tags on computers, tenants and people.

mod change;
mod query;

pub use change::{ChangeTagsInput, TagMutation};
pub use query::TagQuery;

use upkeep_domain::fleet::tag::Tag;

/// Tags as texts, in their order.
pub fn texts<'a>(tags: impl IntoIterator<Item = &'a Tag>) -> Vec<String> {
    tags.into_iter().map(ToString::to_string).collect()
}
