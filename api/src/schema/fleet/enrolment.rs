//! Tokens with which agents enrol.

use crate::request::{Request, services, view_at};
use crate::schema::access::secret::random_secret;
use crate::schema::change::Order;
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::page::{Page, PageArguments, list_cost, page};
use crate::schema::types::{AsOfInput, Change, UserError, global_id, uuid_of};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::fleet::enrolment::{
    ENROLMENT_TOKEN_PREFIX, EnrolmentToken, EnrolmentTokenCommand, TokenTerms,
};
use upkeep_domain::kernel::ids::{EnrolmentTokenId, TenantId};
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_projections::{Entry, View};
use uuid::Uuid;

/// How long an enrolment token is good for if nothing is asked for.
const DEFAULT_ENROLMENT_LIFE: TimeDelta = TimeDelta::hours(24);

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

/// What can be asked about enrolment tokens.
#[derive(Default)]
pub struct EnrolmentQuery;

#[Object]
impl EnrolmentQuery {
    /// The enrolment tokens that you may see.
    #[graphql(complexity = "list_cost(first, last, child_complexity)")]
    async fn enrolment_tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(desc = "Those after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Those before this cursor.")] before: Option<String>,
        #[graphql(desc = "A past moment.")] as_of: Option<AsOfInput>,
    ) -> Result<Page<EnrolmentTokenNode>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let find = |id| EnrolmentTokenNode::find(request, &view, id);
        let ids: Vec<Uuid> = view
            .enrolment_tokens
            .iter()
            .filter(|(id, _)| find(*id).is_some())
            .map(|(id, _)| id.0)
            .collect();
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
        };
        page(&arguments, &ids, |id| find(EnrolmentTokenId(id)))
    }
}

payloads! {
    /// The answer to revoking an enrolment token.
    EnrolmentTokenPayload {
        /// The token, with the change.
        enrolment_token: EnrolmentTokenNode
    }
    /// The answer to creating an enrolment token.
    CreateEnrolmentTokenPayload {
        /// The new token with its secret, which is shown only now.
        created: CreatedEnrolmentToken
    }
}

/// A new enrolment token.
#[derive(SimpleObject)]
pub struct CreatedEnrolmentToken {
    /// The token.
    enrolment_token: EnrolmentTokenNode,
    /// What agents show. It is shown only now, also when the command is sent again: keep it.
    secret: Option<String>,
}

inputs! {
    /// A new enrolment token.
    CreateEnrolmentTokenInput {
        /// The tenant that agents enrol for.
        tenant_id: ID,
        /// How many agents may enrol with it, 1 to 100,000.
        #[graphql(default = 1)]
        max_uses: u32,
        /// When it expires, at most 366 days from now; in 24 hours if not given.
        expires_at: Option<DateTime<Utc>>,
    }
    /// An enrolment token.
    EnrolmentTokenInput {
        /// The token.
        id: ID,
    }
}

/// What can be changed about enrolment tokens.
#[derive(Default)]
pub struct EnrolmentMutation;

#[Object]
impl EnrolmentMutation {
    /// Creates a token with which agents enrol for a tenant.
    async fn create_enrolment_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateEnrolmentTokenInput,
    ) -> Result<CreateEnrolmentTokenPayload> {
        let request = Request::of(context);
        request.principal()?;
        let tenant = TenantId(uuid_of("Tenant", &input.tenant_id)?);
        if TenantNode::find(request, &request.view(), tenant).is_none() {
            let error = UserError::not_found("tenant").at("tenantId");
            return Ok(CreateEnrolmentTokenPayload::new(context, Err(error)));
        }
        request.require(Action::ManageEnrolment { tenant })?;
        let order = Order::new(context, "createEnrolmentToken", &input, &input.options)?
            .of_tenant(Some(tenant));
        let id = EnrolmentTokenId(order.new_id("enrolment"));
        let token = BearerToken::new(id.0, random_secret()?);
        let tomorrow = || services(context).handler.clock().now() + DEFAULT_ENROLMENT_LIFE;
        let terms = TokenTerms {
            tenant,
            secret_hash: token.hash(),
            expires_at: input.expires_at.unwrap_or_else(tomorrow),
            max_uses: input.max_uses,
        };
        let create = EnrolmentTokenCommand::Create(terms);
        let is_new = order.execute::<EnrolmentToken>(context, id, create).await?;
        let is_new = ok!(CreateEnrolmentTokenPayload, context, is_new);
        let secret = is_new.then(|| token.reveal(ENROLMENT_TOKEN_PREFIX));
        let find = |r: &Request, v: &Arc<View>| {
            let enrolment_token = EnrolmentTokenNode::find(r, v, id)?;
            Some(CreatedEnrolmentToken {
                enrolment_token,
                secret,
            })
        };
        answer!(CreateEnrolmentTokenPayload, context, find, "token")
    }

    /// Revokes an enrolment token; agents that enrolled with it stay.
    async fn revoke_enrolment_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: EnrolmentTokenInput,
    ) -> Result<EnrolmentTokenPayload> {
        let request = Request::of(context);
        request.principal()?;
        let view = request.view();
        let id = EnrolmentTokenId(uuid_of("EnrolmentToken", &input.id)?);
        let known = view
            .enrolment_tokens
            .get(id)
            .and_then(|entry| entry.state.terms.as_ref());
        let visible = known.filter(|terms| {
            request.may(Action::ReadTenant {
                tenant: terms.tenant,
            })
        });
        let Some(terms) = visible else {
            return Ok(EnrolmentTokenPayload::new(
                context,
                Err(UserError::not_found("token")),
            ));
        };
        request.require(Action::ManageEnrolment {
            tenant: terms.tenant,
        })?;
        let order = Order::new(context, "revokeEnrolmentToken", &input, &input.options)?
            .of_tenant(Some(terms.tenant));
        let revoke = EnrolmentTokenCommand::Revoke;
        ok!(
            EnrolmentTokenPayload,
            context,
            order
                .execute_anyway::<EnrolmentToken>(context, id, revoke)
                .await?
        );
        answer!(
            EnrolmentTokenPayload,
            context,
            |r, v| EnrolmentTokenNode::find(r, v, id),
            "token"
        )
    }
}
