//! The public API: GraphQL over HTTP (streams too) and WebSocket, authentication, package uploads, the console's files.
//!
//! The contract is `schema.graphql`, printed by [`sdl`]. Whoever asks is identified before anything is parsed;
//! what they may do is decided by `domain::access` alone. A request takes one view and answers wholly from it.
//! What is changed goes through `upkeep_commands`; nothing here decides what is true, nor who may change it.
//!
//! Start reading at [`Api`], then `schema/mod.rs`, and of a concept the file or folder of its name in its context:
//! `schema/maintenance/session`, `schema/rules/deployment`.

// A field's arguments are its function's arguments: their number is the contract's, not the code's.
#![allow(clippy::too_many_arguments)]
// Resolvers are async by the library's convention, whether they wait or not.
#![allow(clippy::unused_async)]

mod auth;
mod bound;
mod console;
mod error;
mod execution;
mod feed;
mod graphiql;
mod http;
mod request;
mod schema;
mod upload;
mod websocket;

pub use bound::document::{MAX_NESTING, MAX_SELECTIONS, MAX_VALUES};
pub use bound::meter::MAX_ANSWER_BYTES;
pub use console::{Console, SessionKey, SessionKeyError};
pub use error::ErrorCode;
pub use http::cors::{MAX_ORIGINS, Origin, OriginError};
pub use request::MAX_MOMENTS;
pub use schema::{ApiSchema, sdl, undescribed};

use async_graphql::Variables;
use auth::Authenticated;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post, put};
use bound::contract::Contract;
use bound::places::{Counted, Holder, Places, Shares};
use execution::{Allowed, Asked, NotDone};
use feed::Feed;
use request::Services;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upkeep_commands::Commands;
use upkeep_domain::access::Principal;
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;
use upkeep_vault::Keyring;

/// Largest GraphQL request, in bytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Deepest query.
pub const MAX_DEPTH: usize = 15;
/// How deep a query may be that asks for the schema alone: tools ask as deep as types are wrapped. What is resolved in one go has to fit
/// on a thread's stack.
pub const MAX_SCHEMA_DEPTH: usize = 32;
/// The most that one query may cost: 1 per object or scalar, lists times their page.
pub const MAX_COST: usize = 20_000;
/// How long one request may take once it has a place, and each answer of a subscription.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client has to send the body of a GraphQL request.
const BODY_PATIENCE: Duration = Duration::from_secs(10);
/// How long an upload may pause.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long a request waits for a place before it is told to come back.
const PLACE_PATIENCE: Duration = Duration::from_secs(10);
/// When it is told to come back, in seconds.
const RETRY_AFTER_SECONDS: u32 = 5;
/// Requests that are executed at once; more wait.
const EXECUTED: Shares = Shares {
    of_token: 8,
    of_tenant: 16,
    in_all: 64,
};
/// Requests that are here at once: those that are read or wait, too. More are told to come back.
const PRESENT: Shares = Shares {
    of_token: 64,
    of_tenant: 128,
    in_all: 512,
};
/// WebSockets that are open at once, of those who have shown a token.
const SOCKETS: Shares = Shares {
    of_token: 250,
    of_tenant: 500,
    in_all: 2_000,
};
/// Answers over HTTP that go on at once.
const STREAMS: Shares = Shares {
    of_token: 250,
    of_tenant: 500,
    in_all: 2_000,
};
/// Operations that go on at once, however they are followed: each may hold what was read for it.
const FOLLOWED: Shares = Shares {
    of_token: 500,
    of_tenant: 1_000,
    in_all: 4_000,
};
/// How often it is looked whether the token of somebody who follows has expired. That it was revoked shows at once.
const EXPIRY_EVERY: Duration = Duration::from_secs(1);
/// Who follows and takes nothing for so long is let go; they resume from their last position.
const WRITE_PATIENCE: Duration = Duration::from_secs(20);
/// Reads of events for answers that go on at once: fewer than the store has readers, so that commands find one.
const EVENT_READS: usize = 2;
/// How old a session of the console becomes.
const SESSION_AGE: Duration = Duration::from_hours(12);
/// Sessions that are remembered as ended before their time: those that one token began, and all.
const MAX_ENDED_OF_TOKEN: usize = 100;
const MAX_ENDED_SESSIONS: usize = 10_000;
/// How long a one-time code is good if whoever asks for it says nothing, and how long at most, in minutes.
const CODE_LIFE: Duration = Duration::from_mins(5);
const MAX_CODE_MINUTES: u64 = 15;
/// How long it is told of a code that it has expired; after that it is unknown.
const CODES_REMEMBERED: Duration = Duration::from_hours(1);
/// One-time codes that wait to be used.
const CODES: Shares = Shares {
    of_token: 20,
    of_tenant: 100,
    in_all: 1_000,
};
/// Wrong tries to sign in that wait at once; more are told to come back.
const MAX_SIGN_INS: usize = 32;
/// How long who signs in with something wrong waits for the answer.
const WRONG_TRY_PAUSE: Duration = Duration::from_millis(500);
/// Largest request to sign in or for a code, in bytes.
const MAX_SIGN_IN_BYTES: usize = 4 * 1024;
/// Packages that are uploaded at once.
const UPLOADS: Shares = Shares {
    of_token: 4,
    of_tenant: 4,
    in_all: 16,
};

/// The API.
#[derive(Clone)]
pub struct Api {
    shared: Arc<Shared>,
}

struct Shared {
    schema: ApiSchema,
    contract: Contract,
    services: Arc<Services>,
    places: Places,
    present: Counted,
    sockets: Counted,
    streams: Counted,
    followed: Counted,
    uploads: Counted,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Api {
    pub fn new(
        commands: Commands,
        projections: Projections,
        packages: PackageStore,
        console: Console,
        keyring: Keyring,
        stop: CancellationToken,
    ) -> Self {
        let tasks = TaskTracker::new();
        let store = commands.store().clone();
        let services = Arc::new(Services {
            feed: Arc::new(Feed::new(store, stop.clone(), tasks.clone())),
            commands,
            projections,
            packages,
            console,
            keyring,
            event_reads: Semaphore::new(EVENT_READS),
        });
        let schema = schema::build(services.clone());
        let contract = Contract::read(&schema.sdl());
        Self {
            shared: Arc::new(Shared {
                schema,
                contract: contract.expect("what the library writes of the schema it reads"),
                services,
                places: Places::new(EXECUTED),
                present: Counted::new(PRESENT),
                sockets: Counted::new(SOCKETS),
                streams: Counted::new(STREAMS),
                followed: Counted::new(FOLLOWED),
                uploads: Counted::new(UPLOADS),
                stop,
                tasks,
            }),
        }
    }

    /// The routes for everybody who shows a token, also out of pages from these origins; and every other path, where the console is.
    pub fn router(&self, origins: &[Origin]) -> Router {
        let mut router = Router::new()
            .route("/graphql", get(http::get).post(http::post))
            .route(
                "/packages/{digest}",
                put(upload::upload).layer(DefaultBodyLimit::disable()),
            );
        if let Some(layer) = http::cors::layer(origins) {
            router = router.route_layer(layer);
        }
        router
            .route("/graphiql/{file}", get(graphiql::file))
            .route(
                "/console/session",
                post(console::sign_in).delete(console::sign_out),
            )
            .route("/console/code", post(console::code))
            .fallback(console::serve)
            .with_state(self.shared.clone())
    }

    /// The same GraphQL for whoever reaches a socket that only the server's own account can open; and a link to the console for the holder of a
    /// token.
    pub fn operator_router(&self) -> Router {
        Router::new()
            .route("/graphql", post(http::post_as_operator))
            .route("/console/code", post(console::code))
            .with_state(self.shared.clone())
    }

    /// Executes a request for somebody on the server's own machine.
    pub async fn execute_as_operator(
        &self,
        query: &str,
        variables: serde_json::Map<String, serde_json::Value>,
    ) -> async_graphql::Response {
        let caller = Authenticated::Principal(Principal::Operator);
        let variables = Variables::from_json(serde_json::Value::Object(variables));
        let asked = Asked {
            request: async_graphql::Request::new(query).variables(variables),
            allowed: Allowed::All,
        };
        let done = self
            .shared
            .at_a_place(Holder::of(caller), move |shared| async move {
                shared.execute(asked, caller).await
            })
            .await;
        match done {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => NotDone::Failed.response(),
            Err(not_done) => not_done.response(),
        }
    }

    /// Waits until nothing is followed any more; after the stop.
    pub async fn closed(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}
