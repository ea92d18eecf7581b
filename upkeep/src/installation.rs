//! What a server is without its doors: the view, commands, what happens by itself, the agents' side. What it stands on is given to
//! it, so that a test or a simulation can be that.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use upkeep_agent_gateway::{Gateway, ServerKeys, Supplies};
use upkeep_automation::{Automation, Lease};
use upkeep_commands::{CommandHandler, Commands};
use upkeep_domain::kernel::ids::ServerId;
use upkeep_event_store::EventStore;
use upkeep_event_store::evidence::checkpoint::{CheckpointKey, Notary};
use upkeep_package_store::PackageStore;
use upkeep_projections::{Projections, Snapshots};
use upkeep_vault::Keyring;
use upkeep_world::{Task, World};

/// How long what is under way may take to end when the server stops.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// What a server stands on.
pub struct Ports {
    pub world: World,
    pub store: Arc<dyn EventStore>,
    /// Without it every start folds all events.
    pub snapshots: Option<Snapshots>,
    pub packages: PackageStore,
    /// What secrets are opened with.
    pub keyring: Keyring,
    pub keys: ServerKeys,
    /// Which server it is.
    pub server: ServerId,
}

/// What an operator may set.
#[derive(Clone, Copy)]
pub struct Settings {
    pub lease: Duration,
    pub max_running_sessions: usize,
    pub output_retention: Duration,
}

/// A server's inside.
pub struct Installation {
    pub world: World,
    pub handler: CommandHandler,
    pub commands: Commands,
    pub projections: Projections,
    pub gateway: Gateway,
    /// Ends what comes from outside and what happens by itself.
    pub stop: CancellationToken,
    store: Arc<dyn EventStore>,
    automation: Option<Automation>,
    tasks: Vec<Task<()>>,
    /// Ends the projector, after everybody who waits for a view.
    stop_projector: CancellationToken,
    projector: Task<()>,
    /// Why the projector ended, if it ended by itself.
    projector_failure: watch::Receiver<Option<String>>,
    /// Signs checkpoints; ends after everybody who appends.
    notary: Option<Task<()>>,
    stop_notary: CancellationToken,
}

impl Installation {
    /// Puts everything together, and begins to fold the view.
    pub fn assemble(ports: Ports, settings: Settings) -> Self {
        let Ports {
            world,
            store,
            snapshots,
            packages,
            keyring,
            keys,
            server,
        } = ports;
        let stop = CancellationToken::new();
        let stop_projector = CancellationToken::new();
        let (projections, folding) = Projections::new(
            store.clone(),
            world.clone(),
            snapshots,
            stop_projector.clone(),
        );
        let (failed, projector_failure) = watch::channel(None);
        let projector = world.spawn("the projector", async move {
            if let Err(error) = folding.await {
                failed.send_replace(Some(error.to_string()));
            }
        });
        let handler = CommandHandler::new(store.clone(), world.clone());
        let commands = Commands::new(handler.clone(), projections.clone());
        let gateway = Gateway::new(
            commands.clone(),
            projections.clone(),
            keys,
            Supplies { packages, keyring },
            settings.output_retention,
            server,
            stop.clone(),
        );
        let automation = Automation::new(
            commands.clone(),
            projections.clone(),
            Lease::new(commands.clone(), server, settings.lease),
            settings.max_running_sessions,
        );
        Self {
            world,
            handler,
            commands,
            projections,
            gateway,
            stop,
            store,
            automation: Some(automation),
            tasks: vec![],
            stop_projector,
            projector,
            projector_failure,
            notary: None,
            stop_notary: CancellationToken::new(),
        }
    }

    /// Waits until the view shows what the store holds.
    pub async fn ready(&self) -> anyhow::Result<()> {
        tokio::select! {
            biased;
            Ok(()) = self.projections.ready() => Ok(()),
            // A projector that ends before it is ready says why right after.
            error = self.failed() => Err(error),
        }
    }

    /// Begins to sign checkpoints, where there is a key, and what happens by itself; agents may come from now on.
    pub fn begin(&mut self, key: Option<CheckpointKey>) {
        if let Some(key) = key {
            let notary = Notary::new(self.store.clone(), self.world.clone(), key);
            let signing = notary.run(self.stop_notary.clone());
            self.notary = Some(self.world.spawn("the notary", signing));
        }
        if let Some(automation) = self.automation.take() {
            let working = automation.run(self.stop.clone());
            let working = self.world.spawn("what happens by itself", working);
            self.tasks.push(working);
            let waking = self.gateway.clone().run();
            self.tasks
                .push(self.world.spawn("the agents' side", waking));
        }
    }

    /// Waits until the server cannot go on, and says why.
    pub async fn failed(&self) -> anyhow::Error {
        let mut projector = self.projector_failure.clone();
        let folding = async {
            match projector.wait_for(Option::is_some).await {
                Ok(cause) => cause.clone().unwrap_or_default(),
                Err(_) => "whoever does it panicked".to_owned(),
            }
        };
        tokio::select! {
            // A store that failed is why nothing can be folded.
            biased;
            cause = self.store.failed() => anyhow::anyhow!("the event store failed: {cause}; start the server again, it goes on where it stopped"),
            cause = folding => anyhow::anyhow!("the events cannot be folded: {cause}"),
        }
    }

    /// Ends everything in order: the outside first, the store last. `doors` is what else comes from outside, and ends with `stop`.
    pub async fn stop(mut self, doors: impl Future<Output = ()>) {
        self.stop.cancel();
        // Who does not end in time goes on until all the others have.
        let tasks = &mut self.tasks;
        let ended = async {
            ended(tasks).await;
            doors.await;
        };
        if (self.world.within(SHUTDOWN_PATIENCE, ended).await).is_err() {
            tracing::warn!("some requests did not end in time");
        }
        self.stop_notary.cancel();
        if let Some(notary) = self.notary.take()
            && (self.world.within(SHUTDOWN_PATIENCE, notary).await).is_err()
        {
            tracing::warn!("the last checkpoint was not signed in time; the next start does it");
        }
        self.stop_projector.cancel();
        // It may have ended before, which is why we stop.
        let _ = self.projector.await;
    }
}

/// Waits for parts of a server to end.
pub async fn ended(tasks: &mut [Task<()>]) {
    for task in tasks {
        if let Err(error) = task.await {
            tracing::error!(%error, "a part of the server ended badly");
        }
    }
}
