use super::concurrency::Concurrency;
use super::scripts::TaskScriptRole;
use crate::catalogue::notes::Notes;
use crate::catalogue::parameter::Parameters;
use crate::catalogue::script::Script;
use crate::kernel::codes::Code;
use crate::kernel::decider::Rejection;
use crate::kernel::name::Name;

/// What can be asked of a task.
#[derive(Clone, Debug)]
pub enum TaskCommand {
    Create {
        name: Name,
    },
    Rename {
        name: Name,
    },
    /// Nothing takes the notes away.
    WriteNotes {
        notes: Option<Notes>,
    },
    SetScript {
        role: TaskScriptRole,
        script: Script,
    },
    RemoveScript {
        role: TaskScriptRole,
    },
    /// All of them: what is not among them is no parameter any more.
    DefineParameters {
        parameters: Parameters,
    },
    ChooseConcurrency {
        concurrency: Concurrency,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TaskRejection {
    #[error("there is no such task: check the id")]
    NotFound,
    #[error("this task exists already: use another id")]
    AlreadyExists,
    #[error(
        "the task has a {} script: it has separate scripts or a combined one, so remove that first", .0.phrase()
    )]
    Rival(TaskScriptRole),
    #[error("the task has no {} script: there is nothing to remove", .0.phrase())]
    ScriptNotFound(TaskScriptRole),
}

impl Rejection for TaskRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
            Self::Rival(_) => Code::Invalid,
            Self::ScriptNotFound(_) => Code::ScriptNotFound,
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Rival(_) | Self::ScriptNotFound(_) => Some("role"),
            Self::NotFound | Self::AlreadyExists => None,
        }
    }
}
