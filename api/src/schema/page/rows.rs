//! Pages of lists whose items stand beside each other in memory with what they are sorted by.

use super::cursor::{CursorKey, ListTag};
use super::order::{OrderDirection, Ranked, SortKey};
use super::selection::page_of_ranked;
use super::{Asked, Page, PageArguments};
use async_graphql::{OutputType, Result};
use chrono::{DateTime, SubsecRound, Utc};
use upkeep_projections::{Caseless, head_of};

/// What a row is sorted by, where it stands.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    Text(&'a Caseless),
    Number(u64),
    Time(Option<DateTime<Utc>>),
    /// As long as it lasts: later than every time.
    Now,
}

/// The same, to be compared: a number, and the whole of a text. What is no text has none, not an empty one: these are compared by a
/// call into the C library, which at the address of nothing takes a hundred times as long (AVX-512).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weight<'a>(u128, Option<&'a str>);

impl<'a> By<'a> {
    fn weight(self) -> Weight<'a> {
        match self {
            Self::Text(text) => Weight(text.head(), Some(text.as_str())),
            Self::Number(number) => Weight(number.into(), None),
            Self::Time(time) => Weight::of_time(time),
            Self::Now => Weight::NOW,
        }
    }

    fn sort_key(self) -> SortKey {
        match self {
            Self::Text(text) => SortKey::Text(text.as_str().to_owned()),
            Self::Number(number) => SortKey::Number(number),
            Self::Time(time) => SortKey::time(time),
            Self::Now => SortKey::Now,
        }
    }
}

impl<'a> Weight<'a> {
    const NOW: Self = Self(u128::MAX, None);

    /// As cursors hold it: to the microsecond.
    fn of_time(time: Option<DateTime<Utc>>) -> Self {
        let micros = time.map(|time| time.trunc_subsecs(6).timestamp_micros());
        // Behind what has no time, in the order of the numbers.
        let rank = micros.map_or(0, |micros| 1 + u128::from(micros.abs_diff(i64::MIN)));
        Self(rank, None)
    }

    fn of_key(key: &'a SortKey) -> Self {
        match key {
            SortKey::Text(text) => Self(head_of(text), Some(text)),
            SortKey::Number(number) => Self((*number).into(), None),
            SortKey::Time(time) => Self::of_time(*time),
            SortKey::Now => Self::NOW,
        }
    }
}

/// The order of a list of rows.
pub struct RowOrder<'a, R> {
    /// Of which order a cursor is.
    name: &'static str,
    direction: OrderDirection,
    rank: RankOf<'a, R>,
}

type RankOf<'a, R> = Box<dyn Fn(&'a R) -> By<'a> + 'a>;

impl<'a, R> RowOrder<'a, R> {
    pub fn by(
        name: &'static str,
        direction: OrderDirection,
        rank: impl Fn(&'a R) -> By<'a> + 'a,
    ) -> Self {
        Self {
            name,
            direction,
            rank: Box::new(rank),
        }
    }
}

/// A page of rows, which are in the order of their places.
pub fn page_of_rows<'a, R, K: CursorKey + Copy, N: OutputType>(
    arguments: &PageArguments,
    order: RowOrder<'a, R>,
    rows: &[&'a R],
    place: impl Fn(&R) -> K,
    node: impl Fn(&'a R) -> Option<N>,
) -> Result<Page<N>> {
    let RowOrder {
        name,
        direction,
        rank,
    } = order;
    let tag = ListTag::in_order::<N>(name, direction);
    let asked: Asked<Ranked<K>> = Asked::of(arguments, tag)?;
    let asked = asked.as_ref().map(|known| Ranked {
        rank: Weight::of_key(&known.rank),
        key: known.key,
        direction: known.direction,
    });
    let ranked = |row: &&'a R| Ranked {
        rank: rank(row).weight(),
        key: place(row),
        direction,
    };
    let all = rows.iter().map(ranked).collect();
    Ok(page_of_ranked(tag, &asked, all, |ranked| {
        let at = rows.binary_search_by_key(&ranked.key, |row| place(row));
        let row = *rows.get(at.ok()?)?;
        let standing = Ranked {
            rank: rank(row).sort_key(),
            key: ranked.key,
            direction,
        };
        Some((standing, node(row)?))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::Strategy;
    use upkeep_domain::kernel::ids::ComputerId;
    use upkeep_event_store::Position;
    use upkeep_projections::Place;
    use uuid::Uuid;

    #[derive(Debug)]
    struct Thing {
        place: Place<ComputerId>,
        number: i32,
        name: Caseless,
        time: Option<DateTime<Utc>>,
        lasts: bool,
    }

    impl Thing {
        fn by_time(&self) -> By<'_> {
            if self.lasts {
                By::Now
            } else {
                By::Time(self.time)
            }
        }
    }

    fn things() -> impl Strategy<Value = Vec<Thing>> {
        let times = proptest::option::of(-3_i64..3);
        let one = ("[abB]{0,18}", times, any::<bool>());
        proptest::collection::vec(one, 0..20).prop_map(|all| {
            let numbered = (1_i32..).zip(all);
            let thing = |(number, (name, time, lasts)): (i32, (String, Option<i64>, bool))| Thing {
                place: Place {
                    made_at: Position(u64::from(number.unsigned_abs())),
                    // Ids are in no order.
                    id: ComputerId(Uuid::from_u128(u128::from(number.unsigned_abs() ^ 5))),
                },
                number,
                name: Caseless::of(&name),
                time: time.and_then(|seconds| DateTime::from_timestamp(seconds, 1)),
                lasts,
            };
            numbered.map(thing).collect()
        })
    }

    fn order<'a>(field: u8, direction: OrderDirection) -> RowOrder<'a, Thing> {
        match field {
            0 => RowOrder::by("NUMBER", direction, |thing: &Thing| {
                By::Number(u64::from(thing.number.unsigned_abs()))
            }),
            1 => RowOrder::by("NAME", direction, |thing: &Thing| By::Text(&thing.name)),
            _ => RowOrder::by("TIME", direction, Thing::by_time),
        }
    }

    fn sorted(things: &[Thing], field: u8, direction: OrderDirection) -> Vec<i32> {
        let mut all: Vec<&Thing> = things.iter().collect();
        all.sort_by(|one, other| {
            let ascending = match field {
                0 => std::cmp::Ordering::Equal,
                1 => one.name.as_str().cmp(other.name.as_str()),
                _ => one.by_time().sort_key().cmp(&other.by_time().sort_key()),
            };
            let ascending = ascending.then(one.place.cmp(&other.place));
            match direction {
                OrderDirection::Asc => ascending,
                OrderDirection::Desc => ascending.reverse(),
            }
        });
        all.into_iter().map(|thing| thing.number).collect()
    }

    proptest! {
        #[test]
        fn pages_are_stretches_of_the_sorted_list(things in things(), field in 0_u8..3, descending: bool) {
            let direction = if descending { OrderDirection::Desc } else { OrderDirection::Asc };
            let expected = sorted(&things, field, direction);
            let page = |arguments: &PageArguments| {
                let rows: Vec<&Thing> = things.iter().collect();
                page_of_rows(arguments, order(field, direction), &rows, |thing| thing.place, |thing| Some(thing.number)).unwrap()
            };
            let numbers = |page: &Page<i32>| -> Vec<i32> { page.edges.iter().map(|edge| edge.node).collect() };
            let (mut behind, mut before) = (vec![], vec![]);
            let (mut after, mut ahead) = (None, None);
            for n in (0..expected.len()).step_by(3) {
                let none = PageArguments { first: None, after: None, last: None, before: None, skip: None };
                let first = Some(3);
                let skip = i32::try_from(n).ok();
                let skipping = page(&PageArguments { first, skip, ..none });
                prop_assert_eq!(numbers(&skipping), &expected[n..expected.len().min(n + 3)]);
                prop_assert_eq!(skipping.beyond.total(), Some(expected.len()));
                prop_assert_eq!(skipping.beyond.has_previous(), n > 0);
                prop_assert_eq!(skipping.beyond.has_next(), n + 3 < expected.len());
                let going_on = page(&PageArguments { first, after: after.take(), last: None, before: None, skip: None });
                after = going_on.edges.last().map(|edge| edge.cursor.clone());
                behind.extend(numbers(&going_on));
                let coming_back = page(&PageArguments { first: None, after: None, last: first, before: ahead.take(), skip: None });
                ahead = coming_back.edges.first().map(|edge| edge.cursor.clone());
                before.splice(0..0, numbers(&coming_back));
            }
            prop_assert_eq!(&behind, &expected);
            prop_assert_eq!(&before, &expected);
        }
    }
}
