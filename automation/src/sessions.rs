//! The session process manager: starts what waits, advances what runs, onboards what passed.

use crate::{Automation, COMMANDS_AT_ONCE, envelope, settle};
use futures_util::{StreamExt, stream};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use upkeep_commands::CommandError;
use upkeep_domain::fleet::computer::{
    Computer, ComputerCommand, ComputerRejection, OnboardingStatus,
};
use upkeep_domain::kernel::clock_jumps::ClockJumps;
use upkeep_domain::kernel::decider::Rejection as _;
use upkeep_domain::kernel::ids::{AgentId, ComputerId, SessionId, TenantId};
use upkeep_domain::maintenance::session::{
    Requested, Session, SessionCommand, Stage, Status, Surroundings, queue,
};
use upkeep_event_store::Position;
use upkeep_projections::{Entry, View};

/// Where each session stood when it was last advanced.
pub type Seen = HashMap<SessionId, (u64, Option<AgentId>)>;

impl Automation {
    pub(crate) async fn start_sessions(&self, view: &View) -> Position {
        let unfinished: Vec<(SessionId, Requested, Status)> = view
            .sessions
            .unfinished()
            .filter_map(|(id, entry)| Some((id, entry.state.request?, entry.state.status)))
            .collect();
        let running: HashSet<ComputerId> = unfinished
            .iter()
            .filter(|(_, _, status)| matches!(status, Status::Running(_)))
            .map(|(_, request, _)| request.computer)
            .collect();
        let waiting = unfinished
            .iter()
            .filter(|(_, _, status)| *status == Status::Waiting)
            .map(|(session, request, _)| queue::Waiting {
                session: *session,
                computer: request.computer,
                kind: request.kind,
                since: request.at,
                onboarding: onboarding(view, request.computer),
                agent: self.nearness(view, request.computer),
                place: place(view, *session, request.computer),
            });
        let next = queue::next(
            &running,
            waiting,
            self.max_running_sessions,
            self.commands.clock().now(),
        );
        let requests: HashMap<SessionId, Requested> = unfinished
            .iter()
            .map(|(session, request, _)| (*session, *request))
            .collect();
        let due = next.into_iter().filter_map(|session| {
            let request = *requests.get(&session)?;
            let before = view.computers.get(request.computer)?.state.session;
            Some((session, request, before.filter(|id| is_over(view, *id))))
        });
        stream::iter(due)
            .map(|(session, request, over)| self.start(session, request, over))
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(Position::START, |last, position| async move {
                last.max(position)
            })
            .await
    }

    /// What waits or runs on a computer that was removed, or that went to another tenant, is over.
    pub(crate) async fn cancel_on_departed(&self, view: &View) -> Position {
        let unfinished = view.sessions.unfinished();
        let on_departed: Vec<_> = unfinished
            .filter_map(|(id, entry)| Some((id, entry.state.request?)))
            .filter(|(_, request)| view.has_left(request))
            .map(|(id, request)| (id, Some(request.tenant), SessionCommand::Cancel))
            .collect();
        self.send(on_departed.into_iter()).await
    }

    fn nearness(&self, view: &View, computer: ComputerId) -> queue::Nearness {
        let working = view.working_agent(computer);
        match working.and_then(|agent| view.agents.get(agent)) {
            None => queue::Nearness::Offline,
            Some(agent)
                if agent
                    .state
                    .server
                    .is_none_or(|at| at == self.lease.server()) =>
            {
                queue::Nearness::Here
            }
            Some(_) => queue::Nearness::Elsewhere,
        }
    }

    /// The computer lets it in first: of two servers with two sessions only one goes on.
    async fn start(
        &self,
        session: SessionId,
        request: Requested,
        over: Option<SessionId>,
    ) -> Position {
        let envelope = || envelope(session.0, Some(request.tenant));
        let admit = ComputerCommand::AdmitSession {
            session,
            tenant: request.tenant,
            over,
        };
        let admitted = self
            .commands
            .send::<Computer>(request.computer, admit, &envelope())
            .await;
        let running = ComputerRejection::SessionRunning.code();
        let elsewhere = ComputerRejection::Elsewhere.code();
        match admitted {
            Ok(_) => {}
            // Another server was faster with another session: this one waits.
            Err(CommandError::Rejected { code, .. }) if code == running => return Position::START,
            // The computer went to another tenant: the next sweep cancels this one.
            Err(CommandError::Rejected { code, .. }) if code == elsewhere => {
                return Position::START;
            }
            Err(error) => return settle(Err(error), "a start of a session", session.0),
        }
        let start = SessionCommand::Start {
            server: self.lease.server(),
        };
        let started = self
            .commands
            .send::<Session>(session, start, &envelope())
            .await
            .map(|outcome| outcome.position);
        settle(started, "a start of a session", session.0)
    }

    pub(crate) async fn advance_sessions(
        &mut self,
        view: &View,
        jumps: &ClockJumps,
        thorough: bool,
    ) -> Position {
        let me = self.lease.server();
        let pending: Vec<(SessionId, Arc<Entry<Session>>, Option<AgentId>)> = view
            .sessions
            .unfinished()
            .filter(|(_, entry)| entry.state.claim.is_none_or(|claim| claim == me))
            .filter_map(|(id, entry)| {
                let request = entry.state.request?;
                // What the rules of another tenant say is not for this session, which is being cancelled.
                let is_to_be_resolved = entry.state.status == Status::Running(Stage::Resolution);
                let is_lost = is_to_be_resolved && view.has_left(&request);
                let agent = view.working_agent(request.computer);
                (!is_lost).then(|| (id, entry.clone(), agent))
            })
            .collect();
        let seen: Seen = pending
            .iter()
            .map(|(id, entry, agent)| (*id, (entry.revision, *agent)))
            .collect();
        let before = std::mem::replace(&mut self.advanced, seen);
        let listening_since = self.listening_since;
        let now = self.commands.clock().now();
        let commands = pending
            .into_iter()
            .filter(|(id, entry, agent)| {
                thorough || before.get(id) != Some(&(entry.revision, *agent))
            })
            .map(|(session, entry, agent)| {
                let winners = match (entry.state.status, entry.state.request) {
                    (Status::Running(Stage::Resolution), Some(request)) => {
                        Some(view.winners(request.computer, request.kind, now))
                    }
                    _ => None,
                };
                let items = winners.iter().flatten().map(|winner| winner.item);
                let planned = entry.state.actions.iter().map(|action| action.plan.item);
                let surroundings = Surroundings {
                    session,
                    agent,
                    software: view.software_of(items.chain(planned)),
                    winners,
                    server: me,
                    listening_since,
                    jumps: jumps.clone(),
                };
                let tenant = entry.state.request.map(|request| request.tenant);
                (
                    session,
                    tenant,
                    SessionCommand::Advance(Arc::new(surroundings)),
                )
            });
        self.send(commands).await
    }

    /// A computer's first full session that achieved something ends its onboarding.
    pub(crate) async fn onboard(&self, view: &View) -> Position {
        let due = view.onboarding_due().into_iter();
        let due = due.filter(|(computer, _)| !view.is_removed(*computer));
        let commands = &self.commands;
        stream::iter(due)
            .map(|(computer, tenant)| async move {
                let envelope = envelope(computer.0, Some(tenant));
                let command = ComputerCommand::CompleteOnboarding;
                // If it is another tenant's by now, the next view says so.
                let result = commands
                    .send_as_judged::<Computer>(computer, command, &Some(tenant), &envelope)
                    .await;
                let position = result.map(|outcome| outcome.position);
                settle(position, "the onboarding of a computer", computer.0)
            })
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(Position::START, |last, position| async move {
                last.max(position)
            })
            .await
    }

    async fn send(
        &self,
        commands: impl Iterator<Item = (SessionId, Option<TenantId>, SessionCommand)>,
    ) -> Position {
        stream::iter(commands)
            .map(|(session, tenant, command)| async move {
                let envelope = envelope(session.0, tenant);
                let result = self
                    .commands
                    .send::<Session>(session, command, &envelope)
                    .await;
                let position = result.map(|outcome| outcome.position);
                settle(position, "a step of a session", session.0)
            })
            .buffer_unordered(COMMANDS_AT_ONCE)
            .fold(Position::START, |last, position| async move {
                last.max(position)
            })
            .await
    }
}

/// One that left the view is over, too.
fn is_over(view: &View, session: SessionId) -> bool {
    view.sessions
        .get(session)
        .is_none_or(|entry| entry.state.status.is_over())
}

fn onboarding(view: &View, computer: ComputerId) -> OnboardingStatus {
    view.computers
        .get(computer)
        .map(|entry| entry.state.onboarding)
        .unwrap_or_default()
}

/// Whether the computer has let this session in.
fn place(view: &View, session: SessionId, computer: ComputerId) -> queue::Place {
    let admitted = view
        .computers
        .get(computer)
        .and_then(|entry| entry.state.session);
    if admitted == Some(session) {
        queue::Place::Admitted
    } else {
        queue::Place::InLine
    }
}
