//! GraphQL over HTTP, as its specification has it (`graphql-http`'s 61 audits are a test).
//!
//! Who asks is found out before anything is read. async-graphql-axum extracts what is asked for and renders the answer; what
//! it gets wrong stands in front of it in `guard.rs` and on top of it in `media.rs`. What a client takes is read in `accepted.rs`; what goes on
//! is followed in `following.rs`, in the form of `framing.rs`. Its ready-made handler is not used: it
//! executes mutations that come by `GET` or as `text/plain`, which any web page can send in somebody's name.

pub mod accepted;
pub mod cors;
mod following;
mod framing;
pub mod guard;
mod media;

use crate::auth::{Authenticated, Shown};
use crate::bound::places::Holder;
use crate::console::Way;
use crate::execution::{Allowed, Asked, Begun, NotAllowed, NotDone};
use crate::upload::Problem;
use crate::{Shared, graphiql, websocket};
use accepted::{Accepted, not_acceptable, not_let_in};
use async_graphql::Response as Answer;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use following::Following;
use futures_util::stream::BoxStream;
use guard::{Malformed, Parameters};
use std::sync::Arc;
use upkeep_domain::access::Principal;
use upkeep_listener::{Peer, Proof};

/// Who asks.
struct Asker {
    caller: Authenticated,
    /// What with; nothing is the operator.
    shown: Option<Shown>,
    proof: Option<Proof>,
}

impl Asker {
    /// Whoever shows a token or a session; otherwise the answer.
    fn by(
        shared: &Shared,
        headers: &HeaderMap,
        way: Way,
        peer: Option<Peer>,
    ) -> Result<Self, Box<Response>> {
        let services = &shared.services;
        let (shown, caller) = services
            .authenticate(headers, way)
            .map_err(|why| Box::new(not_let_in(Problem::of(why, services), headers)))?;
        Ok(Self {
            caller,
            shown: Some(shown),
            proof: peer.map(|peer| peer.proven()),
        })
    }
}

/// What comes of a request.
enum Reply {
    Whole(Response),
    Goes(BoxStream<'static, Answer>),
}

/// Executes the request and writes its answer; at a place, because long answers take long to write.
async fn answer(
    accepted: Accepted,
    shared: &Arc<Shared>,
    asked: Result<Asked, Malformed>,
    (caller, shown): (Authenticated, Option<Shown>),
) -> Reply {
    let asked = match asked {
        Ok(asked) => asked.with(shown),
        Err(malformed) => return Reply::Whole(accepted.refusal().refuse(&malformed)),
    };
    let begun = if accepted.stream().is_some() {
        shared.begin(asked, caller).await
    } else {
        let answer = shared.execute(asked, caller).await;
        answer.map(|answer| Begun::Answered(Box::new(answer)))
    };
    match begun {
        Ok(Begun::Answered(answer)) => Reply::Whole(accepted.render(*answer)),
        Ok(Begun::Goes(answers)) => Reply::Goes(answers),
        Err(NotAllowed) => {
            let message = "GET is for queries only, and for subscriptions where a stream is accepted: send mutations by POST";
            let malformed = Malformed::with(StatusCode::METHOD_NOT_ALLOWED, message);
            Reply::Whole(accepted.refusal().refuse(&malformed))
        }
    }
}

/// Reads what is asked for, and answers.
async fn respond<R, F>(shared: &Arc<Shared>, accepted: Accepted, asker: Asker, read: R) -> Response
where
    R: FnOnce() -> F + Send + 'static,
    F: Future<Output = Result<Asked, Malformed>>,
{
    let who = (asker.caller, asker.shown);
    let holder = Holder::of(asker.caller);
    let replied = shared
        .at_a_place(holder, move |shared| async move {
            answer(accepted, &shared, read().await, who).await
        })
        .await;
    let answers = match replied {
        Ok(Reply::Whole(response)) => return response,
        Ok(Reply::Goes(answers)) => answers,
        Err(not_done) => return accepted.refusal().refuse_for_now(&not_done),
    };
    let (Some(framing), Some(share)) = (accepted.stream(), shared.streams.take(holder)) else {
        return accepted.refusal().refuse_for_now(&NotDone::TooManyStreams);
    };
    let following = Following {
        framing,
        answers,
        shown: asker.shown,
        share,
        proof: asker.proof,
    };
    following::open(shared, following)
}

/// `POST /graphql`.
pub async fn post(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Response {
    let peer = peer.map(|Extension(peer)| peer);
    match Asker::by(&shared, request.headers(), Way::Other, peer) {
        Err(refused) => *refused,
        Ok(asker) => answer_post(&shared, asker, request).await,
    }
}

/// The same behind the operator's socket, where the file system has asked who it is.
pub async fn post_as_operator(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let operator = Asker {
        caller: Authenticated::Principal(Principal::Operator),
        shown: None,
        proof: None,
    };
    answer_post(&shared, operator, request).await
}

async fn answer_post(shared: &Arc<Shared>, asker: Asker, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(accepted) = Accepted::by(&head.headers) else {
        return not_acceptable();
    };
    let Some(_present) = shared.present.take(Holder::of(asker.caller)) else {
        return accepted.refusal().refuse_for_now(&NotDone::Busy);
    };
    let body = match guard::read(&head.headers, body).await {
        Ok(body) => body,
        Err(malformed) => return accepted.refusal().refuse(&malformed),
    };
    if let Err(malformed) = guard::check_media(&head.headers) {
        return accepted.refusal().refuse(&malformed);
    }
    respond(shared, accepted, asker, || guard::asked_by_post(body)).await
}

/// `GET /graphql`: a query, what is followed, a WebSocket, or `GraphiQL` for a browser.
pub async fn get(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    uri: Uri,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Response {
    let peer = peer.map(|Extension(peer)| peer);
    if let Ok(upgrade) = upgrade {
        return websocket::upgrade(shared, upgrade, &headers, peer);
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
    let asker = match Asker::by(&shared, &headers, Way::Get, peer) {
        Err(refused) => return *refused,
        Ok(asker) => asker,
    };
    let Some(accepted) = Accepted::by(&headers) else {
        return not_acceptable();
    };
    let Some(_present) = shared.present.take(Holder::of(asker.caller)) else {
        return accepted.refusal().refuse_for_now(&NotDone::Busy);
    };
    let allowed = match accepted.stream() {
        Some(_) => Allowed::Reading,
        None => Allowed::QueriesOnly,
    };
    let read = move || async move {
        let parameters =
            parameters.map_err(|_| Malformed::bad("the URL's parameters cannot be read"))?;
        guard::asked_by_get(&uri, parameters, allowed)
    };
    respond(&shared, accepted, asker, read).await
}
