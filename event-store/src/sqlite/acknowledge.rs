//! Telling everybody whose append is on disk.
//!
//! Waking a task from a thread of its own costs the writer a microsecond each, while nobody is being written for;
//! so a task of the runtime does it, where there is one, and the writer goes on with the next batch.

use super::engine::Answer;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

/// So few are told at once: the way through the task would be longer.
const FEW: usize = 4;
/// Batches that may wait for the task; the writer tells further ones itself.
const BATCHES: usize = 4;

/// Who waits, and what became of it.
pub type Acknowledged = (oneshot::Sender<Answer>, Answer);

pub enum Acknowledger {
    /// In the writer's own thread.
    Here,
    Task(mpsc::Sender<Vec<Acknowledged>>),
}

impl Acknowledger {
    /// The task ends when the writer does.
    #[expect(
        clippy::disallowed_methods,
        reason = "it belongs to the writer's thread, which is of this machine"
    )]
    pub fn start() -> Self {
        let Ok(runtime) = Handle::try_current() else {
            return Self::Here;
        };
        let (sender, mut batches) = mpsc::channel(BATCHES);
        runtime.spawn(async move {
            while let Some(batch) = batches.recv().await {
                tell(batch);
            }
        });
        Self::Task(sender)
    }

    pub fn send(&self, batch: Vec<Acknowledged>) {
        match self {
            Self::Here => tell(batch),
            Self::Task(_) if batch.len() <= FEW => tell(batch),
            Self::Task(sender) => {
                // The task is behind, or the runtime is gone: the writer never waits for either.
                if let Err(TrySendError::Full(batch) | TrySendError::Closed(batch)) =
                    sender.try_send(batch)
                {
                    tell(batch);
                }
            }
        }
    }
}

fn tell(batch: Vec<Acknowledged>) {
    for (reply, answer) in batch {
        // Who does not wait for the answer any more asks again and finds it.
        let _ = reply.send(answer);
    }
}
