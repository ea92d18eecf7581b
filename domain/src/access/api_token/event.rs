use super::state::Grant;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to an API token.
    ApiTokenEvent {
        Created(ApiTokenCreated),
        Revoked(ApiTokenRevoked),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiTokenCreated {
    #[serde(flatten)]
    pub grant: Grant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApiTokenRevoked {}
