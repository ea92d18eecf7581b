//! Many changes of one request: how long they go on, and what is told of one that was stopped.

use crate::error;
use crate::schema::types::{UserError, UserErrorCode};
use async_graphql::{Error, Value};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::OnceLock;
use upkeep_commands::{CommandError, Stop};
use upkeep_domain::kernel::codes::Code;
use upkeep_event_store::Clock;

/// How long they may take together; those that are left then are not tried.
const PATIENCE: TimeDelta = TimeDelta::seconds(20);

/// Changes that are asked for together, each with an answer of its own.
pub struct Together<'a> {
    clock: &'a dyn Clock,
    deadline: DateTime<Utc>,
    /// The store takes nothing.
    outage: OnceLock<Error>,
}

impl<'a> Together<'a> {
    /// They begin now.
    pub fn begin(clock: &'a dyn Clock) -> Self {
        Self {
            deadline: clock.now() + PATIENCE,
            clock,
            outage: OnceLock::new(),
        }
    }

    /// Why the next one is not tried; nothing if it is.
    pub fn is_over(&self) -> Option<UserError> {
        match self.outage.get() {
            Some(outage) => Some(told(outage)),
            None => (self.clock.now() > self.deadline).then(not_tried),
        }
    }

    /// What is told of one that was stopped: what would be an error of the whole request is one of the thing that it is about. When the store
    /// takes nothing those behind it are not tried.
    pub fn stopped(&self, stop: Stop) -> UserError {
        let is_contended = is_contended(&stop);
        error::of_stop(stop).unwrap_or_else(|error| {
            let told = told(&error);
            if told.code == UserErrorCode::Unavailable && !is_contended {
                // Of several at once the first one counts.
                let _ = self.outage.set(error);
            }
            told
        })
    }

    /// Why the store takes nothing. Where nothing was done yet, it is told like that of any mutation.
    pub fn outage(&self) -> Option<&Error> {
        self.outage.get()
    }
}

fn not_tried() -> UserError {
    UserError {
        code: Code::Unavailable.into(),
        message: "the ones before it took too long, and it was not tried: send the whole again with the same commandId, or fewer at once"
            .to_owned(),
        field: None,
    }
}

/// Whether only this one was written to by too many at once.
fn is_contended(stop: &Stop) -> bool {
    matches!(stop, Stop::Failed(CommandError::Contended { .. }))
}

fn told(error: &Error) -> UserError {
    UserError {
        code: code_of(error).into(),
        message: error.message.clone(),
        field: None,
    }
}

fn code_of(error: &Error) -> Code {
    let code = error.extensions.as_ref().and_then(|it| it.get("code"));
    match code {
        Some(Value::String(code)) if code == "FORBIDDEN" => Code::Forbidden,
        Some(Value::String(code)) if code == "UNAVAILABLE" => Code::Unavailable,
        _ => Code::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::time::Duration;
    use upkeep_event_store::{AppendError, StreamName};

    struct HandClock(Mutex<DateTime<Utc>>);

    impl HandClock {
        fn put_forward(&self, by: TimeDelta) {
            *self.0.lock().unwrap() += by;
        }
    }

    impl Clock for HandClock {
        fn now(&self) -> DateTime<Utc> {
            *self.0.lock().unwrap()
        }

        fn uptime(&self) -> Duration {
            Duration::ZERO
        }

        fn awake(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn clock() -> HandClock {
        HandClock(Mutex::new(DateTime::UNIX_EPOCH))
    }

    fn message_of(error: Option<UserError>) -> Option<String> {
        error.map(|error| error.message)
    }

    #[test]
    fn one_outage_is_told_of_that_one_and_the_rest_is_not_tried() {
        let clock = clock();
        let together = Together::begin(&clock);
        assert!(together.is_over().is_none() && together.outage().is_none());
        let away = AppendError::Unreachable {
            cause: "nobody answers".to_owned(),
        };
        let told = together.stopped(Stop::Failed(away.into()));
        assert_eq!(told.code, UserErrorCode::Unavailable);
        assert!(together.outage().is_some());
        assert_eq!(message_of(together.is_over()), Some(told.message));
    }

    #[test]
    fn what_stops_one_alone_leaves_the_others() {
        let clock = clock();
        let together = Together::begin(&clock);
        let contended = CommandError::Contended {
            stream: StreamName::of("software", 1),
        };
        let told = together.stopped(Stop::Failed(contended));
        assert_eq!(told.code, UserErrorCode::Unavailable);
        let told = together.stopped(Stop::not_found("software"));
        assert_eq!(told.code, UserErrorCode::NotFound);
        assert!(together.is_over().is_none() && together.outage().is_none());
    }

    #[test]
    fn what_takes_too_long_is_not_gone_on_with() {
        let clock = clock();
        let together = Together::begin(&clock);
        clock.put_forward(PATIENCE);
        assert!(together.is_over().is_none());
        clock.put_forward(TimeDelta::milliseconds(1));
        assert_eq!(message_of(together.is_over()), Some(not_tried().message));
        assert!(
            together.outage().is_none(),
            "the store takes what it is given"
        );
    }
}
