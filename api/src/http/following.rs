//! An operation that is followed over HTTP: a body that goes on for as long as there are answers.
//!
//! Whoever holds the connection asks for the body's next piece only when there is room for it. So a task of its own hands the pieces over, one at
//! a time, and ends when nobody takes one for [`WRITE_PATIENCE`]; what was handed over then waits for the client no longer than
//! the listener lets it (`UNTAKEN_PATIENCE_MS`), and the connection is one that has to make room. The listener's other limits
//! are of heads and of connections that are idle, which one is not while it is answered.
//!
//! A body that stops without its framing's end was cut: because the server stops, or because the client reads too slowly.
//! Clients come back by themselves then, from their last position.

use super::framing::Framing;
use crate::auth::Shown;
use crate::bound::places::Share;
use crate::error::ErrorCode;
use crate::{EXPIRY_EVERY, Shared, WRITE_PATIENCE};
use async_graphql::Response as Answer;
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval, interval_at, timeout};
use upkeep_listener::Proof;

/// How often something is sent where there is nothing to say, so that nobody in between takes the connection for dead.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);

/// What is followed.
pub struct Following {
    pub framing: Framing,
    pub answers: BoxStream<'static, Answer>,
    /// Whose it is; nothing is the operator's, who needs no token.
    pub shown: Option<Shown>,
    /// For as long as it goes on.
    pub share: Share,
    pub proof: Option<Proof>,
}

/// The answer that goes on.
pub fn open(shared: &Arc<Shared>, following: Following) -> Response {
    let Following {
        framing,
        answers,
        shown,
        share,
        proof,
    } = following;
    let (pieces, taken) = mpsc::channel(1);
    let line = Line {
        framing,
        pieces,
        patience: WRITE_PATIENCE,
    };
    let credential = Held {
        shared: shared.clone(),
        shown,
    };
    let stop = shared.stop.clone();
    shared.tasks.spawn(async move {
        let (_share, _proof) = (share, proof);
        tokio::select! {
            () = stop.cancelled() => {}
            () = line.pieces.closed() => {}
            cut = line.pass_on(answers, &credential) => {
                if cut.is_err() {
                    tracing::debug!("a client that reads nothing is followed no longer");
                }
            }
        }
    });
    let pieces = stream::unfold(taken, |mut taken| async move {
        let piece: Bytes = taken.recv().await?;
        Some((Ok::<_, Infallible>(piece), taken))
    });
    framing.response(Body::from_stream(pieces))
}

/// What somebody follows with.
trait Credential {
    fn is_in_force(&self) -> bool;

    /// Waits until it is not.
    async fn lapses(&self);
}

struct Held {
    shared: Arc<Shared>,
    shown: Option<Shown>,
}

impl Credential for Held {
    fn is_in_force(&self) -> bool {
        let services = &self.shared.services;
        self.shown
            .as_ref()
            .is_none_or(|shown| services.is_in_force(shown))
    }

    async fn lapses(&self) {
        let mut revocations = self.shared.services.projections.watch_tokens();
        let mut expiry = interval(EXPIRY_EVERY);
        while self.is_in_force() {
            tokio::select! {
                Ok(()) = revocations.changed() => {}
                _ = expiry.tick() => {}
            }
        }
    }
}

/// The client took nothing in time.
struct Cut;

struct Line {
    framing: Framing,
    pieces: mpsc::Sender<Bytes>,
    patience: Duration,
}

impl Line {
    async fn pass_on(
        &self,
        mut answers: BoxStream<'static, Answer>,
        credential: &impl Credential,
    ) -> Result<(), Cut> {
        self.say(self.framing.opening()).await?;
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        let lapses = credential.lapses();
        tokio::pin!(lapses);
        loop {
            tokio::select! {
                () = &mut lapses => return self.refuse().await,
                answer = answers.next() => {
                    // Nothing that happened after the revocation is told.
                    if !credential.is_in_force() {
                        return self.refuse().await;
                    }
                    let Some(answer) = answer else {
                        return self.say(self.framing.end()).await;
                    };
                    self.say(self.framing.answer(&answer)).await?;
                }
                _ = heartbeat.tick() => self.say(self.framing.heartbeat()).await?,
            }
        }
    }

    async fn refuse(&self) -> Result<(), Cut> {
        let message = "the token, or the session, is not in force any more: send one that is";
        let why = self.framing.failure(ErrorCode::Unauthenticated, message);
        self.say(why).await?;
        self.say(self.framing.end()).await
    }

    async fn say(&self, piece: Bytes) -> Result<(), Cut> {
        match timeout(self.patience, self.pieces.send(piece)).await {
            // Who is gone is noticed by whoever waits for that.
            Ok(_) => Ok(()),
            Err(_) => Err(Cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::watch;

    /// In force as long as it says so.
    struct Fake(watch::Sender<bool>);

    impl Credential for Fake {
        fn is_in_force(&self) -> bool {
            *self.0.borrow()
        }

        async fn lapses(&self) {
            let _ = self
                .0
                .subscribe()
                .wait_for(|is_in_force| !is_in_force)
                .await;
        }
    }

    fn line(patience: Duration) -> (Line, mpsc::Receiver<Bytes>) {
        let (pieces, taken) = mpsc::channel(1);
        let framing = Framing::EventStream;
        (
            Line {
                framing,
                pieces,
                patience,
            },
            taken,
        )
    }

    fn in_force() -> Fake {
        Fake(watch::channel(true).0)
    }

    async fn all(mut taken: mpsc::Receiver<Bytes>) -> String {
        let mut told = vec![];
        while let Some(piece) = taken.recv().await {
            told.extend(piece);
        }
        String::from_utf8(told).unwrap()
    }

    #[tokio::test]
    async fn who_reads_nothing_is_let_go() {
        let (line, _taken) = line(Duration::from_millis(5));
        let endless = stream::repeat_with(Answer::default).boxed();
        assert!(line.pass_on(endless, &in_force()).await.is_err());
    }

    #[tokio::test]
    async fn answers_come_in_order_and_then_the_end() {
        let (line, taken) = line(WRITE_PATIENCE);
        let answers = ["a", "b"].map(|word| Answer::new(async_graphql::Value::from(word)));
        let told = tokio::spawn(all(taken));
        let credential = in_force();
        let passed_on = line.pass_on(stream::iter(answers).boxed(), &credential);
        assert!(passed_on.await.is_ok());
        drop(line);
        let expected = ":\n\nevent: next\ndata: {\"data\":\"a\"}\n\n\
                        event: next\ndata: {\"data\":\"b\"}\n\nevent: complete\ndata:\n\n";
        assert_eq!(told.await.unwrap(), expected);
    }

    #[tokio::test]
    async fn nothing_is_told_after_the_token_lapsed() {
        let (line, taken) = line(WRITE_PATIENCE);
        let told = tokio::spawn(all(taken));
        let credential = in_force();
        let revoking = credential.0.clone();
        // It is revoked while the operation finds its answer.
        let answers = stream::once(async move {
            revoking.send_replace(false);
            Answer::new(async_graphql::Value::from("secret"))
        });
        let passed_on = line.pass_on(answers.boxed(), &credential);
        assert!(passed_on.await.is_ok());
        drop(line);
        let told = told.await.unwrap();
        assert!(
            told.contains("UNAUTHENTICATED") && !told.contains("secret"),
            "{told}"
        );
        assert!(told.ends_with("event: complete\ndata:\n\n"), "{told}");

        let (line, taken) = self::line(WRITE_PATIENCE);
        let told = tokio::spawn(all(taken));
        let silent = stream::pending().boxed();
        assert!(line.pass_on(silent, &credential).await.is_ok());
        drop(line);
        assert!(told.await.unwrap().contains("UNAUTHENTICATED"));
    }
}
