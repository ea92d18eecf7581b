//! A token or a code becomes a cookie, and the cookie is worth what the token is, out of this server's own pages.

use crate::judges::{Socket, hear, offer_with, say, subscribe};
use reqwest::{Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;
use upkeep_tests::client::{http, text};
use upkeep_tests::server::command;
use upkeep_tests::{Client, Server, eventually};

const ROLE: &str = "{ viewer { role session { expiresAt } } }";
const CREATED: &str = "subscription { events(filter: { types: [\"TenantCreated\"] }) { type } }";
const EVIL: &str = "https://evil.example";

/// A browser that is signed in.
struct Browser {
    base: String,
    /// Name and value.
    cookie: String,
}

impl Browser {
    async fn sign_in(base: &str, credential: &Value) -> Self {
        let answer = sign_in(base, credential).await;
        assert_eq!(answer.status(), 200, "{credential}");
        let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        let (cookie, _) = line.split_once(';').unwrap();
        Self {
            base: base.to_owned(),
            cookie: cookie.to_owned(),
        }
    }

    /// As a page of this origin sends it.
    fn from(&self, origin: &str, method: Method, path: &str) -> RequestBuilder {
        let request = http().request(method, format!("{}{path}", self.base));
        let request = request.header(header::COOKIE, &self.cookie);
        if origin.is_empty() {
            return request;
        }
        request.header(header::ORIGIN, origin)
    }

    fn ask_from(&self, origin: &str, query: &str) -> RequestBuilder {
        let request = self.from(origin, Method::POST, "/graphql");
        request.json(&json!({ "query": query }))
    }

    async fn ask(&self, query: &str) -> Response {
        self.ask_from(&self.base, query).send().await.unwrap()
    }

    /// A socket whose handshake comes from there; or the answer's first line.
    async fn open(&self, origin: &str) -> Result<Socket, String> {
        let address = self.base.strip_prefix("http://").unwrap();
        let origin = match origin {
            "" => String::new(),
            named => format!("origin: {named}\r\n"),
        };
        let lines = format!("cookie: {}\r\n{origin}", self.cookie);
        let opened = offer_with(address, "graphql-transport-ws", &lines).await;
        opened.map(|(socket, _)| socket)
    }
}

async fn sign_in(base: &str, credential: &Value) -> Response {
    let request = http().post(format!("{base}/console/session"));
    request.json(credential).send().await.unwrap()
}

async fn ask_for_code(client: &Client, wish: &Value) -> Response {
    let request = http().post(format!("{}/console/code", client.base));
    let request = request.bearer_auth(&client.token);
    let request = if wish.is_null() {
        request
    } else {
        request.json(wish)
    };
    request.send().await.unwrap()
}

async fn code(client: &Client) -> String {
    let answer = ask_for_code(client, &Value::Null).await;
    assert_eq!(answer.status(), 200);
    text(&answer.json::<Value>().await.unwrap()["code"])
}

/// Status, code and message of a refusal.
async fn refusal(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let told: Value = answer.json().await.unwrap();
    let error = &told["errors"][0];
    let code = text(&error["extensions"]["code"]);
    (status, code, text(&error["message"]))
}

async fn other_token(admin: &Client, hours: Option<i64>) -> (Client, Value) {
    let end = hours.map(|hours| chrono::Utc::now() + chrono::TimeDelta::hours(hours));
    let query = "mutation($end: DateTime) { createApiToken(input: { name: \"other\", role: MSP_ADMIN, expiresAt: $end })
        { secret apiToken { id } userErrors { code } } }";
    let data = admin.ask(query, json!({ "end": end })).await;
    let made = &data["createApiToken"];
    (
        admin.with(&text(&made["secret"])),
        made["apiToken"]["id"].clone(),
    )
}

async fn revoke(admin: &Client, token: &Value) {
    let query = "mutation($id: ID!) { revokeApiToken(input: { id: $id }) { userErrors { code } } }";
    admin.ask(query, json!({ "id": token })).await;
}

fn seconds_until(time: &Value) -> i64 {
    let time: chrono::DateTime<chrono::Utc> = text(time).parse().unwrap();
    (time - chrono::Utc::now()).num_seconds()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_or_a_code_becomes_a_cookie_that_asks_follows_and_uploads() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let code = code(&admin).await;
    for credential in [json!({ "token": admin.token }), json!({ "code": code })] {
        let answer = sign_in(&admin.base, &credential).await;
        let line = answer.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        let (named, flags) = line.split_once("; ").unwrap();
        assert!(named.starts_with("upkeep-session="), "{line}");
        assert!(flags.starts_with("Path=/; Max-Age=43"), "{line}");
        assert!(flags.ends_with("; HttpOnly; SameSite=Strict"), "{line}");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let told: Value = answer.json().await.unwrap();
        let left = seconds_until(&told["expiresAt"]);
        assert!((12 * 3600 - 60..=12 * 3600).contains(&left), "{told}");
        let secret = admin.token.rsplit('_').next().unwrap();
        assert!(!line.contains(secret));
    }
    let browser = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;

    let told: Value = browser.ask(ROLE).await.json().await.unwrap();
    assert_eq!(told["data"]["viewer"]["role"], "MSP_ADMIN", "{told}");
    assert!(seconds_until(&told["data"]["viewer"]["session"]["expiresAt"]) > 11 * 3600);
    let by_token = admin.ask(ROLE, Value::Null).await;
    assert_eq!(by_token["viewer"]["session"], Value::Null);
    // What is shown on purpose counts more than what goes along.
    let both = browser
        .ask_from(&browser.base, ROLE)
        .bearer_auth(&admin.token);
    let told: Value = both.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["data"]["viewer"]["session"], Value::Null);
    let wrong = browser.ask_from(&browser.base, ROLE).bearer_auth("upt_0_0");
    assert_eq!(wrong.send().await.unwrap().status(), 401);

    // By GET, where browsers name no origin to the page's own server.
    let link = format!("/graphql?query={ROLE}");
    let get = |site: &str| {
        let request = browser.from("", Method::GET, &link);
        request.header("sec-fetch-site", site).send()
    };
    assert_eq!(get("same-origin").await.unwrap().status(), 200);
    for site in ["same-site", "cross-site", "none"] {
        assert_eq!(get(site).await.unwrap().status(), 403, "{site}");
    }
    let stream = browser.ask_from(&browser.base, CREATED);
    let stream = stream.header(header::ACCEPT, "text/event-stream");
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    admin.tenant("Contoso").await;
    let mut heard = String::new();
    while !heard.contains("TenantCreated") {
        let piece = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await;
        heard += std::str::from_utf8(&piece.unwrap().unwrap().unwrap()).unwrap();
    }
    // SHA-256 of "x".
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    let put = |origin| {
        let request = browser.from(origin, Method::PUT, &format!("/packages/{digest}"));
        request.body("x").send()
    };
    assert_eq!(put(EVIL).await.unwrap().status(), 403);
    assert_eq!(put(&browser.base).await.unwrap().status(), 201);

    let mut socket = browser.open(&browser.base).await.unwrap();
    say(&mut socket, json!({ "type": "connection_init" })).await;
    assert_eq!(hear(&mut socket).await.unwrap()["type"], "connection_ack");
    say(&mut socket, subscribe("1", ROLE)).await;
    let told = hear(&mut socket).await.unwrap();
    let viewer = &told["payload"]["data"]["viewer"];
    assert!(viewer["session"]["expiresAt"].is_string(), "{told}");

    // It is sealed with a key that stays.
    assert_eq!(server.stop().await, Some(0));
    server.restart().await;
    assert_eq!(browser.ask(ROLE).await.status(), 200);
    let log = server.log();
    let cookie = browser.cookie.split_once('=').unwrap().1;
    for secret in [&admin.token[..], cookie, &code] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_others_do_nothing_with_a_cookie() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let browser = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;
    let other_port = "http://127.0.0.1:1";
    for origin in [EVIL, other_port, "null", ""] {
        let create = "mutation { createTenant(input: { name: \"evil\" }) { tenant { id } } }";
        let refused = browser.ask_from(origin, create).send().await.unwrap();
        let (status, code, message) = refusal(refused).await;
        assert_eq!((status, code.as_str()), (403, "FORBIDDEN"), "{origin}");
        assert!(message.contains("Authorization: Bearer"), "{message}");
        let opened = browser.open(origin).await;
        assert!(opened.err().unwrap().contains("403"), "{origin}");
        let out = browser.from(origin, Method::DELETE, "/console/session");
        assert_eq!(out.send().await.unwrap().status(), 403, "{origin}");
    }
    // Nor do they sign anybody in; programs name no origin.
    let request = http().post(format!("{}/console/session", admin.base));
    let request = request.header(header::ORIGIN, EVIL);
    let refused = request.json(&json!({ "token": admin.token })).send().await;
    assert_eq!(refused.unwrap().status(), 403);
    let tenants = admin.ask("{ tenants { totalCount } }", Value::Null).await;
    assert_eq!(tenants["tenants"]["totalCount"], 0);
    assert_eq!(
        browser.ask(ROLE).await.status(),
        200,
        "nobody was signed out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_token_or_when_somebody_signs_out() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for by_revoking in [true, false] {
        let (other, token) = other_token(&admin, None).await;
        let browser = Browser::sign_in(&admin.base, &json!({ "token": other.token })).await;
        let beside = Browser::sign_in(&admin.base, &json!({ "token": other.token })).await;
        let mut socket = browser.open(&browser.base).await.unwrap();
        say(&mut socket, json!({ "type": "connection_init" })).await;
        hear(&mut socket).await.unwrap();
        say(&mut socket, subscribe("1", CREATED)).await;
        if by_revoking {
            revoke(&admin, &token).await;
        } else {
            let out = browser.from(&browser.base, Method::DELETE, "/console/session");
            let out = out.send().await.unwrap();
            assert_eq!(out.status(), 204);
            let line = out.headers()[header::SET_COOKIE].to_str().unwrap();
            assert!(line.starts_with("upkeep-session=; Path=/; Max-Age=0"));
        }
        let (status, code, message) = refusal(browser.ask(ROLE).await).await;
        assert_eq!((status, code.as_str()), (401, "UNAUTHENTICATED"));
        assert!(message.contains("sign in again"), "{message}");
        assert_eq!(hear(&mut socket).await, Err(4403));
        let mut again = browser.open(&browser.base).await.unwrap();
        say(&mut again, json!({ "type": "connection_init" })).await;
        assert_eq!(hear(&mut again).await, Err(4403));
        let left = if by_revoking { 401 } else { 200 };
        assert_eq!(beside.ask(ROLE).await.status(), left, "another session");
    }
    // Twice is as good as once.
    let browser = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;
    for _ in 0..2 {
        let out = browser.from(&browser.base, Method::DELETE, "/console/session");
        assert_eq!(out.send().await.unwrap().status(), 204);
    }
    // Never longer than the token.
    let (short, _) = other_token(&admin, Some(1)).await;
    let answer = sign_in(&admin.base, &json!({ "token": short.token })).await;
    let told: Value = answer.json().await.unwrap();
    assert!(
        (3_500..=3_600).contains(&seconds_until(&told["expiresAt"])),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_is_not_this_servers_is_worth_nothing() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let good = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;
    let elsewhere = Server::start().await;
    let other_admin = elsewhere.admin().await;
    let foreign = Browser::sign_in(&other_admin.base, &json!({ "token": other_admin.token })).await;
    let changed = |at: usize| {
        let mut bytes = good.cookie.clone().into_bytes();
        let at = "upkeep-session=".len() + at;
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    for cookie in [
        foreign.cookie.clone(),
        changed(0),
        changed(30),
        changed(50),
        changed(80),
        good.cookie[..good.cookie.len() - 4].to_owned(),
        "upkeep-session=".to_owned(),
        "upkeep-session=%00;".to_owned(),
        format!("upkeep-session={}", "A".repeat(10_000)),
        format!("upkeep-session={}", admin.token),
    ] {
        let browser = Browser {
            base: admin.base.clone(),
            cookie,
        };
        let (status, code, _) = refusal(browser.ask(ROLE).await).await;
        assert_eq!(
            (status, code.as_str()),
            (401, "UNAUTHENTICATED"),
            "{}",
            browser.cookie
        );
        let mut socket = browser.open(&browser.base).await.unwrap();
        say(&mut socket, json!({ "type": "connection_init" })).await;
        assert_eq!(hear(&mut socket).await, Err(4403));
    }
    let unnamed = Browser {
        base: admin.base.clone(),
        cookie: good
            .cookie
            .replace("upkeep-session", "__Host-upkeep-session"),
    };
    assert_eq!(unnamed.ask(ROLE).await.status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_good_once_and_whatever_is_wrong_is_told() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let (other, token) = other_token(&admin, None).await;
    let used = code(&admin).await;
    Browser::sign_in(&admin.base, &json!({ "code": used })).await;
    let lapsed = code(&other).await;
    revoke(&admin, &token).await;
    let setup = format!("ups_{}_{}", "0".repeat(32), "0".repeat(64));
    for (credential, status, word) in [
        (json!({ "code": used }), 401, "used already"),
        (json!({ "code": lapsed }), 401, "not in force any more"),
        (json!({ "code": "upc_0" }), 401, "no such code"),
        (json!({ "token": other.token }), 401, "revoked"),
        (json!({ "token": "upt_0_0" }), 401, "no API token"),
        (json!({ "token": setup }), 403, "appointFirstAdministrator"),
        (json!({ "token": 1 }), 400, "one of the two"),
        (json!({}), 400, "one of the two"),
        (json!([]), 400, "one of the two"),
        (
            json!({ "token": admin.token, "code": used }),
            400,
            "one of the two",
        ),
        (json!({ "token": "x".repeat(5_000) }), 413, "4096 bytes"),
    ] {
        let (told, _, message) = refusal(sign_in(&admin.base, &credential).await).await;
        assert_eq!(told, status, "{credential}: {message}");
        assert!(message.contains(word), "{credential}: {message}");
    }
    let form = http().post(format!("{}/console/session", admin.base));
    let form = form.header(header::CONTENT_TYPE, "text/plain");
    let form = form.body(json!({ "token": admin.token }).to_string());
    assert_eq!(form.send().await.unwrap().status(), 415);
    let get = http().get(format!("{}/console/session", admin.base));
    assert_eq!(get.send().await.unwrap().status(), 405);

    let expires = ask_for_code(&admin, &json!({ "minutes": 15 })).await;
    let told: Value = expires.json().await.unwrap();
    assert!(
        (890..=900).contains(&seconds_until(&told["expiresAt"])),
        "{told}"
    );
    for wish in [
        json!({ "minutes": 0 }),
        json!({ "minutes": 16 }),
        json!({ "minutes": -1 }),
        json!({ "hours": 1 }),
    ] {
        let (status, _, message) = refusal(ask_for_code(&admin, &wish).await).await;
        assert_eq!(status, 400, "{wish}");
        assert!(message.contains("from 1 to 15"), "{message}");
    }
    let stranger = admin.with("upt_0_0");
    assert_eq!(ask_for_code(&stranger, &Value::Null).await.status(), 401);
    let browser = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;
    let by_cookie = browser.from(&browser.base, Method::POST, "/console/code");
    assert_eq!(
        by_cookie.send().await.unwrap().status(),
        401,
        "only by a token"
    );

    // So many wait, and no more.
    let mut waiting = vec![];
    while waiting.len() <= 20 {
        let answer = ask_for_code(&admin, &Value::Null).await;
        if answer.status() != 200 {
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            assert_eq!(refusal(answer).await.0, 429);
            break;
        }
        waiting.push(text(&answer.json::<Value>().await.unwrap()["code"]));
    }
    assert_eq!(waiting.len(), 19, "one more waits from before");
    Browser::sign_in(&admin.base, &json!({ "code": waiting[0] })).await;
    code(&admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_again_ends_the_session_before() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let credential = json!({ "token": admin.token });
    let before = Browser::sign_in(&admin.base, &credential).await;
    let other = Browser::sign_in(&admin.base, &credential).await;
    let again = before.from(&before.base, Method::POST, "/console/session");
    let again = again.json(&credential).send().await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(before.ask(ROLE).await.status(), 401);
    assert_eq!(other.ask(ROLE).await.status(), 200, "of another browser");
}

/// Whoever follows a link of somebody else's is not somebody else before they said so.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_somebody_else_asks_whoever_is_signed_in() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let guest = admin.acting_as("TENANT_MEMBER", Some(&tenant)).await;
    let browser = Browser::sign_in(&admin.base, &json!({ "token": admin.token })).await;
    let code_of_guest = code(&guest).await;
    let exchange = |browser: &Browser, credential: Value| {
        let request = browser.from(&browser.base, Method::POST, "/console/session");
        request.json(&credential).send()
    };

    // As often as it is asked, nobody is signed out or in, and the code stays good.
    let mut confirmation = String::new();
    for agreed in [
        Value::Null,
        json!(""),
        json!("somebody"),
        json!(code_of_guest),
    ] {
        let credential = json!({ "code": code_of_guest, "insteadOf": agreed });
        let answer = exchange(&browser, credential).await.unwrap();
        assert_eq!(answer.status(), 409, "{agreed}");
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        let told: Value = answer.json().await.unwrap();
        let error = &told["errors"][0];
        let (signed_in, of) = (
            &error["extensions"]["signedIn"],
            &error["extensions"]["codeIsOf"],
        );
        let who = |told: &Value| json!([told["name"], told["role"], told["tenant"]]);
        assert_eq!(who(signed_in), json!(["test", "MSP admin", null]));
        assert_eq!(
            who(of),
            json!(["TENANT_MEMBER", "tenant member", "Contoso"])
        );
        let message = text(&error["message"]);
        assert!(
            message.contains("as test (MSP admin)")
                && message.contains("of TENANT_MEMBER (tenant member of Contoso)"),
            "{message}"
        );
        confirmation = text(&signed_in["apiTokenId"]);
        assert!(message.contains(&confirmation), "{message}");
        let told: Value = browser.ask(ROLE).await.json().await.unwrap();
        assert_eq!(told["data"]["viewer"]["role"], "MSP_ADMIN", "{told}");
    }

    // What was agreed of one session is nothing for another one; and who has no good code is told nothing.
    let (other, _) = other_token(&admin, None).await;
    let beside = Browser::sign_in(&admin.base, &json!({ "token": other.token })).await;
    let agreed = |code: &str| json!({ "code": code, "insteadOf": confirmation });
    let answer = exchange(&beside, agreed(&code_of_guest)).await.unwrap();
    assert_eq!(answer.status(), 409);
    for credential in [json!({ "code": "upc_0" }), agreed("upc_0")] {
        let answer = exchange(&browser, credential).await.unwrap();
        let told: Value = answer.json().await.unwrap();
        let message = text(&told["errors"][0]["message"]);
        assert!(message.contains("no such code"), "{told}");
        assert!(told["errors"][0]["extensions"]["signedIn"].is_null());
    }

    let answer = exchange(&browser, agreed(&code_of_guest)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let now = Browser {
        base: browser.base.clone(),
        cookie: line.split_once(';').unwrap().0.to_owned(),
    };
    let told: Value = now.ask(ROLE).await.json().await.unwrap();
    assert_eq!(told["data"]["viewer"]["role"], "TENANT_MEMBER", "{told}");
    assert_eq!(browser.ask(ROLE).await.status(), 401, "its session ended");
    let answer = exchange(&now, agreed(&code_of_guest)).await.unwrap();
    assert!(refusal(answer).await.2.contains("used already"));

    // Nobody is asked who is nobody any more, who is the same, or who shows a token, which is no link.
    for (credential, of) in [
        (json!({ "code": code(&guest).await }), &now),
        (json!({ "code": code(&guest).await }), &browser),
        (json!({ "token": guest.token }), &beside),
    ] {
        let answer = exchange(of, credential).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let token_instead = json!({ "token": guest.token, "insteadOf": confirmation });
    let answer = exchange(&browser, token_instead).await.unwrap();
    assert_eq!(refusal(answer).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tokens_of_a_tenant_together_leave_codes_for_others() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let other = admin.tenant("Fabrikam").await;
    let mut made = 0;
    'tenant: for _ in 0..6 {
        let token = admin.acting_as("TENANT_ADMIN", Some(&tenant)).await;
        for of_token in 0..20 {
            let answer = ask_for_code(&token, &Value::Null).await;
            if answer.status() != 200 {
                assert_eq!((made, of_token), (100, 0));
                assert_eq!(refusal(answer).await.0, 429);
                break 'tenant;
            }
            made += 1;
        }
    }
    assert_eq!(made, 100);
    code(&admin.acting_as("TENANT_ADMIN", Some(&other)).await).await;
    code(&admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_wrong_tries_are_slow_and_lock_nobody_out() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let began = std::time::Instant::now();
    let tries = (0..100).map(|number| {
        let base = admin.base.clone();
        async move {
            let credential = json!({ "code": format!("upc_{number}") });
            sign_in(&base, &credential).await.status().as_u16()
        }
    });
    let told = futures_util::future::join_all(tries).await;
    assert!(began.elapsed() >= Duration::from_millis(500));
    assert!(told.iter().all(|status| [401, 429].contains(status)));
    assert!(told.iter().filter(|status| **status == 401).count() >= 32);
    eventually("the right one comes in", || async {
        let answer = sign_in(&admin.base, &json!({ "token": admin.token })).await;
        (answer.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_the_cookie_is_secure_and_only_the_public_pages_count() {
    const PUBLIC: &str = "https://upkeep.example";
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let args = vec!["--public-url".to_owned(), PUBLIC.to_owned()];
    let server = Server::start_with(folder, data, args).await;
    let admin = server.admin().await;
    let answer = sign_in(&admin.base, &json!({ "token": admin.token })).await;
    let line = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(line.starts_with("__Host-upkeep-session="), "{line}");
    assert!(
        line.contains("Path=/;") && line.ends_with("; Secure"),
        "{line}"
    );
    assert!(!line.contains("Domain"), "{line}");
    let browser = Browser {
        base: admin.base.clone(),
        cookie: line.split_once(';').unwrap().0.to_owned(),
    };
    let asked = browser.ask_from(PUBLIC, ROLE).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let refused = browser.ask_from(&admin.base, ROLE).send().await.unwrap();
    let (status, _, message) = refusal(refused).await;
    assert_eq!(status, 403);
    assert!(message.contains(PUBLIC), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_gets_a_link_that_signs_in() {
    let server = Server::start().await;
    let link = command(&server.data, &["console", "link", "--url", &server.base()]).await;
    let code = link.strip_prefix(&format!("{}/#code=", server.base()));
    let code = code.unwrap_or_else(|| panic!("{link}"));
    let browser = Browser::sign_in(&server.base(), &json!({ "code": code })).await;
    let told: Value = browser.ask(ROLE).await.json().await.unwrap();
    assert_eq!(told["data"]["viewer"]["role"], "MSP_ADMIN", "{told}");
}
