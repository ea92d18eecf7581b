//! What a subscription says, over `graphql-transport-ws`.

use crate::Client;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const PATIENCE: Duration = Duration::from_mins(1);

/// A subscription that runs.
pub struct Subscription {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Subscription {
    pub async fn open(client: &Client, query: &str) -> Self {
        let url = format!("{}/graphql", client.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a header");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let (socket, _) = connect_async(request).await.expect("a socket");
        let mut subscription = Self { socket };
        let token = &client.token;
        subscription
            .say(json!({ "type": "connection_init", "payload": { "token": token } }))
            .await;
        let answer = subscription.hear().await;
        assert_eq!(answer["type"], "connection_ack", "{answer}");
        subscription
            .say(json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }))
            .await;
        subscription
    }

    async fn say(&mut self, message: Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .expect("the socket is open");
    }

    async fn hear(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("in time");
            if let Message::Text(text) = message.expect("a message").expect("the socket is open") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// The next answer, with its data or its errors; nothing when it is complete.
    pub async fn next(&mut self) -> Option<Value> {
        let message = loop {
            let message = self.hear().await;
            if message["type"] != "ping" {
                break message;
            }
            self.say(json!({ "type": "pong" })).await;
        };
        match message["type"].as_str() {
            Some("next") => Some(message["payload"].clone()),
            Some("error") => Some(json!({ "errors": message["payload"] })),
            Some("complete") => None,
            _ => panic!("{message}"),
        }
    }
}
