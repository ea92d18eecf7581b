//! What integrations and metascripts say of a computer, besides its agent.

use super::change::{ComputerFactsPayload, visible_computer};
use super::node::ComputerNode;
use crate::schema::change::{Plan, Planned, name, optional_name};
use crate::schema::types::ByteCount;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use upkeep_domain::access::Action;
use upkeep_domain::fleet::computer::{self, ComputerCommand, DetailReport, InventoryDetail};

/// A computer's part in a Windows domain, as Win32_ComputerSystem.DomainRole has it.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::DomainRole")]
pub enum DomainRole {
    /// 0.
    StandaloneWorkstation,
    /// 1.
    MemberWorkstation,
    /// 2.
    StandaloneServer,
    /// 3.
    MemberServer,
    /// 4.
    BackupDomainController,
    /// 5.
    PrimaryDomainController,
}

impl std::fmt::Debug for DomainRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        computer::DomainRole::from(*self).fmt(f)
    }
}

/// A part of what integrations know of a computer.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "computer::DetailPart")]
pub enum InventoryPart {
    /// Who made it.
    Manufacturer,
    /// Its model.
    Model,
    /// Its serial number.
    SerialNumber,
    /// The domain or directory that it is joined to.
    DomainName,
    /// Its part in a Windows domain.
    DomainRole,
    /// The operating system's build.
    OsBuild,
    /// Its memory.
    MemoryBytes,
}

impl std::fmt::Debug for InventoryPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        computer::DetailPart::from(*self).fmt(f)
    }
}

inputs! {
    /// What a metascript said of a computer.
    RecordMetascriptAnswerInput {
        /// The computer.
        computer_id: ID,
        /// The metascript's name.
        metascript: String,
        /// What it said.
        answer: bool,
        /// When it was observed, at most five minutes in the future; now if not given. An older answer than the known one
        /// changes nothing.
        observed_at: Option<DateTime<Utc>>,
    }
    /// What an integration knows of a computer besides its agent. What is not given, or null, stays as it is known: another
    /// integration may know it.
    ReportInventoryDetailInput {
        /// The computer.
        computer_id: ID,
        /// Who made it.
        manufacturer: Option<String>,
        /// Its model.
        model: Option<String>,
        /// Its serial number.
        serial_number: Option<String>,
        /// The domain or directory that it is joined to.
        domain_name: Option<String>,
        /// Its part in a Windows domain.
        domain_role: Option<DomainRole>,
        /// The operating system's build.
        os_build: Option<String>,
        /// Its memory, in bytes.
        memory_bytes: Option<ByteCount>,
        /// What is not known any more.
        #[graphql(default, validator(max_items = 7))]
        unknown: Vec<InventoryPart>,
    }
}

changes! {
    RecordMetascriptAnswerInput = "recordMetascriptAnswer", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let command = ComputerCommand::RecordMetascriptAnswer {
            metascript: check!(name("metascript", &this.metascript)),
            answer: this.answer,
            observed_at: this.observed_at,
        };
        Plan::of(tenant, Planned::Computer(computer, command))
    }
    ReportInventoryDetailInput = "reportInventoryDetail", |this, request, view, _command| {
        let (computer, tenant) = check!(visible_computer(request, view, &this.computer_id, "computerId")?);
        request.require(Action::ManageComputer { tenant })?;
        let said = InventoryDetail {
            manufacturer: check!(optional_name("manufacturer", this.manufacturer.as_ref())),
            model: check!(optional_name("model", this.model.as_ref())),
            serial_number: check!(optional_name("serialNumber", this.serial_number.as_ref())),
            domain_name: check!(optional_name("domainName", this.domain_name.as_ref())),
            domain_role: this.domain_role.map(Into::into),
            os_build: check!(optional_name("osBuild", this.os_build.as_ref())),
            memory_bytes: this.memory_bytes.map(|bytes| bytes.0),
        };
        let unknown = this.unknown.iter().copied().map(Into::into).collect();
        let report = Box::new(DetailReport { said, unknown });
        Plan::of(tenant, Planned::Computer(computer, ComputerCommand::ReportDetail(report)))
    }
}

/// What can be said of computers.
#[derive(Default)]
pub struct ComputerReportMutation;

#[Object]
impl ComputerReportMutation {
    /// Records what a metascript said of a computer, so that deployments can be for those of which it said yes.
    async fn record_metascript_answer(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The answer.")] input: RecordMetascriptAnswerInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }

    /// Reports what an integration knows of a computer besides its agent.
    async fn report_inventory_detail(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is known.")] input: ReportInventoryDetailInput,
    ) -> Result<ComputerFactsPayload> {
        changed!(ComputerFactsPayload, context, input, Computer => ComputerNode, "computer")
    }
}
