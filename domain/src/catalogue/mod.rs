//! What can be wanted: software with its versions and scripts, programs by which it is told, and tasks in the cloud.

pub mod cloud_task;
pub mod pack;
pub mod program;
pub mod script;
pub mod software;
pub mod version;
