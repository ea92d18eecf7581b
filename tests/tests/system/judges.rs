//! Independent judges: other people's clients and audits, installed from their registries.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;
use upkeep_tests::client::{http, text};
use upkeep_tests::{Agent, Server};

fn judges() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("judges")
}

pub async fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .current_dir(judges())
        .args(args)
        .output()
        .await
        .unwrap_or_else(|error| panic!("{program}: {error}; run the tests with ./dev test"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{program} {args:?}\n{out}\n{err}");
    out.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_https_audits_pass_61_of_61() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("{}/graphql", server.base());
    assert_eq!(
        run("node", &["audit.mjs", &url, &admin.token]).await,
        "61 of 61"
    );
}

/// The seed of the documents that are made at random, and how many there are.
const DOCUMENTS: [&str; 2] = ["20261127", "600"];

#[tokio::test(flavor = "multi_thread")]
async fn what_graphql_js_refuses_is_refused_and_nothing_else() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("{}/graphql", server.base());
    let [seed, count] = DOCUMENTS;
    let args = ["validate.mjs", &url, &admin.token, seed, count];
    let told = run("node", &args).await;
    // Alone, and of each some hundred.
    let counts = told
        .strip_prefix("refused ")
        .unwrap_or_else(|| panic!("{told}"));
    let (refused, taken) = counts.split_once(", taken ").unwrap();
    let [refused, taken] = [refused, taken].map(|count| count.parse::<usize>().unwrap());
    assert!(refused > 100 && taken > 100, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_ws_and_gql_read_write_and_subscribe() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("ws://{}/graphql", server.address);
    let seen = run("node", &["subscribe.mjs", &url, &admin.token]).await;
    assert_eq!(
        seen, "one two three four",
        "history and live, without a gap or a repeat"
    );
    let python = judges().join("../../target/judges/bin/python");
    let told = run(
        &python.display().to_string(),
        &["judge.py", &server.base(), &admin.token],
    )
    .await;
    assert_eq!(told, "Python\nTenantCreated Python");
}

/// A client with a cache: its pages grow together, one id is one object, the past is not the present, and an error leaves the rest.
async fn judge_with_a_cache(client: &str) {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 2).await;
    let folder = tempfile::TempDir::new().unwrap();
    let names = ["one", "two"];
    let _agents = names.map(|name| Agent::start(folder.path(), name, 3, &server.base(), &token));
    for name in names {
        admin.online(name).await;
    }
    let url = format!("URL={}/graphql", server.base());
    let socket = format!("WS=ws://{}/graphql", server.address);
    let token = format!("TOKEN={}", admin.token);
    let told = run("env", &[&url, &socket, &token, "node", client]).await;
    assert!(
        told.ends_with("a subscription tells of a tenant that is created"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn apollo_client_pages_changes_looks_back_and_follows() {
    judge_with_a_cache("schema/apollo.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn urql_with_graphcache_pages_changes_looks_back_and_follows() {
    judge_with_a_cache("schema/urql.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_sse_and_apollos_client_read_write_and_follow_over_http() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("{}/graphql", server.base());
    for program in ["follow.mjs", "parts.mjs"] {
        let seen = run("node", &[program, &url, &admin.token]).await;
        assert_eq!(
            seen, "one two three four",
            "{program}: history and live, without a gap or a repeat"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_comes_by_json_post_with_a_token_or_not_at_all() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("{}/graphql", server.base());
    let mutation = "mutation { createTenant(input: { name: \"forged\" }) { tenant { id } } }";
    let body = json!({ "query": mutation });
    let get = http()
        .get(&url)
        .query(&[("query", mutation)])
        .bearer_auth(&admin.token);
    let plain = http()
        .post(&url)
        .header("content-type", "text/plain")
        .body(body.to_string());
    let form = http()
        .post(&url)
        .form(&[("query", mutation)])
        .bearer_auth(&admin.token);
    let batch = http()
        .post(&url)
        .json(&json!([body, body]))
        .bearer_auth(&admin.token);
    let texts = http()
        .post(&url)
        .json(&json!([mutation, null, {}, {}]))
        .bearer_auth(&admin.token);
    let files = http()
        .post(&url)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(format!(
            "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{body}\r\n--x\r\n\
             content-disposition: form-data; name=\"map\"\r\n\r\n{{}}\r\n--x--\r\n"
        ))
        .bearer_auth(&admin.token);
    let head = http().head(&url).json(&body).bearer_auth(&admin.token);
    let anonymous = http().post(&url).json(&body);
    let wrong = http().post(&url).json(&body).bearer_auth("upt_0_0");
    let unread = http().post(&url).body("{nonsense");
    for (what, request, status) in [
        ("GET", get, 405),
        ("text/plain", plain.bearer_auth(&admin.token), 415),
        ("a form", form, 415),
        ("files", files, 415),
        ("an array", batch, 400),
        ("an array that is read as a request", texts, 400),
        ("HEAD with a body", head, 400),
        ("no token", anonymous, 401),
        ("a wrong token", wrong, 401),
        ("no token, before anything is parsed", unread, 401),
    ] {
        assert_eq!(request.send().await.unwrap().status(), status, "{what}");
    }
    let count = admin.ask("{ tenants { totalCount } }", json!({})).await;
    assert_eq!(count["tenants"]["totalCount"], 0);
    let page = http()
        .get(&url)
        .header("accept", "text/html")
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("GraphiQL"));
    let readable = http()
        .get(&url)
        .query(&[("query", "{ server { version } }")])
        .bearer_auth(&admin.token)
        .send()
        .await
        .unwrap();
    assert!(readable.json::<Value>().await.unwrap()["data"]["server"].is_object());
    let two = "query A { server { version } } query B { server { position } }";
    let parameters = [
        ("query", two),
        ("operationName", "A"),
        ("operation_name", "B"),
    ];
    let named = http()
        .get(&url)
        .query(&parameters)
        .bearer_auth(&admin.token);
    let answer: Value = named.send().await.unwrap().json().await.unwrap();
    assert!(answer["data"]["server"]["version"].is_string(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn graphiql_works_in_a_browser_and_asks_nobody_else() {
    if !std::path::Path::new("/usr/bin/chromium").exists() {
        eprintln!("skipped: there is no /usr/bin/chromium");
        return;
    }
    let server = Server::start().await;
    let admin = server.admin().await;
    let picture = judges()
        .join("../../target/graphiql.png")
        .display()
        .to_string();
    let told = run(
        "node",
        &["browser.mjs", &server.base(), &admin.token, &picture],
    )
    .await;
    assert_eq!(told, "answered");
}

pub type Socket = WebSocketStream<TcpStream>;

/// A socket whose client offers these subprotocols, and the one that the server took; or the answer's first line. A client must
/// not go on without its protocol; this one looks at what the server does then.
pub async fn offer(address: &str, protocols: &str) -> Result<(Socket, Option<String>), String> {
    offer_with(address, protocols, "").await
}

/// The same with further lines in the request's head.
pub async fn offer_with(
    address: &str,
    protocols: &str,
    lines: &str,
) -> Result<(Socket, Option<String>), String> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: {protocols}\r\n{lines}\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // Byte by byte: what follows the head is the socket's.
    let mut head = vec![];
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    if !head.starts_with("HTTP/1.1 101") {
        return Err(head.lines().next().unwrap_or_default().to_owned());
    }
    let taken = head
        .lines()
        .find_map(|line| line.strip_prefix("sec-websocket-protocol: "))
        .map(str::to_owned);
    let socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    Ok((socket, taken))
}

async fn socket(server: &Server, protocols: &str) -> Socket {
    offer(&server.address, protocols).await.unwrap().0
}

pub async fn say(socket: &mut Socket, message: Value) {
    socket
        .send(Message::text(message.to_string()))
        .await
        .unwrap();
}

/// The next message, or the code that closes the socket.
pub async fn hear(socket: &mut Socket) -> Result<Value, u16> {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(10), socket.next())
            .await
            .unwrap();
        match message.unwrap().unwrap() {
            Message::Text(text) => {
                let message: Value = serde_json::from_str(&text).unwrap();
                if message["type"] != "ping" {
                    return Ok(message);
                }
            }
            Message::Close(frame) => return Err(frame.expect("a reason").code.into()),
            _ => {}
        }
    }
}

async fn open(server: &Server, token: &str) -> Socket {
    let mut socket = socket(server, "graphql-transport-ws").await;
    say(
        &mut socket,
        json!({ "type": "connection_init", "payload": { "token": token } }),
    )
    .await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "connection_ack");
    socket
}

pub fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

/// More operations than a socket may have open, with room for some that have to be asked again.
const MANY: usize = 400;
/// Long enough for most answers that come at once.
const A_MOMENT: std::time::Duration = std::time::Duration::from_millis(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_has_so_many_operations_and_no_more() {
    let server = Server::start().await;
    let token = server.admin().await.token;
    let endless = "subscription { events { type } }";
    let mut line = open(&server, &token).await;
    let mut ended = None;
    for id in 0..MANY {
        say(&mut line, subscribe(&id.to_string(), endless)).await;
        // So many at a time, and no more, are begun: who is told so is not open.
        let heard = tokio::time::timeout(A_MOMENT, hear(&mut line)).await;
        if let Ok(Err(code)) = heard {
            ended = Some((id, code));
            break;
        }
    }
    let (opened, code) = ended.expect("there is a bound");
    assert_eq!(code, 4429, "more than 100 at once");
    assert!(opened >= 100, "{opened}");
}

/// Each row of the protocol's table that ready-made servers get wrong.
#[tokio::test(flavor = "multi_thread")]
async fn the_socket_keeps_graphql_transport_ws() {
    let server = Server::start().await;
    let token = server.admin().await.token;
    let init = json!({ "type": "connection_init", "payload": { "token": token } });

    let mut line = open(&server, &token).await;
    say(&mut line, subscribe("1", "{ server { version } }")).await;
    let next = hear(&mut line).await.unwrap();
    assert_eq!((&next["type"], &next["id"]), (&json!("next"), &json!("1")));
    assert!(next["payload"]["data"]["server"].is_object());
    assert_eq!(
        hear(&mut line).await.unwrap(),
        json!({ "type": "complete", "id": "1" })
    );
    say(&mut line, json!({ "type": "ping", "payload": { "a": 1 } })).await;
    assert_eq!(
        hear(&mut line).await.unwrap(),
        json!({ "type": "pong", "payload": { "a": 1 } })
    );
    say(&mut line, subscribe("2", "{ nothing }")).await;
    let error = hear(&mut line).await.unwrap();
    assert_eq!(
        (&error["type"], error["payload"].is_array()),
        (&json!("error"), true)
    );
    say(&mut line, init.clone()).await;
    assert_eq!(hear(&mut line).await, Err(4429), "a second connection_init");

    let mut line = socket(&server, "graphql-transport-ws").await;
    say(&mut line, subscribe("1", "{ server { version } }")).await;
    assert_eq!(
        hear(&mut line).await,
        Err(4401),
        "subscribe before the acknowledgement"
    );

    for message in [
        json!({ "type": "dance" }).to_string(),
        json!({ "type": "start", "id": "1", "payload": { "query": "{ server { version } }" } })
            .to_string(),
        "{nonsense".into(),
        "x".repeat(5_000),
    ] {
        let mut line = open(&server, &token).await;
        line.send(Message::text(message)).await.unwrap();
        assert_eq!(hear(&mut line).await, Err(4400), "not of the protocol");
    }

    let mut line = open(&server, &token).await;
    let endless = "subscription { events { type } }";
    say(&mut line, subscribe("1", endless)).await;
    say(&mut line, subscribe("1", endless)).await;
    assert_eq!(hear(&mut line).await, Err(4409), "a duplicate id");

    for protocols in ["graphql-ws", "soap"] {
        let mut line = socket(&server, protocols).await;
        assert_eq!(hear(&mut line).await, Err(4406), "{protocols}");
    }
    let both = offer(&server.address, "graphql-ws, graphql-transport-ws").await;
    let (mut line, spoken) = both.unwrap();
    assert_eq!(spoken.as_deref(), Some("graphql-transport-ws"));
    say(&mut line, init.clone()).await;
    assert_eq!(hear(&mut line).await.unwrap()["type"], "connection_ack");
    say(&mut line, subscribe("1", "{ server { version } }")).await;
    assert_eq!(
        hear(&mut line).await.unwrap()["type"],
        "next",
        "what the handshake says"
    );

    let mut line = socket(&server, "graphql-transport-ws").await;
    assert_eq!(
        hear(&mut line).await,
        Err(4408),
        "no connection_init in time"
    );

    let mut line = socket(&server, "graphql-transport-ws").await;
    say(
        &mut line,
        json!({ "type": "connection_init", "payload": { "token": "upt_0_0" } }),
    )
    .await;
    assert_eq!(
        hear(&mut line).await,
        Err(4403),
        "a token that is not in force"
    );

    let mut line = open(&server, &token).await;
    say(&mut line, subscribe("1", endless)).await;
    say(&mut line, json!({ "type": "complete", "id": "1" })).await;
    say(&mut line, subscribe("1", "{ server { version } }")).await;
    assert_eq!(
        hear(&mut line).await.unwrap()["type"],
        "next",
        "a completed id may be used again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_followed_until_it_is_over_and_not_by_strangers() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = tempfile::TempDir::new().unwrap();
    let tenant = admin.tenant("Contoso").await;
    let other = admin.tenant("Fabrikam").await;
    let software = admin.software("tool", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    let query = format!("subscription {{ sessionProgress(id: \"{session}\") {{ status stage }} }}");
    let mut line = open(&server, &admin.token).await;
    say(&mut line, subscribe("1", &query)).await;
    let mut last = Value::Null;
    loop {
        let message = hear(&mut line).await.unwrap();
        match message["type"].as_str() {
            Some("next") => last = message["payload"]["data"]["sessionProgress"].clone(),
            Some("complete") => break,
            other => panic!("{other:?}: {message}"),
        }
    }
    assert_eq!(last["status"], "PASSED");

    let create = "mutation($tenant: ID!) { createApiToken(input: { name: \"x\", role: TENANT_ADMIN, tenantId: $tenant })
        { secret userErrors { code } } }";
    let data = admin.ask(create, json!({ "tenant": other })).await;
    let stranger = text(&data["createApiToken"]["secret"]);
    let mut line = open(&server, &stranger).await;
    say(&mut line, subscribe("1", &query)).await;
    let refused = hear(&mut line).await.unwrap();
    assert_eq!(
        refused["payload"]["errors"][0]["extensions"]["code"], "NOT_FOUND",
        "{refused}"
    );
    assert_eq!(hear(&mut line).await.unwrap()["type"], "complete");
    let asked =
        format!("subscription {{ events(filter: {{ tenantId: \"{tenant}\" }}) {{ type }} }}");
    say(&mut line, subscribe("2", &asked)).await;
    let refused = hear(&mut line).await.unwrap();
    assert_eq!(
        refused["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{refused}"
    );
    assert_eq!(hear(&mut line).await.unwrap()["type"], "complete");
    say(
        &mut line,
        subscribe(
            "3",
            "subscription { events(after: \"0\") { tenantId type } }",
        ),
    )
    .await;
    let own = hear(&mut line).await.unwrap();
    assert_eq!(
        own["payload"]["data"]["events"]["tenantId"],
        json!(other),
        "{own}"
    );
}
