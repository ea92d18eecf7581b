//! What a group was set up with, as it is stored and within its limits.

use crate::filter::{By, Filter};
use crate::proto::persistent as wire;
use crate::refusal;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tonic::Status;
use upkeep_event_store::StreamName;

/// Longest name of a group, in bytes.
const MAX_GROUP_NAME_BYTES: usize = 200;
/// Largest buffer that can be asked for, in events.
const MAX_BUFFER: u32 = 10_000;
/// Most consumers of one group.
pub const MAX_CONSUMERS: usize = 1_000;
const MIN_MESSAGE_TIMEOUT: Duration = Duration::from_millis(100);
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
    /// All events of one stream go to one consumer, as long as there are the same consumers.
    Pinned,
}

impl Strategy {
    pub fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "RoundRobin",
            Self::DispatchToSingle => "DispatchToSingle",
            Self::Pinned => "Pinned",
        }
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    pub begin: Begin,
    pub filter: Option<StoredFilter>,
    pub follow_links: bool,
    pub extra_statistics: bool,
    /// How often an event is tried again before it is parked.
    pub max_retries: u32,
    /// Events that are done before a checkpoint is written, at least; unless time has passed.
    pub min_checkpoint_count: u32,
    /// Events after which one is written at once.
    pub max_checkpoint_count: u32,
    pub checkpoint_after_ms: u64,
    /// How long a consumer may take for an event.
    pub message_timeout_ms: u64,
    /// 0 is as many as there may be at all.
    pub max_consumers: u32,
    pub live_buffer: u32,
    pub read_batch: u32,
    pub history_buffer: u32,
    pub strategy: Strategy,
}

impl Settings {
    pub fn message_timeout(&self) -> Duration {
        Duration::from_millis(self.message_timeout_ms)
    }

    pub fn checkpoint_after(&self) -> Duration {
        Duration::from_millis(self.checkpoint_after_ms)
    }

    /// Most events in memory.
    pub fn buffer(&self) -> usize {
        self.history_buffer.max(self.read_batch) as usize
    }
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

pub fn check_group_name(name: &str) -> Result<(), Status> {
    if name.is_empty() || name.len() > MAX_GROUP_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(Status::invalid_argument(format!(
            "a group's name has 1 to {MAX_GROUP_NAME_BYTES} bytes without control characters"
        )));
    }
    Ok(())
}

pub fn begin_of_stream(options: &wire::StreamOptions) -> Begin {
    use wire::stream_options::RevisionOption;
    match options.revision_option {
        Some(RevisionOption::Revision(revision)) => Begin::At(revision),
        Some(RevisionOption::Start(_)) => Begin::Start,
        Some(RevisionOption::End(_)) | None => Begin::End,
    }
}

pub fn begin_of_all(options: &wire::AllOptions) -> Begin {
    use wire::all_options::AllOption;
    match options.all_option {
        Some(AllOption::Position(position)) => Begin::At(position.commit_position),
        Some(AllOption::Start(_)) => Begin::Start,
        Some(AllOption::End(_)) | None => Begin::End,
    }
}

pub fn filter_of_all(options: &wire::AllOptions) -> Result<Option<StoredFilter>, Status> {
    use wire::all_options::FilterOption;
    use wire::filter_options::Filter as Wire;
    let Some(FilterOption::Filter(filter)) = &options.filter_option else {
        return Ok(None);
    };
    let stored = match &filter.filter {
        Some(Wire::StreamIdentifier(expression)) => StoredFilter {
            by_stream: true,
            regex: expression.regex.clone(),
            prefixes: expression.prefix.clone(),
        },
        Some(Wire::EventType(expression)) => StoredFilter {
            by_stream: false,
            regex: expression.regex.clone(),
            prefixes: expression.prefix.clone(),
        },
        None => return Ok(None),
    };
    stored.compile()?;
    Ok(Some(stored))
}

impl Described {
    /// The settings, if they can be kept.
    pub fn settings(&self) -> Result<Settings, Status> {
        use wire::settings::{CheckpointAfter, MessageTimeout};
        let wire = self
            .settings
            .as_ref()
            .ok_or_else(|| refusal::missing("settings"))?;
        let milliseconds = |what: &str, value: i64| {
            u64::try_from(value)
                .map_err(|_| Status::invalid_argument(format!("{what} is negative")))
        };
        let message_timeout_ms = match wire.message_timeout {
            Some(MessageTimeout::MessageTimeoutMs(ms)) => {
                milliseconds("message_timeout", ms.into())?
            }
            Some(MessageTimeout::MessageTimeoutTicks(ticks)) => {
                milliseconds("message_timeout", ticks / TICKS_PER_MILLISECOND)?
            }
            None => 30_000,
        };
        let checkpoint_after_ms = match wire.checkpoint_after {
            Some(CheckpointAfter::CheckpointAfterMs(ms)) => {
                milliseconds("checkpoint_after", ms.into())?
            }
            Some(CheckpointAfter::CheckpointAfterTicks(ticks)) => {
                milliseconds("checkpoint_after", ticks / TICKS_PER_MILLISECOND)?
            }
            None => 2_000,
        };
        let count = |what: &str, value: i32| {
            u32::try_from(value)
                .ok()
                .filter(|count| *count <= MAX_BUFFER)
                .ok_or_else(|| {
                    Status::invalid_argument(format!("{what} is 0 to {MAX_BUFFER}, not {value}"))
                })
        };
        let strategy = match (&*wire.consumer_strategy, wire.named_consumer_strategy) {
            ("RoundRobin", _) | ("", 1) => Strategy::RoundRobin,
            ("DispatchToSingle", _) | ("", 0) => Strategy::DispatchToSingle,
            ("Pinned", _) | ("", 2) => Strategy::Pinned,
            (name, number) => {
                return Err(Status::invalid_argument(format!(
                    "there is no consumer strategy '{}' ({number}): RoundRobin, DispatchToSingle and Pinned are served",
                    refusal::clip(name)
                )));
            }
        };
        Ok(Settings {
            begin: self.begin,
            filter: self.filter.clone(),
            follow_links: wire.resolve_links,
            extra_statistics: wire.extra_statistics,
            max_retries: count("max_retry_count", wire.max_retry_count)?,
            min_checkpoint_count: count("min_checkpoint_count", wire.min_checkpoint_count)?,
            max_checkpoint_count: count("max_checkpoint_count", wire.max_checkpoint_count)?.max(1),
            checkpoint_after_ms,
            message_timeout_ms: message_timeout_ms
                .max(u64::try_from(MIN_MESSAGE_TIMEOUT.as_millis()).unwrap_or(u64::MAX)),
            max_consumers: count("max_subscriber_count", wire.max_subscriber_count)?,
            live_buffer: count("live_buffer_size", wire.live_buffer_size)?,
            read_batch: count("read_batch_size", wire.read_batch_size)?.max(1),
            history_buffer: count("history_buffer_size", wire.history_buffer_size)?,
            strategy,
        })
    }
}
