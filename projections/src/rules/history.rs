//! When the winner of an item on a computer changed, and what changed it.
//!
//! Nothing is kept for this: the streams that can matter are read again, found by following what their events name,
//! and folded in order into a view of their own, which is asked after each event and at each turn of an agreement.

use crate::projector::Projections;
use crate::rules::resolution::{Moment, Won};
use crate::view::{ApplyError, View};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashSet};
use std::ops::Bound;
use upkeep_domain::aggregates::DomainEvent;
use upkeep_domain::fleet::agreement::Agreement;
use upkeep_domain::fleet::computer::{Computer, ComputerEvent};
use upkeep_domain::fleet::group::{Group, GroupEvent, Member};
use upkeep_domain::fleet::person::Person;
use upkeep_domain::fleet::tenant::{Tenant, TenantEvent};
use upkeep_domain::kernel::decider::Decider;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::rules::deployment::{
    Deployment, DeploymentEvent, MaintenanceItem, Membership, Target,
};
use upkeep_event_store::{Direction, ReadError, RecordedEvent, StreamName};
use upkeep_world::Ended;

/// Most events that one history is made from.
pub const MAX_HISTORY_EVENTS: usize = 200_000;
/// Most turns of agreements that one history looks at.
pub const MAX_HISTORY_TURNS: usize = 100_000;
/// Events of one page of a stream.
const PAGE: usize = 1_024;

/// A moment at which the winner, or what it wants, became another one.
#[derive(Clone, Debug)]
pub struct Turn {
    pub at: DateTime<Utc>,
    pub cause: Cause,
    pub before: Option<Won>,
    pub after: Option<Won>,
}

/// What made the difference.
#[derive(Clone, Debug)]
pub enum Cause {
    Event(Box<RecordedEvent>),
    /// Nobody did anything: an agreement or a product on it began or was over.
    Time,
}

/// Why a history cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(
        "more than {MAX_HISTORY_EVENTS} events or {MAX_HISTORY_TURNS} days on which an agreement turns could matter: the \
         history is too long to be told at once"
    )]
    TooLong,
    #[error("the history was not told to its end: {0}")]
    Interrupted(#[from] Ended),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

impl Projections {
    /// Every turn of one item on one computer up to a moment, oldest first. `within` tells only of the time in which the computer
    /// was that tenant's.
    pub async fn resolution_history(
        &self,
        until: &Moment,
        (computer, within): (ComputerId, Option<TenantId>),
        item: MaintenanceItem,
    ) -> Result<Vec<Turn>, HistoryError> {
        let mut events = self.events_that_matter(&until.view, computer, item).await?;
        events.sort_unstable_by_key(|event| event.position);
        let until = until.at;
        // Folding and asking is work, not waiting.
        let of = (computer, within);
        let turns = move || turns(events, until, of, item);
        self.world().blocking("a history", turns).await?
    }

    async fn events_that_matter(
        &self,
        view: &View,
        computer: ComputerId,
        item: MaintenanceItem,
    ) -> Result<Vec<RecordedEvent>, HistoryError> {
        let mut streams = Streams::default();
        streams.add::<Computer>(computer);
        for slot in view.rulebook().slots() {
            if slot.rule.item == item {
                streams.add::<Deployment>(slot.deployment);
            }
        }
        let mut events: Vec<RecordedEvent> = Vec::new();
        while let Some(stream) = streams.waiting.pop() {
            let mut next = 0;
            loop {
                let page = self
                    .store()
                    .read_stream(&stream, next, Direction::Forwards, PAGE)
                    .await?;
                let is_last = page.len() < PAGE;
                next += page.len() as u64;
                for event in page {
                    if event.position > view.position() {
                        break;
                    }
                    streams.follow(view, &event);
                    events.push(event);
                }
                if events.len() > MAX_HISTORY_EVENTS {
                    return Err(HistoryError::TooLong);
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(events)
    }
}

/// Streams that matter, each once.
#[derive(Default)]
struct Streams {
    known: HashSet<StreamName>,
    waiting: Vec<StreamName>,
}

impl Streams {
    fn add<D: Decider>(&mut self, id: D::Id) {
        let stream = StreamName::of(D::CATEGORY, id);
        if self.known.insert(stream.clone()) {
            self.waiting.push(stream);
        }
    }

    /// Adds the streams of what an event names. What cannot be read is told when it is folded.
    fn follow(&mut self, view: &View, event: &RecordedEvent) {
        let Ok(Some((said, _))) = event.domain_event() else {
            return;
        };
        match said {
            DomainEvent::Computer(ComputerEvent::Registered(registered)) => {
                self.add_tenant(view, registered.tenant);
            }
            DomainEvent::Computer(ComputerEvent::Moved(moved)) => {
                self.add_tenant(view, moved.tenant);
            }
            DomainEvent::Computer(ComputerEvent::PrimaryPersonSet(set)) => {
                if let Some(person) = set.person {
                    self.add::<Person>(person);
                }
            }
            DomainEvent::Tenant(event) => {
                let parent = match event {
                    TenantEvent::Created(created) => created.parent,
                    TenantEvent::ParentChanged(changed) => changed.parent,
                    _ => None,
                };
                if let Some(parent) = parent {
                    self.add::<Tenant>(parent);
                }
            }
            DomainEvent::Deployment(event) => match event {
                DeploymentEvent::Created(created) => self.add_target(&created.target),
                DeploymentEvent::Retargeted(retargeted) => self.add_target(&retargeted.target),
                _ => {}
            },
            DomainEvent::Group(GroupEvent::MembersAdded(added)) => {
                for member in added.members {
                    if let Member::Group(group) = member {
                        self.add::<Group>(group);
                    }
                }
            }
            _ => {}
        }
    }

    fn add_tenant(&mut self, view: &View, tenant: TenantId) {
        self.add::<Tenant>(tenant);
        for (agreement, _) in view.agreements_of(tenant) {
            self.add::<Agreement>(agreement);
        }
    }

    fn add_target(&mut self, target: &Target) {
        if let Membership::DeviceGroup { group } | Membership::DirectoryGroup { group } =
            target.membership
        {
            self.add::<Group>(group);
        }
    }
}

fn turns(
    events: Vec<RecordedEvent>,
    until: DateTime<Utc>,
    (computer, within): (ComputerId, Option<TenantId>),
    item: MaintenanceItem,
) -> Result<Vec<Turn>, HistoryError> {
    let mut teller = Teller {
        view: View::default(),
        computer,
        within,
        item,
        now: None,
        agreements_turn: BTreeSet::new(),
        looked_at: 0,
        turns: Vec::new(),
    };
    for event in events {
        teller.wait_until(event.created)?;
        teller.fold(&event)?;
        teller.look(event.created, || Cause::Event(Box::new(event)));
    }
    teller.wait_until(until)?;
    Ok(teller.turns)
}

struct Teller {
    view: View,
    computer: ComputerId,
    within: Option<TenantId>,
    item: MaintenanceItem,
    now: Option<Won>,
    /// All moments at which an agreement turns, past and future.
    agreements_turn: BTreeSet<DateTime<Utc>>,
    /// How many of them were looked at.
    looked_at: usize,
    turns: Vec<Turn>,
}

impl Teller {
    /// Folds one event in, and learns the turns of agreements anew where it may have changed them.
    fn fold(&mut self, event: &RecordedEvent) -> Result<(), ApplyError> {
        self.view.apply(event)?;
        if matches!(
            event.stream.category(),
            Agreement::CATEGORY | Tenant::CATEGORY
        ) {
            let view = &self.view;
            let with_zone = view.agreements.iter().filter_map(|(_, entry)| {
                let terms = entry.state.terms.as_ref()?;
                let zone = view.tenants.get(terms.tenant)?.state.time_zone;
                Some((&entry.state, zone))
            });
            self.agreements_turn = with_zone
                .flat_map(|(agreement, zone)| agreement.turns(zone))
                .collect();
        }
        Ok(())
    }

    /// What time itself changes after the last event, up to that moment.
    fn wait_until(&mut self, moment: DateTime<Utc>) -> Result<(), HistoryError> {
        let Some(since) = self.view.time().filter(|since| *since < moment) else {
            return Ok(());
        };
        let between = (Bound::Excluded(since), Bound::Included(moment));
        let turns: Vec<DateTime<Utc>> = self.agreements_turn.range(between).copied().collect();
        self.looked_at += turns.len();
        if self.looked_at > MAX_HISTORY_TURNS {
            return Err(HistoryError::TooLong);
        }
        for turn in turns {
            self.look(turn, || Cause::Time);
        }
        Ok(())
    }

    fn look(&mut self, at: DateTime<Utc>, cause: impl FnOnce() -> Cause) {
        let of = self.view.tenant_of(self.computer);
        let is_told = self.within.is_none() || self.within == of;
        let won = || self.view.winner_of(self.item, self.computer, at);
        let after = is_told.then(won).flatten();
        if after != self.now {
            let before = std::mem::replace(&mut self.now, after.clone());
            self.turns.push(Turn {
                at,
                cause: cause(),
                before,
                after,
            });
        }
    }
}
