//! How a process runs: it looks, does what is to be done, and waits for a new view or until something is due.

use crate::again::Again;
use crate::installation::lease::Lease;
use crate::process::{Done, Gate, Moment, Process, Wake};
use crate::steady::Steady;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use upkeep_commands::Commands;
use upkeep_event_store::Position;
use upkeep_projections::{Projections, View};
use upkeep_world::World;

/// How long a process waits for the view to contain what it did before.
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// The shortest time between two looks at the same view.
const SHORTEST_WAIT: Duration = Duration::from_millis(100);

/// What all processes of a server share.
pub struct Around {
    pub lease: Lease,
    commands: Commands,
    projections: Projections,
    max_running_sessions: usize,
    listening_since: DateTime<Utc>,
    steady: Mutex<Steady>,
}

impl Around {
    /// Agents may come from now on.
    pub fn new(
        commands: Commands,
        projections: Projections,
        lease: Lease,
        max_running_sessions: usize,
    ) -> Self {
        Self {
            lease,
            listening_since: commands.clock().now(),
            commands,
            projections,
            max_running_sessions,
            steady: Mutex::default(),
        }
    }

    pub fn world(&self) -> &World {
        self.commands.world()
    }

    /// As soon as the process may look: what it did before is in the view. Nothing where it cannot now: everything stays pending.
    async fn moment<P: Process>(
        &self,
        views: &mut watch::Receiver<Arc<View>>,
        seen: Position,
    ) -> Option<Moment> {
        if P::GATE == Gate::Lease {
            self.lease.held().await;
        }
        if self.projections.outage().is_some() {
            return None;
        }
        let shows = views.wait_for(|view| view.position() >= seen);
        let newest = self.world().within(VIEW_PATIENCE, shows).await;
        let Ok(newest) = newest else {
            tracing::warn!(position = %seen, "{} waits for the view", P::NAME);
            return None;
        };
        let view = newest.ok()?.clone();
        // Under the lock, so that the two clocks are read in turn.
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.commands.clock().now();
        Some(Moment {
            view,
            now,
            server: self.lease.server(),
            listening_since: self.listening_since,
            jumps: steady.look(self.world().clock().awake(), now),
            max_running_sessions: self.max_running_sessions,
        })
    }
}

/// Runs a process until `stop` is cancelled. What is under way then is finished first.
pub async fn run<P: Process>(mut process: P, around: Arc<Around>, stop: CancellationToken) {
    let mut views = around.projections.watch();
    let world = around.world().clone();
    let mut again = Again::default();
    let mut seen = Position::START;
    let mut wait = Duration::ZERO;
    loop {
        tokio::select! {
            // Who is told to stop does not look again. What made it look is the same to a look.
            biased;
            () = stop.cancelled() => return,
            () = world.sleep(wait) => {}
            changed = views.changed(), if P::WAKE == Wake::View => if changed.is_err() { return },
        }
        let at = tokio::select! {
            // The same.
            biased;
            () = stop.cancelled() => return,
            at = around.moment::<P>(&mut views, seen) => at,
        };
        wait = P::PACE;
        if let Some(at) = at {
            seen = look(&mut process, &around.commands, &at, &mut again, &stop).await;
            let due = process.due(&at).map(|due| until(due, at.now));
            let again = again.next(world.uptime());
            wait = [due, again].into_iter().flatten().fold(wait, Duration::min);
            wait = wait.max(SHORTEST_WAIT);
        }
    }
}

/// Does what is to be done, and begins nothing any more once `stop` is cancelled: what is left stays pending. Answers with the
/// position of the last thing that came of it.
async fn look<P: Process>(
    process: &mut P,
    commands: &Commands,
    at: &Moment,
    again: &mut Again,
    stop: &CancellationToken,
) -> Position {
    process.forget(at);
    let todo = again.without_failed(process.todo(at), P::subject, commands.world().uptime());
    let process_now = &*process;
    let carried_out: Vec<_> = stream::iter(todo)
        .take_until(stop.cancelled())
        .map(|todo| async move {
            let done = process_now.carry_out(commands, at, &todo).await;
            (todo, done)
        })
        .buffer_unordered(P::BOUND)
        .collect()
        .await;
    let mut last = at.view.position();
    for (todo, done) in carried_out {
        let subject = P::subject(&todo);
        match done {
            Ok(done) => {
                last = last.max(done.position());
                if let Done::NotYet(_) = done {
                    again.failed(subject, commands.world().uptime());
                } else {
                    again.succeeded(subject);
                    process.remember(todo);
                }
            }
            Err(error) => {
                tracing::warn!(id = %subject, %error, "{} did not succeed; it is tried again", P::NAME);
                again.failed(subject, commands.world().uptime());
            }
        }
    }
    last
}

/// A little more than the time to a moment: what is due is due behind it.
fn until(due: DateTime<Utc>, now: DateTime<Utc>) -> Duration {
    (due - now + TimeDelta::milliseconds(1))
        .to_std()
        .unwrap_or_default()
}
