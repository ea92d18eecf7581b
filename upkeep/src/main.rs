//! The server and its command line: the composition root. Nothing is decided here; parts are put together.

// Optimised, the compiler looks into the whole tree of the schema's futures from here: 130 levels.
#![recursion_limit = "256"]

mod catalogue;
mod client;
mod config;
mod console;
mod demo;
mod door;
mod events;
mod installation;
mod log;
mod operator;
mod privacy;
mod secrets;
mod server;
mod stop;
mod store;
mod tokens;

use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::process::ExitCode;

/// Keeps the computers of many customers in the state that your rules describe.
///
/// Exit codes: 0 all is well, 1 it failed and the last line says why, 2 the command line was wrong, 3 the data
/// directory is in use by another server.
#[derive(Parser)]
#[command(name = "upkeep", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(config::ServeArgs),
    /// Show the main job on this machine: three tenants, four agents, real packages
    Demo(demo::DemoArgs),
    /// Print, follow and filter the events as JSON lines, beside a running server or without one
    Events(events::EventsArgs),
    /// Manage API tokens, on the server's own machine
    #[command(subcommand)]
    Token(tokens::TokenCommand),
    /// Get into the web console, on the server's own machine
    #[command(subcommand)]
    Console(console::ConsoleCommand),
    /// Make keys for the secrets that tasks are told
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    /// Look at sources of the Global Software catalogue, and take their titles over
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    /// Move, check and look after event stores
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Print the GraphQL schema
    Schema,
}

fn main() -> ExitCode {
    privacy::begin();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error),
    };
    let default_level = match cli.command {
        Command::Demo(_) => "warn",
        _ => "info",
    };
    log::start(default_level);
    // An argument may be a path that is no Unicode.
    let has_password = std::env::args_os().any(|argument| {
        let text = argument.to_string_lossy();
        privacy::redact(&text) != text
    });
    if has_password {
        tracing::warn!(
            "a password stands on the command line, where every account of this machine can read it: give the connection string in the \
             environment, in the TOML file, or as @FILE with the file that holds it"
        );
    }
    // The only user of TLS that is not given one is the event store's client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not through the log: it is the command's answer, whatever the log's level.
            eprintln!("upkeep: {}", privacy::redact(&format!("{error:#}")));
            match error.downcast_ref::<upkeep_event_store::OpenError>() {
                Some(upkeep_event_store::OpenError::Locked { .. }) => ExitCode::from(3),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

/// Help and version are asked for; everything else is told without what may be a password in it.
fn misunderstood(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nobody is left to be told that nobody listens.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let styled = error.render();
    let text = if std::io::stderr().is_terminal() {
        styled.ansi().to_string()
    } else {
        styled.to_string()
    };
    eprint!("{}", privacy::redact(&text));
    ExitCode::from(2)
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve(args) => server::serve(config::Config::load(&args)?).await,
            Command::Demo(args) => demo::run(args).await,
            Command::Events(args) => events::run(args).await,
            Command::Token(command) => tokens::run(command).await,
            Command::Console(command) => console::run(command).await,
            Command::Secrets(command) => secrets::run(&command),
            Command::Catalogue(command) => catalogue::run(command).await,
            Command::Store(command) => store::run(command).await,
            Command::Schema => answer(&upkeep_api::sdl()),
        }
    });
    // What still computes for nobody does not keep the process: all that must be on disk is.
    runtime.shutdown_background();
    done
}

/// Writes a command's answer. A reader that has seen enough is no error.
fn answer(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
