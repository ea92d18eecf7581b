//! This server's lease: as long as it holds, what the server claimed is its own.

use chrono::TimeDelta;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use upkeep_commands::{CommandError, Commands, Envelope};
use upkeep_domain::installation::server::{Server, ServerCommand};
use upkeep_domain::kernel::ids::{CommandId, ServerId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_event_store::{Retention, StreamName};

/// A lease is renewed so many times while it lasts.
const RENEWALS_PER_LEASE: u32 = 3;
/// Between two attempts after one that failed.
const AGAIN: Duration = Duration::from_secs(1);
/// Renewals that are kept: only the newest one matters.
const KEPT_RENEWALS: u64 = 10;

/// Whether this server may work on what it has claimed.
#[derive(Clone)]
pub struct Lease {
    commands: Commands,
    server: ServerId,
    length: Duration,
    /// As an uptime; nothing before the first renewal.
    until: watch::Sender<Option<Duration>>,
}

impl Lease {
    /// `length` is how long the others wait before they take over from a server that is silent.
    pub fn new(commands: Commands, server: ServerId, length: Duration) -> Self {
        Self {
            commands,
            server,
            length,
            until: watch::Sender::new(None),
        }
    }

    pub fn server(&self) -> ServerId {
        self.server
    }

    /// Whether the newest renewal still stands.
    fn holds(&self, until: Option<Duration>) -> bool {
        until.is_some_and(|until| self.commands.world().uptime() < until)
    }

    /// Waits until it does.
    pub(crate) async fn held(&self) {
        let mut until = self.until.subscribe();
        // Its other end is held here.
        let _ = until.wait_for(|until| self.holds(*until)).await;
    }

    /// Renews until `stop` is cancelled.
    pub async fn keep(&self, stop: &CancellationToken) {
        let every = self.length / RENEWALS_PER_LEASE;
        let world = self.commands.world();
        let mut next = world.uptime();
        let mut failing = false;
        loop {
            tokio::select! {
                // Who is told to stop is about to release it.
                biased;
                () = stop.cancelled() => return,
                () = world.until(next) => {}
            }
            // Counted from before the append, so that it never seems longer here than to the others.
            let begun = world.uptime();
            match self.renew().await {
                Ok(()) => {
                    next = begun + every;
                    if std::mem::take(&mut failing) {
                        tracing::info!("the lease is renewed again");
                    }
                    if self.until.send_replace(Some(begun + self.length)).is_none() {
                        self.keep_few().await;
                    }
                }
                Err(error) => {
                    next = world.uptime() + every.min(AGAIN);
                    // Told once: it may go on for hours.
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(%error, "the lease was not renewed; without it other servers take over");
                    }
                }
            }
        }
    }

    /// Lets the others take over at once.
    pub async fn release(&self) {
        self.until.send_replace(None);
        if let Err(error) = self.tell(ServerCommand::ReleaseLease).await {
            tracing::warn!(%error, "the lease was not released; it ends by itself");
        }
    }

    async fn renew(&self) -> Result<(), CommandError> {
        let length = TimeDelta::from_std(self.length).unwrap_or_default();
        let now = self.commands.clock().now();
        let until = now.checked_add_signed(length).unwrap_or(now);
        self.tell(ServerCommand::RenewLease {
            until,
            length: self.length,
        })
        .await
    }

    async fn tell(&self, command: ServerCommand) -> Result<(), CommandError> {
        let envelope = Envelope::new(CommandId(self.commands.world().id()), Actor::System);
        self.commands
            .send::<Server>(self.server, command, &envelope)
            .await
            .map(|_| ())
    }

    async fn keep_few(&self) {
        let stream = StreamName::of("server", self.server);
        let few = Retention {
            max_count: Some(KEPT_RENEWALS),
            ..Retention::default()
        };
        let store = self.commands.store();
        let kept = match store.retention(&stream).await {
            Ok(known) if known == few => Ok(()),
            _ => store.set_retention(&stream, few).await,
        };
        if let Err(error) = kept {
            tracing::warn!(%error, "old renewals of the lease are kept");
        }
    }
}
