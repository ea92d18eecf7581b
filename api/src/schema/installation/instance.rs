//! The installation, and who is its first administrator.

use crate::auth::Authenticated;
use crate::error::ErrorCode;
use crate::request::Request;
use crate::schema::access::api_token::{
    ApiTokenNode, CreateApiTokenPayload, CreatedApiToken, NewGrant, create_token,
};
use crate::schema::change::{Order, name};
use crate::schema::types::UserError;
use async_graphql::{Context, Object, Result};
use upkeep_domain::access::Principal;
use upkeep_domain::access::api_token::Role;
use upkeep_domain::installation::instance::{Instance, InstanceCommand, TheInstance};
use upkeep_domain::kernel::ids::ApiTokenId;

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
    ) -> Result<CreateApiTokenPayload> {
        let Authenticated::Setup(secret_hash) = Request::of(context).caller() else {
            let message = "show the setup token that the server's first start printed";
            return Err(ErrorCode::Forbidden.error(message));
        };
        let name = ok!(CreateApiTokenPayload, context, name("name", &input.name));
        let order = Order::new(context, "appointFirstAdministrator", &input, &input.options)?;
        let token = ApiTokenId(order.new_id("token"));
        let appoint = InstanceCommand::AppointBySetupToken { secret_hash, token };
        let appointed = order
            .execute::<Instance>(context, TheInstance, appoint)
            .await?;
        ok!(CreateApiTokenPayload, context, appointed);
        let grant = NewGrant {
            name,
            role: Role::MspAdmin,
            expires_at: None,
            created_by: None,
        };
        let created = create_token(context, &order, token, grant).await?;
        let (id, secret) = ok!(CreateApiTokenPayload, context, created);
        // The setup token sees nothing; its holder sees what it made.
        let view = Request::of(context).view();
        let holder = Request::new(
            Authenticated::Principal(Principal::TokenHolder {
                token: id,
                role: Role::MspAdmin,
            }),
            view.clone(),
        );
        let node = ApiTokenNode::find(&holder, &view, id)
            .map(|api_token| CreatedApiToken { api_token, secret })
            .ok_or_else(|| UserError::not_found("token"));
        Ok(CreateApiTokenPayload::new(context, node))
    }
}
