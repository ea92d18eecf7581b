//! What agents say, made into events. Nothing is acknowledged before it is on disk.

mod result;

use crate::Shared;
use crate::allowance::Doing;
use crate::enrol::{inventory, told};
use crate::text::one_line;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;
use upkeep_agent_protocol::{Facts, MAX_CHUNK_BYTES, MAX_RUN_OUTPUT_BYTES, Outcome, Report};
use upkeep_commands::{CommandError, Envelope};
use upkeep_domain::fleet::agent::{Agent, AgentCommand, Standing};
use upkeep_domain::fleet::computer::{Computer, ComputerCommand};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{AgentId, CommandId, RunId, SessionId};
use upkeep_domain::kernel::limits::RUN_TAIL_BYTES;
use upkeep_domain::kernel::metadata::{Actor, EventMetadata};
use upkeep_domain::maintenance::session::{
    RunOutcome, RunReport, RunUpdate, Session, SessionCommand,
};
use upkeep_event_store::evidence::chain;
use upkeep_event_store::{AppendError, ContentType, NewEvent, Position, Retention, StreamName};
use uuid::Uuid;

/// The stream category and the event type of script output.
pub const OUTPUT_CATEGORY: &str = "output";
pub const OUTPUT_EVENT: &str = "ScriptOutputAppended";
/// Waits between attempts while the store takes nothing, a full disk for example.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long what an agent says waits for a view that knows what it is about; then the agent is told to come again.
const VIEW_PATIENCE: Duration = Duration::from_secs(30);
/// Longest sentence on why a run did not start, in characters.
const MAX_REASON_CHARS: usize = 500;
/// Most pieces of output of one run: as many as the limit of its bytes, if each held only half.
const MAX_CHUNKS: u64 = 2 * MAX_RUN_OUTPUT_BYTES / MAX_CHUNK_BYTES as u64 + 4_096;

/// Why a frame cannot be taken in.
#[derive(Debug)]
pub enum IntakeError {
    /// The agent broke the protocol.
    Protocol(&'static str),
    /// The store failed for good.
    Store(String),
    /// The server stops.
    Stopping,
}

/// Whether an agent is on the hardware that its key is known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    Yes,
    No,
}

/// Whether something was taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Yes,
    Later,
}

impl Shared {
    /// The session of a run that this agent owes an answer for. What another server gave to the agent before it came here is
    /// written before `since`, where its connection here is: a view that does not hold that yet knows nothing of it.
    async fn session_of(
        &self,
        agent: AgentId,
        run: RunId,
        since: Position,
    ) -> Result<Option<SessionId>, IntakeError> {
        loop {
            let view = tokio::select! {
                // A view that is there is of use to the last.
                biased;
                view = self.projections.at_least(since, VIEW_PATIENCE) => view,
                () = self.stop.cancelled() => return Err(IntakeError::Stopping),
            };
            match view {
                Ok(view) => return Ok(view.sessions.session_of_run(agent, run)),
                // The view is as old as the store has been away.
                Err(_) if self.projections.outage().is_some() => {}
                Err(error) => return Err(IntakeError::Store(error.to_string())),
            }
        }
    }

    fn envelope(&self, agent: AgentId, correlation: Uuid) -> Envelope {
        let view = self.projections.live();
        let enrolment = view
            .agents
            .get(agent)
            .and_then(|entry| entry.state.enrolment.as_ref());
        Envelope {
            correlation_id: correlation,
            causation_id: Some(correlation),
            ..Envelope::new(CommandId(self.world().id()), Actor::Agent(agent))
                .of_tenant(enrolment.map(|enrolment| enrolment.tenant))
        }
    }

    /// What is said of a session is of the tenant whose session it is, wherever its computer went meanwhile.
    fn envelope_of(&self, agent: AgentId, session: SessionId) -> Envelope {
        let view = self.projections.live();
        let request = view
            .sessions
            .get(session)
            .and_then(|entry| entry.state.request);
        let envelope = self.envelope(agent, session.0);
        match request {
            Some(request) => envelope.of_tenant(Some(request.tenant)),
            None => envelope,
        }
    }

    /// What an agent says of its runs, in its order; what it says of one session is one append. A run that is not open any more has
    /// its answer already: the repetition is acknowledged and dropped.
    pub(crate) async fn take_updates(
        &self,
        agent: AgentId,
        since: Position,
        updates: Vec<RunUpdate>,
    ) -> Result<(), IntakeError> {
        let mut by_session: Vec<(SessionId, Vec<RunUpdate>)> = Vec::new();
        for update in updates {
            let Some(session) = self.session_of(agent, update.run(), since).await? else {
                continue;
            };
            match by_session.iter_mut().find(|(known, _)| *known == session) {
                Some((_, told)) => told.push(update),
                None => by_session.push((session, vec![update])),
            }
        }
        for (session, updates) in by_session {
            self.record(agent, session, updates).await?;
        }
        Ok(())
    }

    /// One append. Where it is refused because of one of them, each is tried by itself: nobody loses by his neighbour's fault.
    async fn record(
        &self,
        agent: AgentId,
        session: SessionId,
        updates: Vec<RunUpdate>,
    ) -> Result<(), IntakeError> {
        let mut left = VecDeque::from([updates]);
        while let Some(updates) = left.front() {
            let command = SessionCommand::RecordRuns {
                agent,
                updates: updates.clone(),
            };
            let envelope = self.envelope_of(agent, session);
            match self
                .commands
                .send::<Session>(session, command, &envelope)
                .await
            {
                Ok(_) => {
                    left.pop_front();
                }
                Err(CommandError::Rejected { .. }) if updates.len() > 1 => {
                    left = updates.iter().map(|update| vec![update.clone()]).collect();
                }
                Err(CommandError::Rejected { code, message, .. }) => {
                    tracing::warn!(%agent, %session, %code, message, "an agent's answer was refused");
                    left.pop_front();
                }
                Err(error) => self.wait_for_the_store(&error).await?,
            }
        }
        Ok(())
    }

    /// Output goes to a stream of its own; the index makes a repetition harmless. Answers with how many bytes were taken in.
    pub(crate) async fn take_output(
        &self,
        agent: AgentId,
        run: RunId,
        since: Position,
        (index, text): (u64, &str),
    ) -> Result<u64, IntakeError> {
        if text.len() > MAX_CHUNK_BYTES {
            return Err(IntakeError::Protocol("a piece of output is too large"));
        }
        if index >= MAX_CHUNKS {
            return Err(IntakeError::Protocol("a run has too many pieces of output"));
        }
        let Some(session) = self.session_of(agent, run, since).await? else {
            return Ok(0);
        };
        let stream = StreamName::of(OUTPUT_CATEGORY, run);
        let event = self.output_event(agent, session, run, index, text)?;
        loop {
            let store = self.commands.store();
            match chain::append(&**store, &stream, index.checked_sub(1), event.clone()).await {
                Ok(_) => {
                    if index == 0 {
                        self.keep_for_a_while(&stream).await?;
                    }
                    return Ok(text.len() as u64);
                }
                Err(AppendError::Conflict { actual, .. }) if actual.is_some_and(|a| a >= index) => {
                    return Err(IntakeError::Protocol(
                        "a piece of output came twice with different content",
                    ));
                }
                Err(AppendError::Conflict { .. }) => {
                    return Err(IntakeError::Protocol("a piece of output is missing"));
                }
                Err(error) => self.wait_for_the_store(&error.into()).await?,
            }
        }
    }

    /// Output is bulky and its end is in the session: it is hidden and then removed after a while.
    async fn keep_for_a_while(&self, stream: &StreamName) -> Result<(), IntakeError> {
        let retention = Retention {
            max_age: Some(self.output_retention.as_secs()),
            ..Retention::default()
        };
        loop {
            let store = self.commands.store();
            match store.set_retention(stream, retention).await {
                Ok(()) => return Ok(()),
                Err(error) => self.wait_for_the_store(&error.into()).await?,
            }
        }
    }

    fn output_event(
        &self,
        agent: AgentId,
        session: SessionId,
        run: RunId,
        index: u64,
        text: &str,
    ) -> Result<NewEvent, IntakeError> {
        let envelope = self.envelope_of(agent, session);
        // The id follows from the content, so that the same piece offered again is recognised.
        let id = Uuid::new_v5(
            &run.0,
            format!("{index}/{}", Sha256Digest::of(text.as_bytes())).as_bytes(),
        );
        let metadata = EventMetadata {
            correlation_id: session.0,
            causation_id: run.0,
            command_id: CommandId(id),
            command_digest: None,
            actor: Actor::Agent(agent),
            tenant_id: envelope.tenant,
            time: self.commands.clock().now(),
            version: 1,
            reason: None,
        };
        let unwritable = |error: serde_json::Error| IntakeError::Store(error.to_string());
        Ok(NewEvent {
            id,
            event_type: Cow::Borrowed(OUTPUT_EVENT),
            content_type: ContentType::Json,
            data: serde_json::to_vec(&serde_json::json!({ "index": index, "text": text }))
                .map_err(unwritable)?,
            metadata: serde_json::to_vec(&metadata).map_err(unwritable)?,
        })
    }

    /// Whether the agent is where its key is known to be. If it is not, the key is in two places or the hardware is new: it
    /// is held until a person decides.
    pub(crate) async fn vouch(
        &self,
        agent: AgentId,
        facts: &Facts,
    ) -> Result<Vouched, IntakeError> {
        let shown = told(facts);
        let view = self.projections.live();
        let known = view.agents.get(agent);
        if known.is_some_and(|entry| entry.state.is_at_home_on(&shown)) {
            return Ok(Vouched::Yes);
        }
        let envelope = self.envelope(agent, agent.0);
        let command = AgentCommand::ShowHardware(shown);
        loop {
            match self
                .commands
                .send::<Agent>(agent, command.clone(), &envelope)
                .await
            {
                Ok(outcome) if outcome.state.standing == Standing::Trusted => {
                    return Ok(Vouched::Yes);
                }
                Ok(_) => {
                    tracing::warn!(%agent, hardware = %shown.uuid,
                        "an agent is held: it is on other hardware than its key is known for");
                    return Ok(Vouched::No);
                }
                Err(CommandError::Rejected { .. }) => return Ok(Vouched::No),
                Err(error) => self.wait_for_the_store(&error).await?,
            }
        }
    }

    /// Reports an inventory for the agent's computer, once it is known which one that is. Not every change is written down
    /// where there is one after the other: what is not, is to be offered again.
    pub(crate) async fn take_inventory(&self, agent: AgentId, facts: &Facts) -> Taken {
        let view = self.projections.live();
        let known = view
            .agents
            .get(agent)
            .and_then(|entry| entry.state.computer);
        let Some(computer) = known else {
            return Taken::Yes;
        };
        let inventory = inventory(facts);
        let before = view.computers.get(computer);
        if before.is_some_and(|entry| entry.state.inventory.as_ref() == Some(&inventory)) {
            return Taken::Yes;
        }
        if self.projections.outage().is_some()
            || !self
                .allowances
                .take(agent, Doing::TellingOfItsComputer, self.world().uptime())
        {
            return Taken::Later;
        }
        let command = ComputerCommand::ReportInventory(inventory);
        // It is told of the tenant that the computer is of; if that is another one by now, the agent offers it again.
        let judged = view.tenant_of(computer);
        let envelope = self.envelope(agent, computer.0).of_tenant(judged);
        if let Err(error) = self
            .commands
            .send_as_judged::<Computer>(computer, command, &judged, &envelope)
            .await
        {
            tracing::warn!(%agent, %error, "an inventory was not stored");
            return Taken::Later;
        }
        Taken::Yes
    }

    /// A full disk or a contended stream passes; what is not stored is not acknowledged, and the agent keeps it.
    async fn wait_for_the_store(&self, error: &CommandError) -> Result<(), IntakeError> {
        match error {
            CommandError::Append(
                AppendError::StorageFull { .. } | AppendError::Unreachable { .. },
            )
            | CommandError::Contended { .. }
            | CommandError::Read(_) => {
                // That it is away is said by the store's connection, and not once for each agent.
                if self.projections.outage().is_none() {
                    tracing::warn!(%error, "what an agent says waits for the store");
                }
                tokio::select! {
                    // Who is told to stop does not try again.
                    biased;
                    () = self.stop.cancelled() => Err(IntakeError::Stopping),
                    () = self.world().sleep(RETRY_AFTER) => Ok(()),
                }
            }
            error => Err(IntakeError::Store(error.to_string())),
        }
    }
}

/// What is kept of an agent's report.
pub(crate) fn run_report(report: Report) -> Result<RunReport, IntakeError> {
    let digest = |text: &str| {
        Sha256Digest::parse(text).ok_or(IntakeError::Protocol(
            "a digest is not 64 hexadecimal digits",
        ))
    };
    Ok(RunReport {
        outcome: match report.outcome {
            Outcome::Exited { code } => RunOutcome::Exited { code },
            Outcome::Signalled { signal } => RunOutcome::Signalled { signal },
            Outcome::TimedOut => RunOutcome::TimedOut,
            Outcome::Cancelled => RunOutcome::Cancelled,
            Outcome::Interrupted => RunOutcome::Interrupted,
            Outcome::CouldNotStart { why } => RunOutcome::CouldNotStart { why: reason(&why) },
            Outcome::PackageUnavailable { why } => {
                RunOutcome::PackageUnavailable { why: reason(&why) }
            }
            Outcome::PackageCorrupt { expected, actual } => RunOutcome::PackageCorrupt {
                expected: digest(&expected)?,
                actual: digest(&actual)?,
            },
            Outcome::Refused { why } => RunOutcome::Refused { why: reason(&why) },
        },
        stdout_tail: tail(&report.stdout_tail),
        stderr_tail: tail(&report.stderr_tail),
        output_bytes: report.output_bytes,
        output_sha256: digest(&report.output_sha256)?,
        truncated: report.truncated,
        duration_ms: report.duration_ms,
        remark: report.remark.map(|remark| reason(&remark)),
        result: report.result.map(result::kept),
    })
}

/// A sentence, not a text.
fn reason(why: &str) -> String {
    one_line(why, MAX_REASON_CHARS)
}

/// The end of a text, not more than the limit, cut between characters.
fn tail(text: &str) -> String {
    let start = text.len().saturating_sub(RUN_TAIL_BYTES);
    text[text.ceil_char_boundary(start)..].to_owned()
}

#[cfg(test)]
mod tests;
