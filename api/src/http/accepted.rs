//! What a client takes for an answer: one answer as a whole, or as many as come.

use super::framing::Framing;
use super::media::{CURRENT, LEGACY, Media};
use crate::upload::Problem;
use async_graphql::Response as Answer;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

const EVENT_STREAM: &str = "text/event-stream";
const MULTIPART: &str = "multipart/mixed";

/// At least one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    whole: Option<Media>,
    stream: Option<Framing>,
}

impl Accepted {
    /// The best of each kind; nothing if the client accepts neither.
    pub fn by(headers: &HeaderMap) -> Option<Self> {
        let lines = headers.get_all(header::ACCEPT).iter();
        let accept: Vec<&str> = lines.filter_map(|value| value.to_str().ok()).collect();
        if accept.is_empty() {
            return Some(Self {
                whole: Some(Media::Legacy),
                stream: None,
            });
        }
        let (mut whole, mut stream) = (Best::default(), Best::default());
        for range in accept.iter().flat_map(|line| line.split(',')) {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = weight(parts.clone());
            match media.as_str() {
                CURRENT => whole.consider(Media::Current, weight),
                LEGACY | "*/*" | "application/*" => whole.consider(Media::Legacy, weight),
                EVENT_STREAM => stream.consider(Framing::EventStream, weight),
                // Without it the parts would be those of one answer that comes in pieces.
                MULTIPART if parts.any(is_of_subscriptions) => {
                    stream.consider(Framing::Multipart, weight);
                }
                _ => {}
            }
        }
        let accepted = Self {
            whole: whole.choice(),
            stream: stream.choice(),
        };
        (accepted.whole.is_some() || accepted.stream.is_some()).then_some(accepted)
    }

    /// What many answers are sent as.
    pub fn stream(self) -> Option<Framing> {
        self.stream
    }

    /// What is sent to whoever asked for nothing that could be executed: a whole answer, whatever else was accepted.
    pub fn refusal(self) -> Media {
        self.whole.unwrap_or(Media::Legacy)
    }

    /// The one answer of an operation that has one. Clients that take streams, too, take them for what has many.
    pub fn render(self, answer: Answer) -> Response {
        match (self.whole, self.stream) {
            (None, Some(framing)) => framing.render(&answer),
            (whole, _) => whole.unwrap_or(Media::Legacy).render(answer),
        }
    }
}

/// Of several that weigh the same the first.
struct Best<T>(Option<(u32, T)>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    fn consider(&mut self, media: T, weight: u32) {
        let is_heaviest = self.0.as_ref().is_none_or(|(best, _)| weight > *best);
        if weight > 0 && is_heaviest {
            self.0 = Some((weight, media));
        }
    }

    fn choice(self) -> Option<T> {
        self.0.map(|(_, media)| media)
    }
}

/// How much the client likes it, in thousandths.
pub fn weight<'a>(mut parameters: impl Iterator<Item = &'a str>) -> u32 {
    let weight = parameters
        .find_map(|parameter| {
            parameter
                .strip_prefix("q=")
                .or(parameter.strip_prefix("Q="))
        })
        .and_then(|weight| weight.parse::<f32>().ok())
        .unwrap_or(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000"
    )]
    {
        (weight.clamp(0.0, 1.0) * 1000.0) as u32
    }
}

/// Of the one version there is.
fn is_of_subscriptions(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("subscriptionSpec")
            && value.trim().trim_matches('"') == "1.0"
    })
}

/// To whoever is not let in, before anything else is read.
pub fn not_let_in(problem: Problem, headers: &HeaderMap) -> Response {
    let mut response = problem.into_response();
    if let Some(accepted) = Accepted::by(headers) {
        let media = accepted.refusal().content_type();
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    response
}

pub fn not_acceptable() -> Response {
    let message = format!(
        "answers come as {CURRENT} or {LEGACY}, and what is followed as {EVENT_STREAM} or {MULTIPART}; subscriptionSpec=1.0: accept one of them"
    );
    (StatusCode::NOT_ACCEPTABLE, message).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn by(accept: &str) -> Option<(Option<Media>, Option<Framing>)> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        Accepted::by(&headers).map(|accepted| (accepted.whole, accepted.stream))
    }

    #[test]
    fn what_clients_send_is_what_they_get() {
        const APOLLO: &str = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9";
        const DOCUMENTED: &str =
            "multipart/mixed; boundary=\"graphql\"; subscriptionSpec=\"1.0\", application/json";
        const URQL: &str = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed";
        for (accept, whole, stream) in [
            ("application/json", Some(Media::Legacy), None),
            ("*/*", Some(Media::Legacy), None),
            ("text/event-stream", None, Some(Framing::EventStream)),
            (APOLLO, Some(Media::Current), Some(Framing::Multipart)),
            (DOCUMENTED, Some(Media::Legacy), Some(Framing::Multipart)),
            (URQL, Some(Media::Current), Some(Framing::EventStream)),
            (
                "text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0",
                None,
                Some(Framing::Multipart),
            ),
            (
                "text/event-stream;q=0, application/json",
                Some(Media::Legacy),
                None,
            ),
            (
                "multipart/mixed;deferSpec=20220824,application/json",
                Some(Media::Legacy),
                None,
            ),
        ] {
            assert_eq!(by(accept), Some((whole, stream)), "{accept}");
        }
        for neither in [
            "text/html",
            "multipart/mixed",
            "multipart/mixed; subscriptionSpec=2.0",
            "text/event-stream;q=0",
        ] {
            assert_eq!(by(neither), None, "{neither}");
        }
    }
}
