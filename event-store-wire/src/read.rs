//! `Read`: what is asked for, and pages of a stream and of `$all`; `follow.rs` has the subscriptions.

use crate::convert::{IdForm, Resolved, resolve, stream_name};
use crate::filter::{By, Filter};
use crate::follow::{self, Intervals, Shown};
use crate::proto::streams::ReadResp;
use crate::proto::streams::read_req::Options;
use crate::proto::streams::read_req::options::{
    self, CountOption, FilterOption, ReadDirection, StreamOption, all_options::AllOption,
    filter_options, stream_options::RevisionOption,
};
use crate::proto::streams::read_resp::{self, Content};
use crate::rights::{Doing, Rights};
use crate::users::Caller;
use crate::{Shared, refusal};
use std::sync::Arc;
use tokio::sync::mpsc;
use tonic::Status;
use upkeep_event_store::sqlite::{FEW_EVENTS, Scan, StreamPage};
use upkeep_event_store::{Direction, Position, RecordedEvent, SqliteReader, StreamName};

/// Events that are read from disk at once.
pub const PAGE: usize = 512;
/// Events that a filtered read looks at before it asks whether anybody still listens.
pub const WINDOW: usize = 4_096;
/// Events looked at between two checkpoints, where the client does not say.
const DEFAULT_WINDOW: u32 = 32;

type Answers = mpsc::Sender<Result<ReadResp, Status>>;

/// A read that was understood.
pub struct Read {
    source: Source,
    extent: Extent,
    direction: Direction,
    follow_links: bool,
    ids: IdForm,
    ends: Ends,
}

/// Whether a client wants to be told where a stream begins and ends: newer ones say that they understand it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Told,
    Untold,
}

enum Source {
    Stream {
        stream: StreamName,
        from: From<u64>,
    },
    All {
        from: From<Position>,
        filter: Filter,
        /// How often a subscription is told how far it has come; nothing without a filter.
        intervals: Option<Intervals>,
    },
}

#[derive(Clone, Copy)]
pub enum From<T> {
    Start,
    End,
    At(T),
}

enum Extent {
    Count(u64),
    Subscription,
}

/// Why a read ends early.
pub enum End {
    /// The client left.
    Left,
    Failed(Status),
}

impl std::convert::From<upkeep_event_store::ReadError> for End {
    fn from(error: upkeep_event_store::ReadError) -> Self {
        Self::Failed(refusal::of_read(&error))
    }
}

impl Read {
    pub fn understand(options: Option<Options>) -> Result<Self, Status> {
        let options = options.ok_or_else(|| refusal::missing("options"))?;
        if let Some(CountOption::Subscription(_)) = options.count_option {
            follow::check(&options)?;
        }
        let ids = match options.uuid_option.and_then(|option| option.content) {
            Some(options::uuid_option::Content::Structured(_)) => IdForm::TwoHalves,
            Some(options::uuid_option::Content::String(_)) => IdForm::Text,
            None => return Err(refusal::missing("uuid_option")),
        };
        let direction = match options.read_direction() {
            ReadDirection::Forwards => Direction::Forwards,
            ReadDirection::Backwards => Direction::Backwards,
        };
        let extent = match options.count_option {
            Some(CountOption::Count(count)) => Extent::Count(count),
            Some(CountOption::Subscription(_)) => Extent::Subscription,
            None => return Err(refusal::missing("count_option")),
        };
        let source = match options.stream_option {
            Some(StreamOption::Stream(stream)) => {
                if !matches!(options.filter_option, Some(FilterOption::NoFilter(_))) {
                    return Err(Status::invalid_argument(
                        "a stream is read without a filter: say so with 'no_filter'",
                    ));
                }
                let from = match stream.revision_option {
                    Some(RevisionOption::Revision(revision)) => From::At(revision),
                    Some(RevisionOption::End(_)) => From::End,
                    Some(RevisionOption::Start(_)) => From::Start,
                    None => return Err(refusal::missing("revision_option")),
                };
                check_extent(&extent, from, direction)?;
                Source::Stream {
                    from,
                    stream: stream_name(stream.stream_identifier)?,
                }
            }
            Some(StreamOption::All(all)) => {
                let from = match all.all_option {
                    Some(AllOption::Position(position)) => {
                        if position.commit_position < position.prepare_position {
                            return Err(Status::invalid_argument(
                                "nothing is committed before it is prepared: give a position that an event came with",
                            ));
                        }
                        From::At(Position(position.commit_position))
                    }
                    Some(AllOption::End(_)) => From::End,
                    Some(AllOption::Start(_)) => From::Start,
                    None => return Err(refusal::missing("all_option")),
                };
                let (filter, intervals) = match options.filter_option {
                    Some(FilterOption::Filter(filter)) => understand_filter(filter)?,
                    Some(FilterOption::NoFilter(_)) => (Filter::everything(), None),
                    None => return Err(refusal::missing("filter_option")),
                };
                Source::All {
                    from,
                    filter,
                    intervals,
                }
            }
            None => return Err(refusal::missing("stream_option")),
        };
        Ok(Self {
            source,
            extent,
            direction,
            follow_links: options.resolve_links,
            ids,
            ends: match options.control_option {
                Some(control) if control.compatibility > 0 => Ends::Told,
                _ => Ends::Untold,
            },
        })
    }

    /// Whether its first answer is there at once, or that there is none: no more than a page is looked at.
    pub fn is_of_one_stream(&self) -> bool {
        matches!(self.source, Source::Stream { .. })
    }

    /// Refuses what the caller may not read.
    pub async fn check(&self, rights: &Rights, caller: &Caller) -> Result<(), Status> {
        match &self.source {
            Source::Stream { stream, .. } => rights.check(caller, Doing::Read, stream).await,
            Source::All { .. } => rights.check_all(caller).await,
        }
    }

    /// Answers until there is no more, the client leaves, is not a user any more, or the server stops.
    pub async fn run(self, shared: Shared, caller: Caller, answers: Answers) {
        let reader = shared.reader.clone();
        let mut speaker = Speaker {
            reader,
            answers: answers.clone(),
            ids: self.ids,
            follow_links: self.follow_links,
            rights: shared.rights.clone(),
            caller: caller.clone(),
        };
        let stop = shared.stop.clone();
        let work = async {
            match (self.extent, self.source) {
                (Extent::Count(count), Source::Stream { stream, from }) => {
                    speaker
                        .page_of(&stream, from, self.direction, count, self.ends)
                        .await
                }
                (Extent::Count(count), Source::All { from, filter, .. }) => {
                    speaker
                        .page_of_all(from, filter, self.direction, count)
                        .await
                }
                (Extent::Subscription, Source::Stream { stream, from }) => {
                    speaker.follow(&shared, &stream, from).await
                }
                (
                    Extent::Subscription,
                    Source::All {
                        from,
                        filter,
                        intervals,
                    },
                ) => {
                    let shown = Shown { filter, intervals };
                    speaker.follow_all(&shared, from, shown).await
                }
            }
        };
        let end = tokio::select! {
            () = stop.cancelled() => Err(End::Failed(refusal::stopping())),
            () = caller.dismissed() => Err(End::Failed(refusal::dismissed())),
            () = answers.closed() => Err(End::Left),
            end = work => end,
        };
        if let Err(End::Failed(status)) = end {
            // Who left needs no reason.
            let _ = answers.send(Err(status)).await;
        }
    }
}

/// What the real server refuses to read of a stream.
fn check_extent(extent: &Extent, from: From<u64>, direction: Direction) -> Result<(), Status> {
    let Extent::Count(count) = extent else {
        return Ok(());
    };
    let is_beyond = match from {
        From::Start => false,
        From::End | From::At(u64::MAX) => direction == Direction::Forwards,
        From::At(revision) => i64::try_from(revision).is_err(),
    };
    if *count == 0 {
        Err(Status::invalid_argument("a read is of at least one event"))
    } else if is_beyond {
        Err(Status::invalid_argument(
            "there is nothing behind the end of a stream: read backwards from it, or from a revision",
        ))
    } else {
        Ok(())
    }
}

fn understand_filter(
    options: options::FilterOptions,
) -> Result<(Filter, Option<Intervals>), Status> {
    let window = match options.window {
        Some(filter_options::Window::Max(window)) => window.max(1),
        Some(filter_options::Window::Count(_)) => DEFAULT_WINDOW,
        None => return Err(refusal::missing("window")),
    };
    let window = u64::from(window);
    let intervals = Intervals {
        window,
        checkpoint: window * u64::from(options.checkpoint_interval_multiplier.max(1)),
    };
    let filter = match options.filter {
        Some(filter_options::Filter::StreamIdentifier(expression)) => {
            Filter::new(By::Stream, &expression.regex, &expression.prefix)?
        }
        Some(filter_options::Filter::EventType(expression)) => {
            Filter::new(By::Type, &expression.regex, &expression.prefix)?
        }
        None => return Err(refusal::missing("filter")),
    };
    Ok((filter, Some(intervals)))
}

/// Sends events in the form that the client asked for.
pub struct Speaker {
    pub reader: SqliteReader,
    answers: Answers,
    ids: IdForm,
    follow_links: bool,
    rights: Rights,
    caller: Caller,
}

impl Speaker {
    pub async fn say(&self, content: Content) -> Result<(), End> {
        let answer = ReadResp {
            content: Some(content),
        };
        self.answers.send(Ok(answer)).await.map_err(|_| End::Left)
    }

    pub async fn event(&self, event: RecordedEvent) -> Result<(), End> {
        let resolved = if self.follow_links {
            self.resolve(event).await.map_err(End::Failed)?
        } else {
            Resolved::plain(event)
        };
        self.say(Content::Event(resolved.read_event(self.ids)))
            .await
    }

    pub async fn events(&self, events: Vec<RecordedEvent>) -> Result<(), End> {
        for event in events {
            self.event(event).await?;
        }
        Ok(())
    }

    /// Follows a link, if the event is one. It leads around no list: what the caller may not read is not there.
    async fn resolve(&self, event: RecordedEvent) -> Result<Resolved, Status> {
        let mut resolved = resolve(&self.reader, event).await?;
        if resolved.link.is_some()
            && let Some(goal) = &resolved.event
            && let Err(refused) = self
                .rights
                .check(&self.caller, Doing::Read, &goal.stream)
                .await
        {
            if refused.code() != tonic::Code::PermissionDenied {
                return Err(refused);
            }
            resolved.event = None;
        }
        Ok(resolved)
    }

    async fn page_of(
        &mut self,
        stream: &StreamName,
        from: From<u64>,
        direction: Direction,
        mut count: u64,
        ends: Ends,
    ) -> Result<(), End> {
        let mut next = match from {
            From::At(revision) => revision,
            From::Start => 0,
            From::End => u64::MAX,
        };
        while count > 0 {
            let limit = PAGE.min(usize::try_from(count).unwrap_or(PAGE));
            let page = self
                .reader
                .stream_page(stream, next, direction, limit)
                .await?;
            let (events, head, at_end) = match page {
                StreamPage::NotFound => {
                    let not_found = read_resp::StreamNotFound {
                        stream_identifier: Some(crate::convert::identifier(stream)),
                    };
                    return self.say(Content::StreamNotFound(not_found)).await;
                }
                StreamPage::Tombstoned => {
                    return Err(End::Failed(refusal::stream_deleted(stream.as_str())));
                }
                StreamPage::Found {
                    events,
                    head,
                    at_end,
                } => (events, head, at_end),
            };
            count -= events.len() as u64;
            let last = events.last().map(|event| event.revision);
            if last.is_none() && direction == Direction::Forwards && ends == Ends::Told {
                self.begins(stream, next, head).await?;
            }
            self.events(events).await?;
            let beyond = match (last, direction) {
                (Some(last), Direction::Forwards) if !at_end => Some(last + 1),
                (Some(last), Direction::Backwards) if !at_end => last.checked_sub(1),
                _ => None,
            };
            match beyond {
                Some(beyond) if count > 0 => next = beyond,
                _ if ends == Ends::Told => {
                    return self.say(Content::LastStreamPosition(head)).await;
                }
                _ => return Ok(()),
            }
        }
        Ok(())
    }

    /// Where there would be events, for a read that found none: where the stream is cut off, if that is further on, and
    /// then behind its newest event; not where the read itself began.
    async fn begins(&self, stream: &StreamName, mut from: u64, head: u64) -> Result<(), End> {
        let stream = self.reader.stream(stream).await?;
        let (first, end) = (stream.map_or(0, |stream| stream.first_kept()), head + 1);
        if first > end && first > from {
            self.say(Content::FirstStreamPosition(first)).await?;
            from = first;
        }
        if from != end {
            self.say(Content::FirstStreamPosition(end)).await?;
        }
        Ok(())
    }

    async fn page_of_all(
        &mut self,
        from: From<Position>,
        filter: Filter,
        direction: Direction,
        mut count: u64,
    ) -> Result<(), End> {
        // Forwards a position is included, backwards it is not, as in the real server.
        let mut from = match (from, direction) {
            (From::At(position), Direction::Forwards) => Position(position.0.saturating_sub(1)),
            (From::At(position), Direction::Backwards) => position,
            (From::Start, _) => Position::START,
            (From::End, _) => Position::END,
        };
        let filter = Arc::new(filter);
        while count > 0 {
            let taken = filter.clone();
            let scan = Scan {
                direction,
                most: PAGE.min(usize::try_from(count).unwrap_or(PAGE)),
                window: WINDOW,
                expected: FEW_EVENTS,
                takes: move |stream: &StreamName, kind: &str| taken.takes(stream, kind),
            };
            let page = self.reader.scan(from, scan).await?;
            count -= page.events.len() as u64;
            from = page.reached;
            self.events(page.events).await?;
            if page.at_end {
                return Ok(());
            }
        }
        Ok(())
    }
}
