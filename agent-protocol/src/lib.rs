//! What agents and the server say to each other: the types of `upkeep.agent.v1`.
//!
//! `agent-gateway/PROTOCOL.md` describes the protocol in words, for those who write agents of their own. This
//! crate holds its types, limits and proofs, and nothing else: the agent shares no other code with the server.
//!
//! Start reading at [`ServerFrame`] and [`AgentFrame`].

mod frames;
mod placeholder;
mod programs;
pub mod proof;
mod result;
mod secret;

pub use frames::{
    AgentFrame, AgentMessage, Body, ChassisType, EnrolRequest, EnrolResponse, Facts, Feature,
    Hardware, IdentitySource, Interpreter, InterpreterFacts, OsFacts, OsFamily, Outcome,
    PackageOrder, Refusal, Report, RunOrder, ServerFrame, ServerKey, ServerMessage,
};
pub use programs::{
    NamePattern, ProgramEntry, ProgramScope, ProgramSign, ProgramSource, Programs, ProgramsOrder,
};
pub use result::{AnswerMode, Fault, Given, Missing, ResultValue, RunResult};

pub use placeholder::is_placeholder;
pub use secret::Secret;

use std::time::Duration;

/// The WebSocket subprotocol.
pub const SUBPROTOCOL: &str = "upkeep.agent.v1";
/// Where an agent enrols: `POST`.
pub const ENROL_PATH: &str = "/agent/v1/enrol";
/// Where an agent connects: WebSocket.
pub const CONNECT_PATH: &str = "/agent/v1/connect";
/// Where an agent fetches packages: `GET {PACKAGES_PATH}/{sha256}`.
pub const PACKAGES_PATH: &str = "/agent/v1/packages";

/// Largest frame in either direction, in bytes. A script of 128 KiB fits, however it is escaped.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;
/// Largest piece of output in one frame, in bytes.
pub const MAX_CHUNK_BYTES: usize = 32 * 1024;
/// Output of one run that is sent and kept, in bytes; the rest is only counted and digested.
pub const MAX_RUN_OUTPUT_BYTES: u64 = 16 * 1024 * 1024;
/// Output that an agent may send before the server grants more, in bytes.
pub const CREDIT_BYTES: u64 = 256 * 1024;
/// The end of each of standard output and standard error that goes with a report, in bytes.
pub const TAIL_BYTES: usize = 4 * 1024;
/// Values of one result, at most: the last ones.
pub const MAX_RESULT_VALUES: usize = 20;
/// The values of one result together as JSON, in bytes. Of more than that the newest that fit are told.
pub const MAX_RESULT_BYTES: usize = 64 * 1024;
/// Lists and objects within each other in one value, at most.
pub const MAX_RESULT_DEPTH: usize = 6;
/// Errors of one result that are told, at most: the first ones.
pub const MAX_RESULT_FAULTS: usize = 5;
/// Each text of an error, in bytes.
pub const MAX_FAULT_BYTES: usize = 1024;
/// All of a result as JSON, in bytes: what is more is no result. Four of them with their tails fit into one append.
pub const MAX_WHOLE_RESULT_BYTES: usize = 128 * 1024;
/// Interpreters of one computer that are told: of more the first ones count.
pub const MAX_INTERPRETERS: usize = 16;
/// Largest package, in bytes, whoever says how large it is.
pub const MAX_PACKAGE_BYTES: u64 = 16 * 1024 * 1024 * 1024;
/// Programs of one look that are told, at most.
pub const MAX_PROGRAM_ENTRIES: usize = 16;
/// Each text of a program, in characters: what is longer is cut.
pub const MAX_PROGRAM_TEXT_CHARS: usize = 200;
/// Signs of one look, at most.
pub const MAX_PROGRAM_SIGNS: usize = 32;
/// Memory of one pattern once compiled, in bytes. What needs more is refused.
pub const MAX_PROGRAM_PATTERN_BYTES: usize = 1024 * 1024;
/// How long each side waits for the other's part of the handshake.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How often the server pings.
pub const PING_EVERY: Duration = Duration::from_secs(30);
/// Who hears nothing for so long takes the connection for dead.
pub const SILENCE_LIMIT: Duration = Duration::from_secs(75);
/// Runs that the server has with an agent at once, without an answer.
pub const MAX_UNANSWERED_RUNS: usize = 32;

/// Close codes of the WebSocket.
pub mod close {
    /// All is said.
    pub const NORMAL: u16 = 1000;
    /// Something failed in the server that should not.
    pub const FAILED: u16 = 1011;
    /// The server restarts: come back after the time that it said.
    pub const RESTART: u16 = 1012;
    /// The server is busy, or its store takes nothing now.
    pub const LATER: u16 = 1013;
    /// A frame that is no JSON, or not of the protocol.
    pub const MALFORMED: u16 = 4400;
    /// The proof of identity failed.
    pub const UNAUTHENTICATED: u16 = 4401;
    /// The agent is revoked or held.
    pub const REFUSED: u16 = 4403;
    /// The handshake took too long.
    pub const HANDSHAKE_TIMEOUT: u16 = 4408;
    /// A frame's sequence number leaves a gap.
    pub const OUT_OF_ORDER: u16 = 4409;
    /// Nothing was heard for too long.
    pub const SILENT: u16 = 4410;
    /// Another connection showed the same key, and this one did not answer.
    pub const REPLACED: u16 = 4411;
}
