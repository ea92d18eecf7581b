//! Work that is done beside whoever asked for it.

use crate::ports::Running;
use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// Work under way: wait for it, or drop it to stop it. What computes is not stopped, but nobody hears of it.
#[must_use = "it is stopped when this is dropped"]
pub struct Task<T> {
    name: &'static str,
    answer: oneshot::Receiver<Result<T, Ended>>,
    running: Option<Box<dyn Running>>,
}

/// Why work has come to nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    #[error("{name} panicked: {message}")]
    Panicked { name: &'static str, message: String },
    #[error("{name} was stopped")]
    Stopped { name: &'static str },
}

impl Ended {
    pub(crate) fn panicked(name: &'static str, panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Self::Panicked {
            name,
            message: text.unwrap_or("it did not say why").to_owned(),
        }
    }
}

impl<T> Task<T> {
    pub(crate) fn new(
        name: &'static str,
        answer: oneshot::Receiver<Result<T, Ended>>,
        running: Option<Box<dyn Running>>,
    ) -> Self {
        Self {
            name,
            answer,
            running,
        }
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, Ended>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let name = self.name;
        let answer = Pin::new(&mut self.answer).poll(context);
        answer.map(|answer| answer.unwrap_or(Err(Ended::Stopped { name })))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop();
        }
    }
}
