//! Who may do what: whoever asks, and the tokens that say who it is.

pub mod api_token;
pub mod permission;
pub mod secret;
pub mod viewer;

use api_token::{ApiTokenMutation, ApiTokenQuery};
use async_graphql::MergedObject;
use viewer::ViewerQuery;

/// What can be asked about access.
#[derive(Default, MergedObject)]
pub struct AccessQuery(ViewerQuery, ApiTokenQuery);

/// What can be changed about access.
#[derive(Default, MergedObject)]
pub struct AccessMutation(ApiTokenMutation);
