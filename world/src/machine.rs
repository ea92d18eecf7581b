//! The real world: this machine, and tokio. Nothing else may ask them (`clippy.toml` of the crates that have a world).

use crate::ports::{Clock, Entropy, EntropyError, Job, Running, Tasks, Timers, Wait, Work};
use chrono::{DateTime, Utc};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, unconstrained};

/// A timer of tokio's stands still while the machine sleeps: so often the clock itself is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

static BEGUN: LazyLock<Instant> = LazyLock::new(Instant::now);

#[derive(Clone, Copy, Debug)]
pub struct Machine;

impl Clock for Machine {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    #[cfg(target_os = "linux")]
    fn uptime(&self) -> Duration {
        let told = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(told.tv_sec).unwrap_or_default();
        let nanoseconds = u32::try_from(told.tv_nsec).unwrap_or_default();
        Duration::new(seconds, nanoseconds)
    }

    #[cfg(not(target_os = "linux"))]
    fn uptime(&self) -> Duration {
        self.awake()
    }

    fn awake(&self) -> Duration {
        BEGUN.elapsed()
    }
}

impl Timers for Machine {
    fn until(&self, uptime: Duration) -> Wait {
        // Who is busy without end must not keep what is due from being noticed.
        Box::pin(unconstrained(async move {
            loop {
                let left = uptime.saturating_sub(Self.uptime());
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(LOOK_EVERY)).await;
            }
        }))
    }
}

impl Tasks for Machine {
    fn spawn(&self, _: &'static str, work: Work) -> Box<dyn Running> {
        Box::new(Spawned(tokio::spawn(work).abort_handle()))
    }

    fn blocking(&self, _: &'static str, job: Job) {
        tokio::task::spawn_blocking(job);
    }
}

struct Spawned(AbortHandle);

impl Running for Spawned {
    fn stop(&self) {
        self.0.abort();
    }
}

impl Entropy for Machine {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| EntropyError(error.to_string()))
    }
}
