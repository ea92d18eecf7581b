use super::{
    Concurrency, Task, TaskCommand, TaskCreated, TaskEvent, TaskMadeParallel, TaskMadeSerial,
    TaskNotesWritten, TaskParametersDefined, TaskRejection, TaskRenamed, TaskScriptRemoved,
    TaskScriptSet,
};
use crate::kernel::decider::{Context, Decider};
use crate::kernel::ids::TaskId;

impl Decider for Task {
    type Id = TaskId;
    type Command = TaskCommand;
    type Event = TaskEvent;
    type Rejection = TaskRejection;
    type Premise = ();
    const CATEGORY: &'static str = "task";

    fn decide(&self, command: TaskCommand, _: &Context) -> Result<Vec<TaskEvent>, TaskRejection> {
        let Some(current) = &self.name else {
            return match command {
                TaskCommand::Create { name } => Ok(vec![TaskCreated { name }.into()]),
                _ => Err(TaskRejection::NotFound),
            };
        };
        match command {
            TaskCommand::Create { .. } => Err(TaskRejection::AlreadyExists),
            TaskCommand::Rename { name } if name == *current => Ok(vec![]),
            TaskCommand::Rename { name } => Ok(vec![TaskRenamed { name }.into()]),
            TaskCommand::WriteNotes { notes } if notes == self.notes => Ok(vec![]),
            TaskCommand::WriteNotes { notes } => Ok(vec![TaskNotesWritten { notes }.into()]),
            TaskCommand::SetScript { role, script } => {
                if let Some(rival) = self.scripts.rival_of(role) {
                    Err(TaskRejection::Rival(rival))
                } else if self.scripts.get(role) == Some(&script) {
                    Ok(vec![])
                } else {
                    Ok(vec![TaskScriptSet { role, script }.into()])
                }
            }
            TaskCommand::RemoveScript { role } if self.scripts.get(role).is_none() => {
                Err(TaskRejection::ScriptNotFound(role))
            }
            TaskCommand::RemoveScript { role } => Ok(vec![TaskScriptRemoved { role }.into()]),
            TaskCommand::DefineParameters { parameters } if parameters == self.parameters => {
                Ok(vec![])
            }
            TaskCommand::DefineParameters { parameters } => {
                Ok(vec![TaskParametersDefined { parameters }.into()])
            }
            TaskCommand::ChooseConcurrency { concurrency } if concurrency == self.concurrency => {
                Ok(vec![])
            }
            TaskCommand::ChooseConcurrency { concurrency } => Ok(vec![match concurrency {
                Concurrency::Serial => TaskMadeSerial {}.into(),
                Concurrency::Parallel => TaskMadeParallel {}.into(),
            }]),
        }
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &TaskEvent) -> Self {
        match event {
            TaskEvent::Created(created) => self.name = Some(created.name.clone()),
            TaskEvent::Renamed(renamed) => self.name = Some(renamed.name.clone()),
            TaskEvent::NotesWritten(written) => self.notes.clone_from(&written.notes),
            TaskEvent::ScriptSet(set) => self.scripts.set(set.role, set.script.clone()),
            TaskEvent::ScriptRemoved(removed) => self.scripts.remove(removed.role),
            TaskEvent::ParametersDefined(defined) => {
                self.parameters.clone_from(&defined.parameters);
            }
            TaskEvent::MadeSerial(_) => self.concurrency = Concurrency::Serial,
            TaskEvent::MadeParallel(_) => self.concurrency = Concurrency::Parallel,
        }
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalogue::parameter::{
        Parameter, ParameterKind, ParameterName, Parameters, TextRule,
    };
    use crate::catalogue::script::{Interpreter, Script};
    use crate::catalogue::task::{Notes, TaskScriptRole as Role};
    use crate::kernel::harness::{given, nothing};
    use crate::kernel::name::Name;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn script(role: Role) -> Script {
        let text = format!("echo {}", role.phrase());
        Script::new(Interpreter::Sh, &text, role.usual_timeout()).unwrap()
    }

    fn created() -> TaskEvent {
        TaskCreated {
            name: name("Firewall"),
        }
        .into()
    }

    fn set(role: Role) -> TaskEvent {
        let script = script(role);
        TaskScriptSet { role, script }.into()
    }

    /// A task with these scripts.
    pub(crate) fn task(roles: &[Role]) -> Task {
        let scripts = roles.iter().copied().map(set);
        std::iter::once(created())
            .chain(scripts)
            .fold(Task::default(), |task, event| task.evolve(&event))
    }

    #[test]
    fn a_task_is_created_once_and_renamed_to_something_else() {
        let create = TaskCommand::Create {
            name: name("Firewall"),
        };
        nothing::<Task>().when(create.clone()).then([created()]);
        given::<Task>([created()])
            .when(create)
            .then_rejected(TaskRejection::AlreadyExists);
        let rename = |text| TaskCommand::Rename { name: name(text) };
        given::<Task>([created()])
            .when(rename("Firewall"))
            .then_nothing();
        given::<Task>([created()])
            .when(rename("Firewall on"))
            .then([TaskRenamed {
                name: name("Firewall on"),
            }
            .into()]);
        nothing::<Task>()
            .when(rename("Firewall"))
            .then_rejected(TaskRejection::NotFound);
    }

    #[test]
    fn notes_are_written_and_taken_away() {
        let notes = Notes::new("Ask Ada first.").unwrap();
        let written = TaskEvent::from(TaskNotesWritten {
            notes: Some(notes.clone()),
        });
        let write = |notes| TaskCommand::WriteNotes { notes };
        given::<Task>([created()]).when(write(None)).then_nothing();
        given::<Task>([created()])
            .when(write(Some(notes.clone())))
            .then([written.clone()]);
        given::<Task>([created(), written.clone()])
            .when(write(Some(notes)))
            .then_nothing();
        given::<Task>([created(), written])
            .when(write(None))
            .then([TaskNotesWritten { notes: None }.into()]);
    }

    #[test]
    fn a_script_is_set_replaced_and_removed_once() {
        let again = |role| TaskCommand::SetScript {
            role,
            script: script(role),
        };
        let other = TaskCommand::SetScript {
            role: Role::Set,
            script: script(Role::Get),
        };
        let remove = TaskCommand::RemoveScript { role: Role::Set };
        given::<Task>([created()])
            .when(again(Role::Set))
            .then([set(Role::Set)]);
        given::<Task>([created(), set(Role::Set)])
            .when(again(Role::Set))
            .then_nothing();
        given::<Task>([created(), set(Role::Set)])
            .when(other)
            .then([TaskScriptSet {
                role: Role::Set,
                script: script(Role::Get),
            }
            .into()]);
        let removed = TaskEvent::from(TaskScriptRemoved { role: Role::Set });
        given::<Task>([created(), set(Role::Set)])
            .when(remove.clone())
            .then([removed.clone()]);
        given::<Task>([created(), set(Role::Set), removed])
            .when(remove)
            .then_rejected(TaskRejection::ScriptNotFound(Role::Set));
    }

    #[test]
    fn a_task_is_made_serial_and_parallel_again() {
        let choose = |concurrency| TaskCommand::ChooseConcurrency { concurrency };
        let serial = TaskEvent::from(TaskMadeSerial {});
        given::<Task>([created()])
            .when(choose(Concurrency::Parallel))
            .then_nothing();
        given::<Task>([created()])
            .when(choose(Concurrency::Serial))
            .then([serial.clone()]);
        given::<Task>([created(), serial])
            .when(choose(Concurrency::Parallel))
            .then([TaskMadeParallel {}.into()]);
    }

    #[test]
    fn a_task_has_separate_scripts_or_a_combined_one() {
        let set_it = |role| TaskCommand::SetScript {
            role,
            script: script(role),
        };
        for separate in [Role::Test, Role::Set, Role::Get] {
            given::<Task>([created(), set(separate)])
                .when(set_it(Role::Combined))
                .then_rejected(TaskRejection::Rival(separate));
            given::<Task>([created(), set(Role::Combined)])
                .when(set_it(separate))
                .then_rejected(TaskRejection::Rival(Role::Combined));
        }
    }

    #[test]
    fn parameters_are_defined_all_at_once_and_taken_away_the_same_way() {
        let host = Parameter {
            name: ParameterName::new("host").unwrap(),
            label: None,
            help: None,
            kind: ParameterKind::Text(TextRule::default()),
            required: true,
            default: None,
            shown_when: None,
        };
        let parameters = Parameters::new(vec![host]).unwrap();
        let define = |parameters| TaskCommand::DefineParameters { parameters };
        let defined = |parameters| TaskEvent::from(TaskParametersDefined { parameters });
        let none = Parameters::default();
        given::<Task>([created()])
            .when(define(none.clone()))
            .then_nothing();
        given::<Task>([created()])
            .when(define(parameters.clone()))
            .then([defined(parameters.clone())]);
        given::<Task>([created(), defined(parameters.clone())])
            .when(define(parameters.clone()))
            .then_nothing();
        given::<Task>([created(), defined(parameters)])
            .when(define(none.clone()))
            .then([defined(none)]);
    }
}
