//! The ports.

use chrono::{DateTime, Utc};
use std::pin::Pin;
use std::time::Duration;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// What a clock on the wall shows: it may be wrong, and be set.
    fn now(&self) -> DateTime<Utc>;

    /// The time since some moment before all this began, asleep or not: nobody sets it. What has to wait is measured by it.
    fn uptime(&self) -> Duration;

    /// The same without the time that the machine was asleep.
    fn awake(&self) -> Duration;
}

/// Ends at some moment.
pub type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Wakes.
pub trait Timers: Send + Sync + 'static {
    /// Ends at an uptime of the world's clock; at once if that is over.
    fn until(&self, uptime: Duration) -> Wait;
}

/// Something to be done.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;
/// The same, where it computes or waits without letting others go first.
pub type Job = Box<dyn FnOnce() + Send>;

/// Has things done.
pub trait Tasks: Send + Sync + 'static {
    /// Begins something. It never panics.
    fn spawn(&self, name: &'static str, work: Work) -> Box<dyn Running>;

    /// Does something, where nobody else waits for it. It never panics.
    fn blocking(&self, name: &'static str, job: Job);
}

/// Something that is being done.
pub trait Running: Send + Sync {
    /// Goes no further.
    fn stop(&self);
}

/// Chance.
pub trait Entropy: Send + Sync + 'static {
    /// Fills with bytes that nobody can foretell.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// There is no chance now.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the operating system gave no random bytes: {0}")]
pub struct EntropyError(pub String);
