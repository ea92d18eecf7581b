//! In which order a list comes, if not in the order of creation.

use super::cursor::CursorKey;
use crate::request::Request;
use async_graphql::Enum;
use chrono::{DateTime, SubsecRound, Utc};
use std::cmp::Ordering;
use std::sync::Arc;
use upkeep_projections::{View, folded};

/// In which direction a list is sorted.
#[derive(Clone, Copy, PartialEq, Eq, Enum, Debug, Default)]
pub enum OrderDirection {
    /// The smallest, earliest or first in the alphabet comes first; what has no value, before all that has one.
    #[default]
    Asc,
    /// The other way round.
    Desc,
}

/// What something is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// Whatever the case.
    Text(String),
    Number(u64),
    Time(Option<DateTime<Utc>>),
    /// As long as it lasts: later than every time.
    Now,
}

impl SortKey {
    pub fn text(text: &str) -> Self {
        Self::Text(folded(text))
    }

    /// Cut to microseconds, which is what a cursor holds.
    pub fn time(time: Option<DateTime<Utc>>) -> Self {
        Self::Time(time.map(|time| time.trunc_subsecs(6)))
    }

    /// When something was last; what is still so has no time that another page would know.
    pub fn last(time: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match time {
            Some(time) if time >= now => Self::Now,
            time => Self::time(time),
        }
    }
}

type RankOf<I> = Box<dyn Fn(&Request, &Arc<View>, I) -> SortKey + Send + Sync>;

/// The order of a list of items.
pub struct Order<I> {
    /// Of which order a cursor is.
    pub(super) name: &'static str,
    pub(super) direction: OrderDirection,
    /// None is the order of creation, which costs no sorting.
    pub(super) rank: Option<RankOf<I>>,
}

impl<I> Order<I> {
    pub fn of_creation(direction: OrderDirection) -> Self {
        Self {
            name: "",
            direction,
            rank: None,
        }
    }

    pub fn by(
        name: &'static str,
        direction: OrderDirection,
        rank: impl Fn(&Request, &Arc<View>, I) -> SortKey + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            direction,
            rank: Some(Box::new(rank)),
        }
    }
}

/// Where something stands in a sorted list: by its rank, among equals in the order of creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked<K, R = SortKey> {
    pub rank: R,
    pub key: K,
    pub direction: OrderDirection,
}

impl<K: Ord, R: Ord> Ord for Ranked<K, R> {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = (&self.rank, &self.key).cmp(&(&other.rank, &other.key));
        match self.direction {
            OrderDirection::Asc => ascending,
            OrderDirection::Desc => ascending.reverse(),
        }
    }
}

impl<K: Ord, R: Ord> PartialOrd for Ranked<K, R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The direction, how many bytes of a text follow or which time it is, and the key.
impl<K: CursorKey> CursorKey for Ranked<K> {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.direction == OrderDirection::Desc)];
        match self.rank {
            SortKey::Text(text) => {
                bytes.push(b't');
                bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
                bytes.extend(text.into_bytes());
            }
            SortKey::Number(number) => {
                bytes.push(b'u');
                bytes.extend(number.to_be_bytes());
            }
            SortKey::Time(None) => bytes.push(b'n'),
            SortKey::Now => bytes.push(b'w'),
            SortKey::Time(Some(time)) => {
                bytes.push(b'm');
                bytes.extend(time.timestamp_micros().to_be_bytes());
            }
        }
        bytes.extend(self.key.to_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(2)?;
        let direction = match head[0] {
            0 => OrderDirection::Asc,
            _ => OrderDirection::Desc,
        };
        let (rank, key) = match head[1] {
            b't' => {
                let (length, rest) = rest.split_first_chunk()?;
                let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
                let (text, key) = rest.split_at_checked(length)?;
                (SortKey::Text(String::from_utf8(text.to_vec()).ok()?), key)
            }
            b'u' => {
                let (number, key) = rest.split_first_chunk()?;
                (SortKey::Number(u64::from_be_bytes(*number)), key)
            }
            b'n' => (SortKey::Time(None), rest),
            b'w' => (SortKey::Now, rest),
            b'm' => {
                let (micros, key) = rest.split_first_chunk()?;
                let time = DateTime::from_timestamp_micros(i64::from_be_bytes(*micros))?;
                (SortKey::Time(Some(time)), key)
            }
            _ => return None,
        };
        Some(Self {
            rank,
            key: K::from_bytes(key)?,
            direction,
        })
    }
}

/// By what a list is sorted, as it is asked for.
macro_rules! orders {
    ($($(#[$meta:meta])* $name:ident by $field:ident { $($(#[$case_meta:meta])* $case:ident,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, async_graphql::InputObject)]
        pub struct $name {
            /// By what.
            field: $field,
            /// In which direction; ASC if not given.
            direction: $crate::schema::or_default::OrDefault<$crate::schema::page::OrderDirection>,
        }

        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
        pub enum $field { $($(#[$case_meta])* $case,)* }
    )*};
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ranks() -> impl Strategy<Value = SortKey> {
        prop_oneof![
            Just(SortKey::Now),
            any::<u64>().prop_map(SortKey::Number),
            "\\PC{0,20}".prop_map(|text| SortKey::text(&text)),
            proptest::option::of(0_i64..4_000_000_000_000_000)
                .prop_map(|micros| SortKey::Time(micros.and_then(DateTime::from_timestamp_micros))),
        ]
    }

    proptest! {
        #[test]
        fn a_cursor_says_where_something_stands(rank in ranks(), key: u64, descending: bool) {
            let direction = if descending { OrderDirection::Desc } else { OrderDirection::Asc };
            let place = Ranked { rank, key, direction };
            prop_assert_eq!(Ranked::from_bytes(&place.clone().to_bytes()), Some(place));
        }

        #[test]
        fn no_bytes_of_others_are_more_than_refused(bytes: Vec<u8>) {
            let _ = Ranked::<u64>::from_bytes(&bytes);
        }
    }
}
