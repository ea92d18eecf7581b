//! Every bound of the protocol's server, with its name. A password opens a place; before it is shown, nobody takes more than little.

use std::time::Duration;
use upkeep_event_store::port::MAX_EVENTS_PER_APPEND;

/// Connections in all.
pub const MAX_CONNECTIONS: usize = 1_000;
/// Connections of one user.
pub const CONNECTIONS_PER_USER: usize = 250;
/// Connections on which no password was shown yet; beyond, the oldest of them ends.
pub const UNPROVEN_CONNECTIONS: usize = 256;
/// The same of one address (of one /64 network of IPv6).
pub const UNPROVEN_PER_ADDRESS: usize = 64;
/// How long a connection may go without a password, its TLS handshake included.
pub const PROOF_WITHIN: Duration = Duration::from_secs(10);
/// How long a connection without a call stays open.
pub const IDLE_FOR: Duration = Duration::from_mins(10);
/// How often connections are looked at.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often the file of the users is looked at, so that who was removed loses what is open.
pub const USERS_EVERY: Duration = Duration::from_millis(250);
/// How long connections that are left when the server stops may linger.
pub const LINGER: Duration = Duration::from_secs(5);
/// The wait after a connection could not be accepted: there may be no file handle left for a while.
pub const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(100);

/// Calls of one connection that go on at once; a client waits with more.
pub const CALLS_PER_CONNECTION: u32 = 250;
/// Bytes of requests that wait to be read on one connection; one call of it may have 1 MiB of them. Half as much is what small
/// frames may waste before the HTTP/2 library ends the connection with all its calls, and clients send an event a frame.
pub const WAITING_PER_CONNECTION: u32 = 8 * 1024 * 1024;
/// Calls of one user that go on at once.
pub const CALLS_PER_USER: usize = 250;
/// Calls of all users.
pub const MAX_CALLS: usize = 1_000;
/// Calls of one user that bring events.
pub const WRITING_PER_USER: usize = 64;
/// The same of all users.
pub const MAX_WRITING: usize = 256;
/// How long a call may take to be understood and, where it is answered once, to be answered.
pub const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// How often a silent connection is asked whether it lives.
pub const KEEPALIVE_EVERY: Duration = Duration::from_secs(15);
/// How long it has to answer.
pub const KEEPALIVE_PATIENCE: Duration = Duration::from_secs(20);

/// Streams whose lists of who may do what are kept in memory; beyond, all are read again.
pub const KNOWN_LISTS: usize = 10_000;

/// The largest message with events. An append may be 1 MiB; up to here it is refused under its own name, and those beside
/// it in the same call go on. Clients put up to 3 MiB into a message of a `BatchAppend`.
pub const MAX_MESSAGE_BYTES: usize = 4 * 1024 * 1024 + 64 * 1024;
/// The largest other message: a filter with a thousand prefixes, or what a consumer has handled.
pub const MAX_SMALL_MESSAGE_BYTES: usize = 512 * 1024;
/// The largest message of calls that need no password: they say nothing.
pub const MAX_EMPTY_MESSAGE_BYTES: usize = 1_024;

/// Messages that are read of an append after it was refused.
pub const REFUSED_MESSAGES: usize = 65_536;
/// How long they are waited for.
pub const REFUSED_PATIENCE: Duration = Duration::from_secs(1);
/// Longest reason of a consumer that is kept with what it parks, in bytes: as many as are parked at once fit into one append.
pub const MAX_NACK_REASON_BYTES: usize = 1_000;
/// Appends of one `BatchAppend` call whose last part has not come yet.
pub const OPEN_APPENDS: usize = 64;
/// Bytes of those.
pub const OPEN_APPEND_BYTES: usize = 4 * 1024 * 1024;
/// Appends of one call that wait for the disk.
pub const APPENDS_UNDER_WAY: usize = 1_024;
/// Bytes of those, about: one more append may come on top.
pub const BYTES_UNDER_WAY: usize = 4 * 1024 * 1024;

/// Messages that wait for a slow client, each an event of 1 MiB at most; behind them its events wait on disk.
pub const WAITING: usize = 16;
/// Events that may wait for a live subscriber before it is told that it fell behind and reads them as history: as many as one
/// append may have.
pub const LIVE_BUFFER: u64 = MAX_EVENTS_PER_APPEND as u64;
/// Events in the memory of one persistent subscription, whatever buffer it was given.
pub const MAX_GROUP_EVENTS: usize = 10_000;
/// Sources of which it is remembered that they had a persistent subscription.
pub const REMEMBERED_SOURCES: usize = 1_000;
/// Bytes of events in the memory of one persistent subscription, about: one more page may come on top.
pub const MAX_GROUP_BYTES: usize = 8 * 1024 * 1024;
