//! A change, planned by whoever wants it, judged, confirmed and carried out here: for every door the same.

use crate::Commands;
use crate::ask::{Ask, Plan};
use crate::error::CommandError;
use crate::handler::Outcome;
use crate::stop::Stop;
use upkeep_domain::access::Guarded;
use upkeep_domain::fleet::passage::Passage;
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{PrerequisiteId, TenantId};
use upkeep_domain::rules::deployment::MaintenanceItem;
use upkeep_projections::{Known, View};

/// How often a change is judged anew because somebody else was faster.
const MAX_JUDGEMENTS: usize = 16;

/// A change that somebody wants: which command it is, for what. It can be carried out, and it can be imagined.
pub trait Change {
    type Of: Guarded + Known;

    /// Checks what it names, and says what is to happen. Asked again where somebody else was faster.
    fn plan(&self, ask: &Ask) -> Result<Plan<Self::Of>, Stop>;

    /// Whether it has to be confirmed where it reaches many computers.
    fn confirmation(&self, _plan: &Plan<Self::Of>) -> Confirmation {
        Confirmation::NotNeeded
    }
}

/// What a sender says of how many computers a change reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    NotNeeded,
    /// What so many computers should have changes.
    Wanted(Option<u32>),
    /// What of this software or task is run on so many computers changes.
    Run {
        item: MaintenanceItem,
        expected: Option<u32>,
    },
    /// The same of the software that this prerequisite is of, as the view has it on which the change is judged.
    RunBecause {
        prerequisite: PrerequisiteId,
        expected: Option<u32>,
    },
}

impl Confirmation {
    /// Of what changes what of this is run.
    pub fn run(item: impl Into<MaintenanceItem>, expected: Option<u32>) -> Self {
        let item = item.into();
        Self::Run { item, expected }
    }
}

/// Whether something happened now, or had happened before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Now,
    Before,
}

impl Done {
    pub(crate) fn of<D: Decider>(outcome: &Outcome<D>) -> Self {
        if outcome.events.is_empty() {
            Self::Before
        } else {
            Self::Now
        }
    }
}

/// Refuses whatever would change something in a tenant that was removed.
pub(crate) fn refuse_if_removed(view: &View, tenant: Option<TenantId>) -> Result<(), Stop> {
    let known = tenant.and_then(|tenant| view.tenants.get(tenant));
    let removed = known.map(|entry| entry.state.refuse_if_removed());
    removed
        .unwrap_or(Ok(()))
        .map_err(|removed| Stop::rejected(&removed))
}

impl Commands {
    /// Plans a change, has it confirmed where that is needed, and carries it out.
    ///
    /// Not cancel-safe: a dropped call may have been carried out; the same command again finds out.
    pub async fn carry_out<C: Change>(
        &self,
        ask: &mut Ask,
        change: &C,
    ) -> Result<(<C::Of as Decider>::Id, Done), Stop> {
        let mut judged = 0;
        let mut is_behind = true;
        loop {
            ask.judge_again();
            let plan = match change.plan(ask) {
                // Another server may have made what this one's view does not show yet.
                Err(stop) if stop.is_not_found() && is_behind => {
                    is_behind = false;
                    let head = self.store().head().await.map_err(CommandError::Read)?;
                    if head <= ask.view().position() {
                        return Err(stop);
                    }
                    ask.move_on(self.at_least(head).await?);
                    continue;
                }
                plan => plan?,
            };
            let id = plan.id;
            self.confirm(ask, &plan, change.confirmation(&plan)).await?;
            judged += 1;
            match self.execute(ask, plan).await {
                // Somebody else was faster; the newest view shows by now what is so.
                Err(stop) if stop.is_overtaken() && judged < MAX_JUDGEMENTS => {}
                done => return done.map(|done| (id, done)),
            }
        }
    }

    /// Executes what was planned, by way of the streams that it has to pass.
    async fn execute<D: Guarded + Known>(
        &self,
        ask: &mut Ask,
        plan: Plan<D>,
    ) -> Result<Done, Stop> {
        if !D::outlives_its_tenant(&plan.command) {
            refuse_if_removed(ask.view(), plan.tenant)?;
        }
        match plan.passage(ask.view()) {
            None => {}
            Some(Passage::Tree { tenant, wanted }) => {
                return self.change_place(ask, tenant, wanted).await;
            }
            Some(Passage::PlaceInTree { tenant, parent }) => {
                self.place_new(ask, tenant, parent).await?;
            }
            Some(Passage::HardwareThere { computer, tenant }) => {
                self.claim_there(ask, computer, tenant).await?;
            }
            Some(Passage::HardwareAgain { computer }) => {
                self.claim_again(ask, computer).await?;
            }
            Some(Passage::Upn {
                person,
                tenant,
                upn,
            }) => self.claim_upn(ask, person, tenant, &upn).await?,
            Some(Passage::PlaceInQueue {
                session,
                computer,
                tenant,
            }) => {
                self.claim_place_in_queue(ask, session, computer, tenant)
                    .await?;
            }
        }
        self.decide(ask, plan).await
    }

    /// One append, of what was judged on the view.
    pub(crate) async fn decide<D: Guarded + Known>(
        &self,
        ask: &mut Ask,
        plan: Plan<D>,
    ) -> Result<Done, Stop> {
        let envelope = ask.envelope.clone().of_tenant(plan.tenant);
        let premise = ask.view().premise::<D>(plan.id);
        let executed = self
            .handler
            .execute_as_judged::<D>(plan.id, plan.command, Some(&premise), &envelope)
            .await;
        self.seen(ask, executed)
            .await
            .map(|outcome| Done::of(&outcome))
    }

    /// Waits for a view that shows what happened; where somebody else was faster, for one that shows what is so now.
    pub(crate) async fn seen<D: Decider>(
        &self,
        ask: &mut Ask,
        executed: Result<Outcome<D>, CommandError>,
    ) -> Result<Outcome<D>, Stop> {
        let position = match &executed {
            Ok(outcome) => Some(outcome.position),
            Err(CommandError::Overtaken { position }) => Some(*position),
            Err(_) => None,
        };
        if let Some(position) = position {
            ask.move_on(self.at_least(position).await?);
        }
        Ok(executed?)
    }
}
