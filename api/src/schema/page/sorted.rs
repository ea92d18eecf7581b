//! Pages of what was computed as a whole and is told by a text, in any order.

use super::cursor::ListTag;
use super::order::{OrderDirection, Ranked, SortKey};
use super::selection::page_of_ranked;
use super::{Asked, Page, PageArguments};
use async_graphql::{OutputType, Result};

/// A page in an order with a name. Among equals, texts are in their own order.
pub fn page_of_sorted<N: OutputType>(
    arguments: &PageArguments,
    (name, direction): (&str, OrderDirection),
    all: impl IntoIterator<Item = (SortKey, String)>,
    node: impl Fn(&str) -> Option<N>,
) -> Result<Page<N>> {
    let tag = ListTag::in_order::<N>(name, direction);
    let asked = Asked::of(arguments, tag)?;
    let ranked = |(rank, key)| Ranked {
        rank,
        key,
        direction,
    };
    let all = all.into_iter().map(ranked).collect();
    Ok(page_of_ranked(tag, &asked, all, |ranked| {
        Some((ranked.clone(), node(&ranked.key)?))
    }))
}
