//! The one command handler: load, decide, append, and again if somebody else was faster.

use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::kept::{Aggregates, Folded};
use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use tokio::sync::Mutex;
use upkeep_domain::kernel::decider::{Context, Decider, EventPayload, Refused, decide_as_judged};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::CommandId;
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_event_store::evidence::chain;
use upkeep_event_store::{
    AppendError, ContentType, Direction, EventStore, ExpectedRevision, NewEvent, Position,
    RecordedEvent, StreamName,
};
use upkeep_world::World;

/// How often a command is decided again because somebody else wrote to its stream first.
const MAX_ATTEMPTS: usize = 16;
/// How many streams may be decided on at once, about.
const TURNS: usize = 512;
/// Events that are read at once when an aggregate is loaded.
const LOAD_PAGE: usize = 1_024;

/// What a command led to.
#[derive(Clone, Debug)]
pub struct Outcome<D: Decider> {
    /// After the command.
    pub state: Arc<D>,
    /// Of this execution; empty if nothing had to happen, or if it had happened before.
    pub events: Vec<D::Event>,
    /// The last event of the stream: a view at this position contains the command's effect.
    pub position: Position,
    /// The stream's revision; nothing if it has no event.
    pub revision: Option<u64>,
}

/// Executes commands against a store.
#[derive(Clone)]
pub struct CommandHandler {
    store: Arc<dyn EventStore>,
    world: World,
    /// Commands of this process for one stream wait for each other here instead of losing against each other in
    /// the store; only other processes are left to conflict with. Streams share turns by their hash.
    turns: Arc<[Mutex<()>]>,
    kept: Arc<Aggregates>,
}

impl CommandHandler {
    pub fn new(store: Arc<dyn EventStore>, world: World) -> Self {
        let turns = (0..TURNS).map(|_| Mutex::new(())).collect();
        Self {
            store,
            world,
            turns,
            kept: Arc::default(),
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

    pub fn world(&self) -> &World {
        &self.world
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
        let mut folded = self.kept.take::<D>(&stream).unwrap_or_default();
        // What is appended behind what is known is refused where that is not the newest; anything else that is answered has to be read
        // first, and so has what somebody may send to another server, too.
        let mut is_believed = folded.is_certain && envelope.digest.is_none();
        for _ in 0..MAX_ATTEMPTS {
            if !is_believed {
                folded = self.catch_up(&stream, folded).await?;
            }
            let context = Context {
                actor: envelope.actor,
                now: self.world.now(),
                command_id: envelope.command_id,
            };
            let events = match decide(&folded, &command, judged, envelope, &context) {
                Ok(events) if !events.is_empty() => events,
                _ if is_believed => {
                    is_believed = false;
                    continue;
                }
                decided => {
                    let answer = decided.map(|events| outcome(&folded, events));
                    self.keep(stream, folded);
                    return answer;
                }
            };
            match self
                .append(&stream, folded, events, envelope, &context)
                .await?
            {
                Written::Now(outcome) => return Ok(outcome),
                Written::Behind(behind) => {
                    folded = behind;
                    is_believed = false;
                }
            }
        }
        Err(CommandError::Contended { stream })
    }

    async fn append<D: Decider>(
        &self,
        stream: &StreamName,
        mut folded: Folded<D>,
        events: Vec<D::Event>,
        envelope: &Envelope,
        context: &Context,
    ) -> Result<Written<D>, CommandError> {
        let revision = folded.revision;
        let expected = revision.map_or(ExpectedRevision::NoStream, ExpectedRevision::Exactly);
        let mut place = chain::Place {
            stream,
            revision: revision.map_or(0, |revision| revision + 1),
            previous: folded.link,
        };
        let new = encode(&events, envelope, context, &mut place)?;
        let bytes: usize = new
            .iter()
            .map(|new| new.data.len() + new.metadata.len())
            .sum();
        let appended = match self.store.append(stream, expected, new).await {
            Ok(appended) => appended,
            Err(AppendError::Conflict { .. }) => return Ok(Written::Behind(folded)),
            Err(error) => return Err(error.into()),
        };
        // Only a command that somebody may send again is known elsewhere under its id.
        let may_be_others = envelope.digest.is_some();
        if may_be_others
            && self
                .wrote_another(stream, appended.revision, place.previous)
                .await
        {
            return Ok(Written::Behind(folded));
        }
        let state = Arc::unwrap_or_clone(folded.state);
        folded.state = Arc::new(events.iter().fold(state, D::evolve));
        folded.revision = Some(appended.revision);
        folded.position = appended.position;
        folded.link = place.previous;
        folded.bytes += bytes as u64;
        folded.is_certain = !may_be_others;
        let command = folded.commands.entry(envelope.command_id);
        command.or_insert(envelope.digest);
        let outcome = outcome(&folded, events);
        self.keep(stream.clone(), folded);
        Ok(Written::Now(outcome))
    }

    /// Whether another server executed the same command at the same moment: an append of the same event ids is taken for its
    /// repetition, though what is stored is not what was to be stored here.
    async fn wrote_another(
        &self,
        stream: &StreamName,
        revision: u64,
        link: Option<Sha256Digest>,
    ) -> bool {
        let read = self
            .store
            .read_stream(stream, revision, Direction::Forwards, 1);
        // What cannot be read now was appended all the same; whoever works on it next reads on from here and finds out.
        read.await.is_ok_and(|page| {
            let stored = page.first();
            stored.is_some_and(|stored| chain::link_of(&stored.metadata) != link)
        })
    }

    fn keep<D: Decider>(&self, stream: StreamName, folded: Folded<D>) {
        if folded.revision.is_some() {
            self.kept.put(stream, folded);
        }
    }

    /// The aggregate as it is now. Nobody waits for whoever only reads.
    pub async fn read<D: Decider>(&self, id: D::Id) -> Result<Arc<D>, CommandError> {
        let now = self.look::<D>(id).await?;
        Ok(now.state.clone())
    }

    /// The aggregate as it is now, and whether this command was executed on it.
    pub(crate) async fn read_after<D: Decider>(
        &self,
        id: D::Id,
        command: CommandId,
    ) -> Result<(Arc<D>, bool), CommandError> {
        let now = self.look::<D>(id).await?;
        Ok((now.state.clone(), now.commands.contains_key(&command)))
    }

    async fn look<D: Decider>(&self, id: D::Id) -> Result<Arc<Folded<D>>, CommandError> {
        let stream = StreamName::of(D::CATEGORY, id);
        if let Some(kept) = self.kept.look::<D>(&stream)
            && let Some(newer) = self.behind(&stream, &kept).await?
            && newer.is_empty()
        {
            return Ok(kept);
        }
        let folded = self.catch_up(&stream, Folded::default()).await?;
        Ok(Arc::new(folded))
    }

    /// What the stream has behind what is known of it; nothing if it does not go on from there: it was deleted and began anew, or
    /// what is known of it was never written, because another server had written the same events first.
    async fn behind<D: Decider>(
        &self,
        stream: &StreamName,
        folded: &Folded<D>,
    ) -> Result<Option<Vec<RecordedEvent>>, CommandError> {
        let from = folded.revision.unwrap_or(0);
        let read = self
            .store
            .read_stream(stream, from, Direction::Forwards, LOAD_PAGE);
        let mut page = read.await?;
        if folded.revision.is_none() {
            return Ok(Some(page));
        }
        let goes_on = page.first().is_some_and(|last| {
            folded.revision == Some(last.revision) && chain::link_of(&last.metadata) == folded.link
        });
        if goes_on {
            page.remove(0);
        }
        Ok(goes_on.then_some(page))
    }

    /// Folds what the stream has behind what is known of it.
    async fn catch_up<D: Decider>(
        &self,
        stream: &StreamName,
        mut folded: Folded<D>,
    ) -> Result<Folded<D>, CommandError> {
        loop {
            let Some(page) = self.behind(stream, &folded).await? else {
                folded = Folded::default();
                continue;
            };
            if page.is_empty() {
                folded.is_certain = folded.revision.is_some();
                return Ok(folded);
            }
            let is_last = page.len() < LOAD_PAGE - 1;
            let mut state = Arc::unwrap_or_clone(folded.state);
            for event in &page {
                let origin = event.origin().map_err(|cause| undecodable(event, &cause))?;
                state = state.evolve(&payload::<D>(event, origin.version)?);
                if let Some(command) = origin.command_id {
                    let command = folded.commands.entry(command);
                    command.or_insert(origin.command_digest);
                }
                folded.revision = Some(event.revision);
                folded.position = event.position;
                folded.link = chain::link_of(&event.metadata);
                folded.bytes += (event.data.len() + event.metadata.len()) as u64;
            }
            folded.state = Arc::new(state);
            folded.is_certain = true;
            if is_last {
                return Ok(folded);
            }
        }
    }
}

/// What became of an append.
enum Written<D: Decider> {
    Now(Outcome<D>),
    /// Somebody else was faster; this is what was known before.
    Behind(Folded<D>),
}

/// What follows from a command, as far as this is what the stream tells: no event for one that was executed before.
fn decide<D: Decider>(
    folded: &Folded<D>,
    command: &D::Command,
    judged: Option<&D::Premise>,
    envelope: &Envelope,
    context: &Context,
) -> Result<Vec<D::Event>, CommandError> {
    if let Some(digest) = folded.commands.get(&envelope.command_id) {
        return if *digest == envelope.digest {
            Ok(vec![])
        } else {
            Err(CommandError::CommandIdReused(envelope.command_id))
        };
    }
    if let Some(expected) = envelope.expected_revision
        && folded.revision != Some(expected)
    {
        return Err(CommandError::RevisionConflict {
            expected,
            actual: folded.revision,
        });
    }
    decide_as_judged(&*folded.state, judged, command.clone(), context).map_err(|refused| {
        match refused {
            Refused::Rejected(rejection) => CommandError::rejected(&rejection),
            Refused::Overtaken => CommandError::Overtaken {
                position: folded.position,
            },
        }
    })
}

fn outcome<D: Decider>(folded: &Folded<D>, events: Vec<D::Event>) -> Outcome<D> {
    Outcome {
        state: folded.state.clone(),
        events,
        position: folded.position,
        revision: folded.revision,
    }
}

fn encode<E: EventPayload>(
    events: &[E],
    envelope: &Envelope,
    context: &Context,
    place: &mut chain::Place<'_>,
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

fn payload<D: Decider>(event: &RecordedEvent, version: u16) -> Result<D::Event, CommandError> {
    match D::Event::from_json(&event.event_type, version, &event.data) {
        Some(Ok(payload)) => Ok(payload),
        Some(Err(cause)) => Err(undecodable(event, &cause)),
        None => Err(undecodable(
            event,
            &"this program does not know it; use a newer one",
        )),
    }
}
