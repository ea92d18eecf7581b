//! What happens by itself: agents become computers, sessions move on, computers become onboarded.
//!
//! Each kind of work is a [`process::Process`] in a file of its own, which says what is to be done as a pure function of a
//! [`process::Moment`], and how one of these things is carried out. Everything is level-triggered: what is pending is found by
//! state, at the start, in every view and at least at its pace; an event only makes that come sooner, so that nothing depends on
//! having seen one. What a command does is decided in the domain; sending it twice is safe. What a look costs follows what is due,
//! not what there is: the view keeps indexes of that.
//!
//! Each process has a task of its own ([`run::run`]): one that is slow or fails delays no other, and none relies on another having come
//! first.
//!
//! Several servers may do this on one store: each session is claimed by one of them before it is worked on, and
//! taken over when that one's lease is over.
//!
//! Not here: rules (`domain`), the connection to agents (`agent-gateway`).
//!
//! Start reading at [`process::Process`], then [`Automation::run`].

#![deny(clippy::iter_over_hash_type)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "tests wait in the real world"
    )
)]

mod again;
mod fleet;
mod installation;
mod maintenance;
mod process;
mod run;
mod steady;
#[cfg(test)]
mod tests;

pub use installation::lease::Lease;

use fleet::following::Following;
use fleet::identification::Identification;
use fleet::tenants::Telling;
use futures_util::future::try_join_all;
use maintenance::session::advancing::Advancing;
use maintenance::session::cancelling::Cancelling;
use maintenance::session::onboarding::Onboarding;
use maintenance::session::starting::Starting;
use maintenance::session::takeover::Takeover;
use process::Process;
use run::{Around, run};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{Commands, Envelope};
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_projections::Projections;
use upkeep_world::{Ended, Task};
use uuid::Uuid;

/// The longest time between two looks of a process that has no pace of its own.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Commands that one process has under way at once, where it has no bound of its own.
const COMMANDS_AT_ONCE: usize = 64;

/// Everything that happens by itself.
pub struct Automation {
    commands: Commands,
    projections: Projections,
    lease: Lease,
    max_running_sessions: usize,
}

impl Automation {
    /// `max_running_sessions` is the limit for the whole installation.
    pub fn new(
        commands: Commands,
        projections: Projections,
        lease: Lease,
        max_running_sessions: usize,
    ) -> Self {
        Self {
            commands,
            projections,
            lease,
            max_running_sessions,
        }
    }

    /// Keeps the lease and runs every process until `stop` is cancelled; then lets others take over. Commands that are under
    /// way then are finished first. Agents may come from now on: however long the view took, they have their time to come back.
    pub async fn run(self, stop: CancellationToken) {
        let Self {
            commands,
            projections,
            lease,
            max_running_sessions,
        } = self;
        let around = Around::new(commands, projections, lease, max_running_sessions);
        let (around, stopped) = (&Arc::new(around), &stop);
        let tasks = [
            begin(Identification, around, stopped),
            begin(Following, around, stopped),
            begin(Telling, around, stopped),
            begin(Onboarding, around, stopped),
            begin(Cancelling, around, stopped),
            begin(Starting, around, stopped),
            begin(Advancing::default(), around, stopped),
            begin(Takeover, around, stopped),
        ];
        let ended = async {
            // Nobody goes on without one that panicked.
            if let Err(ended @ Ended::Panicked { .. }) = try_join_all(tasks).await {
                resume_unwind(Box::new(ended.to_string()));
            }
        };
        tokio::join!(around.lease.keep(&stop), ended);
        around.lease.release().await;
    }
}

fn begin<P: Process>(process: P, around: &Arc<Around>, stop: &CancellationToken) -> Task<()> {
    let running = run(process, around.clone(), stop.clone());
    around.world().spawn(P::NAME, running)
}

/// A command of the system itself, as a part of the story `correlation`.
fn envelope(commands: &Commands, correlation: Uuid, tenant: Option<TenantId>) -> Envelope {
    Envelope {
        correlation_id: correlation,
        causation_id: Some(correlation),
        ..Envelope::new(CommandId(commands.world().id()), Actor::System).of_tenant(tenant)
    }
}
