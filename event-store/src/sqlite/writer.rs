//! The one thread that writes.

use super::acknowledge::{Acknowledged, Acknowledger};
use super::checkpoint::Checkpoints;
use super::engine::{Answer, Engine, Heads, Write};
use crate::port::AppendError;
use std::path::PathBuf;
use tokio::sync::{mpsc, oneshot, watch};

/// Most requests of one commit.
pub const MAX_BATCH: usize = 256;

/// What waits to be written.
pub struct Request {
    pub write: Write,
    pub reply: oneshot::Sender<Answer>,
}

pub struct Writer {
    engine: Engine,
    path: PathBuf,
    heads: watch::Sender<Heads>,
    failure: watch::Sender<Option<String>>,
    checkpoints: Checkpoints,
    acknowledger: Acknowledger,
}

impl Writer {
    pub fn new(
        engine: Engine,
        path: PathBuf,
        heads: watch::Sender<Heads>,
        failure: watch::Sender<Option<String>>,
        acknowledger: Acknowledger,
    ) -> rusqlite::Result<Self> {
        let checkpoints = Checkpoints::start(engine.connection(), &path)?;
        Ok(Self {
            engine,
            path,
            heads,
            failure,
            checkpoints,
            acknowledger,
        })
    }

    /// Works until the queue is closed or the disk fails.
    pub fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(MAX_BATCH);
        while queue.blocking_recv_many(&mut batch, MAX_BATCH) > 0 {
            let outcome = self
                .commit(std::mem::replace(&mut batch, Vec::with_capacity(MAX_BATCH)))
                .and_then(|()| {
                    self.checkpoints
                        .after_commit(self.engine.connection())
                        .map_err(|error| error.to_string())
                });
            if let Err(cause) = outcome {
                tracing::error!(path = %self.path.display(), cause, "the event store failed");
                self.failure.send_replace(Some(cause));
                return;
            }
        }
        self.checkpoints.stop(self.engine.connection());
    }

    /// Writes a batch and answers everybody; an error is a failure for good.
    fn commit(&mut self, requests: Vec<Request>) -> Result<(), String> {
        let writes: Vec<&Write> = requests.iter().map(|request| &request.write).collect();
        let answers = match self.engine.commit(&writes) {
            Ok(answers) => answers,
            Err(cause) => {
                for request in requests {
                    // Who does not wait any more asks again after the restart.
                    let _ = request.reply.send(Err(AppendError::Failed {
                        path: self.path.clone(),
                        cause: cause.clone(),
                    }));
                }
                return Err(cause);
            }
        };
        // The heads first: whoever got an answer finds the event.
        self.heads.send_replace(self.engine.heads());
        let acknowledged: Vec<Acknowledged> = requests
            .into_iter()
            .zip(answers)
            .map(|(request, answer)| (request.reply, answer))
            .collect();
        self.acknowledger.send(acknowledged);
        Ok(())
    }
}
