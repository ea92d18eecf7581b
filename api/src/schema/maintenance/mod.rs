//! What is done about it: sessions.

pub mod session;

use async_graphql::MergedObject;
use session::{ComplianceQuery, DraftMutation, SessionMutation, SessionQuery};

/// What can be asked about maintenance.
#[derive(Default, MergedObject)]
pub struct MaintenanceQuery(SessionQuery, ComplianceQuery);

/// What can be changed about maintenance.
#[derive(Default, MergedObject)]
pub struct MaintenanceMutation(SessionMutation, DraftMutation);
