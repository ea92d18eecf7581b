//! What can be wanted: software with its versions and scripts, programs by which it is told, tasks on computers, and tasks in the cloud.

pub mod cloud_task;
mod notes;
pub mod pack;
pub mod parameter;
pub mod program;
pub mod script;
pub mod software;
pub mod task;
pub mod version;

use crate::kernel::ids::{SoftwareId, TaskId};
use software::Software;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use task::Task;

/// Where software and tasks are looked up.
pub trait Catalogue: Debug + Send + Sync {
    fn software(&self, id: SoftwareId) -> Option<&Software>;
    fn task(&self, id: TaskId) -> Option<&Task>;
}

/// Of software; in it there are no tasks.
impl Catalogue for BTreeMap<SoftwareId, Arc<Software>> {
    fn software(&self, id: SoftwareId) -> Option<&Software> {
        self.get(&id).map(AsRef::as_ref)
    }

    fn task(&self, _: TaskId) -> Option<&Task> {
        None
    }
}

#[cfg(test)]
impl Catalogue for BTreeMap<TaskId, Arc<Task>> {
    fn software(&self, _: SoftwareId) -> Option<&Software> {
        None
    }

    fn task(&self, id: TaskId) -> Option<&Task> {
        self.get(&id).map(AsRef::as_ref)
    }
}
