//! What is read of whoever stands at the door, and what they are told: they have shown nothing yet, so that it is little.

use crate::error::ErrorCode;
use crate::http::guard::Malformed;
use crate::upload::Problem;
use crate::{BODY_PATIENCE, MAX_SIGN_IN_BYTES};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, SecondsFormat, Utc};

/// A small body, if it comes in time.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
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

pub fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub fn wrong(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
}

pub fn too_much(message: &str) -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable,
        message,
    )
}

pub fn of_malformed(Malformed(status, code, message): Malformed) -> Problem {
    Problem::new(status, code, message)
}
