//! What can be wanted: software with its versions and scripts, titles of sources among it, tasks on computers, and tasks in the cloud.

pub mod cloud_task;
pub mod parameter;
pub mod program;
mod reach;
pub mod script;
pub mod secret;
pub mod software;
pub mod sync;
pub mod task;

use async_graphql::MergedObject;
use cloud_task::{CloudTaskMutation, CloudTaskQuery};
use secret::{SecretMutation, SecretQuery};
use software::{CopyMutation, SoftwareMutation, SoftwareQuery, SoftwareWayMutation};
use sync::{SourceQuery, SyncMutation, SyncQuery, WithdrawMutation};
use task::{TaskMutation, TaskQuery};

/// What can be asked about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueQuery(
    SoftwareQuery,
    TaskQuery,
    CloudTaskQuery,
    SecretQuery,
    SourceQuery,
    SyncQuery,
);

/// What can be changed about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueMutation(
    SoftwareMutation,
    SoftwareWayMutation,
    TaskMutation,
    CloudTaskMutation,
    SecretMutation,
    CopyMutation,
    SyncMutation,
    WithdrawMutation,
);
