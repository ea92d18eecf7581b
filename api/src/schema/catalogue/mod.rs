//! What can be wanted: software with its versions and scripts, and tasks in the cloud.

pub mod cloud_task;
pub mod program;
pub mod script;
pub mod software;

use async_graphql::MergedObject;
use cloud_task::{CloudTaskMutation, CloudTaskQuery};
use software::{SoftwareMutation, SoftwareQuery, SoftwareWayMutation};

/// What can be asked about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueQuery(SoftwareQuery, CloudTaskQuery);

/// What can be changed about the catalogue.
#[derive(Default, MergedObject)]
pub struct CatalogueMutation(SoftwareMutation, SoftwareWayMutation, CloudTaskMutation);
