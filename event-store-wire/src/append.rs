//! `Append` and `BatchAppend`.

use crate::convert::{Expectation, IdForm, id, new_event, parse_id, stream_name};
use crate::limits::{
    APPENDS_UNDER_WAY, BYTES_UNDER_WAY, OPEN_APPEND_BYTES, OPEN_APPENDS, REFUSED_MESSAGES,
    REFUSED_PATIENCE,
};
use crate::proto::rpc;
use crate::proto::shared;
use crate::proto::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, append_req, append_resp,
    batch_append_req, batch_append_resp,
};
use crate::rights::Doing;
use crate::users::Caller;
use crate::{Shared, refusal};
use futures_util::stream::FuturesOrdered;
use futures_util::{Stream, StreamExt};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};
use upkeep_event_store::port::{MAX_APPEND_BYTES, MAX_EVENTS_PER_APPEND};
use upkeep_event_store::sqlite::Receipt;
use upkeep_event_store::{AppendError, ExpectedRevision, NewEvent, StreamName};
use uuid::Uuid;

/// The events of one append, within the limits.
#[derive(Default)]
struct Collected {
    events: Vec<NewEvent>,
    bytes: usize,
}

impl Collected {
    fn add(&mut self, event: NewEvent) -> Result<(), AppendError> {
        self.bytes += event.size();
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
    let (stream, asked, events) = match collect(shared, caller, &mut requests).await {
        Ok(append) => append,
        Err(refused) => {
            pass_over(&mut requests).await;
            return Err(refused);
        }
    };
    // It may have taken a while until all was there.
    caller.check()?;
    let answer = match shared.store.enqueue(&stream, asked.expected, events).await {
        Ok(answer) => answer.await.unwrap_or(Err(AppendError::Closed)),
        Err(error) => Err(error),
    };
    let result = match answer {
        Ok(receipt) => append_resp::Result::Success(success(receipt)),
        Err(AppendError::Conflict { actual, .. }) => {
            append_resp::Result::WrongExpectedVersion(conflict(&asked, actual))
        }
        Err(error) => return Err(refusal::of_append("Append", &error)),
    };
    Ok(AppendResp {
        result: Some(result),
    })
}

/// All that an append asks for.
async fn collect(
    shared: &Shared,
    caller: &Caller,
    requests: &mut Streaming<AppendReq>,
) -> Result<(StreamName, Expectation, Vec<NewEvent>), Status> {
    use append_req::options::ExpectedStreamRevision as Expected;
    let first = requests.message().await.map_err(refusal::of_events)?;
    let Some(append_req::Content::Options(options)) = first.and_then(|first| first.content) else {
        return Err(refusal::missing("options"));
    };
    let stream = stream_name(options.stream_identifier)?;
    shared.rights.check(caller, Doing::Append, &stream).await?;
    let asked = match options.expected_stream_revision {
        Some(Expected::Revision(revision)) => Expectation::of_revision(revision)?,
        Some(Expected::NoStream(_)) => ExpectedRevision::NoStream.into(),
        Some(Expected::StreamExists(_)) => ExpectedRevision::StreamExists.into(),
        Some(Expected::Any(_)) => ExpectedRevision::Any.into(),
        None => return Err(refusal::no_expectation()),
    };
    let mut collected = Collected::default();
    while let Some(request) = requests.message().await.map_err(refusal::of_events)? {
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
    Ok((stream, asked, collected.events))
}

/// What still comes of a refused append is read, so that it does not wait on the connection until that is ended with all
/// its calls. Whoever sends nothing more and does not end either hears of it after a moment.
async fn pass_over(requests: &mut Streaming<AppendReq>) {
    let rest = async {
        for _ in 0..REFUSED_MESSAGES {
            let Ok(Some(_)) = requests.message().await else {
                return;
            };
        }
    };
    // Not all of it: the answer comes all the same.
    let _ = tokio::time::timeout(REFUSED_PATIENCE, rest).await;
}

fn success(receipt: Receipt) -> append_resp::Success {
    use append_resp::success::{CurrentRevisionOption as Revision, PositionOption};
    append_resp::Success {
        current_revision_option: Some(receipt.revision.map_or(
            Revision::NoStream(shared::Empty {}),
            Revision::CurrentRevision,
        )),
        position_option: Some(if receipt.hidden {
            PositionOption::NoPosition(shared::Empty {})
        } else {
            PositionOption::Position(append_resp::Position {
                commit_position: receipt.position.0,
                prepare_position: receipt.position.0,
            })
        }),
    }
}

fn conflict(asked: &Expectation, actual: Option<u64>) -> append_resp::WrongExpectedVersion {
    use append_resp::wrong_expected_version::{
        CurrentRevisionOption as Current, ExpectedRevisionOption as Expected,
    };
    append_resp::WrongExpectedVersion {
        current_revision_option: Some(actual.map_or(
            Current::CurrentNoStream(shared::Empty {}),
            Current::CurrentRevision,
        )),
        expected_revision_option: Some(match (asked.revision, asked.expected) {
            (Some(revision), _) | (None, ExpectedRevision::Exactly(revision)) => {
                Expected::ExpectedRevision(revision)
            }
            (None, ExpectedRevision::Any) => Expected::ExpectedAny(shared::Empty {}),
            (None, ExpectedRevision::NoStream) => Expected::ExpectedNoStream(shared::Empty {}),
            (None, ExpectedRevision::StreamExists) => {
                Expected::ExpectedStreamExists(shared::Empty {})
            }
        }),
    }
}

/// What an answer repeats of the request. The expectation is not repeated, as in the real server.
#[derive(Clone, Default)]
struct Echo {
    correlation_id: Option<shared::Uuid>,
    stream_identifier: Option<shared::StreamIdentifier>,
}

/// An append of a batch whose parts are still coming.
struct Open {
    echo: Echo,
    /// What it asks for, or what is wrong with it; that is told when its last part has come.
    asked: Result<Asked, rpc::Status>,
}

/// What one append of a batch asks for.
struct Asked {
    stream: StreamName,
    expected: ExpectedRevision,
    collected: Collected,
    deadline: Option<SystemTime>,
}

impl Open {
    /// When its last part has come: it is too late for what was to be written before now.
    fn complete(mut self) -> Self {
        let deadline = self.asked.as_ref().ok().and_then(|asked| asked.deadline);
        if deadline.is_some_and(|deadline| deadline <= SystemTime::now()) {
            self.asked = Err(refusal::too_late_in_batch());
        }
        self
    }

    fn bytes(&self) -> usize {
        self.asked.as_ref().map_or(0, |asked| asked.collected.bytes)
    }
}

/// Many appends over one call. They are written in the order in which their last parts came, and answered in it when
/// they are on disk: of two that are there at once the later must not tell its position first. One that is refused leaves the others as they are.
pub async fn batch_append(
    shared: Shared,
    caller: Caller,
    mut requests: Streaming<BatchAppendReq>,
    answers: mpsc::Sender<Result<BatchAppendResp, Status>>,
) {
    let mut open: HashMap<Uuid, Open> = HashMap::new();
    let mut under_way = FuturesOrdered::new();
    let mut bytes_under_way = 0;
    let mut more = true;
    let mut broken = None;
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
                Ok(None) => more = false,
                // What has come is written and answered all the same.
                Err(status) => {
                    more = false;
                    broken = Some(refusal::of_events(status));
                }
                Ok(Some(request)) => if let Some(complete) = take(&mut open, request) {
                    if let Err(status) = caller.check() {
                        // Who left needs no reason.
                        let _ = answers.send(Err(status)).await;
                        return;
                    }
                    let bytes = complete.bytes();
                    bytes_under_way += bytes;
                    let Open { echo, asked } = complete;
                    let queued = match asked {
                        Ok(asked) => match shared.rights.check(&caller, Doing::Append, &asked.stream).await {
                            Ok(()) => shared
                                .store
                                .enqueue(&asked.stream, asked.expected, asked.collected.events)
                                .await
                                .map_err(|error| refusal::in_batch(&error)),
                            Err(refused) => Err(refusal::status_in_batch(&refused)),
                        },
                        Err(fault) => Err(fault),
                    };
                    under_way.push_back(async move {
                        let result = match queued {
                            Ok(answer) => answer
                                .await
                                .unwrap_or(Err(AppendError::Closed))
                                .map_err(|error| refusal::in_batch(&error)),
                            Err(fault) => Err(fault),
                        };
                        (bytes, batch_answer(echo, result))
                    });
                },
            },
        }
    }
    if let Some(status) = broken {
        // Who left needs no reason.
        let _ = answers.send(Err(status)).await;
    }
}

/// The next answer; never ready while there is nothing under way.
async fn next<S: Stream + Unpin>(under_way: &mut S) -> Option<S::Item> {
    match under_way.next().await {
        Some(answer) => Some(answer),
        None => std::future::pending().await,
    }
}

/// Adds a part to its append; answers with the append when it is complete, or when it cannot be.
fn take(open: &mut HashMap<Uuid, Open>, request: BatchAppendReq) -> Option<Open> {
    let correlation = match parse_id(request.correlation_id.as_ref()) {
        Ok(correlation) => correlation,
        Err(status) => {
            let echo = Echo {
                correlation_id: request.correlation_id,
                stream_identifier: request
                    .options
                    .and_then(|options| options.stream_identifier),
            };
            let asked = Err(refusal::bad_request(status.message()));
            return Some(Open { echo, asked });
        }
    };
    let mut append = match (open.remove(&correlation), request.options) {
        // What it asks for is said once.
        (Some(append), _) => append,
        // In halves, as the real server answers.
        (None, Some(options)) => begin(id(correlation, IdForm::TwoHalves), options),
        // Of an append that was refused, or never begun: the real server says nothing either.
        (None, None) => return None,
    };
    let others: usize = open.values().map(Open::bytes).sum();
    for message in request.proposed_messages {
        let Ok(asked) = &mut append.asked else {
            break;
        };
        let event = new_event(
            message.id.as_ref(),
            message.metadata,
            &message.custom_metadata,
            &message.data,
        );
        let added = event
            .map_err(|status| refusal::bad_request(status.message()))
            .and_then(|event| {
                let added = asked.collected.add(event);
                added.map_err(|error| refusal::in_batch(&error))
            });
        let bytes = asked.collected.bytes;
        if let Err(fault) = added {
            append.asked = Err(fault);
        } else if !request.is_final && others + bytes > OPEN_APPEND_BYTES {
            append.asked = Err(refusal::too_much_in_batch(&format!(
                "the incomplete appends of a call may have {OPEN_APPEND_BYTES} bytes together"
            )));
        }
    }
    if request.is_final {
        return Some(append.complete());
    }
    if open.len() >= OPEN_APPENDS {
        append.asked = Err(refusal::too_much_in_batch(&format!(
            "at most {OPEN_APPENDS} appends of a call may be incomplete"
        )));
        return Some(append);
    }
    open.insert(correlation, append);
    None
}

fn begin(correlation_id: shared::Uuid, options: batch_append_req::Options) -> Open {
    use batch_append_req::options::ExpectedStreamPosition as Expected;
    let echo = Echo {
        correlation_id: Some(correlation_id),
        stream_identifier: options.stream_identifier.clone(),
    };
    let asked = || {
        let stream = stream_name(options.stream_identifier)?;
        let expected = match options.expected_stream_position {
            Some(Expected::StreamPosition(revision)) => {
                Expectation::of_revision(revision)?.expected
            }
            Some(Expected::NoStream(())) => ExpectedRevision::NoStream,
            Some(Expected::StreamExists(())) => ExpectedRevision::StreamExists,
            Some(Expected::Any(())) => ExpectedRevision::Any,
            None => return Err(refusal::no_expectation()),
        };
        Ok(Asked {
            stream,
            expected,
            collected: Collected::default(),
            deadline: options.deadline_option.and_then(deadline),
        })
    };
    Open {
        echo,
        asked: asked().map_err(|status: Status| refusal::bad_request(status.message())),
    }
}

/// When an append is to be written at the latest; nothing if that is beyond all times.
fn deadline(option: batch_append_req::options::DeadlineOption) -> Option<SystemTime> {
    use batch_append_req::options::DeadlineOption;
    match option {
        DeadlineOption::Deadline21100(time) => SystemTime::try_from(time).ok(),
        DeadlineOption::Deadline(wait) => match Duration::try_from(wait) {
            Ok(wait) => SystemTime::now().checked_add(wait),
            // Before now.
            Err(_) => Some(SystemTime::UNIX_EPOCH),
        },
    }
}

fn batch_answer(echo: Echo, result: Result<Receipt, rpc::Status>) -> BatchAppendResp {
    use batch_append_resp::success::{CurrentRevisionOption as Revision, PositionOption};
    let result = match result {
        Ok(receipt) => batch_append_resp::Result::Success(batch_append_resp::Success {
            current_revision_option: Some(
                receipt
                    .revision
                    .map_or(Revision::NoStream(()), Revision::CurrentRevision),
            ),
            position_option: Some(if receipt.hidden {
                PositionOption::NoPosition(())
            } else {
                PositionOption::Position(shared::AllStreamPosition {
                    commit_position: receipt.position.0,
                    prepare_position: receipt.position.0,
                })
            }),
        }),
        Err(fault) => batch_append_resp::Result::Error(fault),
    };
    BatchAppendResp {
        correlation_id: echo.correlation_id,
        result: Some(result),
        stream_identifier: echo.stream_identifier,
        expected_stream_position: None,
    }
}
