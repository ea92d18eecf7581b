//! An agreement of a tenant, as a PSA knows it: its type, and the products on it with the days on which each counts.
//! Days are days in the tenant's time zone.

mod access;
mod command;
mod decide;
mod event;

pub use command::{AgreementCommand, AgreementRejection};
pub use event::{
    AdditionRecorded, AdditionRemoved, AgreementAdded, AgreementEvent, AgreementPeriodChanged,
    AgreementRemoved, AgreementTypeChanged,
};

use crate::kernel::ids::TenantId;
use crate::kernel::limits::MAX_ADDITIONS;
use crate::kernel::name::Name;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From one day to another, both included; without an end on either side where none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Period {
    pub first_day: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
}

impl Period {
    pub fn contains(self, day: NaiveDate) -> bool {
        self.first_day.is_none_or(|first| first <= day)
            && self.last_day.is_none_or(|last| day <= last)
    }

    fn is_backwards(self) -> bool {
        matches!((self.first_day, self.last_day), (Some(first), Some(last)) if first > last)
    }

    /// The moments at which it begins and is over, in that time zone.
    pub fn turns(self, zone: Tz) -> impl Iterator<Item = DateTime<Utc>> {
        let over = self
            .last_day
            .and_then(|day| day.checked_add_days(Days::new(1)));
        [self.first_day, over]
            .into_iter()
            .flatten()
            .filter_map(move |day| start_of(day, zone))
    }
}

/// The first moment of a day in a time zone: where midnight is left out by a change of the clocks, the first one after it.
fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=24 * 4).find_map(|quarter| {
        // Nothing follows the last day of the calendar.
        let local = midnight.checked_add_signed(chrono::TimeDelta::minutes(15 * quarter))?;
        zone.from_local_datetime(&local)
            .earliest()
            .map(|moment| moment.to_utc())
    })
}

/// What is known of an agreement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Nothing until it was added.
    pub terms: Option<Terms>,
    /// The products on it.
    pub additions: BTreeMap<Name, Period>,
    pub is_removed: bool,
}

/// What an agreement is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub tenant: TenantId,
    pub name: Name,
    pub agreement_type: Name,
    pub period: Period,
}

impl Agreement {
    /// Its terms, if it is there and counts on that day.
    pub fn in_force(&self, day: NaiveDate) -> Option<&Terms> {
        self.terms
            .as_ref()
            .filter(|terms| !self.is_removed && terms.period.contains(day))
    }

    /// The products that count on that day.
    pub fn products(&self, day: NaiveDate) -> impl Iterator<Item = &Name> {
        let is_in_force = self.in_force(day).is_some();
        self.additions
            .iter()
            .filter(move |(_, period)| is_in_force && period.contains(day))
            .map(|(product, _)| product)
    }

    /// The moments at which something about it begins or is over by itself; at most two for it and for each product.
    pub fn turns(&self, zone: Tz) -> impl Iterator<Item = DateTime<Utc>> {
        let own = self.terms.iter().map(|terms| terms.period);
        own.chain(self.additions.values().copied().take(MAX_ADDITIONS))
            .flat_map(move |period| period.turns(zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_period_may_reach_to_the_ends_of_the_calendar() {
        for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__Los_Angeles] {
            for day in [NaiveDate::MIN, NaiveDate::MAX] {
                let period = Period {
                    first_day: Some(day),
                    last_day: Some(day),
                };
                assert!(period.turns(zone).count() <= 2, "{zone}");
            }
        }
    }

    #[test]
    fn a_period_turns_at_the_midnights_of_its_time_zone() {
        let november = Period {
            first_day: Some(day(2026, 11, 1)),
            last_day: Some(day(2026, 11, 30)),
        };
        let turns: Vec<String> = november
            .turns(chrono_tz::America::New_York)
            .map(|moment| moment.to_rfc3339())
            .collect();
        // Summer time ends on the first of November at two o'clock.
        assert_eq!(
            turns,
            ["2026-11-01T04:00:00+00:00", "2026-12-01T05:00:00+00:00"]
        );
    }

    #[test]
    fn a_day_without_midnight_begins_when_the_clocks_say_so() {
        // Clocks in Beirut go from 0:00 to 1:00 on the last Sunday of March.
        let one = start_of(day(2026, 3, 29), chrono_tz::Asia::Beirut).unwrap();
        assert_eq!(one.to_rfc3339(), "2026-03-28T22:00:00+00:00");
    }
}
