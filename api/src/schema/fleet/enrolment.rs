//! Tokens with which agents enrol.

use crate::request::{Request, view_at};
use crate::schema::access::secret::random_secret;
use crate::schema::change::{asking, carry_out, change, seen};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::fleet::tenant::confine;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{Page, PageArguments, list_cost, skip_cost, walk};
use crate::schema::possible::{self, Possibility};
use crate::schema::types::{AsOfInput, Change, global_id_in};
use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use upkeep_commands::{Ask, Change as Changing, Done, Plan, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::fleet::enrolment::{
    ENROLMENT_TOKEN_PREFIX, EnrolmentToken, EnrolmentTokenCommand, TokenTerms,
};
use upkeep_domain::fleet::tenant::Tenant;
use upkeep_domain::kernel::ids::EnrolmentTokenId;
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
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        global_id_in(&self.view, "EnrolmentToken", self.id.0)
    }

    /// What names it in streams, logs and agents, now and at every moment. Mutations take it as they take its id.
    async fn uuid(&self) -> Uuid {
        self.id.0
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

    /// What may be done to it now, and why not what may not: one for each mutation that is about it, at most 20.
    #[graphql(complexity = "possible::cost::<EnrolmentToken>(child_complexity)")]
    async fn may(&self, context: &Context<'_>) -> Vec<Possibility> {
        possible::of::<EnrolmentToken>(context, &self.view, self.id)
    }

    /// Counts its changes, for `expectedRevision`.
    async fn revision(&self) -> u64 {
        self.entry.revision
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

/// Which enrolment tokens; a member that is not given says nothing.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EnrolmentTokenFilter {
    /// Only those for this tenant.
    tenant_id: Option<ID>,
    /// Only those that were revoked, or not.
    is_revoked: Option<bool>,
}

/// What can be asked about enrolment tokens.
#[derive(Default)]
pub struct EnrolmentQuery;

#[Object]
impl EnrolmentQuery {
    /// The enrolment tokens that you may see, in the order of creation.
    #[graphql(complexity = "list_cost(first, last, child_complexity) + skip_cost(skip)")]
    async fn enrolment_tokens(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<EnrolmentTokenFilter>,
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
    ) -> Result<Option<Page<EnrolmentTokenNode>>> {
        let view = view_at(context, as_of).await?;
        let request = Request::of(context);
        let of = confine(request, &view, filter.0.tenant_id.as_ref())?;
        let is_revoked = filter.0.is_revoked;
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            skip,
        };
        walk(
            context,
            &view,
            &arguments,
            move |view, within| view.enrolment_tokens_within(of, within),
            move |request, view, id| {
                let node = EnrolmentTokenNode::find(request, view, id);
                node.is_some_and(|node| {
                    is_revoked.is_none_or(|revoked| node.entry.state.revoked == revoked)
                })
            },
            |id| EnrolmentTokenNode::find(request, &view, id),
        )
        .map(Some)
    }
}

payloads! {
    /// The answer to revoking an enrolment token.
    [RevokeEnrolmentTokenPayload] of EnrolmentToken {
        /// The token, with the change.
        enrolment_token: EnrolmentTokenNode
    }
}

secret_payloads! {
    [CreateEnrolmentTokenPayload]
    enrolment_token: EnrolmentTokenNode, in CreatedEnrolmentToken
}

/// A new token, and what its holder shows; nothing where it was shown before.
pub struct CreatedEnrolmentToken {
    pub enrolment_token: EnrolmentTokenNode,
    pub secret: Option<String>,
}

inputs! {
    /// A new enrolment token.
    CreateEnrolmentTokenInput {
        /// The tenant that agents enrol for.
        tenant_id: ID,
        /// How many agents may enrol with it, 1 to 100,000; 1 if not given.
        max_uses: Option<u32>,
        /// When it expires, at most 366 days from now; in 24 hours if not given.
        expires_at: Option<DateTime<Utc>>,
    }
    /// An enrolment token.
    RevokeEnrolmentTokenInput {
        /// The token.
        id: ID,
    }
}

/// A new enrolment token with its secret.
struct NewToken<'a> {
    input: &'a CreateEnrolmentTokenInput,
    secret: [u8; 32],
}

impl NewToken<'_> {
    fn token(&self, ask: &Ask) -> BearerToken {
        BearerToken::new(ask.new_id("enrolment"), self.secret)
    }
}

impl Changing for NewToken<'_> {
    type Of = EnrolmentToken;

    fn plan(&self, ask: &Ask) -> Result<Plan<EnrolmentToken>, Stop> {
        let tenant = seen::<Tenant>(ask, &self.input.tenant_id, "tenantId")?.id;
        let token = self.token(ask);
        let tomorrow = || ask.now() + DEFAULT_ENROLMENT_LIFE;
        let terms = TokenTerms {
            tenant,
            secret_hash: token.hash(),
            expires_at: self.input.expires_at.unwrap_or_else(tomorrow),
            max_uses: self.input.max_uses.unwrap_or(1),
        };
        let create = EnrolmentTokenCommand::Create(terms);
        ask.make(EnrolmentTokenId(token.id), create)
    }
}

impl Changing for RevokeEnrolmentTokenInput {
    type Of = EnrolmentToken;

    fn plan(&self, ask: &Ask) -> Result<Plan<EnrolmentToken>, Stop> {
        let token = seen::<EnrolmentToken>(ask, &self.id, "id")?;
        token.plan(EnrolmentTokenCommand::Revoke)
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
    ) -> Result<Option<CreateEnrolmentTokenPayload>> {
        let mut ask = asking(context, "createEnrolmentToken", &input, &input.options)?;
        let new = NewToken {
            input: &input,
            secret: random_secret()?,
        };
        let done = carry_out(context, &mut ask, &new).await;
        let created = done.and_then(|(id, done)| {
            let request = Request::of(context);
            let enrolment_token = EnrolmentTokenNode::find(request, &request.view(), id)
                .ok_or_else(|| Stop::not_found(EnrolmentToken::NOUN))?;
            let secret =
                (done == Done::Now).then(|| new.token(&ask).reveal(ENROLMENT_TOKEN_PREFIX));
            Ok(CreatedEnrolmentToken {
                enrolment_token,
                secret,
            })
        });
        CreateEnrolmentTokenPayload::new(context, created)
    }

    /// Revokes an enrolment token; agents that enrolled with it stay.
    async fn revoke_enrolment_token(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The token.")] input: RevokeEnrolmentTokenInput,
    ) -> Result<Option<RevokeEnrolmentTokenPayload>> {
        change(context, "revokeEnrolmentToken", input).await
    }
}
