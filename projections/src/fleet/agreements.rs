//! The agreements of each tenant.

use crate::registry::Entry;
use crate::view::View;
use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agreement::{Agreement, AgreementEvent};
use upkeep_domain::kernel::ids::{AgreementId, TenantId};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreements {
    by_tenant: OrdSet<(TenantId, AgreementId)>,
}

impl Agreements {
    pub fn apply(&mut self, event: &DomainEvent, id: &str) -> Result<(), uuid::Error> {
        if let DomainEvent::Agreement(AgreementEvent::Added(added)) = event {
            self.by_tenant.insert((added.tenant, id.parse()?));
        }
        Ok(())
    }
}

impl View {
    /// The agreements of a tenant, removed ones too.
    pub fn agreements_of(
        &self,
        tenant: TenantId,
    ) -> impl Iterator<Item = (AgreementId, &Arc<Entry<Agreement>>)> {
        let first = (tenant, AgreementId(Uuid::nil()));
        let last = (tenant, AgreementId(Uuid::max()));
        self.agreements_by
            .by_tenant
            .range(first..=last)
            .filter_map(|(_, id)| Some((*id, self.agreements.get(*id)?)))
    }
}
