use super::*;
use axum::Router;
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A build as small as it can be; what is compressed in it was compressed by Node.
#[derive(RustEmbed)]
#[folder = "src/console/files/sample"]
struct Sample;

#[derive(RustEmbed)]
#[folder = "src/console/files/nowhere"]
#[allow_missing = true]
struct Nothing;

const SCRIPT: &str = "/assets/start-1a2b.js";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: impl axum::http::header::AsHeaderName) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

/// Through a router, which is what makes a `HEAD` of it.
async fn ask_of<Embedded: RustEmbed>(
    method: Method,
    path: &str,
    headers: &[(HeaderName, &str)],
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let router = Router::new().fallback(|request: Request<Body>| async move {
        Files::of::<Embedded>().answer(request.method(), request.uri(), request.headers())
    });
    let answer = router.oneshot(request.body(Body::empty()).unwrap()).await;
    let (head, body) = answer.unwrap().into_parts();
    Answer {
        status: head.status,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes().into(),
    }
}

async fn get(path: &str, headers: &[(HeaderName, &str)]) -> Answer {
    ask_of::<Sample>(Method::GET, path, headers).await
}

#[tokio::test]
async fn every_path_that_is_no_file_is_the_page_and_is_asked_for_again() {
    for path in ["/", "/computers/AbC1?asOf=7", "/index.html", "/sign-in"] {
        let page = get(path, &[]).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.starts_with(b"<!doctype html>"), "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-cache");
    }
    let icon = get("/icon.svg", &[]).await;
    assert_eq!(icon.header("content-type"), "image/svg+xml");
    assert_eq!(icon.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_those_that_are_gone_are_not_found() {
    let script = get(SCRIPT, &[]).await;
    assert_eq!(script.status, 200);
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        script.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    let style = get("/assets/plain-3c4d.css", &[]).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    for gone in [
        "/assets/start-0000.js",
        "/assets/",
        "/assets",
        "/assets/start-1a2b.js.br",
        "/assets/../index.html",
    ] {
        let answer = get(gone, &[]).await;
        assert_eq!(answer.status, 404, "{gone}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{gone}");
        assert!(!answer.body.starts_with(b"<!doctype"), "{gone}");
    }
}

#[tokio::test]
async fn what_is_compressed_goes_to_whoever_asks_for_it() {
    let plain = get(SCRIPT, &[]).await;
    assert_eq!(plain.header("content-encoding"), "");
    for path in [SCRIPT, "/"] {
        let mut tags = vec![];
        for (accept, encoding) in [
            ("", ""),
            ("*", ""),
            ("gzip, deflate, br, zstd", "br"),
            ("gzip, deflate", "gzip"),
        ] {
            let answer = get(path, &[(header::ACCEPT_ENCODING, accept)]).await;
            assert_eq!(answer.header("content-encoding"), encoding, "{accept}");
            assert_eq!(answer.header("vary"), "Accept-Encoding");
            tags.push(answer.header("etag").to_owned());
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "another one for each encoding: {tags:?}");
    }
    let gzip = get(SCRIPT, &[(header::ACCEPT_ENCODING, "gzip")]).await;
    assert!(gzip.body.starts_with(&[0x1f, 0x8b]) && gzip.body.len() < plain.body.len());
    let style = get("/assets/plain-3c4d.css", &[(header::ACCEPT_ENCODING, "br")]).await;
    assert_eq!(style.header("content-encoding"), "", "there is no other");
}

#[tokio::test]
async fn who_has_it_already_is_told_so() {
    for (path, accept) in [("/", "br"), ("/", ""), (SCRIPT, "gzip")] {
        let asked = (header::ACCEPT_ENCODING, accept);
        let whole = get(path, std::slice::from_ref(&asked)).await;
        let tag = whole.header("etag");
        assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
        for known in [tag, &format!("\"x\", {tag}"), &format!("W/{tag}"), "*"] {
            let again = get(path, &[asked.clone(), (header::IF_NONE_MATCH, known)]).await;
            assert_eq!(again.status, 304, "{known}");
            assert!(again.body.is_empty());
            for name in ["etag", "cache-control", "vary", "content-security-policy"] {
                assert_eq!(again.header(name), whole.header(name));
            }
        }
        let other = get(path, &[asked.clone(), (header::IF_NONE_MATCH, "\"x\"")]).await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn pages_and_files_are_only_read() {
    let head = ask_of::<Sample>(Method::HEAD, SCRIPT, &[]).await;
    let whole = get(SCRIPT, &[]).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(
        head.header("content-length"),
        whole.body.len().to_string().as_str()
    );
    assert_eq!(head.header("etag"), whole.header("etag"));
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        for path in ["/", SCRIPT, "/computers"] {
            let refused = ask_of::<Sample>(method.clone(), path, &[]).await;
            assert_eq!(refused.status, 405, "{method} {path}");
            assert_eq!(refused.header("allow"), "GET, HEAD");
        }
    }
}

#[tokio::test]
async fn every_answer_has_the_policy() {
    let not_there = "/assets/start-0000.js";
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, SCRIPT),
        (Method::HEAD, "/"),
        (Method::GET, not_there),
        (Method::POST, "/"),
    ] {
        let answer = ask_of::<Sample>(method, path, &[]).await;
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
    }
}

#[tokio::test]
async fn paths_of_others_are_no_pages() {
    for path in [
        "/graphql/x",
        "/graphiql",
        "/packages",
        "/agent/v1/nothing",
        "/agent",
        "/console/nothing",
        "/healthz/x",
    ] {
        let answer = get(path, &[]).await;
        assert_eq!(
            (answer.status, answer.body.len()),
            (StatusCode::NOT_FOUND, 0)
        );
    }
    // Where only the beginning is the same.
    assert_eq!(get("/agents", &[]).await.status, 200);
}

#[tokio::test]
async fn a_build_without_a_console_says_how_to_make_one() {
    for path in ["/", "/computers"] {
        let page = ask_of::<Nothing>(Method::GET, path, &[]).await;
        assert_eq!(page.status, 200);
        let text = String::from_utf8(page.body.clone()).unwrap();
        assert!(text.contains("./dev console"), "{text}");
        assert!(!text.contains("style"), "the policy forbids it: {text}");
        assert!(page.header("content-security-policy").contains("'none'"));
        assert!(page.header("etag").starts_with('"'));
    }
    let asset = ask_of::<Nothing>(Method::GET, SCRIPT, &[]).await;
    assert_eq!(asset.status, 404);
}
