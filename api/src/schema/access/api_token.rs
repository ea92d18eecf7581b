//! Tokens with which people and integrations use the API.

use crate::request::{Request, view_at};
use crate::schema::access::secret::random_secret;
use crate::schema::change::{asking, carry_out, change, id_of, name, seen};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, skip_cost, walk};
use crate::schema::part::Part;
use crate::schema::possible::{self, Possibility};
use crate::schema::types::uuid_of;
use crate::schema::types::{AsOfInput, Change, global_id_in};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use upkeep_commands::{Ask, Change as Changing, Done, Plan, Stop};
use upkeep_domain::access::api_token::{API_TOKEN_PREFIX, ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::access::{Action, Guarded as _, Principal};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::installation::instance::{Instance, InstanceCommand, TheInstance};
use upkeep_domain::kernel::ids::ApiTokenId;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// What the holder of an API token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Role")]
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

/// The role, with the tenant that it needs, if they fit.
fn role(name: RoleName, tenant: Option<&ID>) -> Result<Role, Stop> {
    let id = |id| id_of::<Tenant>(id, "tenantId");
    let tenant = tenant.map(id).transpose()?;
    match (name, tenant) {
        (RoleName::MspAdmin, None) => Ok(Role::MspAdmin),
        (RoleName::MspTechnician, None) => Ok(Role::MspTechnician),
        (RoleName::TenantAdmin, Some(tenant)) => Ok(Role::TenantAdmin(tenant)),
        (RoleName::TenantMember, Some(tenant)) => Ok(Role::TenantMember(tenant)),
        (RoleName::MspAdmin | RoleName::MspTechnician, Some(_)) => {
            Err(Stop::invalid("an MSP role has no tenant: leave it out").at("tenantId"))
        }
        (RoleName::TenantAdmin | RoleName::TenantMember, None) => {
            Err(Stop::invalid("a tenant's role needs its tenant").at("tenantId"))
        }
    }
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
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "ApiToken", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
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

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<ApiToken>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<ApiToken>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
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

/// Which API tokens; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ApiTokenFilter {
    /// Only those whose role is bound to this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those that were revoked, or not.
    is_revoked: Option<bool>,
}

/// What can be asked about API tokens.
#[derive(Default)]
pub struct ApiTokenQuery;

#[Object]
impl ApiTokenQuery {
    /// The API tokens that you may see, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn api_tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<ApiTokenFilter>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(
            desc = "How many to pass over from the start, 0 to 200,000, in place of a cursor; none if not given."
        )]
        skip: Option<i32>,
        #[graphql(desc = "A moment, also a future time; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<ApiTokenNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        let ApiTokenFilter {
            tenant_id,
            name_contains,
            is_revoked,
        } = filter.0;
        let tenant = tenant_id
            .map(|id| uuid_of("Tenant", &id).map(TenantId))
            .transpose()?;
        let part = Part::of(name_contains.as_deref());
        walk(
            context,
            &view,
            &arguments,
            |view, within| Box::new(view.api_tokens.within(within)),
            move |request, view, id| {
                let node = ApiTokenNode::find(request, view, id);
                node.is_some_and(|node| {
                    part.is_in(node.grant.name.as_str())
                        && tenant.is_none_or(|tenant| node.grant.role.tenant() == Some(tenant))
                        && is_revoked.is_none_or(|revoked| node.entry.state.revoked == revoked)
                })
            },
            |id| ApiTokenNode::find(request, &view, id),
        )
        .map(Some)
    }
}

payloads! {
    /// The answer to revoking an API token.
    [RevokeApiTokenPayload] of ApiToken {
        /// The token, with the change.
        api_token: ApiTokenNode
    }
}

secret_payloads! {
    [CreateApiTokenPayload AppointFirstAdministratorPayload]
    api_token: ApiTokenNode, in CreatedApiToken
}

/// A new token, and what its holder shows; nothing where it was shown before.
pub struct CreatedApiToken {
    pub api_token: ApiTokenNode,
    pub secret: Option<String>,
}

inputs! {
    /// A new API token.
    CreateApiTokenInput {
        /// Whose it is, or what it is for.
        name: String,
        /// What its holder is; not more than you are.
        role: RoleName,
        /// The tenant, for a tenant's role and nothing else.
        tenant_id: Option<ID>,
        /// When it expires; never if not given.
        expires_at: Option<DateTime<Utc>>,
    }
    /// An API token.
    RevokeApiTokenInput {
        /// The token.
        id: ID,
    }
}

/// A new API token with its secret.
struct NewToken<'a> {
    input: &'a CreateApiTokenInput,
    secret: [u8; 32],
}

impl Changing for NewToken<'_> {
    type Of = ApiToken;

    fn plan(&self, ask: &Ask) -> Result<Plan<ApiToken>, Stop> {
        let input = self.input;
        let role = role(input.role, input.tenant_id.as_ref())?;
        ask.require(Action::ManageToken { role })?;
        if let Some(id) = &input.tenant_id {
            seen::<Tenant>(ask, id, "tenantId")?;
        }
        let token = BearerToken::new(ask.new_id("token"), self.secret);
        let grant = Grant {
            name: name("name", &input.name)?,
            role,
            secret_hash: token.hash(),
            expires_at: input.expires_at,
            created_by: match ask.principal() {
                Principal::Operator => None,
                Principal::TokenHolder { token, .. } => Some(token),
            },
        };
        ask.make(ApiTokenId(token.id), ApiTokenCommand::Create(grant))
    }
}

/// That the installation has an administrator: from now on no setup token is needed, nor works. Who was first does not matter.
struct Appointed(ApiTokenId);

impl Changing for Appointed {
    type Of = Instance;

    fn plan(&self, ask: &Ask) -> Result<Plan<Instance>, Stop> {
        let token = self.0;
        ask.make(TheInstance, InstanceCommand::AppointByOperator { token })
    }
}

impl Changing for RevokeApiTokenInput {
    type Of = ApiToken;

    fn plan(&self, ask: &Ask) -> Result<Plan<ApiToken>, Stop> {
        seen::<ApiToken>(ask, &self.id, "id")?.plan(ApiTokenCommand::Revoke)
    }
}

/// What can be changed about API tokens.
#[derive(Default)]
pub struct ApiTokenMutation;

#[Object]
impl ApiTokenMutation {
    /// Creates an API token with a role that is not wider than yours. It is worth something only as long as the
    /// token that you use now is.
    async fn create_api_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateApiTokenInput,
    ) -> Result<Option<CreateApiTokenPayload>> {
        let mut ask = asking(context, "createApiToken", &input, &input.options)?;
        let created = create(context, &mut ask, &input).await;
        CreateApiTokenPayload::new(context, created)
    }

    /// Revokes an API token, and with it every token that it created.
    async fn revoke_api_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: RevokeApiTokenInput,
    ) -> Result<Option<RevokeApiTokenPayload>> {
        change(context, "revokeApiToken", input).await
    }
}

async fn create(
    context: &Context<'_>,
    ask: &mut Ask,
    input: &CreateApiTokenInput,
) -> Result<CreatedApiToken, Stop> {
    let secret = random_secret().map_err(|error| Stop::Fault(error.message))?;
    let (id, done) = carry_out(context, ask, &NewToken { input, secret }).await?;
    if input.role == RoleName::MspAdmin && ask.principal().appoints(Role::MspAdmin) {
        carry_out(context, ask, &Appointed(id)).await?;
    }
    let request = Request::of(context);
    let api_token = ApiTokenNode::find(request, &request.view(), id)
        .ok_or_else(|| Stop::not_found(ApiToken::NOUN))?;
    let secret =
        (done == Done::Now).then(|| BearerToken::new(id.0, secret).reveal(API_TOKEN_PREFIX));
    Ok(CreatedApiToken { api_token, secret })
}
