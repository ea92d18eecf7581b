use crate::{MAX_CONNECTIONS, MAX_UNPROVEN, OTHER_FILES, network};
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// All connections.
#[derive(Clone)]
pub struct Peers {
    shared: Arc<Shared>,
}

struct Shared {
    max_connections: usize,
    max_unproven: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: HashMap<u64, Connection>,
    /// Those that have shown nothing, of each address, the longest silent first.
    unproven: HashMap<IpAddr, BTreeSet<(u64, u64)>>,
    count_unproven: usize,
    /// Numbers connections, and the moments at which they became silent.
    next: u64,
}

struct Connection {
    /// Its address, or the network that counts as one.
    address: IpAddr,
    /// Since when it has shown nothing; nothing while it has.
    silent_since: Option<u64>,
    gone: CancellationToken,
}

/// One connection, for as long as somebody holds it.
#[derive(Clone)]
pub struct Peer {
    place: Arc<Held>,
}

struct Held {
    id: u64,
    gone: CancellationToken,
    shared: Arc<Shared>,
}

/// Keeps a connection from having to make room.
pub struct Proof {
    place: Arc<Held>,
}

impl Peers {
    /// As many connections as the limits allow, if the process may have so many files open.
    pub fn new(open_files: usize) -> Self {
        let room = open_files.saturating_sub(OTHER_FILES).max(OTHER_FILES / 2);
        let max_connections = room.min(MAX_CONNECTIONS);
        Self::of(max_connections, MAX_UNPROVEN.min(max_connections / 2))
    }

    fn of(max_connections: usize, max_unproven: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                max_connections,
                max_unproven,
                state: Mutex::default(),
            }),
        }
    }

    /// A place for a new connection; nothing if all are taken by those who have shown something.
    pub fn admit(&self, address: IpAddr) -> Option<Peer> {
        let mut state = self.shared.lock();
        let is_full = state.connections.len() >= self.shared.max_connections;
        if (is_full || state.count_unproven >= self.shared.max_unproven) && !state.make_room() {
            return None;
        }
        let gone = CancellationToken::new();
        let id = state.number();
        let connection = Connection {
            address: network(address),
            silent_since: None,
            gone: gone.clone(),
        };
        state.connections.insert(id, connection);
        state.silent(id);
        let shared = self.shared.clone();
        let place = Arc::new(Held { id, gone, shared });
        Some(Peer { place })
    }
}

impl Peer {
    /// It has shown who it is: as long as the proof is held, it makes room for nobody.
    #[must_use]
    pub fn proven(&self) -> Proof {
        self.place.shared.lock().proven(self.place.id);
        Proof {
            place: self.place.clone(),
        }
    }

    /// Waits until the connection has to make room for another one.
    pub async fn has_to_go(&self) {
        self.place.gone.cancelled().await;
    }
}

impl Drop for Proof {
    fn drop(&mut self) {
        self.place.shared.lock().silent(self.place.id);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.proven(self.id);
        state.connections.remove(&self.id);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn silent(&mut self, id: u64) {
        let now = self.number();
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        if connection.silent_since.is_none() && !connection.gone.is_cancelled() {
            connection.silent_since = Some(now);
            let of_address = self.unproven.entry(connection.address).or_default();
            of_address.insert((now, id));
            self.count_unproven += 1;
        }
    }

    fn proven(&mut self, id: u64) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let Some(since) = connection.silent_since.take() else {
            return;
        };
        if let Some(of_address) = self.unproven.get_mut(&connection.address) {
            of_address.remove(&(since, id));
            if of_address.is_empty() {
                self.unproven.remove(&connection.address);
            }
        }
        self.count_unproven -= 1;
    }

    /// The longest silent connection of the address with most of them has to go. Whether there was one.
    fn make_room(&mut self) -> bool {
        let chosen = self
            .unproven
            .values()
            .filter_map(|of_address| Some((of_address.len(), *of_address.first()?)))
            .max_by_key(|(count, (since, _))| (*count, std::cmp::Reverse(*since)));
        let Some((_, (_, id))) = chosen else {
            return false;
        };
        self.proven(id);
        if let Some(connection) = self.connections.get(&id) {
            connection.gone.cancel();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    fn has_to_go(peer: &Peer) -> bool {
        peer.place.gone.is_cancelled()
    }

    #[test]
    fn who_is_silent_longest_makes_room() {
        let peers = Peers::of(10, 3);
        let silent: Vec<_> = (0..3).map(|_| peers.admit(address(1)).unwrap()).collect();
        let newcomer = peers.admit(address(1)).unwrap();
        assert!(has_to_go(&silent[0]));
        assert!(!has_to_go(&silent[1]) && !has_to_go(&newcomer));
    }

    #[test]
    fn the_address_that_has_most_makes_room_for_the_others() {
        let peers = Peers::of(10, 4);
        let alone = peers.admit(address(2)).unwrap();
        let many: Vec<_> = (0..3).map(|_| peers.admit(address(1)).unwrap()).collect();
        let _more: Vec<_> = (0..2).map(|_| peers.admit(address(1)).unwrap()).collect();
        assert!(!has_to_go(&alone), "the oldest, but the only one there");
        assert!(has_to_go(&many[0]) && has_to_go(&many[1]));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_however_many_it_has() {
        let peers = Peers::of(10, 4);
        let of = |address: &str| peers.admit(address.parse().unwrap()).unwrap();
        let alone = of("2001:db8:1:2::1");
        let many = ["2001:db8:7:7::1", "2001:db8:7:7::2", "2001:db8:7:7::3"].map(of);
        let _more = of("2001:db8:7:7::4");
        assert!(!has_to_go(&alone), "the oldest, but the only one there");
        assert!(has_to_go(&many[0]));
    }

    #[test]
    fn who_has_shown_something_stays_and_is_silent_again_afterwards() {
        let peers = Peers::of(10, 1);
        let peer = peers.admit(address(1)).unwrap();
        let proof = peer.proven();
        let second = peers.admit(address(1)).unwrap();
        assert!(!has_to_go(&peer));
        drop(proof);
        let _third = peers.admit(address(1)).unwrap();
        assert!(has_to_go(&second) && !has_to_go(&peer), "the older silence");
        let _fourth = peers.admit(address(1)).unwrap();
        assert!(has_to_go(&peer));
    }

    #[test]
    fn when_all_have_shown_something_nobody_is_let_in_until_one_leaves() {
        let peers = Peers::of(2, 2);
        let proven: Vec<_> = (0..2).map(|_| peers.admit(address(1)).unwrap()).collect();
        let mut proofs: Vec<_> = proven.iter().map(Peer::proven).collect();
        assert!(peers.admit(address(2)).is_none());
        proofs.pop();
        assert!(peers.admit(address(2)).is_some(), "one has to go");
        assert!(has_to_go(&proven[1]));
    }

    #[test]
    fn a_place_is_free_when_nobody_holds_it() {
        let peers = Peers::of(1, 1);
        let peer = peers.admit(address(1)).unwrap();
        let proof = peer.proven();
        drop(peer);
        assert!(peers.admit(address(1)).is_none(), "the proof holds it");
        drop(proof);
        assert!(peers.admit(address(1)).is_some());
        assert_eq!(peers.shared.lock().count_unproven, 0);
    }
}
