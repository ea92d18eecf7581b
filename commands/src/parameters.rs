//! Whether what deployments tell a task fits what the task takes, as far as a view says.

use crate::ask::Ask;
use crate::stop::Stop;
use upkeep_domain::catalogue::parameter::{Faults, Parameters};
use upkeep_domain::kernel::ids::TaskId;
use upkeep_domain::rules::deployment::{Lifecycle, MaintenanceItem, ParametersInUse, Rule};
use upkeep_domain::rules::resolution::target_phrase;
use upkeep_projections::ViewNames;

impl Ask {
    /// What a rule tells its task, held to the task's parameters.
    pub fn fits(&self, rule: &Rule) -> Result<(), Faults> {
        let task = rule.item.task().and_then(|id| self.view().tasks.get(id));
        task.map_or(Ok(()), |task| rule.fits(&task.state.parameters))
    }

    /// Refuses parameters under which a deployment that is not deleted would not fit any more. Only those are named that whoever asks may
    /// see anyway: who manages the catalogue sees every tenant.
    pub fn refuse_if_in_use(&self, task: TaskId, parameters: &Parameters) -> Result<(), Stop> {
        let view = self.view();
        let about = Some(MaintenanceItem::Task(task));
        let rules = view
            .deployments_within(
                about,
                (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded),
            )
            .filter_map(|place| {
                let state = &view.deployments.get(place.id)?.state;
                let is_there = state.lifecycle != Lifecycle::Deleted;
                state.rule.as_deref().filter(|_| is_there)
            });
        let phrase = |rule: &Rule| target_phrase(&rule.target, &ViewNames(view));
        ParametersInUse::among(rules, parameters, phrase)
            .map_err(|in_use| Stop::refused(ParametersInUse::CODE, in_use.to_string()))
    }
}
