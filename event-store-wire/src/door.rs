//! The door: which connections are open, and which of them have to go.
//!
//! A connection counts against its address until a password was shown on it, and against its user from then on. Where
//! places are scarce, the oldest without a password goes: who means well shows it within milliseconds.

use crate::limits::{
    CONNECTIONS_PER_USER, IDLE_FOR, MAX_CONNECTIONS, PROOF_WITHIN, UNPROVEN_CONNECTIONS,
    UNPROVEN_PER_ADDRESS,
};
use futures_util::task::AtomicWaker;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::Instant;
use upkeep_listener::network;

/// One connection.
pub struct Connection {
    number: u64,
    /// Its address, or the network that counts as one.
    from: IpAddr,
    usage: Mutex<Usage>,
    ended: AtomicBool,
    waker: AtomicWaker,
}

struct Usage {
    user: Option<String>,
    calls: usize,
    /// When it was accepted, and later when its last call ended.
    since: Instant,
}

impl Connection {
    fn usage(&self) -> MutexGuard<'_, Usage> {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it has to go; wakes who asked when that changes.
    pub fn poll_ended(&self, context: &Context<'_>) -> bool {
        if self.ended.load(Ordering::Acquire) {
            return true;
        }
        self.waker.register(context.waker());
        self.ended.load(Ordering::Acquire)
    }

    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.waker.wake();
    }

    fn is_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    fn is_unproven(&self) -> bool {
        self.usage().user.is_none()
    }

    /// A call goes on until the answer is dropped.
    pub fn call(self: &Arc<Self>) -> CallUnderWay {
        self.usage().calls += 1;
        CallUnderWay(self.clone())
    }
}

/// A call that goes on: its connection is not idle.
pub struct CallUnderWay(Arc<Connection>);

impl Drop for CallUnderWay {
    fn drop(&mut self) {
        let mut usage = self.0.usage();
        usage.calls = usage.calls.saturating_sub(1);
        usage.since = Instant::now();
    }
}

/// All connections.
#[derive(Clone, Default)]
pub struct Door(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    next: u64,
    connections: BTreeMap<u64, Arc<Connection>>,
}

impl Open {
    /// Those that are not on their way out, the oldest first.
    fn staying(&self) -> impl Iterator<Item = &Arc<Connection>> {
        self.connections
            .values()
            .filter(|connection| !connection.is_ended())
    }
}

impl Door {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that was accepted; nothing if there is no place for it.
    pub fn enter(&self, from: IpAddr) -> Option<Entered> {
        let from = network(from);
        let mut open = self.open();
        let unproven: Vec<Arc<Connection>> = open
            .staying()
            .filter(|connection| connection.is_unproven())
            .cloned()
            .collect();
        let mut same = unproven.iter().filter(|other| other.from == from);
        let is_full = open.connections.len() >= MAX_CONNECTIONS;
        if same.clone().count() >= UNPROVEN_PER_ADDRESS {
            same.next()?.end();
        } else if is_full || unproven.len() >= UNPROVEN_CONNECTIONS {
            unproven.first()?.end();
        }
        let connection = Arc::new(Connection {
            number: open.next,
            from,
            usage: Mutex::new(Usage {
                user: None,
                calls: 0,
                since: Instant::now(),
            }),
            ended: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        open.next += 1;
        open.connections
            .insert(connection.number, connection.clone());
        Some(Entered {
            door: self.clone(),
            connection,
        })
    }

    /// A user has shown a password on a connection. False if the user has as many as there may be.
    pub fn prove(&self, connection: &Connection, user: &str) -> bool {
        if connection.usage().user.as_deref() == Some(user) {
            return true;
        }
        let open = self.open();
        let of_user = open
            .staying()
            .filter(|other| other.usage().user.as_deref() == Some(user))
            .count();
        if of_user >= CONNECTIONS_PER_USER {
            return false;
        }
        connection.usage().user = Some(user.to_owned());
        true
    }

    /// Ends who has shown no password in time, and who does nothing.
    pub fn sweep(&self, now: Instant) {
        for connection in self.open().staying() {
            let usage = connection.usage();
            let age = now.saturating_duration_since(usage.since);
            let is_over = match usage.user {
                None => age >= PROOF_WITHIN,
                Some(_) => usage.calls == 0 && age >= IDLE_FOR,
            };
            drop(usage);
            if is_over {
                connection.end();
            }
        }
    }

    /// Ends all that are left.
    pub fn close(&self) {
        for connection in self.open().staying() {
            connection.end();
        }
    }
}

/// A connection that has its place until this is dropped.
pub struct Entered {
    door: Door,
    pub connection: Arc<Connection>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.door.open().connections.remove(&self.connection.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn address(n: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + n).to_be_bytes())
    }

    #[test]
    fn one_address_without_a_password_takes_few_places_and_the_newest_stay() {
        let door = Door::default();
        let all: Vec<Entered> = (0..UNPROVEN_PER_ADDRESS + 3)
            .map(|_| door.enter(address(1)).unwrap())
            .collect();
        let ended = |entered: &Entered| entered.connection.is_ended();
        assert!(all[..3].iter().all(ended), "the oldest go");
        assert!(!all[3..].iter().any(ended));
        let other = door.enter(address(2)).unwrap();
        assert!(!ended(&other), "another address has its own");
    }

    #[test]
    fn many_addresses_without_a_password_do_not_keep_out_whoever_comes() {
        let door = Door::default();
        let all: Vec<Entered> = (0..2_000)
            .map(|n| door.enter(address(n)).unwrap())
            .collect();
        let staying = all.iter().filter(|one| !one.connection.is_ended()).count();
        assert_eq!(staying, UNPROVEN_CONNECTIONS);
        assert!(!all.last().unwrap().connection.is_ended());
    }

    #[test]
    fn with_a_password_a_connection_stays_and_is_its_users() {
        let door = Door::default();
        let mine: Vec<Entered> = (0..CONNECTIONS_PER_USER)
            .map(|_| {
                let entered = door.enter(address(1)).unwrap();
                assert!(door.prove(&entered.connection, "me"));
                entered
            })
            .collect();
        let one_more = door.enter(address(1)).unwrap();
        assert!(!door.prove(&one_more.connection, "me"), "as many as may be");
        assert!(door.prove(&one_more.connection, "another"));
        assert!(!mine.iter().any(|one| one.connection.is_ended()));
    }

    #[test]
    fn who_shows_nothing_goes_soon_and_who_does_nothing_later() {
        let door = Door::default();
        let (silent, idle, busy) = (
            door.enter(address(1)).unwrap(),
            door.enter(address(1)).unwrap(),
            door.enter(address(1)).unwrap(),
        );
        door.prove(&idle.connection, "me");
        door.prove(&busy.connection, "me");
        let call = busy.connection.call();
        let ended = || [&silent, &idle, &busy].map(|entered| entered.connection.is_ended());
        let start = Instant::now();
        door.sweep(start);
        assert_eq!(ended(), [false, false, false]);
        door.sweep(start + PROOF_WITHIN + Duration::from_secs(1));
        assert_eq!(ended(), [true, false, false]);
        door.sweep(start + IDLE_FOR + Duration::from_secs(1));
        assert_eq!(ended(), [true, true, false]);
        drop(call);
        door.sweep(Instant::now() + IDLE_FOR + Duration::from_secs(1));
        assert_eq!(ended(), [true, true, true]);
        drop((silent, idle, busy));
        assert!(door.open().connections.is_empty(), "places are free again");
    }
}
