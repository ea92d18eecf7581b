use super::{Computer, ComputerCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::fleet::passage::Passage;
use crate::kernel::ids::{ComputerId, TenantId};

impl Computer {
    fn owner(&self) -> Option<TenantId> {
        Some(self.registration.as_ref()?.tenant)
    }
}

impl Guarded for Computer {
    const NOUN: &'static str = "computer";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: ComputerId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ReadComputer { tenant })
    }

    fn needs(&self, id: ComputerId, command: &ComputerCommand, _: &dyn Whereabouts) -> Vec<Need> {
        let manage = |tenant: Option<TenantId>| match tenant {
            Some(tenant) => Action::ManageComputer { tenant }.into(),
            None => Need::Server,
        };
        let own = manage(self.owner());
        match command {
            ComputerCommand::Register { .. } | ComputerCommand::AdmitSession { .. } => {
                vec![Need::Server]
            }
            ComputerCommand::ReportInventory(_) => vec![Need::AgentOf(id)],
            // It is taken from one tenant and given to another.
            ComputerCommand::Move { tenant } => vec![own, manage(Some(*tenant))],
            ComputerCommand::CompleteOnboarding
            | ComputerCommand::ReportDetail(_)
            | ComputerCommand::ChangeTags(_)
            | ComputerCommand::SetPrimaryPerson { .. }
            | ComputerCommand::ExcludeFromMaintenance
            | ComputerCommand::IncludeInMaintenance
            | ComputerCommand::RecordMetascriptAnswer { .. }
            | ComputerCommand::ApproveOptional { .. }
            | ComputerCommand::WithdrawApproval { .. }
            | ComputerCommand::Remove
            | ComputerCommand::Restore => vec![own],
        }
    }

    fn tenant(
        &self,
        _: ComputerId,
        command: &ComputerCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command {
            ComputerCommand::Move { tenant } | ComputerCommand::Register { tenant, .. } => {
                Some(*tenant)
            }
            _ => self.owner(),
        }
    }

    fn passage(&self, computer: ComputerId, command: &ComputerCommand) -> Option<Passage> {
        match *command {
            ComputerCommand::Move { tenant } if self.owner() != Some(tenant) => {
                Some(Passage::HardwareThere { computer, tenant })
            }
            ComputerCommand::Restore if self.is_removed => {
                Some(Passage::HardwareAgain { computer })
            }
            _ => None,
        }
    }
}
