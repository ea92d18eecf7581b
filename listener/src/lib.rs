//! Where connections come in: how many there may be, and how long each may be silent.
//!
//! A connection that has shown nothing yet may always have to make room: when there are too many, the one that has been
//! silent longest goes, of the address that has most (of IPv6: the network). So those who open sockets and say nothing push out their own kind,
//! and an honest client needs its place only for as long as its proof is on the way. Behind a proxy, where all come from
//! one address, the oldest goes. What a proof is, `api` and `agent-gateway` say: [`Peer::proven`].
//!
//! Not here: tokens, keys, shares of the server's time.
//!
//! Start reading at [`Peers`], then [`serve`].

mod files;
mod network;
mod peers;
mod serve;

pub use files::raise_open_files;
pub use network::network;
pub use peers::{Peer, Peers, Proof};
pub use serve::serve;

use std::time::Duration;

/// Connections that are open at once, if the process may have so many files open.
pub const MAX_CONNECTIONS: usize = 32_768;
/// Of these, those that have shown nothing yet.
pub const MAX_UNPROVEN: usize = 1_024;
/// Files that are kept free of connections: the store, packages, the log.
pub const OTHER_FILES: usize = 256;
/// How long a client has for a request's head, and how long a connection may be idle.
pub const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// Largest head of a request, in bytes.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How long what was sent may wait to be taken before the connection counts as dead, in milliseconds.
pub const UNTAKEN_PATIENCE_MS: u32 = 60_000;
