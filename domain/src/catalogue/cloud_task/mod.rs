//! A cloud task: a maintenance item of a tenant, not of a computer. Deployments assign it to tenants.

mod access;

use crate::kernel::codes::Code;
use crate::kernel::decider::{Context, Decider, Rejection};
use crate::kernel::ids::CloudTaskId;
use crate::kernel::name::Name;
use serde::{Deserialize, Serialize};

crate::domain_events! {
    /// What happened to a cloud task.
    CloudTaskEvent {
        Created(CloudTaskCreated),
        Renamed(CloudTaskRenamed),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudTaskCreated {
    pub name: Name,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudTaskRenamed {
    pub name: Name,
}

/// What can be asked of a cloud task.
#[derive(Clone, Debug)]
pub enum CloudTaskCommand {
    Create { name: Name },
    Rename { name: Name },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CloudTaskRejection {
    #[error("there is no such cloud task: check the id")]
    NotFound,
    #[error("this cloud task exists already: use another id")]
    AlreadyExists,
}

impl Rejection for CloudTaskRejection {
    fn code(&self) -> Code {
        match self {
            Self::NotFound => Code::NotFound,
            Self::AlreadyExists => Code::AlreadyExists,
        }
    }
}

/// What is known of a cloud task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CloudTask {
    /// Nothing until it was created.
    pub name: Option<Name>,
}

impl Decider for CloudTask {
    type Id = CloudTaskId;
    type Command = CloudTaskCommand;
    type Event = CloudTaskEvent;
    type Rejection = CloudTaskRejection;
    type Premise = ();
    const CATEGORY: &'static str = "cloudtask";

    fn decide(
        &self,
        command: CloudTaskCommand,
        _: &Context,
    ) -> Result<Vec<CloudTaskEvent>, CloudTaskRejection> {
        match (&self.name, command) {
            (None, CloudTaskCommand::Create { name }) => Ok(vec![CloudTaskCreated { name }.into()]),
            (None, CloudTaskCommand::Rename { .. }) => Err(CloudTaskRejection::NotFound),
            (Some(_), CloudTaskCommand::Create { .. }) => Err(CloudTaskRejection::AlreadyExists),
            (Some(current), CloudTaskCommand::Rename { name }) if *current == name => Ok(vec![]),
            (Some(_), CloudTaskCommand::Rename { name }) => {
                Ok(vec![CloudTaskRenamed { name }.into()])
            }
        }
    }

    /// It is of no tenant: nothing of it is judged.
    fn premise(&self) {}

    fn evolve(mut self, event: &CloudTaskEvent) -> Self {
        match event {
            CloudTaskEvent::Created(created) => self.name = Some(created.name.clone()),
            CloudTaskEvent::Renamed(renamed) => self.name = Some(renamed.name.clone()),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::harness::{given, nothing};

    #[test]
    fn a_cloud_task_is_created_once_and_renamed_to_something_else() {
        let name = |text| Name::new(text).unwrap();
        let created = CloudTaskEvent::from(CloudTaskCreated { name: name("MFA") });
        let create = CloudTaskCommand::Create { name: name("MFA") };
        nothing::<CloudTask>()
            .when(create.clone())
            .then([created.clone()]);
        given::<CloudTask>([created.clone()])
            .when(create)
            .then_rejected(CloudTaskRejection::AlreadyExists);
        given::<CloudTask>([created])
            .when(CloudTaskCommand::Rename { name: name("MFA") })
            .then_nothing();
        nothing::<CloudTask>()
            .when(CloudTaskCommand::Rename { name: name("MFA") })
            .then_rejected(CloudTaskRejection::NotFound);
    }
}
