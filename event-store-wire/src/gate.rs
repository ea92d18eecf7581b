//! The gate before every call.
//!
//! Who calls is known from the headers before a byte of the message is read; then there must be a place for the call.
//! What handlers need to know of it is the [`Caller`] among the request's extensions.

use crate::door::{CallUnderWay, Door};
use crate::gossip::Called;
use crate::limits::{
    ANSWER_WITHIN, CALLS_PER_USER, MAX_CALLS, MAX_EMPTY_MESSAGE_BYTES, MAX_SMALL_MESSAGE_BYTES,
    MAX_WRITING, WRITING_PER_USER,
};
use crate::refusal;
use crate::socket::Visitor;
use crate::users::{Caller, Users};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;
use tonic::{Request, Status};

/// Bytes before each message on the wire: whether it is compressed, and its length.
const FRAME_BYTES: usize = 5;

/// Who may call a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Clients ask before they have a name.
    Anybody,
    Users,
}

/// What a call brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brings {
    /// One message of bounded size.
    Little(usize),
    /// One message after the other, each bounded where it is decoded.
    Messages,
    /// Events, one message after the other.
    Events,
}

impl Brings {
    fn of(audience: For, path: &str) -> Self {
        let method = path.rsplit_once('/').map_or(path, |(_, method)| method);
        match (audience, method) {
            (For::Anybody, _) => Self::Little(MAX_EMPTY_MESSAGE_BYTES),
            (For::Users, "Append" | "BatchAppend") => Self::Events,
            (For::Users, "Read") if path.contains("PersistentSubscriptions") => Self::Messages,
            (For::Users, _) => Self::Little(MAX_SMALL_MESSAGE_BYTES),
        }
    }
}

/// Lets calls through to services.
#[derive(Clone)]
pub struct Gate {
    users: Arc<Users>,
    door: Door,
    places: Places,
}

impl Gate {
    pub fn new(users: Arc<Users>, door: Door) -> Self {
        Self {
            users,
            door,
            places: Places::default(),
        }
    }

    /// A service behind the gate.
    pub fn guard<S>(&self, audience: For, service: S) -> Guarded<S> {
        Guarded {
            service,
            audience,
            gate: self.clone(),
        }
    }

    /// The request as its service may see it, and the call's place.
    fn admit(
        &self,
        audience: For,
        mut request: http::Request<Body>,
    ) -> Result<(http::Request<Body>, Admitted), Status> {
        let visitor = request
            .extensions_mut()
            .remove::<Visitor>()
            .ok_or_else(|| Status::internal("a call without a connection"))?;
        let brings = Brings::of(audience, request.uri().path());
        let place = match audience {
            For::Anybody => {
                self.users.admit_anybody(request.headers())?;
                None
            }
            For::Users => {
                let caller = self.users.admit(request.headers())?;
                if !self.door.prove(&visitor.connection, caller.name()) {
                    return Err(refusal::too_many("connections of one user"));
                }
                let place = self.places.take(caller.name(), brings)?;
                request.extensions_mut().insert(caller);
                Some(place)
            }
        };
        request.extensions_mut().insert(visitor.addresses);
        if let Some(called) = Called::of(request.uri()) {
            request.extensions_mut().insert(called);
        }
        let request = match brings {
            Brings::Little(most) => request.map(|body| {
                Body::new(Measured {
                    body,
                    left: most + FRAME_BYTES,
                })
            }),
            Brings::Messages | Brings::Events => request,
        };
        let admitted = Admitted {
            _place: place,
            _call: visitor.connection.call(),
        };
        Ok((request, admitted))
    }
}

/// Who calls; the gate has seen to it.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    request
        .extensions()
        .get::<Caller>()
        .cloned()
        .ok_or_else(refusal::unauthenticated)
}

/// What a call holds until its answer is over.
struct Admitted {
    _place: Option<Place>,
    _call: CallUnderWay,
}

/// How many calls go on.
#[derive(Clone, Default)]
struct Places(Arc<Mutex<Taken>>);

#[derive(Default)]
struct Taken {
    all: Count,
    by_user: HashMap<String, Count>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    calls: usize,
    writing: usize,
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, user: &str, brings: Brings) -> Result<Place, Status> {
        let is_writing = brings == Brings::Events;
        let mut taken = self.taken();
        let own = taken.by_user.get(user).copied().unwrap_or_default();
        if own.calls >= CALLS_PER_USER {
            return Err(refusal::too_many("calls of one user"));
        }
        if taken.all.calls >= MAX_CALLS {
            return Err(refusal::too_many("calls"));
        }
        if is_writing && own.writing >= WRITING_PER_USER {
            return Err(refusal::too_many("appends of one user"));
        }
        if is_writing && taken.all.writing >= MAX_WRITING {
            return Err(refusal::too_many("appends"));
        }
        let writing = usize::from(is_writing);
        taken.all.calls += 1;
        taken.all.writing += writing;
        let own = taken.by_user.entry(user.to_owned()).or_default();
        own.calls += 1;
        own.writing += writing;
        Ok(Place {
            places: self.clone(),
            user: user.to_owned(),
            writing,
        })
    }
}

/// A place that a call has until this is dropped.
struct Place {
    places: Places,
    user: String,
    writing: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all.calls = taken.all.calls.saturating_sub(1);
        taken.all.writing = taken.all.writing.saturating_sub(self.writing);
        if let Some(own) = taken.by_user.get_mut(&self.user) {
            own.calls = own.calls.saturating_sub(1);
            own.writing = own.writing.saturating_sub(self.writing);
            if own.calls == 0 {
                taken.by_user.remove(&self.user);
            }
        }
    }
}

/// A service behind the gate.
#[derive(Clone)]
pub struct Guarded<S> {
    service: S,
    audience: For,
    gate: Gate,
}

impl<S: NamedService> NamedService for Guarded<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<http::Request<Body>> for Guarded<S>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        match self.gate.admit(self.audience, request) {
            Ok((request, admitted)) => {
                let call = self.service.call(request);
                Box::pin(async move {
                    match tokio::time::timeout(ANSWER_WITHIN, call).await {
                        Ok(answer) => answer.map(|response| {
                            response.map(|body| {
                                Body::new(Held {
                                    body,
                                    _admitted: admitted,
                                })
                            })
                        }),
                        Err(_) => Ok(refusal::too_slow().into_http()),
                    }
                })
            }
            Err(status) => Box::pin(std::future::ready(Ok(status.into_http()))),
        }
    }
}

/// The body of an answer, which holds the call's place.
struct Held {
    body: Body,
    _admitted: Admitted,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of a request that may bring so much and no more.
struct Measured {
    body: Body,
    left: usize,
}

impl http_body::Body for Measured {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(bytes) = frame.data_ref()
        {
            match self.left.checked_sub(bytes.len()) {
                Some(left) => self.left = left,
                None => return Poll::Ready(Some(Err(refusal::message_too_large()))),
            }
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_brings_follows_from_its_path() {
        let users = |path: &str| Brings::of(For::Users, path);
        let streams = "/event_store.client.streams.Streams";
        assert_eq!(users(&format!("{streams}/Append")), Brings::Events);
        assert_eq!(users(&format!("{streams}/BatchAppend")), Brings::Events);
        assert_eq!(
            users(&format!("{streams}/Read")),
            Brings::Little(MAX_SMALL_MESSAGE_BYTES)
        );
        let persistent = "/event_store.client.persistent_subscriptions.PersistentSubscriptions";
        assert_eq!(users(&format!("{persistent}/Read")), Brings::Messages);
        assert_eq!(
            Brings::of(For::Anybody, "/event_store.client.gossip.Gossip/Read"),
            Brings::Little(MAX_EMPTY_MESSAGE_BYTES)
        );
    }

    #[test]
    fn nobody_takes_the_places_of_others_and_they_come_back() {
        let places = Places::default();
        let little = Brings::Little(1);
        let mine: Vec<Place> = (0..CALLS_PER_USER)
            .map(|_| places.take("me", little).unwrap())
            .collect();
        assert!(places.take("me", little).is_err());
        assert!(places.take("another", little).is_ok());
        drop(mine);
        let writing: Vec<Place> = (0..WRITING_PER_USER)
            .map(|_| places.take("me", Brings::Events).unwrap())
            .collect();
        assert!(places.take("me", Brings::Events).is_err());
        assert!(places.take("me", little).is_ok(), "reading goes on");
        drop(writing);
        assert!(places.taken().by_user.is_empty());
        assert_eq!(places.taken().all.calls, 0);
    }
}
