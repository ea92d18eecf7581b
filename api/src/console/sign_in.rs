//! `POST /console/session` and `DELETE /console/session`.
//!
//! Who signs in has shown nothing yet: of it a small body is read. What is wrong is answered late, in a place of which there are few, so that
//! however many try there is only so much to do and little to try. Whoever is right needs no place, and nobody is locked out by others' tries: tokens and codes are 256 random bits, and
//! whoever has one is not who guesses.

use super::codes::Worthless;
use super::files::with_policy;
use super::replacing::Replacing;
use super::session::Session;
use super::small::{of_malformed, read, too_much, written, wrong};
use crate::auth::{NotLetIn, Shown};
use crate::console::Way;
use crate::error::ErrorCode;
use crate::http::guard;
use crate::request::SETUP_ONLY;
use crate::upload::Problem;
use crate::{SESSION_AGE, Shared, WRONG_TRY_PAUSE};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use upkeep_domain::kernel::ids::ApiTokenId;
use uuid::Uuid;

/// What is sent to sign in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Exchange {
    token: Option<String>,
    code: Option<String>,
    instead_of: Option<String>,
}

/// What somebody signs in with.
enum Credential {
    /// Shown on purpose.
    Token(String),
    /// Out of a link, perhaps of somebody else's; and in whose place, where somebody agreed to that.
    Code {
        code: String,
        instead_of: Option<String>,
    },
}

impl Exchange {
    fn credential(self) -> Option<Credential> {
        match (self.token, self.code, self.instead_of) {
            (Some(token), None, None) => Some(Credential::Token(token)),
            (None, Some(code), instead_of) => Some(Credential::Code { code, instead_of }),
            _ => None,
        }
    }
}

/// Why nobody is signed in.
enum NotSignedIn {
    Refused(Problem),
    /// Somebody is signed in already, and has to agree.
    Asked(Replacing),
}

impl From<Problem> for NotSignedIn {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

/// Exchanges a token or a code for a session.
pub async fn sign_in(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    with_policy(
        answer_sign_in(&shared, &headers, body)
            .await
            .into_response(),
    )
}

async fn answer_sign_in(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let services = &shared.services;
    let console = &services.console;
    // Otherwise a page of somebody else's could sign a visitor in as somebody else.
    if !console.pages.none_else_sent(headers) {
        return Err(foreign(shared));
    }
    guard::check_media(headers).map_err(of_malformed)?;
    let body = read(headers, body).await?;
    // What cannot be read may hold a secret: it is not repeated.
    let exchange: Option<Exchange> = serde_json::from_slice(&body).ok();
    let credential = exchange.and_then(Exchange::credential).ok_or_else(|| {
        wrong("send {\"token\": \"upt_…\"} or {\"code\": \"upc_…\"}, one of the two")
    })?;
    let before = services.session_of(headers, Way::Other);
    let before = before.and_then(Result::ok);
    let signed_in = before.filter(|before| services.is_in_force(&Shown::Session(*before)));
    match session_for(shared, &credential, signed_in.map(|before| before.token)) {
        Ok(session) => {
            tracing::info!(token = %session.token.0, "somebody signed in to the console");
            // The browser forgets the one before, and nobody could sign out of it any more.
            if let Some(before) = before {
                let now = services.commands.clock().now();
                console.ended.add(&before, now);
            }
            Ok(answer(shared, &session))
        }
        // Not late: whoever has a good code does not guess.
        Err(NotSignedIn::Asked(replacing)) => Ok(replacing.question(&services.projections.live())),
        Err(NotSignedIn::Refused(problem)) => {
            // Only who is wrong needs a place to wait in: others' tries keep nobody out.
            let Ok(_place) = console.sign_ins.try_acquire() else {
                return Err(too_much(
                    "too many wrong tries at once: try again in a moment",
                ));
            };
            tokio::time::sleep(WRONG_TRY_PAUSE).await;
            Err(problem)
        }
    }
}

fn session_for(
    shared: &Shared,
    credential: &Credential,
    signed_in: Option<ApiTokenId>,
) -> Result<Session, NotSignedIn> {
    let services = &shared.services;
    let codes = &services.console.codes;
    let now = services.commands.clock().now();
    let shown = match credential {
        Credential::Token(token) => Shown::by(token.trim())
            .ok_or_else(|| nobody("this is no API token: paste one whole, it begins with upt_"))?,
        Credential::Code { code, .. } => {
            let token = codes.look(code.trim(), now);
            let token = token.map_err(|why| nobody(said_of(why)))?;
            Shown::Token(token.id, token.secret_hash)
        }
    };
    let Shown::Token(token, secret_hash) = shown else {
        let status = StatusCode::FORBIDDEN;
        return Err(Problem::new(status, ErrorCode::Forbidden, SETUP_ONLY).into());
    };
    if services.caller_of(shown).is_none() {
        return Err(nobody(match credential {
            Credential::Token(_) => {
                "the token is not in force: it is unknown, was revoked or has expired; sign in with another one"
            }
            Credential::Code { .. } => {
                "the token that made this code is not in force any more: ask for a new link"
            }
        })
        .into());
    }
    if let Credential::Code { code, instead_of } = credential {
        let replaced = signed_in.filter(|signed_in| *signed_in != token);
        let replacing = replaced.map(|signed_in| Replacing {
            signed_in,
            by: token,
        });
        if let Some(asked) = replacing.filter(|asked| !asked.is_agreed(instead_of.as_deref())) {
            return Err(NotSignedIn::Asked(asked));
        }
        // Of several who come with it at once one is the first.
        let redeemed = codes.redeem(code.trim(), now);
        redeemed.map_err(|why| nobody(said_of(why)))?;
    }
    let age = now + SESSION_AGE;
    let view = services.projections.live();
    let grant = view
        .api_tokens
        .get(token)
        .and_then(|entry| entry.state.grant.as_ref());
    let of_token = grant.and_then(|grant| grant.expires_at);
    Ok(Session {
        id: Uuid::new_v4(),
        token,
        secret_hash,
        expires_at: of_token.map_or(age, |end| end.min(age)),
    })
}

fn said_of(why: Worthless) -> &'static str {
    match why {
        Worthless::Unknown => {
            "there is no such code, or the server was started again since: ask for a new link"
        }
        Worthless::Expired => "the code has expired: ask for a new link",
        Worthless::Used => {
            "the code was used already, it is good once: ask for a new link, and if it was not you, revoke the token"
        }
    }
}

fn answer(shared: &Shared, session: &Session) -> Response {
    let services = &shared.services;
    let text = session.write(&services.console.key);
    let now = services.commands.clock().now();
    let headers = [
        (
            header::SET_COOKIE,
            services.console.cookie().set(&text, session, now),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let body = Json(json!({ "expiresAt": written(session.expires_at) }));
    (headers, body).into_response()
}

/// Ends the session that is shown, if it is one, and has the browser forget it.
pub async fn sign_out(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let services = &shared.services;
    let console = &services.console;
    if !console.pages.sent(Way::Other, &headers) {
        return with_policy(foreign(&shared).into_response());
    }
    if let Some(Ok(session)) = services.session_of(&headers, Way::Other) {
        let now = services.commands.clock().now();
        console.ended.add(&session, now);
        tracing::info!(token = %session.token.0, "somebody signed out of the console");
    }
    let cleared = [(header::SET_COOKIE, console.cookie().clear())];
    with_policy((StatusCode::NO_CONTENT, cleared).into_response())
}

fn foreign(shared: &Shared) -> Problem {
    Problem::of(NotLetIn::Foreign, &shared.services)
}

fn nobody(message: &str) -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        ErrorCode::Unauthenticated,
        message,
    )
}
