use super::Period;
use crate::kernel::ids::TenantId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to an agreement.
    AgreementEvent {
        Added(AgreementAdded),
        TypeChanged(AgreementTypeChanged),
        PeriodChanged(AgreementPeriodChanged),
        AdditionRecorded(AdditionRecorded),
        AdditionRemoved(AdditionRemoved),
        Removed(AgreementRemoved),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementAdded {
    pub tenant: TenantId,
    pub name: Name,
    pub agreement_type: Name,
    pub period: Period,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementTypeChanged {
    pub agreement_type: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgreementPeriodChanged {
    pub period: Period,
}

/// The product is on the agreement, on these days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdditionRecorded {
    pub product: Name,
    pub period: Period,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdditionRemoved {
    pub product: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgreementRemoved {}
