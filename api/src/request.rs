//! One request: who asks, which view answers, how a command is executed for it.

use crate::auth::Authenticated;
use crate::bound::faults::Faults;
use crate::bound::meter::{MAX_ANSWER_BYTES, Meter};
use crate::bound::order::Keys;
use crate::bound::places::{Holder, Places};
use crate::console::Console;
use crate::error::{self, ErrorCode};
use crate::feed::Feed;
use crate::{PLACE_PATIENCE, REQUEST_TIMEOUT};
use async_graphql::{Context, Name, Response, Result, Value};
use chrono::{DateTime, SecondsFormat, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use upkeep_commands::Commands;
use upkeep_domain::access::{self, Action, Principal};
use upkeep_event_store::Position;
use upkeep_package_store::PackageStore;
use upkeep_projections::{AsOf, Projections, View};
use upkeep_vault::Keyring;

/// The answer to whoever shows a setup token for anything else.
pub const SETUP_ONLY: &str =
    "a setup token opens only appointFirstAdministrator: use the token that it answers with";

/// What every request uses.
pub struct Services {
    pub commands: Commands,
    pub projections: Projections,
    pub packages: PackageStore,
    pub console: Console,
    /// What secrets are sealed with.
    pub keyring: Keyring,
    /// For whoever follows what happens.
    pub feed: Arc<Feed>,
    /// Taken while events are read for an answer.
    pub event_reads: Semaphore,
}

impl Services {
    /// Waits until events may be read. Held for one read, no longer: whoever else reads has a turn before the next.
    pub async fn event_read(&self) -> Result<SemaphorePermit<'_>> {
        let permit = self.event_reads.acquire().await;
        permit.map_err(|error| error::internal(&error))
    }
}

/// The state of one request.
pub struct Request {
    caller: Authenticated,
    /// The view that the request is answered from; a mutation moves it on to one with its own events.
    view: Mutex<Arc<View>>,
    meter: Meter,
    faults: Faults,
    /// Of its answers, as they were asked for.
    keys: Keys,
    /// Where each answer of a subscription finds a place; other requests have theirs before they begin.
    places: Option<Places>,
    /// What tells whether the store is there.
    outages: Option<Projections>,
    is_of_the_schema: bool,
    /// The moments that were asked about.
    moments: Mutex<Moments>,
    /// The past ones, with their views once they are there.
    past: Mutex<Vec<(AsOf, Past)>>,
}

type Past = Arc<OnceCell<Arc<View>>>;

/// Most past moments that one request asks about: each may have to be folded anew, and others wait for theirs.
pub const MAX_MOMENTS: usize = 8;

/// Which views an answer is from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Moments {
    #[default]
    None,
    /// A past one, and no other.
    One(Shown),
    /// Several past moments with nothing between them.
    At(Position),
    /// The request's, or several.
    Several,
}

/// The past moment that something is answered from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shown {
    position: Position,
    /// Nothing before the first event.
    time: Option<DateTime<Utc>>,
}

impl Moments {
    /// With what is answered from a past moment, or from the request's view.
    fn and(self, shown: Option<Shown>) -> Self {
        let Some(shown) = shown else {
            return Self::Several;
        };
        match self {
            Self::None => Self::One(shown),
            Self::One(known) if known == shown => self,
            Self::One(Shown { position, .. }) | Self::At(position)
                if position == shown.position =>
            {
                Self::At(position)
            }
            _ => Self::Several,
        }
    }
}

impl Request {
    pub fn new(caller: Authenticated, view: Arc<View>) -> Self {
        Self {
            caller,
            view: Mutex::new(view),
            outages: None,
            meter: Meter::default(),
            faults: Faults::default(),
            keys: Keys::default(),
            is_of_the_schema: false,
            moments: Mutex::default(),
            past: Mutex::default(),
            places: None,
        }
    }

    /// Its answers say so while the store cannot be reached.
    #[must_use]
    pub fn telling_of_outages(self, projections: Projections) -> Self {
        Self {
            outages: Some(projections),
            ..self
        }
    }

    /// It asks for the schema alone.
    #[must_use]
    pub fn of_the_schema(self, is_of_the_schema: bool) -> Self {
        Self {
            is_of_the_schema,
            ..self
        }
    }

    pub fn is_of_the_schema(&self) -> bool {
        self.is_of_the_schema
    }

    /// Where the view of a past moment comes to be: once, however many fields ask about it.
    fn past(&self, moment: AsOf) -> Result<Past> {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = past.iter().find(|(known, _)| *known == moment) {
            return Ok(known.clone());
        }
        if past.len() >= MAX_MOMENTS {
            let message = format!(
                "this request asks about more than {MAX_MOMENTS} past moments: ask about them in several"
            );
            return Err(ErrorCode::LimitExceeded.error(message));
        }
        let new = Past::default();
        past.push((moment, new.clone()));
        Ok(new)
    }

    /// Notes that something is answered from a past moment, or from the request's view.
    fn note_moment(&self, shown: Option<Shown>) {
        let mut moments = self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        *moments = moments.and(shown);
    }

    /// Its answers have their keys in this order.
    #[must_use]
    pub fn ordered_by(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    #[must_use]
    pub fn with_a_place_for_each_answer(self, places: Places) -> Self {
        Self {
            places: Some(places),
            ..self
        }
    }

    /// What the answer has taken so far.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// What failed in the answer so far.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Makes one answer within its bounds of time and size.
    pub async fn execute_metered(&self, execution: impl Future<Output = Response>) -> Response {
        let _place = match &self.places {
            None => None,
            Some(places) => match places.take(Holder::of(self.caller), PLACE_PATIENCE).await {
                Some(place) => Some(place),
                None => {
                    return error::response(
                        ErrorCode::Unavailable,
                        "too many of your requests are under way at once: resume from your last position",
                    );
                }
            },
        };
        self.meter.begin_answer();
        self.faults.begin_answer();
        let execution = async { self.keys.sort(self.faults.tell(execution.await)) };
        tokio::select! {
            biased;
            answer = tokio::time::timeout(REQUEST_TIMEOUT, execution) => {
                answer.unwrap_or_else(|_| error::response(
                    ErrorCode::Timeout,
                    "the request took longer than 30 seconds: ask for less",
                ))
            }
            () = self.meter.full() => error::response(
                ErrorCode::LimitExceeded,
                &format!("the answer is larger than {} MiB: ask for less at once", MAX_ANSWER_BYTES >> 20),
            ),
        }
    }

    pub fn of<'a>(context: &Context<'a>) -> &'a Self {
        context.data_unchecked::<Arc<Self>>()
    }

    /// The same request, for a subscription that outlives the call.
    pub fn shared(context: &Context<'_>) -> Arc<Self> {
        context.data_unchecked::<Arc<Self>>().clone()
    }

    pub fn caller(&self) -> Authenticated {
        self.caller
    }

    /// Whoever has a role.
    pub fn principal(&self) -> Result<Principal> {
        match self.caller {
            Authenticated::Principal(principal) => Ok(principal),
            Authenticated::Setup(_) => Err(ErrorCode::Forbidden.error(SETUP_ONLY)),
        }
    }

    /// Refuses what the caller may not do.
    pub fn require(&self, action: Action) -> Result<Principal> {
        let principal = self.principal()?;
        access::may(principal, action)
            .map(|()| principal)
            .map_err(|denied| ErrorCode::Forbidden.error(denied.to_string()))
    }

    /// Whether the caller may do that; nobody who has no role may anything.
    pub fn may(&self, action: Action) -> bool {
        self.principal()
            .is_ok_and(|principal| access::may(principal, action).is_ok())
    }

    pub fn view(&self) -> Arc<View> {
        self.view
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// From now on the request is answered from this view, if it is newer.
    pub fn move_on(&self, view: Arc<View>) {
        let mut current = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        if view.position() > current.position() {
            *current = view;
        }
    }

    /// Says in the answer at which position it is true, and whether newer events may be where the server cannot see them.
    pub fn stamp(&self, response: Response) -> Response {
        let moments = *self.moments.lock().unwrap_or_else(PoisonError::into_inner);
        let position = match moments {
            Moments::One(Shown { position, .. }) | Moments::At(position) => position,
            Moments::None | Moments::Several => self.view().position(),
        };
        let answer =
            error::complete(response).extension("position", Value::from(position.to_string()));
        let answer = match moments {
            Moments::One(shown) => answer.extension("asOf", shown.told()),
            _ => answer,
        };
        match self.outages.as_ref().and_then(Projections::outage) {
            None => answer,
            Some(outage) => {
                let since = outage.since.to_rfc3339_opts(SecondsFormat::Millis, true);
                answer.extension("storeUnreachableSince", Value::from(since))
            }
        }
    }
}

impl Shown {
    fn told(self) -> Value {
        let position = Value::from(self.position.to_string());
        // To the last digit, as it can be given back.
        let time = self.time.map(|time| Value::from(time.to_rfc3339()));
        let time = time.unwrap_or_default();
        let members = [("position", position), ("time", time)];
        Value::Object(members.map(|(name, value)| (Name::new(name), value)).into())
    }
}

/// The services behind a request.
pub fn services<'a>(context: &Context<'a>) -> &'a Arc<Services> {
    context.data_unchecked::<Arc<Services>>()
}

/// The moment that a view is asked for: its own, or now.
pub fn moment(context: &Context<'_>, view: &View) -> DateTime<Utc> {
    view.moment()
        .unwrap_or_else(|| services(context).commands.clock().now())
}

/// The view of the request, or the one of the past moment that it asks for.
pub async fn view_at(context: &Context<'_>, as_of: Option<impl Into<AsOf>>) -> Result<Arc<View>> {
    let request = Request::of(context);
    request.principal()?;
    let Some(moment) = as_of else {
        request.note_moment(None);
        return Ok(request.view());
    };
    let moment = moment.into();
    let past = request.past(moment)?;
    let projections = &services(context).projections;
    let view = past.get_or_try_init(|| projections.as_of(moment)).await;
    let view = view.map_err(|error| error::of_view(&error))?.clone();
    request.note_moment(Some(Shown {
        position: view.position(),
        time: view.moment(),
    }));
    Ok(view)
}

/// Does what takes long where nobody else waits for it.
pub async fn in_background<R: Send + 'static>(
    work: impl FnOnce() -> R + Send + 'static,
) -> Result<R> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| error::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_of_a_moment_where_all_of_it_is() {
        let moment = |position, second| Shown {
            position: Position(position),
            time: DateTime::from_timestamp(second, 0),
        };
        let [first, later, other] = [moment(7, 1), moment(7, 2), moment(8, 2)];
        let (one, at) = (Moments::One(first), Moments::At(Position(7)));
        for (all, expected) in [
            (vec![], Moments::None),
            (vec![Some(first)], one),
            (vec![Some(first), Some(first)], one),
            (vec![Some(first), Some(later)], at),
            (vec![Some(first), Some(later), Some(first)], at),
            (vec![Some(first), Some(other)], Moments::Several),
            (
                vec![Some(first), Some(later), Some(other)],
                Moments::Several,
            ),
            (vec![Some(first), None], Moments::Several),
            (vec![None, Some(first)], Moments::Several),
        ] {
            let told = all.iter().fold(Moments::None, |of, one| of.and(*one));
            assert_eq!(told, expected, "{all:?}");
        }
    }
}
