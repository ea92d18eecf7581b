//! What resolution knows of a tenant and of a computer, looked up only when a rule asks.

use crate::fleet::agreement::Agreement;
use crate::fleet::computer::{Computer, ComputerClass, DomainRole, OnboardingStatus, OsFamily};
use crate::fleet::group::{Group, Member};
use crate::fleet::person::{Person, Profile};
use crate::fleet::tenant::{CrossTenant, Tenant};
use crate::kernel::ids::{ComputerId, DeploymentId, GroupId, PersonId, TenantId};
use crate::kernel::limits::MAX_TENANT_DEPTH;
use crate::kernel::name::Name;
use crate::rules::expression::{self, Fact, Value};
use chrono::{DateTime, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use std::cell::OnceCell;
use std::collections::{BTreeSet, HashSet};

/// Everything that targets can name, at one moment. A view is one; a test's few maps are another.
pub trait World {
    fn tenant(&self, id: TenantId) -> Option<&Tenant>;
    fn person(&self, id: PersonId) -> Option<&Person>;
    fn group(&self, id: GroupId) -> Option<&Group>;
    /// The groups that hold this member directly.
    fn groups_with(&self, member: Member) -> impl Iterator<Item = GroupId>;
    fn agreements_of(&self, tenant: TenantId) -> impl Iterator<Item = &Agreement>;
}

/// The tenants above one, nearest first. Bounded, so that a circle in the history ends.
pub fn ancestors(world: &impl World, tenant: TenantId) -> Vec<TenantId> {
    let parent = |id: &TenantId| world.tenant(*id).and_then(|tenant| tenant.parent);
    std::iter::successors(parent(&tenant), parent)
        .take(MAX_TENANT_DEPTH)
        .take_while(|ancestor| *ancestor != tenant)
        .collect()
}

/// The day that it is for a tenant. At the ends of the calendar, where the zone's day is none any more, the day in UTC.
fn day_in(zone: Tz, moment: DateTime<Utc>) -> NaiveDate {
    let utc = moment.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset).unwrap_or(utc).date()
}

/// What rules can ask of a tenant.
#[derive(Debug)]
pub struct TenantFacts<'w> {
    pub id: TenantId,
    pub tenant: Option<&'w Tenant>,
    /// The tenants above it, nearest first.
    pub ancestors: Vec<TenantId>,
    /// Of its agreements that count today.
    pub agreement_types: BTreeSet<&'w Name>,
    /// On its agreements, counting today.
    pub products: BTreeSet<&'w Name>,
}

impl<'w> TenantFacts<'w> {
    pub fn of(world: &'w impl World, id: TenantId, moment: DateTime<Utc>) -> Self {
        let tenant = world.tenant(id);
        let today = day_in(tenant.map_or(Tz::UTC, |tenant| tenant.time_zone), moment);
        let mut agreement_types = BTreeSet::new();
        let mut products = BTreeSet::new();
        for agreement in world.agreements_of(id) {
            agreement_types.extend(agreement.in_force(today).map(|terms| &terms.agreement_type));
            products.extend(agreement.products(today));
        }
        Self {
            id,
            tenant,
            ancestors: ancestors(world, id),
            agreement_types,
            products,
        }
    }

    pub(super) fn is_removed(&self) -> bool {
        self.tenant.is_some_and(Tenant::is_removed)
    }

    pub(super) fn is_excluded_from_cross_tenant(&self) -> bool {
        self.tenant
            .is_some_and(|tenant| tenant.cross_tenant == CrossTenant::Excluded)
    }

    /// How far above this tenant that one is; 0 for itself.
    pub(super) fn distance_to(&self, tenant: TenantId) -> Option<u8> {
        if tenant == self.id {
            return Some(0);
        }
        let above = self.ancestors.iter().position(|id| *id == tenant)?;
        u8::try_from(above + 1).ok()
    }
}

/// For what a computer's rules are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    pub phase: Phase,
    /// The deployment that a technician named.
    pub named: Option<DeploymentId>,
}

/// Whether a session onboards its computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Onboarding,
    Maintenance,
}

impl Occasion {
    /// A full session as the computer's next one would be.
    pub fn next_of(computer: &Computer) -> Self {
        let phase = match computer.onboarding {
            OnboardingStatus::NeedsOnboarding => Phase::Onboarding,
            OnboardingStatus::Onboarded => Phase::Maintenance,
        };
        Self { phase, named: None }
    }
}

/// What rules can ask of a computer.
pub struct ComputerFacts<'w, W> {
    pub world: &'w W,
    pub id: ComputerId,
    pub computer: &'w Computer,
    pub tenant: &'w TenantFacts<'w>,
    pub class: ComputerClass,
    person: OnceCell<Option<(PersonId, &'w Person, &'w Profile)>>,
    groups: OnceCell<Vec<GroupId>>,
}

impl<'w, W: World> ComputerFacts<'w, W> {
    pub fn new(
        world: &'w W,
        id: ComputerId,
        computer: &'w Computer,
        tenant: &'w TenantFacts<'w>,
    ) -> Self {
        Self {
            world,
            id,
            computer,
            tenant,
            class: computer.class(),
            person: OnceCell::new(),
            groups: OnceCell::new(),
        }
    }

    pub(super) fn role(&self) -> Option<DomainRole> {
        self.computer.detail.domain_role
    }

    /// The primary person, if it is somebody who is there and works for the computer's tenant.
    pub(super) fn person(&self) -> Option<(PersonId, &'w Person, &'w Profile)> {
        *self.person.get_or_init(|| {
            let id = self.computer.primary_person?;
            let person = self.world.person(id)?;
            let profile = person.present()?;
            (profile.tenant == self.tenant.id).then_some((id, person, profile))
        })
    }

    /// Every group that the computer or its primary person is in, directly or through other groups, each once. Groups
    /// of other tenants and removed ones do not count; circles end, because each is entered once.
    pub(super) fn groups(&self) -> &[GroupId] {
        self.groups.get_or_init(|| {
            let mut found: Vec<GroupId> = Vec::new();
            let mut entered: HashSet<GroupId> = HashSet::new();
            let mut next: Vec<Member> = vec![Member::Computer(self.id)];
            next.extend(self.person().map(|(id, ..)| Member::Person(id)));
            while let Some(member) = next.pop() {
                for group in self.world.groups_with(member) {
                    if self.counts(group) && entered.insert(group) {
                        found.push(group);
                        next.push(Member::Group(group));
                    }
                }
            }
            found
        })
    }

    fn counts(&self, group: GroupId) -> bool {
        self.world
            .group(group)
            .and_then(Group::present)
            .is_some_and(|definition| definition.tenant == self.tenant.id)
    }
}

impl<W: World> expression::Facts for ComputerFacts<'_, W> {
    fn fact(&self, fact: Fact) -> Option<Value<'_>> {
        let computer = self.computer;
        let inventory = computer.inventory.as_ref();
        let detail = &computer.detail;
        match fact {
            Fact::ComputerName => text(computer.registration.as_ref().map(|known| &known.name)),
            Fact::ComputerClass => class_name(self.class).map(Value::Text),
            Fact::ComputerTags => Some(Value::Tags(&computer.tags)),
            Fact::ComputerOnboarded => Some(Value::Truth(
                computer.onboarding == OnboardingStatus::Onboarded,
            )),
            Fact::TenantName => text(self.tenant.tenant.and_then(|tenant| tenant.name.as_ref())),
            Fact::TenantTags => self.tenant.tenant.map(|tenant| Value::Tags(&tenant.tags)),
            Fact::PersonName => text(self.person().map(|(_, _, profile)| &profile.name)),
            Fact::PersonUpn => text(
                self.person()
                    .and_then(|(_, _, profile)| profile.upn.as_ref()),
            ),
            Fact::PersonTags => self
                .person()
                .map(|(_, person, _)| Value::Tags(&person.tags)),
            Fact::HostName => inventory.map(|inventory| Value::Text(&inventory.host_name)),
            Fact::OsFamily => inventory.map(|inventory| {
                Value::Text(match inventory.os.family {
                    OsFamily::Linux => "linux",
                    OsFamily::Windows => "windows",
                })
            }),
            Fact::OsName => inventory.map(|inventory| Value::Text(&inventory.os.name)),
            Fact::OsVersion => inventory.map(|inventory| Value::Text(&inventory.os.version)),
            Fact::OsBuild => text(detail.os_build.as_ref()),
            Fact::ChassisType => inventory
                .and_then(|inventory| inventory.chassis_type)
                .map(|chassis| Value::Whole(i64::from(chassis))),
            Fact::Manufacturer => text(detail.manufacturer.as_ref()),
            Fact::Model => text(detail.model.as_ref()),
            Fact::SerialNumber => text(detail.serial_number.as_ref()),
            Fact::MemoryBytes => detail
                .memory_bytes
                .map(|bytes| Value::Whole(i64::try_from(bytes).unwrap_or(i64::MAX))),
            Fact::DomainName => text(detail.domain_name.as_ref()),
            Fact::DomainRole => detail.domain_role.map(|role| Value::Text(role_name(role))),
        }
    }
}

fn text(name: Option<&Name>) -> Option<Value<'_>> {
    name.map(|name| Value::Text(name.as_str()))
}

fn class_name(class: ComputerClass) -> Option<&'static str> {
    match class {
        ComputerClass::Workstation => Some("workstation"),
        ComputerClass::Portable => Some("portable"),
        ComputerClass::Server => Some("server"),
        ComputerClass::Unknown => None,
    }
}

fn role_name(role: DomainRole) -> &'static str {
    match role {
        DomainRole::StandaloneWorkstation => "standaloneWorkstation",
        DomainRole::MemberWorkstation => "memberWorkstation",
        DomainRole::StandaloneServer => "standaloneServer",
        DomainRole::MemberServer => "memberServer",
        DomainRole::BackupDomainController => "backupDomainController",
        DomainRole::PrimaryDomainController => "primaryDomainController",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_day_at_the_ends_of_the_calendar_in_every_time_zone() {
        let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
        for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__Los_Angeles] {
            for end in ends {
                assert_eq!(day_in(zone, end), end.date_naive(), "{zone}");
            }
        }
    }
}
