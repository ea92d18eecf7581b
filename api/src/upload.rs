//! `/packages/{sha256}`: a file for install scripts, named by its content. `PUT` sends all of it. Where that broke off, `HEAD` tells how much is
//! here, and `PATCH` goes on behind it, with the headers of the IETF's draft "Resumable Uploads for HTTP".

use crate::auth::{Authenticated, NotLetIn};
use crate::bound::places::Holder;
use crate::console::Way;
use crate::error::ErrorCode;
use crate::request::{SETUP_ONLY, Services};
use crate::{RETRY_AFTER_SECONDS, Shared, UPLOAD_PATIENCE};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::{StreamExt, stream};
use std::sync::Arc;
use upkeep_domain::access::{Action, may};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_listener::Peer;
use upkeep_package_store::{Arrived, Piece, ReceiveError};

/// An error of an endpoint that is not GraphQL, in the same words.
pub struct Problem {
    status: StatusCode,
    code: ErrorCode,
    message: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            ErrorCode::Unauthenticated,
            "a token is needed: send `Authorization: Bearer <token>` with one that is in force",
        )
    }

    pub fn of(why: NotLetIn, services: &Services) -> Self {
        match why {
            NotLetIn::NoToken => Self::unauthenticated(),
            NotLetIn::SessionOver => Self::new(
                StatusCode::UNAUTHORIZED,
                ErrorCode::Unauthenticated,
                "the session is over, or is not of this server: sign in again",
            ),
            NotLetIn::Foreign => Self::new(
                StatusCode::FORBIDDEN,
                ErrorCode::Forbidden,
                services.console.refusal_of_foreign_pages(),
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let error = serde_json::json!({
            "message": self.message,
            "extensions": { "code": self.code.as_str() },
        });
        let body = Json(serde_json::json!({ "errors": [error] }));
        let mut response = (self.status, body).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                axum::http::header::WWW_AUTHENTICATE,
                axum::http::HeaderValue::from_static("Bearer"),
            );
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(
                axum::http::header::RETRY_AFTER,
                axum::http::HeaderValue::from(RETRY_AFTER_SECONDS),
            );
        }
        response
    }
}

/// How many bytes of a file are here, and before a piece.
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// Whether a file is whole, and whether it ends with a piece: `?1` or `?0`, as structured fields write it (RFC 9651).
const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");

/// Who asks, and for which file.
struct Door {
    caller: Authenticated,
    digest: Sha256Digest,
}

impl Door {
    fn open(shared: &Shared, headers: &HeaderMap, digest: &str) -> Result<Self, Problem> {
        let (_, caller) = shared
            .services
            .authenticate(headers, Way::Other)
            .map_err(|why| Problem::of(why, &shared.services))?;
        let denied = match caller {
            Authenticated::Principal(principal) => may(principal, Action::ManageCatalogue)
                .err()
                .map(|denied| denied.to_string()),
            Authenticated::Setup(_) => Some(SETUP_ONLY.to_owned()),
        };
        if let Some(message) = denied {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                ErrorCode::Forbidden,
                message,
            ));
        }
        let digest = Sha256Digest::parse(digest).ok_or_else(|| {
            let message = "the path ends in the content's SHA-256: give 64 hexadecimal digits";
            Problem::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
        })?;
        Ok(Self { caller, digest })
    }
}

fn too_many() -> Problem {
    let message = "too many packages are uploaded at once: wait for one of them to end";
    let status = StatusCode::TOO_MANY_REQUESTS;
    Problem::new(status, ErrorCode::Unavailable, message)
}

pub async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Door { caller, digest } = Door::open(&shared, &headers, &digest)?;
    let _proof = peer.map(|Extension(peer)| peer.proven());
    let Some(_share) = shared.uploads.take(Holder::of(caller)) else {
        return Err(too_many());
    };
    let packages = &shared.services.packages;
    let received = packages.receive(digest, without_long_pauses(body)).await;
    let size = received.map_err(|error| refuse(&error))?;
    Ok(arrived(digest, Arrived::Whole(size)))
}

/// How much of a file is here.
pub async fn look(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Door { digest, .. } = Door::open(&shared, &headers, &digest)?;
    let _proof = peer.map(|Extension(peer)| peer.proven());
    match shared.services.packages.arrived(&digest).await {
        Arrived::Coming => Err(refuse(&ReceiveError::Coming)),
        there => {
            let mut answer = arrived(digest, there);
            *answer.status_mut() = StatusCode::NO_CONTENT;
            *answer.body_mut() = Body::empty();
            answer.headers_mut().remove(header::CONTENT_TYPE);
            answer.headers_mut().remove(header::CONTENT_LENGTH);
            Ok(answer)
        }
    }
}

/// Goes on with a file behind what is here of it.
pub async fn go_on(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let Door { caller, digest } = Door::open(&shared, &headers, &digest)?;
    let (offset, is_last) = place(&headers)?;
    let _proof = peer.map(|Extension(peer)| peer.proven());
    let Some(_share) = shared.uploads.take(Holder::of(caller)) else {
        return Err(too_many());
    };
    let piece = Piece {
        digest,
        offset,
        is_last,
    };
    let packages = &shared.services.packages;
    match packages.append(piece, without_long_pauses(body)).await {
        Ok(there) => Ok(arrived(digest, there)),
        Err(error) => {
            let mut refusal = refuse(&error).into_response();
            if let ReceiveError::OtherOffset { kept } = error {
                let headers = refusal.headers_mut();
                headers.insert(UPLOAD_OFFSET, HeaderValue::from(kept));
                headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static("?0"));
            }
            Ok(refusal)
        }
    }
}

/// Behind how many bytes a piece stands, and whether the file ends with it.
fn place(headers: &HeaderMap) -> Result<(u64, bool), Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let offset = text(UPLOAD_OFFSET).and_then(|text| text.trim().parse().ok());
    let is_last = match text(UPLOAD_COMPLETE).map(str::trim) {
        Some("?1") => Some(true),
        Some("?0") => Some(false),
        _ => None,
    };
    offset.zip(is_last).ok_or_else(|| {
        let message = "a piece says where it stands: send Upload-Offset with the bytes before it, and Upload-Complete: ?1 with the last one, otherwise ?0";
        Problem::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
    })
}

/// What is here of a file.
fn arrived(digest: Sha256Digest, there: Arrived) -> Response {
    let (bytes, is_whole) = match there {
        Arrived::Whole(bytes) => (bytes, true),
        Arrived::Partly(bytes) => (bytes, false),
        Arrived::Coming => (0, false),
    };
    let (status, complete) = if is_whole {
        (StatusCode::CREATED, "?1")
    } else {
        (StatusCode::ACCEPTED, "?0")
    };
    let answer = serde_json::json!({ "sha256": digest.to_string(), "size": bytes });
    let mut response = (status, Json(answer)).into_response();
    let headers = response.headers_mut();
    headers.insert(UPLOAD_OFFSET, HeaderValue::from(bytes));
    headers.insert(UPLOAD_COMPLETE, HeaderValue::from_static(complete));
    response
}

/// The body's pieces; it breaks off where the next one does not come in time.
fn without_long_pauses(
    body: Body,
) -> impl futures_util::Stream<Item = Result<axum::body::Bytes, String>> + Unpin {
    let pieces = stream::unfold(body.into_data_stream(), |mut pieces| async move {
        let next = tokio::time::timeout(UPLOAD_PATIENCE, pieces.next()).await;
        if let Ok(piece) = next {
            return Some((piece?.map_err(|error| error.to_string()), pieces));
        }
        let seconds = UPLOAD_PATIENCE.as_secs();
        Some((Err(format!("nothing came for {seconds} seconds")), pieces))
    });
    Box::pin(pieces)
}

fn refuse(error: &ReceiveError) -> Problem {
    let (status, code) = match error {
        ReceiveError::WrongDigest { .. } | ReceiveError::Empty | ReceiveError::Interrupted(_) => {
            (StatusCode::BAD_REQUEST, ErrorCode::BadUserInput)
        }
        ReceiveError::OtherOffset { .. } | ReceiveError::Coming => {
            (StatusCode::CONFLICT, ErrorCode::BadUserInput)
        }
        ReceiveError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::LimitExceeded),
        ReceiveError::NoRoom { .. } => {
            tracing::error!(%error, "a package was not taken");
            return Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                ErrorCode::Unavailable,
                "the server has no room for the package",
            );
        }
        ReceiveError::Disk(cause) => {
            tracing::error!(%cause, "a package could not be written");
            let full = cause.kind() == std::io::ErrorKind::StorageFull;
            let message = if full {
                "the server's disk is full"
            } else {
                "the package could not be written"
            };
            return Problem::new(
                StatusCode::INSUFFICIENT_STORAGE,
                ErrorCode::Unavailable,
                message,
            );
        }
    };
    Problem::new(status, code, error.to_string())
}
