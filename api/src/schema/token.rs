use super::tenant::TenantNode;
use super::types::{Change, UserError, global_id, uuid_of};
use crate::request::Request;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::access::api_token::{ApiToken, Grant, Role};
use upkeep_domain::fleet::enrolment::{EnrolmentToken, TokenTerms};
use upkeep_domain::kernel::ids::{ApiTokenId, EnrolmentTokenId, TenantId};
use upkeep_projections::{Entry, View};

/// What the holder of an API token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum RoleName {
    /// Works for the MSP and may do everything.
    MspAdmin,
    /// Works for the MSP; may not manage tenants, tokens and deployments for every tenant.
    MspTechnician,
    /// Manages one tenant.
    TenantAdmin,
    /// Belongs to one tenant; sees its computers and runs sessions on them.
    TenantMember,
}

/// The role, with the tenant that it needs, or why they do not fit.
pub fn role(name: RoleName, tenant: Option<&ID>) -> Result<Result<Role, UserError>> {
    let tenant = tenant
        .map(|id| uuid_of("Tenant", id).map(TenantId))
        .transpose()?;
    Ok(match (name, tenant) {
        (RoleName::MspAdmin, None) => Ok(Role::MspAdmin),
        (RoleName::MspTechnician, None) => Ok(Role::MspTechnician),
        (RoleName::TenantAdmin, Some(tenant)) => Ok(Role::TenantAdmin(tenant)),
        (RoleName::TenantMember, Some(tenant)) => Ok(Role::TenantMember(tenant)),
        (RoleName::MspAdmin | RoleName::MspTechnician, Some(_)) => Err(UserError::invalid(
            "tenantId",
            &"an MSP role has no tenant: leave it out",
        )),
        (RoleName::TenantAdmin | RoleName::TenantMember, None) => Err(UserError::invalid(
            "tenantId",
            &"a tenant's role needs its tenant",
        )),
    })
}

/// An API token, without its secret.
pub struct ApiTokenNode {
    view: Arc<View>,
    id: ApiTokenId,
    entry: Arc<Entry<ApiToken>>,
    grant: Grant,
}

impl ApiTokenNode {
    /// The token, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: ApiTokenId) -> Option<Self> {
        let entry = view.api_tokens.get(id)?.clone();
        let grant = entry.state.grant.clone()?;
        request
            .may(Action::ManageToken { role: grant.role })
            .then(|| Self {
                view: view.clone(),
                id,
                entry,
                grant,
            })
    }
}

/// A token with which a person or an integration uses the API; its secret was shown once.
#[Object(name = "ApiToken")]
impl ApiTokenNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("ApiToken", self.id.0)
    }

    /// Whose it is, or what it is for.
    async fn name(&self) -> &str {
        self.grant.name.as_str()
    }

    /// What its holder is.
    async fn role(&self) -> RoleName {
        match self.grant.role {
            Role::MspAdmin => RoleName::MspAdmin,
            Role::MspTechnician => RoleName::MspTechnician,
            Role::TenantAdmin(_) => RoleName::TenantAdmin,
            Role::TenantMember(_) => RoleName::TenantMember,
        }
    }

    /// The tenant that the role is bound to, if it is.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.grant.role.tenant()?)
    }

    /// When it expires, if it does.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.grant.expires_at
    }

    /// Whether it was revoked. A token is also worth nothing once the token that created it is revoked or expired.
    async fn is_revoked(&self) -> bool {
        self.entry.state.revoked
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// Who last changed it, and when.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}

/// An enrolment token, without its secret.
pub struct EnrolmentTokenNode {
    view: Arc<View>,
    id: EnrolmentTokenId,
    entry: Arc<Entry<EnrolmentToken>>,
    terms: TokenTerms,
}

impl EnrolmentTokenNode {
    /// The token, if it exists and the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, id: EnrolmentTokenId) -> Option<Self> {
        let entry = view.enrolment_tokens.get(id)?.clone();
        let terms = entry.state.terms.clone()?;
        request
            .may(Action::ManageEnrolment {
                tenant: terms.tenant,
            })
            .then(|| Self {
                view: view.clone(),
                id,
                entry,
                terms,
            })
    }
}

/// A token with which agents enrol for one tenant; its secret was shown once.
#[Object(name = "EnrolmentToken")]
impl EnrolmentTokenNode {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id("EnrolmentToken", self.id.0)
    }

    /// The tenant that agents enrol for.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        TenantNode::find(Request::of(context), &self.view, self.terms.tenant)
    }

    /// When it expires.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.terms.expires_at
    }

    /// How many agents may enrol with it.
    async fn max_uses(&self) -> u32 {
        self.terms.max_uses
    }

    /// How many agents enrolled with it.
    async fn uses(&self) -> usize {
        self.entry.state.used_by.len()
    }

    /// Whether it was revoked.
    async fn is_revoked(&self) -> bool {
        self.entry.state.revoked
    }

    /// Who created it, and when.
    async fn created(&self) -> Change {
        self.entry.created.into()
    }

    /// When it was last changed or used.
    async fn changed(&self) -> Change {
        self.entry.changed.into()
    }
}
