//! What can be wanted: software with its versions and scripts, titles of sources among it, and tasks in the cloud.

pub mod cloud_task;
pub mod program;
pub mod script;
pub mod software;
pub mod sync;

use async_graphql::MergedObject;
use cloud_task::{CloudTaskMutation, CloudTaskQuery};
use software::{CopyMutation, SoftwareMutation, SoftwareQuery, SoftwareWayMutation};
use sync::{SourceQuery, SyncMutation, SyncQuery, WithdrawMutation};

/// What can be asked about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueQuery(SoftwareQuery, CloudTaskQuery, SourceQuery, SyncQuery);

/// What can be changed about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueMutation(
    SoftwareMutation,
    SoftwareWayMutation,
    CloudTaskMutation,
    CopyMutation,
    SyncMutation,
    WithdrawMutation,
);
