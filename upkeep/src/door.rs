//! What is answered while the server starts: whether it lives and whether it is ready; everything else has to come back.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::SecondsFormat;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;
use upkeep_projections::Projections;

/// When somebody who comes too early is told to come back, in seconds.
const RETRY_AFTER_SECONDS: &str = "2";

/// The way to everything that waits until the view is there.
#[derive(Clone)]
pub struct Door {
    projections: Projections,
    inside: Arc<OnceLock<Router>>,
}

impl Door {
    pub fn new(projections: Projections) -> Self {
        Self {
            projections,
            inside: Arc::default(),
        }
    }

    /// `/healthz`: the process lives. `/readyz`: it answers for everything in the store. All else is inside.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok" }))
            .route("/readyz", get(ready))
            .fallback(enter)
            .with_state(self.clone())
    }

    /// From now on requests go inside.
    pub fn open(&self, inside: Router) {
        // It is opened once.
        let _ = self.inside.set(inside);
    }
}

async fn ready(State(door): State<Door>) -> (StatusCode, String) {
    if let Some(outage) = door.projections.outage() {
        let since = outage.since.to_rfc3339_opts(SecondsFormat::Secs, true);
        let why = format!(
            "the event store cannot be reached since {since}: the log says why; it is tried again and again"
        );
        (StatusCode::SERVICE_UNAVAILABLE, why)
    } else if door.inside.get().is_some() && door.projections.is_ready() {
        (StatusCode::OK, "ready".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the view has not caught up with the event store: it folds events, or the log says why not".to_owned())
    }
}

async fn enter(State(door): State<Door>, request: Request) -> Response {
    if let Some(inside) = door.inside.get() {
        return match inside.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
    }
    let headers = [(header::RETRY_AFTER, RETRY_AFTER_SECONDS)];
    let message = "the server is starting: come back in a moment";
    (StatusCode::SERVICE_UNAVAILABLE, headers, message).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tokio_util::sync::CancellationToken;
    use upkeep_event_store::{SqliteStore, real_world};

    async fn status(door: &Door, path: &str) -> StatusCode {
        let request = Request::get(path).body(Body::empty()).unwrap();
        door.router().oneshot(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn health_is_answered_while_the_view_is_folded_and_all_else_has_to_come_back() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path(), real_world()).unwrap();
        // Nobody folds yet.
        let (projections, folding) = Projections::new(
            Arc::new(store),
            real_world(),
            None,
            CancellationToken::new(),
        );
        let door = Door::new(projections.clone());
        assert_eq!(status(&door, "/healthz").await, StatusCode::OK);
        for path in ["/readyz", "/graphql", "/agent/v1/connect"] {
            let status = status(&door, path).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
        let folding = tokio::spawn(folding);
        projections.ready().await.unwrap();
        door.open(Router::new().route("/graphql", get(|| async { "inside" })));
        for path in ["/healthz", "/readyz", "/graphql"] {
            assert_eq!(status(&door, path).await, StatusCode::OK, "{path}");
        }
        folding.abort();
    }
}
