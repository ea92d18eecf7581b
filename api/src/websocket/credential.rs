//! Where a client shows its token on a WebSocket.
//!
//! Programs set the header `Authorization` of the upgrade request; pages in a browser cannot, and so they put it into `connection_init`, some as if
//! it were a header. A bearer token is only ever shown on purpose, so that for it `Origin` decides nothing. What a browser sends by itself is taken
//! from the pages of this server alone: the cookie of the console, if `Origin` shows that one of them opens the socket; any other page that opens one
//! in a browser that is signed in is refused at once.

use crate::auth::{NotLetIn, Shown, bearer, bearer_of};
use crate::console::Way;
use crate::request::Services;
use axum::http::HeaderMap;
use serde_json::Value;

const AUTHORIZATION: &str = "authorization";

/// What was shown. The token itself is not kept.
#[derive(Clone, Copy)]
pub enum Credential {
    Nothing,
    /// A token that is none of ours.
    Worthless,
    Showed(Shown),
}

impl Credential {
    /// What the upgrade request shows; nothing at all if it shows a session out of a page of somebody else's.
    pub fn of_upgrade(services: &Services, headers: &HeaderMap) -> Result<Self, NotLetIn> {
        match Self::of_header(headers) {
            Self::Nothing => {}
            shown => return Ok(shown),
        }
        match services.session_of(headers, Way::Other) {
            None => Ok(Self::Nothing),
            Some(Ok(session)) => Ok(Self::Showed(Shown::Session(session))),
            Some(Err(NotLetIn::Foreign)) => Err(NotLetIn::Foreign),
            Some(Err(NotLetIn::NoToken | NotLetIn::SessionOver)) => Ok(Self::Worthless),
        }
    }

    /// What its `Authorization` shows.
    fn of_header(headers: &HeaderMap) -> Self {
        Self::of(bearer(headers))
    }

    /// What the payload of `connection_init` shows: in `Authorization`, in `token`, or in `headers.Authorization`.
    pub fn of_payload(payload: &Value) -> Self {
        let token = authorization(payload)
            .or_else(|| payload.get("token")?.as_str())
            .or_else(|| authorization(payload.get("headers")?));
        Self::of(token)
    }

    /// The other one where this shows nothing.
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Nothing => other,
            shown => shown,
        }
    }

    fn of(token: Option<&str>) -> Self {
        match token.map(Shown::by) {
            None => Self::Nothing,
            Some(None) => Self::Worthless,
            Some(Some(shown)) => Self::Showed(shown),
        }
    }
}

/// The token in the member that is named as the header, in whatever case.
fn authorization(members: &Value) -> Option<&str> {
    let mut named = members
        .as_object()?
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(AUTHORIZATION));
    named.find_map(|(_, value)| bearer_of(value.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header};
    use serde_json::json;
    use upkeep_domain::access::api_token::API_TOKEN_PREFIX;
    use upkeep_domain::kernel::secret::BearerToken;
    use uuid::Uuid;

    fn token(number: u128) -> String {
        BearerToken::new(Uuid::from_u128(number), [0; 32]).reveal(API_TOKEN_PREFIX)
    }

    fn header_of(value: &str) -> Credential {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        Credential::of_header(&headers)
    }

    /// The number of the token.
    fn number(credential: Credential) -> Option<u128> {
        match credential {
            Credential::Showed(Shown::Token(id, _)) => Some(id.0.as_u128()),
            _ => None,
        }
    }

    #[test]
    fn a_token_is_taken_from_wherever_clients_put_it() {
        for payload in [
            json!({ "Authorization": format!("Bearer {}", token(1)) }),
            json!({ "AUTHORIZATION": format!("bearer  {}", token(1)) }),
            json!({ "token": token(1) }),
            json!({ "headers": { "authorization": format!("Bearer {}", token(1)) } }),
            json!({ "Authorization": "Basic eA==", "headers": { "Authorization": format!("Bearer {}", token(1)) } }),
        ] {
            assert_eq!(
                number(Credential::of_payload(&payload)),
                Some(1),
                "{payload}"
            );
        }
        assert_eq!(number(header_of(&format!("Bearer {}", token(1)))), Some(1));
    }

    #[test]
    fn what_the_payload_shows_comes_before_the_handshake() {
        let of_upgrade = header_of(&format!("Bearer {}", token(2)));
        let or = |payload| Credential::of_payload(&payload).or(of_upgrade);
        assert_eq!(number(or(json!({ "token": token(1) }))), Some(1));
        for nothing in [
            json!(null),
            json!({}),
            json!({ "token": null, "headers": [] }),
        ] {
            assert_eq!(number(or(nothing)), Some(2));
        }
        assert!(matches!(or(json!({ "token": "x" })), Credential::Worthless));
    }

    #[test]
    fn what_is_no_bearer_token_shows_nothing() {
        for value in ["Basic eA==", "Bearer", ""] {
            assert!(matches!(header_of(value), Credential::Nothing), "{value}");
        }
        assert!(matches!(header_of("Bearer x"), Credential::Worthless));
    }
}
