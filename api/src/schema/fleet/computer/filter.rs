//! Which computers of a list, and in which order.

use super::node::{ComputerClass, OnboardingStatus, OsFamily};
use super::sight::{Seen, Sight};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{By, OrderDirection, RowOrder};
use crate::schema::part::Part;
use crate::schema::types::uuid_of;
use async_graphql::{ID, InputObject, Result};
use chrono::{DateTime, Utc};
use upkeep_domain::fleet::computer::{self, Maintenance};
use upkeep_domain::fleet::tag::Tag;
use upkeep_domain::kernel::ids::{PersonId, TenantId};
use upkeep_projections::Row;

/// Which computers.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ComputerFilter {
    /// Only those of this tenant.
    tenant_id: Option<ID>,
    /// Only those whose name contains this, whatever the case.
    name_contains: Option<String>,
    /// Only those whose name, serial number, hardware UUID or a tag contains this, or the name or the user principal name of whose
    /// primary person does, whatever the case. At most 200 characters.
    #[graphql(validator(chars_max_length = 200))]
    text: Option<String>,
    /// Only those whose primary person this is.
    person_id: Option<ID>,
    /// Only those of this kind.
    computer_class: Option<ComputerClass>,
    /// Only those with an operating system of this kind.
    os_family: Option<OsFamily>,
    /// Only those whose operating system calls itself so, or has this in its name, whatever the case: "server 2019".
    os_name_contains: Option<String>,
    /// Only those that need onboarding, or need it no more.
    onboarding: Option<OnboardingStatus>,
    /// Only those that are online, or offline.
    is_online: Option<bool>,
    /// Only those of which no agent was connected since then; those too of which none ever was.
    last_seen_before: Option<DateTime<Utc>>,
    /// Only those of which an agent was connected then or later.
    last_seen_after: Option<DateTime<Utc>>,
    /// Only those that are excluded from maintenance, or are not.
    is_excluded_from_maintenance: Option<bool>,
    /// Only those that carry this tag themselves; upper and lower case are the same.
    tag: Option<String>,
    /// Only those with an agent of this version, such as "0.1.0".
    agent_version: Option<String>,
    /// Also those that were removed; not if not given.
    include_removed: OrDefault<bool>,
}

impl ComputerFilter {
    /// The tenant that it asks about.
    pub fn tenant(&self) -> Result<Option<TenantId>> {
        let id = self.tenant_id.as_ref();
        id.map(|id| uuid_of("Tenant", id).map(TenantId)).transpose()
    }

    /// What it asks of each computer. Its tenant is what is [seen](Sight::of).
    pub fn matching(self) -> Result<Matching> {
        let person = self.person_id.as_ref();
        let person = person.map(|id| uuid_of("Person", id).map(PersonId));
        Ok(Matching {
            name: Part::of(self.name_contains.as_deref()),
            words: Part::of(self.text.as_deref()),
            person: person.transpose()?,
            class: self.computer_class.map(Into::into),
            os: Part::of(self.os_name_contains.as_deref()),
            asks_for_os: self.os_family.is_some() || self.os_name_contains.is_some(),
            os_family: self.os_family.map(Into::into),
            onboarding: self.onboarding.map(Into::into),
            is_online: self.is_online,
            seen_before: self.last_seen_before,
            seen_after: self.last_seen_after,
            is_excluded: self.is_excluded_from_maintenance,
            tag: self.tag.map(|text| Tag::known(&text)),
            agent_version: self.agent_version,
            include_removed: *self.include_removed,
        })
    }
}

/// What is asked of each computer; what is not given, nothing.
pub struct Matching {
    name: Part,
    words: Part,
    person: Option<PersonId>,
    class: Option<computer::ComputerClass>,
    os: Part,
    asks_for_os: bool,
    os_family: Option<computer::OsFamily>,
    onboarding: Option<computer::OnboardingStatus>,
    is_online: Option<bool>,
    seen_before: Option<DateTime<Utc>>,
    seen_after: Option<DateTime<Utc>>,
    is_excluded: Option<bool>,
    tag: Option<Tag>,
    agent_version: Option<String>,
    include_removed: bool,
}

impl Matching {
    /// What stands in the row is looked at first, what is behind it only where that fits.
    pub fn fits(&self, sight: &Sight, seen: Seen<'_>) -> bool {
        let row = seen.row;
        (self.include_removed || !seen.is_removed())
            && self.class.is_none_or(|class| row.class == class)
            && (self.onboarding).is_none_or(|status| row.onboarding == status)
            && self
                .is_online
                .is_none_or(|online| seen.is_online() == online)
            && (self.person.is_none() || row.person == self.person)
            && (!self.asks_for_os || self.fits_system(row))
            && self.name.is_in_folded(row.name.as_str())
            && self.words.is_in_folded(&row.words)
            && self.fits_times(row, sight.now)
            && self.fits_entry(sight, row)
    }

    fn fits_system(&self, row: &Row) -> bool {
        let fits = |family| self.os_family.is_none_or(|asked| family == asked);
        row.os_family.is_some_and(fits) && self.os.is_in_folded(row.os.as_str())
    }

    fn fits_times(&self, row: &Row, now: DateTime<Utc>) -> bool {
        let seen = row.seen_at(now);
        (self.seen_before).is_none_or(|time| seen.is_none_or(|seen| seen < time))
            && (self.seen_after).is_none_or(|time| seen.is_some_and(|seen| seen >= time))
    }

    fn fits_entry(&self, sight: &Sight, row: &Row) -> bool {
        let state = || &row.entry.state;
        (self.is_excluded)
            .is_none_or(|excluded| (state().maintenance == Maintenance::Excluded) == excluded)
            && (self.tag.as_ref()).is_none_or(|tag| state().tags.contains(tag))
            && self.agent_version.as_ref().is_none_or(|version| {
                let mut agents = sight.view.agents_of(row.place.id);
                agents.any(|(_, agent)| agent.state.agent_version == *version)
            })
    }
}

orders! {
    /// By what computers are sorted.
    ComputerOrder by ComputerOrderField {
        /// When they were first seen.
        CreatedAt,
        /// Their names, whatever the case.
        Name,
        /// When an agent of them was connected last.
        LastSeenAt,
        /// The names of their tenants, whatever the case.
        TenantName,
        /// The names of their primary persons, whatever the case.
        PersonName,
        /// What their operating systems call themselves, with the version, whatever the case.
        OperatingSystem,
        /// Their kinds: workstations, portables, servers, and those of which it is not known.
        ComputerClass,
        /// Those that need onboarding, then those that need it no more.
        Onboarding,
        /// Those that are offline, then those that are online.
        IsOnline,
    }
}

impl ComputerOrder {
    pub fn direction(self) -> OrderDirection {
        self.direction.0
    }

    /// What a row is sorted by; nothing in the order of creation.
    pub fn ranking(self, sight: &Sight) -> Option<RowOrder<'_, Row>> {
        let name = match self.field {
            ComputerOrderField::CreatedAt => return None,
            ComputerOrderField::Name => "NAME",
            ComputerOrderField::LastSeenAt => "LAST_SEEN_AT",
            ComputerOrderField::TenantName => "TENANT_NAME",
            ComputerOrderField::PersonName => "PERSON_NAME",
            ComputerOrderField::OperatingSystem => "OPERATING_SYSTEM",
            ComputerOrderField::ComputerClass => "COMPUTER_CLASS",
            ComputerOrderField::Onboarding => "ONBOARDING",
            ComputerOrderField::IsOnline => "IS_ONLINE",
        };
        let rank = move |row| self.field.rank(sight, row);
        Some(RowOrder::by(name, self.direction.0, rank))
    }
}

impl ComputerOrderField {
    fn rank<'a>(self, sight: &'a Sight, row: &'a Row) -> By<'a> {
        match self {
            Self::CreatedAt => By::Number(row.place.made_at.0),
            Self::Name => By::Text(&row.name),
            Self::LastSeenAt => match row.seen_at(sight.now) {
                Some(time) if time >= sight.now => By::Now,
                time => By::Time(time),
            },
            Self::TenantName => By::Text(sight.tenant_name(row)),
            Self::PersonName => By::Text(&row.person_name),
            Self::OperatingSystem => By::Text(&row.os),
            Self::ComputerClass => By::Number(rank_of(row.class)),
            Self::Onboarding => By::Number(match row.onboarding {
                computer::OnboardingStatus::NeedsOnboarding => 0,
                computer::OnboardingStatus::Onboarded => 1,
            }),
            Self::IsOnline => By::Number(u64::from(sight.is_online(row))),
        }
    }
}

fn rank_of(class: computer::ComputerClass) -> u64 {
    match class {
        computer::ComputerClass::Workstation => 0,
        computer::ComputerClass::Portable => 1,
        computer::ComputerClass::Server => 2,
        computer::ComputerClass::Unknown => 3,
    }
}
