//! A listing that came from another one says what one says that was made anew, and both what the view says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::TenantId;
use upkeep_domain::maintenance::session::{About, Ending, Status};
use upkeep_projections::{
    AgentNames, AgentRow, Listing, People, PersonLine, PersonRow, Roster, Row, Shelf, SoftwareRow,
    Source, TagCounts, Tags, View, folded,
};

/// Every so many views, one is made anew; from one such view to the next much has changed.
const MADE: usize = 25;

fn check_rows(view: &View, roster: &Roster) {
    assert_eq!(roster.rows().len(), view.computers.len());
    let now = view.time().unwrap_or_default();
    check_troubles(view);
    for row in roster.rows().iter() {
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

/// Everybody who did not leave, in the order of creation, each found by what they are called.
fn check_people(view: &View, people: &People) {
    let rows = people.rows();
    let everything = (Bound::Unbounded, Bound::Unbounded);
    let places = view.persons.within(everything);
    let present = places.filter(|place| {
        view.persons
            .get(place.id)
            .unwrap()
            .state
            .present()
            .is_some()
    });
    assert!(rows.iter().map(|row| row.place).eq(present));
    for (number, row) in rows.iter().enumerate() {
        let entry = view.persons.get(row.place.id).unwrap();
        let profile = entry.state.present().unwrap();
        assert_eq!((&row.entry, row.tenant), (entry, profile.tenant));
        assert_eq!(row.name.as_str(), folded(profile.name.as_str()));
        let upn = profile.upn.as_ref().map_or("", |upn| upn.as_str());
        let mut lines = row.words.split('\n');
        let own = [profile.name.as_str(), upn].map(folded);
        assert!(lines.by_ref().take(2).eq(&own));
        assert_eq!(row.called(), own.join("\n"));
        assert!(lines.eq(entry.state.tags.iter().map(Tag::as_str)));
        assert_eq!(row.line_at(0), PersonLine::Name);
        if !upn.is_empty() {
            assert_eq!(row.line_at(own[0].len() + 1), PersonLine::Upn);
        }
        if !entry.state.tags.is_empty() {
            assert_eq!(row.line_at(row.called().len() + 1), PersonLine::Tag);
        }
        assert_eq!(rows.at(row.place), Some(row));
        let from = rows.between((Bound::Included(row.place), Bound::Unbounded));
        let behind = rows.between((Bound::Excluded(row.place), Bound::Unbounded));
        let before = rows.between((Bound::Unbounded, Bound::Excluded(row.place)));
        assert_eq!(from, number..rows.len());
        assert_eq!(behind, number + 1..rows.len());
        assert_eq!(before, 0..number);
    }
}

fn check_agents(view: &View, names: &AgentNames) {
    let rows: Vec<&AgentRow> = names.rows().iter().collect();
    let enrolled = |entry: &upkeep_domain::fleet::agent::Agent| {
        let known = entry.enrolment.as_ref()?;
        Some((known.tenant, folded(known.name.as_str())))
    };
    let all = view
        .agents
        .iter()
        .filter_map(|(id, entry)| Some((view.agents.place_of(id)?, enrolled(&entry.state)?)));
    let all: BTreeMap<_, _> = all.collect();
    let told = |row: &&AgentRow| (row.place, (row.tenant, row.name.as_str().to_owned()));
    assert!(rows.iter().map(told).eq(all));
}

/// How many carry each tag, found by looking at all of them.
fn counted<'a>(
    all: impl Iterator<Item = (TenantId, &'a BTreeSet<Tag>)>,
) -> BTreeMap<(TenantId, Tag), usize> {
    let mut counts = BTreeMap::new();
    for (tenant, tags) in all {
        for tag in tags {
            *counts.entry((tenant, tag.clone())).or_default() += 1;
        }
    }
    counts
}

/// What is told of every tenant, also of those that nothing is known of but what is theirs.
#[track_caller]
fn check_counts(view: &View, counts: &TagCounts, expected: &BTreeMap<(TenantId, Tag), usize>) {
    let known = view.tenants.iter().map(|(tenant, _)| tenant);
    let tenants: BTreeSet<TenantId> = known
        .chain(expected.keys().map(|(tenant, _)| *tenant))
        .collect();
    let told = tenants.into_iter().flat_map(|tenant| {
        let tags = counts.of_tenant(tenant);
        tags.map(move |(tag, count)| ((tenant, tag.clone()), count))
    });
    assert_eq!(&told.collect::<BTreeMap<_, _>>(), expected);
}

fn check_tags(view: &View, tags: &Tags) {
    let computers = view.computers.iter().filter_map(|(id, entry)| {
        let tenant = view.tenant_of(id)?;
        (!entry.state.is_removed).then_some((tenant, &entry.state.tags))
    });
    check_counts(view, tags.on_computers(), &counted(computers));
    let people = view
        .persons
        .iter()
        .filter_map(|(_, entry)| Some((entry.state.present()?.tenant, &entry.state.tags)));
    check_counts(view, tags.on_people(), &counted(people));
}

/// What did not go well last, found by looking at every session that came to an end.
fn check_troubles(view: &View) {
    for (computer, _) in view.computers.iter() {
        let sessions = view.sessions.of_computer(computer);
        let ended = sessions.filter(|(_, entry)| {
            let tries = entry.state.request.map(|request| request.about) == Some(About::Draft);
            entry.state.status.is_over() && entry.state.status != Status::Cancelled && !tries
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

/// Moved on step by step, at once and on the way back, it says what it says when it is made anew.
fn check_moves<L: Listing, S: PartialEq + Debug>(
    lived: &[Arc<View>],
    said: impl Fn(&L) -> S,
    check: impl Fn(&View, &L),
) {
    let mut renewed = L::of(&lived[0]);
    let mut before = L::of(&lived[0]);
    for (n, view) in lived.iter().enumerate() {
        renewed = renewed.renewed(view);
        if n % MADE > 0 {
            continue;
        }
        let made = L::of(view);
        check(view, &made);
        assert_eq!(said(&renewed), said(&made), "step by step");
        assert_eq!(said(&before.renewed(view)), said(&made), "in one step");
        let back = made.renewed(&lived[n.saturating_sub(MADE)]);
        assert_eq!(said(&back), said(&before), "on the way back");
        before = made;
    }
}

/// All software in the order of creation, each found by what it is called; and its sources, counted one by one.
fn check_shelf(view: &View, shelf: &Shelf) {
    let everything = (Bound::Unbounded, Bound::Unbounded);
    let rows = shelf.rows();
    let places = view.software.within(everything);
    assert!(rows.iter().map(|row| row.place).eq(places));
    let mut sources: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in rows.iter() {
        let entry = view.software.get(row.place.id).unwrap();
        assert_eq!(row.entry, *entry);
        let state = &entry.state;
        let name = folded(state.definition.as_ref().unwrap().name.as_str());
        assert_eq!(row.name.as_str(), name);
        let lines: Vec<&str> = row.words.split('\n').collect();
        assert_eq!(lines[0], name);
        if let Some(origin) = &state.origin {
            assert!(lines.contains(&&*folded(origin.identifier.as_str())));
            let (offered, gone) = sources.entry(origin.source.to_string()).or_default();
            *if state.is_withdrawn { gone } else { offered } += 1;
        }
    }
    let told = shelf.sources().into_iter();
    let told: BTreeMap<String, (usize, usize)> = told
        .map(|source| (source.name.to_string(), (source.titles, source.withdrawn)))
        .collect();
    assert_eq!(told, sources);
}

pub fn check(lived: &[Arc<View>]) {
    let rows = |roster: &Roster| -> Vec<Row> { roster.rows().iter().cloned().collect() };
    check_moves(lived, rows, check_rows);
    let people = |people: &People| -> Vec<PersonRow> { people.rows().iter().cloned().collect() };
    check_moves(lived, people, check_people);
    let agents = |names: &AgentNames| -> Vec<AgentRow> { names.rows().iter().cloned().collect() };
    check_moves(lived, agents, check_agents);
    let tags = |tags: &Tags| (tags.on_computers().clone(), tags.on_people().clone());
    check_moves(lived, tags, check_tags);
    let shelf = |shelf: &Shelf| -> (Vec<SoftwareRow>, Vec<Source>) {
        (shelf.rows().iter().cloned().collect(), shelf.sources())
    };
    check_moves(lived, shelf, check_shelf);
    let last = lived.last().unwrap();
    assert!(!People::of(last).rows().is_empty(), "somebody is there");
    assert!(!AgentNames::of(last).rows().is_empty(), "agents are there");
    assert!(!Shelf::of(last).sources().is_empty(), "titles are there");
}
