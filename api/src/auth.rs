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

impl Shown {
    /// What a token shows, whether it is in force or not; nothing if it is none of ours.
    pub fn by(token: &str) -> Option<Self> {
        if let Some(setup) = BearerToken::parse(SETUP_TOKEN_PREFIX, token) {
            return Some(Self::Setup(setup.hash()));
        }
        let token = BearerToken::parse(API_TOKEN_PREFIX, token)?;
        Some(Self::Token(ApiTokenId(token.id), token.hash()))
    }
}

/// The token in an `Authorization` header; nothing if there is none, or something else.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    bearer_of(headers.get(header::AUTHORIZATION)?.to_str().ok()?)
}

/// The token in what such a header holds.
pub fn bearer_of(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Services {
    /// The caller behind an `Authorization` header.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Option<Authenticated> {
        self.caller_of(Shown::by(bearer(headers)?)?)
    }

    /// Whether what was shown is still worth something.
    pub(crate) fn is_in_force(&self, shown: &Shown) -> bool {
        self.caller_of(*shown).is_some()
    }

    /// The caller behind what was shown, if it is worth something now.
    pub(crate) fn caller_of(&self, shown: Shown) -> Option<Authenticated> {
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
