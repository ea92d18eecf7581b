//! The installation, and who is its first administrator.

use crate::auth::Authenticated;
use crate::error::ErrorCode;
use crate::request::{Request, services};
use crate::schema::access::api_token::{
    ApiTokenNode, AppointFirstAdministratorPayload, CreatedApiToken,
};
use crate::schema::access::secret::random_secret;
use crate::schema::change::{envelope, name};
use async_graphql::{Context, Object, Result};
use upkeep_commands::{Envelope, Stop};
use upkeep_domain::access::api_token::{API_TOKEN_PREFIX, ApiToken, ApiTokenCommand, Grant, Role};
use upkeep_domain::access::{Guarded as _, Principal};
use upkeep_domain::installation::instance::{Instance, InstanceCommand, TheInstance};
use upkeep_domain::kernel::ids::{ApiTokenId, derive};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::secret::{BearerToken, SecretHash};

inputs! {
    /// Who becomes the first administrator.
    AppointFirstAdministratorInput {
        /// The name for the new token.
        name: String,
    }
}

/// What can be changed about the installation.
#[derive(Default)]
pub struct InstanceMutation;

#[Object]
impl InstanceMutation {
    /// Makes the holder of the setup token the first administrator. Send the setup token that the first start
    /// printed as your bearer token; it is good for this once.
    async fn appoint_first_administrator(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who.")] input: AppointFirstAdministratorInput,
    ) -> Result<Option<AppointFirstAdministratorPayload>> {
        let Authenticated::Setup(secret_hash) = Request::of(context).caller() else {
            let message = "show the setup token that the server's first start printed";
            return Err(ErrorCode::Forbidden.error(message));
        };
        let actor = Actor::System;
        let envelope = envelope("appointFirstAdministrator", &input, &input.options, actor)?;
        let appointed = appoint(context, &input, &envelope, secret_hash).await;
        AppointFirstAdministratorPayload::new(context, appointed)
    }
}

async fn appoint(
    context: &Context<'_>,
    input: &AppointFirstAdministratorInput,
    envelope: &Envelope,
    secret_hash: SecretHash,
) -> Result<CreatedApiToken, Stop> {
    let commands = &services(context).commands;
    let name = name("name", &input.name)?;
    let secret = random_secret().map_err(|error| Stop::Fault(error.message))?;
    let bearer = BearerToken::new(derive(envelope.command_id.0, "token"), secret);
    let token = ApiTokenId(bearer.id);
    let appoint = InstanceCommand::AppointBySetupToken { secret_hash, token };
    commands
        .send::<Instance>(TheInstance, appoint, envelope)
        .await?;
    let grant = Grant {
        name,
        role: Role::MspAdmin,
        secret_hash: bearer.hash(),
        expires_at: None,
        created_by: None,
    };
    let create = ApiTokenCommand::Create(grant);
    let created = commands.send::<ApiToken>(token, create, envelope).await?;
    let view = commands.at_least(created.position).await?;
    Request::of(context).move_on(view.clone());
    // The setup token sees nothing; its holder sees what it made.
    let role = Role::MspAdmin;
    let holder = Principal::TokenHolder { token, role };
    let holder = Request::new(Authenticated::Principal(holder), view.clone());
    let api_token =
        ApiTokenNode::find(&holder, &view, token).ok_or_else(|| Stop::not_found(ApiToken::NOUN))?;
    let is_new = !created.events.is_empty();
    let secret = is_new.then(|| bearer.reveal(API_TOKEN_PREFIX));
    Ok(CreatedApiToken { api_token, secret })
}
