//! What an answer is sent as: the library's rendering, under the media type and the status that the client's `Accept` asks for.
//!
//! Ours is what `graphql-http`'s audits find wrong with `GraphQLResponse` as it comes; each rule names the audits that fail
//! without it. `tests/tests/system/ready_made.rs` runs them against it.

use super::guard::Malformed;
use crate::RETRY_AFTER_SECONDS;
use crate::error;
use crate::execution::NotDone;
use async_graphql::Response as Answer;
use async_graphql_axum::GraphQLResponse;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

pub(super) const LEGACY: &str = "application/json";
pub(super) const CURRENT: &str = "application/graphql-response+json";

/// What the answer is sent as. The library always sends [`CURRENT`], and never says in which encoding (4655, 47DE, 80D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Current,
    Legacy,
}

impl Media {
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Current => "application/graphql-response+json; charset=utf-8",
            Self::Legacy => "application/json; charset=utf-8",
        })
    }

    pub fn render(self, answer: Answer) -> Response {
        let was_refused = error::was_refused(&answer);
        let is_unavailable = error::is_unavailable(&answer);
        let mut response = if was_refused {
            Json(without_data(&answer)).into_response()
        } else {
            GraphQLResponse::from(answer).into_response()
        };
        // The library answers 200, whatever was wrong (865D, 556A, 51FE, 74FF, 86EE).
        if was_refused && self == Self::Current {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.content_type());
        // It is the caller's alone, who may be told by a cookie.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if is_unavailable {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }

    pub fn refuse_for_now(self, not_done: &NotDone) -> Response {
        let mut response = self.render(not_done.response());
        match not_done {
            NotDone::Busy | NotDone::TooManyStreams => {
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
pub(super) fn without_data(answer: &Answer) -> Value {
    let mut body = json!({ "errors": answer.errors });
    if !answer.extensions.is_empty() {
        body["extensions"] = json!(answer.extensions);
    }
    body
}
