//! A request on its way through the server: a place among the others, a thread that nothing else needs, a time limit.
//!
//! Nothing here runs on the runtime's own threads but waiting, so that agents, health checks and signals are served
//! whatever queries do.

use crate::auth::{Authenticated, Shown};
use crate::bound::document;
use crate::bound::order::Keys;
use crate::bound::places::{Holder, Share};
use crate::bound::refused::Refused;
use crate::bound::{literals, merging, variables};
use crate::error::{self, ErrorCode};
use crate::request::Request;
use crate::{PLACE_PATIENCE, Shared};
use async_graphql::Response;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, stream};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// What is asked for, as it came.
pub struct Asked {
    pub request: async_graphql::Request,
    pub allowed: Allowed,
}

impl Asked {
    /// The same, knowing of the session that it is asked in, if it is.
    #[must_use]
    pub fn with(mut self, shown: Option<Shown>) -> Self {
        if let Some(Shown::Session(session)) = shown {
            self.request = self.request.data(session);
        }
        self
    }
}

/// Which operations may be executed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    All,
    /// A link must never change anything.
    Reading,
    /// And where it is answered once, it follows nothing.
    QueriesOnly,
}

impl Allowed {
    fn allows(self, document: &ExecutableDocument) -> bool {
        match self {
            Self::All => true,
            Self::Reading => !document::has(document, OperationType::Mutation),
            Self::QueriesOnly => {
                !document::has(document, OperationType::Mutation)
                    && !document::has(document, OperationType::Subscription)
            }
        }
    }
}

/// The document changes something, or follows something, where that may not come.
pub struct NotAllowed;

/// Why nothing was done.
pub enum NotDone {
    /// Too much is asked at once by this token, its tenant, or everybody.
    Busy,
    /// As many answers as the token, its tenant or everybody may have go on already.
    TooManyStreams,
    /// Our fault; it is in the log.
    Failed,
}

impl NotDone {
    pub fn response(&self) -> Response {
        match self {
            Self::Busy => error::response(ErrorCode::Unavailable, BUSY),
            Self::TooManyStreams => error::response(
                ErrorCode::Unavailable,
                "you follow too much at once: close some of it",
            ),
            Self::Failed => error::response(
                ErrorCode::Internal,
                "something went wrong here; the server's log has it",
            ),
        }
    }
}

const BUSY: &str = "too many requests are under way at once, yours, your tenant's or everybody's: send this one again in a moment";

/// What became of an operation that may go on.
pub enum Begun {
    Answered(Box<Response>),
    Goes(BoxStream<'static, Response>),
}

impl Shared {
    /// Waits for a place, then does the work on a thread of its own. It ends where it is when nobody waits for it any
    /// more.
    pub async fn at_a_place<T, F, W>(
        self: &Arc<Self>,
        holder: Holder,
        work: W,
    ) -> Result<T, NotDone>
    where
        T: Send + 'static,
        F: Future<Output = T>,
        W: FnOnce(Arc<Self>) -> F + Send + 'static,
    {
        let place = self
            .places
            .take(holder, PLACE_PATIENCE)
            .await
            .ok_or(NotDone::Busy)?;
        let gone = CancellationToken::new();
        let _guard = gone.clone().drop_guard();
        let runtime = Handle::current();
        let shared = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _place = place;
            runtime.block_on(async move {
                tokio::select! {
                    biased;
                    () = gone.cancelled() => None,
                    done = async { work(shared).await } => Some(done),
                }
            })
        });
        match done.await {
            Ok(Some(done)) => Ok(done),
            Ok(None) => Err(NotDone::Failed),
            Err(error) => {
                tracing::error!(%error, "a request ended badly");
                Err(NotDone::Failed)
            }
        }
    }

    /// Executes one request on one view, and says in the answer which one. Only at a place.
    pub async fn execute(
        &self,
        asked: Asked,
        caller: Authenticated,
    ) -> Result<Response, NotAllowed> {
        match self.prepare(asked, caller)? {
            Prepared::Refused(response) => Ok(*response),
            Prepared::Ready { request, state, .. } => {
                Ok(state.stamp(self.schema.execute(*request).await))
            }
        }
    }

    /// The same, but of a subscription its answers as they come. Only at a place.
    pub async fn begin(&self, asked: Asked, caller: Authenticated) -> Result<Begun, NotAllowed> {
        Ok(match self.prepare(asked, caller)? {
            Prepared::Refused(response) => Begun::Answered(response),
            Prepared::Ready {
                request,
                state,
                kind: Some(OperationType::Subscription),
            } => match self.followed.take(Holder::of(caller)) {
                None => Begun::Answered(Box::new(NotDone::TooManyStreams.response())),
                Some(share) => {
                    let stream = self.schema.execute_stream(*request).boxed();
                    let answers = Stamped {
                        stream,
                        state,
                        _share: share,
                    };
                    Begun::Goes(answers.boxed())
                }
            },
            Prepared::Ready { request, state, .. } => {
                let answer = self.schema.execute(*request).await;
                Begun::Answered(Box::new(state.stamp(answer)))
            }
        })
    }

    /// The answers of one operation: one, or as many as it goes on.
    pub fn follow(
        self: Arc<Self>,
        asked: Asked,
        caller: Authenticated,
    ) -> BoxStream<'static, Response> {
        stream::once(async move {
            let not_done = match self.begin_at_a_place(asked, caller).await {
                Ok(Ok(Begun::Answered(response))) => return stream::iter([*response]).boxed(),
                Ok(Ok(Begun::Goes(answers))) => return answers,
                Ok(Err(NotAllowed)) => NotDone::Failed,
                Err(not_done) => not_done,
            };
            stream::iter([not_done.response()]).boxed()
        })
        .flatten()
        .boxed()
    }

    async fn begin_at_a_place(
        self: &Arc<Self>,
        asked: Asked,
        caller: Authenticated,
    ) -> Result<Result<Begun, NotAllowed>, NotDone> {
        let holder = Holder::of(caller);
        let _present = self.present.take(holder).ok_or(NotDone::Busy)?;
        self.at_a_place(holder, move |shared| async move {
            shared.begin(asked, caller).await
        })
        .await
    }

    /// The document, if it is small enough and what the library's own checks are too lenient for is well.
    fn checked(&self, request: &mut async_graphql::Request) -> Result<ExecutableDocument, Refused> {
        let mut document = document::parse(&request.query, &request.variables)?;
        literals::check(&document, &self.contract)?;
        merging::check(&document, &self.contract)?;
        if let Some(operation) = document::chosen(&document, request.operation_name.as_deref()) {
            variables::complete(&mut request.variables, operation)?;
        }
        merging::say_types(&mut document);
        Ok(document)
    }

    fn prepare(&self, asked: Asked, caller: Authenticated) -> Result<Prepared, NotAllowed> {
        let Asked {
            mut request,
            allowed,
        } = asked;
        let mut document = match self.checked(&mut request) {
            Ok(document) => document,
            Err(refused) => return Ok(Prepared::Refused(Box::new(refusal(refused)))),
        };
        if !allowed.allows(&document) {
            return Err(NotAllowed);
        }
        let operation = document::chosen(&document, request.operation_name.as_deref());
        let kind = operation.map(|operation| operation.ty);
        let projections = self.services.projections.clone();
        let view = projections.live();
        let keys = Keys::prepare(&mut document, request.operation_name.as_deref());
        let mut state = Request::new(caller, view)
            .telling_of_outages(projections)
            .of_the_schema(keys.are_of_the_schema())
            .ordered_by(keys);
        if kind == Some(OperationType::Subscription) {
            state = state.with_a_place_for_each_answer(self.places.clone());
        }
        let state = Arc::new(state);
        let mut request = request.data(state.clone());
        request.set_parsed_query(document);
        Ok(Prepared::Ready {
            request: Box::new(request),
            state,
            kind,
        })
    }
}

/// A request whose document was counted.
enum Prepared {
    Refused(Box<Response>),
    Ready {
        request: Box<async_graphql::Request>,
        state: Arc<Request>,
        kind: Option<OperationType>,
    },
}

fn refusal(refused: Refused) -> Response {
    match refused {
        Refused::Invalid(error) => error::complete(Response::from_errors(vec![error])),
        refused if refused.is_limit() => {
            error::response(ErrorCode::LimitExceeded, &refused.to_string())
        }
        refused => error::response(ErrorCode::BadUserInput, &refused.to_string()),
    }
}

/// Each answer says at which position it is true, like one over HTTP.
struct Stamped {
    stream: BoxStream<'static, Response>,
    state: Arc<Request>,
    _share: Share,
}

impl Stream for Stamped {
    type Item = Response;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Response>> {
        let answer = self.stream.poll_next_unpin(context);
        answer.map(|answer| answer.map(|answer| self.state.stamp(answer)))
    }
}
