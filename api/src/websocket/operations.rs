//! What is open on one socket.

use async_graphql::Response;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What is open, in the order in which it is looked at next.
#[derive(Default)]
pub struct Operations(VecDeque<(String, BoxStream<'static, Response>)>);

impl Operations {
    pub fn open(&mut self, id: String, answers: BoxStream<'static, Response>) {
        self.0.push_back((id, answers));
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub fn contains(&self, id: &str) -> bool {
        self.0.iter().any(|(open, _)| open == id)
    }

    pub fn remove(&mut self, id: &str) {
        self.0.retain(|(open, _)| open != id);
    }

    pub fn answer(&mut self) -> NextOf<'_> {
        NextOf(self)
    }
}

/// The next answer of any operation; one that ended answers with nothing. Who answered is looked at last the next time, so
/// that one that always has something to say lets the others have their turn.
pub struct NextOf<'a>(&'a mut Operations);

impl Future for NextOf<'_> {
    type Output = (String, Option<Response>);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let open = &mut self.get_mut().0.0;
        for at in 0..open.len() {
            if let Poll::Ready(answer) = open[at].1.poll_next_unpin(context) {
                let id = open[at].0.clone();
                open.rotate_left(at + 1);
                return Poll::Ready((id, answer));
            }
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn operations_that_always_have_an_answer_take_turns() {
        let endless = || stream::repeat_with(Response::default).boxed();
        let mut open = Operations::default();
        for id in ["a", "b", "c"] {
            open.open(id.to_owned(), endless());
        }
        let mut order = String::new();
        for _ in 0..6 {
            order += &open.answer().await.0;
        }
        assert_eq!(order, "abcabc");
    }
}
