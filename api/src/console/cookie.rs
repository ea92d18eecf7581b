//! The cookie that holds a session.

use super::session::Session;
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, Utc};

/// Over TLS a name that browsers take from this host alone, and over nothing else.
const SECURE_NAME: &str = "__Host-upkeep-session";
const PLAIN_NAME: &str = "upkeep-session";

/// How the cookie is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Browsers send it over TLS alone.
    Secure,
    Plain,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Secure => SECURE_NAME,
            Self::Plain => PLAIN_NAME,
        }
    }

    /// What the cookie holds; nothing if there is none, or if there are several that differ: a neighbour of the host may have set one.
    pub fn find(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter();
        let pairs = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == self.name());
        let (_, first) = values.next()?;
        values.all(|(_, value)| value == first).then_some(first)
    }

    /// Has a browser keep the session, until it ends.
    pub fn set(self, text: &str, session: &Session, now: DateTime<Utc>) -> HeaderValue {
        let seconds = (session.expires_at - now).num_seconds().max(0);
        self.line(text, seconds)
    }

    /// Has a browser forget it.
    pub fn clear(self) -> HeaderValue {
        self.line("", 0)
    }

    fn line(self, text: &str, seconds: i64) -> HeaderValue {
        let secure = match self {
            Self::Secure => "; Secure",
            Self::Plain => "",
        };
        let name = self.name();
        let line =
            format!("{name}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
        let mut line =
            HeaderValue::from_str(&line).expect("base64 and what stands here is a header's value");
        line.set_sensitive(true);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(cookie: Cookie, lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        }
        cookie.find(&headers).map(str::to_owned)
    }

    #[test]
    fn the_cookie_is_found_among_others_by_its_whole_name() {
        for (lines, value) in [
            (&["upkeep-session=a"][..], Some("a")),
            (&["x=1; upkeep-session=a;y"], Some("a")),
            (&["x=1", "upkeep-session=a=b"], Some("a=b")),
            (&["upkeep-session="], Some("")),
            (&["xupkeep-session=a; Upkeep-Session=b"], None),
            (&["__Host-upkeep-session=a"], None),
            (&["upkeep-session"], None),
            (&[], None),
        ] {
            let value = value.map(str::to_owned);
            assert_eq!(found(Cookie::Plain, lines), value, "{lines:?}");
        }
        // One that came without TLS is worth nothing where there is TLS.
        assert_eq!(found(Cookie::Secure, &["upkeep-session=a"]), None);
        let secure = found(Cookie::Secure, &["__Host-upkeep-session=a"]);
        assert_eq!(secure.as_deref(), Some("a"));
    }

    #[test]
    fn the_cookie_is_out_of_scripts_reach() {
        let rest = "; Path=/; Max-Age=0; HttpOnly; SameSite=Strict";
        let plain = format!("upkeep-session={rest}");
        assert_eq!(Cookie::Plain.clear(), plain.as_str());
        let secure = format!("__Host-upkeep-session={rest}; Secure");
        assert_eq!(Cookie::Secure.clear(), secure.as_str());
        assert!(Cookie::Plain.clear().is_sensitive());
    }
}
