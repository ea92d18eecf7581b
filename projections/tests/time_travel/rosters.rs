//! A roster that came from another one says what one says that was made anew, and both what the view says.

use std::sync::Arc;
use upkeep_domain::maintenance::session::{Ending, Status};
use upkeep_projections::{Roster, Row, View};

/// Every so many views, one is made anew; from one such view to the next much has changed.
const MADE: usize = 25;

fn check_rows(view: &View, roster: &Roster) {
    assert_eq!(roster.len(), view.computers.len());
    let now = view.time().unwrap_or_default();
    check_troubles(view);
    for row in roster.rows() {
        let id = row.place.id;
        let entry = view.computers.get(id).unwrap();
        assert_eq!(row.entry, *entry);
        assert_eq!(Some(row.place), view.computers.place_of(id));
        assert_eq!(Some(row.tenant), view.tenant_of(id));
        let is_online = row.agents.can_work && !view.is_removed(id);
        assert_eq!(is_online, view.working_agent(id).is_some());
        assert_eq!(row.seen_at(now), view.computer_seen_at(id, now));
    }
}

/// What did not go well last, found by looking at every session that came to an end.
fn check_troubles(view: &View) {
    for (computer, _) in view.computers.iter() {
        let sessions = view.sessions.of_computer(computer);
        let ended = sessions.filter(|(_, entry)| {
            entry.state.status.is_over() && entry.state.status != Status::Cancelled
        });
        let newest = ended.max_by_key(|(_, entry)| entry.state.ended_at);
        let newest = newest.filter(|(_, entry)| {
            let tenant = entry.state.request.map(|request| request.tenant);
            entry.state.status != Status::Ended(Ending::Passed)
                && tenant == view.tenant_of(computer)
        });
        let told = view.trouble_of(computer);
        let told = told.map(|trouble| (trouble.session, trouble.status));
        assert_eq!(told, newest.map(|(id, entry)| (id, entry.state.status)));
    }
}

fn rows(roster: &Roster) -> Vec<&Row> {
    roster.rows().collect()
}

pub fn check(lived: &[Arc<View>]) {
    let mut renewed = Roster::of(&lived[0]);
    let mut before = renewed.clone();
    for (n, view) in lived.iter().enumerate() {
        renewed = renewed.renewed(view);
        if n % MADE > 0 {
            continue;
        }
        let made = Roster::of(view);
        check_rows(view, &made);
        assert_eq!(rows(&renewed), rows(&made), "step by step");
        assert_eq!(rows(&before.renewed(view)), rows(&made), "in one step");
        let back = made.renewed(&lived[n.saturating_sub(MADE)]);
        assert_eq!(rows(&back), rows(&before), "on the way back");
        before = made;
    }
}
