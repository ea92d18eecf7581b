//! What integrations and metascripts say of a computer, besides its agent.

use super::change::{RecordMetascriptAnswerPayload, ReportInventoryDetailPayload};
use crate::schema::change::{change, name, optional_name, seen};
use crate::schema::or_default::OrDefault;
use crate::schema::types::ByteCount;
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::fleet::computer::{
    self, Computer, ComputerCommand, DetailReport, InventoryDetail,
};

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
        id: ID,
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
        id: ID,
        /// Who made it; stays as it is known if not given.
        manufacturer: Option<String>,
        /// Its model; stays as it is known if not given.
        model: Option<String>,
        /// Its serial number; stays as it is known if not given.
        serial_number: Option<String>,
        /// The domain or directory that it is joined to; stays as it is known if not given.
        domain_name: Option<String>,
        /// Its part in a Windows domain; stays as it is known if not given.
        domain_role: Option<DomainRole>,
        /// The operating system's build; stays as it is known if not given.
        os_build: Option<String>,
        /// Its memory, in bytes; stays as it is known if not given.
        memory_bytes: Option<ByteCount>,
        /// What is not known any more; nothing if not given.
        #[graphql(validator(max_items = 7))]
        unknown: OrDefault<Vec<InventoryPart>>,
    }
}

impl Change for RecordMetascriptAnswerInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let metascript = name("metascript", &self.metascript)?;
        let computer = seen::<Computer>(ask, &self.id, "id")?;
        computer.plan(ComputerCommand::RecordMetascriptAnswer {
            metascript,
            answer: self.answer,
            observed_at: self.observed_at,
        })
    }
}

impl Change for ReportInventoryDetailInput {
    type Of = Computer;

    fn plan(&self, ask: &Ask) -> Result<Plan<Computer>, Stop> {
        let said = InventoryDetail {
            manufacturer: optional_name("manufacturer", self.manufacturer.as_ref())?,
            model: optional_name("model", self.model.as_ref())?,
            serial_number: optional_name("serialNumber", self.serial_number.as_ref())?,
            domain_name: optional_name("domainName", self.domain_name.as_ref())?,
            domain_role: self.domain_role.map(Into::into),
            os_build: optional_name("osBuild", self.os_build.as_ref())?,
            memory_bytes: self.memory_bytes.map(|bytes| bytes.0),
        };
        let unknown = self.unknown.iter().copied().map(Into::into).collect();
        let report = Box::new(DetailReport { said, unknown });
        let computer = seen::<Computer>(ask, &self.id, "id")?;
        computer.plan(ComputerCommand::ReportDetail(report))
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
    ) -> Result<Option<RecordMetascriptAnswerPayload>> {
        change(context, "recordMetascriptAnswer", input).await
    }

    /// Reports what an integration knows of a computer besides its agent.
    async fn report_inventory_detail(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is known.")] input: ReportInventoryDetailInput,
    ) -> Result<Option<ReportInventoryDetailPayload>> {
        change(context, "reportInventoryDetail", input).await
    }
}
