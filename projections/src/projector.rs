//! The projector: folds events as they come, publishes views, keeps some for the way back.

use crate::catalogue::shelf::Shelf;
use crate::details::Details;
use crate::fleet::agents::AgentNames;
use crate::fleet::listings::Listings;
use crate::fleet::people::People;
use crate::fleet::roster::Roster;
use crate::fleet::tags::Tags;
use crate::kept::{KEPT_BYTES, Kept};
use crate::rules::tally::Tallies;
use crate::rules::winners::FleetCache;
use crate::snapshot::Snapshots;
use crate::view::{ApplyError, View};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use upkeep_event_store::{
    Delivery, Direction, EventStore, Outage, Position, ReadError, RecordedEvent, StreamName,
};
use upkeep_world::World;

/// A view is kept each time that this many events were folded.
const KEEP_EVERY: u64 = 2_000;
/// How many past views are made at once: each costs a replay.
const PAST_AT_ONCE: usize = 2;
/// Events of one page of a replay.
const REPLAY_PAGE: usize = 1_024;
/// The first wait of the projector for a store that cannot be reached; each is twice as long as the one before.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest of these waits.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A past moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// After the event at this position.
    Position(Position),
    /// After the last event that was recorded at or before this time.
    Time(DateTime<Utc>),
}

/// Why a view could not be had.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    #[error("position {asked} lies in the future: the newest is {newest}")]
    Future { asked: Position, newest: Position },
    #[error("the view has not reached position {asked} in {} ms: it is at {reached}; try again", waited.as_millis())]
    Lagging {
        asked: Position,
        reached: Position,
        waited: Duration,
    },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error("the server is stopping")]
    Closed,
}

/// Why the projector stopped. The server cannot go on without it.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// The read models, now and then.
#[derive(Clone)]
pub struct Projections {
    live: watch::Receiver<Arc<View>>,
    /// Counts the changes of API tokens.
    tokens: watch::Receiver<u64>,
    kept: Kept,
    caught_up: watch::Receiver<bool>,
    store: Arc<dyn EventStore>,
    world: World,
    past: Arc<Semaphore>,
    fleet: FleetCache,
    tallies: Tallies,
    rosters: Arc<Listings<Roster>>,
    people: Arc<Listings<People>>,
    agent_names: Arc<Listings<AgentNames>>,
    tags: Arc<Listings<Tags>>,
    shelves: Arc<Listings<Shelf>>,
    details: Details,
}

struct Projector {
    live: watch::Sender<Arc<View>>,
    tokens: watch::Sender<u64>,
    kept: Kept,
    /// The streams of what was folded since a view was kept.
    changed: HashSet<StreamName>,
    caught_up: watch::Sender<bool>,
    /// Whether it has caught up once.
    has_read: bool,
    store: Arc<dyn EventStore>,
    world: World,
    snapshots: Option<Snapshots>,
}

impl Projections {
    /// The read models of a store, and the work that keeps them up to date: it is to be spawned, and ends when
    /// `stop` is cancelled. With `snapshots`, it begins at the newest one, and leaves one behind when it ends.
    pub fn new(
        store: Arc<dyn EventStore>,
        world: World,
        snapshots: Option<Snapshots>,
        stop: CancellationToken,
    ) -> (Self, impl Future<Output = Result<(), FoldError>> + Send) {
        let (live_sender, live) = watch::channel(Arc::new(View::default()));
        let (tokens_sender, tokens) = watch::channel(0);
        let (caught_up_sender, caught_up) = watch::channel(false);
        let kept = Kept::new(KEPT_BYTES);
        let projector = Projector {
            live: live_sender,
            tokens: tokens_sender,
            kept: kept.clone(),
            changed: HashSet::new(),
            caught_up: caught_up_sender,
            has_read: false,
            store: store.clone(),
            world: world.clone(),
            snapshots: snapshots.clone(),
        };
        let past = Arc::new(Semaphore::new(PAST_AT_ONCE));
        let newest = live.clone();
        let around = world.clone();
        let work = async move {
            let result = tokio::select! {
                // Who is told to stop folds no more.
                biased;
                () = stop.cancelled() => Ok(()),
                result = projector.run() => result,
            };
            if let (Ok(()), Some(snapshots)) = (&result, snapshots) {
                let view = newest.borrow().clone();
                snapshots.leave(view, &around).await;
            }
            result
        };
        (
            Self {
                live,
                tokens,
                kept,
                caught_up,
                store,
                world,
                past,
                fleet: FleetCache::default(),
                tallies: Tallies::default(),
                rosters: Arc::default(),
                people: Arc::default(),
                agent_names: Arc::default(),
                tags: Arc::default(),
                shelves: Arc::default(),
                details: Details::default(),
            },
            work,
        )
    }

    pub(crate) fn store(&self) -> &dyn EventStore {
        &*self.store
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    pub(crate) fn details(&self) -> &Details {
        &self.details
    }

    /// Since when the store cannot be reached, if that is so now: views are as old then.
    pub fn outage(&self) -> Option<Outage> {
        self.store.outage()
    }

    /// The winners of the whole fleet, kept from one question to the next.
    pub fn fleet(&self) -> &FleetCache {
        &self.fleet
    }

    /// On how many computers each deployment wins, loses and is in conflict, kept from one question to the next.
    pub fn tallies(&self) -> &Tallies {
        &self.tallies
    }

    /// What lists of a view's computers filter and sort by, kept from one question to the next.
    pub fn roster(&self, view: &View) -> Arc<Roster> {
        self.rosters.of(view)
    }

    /// The same of a view's people.
    pub fn people(&self, view: &View) -> Arc<People> {
        self.people.of(view)
    }

    /// What a view's agents are found by.
    pub fn agent_names(&self, view: &View) -> Arc<AgentNames> {
        self.agent_names.of(view)
    }

    /// Which tags are in use in a view, kept from one question to the next.
    pub fn tags(&self, view: &View) -> Arc<Tags> {
        self.tags.of(view)
    }

    /// What lists of a view's software filter and sort by, kept from one question to the next.
    pub fn shelf(&self, view: &View) -> Arc<Shelf> {
        self.shelves.of(view)
    }

    /// The newest view.
    pub fn live(&self) -> Arc<View> {
        self.live.borrow().clone()
    }

    /// Tells of every new view.
    pub fn watch(&self) -> watch::Receiver<Arc<View>> {
        self.live.clone()
    }

    /// Tells when the newest view shows that an API token was made, changed or revoked, or the setup token used; not when one
    /// expires.
    pub fn watch_tokens(&self) -> watch::Receiver<u64> {
        self.tokens.clone()
    }

    /// Whether the view has caught up with the store since the start, and is not refused by it now.
    pub fn is_ready(&self) -> bool {
        *self.caught_up.borrow()
    }

    /// Waits until the view has caught up with the store for the first time.
    pub async fn ready(&self) -> Result<(), PastError> {
        let mut caught_up = self.caught_up.clone();
        caught_up
            .wait_for(|is| *is)
            .await
            .map(|_| ())
            .map_err(|_| PastError::Closed)
    }

    /// A view that contains this position; waits for it, at most `patience`.
    pub async fn at_least(
        &self,
        position: Position,
        patience: Duration,
    ) -> Result<Arc<View>, PastError> {
        let mut live = self.live.clone();
        let wait = live.wait_for(|view| view.position() >= position);
        match self.world.within(patience, wait).await {
            Ok(Ok(view)) => Ok(view.clone()),
            Ok(Err(_)) => Err(PastError::Closed),
            Err(_) => Err(PastError::Lagging {
                asked: position,
                reached: self.live().position(),
                waited: patience,
            }),
        }
    }

    /// The view as it was at a past moment, equal to what was live then; and as it would be at a future one if nothing
    /// else happened. It knows the moment that it was asked for.
    pub async fn as_of(&self, moment: AsOf) -> Result<Arc<View>, PastError> {
        let view = self.view_as_of(moment).await?;
        let asked = match moment {
            AsOf::Time(time) => Some(time),
            AsOf::Position(_) => view.time(),
        };
        Ok(match asked {
            Some(asked) => Arc::new(view.at(asked)),
            None => view,
        })
    }

    async fn view_as_of(&self, moment: AsOf) -> Result<Arc<View>, PastError> {
        // Before anybody waits for a turn: what is live needs no replay.
        let live = self.live();
        match moment {
            AsOf::Position(position) if position > live.position() => {
                return Err(PastError::Future {
                    asked: position,
                    newest: live.position(),
                });
            }
            AsOf::Position(position) if position == live.position() => return Ok(live),
            AsOf::Time(time) if live.time().is_none_or(|newest| newest <= time) => {
                return Ok(live);
            }
            _ => {}
        }
        let _permit = self.past.acquire().await.map_err(|_| PastError::Closed)?;
        let mut view = View::clone(&self.kept.nearest(moment));
        let mut folded = 0;
        let mut changed = HashSet::new();
        loop {
            let page = self
                .store
                .read_all(view.position(), Direction::Forwards, REPLAY_PAGE)
                .await?;
            for event in &page {
                if !moment.contains(event) {
                    return Ok(Arc::new(view));
                }
                view.apply(event)?;
                changed.insert(event.stream.clone());
                folded += 1;
                if folded % KEEP_EVERY == 0 {
                    self.kept.keep(Arc::new(view.clone()), &changed);
                    changed.clear();
                }
            }
            if page.len() < REPLAY_PAGE {
                return Ok(Arc::new(view));
            }
        }
    }
}

impl AsOf {
    /// Whether an event had happened by then.
    fn contains(self, event: &RecordedEvent) -> bool {
        match self {
            Self::Position(position) => event.position <= position,
            Self::Time(time) => event.created <= time,
        }
    }
}

impl Projector {
    async fn run(mut self) -> Result<(), FoldError> {
        let mut wait = FIRST_WAIT;
        let mut view = loop {
            match self.begin().await {
                Err(FoldError::Read(error)) if self.passes(&error) => {
                    self.wait_for_the_store(&error, &mut wait).await;
                }
                begun => break begun?,
            }
        };
        loop {
            let before = view.position();
            let error = match self.follow(&mut view).await {
                Ok(never) => match never {},
                Err(FoldError::Read(error)) if self.passes(&error) => error,
                Err(error) => return Err(error),
            };
            if view.position() > before {
                wait = FIRST_WAIT;
            }
            if let ReadError::Refused { .. } = &error
                && self.caught_up.send_replace(false)
            {
                tracing::error!(%error, "the event store refuses this server: the view stays as it is until it does not; is the password right, and the right to read $all?");
            }
            self.wait_for_the_store(&error, &mut wait).await;
        }
    }

    /// A store that cannot be reached comes back; one that refuses a server that has read it does, too: it may be starting.
    fn passes(&self, error: &ReadError) -> bool {
        match error {
            ReadError::Unreachable { .. } => true,
            ReadError::Refused { .. } => self.has_read,
            _ => false,
        }
    }

    /// Folds what comes behind the view, until that fails.
    async fn follow(&mut self, view: &mut View) -> Result<Infallible, FoldError> {
        let mut subscription = self.store.subscribe(view.position()).await?;
        let mut folded = 0;
        loop {
            match subscription.next().await? {
                Delivery::Events(events) => {
                    for event in &events {
                        view.apply(event)?;
                        self.changed.insert(event.stream.clone());
                        folded += 1;
                        if folded % KEEP_EVERY == 0 {
                            let changed = std::mem::take(&mut self.changed);
                            self.kept.keep(Arc::new(View::clone(view)), &changed);
                        }
                    }
                    let before = self.live.send_replace(Arc::new(View::clone(view)));
                    if !view.api_tokens.is_same(&before.api_tokens)
                        || view.instance != before.instance
                    {
                        self.tokens.send_modify(|changes| *changes += 1);
                    }
                    if let Some(snapshots) = &mut self.snapshots {
                        snapshots.offer(view, events.len() as u64, &self.world);
                    }
                }
                Delivery::CaughtUp => {
                    self.caught_up.send_replace(true);
                    self.has_read = true;
                }
                Delivery::FellBehind => {
                    tracing::debug!(position = %view.position(), "the view fell behind and catches up");
                }
            }
        }
    }

    /// The view of the snapshot file, if there is one that belongs to this store and this program.
    async fn begin(&self) -> Result<View, FoldError> {
        let Some(snapshots) = &self.snapshots else {
            return Ok(View::default());
        };
        let Some(view) = snapshots.load(&*self.store, &self.world).await? else {
            return Ok(View::default());
        };
        self.kept.keep(Arc::new(view.clone()), &HashSet::new());
        self.live.send_replace(Arc::new(view.clone()));
        Ok(view)
    }

    /// The connection says in the log that it is gone; here it is only waited for.
    async fn wait_for_the_store(&self, error: &ReadError, wait: &mut Duration) {
        tracing::debug!(%error, "the view waits for the event store");
        self.world.sleep(*wait).await;
        *wait = (*wait * 2).min(LONGEST_WAIT);
    }
}
