//! Relay connections over sorted lists: what a view has is walked from a cursor ([`walk`]), what was computed as a whole is cut
//! ([`page_of`]).

pub mod assumed;
mod cursor;
#[macro_use]
mod order;
mod rows;
mod selection;
mod sorted;
mod walk;

pub use order::{Order, OrderDirection, SortKey};
pub use rows::{By, RowOrder, page_of_rows};
pub use sorted::page_of_sorted;
pub use walk::{walk, walk_in};

use crate::error::ErrorCode;
use async_graphql::{Object, OutputType, Result, TypeName};
use cursor::{CursorKey, ListTag, decode, encode};
use std::borrow::Cow;

/// The page if nothing is asked for.
pub const DEFAULT_PAGE: i32 = 50;
/// The largest page.
pub const MAX_PAGE: i32 = 100;
/// How far from the start of its list a page may begin that is asked for by a number: twice the fleet that we measure with.
pub const MAX_SKIP: i32 = 200_000;
/// As many items as cost one more to pass over.
const SKIPPED_FOR_ONE: i32 = 1_000;

/// A page of a list, as Relay has it.
pub struct Page<N> {
    edges: Vec<PageEdge<N>>,
    beyond: Box<dyn Beyond>,
}

/// One item of a page.
pub struct PageEdge<N> {
    cursor: String,
    node: N,
}

/// What is beyond a page.
pub trait Beyond: Send + Sync {
    fn has_previous(&self) -> bool;
    fn has_next(&self) -> bool;
    /// How many items all pages have together.
    fn total(&self) -> Option<usize>;
    /// Where whoever goes on begins, if not behind the page's last item: more was looked through than is shown.
    fn end(&self) -> Option<String> {
        None
    }
}

/// What was found out while the page was made.
#[derive(Default)]
pub struct Known {
    pub has_previous: bool,
    pub has_next: bool,
    pub total: Option<usize>,
    pub end: Option<String>,
}

impl Beyond for Known {
    fn has_previous(&self) -> bool {
        self.has_previous
    }

    fn has_next(&self) -> bool {
        self.has_next
    }

    fn total(&self) -> Option<usize> {
        self.total
    }

    fn end(&self) -> Option<String> {
        self.end.clone()
    }
}

impl<N> Page<N> {
    fn new<K: CursorKey>(
        tag: ListTag,
        nodes: impl IntoIterator<Item = (K, N)>,
        beyond: impl Beyond + 'static,
    ) -> Self {
        let nodes = nodes.into_iter();
        Self::with_cursors(nodes.map(|(key, node)| (encode(tag, key), node)), beyond)
    }

    /// Its cursors are its own.
    pub fn with_cursors(
        edges: impl IntoIterator<Item = (String, N)>,
        beyond: impl Beyond + 'static,
    ) -> Self {
        let edges = edges.into_iter();
        Self {
            edges: edges
                .map(|(cursor, node)| PageEdge { cursor, node })
                .collect(),
            beyond: Box::new(beyond),
        }
    }
}

impl<N: OutputType> TypeName for Page<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for PageEdge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// A page of a list, as Relay has it.
#[Object(name_type)]
impl<N: OutputType> Page<N> {
    /// The items with their cursors.
    async fn edges(&self) -> &[PageEdge<N>] {
        &self.edges
    }

    /// The items.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo<'_> {
        PageInfo {
            beyond: &*self.beyond,
            first: self.edges.first().map(|edge| edge.cursor.as_str()),
            last: self.edges.last().map(|edge| edge.cursor.as_str()),
        }
    }

    /// How many items there are on all pages together; nothing where counting would mean reading everything.
    async fn total_count(&self) -> Option<usize> {
        self.beyond.total()
    }
}

/// Where a page stands; each side is looked at where it is asked for. The library's own would have both looked at each time.
pub struct PageInfo<'a> {
    beyond: &'a dyn Beyond,
    first: Option<&'a str>,
    last: Option<&'a str>,
}

/// Information about pagination in a connection
#[Object]
impl PageInfo<'_> {
    /// When paginating backwards, are there more items?
    async fn has_previous_page(&self) -> bool {
        self.beyond.has_previous()
    }

    /// When paginating forwards, are there more items?
    async fn has_next_page(&self) -> bool {
        self.beyond.has_next()
    }

    /// When paginating backwards, the cursor to continue.
    async fn start_cursor(&self) -> Option<&str> {
        self.first
    }

    /// When paginating forwards, the cursor to continue.
    async fn end_cursor(&self) -> Option<String> {
        self.beyond.end().or_else(|| self.last.map(str::to_owned))
    }
}

/// One item of a page, with its cursor.
#[Object(name_type)]
impl<N: OutputType> PageEdge<N> {
    /// Stands for this place in the list: give it as `after` or `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &N {
        &self.node
    }
}

/// The page of a connection.
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
    /// How many are passed over from the start, instead of a cursor.
    pub skip: Option<i32>,
}

/// What it costs to begin a page so far from the start.
pub fn skip_cost(skip: Option<i32>) -> usize {
    let skipped = skip.unwrap_or(0).clamp(0, MAX_SKIP) / SKIPPED_FOR_ONE;
    usize::try_from(skipped).unwrap_or(0)
}

/// What a page costs: its size times one item.
pub fn list_cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let size = first.or(last).unwrap_or(DEFAULT_PAGE).clamp(0, MAX_PAGE);
    1 + times(usize::try_from(size).unwrap_or(0), child)
}

/// What a page costs of a list that is mostly much shorter than a page. How many there really are counts when the answer is made.
pub fn short_list_cost(first: Option<i32>, last: Option<i32>, usual: usize, child: usize) -> usize {
    match first.or(last) {
        None => 1 + times(usual, child),
        size => list_cost(size, None, child),
    }
}

/// What so many items cost. It never overflows, however deep lists are in lists, and leaves room to be added to.
pub fn times(items: usize, child: usize) -> usize {
    const TOO_MUCH: usize = u32::MAX as usize;
    items.saturating_mul(child).min(TOO_MUCH)
}

/// What a text of some KiB costs; one of some hundred characters costs nothing more than itself.
pub const TEXT_COST: usize = 4;
/// What a change costs that is one of many: a request has room for one mutation of as many as there may be.
pub const CHANGE_COST: usize = 20;
/// What a script costs.
pub const SCRIPT_COST: usize = 20;

/// A page that is asked for. The cursor holds the key, so that pages neither repeat nor skip what was there all the time,
/// whatever comes or goes.
struct Asked<K> {
    size: usize,
    from_the_end: bool,
    after: Option<K>,
    before: Option<K>,
    skip: usize,
}

impl<K: CursorKey> Asked<K> {
    fn of(arguments: &PageArguments, tag: ListTag) -> Result<Self> {
        let size = match (arguments.first, arguments.last) {
            (Some(_), Some(_)) => {
                return Err(ErrorCode::BadUserInput.error("give first or last, not both"));
            }
            (first, last) => first.or(last).unwrap_or(DEFAULT_PAGE),
        };
        if !(1..=MAX_PAGE).contains(&size) {
            let message = format!("a page has 1 to {MAX_PAGE} items, not {size}");
            return Err(ErrorCode::LimitExceeded.error(message));
        }
        let key = |cursor: &Option<String>| {
            let key = |cursor| decode(tag, cursor);
            cursor.as_deref().map(key).transpose()
        };
        Ok(Self {
            size: usize::try_from(size).unwrap_or(1),
            from_the_end: arguments.last.is_some(),
            after: key(&arguments.after)?,
            before: key(&arguments.before)?,
            skip: skipped(arguments)?,
        })
    }
}

impl<K> Asked<K> {
    fn as_ref(&self) -> Asked<&K> {
        Asked {
            size: self.size,
            from_the_end: self.from_the_end,
            after: self.after.as_ref(),
            before: self.before.as_ref(),
            skip: self.skip,
        }
    }

    fn map<T>(self, key: impl Fn(K) -> T) -> Asked<T> {
        Asked {
            size: self.size,
            from_the_end: self.from_the_end,
            after: self.after.map(&key),
            before: self.before.map(&key),
            skip: self.skip,
        }
    }
}

/// How many items a page passes over. A place that is named by a number is one from the start, and no cursor's.
fn skipped(arguments: &PageArguments) -> Result<usize> {
    let Some(skip) = arguments.skip else {
        return Ok(0);
    };
    if arguments.after.is_some() || arguments.before.is_some() || arguments.last.is_some() {
        return Err(ErrorCode::BadUserInput.error(
            "skip counts from the start: give it with first, without after, before and last",
        ));
    }
    if !(0..=MAX_SKIP).contains(&skip) {
        let message = format!(
            "a page begins behind 0 to {MAX_SKIP} items, not {skip}: go on with a cursor, or filter"
        );
        return Err(ErrorCode::LimitExceeded.error(message));
    }
    Ok(usize::try_from(skip).unwrap_or(0))
}

/// A page of what was computed as a whole, sorted by a key.
pub fn page_of<T, K: CursorKey, N: OutputType>(
    arguments: &PageArguments,
    all: &[T],
    key: impl Fn(&T) -> K,
    node: impl Fn(&T) -> Option<N>,
) -> Result<Page<N>> {
    page_in(arguments, ListTag::of(&N::type_name(), ""), all, key, node)
}

fn page_in<T, K: CursorKey, N: OutputType>(
    arguments: &PageArguments,
    tag: ListTag,
    all: &[T],
    key: impl Fn(&T) -> K,
    node: impl Fn(&T) -> Option<N>,
) -> Result<Page<N>> {
    let asked = Asked::of(arguments, tag)?;
    let start = (asked.after).map_or(0, |after| all.partition_point(|item| key(item) <= after));
    let end = (asked.before).map_or(all.len(), |before| {
        all.partition_point(|item| key(item) < before)
    });
    let within = start.min(end)..end;
    let chosen = if asked.from_the_end {
        within.end.saturating_sub(asked.size).max(within.start)..within.end
    } else {
        let start = (within.start + asked.skip).min(within.end);
        start..(start + asked.size).min(within.end)
    };
    let is_empty = chosen.is_empty();
    let beyond = Known {
        has_previous: chosen.start > 0 && !is_empty,
        has_next: chosen.end < all.len() && !is_empty,
        total: Some(all.len()),
        end: None,
    };
    let nodes = all[chosen]
        .iter()
        .filter_map(|item| Some((key(item), node(item)?)));
    Ok(Page::new(tag, nodes, beyond))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn ids(n: u128) -> Vec<Uuid> {
        (1..=n).map(Uuid::from_u128).collect()
    }

    fn ask(ids: &[Uuid], arguments: &PageArguments) -> (Vec<i32>, bool, bool) {
        let node = |id: &Uuid| i32::try_from(id.as_u128()).ok();
        let page = page_of(arguments, ids, |id| *id, node).unwrap();
        let nodes = page.edges.iter().map(|edge| edge.node).collect();
        (nodes, page.beyond.has_previous(), page.beyond.has_next())
    }

    fn arguments(first: Option<i32>, last: Option<i32>) -> PageArguments {
        PageArguments {
            first,
            after: None,
            last,
            before: None,
            skip: None,
        }
    }

    fn behind(skip: i32, first: i32) -> PageArguments {
        PageArguments {
            skip: Some(skip),
            ..arguments(Some(first), None)
        }
    }

    #[test]
    fn a_page_begins_behind_as_many_items_as_are_passed_over() {
        let all = ids(5);
        assert_eq!(ask(&all, &behind(0, 2)), (vec![1, 2], false, true));
        assert_eq!(ask(&all, &behind(2, 2)), (vec![3, 4], true, true));
        assert_eq!(ask(&all, &behind(4, 2)), (vec![5], true, false));
        assert_eq!(ask(&all, &behind(MAX_SKIP, 2)), (vec![], false, false));
        assert_eq!(skip_cost(None), 0);
        assert_eq!(skip_cost(Some(MAX_SKIP)), 200);
    }

    #[test]
    fn pages_go_both_ways_and_know_what_is_beyond() {
        let all = ids(5);
        let tag = ListTag::of(&i32::type_name(), "");
        assert_eq!(
            ask(&all, &arguments(Some(2), None)),
            (vec![1, 2], false, true)
        );
        let second = PageArguments {
            after: Some(encode(tag, all[1])),
            ..arguments(Some(2), None)
        };
        assert_eq!(ask(&all, &second), (vec![3, 4], true, true));
        let third = PageArguments {
            after: Some(encode(tag, all[3])),
            ..arguments(Some(2), None)
        };
        assert_eq!(ask(&all, &third), (vec![5], true, false));
        assert_eq!(
            ask(&all, &arguments(None, Some(2))),
            (vec![4, 5], true, false)
        );
        let back = PageArguments {
            before: Some(encode(tag, all[3])),
            ..arguments(None, Some(2))
        };
        assert_eq!(ask(&all, &back), (vec![2, 3], true, true));
        assert_eq!(ask(&[], &arguments(None, None)), (vec![], false, false));
    }

    #[test]
    fn impossible_pages_are_refused() {
        for (first, last) in [
            (Some(0), None),
            (Some(101), None),
            (Some(-1), None),
            (Some(1), Some(1)),
        ] {
            assert!(page_of(&arguments(first, last), &ids(3), |id| *id, |_| Some(0)).is_err());
        }
        let of_others = encode(ListTag::of("Computer", "NAME"), Uuid::from_u128(1));
        for bad in ["nonsense", "", "AAAA", &of_others] {
            let bad = PageArguments {
                after: Some(bad.into()),
                ..arguments(None, None)
            };
            assert!(page_of(&bad, &ids(3), |id| *id, |_| Some(0)).is_err());
        }
        let cursor = || {
            Some(encode(
                ListTag::of(&i32::type_name(), ""),
                Uuid::from_u128(1),
            ))
        };
        let with_after = PageArguments {
            after: cursor(),
            ..behind(1, 1)
        };
        let with_before = PageArguments {
            before: cursor(),
            ..behind(1, 1)
        };
        let with_last = PageArguments {
            skip: Some(1),
            ..arguments(None, Some(1))
        };
        for bad in [
            behind(-1, 1),
            behind(MAX_SKIP + 1, 1),
            with_after,
            with_before,
            with_last,
        ] {
            assert!(page_of(&bad, &ids(3), |id| *id, |_| Some(0)).is_err());
        }
    }
}
