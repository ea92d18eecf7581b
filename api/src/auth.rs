//! Who asks: a bearer token becomes a principal, before anything else is looked at.

use axum::http::{HeaderMap, header};
use upkeep_domain::access::{Principal, principal_of};
use upkeep_domain::api_token::API_TOKEN_PREFIX;
use upkeep_domain::ids::ApiTokenId;
use upkeep_domain::instance::SETUP_TOKEN_PREFIX;
use upkeep_domain::secret::{BearerToken, SecretHash};

use crate::request::Services;

/// Somebody who showed something that is worth something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Authenticated {
    Principal(Principal),
    /// The holder of a setup token: good for becoming the first administrator, and for nothing else.
    Setup(SecretHash),
}

impl Services {
    /// The caller behind an `Authorization` header.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Option<Authenticated> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = value.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| self.authenticate_token(token.trim()))?
    }

    /// The caller behind a token.
    pub(crate) fn authenticate_token(&self, token: &str) -> Option<Authenticated> {
        let view = self.projections.live();
        if let Some(setup) = BearerToken::parse(SETUP_TOKEN_PREFIX, token) {
            let is_valid = view.instance.setup_secret == Some(setup.hash());
            return is_valid.then(|| Authenticated::Setup(setup.hash()));
        }
        let shown = BearerToken::parse(API_TOKEN_PREFIX, token)?;
        let id = ApiTokenId(shown.id);
        let grant = view.api_tokens.get(id)?.state.grant.as_ref()?;
        if grant.secret_hash != shown.hash() {
            return None;
        }
        let find = |id| view.api_tokens.get(id).map(|entry| &entry.state);
        principal_of(id, self.handler.clock().now(), find).map(Authenticated::Principal)
    }
}
