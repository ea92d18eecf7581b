//! On how many computers a task may be brought about at once.

use serde::{Deserialize, Serialize};

/// On how many computers a task may be brought about at once. To test and to get it is nobody's turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Concurrency {
    /// On any.
    #[default]
    Parallel,
    /// On one in the whole installation: what joins a domain, or takes the next number of a list.
    Serial,
}
