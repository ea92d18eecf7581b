//! How the server's time is shared: whoever asks has a place, of which each token, each tenant and all together have only
//! so many. Who waits gets the next free place by how little their tenant and their token had lately, not by how much
//! they ask for.

use crate::auth::Authenticated;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;
use upkeep_domain::access::Principal;
use upkeep_domain::kernel::ids::{ApiTokenId, TenantId};

/// In what time half of the work that somebody caused is forgotten.
const HALF_LIFE: Duration = Duration::from_secs(10);
/// How many of one holder may wait: more than may be present of it, because each answer of a subscription waits, too.
const MAX_WAITING: usize = 1_024;

/// How many a token, a tenant and all together may have. The operator counts as a token; those who belong to no tenant,
/// as the provider's own people, are bound by their tokens and the whole alone.
#[derive(Clone, Copy, Debug)]
pub struct Shares {
    pub of_token: usize,
    pub of_tenant: usize,
    pub in_all: usize,
}

/// Who holds something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    party: Party,
    tenant: Option<TenantId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Party {
    Operator,
    Setup,
    Token(ApiTokenId),
}

impl Holder {
    pub fn of(caller: Authenticated) -> Self {
        match caller {
            Authenticated::Setup(_) => Self {
                party: Party::Setup,
                tenant: None,
            },
            Authenticated::Principal(Principal::Operator) => Self {
                party: Party::Operator,
                tenant: None,
            },
            Authenticated::Principal(Principal::TokenHolder { token, role }) => Self {
                party: Party::Token(token),
                tenant: role.tenant(),
            },
        }
    }
}

/// Things of which everybody has a share, and who has how many.
#[derive(Clone)]
pub struct Counted {
    shares: Shares,
    held: Arc<Mutex<Held>>,
}

#[derive(Default)]
struct Held {
    parties: HashMap<Party, usize>,
    tenants: HashMap<TenantId, usize>,
    all: usize,
}

impl Held {
    fn has_room(&self, holder: Holder, shares: Shares) -> bool {
        let of_party = self.parties.get(&holder.party).copied().unwrap_or(0);
        let of_tenant = holder
            .tenant
            .and_then(|tenant| self.tenants.get(&tenant).copied())
            .unwrap_or(0);
        of_party < shares.of_token && of_tenant < shares.of_tenant && self.all < shares.in_all
    }

    fn add(&mut self, holder: Holder) {
        *self.parties.entry(holder.party).or_default() += 1;
        if let Some(tenant) = holder.tenant {
            *self.tenants.entry(tenant).or_default() += 1;
        }
        self.all += 1;
    }

    fn remove(&mut self, holder: Holder) {
        take_one(&mut self.parties, &holder.party);
        if let Some(tenant) = holder.tenant {
            take_one(&mut self.tenants, &tenant);
        }
        self.all = self.all.saturating_sub(1);
    }
}

fn take_one<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// One of the counted things. Dropping it gives it back.
pub struct Share {
    holder: Holder,
    held: Arc<Mutex<Held>>,
}

impl Drop for Share {
    fn drop(&mut self) {
        lock(&self.held).remove(self.holder);
    }
}

impl Counted {
    pub fn new(shares: Shares) -> Self {
        Self {
            shares,
            held: Arc::default(),
        }
    }

    /// One more, if the holder's share is not used up.
    pub fn take(&self, holder: Holder) -> Option<Share> {
        let mut held = lock(&self.held);
        held.has_room(holder, self.shares).then(|| {
            held.add(holder);
            Share {
                holder,
                held: self.held.clone(),
            }
        })
    }
}

/// The places where requests are executed.
#[derive(Clone)]
pub struct Places {
    shares: Shares,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    held: Held,
    /// Each holder's in the order in which they came, so that who waits often costs others nothing.
    waiting: HashMap<Holder, VecDeque<Waiting>>,
    /// How many came so far.
    came: u64,
    of_parties: HashMap<Party, Used>,
    of_tenants: HashMap<Option<TenantId>, Used>,
}

struct Waiting {
    /// The how manieth it is of all.
    number: u64,
    ready: oneshot::Sender<Place>,
}

/// How much work somebody caused lately: what is long ago counts less and less.
#[derive(Clone, Copy)]
struct Used {
    seconds: f64,
    at: Instant,
}

impl Used {
    fn by(self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.seconds * 0.5_f64.powf(passed / HALF_LIFE.as_secs_f64())
    }
}

/// What is forgotten so far that it is not kept.
const NEGLIGIBLE_SECONDS: f64 = 0.001;

/// A place. Dropping it gives it to the next one.
pub struct Place {
    holder: Holder,
    since: Instant,
    places: Places,
}

impl Drop for Place {
    fn drop(&mut self) {
        let passed_on = {
            let mut state = lock(&self.places.state);
            state.held.remove(self.holder);
            state.note(self.holder, self.since);
            self.places.pass_on(&mut state)
        };
        hand_over(passed_on);
    }
}

/// Outside the lock: a place that nobody takes any more is given back, which needs it.
fn hand_over(passed_on: Vec<(oneshot::Sender<Place>, Place)>) {
    for (ready, place) in passed_on {
        // Who left meanwhile drops the place, and it is passed on again.
        let _ = ready.send(place);
    }
}

impl State {
    fn note(&mut self, holder: Holder, since: Instant) {
        let now = Instant::now();
        let seconds = now.saturating_duration_since(since).as_secs_f64();
        let add = |used: &mut Used| {
            *used = Used {
                seconds: used.by(now) + seconds,
                at: now,
            };
        };
        let nothing = Used {
            seconds: 0.0,
            at: now,
        };
        add(self.of_parties.entry(holder.party).or_insert(nothing));
        add(self.of_tenants.entry(holder.tenant).or_insert(nothing));
        if self.of_parties.len() > 1_024 {
            self.of_parties
                .retain(|_, used| used.by(now) > NEGLIGIBLE_SECONDS);
            self.of_tenants
                .retain(|_, used| used.by(now) > NEGLIGIBLE_SECONDS);
        }
    }

    /// How much the holder's tenant and token had lately, those first who had least.
    fn had(&self, holder: Holder, now: Instant) -> (f64, f64) {
        let of_tenant = self.of_tenants.get(&holder.tenant);
        let of_party = self.of_parties.get(&holder.party);
        let seconds = |used: Option<&Used>| used.map_or(0.0, |used| used.by(now));
        (seconds(of_tenant), seconds(of_party))
    }

    /// Whether there was room in the holder's queue.
    fn queue(&mut self, holder: Holder, ready: oneshot::Sender<Place>) -> bool {
        let queue = self.waiting.entry(holder).or_default();
        if queue.len() >= MAX_WAITING {
            queue.retain(|waiting| !waiting.ready.is_closed());
        }
        if queue.len() >= MAX_WAITING {
            return false;
        }
        self.came += 1;
        let number = self.came;
        queue.push_back(Waiting { number, ready });
        true
    }

    /// Who comes next, if there is a place: the first of the holder that had least, and who came first among equals.
    fn next(&mut self, shares: Shares, now: Instant) -> Option<(Holder, oneshot::Sender<Place>)> {
        if self.held.all >= shares.in_all {
            return None;
        }
        self.waiting.retain(|_, queue| {
            while queue.front().is_some_and(|first| first.ready.is_closed()) {
                queue.pop_front();
            }
            !queue.is_empty()
        });
        let (_, _, holder) = self
            .waiting
            .iter()
            .filter(|(holder, _)| self.held.has_room(**holder, shares))
            .filter_map(|(holder, queue)| {
                Some((self.had(*holder, now), queue.front()?.number, *holder))
            })
            .min_by(|(one, came, _), (other, other_came, _)| {
                let (of_tenant, of_party) = (one.0.total_cmp(&other.0), one.1.total_cmp(&other.1));
                of_tenant.then(of_party).then(came.cmp(other_came))
            })?;
        let first = self.waiting.get_mut(&holder)?.pop_front()?;
        Some((holder, first.ready))
    }
}

impl Places {
    pub fn new(shares: Shares) -> Self {
        Self {
            shares,
            state: Arc::default(),
        }
    }

    /// A place; waits for it, at most so long. Nothing at once if too many of the holder wait already.
    pub async fn take(&self, holder: Holder, patience: Duration) -> Option<Place> {
        let (ready, place) = oneshot::channel();
        let passed_on = {
            let mut state = lock(&self.state);
            if !state.queue(holder, ready) {
                return None;
            }
            self.pass_on(&mut state)
        };
        hand_over(passed_on);
        tokio::time::timeout(patience, place).await.ok()?.ok()
    }

    /// Takes those who come next out of the queues.
    fn pass_on(&self, state: &mut State) -> Vec<(oneshot::Sender<Place>, Place)> {
        let now = Instant::now();
        let mut passed_on = Vec::new();
        while let Some((holder, ready)) = state.next(self.shares, now) {
            state.held.add(holder);
            let place = Place {
                holder,
                since: now,
                places: self.clone(),
            };
            passed_on.push((ready, place));
        }
        passed_on
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use std::task::Poll;
    use uuid::Uuid;

    fn holder(token: u128, tenant: u128) -> Holder {
        Holder {
            party: Party::Token(ApiTokenId(Uuid::from_u128(token))),
            tenant: Some(TenantId(Uuid::from_u128(tenant))),
        }
    }

    fn shares() -> Shares {
        Shares {
            of_token: 2,
            of_tenant: 3,
            in_all: 5,
        }
    }

    #[test]
    fn nobody_has_more_than_their_share_and_what_is_given_back_is_free() {
        let counted = Counted::new(shares());
        let take = |token, tenant| counted.take(holder(token, tenant));
        let (first, _second) = (take(1, 1).unwrap(), take(1, 1).unwrap());
        assert!(take(1, 1).is_none(), "the token's share");
        let _third = take(2, 1).unwrap();
        assert!(take(2, 1).is_none(), "the tenant's share");
        let (_fourth, _fifth) = (take(3, 2).unwrap(), take(4, 3).unwrap());
        assert!(take(5, 4).is_none(), "all of them");
        drop(first);
        assert!(take(5, 4).is_some());
    }

    /// Long enough that it never matters here.
    const PATIENT: Duration = Duration::from_mins(1);
    /// For what never becomes free.
    const SHORT: Duration = Duration::from_millis(10);

    #[tokio::test]
    async fn a_token_that_asks_for_everything_leaves_places_to_others() {
        let places = Places::new(shares());
        let _greedy = [
            places.take(holder(1, 1), PATIENT).await.unwrap(),
            places.take(holder(1, 1), PATIENT).await.unwrap(),
        ];
        assert!(places.take(holder(1, 1), SHORT).await.is_none());
        assert!(places.take(holder(9, 9), PATIENT).await.is_some());
    }

    #[tokio::test]
    async fn the_next_place_goes_to_whose_tenant_had_least() {
        let places = Places::new(Shares {
            of_token: 1,
            of_tenant: 1,
            in_all: 1,
        });
        let place = places.take(holder(1, 1), PATIENT).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let wait = |holder, name| {
            let (places, order) = (places.clone(), order.clone());
            tokio::spawn(async move {
                let place = places.take(holder, PATIENT).await.unwrap();
                lock(&order).push(name);
                drop(place);
            })
        };
        let mut waiting = Vec::new();
        for (holder, name) in [
            (holder(1, 1), "the same token"),
            (holder(2, 1), "another of the tenant"),
            (holder(3, 2), "another tenant"),
        ] {
            waiting.push(wait(holder, name));
            tokio::task::yield_now().await;
        }
        drop(place);
        for waiting in waiting {
            waiting.await.unwrap();
        }
        assert_eq!(
            *lock(&order),
            ["another tenant", "another of the tenant", "the same token"]
        );
    }

    #[tokio::test]
    async fn who_stops_waiting_loses_no_place_for_others() {
        let places = Places::new(Shares {
            of_token: 1,
            of_tenant: 1,
            in_all: 1,
        });
        let place = places.take(holder(1, 1), PATIENT).await.unwrap();
        assert!(places.take(holder(2, 2), SHORT).await.is_none());
        drop(place);
        assert!(places.take(holder(3, 3), PATIENT).await.is_some());
    }

    #[tokio::test]
    async fn who_waits_tens_of_thousands_of_times_is_bound_and_goes_before_nobody() {
        let places = Places::new(Shares {
            of_token: 1,
            of_tenant: 1,
            in_all: 1,
        });
        let place = places.take(holder(1, 1), PATIENT).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut greedy: Vec<_> = (0..25_000)
            .map(|_| Box::pin(places.take(holder(1, 1), PATIENT)))
            .collect();
        let mut refused = 0;
        for one in &mut greedy {
            match poll!(one) {
                Poll::Ready(None) => refused += 1,
                Poll::Ready(Some(_)) => panic!("the only place is taken"),
                Poll::Pending => {}
            }
        }
        assert_eq!(refused, 25_000 - MAX_WAITING);
        let mut other = Box::pin(places.take(holder(2, 2), PATIENT));
        assert!(poll!(&mut other).is_pending());
        drop(place);
        let Poll::Ready(Some(others)) = poll!(&mut other) else {
            panic!("the other comes next")
        };
        drop(others);
        assert!(matches!(poll!(&mut greedy[0]), Poll::Ready(Some(_))));

        drop(greedy);
        let mut again = Box::pin(places.take(holder(1, 1), PATIENT));
        assert!(matches!(poll!(&mut again), Poll::Ready(Some(_))));
        assert!(lock(&places.state).waiting.is_empty(), "nothing is left");
    }
}
