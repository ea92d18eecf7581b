//! A command on its way: who sends it, what it is known by, on which view it was judged.

use crate::auth::Authenticated;
use crate::error::{self, ErrorCode};
use crate::request::{Request, execute};
use crate::schema::types::{CommandOptions, UserError, UserErrorCode};
use async_graphql::{Context, InputType, Result};
use std::sync::Arc;
use upkeep_domain::catalogue::script::Sha256Digest;
use upkeep_domain::kernel::decider::Rejection as _;
use upkeep_domain::kernel::ids::{CommandId, TenantId, derive};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::text::{self, TextError};
use upkeep_event_store::Envelope;
use upkeep_projections::{Known, View};
use uuid::Uuid;

/// A command on its way: its id, its sender, its fingerprint, and the view on which it was judged whether the sender may.
#[derive(Clone)]
pub struct Order {
    pub envelope: Envelope,
    judged: Arc<View>,
}

impl Order {
    pub fn new(
        context: &Context<'_>,
        name: &str,
        input: &impl InputType,
        options: &CommandOptions,
    ) -> Result<Self> {
        let request = Request::of(context);
        let actor = match request.caller() {
            Authenticated::Principal(principal) => principal.actor(),
            Authenticated::Setup(_) => Actor::System,
        };
        let reason = options.reason.as_deref().map(reason).transpose()?.flatten();
        let command = CommandId(options.command_id.unwrap_or_else(Uuid::now_v7));
        let input = serde_json::to_vec(&(name, actor, input.to_value().into_json().ok()))
            .map_err(|error| error::internal(&error))?;
        let envelope = Envelope {
            digest: Some(Sha256Digest::of(&input)),
            reason,
            expected_revision: options.expected_revision,
            ..Envelope::new(command, actor)
        };
        Ok(Self {
            envelope,
            judged: request.view(),
        })
    }

    /// The same, judged on this view.
    pub fn judged_on(mut self, view: Arc<View>) -> Self {
        self.judged = view;
        self
    }

    /// The view on which it was judged.
    pub fn judged(&self) -> &View {
        &self.judged
    }

    pub fn of_tenant(mut self, tenant: Option<TenantId>) -> Self {
        self.envelope = self.envelope.of_tenant(tenant);
        self
    }

    /// The id of what this command makes.
    pub fn new_id(&self, kind: &str) -> Uuid {
        derive(self.envelope.command_id.0, kind)
    }

    /// Executes the command, unless its tenant was removed; the answer tells whether events were made now.
    pub async fn execute<D: Known>(
        &self,
        context: &Context<'_>,
        id: D::Id,
        command: D::Command,
    ) -> Result<Result<bool, UserError>> {
        check!(refuse_if_removed(&self.judged, self.envelope.tenant));
        self.execute_anyway::<D>(context, id, command).await
    }

    /// The same, in a removed tenant too: for what ends something there.
    pub async fn execute_anyway<D: Known>(
        &self,
        context: &Context<'_>,
        id: D::Id,
        command: D::Command,
    ) -> Result<Result<bool, UserError>> {
        let executed = execute::<D>(context, id, command, (&self.envelope, &self.judged)).await?;
        Ok(executed
            .map(|outcome| !outcome.events.is_empty())
            .map_err(|error| UserError::from(&error)))
    }
}

/// Refuses whatever would change something in a tenant that was removed.
pub fn refuse_if_removed(view: &View, tenant: Option<TenantId>) -> Result<(), UserError> {
    let known = tenant.and_then(|tenant| view.tenants.get(tenant));
    match known.map(|entry| entry.state.refuse_if_removed()) {
        Some(Err(removed)) => Err(UserError::new(
            UserErrorCode::of(removed.code()),
            removed.to_string(),
        )),
        _ => Ok(()),
    }
}

/// A reason as it is kept: composed, with nothing hidden in it; none where nothing is said.
fn reason(text: &str) -> Result<Option<String>> {
    let what = match text::prose(text) {
        Ok(reason) => return Ok(Some(reason)),
        Err(TextError::Empty) => return Ok(None),
        Err(TextError::Control) => "a control character",
        Err(TextError::Invisible(_)) => "a character that cannot be seen",
    };
    let message = format!("options.reason holds {what}: remove it");
    Err(ErrorCode::BadUserInput.error(message))
}
