//! `GET /agent/v1/packages/{sha256}`: the file that a run needs, with ranges so that a download can be resumed.

use crate::Shared;
use crate::enrol::Refused;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::sync::Arc;
use tower_http::services::ServeFile;
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_listener::Peer;

pub async fn download(
    State(shared): State<Arc<Shared>>,
    Path(digest): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let digest = Sha256Digest::parse(&digest).ok_or_else(not_found)?;
    let ticket = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .map(|ticket| Sha256Digest::of(ticket.as_bytes()));
    let agent = ticket
        .and_then(|ticket| shared.registry.holder_of(&ticket))
        .ok_or_else(|| {
            let message = "the ticket of a live connection is needed: use the newest one";
            Refused::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
        })?;
    // Only what one of its open runs needs: an agent's credentials open nothing else. What has an address comes from there, and it
    // may be the agent itself that named its digest.
    let view = shared.projections.live();
    let is_needed = view.sessions.open_runs_of(agent).any(|open| {
        let uploaded = open.details.job.package().filter(|it| it.url.is_none());
        !open.cancelled && uploaded.is_some_and(|package| package.sha256 == digest)
    });
    let path = shared.packages.path(&digest);
    if !is_needed || !path.exists() {
        return Err(not_found());
    }
    let proof = request.extensions().get::<Peer>().map(Peer::proven);
    match ServeFile::new(path).try_call(request).await {
        // A download is as long as it is: its connection makes room for nobody until then.
        Ok(response) => Ok(response
            .map(|body| {
                Body::new(body.map_frame(move |frame| {
                    let _held = &proof;
                    frame
                }))
            })
            .into_response()),
        Err(error) => {
            tracing::warn!(%digest, %error, "a package could not be read");
            Err(not_found())
        }
    }
}

fn not_found() -> Refused {
    let message =
        "there is no such package for a run of this agent: upload it, or cancel the session";
    Refused::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
}
