//! What browsers get, from a server with a console in it and from one without: it depends on what was built before the server was.

use reqwest::{Method, Response, header};
use upkeep_tests::Server;
use upkeep_tests::client::http;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
/// Digits and letters that no build gives to an asset.
const GONE: &str = "/assets/gone-00000000.js";

async fn send(server: &Server, method: Method, path: &str) -> Response {
    let request = http().request(method, format!("{}{path}", server.base()));
    request.send().await.unwrap()
}

fn header_of<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// The assets that the page names.
fn assets(page: &str) -> Vec<String> {
    let named = page.split("\"/assets/").skip(1);
    named
        .filter_map(|rest| Some(format!("/assets/{}", rest.split_once('"')?.0)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_the_console_is_one_page_under_the_strictest_policy() {
    let server = Server::start().await;
    let mut tags = vec![];
    for path in ["/", "/computers", "/computers/AbC1?asOf=7"] {
        let page = send(&server, Method::GET, path).await;
        assert_eq!(page.status(), 200, "{path}");
        for (name, value) in [
            ("content-security-policy", POLICY),
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-cache"),
            ("vary", "Accept-Encoding"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(header_of(&page, name), value, "{path}: {name}");
        }
        assert_eq!(header_of(&page, "content-encoding"), "", "not asked for");
        tags.push(header_of(&page, "etag").to_owned());
        let text = page.text().await.unwrap();
        assert!(text.to_lowercase().starts_with("<!doctype html>"), "{text}");
        // What the policy forbids would be a page that does not work.
        assert!(!text.contains("<style") && !text.contains(" style="));
    }
    tags.dedup();
    assert_eq!(tags.len(), 1, "{tags:?}");
    let again = http().get(server.base());
    let again = again.header(header::IF_NONE_MATCH, &tags[0]).send().await;
    assert_eq!(again.unwrap().status(), 304);
    let head = send(&server, Method::HEAD, "/").await;
    assert_eq!(header_of(&head, "etag"), tags[0]);
    let length: usize = header_of(&head, "content-length").parse().unwrap();
    assert!(length > 0 && head.bytes().await.unwrap().is_empty());
    let refused = send(&server, Method::POST, "/").await;
    assert_eq!(refused.status(), 405);
    assert_eq!(header_of(&refused, "allow"), "GET, HEAD");
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_immutable_and_a_build_without_a_console_says_so() {
    let server = Server::start().await;
    let page = send(&server, Method::GET, "/").await.text().await.unwrap();
    let assets = assets(&page);
    if assets.is_empty() {
        assert!(page.contains("./dev console"), "{page}");
    }
    for path in assets {
        let asset = http().get(format!("{}{path}", server.base()));
        let asset = asset.header(header::ACCEPT_ENCODING, "gzip, br").send();
        let asset = asset.await.unwrap();
        assert_eq!(asset.status(), 200, "{path}");
        let caching = header_of(&asset, "cache-control");
        assert_eq!(caching, "public, max-age=31536000, immutable");
        // What is small is sent as it is: it is not worth compressing (console/build/compressed.ts).
        let length: usize = header_of(&asset, "content-length").parse().unwrap();
        match header_of(&asset, "content-encoding") {
            "br" => {}
            encoding => assert!(
                encoding.is_empty() && length < 1_024,
                "{path} {encoding} {length}"
            ),
        }
        assert_eq!(header_of(&asset, "content-security-policy"), POLICY);
    }
    let gone = send(&server, Method::GET, GONE).await;
    assert_eq!(gone.status(), 404);
    assert_eq!(header_of(&gone, "content-security-policy"), POLICY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_routes_answer_as_ever() {
    let server = Server::start().await;
    for (method, path, status) in [
        (Method::GET, "/healthz", 200),
        (Method::GET, "/graphql/nothing", 404),
        (Method::GET, "/graphiql/nothing.js", 404),
        (Method::GET, "/graphiql/start.js", 200),
        (Method::GET, "/packages", 404),
        (Method::GET, "/packages/0", 405),
        (Method::GET, "/agent/v1/nothing", 404),
        (Method::GET, "/agent/v1/enrol", 405),
        (Method::POST, "/agent/v1/nothing", 404),
        (Method::POST, "/graphql", 401),
        (Method::GET, "/graphql?query={viewer{role}}", 401),
    ] {
        let answer = send(&server, method.clone(), path).await;
        assert_eq!(answer.status(), status, "{method} {path}");
        assert_eq!(header_of(&answer, "content-security-policy"), "");
    }
    let graphiql = http().get(format!("{}/graphql", server.base()));
    let graphiql = graphiql.header(header::ACCEPT, "text/html").send().await;
    let graphiql = graphiql.unwrap();
    assert!(header_of(&graphiql, "content-security-policy").contains("'unsafe-inline'"));
}
