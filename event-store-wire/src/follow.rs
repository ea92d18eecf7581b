//! Catch-up subscriptions, of a stream and of `$all`; PROTOCOL.md says by which rules.
//!
//! A subscriber that is catching up reads what is there, as anybody who reads. Once it is told that it caught up it is
//! live: it gets everything as it was written. Nothing is pushed and nothing is dropped: whoever is slow reads later, from
//! where it is, and is told so ([`LIVE_BUFFER`]).

use crate::convert::now;
use crate::filter::Filter;
use crate::limits::LIVE_BUFFER;
use crate::proto::streams::read_req::Options;
use crate::proto::streams::read_req::options::{
    self, FilterOption, ReadDirection, StreamOption, all_options::AllOption, filter_options::Window,
};
use crate::proto::streams::read_resp::{self, Content};
use crate::read::{End, From, PAGE, Speaker, WINDOW};
use crate::{Shared, refusal};
use std::sync::Arc;
use tokio::sync::watch;
use tonic::Status;
use upkeep_event_store::sqlite::{FEW_EVENTS, Heads, Scan, Scanned, Sight};
use upkeep_event_store::{Direction, Position, StreamName};
use uuid::Uuid;

/// The real server's type of a filter's options, for texts.
const FILTER_OPTIONS: &str = "EventStore.Client.Streams.ReadReq+Types+Options+Types+FilterOptions";
/// The revision of the event that ends a stream for good.
const LAST_REVISION: u64 = i64::MAX as u64;

/// Refuses what the real server refuses of a subscription, in its words.
pub fn check(options: &Options) -> Result<(), Status> {
    let has_form = |form: &options::UuidOption| form.content.is_some();
    if !options.uuid_option.as_ref().is_some_and(has_form) {
        return Err(Status::invalid_argument(""));
    }
    let source = match options.stream_option {
        Some(StreamOption::Stream(_)) => "Stream",
        Some(StreamOption::All(_)) => "All",
        None => "None",
    };
    let (direction, forwards) = match options.read_direction() {
        ReadDirection::Forwards => ("Forwards", true),
        ReadDirection::Backwards => ("Backwards", false),
    };
    let filter = match options.filter_option {
        Some(FilterOption::Filter(_)) => "Filter",
        Some(FilterOption::NoFilter(_)) => "NoFilter",
        None => "None",
    };
    if !forwards || !matches!((source, filter), (_, "NoFilter") | ("All", "Filter")) {
        return Err(Status::invalid_argument(format!(
            "The combination of ({source}, Subscription, {direction}, {filter}) is invalid."
        )));
    }
    let starts_somewhere = match &options.stream_option {
        Some(StreamOption::Stream(stream)) => stream.revision_option.is_some(),
        Some(StreamOption::All(all)) => match &all.all_option {
            Some(AllOption::Position(place)) if place.prepare_position > place.commit_position => {
                return Err(Status::invalid_argument(
                    "a position's prepare part is not beyond its commit part",
                ));
            }
            start => start.is_some(),
        },
        None => false,
    };
    if !starts_somewhere {
        return Err(refusal::missing("where the subscription begins"));
    }
    match &options.filter_option {
        Some(FilterOption::Filter(filter)) => check_filter(filter),
        _ => Ok(()),
    }
}

fn check_filter(filter: &options::FilterOptions) -> Result<(), Status> {
    let window = match filter.window {
        Some(Window::Max(0)) => String::new(),
        Some(Window::Max(most)) => format!("\"max\": {most}, "),
        Some(Window::Count(_)) => "\"count\": { }, ".to_owned(),
        None => {
            return Err(Status::invalid_argument(format!(
                "'None' is not a valid {FILTER_OPTIONS}+WindowOneofCase"
            )));
        }
    };
    let multiplier = filter.checkpoint_interval_multiplier;
    if multiplier == 0 {
        return Err(Status::invalid_argument(
            "the multiplier of the interval between checkpoints is 0: it is 1 or more",
        ));
    }
    if filter.filter.is_none() {
        return Err(Status::invalid_argument(format!(
            "'{{ {window}\"checkpointIntervalMultiplier\": {multiplier} }}' is not a valid {FILTER_OPTIONS}"
        )));
    }
    Ok(())
}

/// What a subscription to `$all` shows.
pub struct Shown {
    pub filter: Filter,
    /// Events of one window, and between two checkpoints; nothing without a filter.
    pub intervals: Option<Intervals>,
}

#[derive(Clone, Copy, Debug)]
pub struct Intervals {
    pub window: u64,
    pub checkpoint: u64,
}

/// When a filtered subscription is told how far it has come.
struct Checkpoints {
    intervals: Option<Intervals>,
    /// Events that were looked at since the last one was due.
    counted: u64,
    /// Where the newest stands that was told.
    told: Position,
}

impl Checkpoints {
    fn new(intervals: Option<Intervals>) -> Self {
        Self {
            intervals,
            counted: 0,
            told: Position::START,
        }
    }

    /// How many events may be looked at before one may be due.
    fn room(&self) -> usize {
        self.intervals.map_or(WINDOW, |intervals| {
            let due_in = intervals.checkpoint.saturating_sub(self.counted).max(1);
            usize::try_from(due_in).map_or(WINDOW, |room| room.min(WINDOW))
        })
    }

    /// Where the last window began of so many events that were looked at. The real server reads a window at a time, and what the
    /// last of them shows nothing of is told with the next checkpoint.
    fn last_window(&self, reached: Position, looked_at: usize) -> Position {
        let window = self.intervals.map_or(1, |intervals| intervals.window);
        Position(reached.0.saturating_sub(looked_at as u64 % window))
    }

    /// Events were looked at; answers whether one is due.
    fn look(&mut self, events: usize) -> bool {
        let Some(intervals) = self.intervals else {
            return false;
        };
        self.counted += events as u64;
        let due = self.counted >= intervals.checkpoint;
        if due {
            self.counted %= intervals.checkpoint;
        }
        due
    }

    /// What is counted begins anew.
    fn restart(&mut self) {
        self.counted = 0;
    }

    /// The checkpoint to tell, unless it was told before or there is nothing that it could be behind.
    fn at(&mut self, place: Position) -> Option<Content> {
        if self.intervals.is_none() || place <= self.told {
            return None;
        }
        self.told = place;
        Some(Content::Checkpoint(read_resp::Checkpoint {
            commit_position: place.0,
            prepare_position: place.0,
            timestamp: Some(now()),
        }))
    }
}

impl Speaker {
    async fn confirm(&self) -> Result<(), End> {
        let confirmation = read_resp::SubscriptionConfirmation {
            subscription_id: Uuid::new_v4().to_string(),
        };
        self.say(Content::Confirmation(confirmation)).await
    }

    /// Follows a stream.
    pub async fn follow(
        &self,
        shared: &Shared,
        stream: &StreamName,
        from: From<u64>,
    ) -> Result<(), End> {
        let mut heads = shared.store.heads();
        let gone = || End::Failed(refusal::stream_deleted(stream.as_str()));
        let first = self.reader.follow(stream, 0, Sight::Kept, 1, 0).await?;
        let metadata_of_gone = match stream.described_stream() {
            Some(described) => self.reader.stream(&described).await?,
            None => None,
        };
        if first.tombstoned || metadata_of_gone.is_some_and(|stream| stream.tombstoned) {
            return Err(gone());
        }
        self.confirm().await?;
        let (mut next, mut live) = match from {
            From::Start => (0, false),
            From::At(revision) => (revision.saturating_add(1), false),
            From::End => (first.head.map_or(0, |head| head.saturating_add(1)), true),
        };
        if live {
            self.tell_of_stream(true, next).await?;
        }
        loop {
            heads.mark_unchanged();
            let (sight, count_up_to) = if live {
                (Sight::Written, LIVE_BUFFER)
            } else {
                (Sight::Kept, 0)
            };
            let page = self
                .reader
                .follow(stream, next, sight, PAGE, count_up_to)
                .await?;
            if live && page.waiting >= LIVE_BUFFER {
                live = false;
                self.tell_of_stream(false, next).await?;
            }
            next = page.next(next);
            let (at_end, tombstoned) = (page.at_end, page.tombstoned);
            self.events(page.events).await?;
            if at_end && tombstoned {
                // A live one has seen the event that says so.
                return Err(gone());
            }
            if at_end && !live {
                live = true;
                self.tell_of_stream(true, next).await?;
                // What was written since is found as it was written.
                continue;
            }
            if at_end {
                moved(&mut heads).await?;
            }
        }
    }

    async fn tell_of_stream(&self, caught_up: bool, next: u64) -> Result<(), End> {
        let stream_revision = next
            .checked_sub(1)
            .filter(|last| *last < LAST_REVISION)
            .and_then(|last| i64::try_from(last).ok());
        let timestamp = Some(now());
        self.say(if caught_up {
            Content::CaughtUp(read_resp::CaughtUp {
                timestamp,
                stream_revision,
                position: None,
            })
        } else {
            Content::FellBehind(read_resp::FellBehind {
                timestamp,
                stream_revision,
                position: None,
            })
        })
        .await
    }

    /// Follows `$all`.
    pub async fn follow_all(
        &self,
        shared: &Shared,
        from: From<Position>,
        shown: Shown,
    ) -> Result<(), End> {
        let mut heads = shared.store.heads();
        let filter = Arc::new(shown.filter);
        let mut checkpoints = Checkpoints::new(shown.intervals);
        let head = heads.borrow_and_update().all;
        self.confirm().await?;
        // Everything up to here was sent, or is not wanted.
        let mut sent = match from {
            From::Start => Position::START,
            From::At(position) => position,
            From::End => head,
        };
        let mut behind = sent < head;
        loop {
            if behind {
                sent = self.catch_up(&filter, &mut checkpoints, sent).await?;
            }
            self.tell_of_all(true, sent).await?;
            sent = self
                .live(&filter, &mut checkpoints, &mut heads, sent)
                .await?;
            self.tell_of_all(false, sent).await?;
            self.say_if(checkpoints.at(sent)).await?;
            behind = true;
        }
    }

    /// Reads to the end; answers with how far that was.
    async fn catch_up(
        &self,
        filter: &Arc<Filter>,
        checkpoints: &mut Checkpoints,
        mut sent: Position,
    ) -> Result<Position, End> {
        checkpoints.restart();
        // The given position itself is looked at again: it counts, and is not shown.
        let mut reached = Position(sent.0.saturating_sub(1));
        loop {
            let page = self.look(filter, reached, checkpoints.room()).await?;
            reached = page.reached;
            let due = checkpoints.look(page.looked_at);
            for event in page.events {
                if event.position > sent {
                    sent = event.position;
                    self.event(event).await?;
                }
            }
            if page.at_end {
                sent = sent.max(checkpoints.last_window(reached, page.looked_at));
                self.say_if(checkpoints.at(sent)).await?;
                return Ok(sent.max(reached));
            }
            if due {
                sent = sent.max(reached);
                self.say_if(checkpoints.at(sent)).await?;
            }
        }
    }

    /// Sends what comes; ends with how far that was when too much waits.
    async fn live(
        &self,
        filter: &Arc<Filter>,
        checkpoints: &mut Checkpoints,
        heads: &mut watch::Receiver<Heads>,
        mut reached: Position,
    ) -> Result<Position, End> {
        checkpoints.restart();
        loop {
            let head = heads.borrow_and_update().all;
            if head.0.saturating_sub(reached.0) > LIVE_BUFFER {
                return Ok(reached);
            }
            if reached >= head {
                moved(heads).await?;
                continue;
            }
            let page = self.look(filter, reached, checkpoints.room()).await?;
            reached = page.reached.max(reached);
            self.events(page.events).await?;
            if checkpoints.look(page.looked_at) {
                self.say_if(checkpoints.at(reached)).await?;
            }
            if page.at_end && reached < head {
                // The newest were scavenged.
                reached = head;
            }
        }
    }

    async fn look(
        &self,
        filter: &Arc<Filter>,
        from: Position,
        window: usize,
    ) -> Result<Scanned, End> {
        let taken = filter.clone();
        let scan = Scan {
            direction: Direction::Forwards,
            most: PAGE,
            window,
            expected: FEW_EVENTS,
            takes: move |stream: &StreamName, kind: &str| taken.takes(stream, kind),
        };
        Ok(self.reader.scan(from, scan).await?)
    }

    async fn tell_of_all(&self, caught_up: bool, place: Position) -> Result<(), End> {
        let timestamp = Some(now());
        let position = (place > Position::START).then_some(read_resp::Position {
            commit_position: place.0,
            prepare_position: place.0,
        });
        self.say(if caught_up {
            Content::CaughtUp(read_resp::CaughtUp {
                timestamp,
                stream_revision: None,
                position,
            })
        } else {
            Content::FellBehind(read_resp::FellBehind {
                timestamp,
                stream_revision: None,
                position,
            })
        })
        .await
    }

    async fn say_if(&self, content: Option<Content>) -> Result<(), End> {
        match content {
            Some(content) => self.say(content).await,
            None => Ok(()),
        }
    }
}

/// Waits until something was appended.
async fn moved(heads: &mut watch::Receiver<Heads>) -> Result<(), End> {
    heads
        .changed()
        .await
        .map_err(|_| End::Failed(refusal::stopping()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(content: Option<&Content>) -> Option<u64> {
        match content {
            Some(Content::Checkpoint(checkpoint)) => Some(checkpoint.commit_position),
            _ => None,
        }
    }

    #[test]
    fn without_a_filter_there_are_no_checkpoints() {
        let mut checkpoints = Checkpoints::new(None);
        assert_eq!(checkpoints.room(), WINDOW);
        assert!(!checkpoints.look(1_000_000));
        assert!(checkpoints.at(Position(9)).is_none());
    }

    proptest! {
        /// However the events are looked at: a checkpoint is due behind each interval, and none is told twice.
        #[test]
        fn a_checkpoint_is_told_for_each_interval_and_once(
            window in 1u64..40,
            multiplier in 1u64..5,
            pages in prop::collection::vec(1usize..100, 1..100),
        ) {
            let checkpoint = window * multiplier;
            let mut checkpoints = Checkpoints::new(Some(Intervals { window, checkpoint }));
            let (mut looked_at, mut told) = (0u64, vec![]);
            for page in pages {
                let page = page.min(checkpoints.room());
                prop_assert!(page as u64 <= checkpoint);
                looked_at += page as u64;
                if checkpoints.look(page) {
                    let content = checkpoints.at(Position(looked_at));
                    told.extend(place(content.as_ref()));
                    prop_assert!(checkpoints.at(Position(looked_at)).is_none());
                }
            }
            let due: Vec<u64> = (1..=looked_at / checkpoint).map(|nth| nth * checkpoint).collect();
            prop_assert_eq!(told, due);
        }
    }
}
