//! Who asks: a bearer token becomes a principal, before anything else is looked at.

use axum::http::{HeaderMap, header};
use upkeep_domain::access::api_token::API_TOKEN_PREFIX;
use upkeep_domain::access::{Principal, principal_of};
use upkeep_domain::installation::instance::SETUP_TOKEN_PREFIX;
use upkeep_domain::kernel::ids::ApiTokenId;
use upkeep_domain::kernel::secret::{BearerToken, SecretHash};

use crate::request::Services;

/// Somebody who showed something that is worth something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Authenticated {
    Principal(Principal),
    /// The holder of a setup token: good for becoming the first administrator, and for nothing else.
    Setup(SecretHash),
}

/// What was shown, without its secret: enough to see whether it is still worth something.
#[derive(Clone, Copy, PartialEq)]
pub enum Shown {
    Token(ApiTokenId, SecretHash),
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
        Some(self.authenticate_shown(token)?.0)
    }

    /// The caller behind a token, and what to look at later.
    pub(crate) fn authenticate_shown(&self, token: &str) -> Option<(Authenticated, Shown)> {
        let shown = if let Some(setup) = BearerToken::parse(SETUP_TOKEN_PREFIX, token) {
            Shown::Setup(setup.hash())
        } else {
            let token = BearerToken::parse(API_TOKEN_PREFIX, token)?;
            Shown::Token(ApiTokenId(token.id), token.hash())
        };
        Some((self.caller_of(shown)?, shown))
    }

    /// Whether what was shown is still worth something.
    pub(crate) fn is_in_force(&self, shown: &Shown) -> bool {
        self.caller_of(*shown).is_some()
    }

    fn caller_of(&self, shown: Shown) -> Option<Authenticated> {
        let view = self.projections.live();
        match shown {
            Shown::Setup(hash) => {
                let is_valid = view.instance.setup_secret == Some(hash);
                is_valid.then_some(Authenticated::Setup(hash))
            }
            Shown::Token(id, hash) => {
                let grant = view.api_tokens.get(id)?.state.grant.as_ref()?;
                if grant.secret_hash != hash {
                    return None;
                }
                let find = |id| view.api_tokens.get(id).map(|entry| &entry.state);
                let is_removed = |tenant| view.is_tenant_removed(tenant);
                let now = self.commands.clock().now();
                principal_of(id, now, find, is_removed).map(Authenticated::Principal)
            }
        }
    }
}
