use crate::kernel::ids::{ApiTokenId, TenantId};
use crate::kernel::name::Name;
use crate::kernel::secret::SecretHash;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What the holder of a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "tenant", rename_all = "camelCase")]
pub enum Role {
    MspAdmin,
    MspTechnician,
    TenantAdmin(TenantId),
    TenantMember(TenantId),
}

impl Role {
    /// The tenant that the role is bound to, if it is.
    pub fn tenant(self) -> Option<TenantId> {
        match self {
            Self::MspAdmin | Self::MspTechnician => None,
            Self::TenantAdmin(tenant) | Self::TenantMember(tenant) => Some(tenant),
        }
    }
}

/// What a token gives to whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    pub name: Name,
    pub role: Role,
    pub secret_hash: SecretHash,
    pub expires_at: Option<DateTime<Utc>>,
    /// The token with which it was created; nothing if it came from the server's own machine. A token is worth
    /// nothing once its creator is revoked or expired.
    pub created_by: Option<ApiTokenId>,
}

/// What is known of an API token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Nothing until it was created.
    pub grant: Option<Grant>,
    pub revoked: bool,
}

impl ApiToken {
    /// The grant, if it is in force by itself; its creator is not looked at here.
    pub fn in_force(&self, now: DateTime<Utc>) -> Option<&Grant> {
        self.grant
            .as_ref()
            .filter(|grant| !self.revoked && grant.expires_at.is_none_or(|end| now < end))
    }
}
