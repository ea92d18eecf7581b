//! What can be wanted: software with its versions and scripts, tasks on computers, and tasks in the cloud.

pub mod cloud_task;
pub mod parameter;
mod reach;
pub mod script;
pub mod software;
pub mod task;

use async_graphql::MergedObject;
use cloud_task::{CloudTaskMutation, CloudTaskQuery};
use software::{SoftwareMutation, SoftwareQuery, SoftwareWayMutation};
use task::{TaskMutation, TaskQuery};

/// What can be asked about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueQuery(SoftwareQuery, TaskQuery, CloudTaskQuery);

/// What can be changed about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueMutation(
    SoftwareMutation,
    SoftwareWayMutation,
    TaskMutation,
    CloudTaskMutation,
);
