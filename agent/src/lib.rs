//! The program on each managed computer: runs the server's scripts, each at most once, and tells how they ended.
//!
//! It speaks `upkeep.agent.v1` (`agent-gateway/PROTOCOL.md`) and shares nothing with the server but the
//! protocol's types. What depends on the operating system is behind [`platform`]; Linux is the first. The command
//! line is `main.rs`.
//!
//! What it decides is in `agent-core`, without I/O; this crate is the world around it, behind [`ports`].
//!
//! Start reading at [`work`] (which puts everything together), [`shell`] (around the core), [`wire`] (talking),
//! [`workshop`] (running) and [`memory`] (remembering).

mod clock;
pub mod enrol;
mod folders;
mod look;
mod mask;
mod memory;
mod packages;
mod paper;
mod parameters;
pub mod platform;
pub mod ports;
mod powershell;
mod prepared;
mod process;
pub mod proven;
mod proxy;
mod script;
mod shell;
mod space;
pub mod state;
mod wire;
mod workshop;

use clock::Boottime;
use folders::Folders;
use packages::Fetcher;
use ports::Machine;
use shell::Shell;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_agent_core::{Core, Identity, Input, Settings};
use upkeep_agent_protocol::{Facts, InterpreterFacts, SILENCE_LIMIT};
use uuid::Uuid;
use wire::Sockets;
use workshop::Workshop;

/// A computer with the identity of last resort that was made for it, and what runs scripts on it.
struct Identified {
    computer: Arc<platform::Computer>,
    generated: Uuid,
    interpreters: Vec<InterpreterFacts>,
}

impl Machine for Identified {
    fn facts(&self) -> Facts {
        Facts {
            interpreters: self.interpreters.clone(),
            ..self.computer.facts(&self.generated)
        }
    }
}

/// How an agent goes about its work.
pub fn settings(reconnect_max: Duration) -> Settings {
    Settings {
        reconnect_max,
        silence_limit: SILENCE_LIMIT,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Connects and works until it is stopped; what runs then is ended and written down.
pub async fn work(
    computer: platform::Computer,
    state: state::State,
    identity: Identity,
    settings: Settings,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let computer = Arc::new(computer);
    let machine = Arc::new(Identified {
        computer: computer.clone(),
        generated: state.generated_id()?,
        interpreters: proven::interpreters(&computer).await,
    });
    let (inbox, inputs) = shell::inbox();
    let server = identity.server.clone();
    let packages = Fetcher::new(server.clone(), state.directory().join("packages"))?;
    let folders = Folders::new(state.directory());
    let workshop = Workshop::new(computer, folders, Arc::new(packages), inbox.clone());
    let wire = Sockets::new(server, machine, inbox.clone());
    let runs = state.remembered()?;
    let core = Core::new(identity, settings);
    let clock = Arc::new(Boottime);
    Shell::new(
        core,
        clock,
        Box::new(wire),
        Box::new(workshop),
        state,
        inbox,
    )
    .run(Input::Booted { runs }, inputs, stop)
    .await
}
