use crate::kernel::ids::{AgentId, TenantId};
use crate::kernel::secret::SecretHash;
use chrono::{DateTime, Utc};
use imbl::OrdSet;
use serde::{Deserialize, Serialize};

/// What a token allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenTerms {
    pub tenant: TenantId,
    pub secret_hash: SecretHash,
    pub expires_at: DateTime<Utc>,
    pub max_uses: u32,
}

/// What is known of an enrolment token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EnrolmentToken {
    /// Nothing until it was created.
    pub terms: Option<TokenTerms>,
    pub used_by: OrdSet<AgentId>,
    pub revoked: bool,
}
