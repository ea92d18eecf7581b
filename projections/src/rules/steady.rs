//! The time in which nothing turns by itself.

use crate::rules::resolution::Moment;
use chrono::{DateTime, Utc};

/// From one turn of an agreement to the next: within it, time alone changes nothing.
#[derive(Clone, Copy)]
pub struct Steady {
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
}

impl Steady {
    /// The time around a moment.
    pub fn around(moment: &Moment) -> Self {
        let view = &moment.view;
        let mut steady = Self {
            since: None,
            until: None,
        };
        for (_, entry) in view.agreements.iter() {
            let terms = entry.state.terms.as_ref();
            let tenant = terms.and_then(|terms| view.tenants.get(terms.tenant));
            let Some(tenant) = tenant else {
                continue;
            };
            for turn in entry.state.turns(tenant.state.time_zone) {
                if turn <= moment.at {
                    steady.since = steady.since.max(Some(turn));
                } else {
                    let earliest = steady.until.map_or(turn, |known| known.min(turn));
                    steady.until = Some(earliest);
                }
            }
        }
        steady
    }

    /// Whether a moment is within it.
    pub fn holds(self, at: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }
}
