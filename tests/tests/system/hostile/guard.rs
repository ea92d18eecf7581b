//! Requests that cost the server more than their sender.

mod queries;
mod shares;
mod sockets;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use upkeep_tests::client::{http, text};
use upkeep_tests::{Client, Server};

/// How long something may take that must come at all.
const PATIENCE: Duration = Duration::from_mins(2);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("it never came: {what}"))
}

async fn assert_healthy(server: &mut Server, admin: &Client) {
    assert!(server.is_running(), "{}", server.log());
    let health = http().get(format!("{}/healthz", server.base())).send();
    let health = within("health", health).await.expect("an answer");
    assert!(health.status().is_success());
    let answer = within("an answer", admin.ask("{ server { version } }", json!({}))).await;
    assert!(answer["server"].is_object());
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// A socket that has not said anything yet.
async fn socket(server: &Server) -> Option<Socket> {
    let mut request = format!("ws://{}/graphql", server.address)
        .into_client_request()
        .expect("a request");
    let protocol = "graphql-transport-ws".parse().expect("a header");
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", protocol);
    connect_async(request).await.ok().map(|(socket, _)| socket)
}

async fn say(socket: &mut Socket, message: Value) {
    let message = Message::text(message.to_string());
    socket.send(message).await.expect("it is open");
}

/// The next message that is no ping, or the code that closes the socket.
async fn hear(socket: &mut Socket) -> Result<Value, u16> {
    loop {
        match within("a message", socket.next()).await {
            Some(Ok(Message::Text(text))) => {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] != "ping" {
                    return Ok(message);
                }
            }
            Some(Ok(Message::Close(frame))) => return Err(frame.expect("a reason").code.into()),
            Some(Ok(_)) => {}
            Some(Err(error)) => panic!("{error}"),
            None => panic!("it broke off"),
        }
    }
}

/// A socket of somebody who has shown this token.
async fn open(server: &Server, token: &str) -> Socket {
    let mut socket = socket(server).await.expect("a socket");
    let init = json!({ "type": "connection_init", "payload": { "token": token } });
    say(&mut socket, init).await;
    let acknowledged = hear(&mut socket).await.expect("it is open");
    assert_eq!(acknowledged["type"], "connection_ack");
    socket
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

/// A new token of a member of the tenant, and its id.
async fn member(admin: &Client, tenant: &str) -> (Client, String) {
    let create = "mutation($tenant: ID!) { createApiToken(input: { name: \"x\", role: TENANT_MEMBER, tenantId: $tenant })
        { apiToken { id } secret userErrors { code message } } }";
    let data = admin.ask(create, json!({ "tenant": tenant })).await;
    let token = &data["createApiToken"];
    (
        admin.with(&text(&token["secret"])),
        text(&token["apiToken"]["id"]),
    )
}

/// A query of some 10 KB that computes for a while, until its answer is too large.
fn heavy() -> String {
    let types = (0..200).fold(String::new(), |fields, at| {
        fields + &format!("t{at}: types {{ fields {{ description args {{ description }} }} }} ")
    });
    format!("{{ __schema {{ {types} }} }}")
}
