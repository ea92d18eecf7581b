//! The parts of a server, put together, and taken apart again in order.

use crate::config::Config;
use crate::operator;
use anyhow::Context;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_agent_gateway::{Gateway, ServerKeys};
use upkeep_api::Api;
use upkeep_automation::Automation;
use upkeep_domain::ids::CommandId;
use upkeep_domain::instance::{Instance, InstanceCommand, SETUP_TOKEN_PREFIX, TheInstance};
use upkeep_domain::metadata::Actor;
use upkeep_domain::secret::BearerToken;
use upkeep_event_store::{CommandHandler, Envelope, EventStore, SqliteStore, SystemClock};
use upkeep_package_store::PackageStore;
use upkeep_projections::Projections;
use uuid::Uuid;

/// How long requests that are under way may take to end when the server stops.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs.
pub struct Server {
    pub address: SocketAddr,
    pub api: Api,
    store: Arc<SqliteStore>,
    handler: CommandHandler,
    projections: Projections,
    /// Ends what comes from outside and what happens by itself.
    stop: CancellationToken,
    /// Ends the projector, after everybody who waits for a view.
    stop_projector: CancellationToken,
    projector: JoinHandle<()>,
    /// Why the projector ended, if it ended by itself.
    projector_failure: watch::Receiver<Option<String>>,
    tasks: Vec<JoinHandle<()>>,
    socket: PathBuf,
}

impl Server {
    /// Opens the store, folds the view, and lets the world in when both are there.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock);
        let store = Arc::new(SqliteStore::open(&config.data_dir, clock.clone())?);
        make_private(config).context("the data directory cannot be made private")?;
        let listener = TcpListener::bind(config.listen).await.with_context(|| {
            format!(
                "cannot listen on {}: choose another address with --listen",
                config.listen
            )
        })?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let stop_projector = CancellationToken::new();
        let (projections, projector) = Projections::new(store.clone(), stop_projector.clone());
        let (failed, projector_failure) = watch::channel(None);
        let projector = tokio::spawn(async move {
            if let Err(error) = projector.await {
                failed.send_replace(Some(error.to_string()));
            }
        });
        let handler = CommandHandler::new(store.clone(), clock);
        let packages = PackageStore::open(&config.data_dir, config.max_package_bytes).await?;
        let keys = ServerKeys::open(&config.data_dir)?;
        let api = Api::new(
            handler.clone(),
            projections.clone(),
            packages.clone(),
            stop.clone(),
        );
        let gateway = Gateway::new(
            handler.clone(),
            projections.clone(),
            keys,
            packages,
            stop.clone(),
        );
        let socket = operator::socket(&config.data_dir);
        let mut server = Self {
            address,
            api: api.clone(),
            store,
            handler: handler.clone(),
            projections: projections.clone(),
            stop: stop.clone(),
            stop_projector,
            projector,
            projector_failure,
            tasks: vec![],
            socket: socket.clone(),
        };
        // Health can be asked while the view is still being folded; everything else has to wait for it.
        server.projections_ready().await?;
        let automation = Automation::new(handler, projections.clone(), config.max_running_sessions);
        server
            .tasks
            .push(tokio::spawn(automation.run(stop.clone())));
        server.tasks.push(tokio::spawn(gateway.clone().run()));
        let router = api
            .router()
            .merge(gateway.router())
            .merge(health(projections));
        server
            .tasks
            .push(tokio::spawn(serve_tcp(listener, router, stop.clone())));
        match operator::listen(&socket) {
            Ok(listener) => {
                let router = api.operator_router();
                server
                    .tasks
                    .push(tokio::spawn(serve_unix(listener, router, stop)));
            }
            Err(error) => {
                tracing::warn!(socket = %socket.display(), %error, "commands on this machine cannot reach the server while it runs");
            }
        }
        Ok(server)
    }

    async fn projections_ready(&self) -> anyhow::Result<()> {
        tokio::select! {
            ready = self.projections.ready() => Ok(ready?),
            error = self.failed() => Err(error),
        }
    }

    /// A new setup token, if nobody is administrator yet.
    pub async fn setup_token(&self) -> anyhow::Result<Option<String>> {
        if self
            .projections
            .live()
            .instance
            .first_administrator
            .is_some()
        {
            return Ok(None);
        }
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)
            .map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
        let token = BearerToken::new(Uuid::now_v7(), secret);
        let command = InstanceCommand::IssueSetupToken {
            secret_hash: token.hash(),
        };
        let envelope = Envelope::new(CommandId(Uuid::now_v7()), Actor::System);
        self.handler
            .execute::<Instance>(TheInstance, command, &envelope)
            .await?;
        Ok(Some(token.reveal(SETUP_TOKEN_PREFIX)))
    }

    /// Waits until the server cannot go on, and says why.
    pub async fn failed(&self) -> anyhow::Error {
        let mut projector = self.projector_failure.clone();
        let folding = async {
            let cause = match projector.wait_for(Option::is_some).await {
                Ok(cause) => cause.clone(),
                Err(_) => None,
            };
            match cause {
                Some(cause) => cause,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            cause = self.store.failed() => anyhow::anyhow!("the event store failed: {cause}; start the server again, it goes on where it stopped"),
            cause = folding => anyhow::anyhow!("the events cannot be folded: {cause}"),
        }
    }

    /// Ends everything in order: the outside first, the store last.
    pub async fn stop(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(SHUTDOWN_PATIENCE, async {
            for task in self.tasks {
                if let Err(error) = task.await {
                    tracing::error!(%error, "a part of the server ended badly");
                }
            }
            self.api.closed().await;
        });
        if ended.await.is_err() {
            tracing::warn!("some requests did not end in time");
        }
        self.stop_projector.cancel();
        // It may have ended before, which is why we stop.
        let _ = self.projector.await;
        // It is gone with the next start anyway.
        let _ = std::fs::remove_file(&self.socket);
    }
}

fn make_private(config: &Config) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&config.data_dir, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// `/healthz`: the process lives. `/readyz`: it answers for everything in the store.
fn health(projections: Projections) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get(move || async move {
                if projections.is_ready() {
                    (StatusCode::OK, "ready")
                } else {
                    (StatusCode::SERVICE_UNAVAILABLE, "folding events")
                }
            }),
        )
}

async fn serve_tcp(listener: TcpListener, router: Router, stop: CancellationToken) {
    use axum::serve::ListenerExt;
    // Answers are small and come in one piece: waiting to fill packets only delays them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "the listener failed");
    }
}

async fn serve_unix(listener: tokio::net::UnixListener, router: Router, stop: CancellationToken) {
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "the operator's socket failed");
    }
}

/// `upkeep serve`.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let server = Server::start(&config).await?;
    crate::answer(&format!("listening on http://{}", server.address))?;
    if let Some(token) = server.setup_token().await? {
        crate::answer(&format!(
            "nobody is administrator yet; appoint the first one with this setup token, good for one use:\n{token}"
        ))?;
    }
    let failure = tokio::select! {
        error = server.failed() => Some(error),
        () = stop_requested() => None,
    };
    tracing::info!("stopping");
    server.stop().await;
    failure.map_or(Ok(()), Err)
}

/// Waits for the request to stop: Ctrl-C, or the service manager's SIGTERM.
pub async fn stop_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}
