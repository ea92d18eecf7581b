//! `POST /console/code`.

use super::codes::{Token, TooMany};
use super::files::with_policy;
use super::small::{of_malformed, read, too_much, written, wrong};
use crate::auth::{Authenticated, Shown, bearer};
use crate::bound::places::Holder;
use crate::error::ErrorCode;
use crate::http::guard;
use crate::request::SETUP_ONLY;
use crate::upload::Problem;
use crate::{CODE_LIFE, MAX_CODE_MINUTES, Shared};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// How long a code is to be good.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    minutes: Option<u64>,
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
    let (Authenticated::Principal(holder), Shown::Token(id, secret_hash)) = (caller, shown) else {
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
    let token = Token {
        id,
        secret_hash,
        tenant: holder.confined_to(),
    };
    let made = services.console.codes.make(token, (now, life), random);
    let (text, expires_at) = made.map_err(|TooMany| {
        too_much("too many codes of this token, of its tenant or of all wait to be used: use one, or wait until they have expired")
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
