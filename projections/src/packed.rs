//! An ordered map of many small things: persistent, as those of `imbl` are, but packed. It takes little more than what is in it, however
//! it came to be, and a change copies one block.

use crate::index::{Within, is_something};
use imbl::OrdMap;
use std::iter::once;
use std::ops::Bound;
use std::sync::Arc;

/// Most entries of one block.
const BLOCK: usize = 16;
/// Blocks that are smaller are joined with the one before them, if both fit into one.
const SMALL: usize = BLOCK / 4;

#[derive(Clone, Debug)]
pub struct Packed<K: Ord, V> {
    /// Each is in order, not empty, and stands under a key that is not greater than its own and greater than all before it.
    blocks: OrdMap<K, Block<K, V>>,
    len: usize,
}

type Block<K, V> = Arc<[(K, V)]>;

impl<K: Ord, V> Default for Packed<K, V> {
    fn default() -> Self {
        Self {
            blocks: OrdMap::new(),
            len: 0,
        }
    }
}

/// Wherever the blocks begin and end.
impl<K: Ord + Copy, V: Copy + PartialEq> PartialEq for Packed<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.blocks.ptr_eq(&other.blocks) || (self.len == other.len && self.iter().eq(other.iter()))
    }
}

/// What comes in the order of its keys. It fills the blocks.
impl<K: Ord + Copy, V: Copy> FromIterator<(K, V)> for Packed<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut packed = Self::default();
        packed.extend(entries);
        packed
    }
}

impl<K: Ord + Copy, V: Copy> Extend<(K, V)> for Packed<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        let mut block: Vec<(K, V)> = Vec::with_capacity(BLOCK);
        for (key, value) in entries {
            let is_behind = match (block.last(), self.blocks.get_max()) {
                (Some((last, _)), _) => key > *last,
                (None, Some((_, last))) => last.last().is_none_or(|(last, _)| key > *last),
                (None, None) => true,
            };
            if !is_behind {
                self.push(&mut block);
                self.insert(key, value);
                continue;
            }
            block.push((key, value));
            if block.len() == BLOCK {
                self.push(&mut block);
            }
        }
        self.push(&mut block);
    }
}

impl<K: Ord + Copy, V: Copy> Packed<K, V> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, key: K) -> Option<&V> {
        let (_, block) = self.blocks.get_prev(&key)?;
        let place = place_in(block, &key).ok()?;
        Some(&block[place].1)
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> {
        let blocks = self.blocks.values();
        blocks.flat_map(|block| block.iter().map(|(key, value)| (*key, value)))
    }

    /// What is between two keys.
    pub fn within(&self, within: Within<K>) -> impl DoubleEndedIterator<Item = (K, &V)> {
        let (start, end) = within;
        let first = match start {
            Bound::Unbounded => None,
            Bound::Included(key) | Bound::Excluded(key) => self.blocks.get_prev(&key),
        };
        let first = first.map_or(Bound::Unbounded, |(key, _)| Bound::Included(*key));
        let blocks = is_something(&within).then(|| self.blocks.range((first, end)));
        (blocks.into_iter().flatten()).flat_map(move |(_, block)| {
            let from = match start {
                Bound::Unbounded => 0,
                Bound::Included(start) => block.partition_point(|(key, _)| *key < start),
                Bound::Excluded(start) => block.partition_point(|(key, _)| *key <= start),
            };
            let to = match end {
                Bound::Unbounded => block.len(),
                Bound::Included(end) => block.partition_point(|(key, _)| *key <= end),
                Bound::Excluded(end) => block.partition_point(|(key, _)| *key < end),
            };
            (block[from..to.max(from)].iter()).map(|(key, value)| (*key, value))
        })
    }

    /// In the place of what was there under this key.
    pub fn insert(&mut self, key: K, value: V) {
        let known = self.blocks.get_prev(&key);
        let known = known.or_else(|| self.blocks.get_min().map(|(key, block)| (key, block)));
        let Some((name, block)) = known.map(|(name, block)| (*name, block.clone())) else {
            self.put(key, once((key, value)).collect());
            self.len += 1;
            return;
        };
        let place = match place_in(&block, &key) {
            Ok(place) => {
                let (before, after) = (&block[..place], &block[place + 1..]);
                self.put(name, joined(before, Some((key, value)), after));
                return;
            }
            Err(place) => place,
        };
        self.len += 1;
        if key < name {
            self.blocks.remove(&name);
        }
        let name = name.min(key);
        if block.len() < BLOCK {
            let (before, after) = block.split_at(place);
            self.put(name, joined(before, Some((key, value)), after));
        } else if place == BLOCK {
            // What comes in its order fills the blocks.
            self.put(key, once((key, value)).collect());
        } else {
            let (left, right) = block.split_at(BLOCK / 2);
            let (left, right) = if place <= BLOCK / 2 {
                let (before, after) = left.split_at(place);
                (joined(before, Some((key, value)), after), right.into())
            } else {
                let (before, after) = right.split_at(place - BLOCK / 2);
                (left.into(), joined(before, Some((key, value)), after))
            };
            self.put(right[0].0, right);
            self.put(name, left);
        }
    }

    pub fn remove(&mut self, key: K) -> Option<V> {
        let (name, block) = self.blocks.get_prev(&key)?;
        let (name, block) = (*name, block.clone());
        let place = place_in(&block, &key).ok()?;
        self.len -= 1;
        let (before, after) = (&block[..place], &block[place + 1..]);
        let left = before.len() + after.len();
        if left == 0 {
            self.blocks.remove(&name);
        } else if left < SMALL
            && let Some((former, whole)) = self.before(name)
            && whole.len() + left <= BLOCK
        {
            self.blocks.remove(&name);
            let rest = joined(before, None, after);
            self.put(former, joined(&whole, None, &rest));
        } else {
            self.put(name, joined(before, None, after));
        }
        Some(block[place].1)
    }

    fn before(&self, name: K) -> Option<(K, Block<K, V>)> {
        let before = (Bound::Unbounded, Bound::Excluded(name));
        let (name, block) = self.blocks.range(before).next_back()?;
        Some((*name, block.clone()))
    }

    fn put(&mut self, name: K, block: Block<K, V>) {
        self.blocks.insert(name, block);
    }

    /// Behind everything that there is.
    fn push(&mut self, block: &mut Vec<(K, V)>) {
        if let Some((name, _)) = block.first() {
            self.len += block.len();
            self.blocks.insert(*name, block[..].into());
            block.clear();
        }
    }
}

fn place_in<K: Ord, V>(block: &[(K, V)], key: &K) -> Result<usize, usize> {
    block.binary_search_by(|(known, _)| known.cmp(key))
}

fn joined<K: Copy, V: Copy>(
    before: &[(K, V)],
    between: Option<(K, V)>,
    after: &[(K, V)],
) -> Block<K, V> {
    let after = after.iter().copied();
    match between {
        Some(new) => before
            .iter()
            .copied()
            .chain(once(new))
            .chain(after)
            .collect(),
        None => before.iter().copied().chain(after).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn check(packed: &Packed<u16, u8>, model: &BTreeMap<u16, u8>) {
        assert_eq!(packed.len(), model.len());
        assert!(
            packed
                .iter()
                .eq(model.iter().map(|(key, value)| (*key, value)))
        );
        let blocks = || packed.blocks.iter();
        assert!(blocks().all(|(name, block)| *name <= block[0].0 && block.len() <= BLOCK));
        let mut next = blocks().skip(1).map(|(name, _)| *name);
        assert!(blocks().all(|(_, block)| {
            next.next()
                .is_none_or(|next| block.last().unwrap().0 < next)
        }));
    }

    fn bound() -> impl Strategy<Value = Bound<u16>> {
        prop_oneof![
            Just(Bound::Unbounded),
            (0..400_u16).prop_map(Bound::Included),
            (0..400_u16).prop_map(Bound::Excluded),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        /// Many keys of few, so that blocks grow, split, shrink and join.
        #[test]
        fn it_is_an_ordered_map(
            changes in prop::collection::vec((0..400_u16, prop::option::weighted(0.6, any::<u8>())), 0..1_500),
            ranges in prop::collection::vec((bound(), bound()), 20),
        ) {
            let (mut packed, mut model) = (Packed::default(), BTreeMap::new());
            for (key, value) in changes {
                match value {
                    Some(value) => {
                        packed.insert(key, value);
                        model.insert(key, value);
                    }
                    None => assert_eq!(packed.remove(key), model.remove(&key)),
                }
                assert_eq!(packed.get(key), model.get(&key));
            }
            check(&packed, &model);
            for within in ranges {
                let fits = |key: &u16| std::ops::RangeBounds::contains(&within, key);
                let expected: Vec<u16> = model.keys().copied().filter(fits).collect();
                let found = || packed.within(within).map(|(key, _)| key);
                assert!(found().eq(expected.iter().copied()));
                assert!(found().rev().eq(expected.iter().rev().copied()));
            }
            let again: Packed<u16, u8> = model.iter().map(|(key, value)| (*key, *value)).collect();
            check(&again, &model);
            assert!(again == packed);
            let mut mixed: Packed<u16, u8> = Packed::default();
            mixed.extend(model.iter().rev().map(|(key, value)| (*key, *value)));
            assert!(mixed == packed);
        }
    }

    #[test]
    fn what_comes_in_its_order_fills_the_blocks_and_what_goes_empties_them() {
        let mut packed = Packed::default();
        for key in 0..10_000_u32 {
            packed.insert(key, ());
        }
        assert_eq!(packed.blocks.len(), 10_000_usize.div_ceil(BLOCK));
        for key in (0..10_000).filter(|key| key % 16 != 0) {
            packed.remove(key);
        }
        assert!(packed.blocks.len() <= packed.len().div_ceil(SMALL));
        for key in 0..10_000 {
            packed.remove(key);
        }
        assert!(packed.blocks.is_empty() && packed.len() == 0);
    }
}
