//! What stands in front of the library's extractor.
//!
//! `GraphQLRequest` reads a JSON body rightly, and nothing else: it takes any media type for JSON, forms and files too (any web
//! page can send those in somebody's name), reads bodies without a bound or an end, takes a list of four for a request, says of
//! everything that it cannot read the same sentence, and executes what has no query. Each rule here names the audit of
//! `graphql-http` that fails without it, or the test.

use super::media::LEGACY;
use crate::error::ErrorCode;
use crate::execution::{Allowed, Asked};
use crate::{BODY_PATIENCE, MAX_BODY_BYTES};
use async_graphql::http::parse_query_string;
use async_graphql::{ParseRequestError, Request};
use async_graphql_axum::GraphQLRequest;
use async_graphql_axum::rejection::GraphQLRejection;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request as HttpRequest};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::error::Category;

/// How much is read of a request that is too large; one that is larger yet finds its connection closed.
const MAX_DISCARDED_BYTES: usize = 16 * MAX_BODY_BYTES;

/// A request that is not well-formed.
pub struct Malformed(pub StatusCode, pub ErrorCode, pub String);

impl Malformed {
    pub fn bad(message: impl Into<String>) -> Self {
        Self::with(StatusCode::BAD_REQUEST, message)
    }

    pub fn with(status: StatusCode, message: impl Into<String>) -> Self {
        Self(status, ErrorCode::BadUserInput, message.into())
    }
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    Broken,
}

/// The whole body, if it comes in time and is not too large (`half_a_head_half_a_body_and_nothing_at_all_end`).
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Malformed> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(0);
    // Who asks before it writes is told before it writes.
    let asks_first = headers.contains_key(header::EXPECT);
    if announced > MAX_BODY_BYTES && (asks_first || announced > MAX_DISCARDED_BYTES) {
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_PATIENCE, collect(body)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(Unread::TooLarge)) => Err(too_large()),
        Ok(Err(Unread::Broken)) => Err(Malformed::bad("the request's body could not be read")),
        Err(_) if announced > MAX_BODY_BYTES => Err(too_large()),
        Err(_) => {
            let message = format!(
                "the request's body did not come within {} seconds: send it again",
                BODY_PATIENCE.as_secs()
            );
            Err(Malformed::with(StatusCode::REQUEST_TIMEOUT, message))
        }
    }
}

fn too_large() -> Malformed {
    let message = format!("the request is larger than {MAX_BODY_BYTES} bytes");
    Malformed::with(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// The body. The rest of one that is too large is thrown away: a client that listens only when it has written would find the connection
/// broken instead of the reason.
async fn collect(body: Body) -> Result<Bytes, Unread> {
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::new();
    let mut seen = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Unread::Broken)?;
        seen += piece.len();
        if seen > MAX_DISCARDED_BYTES {
            return Err(Unread::TooLarge);
        }
        if seen <= MAX_BODY_BYTES {
            whole.extend_from_slice(&piece);
        } else {
            whole.clear();
        }
    }
    if seen > MAX_BODY_BYTES {
        return Err(Unread::TooLarge);
    }
    Ok(whole.freeze())
}

/// Whether the body says that it is JSON in UTF-8 (9ABE, `a_mutation_comes_by_json_post_with_a_token_or_not_at_all`).
pub fn check_media(headers: &HeaderMap) -> Result<(), Malformed> {
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
    Err(Malformed::with(StatusCode::UNSUPPORTED_MEDIA_TYPE, message))
}

/// What a body of JSON asks for.
pub async fn asked_by_post(body: Bytes) -> Result<Asked, Malformed> {
    // Only this body goes on: no header of the client's has a say in how the library reads it.
    let mut request = HttpRequest::new(Body::from(one_request(&body)?));
    *request.method_mut() = Method::POST;
    let read = GraphQLRequest::<GraphQLRejection>::from_request(request, &()).await;
    match read {
        Ok(request) => asked(request.into_inner(), Allowed::All),
        Err(GraphQLRejection(error)) => Err(unreadable(&error)),
    }
}

/// The body without its byte order mark, if it is text in UTF-8 and no list
/// (`a_body_in_another_encoding_is_told_what_is_wrong_with_it`).
fn one_request(body: &Bytes) -> Result<Bytes, Malformed> {
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
    // To the library a list of a text is a request with this query.
    if text.trim_start().starts_with('[') {
        return Err(Malformed::bad(
            "the body is a JSON list: batches are not supported, send one request at a time",
        ));
    }
    Ok(body.slice_ref(text.as_bytes()))
}

/// What else is asked for by a URL's query: that it has one, and the name, which the library looks for under
/// `operation_name`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Parameters {
    pub query: Option<String>,
    operation_name: Option<String>,
}

/// What a URL asks for. Nothing that changes anything may come so (9C48); that is looked at in the document.
pub fn asked_by_get(
    uri: &Uri,
    parameters: Parameters,
    allowed: Allowed,
) -> Result<Asked, Malformed> {
    let mut request =
        parse_query_string(uri.query().unwrap_or_default()).map_err(|error| unreadable(&error))?;
    request.operation_name = parameters.operation_name;
    asked(request, allowed)
}

/// A request that has a query (423L, 8764, 3E3A). Who asks for a query by its digest alone is told to send it whole, in the words
/// that Apollo's clients know.
fn asked(request: Request, allowed: Allowed) -> Result<Asked, Malformed> {
    if request.query.is_empty() && request.extensions.contains_key("persistedQuery") {
        let code = ErrorCode::PersistedQueryNotSupported;
        let message = "PersistedQueryNotSupported".to_owned();
        return Err(Malformed(StatusCode::OK, code, message));
    }
    if request.query.is_empty() {
        return Err(Malformed::bad("there is no query"));
    }
    Ok(Asked { request, allowed })
}

fn unreadable(error: &ParseRequestError) -> Malformed {
    let ParseRequestError::InvalidRequest(cause) = error else {
        return Malformed::bad(format!("the URL's parameters cannot be read: {error}"));
    };
    let category = cause
        .downcast_ref::<serde_json::Error>()
        .map(serde_json::Error::classify);
    Malformed::bad(if category == Some(Category::Data) {
        "the body is no request: send {\"query\": \"…\"}, with operationName as text, and variables and extensions as objects".to_owned()
    } else {
        format!("the body is no JSON: {cause}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(body: &[u8]) -> String {
        match asked_by_post(Bytes::copy_from_slice(body)).await {
            Ok(asked) => format!("well: {:?}", asked.request),
            Err(Malformed(_, _, message)) => message,
        }
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_body_is_said() {
        for well in ["{\"query\": \"{ x }\"}", "\u{feff}{\"query\": \"{ x }\"}"] {
            assert!(said(well.as_bytes()).await.starts_with("well"), "{well}");
        }
        let utf16: Vec<u8> = "{\"query\":\"x\"}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let of_utf16 = said(&utf16).await;
        assert!(of_utf16.contains("UTF-16"), "{of_utf16}");
        let latin = said(b"{\"query\": \"caf\xe9\"}").await;
        assert!(latin.contains("not UTF-8 from byte 14"), "{latin}");
        for list in [
            "[]",
            "[{\"query\": \"{ x }\"}]",
            " \n[\"{ x }\", null, {}, {}]",
        ] {
            assert!(said(list.as_bytes()).await.contains("batches"), "{list}");
        }
        for broken in ["nonsense", "", "{\"query\": ", "{\"query\": \"{ x }\"} {}"] {
            let said = said(broken.as_bytes()).await;
            assert!(said.contains("no JSON"), "{broken}: {said}");
        }
        for other in [
            "1",
            "\"{ x }\"",
            "{\"query\": 1}",
            "{\"query\": \"{ x }\", \"operationName\": 1}",
            "{\"query\": \"{ x }\", \"variables\": []}",
            "{\"query\": \"{ x }\", \"extensions\": \"e\"}",
        ] {
            let said = said(other.as_bytes()).await;
            assert!(said.contains("no request"), "{other}: {said}");
        }
        for none in ["{}", "{\"query\": \"\"}", "{\"qeury\": \"{ x }\"}"] {
            assert_eq!(said(none.as_bytes()).await, "there is no query", "{none}");
        }
    }

    #[tokio::test]
    async fn null_is_as_good_as_nothing() {
        let body =
            br#"{"query": "{ x }", "operationName": null, "variables": null, "extensions": null}"#;
        let Ok(asked) = asked_by_post(Bytes::from_static(body)).await else {
            panic!("it is a request");
        };
        assert_eq!(asked.request.operation_name, None);
        assert!(asked.request.variables.is_empty());
    }

    #[test]
    fn a_url_names_its_operation_as_the_specification_says() {
        let said = |query: &str| {
            let uri: Uri = format!("/graphql?{query}").parse().unwrap();
            let parameters = axum::extract::Query::<Parameters>::try_from_uri(&uri);
            let parameters = parameters.map(|it| it.0).unwrap_or_default();
            asked_by_get(&uri, parameters, Allowed::QueriesOnly)
        };
        let asked = said("query={a}&operationName=A&variables=%7B%22n%22:1%7D");
        let Ok(Asked { request, allowed }) = asked else {
            panic!("it is a request");
        };
        assert_eq!(request.operation_name.as_deref(), Some("A"));
        assert_eq!(request.variables.len(), 1);
        assert!(allowed == Allowed::QueriesOnly);
        for bad in [
            "query={a}&variables=[]",
            "query={a}&variables=x",
            "query={a}&extensions=1",
            "query={a}&query={b}",
            "variables=%7B%7D",
        ] {
            assert!(said(bad).is_err(), "{bad}");
        }
    }
}
