//! What is there once: the instance, and the server.

mod content_limits;
pub mod instance;
mod limits;
pub mod server;

use async_graphql::MergedObject;
use instance::InstanceMutation;
use server::ServerQuery;

/// What can be asked about the installation.
#[derive(Default, MergedObject)]
pub struct InstallationQuery(ServerQuery);

/// What can be changed about the installation.
#[derive(Default, MergedObject)]
pub struct InstallationMutation(InstanceMutation);
