//! The web console's door: the files of its build, which are in this program, and who is signed in.
//!
//! The console itself is a client like any other: it reaches what it shows through GraphQL, and nothing here knows what it shows. What a page
//! cannot do as a program does is keep a token where no script finds it: so a token, or a one-time code that a token made, is exchanged for
//! a session (`sign_in.rs`), which the browser shows as a cookie. A session is worth what its token is, at each request.
//!
//! Start reading at `sign_in.rs` and `session.rs`; `files.rs` is the other half.

mod codes;
mod cookie;
mod encoding;
mod ended;
mod files;
mod hand_out;
mod key;
mod pages;
mod replacing;
mod session;
mod sign_in;
mod small;

pub use files::serve;
pub use hand_out::code;
pub use key::{SessionKey, SessionKeyError};
pub use pages::Way;
pub use session::Session;
pub use sign_in::{sign_in, sign_out};

use crate::MAX_SIGN_INS;
use crate::auth::NotLetIn;
use crate::http::cors::Origin;
use crate::request::Services;
use axum::http::HeaderMap;
use codes::Codes;
use cookie::Cookie;
use ended::Ended;
use pages::Pages;
use tokio::sync::Semaphore;

/// What the server has to have for the console.
pub struct Console {
    key: SessionKey,
    pages: Pages,
    codes: Codes,
    ended: Ended,
    /// Taken by whoever signs in.
    sign_ins: Semaphore,
}

impl Console {
    /// Sessions are sealed with this key. The second argument is where people find this server, if it is not where their requests say that they
    /// went, as behind a proxy with TLS.
    pub fn new(key: SessionKey, public_url: Option<Origin>) -> Self {
        Self {
            key,
            pages: Pages::new(public_url),
            codes: Codes::default(),
            ended: Ended::default(),
            sign_ins: Semaphore::new(MAX_SIGN_INS),
        }
    }

    /// What is told to a page that is not shown to be ours.
    pub fn refusal_of_foreign_pages(&self) -> String {
        let name = self.pages.name();
        format!(
            "a cookie counts only out of the pages of {name}, and the request does not show (by Origin, or Sec-Fetch-Site) that it comes out of one: open the \
             console there, or send `Authorization: Bearer <token>`; behind a proxy give the server --public-url, or have the proxy pass Host on as it came"
        )
    }

    fn cookie(&self) -> Cookie {
        if self.pages.are_secure() {
            Cookie::Secure
        } else {
            Cookie::Plain
        }
    }
}

impl Services {
    /// The session that a request shows; nothing if it shows none. One that is not of a page of ours is not looked at.
    pub(crate) fn session_of(
        &self,
        headers: &HeaderMap,
        way: Way,
    ) -> Option<Result<Session, NotLetIn>> {
        let text = self.console.cookie().find(headers)?;
        if !self.console.pages.sent(way, headers) {
            return Some(Err(NotLetIn::Foreign));
        }
        Some(self.read_session(text).ok_or(NotLetIn::SessionOver))
    }

    fn read_session(&self, text: &str) -> Option<Session> {
        let view = self.projections.live();
        let session = Session::read(text, &self.console.key, |token| {
            let grant = view.api_tokens.get(token)?.state.grant.as_ref()?;
            Some(grant.secret_hash)
        })?;
        self.has_not_ended(&session).then_some(session)
    }

    /// Whether it is within its time, and nobody has signed out of it. What its token is worth is asked for itself.
    pub(crate) fn has_not_ended(&self, session: &Session) -> bool {
        let now = self.commands.clock().now();
        now < session.expires_at && !self.console.ended.contains(session.id)
    }
}
