//! A maintenance session: brings one computer into the state that its winning deployments describe.
//!
//! ```text
//! waiting -> Resolution -> Detection -> Execution -> Verification -> Passed | PartiallyPassed | Failed
//!        \-> Missed          \-----------(nothing to do)---------/        Cancelled from anywhere
//! ```
//!
//! Detection only reads. Execution detects again before it changes anything. Verification detects once more,
//! after all executions, so that it also notices when one action undid another. Each run has an id that follows from the
//! session, the action, the purpose and how many there were of that: the same run cannot be asked for twice.
//!
//! A session about a draft ([`Draft`]) leaves all of that out but its one run.
//!
//! Whatever it waits for is an event with its cause and its deadline: its turn, until it starts, and its computer, where that
//! goes away while nothing runs. [`Session::due`] is the next moment at which time alone may change something,
//! and [`Session::is_due`] whether it has.
//!
//! [`SessionCommand::Advance`] is the engine: given what is around the session now, it takes every step that
//! can be taken, and nothing when it has to wait. Sending it again is always safe.

mod about;
mod access;
mod action;
mod advance;
mod assess;
mod available;
mod command;
mod compliance;
mod decide;
mod dependents;
mod draft;
mod elapsed;
mod event;
mod finding;
mod job;
mod lock;
mod meeting;
mod need;
mod plan;
mod planner;
mod purpose;
pub mod queue;
mod reading;
mod report;
mod result;
mod runs;
mod stages;
mod state;
mod steps;
mod unread;
mod waits;
mod words;

pub use about::{About, Requested, Subject};
pub use action::{Action, ActionProgress, ActionReason, ActionType, ResultReason, Step, Verdict};
pub use assess::{Assessment, assess};
pub use available::Availability;
pub use command::{RunUpdate, SessionCommand, SessionRejection, Surroundings, Winner};
pub use compliance::{Compliance, Wanted, compliance};
pub use draft::{Draft, Meaning, Reading, Trial};
pub use elapsed::Elapsed;
pub use event::{
    ActionAssessed, ActionCompleted, ActionGoalSettled, ActionRechecked, DraftRead, DraftWritten,
    LatestFound, PrerequisitesJudged, RunEnded, RunRequested, RunStarted, SessionCancelled,
    SessionClaimed, SessionCompleted, SessionCreated, SessionEvent, SessionMissed, SessionResolved,
    SessionStarted, StageStarted, TaskLocked, WaitBegan, WaitEnded,
};
pub use finding::Finding;
pub use job::Job;
pub use lock::{Lock, LockAnswer};
pub use need::{JudgedNeed, Met, Need, Obstacle, SeenSoftware};
pub use plan::{Cause, Goal, PlannedAction};
pub use planner::Planning;
pub use purpose::RunPurpose;
pub use report::{RunOutcome, RunReport};
pub use result::{GivenResult, MissingResult, ResultValue, RunResult, ScriptFault};
pub use runs::{Run, RunContext};
pub use state::{Ending, Session, Stage, Status};
pub use waits::{Wait, WaitCause, WaitOutcome};
