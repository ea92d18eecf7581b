//! What is said between the core and the world: inputs come in, effects go out.

use crate::answer::Paper;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use upkeep_agent_protocol::proof::NONCE_BYTES;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, Facts, Outcome, PackageOrder, Programs, Report, RunOrder, Secret,
    ServerKey, ServerMessage,
};
use uuid::Uuid;

/// Who this agent is and whom it trusts.
#[derive(Clone)]
pub struct Identity {
    pub agent_id: Uuid,
    /// The seed of the Ed25519 key.
    pub key: [u8; 32],
    /// Such as `https://upkeep.example`, without a slash at the end.
    pub server: String,
    pub server_keys: Vec<ServerKey>,
}

/// Without the key, which nobody is to read anywhere.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("agent_id", &self.agent_id)
            .field("server", &self.server)
            .field("server_keys", &self.server_keys)
            .finish_non_exhaustive()
    }
}

/// What an operator may set, and what a test may.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest wait between two attempts to connect.
    pub reconnect_max: Duration,
    /// After how long a server that is not heard counts as gone.
    pub silence_limit: Duration,
    pub agent_version: String,
}

/// What time it is when an input comes.
#[derive(Clone, Copy, Debug)]
pub struct Clocks {
    /// The time since the computer was started, asleep or not: nobody sets it.
    pub uptime: Duration,
}

/// Names a question to the memory; its answer bears the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Token(pub u64);

/// Which of its promises a memory keeps of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// It is on disk, with everything before it, before it is answered: no power failure takes it back.
    Exact,
    /// A power failure may take it back, with every loose change after it.
    Loose,
}

/// What is to be remembered. What a run starts and ends with is put into the outbox in the same moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The run starts. Dropped if anything is known of it already.
    Started { run: Uuid },
    /// How the run ended, or that it will never start. What is to be forgotten was acknowledged long ago.
    Ended {
        run: Uuid,
        report: Report,
        forget: Vec<Uuid>,
    },
    /// The answer is to be said again, unless something of the run still waits to be said.
    AnswerAgain { run: Uuid },
    /// A piece of output is to be said. Dropped if too much waits already.
    Output { run: Uuid, index: u64, text: String },
    /// The server has everything of the outbox up to this number.
    Acknowledged { seq: u64 },
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Yes,
    /// It has no place there; see [`Change`].
    Dropped,
    /// Nobody knows more than that it failed, and why.
    Failed(String),
}

/// What the memory knows of a run when the agent begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub run: Uuid,
    pub has_ended: bool,
}

/// A page of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The number of the first frame that waits, or will be said next.
    pub first: u64,
    /// From the number on that was asked for, in order, with their numbers.
    pub frames: Vec<(u64, AgentFrame)>,
}

/// Where a piece of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Stdout,
    Stderr,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
    /// It never was, or what became of it cannot be found out.
    Never(String),
}

/// What can be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// To connect.
    Dial,
    /// To ask whether the server was heard.
    Silence,
    /// To send on what a run wrote.
    Flush(Uuid),
    /// A run's time, and then its output's.
    Limit(Uuid),
    /// The patience with the removal of a run's folder.
    Removal(Uuid),
    /// To write an answer down that could not be written.
    Again(Uuid),
}

/// What happens to the agent.
#[derive(Clone, Debug)]
pub enum Input {
    /// First of all: what the memory holds, in the order in which it was written down.
    Booted {
        runs: Vec<Remembered>,
    },
    /// What earlier runs left behind is ended and removed; what is to be said of it, by run.
    Swept {
        remarks: BTreeMap<Uuid, String>,
    },
    /// A connection stands. The nonce is fresh, the facts are of now, the host is as it was dialled.
    LinkUp {
        host: String,
        nonce: [u8; NONCE_BYTES],
        facts: Facts,
    },
    /// There is no connection, or none any more; the answer to [`Effect::HangUp`], too. Once for each [`Effect::Dial`].
    /// `luck` is random.
    LinkLost {
        why: String,
        luck: u64,
    },
    /// The server said something on the connection that stands.
    Frame(Box<ServerMessage>),
    /// All that was said has left.
    Written,
    Due(Timer),
    Stored(Token, Kept),
    /// What [`Effect::Recall`] asked for; or why it cannot be read.
    Recalled(Token, Result<Waiting, String>),
    /// The run only has to be started, or for its package to be fetched; or why it cannot.
    Prepared(Uuid, Result<(), Outcome>),
    Fetched(Uuid, Result<(), Outcome>),
    Output(Uuid, Source, Vec<u8>),
    /// What the script left as its answer, before it is said that it ended; not of one that answers by what it prints.
    Answered(Uuid, Paper),
    /// What a look at the installed programs found, before it is said that it ended.
    Listed(Uuid, Programs),
    Exited(Uuid, Exit),
    /// Neither of the run's outputs brings any more.
    Closed(Uuid),
    /// The run's folder is gone; or what of it stays.
    Removed(Uuid, Option<String>),
    /// The agent is to end.
    Stop,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Info,
    Warn,
    Error,
}

/// What the agent does. Each is carried out in the order in which it came out.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ends what these runs left running, and removes every folder of runs. Answered by [`Input::Swept`].
    Sweep(Vec<Uuid>),
    /// Connects. Answered by [`Input::LinkUp`] or [`Input::LinkLost`].
    Dial,
    Say(Box<AgentMessage>),
    /// Gives the connection up, or the attempt at one. Answered by [`Input::LinkLost`].
    HangUp,
    /// Answered by [`Input::Stored`], one after the other.
    Store(Token, Change, Durability),
    /// Reads what waits to be said after a number. Answered by [`Input::Recalled`].
    Recall(Token, u64),
    /// Makes a run's folder with its script, or a search ready. Answered by [`Input::Prepared`].
    Prepare(Box<RunOrder>),
    /// Puts a package into a prepared run's folder. Answered by [`Input::Fetched`].
    Fetch {
        run: Uuid,
        package: PackageOrder,
        ticket: Secret,
    },
    /// Starts what was prepared. Answered by [`Input::Output`], [`Input::Answered`] or [`Input::Listed`], [`Input::Exited`] and
    /// [`Input::Closed`].
    Spawn(Uuid),
    /// One more piece of a run's output may come: after each it waits for this.
    More(Uuid),
    /// Asks the script to end by itself.
    AskToEnd(Uuid),
    /// Kills everything that the run started.
    Kill(Uuid),
    /// Nobody listens to the run any more.
    Leave(Uuid),
    /// Ends what is under way for a run that does not run, and removes its folder. Answered by [`Input::Removed`], after
    /// which nothing comes of what was under way.
    Remove(Uuid),
    /// Sets a timer to an uptime, in place of what it was set to. It may be due late, and must not be due early.
    At(Timer, Duration),
    /// Something for the log.
    Note(Level, String),
    /// There is nothing left to do: the answer to [`Input::Stop`].
    Done,
}
