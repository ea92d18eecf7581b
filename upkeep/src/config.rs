//! The server's configuration: flags, then the environment, then a TOML file, then defaults.

use anyhow::{Context, bail};
use clap::Args;
use serde::Deserialize;
use std::convert::Infallible;
use std::fmt;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use upkeep_api::{MAX_ORIGINS, Origin};
use upkeep_event_store::eventstoredb::SCHEMES;

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const DEFAULT_DATA_DIR: &str = "upkeep-data";
const DEFAULT_MAX_RUNNING_SESSIONS: usize = 100;
const DEFAULT_LEASE: Duration = Duration::from_secs(30);
/// A server that is busy for a moment must not lose its lease.
const MIN_LEASE: Duration = Duration::from_secs(3);
const DEFAULT_OUTPUT_RETENTION_DAYS: u64 = 90;
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
    /// An EventStoreDB or KurrentDB server or cluster that holds the events, esdb://user:password@host:2113; better
    /// in the environment than on the command line, where others see it [default: the embedded store]
    #[arg(long, env = "UPKEEP_EVENT_STORE", hide_env_values = true)]
    pub event_store: Option<ConnectionString>,
    /// An address on which the embedded store speaks EventStoreDB's protocol [default: none]
    #[arg(long, env = "UPKEEP_EVENT_STORE_LISTEN")]
    pub event_store_listen: Option<SocketAddr>,
    /// A certificate for that address, PEM [default: no TLS]
    #[arg(
        long,
        env = "UPKEEP_EVENT_STORE_TLS_CERT",
        requires = "event_store_tls_key"
    )]
    pub event_store_tls_cert: Option<PathBuf>,
    /// The certificate's key, PEM
    #[arg(
        long,
        env = "UPKEEP_EVENT_STORE_TLS_KEY",
        requires = "event_store_tls_cert"
    )]
    pub event_store_tls_key: Option<PathBuf>,
    /// What all servers of one event store have in common: packages/, server-keys, checkpoint-public-keys/ [default: the data
    /// directory]
    #[arg(long, env = "UPKEEP_SHARED_DIR")]
    pub shared_dir: Option<PathBuf>,
    /// A file with the keys of the secrets that tasks are told, made by `upkeep secrets new-key`; it is outside of the data directory,
    /// readable by the server's account alone, and the same for all servers of one event store [default: no secrets]
    #[arg(long, env = "UPKEEP_SECRETS_KEY_FILE")]
    pub secrets_key_file: Option<PathBuf>,
    /// How long other servers wait before they take over from one that is silent, in seconds [default: 30]
    #[arg(long, env = "UPKEEP_LEASE_SECONDS")]
    pub lease_seconds: Option<u64>,
    /// How long the output of scripts is kept, in days [default: 90]
    #[arg(long, env = "UPKEEP_OUTPUT_RETENTION_DAYS")]
    pub output_retention_days: Option<u64>,
    /// Where pages come from that may ask out of a browser, https://console.example; again for each, in the environment with commas
    /// between them [default: nobody]
    #[arg(
        long = "cors-origin",
        env = "UPKEEP_CORS_ORIGIN",
        value_delimiter = ','
    )]
    pub cors_origins: Vec<String>,
    /// Where people open the console, https://upkeep.example, if a proxy with TLS stands in front: the console's cookie then goes over
    /// TLS alone, and counts from there alone [default: wherever requests go, without TLS]
    #[arg(long, env = "UPKEEP_PUBLIC_URL")]
    pub public_url: Option<String>,
}

/// Longest connection string in a file, in bytes.
const MAX_CONNECTION_STRING_BYTES: u64 = 4 * 1024;

/// How to reach an event store. It holds a password: it is never shown. Anything is taken for one at first, as the command
/// line's own errors repeat what they refuse; [`Self::check`] comes before it is used.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct ConnectionString(String);

impl ConnectionString {
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The string itself, from the file that `@FILE` names where it is given so.
    pub fn reveal(&self) -> anyhow::Result<String> {
        let Some(path) = self.0.strip_prefix('@') else {
            self.check()?;
            return Ok(self.0.clone());
        };
        let mut text = String::new();
        std::fs::File::open(path)
            .and_then(|file| {
                file.take(MAX_CONNECTION_STRING_BYTES)
                    .read_to_string(&mut text)
            })
            .with_context(|| format!("the connection string cannot be read from {path}"))?;
        let found = Self::new(text.trim());
        if found.0.starts_with('@') {
            bail!("{path} names another file: write the connection string into it");
        }
        found.reveal()
    }

    /// Refuses what cannot be one.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.0.starts_with('@') || SCHEMES.iter().any(|scheme| self.0.starts_with(scheme)) {
            return Ok(());
        }
        bail!(
            "the connection string of the event store is not shown, as it may hold a password; it must begin with one of {}",
            SCHEMES.join(", ")
        )
    }
}

impl FromStr for ConnectionString {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl fmt::Debug for ConnectionString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[not shown]")
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct File {
    data_dir: Option<PathBuf>,
    listen: Option<SocketAddr>,
    max_running_sessions: Option<usize>,
    max_package_bytes: Option<u64>,
    event_store: Option<ConnectionString>,
    event_store_listen: Option<SocketAddr>,
    event_store_tls_cert: Option<PathBuf>,
    event_store_tls_key: Option<PathBuf>,
    shared_dir: Option<PathBuf>,
    #[serde(rename = "secrets_key_file")]
    secrets_keys: Option<PathBuf>,
    lease_seconds: Option<u64>,
    output_retention_days: Option<u64>,
    cors_origin: Vec<String>,
    public_url: Option<String>,
}

/// The settings that are in force.
#[derive(Clone, Debug)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub max_running_sessions: usize,
    pub max_package_bytes: u64,
    /// Nothing is the embedded store.
    pub event_store: Option<ConnectionString>,
    pub event_store_listen: Option<SocketAddr>,
    /// Certificate and key.
    pub event_store_tls: Option<(PathBuf, PathBuf)>,
    pub shared_dir: PathBuf,
    /// Nothing is no secrets.
    pub secrets_key_file: Option<PathBuf>,
    pub lease: Duration,
    pub output_retention: Duration,
    /// Where pages come from that may ask.
    pub cors_origins: Vec<Origin>,
    /// Where people open the console; nothing is where their requests go.
    pub public_url: Option<Origin>,
}

impl Config {
    pub fn load(args: &ServeArgs) -> anyhow::Result<Self> {
        let file = match &args.config {
            None => File::default(),
            Some(path) => read(path)?,
        };
        let default_listen: SocketAddr = DEFAULT_LISTEN.parse()?;
        let data_dir = args
            .data_dir
            .clone()
            .or(file.data_dir)
            .unwrap_or_else(|| DEFAULT_DATA_DIR.into());
        let certificate = args
            .event_store_tls_cert
            .clone()
            .or(file.event_store_tls_cert);
        let key = args
            .event_store_tls_key
            .clone()
            .or(file.event_store_tls_key);
        let lease = args
            .lease_seconds
            .or(file.lease_seconds)
            .map_or(DEFAULT_LEASE, Duration::from_secs);
        let output_retention_days = args
            .output_retention_days
            .or(file.output_retention_days)
            .unwrap_or(DEFAULT_OUTPUT_RETENTION_DAYS);
        let cors_origins = match args.cors_origins.as_slice() {
            [] => &file.cors_origin,
            given => given,
        };
        let config = Self {
            cors_origins: origins(cors_origins)?,
            public_url: (args.public_url.as_ref().or(file.public_url.as_ref()))
                .map(|text| text.parse())
                .transpose()
                .context("public-url is wrong")?,
            event_store: args.event_store.clone().or(file.event_store),
            event_store_listen: args.event_store_listen.or(file.event_store_listen),
            event_store_tls: certificate.zip(key),
            shared_dir: args
                .shared_dir
                .clone()
                .or(file.shared_dir)
                .unwrap_or_else(|| data_dir.clone()),
            secrets_key_file: args.secrets_key_file.clone().or(file.secrets_keys),
            lease,
            output_retention: Duration::from_secs(
                output_retention_days.saturating_mul(24 * 60 * 60),
            ),
            data_dir,
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
        if let Some(event_store) = &config.event_store {
            event_store.check()?;
        }
        if config.max_running_sessions == 0 {
            bail!("max-running-sessions is 0: no session would ever run; give at least 1");
        }
        if config.event_store.is_some() && config.event_store_listen.is_some() {
            bail!(
                "event-store-listen serves the embedded store, and event-store names another one: give one of the two"
            );
        }
        if config.lease < MIN_LEASE {
            bail!(
                "lease-seconds is {}: give at least {}",
                config.lease.as_secs(),
                MIN_LEASE.as_secs()
            );
        }
        Ok(config)
    }
}

fn origins(texts: &[String]) -> anyhow::Result<Vec<Origin>> {
    if texts.len() > MAX_ORIGINS {
        bail!(
            "cors-origin names {} origins: at most {MAX_ORIGINS}",
            texts.len()
        );
    }
    let parsed = texts.iter().map(|text| text.parse());
    parsed
        .collect::<Result<_, _>>()
        .context("cors-origin is wrong")
}

fn read(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
    toml::from_str(&text).map_err(|error| {
        anyhow::anyhow!(
            "the configuration {} is wrong: {}",
            path.display(),
            told(&text, &error)
        )
    })
}

/// What is wrong and where, but not what stands there: it may be a password.
fn told(text: &str, error: &toml::de::Error) -> String {
    let place = error.span().map_or_else(String::new, |span| {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        format!(" in line {line}, column {column}")
    });
    let unknown = error
        .message()
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split_once('`'))
        .map(|(name, _)| name)
        .filter(|name| {
            name.chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        });
    match unknown {
        Some(name) => format!(
            "there is no setting {name}{place}; they are named as the flags, their dashes as underscores"
        ),
        None => format!(
            "something cannot be read{place}: texts stand in quotation marks, numbers do not, and each setting once; what stands there is not shown, as it may hold a password"
        ),
    }
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
        for wrong in [
            "max_running_sessions = 0\n",
            "lease_seconds = 1\n",
            "event_store = \"esdb://a\"\nevent_store_listen = \"127.0.0.1:2113\"\n",
            "cors_origin = [\"*\"]\n",
            "cors_origin = [\"https://console.example\", \"console.example\"]\n",
        ] {
            std::fs::write(&path, wrong).unwrap();
            assert!(Config::load(&args).is_err(), "{wrong}");
        }
    }

    #[test]
    fn origins_come_from_the_first_that_names_any() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("upkeep.toml");
        let mut args = ServeArgs {
            config: Some(path.clone()),
            ..ServeArgs::default()
        };
        let named = |text: &str| vec![text.parse::<Origin>().unwrap()];
        std::fs::write(&path, "").unwrap();
        assert_eq!(Config::load(&args).unwrap().cors_origins, vec![]);
        std::fs::write(&path, "cors_origin = [\"https://a.example\"]\n").unwrap();
        let of_file = Config::load(&args).unwrap().cors_origins;
        assert_eq!(of_file, named("https://a.example"));
        args.cors_origins = vec!["https://b.example".to_owned()];
        let of_flag = Config::load(&args).unwrap().cors_origins;
        assert_eq!(of_flag, named("https://b.example"));
        args.cors_origins = vec!["https://b.example".to_owned(); MAX_ORIGINS + 1];
        assert!(Config::load(&args).is_err(), "too many");
    }

    #[test]
    fn a_connection_string_is_never_shown() {
        let secret: ConnectionString = "esdb://user:secret@host:2113".parse().unwrap();
        assert!(!format!("{secret:?}").contains("secret"));
        secret.check().unwrap();
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("connection");
        let in_file = ConnectionString::new(&format!("@{}", path.display()));
        assert!(in_file.reveal().is_err(), "there is no such file");
        for (text, is_one) in [
            ("esdb://u:secret@host\n", true),
            ("u:secret@host", false),
            ("@other", false),
        ] {
            std::fs::write(&path, text).unwrap();
            match in_file.reveal() {
                Ok(found) => assert!(is_one && found == text.trim()),
                Err(error) => assert!(
                    !is_one && !format!("{error:#}").contains("secret"),
                    "{error:#}"
                ),
            }
        }
        for wrong in ["http://u:secret@host", "esdb:/u:secret@host", "secret"] {
            let error = ConnectionString::new(wrong).check().unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_public_url_is_where_pages_come_from_and_nothing_more() {
        let with = |url: &str| {
            Config::load(&ServeArgs {
                public_url: Some(url.to_owned()),
                ..ServeArgs::default()
            })
        };
        let config = with("https://Upkeep.example:443").unwrap();
        let told = config.public_url.map(|url| url.text().to_owned());
        assert_eq!(told.as_deref(), Some("https://upkeep.example"));
        let error = format!("{:#}", with("upkeep.example/console").unwrap_err());
        assert!(error.contains("public-url is wrong: `upkeep.example/console` is no origin"));
    }

    #[test]
    fn a_mistyped_file_is_told_without_what_stands_in_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("upkeep.toml");
        let args = ServeArgs {
            config: Some(path.clone()),
            ..ServeArgs::default()
        };
        for wrong in [
            "event_store = \"esdb://u:secret@host\n",
            "event_store = esdb://u:secret@host\n",
            "event_store = \"esbd://u:secret@host\"\n",
            "max_running_sessions = \"secret\"\n",
            "listen = \"esdb://u:secret@host\"\n",
            "event_store = \"a\"\nevent_store = \"secret\"\n",
            "\"esdb://u:secret@host\" = 1\n",
            "secret@host\n",
        ] {
            std::fs::write(&path, wrong).unwrap();
            let error = format!("{:#}", Config::load(&args).unwrap_err());
            assert!(!error.contains("secret"), "{wrong}: {error}");
        }
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\nevnt_store = \"secret\"\n").unwrap();
        let error = format!("{:#}", Config::load(&args).unwrap_err());
        assert!(
            error.contains("evnt_store in line 2") && !error.contains("secret"),
            "{error}"
        );
    }
}
