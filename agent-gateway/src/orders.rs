//! What an agent is told to run, made from what the store says that it owes.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use upkeep_agent_protocol::{
    AnswerMode, Interpreter, NamePattern, PackageOrder, ProgramSign, ProgramsOrder, RunOrder,
    Secret,
};
use upkeep_domain::catalogue::parameter::{ParameterValue, Values};
use upkeep_domain::catalogue::{program, script};
use upkeep_domain::kernel::ids::AgentId;
use upkeep_domain::maintenance::session::{Draft, Job, RunPurpose};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{OpenRun, View};
use upkeep_vault::Keyring;

/// What an agent runs that knows of no looks at installed programs: it fails, and says why.
const FOR_OLD_AGENTS: &str =
    "echo 'this agent is too old to look at the installed programs: update it' >&2\nexit 69\n";

/// Where a script's answer goes on an agent that knows of no results, and takes what is printed for it: otherwise what a script writes there
/// would be lost, and nothing printed means that nothing is there. Others have a file in its place.
const FOR_PRINTED_ANSWERS: &str = "/dev/stdout";

/// The order of an open run; nothing if it must not or cannot be given any more.
pub fn order(
    view: &View,
    agent: AgentId,
    open: &OpenRun<'_>,
    now: DateTime<Utc>,
) -> Option<RunOrder> {
    let run = open.details;
    if open.cancelled {
        return None;
    }
    if run.started_at.is_some() {
        return Some(question(agent, open));
    }
    if now > run.deadline || is_of_others(view, agent, open) {
        return None;
    }
    let carried_out = carried_out(view, open.draft, &run.job)?;
    let mut environment = BTreeMap::from([
        ("UPKEEP_PURPOSE".to_owned(), run.purpose.name().to_owned()),
        ("UPKEEP_SESSION".to_owned(), open.session.to_string()),
    ]);
    if let Some(item) = run.item {
        environment.extend(around_item(view, item, run.purpose));
    } else if open.draft.is_some() {
        environment.extend(method_of(run.purpose));
    }
    if let Some(version) = &run.job.version() {
        environment.insert("UPKEEP_VERSION".into(), version.to_string());
    }
    if run.purpose.is_look() && carried_out.writes_its_answer() {
        environment.insert("UPKEEP_RESULT".into(), FOR_PRINTED_ANSWERS.into());
    }
    Some(RunOrder {
        agent_id: agent.0,
        run_id: open.run.0,
        interpreter: carried_out.interpreter,
        script: carried_out.script,
        timeout_seconds: run.timeout.seconds(),
        not_after: run.deadline,
        package: run.job.package().map(|package| PackageOrder {
            file_name: package.file_name.clone(),
            sha256: package.sha256.to_string(),
            // Agents from before there were addresses read a number.
            size: package.size.unwrap_or_default(),
            url: package.url.as_ref().map(ToString::to_string),
        }),
        environment,
        parameters: run.job.parameters().map(told).unwrap_or_default(),
        // Nobody opens them before it goes out.
        secrets: BTreeMap::new(),
        answer: Some(if run.purpose.is_look() {
            AnswerMode::Value
        } else {
            AnswerMode::Act
        }),
        programs: carried_out.programs,
        answer_only: false,
    })
}

/// Whether its computer went to another tenant since it was asked for, or the agent to another computer: its session is about to be cancelled, and
/// what it is told, secrets too, is not for whoever has the computer now.
fn is_of_others(view: &View, agent: AgentId, open: &OpenRun<'_>) -> bool {
    let Some((request, _)) = view.sessions.asked(open.session) else {
        return true;
    };
    let is_at = view
        .agents
        .get(agent)
        .and_then(|entry| entry.state.computer);
    view.has_left(&request) || is_at != Some(request.computer())
}

/// What the script is told, as JSON has it.
fn told(values: &Values) -> Map<String, Value> {
    let each = values.iter().filter_map(|(name, value)| {
        let value = match value {
            ParameterValue::Boolean(value) => Value::Bool(*value),
            ParameterValue::Number(number) => Value::Number((*number).into()),
            ParameterValue::Text(text) => Value::String(text.clone()),
            ParameterValue::Choices(choices) => choices.iter().cloned().collect(),
            // They go apart.
            ParameterValue::Secret { .. } => return None,
        };
        Some((name.to_string(), value))
    });
    each.collect()
}

/// The secrets that a run is told, opened, by the names of their parameters; or why one stays closed. A run that has started is told nothing any more.
pub fn opened(
    view: &View,
    keyring: &Keyring,
    open: &OpenRun<'_>,
) -> Result<BTreeMap<String, Secret>, String> {
    let parameters = open.details.job.parameters();
    let told = parameters.filter(|_| open.details.started_at.is_none());
    let told = told.into_iter().flat_map(Values::secrets);
    let each = told.map(|(name, id)| {
        let known = view.secrets.get(id);
        let sealed = known.and_then(|entry| entry.state.sealed());
        let sealed = sealed.ok_or_else(|| format!("the secret for {name} was removed"))?;
        let opened = keyring.open(id, sealed);
        let opened = opened.map_err(|why| format!("the secret for {name}: {why}"))?;
        Ok((name.to_string(), Secret(String::clone(&opened))))
    });
    each.collect()
}

/// What the item is called; and of a task what is asked of it, for one script that does all.
fn around_item(
    view: &View,
    item: MaintenanceItem,
    purpose: RunPurpose,
) -> impl Iterator<Item = (String, String)> {
    let (variable, method) = match item {
        MaintenanceItem::Software(_) => ("UPKEEP_SOFTWARE", None),
        MaintenanceItem::Task(_) | MaintenanceItem::CloudTask(_) => {
            ("UPKEEP_TASK", method_of(purpose))
        }
    };
    let name = view.item_name(item);
    let name = name.map(|name| (variable.to_owned(), name.to_string()));
    name.into_iter().chain(method)
}

/// For one script of a task that does all.
fn method_of(purpose: RunPurpose) -> Option<(String, String)> {
    let method = purpose.method()?;
    Some(("UPKEEP_METHOD".to_owned(), method.name().to_owned()))
}

/// What is known of a run that has started? Its agent's disk may be an older image that knows nothing of it:
/// there is nothing in this order that could be run, and its last moment to start is over.
fn question(agent: AgentId, open: &OpenRun<'_>) -> RunOrder {
    RunOrder {
        agent_id: agent.0,
        run_id: open.run.0,
        interpreter: Interpreter::Sh,
        script: String::new(),
        timeout_seconds: open.details.timeout.seconds(),
        not_after: open.details.requested_at - TimeDelta::days(1),
        package: None,
        environment: BTreeMap::new(),
        parameters: Map::new(),
        secrets: BTreeMap::new(),
        answer: None,
        programs: None,
        answer_only: true,
    }
}

/// What a run comes to on the computer.
struct CarriedOut {
    interpreter: Interpreter,
    script: String,
    programs: Option<ProgramsOrder>,
}

impl CarriedOut {
    /// Whether a script runs that answers by writing into a file, if it is a look.
    fn writes_its_answer(&self) -> bool {
        self.programs.is_none() && self.interpreter != Interpreter::PowerShell
    }
}

/// A draft is in its session alone; every other script was published.
fn carried_out(view: &View, draft: Option<&Draft>, job: &Job) -> Option<CarriedOut> {
    match job {
        Job::Script { script, .. } => {
            let script = match draft {
                Some(draft) => &draft.script,
                None => view.script(script)?,
            };
            Some(CarriedOut {
                interpreter: match script.interpreter {
                    script::Interpreter::Sh => Interpreter::Sh,
                    script::Interpreter::Bash => Interpreter::Bash,
                    script::Interpreter::Python => Interpreter::Python,
                    script::Interpreter::PowerShell => Interpreter::PowerShell,
                },
                script: script.text.clone(),
                programs: None,
            })
        }
        Job::Program { program } => Some(CarriedOut {
            interpreter: Interpreter::Sh,
            script: FOR_OLD_AGENTS.to_owned(),
            programs: Some(ProgramsOrder {
                any: program.signs().iter().map(sign).collect(),
            }),
        }),
    }
}

fn sign(sign: &program::ProgramSign) -> ProgramSign {
    match sign {
        program::ProgramSign::Name { name, publisher } => ProgramSign::Name {
            name: pattern(name),
            publisher: publisher.as_ref().map(pattern),
        },
        program::ProgramSign::ProductCode { code } => ProgramSign::ProductCode {
            code: code.to_string(),
        },
        program::ProgramSign::UpgradeCode { code } => ProgramSign::UpgradeCode {
            code: code.to_string(),
        },
        program::ProgramSign::PackageFamily { name } => ProgramSign::PackageFamily {
            name: name.to_string(),
        },
        program::ProgramSign::Package { name } => ProgramSign::Package {
            name: name.to_string(),
        },
    }
}

fn pattern(pattern: &program::NamePattern) -> NamePattern {
    match pattern {
        program::NamePattern::Equals { text } => NamePattern::Equals {
            text: text.to_string(),
        },
        program::NamePattern::Contains { text } => NamePattern::Contains {
            text: text.to_string(),
        },
        program::NamePattern::Wildcard { text } => NamePattern::Wildcard {
            text: text.to_string(),
        },
        program::NamePattern::Regex { text } => NamePattern::Regex {
            text: text.as_str().to_owned(),
        },
    }
}

#[cfg(test)]
mod tests;
