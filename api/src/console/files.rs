//! The files of the console's build, as browsers get them.
//!
//! What lies in `assets/` has its content's digest in its name and is kept for ever; an asset that is not there is `404`, because a page of an
//! older server reloads itself by that. Every other path is the one page, which finds out by itself what it is asked to show.

use super::encoding::Encoding;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;
use upkeep_domain::kernel::digest::Sha256Digest;

/// What pages of the console may do: nothing comes from elsewhere, nothing is said inline, and no text becomes a script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
    require-trusted-types-for 'script'; trusted-types 'none'";
/// On every answer.
const EVERYWHERE: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];
const PAGE: &str = "index.html";
const ASSETS: &str = "assets";
/// How paths begin that are no pages: the API's, the agents', health's. What is not there is not there.
const NO_PAGES: [&str; 7] = [
    "agent", "console", "graphiql", "graphql", "healthz", "packages", "readyz",
];
/// For whoever looks at a server that was built without a console.
const MISSING: &[u8] = include_bytes!("../../console/missing.html");

/// The build, as it was when this program was compiled; empty if there was none.
#[derive(RustEmbed)]
#[folder = "../console/dist"]
#[allow_missing = true]
struct Built;

/// Everything that is none of the other routes.
pub async fn serve(request: Request<Body>) -> Response {
    static FILES: LazyLock<Files> = LazyLock::new(Files::of::<Built>);
    FILES.answer(request.method(), request.uri(), request.headers())
}

/// A file's content in one encoding.
struct Content {
    bytes: &'static [u8],
    /// Strong, hence another one for each encoding.
    tag: String,
}

struct File {
    media: &'static str,
    plain: Content,
    compressed: Vec<(Encoding, Content)>,
}

impl File {
    fn content(&self, encoding: Encoding) -> Option<&Content> {
        let mut compressed = self.compressed.iter();
        compressed.find_map(|(kept, content)| (*kept == encoding).then_some(content))
    }
}

struct Files {
    page: File,
    /// By their paths, without a slash at the beginning.
    others: HashMap<String, File>,
}

impl Files {
    fn of<Embedded: RustEmbed>() -> Self {
        let content = |path: &str| Some(Content::embedded(Embedded::get(path)?));
        let is_compressed = |path: &str| {
            let mut suffixes = Encoding::COMPRESSED
                .iter()
                .map(|encoding| encoding.suffix());
            suffixes.any(|suffix| path.ends_with(suffix))
        };
        let mut files = HashMap::new();
        for path in Embedded::iter().filter(|path| !is_compressed(path)) {
            let Some(plain) = content(&path) else {
                continue;
            };
            let compressed = Encoding::COMPRESSED.into_iter().filter_map(|encoding| {
                Some((encoding, content(&format!("{path}{}", encoding.suffix()))?))
            });
            let file = File {
                media: media_of(&path),
                plain,
                compressed: compressed.collect(),
            };
            files.insert(path.into_owned(), file);
        }
        let page = files.remove(PAGE).unwrap_or_else(|| File {
            media: media_of(PAGE),
            plain: Content::new(MISSING, Sha256Digest::of(MISSING).0),
            compressed: vec![],
        });
        Self {
            page,
            others: files,
        }
    }

    fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
        let path = uri.path().trim_start_matches('/');
        let first = path.split('/').next().unwrap_or_default();
        let response = if NO_PAGES.contains(&first) {
            // As where there is no console.
            return StatusCode::NOT_FOUND.into_response();
        } else if !matches!(*method, Method::GET | Method::HEAD) {
            let allow = [(header::ALLOW, "GET, HEAD")];
            let message =
                "here are the console's pages and files: they are only read, by GET or HEAD";
            (StatusCode::METHOD_NOT_ALLOWED, allow, message).into_response()
        } else if first == ASSETS {
            let asset = self.others.get(path);
            asset.map_or_else(no_such_asset, |asset| {
                send(asset, "public, max-age=31536000, immutable", headers)
            })
        } else {
            let file = self.others.get(path).unwrap_or(&self.page);
            send(file, "no-cache", headers)
        };
        with_policy(response)
    }
}

/// The answer with what stands on each of the console's.
pub fn with_policy(mut response: Response) -> Response {
    for (name, value) in EVERYWHERE {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

impl Content {
    fn new(bytes: &'static [u8], digest: [u8; 32]) -> Self {
        let tag = format!("\"{}\"", hex::encode(&digest[..16]));
        Self { bytes, tag }
    }

    fn embedded(file: EmbeddedFile) -> Self {
        let digest = file.metadata.sha256_hash();
        match file.data {
            Cow::Borrowed(bytes) => Self::new(bytes, digest),
            // Never where files are embedded. One that was read instead stays as long as the program, as this one does.
            Cow::Owned(bytes) => Self::new(bytes.leak(), digest),
        }
    }
}

fn no_such_asset() -> Response {
    let message = "there is no such asset: the console was built anew, load its page again";
    let caching = [(header::CACHE_CONTROL, "no-cache")];
    (StatusCode::NOT_FOUND, caching, message).into_response()
}

/// The file in the encoding that the client likes best, or that it has it already.
fn send(file: &File, caching: &'static str, headers: &HeaderMap) -> Response {
    let encoding = Encoding::choose(headers, |encoding| file.content(encoding).is_some());
    let content = file.content(encoding).unwrap_or(&file.plain);
    let mut about = HeaderMap::new();
    about.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    about.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&content.tag) {
        about.insert(header::ETAG, tag);
    }
    if has_already(headers, &content.tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    about.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media));
    if encoding != Encoding::Identity {
        let encoding = HeaderValue::from_static(encoding.name());
        about.insert(header::CONTENT_ENCODING, encoding);
    }
    (about, content.bytes).into_response()
}

/// Whether `If-None-Match` names it; weakly compared, as RFC 9110 has it (13.1.2).
fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Of what a console's build consists of. What is unknown is nothing that a browser runs or shows.
fn media_of(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
