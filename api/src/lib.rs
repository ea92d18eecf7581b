//! The public API: GraphQL over HTTP and WebSocket, authentication, package uploads.
//!
//! The contract is `schema.graphql`, printed by [`sdl`]. Whoever asks is identified before anything is parsed;
//! what they may do is decided by `domain::access` alone. A request takes one view and answers wholly from it.
//! Commands go through the one command handler; nothing here decides what is true.
//!
//! Start reading at [`Api`], then `schema/query.rs` and `schema/mutation.rs`.

// A field's arguments are its function's arguments: their number is the contract's, not the code's.
#![allow(clippy::too_many_arguments)]
// Resolvers are async by the library's convention, whether they wait or not.
#![allow(clippy::unused_async)]

mod auth;
mod error;
mod graphiql;
mod http;
mod request;
mod schema;
mod upload;
mod websocket;

pub use error::ErrorCode;
pub use schema::{ApiSchema, sdl, undescribed};

use auth::Authenticated;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, put};
use request::{Request, Services};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upkeep_domain::access::Principal;
use upkeep_event_store::CommandHandler;
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;

/// Largest GraphQL request, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Deepest query.
pub const MAX_DEPTH: usize = 15;
/// The most that one query may cost: 1 per object or scalar, lists times their page.
pub const MAX_COST: usize = 20_000;
/// How long one request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Requests that are executed at once; more wait.
const REQUESTS_AT_ONCE: usize = 64;
/// How often a change is judged again because somebody else changed the same thing meanwhile.
const MAX_JUDGEMENTS: usize = 16;
/// WebSockets that are open at once.
const MAX_SOCKETS: usize = 2_000;

/// The API.
#[derive(Clone)]
pub struct Api {
    shared: Arc<Shared>,
}

struct Shared {
    schema: ApiSchema,
    services: Arc<Services>,
    executions: Semaphore,
    sockets: Semaphore,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Api {
    pub fn new(
        handler: CommandHandler,
        projections: Projections,
        packages: PackageStore,
        stop: CancellationToken,
    ) -> Self {
        let services = Arc::new(Services {
            handler,
            projections,
            packages,
        });
        Self {
            shared: Arc::new(Shared {
                schema: schema::build(services.clone()),
                services,
                executions: Semaphore::new(REQUESTS_AT_ONCE),
                sockets: Semaphore::new(MAX_SOCKETS),
                stop,
                tasks: TaskTracker::new(),
            }),
        }
    }

    /// The routes for everybody who shows a token.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/graphql", get(http::get).post(http::post))
            .route("/graphiql/{file}", get(graphiql::file))
            .route(
                "/packages/{digest}",
                put(upload::upload).layer(DefaultBodyLimit::disable()),
            )
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(self.shared.clone())
    }

    /// The same GraphQL for whoever reaches a socket that only the server's own account can open.
    pub fn operator_router(&self) -> Router {
        Router::new()
            .route("/graphql", axum::routing::post(http::post_as_operator))
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(self.shared.clone())
    }

    /// Executes a request for somebody on the server's own machine.
    pub async fn execute_as_operator(
        &self,
        request: async_graphql::Request,
    ) -> async_graphql::Response {
        let caller = Authenticated::Principal(Principal::Operator);
        self.shared.execute(request, caller).await
    }

    /// Waits until every WebSocket is closed; after the stop.
    pub async fn closed(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
    /// Executes one request on one view, and says in the answer which one.
    async fn execute(
        &self,
        request: async_graphql::Request,
        caller: Authenticated,
    ) -> async_graphql::Response {
        let Ok(_permit) = self.executions.acquire().await else {
            return error::response(ErrorCode::Unavailable, "the server is stopping");
        };
        let context = Arc::new(Request::new(caller, self.services.projections.live()));
        let execution = self.schema.execute(request.data(context.clone()));
        match tokio::time::timeout(REQUEST_TIMEOUT, execution).await {
            Ok(response) => context.stamp(response),
            Err(_) => error::response(
                ErrorCode::Timeout,
                "the request took longer than 30 seconds: ask for less",
            ),
        }
    }
}
