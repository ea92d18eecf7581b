//! Who asks: a bearer token, or the session of a page of ours, becomes a principal, before anything else is looked at.

use axum::http::{HeaderMap, header};
use upkeep_domain::access::api_token::API_TOKEN_PREFIX;
use upkeep_domain::access::{Principal, principal_of};
use upkeep_domain::installation::instance::SETUP_TOKEN_PREFIX;
use upkeep_domain::kernel::ids::ApiTokenId;
use upkeep_domain::kernel::secret::{BearerToken, SecretHash};

use crate::console::{Session, Way};
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
    /// That a token was shown before, in the browser that asks.
    Session(Session),
}

/// Why nobody is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLetIn {
    /// No token is shown, or one that is not in force.
    NoToken,
    /// The session that is shown has ended, or is none of this server's.
    SessionOver,
    /// A session is shown, and nothing that proves that a page of ours does.
    Foreign,
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
    /// What a request shows, and the caller behind it. A token in `Authorization` counts more than a cookie, which goes along by itself.
    pub(crate) fn authenticate(
        &self,
        headers: &HeaderMap,
        way: Way,
    ) -> Result<(Shown, Authenticated), NotLetIn> {
        let (shown, otherwise) = if let Some(token) = bearer(headers) {
            (Shown::by(token), NotLetIn::NoToken)
        } else {
            match self.session_of(headers, way) {
                Some(session) => (Some(Shown::Session(session?)), NotLetIn::SessionOver),
                None => (None, NotLetIn::NoToken),
            }
        };
        let shown = shown.ok_or(otherwise)?;
        let caller = self.caller_of(shown).ok_or(otherwise)?;
        Ok((shown, caller))
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
            Shown::Session(session) if !self.has_not_ended(&session) => None,
            Shown::Session(session) => {
                self.caller_of(Shown::Token(session.token, session.secret_hash))
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
