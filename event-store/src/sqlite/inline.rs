//! The engine without threads: whoever asks for something does it.

use super::engine::{Answer, Engine, Heads, Write};
use crate::port::AppendError;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// An engine that several may ask, one after the other.
pub struct Inline {
    pub engine: Arc<Mutex<Engine>>,
    pub path: PathBuf,
    pub heads: watch::Sender<Heads>,
    pub failure: watch::Sender<Option<String>>,
}

impl Inline {
    pub fn write(&self, write: &Write) -> Answer {
        let failed = |cause: String| AppendError::Failed {
            path: self.path.clone(),
            cause,
        };
        if let Some(cause) = &*self.failure.borrow() {
            return Err(failed(cause.clone()));
        }
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = engine.commit(&[write]).map_err(|cause| {
            self.failure.send_replace(Some(cause.clone()));
            failed(cause)
        })?;
        // The heads first: whoever got an answer finds the event.
        self.heads.send_replace(engine.heads());
        answers
            .into_iter()
            .next()
            .unwrap_or(Err(AppendError::Closed))
    }
}
