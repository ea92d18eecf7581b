//! What the server needs of the world besides its disk and its network: what time it is, to be woken, to have work done
//! elsewhere, and chance.
//!
//! Each of them is a port ([`Clock`], [`Timers`], [`Tasks`], [`Entropy`]), and a [`World`] is one of each. The real ones are in
//! `machine.rs`, over tokio; nothing else asks the machine for any of this, so that tests and a simulation can be the world instead,
//! in which the same things happen in the same order each time.
//!
//! Not here: disk and network, which have ports of their own.
//!
//! Start reading at [`ports`](Clock), then [`World`].

mod every;
mod machine;
mod ports;
mod task;
#[cfg(test)]
mod tests;

pub use every::Every;
pub use ports::{Clock, Entropy, EntropyError, Job, Running, Tasks, Timers, Wait, Work};
pub use task::{Ended, Task};

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use machine::Machine;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::{Builder, Uuid};

/// Random bytes of an id; the rest of it is the time.
const RANDOM_BYTES: usize = 10;

/// The world that something lives in. Cheap to clone.
#[derive(Clone)]
pub struct World(Arc<Ports>);

/// What a world is made of.
#[derive(Clone)]
pub struct Ports {
    pub clock: Arc<dyn Clock>,
    pub timers: Arc<dyn Timers>,
    pub tasks: Arc<dyn Tasks>,
    pub entropy: Arc<dyn Entropy>,
}

/// Something was not there in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it took too long")]
pub struct Late;

/// This machine and tokio; to be used within a runtime.
pub fn real_world() -> World {
    World::new(Ports {
        clock: Arc::new(Machine),
        timers: Arc::new(Machine),
        tasks: Arc::new(Machine),
        entropy: Arc::new(Machine),
    })
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

impl World {
    pub fn new(ports: Ports) -> Self {
        Self(Arc::new(ports))
    }

    /// The same with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: impl Clock) -> Self {
        Self::new(Ports {
            clock: Arc::new(clock),
            ..Ports::clone(&self.0)
        })
    }

    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// See [`Clock::now`].
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// See [`Clock::uptime`].
    pub fn uptime(&self) -> Duration {
        self.0.clock.uptime()
    }

    /// Ends at an uptime; at once if that is over.
    pub fn until(&self, uptime: Duration) -> Wait {
        self.0.timers.until(uptime)
    }

    /// Ends after some time, asleep or not.
    pub fn sleep(&self, time: Duration) -> Wait {
        self.until(self.uptime().saturating_add(time))
    }

    /// Ticks at this pace, at once for the first time.
    pub fn every(&self, pace: Duration) -> Every {
        Every::new(self.clone(), self.uptime(), pace)
    }

    /// Ticks at this pace, for the first time after it.
    pub fn every_after(&self, pace: Duration) -> Every {
        Every::new(self.clone(), self.uptime().saturating_add(pace), pace)
    }

    /// Does something that has so much time for it. What is done at once needs no timer.
    pub async fn within<F: Future>(&self, patience: Duration, work: F) -> Result<F::Output, Late> {
        let mut work = pin!(work);
        let until = self.uptime().saturating_add(patience);
        let mut late = None;
        poll_fn(|context| {
            // What is done counts, if it is as late as that.
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            let late = late.get_or_insert_with(|| self.until(until));
            late.as_mut().poll(context).map(|()| Err(Late))
        })
        .await
    }

    /// Does something beside whoever asks for it, who owns it: it is stopped when what is returned is dropped.
    pub fn spawn<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Task<T> {
        let (sender, answer) = oneshot::channel();
        let work = async move {
            let done = AssertUnwindSafe(work).catch_unwind().await;
            // Who does not wait for it needs no answer.
            let _ = sender.send(done.map_err(|panic| Ended::panicked(name, &*panic)));
        };
        let running = self.0.tasks.spawn(name, Box::pin(work));
        Task::new(name, answer, Some(running))
    }

    /// Does something that computes or waits for the disk, where nobody else waits for it. It has begun when this returns, and is done
    /// to its end, whether somebody waits for that or not.
    pub fn blocking<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Task<T> {
        let (sender, answer) = oneshot::channel();
        let work = move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            let _ = sender.send(done.map_err(|panic| Ended::panicked(name, &*panic)));
        };
        self.0.tasks.blocking(name, Box::new(work));
        Task::new(name, answer, None)
    }

    /// See [`Entropy::fill`].
    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.entropy.fill(bytes)
    }

    /// An id that nobody else has (UUID version 7): of the time, and of chance.
    pub fn id(&self) -> Uuid {
        let mut random = [0; RANDOM_BYTES];
        self.fill(&mut random)
            .expect("a system that has run this far has random bytes");
        // Before 1970 all have the same.
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}
