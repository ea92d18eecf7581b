//! Who asks.

use crate::request::Request;
use crate::schema::access::api_token::RoleName;
use crate::schema::types::global_id;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use upkeep_domain::access::Principal;
use upkeep_domain::access::api_token::Role;

/// Who asks.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Viewer {
    /// The id of the token that was shown; nothing for somebody on the server's own machine.
    token_id: Option<ID>,
    /// What its holder is.
    role: RoleName,
    /// The tenant that the role is bound to, if it is.
    tenant_id: Option<ID>,
}

/// What can be asked about whoever asks.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who asks, as the server sees it.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer> {
        let (token, role) = match Request::of(context).principal()? {
            Principal::Operator => (None, Role::MspAdmin),
            Principal::TokenHolder { token, role } => (Some(token), role),
        };
        Ok(Viewer {
            token_id: token.map(|token| global_id("ApiToken", token.0)),
            role: match role {
                Role::MspAdmin => RoleName::MspAdmin,
                Role::MspTechnician => RoleName::MspTechnician,
                Role::TenantAdmin(_) => RoleName::TenantAdmin,
                Role::TenantMember(_) => RoleName::TenantMember,
            },
            tenant_id: role.tenant().map(|id| global_id("Tenant", id.0)),
        })
    }
}
