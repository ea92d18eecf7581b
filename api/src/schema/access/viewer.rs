//! Who asks.

use super::permission::Allowance;
use crate::console::Session;
use crate::request::Request;
use crate::schema::access::api_token::{ApiTokenNode, RoleName};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::page::times;
use crate::schema::possible::{self, INSTALLATION, Possibility};
use crate::schema::types::global_id;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use upkeep_domain::access::api_token::Role;
use upkeep_domain::access::{Permission, Principal};
use upkeep_domain::kernel::ids::ApiTokenId;

/// A session of the web console: a token was shown in a browser once, and a cookie says so since.
#[derive(SimpleObject)]
pub struct ConsoleSession {
    /// When it ends at the latest. It ends before, when its holder signs out or the token is worth nothing any more.
    expires_at: DateTime<Utc>,
}

/// Who asks.
pub struct Viewer(Principal);

impl Viewer {
    fn token(&self) -> Option<ApiTokenId> {
        match self.0 {
            Principal::Operator => None,
            Principal::TokenHolder { token, .. } => Some(token),
        }
    }

    fn role(&self) -> Role {
        match self.0 {
            Principal::Operator => Role::MspAdmin,
            Principal::TokenHolder { role, .. } => role,
        }
    }
}

/// Who asks.
#[Object]
impl Viewer {
    /// What the token that was shown is called: whose it is, or what it is for; nothing for somebody on the server's own machine.
    async fn name(&self, context: &Context<'_>) -> Option<String> {
        let view = Request::of(context).view();
        let grant = view.api_tokens.get(self.token()?)?.state.grant.as_ref()?;
        Some(grant.name.to_string())
    }

    /// The global id of the token that was shown; nothing for somebody on the server's own machine.
    async fn api_token_id(&self) -> Option<ID> {
        self.token().map(|token| global_id("ApiToken", token.0))
    }

    /// The token that was shown, if whoever holds it may see tokens of its role.
    async fn api_token(&self, context: &Context<'_>) -> Option<ApiTokenNode> {
        let request = Request::of(context);
        ApiTokenNode::find(request, &request.view(), self.token()?)
    }

    /// The session of the web console that the caller is signed in with; nothing where a token was shown.
    async fn session(&self, context: &Context<'_>) -> Option<ConsoleSession> {
        let session = context.data_opt::<Session>()?;
        Some(ConsoleSession {
            expires_at: session.expires_at,
        })
    }

    /// What its holder is.
    #[graphql(name = "role")]
    async fn role_name(&self) -> RoleName {
        match self.role() {
            Role::MspAdmin => RoleName::MspAdmin,
            Role::MspTechnician => RoleName::MspTechnician,
            Role::TenantAdmin(_) => RoleName::TenantAdmin,
            Role::TenantMember(_) => RoleName::TenantMember,
        }
    }

    /// The global id of the tenant that the role is bound to, if it is.
    async fn tenant_id(&self) -> Option<ID> {
        self.role().tenant().map(|id| global_id("Tenant", id.0))
    }

    /// The tenant that the role is bound to, if it is.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        let request = Request::of(context);
        TenantNode::find(request, &request.view(), self.role().tenant()?)
    }

    /// What the caller may do, one entry for each permission at most; whatever is not here is refused. It follows from the role alone.
    #[graphql(complexity = "times(Permission::ALL.len(), child_complexity)")]
    async fn may(&self) -> Vec<Allowance> {
        Allowance::all_of(self.0)
    }

    /// Of the mutations that are about nothing that is there yet whether the caller may send them for the whole installation, and why not; one for each
    /// of them at most. What may be made in a tenant, and for one computer or person, is said by `may` of these.
    #[graphql(complexity = "times(INSTALLATION.len(), child_complexity)")]
    async fn may_make(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of_the_installation(context)
    }
}

/// What can be asked about whoever asks.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Who asks, as the server sees it.
    async fn viewer(&self, context: &Context<'_>) -> Result<Option<Viewer>> {
        Request::of(context).principal().map(Viewer).map(Some)
    }
}
