//! `Append` and `BatchAppend`.

use crate::convert::{new_event, parse_id, stream_name};
use crate::limits::{APPENDS_UNDER_WAY, BYTES_UNDER_WAY, OPEN_APPEND_BYTES, OPEN_APPENDS};
use crate::proto::shared;
use crate::proto::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, append_req, append_resp,
    batch_append_req, batch_append_resp,
};
use crate::users::Caller;
use crate::{Shared, refusal};
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt};
use std::collections::HashMap;
use tokio::sync::mpsc;
use tonic::{Status, Streaming};
use upkeep_event_store::port::{MAX_APPEND_BYTES, MAX_EVENTS_PER_APPEND};
use upkeep_event_store::{AppendError, Appended, ExpectedRevision, NewEvent, StreamName};
use uuid::Uuid;

/// The events of one append, within the limits.
#[derive(Default)]
struct Collected {
    events: Vec<NewEvent>,
    bytes: usize,
}

impl Collected {
    fn add(&mut self, event: NewEvent) -> Result<(), AppendError> {
        self.bytes += event.data.len() + event.metadata.len();
        if self.bytes > MAX_APPEND_BYTES {
            return Err(AppendError::TooLarge(self.bytes));
        }
        if self.events.len() >= MAX_EVENTS_PER_APPEND {
            return Err(AppendError::Count(self.events.len() + 1));
        }
        self.events.push(event);
        Ok(())
    }
}

/// One append: its options, then an event in each message.
pub async fn append(
    shared: &Shared,
    caller: &Caller,
    mut requests: Streaming<AppendReq>,
) -> Result<AppendResp, Status> {
    use append_req::options::ExpectedStreamRevision as Expected;
    let first = requests.message().await?.and_then(|first| first.content);
    let Some(append_req::Content::Options(options)) = first else {
        return Err(refusal::missing("options"));
    };
    let stream = stream_name(options.stream_identifier)?;
    caller.role().check_change(&stream)?;
    let expected = match options.expected_stream_revision {
        Some(Expected::Revision(revision)) => ExpectedRevision::Exactly(revision),
        Some(Expected::NoStream(_)) => ExpectedRevision::NoStream,
        Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists,
        Some(Expected::Any(_)) | None => ExpectedRevision::Any,
    };
    let mut collected = Collected::default();
    while let Some(request) = requests.message().await? {
        let Some(append_req::Content::ProposedMessage(message)) = request.content else {
            return Err(Status::invalid_argument("options come once"));
        };
        let event = new_event(
            message.id.as_ref(),
            message.metadata,
            &message.custom_metadata,
            &message.data,
        )?;
        collected
            .add(event)
            .map_err(|error| refusal::of_append("Append", &error))?;
    }
    // It may have taken a while until all was there.
    caller.check()?;
    let answer = match shared
        .store
        .enqueue(&stream, expected, collected.events)
        .await
    {
        Ok(answer) => answer.await.unwrap_or(Err(AppendError::Closed)),
        Err(error) => Err(error),
    };
    let result = match answer {
        Ok(appended) => append_resp::Result::Success(success(appended)),
        Err(AppendError::Conflict {
            expected, actual, ..
        }) => append_resp::Result::WrongExpectedVersion(conflict(expected, actual)),
        Err(error) => return Err(refusal::of_append("Append", &error)),
    };
    Ok(AppendResp {
        result: Some(result),
    })
}

fn success(appended: Appended) -> append_resp::Success {
    use append_resp::success::{CurrentRevisionOption, PositionOption};
    append_resp::Success {
        current_revision_option: Some(CurrentRevisionOption::CurrentRevision(appended.revision)),
        position_option: Some(PositionOption::Position(append_resp::Position {
            commit_position: appended.position.0,
            prepare_position: appended.position.0,
        })),
    }
}

fn conflict(expected: ExpectedRevision, actual: Option<u64>) -> append_resp::WrongExpectedVersion {
    use append_resp::wrong_expected_version::{
        CurrentRevisionOption as Current, ExpectedRevisionOption as Expected,
    };
    append_resp::WrongExpectedVersion {
        current_revision_option: Some(actual.map_or(
            Current::CurrentNoStream(shared::Empty {}),
            Current::CurrentRevision,
        )),
        expected_revision_option: Some(match expected {
            ExpectedRevision::Any => Expected::ExpectedAny(shared::Empty {}),
            ExpectedRevision::NoStream => Expected::ExpectedNoStream(shared::Empty {}),
            ExpectedRevision::StreamExists => Expected::ExpectedStreamExists(shared::Empty {}),
            ExpectedRevision::Exactly(revision) => Expected::ExpectedRevision(revision),
        }),
    }
}

/// An append of a batch whose parts are still coming.
struct Open {
    stream: StreamName,
    expected: ExpectedRevision,
    echo: Echo,
    collected: Collected,
    /// What is wrong with it; told when its last part has come.
    fault: Option<crate::proto::rpc::Status>,
}

/// What an answer repeats of the request.
#[derive(Clone)]
struct Echo {
    correlation_id: Option<shared::Uuid>,
    stream_identifier: Option<shared::StreamIdentifier>,
    expected: Option<batch_append_resp::ExpectedStreamPosition>,
}

/// Many appends over one call. They are written in the order in which their last parts came, and answered when
/// they are on disk.
pub async fn batch_append(
    shared: Shared,
    caller: Caller,
    mut requests: Streaming<BatchAppendReq>,
    answers: mpsc::Sender<Result<BatchAppendResp, Status>>,
) {
    let mut open: HashMap<Uuid, Open> = HashMap::new();
    let mut under_way = FuturesUnordered::new();
    let mut bytes_under_way = 0;
    let mut more = true;
    while more || !under_way.is_empty() {
        let room = under_way.len() < APPENDS_UNDER_WAY && bytes_under_way < BYTES_UNDER_WAY;
        tokio::select! {
            () = shared.stop.cancelled() => {
                // Who left needs no reason.
                let _ = answers.send(Err(refusal::stopping())).await;
                return;
            }
            () = caller.dismissed() => {
                // Who left needs no reason.
                let _ = answers.send(Err(refusal::dismissed())).await;
                return;
            }
            () = answers.closed() => return,
            Some((bytes, answer)) = next(&mut under_way) => {
                bytes_under_way -= bytes;
                if answers.send(Ok(answer)).await.is_err() {
                    return;
                }
            }
            request = requests.message(), if more && room => match request {
                Ok(None) | Err(_) => more = false,
                Ok(Some(request)) => match take(&mut open, request) {
                    Ok(None) => {}
                    Ok(Some(complete)) => {
                        if let Err(status) = caller.check() {
                            // Who left needs no reason.
                            let _ = answers.send(Err(status)).await;
                            return;
                        }
                        let echo = complete.echo.clone();
                        let bytes = complete.collected.bytes;
                        bytes_under_way += bytes;
                        let result = match complete.fault {
                            _ if caller.role().check_change(&complete.stream).is_err() => {
                                Err(refusal::denied_in_batch())
                            }
                            Some(fault) => Err(fault),
                            None => shared
                                .store
                                .enqueue(&complete.stream, complete.expected, complete.collected.events)
                                .await
                                .map_err(|error| refusal::in_batch(&error)),
                        };
                        under_way.push(async move {
                            let result = match result {
                                Ok(answer) => answer
                                    .await
                                    .unwrap_or(Err(AppendError::Closed))
                                    .map_err(|error| refusal::in_batch(&error)),
                                Err(fault) => Err(fault),
                            };
                            (bytes, batch_answer(echo, result))
                        });
                    }
                    Err(status) => {
                        // Who left needs no reason.
                        let _ = answers.send(Err(status)).await;
                        return;
                    }
                },
            },
        }
    }
}

/// The next answer; never ready while there is nothing under way.
async fn next<S: Stream + Unpin>(under_way: &mut S) -> Option<S::Item> {
    match under_way.next().await {
        Some(answer) => Some(answer),
        None => std::future::pending().await,
    }
}

/// Adds a part to its append; answers with the append when it is complete.
fn take(open: &mut HashMap<Uuid, Open>, request: BatchAppendReq) -> Result<Option<Open>, Status> {
    let correlation = parse_id(request.correlation_id.as_ref())?;
    if let Some(options) = request.options {
        if open.len() >= OPEN_APPENDS {
            return Err(Status::resource_exhausted(format!(
                "at most {OPEN_APPENDS} appends of a call may be incomplete"
            )));
        }
        open.insert(correlation, begin(request.correlation_id, options)?);
    }
    let bytes: usize = open.values().map(|append| append.collected.bytes).sum();
    let Some(append) = open.get_mut(&correlation) else {
        return Err(refusal::missing("options"));
    };
    if bytes > OPEN_APPEND_BYTES {
        return Err(Status::resource_exhausted(format!(
            "the incomplete appends of a call may have {OPEN_APPEND_BYTES} bytes together"
        )));
    }
    for message in request.proposed_messages {
        if append.fault.is_some() {
            break;
        }
        let event = new_event(
            message.id.as_ref(),
            message.metadata,
            &message.custom_metadata,
            &message.data,
        );
        append.fault = match event {
            Ok(event) => append
                .collected
                .add(event)
                .err()
                .map(|error| refusal::in_batch(&error)),
            Err(status) => Some(refusal::bad_request(status.message())),
        };
    }
    Ok(if request.is_final {
        open.remove(&correlation)
    } else {
        None
    })
}

fn begin(
    correlation_id: Option<shared::Uuid>,
    options: batch_append_req::Options,
) -> Result<Open, Status> {
    use batch_append_req::options::ExpectedStreamPosition as Asked;
    use batch_append_resp::ExpectedStreamPosition as Echoed;
    let (expected, echoed) = match options.expected_stream_position {
        Some(Asked::StreamPosition(revision)) => (
            ExpectedRevision::Exactly(revision),
            Echoed::StreamPosition(revision),
        ),
        Some(Asked::NoStream(())) => (ExpectedRevision::NoStream, Echoed::NoStream(())),
        Some(Asked::StreamExists(())) => (ExpectedRevision::StreamExists, Echoed::StreamExists(())),
        Some(Asked::Any(())) | None => (ExpectedRevision::Any, Echoed::Any(())),
    };
    Ok(Open {
        echo: Echo {
            correlation_id,
            stream_identifier: options.stream_identifier.clone(),
            expected: Some(echoed),
        },
        stream: stream_name(options.stream_identifier)?,
        expected,
        collected: Collected::default(),
        fault: None,
    })
}

fn batch_answer(
    echo: Echo,
    result: Result<Appended, crate::proto::rpc::Status>,
) -> BatchAppendResp {
    use batch_append_resp::success::{CurrentRevisionOption, PositionOption};
    let result = match result {
        Ok(appended) => batch_append_resp::Result::Success(batch_append_resp::Success {
            current_revision_option: Some(CurrentRevisionOption::CurrentRevision(
                appended.revision,
            )),
            position_option: Some(PositionOption::Position(shared::AllStreamPosition {
                commit_position: appended.position.0,
                prepare_position: appended.position.0,
            })),
        }),
        Err(fault) => batch_append_resp::Result::Error(fault),
    };
    BatchAppendResp {
        correlation_id: echo.correlation_id,
        result: Some(result),
        stream_identifier: echo.stream_identifier,
        expected_stream_position: echo.expected,
    }
}
