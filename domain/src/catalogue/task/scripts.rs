//! The scripts of a task, each by its part in it.

use crate::catalogue::script::{Script, ScriptTimeout};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of a task on a computer. A script finds it in `UPKEEP_METHOD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Whether it is as it should be.
    Test,
    /// To make it so.
    Set,
    /// What its value is.
    Get,
}

impl Method {
    pub const ALL: [Self; 3] = [Self::Test, Self::Set, Self::Get];

    /// As scripts are told it, and as people say it: "the set script". It never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Set => "set",
            Self::Get => "get",
        }
    }
}

/// The part that a script has in a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TaskScriptRole {
    Test,
    Set,
    Get,
    /// All of them: it looks at its method.
    Combined,
}

impl TaskScriptRole {
    pub const ALL: [Self; 4] = [Self::Test, Self::Set, Self::Get, Self::Combined];

    /// As people call the script, as in "the combined script".
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Test => Method::Test.name(),
            Self::Set => Method::Set.name(),
            Self::Get => Method::Get.name(),
            Self::Combined => "combined",
        }
    }

    /// How long it may take if nobody says so: test and get only read, as a detection does.
    pub fn usual_timeout(self) -> ScriptTimeout {
        match self {
            Self::Test | Self::Get => ScriptTimeout::DETECTION,
            Self::Set | Self::Combined => ScriptTimeout::ACTION,
        }
    }
}

impl From<Method> for TaskScriptRole {
    fn from(method: Method) -> Self {
        match method {
            Method::Test => Self::Test,
            Method::Set => Self::Set,
            Method::Get => Self::Get,
        }
    }
}

/// Separate scripts, at most one for each method, or the combined one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskScripts(BTreeMap<TaskScriptRole, Script>);

impl TaskScripts {
    pub fn get(&self, role: TaskScriptRole) -> Option<&Script> {
        self.0.get(&role)
    }

    /// What runs for a method.
    pub fn of(&self, method: Method) -> Option<&Script> {
        let separate = self.get(method.into());
        separate.or_else(|| self.get(TaskScriptRole::Combined))
    }

    /// In the order of their roles.
    pub fn iter(&self) -> impl Iterator<Item = (TaskScriptRole, &Script)> {
        self.0.iter().map(|(role, script)| (*role, script))
    }

    /// One that cannot stand beside a script of this role.
    pub(super) fn rival_of(&self, role: TaskScriptRole) -> Option<TaskScriptRole> {
        let is_combined = |role| role == TaskScriptRole::Combined;
        let mut there = self.0.keys().copied();
        there.find(|there| is_combined(*there) != is_combined(role))
    }

    pub(super) fn set(&mut self, role: TaskScriptRole, script: Script) {
        self.0.insert(role, script);
    }

    pub(super) fn remove(&mut self, role: TaskScriptRole) {
        self.0.remove(&role);
    }
}
