use super::concurrency::Concurrency;
use super::scripts::TaskScripts;
use crate::catalogue::notes::Notes;
use crate::catalogue::parameter::Parameters;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

/// What is known of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Nothing until it was created.
    pub name: Option<Name>,
    pub notes: Option<Notes>,
    pub scripts: TaskScripts,
    pub parameters: Parameters,
    pub concurrency: Concurrency,
}
