//! Where a metascript's `http` may go.
//!
//! [`Guard`] decides, and looks nothing up: first about the address that was asked for ([`Guard::admit`]), then about the addresses
//! to which its name led ([`Target::choose`]). What is dialled is the address that was judged, never the name again, so that a name which
//! leads elsewhere a moment later is of no use. A redirect is not followed: the script sees it, and asks anew.
//!
//! Not here: looking names up and dialling. Whoever does resolves once, dials what [`Target::choose`] answered, keeps
//! [`MAX_RESPONSE_BODY_BYTES`](crate::MAX_RESPONSE_BODY_BYTES) of the body and gives up after [`PATIENCE`].

mod address;
mod guard;
mod headers;

pub use address::is_public;
pub use guard::{Guard, HostPattern, HttpRefusal, PatternError, PlainHttp, Target};
pub use headers::{HeaderError, header_name, header_value};

use std::time::Duration;

/// How long a request may take, from looking the name up to the last byte that is kept.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Hosts that an installation allows.
pub const MAX_HOSTS: usize = 256;
/// Addresses of one name that are looked at: more are refused.
pub const MAX_ADDRESSES: usize = 64;
