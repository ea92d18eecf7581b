//! The agent's command line.

mod token;

use clap::{Args, Parser, Subcommand};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use upkeep_agent::{enrol, platform, proven, state};
use upkeep_agent_protocol::Facts;

/// The Upkeep agent: brings this computer into the state that your service provider's rules describe.
#[derive(Parser)]
#[command(name = "upkeep-agent", version)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Place {
    /// Treat this folder as the computer: its identity (sys/class/dmi/id, etc/machine-id, etc/hostname), the
    /// agent's state (var/lib/upkeep-agent) and the scripts' UPKEEP_ROOT lie in it, so that several agents can
    /// run on one machine as separate computers
    #[arg(long, global = true, env = "UPKEEP_AGENT_ROOT", default_value = "/")]
    root: PathBuf,
    /// Folders in which the programs that run scripts (sh, bash, python3, pwsh) are looked for before the usual ones,
    /// with colons between them
    #[arg(
        long,
        global = true,
        env = "UPKEEP_AGENT_INTERPRETER_PATH",
        value_delimiter = ':'
    )]
    interpreter_path: Vec<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Enrol with a token, once
    Enrol(EnrolArgs),
    /// Connect and work until stopped; enrols first if a token is given and it is not enrolled yet
    Run(RunArgs),
    /// Print what the agent would report of this computer, as JSON
    Facts,
}

#[derive(Args)]
struct EnrolArgs {
    /// The server's address, such as https://upkeep.example
    #[arg(long, env = "UPKEEP_AGENT_SERVER")]
    server: String,
    #[command(flatten)]
    token: token::TokenArgs,
    /// Allow http:// to a server that is not on this machine; everything but the proofs of identity is then readable
    #[arg(long)]
    allow_plain_http: bool,
}

#[derive(Args)]
struct RunArgs {
    /// The server's address, if it is not enrolled yet, or if the server moved: its keys must be the same
    #[arg(long, env = "UPKEEP_AGENT_SERVER")]
    server: Option<String>,
    #[command(flatten)]
    token: token::TokenArgs,
    /// Allow http:// to a server that is not on this machine
    #[arg(long)]
    allow_plain_http: bool,
    /// The longest wait between two attempts to connect, in seconds
    #[arg(long, env = "UPKEEP_AGENT_RECONNECT_MAX", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    reconnect_max: u64,
}

fn main() -> ExitCode {
    // Nothing that is made here can be read by other accounts; scripts have a mask of their own (`process.rs`).
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            EnvFilter::try_from_env("UPKEEP_AGENT_LOG").unwrap_or_else(|_| EnvFilter::new("info")),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    // The WebSockets' library writes whole frames there, and in orders are the secrets that scripts are told.
    log::set_max_level(log::max_level().min(log::LevelFilter::Debug));
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow::anyhow!("the TLS library was set up twice"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let computer =
            platform::Computer::new(cli.place.root).looking_first_in(cli.place.interpreter_path);
        match cli.command {
            Command::Facts => {
                let state = state::State::open(&computer.state_directory())?;
                let facts = Facts {
                    interpreters: proven::interpreters(&computer).await,
                    ..computer.facts(&state.generated_id()?)
                };
                writeln!(
                    std::io::stdout(),
                    "{}",
                    serde_json::to_string_pretty(&facts)?
                )?;
                Ok(())
            }
            Command::Enrol(args) => {
                let token = args.token.read()?.ok_or_else(|| {
                    anyhow::anyhow!(
                        "give the enrolment token with --token-file FILE, or - for standard input"
                    )
                })?;
                let mut state = state::State::open(&computer.state_directory())?;
                let server = enrol::ServerUrl::parse(&args.server, args.allow_plain_http)?;
                enrol::enrol(&mut state, &computer, &server, &token).await
            }
            Command::Run(args) => work(computer, args).await,
        }
    })
}

async fn work(computer: platform::Computer, args: RunArgs) -> anyhow::Result<()> {
    let mut state = state::State::open(&computer.state_directory())?;
    if state.identity()?.is_none() {
        let (Some(server), Some(token)) = (&args.server, args.token.read()?) else {
            anyhow::bail!(
                "this agent is not enrolled: give --server and --token-file, or run `upkeep-agent enrol` first"
            );
        };
        let server = enrol::ServerUrl::parse(server, args.allow_plain_http)?;
        enrol::enrol(&mut state, &computer, &server, &token).await?;
    }
    if let Some(server) = &args.server {
        let server = enrol::ServerUrl::parse(server, args.allow_plain_http)?;
        state.moved(&server.0)?;
    }
    let identity = state
        .identity()?
        .ok_or_else(|| anyhow::anyhow!("the enrolment was not kept: check the state folder"))?;
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    let signals = tokio::spawn(async move {
        stop_requested().await;
        stopper.cancel();
    });
    let settings = upkeep_agent::settings(Duration::from_secs(args.reconnect_max));
    upkeep_agent::work(computer, state, identity, settings, stop).await?;
    signals.abort();
    Ok(())
}

/// Waits for the request to stop: Ctrl-C, or the service manager's SIGTERM.
async fn stop_requested() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) {
            (Ok(mut terminate), Ok(mut interrupt)) => {
                tokio::select! {
                    // Both say the same.
                    biased;
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            _ => std::future::pending().await,
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
