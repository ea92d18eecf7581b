//! What one answer may take while it is made: bytes, time, and how long it may keep others waiting.
//!
//! Each field that is resolved passes here. An answer that is too large, or not wanted any more, stops at its next field;
//! one that computes for long lets others go first now and then.

use crate::bound::faults::At;
use crate::error::ErrorCode;
use crate::request::Request;
use crate::{MAX_COST, MAX_DEPTH};
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, NextValidation,
    ResolveInfo,
};
use async_graphql::{Response, ServerError, ServerResult, ValidationResult, Value, value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Notify;

/// The largest answer, in bytes of its values and their names, and [`FIELD_BYTES`] for each of them.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// What each field of an answer counts besides its value and its name: what it takes while the answer is made.
const FIELD_BYTES: usize = 48;
/// How long an answer may be computed before whoever else is ready goes first.
const TURN: Duration = Duration::from_millis(2);

/// What one answer has taken, and whether it goes on.
pub struct Meter {
    bytes: AtomicUsize,
    /// The beginning of its turn, in microseconds after `begin`.
    turn: AtomicU64,
    begin: Instant,
    is_full: AtomicBool,
    full: Notify,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            bytes: AtomicUsize::new(0),
            turn: AtomicU64::new(0),
            begin: Instant::now(),
            is_full: AtomicBool::new(false),
            full: Notify::new(),
        }
    }
}

impl Meter {
    /// The next answer of a subscription begins.
    pub fn begin_answer(&self) {
        self.bytes.store(0, Ordering::Relaxed);
        self.begin_turn();
    }

    fn begin_turn(&self) {
        self.turn.store(self.elapsed(), Ordering::Relaxed);
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.begin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Waits until the answer is too large.
    pub async fn full(&self) {
        let full = self.full.notified();
        if !self.is_full.load(Ordering::Acquire) {
            full.await;
        }
    }

    /// Lets others go first when the turn is over; never comes back when the answer is too large.
    async fn go_on(&self) {
        if self.is_full.load(Ordering::Acquire) {
            std::future::pending::<()>().await;
        }
        let spent = self
            .elapsed()
            .saturating_sub(self.turn.load(Ordering::Relaxed));
        if u128::from(spent) > TURN.as_micros() {
            tokio::task::yield_now().await;
            self.begin_turn();
        }
    }

    /// Counts what was made; never comes back when it is too much.
    async fn count(&self, bytes: usize) {
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > MAX_ANSWER_BYTES {
            self.is_full.store(true, Ordering::Release);
            self.full.notify_waiters();
            std::future::pending::<()>().await;
        }
    }
}

/// Puts every answer on its request's meter.
pub struct Metered;

impl ExtensionFactory for Metered {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

fn request_of<'a>(context: &ExtensionContext<'a>) -> Option<&'a Arc<Request>> {
    context
        .query_data?
        .get(&std::any::TypeId::of::<Arc<Request>>())?
        .downcast_ref()
}

#[async_graphql::async_trait::async_trait]
impl Extension for Metered {
    /// The checks compute and never wait: where the runtime has other things to do, another thread does those.
    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let is_shared = Handle::try_current()
            .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread);
        let result = if is_shared {
            tokio::task::block_in_place(|| Handle::current().block_on(next.run(context)))
        } else {
            next.run(context).await
        }?;
        let of_the_schema = request_of(context).is_some_and(|request| request.is_of_the_schema());
        refuse_what_costs_too_much(&result, of_the_schema).map_err(|error| vec![error])?;
        Ok(result)
    }

    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        match request_of(context) {
            Some(request) => {
                request
                    .execute_metered(next.run(context, operation_name))
                    .await
            }
            None => next.run(context, operation_name).await,
        }
    }

    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let Some(request) = request_of(context) else {
            return next.run(context, info).await;
        };
        let meter = request.meter();
        meter.go_on().await;
        let name = info.alias.unwrap_or(info.name).len();
        let is_leaf = info.field.selection_set.node.items.is_empty();
        let at = At::of(&info);
        let resolved = next.run(context, info).await;
        let (value, told) = request.faults().settle(&at, resolved);
        let bytes = value.as_ref().map_or(0, |value| size(value, is_leaf));
        meter.count(FIELD_BYTES + name + told + bytes).await;
        Ok(value)
    }
}

/// A limit is told with how far it was met. How deep somebody asks for the schema itself the library bounds
/// ([`MAX_SCHEMA_DEPTH`](crate::MAX_SCHEMA_DEPTH)).
fn refuse_what_costs_too_much(
    result: &ValidationResult,
    of_the_schema: bool,
) -> Result<(), ServerError> {
    let (what, asked, limit, advice) = if result.complexity > MAX_COST {
        let advice = "ask for shorter lists, or for less of each item";
        ("cost", result.complexity, MAX_COST, advice)
    } else if result.depth > MAX_DEPTH && !of_the_schema {
        let advice = "ask for what is further down by itself";
        ("depth", result.depth, MAX_DEPTH, advice)
    } else {
        return Ok(());
    };
    let message = match what {
        "cost" => format!("this query costs {asked}, and the limit is {limit}: {advice}"),
        _ => format!("this query is {asked} levels deep, and the limit is {limit}: {advice}"),
    };
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", ErrorCode::LimitExceeded.as_str());
    extensions.set(what, value!({ "asked": asked, "limit": limit }));
    Err(error)
}

/// The bytes of a value; what is in an object or a list was counted when it was made, unless it was made at once.
fn size(value: &Value, is_leaf: bool) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Enum(name) => name.len(),
        Value::Object(fields) if is_leaf => fields
            .iter()
            .map(|(name, value)| FIELD_BYTES + name.len() + size(value, true))
            .sum(),
        Value::List(items) if is_leaf => items
            .iter()
            .map(|item| FIELD_BYTES + size(item, true))
            .sum(),
        Value::Binary(bytes) => 4 * bytes.len(),
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_is_too_large_stops_where_it_is() {
        let meter = Meter::default();
        meter.count(MAX_ANSWER_BYTES).await;
        let more = tokio::time::timeout(Duration::from_millis(10), meter.count(1)).await;
        assert!(more.is_err(), "nothing goes on");
        meter.full().await;
        let next = tokio::time::timeout(Duration::from_millis(10), meter.go_on()).await;
        assert!(next.is_err(), "nothing else begins");
    }
}
