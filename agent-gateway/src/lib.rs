//! Where agents come in: enrolment, the WebSocket protocol `upkeep.agent.v1`, package downloads.
//!
//! [PROTOCOL.md](../PROTOCOL.md) describes the protocol in words. This crate decides nothing: it checks who is
//! who, turns frames into commands, and tells agents what the store says that they owe. It never talks to `api`;
//! the two meet in events.
//!
//! Start reading at [`Gateway`], then `connection/mod.rs`: what happens when an agent connects.

#![deny(clippy::iter_over_hash_type)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "tests wait in the real world"
    )
)]

mod allowance;
mod connection;
mod enrol;
mod intake;
mod keys;
mod orders;
mod outputs;
mod packages;
mod registry;
mod text;

pub use connection::{Link, Lost, Text};
pub use enrol::Refused;
pub use keys::{KeysError, ServerKeys};

use allowance::Allowances;
use axum::Router;
use axum::routing::{any, get, post};
use outputs::Outputs;
use registry::Registry;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use upkeep_agent_protocol::{CONNECT_PATH, ENROL_PATH, EnrolRequest, EnrolResponse, PACKAGES_PATH};
use upkeep_commands::{Commands, Envelope};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, DisconnectReason, Standing};
use upkeep_domain::kernel::ids::{AgentId, CommandId, ServerId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_package_store::PackageStore;
use upkeep_projections::{Projections, View};
use upkeep_vault::Keyring;
use upkeep_world::World;
use uuid::Uuid;

/// Agents that are connected at once; more are told to come back later.
pub const MAX_CONNECTIONS: usize = 20_000;
/// Handshakes and enrolments that go on at once; more wait a little, then are told to come back.
const ADMISSIONS_AT_ONCE: usize = 64;
/// How long one waits for its turn before it is told to come back.
const ADMISSION_PATIENCE: Duration = Duration::from_secs(5);
/// How often connected agents are compared with their standing: a revoked one is gone within this time.
const STANDING_EVERY: Duration = Duration::from_millis(500);

/// The side of the server that agents see.
#[derive(Clone)]
pub struct Gateway {
    shared: Arc<Shared>,
}

struct Shared {
    commands: Commands,
    projections: Projections,
    keys: ServerKeys,
    packages: PackageStore,
    /// What the secrets that runs are told are opened with.
    keyring: Keyring,
    registry: Registry,
    outputs: Outputs,
    allowances: Allowances,
    admissions: Semaphore,
    /// How long the output of a script is kept.
    output_retention: Duration,
    /// Which server this is.
    server: ServerId,
    stop: CancellationToken,
    connections: TaskTracker,
}

/// What runs are given besides their orders.
pub struct Supplies {
    pub packages: PackageStore,
    pub keyring: Keyring,
}

impl Gateway {
    pub fn new(
        commands: Commands,
        projections: Projections,
        keys: ServerKeys,
        supplies: Supplies,
        output_retention: Duration,
        server: ServerId,
        stop: CancellationToken,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                commands,
                projections,
                keys,
                packages: supplies.packages,
                keyring: supplies.keyring,
                registry: Registry::default(),
                outputs: Outputs::default(),
                allowances: Allowances::default(),
                admissions: Semaphore::new(ADMISSIONS_AT_ONCE),
                output_retention,
                server,
                stop,
                connections: TaskTracker::new(),
            }),
        }
    }

    /// The routes that agents use.
    pub fn router(&self) -> Router {
        Router::new()
            .route(ENROL_PATH, post(enrol::enrol).layer(enrol::LIMIT))
            .route(CONNECT_PATH, any(connection::upgrade))
            .route(
                &format!("{PACKAGES_PATH}/{{digest}}"),
                get(packages::download),
            )
            .with_state(self.shared.clone())
    }

    /// Takes an agent in, as a request over HTTP does.
    pub async fn enrol(&self, request: EnrolRequest) -> Result<EnrolResponse, Refused> {
        self.shared.enrol(request).await
    }

    /// Serves an agent over a link until one of them ends it; `host` is what the agent dialled.
    pub fn serve(&self, link: Box<dyn Link>, host: String) -> impl Future<Output = ()> + use<> {
        let served = connection::serve(self.shared.clone(), link, host, None);
        self.shared.connections.track_future(served)
    }

    /// Marks agents that a dead server left behind as gone, then wakes connections that have something to do,
    /// until the server stops; then waits for the connections to end.
    pub async fn run(self) {
        let shared = self.shared;
        shared.forget_dead_connections().await;
        let mut views = shared.projections.watch();
        let mut tick = shared.world().every(STANDING_EVERY);
        let mut told = shared.projections.live();
        loop {
            tokio::select! {
                // Who is told to stop wakes nobody. The pace comes before views: they may come without end.
                biased;
                () = shared.stop.cancelled() => break,
                () = tick.tick() => {
                    let view = shared.projections.live();
                    shared.wake_fallen(&view);
                    shared.wake_busy(&view);
                }
                changed = views.changed() => {
                    if changed.is_err() {
                        break;
                    }
                    let view = views.borrow_and_update().clone();
                    for agent in view.sessions.agents_to_tell_since(&told.sessions) {
                        shared.registry.wake(agent);
                    }
                    told = view;
                }
            }
        }
        shared.connections.close();
        shared.connections.wait().await;
    }
}

impl Shared {
    fn world(&self) -> &World {
        self.commands.world()
    }

    /// A turn among the handshakes and enrolments; nothing if none came in time.
    async fn admission(&self) -> Option<SemaphorePermit<'_>> {
        let turn = self.admissions.acquire();
        let turn = self.world().within(ADMISSION_PATIENCE, turn).await;
        turn.ok()?.ok()
    }

    /// Those that have a run to start or to stop: whoever was woken and could not be told then.
    fn wake_busy(&self, view: &View) {
        for agent in view.sessions.agents_with_open_runs() {
            self.registry.wake(agent);
        }
    }

    /// Those that may not be connected any more.
    fn wake_fallen(&self, view: &View) {
        for (agent, connection) in self.registry.connections() {
            let Some(entry) = view.agents.get(agent) else {
                continue;
            };
            // It is elsewhere, or somebody took it for gone. A view from before it came here wakes it for nothing.
            let otherwise = entry.state.connection != Some(connection);
            if entry.state.standing != Standing::Trusted || otherwise {
                self.registry.wake(agent);
            }
        }
    }

    async fn forget_dead_connections(&self) {
        let view = self.projections.live();
        let left_behind: Vec<(AgentId, Uuid)> = view
            .agents
            .iter()
            // Those of other servers are theirs, or taken over when their server is gone.
            .filter(|(_, entry)| {
                entry
                    .state
                    .server
                    .is_none_or(|server| server == self.server)
            })
            .filter_map(|(id, entry)| Some((id, entry.state.connection?)))
            .collect();
        for agents in left_behind.chunks(ADMISSIONS_AT_ONCE) {
            let forget = |(agent, connection)| {
                let forgetting = forget(self.commands.clone(), agent, connection);
                self.world().spawn("an agent that is forgotten", forgetting)
            };
            let tasks: Vec<_> = agents.iter().copied().map(forget).collect();
            for task in tasks {
                if let Err(error) = task.await {
                    tracing::error!(%error, "an agent stays marked as connected");
                }
            }
        }
    }

    fn system_envelope(&self, agent: AgentId) -> Envelope {
        system_envelope(self.world(), agent)
    }
}

async fn forget(commands: Commands, agent: AgentId, connection: Uuid) {
    let reason = DisconnectReason::ServerRestarted;
    let command = AgentCommand::Disconnect { connection, reason };
    let envelope = system_envelope(commands.world(), agent);
    if let Err(error) = commands.send::<Agent>(agent, command, &envelope).await {
        tracing::warn!(%agent, %error, "an agent stays marked as connected");
    }
}

fn system_envelope(world: &World, agent: AgentId) -> Envelope {
    Envelope {
        correlation_id: agent.0,
        ..Envelope::new(CommandId(world.id()), Actor::System)
    }
}
