//! What an agent decides: whom it believes, what it starts and stops, what it remembers and says. Inputs come in, effects go out.
//!
//! Pure: no I/O, no clock, no chance, no `await`, no order of a hash. What the core needs to know comes with an
//! [`Input`] (what time it is with each of them), what it wants done is an [`Effect`], and each effect says what
//! answers it. The same inputs have the same effects, so that a simulation drives agents through their lives and
//! deaths in no time. The world around it is the crate `agent`.
//!
//! The promise that all of it is for: **a run starts at most once**. [`Effect::Spawn`] comes in answer to
//! [`Input::Stored`] of the run's own start and of nothing else.
//!
//! [`Memory`] is the port to the disk, and [`model::Disk`] one without a disk, which says what every other has to do.
//!
//! Start reading at [`words`](Input) (what is said), then `runs` (a run from its order to its answer), `script` (while it
//! runs), `conversation` (what is heard) and `outbox` (what is said).

mod answer;
mod answers;
mod clock;
mod conversation;
mod ledger;
mod link;
mod memory;
pub mod model;
mod outbox;
mod output;
mod programs;
mod runs;
mod script;
mod words;

pub use answer::{Form, MAX_PAPER_BYTES, Paper};
pub use memory::Memory;
pub use programs::{InstalledProgram, ProgramState, Search};
pub use words::{
    Change, Clocks, Durability, Effect, Exit, Identity, Input, Kept, Level, Remembered, Settings,
    Source, Timer, Token, Waiting,
};

use clock::ServerClock;
use ledger::Ledger;
use link::Link;
use runs::Run;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use upkeep_agent_protocol::Secret;
use uuid::Uuid;

/// What a question to the memory was about.
#[derive(Clone, Debug)]
enum Asked {
    Start(Uuid),
    End { run: Uuid, forgets: Vec<Uuid> },
    Again(Uuid),
    Output(Uuid),
    Acknowledged,
}

/// One agent.
#[derive(Debug)]
pub struct Core {
    identity: Identity,
    settings: Settings,
    /// New with each proof; what it said on the last connection holds until then.
    clock: ServerClock,
    link: Link,
    /// Connections in a row that did not hold.
    failures: u32,
    /// When the last one was begun.
    dialled: Duration,
    ledger: Ledger,
    /// The runs that wait, go on, or are not answered yet.
    runs: BTreeMap<Uuid, Run>,
    /// Those that wait for their turn, in the order in which they came.
    turns: VecDeque<Uuid>,
    /// Answers that are being put into the outbox once more.
    again: BTreeSet<Uuid>,
    asked: BTreeMap<Token, Asked>,
    last_token: u64,
    /// What the server has, as far as it said; and whether the memory is being told.
    acknowledged: Acknowledged,
    is_stopping: bool,
    is_done: bool,
}

#[derive(Debug, Default)]
struct Acknowledged {
    seq: u64,
    /// The memory has forgotten everything up to here.
    told: u64,
    /// What it is being told.
    under_way: Option<u64>,
}

/// An input that is being answered: what time it is, and where the effects go.
struct Turn<'a> {
    now: Duration,
    out: &'a mut Vec<Effect>,
}

impl Turn<'_> {
    fn effect(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    fn note(&mut self, level: Level, text: impl Into<String>) {
        self.effect(Effect::Note(level, text.into()));
    }

    /// Sets a timer to a time from now.
    fn after(&mut self, timer: Timer, time: Duration) {
        let at = self.now.saturating_add(time);
        self.effect(Effect::At(timer, at));
    }
}

impl Core {
    /// An agent to which nothing has happened yet; [`Input::Booted`] is the first that may.
    pub fn new(identity: Identity, settings: Settings) -> Self {
        Self {
            identity,
            settings,
            clock: ServerClock::default(),
            link: Link::None,
            failures: 0,
            dialled: Duration::ZERO,
            ledger: Ledger::default(),
            runs: BTreeMap::new(),
            turns: VecDeque::new(),
            again: BTreeSet::new(),
            asked: BTreeMap::new(),
            last_token: 0,
            acknowledged: Acknowledged::default(),
            is_stopping: false,
            is_done: false,
        }
    }

    /// Takes an input and says what follows from it. What came too late to matter has no effects, and nothing has after
    /// [`Effect::Done`].
    pub fn on(&mut self, input: Input, at: &Clocks, out: &mut Vec<Effect>) {
        if self.is_done {
            return;
        }
        let turn = &mut Turn {
            now: at.uptime,
            out,
        };
        match input {
            Input::Booted { runs } => {
                self.ledger = Ledger::new(runs);
                turn.effect(Effect::Sweep(self.ledger.without_end()));
            }
            Input::Swept { remarks } => self.swept(remarks, turn),
            Input::LinkUp { host, nonce, facts } => self.link_up(host, nonce, facts, turn),
            Input::LinkLost { why, luck } => self.link_lost(&why, luck, turn),
            Input::Frame(message) => self.hear(*message, turn),
            Input::Written => self.written(turn),
            Input::Due(timer) => self.due(timer, turn),
            Input::Stored(token, kept) => self.stored(token, kept, turn),
            Input::Recalled(token, waiting) => self.recalled(token, waiting, turn),
            Input::Prepared(run, prepared) => self.prepared(run, prepared, turn),
            Input::Fetched(run, fetched) => self.fetched(run, fetched, turn),
            Input::Output(run, source, bytes) => self.wrote(run, source, &bytes, turn),
            Input::Answered(run, paper) => self.answered(run, paper),
            Input::Listed(run, programs) => self.listed(run, programs),
            Input::Exited(run, exit) => self.exited(run, exit, turn),
            Input::Closed(run) => self.closed(run, turn),
            Input::Removed(run, remark) => self.removed(run, remark, turn),
            Input::Stop => self.stop(turn),
        }
        if self.is_stopping && self.runs.is_empty() && self.link.is_none() {
            self.is_done = true;
            turn.effect(Effect::Done);
        }
    }

    fn due(&mut self, timer: Timer, turn: &mut Turn<'_>) {
        match timer {
            Timer::Dial => self.dial(turn),
            Timer::Silence => self.look_for_silence(turn),
            Timer::Flush(run) => self.flush(run, turn),
            Timer::Limit(run) => self.limit(run, turn),
            Timer::Removal(run) => self.lost_patience(run, turn),
            Timer::Again(run) => self.write_again(run, turn),
        }
    }

    fn token(&mut self) -> Token {
        self.last_token += 1;
        Token(self.last_token)
    }

    fn store(
        &mut self,
        change: Change,
        how: Durability,
        about: Asked,
        turn: &mut Turn<'_>,
    ) -> Token {
        let token = self.token();
        self.asked.insert(token, about);
        turn.effect(Effect::Store(token, change, how));
        token
    }

    /// What opens the downloads of packages.
    fn ticket(&self) -> Option<Secret> {
        match &self.link {
            Link::Up(conversation) => conversation.ticket().cloned(),
            _ => None,
        }
    }

    fn stored(&mut self, token: Token, kept: Kept, turn: &mut Turn<'_>) {
        let Some(about) = self.asked.remove(&token) else {
            return;
        };
        match about {
            Asked::Start(run) => self.start_stored(run, token, kept, turn),
            Asked::End { run, forgets } => self.end_stored(run, &forgets, kept, turn),
            Asked::Again(run) => self.again_stored(run, kept, turn),
            Asked::Output(run) => self.output_stored(run, kept, turn),
            Asked::Acknowledged => self.acknowledged_stored(kept, turn),
        }
    }

    /// The agent is to end: nothing starts any more, what runs is ended and answered.
    fn stop(&mut self, turn: &mut Turn<'_>) {
        if self.is_stopping {
            return;
        }
        self.is_stopping = true;
        self.hang_up(link::Why::Stopped, turn);
        self.stop_runs(turn);
    }
}

#[cfg(test)]
mod tests;
