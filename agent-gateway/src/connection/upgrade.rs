//! `GET /agent/v1/connect`: a request becomes a connection.

use super::serve;
use super::socket::{Socket, limited};
use crate::enrol::Refused;
use crate::{MAX_CONNECTIONS, Shared};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use upkeep_agent_protocol::SUBPROTOCOL;
use upkeep_listener::Peer;

/// `GET /agent/v1/connect`.
pub async fn upgrade(
    State(shared): State<Arc<Shared>>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if shared.registry.len() >= MAX_CONNECTIONS || shared.stop.is_cancelled() {
        return Refused::busy().into_response();
    }
    let upgrade = limited(upgrade).protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let message = format!("offer the subprotocol {SUBPROTOCOL}");
        return Refused::new(StatusCode::BAD_REQUEST, "SUBPROTOCOL", message).into_response();
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let peer = peer.map(|Extension(peer)| peer);
    let tasks = shared.connections.clone();
    upgrade.on_upgrade(move |socket| {
        let link = Box::new(Socket::new(socket));
        tasks.track_future(serve(shared, link, host, peer))
    })
}
