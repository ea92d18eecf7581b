//! How answers follow each other in one body.
//!
//! `text/event-stream` is the "distinct connections mode" of GraphQL over SSE (enisdenjo/graphql-sse, PROTOCOL.md), `multipart/mixed` what Apollo's
//! clients follow subscriptions with ("multipart HTTP protocol for GraphQL subscriptions"). Ours: axum's `Event` can be sent by its `Sse` alone,
//! whose keep-alive nobody's patience bounds, and leaves out the `data` of `complete`, without which browsers do not tell of it. And
//! async-graphql's `create_multipart_mixed_stream` puts no `payload` around an answer, and sends the boundary behind it only with the next one,
//! so that clients hear of nothing before something else happens (`tests/tests/system/ready_made.rs` shows it).

use super::media::without_data;
use crate::error::{self, ErrorCode};
use async_graphql::Response as Answer;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

/// Between two boundaries.
const PART: &str = "\r\nContent-Type: application/json\r\n\r\n";
const BOUNDARY: &str = "\r\n--graphql";
/// Tells nginx, and those that do as it does, to pass on what comes when it comes.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    EventStream,
    Multipart,
}

impl Framing {
    /// What a body begins with. It says something at once, so that whoever stands between sees that it lives.
    pub fn opening(self) -> Bytes {
        match self {
            Self::EventStream => self.heartbeat(),
            // The line break belongs to the boundary, and there is nothing before the first one.
            Self::Multipart => format!("{}{PART}{{}}{BOUNDARY}", BOUNDARY.trim_start()).into(),
        }
    }

    /// Something that clients pass over.
    pub fn heartbeat(self) -> Bytes {
        match self {
            Self::EventStream => Bytes::from_static(b":\n\n"),
            Self::Multipart => format!("{PART}{{}}{BOUNDARY}").into(),
        }
    }

    /// One answer. What was never executed is told here, too: a stream was accepted.
    pub fn answer(self, answer: &Answer) -> Bytes {
        if error::was_refused(answer) {
            self.next(&without_data(answer))
        } else {
            // As it is: a value of JSON would have its keys in another order.
            self.next(answer)
        }
    }

    /// That there will be no more answers.
    pub fn end(self) -> Bytes {
        Bytes::from_static(match self {
            Self::EventStream => b"event: complete\ndata:\n\n",
            Self::Multipart => b"--\r\n",
        })
    }

    /// Why there will be no more answers, where it is not the operation that ended.
    pub fn failure(self, code: ErrorCode, message: &str) -> Bytes {
        let errors = without_data(&error::response(code, message));
        match self {
            Self::EventStream => self.next(&errors),
            Self::Multipart => part(&json!({ "payload": null, "errors": errors["errors"] })),
        }
    }

    fn next(self, answer: &impl Serialize) -> Bytes {
        match self {
            // On one line: JSON writes the line breaks in a text as two signs.
            Self::EventStream => written("event: next\ndata: ", answer, "\n\n"),
            Self::Multipart => part(&Payload { payload: answer }),
        }
    }

    /// The only answer, and the end.
    pub fn render(self, answer: &Answer) -> Response {
        let body = [self.opening(), self.answer(answer), self.end()].concat();
        self.response(Body::from(body))
    }

    pub fn response(self, body: Body) -> Response {
        let media = match self {
            Self::EventStream => "text/event-stream",
            Self::Multipart => "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0",
        };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (X_ACCEL_BUFFERING, HeaderValue::from_static("no")),
        ];
        (headers, body).into_response()
    }
}

#[derive(Serialize)]
struct Payload<'a, T> {
    payload: &'a T,
}

fn part(body: &impl Serialize) -> Bytes {
    written(PART, body, BOUNDARY)
}

fn written(before: &str, body: &impl Serialize, after: &str) -> Bytes {
    let mut bytes = before.as_bytes().to_vec();
    if let Err(error) = serde_json::to_writer(&mut bytes, body) {
        tracing::error!(%error, "an answer cannot be written");
        let told = error::response(ErrorCode::Internal, "the answer cannot be written");
        bytes = format!("{before}{}", without_data(&told)).into();
    }
    bytes.extend_from_slice(after.as_bytes());
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::value;

    fn told(framing: Framing, answers: &[Answer]) -> String {
        let mut told = framing.opening().to_vec();
        for answer in answers {
            told.extend(framing.answer(answer));
            told.extend(framing.heartbeat());
        }
        told.extend(framing.end());
        String::from_utf8(told).unwrap()
    }

    fn answers() -> [Answer; 2] {
        let data = value!({ "z": "two\nlines", "a": 1 });
        [
            Answer::new(data),
            error::response(ErrorCode::BadUserInput, "why"),
        ]
    }

    #[test]
    fn an_event_stream_is_as_its_protocol_says() {
        assert_eq!(
            told(Framing::EventStream, &answers()),
            ":\n\n\
             event: next\ndata: {\"data\":{\"z\":\"two\\nlines\",\"a\":1}}\n\n:\n\n\
             event: next\ndata: {\"errors\":[{\"extensions\":{\"code\":\"BAD_USER_INPUT\"},\"message\":\"why\"}]}\n\n:\n\n\
             event: complete\ndata:\n\n"
        );
    }

    /// The boundary comes with the part that it ends, so that clients need not wait for the next one.
    #[test]
    fn parts_are_as_apollo_says() {
        let head = "\r\nContent-Type: application/json\r\n\r\n";
        let parts = [
            "{}",
            r#"{"payload":{"data":{"z":"two\nlines","a":1}}}"#,
            "{}",
            r#"{"payload":{"errors":[{"extensions":{"code":"BAD_USER_INPUT"},"message":"why"}]}}"#,
            "{}",
        ];
        let parts = parts.map(|part| format!("{head}{part}\r\n--graphql"));
        let expected = format!("--graphql{}--\r\n", parts.concat());
        assert_eq!(told(Framing::Multipart, &answers()), expected);
        let why = Framing::Multipart.failure(ErrorCode::Unauthenticated, "why");
        let why = String::from_utf8(why.to_vec()).unwrap();
        assert!(why.contains(r#"{"errors":[{"extensions":"#), "{why}");
        assert!(
            why.contains(r#""message":"why"}],"payload":null}"#),
            "{why}"
        );
    }
}
