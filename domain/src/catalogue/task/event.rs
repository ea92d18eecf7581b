use super::scripts::TaskScriptRole;
use crate::catalogue::notes::Notes;
use crate::catalogue::parameter::Parameters;
use crate::catalogue::script::Script;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a task.
    TaskEvent {
        Created(TaskCreated),
        Renamed(TaskRenamed),
        NotesWritten(TaskNotesWritten),
        ScriptSet(TaskScriptSet),
        ScriptRemoved(TaskScriptRemoved),
        ParametersDefined(TaskParametersDefined),
        MadeSerial(TaskMadeSerial),
        MadeParallel(TaskMadeParallel),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskCreated {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskRenamed {
    pub name: Name,
}

/// What technicians should know of it; nothing if that was taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskNotesWritten {
    pub notes: Option<Notes>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskScriptSet {
    pub role: TaskScriptRole,
    pub script: Script,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskScriptRemoved {
    pub role: TaskScriptRole,
}

/// What it can be told from now on, all of it. Defaults are taken when a session is planned, not when a deployment was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskParametersDefined {
    pub parameters: Parameters,
}

/// From now on it is brought about on one computer at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskMadeSerial {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskMadeParallel {}
