//! The parts of a server, put together, and taken apart again in order.

use crate::config::Config;
use crate::door::Door;
use crate::installation::{Installation, Ports, Settings, ended};
use crate::operator;
use crate::stop::StopRequests;
use crate::store::serve_store;
use anyhow::Context;
use axum::Router;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use upkeep_agent_gateway::ServerKeys;
use upkeep_api::{Api, Console, SessionKey};
use upkeep_commands::{CommandError, CommandHandler, Envelope};
use upkeep_domain::installation::instance::{
    Instance, InstanceCommand, InstanceRejection, SETUP_TOKEN_PREFIX, TheInstance,
};
use upkeep_domain::kernel::decider::Rejection as _;
use upkeep_domain::kernel::ids::{CommandId, ServerId};
use upkeep_domain::kernel::metadata::Actor;
use upkeep_domain::kernel::secret::BearerToken;
use upkeep_event_store::evidence::checkpoint::CheckpointKey;
use upkeep_event_store::sqlite::lock;
use upkeep_event_store::{EventStore, EventStoreDb, Position, SqliteStore, private};
use upkeep_listener::{Peers, raise_open_files};
use upkeep_package_store::PackageStore;
use upkeep_projections::Snapshots;
use upkeep_vault::Keyring;
use upkeep_world::{Task, World, real_world};

/// How long a start waits for the view to show the setup token that it issued.
const VIEW_PATIENCE: Duration = Duration::from_secs(10);

/// Between two attempts to issue a setup token while the store is away.
const SETUP_AGAIN: Duration = Duration::from_secs(1);

/// How often the space of what retention hides is freed.
const FREE_SPACE_EVERY: Duration = Duration::from_hours(1);

/// A server that runs.
pub struct Server {
    pub address: SocketAddr,
    pub api: Api,
    installation: Installation,
    /// The doors.
    tasks: Vec<Task<()>>,
    /// Where the embedded store speaks EventStoreDB's protocol.
    pub events_address: Option<SocketAddr>,
    socket: PathBuf,
    /// Of the data directory, where the store does not hold it itself.
    _lock: Option<File>,
}

impl Server {
    /// Opens the store, folds the view, and lets the world in when both are there.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let world = real_world();
        let Opened {
            store,
            embedded,
            lock,
        } = open_store(config, &world)?;
        make_private(config);
        let identity =
            identity(&config.data_dir, &world).context("the server's id cannot be kept")?;
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!(
                "cannot listen on {}: choose another address with --listen",
                config.listen
            )
        })?;
        let address = listener.local_addr()?;
        let packages = PackageStore::open(&config.shared_dir, config.max_package_bytes).await?;
        let keyring = match &config.secrets_key_file {
            None => Keyring::default(),
            Some(file) => Keyring::read(file, &[&config.data_dir, &config.shared_dir])?,
        };
        let ports = Ports {
            store,
            snapshots: Some(Snapshots::new(&config.data_dir)),
            packages: packages.clone(),
            keyring: keyring.clone(),
            keys: ServerKeys::open(&config.shared_dir, &world)?,
            server: identity,
            world: world.clone(),
        };
        let session_key = SessionKey::open(&config.data_dir, random_secret(&world)?)?;
        let settings = Settings {
            lease: config.lease,
            max_running_sessions: config.max_running_sessions,
            output_retention: config.output_retention,
        };
        let installation = Installation::assemble(ports, settings);
        let stop = installation.stop.clone();
        let projections = installation.projections.clone();
        let api = Api::new(
            installation.commands.clone(),
            projections.clone(),
            packages,
            Console::new(session_key, config.public_url.clone()),
            keyring,
            stop.clone(),
        );
        let mut server = Self {
            address,
            api: api.clone(),
            installation,
            tasks: vec![],
            events_address: None,
            _lock: lock,
            socket: operator::socket(&config.data_dir),
        };
        // Health can be asked while the view is still being folded; everything else has to wait for it.
        let door = Door::new(projections);
        let peers = Peers::new(raise_open_files());
        let serving = upkeep_listener::serve(listener, door.router(), peers, stop.clone());
        server.begin("serving", serving);
        server.installation.ready().await?;
        let key = server.checkpoint_key(config)?;
        if let Some(embedded) = embedded {
            let freeing = free_space(embedded.clone(), world, stop);
            server.begin("freeing space", freeing);
            server.serve_events(config, embedded).await?;
        }
        server.installation.begin(Some(key));
        let api = api.router(&config.cors_origins);
        door.open(api.merge(server.installation.gateway.router()));
        server.serve_operator();
        Ok(server)
    }

    fn begin(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(self.installation.world.spawn(name, work));
    }

    fn checkpoint_key(&self, config: &Config) -> anyhow::Result<CheckpointKey> {
        let random = random_secret(&self.installation.world)?;
        let key = CheckpointKey::open(&config.data_dir, random)?;
        if let Err(error) = key.publish(&config.shared_dir) {
            tracing::warn!(path = %config.shared_dir.display(), %error, "the public key is not among those that servers share: verifying takes --trust");
        }
        Ok(key)
    }

    fn serve_operator(&mut self) {
        match operator::listen(&self.socket) {
            Ok(listener) => {
                let serving = serve_unix(
                    listener,
                    self.api.operator_router(),
                    self.installation.stop.clone(),
                );
                self.begin("serving the operator", serving);
            }
            Err(error) => {
                tracing::warn!(socket = %self.socket.display(), %error, "commands on this machine cannot reach the server while it runs");
            }
        }
    }

    /// Lets others read and write the embedded store in EventStoreDB's protocol, where that is asked for.
    async fn serve_events(
        &mut self,
        config: &Config,
        store: Arc<SqliteStore>,
    ) -> anyhow::Result<()> {
        let Some(listen) = config.event_store_listen else {
            return Ok(());
        };
        let (address, serving) = serve_store(
            store,
            &config.data_dir,
            listen,
            config.event_store_tls.as_ref(),
            self.installation.stop.clone(),
        )
        .await?;
        self.events_address = Some(address);
        self.begin("serving events", serving);
        Ok(())
    }

    /// A new setup token, if nobody is administrator yet.
    pub async fn setup_token(&self) -> anyhow::Result<Option<String>> {
        if self
            .installation
            .projections
            .live()
            .instance
            .first_administrator
            .is_some()
        {
            return Ok(None);
        }
        let secret = random_secret(&self.installation.world)?;
        let issued = loop {
            match issue_setup_token(&self.installation.handler, secret).await {
                Err(error) if error.is_outage() => self.installation.world.sleep(SETUP_AGAIN).await,
                issued => break issued?,
            }
        };
        let Some((token, position)) = issued else {
            return Ok(None);
        };
        // Who is told it finds it in force, and the one before it out of force.
        if let Err(error) = self
            .installation
            .projections
            .at_least(position, VIEW_PATIENCE)
            .await
        {
            tracing::warn!(%error, "the setup token may not be known for a moment");
        }
        Ok(Some(token))
    }

    /// Waits until the server cannot go on, and says why.
    pub async fn failed(&self) -> anyhow::Error {
        self.installation.failed().await
    }

    /// Ends everything in order: the outside first, the store last.
    pub async fn stop(mut self) {
        let doors = async {
            ended(&mut self.tasks).await;
            self.api.closed().await;
        };
        self.installation.stop(doors).await;
        // It is gone with the next start anyway.
        let _ = std::fs::remove_file(&self.socket);
    }
}

/// What the server keeps its events in.
struct Opened {
    store: Arc<dyn EventStore>,
    /// The embedded engine, if it is that one.
    embedded: Option<Arc<SqliteStore>>,
    /// Of the data directory, where the engine does not hold it.
    lock: Option<File>,
}

/// Only within a runtime.
fn open_store(config: &Config, world: &World) -> anyhow::Result<Opened> {
    match &config.event_store {
        None => {
            let store = Arc::new(SqliteStore::open(&config.data_dir, world.clone())?);
            Ok(Opened {
                store: store.clone(),
                embedded: Some(store),
                lock: None,
            })
        }
        Some(connection_string) => {
            let lock = lock(&config.data_dir)?;
            // It may be away: whoever needs it waits for it.
            let store = EventStoreDb::open(&connection_string.reveal()?, world.clone())?;
            Ok(Opened {
                store: Arc::new(store),
                embedded: None,
                lock: Some(lock),
            })
        }
    }
}

/// Which server this is: it stays the same as long as its data directory.
fn identity(data_dir: &Path, world: &World) -> anyhow::Result<ServerId> {
    let path = data_dir.join("server-id");
    match std::fs::read_to_string(&path) {
        Ok(text) => text
            .trim()
            .parse()
            .with_context(|| format!("{} holds no id", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let id = ServerId(world.id());
            private::write_new(&path, id.to_string().as_bytes())?;
            Ok(id)
        }
        Err(error) => Err(error.into()),
    }
}

/// Frees the space of output that is too old, now and then.
pub async fn free_space(store: Arc<SqliteStore>, world: World, stop: CancellationToken) {
    loop {
        tokio::select! {
            // Who is told to stop begins nothing.
            biased;
            () = stop.cancelled() => return,
            () = world.sleep(FREE_SPACE_EVERY) => {}
        }
        if let Err(error) = store.scavenge().await {
            tracing::warn!(%error, "the space of old output was not freed");
        }
    }
}

/// What all servers have in common is theirs alone, wherever it lies; the data directory was seen to when it was taken.
fn make_private(config: &Config) {
    let packages = config.shared_dir.join("packages");
    let made = private::folder(&packages).and_then(|()| private::tighten(&packages));
    let of_shared = if config.shared_dir == config.data_dir {
        Ok(vec![])
    } else {
        private::check_owner(&config.shared_dir)
            .and_then(|()| private::check_purpose(&config.shared_dir))
            .and_then(|()| private::tighten(&config.shared_dir))
    };
    for outcome in [of_shared, made] {
        match outcome {
            Ok(lax) => {
                for path in lax {
                    tracing::warn!(path = %path.display(), "other accounts had rights to this: they have none any more; see that they have not used them");
                }
            }
            Err(error) => {
                tracing::warn!(path = %config.shared_dir.display(), %error, "others may have rights to what servers share: see that only their account can read and write it");
            }
        }
    }
}

async fn serve_unix(listener: tokio::net::UnixListener, router: Router, stop: CancellationToken) {
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "the operator's socket failed");
    }
}

/// A new setup token; none if there is an administrator by now: the operator, or another server's, may have appointed one
/// since a view was looked at.
async fn issue_setup_token(
    handler: &CommandHandler,
    secret: [u8; 32],
) -> Result<Option<(String, Position)>, CommandError> {
    let token = BearerToken::new(handler.world().id(), secret);
    let command = InstanceCommand::IssueSetupToken {
        secret_hash: token.hash(),
    };
    let envelope = Envelope::new(CommandId(handler.world().id()), Actor::System);
    let issued = handler
        .execute::<Instance>(TheInstance, command, &envelope)
        .await;
    match issued {
        Ok(issued) => Ok(Some((token.reveal(SETUP_TOKEN_PREFIX), issued.position))),
        Err(CommandError::Rejected { code, .. })
            if code == InstanceRejection::HasAdministrator.code() =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn random_secret(world: &World) -> anyhow::Result<[u8; 32]> {
    let mut secret = [0; 32];
    world.fill(&mut secret)?;
    Ok(secret)
}

/// `upkeep serve`.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let mut stops = StopRequests::listen();
    // The store may be away for long: who is asked to stop meanwhile has nothing to put in order yet.
    let server = tokio::select! {
        // What is there is used, if it is to be stopped at once.
        biased;
        server = Server::start(&config) => server?,
        () = stops.next() => return Ok(()),
    };
    crate::answer(&format!("listening on http://{}", server.address))?;
    if let Some(address) = server.events_address {
        crate::answer(&format!("EventStoreDB's protocol on {address}"))?;
    }
    let token = tokio::select! {
        biased;
        token = server.setup_token() => token?,
        () = stops.next() => {
            server.stop().await;
            return Ok(());
        }
    };
    if let Some(token) = token {
        crate::answer(&format!(
            "nobody is administrator yet; appoint the first one with this setup token, good for one use:\n{token}"
        ))?;
    }
    let failure = tokio::select! {
        // Who is asked to stop still says why it could not have gone on.
        biased;
        error = server.failed() => Some(error),
        () = stops.next() => None,
    };
    tracing::info!("stopping");
    server.stop().await;
    failure.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_domain::kernel::ids::ApiTokenId;
    use upkeep_event_store::{ContentType, ExpectedRevision, NewEvent, StreamName};
    use uuid::Uuid;

    #[tokio::test]
    async fn an_administrator_who_was_faster_than_the_setup_token_ends_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path(), real_world()).unwrap();
        let handler = CommandHandler::new(Arc::new(store), real_world());
        assert!(
            issue_setup_token(&handler, [1; 32])
                .await
                .unwrap()
                .is_some()
        );
        let appoint = InstanceCommand::AppointByOperator {
            token: ApiTokenId(Uuid::now_v7()),
        };
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::Operator);
        handler
            .execute::<Instance>(TheInstance, appoint, &envelope)
            .await
            .unwrap();
        assert_eq!(issue_setup_token(&handler, [2; 32]).await.unwrap(), None);
    }

    /// It ends with its projector, and the sentence is not lost on the way.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_start_on_events_of_other_shapes_says_what_to_do() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path(), real_world()).unwrap();
        let event = NewEvent {
            id: Uuid::now_v7(),
            event_type: "TenantRenamed".into(),
            content_type: ContentType::Json,
            data: br#"{"title":"Contoso"}"#.into(),
            metadata: br#"{"actor":{"kind":"system"},"version":1}"#.into(),
        };
        let stream = StreamName::of("tenant", Uuid::now_v7());
        let appended = store.append(&stream, ExpectedRevision::NoStream, vec![event]);
        appended.await.unwrap();
        drop(store);
        let config = Config {
            data_dir: folder.path().to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            max_running_sessions: 1,
            max_package_bytes: 1,
            event_store: None,
            event_store_listen: None,
            event_store_tls: None,
            shared_dir: folder.path().to_owned(),
            lease: Duration::from_secs(15),
            output_retention: Duration::from_hours(24),
            cors_origins: vec![],
            public_url: None,
            secrets_key_file: None,
        };
        let refused = Server::start(&config).await.err().expect("it is refused");
        let told = format!("{refused:#}");
        assert!(told.contains("begins with an empty store"), "{told}");
    }
}
