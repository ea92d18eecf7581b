//! Relay connections over lists that are sorted by id.

use crate::error::ErrorCode;
use async_graphql::connection::PageInfo;
use async_graphql::{Object, OutputType, Result, TypeName};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;
use uuid::Uuid;

/// The page if nothing is asked for.
pub const DEFAULT_PAGE: i32 = 50;
/// The largest page.
pub const MAX_PAGE: i32 = 100;

/// A page of a list, as Relay has it.
pub struct Page<N> {
    edges: Vec<PageEdge<N>>,
    has_previous: bool,
    has_next: bool,
    total: Option<usize>,
}

/// One item of a page.
pub struct PageEdge<N> {
    cursor: String,
    node: N,
}

impl<N> Page<N> {
    pub fn new(
        edges: impl IntoIterator<Item = (String, N)>,
        (has_previous, has_next): (bool, bool),
        total: Option<usize>,
    ) -> Self {
        let edges = edges
            .into_iter()
            .map(|(cursor, node)| PageEdge { cursor, node })
            .collect();
        Self {
            edges,
            has_previous,
            has_next,
            total,
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
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous,
            has_next_page: self.has_next,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many items there are on all pages together; nothing where counting would mean reading everything.
    async fn total_count(&self) -> Option<usize> {
        self.total
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
}

/// What a page costs: its size times one item.
pub fn list_cost(first: Option<i32>, last: Option<i32>, child: usize) -> usize {
    let size = first.or(last).unwrap_or(DEFAULT_PAGE).clamp(0, MAX_PAGE);
    1 + times(usize::try_from(size).unwrap_or(0), child)
}

/// What so many items cost. It never overflows, however deep lists are in lists, and leaves room to be added to.
pub fn times(items: usize, child: usize) -> usize {
    const TOO_MUCH: usize = u32::MAX as usize;
    items.saturating_mul(child).min(TOO_MUCH)
}

/// How many items a list that is no page counts, where nobody says how many there are: what an honest question meets. How
/// many there really are counts when the answer is made.
pub mod assumed {
    pub const AGENTS: usize = 4;
    pub const TAGS: usize = 10;
    pub const CHILDREN: usize = 20;
    pub const VERSIONS: usize = 20;
    pub const ITEMS: usize = 20;
    pub const RANKED: usize = 3;
    pub const NOT_CANDIDATES: usize = 3;
    pub const ACTIONS: usize = 10;
    pub const RUNS: usize = 4;
    pub const WAYS: usize = 5;
    pub const ADDITIONS: usize = 50;
}

/// What a text of some KiB costs; one of some hundred characters costs nothing more than itself.
pub const TEXT_COST: usize = 4;
/// What a script costs.
pub const SCRIPT_COST: usize = 20;

/// A page of things that are sorted by their ids. The cursor holds the id, so that pages neither repeat nor skip
/// what was there all the time, whatever comes or goes.
pub fn page<N: OutputType>(
    arguments: &PageArguments,
    ids: &[Uuid],
    node: impl Fn(Uuid) -> Option<N>,
) -> Result<Page<N>> {
    page_of(arguments, ids, |id| *id, |id| node(*id))
}

/// What a cursor can hold: a fixed number of bytes, ordered as the list is.
pub trait CursorKey: Ord + Copy {
    fn to_bytes(self) -> Vec<u8>;
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl CursorKey for Uuid {
    fn to_bytes(self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_slice(bytes).ok()
    }
}

/// A place in a list that never changes.
impl CursorKey for u64 {
    fn to_bytes(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl<A: CursorKey> CursorKey for (A, Uuid) {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.0.to_bytes();
        bytes.extend(self.1.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, second) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
        Some((
            A::from_bytes(first)?,
            Uuid::from_bytes(second.try_into().ok()?),
        ))
    }
}

/// A page of things that are sorted by a key.
pub fn page_of<T, K: CursorKey, N: OutputType>(
    arguments: &PageArguments,
    all: &[T],
    key: impl Fn(&T) -> K,
    node: impl Fn(&T) -> Option<N>,
) -> Result<Page<N>> {
    let bad = |message: String| Err(ErrorCode::BadUserInput.error(message));
    let size = match (arguments.first, arguments.last) {
        (Some(_), Some(_)) => return bad("give first or last, not both".into()),
        (first, last) => first.or(last).unwrap_or(DEFAULT_PAGE),
    };
    if !(1..=MAX_PAGE).contains(&size) {
        let message = format!("a page has 1 to {MAX_PAGE} items, not {size}");
        return Err(ErrorCode::LimitExceeded.error(message));
    }
    let size = usize::try_from(size).unwrap_or(1);
    let start = match &arguments.after {
        None => 0,
        Some(cursor) => {
            let after = decode(cursor)?;
            all.partition_point(|item| key(item) <= after)
        }
    };
    let end = match &arguments.before {
        None => all.len(),
        Some(cursor) => {
            let before = decode(cursor)?;
            all.partition_point(|item| key(item) < before)
        }
    };
    let within = start.min(end)..end;
    let chosen = if arguments.last.is_some() {
        within.end.saturating_sub(size).max(within.start)..within.end
    } else {
        within.start..(within.start + size).min(within.end)
    };
    let is_empty = chosen.is_empty();
    let has_previous = chosen.start > 0 && !is_empty;
    let has_next = chosen.end < all.len() && !is_empty;
    let edges = all[chosen]
        .iter()
        .filter_map(|item| Some((encode(key(item)), node(item)?)));
    Ok(Page::new(edges, (has_previous, has_next), Some(all.len())))
}

fn encode(key: impl CursorKey) -> String {
    URL_SAFE_NO_PAD.encode(key.to_bytes())
}

fn decode<K: CursorKey>(cursor: &str) -> Result<K> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| K::from_bytes(&bytes))
        .ok_or_else(|| {
            ErrorCode::BadUserInput.error("the cursor is not one of ours: use one from an answer")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(n: u128) -> Vec<Uuid> {
        (1..=n).map(Uuid::from_u128).collect()
    }

    fn ask(ids: &[Uuid], arguments: &PageArguments) -> (Vec<i32>, bool, bool) {
        let page = page(arguments, ids, |id| i32::try_from(id.as_u128()).ok()).unwrap();
        let nodes = page.edges.iter().map(|edge| edge.node).collect();
        (nodes, page.has_previous, page.has_next)
    }

    fn arguments(first: Option<i32>, last: Option<i32>) -> PageArguments {
        PageArguments {
            first,
            after: None,
            last,
            before: None,
        }
    }

    #[test]
    fn pages_go_both_ways_and_know_what_is_beyond() {
        let all = ids(5);
        assert_eq!(
            ask(&all, &arguments(Some(2), None)),
            (vec![1, 2], false, true)
        );
        let second = PageArguments {
            after: Some(encode(all[1])),
            ..arguments(Some(2), None)
        };
        assert_eq!(ask(&all, &second), (vec![3, 4], true, true));
        let third = PageArguments {
            after: Some(encode(all[3])),
            ..arguments(Some(2), None)
        };
        assert_eq!(ask(&all, &third), (vec![5], true, false));
        assert_eq!(
            ask(&all, &arguments(None, Some(2))),
            (vec![4, 5], true, false)
        );
        let back = PageArguments {
            before: Some(encode(all[3])),
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
            assert!(page(&arguments(first, last), &ids(3), |_| Some(0)).is_err());
        }
        let bad = PageArguments {
            after: Some("nonsense".into()),
            ..arguments(None, None)
        };
        assert!(page(&bad, &ids(3), |_| Some(0)).is_err());
    }
}
