//! Which pages are this server's own. A browser sends a cookie by itself, whichever page asks: what tells them apart is what the browser says
//! of the page, and no page has a say in that.

use crate::http::cors::Origin;
use axum::http::{HeaderMap, HeaderName, header};

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By `GET`: browsers name no origin to the page's own server, and say that it is the same one.
    Get,
    /// By another method, or for a WebSocket: browsers always name the origin.
    Other,
}

/// Where people find this server, if its operator said so; otherwise where a request says that it went.
pub struct Pages {
    public_url: Option<Origin>,
}

impl Pages {
    pub fn new(public_url: Option<Origin>) -> Self {
        Self { public_url }
    }

    /// Whether cookies go over TLS alone.
    pub fn are_secure(&self) -> bool {
        (self.public_url.as_ref()).is_some_and(|url| url.scheme() == "https")
    }

    /// Whether the request proves that it comes out of a page of this server's.
    pub fn sent(&self, way: Way, headers: &HeaderMap) -> bool {
        if headers.contains_key(header::ORIGIN) {
            return self.none_else_sent(headers);
        }
        way == Way::Get && (headers.get(SITE)).is_some_and(|site| site == "same-origin")
    }

    /// Whether no page of somebody else's is said to have sent it.
    pub fn none_else_sent(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        origins.all(|origin| {
            origin
                .to_str()
                .is_ok_and(|origin| self.is_own(origin, headers))
        })
    }

    /// What people call this server, for whoever has to be told.
    pub fn name(&self) -> &str {
        self.public_url.as_ref().map_or("this server", Origin::text)
    }

    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        let Ok(origin) = origin.parse::<Origin>() else {
            return false;
        };
        match &self.public_url {
            Some(public_url) => origin == *public_url,
            None => is_at(&origin, headers),
        }
    }
}

/// Whether the request went to the host and port of the origin. Its scheme is not looked at: behind a proxy with TLS it is another one.
fn is_at(origin: &Origin, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let host = host.to_str().unwrap_or_default();
    let asked: Result<Origin, _> = format!("{}://{host}", origin.scheme()).parse();
    asked.is_ok_and(|asked| asked == *origin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn from(origin: &str, host: &str) -> HeaderMap {
        headers(&[(header::ORIGIN, origin), (header::HOST, host)])
    }

    #[test]
    fn a_page_is_ours_if_it_comes_from_where_the_request_goes() {
        let pages = Pages::new(None);
        for (origin, host, is_ours) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://LOCALHOST:8080", "localhost:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true),
            // Behind a proxy with TLS.
            ("https://upkeep.example", "upkeep.example", true),
            ("https://upkeep.example", "Upkeep.Example:443", true),
            ("https://upkeep.example:8443", "upkeep.example:8443", true),
            ("http://127.0.0.1:3000", "127.0.0.1:8080", false),
            ("http://127.0.0.1", "127.0.0.1:8080", false),
            ("http://127.0.0.1:8080", "127.0.0.1", false),
            ("http://localhost:8080", "127.0.0.1:8080", false),
            ("https://evil.example", "upkeep.example", false),
            ("https://upkeep.example.evil", "upkeep.example", false),
            ("null", "upkeep.example", false),
            ("", "upkeep.example", false),
            ("https://upkeep.example", "x@upkeep.example", false),
        ] {
            let headers = from(origin, host);
            for way in [Way::Get, Way::Other] {
                assert_eq!(pages.sent(way, &headers), is_ours, "{origin} {host}");
            }
            assert_eq!(pages.none_else_sent(&headers), is_ours, "{origin} {host}");
        }
        let two = [
            (header::ORIGIN, "http://a:1"),
            (header::ORIGIN, "http://b:1"),
            (header::HOST, "a:1"),
        ];
        assert!(!pages.sent(Way::Other, &headers(&two)));
        let two = [
            (header::ORIGIN, "http://a:1"),
            (header::HOST, "a:1"),
            (header::HOST, "b:1"),
        ];
        assert!(!pages.sent(Way::Other, &headers(&two)));
    }

    #[test]
    fn where_the_operator_said_where_it_is_nothing_else_counts() {
        let pages = Pages::new(Some("https://upkeep.example".parse().unwrap()));
        assert!(pages.are_secure() && !Pages::new(None).are_secure());
        for (origin, is_ours) in [
            ("https://upkeep.example", true),
            ("http://upkeep.example", false),
            ("https://upkeep.example:8443", false),
            ("http://127.0.0.1:8080", false),
        ] {
            let headers = from(origin, "127.0.0.1:8080");
            assert_eq!(pages.sent(Way::Other, &headers), is_ours, "{origin}");
        }
    }

    #[test]
    fn without_an_origin_only_the_same_site_reads() {
        let pages = Pages::new(None);
        for (site, is_ours) in [
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
            ("none", false),
        ] {
            let headers = headers(&[(SITE, site), (header::HOST, "a:1")]);
            assert_eq!(pages.sent(Way::Get, &headers), is_ours, "{site}");
            assert!(!pages.sent(Way::Other, &headers), "{site}");
        }
        let nothing = headers(&[(header::HOST, "a:1")]);
        assert!(!pages.sent(Way::Get, &nothing) && pages.none_else_sent(&nothing));
        // What an origin says counts more.
        let mut other = from("http://b:1", "a:1");
        other.insert(SITE, HeaderValue::from_static("same-origin"));
        assert!(!pages.sent(Way::Get, &other));
    }
}
