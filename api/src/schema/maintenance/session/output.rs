//! Following what a script writes.

use super::node::SessionNode;
use super::run::{OutputChunk, RunNode};
use crate::error::{self, ErrorCode};
use crate::feed::Follower;
use crate::request::{Request, Services, services};
use async_graphql::{Context, ID, Result};
use futures_util::stream::{self, Stream};
use std::collections::VecDeque;
use std::sync::Arc;
use upkeep_commands::OWN_WRITES_PATIENCE;
use upkeep_event_store::{Direction, StreamName};
use upkeep_projections::View;

/// Pieces that are read at once.
const READ_AT_ONCE: usize = 50;

/// A run on its way: what was written before it was followed, then what comes.
struct Following {
    run: RunNode,
    stream: StreamName,
    /// The piece that comes next; those before it are not told.
    next: u64,
    /// Until all is read that the view of the beginning holds.
    is_reading: bool,
    ready: VecDeque<OutputChunk>,
    is_over: bool,
    follower: Follower,
    services: Arc<Services>,
    request: Arc<Request>,
}

/// The pieces from one on, as they are written, until the run is over.
pub async fn follow(
    context: &Context<'_>,
    run: &ID,
    from: u64,
) -> Result<impl Stream<Item = Result<OutputChunk>> + use<>> {
    let request = Request::shared(context);
    let view = request.view();
    let Some(run) = RunNode::named(context, &view, run).await? else {
        return Err(ErrorCode::NotFound.error("there is no such run: check the id"));
    };
    let services = services(context);
    let follower = services.feed.follow(view.position(), view.position());
    let following = Following {
        stream: StreamName::of("output", run.id),
        is_over: run.run.report.is_some() || session_is_over(&request, &view, &run),
        run,
        next: from,
        is_reading: true,
        ready: VecDeque::new(),
        follower,
        services: services.clone(),
        request,
    };
    Ok(stream::unfold(Some(following), |following| async move {
        let mut following = following?;
        match following.next().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(following))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    }))
}

fn session_is_over(request: &Request, view: &Arc<View>, run: &RunNode) -> bool {
    // One that is too old for the view is over.
    SessionNode::find(request, view, run.session).is_none_or(|session| session.is_over())
}

impl Following {
    /// The next piece; nothing when the run is over and all was told.
    async fn next(&mut self) -> Result<Option<OutputChunk>> {
        loop {
            if let Some(chunk) = self.ready.pop_front() {
                return Ok(Some(chunk));
            }
            if self.is_reading {
                self.read_on().await?;
            } else if self.is_over {
                return Ok(None);
            } else {
                self.hear().await?;
            }
        }
    }

    /// Reads what is there. What was written since the beginning is heard again, and passed over.
    async fn read_on(&mut self) -> Result<()> {
        let services = self.services.clone();
        let turn = services.event_read().await?;
        let store = services.commands.store();
        let read = store.read_stream(&self.stream, self.next, Direction::Forwards, READ_AT_ONCE);
        let events = read.await.map_err(|error| error::of_read(&error))?;
        drop(turn);
        self.is_reading = events.len() == READ_AT_ONCE;
        for event in events {
            self.take(&event.data)?;
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<()> {
        let services = self.services.clone();
        let events = self.follower.next(&services.event_reads).await?;
        let session = StreamName::of("session", self.run.session);
        let is_ours = |name: &StreamName| *name == self.stream || *name == session;
        let Some(last) = events.iter().rfind(|event| is_ours(&event.stream)) else {
            return Ok(());
        };
        // Whether it may be seen is judged on a view that holds it, and so is whether the run is over.
        let seen = self
            .services
            .projections
            .at_least(last.position, OWN_WRITES_PATIENCE);
        let view = seen.await.map_err(|error| error::of_view(&error))?;
        for event in events {
            if event.stream == self.stream {
                self.take(&event.data)?;
            }
        }
        self.judge(&view);
        self.request.move_on(view);
        Ok(())
    }

    fn judge(&mut self, view: &Arc<View>) {
        let session = SessionNode::find(&self.request, view, self.run.session);
        let run = session
            .as_ref()
            .and_then(|session| session.run(self.run.id));
        // A session that was cancelled while its agent was away never hears of the run's end.
        let session_is_over = session.as_ref().is_none_or(SessionNode::is_over);
        self.is_over = session_is_over || run.is_none_or(|run| run.report.is_some());
        if session.is_none() {
            self.ready.clear();
        }
    }

    fn take(&mut self, data: &[u8]) -> Result<()> {
        let chunk = OutputChunk::read(data)?;
        if chunk.index >= self.next {
            self.next = chunk.index + 1;
            self.ready.push_back(chunk);
        }
        Ok(())
    }
}
