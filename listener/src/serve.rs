use crate::{HEAD_PATIENCE, MAX_HEAD_BYTES, Peer, Peers, UNTAKEN_PATIENCE_MS};
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// After a connection could not be taken, as when there are no file handles left.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves connections until the stop, then waits until those that are there have ended. Each request carries its [`Peer`] in
/// its extensions.
pub async fn serve(listener: TcpListener, router: Router, peers: Peers, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::debug!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let Some(peer) = peers.admit(address.ip()) else {
            tracing::warn!("all connections are taken: one was refused");
            continue;
        };
        set_options(&stream);
        connections.spawn(connection(stream, router.clone(), peer, stop.clone()));
    }
    connections.close();
    connections.wait().await;
}

fn set_options(stream: &TcpStream) {
    // Answers are small and come in one piece: waiting to fill packets only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(stream, UNTAKEN_PATIENCE_MS) {
        tracing::debug!(%error, "a connection may be dead for long");
    }
}

async fn connection(stream: TcpStream, router: Router, peer: Peer, stop: CancellationToken) {
    let of_requests = peer.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(of_requests.clone());
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = peer.has_to_go() => return,
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
