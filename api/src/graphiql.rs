//! GraphiQL for browsers, from files of our own: the page works without the internet and trusts nobody else.

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Scripts and styles only from this server; GraphiQL sets styles from its script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The page. It holds no secret, and can do what the token may that its user enters, or that the browser is signed in with.
pub fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    (headers, include_str!("../graphiql/index.html")).into_response()
}

/// `GET /graphiql/{file}`.
pub async fn file(Path(name): Path<String>) -> Response {
    let script = "text/javascript; charset=utf-8";
    let style = "text/css; charset=utf-8";
    let (kind, content): (_, &'static [u8]) = match name.as_str() {
        "start.js" => (script, include_bytes!("../graphiql/start.js")),
        "graphiql.min.js" => (script, include_bytes!("../graphiql/graphiql.min.js")),
        "react.production.min.js" => (
            script,
            include_bytes!("../graphiql/react.production.min.js"),
        ),
        "react-dom.production.min.js" => (
            script,
            include_bytes!("../graphiql/react-dom.production.min.js"),
        ),
        "graphiql.min.css" => (style, include_bytes!("../graphiql/graphiql.min.css")),
        "page.css" => (style, include_bytes!("../graphiql/page.css")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, content).into_response()
}
