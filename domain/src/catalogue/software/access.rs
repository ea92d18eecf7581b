use super::{Software, SoftwareCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::{SoftwareId, TenantId};

impl Guarded for Software {
    const NOUN: &'static str = "software";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: SoftwareId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: SoftwareId, command: &SoftwareCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            SoftwareCommand::Create { .. }
            | SoftwareCommand::Rename { .. }
            | SoftwareCommand::NamePublisher { .. }
            | SoftwareCommand::WriteNotes { .. }
            | SoftwareCommand::ChangeDetection { .. }
            | SoftwareCommand::SetScript { .. }
            | SoftwareCommand::RemoveScript { .. }
            | SoftwareCommand::ChooseUpgradeStrategy { .. }
            | SoftwareCommand::ChooseRepairStrategy { .. }
            | SoftwareCommand::ChooseExitCodes { .. }
            | SoftwareCommand::PublishVersion(_)
            | SoftwareCommand::WithdrawVersion { .. }
            | SoftwareCommand::Copy(_) => vec![Action::ManageCatalogue.into()],
            SoftwareCommand::TakeOver(_) | SoftwareCommand::WithdrawTitle { .. } => {
                vec![Action::SyncCatalogue.into()]
            }
        }
    }

    fn tenant(&self, _: SoftwareId, _: &SoftwareCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}
