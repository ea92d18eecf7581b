//! GraphQL over HTTP, as its specification has it (`graphql-http`'s audit is a test).
//!
//! Our own, because the ready-made handler executes mutations that come by `GET` or as `text/plain`, which any web
//! page can send in somebody's name, and negotiates no media type.

use crate::auth::Authenticated;
use crate::error::{self, ErrorCode};
use crate::upload::Problem;
use crate::{Shared, graphiql, websocket};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response as Answer, Variables};
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use upkeep_domain::access::Principal;

const LEGACY: &str = "application/json";
const CURRENT: &str = "application/graphql-response+json";

/// The parts of a request, wherever they stood.
struct Parts {
    query: String,
    operation_name: Option<String>,
    variables: Map<String, Value>,
}

impl Parts {
    fn into_request(self) -> Request {
        let mut request =
            Request::new(self.query).variables(Variables::from_json(Value::Object(self.variables)));
        if let Some(name) = self.operation_name {
            request = request.operation_name(name);
        }
        request
    }
}

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
                (status, [(header::CONTENT_TYPE, self.content_type())], body).into_response()
            }
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
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
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    match shared.services.authenticate(&headers) {
        None => Problem::unauthenticated().into_response(),
        Some(caller) => answer_post(&shared, caller, &headers, body).await,
    }
}

/// The same behind the operator's socket, where the file system has asked who it is.
pub async fn post_as_operator(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    answer_post(
        &shared,
        Authenticated::Principal(Principal::Operator),
        &headers,
        body,
    )
    .await
}

async fn answer_post(
    shared: &Shared,
    caller: Authenticated,
    headers: &HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let Some(media) = Media::accepted(headers) else {
        return not_acceptable();
    };
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let limit = format!("the request is larger than {} bytes", crate::MAX_BODY_BYTES);
            return match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    media.refuse(Malformed(StatusCode::PAYLOAD_TOO_LARGE, limit))
                }
                _ => media.refuse(Malformed::bad("the request's body could not be read")),
            };
        }
    };
    match parse_post(headers, &body) {
        Ok(parts) => media.render(&shared.execute(parts.into_request(), caller).await),
        Err(malformed) => media.refuse(malformed),
    }
}

fn parse_post(headers: &HeaderMap, body: &[u8]) -> Result<Parts, Malformed> {
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
    if !is_json || !is_utf8 {
        let message = "send the request as application/json in UTF-8".to_owned();
        return Err(Malformed(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
        return Err(Malformed::bad(
            "the body is no JSON object: batches are not supported, send one request at a time",
        ));
    };
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
    Ok(Parts {
        query: text("query")?
            .filter(|query| !query.is_empty())
            .ok_or_else(|| Malformed::bad("there is no query"))?,
        operation_name: text("operationName")?,
        variables: object("variables")?,
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
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    parameters: Result<Query<GetParameters>, axum::extract::rejection::QueryRejection>,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return websocket::upgrade(shared, upgrade);
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
    let Some(media) = Media::accepted(&headers) else {
        return not_acceptable();
    };
    let parts = parameters
        .map_err(|_| Malformed::bad("the URL's parameters cannot be read"))
        .and_then(parse_get);
    match parts {
        Ok(parts) => media.render(&shared.execute(parts.into_request(), caller).await),
        Err(malformed) => media.refuse(malformed),
    }
}

fn parse_get(parameters: GetParameters) -> Result<Parts, Malformed> {
    let object = |name: &str, text: Option<String>| match text.as_deref().map(serde_json::from_str)
    {
        None | Some(Ok(Value::Null)) => Ok(Map::new()),
        Some(Ok(Value::Object(object))) => Ok(object),
        Some(_) => Err(Malformed::bad(format!("{name} is no JSON object"))),
    };
    object("extensions", parameters.extensions)?;
    let parts = Parts {
        query: parameters
            .query
            .filter(|query| !query.is_empty())
            .ok_or_else(|| Malformed::bad("there is no query"))?,
        operation_name: parameters.operation_name,
        variables: object("variables", parameters.variables)?,
    };
    // A link must never change anything: whatever is not a query is refused before it is looked at further.
    if let Ok(document) = parse_query(&parts.query) {
        let only_queries = document
            .operations
            .iter()
            .all(|(_, operation)| operation.node.ty == OperationType::Query);
        if !only_queries {
            let message = "GET is for queries only: send mutations by POST".to_owned();
            return Err(Malformed(StatusCode::METHOD_NOT_ALLOWED, message));
        }
    }
    Ok(parts)
}
