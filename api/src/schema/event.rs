//! Events as they are shown, looked through and followed.

mod gather;
mod reading;

use crate::error::{self, ErrorCode};
use crate::request::{Request, services, view_at};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    DEFAULT_PAGE, Known, MAX_PAGE, OrderDirection, Page, TEXT_COST, list_cost,
};
use crate::schema::shown::ShownEvent;
use crate::schema::types::{Actor, AsOfInput, PositionScalar, encode, global_id, uuid_of};
use async_graphql::{Context, ID, InputObject, Json, Object, Result};
use chrono::{DateTime, Utc};
use gather::{Bounds, gather};
use reading::{Reading, Reads};
use std::collections::HashSet;
use std::sync::Arc;
use upkeep_domain::access::{Action, Principal};
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agent::AgentEvent;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_domain::maintenance::session::SessionEvent;
use upkeep_event_store::{Direction, Position, ReadError, RecordedEvent, StreamName};
use upkeep_projections::{Extent, View};
use uuid::Uuid;

/// What a script wrote, which is kept beside the domain's events.
const SCRIPT_OUTPUT: &str = "ScriptOutputAppended";
/// Events that one request looks at, at most; the page may then be short, and `hasNextPage` says to go on.
const SCAN_LIMIT: usize = 20_000;
/// Bytes of the events of one page, at most, if it has more than one; the page may then be short, and `hasNextPage` says to
/// go on. They are there before anything of them is counted as an answer.
const PAGE_BYTES: usize = 1024 * 1024;

/// Which events.
#[derive(Clone, Debug, Default, InputObject)]
pub struct EventFilter {
    /// Only those of this stream: "deployment-0190…".
    pub stream: Option<String>,
    /// Only those with a greater `revision`, of the one stream that is named: what came since you read a thing at this revision. From the stream's
    /// beginning if not given.
    pub after_revision: Option<u64>,
    /// Only these types, such as DeploymentCreated.
    #[graphql(validator(max_items = 100))]
    pub types: Option<Vec<String>>,
    /// Only those of this tenant.
    pub tenant_id: Option<ID>,
    /// Only those of this computer, its agents and its sessions.
    pub computer_id: Option<ID>,
    /// Only those recorded at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those recorded before this time.
    pub until: Option<DateTime<Utc>>,
}

orders! {
    /// By what events are sorted.
    EventOrder by EventOrderField {
        /// When they were recorded: by their positions.
        RecordedAt,
    }
}

/// Refuses what is no type of event: nothing would ever fit, and nobody would notice.
fn check_type(name: &str) -> Result<()> {
    let types = || DomainEvent::TYPES.iter().flat_map(|(_, types)| *types);
    if types().any(|known| *known == name) || name == SCRIPT_OUTPUT {
        return Ok(());
    }
    let meant = types().find(|known| known.eq_ignore_ascii_case(name));
    let advice = match meant {
        Some(meant) => format!("{meant} is meant, with these capitals"),
        None => "the `type` of events that are there says how they are written: DeploymentCreated"
            .to_owned(),
    };
    let message = format!("there is no type of event {name:?}: {advice}");
    Err(ErrorCode::BadUserInput.error(message))
}

/// A filter, checked and ready.
pub struct Filter {
    principal: Principal,
    stream: Option<String>,
    after_revision: Option<u64>,
    types: Option<HashSet<String>>,
    tenant: Option<TenantId>,
    /// The computer, and what belongs to it as far as is known.
    streams: Option<(ComputerId, HashSet<String>)>,
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Filter {
    /// The filter, if the caller may see what it names.
    pub fn check(request: &Request, view: &View, input: EventFilter) -> Result<Self> {
        let asked = input
            .tenant_id
            .as_ref()
            .map(|id| uuid_of("Tenant", id).map(TenantId))
            .transpose()?;
        // Who belongs to a tenant sees that tenant's events, whatever is asked for.
        let own = request.principal()?.confined_to();
        let tenant = match (own, asked) {
            (Some(own), Some(asked)) if own != asked => {
                request.require(Action::ReadEvents {
                    tenant: Some(asked),
                })?;
                Some(asked)
            }
            (own, asked) => asked.or(own),
        };
        request.require(Action::ReadEvents { tenant })?;
        let streams = match &input.computer_id {
            None => None,
            Some(id) => {
                let computer = ComputerId(uuid_of("Computer", id)?);
                let of = view
                    .tenant_of(computer)
                    .filter(|tenant| request.may(Action::ReadComputer { tenant: *tenant }));
                if of.is_none() {
                    return Err(
                        ErrorCode::NotFound.error("there is no such computer: check the id")
                    );
                }
                let streams = view.streams_of(computer);
                let names = streams.map(|(name, _)| name.to_string()).collect();
                Some((computer, names))
            }
        };
        if input.after_revision.is_some() && input.stream.is_none() {
            let message = "afterRevision counts the events of one stream: give stream, too";
            return Err(ErrorCode::BadUserInput.error(message));
        }
        for name in input.types.iter().flatten() {
            check_type(name)?;
        }
        Ok(Self {
            principal: request.principal()?,
            stream: input.stream,
            after_revision: input.after_revision,
            types: input.types.map(|types| types.into_iter().collect()),
            tenant,
            streams,
            since: input.since,
            until: input.until,
        })
    }

    /// The streams that alone can have what fits, where they are known.
    fn extents(&self, view: &View) -> Option<Vec<(StreamName, Extent)>> {
        let (computer, _) = self.streams.as_ref()?;
        let of = view.streams_of(*computer);
        let asked = |name: &StreamName| {
            self.stream
                .as_ref()
                .is_none_or(|asked| asked == name.as_str())
        };
        Some(of.filter(|(name, _)| asked(name)).collect())
    }

    /// The last position before everything that fits, where a revision says so.
    async fn begin(&self, reads: Reads<'_>) -> Result<Option<Position>> {
        let (Some(stream), Some(after)) = (&self.stream, self.after_revision) else {
            return Ok(None);
        };
        match StreamName::new(stream) {
            Ok(name) if name.is_upkeeps() => reads.position_of(&name, after).await,
            _ => Ok(None),
        }
    }

    /// Whether the event fits; what it says of itself is looked at last, because it has to be parsed.
    fn fits(&self, event: &RecordedEvent) -> bool {
        let name = event.stream.as_str();
        // What others keep in the same store is not what happened here, whatever it says of itself.
        event.stream.is_upkeeps()
            && self.stream.as_ref().is_none_or(|stream| stream == name)
            && (self.after_revision).is_none_or(|after| event.revision > after)
            && self
                .streams
                .as_ref()
                .is_none_or(|(_, streams)| streams.contains(name))
            && self
                .types
                .as_ref()
                .is_none_or(|types| types.contains(&*event.event_type))
            && self.since.is_none_or(|since| event.created >= since)
            && self.until.is_none_or(|until| event.created < until)
    }

    /// Learns from an event what else belongs to the computer that is followed: a session that begins, an agent that turns
    /// out to lead to it. The event itself is one of them.
    pub fn learn(&mut self, event: &RecordedEvent) {
        let Some((computer, streams)) = &mut self.streams else {
            return;
        };
        if !matches!(&*event.event_type, "SessionCreated" | "AgentIdentified") {
            return;
        }
        let of = match event.domain_event() {
            Ok(Some((DomainEvent::Session(SessionEvent::Created(created)), _))) => {
                created.subject.computer()
            }
            Ok(Some((DomainEvent::Agent(AgentEvent::Identified(identified)), _))) => {
                identified.computer
            }
            _ => return,
        };
        if of == *computer {
            streams.insert(event.stream.to_string());
        }
    }

    /// The event, if it fits and may be seen in this view.
    pub fn node(&self, view: &Arc<View>, event: RecordedEvent) -> Option<EventNode> {
        if !self.fits(&event) {
            return None;
        }
        let node = EventNode::new(self.principal, view, event);
        let tenant = node
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.tenant_id);
        let is_of = self.tenant.is_none() || self.tenant == tenant;
        (is_of && node.shown().is_seen()).then_some(node)
    }
}

/// An event.
pub struct EventNode {
    pub event: RecordedEvent,
    metadata: Option<Box<EventMetadata>>,
    principal: Principal,
    view: Arc<View>,
}

impl EventNode {
    pub const KIND: &'static str = "Event";

    /// The event that a global id names, if it exists in this view and the caller may see it.
    pub async fn load(context: &Context<'_>, view: &Arc<View>, name: &str) -> Result<Option<Self>> {
        let place = name.rsplit_once('@').and_then(|(stream, revision)| {
            let stream = StreamName::new(stream).ok()?;
            let number = revision.parse::<u32>().ok()?;
            let is_ours = stream.is_upkeeps() && number.to_string() == revision;
            is_ours.then_some((stream, u64::from(number)))
        });
        let Some((stream, revision)) = place else {
            return Ok(None);
        };
        let services = services(context);
        let _turn = services.event_read().await?;
        let read = services
            .commands
            .store()
            .read_stream(&stream, revision, Direction::Forwards, 1)
            .await;
        let found = match read {
            Err(ReadError::StreamDeleted { .. }) => return Ok(None),
            read => read.map_err(|error| error::of_read(&error))?,
        };
        let event = found
            .first()
            .filter(|event| event.revision == revision && event.position <= view.position());
        let request = Request::of(context);
        Ok(event.and_then(|event| Self::find(request, view, event)))
    }

    fn new(principal: Principal, view: &Arc<View>, event: RecordedEvent) -> Self {
        Self {
            metadata: serde_json::from_slice(&event.metadata).ok(),
            event,
            principal,
            view: view.clone(),
        }
    }

    /// The event, if the caller may see it.
    pub fn find(request: &Request, view: &Arc<View>, event: &RecordedEvent) -> Option<Self> {
        let node = Self::new(request.principal().ok()?, view, event.clone());
        (event.stream.is_upkeeps() && node.shown().is_seen()).then_some(node)
    }

    fn shown(&self) -> ShownEvent<'_> {
        ShownEvent {
            principal: self.principal,
            view: &self.view,
            event: &self.event,
            metadata: self.metadata.as_deref(),
        }
    }
}

/// Something that happened: the truth that everything else here is made from.
#[Object(name = "Event")]
impl EventNode {
    /// The global id: no other event has it, and it has this one for ever.
    pub async fn id(&self) -> ID {
        let (stream, revision) = (self.event.stream.as_str(), self.event.revision);
        encode(&format!("{}:{stream}@{revision}", Self::KIND))
    }

    /// The id under which the store has it. Events that one command wrote to two streams may share it.
    async fn event_id(&self) -> Uuid {
        self.event.id
    }

    /// Its place in the one order of all events.
    async fn position(&self) -> PositionScalar {
        PositionScalar(self.event.position)
    }

    /// The stream that it belongs to: a category, a dash, an id.
    async fn stream(&self) -> &str {
        self.event.stream.as_str()
    }

    /// Its place in the stream, from 0 without gaps.
    async fn revision(&self) -> u64 {
        self.event.revision
    }

    /// What happened: "DeploymentCreated".
    #[graphql(name = "type")]
    async fn event_type(&self) -> &str {
        &self.event.event_type
    }

    /// When it was recorded.
    async fn time(&self) -> DateTime<Utc> {
        self.event.created
    }

    /// Who did it.
    async fn actor(&self) -> Option<Actor> {
        self.metadata.as_ref().map(|metadata| metadata.actor.into())
    }

    /// The global id of the tenant that it is about, if it is about one.
    async fn tenant_id(&self) -> Option<ID> {
        let tenant = self.metadata.as_ref()?.tenant_id?;
        Some(global_id("Tenant", tenant.0))
    }

    /// The tenant that it is about, if it is about one that you may see.
    async fn tenant(&self, context: &Context<'_>) -> Option<TenantNode> {
        let tenant = self.metadata.as_ref()?.tenant_id?;
        TenantNode::find(Request::of(context), &self.view, tenant)
    }

    /// Shared by all events of one story.
    async fn correlation_id(&self) -> Option<Uuid> {
        self.metadata
            .as_ref()
            .map(|metadata| metadata.correlation_id)
    }

    /// What directly led to it.
    async fn causation_id(&self) -> Option<Uuid> {
        self.metadata.as_ref().map(|metadata| metadata.causation_id)
    }

    /// The command that made it.
    async fn command_id(&self) -> Option<Uuid> {
        self.metadata.as_ref().map(|metadata| metadata.command_id.0)
    }

    /// Why, in the words of the person who did it.
    async fn reason(&self) -> Option<String> {
        self.shown().reason()
    }

    /// What exactly happened. Digests of secrets are left out, and what is of others.
    #[graphql(complexity = "TEXT_COST")]
    async fn data(&self) -> Json<serde_json::Value> {
        Json(self.shown().data())
    }
}

/// A page of events between two positions, forwards or backwards.
pub async fn events(
    context: &Context<'_>,
    view: &Arc<View>,
    filter: &Filter,
    (size, after): (usize, Option<String>),
    direction: Direction,
) -> Result<Page<EventNode>> {
    let services = services(context);
    let store = services.commands.store();
    let end = view.position();
    let cursor = after.as_deref().map(parse_cursor).transpose()?;
    let reads = Reads {
        store: &**store,
        turns: &services.event_reads,
        direction,
    };
    let from = match direction {
        Direction::Forwards => filter.begin(reads).await?.max(cursor),
        Direction::Backwards => cursor,
    };
    let mut reading = match (filter.extents(view), &filter.stream) {
        (Some(extents), _) => Reading::of_streams(reads, extents, from).await?,
        (None, Some(name)) => Reading::of_a_stream(reads, name, end, from).await?,
        (None, None) => Reading::of_the_log(reads, end, from),
    };
    let bounds = Bounds {
        end,
        size,
        scan: SCAN_LIMIT,
    };
    let found = gather(&mut reading, bounds, |event| filter.node(view, event)).await?;
    let beyond = Known {
        has_previous: cursor.is_some(),
        has_next: found.has_more,
        total: None,
        end: found.looked_to.map(|position| position.to_string()),
    };
    let cursors = found.edges.into_iter();
    let edges = cursors.map(|(position, node)| (position.to_string(), node));
    Ok(Page::with_cursors(edges, beyond))
}

fn parse_cursor(cursor: &str) -> Result<Position> {
    cursor.parse().map(Position).map_err(|_| {
        ErrorCode::BadUserInput.error("the cursor is not one of ours: use one from an answer")
    })
}

/// What can be asked about events.
#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// What happened: the events themselves. A page may be short, or empty, while `hasNextPage` says that there
    /// is more to look through: go on after `endCursor`. The cursor is the event's position.
    #[graphql(complexity = "list_cost(first, None, child_complexity)")]
    async fn events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<EventFilter>,
        #[graphql(desc = "How many, 1 to 100; 50 if not given.")] first: Option<i32>,
        #[graphql(
            desc = "Those that follow this cursor, in the order that is asked for; from the start if not given."
        )]
        after: Option<String>,
        #[graphql(desc = "In which order; the oldest first if not given.")] order_by: Option<
            EventOrder,
        >,
        #[graphql(desc = "A past moment: nothing later is shown; now if not given.")] as_of: Option<
            AsOfInput,
        >,
    ) -> Result<Option<Page<EventNode>>> {
        let first = first.unwrap_or(DEFAULT_PAGE);
        if !(1..=MAX_PAGE).contains(&first) {
            let message = format!("a page has 1 to {MAX_PAGE} items, not {first}");
            return Err(ErrorCode::LimitExceeded.error(message));
        }
        let view = view_at(context, as_of).await?;
        let filter = Filter::check(Request::of(context), &view, filter.0)?;
        let size = usize::try_from(first).unwrap_or(1);
        let direction = match order_by.map(|order| order.direction.0) {
            None | Some(OrderDirection::Asc) => Direction::Forwards,
            Some(OrderDirection::Desc) => Direction::Backwards,
        };
        events(context, &view, &filter, (size, after), direction)
            .await
            .map(Some)
    }
}
