//! `upkeep store`: moving, checking and looking after event stores.

use crate::config::ConnectionString;
use crate::server::free_space;
use crate::stop::StopRequests;
use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_event_store::evidence::checkpoint::{CheckpointKey, published_keys};
use upkeep_event_store::evidence::verify::verify;
use upkeep_event_store::transfer::{Moved, copy, export, import, manifest_path};
use upkeep_event_store::{
    EventStore, EventStoreDb, ReadOnlyStore, SqliteStore, private, real_world, sqlite,
};
use upkeep_event_store_wire::{Role, Tls, Users, WireServer};

const DEFAULT_DATA_DIR: &str = "upkeep-data";

/// A store: a data directory, or a connection string.
#[derive(Clone)]
pub enum Place {
    Directory(PathBuf),
    Server(ConnectionString),
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if is_connection_string(text) {
            Self::Server(ConnectionString::new(text))
        } else {
            Self::Directory(text.into())
        })
    }
}

/// Also a mistyped one: it must not become the name of a directory, for all to read.
fn is_connection_string(text: &str) -> bool {
    let has_password = text
        .split_once('@')
        .is_some_and(|(before, _)| before.contains(':'));
    text.starts_with('@') || text.contains("://") || has_password
}

impl Place {
    async fn connect(connection: &ConnectionString) -> anyhow::Result<Arc<dyn EventStore>> {
        let connection = connection.reveal()?;
        Ok(Arc::new(
            EventStoreDb::connect(&connection, real_world()).await?,
        ))
    }

    /// For reading only, also beside a running server.
    pub async fn read(&self) -> anyhow::Result<Arc<dyn EventStore>> {
        match self {
            Self::Directory(directory) => {
                Ok(Arc::new(ReadOnlyStore::open(directory, real_world())?))
            }
            Self::Server(connection) => Self::connect(connection).await,
        }
    }

    /// For writing: a data directory must not be in use.
    async fn write(&self) -> anyhow::Result<Arc<dyn EventStore>> {
        match self {
            Self::Directory(directory) => Ok(Arc::new(SqliteStore::open(directory, real_world())?)),
            Self::Server(connection) => Self::connect(connection).await,
        }
    }
}

#[derive(Args)]
pub struct Of {
    /// The store: a data directory, or a connection string such as esdb://user:password@host:2113
    #[arg(long, env = "UPKEEP_STORE", hide_env_values = true, default_value = DEFAULT_DATA_DIR)]
    store: Place,
}

#[derive(Args)]
pub struct OfDirectory {
    /// The server's data directory
    #[arg(long, env = "UPKEEP_DATA_DIR", default_value = DEFAULT_DATA_DIR)]
    data_dir: PathBuf,
}

#[derive(Subcommand)]
pub enum StoreCommand {
    /// Serve a store alone, without the rest of Upkeep, for servers on other machines
    Serve {
        #[command(flatten)]
        of: OfDirectory,
        /// The address on which it speaks EventStoreDB's protocol
        #[arg(long, default_value = "127.0.0.1:2113")]
        listen: SocketAddr,
        /// A certificate for that address, PEM [default: no TLS]
        #[arg(long, requires = "tls_key")]
        tls_cert: Option<PathBuf>,
        /// The certificate's key, PEM
        #[arg(long, requires = "tls_cert")]
        tls_key: Option<PathBuf>,
    },
    /// Write all events to a compressed file of JSON lines, and a manifest beside it
    Export {
        #[command(flatten)]
        of: Of,
        /// The file to write, such as events.jsonl.gz
        file: PathBuf,
    },
    /// Read a file that `export` wrote into a store; what is there from an earlier try is passed over
    Import {
        #[command(flatten)]
        of: Of,
        file: PathBuf,
    },
    /// Copy all events from one store to another; a copy that was broken off is gone on with
    Copy {
        /// A data directory, or a connection string
        #[arg(long)]
        from: Place,
        /// A data directory that is not in use, or a connection string
        #[arg(long)]
        to: Place,
    },
    /// Copy the embedded store into one file, also while a server runs
    Backup {
        #[command(flatten)]
        of: OfDirectory,
        file: PathBuf,
    },
    /// Make a backup the store of a data directory that has none
    Restore {
        #[command(flatten)]
        of: OfDirectory,
        file: PathBuf,
    },
    /// Read everything again and look for events that were changed, removed, inserted or reordered
    Verify {
        #[command(flatten)]
        of: Of,
        /// A public key whose checkpoints count, besides the data directory's own; may be given several times
        #[arg(long = "trust")]
        trusted: Vec<String>,
        /// Where keys are, for a store that is no data directory: what servers share (--shared-dir), or a data directory; may be
        /// given several times
        #[arg(long)]
        key_dir: Vec<PathBuf>,
    },
    /// Free the space of events that retention hides, without a server
    Scavenge {
        #[command(flatten)]
        of: OfDirectory,
    },
    /// Print the public key with which this server signs checkpoints
    Key {
        #[command(flatten)]
        of: OfDirectory,
    },
    /// Manage who may use the embedded store in EventStoreDB's protocol
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user and print the password, once
    Add {
        #[command(flatten)]
        of: OfDirectory,
        name: String,
        /// What the user may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// A group that stands for the user in the lists of streams, `$acl` in their metadata; may be given several times
        #[arg(long = "group")]
        groups: Vec<String>,
    },
    /// List all users
    List {
        #[command(flatten)]
        of: OfDirectory,
    },
    /// Remove a user
    Remove {
        #[command(flatten)]
        of: OfDirectory,
        name: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Read and subscribe
    Reader,
    /// That, append to streams that are neither Upkeep's nor the store's own, delete those, and use persistent subscriptions
    Writer,
    /// Everything: a server of Upkeep that keeps its events here
    Server,
}

pub async fn run(command: StoreCommand) -> anyhow::Result<()> {
    match command {
        StoreCommand::Serve {
            of,
            listen,
            tls_cert,
            tls_key,
        } => serve_alone(&of.data_dir, listen, tls_cert.zip(tls_key)).await,
        StoreCommand::Export { of, file } => export_to(&of.store, &file).await,
        StoreCommand::Import { of, file } => import_from(&file, &of.store).await,
        StoreCommand::Copy { from, to } => copy_all(&from, &to).await,
        StoreCommand::Backup { of, file } => {
            let bar = bar("pages");
            sqlite::backup(&of.data_dir, &file, |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            })?;
            bar.finish_and_clear();
            crate::answer(&format!("{} holds the whole store", file.display()))
        }
        StoreCommand::Restore { of, file } => {
            let bar = bar("pages");
            let restored = sqlite::restore(&file, &of.data_dir, |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            })?;
            bar.finish_and_clear();
            let newest = restored.newest.map_or_else(String::new, |newest| {
                format!(", the newest of {}", newest.to_rfc3339())
            });
            crate::answer(&format!(
                "{} has the store of the backup: {} events in {} streams{newest}",
                of.data_dir.display(),
                restored.events,
                restored.streams
            ))
        }
        StoreCommand::Verify {
            of,
            trusted,
            key_dir,
        } => check(&of.store, trusted, key_dir).await,
        StoreCommand::Scavenge { of } => {
            let store = SqliteStore::open(&of.data_dir, real_world())?;
            let before = store.reader().count().await?;
            store.scavenge().await?;
            let after = store.reader().count().await?;
            crate::answer(&format!("{} events removed, {after} left", before - after))
        }
        StoreCommand::Key { of } => crate::answer(&key(&of.data_dir)?.public()),
        StoreCommand::User(command) => users(command),
    }
}

async fn serve_alone(
    data_dir: &Path,
    listen: SocketAddr,
    tls: Option<(PathBuf, PathBuf)>,
) -> anyhow::Result<()> {
    let mut stops = StopRequests::listen();
    let store = Arc::new(SqliteStore::open(data_dir, real_world())?);
    let stop = CancellationToken::new();
    let (address, serving) =
        serve_store(store.clone(), data_dir, listen, tls.as_ref(), stop.clone()).await?;
    let serving = tokio::spawn(serving);
    let freeing = tokio::spawn(free_space(store.clone(), real_world(), stop.clone()));
    crate::answer(&format!("EventStoreDB's protocol on {address}"))?;
    let failure = tokio::select! {
        cause = store.failed() => Some(cause),
        () = stops.next() => None,
    };
    stop.cancel();
    serving.await?;
    freeing.await?;
    match failure {
        Some(cause) => {
            bail!("the event store failed: {cause}; start it again, it goes on where it stopped")
        }
        None => Ok(()),
    }
}

/// Listens for EventStoreDB's protocol; what it answers with is to be spawned.
pub async fn serve_store(
    store: Arc<SqliteStore>,
    data_dir: &Path,
    listen: SocketAddr,
    tls: Option<&(PathBuf, PathBuf)>,
    stop: CancellationToken,
) -> anyhow::Result<(SocketAddr, impl Future<Output = ()> + Send + use<>)> {
    let users = Users::open(data_dir)?;
    if users.is_empty() {
        tracing::warn!(
            "nobody may use the event store's address yet; add a user with `upkeep store user add`"
        );
    }
    let tls = match tls {
        None => None,
        Some((certificate, key)) => Some(Tls {
            certificate: read_file(certificate)?,
            key: read_file(key)?,
        }),
    };
    if tls.is_none() && !listen.ip().is_loopback() {
        tracing::warn!(
            %listen, "the event store's passwords and events cross the network in the clear: give it a certificate"
        );
    }
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen} for the event store: choose another address")
    })?;
    let address = listener.local_addr()?;
    let wire = WireServer::new(store, users, tls);
    let serving = async move {
        if let Err(error) = wire.serve(listener, address, stop).await {
            tracing::error!(%error, "EventStoreDB's protocol is not served any more");
        }
    };
    Ok((address, serving))
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn users(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add {
            of,
            name,
            role,
            groups,
        } => {
            let role = match role {
                RoleName::Reader => Role::Reader,
                RoleName::Writer => Role::Writer,
                RoleName::Server => Role::Server,
            };
            own(&of.data_dir)?;
            let password = Users::open(&of.data_dir)?.add_to(&groups, &name, role)?;
            crate::answer(&password)
        }
        UserCommand::List { of } => {
            let users = Users::open(&of.data_dir)?;
            for (name, role) in users.list() {
                let role = match role {
                    Role::Reader => "reader",
                    Role::Writer => "writer",
                    Role::Server => "server",
                };
                let groups = users.groups_of(&name).join(" ");
                crate::answer(format!("{name} {role} {groups}").trim_end())?;
            }
            Ok(())
        }
        UserCommand::Remove { of, name } => {
            own(&of.data_dir)?;
            Users::open(&of.data_dir)?.remove(&name)?;
            crate::answer(&format!("removed: {name}"))
        }
    }
}

/// Makes the data directory if it is not there, and refuses one of another account: its server could not read what is written.
fn own(data_dir: &Path) -> anyhow::Result<()> {
    private::folder(data_dir)
        .and_then(|()| private::check_owner(data_dir))
        .with_context(|| format!("the data directory {} cannot be used", data_dir.display()))
}

async fn export_to(store: &Place, file: &Path) -> anyhow::Result<()> {
    let store = store.read().await?;
    let bar = bar("events");
    let manifest = export(&*store, file, |events| bar.set_position(events)).await?;
    bar.finish_and_clear();
    crate::answer(&format!(
        "{} events in {}; its manifest is {}",
        manifest.events,
        file.display(),
        manifest_path(file).display()
    ))
}

async fn import_from(file: &Path, store: &Place) -> anyhow::Result<()> {
    let store = store.write().await?;
    let bar = bar("events");
    let moved = import(file, &*store, &real_world(), |events, total| {
        bar.set_length(total);
        bar.set_position(events);
    })
    .await?;
    bar.finish_and_clear();
    tell(moved)
}

async fn copy_all(from: &Place, to: &Place) -> anyhow::Result<()> {
    let (from, to) = (from.read().await?, to.write().await?);
    let bar = bar("events");
    let moved = copy(&*from, &*to, |events| bar.set_position(events)).await?;
    bar.finish_and_clear();
    tell(moved)
}

fn tell(moved: Moved) -> anyhow::Result<()> {
    crate::answer(&format!(
        "{} events taken over, {} were there already, {} streams with metadata",
        moved.events, moved.there_before, moved.described
    ))
}

async fn check(
    place: &Place,
    mut trusted: Vec<String>,
    mut key_dirs: Vec<PathBuf>,
) -> anyhow::Result<()> {
    if let (Place::Directory(directory), true) = (place, key_dirs.is_empty()) {
        key_dirs.push(directory.clone());
    }
    for directory in &key_dirs {
        let own = key(directory).ok().map(|key| key.public());
        let published = published_keys(directory)
            .with_context(|| format!("the keys in {} cannot be read", directory.display()))?;
        trusted.extend(own.into_iter().chain(published));
    }
    if trusted.is_empty() {
        bail!("no key is trusted: name one with --trust, or the directory of one with --key-dir");
    }
    let mut damage = 0;
    let store = place.read().await?;
    if let Place::Directory(directory) = place {
        for fault in ReadOnlyStore::open(directory, real_world())?
            .reader()
            .integrity()
            .await?
        {
            damage += 1;
            crate::answer(&format!("the file is damaged: {fault}"))?;
        }
    }
    let bar = bar("position");
    let report = verify(&*store, trusted, |position| bar.set_position(position.0)).await?;
    bar.finish_and_clear();
    for finding in &report.findings {
        crate::answer(&finding.to_string())?;
    }
    if report.foreign.0 > 0 {
        let (events, streams) = report.foreign;
        crate::answer(&format!(
            "{events} events in {streams} streams are not Upkeep's: no server stands for them, whatever they say of themselves"
        ))?;
        for (stream, events) in &report.foreign_streams {
            crate::answer(&format!("  {stream}: {events}"))?;
        }
        let unnamed = streams.saturating_sub(report.foreign_streams.len() as u64);
        if unnamed > 0 {
            crate::answer(&format!("  and {unnamed} more streams"))?;
        }
    }
    let covered = match report.checkpoint {
        Some((number, events)) => format!("checkpoint {number} covers {events} events"),
        None => "no checkpoint".to_owned(),
    };
    crate::answer(&format!(
        "{} events in {} streams; {covered}; {} events are not covered yet",
        report.events, report.streams, report.uncovered
    ))?;
    match report.found + damage {
        0 => crate::answer("nothing was changed"),
        found => bail!("{found} findings"),
    }
}

/// The data directory's key, which must be there.
fn key(directory: &Path) -> anyhow::Result<CheckpointKey> {
    if !directory.join("checkpoint-key").exists() {
        bail!(
            "there is no checkpoint key in {}: start the server once, or name another directory",
            directory.display()
        );
    }
    CheckpointKey::open(directory, [0; 32]).context("the checkpoint key cannot be used")
}

fn bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let template = format!("{{bar:30}} {{human_pos}} {what} {{per_sec}} {{elapsed}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
