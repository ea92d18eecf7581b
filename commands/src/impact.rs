//! How far a change reaches: asked before it is carried out, and told where it is only imagined.

use crate::Commands;
use crate::ask::{Ask, Plan};
use crate::change::{Change, Confirmation, Done, refuse_if_removed};
use crate::stop::{At, Stop};
use std::sync::Arc;
use upkeep_domain::access::Guarded;
use upkeep_domain::fleet::passage::Passage;
use upkeep_domain::rules::deployment::{
    Impact, ImpactUnconfirmed, MaintenanceItem, confirm_impact,
};
use upkeep_projections::{Difference, DifferenceError, Known, Moment, View, difference};

impl Commands {
    /// The difference that a change would make for those whom its sender may see. Nothing is saved.
    pub async fn imagine<C: Change>(ask: &Ask, change: &C) -> Result<Difference, Stop> {
        let after = supposed(ask, &change.plan(ask)?)?;
        compared(ask, after).await
    }

    /// Finds out how many computers a change reaches, and asks the domain whether that was meant.
    pub(crate) async fn confirm<D: Guarded + Known>(
        &self,
        ask: &Ask,
        plan: &Plan<D>,
        confirmation: Confirmation,
    ) -> Result<(), Stop> {
        let (impact, computers, expected) = match confirmation {
            Confirmation::NotNeeded => return Ok(()),
            Confirmation::Wanted(expected) => {
                // What would be refused is refused where it is carried out; a retry finds nothing more to change.
                let Ok(after) = supposed(ask, plan) else {
                    return Ok(());
                };
                let computers = match compared(ask, after).await {
                    Ok(difference) => difference.computers(),
                    Err(Stop::TooMuch(DifferenceError::TooMany)) => everything(ask),
                    Err(stop) => return Err(stop),
                };
                (Impact::Wanted, computers, expected)
            }
            Confirmation::Run { item, expected } => {
                if changes_nothing(ask, plan) {
                    return Ok(());
                }
                (Impact::Run, reach(ask, item).await?, expected)
            }
            Confirmation::RunBecause {
                prerequisite,
                expected,
            } => {
                let Ok(after) = supposed(ask, plan) else {
                    return Ok(());
                };
                // What is added is known only then, and what is removed only before.
                let known = [&ask.view().prerequisites, &after.prerequisites];
                let says = known.iter().find_map(|all| all.get(prerequisite));
                let Some(says) = says.filter(|_| !changes_nothing(ask, plan)) else {
                    return Ok(());
                };
                let item = MaintenanceItem::Software(says.of);
                (Impact::Run, reach(ask, item).await?, expected)
            }
        };
        confirm_impact(impact, computers, expected).map_err(|unconfirmed| {
            Stop::refused(ImpactUnconfirmed::CODE, unconfirmed.to_string()).at("confirmImpact")
        })
    }
}

impl Ask {
    /// What would become of a plan as things are in this view, were it carried out: whether anything changed, or why it would be refused. Nothing is
    /// saved. That it may have to be confirmed is no refusal.
    pub fn weigh<D: Guarded + Known>(&self, plan: &Plan<D>) -> Result<Done, Stop> {
        refuse_what_is_known(self, plan)?;
        let context = self.context();
        let command = plan.command.clone();
        let decided = match D::known(self.view(), plan.id) {
            Some(state) => state.decide(command, &context),
            None => D::default().decide(command, &context),
        };
        match decided {
            Ok(events) if events.is_empty() => Ok(Done::Before),
            Ok(_) => Ok(Done::Now),
            Err(rejection) => Err(Stop::rejected(&rejection)),
        }
    }
}

/// On how many computers that whoever asks may see the scripts of a software or a task run.
pub async fn reach(ask: &Ask, item: MaintenanceItem) -> Result<usize, Stop> {
    let within = ask.principal().confined_to();
    let asked = Moment {
        view: ask.view().clone(),
        at: ask.moment(),
    };
    let reach = move || asked.reach_of(item, within);
    let reach = ask.world().blocking("a reach", reach).await;
    reach.map_err(|error| Stop::Fault(error.to_string()))
}

/// More than can be told one by one: everything that whoever asks may reach.
fn everything(ask: &Ask) -> usize {
    match ask.principal().confined_to() {
        Some(tenant) => ask.view().computers_of(tenant).count(),
        None => ask.view().computers.len(),
    }
}

fn changes_nothing<D: Guarded + Known>(ask: &Ask, plan: &Plan<D>) -> bool {
    let known = D::known(ask.view(), plan.id);
    let events = known.map(|state| state.decide(plan.command.clone(), &ask.context()));
    !matches!(events, Some(Ok(events)) if !events.is_empty())
}

/// Refuses what the tenant is gone for, and what the streams that it has to pass would refuse as far as the view knows.
fn refuse_what_is_known<D: Guarded + Known>(ask: &Ask, plan: &Plan<D>) -> Result<(), Stop> {
    let view = ask.view();
    if !D::outlives_its_tenant(&plan.command) {
        refuse_if_removed(view, plan.tenant)?;
    }
    match plan.passage(view) {
        Some(Passage::Tree { tenant, wanted }) => ask.may_be_placed(tenant, wanted)?,
        Some(Passage::HardwareThere { computer, tenant }) => {
            ask.has_no_twin(computer, tenant).at("tenantId")?;
        }
        Some(Passage::Upn {
            person,
            tenant,
            upn,
        }) => ask.has_no_namesake(person, tenant, &upn)?,
        Some(
            Passage::PlaceInTree { .. }
            | Passage::HardwareAgain { .. }
            | Passage::PlaceInQueue { .. },
        )
        | None => {}
    }
    Ok(())
}

/// The view as it would be.
fn supposed<D: Guarded + Known>(ask: &Ask, plan: &Plan<D>) -> Result<View, Stop> {
    refuse_what_is_known(ask, plan)?;
    let mut after = View::clone(ask.view());
    let imagined = after.imagine::<D>(plan.id, plan.command.clone(), &ask.context());
    imagined.map_err(|rejection| Stop::rejected(&rejection))?;
    Ok(after)
}

/// What differs.
async fn compared(ask: &Ask, after: View) -> Result<Difference, Stop> {
    let at = ask.moment();
    let before = Moment {
        view: ask.view().clone(),
        at,
    };
    let after = Moment {
        view: Arc::new(after),
        at,
    };
    let within = ask.principal().confined_to();
    let difference = move || difference(&before, &after, within);
    let found = ask.world().blocking("a difference", difference).await;
    found
        .map_err(|error| Stop::Fault(error.to_string()))?
        .map_err(Stop::TooMuch)
}
