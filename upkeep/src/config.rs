//! The server's configuration: flags, then the environment, then a TOML file, then defaults.

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_DATA_DIR: &str = "upkeep-data";
const DEFAULT_MAX_RUNNING_SESSIONS: usize = 100;
const DEFAULT_MAX_PACKAGE_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// What each setting means is said once, here.
#[derive(Args, Default)]
pub struct ServeArgs {
    /// A TOML file with the same settings, their dashes as underscores; flags and the environment come first
    #[arg(long, env = "UPKEEP_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where everything is kept [default: upkeep-data]
    #[arg(long, env = "UPKEEP_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, env = "UPKEEP_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Maintenance sessions that run at once on the whole installation [default: 100]
    #[arg(long, env = "UPKEEP_MAX_RUNNING_SESSIONS")]
    pub max_running_sessions: Option<usize>,
    /// The largest package that may be uploaded, in bytes [default: 4294967296]
    #[arg(long, env = "UPKEEP_MAX_PACKAGE_BYTES")]
    pub max_package_bytes: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    data_dir: Option<PathBuf>,
    listen: Option<SocketAddr>,
    max_running_sessions: Option<usize>,
    max_package_bytes: Option<u64>,
}

/// The settings that are in force.
#[derive(Clone, Debug)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub max_running_sessions: usize,
    pub max_package_bytes: u64,
}

impl Config {
    pub fn load(args: &ServeArgs) -> anyhow::Result<Self> {
        let file = match &args.config {
            None => File::default(),
            Some(path) => read(path)?,
        };
        let default_listen: SocketAddr = DEFAULT_LISTEN.parse()?;
        let config = Self {
            data_dir: args
                .data_dir
                .clone()
                .or(file.data_dir)
                .unwrap_or_else(|| DEFAULT_DATA_DIR.into()),
            listen: args.listen.or(file.listen).unwrap_or(default_listen),
            max_running_sessions: args
                .max_running_sessions
                .or(file.max_running_sessions)
                .unwrap_or(DEFAULT_MAX_RUNNING_SESSIONS),
            max_package_bytes: args
                .max_package_bytes
                .or(file.max_package_bytes)
                .unwrap_or(DEFAULT_MAX_PACKAGE_BYTES),
        };
        if config.max_running_sessions == 0 {
            bail!("max-running-sessions is 0: no session would ever run; give at least 1");
        }
        Ok(config)
    }
}

fn read(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration {} is wrong", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_before_the_file_and_the_file_before_defaults() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("upkeep.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:1\"\nmax_running_sessions = 7\n",
        )
        .unwrap();
        let args = ServeArgs {
            config: Some(path.clone()),
            listen: Some("127.0.0.1:2".parse().unwrap()),
            ..ServeArgs::default()
        };
        let config = Config::load(&args).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.max_running_sessions, 7);
        assert_eq!(config.max_package_bytes, DEFAULT_MAX_PACKAGE_BYTES);
        std::fs::write(&path, "lissten = 1\n").unwrap();
        assert!(
            Config::load(&args).is_err(),
            "a misspelt setting is an error"
        );
        std::fs::write(&path, "max_running_sessions = 0\n").unwrap();
        assert!(Config::load(&args).is_err());
    }
}
