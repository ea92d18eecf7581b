//! Events as they are shown, looked through and followed.

mod actor;
mod filter;
mod gather;
mod reading;
mod subject;

pub use filter::{EventFilter, Filter};

use crate::error::{self, ErrorCode};
use crate::request::{Request, services, view_at};
use crate::schema::fleet::tenant::TenantNode;
use crate::schema::or_default::OrDefault;
use crate::schema::page::{
    DEFAULT_PAGE, Known, MAX_PAGE, OrderDirection, Page, TEXT_COST, list_cost,
};
use crate::schema::shown::ShownEvent;
use crate::schema::types::{Actor, AsOfInput, PositionScalar, encode, global_id};
use async_graphql::{Context, ID, Json, Object, Result};
use chrono::{DateTime, Utc};
use gather::{Bounds, gather};
use reading::{Reading, Reads};
use std::sync::Arc;
use subject::EventSubject;
use upkeep_domain::access::Principal;
use upkeep_domain::kernel::metadata::EventMetadata;
use upkeep_event_store::{Direction, Position, ReadError, RecordedEvent, StreamName};
use upkeep_projections::View;
use uuid::Uuid;

/// Events that one request looks at, at most; the page may then be short, and `hasNextPage` says to go on.
const SCAN_LIMIT: usize = 20_000;
/// Bytes of the events of one page, at most, if it has more than one; the page may then be short, and `hasNextPage` says to
/// go on. They are there before anything of them is counted as an answer.
const PAGE_BYTES: usize = 1024 * 1024;

/// What it costs to look for what an event is about.
const SUBJECT_COST: usize = 5;

orders! {
    /// By what events are sorted.
    EventOrder by EventOrderField {
        /// When they were recorded: by their positions.
        RecordedAt,
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

    /// What it is about, at the moment that is asked about: the thing that its stream is of. Nothing where you may not see that, where it has no global id,
    /// and where the view does not keep it any more, as sessions that were long ago.
    #[graphql(complexity = "SUBJECT_COST + child_complexity")]
    async fn subject(&self, context: &Context<'_>) -> Option<EventSubject> {
        EventSubject::of(Request::of(context), &self.view, &self.event.stream)
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
