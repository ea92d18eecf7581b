//! `upkeep demo`: the main job on one machine, for real.
//!
//! The seed story: Adobe Reader for everybody, but not at Contoso, and not on the CNC machine. A server, four
//! agents as processes of their own, packages that are real archives; what is printed comes from the public API.

mod story;

use crate::config::{Config, ServeArgs};
use crate::secrets;
use crate::server::Server;
use crate::stop::StopRequests;
use anyhow::bail;
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use upkeep_event_store::sqlite::lock;
use upkeep_world::real_world;

/// Marks a folder as a demo's, so that nothing else is ever cleared away.
const MARKER: &str = ".upkeep-demo";
/// The file of the keys of secrets in it, beside the server's data.
const KEYS: &str = "secrets-keys";
/// The server's data directory in it.
const SERVER: &str = "server";

#[derive(Args)]
pub struct DemoArgs {
    /// Where the demo keeps everything; it is cleared first if an earlier demo made it
    #[arg(long, default_value = "demo-data")]
    data_dir: PathBuf,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The agent's program; beside this one if not given
    #[arg(long)]
    agent: Option<PathBuf>,
    /// Take the pack over that comes with the program, so that the catalogue is not empty
    #[arg(long)]
    catalogue: bool,
    /// End after the story instead of serving on
    #[arg(long)]
    once: bool,
}

pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let agent = match args.agent {
        Some(agent) => agent,
        None => std::env::current_exe()?.with_file_name("upkeep-agent"),
    };
    if !agent.is_file() {
        bail!(
            "there is no agent at {}: build it, or name it with --agent",
            agent.display()
        );
    }
    let folder = prepare(&args.data_dir)?;
    let keys = folder.join(KEYS);
    secrets::ensure(&keys, &real_world())?;
    let serve = ServeArgs {
        data_dir: Some(folder.join(SERVER)),
        listen: Some(args.listen),
        secrets_key_file: Some(keys),
        ..ServeArgs::default()
    };
    let server = Server::start(&Config::load(&serve)?).await?;
    let mut stops = StopRequests::listen();
    let told = tokio::select! {
        told = story::tell(&server, &folder, &agent) => told,
        error = server.failed() => Err(error),
        () = stops.next() => {
            server.stop().await;
            return Ok(());
        }
    };
    let story = match told {
        Ok(story) => story,
        Err(error) => {
            server.stop().await;
            return Err(error);
        }
    };
    let mut failure = None;
    if args.catalogue {
        crate::catalogue::take_embedded_over(&story.client).await?;
    }
    if !args.once {
        story.invite(&folder).await?;
        tokio::select! {
            error = server.failed() => failure = Some(error),
            () = stops.next() => {}
        }
    }
    story.end().await;
    server.stop().await;
    failure.map_or(Ok(()), Err)
}

/// An empty folder that carries the marker.
fn prepare(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        let is_empty = std::fs::read_dir(folder)?.next().is_none();
        if !is_empty && !folder.join(MARKER).exists() {
            bail!(
                "{} is no folder of a demo: choose another one with --data-dir",
                folder.display()
            );
        }
        // One that runs would go on with files that are gone.
        let server = folder.join(SERVER);
        if server.exists() {
            drop(lock(&server)?);
        }
        // Scripts ran in it as whoever runs the demo: what they left mounted there is nobody's to delete.
        let remains = upkeep_removal::remove(folder);
        if !remains.is_empty() {
            bail!(
                "{} cannot be cleared, is another demo running? {remains}",
                folder.display()
            );
        }
    }
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(MARKER), "")?;
    Ok(folder.canonicalize()?)
}
