//! Every script that was ever published, by its digest: a run names it by that.

use crate::view::View;
use imbl::HashMap;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::catalogue::Catalogue;
use upkeep_domain::catalogue::script::Script;
use upkeep_domain::catalogue::secret::Secret;
use upkeep_domain::catalogue::software::{Software, SoftwareEvent};
use upkeep_domain::catalogue::task::{Task, TaskEvent};
use upkeep_domain::kernel::digest::Sha256Digest;
use upkeep_domain::kernel::ids::{SecretId, SoftwareId, TaskId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scripts(HashMap<Sha256Digest, Arc<Script>>);

impl Scripts {
    pub fn apply(&mut self, event: &DomainEvent) {
        match event {
            DomainEvent::Software(event) => self.keep_scripts(event),
            DomainEvent::Task(TaskEvent::ScriptSet(set)) => self.keep(&set.script),
            _ => {}
        }
    }

    fn keep(&mut self, script: &Script) {
        self.0
            .entry(script.digest())
            .or_insert_with(|| Arc::new(script.clone()));
    }

    fn keep_scripts(&mut self, event: &SoftwareEvent) {
        let scripts: Vec<&Script> = match event {
            SoftwareEvent::Created(created) => created.detection.script().into_iter().collect(),
            SoftwareEvent::DetectionChanged(changed) => {
                changed.detection.script().into_iter().collect()
            }
            SoftwareEvent::VersionPublished(published) => {
                let scripts = published.content.scripts.iter();
                scripts.map(|(_, script)| script).collect()
            }
            SoftwareEvent::ScriptSet(set) => vec![&set.script],
            SoftwareEvent::Renamed(_)
            | SoftwareEvent::VersionWithdrawn(_)
            | SoftwareEvent::PublisherNamed(_)
            | SoftwareEvent::NotesWritten(_)
            | SoftwareEvent::ScriptRemoved(_)
            | SoftwareEvent::UpgradeStrategyChosen(_)
            | SoftwareEvent::RepairStrategyChosen(_)
            | SoftwareEvent::ExitCodesChosen(_)
            | SoftwareEvent::Described(_)
            | SoftwareEvent::Catalogued(_)
            | SoftwareEvent::Withdrawn(_)
            | SoftwareEvent::Copied(_) => vec![],
        };
        for script in scripts {
            self.keep(script);
        }
    }
}

impl View {
    /// A script that was ever published.
    pub fn script(&self, digest: &Sha256Digest) -> Option<&Arc<Script>> {
        self.scripts.0.get(digest)
    }
}

impl Catalogue for View {
    fn software(&self, id: SoftwareId) -> Option<&Software> {
        self.software.get(id).map(|entry| &entry.state)
    }

    fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(id).map(|entry| &entry.state)
    }

    fn secret(&self, id: SecretId) -> Option<&Secret> {
        self.secrets.get(id).map(|entry| &entry.state)
    }
}
