//! One run of one script, and its output.

use super::draft::ReadingNode;
use super::node::SessionNode;
use super::result::ResultNode;
use crate::error::{self, ErrorCode};
use crate::request::{Request, services};
use crate::schema::catalogue::parameter::{GivenParameter, known};
use crate::schema::catalogue::program::ProgramMatch;
use crate::schema::catalogue::script::ScriptNode;
use crate::schema::page::{TEXT_COST, assumed, times};
use crate::schema::types::{ByteCount, GlobalId, Long, global_id_of};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::Arc;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::script::Script;
use upkeep_domain::kernel::ids::{RunId, SessionId};
use upkeep_domain::maintenance::session::{self, Draft, Run, RunOutcome};
use upkeep_event_store::{Direction, StreamName};
use upkeep_projections::View;
use uuid::Uuid;

/// Pieces of output that are told if nobody says how many.
const PIECES: usize = 50;

/// What a script is run for.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::RunPurpose")]
pub enum RunPurpose {
    /// To see what is there.
    Detect,
    /// To see it once more, right before something is done.
    Recheck,
    /// To remove a version.
    Uninstall,
    /// To install a version.
    Install,
    /// To bring an older version to a newer one.
    Upgrade,
    /// To see whether it is there now.
    Verify,
    /// To fetch what an installation needs.
    Download,
    /// To mend a version that does not work.
    Repair,
    /// To finish an installation, an upgrade or a repair.
    PostInstall,
    /// To finish a removal.
    PostUninstall,
    /// To see whether what is there works.
    Test,
    /// To see whether what was brought about works.
    Retest,
    /// To bring a task about.
    Set,
    /// To see what a task's value is.
    Get,
    /// To see which version is the newest that the computer can get.
    Available,
    /// To try a script that is to change something.
    Act,
}

/// Where a script run stands.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum RunStatus {
    /// The agent was not heard to have started it.
    Requested,
    /// It runs.
    Started,
    /// It ended by itself; `exitCode` tells how.
    Exited,
    /// A signal ended it.
    Signalled,
    /// It took too long and was killed.
    TimedOut,
    /// The session was cancelled.
    Cancelled,
    /// The agent died after the start; the outcome is unknown.
    Interrupted,
    /// It never started.
    CouldNotStart,
    /// It never started, because its package could not be fetched.
    PackageUnavailable,
    /// It never started, because its package is not what the catalogue says.
    PackageCorrupt,
    /// The agent refused to start it.
    Refused,
    /// The server waited and heard nothing.
    Lost,
}

/// One run of one script.
pub struct RunNode {
    pub view: Arc<View>,
    pub session: SessionId,
    pub id: RunId,
    pub run: Arc<Run>,
    /// The script that its session tries, where it is no published one.
    pub draft: Option<Arc<Draft>>,
    /// What that came to, where it is known.
    pub reading: Option<ReadingNode>,
}

impl RunNode {
    pub const KIND: &'static str = "ScriptRun";

    /// The run with this global id, if it exists and the caller may see it. Its moment is passed over.
    pub async fn named(context: &Context<'_>, view: &Arc<View>, id: &ID) -> Result<Option<Self>> {
        let known = GlobalId::parse(id).filter(|id| id.kind.as_deref() == Some(Self::KIND));
        let Some(GlobalId { name, .. }) = known else {
            let message = format!("{:?} is no global id of a {}", id.as_str(), Self::KIND);
            return Err(ErrorCode::BadUserInput.error(message));
        };
        SessionNode::run_named(context, view, &name).await
    }
}

/// A piece of a script's output.
#[derive(Clone, Deserialize, SimpleObject)]
pub struct OutputChunk {
    /// Counts the pieces from 0.
    pub index: u64,
    /// The text; bytes that are no UTF-8 were replaced.
    text: String,
}

impl OutputChunk {
    /// As it is kept.
    pub fn read(data: &[u8]) -> Result<Self> {
        serde_json::from_slice(data).map_err(|error| error::internal(&error))
    }
}

/// One run of one script on the computer. It is started at most once.
#[Object(name = "ScriptRun")]
impl RunNode {
    /// The global id; of a past moment it is another one, which names that moment too.
    pub async fn id(&self) -> ID {
        let (session, run) = (self.session.0, self.id.0);
        global_id_of(&self.view, Self::KIND, &format_args!("{session}/{run}"))
    }

    /// What agents and streams call it: its output is in the stream `output-{uuid}`.
    async fn uuid(&self) -> Uuid {
        self.id.0
    }

    /// What it is for.
    async fn purpose(&self) -> RunPurpose {
        self.run.purpose.into()
    }

    /// The version that it installs or removes; nothing for a detection.
    async fn version(&self) -> Option<String> {
        self.run.job.version().map(ToString::to_string)
    }

    /// What a task's script, or one that is tried, was told, at most 50 parameters; nothing if you may not read scripts.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self, context: &Context<'_>) -> Vec<GivenParameter> {
        match self.run.job.parameters() {
            Some(parameters) if Request::of(context).may(Action::ReadScripts) => known(parameters),
            _ => vec![],
        }
    }

    /// The script, by the digest of what was run; of a look at installed programs the digest of what is looked for.
    async fn script_digest(&self) -> String {
        self.run.job.digest().to_string()
    }

    /// The script's text; null where nothing ran but a look at installed programs.
    async fn script(&self) -> Option<ScriptNode> {
        let digest = self.run.job.script()?;
        let script = match &self.draft {
            Some(draft) => &draft.script,
            None => self.view.script(&digest)?,
        };
        Some(ScriptNode(Script::clone(script)))
    }

    /// What was looked for among the installed programs; null where a script ran.
    async fn program(&self) -> Option<ProgramMatch> {
        let program = self.run.job.program()?;
        Some(ProgramMatch(program.clone()))
    }

    /// Where it stands.
    async fn status(&self) -> RunStatus {
        match self.run.report.as_ref().map(|report| &report.outcome) {
            None if self.run.started_at.is_none() => RunStatus::Requested,
            None => RunStatus::Started,
            Some(RunOutcome::Exited { .. }) => RunStatus::Exited,
            Some(RunOutcome::Signalled { .. }) => RunStatus::Signalled,
            Some(RunOutcome::TimedOut) => RunStatus::TimedOut,
            Some(RunOutcome::Cancelled) => RunStatus::Cancelled,
            Some(RunOutcome::Interrupted) => RunStatus::Interrupted,
            Some(RunOutcome::CouldNotStart { .. }) => RunStatus::CouldNotStart,
            Some(RunOutcome::PackageUnavailable { .. }) => RunStatus::PackageUnavailable,
            Some(RunOutcome::PackageCorrupt { .. }) => RunStatus::PackageCorrupt,
            Some(RunOutcome::Refused { .. }) => RunStatus::Refused,
            Some(RunOutcome::Lost) => RunStatus::Lost,
        }
    }

    /// The exit code, if it ended by itself: the one that the script said (3010), not what its process kept of it (194).
    async fn exit_code(&self) -> Option<i32> {
        self.run.report.as_ref()?.exit_code()
    }

    /// What it answered, apart from what it printed; null where what it printed is its answer, because its agent or its language knows no
    /// other way.
    async fn result(&self) -> Option<ResultNode> {
        let report = self.run.report.as_ref()?;
        report.result.clone().map(ResultNode)
    }

    /// How its answer is read, if it is a script that was tried: null before it ended, and for every other run, of which its action says what came of it.
    async fn reading(&self) -> Option<ReadingNode> {
        self.reading.clone()
    }

    /// The end of standard output, at most 4 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn stdout_tail(&self) -> Option<&str> {
        self.run
            .report
            .as_ref()
            .map(|report| report.stdout_tail.as_str())
    }

    /// The end of standard error, at most 4 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn stderr_tail(&self) -> Option<&str> {
        self.run
            .report
            .as_ref()
            .map(|report| report.stderr_tail.as_str())
    }

    /// What the agent says besides, such as what of the run stays on the computer because it could not be removed.
    async fn remark(&self) -> Option<&str> {
        self.run.report.as_ref()?.remark.as_deref()
    }

    /// How much it wrote before anything was cut.
    async fn output_bytes(&self) -> Option<ByteCount> {
        let report = self.run.report.as_ref()?;
        Some(ByteCount(report.output_bytes))
    }

    /// The SHA-256 of all that it wrote, before anything was cut.
    async fn output_sha256(&self) -> Option<String> {
        self.run
            .report
            .as_ref()
            .map(|report| report.output_sha256.to_string())
    }

    /// Whether the stored output is shorter than what it wrote.
    async fn is_truncated(&self) -> Option<bool> {
        self.run.report.as_ref().map(|report| report.truncated)
    }

    /// Its output as it arrived, at most 16 MiB per run in pieces of at most 32 KiB. Short output of a short run
    /// is only in the tails. While it runs, follow `scriptOutput`.
    #[graphql(complexity = "50 + times(first.unwrap_or(PIECES), TEXT_COST + child_complexity)")]
    async fn output(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first piece, counted from 0; 0 if not given.")] from_index: Option<
            u64,
        >,
        #[graphql(
            desc = "How many pieces, 1 to 100; 50 if not given.",
            validator(minimum = 1, maximum = 100)
        )]
        first: Option<usize>,
    ) -> Result<Vec<OutputChunk>> {
        let stream = StreamName::of("output", self.id);
        let services = services(context);
        let _turn = services.event_read().await?;
        let store = services.commands.store();
        let events = store
            .read_stream(
                &stream,
                from_index.unwrap_or(0),
                Direction::Forwards,
                first.unwrap_or(PIECES),
            )
            .await
            .map_err(|error| error::of_read(&error))?;
        events
            .iter()
            .filter(|event| event.position <= self.view.position())
            .map(|event| OutputChunk::read(&event.data))
            .collect()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.run.requested_at
    }

    /// When the server heard that it started.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.run.started_at
    }

    /// When the server heard that it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.run.ended_at
    }

    /// How long it ran, in milliseconds, by the agent's clock.
    async fn duration_ms(&self) -> Option<Long> {
        let report = self.run.report.as_ref()?;
        Some(Long(report.duration_ms))
    }
}
