//! Whether what a deployment wants can be served by what the catalogue has.

use crate::ask::Ask;
use crate::stop::Stop;
use upkeep_domain::catalogue::task::ModeNotServed;
use upkeep_domain::rules::deployment::{DesiredState, MaintenanceItem};

impl Ask {
    /// Refuses a mode that a task cannot serve as it is now. A script that is taken from it later is missed by sessions, which say so.
    pub fn is_served(&self, item: MaintenanceItem, desired: &DesiredState) -> Result<(), Stop> {
        let (Some(id), Some(mode)) = (item.task(), desired.mode()) else {
            return Ok(());
        };
        let Some(task) = self.view().tasks.get(id) else {
            return Ok(());
        };
        let served = task.state.serves(mode);
        served.map_err(|why| Stop::refused(ModeNotServed::CODE, why.to_string()))
    }
}
