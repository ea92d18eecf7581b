//! What is managed: tenants, their computers and people, the agents that lead to computers, and what groups them.

pub mod agent;
pub mod agreement;
mod attention;
pub mod computer;
pub mod enrolment;
pub mod group;
pub mod person;
mod summary;
pub mod tag;
pub mod tenant;

use agent::{AgentMutation, AgentQuery};
use agreement::{AgreementMutation, AgreementQuery};
use async_graphql::MergedObject;
use attention::AttentionQuery;
use computer::{ComputerMutation, ComputerQuery, ComputerReportMutation};
use enrolment::{EnrolmentMutation, EnrolmentQuery};
use group::{GroupMutation, GroupQuery};
use person::{PersonMutation, PersonQuery};
use summary::SummaryQuery;
use tag::{TagMutation, TagQuery};
use tenant::{TenantMutation, TenantQuery};

/// What can be asked about the fleet.
#[derive(Default, MergedObject)]
pub struct FleetQuery(
    TenantQuery,
    ComputerQuery,
    AgentQuery,
    PersonQuery,
    GroupQuery,
    AgreementQuery,
    TagQuery,
    EnrolmentQuery,
    AttentionQuery,
    SummaryQuery,
);

/// What can be changed about the fleet.
#[derive(Default, MergedObject)]
pub struct FleetMutation(
    TenantMutation,
    ComputerMutation,
    ComputerReportMutation,
    AgentMutation,
    PersonMutation,
    GroupMutation,
    AgreementMutation,
    TagMutation,
    EnrolmentMutation,
);
