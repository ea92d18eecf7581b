//! `POST /console/session`, `DELETE /console/session` and `POST /console/code`.
//!
//! Who signs in has shown nothing yet: of it a small body is read. What is wrong is answered late, in a place of which there are few, so that
//! however many try there is only so much to do and little to try. Whoever is right needs no place, and nobody is locked out by others' tries: tokens and codes are 256 random bits, and
//! whoever has one is not who guesses.

use super::codes::{Token, TooMany, Worthless};
use super::files::with_policy;
use super::session::Session;
use crate::auth::{Authenticated, NotLetIn, Shown, bearer};
use crate::bound::places::Holder;
use crate::console::Way;
use crate::error::ErrorCode;
use crate::http::guard::{self, Malformed};
use crate::request::SETUP_ONLY;
use crate::upload::Problem;
use crate::{
    BODY_PATIENCE, CODE_LIFE, MAX_CODE_MINUTES, MAX_SIGN_IN_BYTES, SESSION_AGE, Shared,
    WRONG_TRY_PAUSE,
};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What somebody signs in with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Credential {
    Token(String),
    Code(String),
}

/// How long a code is to be good.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    minutes: Option<u64>,
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
    let console = &shared.services.console;
    // Otherwise a page of somebody else's could sign a visitor in as somebody else.
    if !console.pages.none_else_sent(headers) {
        return Err(foreign(shared));
    }
    guard::check_media(headers).map_err(of_malformed)?;
    let body = read(headers, body).await?;
    // What cannot be read may hold a secret: it is not repeated.
    let credential: Credential = serde_json::from_slice(&body).map_err(|_| {
        wrong("send {\"token\": \"upt_…\"} or {\"code\": \"upc_…\"}, one of the two")
    })?;
    match session_for(shared, &credential) {
        Ok(session) => {
            tracing::info!(token = %session.token.0, "somebody signed in to the console");
            // The browser forgets the one before, and nobody could sign out of it any more.
            if let Some(Ok(before)) = shared.services.session_of(headers, Way::Other) {
                let now = shared.services.commands.clock().now();
                console.ended.add(&before, now);
            }
            Ok(signed_in(shared, &session))
        }
        Err(problem) => {
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

fn session_for(shared: &Shared, credential: &Credential) -> Result<Session, Problem> {
    let services = &shared.services;
    let now = services.commands.clock().now();
    let shown = match credential {
        Credential::Token(token) => Shown::by(token.trim())
            .ok_or_else(|| nobody("this is no API token: paste one whole, it begins with upt_"))?,
        Credential::Code(code) => {
            let token = services.console.codes.redeem(code.trim(), now);
            let token = token.map_err(|why| nobody(said_of(why)))?;
            Shown::Token(token.id, token.secret_hash)
        }
    };
    let Shown::Token(token, secret_hash) = shown else {
        let status = StatusCode::FORBIDDEN;
        return Err(Problem::new(status, ErrorCode::Forbidden, SETUP_ONLY));
    };
    if services.caller_of(shown).is_none() {
        return Err(nobody(match credential {
            Credential::Token(_) => {
                "the token is not in force: it is unknown, was revoked or has expired; sign in with another one"
            }
            Credential::Code(_) => {
                "the token that made this code is not in force any more: ask for a new link"
            }
        }));
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

fn signed_in(shared: &Shared, session: &Session) -> Response {
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

/// A one-time code for whoever shows a token: for a link that opens the console signed in.
pub async fn code(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    with_policy(answer_code(&shared, &headers, body).await.into_response())
}

async fn answer_code(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let services = &shared.services;
    // Not a session: with codes it would go on for ever.
    let shown = bearer(headers).and_then(Shown::by);
    let shown = shown.ok_or_else(Problem::unauthenticated)?;
    let caller = services
        .caller_of(shown)
        .ok_or_else(Problem::unauthenticated)?;
    let (Authenticated::Principal(_), Shown::Token(id, secret_hash)) = (caller, shown) else {
        let status = StatusCode::FORBIDDEN;
        return Err(Problem::new(status, ErrorCode::Forbidden, SETUP_ONLY));
    };
    let Some(_present) = shared.present.take(Holder::of(caller)) else {
        return Err(too_much(
            "too many of your requests are under way at once: try again in a moment",
        ));
    };
    let body = read(headers, body).await?;
    let life = if body.is_empty() {
        CODE_LIFE
    } else {
        guard::check_media(headers).map_err(of_malformed)?;
        wished(&body)?
    };
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| {
        tracing::error!(%error, "there is no chance for a code");
        let message = "the server has no random bits: its log says why";
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::Internal,
            message,
        )
    })?;
    let now = services.commands.clock().now();
    let made = (services.console.codes).make(Token { id, secret_hash }, (now, life), random);
    let (text, expires_at) = made.map_err(|TooMany| {
        too_much("too many codes wait to be used: use one, or wait until they have expired")
    })?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    let body = Json(json!({ "code": text, "expiresAt": written(expires_at) }));
    Ok((headers, body).into_response())
}

fn wished(body: &Bytes) -> Result<Duration, Problem> {
    let wrong = || {
        wrong(format!(
            "send {{\"minutes\": N}} with N from 1 to {MAX_CODE_MINUTES}, or no body at all"
        ))
    };
    let wish: Wish = serde_json::from_slice(body).map_err(|_| wrong())?;
    match wish.minutes {
        None => Ok(CODE_LIFE),
        Some(minutes @ 1..=MAX_CODE_MINUTES) => Ok(Duration::from_mins(minutes)),
        Some(_) => Err(wrong()),
    }
}

/// A small body, if it comes in time.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let too_large = || {
        let message = format!("the request is larger than {MAX_SIGN_IN_BYTES} bytes: send less");
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Problem::new(status, ErrorCode::LimitExceeded, message)
    };
    let announced = headers.get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_SIGN_IN_BYTES) {
        return Err(too_large());
    }
    let read = tokio::time::timeout(BODY_PATIENCE, to_bytes(body, MAX_SIGN_IN_BYTES)).await;
    match read {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) if announced.is_none() => Err(too_large()),
        Ok(Err(_)) => Err(wrong("the request's body could not be read")),
        Err(_) => {
            let seconds = BODY_PATIENCE.as_secs();
            let message =
                format!("the request's body did not come within {seconds} seconds: send it again");
            let status = StatusCode::REQUEST_TIMEOUT;
            Err(Problem::new(status, ErrorCode::Timeout, message))
        }
    }
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
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

fn wrong(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
}

fn too_much(message: &str) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable,
        message,
    )
}

fn of_malformed(Malformed(status, code, message): Malformed) -> Problem {
    Problem::new(status, code, message)
}
