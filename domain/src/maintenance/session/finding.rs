use crate::catalogue::version::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a look at an item found. That nobody looked, or that a look told nothing, is no finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Finding {
    /// It is there, in this version.
    Version { version: Version },
    /// It is there, in this version, and its test says that it does not work.
    Broken { version: Version },
    /// It is not there.
    Absent,
    /// A task's test says that it is as it should be.
    Yes,
    /// A task's test says that it is not.
    No,
    /// A monitored task's value, at most `MAX_MONITORED_BYTES` of compact JSON.
    Value { value: Value },
}

impl Finding {
    /// The version that is there.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Self::Version { version } | Self::Broken { version } => Some(version),
            Self::Absent | Self::Yes | Self::No | Self::Value { .. } => None,
        }
    }
}

impl From<bool> for Finding {
    fn from(is_as_it_should_be: bool) -> Self {
        if is_as_it_should_be {
            Self::Yes
        } else {
            Self::No
        }
    }
}

impl From<Version> for Finding {
    fn from(version: Version) -> Self {
        Self::Version { version }
    }
}
