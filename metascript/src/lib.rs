//! Metascripts and cloud scripts: what a script that runs on the server may do, and what came of it.
//!
//! A metascript is a fold over its own journal. [`run`] plays it from its first line: each call that the journal answers gets that
//! answer again, and the first one that it does not answer ends the run as [`Outcome::Suspended`], with nothing left in memory.
//! Whoever carries calls out writes the answer down and runs it again. So a wait of a day and a crash are the same thing, and what
//! was done is never done twice. The same script, inputs and journal always make the same calls, log and value; what would have
//! made a difference (clocks, chance, addresses, the order of a hash) is not there, or is a call.
//!
//! The language is Luau, one machine for each run, with limits on memory, on steps, on time, on what it logs and on what it asks.
//! A limit that was reached ends the run though the script may catch errors.
//!
//! Not here: carrying calls out, storing journals, values of secrets (a script holds their names only; [`Secrets`] puts the values
//! in at the last moment and takes them out of answers), and anything that waits. Nothing here does input or output.
//!
//! Start reading at [`run`], then [`Journal`], then [`Call`]. `docs/metascripts.md` is for those who write metascripts.

mod answer;
mod call;
mod engine;
pub mod http;
mod journal;
mod outcome;
mod program;
mod secrets;
mod text;

pub use answer::{Answer, CommandEnd, HttpResponse};
pub use call::{Argument, Call, Command, HttpRequest, Method, PendingCall};
pub use engine::run;
pub use journal::{Entry, Journal, JournalError, Requested};
pub use outcome::{Failure, Limit, LogLine, Outcome, Place, Progress, Refusal, Run};
pub use program::{Inputs, InputsError, Pins, Program, ProgramError};
pub use secrets::{Secrets, UnknownSecret};
pub use text::{Piece, Text};

use std::time::Duration;

/// Longest text of a script or a shared function, in bytes.
pub const MAX_CHUNK_BYTES: usize = 128 * 1024;
/// Shared functions that a metascript is given.
pub const MAX_SHARED: usize = 32;
/// Parameters and secrets that a metascript is given, of each.
pub const MAX_INPUTS: usize = 128;
/// Largest parameter, in bytes of JSON.
pub const MAX_PARAMETER_BYTES: usize = 16 * 1024;
/// Calls in one run.
pub const MAX_CALLS: usize = 256;
/// Largest journal: summaries and answers together, in bytes.
pub const MAX_JOURNAL_BYTES: usize = 1024 * 1024;
/// Largest answer to one call, in bytes of JSON.
pub const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// Of a command's output and of its errors, what an answer keeps of each, in bytes.
pub const MAX_COMMAND_OUTPUT_BYTES: usize = 24 * 1024;
/// Largest body of a response, in bytes.
pub const MAX_RESPONSE_BODY_BYTES: usize = 48 * 1024;
/// What names a call to people, in characters.
pub const MAX_SUMMARY_CHARS: usize = 120;
/// Largest text with secrets in it, and largest body of a request, in bytes.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Parameters of one command, and headers of one request.
pub const MAX_ARGUMENTS: usize = 32;
/// Longest address of a request, in bytes.
pub const MAX_URL_BYTES: usize = 2 * 1024;
/// Longest text beside a progress, and longest message of a failure, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1_000;
/// Frames of a failure's stack that are kept.
pub const MAX_STACK: usize = 16;
/// How deep what goes between script and JSON may be nested.
pub const MAX_DEPTH: usize = 32;
/// Values in one piece of JSON.
pub const MAX_NODES: usize = 32 * 1024;
/// Largest piece of JSON, in bytes; the value of a metascript is one.
pub const MAX_JSON_BYTES: usize = 256 * 1024;
/// Longest pattern of Luau's own functions, in bytes: a search compares each of them at each place without a step in between.
pub const MAX_PATTERN_BYTES: usize = 256;
/// Longest regular expression, in bytes.
pub const MAX_REGEX_BYTES: usize = 1_024;
/// Largest compiled regular expression, in bytes.
pub const MAX_REGEX_PROGRAM_BYTES: usize = 64 * 1024;
/// Longest text that a regular expression looks at, in bytes.
pub const MAX_REGEX_TEXT_BYTES: usize = 128 * 1024;
/// Versions and texts with secrets that one run makes, in bytes: they are not in the machine's own memory.
pub const MAX_HANDLE_BYTES: usize = 4 * 1024 * 1024;

/// What one run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of the machine, in bytes; about 400 KiB of them are its own.
    pub memory_bytes: usize,
    /// Steps: edges of loops, calls, tries of a pattern. The same on every machine.
    pub steps: u64,
    /// Time that the script computes. Waiting is not in it: nothing waits here.
    pub time: Duration,
    /// Lines that it logs, in bytes.
    pub log_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 16 * 1024 * 1024,
            steps: 20_000_000,
            time: Duration::from_secs(5),
            log_bytes: 64 * 1024,
        }
    }
}
