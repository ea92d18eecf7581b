//! Appending through one `BatchAppend` call of each connection.
//!
//! The call is kept: what is refused in it is answered under its own correlation id, and the call goes on. The real server
//! never ends a call that only its client has ended, and a connection has room for 100 calls: whoever opens one for each
//! refusal cannot write any more after 100 of them. A call that ended is opened anew by the next append.

use super::PATIENCE;
use super::connection::Link;
use super::failure::Failure;
use super::proto::streams::batch_append_req::options::{DeadlineOption, ExpectedStreamPosition};
use super::proto::streams::batch_append_req::{Options, ProposedMessage};
use super::proto::streams::batch_append_resp::success::{CurrentRevisionOption, PositionOption};
use super::proto::streams::batch_append_resp::{Result as Answer, Success};
use super::proto::streams::streams_client::StreamsClient;
use super::proto::streams::{BatchAppendReq, BatchAppendResp};
use super::read::{id, identifier, wire_id};
use crate::port::{ContentType, ExpectedRevision, NewEvent, Position, StreamName};
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::transport::Channel;
use upkeep_world::{Task, World};
use uuid::Uuid;

/// Appends that are on their way into the call; more wait.
const QUEUE: usize = 64;

/// Where an append ended up, as far as the server says so: it says less of one that it has seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    pub revision: Option<u64>,
    pub position: Option<Position>,
}

type Reply = oneshot::Sender<Result<Written, Failure>>;

/// Who waits for which answer; nothing once the call has ended.
type Waiting = Arc<Mutex<Option<BTreeMap<Uuid, Reply>>>>;

/// One open call.
pub struct Call {
    requests: mpsc::Sender<BatchAppendReq>,
    waiting: Waiting,
    /// The server's half ends with ours.
    _carrying: Task<()>,
    world: World,
}

impl Call {
    pub fn open(link: &Link) -> Self {
        let (requests, outgoing) = mpsc::channel(QUEUE);
        let waiting: Waiting = Arc::new(Mutex::new(Some(BTreeMap::new())));
        let request = link.settings.request(ReceiverStream::new(outgoing));
        let carrying = carry(link.streams(), request, waiting.clone());
        let ended = waiting.clone();
        let carrying = link.world.spawn("the call for appends", async move {
            let failure = carrying.await;
            let unanswered = lock(&ended).take().unwrap_or_default();
            for reply in unanswered.into_values() {
                // Who left needs no answer.
                let _ = reply.send(Err(failure.clone()));
            }
        });
        Self {
            requests,
            waiting,
            _carrying: carrying,
            world: link.world.clone(),
        }
    }

    pub fn is_open(&self) -> bool {
        lock(&self.waiting).is_some()
    }

    /// Waits for the answer to this append.
    pub async fn append(
        &self,
        stream: &StreamName,
        expected: ExpectedRevision,
        events: &[NewEvent],
    ) -> Result<Written, Failure> {
        let correlation = self.world.id();
        let (reply, answer) = oneshot::channel();
        match &mut *lock(&self.waiting) {
            Some(waiting) => waiting.insert(correlation, reply),
            None => return Err(ended()),
        };
        // Whoever stops waiting leaves nothing behind.
        let _forget = Forget {
            waiting: &self.waiting,
            correlation,
        };
        let request = request(correlation, stream, expected, events);
        if self.requests.send(request).await.is_err() {
            return Err(ended());
        }
        answer.await.unwrap_or_else(|_| Err(ended()))
    }
}

struct Forget<'a> {
    waiting: &'a Waiting,
    correlation: Uuid,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        if let Some(waiting) = &mut *lock(self.waiting) {
            waiting.remove(&self.correlation);
        }
    }
}

fn lock(waiting: &Waiting) -> std::sync::MutexGuard<'_, Option<BTreeMap<Uuid, Reply>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ended() -> Failure {
    Failure::Busy("the server ended the call for appends".to_owned())
}

/// Hands each answer to whoever waits for it, until there are no more; says why.
async fn carry(
    mut streams: StreamsClient<Channel>,
    request: Request<ReceiverStream<BatchAppendReq>>,
    waiting: Waiting,
) -> Failure {
    let mut answers = match streams.batch_append(request).await {
        Ok(answers) => answers.into_inner(),
        Err(status) => return Failure::of(&status),
    };
    loop {
        match answers.message().await {
            Ok(None) => return ended(),
            Err(status) => return Failure::of(&status),
            Ok(Some(answer)) => {
                let Some((correlation, result)) = understood(answer) else {
                    tracing::debug!("an answer to no append");
                    continue;
                };
                let reply = lock(&waiting)
                    .as_mut()
                    .and_then(|waiting| waiting.remove(&correlation));
                if let Some(reply) = reply {
                    // Who left needs no answer.
                    let _ = reply.send(result);
                }
            }
        }
    }
}

fn understood(answer: BatchAppendResp) -> Option<(Uuid, Result<Written, Failure>)> {
    let correlation = id(answer.correlation_id?)?;
    let result = match answer.result? {
        Answer::Error(status) => Err(Failure::of_append(&status)),
        Answer::Success(success) => Ok(written(success)),
    };
    Some((correlation, result))
}

fn written(success: Success) -> Written {
    Written {
        revision: match success.current_revision_option {
            Some(CurrentRevisionOption::CurrentRevision(revision)) => Some(revision),
            Some(CurrentRevisionOption::NoStream(())) | None => None,
        },
        position: match success.position_option {
            Some(PositionOption::Position(position)) => Some(Position(position.commit_position)),
            Some(PositionOption::NoPosition(())) | None => None,
        },
    }
}

fn request(
    correlation: Uuid,
    stream: &StreamName,
    expected: ExpectedRevision,
    events: &[NewEvent],
) -> BatchAppendReq {
    let expected = match expected {
        ExpectedRevision::Any => ExpectedStreamPosition::Any(()),
        ExpectedRevision::NoStream => ExpectedStreamPosition::NoStream(()),
        ExpectedRevision::StreamExists => ExpectedStreamPosition::StreamExists(()),
        ExpectedRevision::Exactly(revision) => ExpectedStreamPosition::StreamPosition(revision),
    };
    let patience = prost_types::Duration {
        seconds: i64::try_from(PATIENCE.as_secs()).unwrap_or(i64::MAX),
        nanos: 0,
    };
    BatchAppendReq {
        correlation_id: Some(wire_id(correlation)),
        options: Some(Options {
            stream_identifier: Some(identifier(stream)),
            expected_stream_position: Some(expected),
            deadline_option: Some(DeadlineOption::Deadline(patience)),
        }),
        proposed_messages: events.iter().map(proposed).collect(),
        is_final: true,
    }
}

fn proposed(event: &NewEvent) -> ProposedMessage {
    let content_type = match event.content_type {
        ContentType::Json => "application/json",
        ContentType::Binary => "application/octet-stream",
    };
    ProposedMessage {
        id: Some(wire_id(event.id)),
        metadata: HashMap::from([
            ("type".to_owned(), event.event_type.clone().into_owned()),
            ("content-type".to_owned(), content_type.to_owned()),
        ]),
        custom_metadata: Bytes::from(event.metadata.clone()),
        data: Bytes::from(event.data.clone()),
    }
}
