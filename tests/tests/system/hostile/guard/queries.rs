//! Documents and answers that are larger than they look.

use super::{assert_healthy, hear, open, say, subscribe, within};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use upkeep_tests::client::{http, text};
use upkeep_tests::{Client, Server, eventually};

const INTROSPECTION: &str = "query IntrospectionQuery { __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...FullType } directives { name description locations args { ...InputValue } } } }
  fragment FullType on __Type { kind name description
    fields(includeDeprecated: true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name } } } } } } } }";

/// So many fragments, each of which spreads the next so many times: some 1.2 KB that are a thousand million selections.
fn chain(length: usize, times: usize) -> String {
    let mut document = String::from("{ ...F0 }");
    for at in 0..length {
        let spread = format!("...F{} ", at + 1).repeat(times);
        write!(document, "fragment F{at} on Query{{{spread}}}").expect("text");
    }
    document + &format!("fragment F{length} on Query{{__typename}}")
}

async fn code(client: &Client, query: &str) -> Option<String> {
    within("an answer", client.error_code(query, json!({}))).await
}

/// What the operator's socket answers to this query.
async fn ask_as_operator(server: &Server, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let mut socket = UnixStream::connect(server.data.join("operator.sock"))
        .await
        .expect("a socket");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: operator\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let request = head + &body;
    socket
        .write_all(request.as_bytes())
        .await
        .expect("it is taken");
    let mut answer = String::new();
    within("the operator's answer", socket.read_to_string(&mut answer))
        .await
        .expect("it can be read");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer");
    serde_json::from_str(body).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_that_spread_each_other_stop_nobody() {
    let mut server = Server::start().await;
    // Also for who has nothing but an unused setup token.
    let setup = eventually("it is printed", || async {
        let log = server.log();
        log.lines()
            .find(|line| line.starts_with("ups_"))
            .map(str::to_owned)
    })
    .await;
    let stranger = Client::new(server.base(), setup);
    let documents = [chain(30, 2), chain(30, 3), chain(14, 9)];
    for document in &documents {
        assert_eq!(
            code(&stranger, document).await.as_deref(),
            Some("LIMIT_EXCEEDED")
        );
    }
    let admin = server.admin().await;
    let mut line = open(&server, &admin.token).await;
    for (at, document) in documents.iter().enumerate() {
        assert_eq!(
            code(&admin, document).await.as_deref(),
            Some("LIMIT_EXCEEDED")
        );
        let get = http()
            .get(format!("{}/graphql", server.base()))
            .query(&[("query", document)])
            .bearer_auth(&admin.token)
            .send();
        let got: Value = within("an answer to GET", get)
            .await
            .expect("one")
            .json()
            .await
            .expect("JSON");
        assert_eq!(
            got["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
            "{got}"
        );
        let told = ask_as_operator(&server, document).await;
        assert_eq!(
            told["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
            "{told}"
        );
        for kind in ["query", "subscription"] {
            let id = format!("{at}-{kind}");
            let document = document.replacen('{', &format!("{kind} {{"), 1);
            say(&mut line, subscribe(&id, &document)).await;
            let refused = hear(&mut line).await.expect("it is open");
            let code = &refused["payload"][0]["extensions"]["code"];
            assert_eq!(
                (&refused["type"], code),
                (&json!("error"), &json!("LIMIT_EXCEEDED"))
            );
        }
    }
    let cycle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(code(&admin, cycle).await.as_deref(), Some("BAD_USER_INPUT"));
    let nested = format!("{{ a(b: {}) }}", "[".repeat(200_000));
    assert_eq!(
        code(&admin, &nested).await.as_deref(),
        Some("LIMIT_EXCEEDED")
    );
    assert_healthy(&mut server, &admin).await;
    assert_eq!(within("its end", server.stop()).await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_stop_at_their_bound_while_they_are_made() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let padding = "# padding\n".repeat(12_000);
    admin
        .software_detected_by("large", &format!("{padding}true\n"))
        .await;
    let one = "{ catalogue(first: 1) { nodes { detection { text } } } }";
    let told = admin.ask(one, json!({})).await;
    assert!(text(&told["catalogue"]["nodes"][0]["detection"]["text"]).len() > 100_000);
    let before = server.resident_bytes();

    // Each of these is within the cost of a query, and together they would be a hundred megabytes.
    let texts = (0..800).fold(String::new(), |mut fields, at| {
        write!(fields, "t{at}: text ").expect("text");
        fields
    });
    let many = format!("{{ catalogue(first: 1) {{ nodes {{ detection {{ {texts} }} }} }} }}");
    let answer = within("an answer", admin.ask_raw(&many, json!({}))).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{answer}"
    );
    assert!(answer["data"].is_null());

    // The schema is small, and may be asked for two hundred times in one query.
    let answer = within("an answer", admin.ask_raw(&super::heavy(), json!({}))).await;
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{}",
        answer["errors"]
    );

    let mut line = open(&server, &admin.token).await;
    say(&mut line, subscribe("1", &many)).await;
    let refused = hear(&mut line).await.expect("it is open");
    assert_eq!(
        refused["payload"][0]["extensions"]["code"], "LIMIT_EXCEEDED",
        "{refused}"
    );

    // Lists in lists are refused before anything is made.
    let lists = "{ sessions(first: 100) { nodes { actions { runs { stdoutTail stderrTail } } } } }";
    assert_eq!(code(&admin, lists).await.as_deref(), Some("LIMIT_EXCEEDED"));
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < 300 * 1024 * 1024, "{grown} bytes");
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_documents_are_within_the_bounds() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let answer = admin.ask(INTROSPECTION, json!({})).await;
    assert!(answer["__schema"]["types"].as_array().expect("types").len() > 100);
    for query in [
        "{ computers { nodes { id name resolution { nodes { software { name } winner { explanation } ranked { nodes { explanation lostOn } } } } } } }",
        "{ deployments { nodes { id software { name } target { text } desired { text } } } }",
        "{ events(first: 100, orderBy: { field: RECORDED_AT, direction: DESC }) { nodes { time type actor { kind apiTokenId agentId } reason data } } }",
        "{ computers(first: 50) { totalCount nodes { id name computerClass onboarding isOnline tenant { name } } } }",
        "{ sessions(last: 10) { nodes { status stage actions { because type reason result message runs { purpose status exitCode } } } } }",
        "{ catalogue { nodes { name versions { nodes { version } } detection { text } } } }",
    ] {
        admin.ask(query, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ends_of_the_calendar_are_moments_too() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    for zone in ["Pacific/Kiritimati", "America/Los_Angeles"] {
        let set = "mutation($input: SetTenantTimeZoneInput!) { setTenantTimeZone(input: $input) { userErrors { code message } } }";
        admin
            .ask(set, json!({ "input": { "id": tenant, "timeZone": zone } }))
            .await;
        for moment in [
            "-262143-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "+262142-12-31T23:59:59Z",
        ] {
            let as_of = json!({ "time": moment });
            for query in [
                "query($at: AsOfInput, $id: ID!) { tenantResolution(tenantId: $id, asOf: $at) { nodes { isConflict } } }",
                "query($at: AsOfInput, $id: ID!) { tenant(id: $id, asOf: $at) { name } }",
                "query($at: AsOfInput!, $id: ID!) { compare(earlier: $at, tenantId: $id) { computerCount } }",
                "query($at: AsOfInput!, $id: ID!) { compare(earlier: { position: \"0\" }, later: $at, tenantId: $id) { computerCount } }",
            ] {
                let variables = json!({ "at": as_of, "id": tenant });
                let answer = within("an answer", admin.ask_raw(query, variables)).await;
                let code = &answer["errors"][0]["extensions"]["code"];
                assert!(
                    answer["errors"].is_null()
                        || ["NOT_FOUND", "BAD_USER_INPUT"]
                            .iter()
                            .any(|known| code == known),
                    "{moment}: {query}: {answer}"
                );
            }
        }
    }
    assert_healthy(&mut server, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_another_encoding_is_told_what_is_wrong_with_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let utf16: Vec<u8> = "{\"query\":\"{ server { version } }\"}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin = b"{\"query\": \"{ server { version } } # caf\xe9\"}".to_vec();
    let marked = "\u{feff}{\"query\": \"{ server { version } }\"}"
        .as_bytes()
        .to_vec();
    for (body, status, word) in [
        (utf16, 400, "UTF-16"),
        (latin, 400, "not UTF-8"),
        (b"[]".to_vec(), 400, "batches"),
        (b"{\"query\": ".to_vec(), 400, "no JSON"),
        (marked, 200, "version"),
    ] {
        let sent = http()
            .post(format!("{}/graphql", server.base()))
            .bearer_auth(&admin.token)
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(sent.status(), status, "{word}");
        let answer = sent.text().await.expect("text");
        assert!(answer.contains(word), "{word}: {answer}");
        assert!(word == "batches" || !answer.contains("batches"), "{answer}");
    }
}

/// More than an `Int` can say.
#[tokio::test(flavor = "multi_thread")]
async fn numbers_of_bytes_are_as_large_as_they_are() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let query = "{ memory: __type(name: \"ByteCount\") { kind description }
        package: __type(name: \"Package\") { fields { name type { ofType { name } } } } }";
    let told = admin.ask(query, json!({})).await;
    assert_eq!(told["memory"]["kind"], "SCALAR");
    let fields = told["package"]["fields"].as_array().expect("fields");
    let size = fields.iter().find(|field| field["name"] == "size");
    assert_eq!(size.expect("a size")["type"]["ofType"]["name"], "ByteCount");
}
