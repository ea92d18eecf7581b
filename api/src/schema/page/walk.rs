//! Pages of lists that are walked from a cursor: a page costs what is passed on the way, not what there is. What is before and
//! behind it, and how many there are, is found out only where it is asked for.

use super::cursor::{ListTag, Standing};
use super::order::{Order, OrderDirection, Ranked};
use super::selection::page_of_ranked;
use super::{Asked, Beyond, Page, PageArguments};
use crate::request::Request;
use async_graphql::{Context, OutputType, Result};
use std::ops::Bound;
use std::sync::{Arc, OnceLock};
use upkeep_projections::{View, Within};

/// The keys of what a list goes through, between two of them, in their order.
pub type Walk<'a, K> = Box<dyn DoubleEndedIterator<Item = K> + 'a>;

/// A list in a view: what is walked through, and what of that is in it.
struct List<S, F> {
    request: Arc<Request>,
    view: Arc<View>,
    source: S,
    fits: F,
}

/// A page of such a list, by its ends, for what is asked of what is beyond.
struct Ends<L, K> {
    list: L,
    outermost: Option<(K, K)>,
    /// Counted once, however often it is asked for.
    total: OnceLock<usize>,
}

/// Everything.
fn all<K>() -> Within<K> {
    (Bound::Unbounded, Bound::Unbounded)
}

impl<S, F> List<S, F> {
    /// What is in the list between two keys.
    fn between<'a, K: Standing + 'a>(
        &'a self,
        within: Within<K>,
    ) -> impl DoubleEndedIterator<Item = K> + 'a
    where
        S: for<'v> Fn(&'v View, Within<K>) -> Walk<'v, K>,
        F: Fn(&Request, &Arc<View>, K::Item) -> bool,
    {
        (self.source)(&self.view, within)
            .filter(|key| (self.fits)(&self.request, &self.view, key.item()))
    }
}

impl<K, S, F> Beyond for Ends<List<S, F>, K>
where
    K: Standing + Send + Sync,
    S: for<'v> Fn(&'v View, Within<K>) -> Walk<'v, K> + Send + Sync,
    F: Fn(&Request, &Arc<View>, K::Item) -> bool + Send + Sync,
{
    fn has_previous(&self) -> bool {
        self.outermost.is_some_and(|(first, _)| {
            let before = (Bound::Unbounded, Bound::Excluded(first));
            self.list.between(before).next_back().is_some()
        })
    }

    fn has_next(&self) -> bool {
        self.outermost.is_some_and(|(_, last)| {
            let behind = (Bound::Excluded(last), Bound::Unbounded);
            self.list.between(behind).next().is_some()
        })
    }

    fn total(&self) -> Option<usize> {
        let count = || self.list.between(all()).count();
        Some(*self.total.get_or_init(count))
    }
}

/// What is beyond a page that is shown the other way round.
struct Turned<B>(B);

impl<B: Beyond> Beyond for Turned<B> {
    fn has_previous(&self) -> bool {
        self.0.has_next()
    }

    fn has_next(&self) -> bool {
        self.0.has_previous()
    }

    fn total(&self) -> Option<usize> {
        self.0.total()
    }
}

/// A page of what a view has in the order of its keys. `source` walks through keys between two of them, `fits` says which the
/// caller asked for and may see, and `node` shows one.
pub fn walk<K, N>(
    context: &Context<'_>,
    view: &Arc<View>,
    arguments: &PageArguments,
    source: impl for<'v> Fn(&'v View, Within<K>) -> Walk<'v, K> + Send + Sync + 'static,
    fits: impl Fn(&Request, &Arc<View>, K::Item) -> bool + Send + Sync + 'static,
    node: impl Fn(K::Item) -> Option<N>,
) -> Result<Page<N>>
where
    K: Standing + Send + Sync + 'static,
    N: OutputType,
{
    let order = Order::of_creation(OrderDirection::Asc);
    walk_in(order, context, view, arguments, source, fits, node)
}

/// The same in another order. What is not in the order of creation is looked at as a whole for each page.
pub fn walk_in<K, N>(
    order: Order<K::Item>,
    context: &Context<'_>,
    view: &Arc<View>,
    arguments: &PageArguments,
    source: impl for<'v> Fn(&'v View, Within<K>) -> Walk<'v, K> + Send + Sync + 'static,
    fits: impl Fn(&Request, &Arc<View>, K::Item) -> bool + Send + Sync + 'static,
    node: impl Fn(K::Item) -> Option<N>,
) -> Result<Page<N>>
where
    K: Standing + Send + Sync + 'static,
    N: OutputType,
{
    let list = List {
        request: Request::shared(context),
        view: view.clone(),
        source,
        fits,
    };
    let Order {
        name,
        direction,
        rank,
    } = order;
    let Some(rank) = rank else {
        return page_of_list(list, arguments, direction, node);
    };
    let ranked = |key: K| Ranked {
        rank: rank(&list.request, &list.view, key.item()),
        key,
        direction,
    };
    let ranked = list.between(all()).map(ranked).collect();
    let tag = ListTag::in_order::<N>(name, direction);
    let asked = Asked::of(arguments, tag)?;
    let show = |ranked: &Ranked<K>| Some((ranked.clone(), node(ranked.key.item())?));
    Ok(page_of_ranked(tag, &asked, ranked, show))
}

fn page_of_list<K, N, S, F>(
    list: List<S, F>,
    arguments: &PageArguments,
    direction: OrderDirection,
    node: impl Fn(K::Item) -> Option<N>,
) -> Result<Page<N>>
where
    K: Standing + Send + Sync + 'static,
    N: OutputType,
    S: for<'v> Fn(&'v View, Within<K>) -> Walk<'v, K> + Send + Sync + 'static,
    F: Fn(&Request, &Arc<View>, K::Item) -> bool + Send + Sync + 'static,
{
    let is_turned = direction == OrderDirection::Desc;
    let tag = ListTag::in_order::<N>("", direction);
    let mut asked = Asked::of(arguments, tag)?;
    if is_turned {
        asked.from_the_end = !asked.from_the_end;
        std::mem::swap(&mut asked.after, &mut asked.before);
    }
    let within = (
        asked.after.map_or(Bound::Unbounded, Bound::Excluded),
        asked.before.map_or(Bound::Unbounded, Bound::Excluded),
    );
    let keys: Vec<K> = if asked.from_the_end {
        let from_the_end = list.between(within).rev();
        let mut keys: Vec<K> = from_the_end.skip(asked.skip).take(asked.size).collect();
        keys.reverse();
        keys
    } else {
        let from_the_start = list.between(within);
        from_the_start.skip(asked.skip).take(asked.size).collect()
    };
    let outermost = keys.first().copied().zip(keys.last().copied());
    let mut nodes: Vec<(K, N)> = (keys.into_iter())
        .filter_map(|key| Some((key, node(key.item())?)))
        .collect();
    let ends = Ends {
        list,
        outermost,
        total: OnceLock::new(),
    };
    if is_turned {
        nodes.reverse();
        return Ok(Page::new(tag, nodes, Turned(ends)));
    }
    Ok(Page::new(tag, nodes, ends))
}

#[cfg(test)]
mod tests;
