//! GraphQL over HTTP, as its specification has it (`graphql-http`'s audit is a test).
//!
//! Our own, because the ready-made handler executes mutations that come by `GET` or as `text/plain`, which any web
//! page can send in somebody's name, and negotiates no media type.

use crate::auth::Authenticated;
use crate::bound::places::Holder;
use crate::error::{self, ErrorCode};
use crate::execution::{Allowed, Asked, NotDone};
use crate::upload::Problem;
use crate::{BODY_PATIENCE, MAX_BODY_BYTES, RETRY_AFTER_SECONDS, Shared, graphiql, websocket};
use async_graphql::Response as Answer;
use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::LengthLimitError;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use upkeep_domain::access::Principal;
use upkeep_listener::Peer;

const LEGACY: &str = "application/json";
const CURRENT: &str = "application/graphql-response+json";

/// A request that is not well-formed.
struct Malformed(StatusCode, String);

impl Malformed {
    fn bad(message: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, message.into())
    }
}

/// What the answer is sent as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Media {
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
    fn accepted(headers: &HeaderMap) -> Option<Self> {
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

    fn render(self, answer: &Answer) -> Response {
        // Errors without data and without a path: the request was never executed.
        let is_request_error = answer.data == async_graphql::Value::Null
            && !answer.errors.is_empty()
            && answer.errors.iter().all(|error| error.path.is_empty());
        let status = match self {
            Self::Current if is_request_error => StatusCode::BAD_REQUEST,
            Self::Current | Self::Legacy => StatusCode::OK,
        };
        let body = if is_request_error {
            let mut body = serde_json::json!({ "errors": answer.errors });
            if !answer.extensions.is_empty() {
                body["extensions"] = serde_json::json!(answer.extensions);
            }
            serde_json::to_vec(&body)
        } else {
            serde_json::to_vec(answer)
        };
        match body {
            Ok(body) => {
                let content_type = [(header::CONTENT_TYPE, self.content_type())];
                let mut response = (status, content_type, body).into_response();
                if error::is_unavailable(answer) {
                    let later = HeaderValue::from(RETRY_AFTER_SECONDS);
                    response.headers_mut().insert(header::RETRY_AFTER, later);
                }
                response
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// Executes the request and writes its answer; at a place, because long answers take long to write.
    async fn answer(self, shared: &Arc<Shared>, asked: Asked, caller: Authenticated) -> Response {
        if let Ok(answer) = shared.clone().execute(asked, caller).await {
            return self.render(&answer);
        }
        let message = "GET is for queries only: send mutations by POST".to_owned();
        self.refuse(Malformed(StatusCode::METHOD_NOT_ALLOWED, message))
    }

    fn refuse_for_now(self, not_done: &NotDone) -> Response {
        let mut response = self.render(&not_done.response());
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

    fn refuse(self, malformed: Malformed) -> Response {
        let Malformed(status, message) = malformed;
        let mut response = self.render(&error::response(ErrorCode::BadUserInput, &message));
        // Well-formed JSON with a bad request inside it is 400 in both media types.
        *response.status_mut() = status;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

fn not_acceptable() -> Response {
    let message = format!("answers come as {CURRENT} or {LEGACY}: accept one of them");
    (StatusCode::NOT_ACCEPTABLE, message).into_response()
}

/// `POST /graphql`.
pub async fn post(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match shared.services.authenticate(&headers) {
        None => Problem::unauthenticated().into_response(),
        Some(caller) => {
            let _proof = peer.map(|Extension(peer)| peer.proven());
            answer_post(&shared, caller, &headers, body).await
        }
    }
}

/// The same behind the operator's socket, where the file system has asked who it is.
pub async fn post_as_operator(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let caller = Authenticated::Principal(Principal::Operator);
    answer_post(&shared, caller, &headers, body).await
}

async fn answer_post(
    shared: &Arc<Shared>,
    caller: Authenticated,
    headers: &HeaderMap,
    body: Body,
) -> Response {
    let Some(media) = Media::accepted(headers) else {
        return not_acceptable();
    };
    let holder = Holder::of(caller);
    let Some(_present) = shared.present.take(holder) else {
        return media.refuse_for_now(&NotDone::Busy);
    };
    let body = match read(headers, body).await {
        Ok(body) => body,
        Err(malformed) => return media.refuse(malformed),
    };
    if let Err(malformed) = check_media(headers) {
        return media.refuse(malformed);
    }
    let answered = shared
        .at_a_place(holder, move |shared| async move {
            match parse_post(&body) {
                Ok(asked) => media.answer(&shared, asked, caller).await,
                Err(malformed) => media.refuse(malformed),
            }
        })
        .await;
    answered.unwrap_or_else(|not_done| media.refuse_for_now(&not_done))
}

/// The whole body, if it comes in time and is not too large.
async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Malformed> {
    let too_large = || {
        let message = format!("the request is larger than {MAX_BODY_BYTES} bytes");
        Malformed(StatusCode::PAYLOAD_TOO_LARGE, message)
    };
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_PATIENCE, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if is_too_large(&error) => Err(too_large()),
        Ok(Err(_)) => Err(Malformed::bad("the request's body could not be read")),
        Err(_) => {
            let message = format!(
                "the request's body did not come within {} seconds: send it again",
                BODY_PATIENCE.as_secs()
            );
            Err(Malformed(StatusCode::REQUEST_TIMEOUT, message))
        }
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let cause = std::error::Error::source(error);
    cause.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

fn check_media(headers: &HeaderMap) -> Result<(), Malformed> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parameters = content_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    let is_json = parameters.next().as_deref() == Some(LEGACY);
    let is_utf8 = parameters
        .find_map(|parameter| {
            Some(parameter.strip_prefix("charset=")?.trim_matches('"') == "utf-8")
        })
        .unwrap_or(true);
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "send the request as application/json in UTF-8".to_owned();
    Err(Malformed(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

/// The JSON object of a body, or what is wrong with it.
fn json_object(body: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let text = std::str::from_utf8(body).map_err(|error| {
        Malformed::bad(format!(
            "the body is not UTF-8 from byte {} on: send it in UTF-8",
            error.valid_up_to()
        ))
    })?;
    // Some programs write it, and it means nothing.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(Malformed::bad(
            "the body contains zero bytes, as text in UTF-16 does: send it in UTF-8",
        ));
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(Value::Array(_)) => Err(Malformed::bad(
            "the body is a JSON list: batches are not supported, send one request at a time",
        )),
        Ok(_) => Err(Malformed::bad(
            "the body is no JSON object: send {\"query\": \"…\"}",
        )),
        Err(error) => Err(Malformed::bad(format!("the body is no JSON: {error}"))),
    }
}

fn parse_post(body: &[u8]) -> Result<Asked, Malformed> {
    let body = json_object(body)?;
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Malformed::bad(format!("{name} is no string"))),
    };
    let object = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object.clone()),
        Some(_) => Err(Malformed::bad(format!("{name} is no object"))),
    };
    object("extensions")?;
    Ok(Asked {
        query: text("query")?
            .filter(|query| !query.is_empty())
            .ok_or_else(|| Malformed::bad("there is no query"))?,
        operation_name: text("operationName")?,
        variables: object("variables")?,
        allowed: Allowed::All,
    })
}

/// The parts of a request as a URL's query holds them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetParameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// `GET /graphql`: a query, a WebSocket, or `GraphiQL` for a browser.
pub async fn get(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    parameters: Result<Query<GetParameters>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let peer = peer.map(|Extension(peer)| peer);
    if let Ok(upgrade) = upgrade {
        return websocket::upgrade(shared, upgrade, peer);
    }
    let wants_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let parameters = parameters.map(|Query(parameters)| parameters);
    if wants_page
        && parameters
            .as_ref()
            .is_ok_and(|parameters| parameters.query.is_none())
    {
        return graphiql::page();
    }
    let Some(caller) = shared.services.authenticate(&headers) else {
        return Problem::unauthenticated().into_response();
    };
    let _proof = peer.map(|peer| peer.proven());
    let Some(media) = Media::accepted(&headers) else {
        return not_acceptable();
    };
    let holder = Holder::of(caller);
    let Some(_present) = shared.present.take(holder) else {
        return media.refuse_for_now(&NotDone::Busy);
    };
    let answered = shared
        .at_a_place(holder, move |shared| async move {
            let asked = parameters
                .map_err(|_| Malformed::bad("the URL's parameters cannot be read"))
                .and_then(parse_get);
            match asked {
                Ok(asked) => media.answer(&shared, asked, caller).await,
                Err(malformed) => media.refuse(malformed),
            }
        })
        .await;
    answered.unwrap_or_else(|not_done| media.refuse_for_now(&not_done))
}

fn parse_get(parameters: GetParameters) -> Result<Asked, Malformed> {
    let object = |name: &str, text: Option<String>| match text.as_deref().map(serde_json::from_str)
    {
        None | Some(Ok(Value::Null)) => Ok(Map::new()),
        Some(Ok(Value::Object(object))) => Ok(object),
        Some(_) => Err(Malformed::bad(format!("{name} is no JSON object"))),
    };
    object("extensions", parameters.extensions)?;
    Ok(Asked {
        query: parameters
            .query
            .filter(|query| !query.is_empty())
            .ok_or_else(|| Malformed::bad("there is no query"))?,
        operation_name: parameters.operation_name,
        variables: object("variables", parameters.variables)?,
        allowed: Allowed::QueriesOnly,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &[u8]) -> String {
        match json_object(body) {
            Ok(_) => "well".into(),
            Err(Malformed(_, message)) => message,
        }
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said() {
        assert_eq!(said(br#"{"query": "{ x }"}"#), "well");
        assert_eq!(said("\u{feff}{\"query\": \"{ x }\"}".as_bytes()), "well");
        let utf16: Vec<u8> = "{\"query\":\"x\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert!(said(&utf16).contains("UTF-16"), "{}", said(&utf16));
        let latin = b"{\"query\": \"caf\xe9\"}";
        assert!(
            said(latin).contains("not UTF-8 from byte 14"),
            "{}",
            said(latin)
        );
        assert!(said(b"[]").contains("batches"));
        for other in [&b"1"[..], b"nonsense", b"", b"{\"query\": "] {
            assert!(!said(other).contains("batches"), "{}", said(other));
        }
    }
}
