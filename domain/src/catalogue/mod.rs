//! What can be wanted: software with its versions and scripts, programs by which it is told, tasks on computers, and tasks in the cloud.

pub mod cloud_task;
mod notes;
pub mod pack;
pub mod parameter;
pub mod program;
pub mod script;
pub mod secret;
pub mod software;
pub mod task;
pub mod version;

use crate::kernel::ids::{SecretId, SoftwareId, TaskId};
use secret::Secret;
use software::Software;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use task::Task;

/// Where software and tasks are looked up.
pub trait Catalogue: Debug + Send + Sync {
    fn software(&self, id: SoftwareId) -> Option<&Software>;
    fn task(&self, id: TaskId) -> Option<&Task>;
    fn secret(&self, id: SecretId) -> Option<&Secret>;
}

/// Of software; in it there are no tasks and no secrets.
impl Catalogue for BTreeMap<SoftwareId, Arc<Software>> {
    fn software(&self, id: SoftwareId) -> Option<&Software> {
        self.get(&id).map(AsRef::as_ref)
    }

    fn task(&self, _: TaskId) -> Option<&Task> {
        None
    }

    fn secret(&self, _: SecretId) -> Option<&Secret> {
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

    fn secret(&self, _: SecretId) -> Option<&Secret> {
        None
    }
}

#[cfg(test)]
impl Catalogue for (BTreeMap<TaskId, Arc<Task>>, BTreeMap<SecretId, Secret>) {
    fn software(&self, _: SoftwareId) -> Option<&Software> {
        None
    }

    fn task(&self, id: TaskId) -> Option<&Task> {
        self.0.task(id)
    }

    fn secret(&self, id: SecretId) -> Option<&Secret> {
        self.1.get(&id)
    }
}
