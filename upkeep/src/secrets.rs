//! `upkeep secrets`: the keys of secrets, on the server's own machine.

use crate::answer;
use anyhow::Context;
use clap::Subcommand;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use upkeep_event_store::private;
use upkeep_vault::{NEW_KEY_BYTES, NewKey};
use upkeep_world::{World, real_world};

#[derive(Subcommand)]
pub enum SecretsCommand {
    /// Make a file with a new key for secrets, readable by its owner alone; a file that is there is left alone
    NewKey {
        /// The file, outside of the data directory
        file: PathBuf,
    },
}

pub fn run(command: &SecretsCommand) -> anyhow::Result<()> {
    match command {
        SecretsCommand::NewKey { file } => {
            make(file, &real_world())?;
            answer(&format!(
                "a key for secrets is in {0}: start the server with --secrets-key-file {0}, and keep a copy of the file; without it the secrets are \
                 lost",
                file.display()
            ))
        }
    }
}

/// Makes a file with a new key, where there is none.
pub fn make(file: &Path, world: &World) -> anyhow::Result<()> {
    let mut random = [0; NEW_KEY_BYTES];
    world.fill(&mut random)?;
    private::write_new(file, NewKey::new(random).text().as_bytes()).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => format!(
                "{} is there already, and its keys may be needed: choose another name, and add the new key above the old ones",
                file.display()
            ),
            _ => format!("{} cannot be written", file.display()),
        };
        anyhow::Error::new(error).context(why)
    })
}

/// Makes one where there is none yet.
pub fn ensure(file: &Path, world: &World) -> anyhow::Result<()> {
    if file
        .try_exists()
        .context("a file of keys cannot be looked for")?
    {
        return Ok(());
    }
    make(file, world)
}
