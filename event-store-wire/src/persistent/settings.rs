//! What a group was set up with, as it is stored and within its limits.

use crate::filter::{By, Filter};
use crate::limits::MAX_GROUP_EVENTS;
use crate::proto::persistent as wire;
use crate::refusal;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tonic::Status;
use upkeep_event_store::StreamName;

/// Longest name of a group, in bytes.
const MAX_GROUP_NAME_BYTES: usize = 1_000;
/// Most events of history that are read at once.
const MAX_BATCH: usize = 500;
/// Most consumers of one group.
pub const MAX_CONSUMERS: usize = 1_000;
/// Of the protocol's ticks of 100 nanoseconds.
const TICKS_PER_MILLISECOND: i64 = 10_000;

/// What a group reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    Stream(String),
    All,
}

impl Source {
    /// As the protocol's texts call it.
    pub fn name(&self) -> &str {
        match self {
            Self::Stream(stream) => stream,
            Self::All => "$all",
        }
    }
}

/// Where a group begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Begin {
    Start,
    End,
    /// At this revision or position, itself included.
    At(u64),
}

/// How events are shared out among consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strategy {
    RoundRobin,
    DispatchToSingle,
    /// All events of one stream go to one consumer, as long as it is there.
    Pinned,
    /// The same of all events with one `$correlationId` in their metadata.
    PinnedByCorrelation,
}

impl Strategy {
    const ALL: [Self; 4] = [
        Self::DispatchToSingle,
        Self::RoundRobin,
        Self::Pinned,
        Self::PinnedByCorrelation,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "RoundRobin",
            Self::DispatchToSingle => "DispatchToSingle",
            Self::Pinned => "Pinned",
            Self::PinnedByCorrelation => "PinnedByCorrelation",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// By its number in the protocol, of clients that do not send the name.
    fn numbered(number: i32) -> Option<Self> {
        let numbered = Self::ALL[..3].iter().copied();
        numbered
            .zip(0..)
            .find_map(|(one, its)| (its == number).then_some(one))
    }
}

/// Which events of `$all`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredFilter {
    pub by_stream: bool,
    pub regex: String,
    pub prefixes: Vec<String>,
}

impl StoredFilter {
    pub fn compile(&self) -> Result<Filter, Status> {
        let by = if self.by_stream { By::Stream } else { By::Type };
        Filter::new(by, &self.regex, &self.prefixes)
    }
}

/// What a group was set up with. Numbers are kept as they were given, and shown so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub begin: Begin,
    /// Where the end was when it began there, so that a restart does not move it; nothing if there was no event.
    #[serde(default)]
    pub began_behind: Option<u64>,
    pub filter: Option<StoredFilter>,
    pub follow_links: bool,
    pub extra_statistics: bool,
    /// How often an event is tried again before it is parked.
    pub max_retries: i32,
    /// Events that are done before a checkpoint is written, at least; unless time has passed.
    pub min_checkpoint_count: i32,
    /// Events after which one is written at once.
    pub max_checkpoint_count: i32,
    /// 0 is never.
    pub checkpoint_after_ms: i64,
    /// How long a consumer may take for an event; 0 is for ever.
    pub message_timeout_ms: i64,
    /// 0 and less are as many as there may be at all.
    pub max_consumers: i32,
    pub live_buffer: i32,
    pub read_batch: i32,
    pub history_buffer: i32,
    pub strategy: Strategy,
}

impl Settings {
    pub fn message_timeout(&self) -> Option<Duration> {
        duration(self.message_timeout_ms)
    }

    pub fn checkpoint_after(&self) -> Option<Duration> {
        duration(self.checkpoint_after_ms)
    }

    /// Most events that wait in memory.
    pub fn buffer(&self) -> usize {
        let asked_for = usize::try_from(self.history_buffer).unwrap_or(0);
        asked_for.clamp(self.batch() + 1, MAX_GROUP_EVENTS)
    }

    /// Events of history that are read at once.
    pub fn batch(&self) -> usize {
        usize::try_from(self.read_batch)
            .unwrap_or(0)
            .clamp(1, MAX_BATCH)
    }

    pub fn consumers(&self) -> usize {
        match usize::try_from(self.max_consumers) {
            Err(_) | Ok(0) => MAX_CONSUMERS,
            Ok(most) => most.min(MAX_CONSUMERS),
        }
    }
}

/// Nothing for 0, which is for ever; what is negative is over at once.
fn duration(milliseconds: i64) -> Option<Duration> {
    (milliseconds != 0).then(|| Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0)))
}

/// A group as a client describes it.
pub struct Described {
    pub source: Source,
    pub group: String,
    pub begin: Begin,
    pub filter: Option<StoredFilter>,
    pub settings: Option<wire::Settings>,
}

pub fn stream_source(name: &StreamName) -> Source {
    if name.as_str() == "$all" {
        Source::All
    } else {
        Source::Stream(name.as_str().to_owned())
    }
}

/// Who may be told what is wrong with a group: it needs the group's names.
type Complaint = String;

pub fn check_group_name(name: &str) -> Result<(), Status> {
    if name.len() > MAX_GROUP_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(Status::invalid_argument(format!(
            "a group's name has at most {MAX_GROUP_NAME_BYTES} bytes and no control characters"
        )));
    }
    Ok(())
}

/// Where a client says that a group begins: the protocol's revisions are signed on the real server, and -1 is the end.
fn begin_at(place: u64) -> Begin {
    if i64::try_from(place).is_ok() {
        Begin::At(place)
    } else {
        Begin::End
    }
}

pub fn begin_of_stream(options: &wire::StreamOptions, request: &str) -> Result<Begin, Status> {
    use wire::stream_options::RevisionOption;
    match options.revision_option {
        Some(RevisionOption::Revision(revision)) => Ok(begin_at(revision)),
        Some(RevisionOption::Start(_)) => Ok(Begin::Start),
        Some(RevisionOption::End(_)) => Ok(Begin::End),
        None => Err(not_valid(request, "StreamOptions+RevisionOptionOneofCase")),
    }
}

pub fn begin_of_all(options: &wire::AllOptions, request: &str) -> Result<Begin, Status> {
    use wire::all_options::AllOption;
    match options.all_option {
        Some(AllOption::Position(place)) if place.prepare_position > place.commit_position => Err(
            Status::invalid_argument("a position's prepare part is not beyond its commit part"),
        ),
        Some(AllOption::Position(position)) => Ok(begin_at(position.commit_position)),
        Some(AllOption::Start(_)) => Ok(Begin::Start),
        Some(AllOption::End(_)) => Ok(Begin::End),
        None => Err(not_valid(request, "AllOptions+AllOptionOneofCase")),
    }
}

/// Clients before 21.10 said it in the settings.
pub fn begin_of_settings(settings: Option<&wire::Settings>) -> Begin {
    settings.map_or(Begin::End, |settings| begin_at(settings.revision))
}

/// In the real server's words.
fn not_valid(request: &str, what: &str) -> Status {
    Status::invalid_argument(format!(
        "'None' is not a valid EventStore.Client.PersistentSubscriptions.{request}+Types+{what}"
    ))
}

pub fn filter_of_all(options: &wire::AllOptions) -> Result<Option<StoredFilter>, Status> {
    use wire::all_options::FilterOption;
    use wire::filter_options::Filter as Wire;
    let Some(FilterOption::Filter(filter)) = &options.filter_option else {
        return Ok(None);
    };
    let (by_stream, expression) = match &filter.filter {
        Some(Wire::StreamIdentifier(expression)) => (true, expression),
        Some(Wire::EventType(expression)) => (false, expression),
        None => {
            let what = "AllOptions+Types+FilterOptions+FilterOneofCase";
            return Err(not_valid("CreateReq", what));
        }
    };
    let stored = StoredFilter {
        by_stream,
        regex: expression.regex.clone(),
        prefixes: expression.prefix.clone(),
    };
    stored.compile()?;
    Ok(Some(stored))
}

/// What is done with what a client describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Create,
    /// The protocol's updates know a strategy's number only.
    Update,
}

impl Described {
    /// The settings, if they can be kept.
    pub fn settings(&self, purpose: Purpose) -> Result<Settings, Status> {
        let wire = self
            .settings
            .as_ref()
            .ok_or_else(|| refusal::missing("settings"))?;
        let strategy = strategy(wire, purpose).map_err(|complaint| self.failed(&complaint))?;
        if wire.read_batch_size >= wire.history_buffer_size {
            return Err(self.failed(
                "Specified argument was out of the range of valid values. (Parameter 'ReadBatchSize may not be greater than or equal to BufferSize')",
            ));
        }
        Ok(Settings {
            begin: self.begin,
            began_behind: None,
            filter: self.filter.clone(),
            follow_links: wire.resolve_links,
            extra_statistics: wire.extra_statistics,
            max_retries: wire.max_retry_count,
            min_checkpoint_count: wire.min_checkpoint_count,
            max_checkpoint_count: wire.max_checkpoint_count,
            checkpoint_after_ms: checkpoint_after(wire),
            message_timeout_ms: message_timeout(wire),
            max_consumers: wire.max_subscriber_count,
            live_buffer: wire.live_buffer_size,
            read_batch: wire.read_batch_size,
            history_buffer: wire.history_buffer_size,
            strategy,
        })
    }

    fn failed(&self, reason: &str) -> Status {
        refusal::group_failed(reason, self.source.name(), &self.group)
    }
}

fn strategy(wire: &wire::Settings, purpose: Purpose) -> Result<Strategy, Complaint> {
    let number = wire.named_consumer_strategy;
    let (found, called) = match (&*wire.consumer_strategy, purpose) {
        ("", Purpose::Create) | (_, Purpose::Update) => {
            (Strategy::numbered(number), number.to_string())
        }
        (name, Purpose::Create) => (Strategy::named(name), refusal::clip(name).to_owned()),
    };
    found.ok_or_else(|| format!("Consumer strategy {called} does not exist."))
}

fn message_timeout(wire: &wire::Settings) -> i64 {
    use wire::settings::MessageTimeout;
    match wire.message_timeout {
        Some(MessageTimeout::MessageTimeoutMs(milliseconds)) => milliseconds.into(),
        Some(MessageTimeout::MessageTimeoutTicks(ticks)) => ticks / TICKS_PER_MILLISECOND,
        None => 0,
    }
}

fn checkpoint_after(wire: &wire::Settings) -> i64 {
    use wire::settings::CheckpointAfter;
    match wire.checkpoint_after {
        Some(CheckpointAfter::CheckpointAfterMs(milliseconds)) => milliseconds.into(),
        Some(CheckpointAfter::CheckpointAfterTicks(ticks)) => ticks / TICKS_PER_MILLISECOND,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_store_of_before_has_written_is_still_understood() {
        let stored = r#"{"begin":{"at":5},"filter":{"byStream":true,"regex":"","prefixes":["a"]},"followLinks":true,
            "extraStatistics":false,"maxRetries":10,"minCheckpointCount":10,"maxCheckpointCount":1000,
            "checkpointAfterMs":2000,"messageTimeoutMs":30000,"maxConsumers":0,"liveBuffer":500,"readBatch":20,
            "historyBuffer":0,"strategy":"Pinned"}"#;
        let settings: Settings = serde_json::from_str(stored).unwrap();
        assert_eq!(settings.begin, Begin::At(5));
        assert!(
            settings.buffer() > settings.batch(),
            "a buffer of 0 was taken before"
        );
    }

    #[test]
    fn a_strategy_goes_by_its_name_or_by_its_number() {
        let wire = |name: &str, number| wire::Settings {
            consumer_strategy: name.into(),
            named_consumer_strategy: number,
            ..wire::Settings::default()
        };
        for one in Strategy::ALL {
            assert_eq!(strategy(&wire(one.name(), 0), Purpose::Create), Ok(one));
        }
        assert_eq!(
            strategy(&wire("", 1), Purpose::Create),
            Ok(Strategy::RoundRobin)
        );
        assert_eq!(
            strategy(&wire("Pinned", 0), Purpose::Update),
            Ok(Strategy::DispatchToSingle)
        );
        assert_eq!(
            strategy(&wire("roundrobin", 0), Purpose::Create).unwrap_err(),
            "Consumer strategy roundrobin does not exist."
        );
        assert!(strategy(&wire("", 3), Purpose::Create).is_err());
    }
}
