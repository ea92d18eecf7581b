use super::{PrerequisiteCommand, Prerequisites, ThePrerequisites};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::kernel::ids::TenantId;

impl Guarded for Prerequisites {
    const NOUN: &'static str = "prerequisite";
    const AUDIENCE: Audience = Audience::Installation;

    fn sight(&self, _: ThePrerequisites, _: &dyn Whereabouts) -> Option<Action> {
        Some(Action::ReadCatalogue)
    }

    /// They say how software is brought onto computers, as its scripts do.
    fn needs(
        &self,
        _: ThePrerequisites,
        command: &PrerequisiteCommand,
        _: &dyn Whereabouts,
    ) -> Vec<Need> {
        match command {
            PrerequisiteCommand::Add { .. }
            | PrerequisiteCommand::Change { .. }
            | PrerequisiteCommand::Remove { .. } => vec![Action::ManageCatalogue.into()],
        }
    }

    fn tenant(
        &self,
        _: ThePrerequisites,
        _: &PrerequisiteCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        None
    }
}
