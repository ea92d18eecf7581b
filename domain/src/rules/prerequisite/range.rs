use crate::catalogue::version::Version;
use serde::{Deserialize, Serialize};

/// Which versions of a software are meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum VersionRange {
    #[default]
    Any,
    Exactly {
        version: Version,
    },
    /// This one and newer ones.
    AtLeast {
        version: Version,
    },
    /// Older ones than this.
    Below {
        version: Version,
    },
    /// From one on, to another one, which is not meant any more.
    Between {
        from: Version,
        below: Version,
    },
}

/// Why a range cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no version is between {from} and {below}: the first has to be the older one")]
pub struct VersionRangeError {
    from: String,
    below: String,
}

impl VersionRange {
    /// Whether some version may be in it.
    pub fn check(&self) -> Result<(), VersionRangeError> {
        match self {
            Self::Between { from, below } if from >= below => Err(VersionRangeError {
                from: from.to_string(),
                below: below.to_string(),
            }),
            _ => Ok(()),
        }
    }

    pub fn has(&self, version: &Version) -> bool {
        self.from().is_none_or(|from| version >= from) && self.ends_behind(version)
    }

    /// Whether some version may be in both.
    pub fn meets(&self, other: &Self) -> bool {
        // What both have begins where the later one begins.
        match self.from().max(other.from()) {
            Some(first) => self.ends_behind(first) && other.ends_behind(first),
            None => true,
        }
    }

    /// In words, as in "if it is installed ...": empty where any version is meant.
    pub fn phrase(&self) -> String {
        match self {
            Self::Any => String::new(),
            Self::Exactly { version } => format!(" in version {version}"),
            Self::AtLeast { version } => format!(" in version {version} or newer"),
            Self::Below { version } => format!(" in a version below {version}"),
            Self::Between { from, below } => format!(" in a version from {from} to below {below}"),
        }
    }

    /// The first version that it may have.
    fn from(&self) -> Option<&Version> {
        match self {
            Self::Any | Self::Below { .. } => None,
            Self::Exactly { version } | Self::AtLeast { version } => Some(version),
            Self::Between { from, .. } => Some(from),
        }
    }

    fn ends_behind(&self, version: &Version) -> bool {
        match self {
            Self::Any | Self::AtLeast { .. } => true,
            Self::Exactly { version: only } => version <= only,
            Self::Below { version: below } | Self::Between { below, .. } => version < below,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        Version::new(text).unwrap()
    }

    /// `2`, `2+`, `-2`, `1-2`, or nothing for any.
    fn range(text: &str) -> VersionRange {
        match text.split_once('-') {
            _ if text.is_empty() => VersionRange::Any,
            Some(("", below)) => VersionRange::Below { version: v(below) },
            Some((from, below)) => VersionRange::Between {
                from: v(from),
                below: v(below),
            },
            None => match text.strip_suffix('+') {
                Some(from) => VersionRange::AtLeast { version: v(from) },
                None => VersionRange::Exactly { version: v(text) },
            },
        }
    }

    #[test]
    fn a_range_has_its_first_version_and_not_its_end() {
        let versions = ["1.9", "2", "2.0.0", "2.5", "3", "4"];
        let rows = [
            ("", "1.9 2 2.0.0 2.5 3 4"),
            ("2", "2 2.0.0"),
            ("2+", "2 2.0.0 2.5 3 4"),
            ("-2", "1.9"),
            ("2-3", "2 2.0.0 2.5"),
        ];
        for (text, expected) in rows {
            let range = range(text);
            let has: Vec<_> = (versions.iter().filter(|text| range.has(&v(text))))
                .copied()
                .collect();
            assert_eq!(has.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn two_ranges_meet_where_a_version_may_be_in_both() {
        let rows = [
            ("", "2", true),
            ("", "-1", true),
            ("2", "2.0", true),
            ("2", "3", false),
            ("2", "3+", false),
            ("3", "3+", true),
            ("2", "-2", false),
            ("2+", "-2", false),
            ("2+", "-2.1", true),
            ("1-2", "2-3", false),
            ("1-2", "1.5-3", true),
            ("-1", "-9", true),
        ];
        for (one, other, expected) in rows {
            let (one, other) = (range(one), range(other));
            assert_eq!(one.meets(&other), expected, "{one:?} {other:?}");
            assert_eq!(other.meets(&one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_ends_before_it_begins_is_refused() {
        assert_eq!(range("1-2").check(), Ok(()));
        for empty in ["2-2", "3-2"] {
            let error = range(empty).check().unwrap_err();
            assert!(error.to_string().contains("the older one"), "{error}");
        }
    }
}
