//! Things that are referred to by very many others, which keep a number of four bytes instead.

use imbl::{HashMap, Vector};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::hash::Hash;

/// Each has the number of things that were there before it, for ever: only for what there are not many more of than the view
/// holds anyway.
#[derive(Clone, Debug)]
pub struct Numbered<T: Hash + Eq> {
    all: Vector<T>,
    numbers: HashMap<T, u32>,
}

impl<T: Hash + Eq> Default for Numbered<T> {
    fn default() -> Self {
        Self {
            all: Vector::new(),
            numbers: HashMap::new(),
        }
    }
}

impl<T: Copy + Hash + Eq> PartialEq for Numbered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all
    }
}

impl<T: Copy + Hash + Eq> Numbered<T> {
    pub fn get(&self, number: u32) -> Option<T> {
        self.all.get(usize::try_from(number).ok()?).copied()
    }

    /// The number that it has, if it has one.
    pub fn of(&self, thing: T) -> Option<u32> {
        self.numbers.get(&thing).copied()
    }

    /// The number that it has from now on; nothing where there are too many.
    pub fn number(&mut self, thing: T) -> Option<u32> {
        if let Some(number) = self.of(thing) {
            return Some(number);
        }
        let number = u32::try_from(self.all.len()).ok()?;
        self.all.push_back(thing);
        self.numbers.insert(thing, number);
        Some(number)
    }
}

impl<T: Copy + Hash + Eq + Serialize> Serialize for Numbered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.all)
    }
}

impl<'de, T: Copy + Hash + Eq + Deserialize<'de>> Deserialize<'de> for Numbered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::<T>::deserialize(deserializer)?;
        let mut numbered = Self::default();
        for thing in all {
            numbered.number(thing);
        }
        Ok(numbered)
    }
}
