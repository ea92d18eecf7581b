//! What async-graphql and async-graphql-axum get wrong as they come: the reason for each rule of ours in `api/src/http`, `api/src/websocket.rs` and `api/src/bound`.
//! Who takes a newer one and sees something fail here may take the rule away.

use crate::judges::{Socket, hear, offer, run, say, subscribe};
use async_graphql::http::{ALL_WEBSOCKET_PROTOCOLS, WebSocket, WebSocketProtocols};
use async_graphql::{Data, Enum, Object, Schema, SimpleObject, Subscription, Union};
use async_graphql_axum::{GraphQL, GraphQLProtocol, GraphQLWebSocket};
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::any;
use futures_util::{SinkExt, Stream, StreamExt, stream};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use upkeep_tests::client::http;

struct Query;

#[Object]
impl Query {
    async fn version(&self) -> u32 {
        1
    }

    async fn late(&self) -> u32 {
        tokio::task::yield_now().await;
        2
    }

    async fn fails(&self) -> async_graphql::Result<Option<u32>> {
        tokio::task::yield_now().await;
        Err("it failed".into())
    }

    async fn colour(&self, of: Option<Colour>) -> Option<Colour> {
        of
    }

    async fn again(&self) -> Query {
        Query
    }

    async fn either(&self) -> Either {
        Either::One(One { id: 1, size: 2 })
    }
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Red,
}

#[derive(Union)]
enum Either {
    One(One),
    Other(Other),
}

#[derive(SimpleObject)]
struct One {
    id: u32,
    size: u32,
}

#[derive(SimpleObject)]
struct Other {
    id: u32,
}

/// Counts how often something was changed.
#[derive(Clone, Default)]
struct Mutation(Arc<AtomicU32>);

#[Object]
impl Mutation {
    async fn touch(&self) -> u32 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

struct Following;

#[Subscription]
impl Following {
    async fn ticks(&self) -> impl Stream<Item = u32> {
        stream::repeat(1)
    }

    /// And nothing more, without an end.
    async fn once(&self) -> impl Stream<Item = u32> {
        stream::once(async { 1 }).chain(stream::pending())
    }

    async fn silence(&self) -> impl Stream<Item = u32> {
        stream::pending()
    }
}

type Made = Schema<Query, Mutation, Following>;

fn schema(mutation: Mutation) -> Made {
    Schema::new(Query, mutation, Following)
}

/// Serves in this process; the address.
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn serve_http(mutation: Mutation) -> String {
    let handler = GraphQL::new(schema(mutation));
    let address = serve(Router::new().route_service("/graphql", handler)).await;
    format!("http://{address}/graphql")
}

async fn serve_sockets() -> String {
    async fn follow(protocol: GraphQLProtocol, upgrade: WebSocketUpgrade) -> Response {
        let upgrade = upgrade.protocols(ALL_WEBSOCKET_PROTOCOLS);
        upgrade.on_upgrade(move |socket| {
            GraphQLWebSocket::new(socket, schema(Mutation::default()), protocol)
                .on_connection_init(admit)
                .serve()
        })
    }
    async fn admit(payload: Value) -> async_graphql::Result<Data> {
        match payload["token"].as_str() {
            Some("good") => Ok(Data::default()),
            _ => Err("the token is not in force".into()),
        }
    }
    serve(Router::new().route("/graphql", any(follow))).await
}

/// The reason for `api/src/bound/faults.rs` and `order.rs`.
#[tokio::test]
async fn it_tells_less_than_was_asked_for_and_in_another_order() {
    for (text, told, right) in [
        (
            "{ version fails }",
            r#"{"version":1}"#,
            r#"{"version":1,"fails":null}"#,
        ),
        (
            "{ late version }",
            r#"{"version":1,"late":2}"#,
            r#"{"late":2,"version":1}"#,
        ),
        ("{ version @skip(if: true) }", "null", "{}"),
    ] {
        let answer = schema(Mutation::default()).execute(text).await;
        let data = serde_json::to_string(&answer.data).unwrap();
        assert_eq!(data, told, "{text}: {right} would be right");
    }
}

/// The reason for `api/src/bound/literals.rs`, `merging.rs` and `variables.rs`.
#[tokio::test]
async fn it_takes_what_the_schema_does_not_allow_and_refuses_what_it_does() {
    for (text, told) in [
        ("{ colour(of: \"RED\") }", json!({ "colour": "RED" })),
        (
            "query($of: Int) { colour(of: $of) }",
            json!({ "colour": null }),
        ),
        (
            "{ again { a: version } again { a: late } }",
            json!({ "again": { "a": 1 } }),
        ),
        (
            "query($leave: Boolean = true) { version @skip(if: $leave) }",
            json!({ "version": 1 }),
        ),
        (
            "query($leave: Boolean!) { version @skip(if: $leave) }",
            json!({ "version": 1 }),
        ),
    ] {
        let answer = schema(Mutation::default()).execute(text).await;
        assert!(answer.errors.is_empty(), "{text}: {:?}", answer.errors);
        assert_eq!(answer.data.into_json().unwrap(), told, "{text}");
    }
    let apart = "{ either { ... on One { ... { a: size } } ... on Other { ... { a: id } } } }";
    let answer = schema(Mutation::default()).execute(apart).await;
    assert!(answer.errors[0].message.contains("conflict"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_fails_the_audits_that_our_rules_name() {
    let url = serve_http(Mutation::default()).await;
    let told = run("node", &["audit.mjs", &url, "none"]).await;
    let failing: BTreeSet<&str> = told
        .lines()
        .filter(|line| {
            ["error", "warn", "notice"]
                .iter()
                .any(|status| line.starts_with(status))
        })
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    let named = [
        "4655", "47DE", "80D8", "865D", "556A", "D586", "51FE", "74FF", "5E5B", "86EE", "9ABE",
        "9C48", "423L", "8764", "3E3A",
    ];
    assert_eq!(failing, BTreeSet::from(named), "{told}");
    let rules = [
        include_str!("../../../api/src/http/guard.rs"),
        include_str!("../../../api/src/http/media.rs"),
    ];
    for audit in named {
        assert!(rules.concat().contains(audit), "{audit} has its rule");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_executes_what_any_page_can_send_and_what_is_no_request() {
    let mutation = Mutation::default();
    let url = serve_http(mutation.clone()).await;
    let touch = json!({ "query": "mutation { touch }" }).to_string();
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{touch}\r\n--x\r\n\
         content-disposition: form-data; name=\"map\"\r\n\r\n{{}}\r\n--x--\r\n"
    );
    let post =
        |media: &str, body: String| http().post(&url).header("content-type", media).body(body);
    for (what, request) in [
        (
            "GET",
            http().get(&url).query(&[("query", "mutation { touch }")]),
        ),
        ("text/plain", post("text/plain", touch.clone())),
        ("a form", post("application/x-www-form-urlencoded", touch)),
        ("files", post("multipart/form-data; boundary=x", form)),
        (
            "a list of a text",
            post(
                "application/json",
                "[\"mutation { touch }\", null, {}, {}]".into(),
            ),
        ),
    ] {
        let before = mutation.0.load(Ordering::Relaxed);
        request.send().await.unwrap();
        assert_eq!(mutation.0.load(Ordering::Relaxed), before + 1, "{what}");
    }

    let long = format!("{{ version }} # {}", "x".repeat(8 << 20));
    let unbounded = http().post(&url).json(&json!({ "query": long }));
    assert_eq!(unbounded.send().await.unwrap().status(), 200);

    let two = "query A { version } query B { version }";
    let named = http()
        .get(&url)
        .query(&[("query", two), ("operationName", "A")]);
    let answer: Value = named.send().await.unwrap().json().await.unwrap();
    assert!(
        answer["errors"].is_array(),
        "the name is not looked at: {answer}"
    );
}

async fn dial(address: &str) -> Socket {
    offer(address, "graphql-transport-ws").await.unwrap().0
}

async fn open(address: &str) -> Socket {
    let mut line = dial(address).await;
    let init = json!({ "type": "connection_init", "payload": { "token": "good" } });
    say(&mut line, init).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "connection_ack");
    line
}

/// The rows of `the_socket_keeps_graphql_transport_ws`, as it answers them.
#[tokio::test(flavor = "multi_thread")]
async fn it_breaks_the_rows_of_the_protocol_that_our_loop_keeps() {
    const SILENCE: &str = "subscription { silence }";
    let address = serve_sockets().await;

    let mut line = dial(&address).await;
    let nothing = tokio::time::timeout(Duration::from_secs(7), line.next()).await;
    assert!(nothing.is_err(), "4408 after 5 seconds");

    say(&mut line, subscribe("1", "{ version }")).await;
    assert_eq!(hear(&mut line).await, Err(1011), "4401");

    let mut line = open(&address).await;
    line.send(Message::text("{nonsense")).await.unwrap();
    assert_eq!(hear(&mut line).await, Err(1002), "4400");
    let mut line = open(&address).await;
    let older = json!({ "type": "start", "id": "1", "payload": { "query": "{ version }" } });
    say(&mut line, older).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "next", "4400");

    let mut line = dial(&address).await;
    let bad = json!({ "type": "connection_init", "payload": { "token": "bad" } });
    say(&mut line, bad).await;
    assert_eq!(hear(&mut line).await, Err(1002), "4403");

    let mut line = open(&address).await;
    say(&mut line, subscribe("1", SILENCE)).await;
    say(&mut line, subscribe("1", "{ version }")).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "next", "4409");

    let mut line = open(&address).await;
    say(&mut line, subscribe("1", "{ nothing }")).await;
    let next = hear(&mut line).await.unwrap();
    assert_eq!(next["type"], "next", "error");
    assert_eq!(next["payload"]["data"], Value::Null);

    let mut line = open(&address).await;
    say(&mut line, subscribe("1", SILENCE)).await;
    say(&mut line, json!({ "type": "complete", "id": "1" })).await;
    let echoed = hear(&mut line).await.unwrap();
    assert_eq!(echoed, json!({ "type": "complete", "id": "1" }), "nothing");

    let mut line = open(&address).await;
    for id in 0..1_000 {
        say(&mut line, subscribe(&id.to_string(), SILENCE)).await;
    }
    say(&mut line, subscribe("more", "{ version }")).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "next", "4429");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_speaks_another_protocol_than_its_handshake_says() {
    let address = serve_sockets().await;
    let both = offer(&address, "graphql-ws, graphql-transport-ws").await;
    let (mut line, taken) = both.unwrap();
    assert_eq!(taken.as_deref(), Some("graphql-transport-ws"));
    let init = json!({ "type": "connection_init", "payload": { "token": "good" } });
    say(&mut line, init).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "connection_ack");
    say(&mut line, subscribe("1", "{ version }")).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "data", "next");

    let neither = offer(&address, "soap").await.err();
    assert_eq!(neither.as_deref(), Some("HTTP/1.1 400 Bad Request"), "4406");
}

/// The reason for `api/src/http/framing.rs`.
#[tokio::test(flavor = "multi_thread")]
async fn it_tells_in_parts_without_a_payload_and_holds_back_where_they_end() {
    let url = serve_http(Mutation::default()).await;
    let follow = http()
        .post(&url)
        .header(
            "accept",
            "multipart/mixed; boundary=graphql; subscriptionSpec=1.0",
        )
        .json(&json!({ "query": "subscription { once }" }));
    let mut answer = follow.send().await.unwrap();
    let mut told = String::new();
    // Until nothing comes any more: the heartbeat is due in half a minute.
    while let Ok(chunk) = tokio::time::timeout(Duration::from_secs(2), answer.chunk()).await {
        told += std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap();
    }
    assert!(told.contains("{\"data\":{\"once\":1}}"), "{told}");
    assert!(!told.contains("payload"), "{told}");
    assert!(
        !told.ends_with("--graphql"),
        "a client waits for it: {told}"
    );
}

#[tokio::test]
async fn it_lets_one_operation_keep_another_silent() {
    let init = json!({ "type": "connection_init" });
    let endless = |id| subscribe(id, "subscription { ticks }");
    let said = [init, endless("a"), endless("b")].map(|message| message.to_string());
    let said = stream::iter(said).chain(stream::pending());
    let schema = schema(Mutation::default());
    let answers = WebSocket::new(schema, said, WebSocketProtocols::GraphQLWS).skip(1);
    let ids = answers.take(100).map(|message| {
        let message: Value = serde_json::from_str(&message.unwrap_text()).unwrap();
        message["id"].to_string()
    });
    let heard: BTreeSet<String> = ids.collect().await;
    assert_eq!(heard.len(), 1, "{heard:?}");
}
