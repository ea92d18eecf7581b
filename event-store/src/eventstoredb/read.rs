//! Reading: what is asked for, and what an answer holds.

use super::connection::Link;
use super::failure::Failure;
use super::proto::shared::{Empty, StreamIdentifier, Uuid as WireUuid, uuid::Value};
use super::proto::streams::read_req::options::filter_options::{Expression, Filter, Window};
use super::proto::streams::read_req::options::{
    self, AllOptions, CountOption, FilterOption, FilterOptions, ReadDirection, StreamOption,
    StreamOptions, SubscriptionOptions, UuidOption, all_options::AllOption,
    stream_options::RevisionOption, uuid_option,
};
use super::proto::streams::read_resp::{self, Content};
use super::proto::streams::{ReadReq, ReadResp, read_req};
use crate::port::{
    ContentType, Direction, MAX_PAGE, METADATA_PREFIX, Position, RecordedEvent, StreamName,
};
use chrono::{DateTime, Utc};
use tonic::Streaming;
use uuid::Uuid;

/// The server's own streams begin with a dollar sign.
const NO_SYSTEM_EVENTS: &str = r"^[^\$].*";
/// The clock's ticks in a second, as the protocol counts.
const TICKS: i64 = 10_000_000;

/// What is asked for.
#[derive(Clone)]
pub struct Query {
    from: StreamOption,
    direction: Direction,
    count: CountOption,
    filter: FilterOption,
}

impl Query {
    pub fn stream(name: &StreamName, from: u64, direction: Direction, count: usize) -> Self {
        // Revisions are signed on the server's side.
        let revision = match direction {
            Direction::Backwards if i64::try_from(from).is_err() => RevisionOption::End(Empty {}),
            _ => RevisionOption::Revision(from),
        };
        Self {
            from: StreamOption::Stream(StreamOptions {
                stream_identifier: Some(identifier(name)),
                revision_option: Some(revision),
            }),
            direction,
            count: CountOption::Count(count as u64),
            filter: FilterOption::NoFilter(Empty {}),
        }
    }

    /// From a position on, itself included; without the server's own streams.
    pub fn all(from: Position, direction: Direction, count: usize) -> Self {
        Self {
            from: all_from(from),
            direction,
            count: CountOption::Count(count as u64),
            filter: streams(Expression {
                regex: NO_SYSTEM_EVENTS.to_owned(),
                prefix: vec![],
            }),
        }
    }

    /// What describes streams, from a position on, itself included.
    pub fn metadata(from: Position, count: usize) -> Self {
        Self {
            filter: streams(Expression {
                regex: String::new(),
                prefix: vec![METADATA_PREFIX.to_owned()],
            }),
            ..Self::all(from, Direction::Forwards, count)
        }
    }

    /// Everything after a position, and what comes.
    pub fn subscription(after: Position) -> Self {
        Self {
            count: CountOption::Subscription(SubscriptionOptions {}),
            ..Self::all(after, Direction::Forwards, 0)
        }
    }

    pub async fn begin(self, link: &Link) -> Result<Streaming<ReadResp>, Failure> {
        let direction = match self.direction {
            Direction::Forwards => ReadDirection::Forwards,
            Direction::Backwards => ReadDirection::Backwards,
        };
        let options = read_req::Options {
            read_direction: direction.into(),
            resolve_links: false,
            uuid_option: Some(UuidOption {
                content: Some(uuid_option::Content::Structured(Empty {})),
            }),
            control_option: None,
            stream_option: Some(self.from),
            count_option: Some(self.count),
            filter_option: Some(self.filter),
        };
        let request = link.settings.request(ReadReq {
            options: Some(options),
        });
        match link.streams().read(request).await {
            Ok(answer) => Ok(answer.into_inner()),
            Err(status) => Err(Failure::of(&status)),
        }
    }

    /// All of it; empty if there is no such stream.
    pub async fn page(self, link: &Link) -> Result<Vec<RecordedEvent>, Failure> {
        let mut events = Vec::new();
        let mut answers = self.begin(link).await?;
        while let Some(answer) = next(&mut answers).await? {
            if let Content::Event(event) = answer {
                events.extend(recorded(event));
            }
            if events.len() > MAX_PAGE {
                break;
            }
        }
        Ok(events)
    }
}

/// Whether a node answers reads.
pub async fn newest(link: &Link) -> Result<(), Failure> {
    let query = Query::all(Position::END, Direction::Backwards, 1);
    query.page(link).await.map(|_| ())
}

/// The next part of an answer; nothing when it is over.
pub async fn next(answers: &mut Streaming<ReadResp>) -> Result<Option<Content>, Failure> {
    loop {
        match answers.message().await {
            Ok(None) => return Ok(None),
            Ok(Some(ReadResp {
                content: Some(content),
            })) => return Ok(Some(content)),
            // A part of a newer protocol.
            Ok(Some(ReadResp { content: None })) => {}
            Err(status) => return Err(Failure::of(&status)),
        }
    }
}

pub fn identifier(stream: &StreamName) -> StreamIdentifier {
    StreamIdentifier {
        stream_name: stream.as_str().to_owned().into(),
    }
}

pub fn wire_id(id: Uuid) -> WireUuid {
    let (most, least) = id.as_u64_pair();
    WireUuid {
        value: Some(Value::Structured(super::proto::shared::uuid::Structured {
            most_significant_bits: most.cast_signed(),
            least_significant_bits: least.cast_signed(),
        })),
    }
}

pub fn id(id: WireUuid) -> Option<Uuid> {
    match id.value? {
        Value::String(text) => Uuid::parse_str(&text).ok(),
        Value::Structured(halves) => Some(Uuid::from_u64_pair(
            halves.most_significant_bits.cast_unsigned(),
            halves.least_significant_bits.cast_unsigned(),
        )),
    }
}

fn all_from(position: Position) -> StreamOption {
    let from = match position {
        Position::START => AllOption::Start(Empty {}),
        position if position >= Position::END => AllOption::End(Empty {}),
        Position(position) => AllOption::Position(options::Position {
            commit_position: position,
            prepare_position: position,
        }),
    };
    StreamOption::All(AllOptions {
        all_option: Some(from),
    })
}

fn streams(named: Expression) -> FilterOption {
    FilterOption::Filter(FilterOptions {
        filter: Some(Filter::StreamIdentifier(named)),
        window: Some(Window::Count(Empty {})),
        checkpoint_interval_multiplier: 1,
    })
}

/// Nothing for an event that the port has no name for: it was written by somebody else.
pub fn recorded(read: read_resp::ReadEvent) -> Option<RecordedEvent> {
    let mut event = read.event?;
    let name = event.stream_identifier?.stream_name;
    let stream = StreamName::new(std::str::from_utf8(&name).ok()?).ok()?;
    let created = event
        .metadata
        .get("created")
        .and_then(|ticks| time(ticks.parse().ok()?));
    let is_json = event
        .metadata
        .get("content-type")
        .is_some_and(|it| it == "application/json");
    Some(RecordedEvent {
        position: Position(event.commit_position),
        stream,
        revision: event.stream_revision,
        id: id(event.id?)?,
        event_type: event.metadata.remove("type")?.into(),
        created: created?,
        content_type: if is_json {
            ContentType::Json
        } else {
            ContentType::Binary
        },
        data: event.data,
        metadata: event.custom_metadata,
    })
}

fn time(ticks: i64) -> Option<DateTime<Utc>> {
    let nanoseconds = u32::try_from(ticks.rem_euclid(TICKS)).ok()? * 100;
    DateTime::from_timestamp(ticks.div_euclid(TICKS), nanoseconds)
}
