//! `upkeep events`: the log as JSON lines, for people and for other programs. What others keep in the same store is shown
//! when it is asked for, and marked.

use crate::config::ConnectionString;
use crate::stop::StopRequests;
use crate::store::Place;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use upkeep_event_store::{Direction, Position, RecordedEvent};
use uuid::Uuid;

/// How often a followed store is asked whether it grew.
const POLL: Duration = Duration::from_millis(100);
/// Events that are read at once.
const PAGE: usize = 1_024;

#[derive(Args)]
pub struct EventsArgs {
    /// The server's data directory
    #[arg(long, env = "UPKEEP_DATA_DIR", default_value = "upkeep-data")]
    data_dir: PathBuf,
    /// The EventStoreDB or KurrentDB server that holds the events, if they are not in the data directory
    #[arg(long, env = "UPKEEP_EVENT_STORE", hide_env_values = true)]
    event_store: Option<ConnectionString>,
    /// Only events after this position
    #[arg(long, default_value_t = 0)]
    after: u64,
    /// Only this stream, such as deployment-0190…, or this category, such as deployment
    #[arg(long)]
    stream: Option<String>,
    /// Only these types; may be given several times
    #[arg(long = "type")]
    types: Vec<String>,
    /// Only events of the tenant with this id
    #[arg(long)]
    tenant: Option<String>,
    /// Only what this one did: the id of an API token or an agent, or every user, agent, operator or system
    #[arg(long)]
    actor: Option<String>,
    /// Only events of this story, by the $correlationId in their metadata
    #[arg(long)]
    correlation: Option<Uuid>,
    /// Only what this directly led to, by the $causationId in their metadata
    #[arg(long)]
    causation: Option<Uuid>,
    /// Only the events that other programs keep in the store; without it, only Upkeep's own
    #[arg(long)]
    foreign: bool,
    /// Wait for more when the end is reached
    #[arg(long, short)]
    follow: bool,
}

pub async fn run(args: EventsArgs) -> anyhow::Result<()> {
    let place = match &args.event_store {
        Some(connection) => Place::Server(connection.clone()),
        None => Place::Directory(args.data_dir.clone()),
    };
    let store = place.read().await?;
    let mut after = Position(args.after);
    let mut stops = StopRequests::listen();
    loop {
        let page = tokio::select! {
            page = store.read_all(after, Direction::Forwards, PAGE) => page?,
            () = stops.next() => return Ok(()),
        };
        for event in &page {
            after = event.position;
            let line = line(event);
            if fits(&args, event, &line) {
                crate::answer(&line.to_string())?;
            }
        }
        if !page.is_empty() {
            continue;
        }
        if !args.follow {
            return Ok(());
        }
        tokio::select! {
            () = stops.next() => return Ok(()),
            () = tokio::time::sleep(POLL) => {}
        }
    }
}

fn line(event: &RecordedEvent) -> Value {
    let mut line = json!({
        "position": event.position.0,
        "stream": event.stream.as_str(),
        "revision": event.revision,
        "id": event.id,
        "type": &*event.event_type,
        "recordedAt": event.created,
        "metadata": serde_json::from_slice::<Value>(&event.metadata).unwrap_or_default(),
        "data": serde_json::from_slice::<Value>(&event.data).unwrap_or_default(),
    });
    if !event.stream.is_upkeeps()
        && let Some(fields) = line.as_object_mut()
    {
        fields.insert("foreign".to_owned(), true.into());
    }
    line
}

fn fits(args: &EventsArgs, event: &RecordedEvent, line: &Value) -> bool {
    let stream = event.stream.as_str();
    if args.foreign == event.stream.is_upkeeps() {
        return false;
    }
    let metadata = &line["metadata"];
    let says = |name: &str, wanted: &str| metadata[name].as_str() == Some(wanted);
    let is_story = |name: &str, wanted: Option<Uuid>| {
        let told = metadata[name].as_str().and_then(|id| id.parse().ok());
        wanted.is_none_or(|wanted| told == Some(wanted))
    };
    args.stream
        .as_ref()
        .is_none_or(|wanted| wanted == stream || wanted == event.stream.category())
        && (args.types.is_empty() || args.types.iter().any(|wanted| *wanted == *event.event_type))
        && (args.tenant.as_ref()).is_none_or(|tenant| says("tenantId", tenant))
        && (args.actor.as_ref()).is_none_or(|wanted| is_by(&metadata["actor"], wanted))
        && is_story("$correlationId", args.correlation)
        && is_story("$causationId", args.causation)
}

/// Whether an actor, as metadata tells of it, is of this kind or has this id.
fn is_by(actor: &Value, wanted: &str) -> bool {
    let says = |name: &str| actor[name].as_str() == Some(wanted);
    says("kind") || says("id")
}
