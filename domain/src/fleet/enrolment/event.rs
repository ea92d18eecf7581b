use super::state::TokenTerms;
use crate::kernel::ids::AgentId;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to an enrolment token.
    EnrolmentTokenEvent {
        Created(EnrolmentTokenCreated),
        Used(EnrolmentTokenUsed),
        Revoked(EnrolmentTokenRevoked),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentTokenCreated {
    #[serde(flatten)]
    pub terms: TokenTerms,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentTokenUsed {
    pub agent: AgentId,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolmentTokenRevoked {}
