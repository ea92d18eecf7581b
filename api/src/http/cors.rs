//! Whose pages may ask, if they come from elsewhere: nobody's, unless the operator names them.
//!
//! A page from elsewhere has to show a token like everybody else. The cookie of the console is taken from this server's own pages alone
//! (`console/pages.rs`), so that credentials mode is off and a name on the list gives a page nothing but the answers to what it shows.
//! tower-http's layer does the rest.

use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use tower_http::cors::CorsLayer;

/// Most origins that an operator may name: browsers are told only of their own, but each request is compared with all.
pub const MAX_ORIGINS: usize = 100;
/// How long a browser may remember what it was told; more than two hours none does.
const MAX_AGE: Duration = Duration::from_hours(1);

/// What pages may send: what requests take, and what Apollo's and Relay's clients and tools add to each.
const REQUEST_HEADERS: [HeaderName; 13] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::ACCEPT,
    HeaderName::from_static("apollo-require-preflight"),
    HeaderName::from_static("graphql-require-preflight"),
    HeaderName::from_static("x-apollo-operation-name"),
    HeaderName::from_static("x-apollo-operation-id"),
    HeaderName::from_static("x-apollo-operation-type"),
    HeaderName::from_static("apollographql-client-name"),
    HeaderName::from_static("apollographql-client-version"),
    HeaderName::from_static("x-requested-with"),
    HeaderName::from_static("upload-offset"),
    HeaderName::from_static("upload-complete"),
];
/// What pages may read besides what they always may.
const ANSWER_HEADERS: [HeaderName; 4] = [
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    HeaderName::from_static("upload-offset"),
    HeaderName::from_static("upload-complete"),
];

/// Where pages come from, as browsers write it: `https://console.example`, with the port if it is not the scheme's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    #[error(
        "the origin * would let every page on the web ask: name each console that may, as https://console.example"
    )]
    Everybody,
    #[error(
        "`{0}` is no origin: write scheme and host and nothing behind them, as https://console.example or http://localhost:3000"
    )]
    Malformed(String),
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if text == "*" {
            return Err(OriginError::Everybody);
        }
        let malformed = || OriginError::Malformed(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| malformed())?;
        let (scheme, authority) = (uri.scheme_str(), uri.authority());
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (scheme, authority) else {
            return Err(malformed());
        };
        let is_plain = !authority.host().is_empty() && !authority.as_str().contains(['@', '*']);
        let host = authority.host().to_ascii_lowercase();
        // Browsers leave out the port that goes without saying, and so does what is compared with them.
        let origin = match (scheme, authority.port_u16()) {
            ("http", Some(80)) | ("https", Some(443)) | (_, None) => format!("{scheme}://{host}"),
            (_, Some(port)) => format!("{scheme}://{host}:{port}"),
        };
        let is_alone = text.eq_ignore_ascii_case(&format!("{scheme}://{authority}"));
        let has_good_port = authority.port().is_some()
            == authority.as_str()[authority.host().len()..].contains(':');
        if !(is_plain && is_alone && has_good_port) {
            return Err(malformed());
        }
        HeaderValue::from_str(&origin)
            .map(Self)
            .map_err(|_| malformed())
    }
}

impl Origin {
    /// As browsers write it.
    pub fn text(&self) -> &str {
        // It was made of text.
        self.0.to_str().unwrap_or_default()
    }

    pub(crate) fn scheme(&self) -> &str {
        self.text().split("://").next().unwrap_or_default()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Lets pages from there ask; nothing if none are named.
pub fn layer(origins: &[Origin]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let origins: Vec<HeaderValue> = origins.iter().map(|origin| origin.0.clone()).collect();
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([
                Method::GET,
                Method::HEAD,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::OPTIONS,
            ])
            .allow_headers(REQUEST_HEADERS)
            .expose_headers(ANSWER_HEADERS)
            .max_age(MAX_AGE),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://console.example", "https://console.example"),
            ("HTTPS://Console.Example", "https://console.example"),
            ("https://console.example:443", "https://console.example"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://localhost:80", "https://localhost:80"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            let parsed: Origin = text.parse().unwrap();
            assert_eq!(parsed.0, origin, "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_told_what_to_write() {
        assert_eq!("*".parse::<Origin>(), Err(OriginError::Everybody));
        for wrong in [
            "",
            "console.example",
            "console.example:443",
            "https://console.example/",
            "https://console.example/app",
            "https://console.example?a",
            "https://console.example#a",
            "https://*.console.example",
            "https://user@console.example",
            "https://console.example:",
            "https://console.example:x",
            "https://console.example:99999",
            "https://",
            "https:// console.example",
            "ftp://console.example",
            "null",
            "https://console.example,https://other.example",
        ] {
            let error = wrong.parse::<Origin>().expect_err(wrong).to_string();
            assert!(error.contains("as https://console.example or"), "{error}");
        }
    }
}
