//! What agents say, made into events. Nothing is acknowledged before it is on disk.

use crate::Shared;
use crate::enrol::inventory;
use std::borrow::Cow;
use std::time::Duration;
use upkeep_agent_protocol::{Facts, MAX_CHUNK_BYTES, MAX_RUN_OUTPUT_BYTES, Outcome, Report};
use upkeep_domain::computer::{Computer, ComputerCommand};
use upkeep_domain::ids::{AgentId, CommandId, RunId, SessionId};
use upkeep_domain::limits::RUN_TAIL_BYTES;
use upkeep_domain::metadata::{Actor, EventMetadata};
use upkeep_domain::script::Sha256Digest;
use upkeep_domain::session::{RunOutcome, RunReport, Session, SessionCommand};
use upkeep_event_store::evidence::chain;
use upkeep_event_store::{
    AppendError, CommandError, ContentType, Envelope, NewEvent, Retention, StreamName,
};
use uuid::Uuid;

/// The stream category and the event type of script output.
pub const OUTPUT_CATEGORY: &str = "output";
pub const OUTPUT_EVENT: &str = "ScriptOutputAppended";
/// Waits between attempts while the store takes nothing, a full disk for example.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Most pieces of output of one run: as many as the limit of its bytes, if each held only half.
const MAX_CHUNKS: u64 = 2 * MAX_RUN_OUTPUT_BYTES / MAX_CHUNK_BYTES as u64 + 4_096;

/// Why a frame cannot be taken in.
#[derive(Debug)]
pub enum IntakeError {
    /// The agent broke the protocol.
    Protocol(&'static str),
    /// The store failed for good, or the server stops.
    Store(String),
}

impl Shared {
    /// A run that this agent owes an answer for, and its session.
    fn session_of(&self, agent: AgentId, run: RunId) -> Option<SessionId> {
        self.projections.live().sessions.session_of_run(agent, run)
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
            ..Envelope::new(CommandId(Uuid::now_v7()), Actor::Agent(agent))
                .of_tenant(enrolment.map(|enrolment| enrolment.tenant))
        }
    }

    pub(crate) async fn take_run_started(
        &self,
        agent: AgentId,
        run: RunId,
    ) -> Result<(), IntakeError> {
        let command = SessionCommand::RecordRunStarted { agent, run };
        self.record(agent, run, command).await
    }

    pub(crate) async fn take_run_ended(
        &self,
        agent: AgentId,
        run: RunId,
        report: Report,
    ) -> Result<(), IntakeError> {
        let report = Box::new(run_report(report)?);
        let command = SessionCommand::RecordRunEnded { agent, run, report };
        self.record(agent, run, command).await
    }

    /// A run that is not open any more has its answer already: the repetition is acknowledged and dropped.
    async fn record(
        &self,
        agent: AgentId,
        run: RunId,
        command: SessionCommand,
    ) -> Result<(), IntakeError> {
        let Some(session) = self.session_of(agent, run) else {
            return Ok(());
        };
        loop {
            let envelope = self.envelope(agent, session.0);
            match self
                .handler
                .execute::<Session>(session, command.clone(), &envelope)
                .await
            {
                Ok(_) => return Ok(()),
                Err(CommandError::Rejected { code, message, .. }) => {
                    tracing::warn!(%agent, %run, code, message, "an agent's answer was refused");
                    return Ok(());
                }
                Err(error) => self.wait_for_the_store(&error).await?,
            }
        }
    }

    /// Output goes to a stream of its own; the index makes a repetition harmless.
    pub(crate) async fn take_output(
        &self,
        agent: AgentId,
        run: RunId,
        index: u64,
        text: &str,
    ) -> Result<(), IntakeError> {
        if text.len() > MAX_CHUNK_BYTES {
            return Err(IntakeError::Protocol("a piece of output is too large"));
        }
        if index >= MAX_CHUNKS {
            return Err(IntakeError::Protocol("a run has too many pieces of output"));
        }
        let Some(session) = self.session_of(agent, run) else {
            return Ok(());
        };
        let stream = StreamName::of(OUTPUT_CATEGORY, run);
        let event = self.output_event(agent, session, run, index, text)?;
        loop {
            let store = self.handler.store();
            match chain::append(&**store, &stream, index.checked_sub(1), event.clone()).await {
                Ok(_) if index == 0 => return self.keep_for_a_while(&stream).await,
                Ok(_) => return Ok(()),
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
            let store = self.handler.store();
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
        let envelope = self.envelope(agent, session.0);
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
            time: self.handler.clock().now(),
            schema_version: 1,
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

    /// Reports an inventory for the agent's computer, once it is known which one that is.
    pub(crate) async fn take_inventory(
        &self,
        agent: AgentId,
        facts: &Facts,
    ) -> Result<(), IntakeError> {
        let view = self.projections.live();
        let Some(computer) = view
            .agents
            .get(agent)
            .and_then(|entry| entry.state.computer)
        else {
            return Ok(());
        };
        let command = ComputerCommand::ReportInventory(inventory(facts));
        let envelope = self.envelope(agent, computer.0);
        match self
            .handler
            .execute::<Computer>(computer, command, &envelope)
            .await
        {
            Ok(_) => Ok(()),
            // The next connection reports it again.
            Err(error) => {
                tracing::warn!(%agent, %error, "an inventory was not stored");
                Ok(())
            }
        }
    }

    /// A full disk or a contended stream passes; what is not stored is not acknowledged, and the agent keeps it.
    async fn wait_for_the_store(&self, error: &CommandError) -> Result<(), IntakeError> {
        match error {
            CommandError::Append(
                AppendError::StorageFull { .. } | AppendError::Unreachable { .. },
            )
            | CommandError::Contended { .. }
            | CommandError::Read(_) => {
                tracing::warn!(%error, "what an agent says waits for the store");
                tokio::select! {
                    () = tokio::time::sleep(RETRY_AFTER) => Ok(()),
                    () = self.stop.cancelled() => Err(IntakeError::Store("the server stops".into())),
                }
            }
            error => Err(IntakeError::Store(error.to_string())),
        }
    }
}

fn run_report(report: Report) -> Result<RunReport, IntakeError> {
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
            Outcome::CouldNotStart { why } => RunOutcome::CouldNotStart { why: tail(&why) },
            Outcome::PackageUnavailable { why } => {
                RunOutcome::PackageUnavailable { why: tail(&why) }
            }
            Outcome::PackageCorrupt { expected, actual } => RunOutcome::PackageCorrupt {
                expected: digest(&expected)?,
                actual: digest(&actual)?,
            },
            Outcome::Refused { why } => RunOutcome::Refused { why: tail(&why) },
        },
        stdout_tail: tail(&report.stdout_tail),
        stderr_tail: tail(&report.stderr_tail),
        output_bytes: report.output_bytes,
        output_sha256: digest(&report.output_sha256)?,
        truncated: report.truncated,
        duration_ms: report.duration_ms,
        remark: report.remark.map(|remark| tail(&remark)),
    })
}

/// The end of a text, not more than the limit, cut between characters.
fn tail(text: &str) -> String {
    let mut start = text.len().saturating_sub(RUN_TAIL_BYTES);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..].to_owned()
}
