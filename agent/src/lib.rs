//! The program on each managed computer: runs the server's scripts, each at most once, and tells how they ended.
//!
//! It speaks `upkeep.agent.v1` (`agent-gateway/PROTOCOL.md`) and shares nothing with the server but the
//! protocol's types. What depends on the operating system is behind [`platform`]; Linux is the first. The command
//! line is `main.rs`.
//!
//! Start reading at [`work`], [`connection`] (talking), [`runner`] (orders), [`script`] (running) and [`state`] (remembering).

mod clock;
mod connection;
mod control;
pub mod enrol;
mod folders;
mod output;
mod packages;
pub mod platform;
mod process;
mod proxy;
mod runner;
mod script;
mod space;
pub mod state;

use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use upkeep_agent_protocol::SILENCE_LIMIT;

/// Connects and works until it is stopped; what runs then is ended and written down.
pub async fn work(
    computer: platform::Computer,
    state: state::State,
    identity: state::Identity,
    reconnect_max: Duration,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let (state, computer) = (Arc::new(state), Arc::new(computer));
    let runner = runner::Runner::new(state.clone(), computer.clone(), identity.server.clone())?;
    runner.report_interrupted().await?;
    connection::Connector {
        state,
        computer,
        identity,
        runner: runner.clone(),
        reconnect_max,
        silence_limit: SILENCE_LIMIT,
    }
    .run(stop)
    .await;
    runner.stop().await;
    Ok(())
}
