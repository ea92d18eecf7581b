//! Pages of what is in no order yet: each item is looked at a few times, and only those of the page are sorted.

use super::cursor::{CursorKey, ListTag};
use super::{Asked, Known, Page};
use async_graphql::OutputType;
use std::ops::Range;

/// A page of what is in no order yet. `show` makes of an item of the page what its cursor holds, and the node.
pub(super) fn page_of_ranked<T: Ord, K: CursorKey, N: OutputType>(
    tag: ListTag,
    asked: &Asked<T>,
    mut all: Vec<T>,
    show: impl Fn(&T) -> Option<(K, N)>,
) -> Page<N> {
    let chosen = select(&mut all, asked);
    let is_empty = chosen.is_empty();
    let beyond = Known {
        has_previous: chosen.start > 0 && !is_empty,
        has_next: chosen.end < all.len() && !is_empty,
        total: Some(all.len()),
        end: None,
    };
    Page::new(tag, all[chosen].iter().filter_map(show), beyond)
}

/// Brings the items of a page to the places where they would stand if all were sorted, and says which these are.
fn select<T: Ord>(all: &mut [T], asked: &Asked<T>) -> Range<usize> {
    let start = (asked.after.as_ref()).map_or(0, |after| bring_first(all, |item| item <= after));
    let end = (asked.before.as_ref()).map_or(all.len(), |before| {
        start + bring_first(&mut all[start..], |item| item < before)
    });
    let chosen = if asked.from_the_end {
        end.saturating_sub(asked.size + asked.skip).max(start)
            ..end.saturating_sub(asked.skip).max(start)
    } else {
        let from = (start + asked.skip).min(end);
        from..(from + asked.size).min(end)
    };
    if !chosen.is_empty() {
        let within = &mut all[start..end];
        within.select_nth_unstable(chosen.start - start);
        let rest = &mut within[chosen.start - start..];
        rest.select_nth_unstable(chosen.len() - 1);
        rest[..chosen.len()].sort_unstable();
    }
    chosen
}

/// Brings what fits before what does not, and says how much fits.
fn bring_first<T>(all: &mut [T], fits: impl Fn(&T) -> bool) -> usize {
    let mut fitting = 0;
    for place in 0..all.len() {
        if fits(&all[place]) {
            all.swap(place, fitting);
            fitting += 1;
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_page_is_a_stretch_of_what_sorting_all_would_give(
            all: Vec<u8>,
            size in 1_usize..8,
            skip in 0_usize..8,
            from_the_end: bool,
            after: Option<u8>,
            before: Option<u8>,
        ) {
            let asked = Asked { size, from_the_end, after, before, skip };
            let mut sorted = all.clone();
            sorted.sort_unstable();
            let behind = |item: &&u8| after.is_none_or(|after| **item > after);
            let ahead = |item: &&u8| before.is_none_or(|before| **item < before);
            let within: Vec<u8> = sorted.iter().filter(behind).filter(ahead).copied().collect();
            let expected: Vec<u8> = if from_the_end {
                let mut page: Vec<u8> = within.iter().rev().skip(skip).take(size).copied().collect();
                page.reverse();
                page
            } else {
                within.iter().skip(skip).take(size).copied().collect()
            };
            let mut some = all;
            let chosen = select(&mut some, &asked);
            prop_assert_eq!(&some[chosen.clone()], &expected[..]);
            if !chosen.is_empty() {
                prop_assert_eq!(&sorted[chosen], &expected[..]);
            }
            some.sort_unstable();
            prop_assert_eq!(some, sorted);
        }
    }
}
