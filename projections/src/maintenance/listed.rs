//! Sessions by what lists ask for them by: where they were asked for, which is the order of creation. It follows from the sessions
//! themselves.

use crate::index::Within;
use crate::packed::Packed;
use imbl::OrdMap;
use std::iter::once;
use std::ops::Bound;
use std::sync::Arc;
use upkeep_domain::kernel::ids::{ComputerId, TenantId};
use upkeep_domain::maintenance::session::Requested;
use upkeep_event_store::Position;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// As few of each as stay in the view.
    by_computer: OrdMap<ComputerId, Arc<[Position]>>,
    /// As they were asked for.
    by_tenant: OrdMap<TenantId, Packed<Position, ()>>,
}

impl Listed {
    /// Each in the order of creation.
    pub fn of(
        by_computer: impl Iterator<Item = (ComputerId, Vec<Position>)>,
        by_tenant: impl Iterator<Item = (TenantId, Vec<Position>)>,
    ) -> Self {
        let packed = |all: Vec<Position>| all.into_iter().map(|at| (at, ())).collect();
        // Numbers are for ever, and there may be nothing of what has one.
        let by_computer = by_computer.filter(|(_, all)| !all.is_empty());
        let by_tenant = by_tenant.filter(|(_, all)| !all.is_empty());
        Self {
            by_computer: by_computer.map(|(id, all)| (id, Arc::from(all))).collect(),
            by_tenant: by_tenant.map(|(id, all)| (id, packed(all))).collect(),
        }
    }

    pub fn of_computer(&self, computer: ComputerId) -> &[Position] {
        self.by_computer.get(&computer).map_or(&[], AsRef::as_ref)
    }

    pub fn of_computer_within(
        &self,
        computer: ComputerId,
        (start, end): Within<Position>,
    ) -> &[Position] {
        let sessions = self.of_computer(computer);
        let from = match start {
            Bound::Unbounded => 0,
            Bound::Included(start) => sessions.partition_point(|at| *at < start),
            Bound::Excluded(start) => sessions.partition_point(|at| *at <= start),
        };
        let to = match end {
            Bound::Unbounded => sessions.len(),
            Bound::Included(end) => sessions.partition_point(|at| *at <= end),
            Bound::Excluded(end) => sessions.partition_point(|at| *at < end),
        };
        &sessions[from..to.max(from)]
    }

    pub fn of_tenant_within(
        &self,
        tenant: TenantId,
        within: Within<Position>,
    ) -> impl DoubleEndedIterator<Item = Position> {
        let sessions = self.by_tenant.get(&tenant).into_iter();
        sessions.flat_map(move |sessions| sessions.within(within).map(|(at, ())| at))
    }

    pub fn insert(&mut self, at: Position, request: &Requested) {
        let of_computer = self.of_computer(request.computer());
        if let Err(place) = of_computer.binary_search(&at) {
            let (before, after) = of_computer.split_at(place);
            let (before, after) = (before.iter().copied(), after.iter().copied());
            let sessions = before.chain(once(at)).chain(after).collect();
            self.by_computer.insert(request.computer(), sessions);
        }
        let of_tenant = self.by_tenant.entry(request.tenant).or_default();
        of_tenant.insert(at, ());
    }

    pub fn remove(&mut self, at: Position, request: &Requested) {
        let of_computer = self.of_computer(request.computer());
        if let Ok(place) = of_computer.binary_search(&at) {
            let (before, after) = (&of_computer[..place], &of_computer[place + 1..]);
            let sessions: Arc<[Position]> = before.iter().chain(after).copied().collect();
            if sessions.is_empty() {
                self.by_computer.remove(&request.computer());
            } else {
                self.by_computer.insert(request.computer(), sessions);
            }
        }
        if let Some(of_tenant) = self.by_tenant.get_mut(&request.tenant) {
            of_tenant.remove(at);
            if of_tenant.len() == 0 {
                self.by_tenant.remove(&request.tenant);
            }
        }
    }
}
