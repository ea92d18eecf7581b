//! What a look costs is what is due, counted and not timed.

use super::{Fleet, HERE, THERE, computer, session};
use crate::fleet::following::Following;
use crate::fleet::identification::Identification;
use crate::fleet::tenants::Telling;
use crate::maintenance::session::advancing::{Advancing, looked_at};
use crate::maintenance::session::cancelling::Cancelling;
use crate::maintenance::session::onboarding::Onboarding;
use crate::maintenance::session::starting::{Starting, in_line};
use crate::maintenance::session::takeover::{Takeover, gone};
use crate::process::{Moment, Process};
use chrono::TimeDelta;

const OFFLINE: u128 = 20_000;

fn nothing<P: Process>(process: &P, at: &Moment) {
    assert_eq!(process.todo(at).len(), 0, "{}", P::NAME);
}

#[test]
fn sessions_that_wait_for_offline_computers_are_looked_at_by_nobody() {
    let mut fleet = Fleet::new();
    for n in 0..OFFLINE {
        fleet.register(n, super::tenant(0));
        fleet.waiting(n, n);
    }
    assert_eq!(fleet.view.sessions.len(), 20_000);
    let at = fleet.moment();
    assert_eq!(in_line(&at).count(), 0);
    assert_eq!(looked_at(&at).count(), 0);
    assert_eq!(at.view.departed_sessions().count(), 0);
    assert_eq!(gone(&at).len(), 0);
    nothing(&Identification, &at);
    nothing(&Following, &at);
    nothing(&Telling, &at);
    nothing(&Onboarding, &at);
    nothing(&Cancelling, &at);
    nothing(&Starting, &at);
    nothing(&Advancing::default(), &at);
    nothing(&Takeover, &at);

    // Three of them come online, and two other ones run: only those are looked at.
    for n in 0..3 {
        fleet.enrol(n, super::tenant(0));
        fleet.identify(n, n);
        fleet.connect(n, HERE);
    }
    fleet.online(OFFLINE, HERE);
    fleet.online(OFFLINE + 1, THERE);
    fleet.running(OFFLINE, OFFLINE, HERE);
    fleet.running(OFFLINE + 1, OFFLINE + 1, THERE);
    let at = fleet.moment();
    assert!(
        in_line(&at)
            .map(|waiting| waiting.computer)
            .eq((0..3).map(computer))
    );
    assert_eq!(Starting.todo(&at).len(), 3);
    let looked_at_now: Vec<_> = looked_at(&at).map(|(id, _)| id).collect();
    assert_eq!(looked_at_now, [session(OFFLINE)]);
    assert_eq!(Advancing::default().todo(&at).len(), 1);

    // And when the wait of one of them is over, that one is.
    fleet.now += TimeDelta::days(1);
    fleet.waiting(OFFLINE + 2, OFFLINE + 1);
    let first_due = fleet.moment();
    assert_eq!(
        Advancing::default().due(&first_due),
        Some(super::noon() + TimeDelta::days(7))
    );
    fleet.now = super::noon() + TimeDelta::days(7) + TimeDelta::seconds(1);
    let at = fleet.moment();
    assert_eq!(
        looked_at(&at).count() as u128,
        OFFLINE + 1,
        "all but the youngest"
    );
}
