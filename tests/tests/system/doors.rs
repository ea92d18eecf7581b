//! The ways in for clients: where a token may be, how something is followed over HTTP, whose pages may ask.

use crate::judges::{Socket, hear, offer_with, say, subscribe};
use chrono::{DateTime, Utc};
use reqwest::{RequestBuilder, Response, header};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use upkeep_tests::client::{http, text};
use upkeep_tests::{Client, Server, eventually};

const EVENT_STREAM: &str = "text/event-stream";
/// What Apollo's client sends with a subscription.
const APOLLO: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";
const ONLY_PARTS: &str = "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=\"1.0\"";
const CREATED: &str =
    "subscription { events(filter: { types: [\"TenantCreated\"] }) { type position data } }";
const PATIENCE: Duration = Duration::from_secs(20);
/// How many streams one token may have.
const STREAMS_OF_TOKEN: usize = 250;

/// A socket whose handshake has this `Authorization`.
async fn shake(server: &Server, authorization: &str) -> Socket {
    let line = format!("authorization: {authorization}\r\n");
    let opened = offer_with(&server.address, "graphql-transport-ws", &line).await;
    opened.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_takes_its_token_from_wherever_clients_put_it() {
    let server = Server::start().await;
    let token = server.admin().await.token;
    let (good, bad) = (format!("Bearer {token}"), "Bearer upt_0_0");
    let none = "Basic eDp5";
    let acknowledged = Ok("connection_ack".to_owned());
    for (of_handshake, payload, told) in [
        (good.as_str(), Value::Null, acknowledged.clone()),
        (
            good.as_str(),
            json!({ "token": null }),
            acknowledged.clone(),
        ),
        (bad, json!({ "token": token }), acknowledged.clone()),
        (
            none,
            json!({ "headers": { "AUTHORIZATION": good } }),
            acknowledged.clone(),
        ),
        (none, json!({ "authorization": good }), acknowledged),
        (good.as_str(), json!({ "token": "upt_0_0" }), Err(4403)),
        (
            good.as_str(),
            json!({ "headers": { "Authorization": bad } }),
            Err(4403),
        ),
        (bad, json!({}), Err(4403)),
        (none, json!({}), Err(4401)),
    ] {
        let mut line = shake(&server, of_handshake).await;
        let init = json!({ "type": "connection_init", "payload": payload });
        say(&mut line, init.clone()).await;
        let heard = hear(&mut line).await.map(|message| text(&message["type"]));
        assert_eq!(heard, told, "{of_handshake} {init}");
        if heard.is_ok() {
            say(&mut line, subscribe("1", "{ viewer { role } }")).await;
            let next = hear(&mut line).await.unwrap();
            let role = &next["payload"]["data"]["viewer"]["role"];
            assert_eq!(role, "MSP_ADMIN", "{next}");
        }
    }
    let mut line = shake(&server, &good).await;
    say(&mut line, subscribe("1", "{ viewer { role } }")).await;
    assert_eq!(hear(&mut line).await, Err(4401), "connection_init is due");
    let mut line = shake(&server, &good).await;
    assert_eq!(hear(&mut line).await, Err(4408), "and in time");
}

/// A body that goes on, piece by piece.
struct Stream {
    response: Response,
    end: &'static str,
    read: String,
}

impl Stream {
    /// Pieces end with this.
    async fn open(request: RequestBuilder, end: &'static str) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        Self {
            response,
            end,
            read: String::new(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.response.headers()[name].to_str().unwrap()
    }

    /// The next piece that is no heartbeat; nothing at the body's end.
    async fn next(&mut self) -> Option<String> {
        let found = tokio::time::timeout(PATIENCE, self.find());
        found.await.expect("in time")
    }

    async fn find(&mut self) -> Option<String> {
        loop {
            while let Some((piece, rest)) = self.read.split_once(self.end) {
                let (piece, rest) = (piece.to_owned(), rest.to_owned());
                self.read = rest;
                let said = piece.trim();
                if !(said.is_empty() || said == ":" || said.ends_with("{}")) {
                    return Some(piece);
                }
            }
            let chunk = self.response.chunk().await.unwrap()?;
            self.read += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

fn asking(client: &Client, accept: &str, query: &str) -> RequestBuilder {
    let request = client.request(query, &Value::Null);
    request.header(header::ACCEPT, accept)
}

fn asking_by_url(client: &Client, accept: &str, query: &str) -> RequestBuilder {
    http()
        .get(format!("{}/graphql", client.base))
        .query(&[("query", query)])
        .bearer_auth(&client.token)
        .header(header::ACCEPT, accept)
}

/// The answer in an event `next`.
fn answer_of(event: &str) -> Value {
    let data = event.strip_prefix("event: next\ndata: ");
    serde_json::from_str(data.unwrap_or_else(|| panic!("{event}"))).unwrap()
}

/// The answer in a part.
fn payload_of(part: &str) -> Value {
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    assert_eq!(head, "\r\nContent-Type: application/json");
    serde_json::from_str::<Value>(body).unwrap()["payload"].take()
}

/// A client with a token of its own, and the token's id.
async fn another(admin: &Client) -> (Client, Value) {
    another_until(admin, None).await
}

async fn another_until(admin: &Client, expires_at: Option<DateTime<Utc>>) -> (Client, Value) {
    let create = "mutation($end: DateTime) { createApiToken(input: { name: \"other\", role: MSP_ADMIN, expiresAt: $end }) {
        secret apiToken { id } userErrors { code } } }";
    let data = admin.ask(create, json!({ "end": expires_at })).await;
    let created = &data["createApiToken"];
    (
        admin.with(&text(&created["secret"])),
        created["apiToken"]["id"].clone(),
    )
}

async fn revoke(admin: &Client, token: &Value) {
    let revoke =
        "mutation($id: ID!) { revokeApiToken(input: { id: $id }) { userErrors { code } } }";
    admin.ask(revoke, json!({ "id": token })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_followed_as_server_sent_events_until_the_token_is_revoked() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let (other, token) = another(&admin).await;
    let mut streams = vec![];
    for request in [
        asking(&other, EVENT_STREAM, CREATED),
        asking_by_url(&other, EVENT_STREAM, CREATED),
    ] {
        let stream = Stream::open(request, "\n\n").await;
        assert_eq!(stream.header("content-type"), EVENT_STREAM);
        assert_eq!(stream.header("cache-control"), "no-cache");
        assert_eq!(stream.header("x-accel-buffering"), "no");
        streams.push(stream);
    }
    let mut kept = Stream::open(asking(&admin, EVENT_STREAM, CREATED), "\n\n").await;
    for name in ["Contoso", "Fabrikam"] {
        admin.tenant(name).await;
        for stream in &mut streams {
            let event = stream.next().await.unwrap();
            let told = answer_of(&event);
            assert_eq!(told["data"]["events"]["data"]["name"], name, "{told}");
            assert!(told["extensions"]["position"].is_string(), "{told}");
            // Keys as they were asked for.
            let keys = ["\"type\"", "\"position\"", "\"data\":{\"name\""];
            let places = keys.map(|key| event.find(key).unwrap());
            assert!(places.is_sorted(), "{event}");
        }
    }
    revoke(&admin, &token).await;
    admin.tenant("Secret").await;
    for stream in &mut streams {
        let told = answer_of(&stream.next().await.unwrap());
        let code = &told["errors"][0]["extensions"]["code"];
        assert_eq!(code, "UNAUTHENTICATED", "{told}");
        let end = stream.next().await;
        assert_eq!(end.as_deref(), Some("event: complete\ndata:"));
        assert_eq!(stream.next().await, None);
    }

    // The others go on, until the server stops: that is no end of what is followed.
    for _ in 0..3 {
        answer_of(&kept.next().await.unwrap());
    }
    assert_eq!(server.stop().await, Some(0));
    assert_eq!(kept.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_followed_with_a_token_that_has_expired() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let soon = Utc::now() + Duration::from_secs(3);
    let (other, _) = another_until(&admin, Some(soon)).await;
    let mut stream = Stream::open(asking(&other, EVENT_STREAM, CREATED), "\n\n").await;
    let told = answer_of(&stream.next().await.unwrap());
    let code = &told["errors"][0]["extensions"]["code"];
    assert_eq!(code, "UNAUTHENTICATED", "{told}");
    assert!(Utc::now() >= soon);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_one_answer_and_what_has_none_is_told_in_the_stream_or_as_http_has_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let whole = |request: RequestBuilder| async move {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    let query = whole(asking(&admin, EVENT_STREAM, "{ viewer { role } }")).await;
    assert!(query.starts_with(":\n\nevent: next\ndata: {\"data\":{\"viewer\""));
    assert!(query.ends_with("\n\nevent: complete\ndata:\n\n"), "{query}");
    let create = "mutation { createTenant(input: { name: \"a\" }) { tenant { name } } }";
    let mutation = whole(asking(&admin, EVENT_STREAM, create)).await;
    assert!(mutation.contains("{\"name\":\"a\"}"), "{mutation}");
    // A stream was accepted: what is wrong with a document is told in it, as the protocol has it.
    for invalid in ["{ nothing }", "subscription { nothing }", "{"] {
        let told = whole(asking(&admin, EVENT_STREAM, invalid)).await;
        assert!(told.contains("data: {\"errors\":["), "{told}");
        assert!(told.ends_with("event: complete\ndata:\n\n"), "{told}");
    }

    let url = format!("{}/graphql", server.base());
    let unread = http()
        .post(&url)
        .bearer_auth(&admin.token)
        .body("{nonsense");
    let unread = unread.header(header::CONTENT_TYPE, "application/json");
    let anonymous = http().post(&url).json(&json!({ "query": CREATED }));
    for (what, request, status) in [
        ("no JSON", unread.header(header::ACCEPT, EVENT_STREAM), 400),
        (
            "no token",
            anonymous.header(header::ACCEPT, EVENT_STREAM),
            401,
        ),
        (
            "a mutation by GET",
            asking_by_url(&admin, EVENT_STREAM, create),
            405,
        ),
        (
            "a subscription by GET, answered once",
            asking_by_url(&admin, "application/json", CREATED),
            405,
        ),
        (
            "parts of one answer",
            asking(&admin, "multipart/mixed", CREATED),
            406,
        ),
    ] {
        let refused = request.send().await.unwrap();
        assert_eq!(refused.status(), status, "{what}");
        let media = refused.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert!(!media.starts_with(EVENT_STREAM), "{what}: {media}");
    }
    let tenants = admin.ask("{ tenants { totalCount } }", Value::Null).await;
    assert_eq!(tenants["tenants"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_followed_in_parts_as_apollos_clients_do() {
    const BOUNDARY: &str = "\r\n--graphql";
    let server = Server::start().await;
    let admin = server.admin().await;
    let (other, token) = another(&admin).await;
    let mut stream = Stream::open(asking(&other, APOLLO, CREATED), BOUNDARY).await;
    let media = "multipart/mixed;boundary=\"graphql\";subscriptionSpec=1.0";
    assert_eq!(stream.header("content-type"), media);
    for name in ["Contoso", "Fabrikam"] {
        admin.tenant(name).await;
        let told = payload_of(&stream.next().await.unwrap());
        assert_eq!(told["data"]["events"]["data"]["name"], name, "{told}");
    }
    revoke(&admin, &token).await;
    let last = stream.next().await.unwrap();
    let (_, last) = last.split_once("\r\n\r\n").unwrap();
    let told: Value = serde_json::from_str(last).unwrap();
    let code = &told["errors"][0]["extensions"]["code"];
    assert_eq!(
        (&told["payload"], code),
        (&Value::Null, &json!("UNAUTHENTICATED"))
    );
    assert_eq!(stream.next().await, None);
    assert_eq!(stream.read, "--\r\n");

    // What has one answer comes whole where that is accepted, too, and in the best of what is.
    let role = "{ viewer { role } }";
    let whole = asking(&admin, APOLLO, role).send().await.unwrap();
    let media = whole.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert!(media.starts_with("application/graphql-response+json"));
    let told: Value = whole.json().await.unwrap();
    assert_eq!(told["data"]["viewer"]["role"], "MSP_ADMIN");
    let mut parts = Stream::open(asking(&admin, ONLY_PARTS, role), BOUNDARY).await;
    let told = payload_of(&parts.next().await.unwrap());
    assert_eq!(told["data"]["viewer"]["role"], "MSP_ADMIN");
    assert_eq!(parts.next().await, None);
    assert_eq!(parts.read, "--\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_follows_so_much_at_once_and_who_leaves_makes_room() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let mut open = vec![];
    for _ in 0..STREAMS_OF_TOKEN {
        let accept = [EVENT_STREAM, APOLLO][open.len() % 2];
        open.push(Stream::open(asking(&admin, accept, CREATED), "\n\n").await);
    }
    let refused = asking(&admin, EVENT_STREAM, CREATED).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let told: Value = refused.json().await.unwrap();
    assert_eq!(told["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    // It may still ask, and others may follow.
    let single = asking(&admin, EVENT_STREAM, "{ viewer { role } }");
    assert_eq!(single.send().await.unwrap().status(), 200);
    let other = another(&admin).await.0;
    Stream::open(asking(&other, EVENT_STREAM, CREATED), "\n\n").await;

    open.pop();
    eventually("there is room again", || async {
        let answer = asking(&admin, EVENT_STREAM, CREATED).send().await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
}

fn preflight(server: &Server, path: &str, origin: &str) -> RequestBuilder {
    http()
        .request(reqwest::Method::OPTIONS, format!("{}{path}", server.base()))
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization")
}

async fn allowed_origin(request: RequestBuilder) -> Option<String> {
    let answer = request.send().await.unwrap();
    let origin = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(origin.to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_origins_that_are_named_may_ask_and_nobodys_otherwise() {
    const CONSOLE: &str = "https://console.example";
    const OTHER: &str = "http://localhost:3000";
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let args = ["--cors-origin", CONSOLE, "--cors-origin", OTHER];
    let server = Server::start_with(folder, data, args.map(str::to_owned).into()).await;
    let admin = server.admin().await;
    let package = format!("/packages/{}", "0".repeat(64));
    for path in ["/graphql", &package] {
        for origin in [CONSOLE, OTHER] {
            // Without a token, as browsers send it.
            let answer = preflight(&server, path, origin).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let header = |name| answer.headers()[name].to_str().unwrap();
            assert_eq!(header(header::ACCESS_CONTROL_ALLOW_ORIGIN), origin);
            let methods = header(header::ACCESS_CONTROL_ALLOW_METHODS);
            assert_eq!(methods, "GET,HEAD,POST,PUT,PATCH,OPTIONS");
            let headers = header(header::ACCESS_CONTROL_ALLOW_HEADERS);
            for needed in ["authorization", "content-type", "apollo-require-preflight"] {
                assert!(headers.split(',').any(|name| name == needed), "{headers}");
            }
            let credentials = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
            assert!(!answer.headers().contains_key(credentials));
        }
        for stranger in [
            "https://evil.example",
            "null",
            "https://console.example.evil",
        ] {
            let told = allowed_origin(preflight(&server, path, stranger)).await;
            assert_eq!(told, None, "{stranger}");
        }
    }
    let from = |origin| {
        let request = admin.request("{ viewer { role } }", &Value::Null);
        request.header(header::ORIGIN, origin)
    };
    assert_eq!(
        allowed_origin(from(CONSOLE)).await.as_deref(),
        Some(CONSOLE)
    );
    assert_eq!(allowed_origin(from("https://evil.example")).await, None);
    // What is refused can be read, too.
    let refused = http().post(format!("{}/graphql", server.base()));
    let refused = refused.header(header::ORIGIN, CONSOLE).json(&json!({}));
    assert_eq!(allowed_origin(refused).await.as_deref(), Some(CONSOLE));

    let closed = Server::start().await;
    let answer = preflight(&closed, "/graphql", CONSOLE)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 405);
    let asked = closed
        .admin()
        .await
        .request("{ viewer { role } }", &Value::Null);
    let asked = asked.header(header::ORIGIN, CONSOLE);
    assert_eq!(allowed_origin(asked).await, None);
}
