//! Of API tokens.

use super::{Attempt, Possible, act};
use upkeep_domain::access::api_token::{ApiToken, ApiTokenCommand};

impl Possible for ApiToken {
    const ATTEMPTS: &'static [Attempt<Self>] = &[act("revokeApiToken", |ask, token| {
        ask.weigh(&token.plan(ApiTokenCommand::Revoke)?)
    })];
}
