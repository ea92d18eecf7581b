//! GraphQL over HTTP, as its specification has it (`graphql-http`'s 61 audits are a test).
//!
//! Who asks is found out before anything is read. async-graphql-axum extracts what is asked for and renders the answer; what
//! it gets wrong stands in front of it in `guard.rs` and on top of it in `media.rs`. Its ready-made handler is not used: it
//! executes mutations that come by `GET` or as `text/plain`, which any web page can send in somebody's name.

mod guard;
mod media;

use crate::auth::Authenticated;
use crate::bound::places::Holder;
use crate::execution::{Asked, NotDone};
use crate::{Shared, graphiql, websocket};
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use guard::{Malformed, Parameters};
use media::{Media, not_acceptable};
use std::sync::Arc;
use upkeep_domain::access::Principal;
use upkeep_listener::Peer;

/// Executes the request and writes its answer; at a place, because long answers take long to write.
async fn answer(
    media: Media,
    shared: &Arc<Shared>,
    asked: Result<Asked, Malformed>,
    caller: Authenticated,
) -> Response {
    let asked = match asked {
        Ok(asked) => asked,
        Err(malformed) => return media.refuse(&malformed),
    };
    if let Ok(answer) = shared.clone().execute(asked, caller).await {
        return media.render(answer);
    }
    let message = "GET is for queries only: send mutations by POST".to_owned();
    media.refuse(&Malformed::with(StatusCode::METHOD_NOT_ALLOWED, message))
}

/// `POST /graphql`.
pub async fn post(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    request: Request,
) -> Response {
    match shared.services.authenticate(request.headers()) {
        None => media::unauthenticated(request.headers()),
        Some(caller) => {
            let _proof = peer.map(|Extension(peer)| peer.proven());
            answer_post(&shared, caller, request).await
        }
    }
}

/// The same behind the operator's socket, where the file system has asked who it is.
pub async fn post_as_operator(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let caller = Authenticated::Principal(Principal::Operator);
    answer_post(&shared, caller, request).await
}

async fn answer_post(shared: &Arc<Shared>, caller: Authenticated, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(media) = Media::accepted(&head.headers) else {
        return not_acceptable();
    };
    let holder = Holder::of(caller);
    let Some(_present) = shared.present.take(holder) else {
        return media.refuse_for_now(&NotDone::Busy);
    };
    let body = match guard::read(&head.headers, body).await {
        Ok(body) => body,
        Err(malformed) => return media.refuse(&malformed),
    };
    if let Err(malformed) = guard::check_media(&head.headers) {
        return media.refuse(&malformed);
    }
    let answered = shared
        .at_a_place(holder, move |shared| async move {
            let asked = guard::asked_by_post(body).await;
            answer(media, &shared, asked, caller).await
        })
        .await;
    answered.unwrap_or_else(|not_done| media.refuse_for_now(&not_done))
}

/// `GET /graphql`: a query, a WebSocket, or `GraphiQL` for a browser.
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
    let Some(caller) = shared.services.authenticate(&headers) else {
        return media::unauthenticated(&headers);
    };
    let _proof = peer.map(|peer| peer.proven());
    let Some(media) = Media::accepted(&headers) else {
        return not_acceptable();
    };
    let holder = Holder::of(caller);
    let Some(_present) = shared.present.take(holder) else {
        return media.refuse_for_now(&NotDone::Busy);
    };
    let answered = shared
        .at_a_place(holder, move |shared| async move {
            let asked = parameters
                .map_err(|_| Malformed::bad("the URL's parameters cannot be read"))
                .and_then(|parameters| guard::asked_by_get(&uri, parameters));
            answer(media, &shared, asked, caller).await
        })
        .await;
    answered.unwrap_or_else(|not_done| media.refuse_for_now(&not_done))
}
