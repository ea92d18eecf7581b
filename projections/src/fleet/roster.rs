//! The roster: what lists of computers filter and sort by. A list that is sorted or counted looks at every computer; here that
//! is one walk through memory and no looking up.

use super::listings::Listing;
use super::rows::{Placed, Rows};
use crate::caseless::{Caseless, folded};
use crate::index::Place;
use crate::registry::{Entry, Registry};
use crate::view::View;
use chrono::{DateTime, Utc};
use imbl::OrdSet;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::fleet::agent::{Agent, Standing};
use upkeep_domain::fleet::computer::{Computer, ComputerClass, OnboardingStatus, OsFamily};
use upkeep_domain::fleet::person::{Person, Profile};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{ComputerId, PersonId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_event_store::Position;

/// Names of operating systems that are there once for all computers. Agents report them: where there are more, it begins anew.
const MAX_SYSTEMS: usize = 1_000;

/// One computer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub place: Place<ComputerId>,
    pub entry: Arc<Entry<Computer>>,
    pub tenant: TenantId,
    pub class: ComputerClass,
    pub os_family: Option<OsFamily>,
    pub onboarding: OnboardingStatus,
    /// It was removed itself; its tenant may be, too.
    pub is_removed: bool,
    pub agents: AgentsOf,
    pub name: Caseless,
    /// What its operating system calls itself, and its version; nothing where no agent told.
    pub os: Caseless,
    /// Whose it is, if it is somebody's who is there and works for its tenant.
    pub person: Option<PersonId>,
    pub person_name: Caseless,
    /// In a line each: its name, serial number and hardware UUID, its person's name and user principal name, and its tags.
    pub words: Arc<str>,
}

/// What the agents of a computer are, taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentsOf {
    /// Whether one is connected.
    pub are_connected: bool,
    /// Whether one is connected and may work.
    pub can_work: bool,
    /// Whether one is held.
    pub are_held: bool,
    /// When one of them enrolled, came or went last.
    pub last_seen: Option<DateTime<Utc>>,
}

impl AgentsOf {
    fn of(view: &View, computer: ComputerId) -> Self {
        let agents = view.agents_of(computer);
        agents.fold(Self::default(), |all, (id, entry)| Self {
            are_connected: all.are_connected || entry.state.is_connected(),
            can_work: all.can_work || entry.state.can_work(),
            are_held: all.are_held || entry.state.standing == Standing::Held,
            last_seen: all.last_seen.max(view.agent_last_seen(id)),
        })
    }
}

/// The lines of [`Row::words`]; tags are those behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Name,
    SerialNumber,
    Hardware,
    PersonName,
    Upn,
    Tag,
}

impl Line {
    /// In which line of a row's words a place is, counted in bytes.
    pub fn at(words: &str, place: usize) -> Self {
        let before = words.as_bytes().iter().take(place);
        match before.filter(|byte| **byte == b'\n').count() {
            0 => Self::Name,
            1 => Self::SerialNumber,
            2 => Self::Hardware,
            3 => Self::PersonName,
            4 => Self::Upn,
            _ => Self::Tag,
        }
    }
}

impl Placed for Row {
    type Id = ComputerId;

    fn place(&self) -> Place<ComputerId> {
        self.place
    }
}

impl Row {
    fn of(view: &View, id: ComputerId, systems: &mut OrdSet<Arc<str>>) -> Option<Self> {
        let entry = view.computers.get(id)?;
        let state = &entry.state;
        let known = state.registration.as_ref()?;
        let person = person_of(view, state, known.tenant);
        let profile = person.map(|(_, profile)| profile);
        let os = state.inventory.as_ref().map(|inventory| &inventory.os);
        let named = os.map_or_else(String::new, |os| format!("{} {}", os.name, os.version));
        Some(Self {
            place: view.computers.place_of(id)?,
            entry: entry.clone(),
            tenant: known.tenant,
            class: state.class(),
            os_family: os.map(|os| os.family),
            onboarding: state.onboarding,
            is_removed: state.is_removed,
            agents: AgentsOf::of(view, id),
            name: Caseless::of(known.name.as_str()),
            os: Caseless::of_folded(once(systems, folded(&named))),
            person: person.map(|(id, _)| id),
            person_name: profile.map_or_else(Caseless::default, |profile| {
                Caseless::of(profile.name.as_str())
            }),
            words: words(state, profile),
        })
    }

    /// When one of its agents was connected last: now while one is; nothing where none leads to it.
    pub fn seen_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.agents.are_connected {
            Some(now)
        } else {
            self.agents.last_seen
        }
    }
}

fn person_of<'v>(
    view: &'v View,
    computer: &Computer,
    tenant: TenantId,
) -> Option<(PersonId, &'v Profile)> {
    let id = computer.primary_person?;
    let profile = view.persons.get(id)?.state.present()?;
    (profile.tenant == tenant).then_some((id, profile))
}

/// Names hold no line breaks.
fn words(computer: &Computer, person: Option<&Profile>) -> Arc<str> {
    let known = computer.registration.as_ref();
    let named = |name: Option<&Name>| name.map_or("", Name::as_str).to_owned();
    let upn = person.and_then(|profile| profile.upn.as_ref());
    let of_its_own = [
        named(known.map(|known| &known.name)),
        named(computer.detail.serial_number.as_ref()),
        known.map_or_else(String::new, |known| known.hardware.uuid.to_string()),
        named(person.map(|profile| &profile.name)),
        named(upn),
    ];
    let tags = computer.tags.iter().map(Tag::as_str).map(str::to_owned);
    let lines: Vec<String> = of_its_own.into_iter().chain(tags).collect();
    folded(&lines.join("\n")).into()
}

/// The text that is kept once for all who have it.
fn once(systems: &mut OrdSet<Arc<str>>, text: String) -> Arc<str> {
    if let Some(known) = systems.get(text.as_str()) {
        return known.clone();
    }
    if systems.len() >= MAX_SYSTEMS {
        systems.clear();
    }
    let new: Arc<str> = text.into();
    systems.insert(new.clone());
    new
}

/// Every computer of a view, removed ones too. Costs some 500 bytes a computer.
#[derive(Clone)]
pub struct Roster {
    position: Position,
    rows: Rows<Row>,
    systems: OrdSet<Arc<str>>,
    /// What the rows were made of, to see what differs in another view.
    computers: Registry<Computer>,
    agents: Registry<Agent>,
    persons: Registry<Person>,
}

impl Listing for Roster {
    fn of(view: &View) -> Self {
        let mut systems = OrdSet::new();
        let everything = (Bound::Unbounded, Bound::Unbounded);
        let places = view.computers.within(everything);
        let rows = places.filter_map(|place| Row::of(view, place.id, &mut systems));
        Self {
            rows: rows.collect(),
            position: view.position(),
            systems,
            computers: view.computers.clone(),
            agents: view.agents.clone(),
            persons: view.persons.clone(),
        }
    }

    fn renewed(&self, view: &View) -> Self {
        let mut roster = Self {
            position: view.position(),
            rows: self.rows.clone(),
            systems: self.systems.clone(),
            computers: view.computers.clone(),
            agents: view.agents.clone(),
            persons: view.persons.clone(),
        };
        for computer in self.differing(view) {
            let known = self.computers.place_of(computer);
            let here = known.or_else(|| view.computers.place_of(computer));
            if let Some(place) = here {
                let row = Row::of(view, computer, &mut roster.systems);
                roster.rows.put(place, row);
            }
        }
        roster
    }

    fn position(&self) -> Position {
        self.position
    }
}

impl Roster {
    /// The computers whose rows may differ in another view.
    fn differing(&self, view: &View) -> BTreeSet<ComputerId> {
        let computers = view.computers.changes_since(&self.computers);
        let mut differing: BTreeSet<ComputerId> = computers.map(|(id, ..)| id).collect();
        for (_, before, after) in view.agents.changes_since(&self.agents) {
            let computer = |agent: Option<&Arc<Entry<Agent>>>| agent?.state.computer;
            differing.extend(computer(before));
            differing.extend(computer(after));
        }
        // Whose person became another one is a computer that differs itself.
        for (person, ..) in view.persons.changes_since(&self.persons) {
            differing.extend(view.computers_of_person(person));
        }
        differing
    }

    pub fn rows(&self) -> &Rows<Row> {
        &self.rows
    }
}
