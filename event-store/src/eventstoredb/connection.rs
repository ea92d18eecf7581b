//! The one connection to the store: found, watched, made anew for as long as it takes.
//!
//! [`keep`] holds it. Whoever finds it broken says so ([`Link::run`] does), everything that waits on it ends at once, and the
//! node is looked for again: a cluster may have another leader. For [`GRACE`] calls wait for that; then they are told at once
//! that the store is away, until it is back.

use super::append::Call;
use super::discovery::Finder;
use super::failure::Failure;
use super::official::{Official, Removal};
use super::proto::streams::streams_client::StreamsClient;
use super::settings::Settings;
use super::transport::{Transport, streams};
use super::waits::Waits;
use super::{PATIENCE, settings::Node};
use crate::port::{ExpectedRevision, Outage, StreamName};
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use upkeep_world::{Task, World};

/// How long calls wait for a connection after the last one broke; later they are refused at once.
const GRACE: Duration = Duration::from_secs(3);
/// A connection that lived so long was a good one: the next one is looked for without a wait.
const STEADY: Duration = Duration::from_secs(5);
/// How often it is said that the store is still away.
const SAY_EVERY: Duration = Duration::from_mins(1);

/// A connection to one node that has answered.
pub struct Link {
    pub settings: Arc<Settings>,
    pub world: World,
    streams: StreamsClient<Channel>,
    node: Node,
    broken: CancellationToken,
    why: OnceLock<Failure>,
    /// The call through which appends go, once there was one.
    call: Mutex<Option<Arc<Call>>>,
    /// The official client for the same node, once it was needed.
    official: tokio::sync::Mutex<Option<Arc<Official>>>,
}

impl Link {
    pub fn new(settings: Arc<Settings>, channel: Channel, node: Node, world: World) -> Self {
        Self {
            settings,
            world,
            streams: streams(channel),
            node,
            broken: CancellationToken::new(),
            why: OnceLock::new(),
            call: Mutex::new(None),
            official: tokio::sync::Mutex::new(None),
        }
    }

    pub fn streams(&self) -> StreamsClient<Channel> {
        self.streams.clone()
    }

    /// The open call for appends.
    pub fn call(&self) -> Arc<Call> {
        let mut call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
        match &*call {
            Some(open) if open.is_open() => open.clone(),
            _ => call.insert(Arc::new(Call::open(self))).clone(),
        }
    }

    pub fn is_broken(&self) -> bool {
        self.broken.is_cancelled()
    }

    pub async fn broken(&self) {
        self.broken.cancelled().await;
    }

    /// Ends it for everybody.
    pub fn break_off(&self, why: &Failure) {
        // The first reason counts.
        let _ = self.why.set(why.clone());
        self.broken.cancel();
    }

    /// Deletes or tombstones a stream through the official client. Its connection is another one: that it does not get through
    /// says nothing of ours, and only that another node leads breaks this one.
    pub async fn remove(
        &self,
        removal: Removal,
        stream: &StreamName,
        expected: ExpectedRevision,
    ) -> Result<(), Failure> {
        let removing = async {
            let official = self.official().await?;
            official.remove(removal, stream, expected).await
        };
        let failure = tokio::select! {
            // What is done counts, if the connection broke since.
            biased;
            removed = self.world.within(PATIENCE, removing) => match removed {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::Silent,
            },
            () = self.broken.cancelled() => Failure::Broken("the connection broke".to_owned()),
        };
        if failure.breaks_the_connection() {
            // It does not always connect again by itself. Who holds the place now is making a new one.
            if let Ok(mut official) = self.official.try_lock() {
                *official = None;
            }
        }
        if matches!(failure, Failure::NotLeader(_)) {
            self.break_off(&failure);
        }
        Err(failure)
    }

    async fn official(&self) -> Result<Arc<Official>, Failure> {
        let mut official = self.official.lock().await;
        if let Some(made) = &*official {
            return Ok(made.clone());
        }
        let made = Official::to(&self.settings, &self.node, &self.world).await?;
        Ok(official.insert(Arc::new(made)).clone())
    }

    /// One call, for as long as one has patience. What is over it, or says so, breaks the connection.
    pub async fn run<T>(
        &self,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        self.run_for(PATIENCE, call).await
    }

    /// The same for a call that may take longer.
    pub async fn run_for<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let failure = tokio::select! {
            // An answer that is there counts, if the connection broke since.
            biased;
            answer = self.world.within(patience, call) => match answer {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(failure)) => failure,
                Err(_) => Failure::Silent,
            },
            () = self.broken.cancelled() => Failure::Broken("the connection broke".to_owned()),
        };
        if failure.breaks_the_connection() {
            self.break_off(&failure);
        }
        Err(failure)
    }
}

#[derive(Clone)]
enum State {
    Up(Arc<Link>),
    Down(Down),
}

#[derive(Clone)]
struct Down {
    /// As an uptime.
    since: Duration,
    began: DateTime<Utc>,
    /// How often the store was looked for since.
    attempts: u32,
    /// Why the newest of them failed; before one did, why the connection broke.
    cause: String,
}

impl Down {
    fn now(world: &World, cause: String) -> Self {
        Self {
            since: world.uptime(),
            began: world.now(),
            attempts: 0,
            cause,
        }
    }
}

/// Where links come from.
pub struct Connection {
    state: watch::Receiver<State>,
    _keeper: Task<()>,
    world: World,
    attempts: u32,
}

impl Connection {
    /// Begins to connect, and goes on doing so.
    pub fn open(settings: Settings, world: World) -> Result<Self, String> {
        let transport = Transport::new(&settings, world.clone())?;
        let attempts = settings.discover_attempts.max(1);
        let finder = Finder::new(Arc::new(settings), transport, world.clone());
        let down = Down::now(&world, "it was not asked yet".to_owned());
        let (sender, state) = watch::channel(State::Down(down));
        Ok(Self {
            state,
            _keeper: world.spawn(
                "the connection to the event store",
                keep(finder, sender, world.clone()),
            ),
            world,
            attempts,
        })
    }

    /// Waits for the first link, as many attempts as the connection string allows.
    pub async fn first(&self) -> Result<(), String> {
        let mut state = self.state.clone();
        let decided = state.wait_for(|state| match state {
            State::Up(_) => true,
            State::Down(down) => down.attempts >= self.attempts,
        });
        match decided.await.as_deref() {
            Ok(State::Up(_)) => Ok(()),
            Ok(State::Down(down)) => Err(down.cause.clone()),
            Err(_) => Err(CLOSED.to_owned()),
        }
    }

    /// A link; waits a little while there is none, and is refused at once when there has been none for a while.
    pub async fn link(&self) -> Result<Arc<Link>, Failure> {
        let mut state = self.state.clone();
        loop {
            let (since, cause) = match &*state.borrow_and_update() {
                State::Up(link) if !link.is_broken() => return Ok(link.clone()),
                // It is about to be replaced.
                State::Up(_) => (self.world.uptime(), "the connection broke".to_owned()),
                State::Down(down) => (down.since, down.cause.clone()),
            };
            let left = (since + GRACE).saturating_sub(self.world.uptime());
            match self.world.within(left, state.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Failure::Away(CLOSED.to_owned())),
                Err(_) => return Err(Failure::Away(cause)),
            }
        }
    }

    /// A link, however long it takes; nothing when this end is closed. For one that must not wait for its connection to be dropped.
    pub fn links(&self) -> Links {
        Links(self.state.clone())
    }

    /// Since when the store is away, and why; a connection that is made anew at once is none.
    pub fn outage(&self) -> Option<Outage> {
        match &*self.state.borrow() {
            State::Down(down) if down.attempts > 0 => Some(Outage {
                since: down.began,
                cause: down.cause.clone(),
            }),
            _ => None,
        }
    }
}

const CLOSED: &str = "the connection was closed on our side";

/// Links for somebody who outlives each of them.
pub struct Links(watch::Receiver<State>);

impl Links {
    pub async fn next(&mut self) -> Option<Arc<Link>> {
        let is_up = |state: &State| matches!(state, State::Up(link) if !link.is_broken());
        match &*self.0.wait_for(is_up).await.ok()? {
            State::Up(link) => Some(link.clone()),
            State::Down(_) => None,
        }
    }
}

async fn keep(mut finder: Finder, state: watch::Sender<State>, world: World) {
    let mut waits = Waits::default();
    let mut leader = None;
    let mut said: Option<Duration> = None;
    loop {
        match finder.find(leader.take()).await {
            Ok(link) => {
                if let State::Down(down) = &*state.borrow()
                    && said.take().is_some()
                {
                    tracing::info!(node = %link.node, seconds = passed(&world, down.since).as_secs(),
                        "the event store is reached again");
                }
                let link = Arc::new(link);
                state.send_replace(State::Up(link.clone()));
                let begun = world.uptime();
                link.broken().await;
                let why = link.why.get().cloned();
                let cause = why.as_ref().map(ToString::to_string).unwrap_or_default();
                tracing::debug!(node = %link.node, cause, "the connection to the event store broke");
                if let Some(Failure::NotLeader(Some(node))) = why {
                    leader = Some(node);
                }
                state.send_replace(State::Down(Down::now(&world, cause)));
                if passed(&world, begun) > STEADY {
                    waits = Waits::default();
                    continue;
                }
            }
            Err(cause) => {
                if said.is_none_or(|said| passed(&world, said) >= SAY_EVERY) {
                    tracing::warn!(
                        cause,
                        "the event store cannot be reached; it is tried again and again"
                    );
                    said = Some(world.uptime());
                }
                state.send_modify(|state| {
                    if let State::Down(down) = state {
                        down.attempts += 1;
                        down.cause = cause;
                    }
                });
            }
        }
        world.sleep(waits.next()).await;
    }
}

fn passed(world: &World, since: Duration) -> Duration {
    world.uptime().saturating_sub(since)
}
