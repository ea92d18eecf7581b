//! What a script answered, apart from what it printed.

use crate::request::Request;
use crate::schema::catalogue::program::InstalledProgram;
use crate::schema::page::{TEXT_COST, times};
use async_graphql::{Context, Enum, Json, Object, SimpleObject};
use serde_json::Value;
use upkeep_domain::access::Action;
use upkeep_domain::catalogue::program::FoundPrograms;
use upkeep_domain::kernel::limits::{MAX_FOUND_PROGRAMS, MAX_RESULT_FAULTS, MAX_RESULT_VALUES};
use upkeep_domain::maintenance::session::{self, GivenResult};

/// Why a script that had to answer did not.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "session::MissingResult", name = "MissingResultReason")]
pub enum MissingReason {
    /// Its process ended before anything was written.
    Unwritten,
    /// There was more than the limits allow.
    TooLarge,
    /// What there was could not be read.
    Unreadable,
}

/// One value that a script put out.
#[derive(SimpleObject)]
#[graphql(name = "ScriptValue")]
pub struct ValueNode {
    /// What its language calls its type; null for no value at all.
    type_name: Option<String>,
    /// The value, at most 64 KiB.
    json: Option<Json<Value>>,
}

impl From<&session::ResultValue> for ValueNode {
    fn from(value: &session::ResultValue) -> Self {
        Self {
            type_name: value.type_name.clone(),
            json: Some(&value.json)
                .filter(|json| !json.is_null())
                .map(|json| Json(json.clone())),
        }
    }
}

/// One error of a script. What is not known is null.
#[derive(SimpleObject)]
#[graphql(name = "ScriptFault")]
pub struct FaultNode {
    /// What it says.
    message: String,
    /// What its language calls its type.
    type_name: Option<String>,
    /// What its language tells errors apart by.
    error_id: Option<String>,
    /// The line of the script, counted from 1.
    line: Option<u32>,
    /// The column, counted from 1.
    column: Option<u32>,
    /// The line's text; nothing if you may not read scripts.
    source: Option<String>,
    /// The calls that led there; nothing if you may not read scripts.
    stack: Option<String>,
}

impl FaultNode {
    /// As far as the caller may know of it.
    fn of(context: &Context<'_>, fault: &session::ScriptFault) -> Self {
        let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let may_read = Request::of(context).may(Action::ReadScripts);
        let of_script = |text: &str| known(text).filter(|_| may_read);
        Self {
            message: fault.message.clone(),
            type_name: known(&fault.type_name),
            error_id: known(&fault.id),
            line: fault.line,
            column: fault.column,
            source: of_script(&fault.source),
            stack: of_script(&fault.stack),
        }
    }
}

/// What a script answered, apart from what it printed.
pub struct ResultNode(pub session::RunResult);

impl ResultNode {
    fn given(&self) -> Option<&GivenResult> {
        match &self.0 {
            session::RunResult::Given(given) => Some(given),
            session::RunResult::Missing { .. } | session::RunResult::Programs(_) => None,
        }
    }

    fn found(&self) -> Option<&FoundPrograms> {
        match &self.0 {
            session::RunResult::Programs(found) => Some(found),
            session::RunResult::Missing { .. } | session::RunResult::Given(_) => None,
        }
    }
}

/// What a script answered, apart from what it printed.
#[Object(name = "ScriptResult")]
impl ResultNode {
    /// Why there is no answer, though there had to be one; whatever its exit code is, what it did or found is not known then. Null if it answered.
    async fn missing(&self) -> Option<MissingReason> {
        match self.0 {
            session::RunResult::Missing { why } => Some(why.into()),
            session::RunResult::Given(_) | session::RunResult::Programs(_) => None,
        }
    }

    /// The last of the values that it put out, at most 20, and 64 KiB together. Of a script that changes something there are none.
    #[graphql(complexity = "times(MAX_RESULT_VALUES, TEXT_COST + child_complexity)")]
    async fn values(&self) -> Vec<ValueNode> {
        let values = self.given().map(|given| &given.values);
        values.into_iter().flatten().map(Into::into).collect()
    }

    /// How many values it put out.
    async fn value_count(&self) -> u64 {
        self.given().map_or(0, |given| given.value_count)
    }

    /// The first of the errors that did not end it, at most 5. Of a script that changes something only their count is told.
    #[graphql(complexity = "times(MAX_RESULT_FAULTS, TEXT_COST + child_complexity)")]
    async fn errors(&self, context: &Context<'_>) -> Vec<FaultNode> {
        let errors = self.given().map(|given| &given.errors);
        let errors = errors.into_iter().flatten();
        errors.map(|fault| FaultNode::of(context, fault)).collect()
    }

    /// How many errors did not end it.
    async fn error_count(&self) -> u64 {
        self.given().map_or(0, |given| given.error_count)
    }

    /// The error that ended it, or for which it never began.
    async fn fatal(&self, context: &Context<'_>) -> Option<FaultNode> {
        let fault = self.given()?.fatal.as_ref()?;
        Some(FaultNode::of(context, fault))
    }

    /// The code of the last program that it ran, if it ran one.
    async fn last_native_code(&self) -> Option<i32> {
        self.given()?.last_native_code
    }

    /// The installed programs that fit what was looked for, at most 16; null where a script ran.
    #[graphql(complexity = "times(MAX_FOUND_PROGRAMS, child_complexity)")]
    async fn programs(&self) -> Option<Vec<InstalledProgram>> {
        let found = self.found()?;
        Some(found.programs.iter().map(Into::into).collect())
    }

    /// How many installed programs fit; null where a script ran.
    async fn program_count(&self) -> Option<u64> {
        Some(self.found()?.program_count)
    }

    /// Lines that it wrote for people alone, as `Write-Host` does.
    async fn host_line_count(&self) -> u64 {
        self.given().map_or(0, |given| given.host_lines)
    }
}
