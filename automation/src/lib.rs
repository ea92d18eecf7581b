//! What happens by itself: agents become computers, sessions move on, computers become onboarded.
//!
//! Everything here is level-triggered: a sweep looks at the view, finds what is pending, and sends the command
//! that moves it. A sweep runs at the start, after every change and at least every [`SWEEP_EVERY`]; an event
//! only makes it come sooner, so that nothing depends on having seen one. What a command does is decided in the
//! domain; sending it twice is safe.
//!
//! Several servers may do this on one store: each session is claimed by one of them before it is worked on, and
//! taken over when that one's lease is over ([`lease`], [`takeover`]).
//!
//! Not here: rules (`domain`), the connection to agents (`agent-gateway`).
//!
//! Start reading at [`Automation::run`].

mod identification;
mod lease;
mod sessions;
mod steady;
mod takeover;
mod tenants;

pub use lease::Lease;

use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use upkeep_commands::{CommandError, Commands, Envelope};
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_event_store::Position;
use upkeep_projections::{Projections, View};
use uuid::Uuid;

/// The longest time between two sweeps.
pub const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// Commands that one sweep has under way at once.
const COMMANDS_AT_ONCE: usize = 64;
/// How long a sweep waits for the view to contain the commands of the sweep before it.
const VIEW_PATIENCE: Duration = Duration::from_secs(30);

/// The process managers.
pub struct Automation {
    commands: Commands,
    projections: Projections,
    lease: Lease,
    max_running_sessions: usize,
    listening_since: DateTime<Utc>,
    steady: steady::Steady,
    /// Sessions that were advanced, and from where: they move on when something about them changed.
    advanced: sessions::Seen,
}

impl Automation {
    /// `max_running_sessions` is the limit for the whole installation.
    pub fn new(
        commands: Commands,
        projections: Projections,
        lease: Lease,
        max_running_sessions: usize,
    ) -> Self {
        let listening_since = commands.clock().now();
        Self {
            commands,
            projections,
            lease,
            max_running_sessions,
            listening_since,
            steady: steady::Steady::default(),
            advanced: sessions::Seen::default(),
        }
    }

    /// Keeps the lease and sweeps until `stop` is cancelled; then lets others take over. A command that is under way
    /// then is finished first.
    pub async fn run(self, stop: CancellationToken) {
        let lease = self.lease.clone();
        let takeover = takeover::Takeover {
            commands: self.commands.clone(),
            projections: self.projections.clone(),
            lease: lease.clone(),
        };
        tokio::join!(
            lease.keep(&stop),
            takeover.run(&stop),
            self.sweep_until(&stop)
        );
        lease.release().await;
    }

    async fn sweep_until(mut self, stop: &CancellationToken) {
        let mut views = self.projections.watch();
        let mut tick = tokio::time::interval(SWEEP_EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut seen = Position::START;
        loop {
            let thorough = tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => true,
                changed = views.changed() => match changed {
                    Ok(()) => false,
                    Err(_) => return,
                },
            };
            // Everything stays pending; when the store is back a new view or the next tick begins again.
            if self.projections.outage().is_some() {
                continue;
            }
            // Decisions are taken on a view that contains the decisions before.
            let view = match self.projections.at_least(seen, VIEW_PATIENCE).await {
                Ok(view) => view,
                Err(error) => {
                    tracing::warn!(%error, "the sweep waits for the view");
                    continue;
                }
            };
            views.mark_unchanged();
            seen = self.sweep(&view, thorough).await.max(view.position());
        }
    }

    /// One look at everything that may be pending; answers with the position of the last thing that it did.
    async fn sweep(&mut self, view: &Arc<View>, thorough: bool) -> Position {
        let now = self.commands.clock().now();
        let jumps = self.steady.look(Instant::now(), now);
        let identified = identification::sweep(&self.commands, view).await;
        let followed = identification::follow(&self.commands, view).await;
        let told = tenants::tell(&self.commands, view, now).await;
        let identified = identified.max(followed).max(told);
        let onboarded = self.onboard(view).await;
        // Without the lease others may be at work on what was ours.
        if !self.lease.holds() {
            return identified.max(onboarded);
        }
        let cancelled = self.cancel_on_departed(view).await;
        let started = self.start_sessions(view).await;
        let advanced = self.advance_sessions(view, &jumps, thorough).await;
        identified
            .max(onboarded)
            .max(cancelled)
            .max(started)
            .max(advanced)
    }
}

/// A command of the system itself, as a part of the story `correlation`.
fn envelope(correlation: Uuid, tenant: Option<TenantId>) -> Envelope {
    Envelope {
        correlation_id: correlation,
        causation_id: Some(correlation),
        ..Envelope::new(CommandId(Uuid::now_v7()), Actor::System).of_tenant(tenant)
    }
}

/// What a sweep's command came to. A failure is told and left to the next sweep.
fn settle(result: Result<Position, CommandError>, what: &'static str, id: Uuid) -> Position {
    result.unwrap_or_else(|error| {
        tracing::warn!(%id, %error, "{what} did not succeed; the next sweep tries again");
        Position::START
    })
}
