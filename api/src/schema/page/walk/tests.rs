use super::*;
use crate::auth::Authenticated;
use crate::schema::page::cursor::encode;
use std::sync::atomic::{AtomicUsize, Ordering};
use upkeep_domain::access::Principal;
use uuid::Uuid;

type Source = Box<dyn for<'v> Fn(&'v View, Within<u64>) -> Walk<'v, u64> + Send + Sync>;
type Fits = Box<dyn Fn(&Request, &Arc<View>, u64) -> bool + Send + Sync>;

/// The keys from 1 on that a step divides; counts those that are walked over.
fn list(size: u64, step: u64, visited: &Arc<AtomicUsize>) -> List<Source, Fits> {
    let visited = visited.clone();
    let view = Arc::new(View::default());
    let caller = Authenticated::Principal(Principal::Operator);
    List {
        request: Arc::new(Request::new(caller, view.clone())),
        view,
        source: Box::new(move |_, (start, end)| {
            let start = match start {
                Bound::Excluded(key) => key + 1,
                Bound::Included(key) => key,
                Bound::Unbounded => 1,
            };
            let end = match end {
                Bound::Excluded(key) => key,
                Bound::Included(key) => key + 1,
                Bound::Unbounded => size + 1,
            };
            let visited = visited.clone();
            Box::new((start..end).inspect(move |_| {
                visited.fetch_add(1, Ordering::Relaxed);
            }))
        }),
        fits: Box::new(move |_, _, key| key % step == 0),
    }
}

/// The page, and what it says is before and behind it and altogether.
fn ask(
    (size, step): (u64, u64),
    arguments: &PageArguments,
    direction: OrderDirection,
) -> (Vec<u64>, (bool, bool), Option<usize>) {
    let list = list(size, step, &Arc::default());
    let page = page_of_list(list, arguments, direction, Some).unwrap();
    let nodes = page.edges.iter().map(|edge| edge.node).collect();
    let beyond = (page.beyond.has_previous(), page.beyond.has_next());
    (nodes, beyond, page.beyond.total())
}

const ASC: OrderDirection = OrderDirection::Asc;
const DESC: OrderDirection = OrderDirection::Desc;

fn tag(direction: OrderDirection) -> ListTag {
    let order = if direction == DESC { "DESC" } else { "" };
    ListTag::of(&u64::type_name(), order)
}

fn cursor(key: u64) -> String {
    encode(tag(ASC), key)
}

fn forwards(first: i32, after: Option<u64>) -> PageArguments {
    PageArguments {
        first: Some(first),
        after: after.map(cursor),
        last: None,
        before: None,
        skip: None,
    }
}

fn backwards(last: i32, before: Option<u64>) -> PageArguments {
    PageArguments {
        first: None,
        after: None,
        last: Some(last),
        before: before.map(cursor),
        skip: None,
    }
}

#[test]
fn pages_one_after_another_are_the_whole_list_forwards_and_backwards() {
    for direction in [ASC, DESC] {
        for size in [0, 1, 2, 7, 60] {
            for step in [1, 2, 3, 7, 50, 100] {
                for at_once in [1, 2, 3, 50, 100] {
                    go_through((size, step), at_once, direction);
                }
            }
        }
    }
}

/// Page by page from the beginning, and from the end.
fn go_through((size, step): (u64, u64), at_once: i32, direction: OrderDirection) {
    let mut all: Vec<u64> = (1..=size).filter(|key| key % step == 0).collect();
    if direction == DESC {
        all.reverse();
    }
    let cursor = |key: Option<&u64>| key.map(|key| encode(tag(direction), *key));
    let mut told: Vec<u64> = vec![];
    loop {
        let asked = PageArguments {
            after: cursor(told.last()),
            ..forwards(at_once, None)
        };
        let (page, (previous, next), total) = ask((size, step), &asked, direction);
        assert_eq!(total, Some(all.len()));
        assert_eq!(previous, !page.is_empty() && !told.is_empty());
        told.extend(&page);
        assert_eq!(next, !page.is_empty() && told.len() < all.len());
        if !next {
            break;
        }
    }
    assert_eq!(told, all);
    let mut told: Vec<u64> = vec![];
    loop {
        let asked = PageArguments {
            before: cursor(told.first()),
            ..backwards(at_once, None)
        };
        let (page, (previous, next), _) = ask((size, step), &asked, direction);
        assert_eq!(next, !page.is_empty() && !told.is_empty());
        told.splice(0..0, page.iter().copied());
        assert_eq!(previous, !page.is_empty() && told.len() < all.len());
        if !previous {
            break;
        }
    }
    assert_eq!(told, all);
}

#[test]
fn a_page_is_what_cutting_the_whole_list_gives() {
    let size = 12;
    let all: Vec<u64> = (1..=size).collect();
    let cursors = || std::iter::once(None).chain((0..=size + 1).map(Some));
    for after in cursors() {
        for before in cursors() {
            for (first, last) in [(Some(3), None), (None, Some(3)), (None, None)] {
                let arguments = PageArguments {
                    first,
                    after: after.map(cursor),
                    last,
                    before: before.map(cursor),
                    skip: None,
                };
                let cut =
                    crate::schema::page::page_of(&arguments, &all, |key| *key, |key| Some(*key))
                        .unwrap();
                let (page, (previous, next), total) = ask((size, 1), &arguments, ASC);
                assert!(page.iter().eq(cut.edges.iter().map(|edge| &edge.node)));
                assert_eq!(previous, cut.beyond.has_previous());
                assert_eq!(next, cut.beyond.has_next());
                assert_eq!(total, cut.beyond.total());
            }
        }
    }
}

#[test]
fn a_page_that_begins_behind_some_items_is_where_pages_one_after_another_come_to() {
    for direction in [ASC, DESC] {
        let mut all: Vec<u64> = (1..=30).filter(|key| key % 3 == 0).collect();
        if direction == DESC {
            all.reverse();
        }
        for skip in 0..12 {
            let asked = PageArguments {
                skip: i32::try_from(skip).ok(),
                ..forwards(4, None)
            };
            let (page, (previous, next), total) = ask((30, 3), &asked, direction);
            let expected = all.iter().skip(skip).take(4);
            assert!(page.iter().eq(expected), "{direction:?} {skip}: {page:?}");
            assert_eq!(previous, skip > 0 && skip < all.len());
            assert_eq!(next, skip + 4 < all.len());
            assert_eq!(total, Some(all.len()));
        }
    }
}

#[test]
fn a_page_of_many_costs_the_page() {
    let visited = Arc::new(AtomicUsize::new(0));
    for arguments in [
        forwards(50, None),
        forwards(50, Some(5_000)),
        backwards(50, None),
        backwards(50, Some(5_000)),
    ] {
        visited.store(0, Ordering::Relaxed);
        let page = page_of_list(list(10_000, 1, &visited), &arguments, ASC, Some).unwrap();
        assert_eq!(page.edges.len(), 50);
        assert_eq!(visited.load(Ordering::Relaxed), 50);
        let _ = (page.beyond.has_previous(), page.beyond.has_next());
        assert!(visited.load(Ordering::Relaxed) <= 52, "one on each side");
        assert_eq!(
            page.beyond.total(),
            Some(10_000),
            "only where it is asked for"
        );
    }
}

/// What is asked of `pageInfo`, and how many keys were walked over for it.
async fn page_info(asked: &str) -> (serde_json::Value, usize) {
    struct Query(Arc<AtomicUsize>);

    #[async_graphql::Object]
    impl Query {
        async fn list(&self) -> Result<Page<u64>> {
            let list = list(1_000, 1, &self.0);
            let page = page_of_list(list, &forwards(10, Some(500)), ASC, Some);
            self.0.store(0, Ordering::Relaxed);
            page
        }
    }

    let visited = Arc::new(AtomicUsize::new(0));
    let nothing = async_graphql::EmptyMutation;
    let schema = async_graphql::Schema::new(
        Query(visited.clone()),
        nothing,
        async_graphql::EmptySubscription,
    );
    let answer = schema
        .execute(format!("{{ list {{ pageInfo {{ {asked} }} }} }}"))
        .await;
    let told = answer.data.into_json().unwrap();
    (
        told["list"]["pageInfo"].clone(),
        visited.load(Ordering::Relaxed),
    )
}

#[tokio::test]
async fn each_side_of_a_page_is_looked_at_where_it_is_asked_for() {
    for (asked, walked) in [
        ("startCursor endCursor", 0),
        ("hasNextPage endCursor", 1),
        ("hasPreviousPage startCursor", 1),
        ("hasPreviousPage hasNextPage startCursor endCursor", 2),
    ] {
        let (told, visited) = page_info(asked).await;
        assert_eq!(visited, walked, "{asked}");
        let ends = [("startCursor", 501), ("endCursor", 510)];
        for (field, key) in ends.map(|(field, key)| (field, cursor(key))) {
            assert!(told[field].is_null() || told[field] == key, "{told}");
        }
        for field in ["hasPreviousPage", "hasNextPage"] {
            assert!(told[field].is_null() || told[field] == true, "{told}");
        }
    }
}

#[test]
fn what_is_no_cursor_and_no_size_of_a_page_is_refused() {
    let refused = |arguments: &PageArguments| {
        page_of_list(list(3, 1, &Arc::default()), arguments, ASC, Some).is_err()
    };
    assert!(refused(&forwards(0, None)));
    assert!(refused(&backwards(101, None)));
    let mut foreign = forwards(1, None);
    foreign.after = Some(encode(tag(ASC), Uuid::nil()));
    assert!(refused(&foreign));
}
