//! Persistent subscriptions: groups of competing consumers whose progress the store keeps.
//!
//! Each group is one task ([`actor`]) around bookkeeping without I/O ([`group`]). All that must survive is in the
//! store's own streams, as in the real server: how groups are set up in `$persistentSubscriptionConfig`, how far each is in
//! `$persistentsubscription-{source}::{group}-checkpoint`, what it parked in `…-parked`.

mod actor;
mod answer;
mod command;
mod consumers;
mod group;
mod links;
mod message;
mod names;
mod parked;
mod settings;
mod status;

use crate::convert::{IdForm, parse_id, stream_name};
use crate::gate::caller;
use crate::limits::REMEMBERED_SOURCES;
use crate::proto::persistent as wire;
use crate::proto::persistent::persistent_subscriptions_server::PersistentSubscriptions;
use crate::proto::shared;
use crate::rights::Doing;
use crate::users::{Caller, Role};
use crate::{Shared, refusal};
use actor::Actor;
use command::{Command, Seat};
use consumers::ConsumerId;
use group::Unhandled;
use names::Names;
use serde::{Deserialize, Serialize};
use settings::{Begin, Described, Purpose, Settings, Source, stream_source};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Response, Status, Streaming};
use upkeep_event_store::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, StreamName,
};
use uuid::Uuid;

/// Most groups of one store.
const MAX_GROUPS: usize = 1_000;
/// Commands that wait for a group.
const COMMANDS: usize = 256;
/// Most events that one consumer may have at once.
const MAX_SLOTS: usize = 10_000;
/// The real server's name for a connection that gives none.
const UNNAMED: &str = "<unknown>";
const CONFIG_STREAM: &str = "$persistentSubscriptionConfig";
const CONFIG_TYPE: &str = "$PersistentConfig";

type Key = (Source, String);

/// How a group is set up, as it is stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    source: Source,
    group: String,
    settings: Settings,
}

struct Running {
    settings: Settings,
    commands: mpsc::Sender<Command>,
}

#[derive(Default)]
struct Registry {
    running: BTreeMap<Key, Running>,
    /// Those that could not be started: they stay as they are set up.
    left_out: BTreeMap<Key, Settings>,
    /// Sources that had groups lately: to have none any more is no error, as on the real server.
    had: VecDeque<Source>,
}

impl Registry {
    fn insert(&mut self, key: Key, running: Running) {
        self.remember(&key.0);
        self.running.insert(key, running);
    }

    fn remember(&mut self, source: &Source) {
        if !self.had.contains(source) {
            if self.had.len() >= REMEMBERED_SOURCES {
                self.had.pop_front();
            }
            self.had.push_back(source.clone());
        }
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.running.len() + self.left_out.len()
    }

    /// Another group whose streams would have the same names: `a::b` and `c`, where there is `a` and `b::c`.
    fn sharing_streams(&self, key: &Key) -> Option<&Key> {
        let own = names::id(&key.0, &key.1);
        let left_out = self.left_out.keys();
        (self.running.keys().chain(left_out))
            .find(|other| *other != key && names::id(&other.0, &other.1) == own)
    }
}

/// All groups.
#[derive(Clone)]
pub struct Groups {
    shared: Shared,
    registry: Arc<Mutex<Registry>>,
    /// Why it is not known how groups are set up: then none is changed, and nothing is written over what is there.
    unreadable: Option<Arc<str>>,
}

impl Groups {
    /// Starts the groups that the store knows. One that cannot be started is told and left out.
    pub async fn open(shared: Shared) -> Self {
        let (stored, unreadable) = match stored(&shared).await {
            Ok(stored) => (stored, None),
            Err(cause) => {
                tracing::error!(
                    cause,
                    "how persistent subscriptions are set up cannot be read: none is served, and none can be changed"
                );
                (vec![], Some(cause.into()))
            }
        };
        let mut groups = Self {
            shared,
            registry: Arc::default(),
            unreadable,
        };
        let mut registry = Registry::default();
        for one in stored {
            let key = (one.source, one.group);
            if let Some((source, group)) = registry.sharing_streams(&key) {
                tracing::error!(
                    source = key.0.name(),
                    group = key.1,
                    other_source = source.name(),
                    other_group = group,
                    "two persistent subscriptions of before keep their places and parked events in the same streams: delete one, and make it anew by another name"
                );
            }
            match groups.start(&key, one.settings.clone()).await {
                Ok(started) => registry.insert(key, started),
                Err(error) => {
                    tracing::error!(group = key.1, %error, "a persistent subscription was not started");
                    registry.remember(&key.0);
                    registry.left_out.insert(key, one.settings);
                }
            }
        }
        groups.registry = Arc::new(Mutex::new(registry));
        groups
    }

    async fn start(&self, key: &Key, settings: Settings) -> Result<Running, Status> {
        let (running, actor) = self.prepare(key, settings).await?;
        self.shared.tasks.spawn(actor);
        Ok(running)
    }

    /// A group and what runs it, which does nothing before it is spawned.
    async fn prepare(
        &self,
        key: &Key,
        settings: Settings,
    ) -> Result<(Running, impl Future<Output = ()> + Send + 'static), Status> {
        let names = Names {
            source: key.0.clone(),
            group: key.1.clone(),
        };
        let actor = Actor::open(self.shared.clone(), names, settings.clone()).await?;
        let (commands, queue) = mpsc::channel(COMMANDS);
        Ok((Running { settings, commands }, actor.run(queue)))
    }

    /// Writes down how all groups are set up.
    async fn save(&self, registry: &Registry) -> Result<(), Status> {
        if let Some(cause) = &self.unreadable {
            return Err(Status::failed_precondition(format!(
                "how persistent subscriptions are set up cannot be read: {cause}"
            )));
        }
        let running = registry.running.iter();
        let left_out = registry.left_out.iter();
        let stored: Vec<Stored> = running
            .map(|(key, running)| (key, &running.settings))
            .chain(left_out.filter(|(key, _)| !registry.running.contains_key(key)))
            .map(|((source, group), settings)| Stored {
                source: source.clone(),
                group: group.clone(),
                settings: settings.clone(),
            })
            .collect();
        let event = NewEvent {
            id: Uuid::new_v4(),
            event_type: CONFIG_TYPE.into(),
            content_type: ContentType::Json,
            data: serde_json::to_vec(&stored)
                .map_err(|error| Status::internal(error.to_string()))?,
            metadata: vec![],
        };
        let stream =
            StreamName::new(CONFIG_STREAM).map_err(|error| Status::internal(error.to_string()))?;
        self.shared
            .store
            .append(&stream, ExpectedRevision::Any, vec![event])
            .await
            .map(|_| ())
            .map_err(|error| refusal::of_append("PersistentSubscription", &error))
    }

    /// Refuses who may not read what a group reads.
    async fn check(&self, caller: &Caller, source: &Source) -> Result<(), Status> {
        let rights = &self.shared.rights;
        match source {
            Source::All => rights.check_all(caller).await,
            Source::Stream(name) => {
                let stream = StreamName::new(name)
                    .map_err(|error| Status::invalid_argument(error.to_string()))?;
                rights.check(caller, Doing::Read, &stream).await
            }
        }
    }

    async fn create(&self, described: &Described) -> Result<(), Status> {
        settings::check_group_name(&described.group)?;
        let key = (described.source.clone(), described.group.clone());
        let mut registry = self.registry.lock().await;
        if registry.running.contains_key(&key) {
            return Err(refusal::of_group(
                Code::AlreadyExists,
                "persistent-subscription-exists",
                "exists.",
                described.source.name(),
                &described.group,
            ));
        }
        if let Some((source, group)) = registry.sharing_streams(&key) {
            return Err(Status::invalid_argument(format!(
                "the persistent subscription {group:?} to {:?} keeps its events in streams of the same names: take another name",
                source.name()
            )));
        }
        let settings = self.begun(described, Purpose::Create).await?;
        let is_left_out = registry.left_out.contains_key(&key);
        if registry.len() - usize::from(is_left_out) >= MAX_GROUPS {
            return Err(Status::resource_exhausted(format!(
                "there are {MAX_GROUPS} persistent subscriptions, which is the most"
            )));
        }
        if is_left_out {
            // It is made anew: where the one before was is over.
            self.forget(&key).await?;
        }
        let (prepared, actor) = self.prepare(&key, settings).await?;
        registry.running.insert(key.clone(), prepared);
        if let Err(error) = self.save(&registry).await {
            registry.running.remove(&key);
            return Err(error);
        }
        registry.left_out.remove(&key);
        registry.remember(&key.0);
        self.shared.tasks.spawn(actor);
        Ok(())
    }

    /// The settings, and where the end is if the group begins there.
    async fn begun(&self, described: &Described, purpose: Purpose) -> Result<Settings, Status> {
        let mut settings = described.settings(purpose)?;
        if settings.begin == Begin::End {
            settings.began_behind = self.end_of(&described.source).await?;
        }
        Ok(settings)
    }

    async fn end_of(&self, source: &Source) -> Result<Option<u64>, Status> {
        match source {
            Source::All => {
                let head = self.shared.store.heads().borrow().all.0;
                Ok(Some(head).filter(|place| *place > 0))
            }
            Source::Stream(name) => {
                let stream = StreamName::new(name)
                    .map_err(|error| Status::invalid_argument(error.to_string()))?;
                let found = self.shared.reader.stream(&stream).await;
                let found = found.map_err(|error| refusal::of_read(&error))?;
                Ok(found.and_then(|stream| stream.head))
            }
        }
    }

    /// The group begins anew with other settings, behind its last checkpoint if it has one; who is connected has to come
    /// again, as on the real server.
    async fn update(&self, described: &Described) -> Result<(), Status> {
        let key = (described.source.clone(), described.group.clone());
        let mut registry = self.registry.lock().await;
        let known = registry
            .running
            .get_mut(&key)
            .ok_or_else(|| missing(&key))?;
        let mut settings = self.begun(described, Purpose::Update).await?;
        // What of `$all` a group takes cannot be changed.
        settings.filter = known.settings.filter.clone();
        let before = std::mem::replace(&mut known.settings, settings.clone());
        let commands = known.commands.clone();
        if let Err(error) = self.save(&registry).await {
            if let Some(known) = registry.running.get_mut(&key) {
                known.settings = before;
            }
            return Err(error);
        }
        end(&commands).await;
        let started = match self.start(&key, settings).await {
            Ok(started) => started,
            Err(error) => {
                // As it was before, so that it runs at all.
                let again = self.start(&key, before).await?;
                registry.insert(key, again);
                self.save(&registry).await?;
                return Err(error);
            }
        };
        registry.insert(key, started);
        Ok(())
    }

    /// Runs to its end, also if whoever asked leaves: half of a change would leave a group that does not run.
    async fn to_its_end(
        &self,
        change: impl Future<Output = Result<(), Status>> + Send + 'static,
    ) -> Result<(), Status> {
        let done = self.shared.tasks.spawn(change).await;
        done.unwrap_or_else(|_| Err(refusal::stopping()))
    }

    async fn delete(&self, key: &Key) -> Result<(), Status> {
        let mut registry = self.registry.lock().await;
        let known = registry.running.remove(key);
        let left_out = registry.left_out.remove(key);
        if known.is_none() && left_out.is_none() {
            return Err(missing(key));
        }
        if let Err(error) = self.save(&registry).await {
            let known = known.map(|known| (key.clone(), known));
            registry.running.extend(known);
            let left_out = left_out.map(|settings| (key.clone(), settings));
            registry.left_out.extend(left_out);
            return Err(error);
        }
        if let Some(known) = known {
            end(&known.commands).await;
        }
        if registry.sharing_streams(key).is_some() {
            // What is in them is the other one's too.
            return Ok(());
        }
        // Nobody makes one of the same name before what this one wrote is gone.
        self.forget(key).await?;
        drop(registry);
        Ok(())
    }

    /// Deletes what a group wrote: one of the same name begins anew.
    async fn forget(&self, key: &Key) -> Result<(), Status> {
        let names = Names {
            source: key.0.clone(),
            group: key.1.clone(),
        };
        let streams = names.streams()?;
        for stream in [streams.checkpoints, streams.parked, streams.replaying] {
            let store = &self.shared.store;
            match store.delete(&stream, ExpectedRevision::Any).await {
                // Nothing was ever written to it.
                Ok(_) | Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(refusal::of_append("PersistentSubscription", &error)),
            }
        }
        Ok(())
    }

    async fn commands_of(&self, key: &Key) -> Result<mpsc::Sender<Command>, Status> {
        let registry = self.registry.lock().await;
        let known = registry.running.get(key).ok_or_else(|| missing(key))?;
        Ok(known.commands.clone())
    }

    async fn info(&self, key: &Key) -> Result<wire::SubscriptionInfo, Status> {
        let commands = self.commands_of(key).await?;
        let (reply, info) = oneshot::channel();
        send(&commands, Command::Info(reply)).await?;
        info.await.map_err(|_| refusal::stopping())
    }
}

/// Ends a running group; its consumers are told.
async fn end(commands: &mpsc::Sender<Command>) {
    let (reply, ended) = oneshot::channel();
    // One that does not run any more has ended.
    if commands.send(Command::End(reply)).await.is_ok() {
        let _ = ended.await;
    }
}

/// How groups are set up, as the store has it.
async fn stored(shared: &Shared) -> Result<Vec<Stored>, String> {
    let stream = StreamName::new(CONFIG_STREAM).map_err(|error| error.to_string())?;
    let page = shared
        .reader
        .read_stream(&stream, u64::MAX, Direction::Backwards, 1)
        .await
        .map_err(|error| error.to_string())?;
    page.first().map_or(Ok(vec![]), |event| {
        serde_json::from_slice(&event.data)
            .map_err(|error| format!("event {} of {stream}: {error}", event.revision))
    })
}

fn missing((source, group): &Key) -> Status {
    refusal::of_group(
        Code::NotFound,
        "persistent-subscription-does-not-exist",
        "does not exist.",
        source.name(),
        group,
    )
}

async fn send(commands: &mpsc::Sender<Command>, command: Command) -> Result<(), Status> {
    commands
        .send(command)
        .await
        .map_err(|_| refusal::stopping())
}

async fn join(commands: &mpsc::Sender<Command>, seat: Box<Seat>) -> Result<ConsumerId, Status> {
    let (reply, joined) = oneshot::channel();
    send(commands, Command::Join { seat, reply }).await?;
    joined.await.map_err(|_| refusal::stopping())?
}

fn source_of(stream: Option<shared::StreamIdentifier>) -> Result<Source, Status> {
    stream_name(stream).map(|name| stream_source(&name))
}

impl TryFrom<wire::create_req::Options> for Described {
    type Error = Status;

    fn try_from(options: wire::create_req::Options) -> Result<Self, Status> {
        use wire::create_req::options::StreamOption;
        let (source, begin, filter) = match options.stream_option {
            Some(StreamOption::Stream(stream)) => {
                let begin = settings::begin_of_stream(&stream, "CreateReq")?;
                let source = source_of(stream.stream_identifier)?;
                if source == Source::All {
                    return Err(Status::invalid_argument(
                        "$all is no stream: create the subscription with the option 'all'",
                    ));
                }
                (source, begin, None)
            }
            Some(StreamOption::All(all)) => (
                Source::All,
                settings::begin_of_all(&all, "CreateReq")?,
                settings::filter_of_all(&all)?,
            ),
            // The older client of npm says it as clients before 21.10 did.
            None => {
                let begin = settings::begin_of_settings(options.settings.as_ref());
                (source_of(options.stream_identifier)?, begin, None)
            }
        };
        Ok(Self {
            source,
            group: options.group_name,
            begin,
            filter,
            settings: options.settings,
        })
    }
}

impl TryFrom<wire::update_req::Options> for Described {
    type Error = Status;

    fn try_from(options: wire::update_req::Options) -> Result<Self, Status> {
        use wire::update_req::options::StreamOption;
        let (source, begin) = match options.stream_option {
            Some(StreamOption::Stream(stream)) => {
                let begin = settings::begin_of_stream(&stream, "UpdateReq")?;
                (source_of(stream.stream_identifier)?, begin)
            }
            Some(StreamOption::All(all)) => {
                (Source::All, settings::begin_of_all(&all, "UpdateReq")?)
            }
            None => {
                let begin = settings::begin_of_settings(options.settings.as_ref());
                (source_of(options.stream_identifier)?, begin)
            }
        };
        Ok(Self {
            source,
            group: options.group_name,
            begin,
            filter: None,
            settings: options.settings,
        })
    }
}

#[tonic::async_trait]
impl PersistentSubscriptions for Groups {
    type ReadStream = ReceiverStream<Result<wire::ReadResp, Status>>;

    async fn create(
        &self,
        request: Request<wire::CreateReq>,
    ) -> Result<Response<wire::CreateResp>, Status> {
        let caller = caller(&request)?;
        caller.require(Role::Writer)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let described: Described = options.try_into()?;
        self.check(&caller, &described.source).await?;
        let groups = self.clone();
        self.to_its_end(async move { Groups::create(&groups, &described).await })
            .await?;
        Ok(Response::new(wire::CreateResp {}))
    }

    async fn update(
        &self,
        request: Request<wire::UpdateReq>,
    ) -> Result<Response<wire::UpdateResp>, Status> {
        let caller = caller(&request)?;
        caller.require(Role::Writer)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let (groups, described) = (self.clone(), Described::try_from(options)?);
        self.check(&caller, &described.source).await?;
        self.to_its_end(async move { Groups::update(&groups, &described).await })
            .await?;
        Ok(Response::new(wire::UpdateResp {}))
    }

    async fn delete(
        &self,
        request: Request<wire::DeleteReq>,
    ) -> Result<Response<wire::DeleteResp>, Status> {
        use wire::delete_req::options::StreamOption;
        let caller = caller(&request)?;
        caller.require(Role::Writer)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let source = match options.stream_option {
            Some(StreamOption::StreamIdentifier(stream)) => source_of(Some(stream))?,
            Some(StreamOption::All(_)) => Source::All,
            None => return Err(refusal::missing("stream_option")),
        };
        self.check(&caller, &source).await?;
        let (groups, key) = (self.clone(), (source, options.group_name));
        self.to_its_end(async move { Groups::delete(&groups, &key).await })
            .await?;
        Ok(Response::new(wire::DeleteResp {}))
    }

    async fn read(
        &self,
        request: Request<Streaming<wire::ReadReq>>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        use wire::read_req::options::{StreamOption, uuid_option};
        let caller = caller(&request)?;
        caller.require(Role::Writer)?;
        let user = caller.name().to_owned();
        let connection_name = request
            .metadata()
            .get("connection-name")
            .and_then(|name| name.to_str().ok())
            .unwrap_or(UNNAMED)
            .to_owned();
        let from = request
            .remote_addr()
            .map(|address| address.to_string())
            .unwrap_or_default();
        let mut requests = request.into_inner();
        let first = requests.message().await?.and_then(|first| first.content);
        let Some(wire::read_req::Content::Options(options)) = first else {
            return Err(refusal::missing("options"));
        };
        let source = match options.stream_option {
            Some(StreamOption::StreamIdentifier(stream)) => source_of(Some(stream))?,
            Some(StreamOption::All(_)) => Source::All,
            None => return Err(refusal::missing("stream_option")),
        };
        self.check(&caller, &source).await?;
        let slots = usize::try_from(options.buffer_size).ok();
        let slots = slots
            .filter(|slots| *slots > 0)
            .ok_or_else(|| Status::invalid_argument("buffer_size is 1 or more"))?
            .min(MAX_SLOTS);
        let ids = match options.uuid_option.and_then(|option| option.content) {
            Some(uuid_option::Content::Structured(_)) => IdForm::TwoHalves,
            _ => IdForm::Text,
        };
        let commands = self.commands_of(&(source, options.group_name)).await?;
        // Room for all that the consumer may have at once, the confirmation and a farewell.
        let (answers, stream) = mpsc::channel(slots + 2);
        let seat = Box::new(Seat {
            slots,
            user,
            from,
            connection_name,
            ids,
            answers: answers.clone(),
        });
        let (ready, joined) = oneshot::channel();
        let stop = self.shared.stop.clone();
        self.shared.tasks.spawn(async move {
            // Here, so that somebody says it if the consumer leaves in the very moment of joining.
            let id = match join(&commands, seat).await {
                Ok(id) => id,
                Err(refused) => {
                    // Who left needs no reason.
                    let _ = ready.send(Err(refused));
                    return;
                }
            };
            // Who left is noticed below.
            let _ = ready.send(Ok(()));
            loop {
                let request = tokio::select! {
                    () = stop.cancelled() => break,
                    () = answers.closed() => break,
                    () = caller.dismissed() => {
                        // Who has no room left sees the connection end.
                        let _ = answers.try_send(Err(refusal::dismissed()));
                        break;
                    }
                    request = requests.message() => request,
                };
                let Ok(Some(request)) = request else { break };
                match understand(request) {
                    Ok(Asked::Ack(events)) => {
                        if send(&commands, Command::Ack(events)).await.is_err() {
                            break;
                        }
                    }
                    Ok(Asked::Nack(events, what)) => {
                        if send(&commands, Command::Nack(events, what)).await.is_err() {
                            break;
                        }
                    }
                    Err(status) => {
                        // Who left needs no reason.
                        let _ = answers.try_send(Err(status));
                        break;
                    }
                }
            }
            // The group may be gone.
            let _ = send(&commands, Command::Leave(id)).await;
        });
        joined.await.map_err(|_| refusal::stopping())??;
        Ok(Response::new(ReceiverStream::new(stream)))
    }

    async fn get_info(
        &self,
        request: Request<wire::GetInfoReq>,
    ) -> Result<Response<wire::GetInfoResp>, Status> {
        use wire::get_info_req::options::StreamOption;
        caller(&request)?.require(Role::Reader)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let source = match options.stream_option {
            Some(StreamOption::StreamIdentifier(stream)) => source_of(Some(stream))?,
            Some(StreamOption::All(_)) => Source::All,
            None => return Err(refusal::missing("stream_option")),
        };
        let info = self.info(&(source, options.group_name)).await?;
        Ok(Response::new(wire::GetInfoResp {
            subscription_info: Some(info),
        }))
    }

    async fn replay_parked(
        &self,
        request: Request<wire::ReplayParkedReq>,
    ) -> Result<Response<wire::ReplayParkedResp>, Status> {
        use wire::replay_parked_req::options::{StopAtOption, StreamOption};
        let caller = caller(&request)?;
        caller.require(Role::Writer)?;
        let options = request.into_inner().options;
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        let source = match options.stream_option {
            Some(StreamOption::StreamIdentifier(stream)) => source_of(Some(stream))?,
            Some(StreamOption::All(_)) => Source::All,
            None => return Err(refusal::missing("stream_option")),
        };
        self.check(&caller, &source).await?;
        let key = (source, options.group_name);
        let commands = self.commands_of(&key).await?;
        let stop_at = match options.stop_at_option {
            Some(StopAtOption::StopAt(stop_at)) => Some(u64::try_from(stop_at).map_err(|_| {
                let what = "Cannot stop replaying parked message at a negative version.";
                refusal::group_failed(what, key.0.name(), &key.1)
            })?),
            _ => None,
        };
        let (reply, done) = oneshot::channel();
        send(&commands, Command::Replay { stop_at, reply }).await?;
        done.await.map_err(|_| refusal::stopping())?;
        Ok(Response::new(wire::ReplayParkedResp {}))
    }

    async fn list(
        &self,
        request: Request<wire::ListReq>,
    ) -> Result<Response<wire::ListResp>, Status> {
        use wire::list_req::options::ListOption;
        use wire::list_req::stream_option::StreamOption;
        caller(&request)?.require(Role::Reader)?;
        let options = request.into_inner().options;
        let wanted = match options.and_then(|options| options.list_option) {
            Some(ListOption::ListForStream(stream)) => match stream.stream_option {
                Some(StreamOption::Stream(stream)) => Some(source_of(Some(stream))?),
                _ => Some(Source::All),
            },
            _ => None,
        };
        let keys: Vec<Key> = {
            let registry = self.registry.lock().await;
            if let Some(wanted) = wanted
                .as_ref()
                .filter(|wanted| !registry.had.contains(wanted))
            {
                return Err(missing(&(wanted.clone(), String::new())));
            }
            let all = registry.running.keys();
            all.filter(|(source, _)| wanted.as_ref().is_none_or(|wanted| wanted == source))
                .cloned()
                .collect()
        };
        let mut subscriptions = Vec::with_capacity(keys.len());
        for key in keys {
            match self.info(&key).await {
                Ok(info) => subscriptions.push(info),
                // It was deleted a moment ago.
                Err(status) if status.code() == Code::NotFound => {}
                Err(status) => return Err(status),
            }
        }
        Ok(Response::new(wire::ListResp { subscriptions }))
    }

    /// Nothing has to be restarted here: every group goes on by itself.
    async fn restart_subsystem(
        &self,
        request: Request<shared::Empty>,
    ) -> Result<Response<shared::Empty>, Status> {
        caller(&request)?.require(Role::Writer)?;
        Ok(Response::new(shared::Empty {}))
    }
}

/// What a consumer says.
enum Asked {
    Ack(Vec<Uuid>),
    Nack(Vec<Uuid>, Unhandled),
}

fn understand(request: wire::ReadReq) -> Result<Asked, Status> {
    use wire::read_req::{Content, nack::Action};
    let ids = |ids: &[shared::Uuid]| {
        ids.iter()
            .map(|id| parse_id(Some(id)))
            .collect::<Result<Vec<_>, _>>()
    };
    match request.content {
        Some(Content::Ack(ack)) => Ok(Asked::Ack(ids(&ack.ids)?)),
        Some(Content::Nack(nack)) => {
            let ids = ids(&nack.ids)?;
            let what = match nack.action() {
                Action::Park => Unhandled::Park(nack.reason),
                // The real server takes `Stop` for handled, too.
                Action::Skip | Action::Stop => Unhandled::Skip,
                Action::Retry | Action::Unknown => Unhandled::Retry,
            };
            Ok(Asked::Nack(ids, what))
        }
        Some(Content::Options(_)) => Err(Status::invalid_argument("options come once")),
        None => Err(refusal::missing("content")),
    }
}
