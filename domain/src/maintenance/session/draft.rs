//! A draft: a script that somebody tries on one computer before it is a part of the catalogue.
//!
//! Its session has one run and no action. What the run answers is read as that of a published script is, but it is a finding about no
//! item: no rule, no compliance and no onboarding depends on it.

use super::about::{About, Requested, Subject};
use super::action::ResultReason;
use super::advance::Advance;
use super::finding::Finding;
use super::job::Job;
use super::purpose::RunPurpose;
use super::reading::Answer;
use super::report::RunReport;
use super::result::RunResult;
use super::runs::RunContext;
use super::state::Stage;
use super::words::{WENT_OFFLINE, bounded, shorten};
use super::{DraftRead, RunRequested, SessionEvent};
use crate::catalogue::parameter::Values;
use crate::catalogue::script::{Script, ScriptTimeout};
use crate::catalogue::software::{ExitCodes, ExitMeaning};
use crate::kernel::ids::{RunId, TenantId};
use crate::kernel::limits::{MAX_QUOTED_LINE_CHARS, RUN_GRACE};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// As what a draft is meant: how it is run, and how what it answers is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Meaning {
    /// It tells which version is there.
    Detection,
    /// It tells whether what is there works, or is as it should be.
    Test,
    /// It tells a value.
    Get,
    /// It changes something.
    Action,
}

impl Meaning {
    /// What its run is for.
    pub fn purpose(self) -> RunPurpose {
        match self {
            Self::Detection => RunPurpose::Detect,
            Self::Test => RunPurpose::Test,
            Self::Get => RunPurpose::Get,
            Self::Action => RunPurpose::Act,
        }
    }

    /// Where its session stands while it runs.
    pub(super) fn stage(self) -> Stage {
        if self.purpose().is_look() {
            Stage::Detection
        } else {
            Stage::Execution
        }
    }

    /// How long it may take where nobody says so: as long as a published script.
    pub fn timeout(self) -> ScriptTimeout {
        match self {
            Self::Detection | Self::Test | Self::Get => ScriptTimeout::DETECTION,
            Self::Action => ScriptTimeout::ACTION,
        }
    }

    fn read(self, answer: Answer<'_>) -> Reading {
        let report = &unquoted(answer.report);
        let answer = Answer { report, ..answer };
        let found = match self {
            Self::Detection => answer.finding(),
            Self::Test => report.verdict().map(Finding::from),
            Self::Get => report.value().map(|value| Finding::Value { value }),
            Self::Action => {
                return match report.meaning(&ExitCodes::default()) {
                    ExitMeaning::Failure => report.failure(self.purpose()).into(),
                    ExitMeaning::Success | ExitMeaning::RebootNeeded => Reading::Done,
                };
            }
        };
        found.map_or_else(Reading::from, |finding| Reading::Finding { finding })
    }
}

/// Without the lines of the script: what it came to is told to those, too, who may not read it.
fn unquoted(report: &RunReport) -> RunReport {
    let mut report = report.clone();
    if let Some(RunResult::Given(given)) = &mut report.result {
        let faults = given.errors.iter_mut().chain(&mut given.fatal);
        faults.for_each(|fault| fault.source.clear());
    }
    report
}

/// A script that is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub meaning: Meaning,
    pub script: Script,
    /// What it is told, as it is: there is no definition that it has to fit.
    #[serde(default, skip_serializing_if = "Values::is_empty")]
    pub parameters: Values,
}

impl Draft {
    /// A secret is for the tasks of a tenant, and a draft is none: it could print what nobody reads.
    pub(super) fn tells_a_secret(&self) -> bool {
        self.parameters.secrets().next().is_some()
    }
}

/// That a draft is to be tried on a computer.
#[derive(Clone, Debug)]
pub struct Trial {
    pub subject: Subject,
    pub tenant: TenantId,
    pub draft: Draft,
    pub at: DateTime<Utc>,
}

impl Trial {
    /// The same as a session is asked for.
    pub fn request(&self) -> Requested {
        Requested {
            subject: self.subject,
            tenant: self.tenant,
            about: About::Draft,
            at: self.at,
        }
    }
}

/// How the answer of a draft is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Reading {
    /// What it found, as a detection, a test or a get script.
    Finding { finding: Finding },
    /// As an action it went well.
    Done,
    /// What it found is not known, or as an action it failed.
    Unclear {
        reason: ResultReason,
        /// Why, in one sentence.
        message: String,
    },
}

impl From<(ResultReason, String)> for Reading {
    fn from((reason, message): (ResultReason, String)) -> Self {
        let message = bounded(message);
        Self::Unclear { reason, message }
    }
}

impl Reading {
    /// Whether the script did what it was meant for.
    pub fn is_clear(&self) -> bool {
        !matches!(self, Self::Unclear { .. })
    }

    /// In words, as in "it is read as ...".
    pub fn phrase(&self, meaning: Meaning) -> String {
        match (self, meaning) {
            (Self::Finding { finding }, _) => phrase_of(finding),
            (Self::Done, _) => "done".to_owned(),
            (Self::Unclear { message, .. }, Meaning::Action) => {
                format!("failed, because {message}")
            }
            (Self::Unclear { message, .. }, _) => format!("not known, because {message}"),
        }
    }
}

fn phrase_of(finding: &Finding) -> String {
    match finding {
        Finding::Version { version } | Finding::Broken { version } => format!("version {version}"),
        Finding::Absent => "absent".to_owned(),
        Finding::Yes => true.to_string(),
        Finding::No => false.to_string(),
        Finding::Value { value } => {
            let value = shorten(&value.to_string(), MAX_QUOTED_LINE_CHARS);
            format!("the value {value}")
        }
    }
}

impl Advance<'_> {
    /// The one run of a draft, how its answer is read, and the end of the session.
    pub(super) fn try_out(&self, draft: &Draft) -> Vec<SessionEvent> {
        if self.session.reading.is_some() {
            return vec![self.complete()];
        }
        let Some(run) = self.session.runs.values().next() else {
            return self.request_draft(draft);
        };
        let read = run.answer().map(|answer| draft.meaning.read(answer));
        read.map(|reading| DraftRead { reading }.into())
            .into_iter()
            .collect()
    }

    /// Asks the computer's agent, if one is connected.
    fn request_draft(&self, draft: &Draft) -> Vec<SessionEvent> {
        let Some(agent) = self.surroundings.agent else {
            return vec![];
        };
        let (purpose, timeout) = (draft.meaning.purpose(), draft.script.timeout);
        let name = format!("run/draft/{}/1", purpose.name());
        let requested = RunRequested {
            run: RunId::derived_from(self.surroundings.session.0, &name),
            action: None,
            purpose,
            ordinal: 1,
            context: RunContext::System { agent },
            item: None,
            job: Job::Script {
                script: draft.script.digest(),
                version: None,
                package: None,
                parameters: draft.parameters.clone(),
            },
            timeout,
            deadline: self.now + timeout.duration() + RUN_GRACE,
            at: self.now,
        };
        vec![requested.into()]
    }

    /// That the computer of a draft did not come back, if its answer is still waited for.
    pub(super) fn give_up_draft(&self) -> Option<SessionEvent> {
        let is_waited_for = self.session.draft.is_some() && self.session.reading.is_none();
        let reading = Reading::from((ResultReason::DeviceOffline, WENT_OFFLINE.to_owned()));
        is_waited_for.then(|| DraftRead { reading }.into())
    }
}
