use super::{Software, SoftwareCommand};
use crate::access::{Action, Guarded, Need, Whereabouts};
use crate::kernel::ids::{SoftwareId, TenantId};

impl Guarded for Software {
    const NOUN: &'static str = "software";

    fn sight(&self, _: SoftwareId, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    fn needs(&self, _: SoftwareId, _: &SoftwareCommand, _: &dyn Whereabouts) -> Vec<Need> {
        vec![Action::ManageCatalogue.into()]
    }

    fn tenant(&self, _: SoftwareId, _: &SoftwareCommand, _: &dyn Whereabouts) -> Option<TenantId> {
        None
    }
}
