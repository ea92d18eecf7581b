use super::{About, Requested, Session, SessionCommand};
use crate::access::{Action, Audience, Guarded, Need, Whereabouts};
use crate::fleet::passage::Passage;
use crate::kernel::ids::{SessionId, TenantId};

impl Session {
    fn owner(&self) -> Option<TenantId> {
        Some(self.request?.tenant)
    }
}

/// Whoever names a deployment takes it out of the order of the rules, and whoever tries a script needs no rule at all.
fn needs_of(request: &Requested) -> Vec<Need> {
    let tenant = request.tenant;
    let run = Action::RunSession { tenant }.into();
    match request.about {
        About::Everything | About::Item { .. } => vec![run],
        About::Deployment { over, .. } => vec![run, Action::NameDeployment { tenant, over }.into()],
        About::Draft => vec![run, Action::RunScript { tenant }.into()],
    }
}

impl Guarded for Session {
    const NOUN: &'static str = "session";
    const AUDIENCE: Audience = Audience::Tenant;

    fn sight(&self, _: SessionId, _: &dyn Whereabouts) -> Option<Action> {
        let tenant = self.owner()?;
        Some(Action::ReadComputer { tenant })
    }

    fn needs(&self, _: SessionId, command: &SessionCommand, _: &dyn Whereabouts) -> Vec<Need> {
        match command {
            SessionCommand::Create { request } => needs_of(request),
            SessionCommand::Try(trial) => needs_of(&trial.request()),
            SessionCommand::Cancel => match self.owner() {
                Some(tenant) => vec![Action::RunSession { tenant }.into()],
                None => vec![Need::Server],
            },
            SessionCommand::RecordRuns { agent, .. } => vec![Need::Agent(*agent)],
            SessionCommand::Start { .. }
            | SessionCommand::TakeOver { .. }
            | SessionCommand::Advance(_) => vec![Need::Server],
        }
    }

    fn tenant(
        &self,
        _: SessionId,
        command: &SessionCommand,
        _: &dyn Whereabouts,
    ) -> Option<TenantId> {
        match command.request() {
            Some(request) => Some(request.tenant),
            None => self.owner(),
        }
    }

    fn passage(&self, session: SessionId, command: &SessionCommand) -> Option<Passage> {
        let request = command.request().filter(|_| self.request.is_none())?;
        Some(Passage::PlaceInQueue {
            session,
            computer: request.computer(),
            tenant: request.tenant,
        })
    }
}
