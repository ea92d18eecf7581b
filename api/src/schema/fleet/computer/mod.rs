//! A managed computer, whatever agents lead to it.

mod change;
mod filter;
mod node;
mod query;
mod report;
mod sight;

pub use change::{
    ComputerMutation, MoveComputerInput, RemoveComputerInput, RestoreComputerInput,
    SetComputerDeploymentApprovalInput, SetComputerMaintenanceExclusionInput,
    SetComputerPrimaryPersonInput,
};
pub use filter::{ComputerFilter, Matching};
pub use node::{ComputerClass, ComputerNode, OsFamily};
pub use query::{ComputerQuery, asked_computer};
pub use report::{ComputerReportMutation, RecordMetascriptAnswerInput, ReportInventoryDetailInput};
pub use sight::{Seen, Sight};
