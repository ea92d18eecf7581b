//! The computers that somebody may see, as lists and counts look at them.

use crate::request::{Request, moment, services};
use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::kernel::name::Name;
use upkeep_projections::{Caseless, Place, Roster, Row, View, Within};

/// The computers of a view that somebody may see, of one tenant or of all.
pub struct Sight {
    pub view: Arc<View>,
    pub now: DateTime<Utc>,
    roster: Arc<Roster>,
    tenants: HashMap<TenantId, KnownTenant>,
    nameless: KnownTenant,
}

/// What computers are listed by and their tenants have.
#[derive(Default)]
struct KnownTenant {
    name: Caseless,
    is_removed: bool,
}

/// A computer that somebody may see.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub row: &'a Row,
    tenant: &'a KnownTenant,
}

impl Seen<'_> {
    /// Whether it was removed, or its tenant.
    pub fn is_removed(self) -> bool {
        self.row.is_removed || self.tenant.is_removed
    }

    /// Whether an agent of it is connected and may work.
    pub fn is_online(self) -> bool {
        self.row.agents.can_work && !self.is_removed()
    }
}

impl Sight {
    /// Those of a tenant, or all that the caller may see.
    pub fn of(context: &Context<'_>, view: &Arc<View>, within: Option<TenantId>) -> Result<Self> {
        let request = Request::of(context);
        let within = within.or(request.principal()?.confined_to());
        let all = || view.tenants.iter().map(|(id, _)| id);
        let some: Vec<TenantId> = within.map_or_else(|| all().collect(), |one| vec![one]);
        let may_see = |tenant: &TenantId| request.may(Action::ReadComputer { tenant: *tenant });
        let tenants = some.into_iter().filter(may_see);
        Ok(Self {
            now: moment(context, view),
            roster: services(context).projections.roster(view),
            tenants: tenants.map(|id| (id, KnownTenant::of(view, id))).collect(),
            nameless: KnownTenant::default(),
            view: view.clone(),
        })
    }

    fn seen<'a>(&'a self, row: &'a Row) -> Option<Seen<'a>> {
        let tenant = self.tenants.get(&row.tenant)?;
        Some(Seen { row, tenant })
    }

    /// Whether what is of a tenant is seen.
    pub fn sees(&self, tenant: TenantId) -> bool {
        self.tenants.contains_key(&tenant)
    }

    /// In the order of creation, removed ones too.
    pub fn computers(&self) -> impl Iterator<Item = Seen<'_>> {
        self.roster.rows().iter().filter_map(|row| self.seen(row))
    }

    /// Those between two places that fit.
    pub fn within(
        self: Arc<Self>,
        within: Within<Place<ComputerId>>,
        fits: impl Fn(&Self, Seen<'_>) -> bool + 'static,
    ) -> impl DoubleEndedIterator<Item = Place<ComputerId>> + 'static {
        let numbers = self.roster.rows().between(within);
        numbers.filter_map(move |number| {
            let seen = self.seen(self.roster.rows().get(number)?)?;
            fits(&self, seen).then_some(seen.row.place)
        })
    }

    /// What the tenant of a computer is called.
    pub fn tenant_name(&self, row: &Row) -> &Caseless {
        let tenant = self.tenants.get(&row.tenant);
        &tenant.unwrap_or(&self.nameless).name
    }

    /// Whether a computer that is listed is online.
    pub fn is_online(&self, row: &Row) -> bool {
        self.seen(row).is_some_and(Seen::is_online)
    }
}

impl KnownTenant {
    fn of(view: &View, tenant: TenantId) -> Self {
        let entry = view.tenants.get(tenant);
        let name = entry.and_then(|entry| entry.state.name.as_ref());
        Self {
            name: Caseless::of(name.map_or("", Name::as_str)),
            is_removed: view.is_tenant_removed(tenant),
        }
    }
}
