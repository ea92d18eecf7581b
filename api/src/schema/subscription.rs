use super::event::{EventFilter, EventNode, Filter};
use super::maintenance::session::{OutputChunk, SessionNode, output};
use super::touched::{PositionUpdate, Watching};
use super::types::{PositionScalar, uuid_of};
use crate::error::{self, ErrorCode};
use crate::feed::Follower;
use crate::request::{Request, Services, services};
use crate::schema::or_default::OrDefault;
use async_graphql::{Context, ID, Result, Subscription};
use futures_util::stream::{self, Stream};
use std::sync::Arc;
use std::time::Duration;
use std::vec;
use upkeep_commands::OWN_WRITES_PATIENCE;
use upkeep_domain::kernel::ids::SessionId;
use upkeep_event_store::{Position, RecordedEvent};
use upkeep_projections::{PastError, View};

/// How long a server may be behind another one that told a position.
const BEHIND_PATIENCE: Duration = Duration::from_secs(2);

/// Everything that can be followed.
pub struct Subscription;

/// Everything that can be followed.
#[Subscription]
impl Subscription {
    /// Events as they happen. With `after` everything since that position comes first, so that a client that
    /// was away goes on where it stopped: without a gap, without a repeat.
    async fn events(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which ones; all if not given.")] filter: OrDefault<EventFilter>,
        #[graphql(desc = "The last position that you have seen; only new events if not given.")]
        after: Option<PositionScalar>,
    ) -> Result<impl Stream<Item = Result<EventNode>> + use<>> {
        let request = Request::of(context);
        let view = request.view();
        let filter = Filter::check(request, &view, filter.0)?;
        let after = after.map_or(view.position(), |position| position.0);
        holding(context, after).await?;
        let services = services(context).clone();
        let following = Following {
            follower: services.feed.follow(after, view.position()),
            filter,
            delivered: vec![].into_iter(),
            view,
            request: Request::shared(context),
            services,
        };
        Ok(stream::unfold(Some(following), |following| async move {
            let mut following = following?;
            match following.next().await {
                Ok(node) => Some((Ok(node), Some(following))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }

    /// Where everything stands, as it moves on: for whoever keeps fresh what was read. The current position comes at once, then at most two messages a
    /// second, and only when something happened to what you may see; what servers and scripts write by the way (renewed leases, checkpoints,
    /// output) is left out. Whatever is read after a message is from its position or a later one.
    async fn positions(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The last position that you were told: the first message then says what was touched since, as far as the server still keeps it; \
                    if not given it says that everything may have been."
        )]
        after: Option<PositionScalar>,
    ) -> Result<impl Stream<Item = Result<PositionUpdate>> + use<>> {
        let request = Request::shared(context);
        let after = after.map(|position| position.0);
        let view = holding(context, after.unwrap_or(Position::START)).await?;
        request.move_on(view);
        let watching = Watching::begin(request, services(context).clone(), after)?;
        Ok(stream::unfold(Some(watching), |watching| async move {
            let mut watching = watching?;
            match watching.next().await {
                Ok(update) => Some((Ok(update), Some(watching))),
                Err(error) => Some((Err(error), None)),
            }
        }))
    }

    /// A maintenance session each time that something in it happens, until it is over.
    async fn session_progress(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The session.")] id: ID,
    ) -> Result<impl Stream<Item = SessionNode> + use<>> {
        let request = Request::of(context);
        let id = SessionId(uuid_of("MaintenanceSession", &id)?);
        let view = request.view();
        if SessionNode::find(request, &view, id).is_none() {
            return Err(ErrorCode::NotFound.error("there is no such session: check the id"));
        }
        let views = services(context).projections.watch();
        let request = Request::shared(context);
        let steps = stream::unfold((views, None, false), move |(mut views, seen, over)| {
            let request = request.clone();
            async move {
                if over {
                    return None;
                }
                loop {
                    let view = views.borrow_and_update().clone();
                    let node = SessionNode::get(&view, id)?;
                    let revision = node.revision_now();
                    if seen != Some(revision) {
                        request.move_on(view);
                        let over = node.is_over();
                        return Some((node, (views, Some(revision), over)));
                    }
                    views.changed().await.ok()?;
                }
            }
        });
        Ok(steps)
    }

    /// What a script writes, piece by piece as it arrives, until the script is over. Short output of a short run is only in the run's
    /// tails. A client that was away goes on behind the last piece that it has seen.
    async fn script_output(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The run, by its global id.")] run_id: ID,
        #[graphql(desc = "The first piece, counted from 0; 0 if not given.")] from_index: Option<
            u64,
        >,
    ) -> Result<impl Stream<Item = Result<OutputChunk>> + use<>> {
        output::follow(context, &run_id, from_index.unwrap_or(0)).await
    }
}

/// A view that holds this position, which another server may have told a moment ago; refused where nobody can have.
async fn holding(context: &Context<'_>, position: Position) -> Result<Arc<View>> {
    let projections = &services(context).projections;
    let view = projections.at_least(position, BEHIND_PATIENCE).await;
    view.map_err(|error| match error {
        PastError::Lagging { asked, reached, .. } => {
            let newest = reached;
            error::of_view(&PastError::Future { asked, newest })
        }
        error => error::of_view(&error),
    })
}

struct Following {
    follower: Follower,
    filter: Filter,
    /// What was delivered and not told yet. It is let go when it is told: who follows for long keeps nothing.
    delivered: vec::IntoIter<RecordedEvent>,
    /// What may be seen of it is judged on this view, which holds it.
    view: Arc<View>,
    request: Arc<Request>,
    services: Arc<Services>,
}

impl Following {
    async fn next(&mut self) -> Result<EventNode> {
        loop {
            for event in self.delivered.by_ref() {
                self.filter.learn(&event);
                if let Some(node) = self.filter.node(&self.view, event) {
                    return Ok(node);
                }
            }
            self.delivered = vec![].into_iter();
            let events = self.follower.next(&self.services.event_reads).await?;
            if let Some(last) = events.last() {
                // Who saw an event finds it in whatever is asked next, and the answer's position says so.
                self.view = self
                    .services
                    .projections
                    .at_least(last.position, OWN_WRITES_PATIENCE)
                    .await
                    .map_err(|error| error::of_view(&error))?;
                self.delivered = events.into_iter();
                self.request.move_on(self.view.clone());
            }
        }
    }
}
