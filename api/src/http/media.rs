//! What an answer is sent as: the library's rendering, under the media type and the status that the client's `Accept` asks for.
//!
//! Ours is what `graphql-http`'s audits find wrong with `GraphQLResponse` as it comes; each rule names the audits that fail
//! without it. `tests/tests/system/ready_made.rs` runs them against it.

use super::guard::Malformed;
use crate::RETRY_AFTER_SECONDS;
use crate::error;
use crate::execution::NotDone;
use crate::upload::Problem;
use async_graphql::Response as Answer;
use async_graphql_axum::GraphQLResponse;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(super) const LEGACY: &str = "application/json";
const CURRENT: &str = "application/graphql-response+json";

/// What the answer is sent as. The library always sends [`CURRENT`], and never says in which encoding (4655, 47DE, 80D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Current,
    Legacy,
}

impl Media {
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Current => "application/graphql-response+json; charset=utf-8",
            Self::Legacy => "application/json; charset=utf-8",
        })
    }

    /// The best of what the client accepts; nothing if it accepts neither.
    pub fn accepted(headers: &HeaderMap) -> Option<Self> {
        let Some(accept) = headers
            .get(header::ACCEPT)
            .and_then(|value| value.to_str().ok())
        else {
            return Some(Self::Legacy);
        };
        let mut best: Option<(u32, Self)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = match parts
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
                .as_str()
            {
                CURRENT => Self::Current,
                LEGACY | "*/*" | "application/*" => Self::Legacy,
                _ => continue,
            };
            let weight = parts
                .find_map(|parameter| parameter.strip_prefix("q="))
                .and_then(|weight| weight.parse::<f32>().ok())
                .unwrap_or(1.0);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 1000"
            )]
            let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u32;
            if weight > 0 && best.is_none_or(|(heaviest, _)| weight > heaviest) {
                best = Some((weight, media));
            }
        }
        best.map(|(_, media)| media)
    }

    pub fn render(self, answer: Answer) -> Response {
        let was_refused = error::was_refused(&answer);
        let is_unavailable = error::is_unavailable(&answer);
        let mut response = if was_refused {
            without_data(&answer)
        } else {
            GraphQLResponse::from(answer).into_response()
        };
        // The library answers 200, whatever was wrong (865D, 556A, 51FE, 74FF, 86EE).
        if was_refused && self == Self::Current {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type());
        if is_unavailable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }

    pub fn refuse_for_now(self, not_done: &NotDone) -> Response {
        let mut response = self.render(not_done.response());
        match not_done {
            NotDone::Busy => {
                *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
            }
            NotDone::Failed => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
        }
        response
    }

    pub fn refuse(self, malformed: &Malformed) -> Response {
        let Malformed(status, code, message) = malformed;
        let mut response = self.render(error::response(*code, message));
        // Well-formed JSON with a bad request inside it is 400 in both media types.
        *response.status_mut() = *status;
        if *status == StatusCode::METHOD_NOT_ALLOWED {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

/// What was never executed has no `data`, not even `null`, as the library writes it (D586, 5E5B).
fn without_data(answer: &Answer) -> Response {
    let mut body = serde_json::json!({ "errors": answer.errors });
    if !answer.extensions.is_empty() {
        body["extensions"] = serde_json::json!(answer.extensions);
    }
    Json(body).into_response()
}

/// To whoever shows no token, before anything else is read.
pub fn unauthenticated(headers: &HeaderMap) -> Response {
    let mut response = Problem::unauthenticated().into_response();
    if let Some(media) = Media::accepted(headers) {
        (response.headers_mut()).insert(header::CONTENT_TYPE, media.content_type());
    }
    response
}

pub fn not_acceptable() -> Response {
    let message = format!("answers come as {CURRENT} or {LEGACY}: accept one of them");
    (StatusCode::NOT_ACCEPTABLE, message).into_response()
}
