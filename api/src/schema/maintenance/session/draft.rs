//! Trying a script on one computer before it is a part of the catalogue.

use super::action::ActionResultReason;
use super::node::SessionNode;
use super::run::RunNode;
use crate::request::Request;
use crate::schema::catalogue::parameter::{GivenParameter, GivenParameterInput, given, known};
use crate::schema::catalogue::script::{ScriptInput, ScriptNode};
use crate::schema::change::{change, seen};
use crate::schema::or_default::OrDefault;
use crate::schema::page::{TEXT_COST, assumed, times};
use async_graphql::{Context, Enum, ID, Json, Object, Result};
use serde_json::Value;
use std::sync::Arc;
use upkeep_commands::{Ask, Change, Plan, Stop};
use upkeep_domain::access::{Action, Guarded as _};
use upkeep_domain::fleet::computer::{Computer, ComputerRejection};
use upkeep_domain::kernel::codes::Code;
use upkeep_domain::kernel::ids::SessionId;
use upkeep_domain::maintenance::session::{
    self, Draft, Finding, Meaning, Reading, Session, SessionCommand, Trial,
};

/// As what a script is meant that is tried: how it is run, and how what it answers is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "session::Meaning")]
pub enum ScriptMeaning {
    /// It answers with the version that is there, or with nothing where the software is absent.
    Detection,
    /// It answers with true or false.
    Test,
    /// It answers with one value of any shape.
    Get,
    /// It changes something, and went well if it ends with exit code 0.
    Action,
}

payloads! {
    /// The answer to a mutation of a session.
    [RunScriptPayload] of Session {
        /// The session, which tries the script.
        session: SessionNode
    }
}

inputs! {
    /// A script to be tried on one computer.
    RunScriptInput {
        /// The computer. One of its agents has to be connected.
        computer_id: ID,
        /// The script; if no timeout is given, 120 seconds for DETECTION, TEST and GET, 900 for ACTION.
        script: ScriptInput,
        /// As what it is meant.
        meaning: ScriptMeaning,
        /// What it is told, each parameter once and as it is: nothing defines them.
        #[graphql(validator(max_items = 50))]
        parameters: Option<Vec<GivenParameterInput>>,
    }
}

impl RunScriptInput {
    /// For whether a script may be tried on a computer at all.
    pub fn made_up(computer_id: ID) -> Self {
        Self {
            computer_id,
            script: ScriptInput::made_up(),
            meaning: ScriptMeaning::Test,
            parameters: None,
            options: OrDefault::default(),
        }
    }
}

impl Change for RunScriptInput {
    type Of = Session;

    fn plan(&self, ask: &Ask) -> Result<Plan<Session>, Stop> {
        let computer = seen::<Computer>(ask, &self.computer_id, "computerId")?.id;
        let view = ask.view();
        let Some(tenant) = view.tenant_of(computer) else {
            return Err(Stop::not_found(Computer::NOUN).at("computerId"));
        };
        ask.require(Action::RunScript { tenant })?;
        ask.refuse_if_removed(Some(tenant))?;
        if view.is_removed(computer) {
            return Err(Stop::rejected(&ComputerRejection::Removed).at("computerId"));
        }
        let meaning = Meaning::from(self.meaning);
        let draft = Draft {
            meaning,
            script: self.script.check("script", meaning.timeout())?,
            parameters: given(self.parameters.as_deref().unwrap_or_default())?,
        };
        if view.working_agent(computer).is_none() {
            let message = "no agent of the computer is connected, and a script is tried only while somebody waits for it: try it again once the computer is online";
            return Err(Stop::refused(Code::ComputerOffline, message).at("computerId"));
        }
        let trial = Trial {
            subject: computer.into(),
            tenant,
            draft,
            at: ask.now(),
        };
        let id = SessionId(ask.new_id("session"));
        ask.make(id, SessionCommand::Try(Box::new(trial)))
    }
}

/// What can be changed about scripts that are tried.
#[derive(Default)]
pub struct DraftMutation;

#[Object]
impl DraftMutation {
    /// Runs a script on one computer that is online, once, without making software or a task of it: it counts for nothing, and its session tells what it came
    /// to. It waits until the computer's other sessions are over, an hour at most.
    async fn run_script(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The script, and where it is tried.")] input: RunScriptInput,
    ) -> Result<Option<RunScriptPayload>> {
        change(context, "runScript", input).await
    }
}

/// A script that a session tries, with its session.
pub struct DraftNode {
    pub session: SessionNode,
    pub draft: Arc<Draft>,
}

/// A script that a session tries. It is in no catalogue.
#[Object(name = "ScriptDraft")]
impl DraftNode {
    /// As what it is meant.
    async fn meaning(&self) -> ScriptMeaning {
        self.draft.meaning.into()
    }

    /// The script.
    async fn script(&self) -> ScriptNode {
        ScriptNode(self.draft.script.clone())
    }

    /// What it is told, at most 50 parameters; nothing if you may not read scripts.
    #[graphql(complexity = "times(assumed::PARAMETERS, child_complexity)")]
    async fn parameters(&self, context: &Context<'_>) -> Vec<GivenParameter> {
        if Request::of(context).may(Action::ReadScripts) {
            known(&self.draft.parameters)
        } else {
            vec![]
        }
    }

    /// Its run; null before it was asked for.
    async fn run(&self) -> Option<RunNode> {
        let (id, _) = self.session.entry.state.runs.iter().next()?;
        self.session.run_node(*id)
    }

    /// How its answer is read; null before it ended, and where nobody heard that before the session was cancelled.
    async fn reading(&self) -> Option<ReadingNode> {
        ReadingNode::of(&self.session)
    }
}

/// How the answer of a script is read that was tried.
#[derive(Clone)]
pub struct ReadingNode {
    meaning: Meaning,
    reading: Arc<Reading>,
}

impl ReadingNode {
    /// What the script of a session came to, if it tries one and that is known.
    pub fn of(session: &SessionNode) -> Option<Self> {
        let state = &session.entry.state;
        let (draft, reading) = (state.draft.as_ref()?, state.reading.as_ref()?);
        Some(Self {
            meaning: draft.meaning,
            reading: reading.clone(),
        })
    }

    fn finding(&self) -> Option<&Finding> {
        match &*self.reading {
            Reading::Finding { finding } => Some(finding),
            Reading::Done | Reading::Unclear { .. } => None,
        }
    }
}

/// How the answer of a script is read that was tried, as it would be if it was published.
#[Object(name = "ScriptReading")]
impl ReadingNode {
    /// In words: "version 1.2.3", "absent", "true", "the value 7", "done", "not known, because …", "failed, because …".
    #[graphql(complexity = "TEXT_COST")]
    async fn text(&self) -> String {
        self.reading.phrase(self.meaning)
    }

    /// Whether it tells something, or, as an action, went well.
    async fn is_clear(&self) -> bool {
        self.reading.is_clear()
    }

    /// The version that a detection found.
    async fn version(&self) -> Option<String> {
        let version = self.finding()?.version()?;
        Some(version.to_string())
    }

    /// Whether a detection found that the software is absent; null for everything else that is tried, and where that is not known.
    async fn is_absent(&self) -> Option<bool> {
        match self.finding()? {
            Finding::Absent => Some(true),
            Finding::Version { .. } | Finding::Broken { .. } => Some(false),
            Finding::Yes | Finding::No | Finding::Value { .. } => None,
        }
    }

    /// What a test answered.
    async fn tested(&self) -> Option<bool> {
        match self.finding()? {
            Finding::Yes => Some(true),
            Finding::No => Some(false),
            _ => None,
        }
    }

    /// The value that a get script answered with, at most 16 KiB.
    #[graphql(complexity = "TEXT_COST")]
    async fn value(&self) -> Option<Json<Value>> {
        match self.finding()? {
            Finding::Value { value } => Some(Json(value.clone())),
            _ => None,
        }
    }

    /// Why nothing is known, or why an action failed, as an action of a session would say it; null where it is clear.
    async fn reason(&self) -> Option<ActionResultReason> {
        match &*self.reading {
            Reading::Unclear { reason, .. } => Some((*reason).into()),
            Reading::Finding { .. } | Reading::Done => None,
        }
    }
}
