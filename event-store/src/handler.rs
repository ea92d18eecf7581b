//! The one command handler: load, decide, append, and again if somebody else was faster.

use crate::clock::Clock;
use crate::evidence::chain;
use crate::port::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position,
    ReadError, RecordedEvent, StreamName,
};
use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use tokio::sync::Mutex;
use upkeep_domain::catalogue::script::Sha256Digest;
use upkeep_domain::kernel::decider::{
    Context, Decider, EventPayload, Refused, Rejection, decide_as_judged,
};
use upkeep_domain::kernel::ids::{CommandId, TenantId};
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use uuid::Uuid;

/// How often a command is decided again because somebody else wrote to its stream first.
const MAX_ATTEMPTS: usize = 16;
/// How many streams may be decided on at once, about.
const TURNS: usize = 512;
/// Events that are read at once when an aggregate is loaded.
const LOAD_PAGE: usize = 1_024;

/// What goes with a command besides its content.
#[derive(Clone, Debug)]
pub struct Envelope {
    pub command_id: CommandId,
    /// All events of one story share it.
    pub correlation_id: Uuid,
    /// What led to the command; the command itself if nothing did.
    pub causation_id: Option<Uuid>,
    /// Of the whole input, to tell a retry from another command under the same id.
    pub digest: Option<Sha256Digest>,
    pub actor: Actor,
    pub tenant: Option<TenantId>,
    pub reason: Option<String>,
    /// The revision that the sender has seen, if it must still be the newest.
    pub expected_revision: Option<u64>,
}

impl Envelope {
    /// For a command that stands alone.
    pub fn new(command_id: CommandId, actor: Actor) -> Self {
        Self {
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            digest: None,
            actor,
            tenant: None,
            reason: None,
            expected_revision: None,
        }
    }

    #[must_use]
    pub fn of_tenant(mut self, tenant: Option<TenantId>) -> Self {
        self.tenant = tenant;
        self
    }
}

/// What a command led to.
#[derive(Clone, Debug)]
pub struct Outcome<D: Decider> {
    /// After the command.
    pub state: D,
    /// Of this execution; empty if nothing had to happen, or if it had happened before.
    pub events: Vec<D::Event>,
    /// The last event of the stream: a view at this position contains the command's effect.
    pub position: Position,
    /// The stream's revision; nothing if it has no event.
    pub revision: Option<u64>,
}

/// Why a command was not executed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The domain said no.
    #[error("{message}")]
    Rejected {
        code: &'static str,
        message: String,
        field: Option<&'static str>,
    },
    #[error("this was changed since you read it: you expect revision {expected}, and it is {}; read it again and repeat your change", actual.map_or_else(|| "new".to_owned(), |revision| format!("revision {revision}")))]
    RevisionConflict { expected: u64, actual: Option<u64> },
    /// What was judged on a view is not so any more.
    #[error("{}", Refused::<std::convert::Infallible>::Overtaken)]
    Overtaken {
        /// The stream's last event: a view at this position shows what is so now.
        position: Position,
    },
    #[error("the command id {0} was used for another command: use a new one")]
    CommandIdReused(CommandId),
    #[error("{stream} is written to by too many at once: try again")]
    Contended { stream: StreamName },
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("event {event_type} at revision {revision} of {stream} cannot be read: {cause}")]
    Undecodable {
        stream: StreamName,
        revision: u64,
        event_type: String,
        cause: String,
    },
}

impl CommandError {
    /// Whether the store could not be reached: the same command may succeed when it is back.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            Self::Append(AppendError::Unreachable { .. })
                | Self::Read(ReadError::Unreachable { .. })
        )
    }

    fn rejected(rejection: &impl Rejection) -> Self {
        Self::Rejected {
            code: rejection.code(),
            message: rejection.to_string(),
            field: rejection.field(),
        }
    }
}

/// Executes commands against a store.
#[derive(Clone)]
pub struct CommandHandler {
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    /// Commands of this process for one stream wait for each other here instead of losing against each other in
    /// the store; only other processes are left to conflict with. Streams share turns by their hash.
    turns: Arc<[Mutex<()>]>,
}

/// An aggregate as its stream tells it.
struct Loaded<D> {
    state: D,
    revision: Option<u64>,
    position: Position,
    /// The metadata of the first event that this command made before, if it did.
    earlier: Option<EventMetadata>,
    /// The newest link of the stream's chain.
    link: Option<Sha256Digest>,
}

impl CommandHandler {
    pub fn new(store: Arc<dyn EventStore>, clock: Arc<dyn Clock>) -> Self {
        let turns = (0..TURNS).map(|_| Mutex::new(())).collect();
        Self {
            store,
            clock,
            turns,
        }
    }

    fn turn(&self, stream: &StreamName) -> &Mutex<()> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(stream);
        let turns = self.turns.len() as u64;
        &self.turns[usize::try_from(hash % turns).unwrap_or(0)]
    }

    pub fn store(&self) -> &Arc<dyn EventStore> {
        &self.store
    }

    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Loads, decides, appends. What it returns is on disk.
    ///
    /// Not cancel-safe: a dropped call may have been executed; repeating it with the same command id finds out.
    pub async fn execute<D: Decider>(
        &self,
        id: D::Id,
        command: D::Command,
        envelope: &Envelope,
    ) -> Result<Outcome<D>, CommandError> {
        self.execute_as_judged::<D>(id, command, None, envelope)
            .await
    }

    /// The same for a command whose permission and reach were judged on a view before: it is refused as overtaken where the
    /// stream has moved on from what was judged.
    pub async fn execute_as_judged<D: Decider>(
        &self,
        id: D::Id,
        command: D::Command,
        judged: Option<&D::Premise>,
        envelope: &Envelope,
    ) -> Result<Outcome<D>, CommandError> {
        let stream = StreamName::of(D::CATEGORY, id);
        let _turn = self.turn(&stream).lock().await;
        for _ in 0..MAX_ATTEMPTS {
            let loaded = self.load::<D>(&stream, envelope.command_id).await?;
            if let Some(earlier) = &loaded.earlier {
                return if earlier.command_digest == envelope.digest {
                    Ok(loaded.unchanged())
                } else {
                    Err(CommandError::CommandIdReused(envelope.command_id))
                };
            }
            if let Some(expected) = envelope.expected_revision
                && loaded.revision != Some(expected)
            {
                return Err(CommandError::RevisionConflict {
                    expected,
                    actual: loaded.revision,
                });
            }
            let context = Context {
                actor: envelope.actor,
                now: self.clock.now(),
                command_id: envelope.command_id,
            };
            let events = match decide_as_judged(&loaded.state, judged, command.clone(), &context) {
                Ok(events) => events,
                Err(Refused::Rejected(rejection)) => {
                    return Err(CommandError::rejected(&rejection));
                }
                Err(Refused::Overtaken) => {
                    return Err(CommandError::Overtaken {
                        position: loaded.position,
                    });
                }
            };
            if events.is_empty() {
                return Ok(loaded.unchanged());
            }
            let expected = loaded
                .revision
                .map_or(ExpectedRevision::NoStream, ExpectedRevision::Exactly);
            let place = chain::Place {
                stream: &stream,
                revision: loaded.revision.map_or(0, |revision| revision + 1),
                previous: loaded.link,
            };
            let new = encode(&events, envelope, &context, place)?;
            match self.store.append(&stream, expected, new).await {
                Ok(appended) => {
                    return Ok(Outcome {
                        state: events.iter().fold(loaded.state, D::evolve),
                        events,
                        position: appended.position,
                        revision: Some(appended.revision),
                    });
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommandError::Contended { stream })
    }

    /// The aggregate as it is now.
    pub async fn read<D: Decider>(&self, id: D::Id) -> Result<D, CommandError> {
        let stream = StreamName::of(D::CATEGORY, id);
        let loaded = self.load::<D>(&stream, CommandId(Uuid::nil())).await?;
        Ok(loaded.state)
    }

    async fn load<D: Decider>(
        &self,
        stream: &StreamName,
        command: CommandId,
    ) -> Result<Loaded<D>, CommandError> {
        let mut loaded = Loaded {
            state: D::default(),
            revision: None,
            position: Position::START,
            earlier: None,
            link: None,
        };
        let first_id = Uuid::new_v5(&command.0, &0u64.to_be_bytes());
        loop {
            let from = loaded.revision.map_or(0, |revision| revision + 1);
            let page = self
                .store
                .read_stream(stream, from, Direction::Forwards, LOAD_PAGE)
                .await?;
            for event in &page {
                if event.id == first_id {
                    loaded.earlier = Some(metadata(event)?);
                }
                loaded.state = loaded.state.evolve(&payload::<D>(event)?);
                loaded.revision = Some(event.revision);
                loaded.position = event.position;
            }
            if let Some(last) = page.last() {
                loaded.link = chain::link_of(&last.metadata);
            }
            if page.len() < LOAD_PAGE {
                return Ok(loaded);
            }
        }
    }
}

impl<D: Decider> Loaded<D> {
    fn unchanged(self) -> Outcome<D> {
        Outcome {
            state: self.state,
            events: vec![],
            position: self.position,
            revision: self.revision,
        }
    }
}

fn encode<E: EventPayload>(
    events: &[E],
    envelope: &Envelope,
    context: &Context,
    mut place: chain::Place<'_>,
) -> Result<Vec<NewEvent>, CommandError> {
    let stream = place.stream;
    let unwritable = |event: &E, cause: serde_json::Error| CommandError::Undecodable {
        stream: stream.clone(),
        revision: 0,
        event_type: event.event_type().to_owned(),
        cause: cause.to_string(),
    };
    events
        .iter()
        .enumerate()
        .map(|(index, event)| {
            let metadata = EventMetadata {
                correlation_id: envelope.correlation_id,
                causation_id: envelope.causation_id.unwrap_or(envelope.command_id.0),
                command_id: envelope.command_id,
                command_digest: envelope.digest,
                actor: envelope.actor,
                tenant_id: envelope.tenant,
                time: context.now,
                version: event.version(),
                reason: envelope.reason.clone(),
            };
            let mut new = NewEvent {
                id: context.event_id(index),
                event_type: Cow::Borrowed(event.event_type()),
                content_type: ContentType::Json,
                data: event.to_json().map_err(|cause| unwritable(event, cause))?,
                metadata: serde_json::to_vec(&metadata)
                    .map_err(|cause| unwritable(event, cause))?,
            };
            place.seal(&mut new);
            Ok(new)
        })
        .collect()
}

fn undecodable(event: &RecordedEvent, cause: &dyn std::fmt::Display) -> CommandError {
    CommandError::Undecodable {
        stream: event.stream.clone(),
        revision: event.revision,
        event_type: event.event_type.to_string(),
        cause: cause.to_string(),
    }
}

fn metadata(event: &RecordedEvent) -> Result<EventMetadata, CommandError> {
    serde_json::from_slice(&event.metadata).map_err(|cause| undecodable(event, &cause))
}

fn payload<D: Decider>(event: &RecordedEvent) -> Result<D::Event, CommandError> {
    let version = event
        .version()
        .map_err(|cause| undecodable(event, &cause))?;
    match D::Event::from_json(&event.event_type, version, &event.data) {
        Some(Ok(payload)) => Ok(payload),
        Some(Err(cause)) => Err(undecodable(event, &cause)),
        None => Err(undecodable(
            event,
            &"this program does not know it; use a newer one",
        )),
    }
}
