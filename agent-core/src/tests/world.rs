//! Everything around a core that can go its own way: the memory, the link, the server, the processes, the timers, death.
//! It looks at every effect and knows what must never be.

use super::scene::{Scene, core, facts, failed, hour, run};
use crate::model::Disk;
use crate::{Change, Clocks, Core, Effect, Exit, Input, Kept, Memory, Source, Timer, Token};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use upkeep_agent_protocol::proof::{self, NONCE_BYTES};
use upkeep_agent_protocol::{AgentFrame, AgentMessage, Outcome, ServerFrame, ServerMessage};
use uuid::Uuid;

const NONCE: [u8; NONCE_BYTES] = [3; NONCE_BYTES];

/// The server's side of a connection.
#[derive(Debug, Default)]
pub(crate) enum Line {
    #[default]
    None,
    Dialled,
    /// How many frames the server said, and how many of the handshake.
    Up {
        said: u64,
        heard: u64,
        is_welcome: bool,
    },
    HungUp,
}

/// A script, as far as the core can see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    Prepares,
    Fetches,
    Runs {
        may_write: bool,
        has_exited: bool,
        has_closed: bool,
    },
    Goes,
}

pub(crate) struct World {
    core: Core,
    pub(crate) disk: Disk,
    pub(crate) now: Duration,
    asked: VecDeque<Effect>,
    pub(crate) line: Line,
    link: u64,
    pub(crate) processes: BTreeMap<Uuid, Process>,
    timers: BTreeMap<Timer, Duration>,
    sweeps: bool,
    is_done: bool,
    /// Frames that were said and have not left.
    unwritten: usize,
    /// What the server ever ordered or took back, to be said again at any time.
    pub(crate) words: Vec<ServerFrame>,
    /// The last moment of each run to start.
    pub(crate) not_after: BTreeMap<Uuid, DateTime<Utc>>,
    ordered_on: BTreeMap<Uuid, u64>,
    cancelled: BTreeSet<Uuid>,
    /// What ever started, in all lives of the agent.
    pub(crate) spawned: BTreeSet<Uuid>,
    /// What the server has, and what it was told on the link that stands.
    acknowledged: u64,
    /// What the server ever had, as far as no power failure gave its numbers away again.
    taken_in: u64,
    has_lost_power: bool,
    pub(crate) answered: BTreeSet<Uuid>,
    said_now: BTreeMap<u64, AgentFrame>,
    last_said: Option<u64>,
    /// The next piece of output of each run.
    output: BTreeMap<Uuid, u64>,
    pub(crate) lives: usize,
    /// Everything that followed, in words, where somebody wants to read it.
    pub(crate) trace: Option<Vec<String>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self {
            core: core(),
            disk: Disk::with_room(200),
            now: Duration::from_secs(1_000),
            asked: VecDeque::new(),
            line: Line::None,
            link: 0,
            processes: BTreeMap::new(),
            timers: BTreeMap::new(),
            sweeps: false,
            is_done: false,
            unwritten: 0,
            words: Vec::new(),
            not_after: BTreeMap::new(),
            ordered_on: BTreeMap::new(),
            cancelled: BTreeSet::new(),
            spawned: BTreeSet::new(),
            acknowledged: 0,
            taken_in: 0,
            has_lost_power: false,
            answered: BTreeSet::new(),
            said_now: BTreeMap::new(),
            last_said: None,
            output: BTreeMap::new(),
            lives: 0,
            trace: None,
        };
        world.begin();
        world
    }

    pub(crate) fn server_time(&self) -> DateTime<Utc> {
        hour() + TimeDelta::from_std(self.now).unwrap()
    }

    /// A new life, with what the memory holds.
    fn begin(&mut self) {
        self.lives += 1;
        self.core = core();
        self.asked.clear();
        self.timers.clear();
        self.line = Line::None;
        self.is_done = false;
        self.unwritten = 0;
        let runs = self.disk.runs().unwrap();
        // What it was told and did not write down it does not know any more: the server says it again.
        let knows = |run: &Uuid| runs.iter().any(|known| known.run == *run);
        self.cancelled.retain(knows);
        self.on(Input::Booted { runs });
    }

    pub(crate) fn dies(&mut self) {
        self.begin();
    }

    pub(crate) fn loses_power(&mut self, share: usize) {
        let left = self.disk.loose() * share / 100;
        self.disk.lose_power(left);
        self.processes.clear();
        self.has_lost_power = true;
        self.begin();
    }

    fn on(&mut self, input: Input) {
        let mut out = Vec::new();
        let at = Clocks { uptime: self.now };
        self.core.on(input, &at, &mut out);
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{out:?}"));
        }
        for effect in out {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        assert!(!self.is_done, "nothing follows on the end: {effect:?}");
        match effect {
            Effect::Sweep(_) => self.sweeps = true,
            Effect::Dial => {
                assert!(matches!(self.line, Line::None));
                self.line = Line::Dialled;
            }
            Effect::Say(message) => self.is_told(*message),
            Effect::HangUp => {
                assert!(matches!(self.line, Line::Dialled | Line::Up { .. }));
                self.line = Line::HungUp;
            }
            Effect::Store(token, change, how) => {
                if let Change::Started { run } = &change {
                    assert!(
                        matches!(self.line, Line::Up { .. }),
                        "it ends with its link"
                    );
                    assert_eq!(self.ordered_on.get(run), Some(&self.link));
                }
                self.asked.push_back(Effect::Store(token, change, how));
            }
            Effect::Recall(..) => self.asked.push_back(effect),
            Effect::Prepare(order) => self.goes_on(order.run_id, Process::Prepares),
            Effect::Fetch { run, .. } => {
                let before = self.processes.insert(run, Process::Fetches);
                assert!(before.is_some());
            }
            Effect::Spawn(run) => self.spawns(run),
            Effect::More(run) => {
                if let Some(Process::Runs { may_write, .. }) = self.processes.get_mut(&run) {
                    assert!(!*may_write, "one piece at a time");
                    *may_write = true;
                }
            }
            Effect::AskToEnd(run) | Effect::Kill(run) => {
                assert!(self.processes.contains_key(&run));
            }
            Effect::Leave(run) => {
                self.processes.remove(&run);
            }
            Effect::Remove(run) => {
                self.processes.insert(run, Process::Goes);
            }
            Effect::At(timer, at) => {
                self.timers.insert(timer, at);
            }
            Effect::Note(..) => {}
            Effect::Done => self.is_done = true,
        }
    }

    fn goes_on(&mut self, run: Uuid, process: Process) {
        let at_once = self.processes.values();
        let at_once = at_once.filter(|process| **process != Process::Goes);
        assert!(at_once.count() < 4, "four at once");
        self.processes.insert(run, process);
    }

    fn spawns(&mut self, run: Uuid) {
        assert!(self.spawned.insert(run), "it starts twice");
        assert!(self.disk.is_safe(run), "its start can be lost");
        assert!(!self.cancelled.contains(&run), "it was taken back");
        let late = self.server_time() > self.not_after[&run];
        assert!(!late, "its last moment is over");
        let process = Process::Runs {
            may_write: true,
            has_exited: false,
            has_closed: false,
        };
        self.processes.insert(run, process);
    }

    fn is_told(&mut self, message: AgentMessage) {
        let Line::Up { said, .. } = self.line else {
            panic!("there is nobody to say it to")
        };
        assert_eq!(message.ack, said);
        self.unwritten += 1;
        if let AgentFrame::Resume { first_seq } = message.frame {
            assert!(first_seq <= self.taken_in + 1, "something is passed over");
            if std::mem::take(&mut self.has_lost_power) {
                self.taken_in = first_seq - 1;
            }
            // Each connection counts anew from what it is told.
            self.acknowledged = first_seq - 1;
            self.last_said = Some(first_seq - 1);
        }
        if let AgentFrame::Output { run_id, index, .. } = &message.frame {
            let next = self.output.entry(*run_id).or_default();
            assert!(index <= next, "a piece of output is passed over");
            *next = (*next).max(index + 1);
        }
        if message.seq > 0 {
            assert_eq!(Some(message.seq - 1), self.last_said, "a gap");
            self.last_said = Some(message.seq);
            self.said_now.insert(message.seq, message.frame);
        }
    }

    /// The memory answers the first question: well, not at all, or badly although it is there.
    pub(crate) fn memory_answers(&mut self, well: bool, and_yet: bool) {
        match self.asked.pop_front() {
            Some(Effect::Store(token, change, how)) => {
                let kept = if well || and_yet {
                    self.disk.store(&change, how)
                } else {
                    failed()
                };
                let kept = if well { kept } else { failed() };
                self.on(Input::Stored(token, kept));
            }
            Some(Effect::Recall(token, after)) => {
                let waiting = self.disk.recall(after);
                let waiting = waiting
                    .and_then(|waiting| well.then_some(waiting).ok_or("it is broken".to_owned()));
                self.on(Input::Recalled(token, waiting));
            }
            _ => {}
        }
    }

    /// A link comes one step nearer to where it is of use.
    pub(crate) fn link_goes_on(&mut self, credit: u64) {
        match self.line {
            Line::None => {}
            Line::Dialled => {
                self.line = Line::Up {
                    said: 0,
                    heard: 0,
                    is_welcome: false,
                };
                self.link += 1;
                self.said_now.clear();
                self.last_said = None;
                self.on(Input::LinkUp {
                    host: super::scene::HOST.into(),
                    nonce: NONCE,
                    facts: facts(),
                });
            }
            Line::HungUp => self.link_is_lost(1),
            Line::Up { said: 0, .. } => {
                let hello = ServerFrame::Hello {
                    protocol: String::new(),
                    nonce: "server's nonce".into(),
                    server_time: self.server_time(),
                    key_id: proof::key_id(&super::scene::server_key().verifying_key().to_bytes()),
                };
                self.says(hello);
            }
            Line::Up {
                is_welcome: false, ..
            } => {
                self.says(Scene::welcome(credit));
                if let Line::Up { is_welcome, .. } = &mut self.line {
                    *is_welcome = true;
                }
            }
            Line::Up { .. } => self.says(ServerFrame::Credit { bytes: credit }),
        }
    }

    pub(crate) fn is_linked(&self) -> bool {
        let welcome = matches!(
            self.line,
            Line::Up {
                is_welcome: true,
                ..
            }
        );
        welcome && self.last_said.is_some()
    }

    pub(crate) fn link_is_lost(&mut self, luck: u64) {
        if !matches!(self.line, Line::None) {
            self.line = Line::None;
            let why = "it was cut".to_owned();
            self.on(Input::LinkLost { why, luck });
        }
    }

    /// The server's next frame, with what it has taken in.
    fn says(&mut self, frame: ServerFrame) {
        let Line::Up { said, heard, .. } = &mut self.line else {
            return;
        };
        *said += 1;
        let message = ServerMessage {
            seq: *said,
            ack: *heard,
            frame,
        };
        self.on(Input::Frame(Box::new(message)));
    }

    /// The server says something of which it knows, if it may on this link.
    pub(crate) fn server_says(&mut self, frame: ServerFrame) {
        if !self.is_linked() {
            return;
        }
        match &frame {
            ServerFrame::Run { order, .. } => {
                let order: upkeep_agent_protocol::RunOrder = serde_json::from_str(order).unwrap();
                self.ordered_on.insert(order.run_id, self.link);
                self.words.push(frame.clone());
            }
            ServerFrame::Cancel { run_id } => {
                if !self.spawned.contains(run_id) {
                    self.cancelled.insert(*run_id);
                }
                self.words.push(frame.clone());
            }
            _ => {}
        }
        self.says(frame);
    }

    pub(crate) fn frame_is_missing(&mut self) {
        if let Line::Up { said, .. } = &mut self.line {
            *said += 1;
        }
        self.says(ServerFrame::Ack);
    }

    /// The server takes in so much of what it was told.
    pub(crate) fn server_acknowledges(&mut self, frames: u64) {
        if !self.is_linked() {
            return;
        }
        let until = (self.acknowledged + frames).min(self.last_said.unwrap_or_default());
        for seq in self.acknowledged + 1..=until {
            if let Some(AgentFrame::RunEnded { run_id, .. }) = self.said_now.get(&seq) {
                self.answered.insert(*run_id);
            }
        }
        self.acknowledged = self.acknowledged.max(until);
        self.taken_in = self.taken_in.max(until);
        if let Line::Up { heard, .. } = &mut self.line {
            *heard = self.acknowledged;
        }
        self.says(ServerFrame::Ack);
    }

    pub(crate) fn all_is_written(&mut self) {
        if std::mem::take(&mut self.unwritten) > 0 && matches!(self.line, Line::Up { .. }) {
            self.on(Input::Written);
        }
    }

    /// Something happens to the n-th of those that are on their way.
    pub(crate) fn process_goes_on(&mut self, n: usize, how: u8) {
        if self.sweeps {
            self.sweeps = false;
            self.processes.clear();
            let remarks = BTreeMap::new();
            return self.on(Input::Swept { remarks });
        }
        if self.processes.is_empty() {
            return;
        }
        let n = n % self.processes.len();
        let Some((run, process)) = self.processes.iter_mut().nth(n) else {
            return;
        };
        let run = *run;
        let could_not = |well: bool| {
            if well {
                return Ok(());
            }
            let why = "chance".to_owned();
            Err(Outcome::CouldNotStart { why })
        };
        let input = match process {
            Process::Prepares => Input::Prepared(run, could_not(how > 20)),
            Process::Fetches => Input::Fetched(run, could_not(how > 20)),
            Process::Goes => {
                self.processes.remove(&run);
                Input::Removed(run, None)
            }
            Process::Runs {
                may_write,
                has_exited,
                has_closed,
            } => match how {
                0..100 if *may_write && !*has_closed => {
                    *may_write = false;
                    Input::Output(run, Source::Stdout, vec![b'x'; usize::from(how)])
                }
                100..180 if !*has_exited => {
                    *has_exited = true;
                    Input::Exited(run, Exit::Code(i32::from(how)))
                }
                _ if !*has_closed => {
                    *has_closed = true;
                    Input::Closed(run)
                }
                _ => return,
            },
        };
        self.on(input);
    }

    /// Time goes on, and what is due comes, in the order in which it is due.
    pub(crate) fn time_goes_on(&mut self, by: Duration) {
        let end = self.now + by;
        loop {
            let due = self.timers.iter().min_by_key(|(_, at)| **at);
            let Some((timer, at)) = due.filter(|(_, at)| **at <= end) else {
                break;
            };
            let (timer, at) = (*timer, *at);
            self.timers.remove(&timer);
            self.now = self.now.max(at);
            self.on(Input::Due(timer));
        }
        self.now = end;
    }

    pub(crate) fn stops(&mut self) {
        if !self.is_done {
            self.on(Input::Stop);
        }
    }

    /// Everything is well from now on, but that for a while there is no room to forget. What follows until nothing does.
    pub(crate) fn heals(&mut self) {
        for round in 0..2_000 {
            if self.is_done {
                self.begin();
            }
            while let Some(asked) = self.asked.front() {
                let forgets = matches!(asked, Effect::Store(_, Change::Acknowledged { .. }, _));
                self.memory_answers(!forgets || round >= 1_000, false);
            }
            self.all_is_written();
            for n in 0..self.processes.len().max(1) {
                // Exits, closes, goes.
                self.process_goes_on(n, 150);
            }
            if self.is_linked() {
                self.link_goes_on(1_000_000);
                self.server_acknowledges(100);
            } else {
                self.link_goes_on(1_000_000);
            }
            self.time_goes_on(Duration::from_millis(700));
        }
    }

    /// A question that was never asked, and one that was answered.
    pub(crate) fn memory_is_mad(&mut self, token: u64) {
        let is_open = self.asked.iter().any(
            |asked| matches!(asked, Effect::Store(open, ..) | Effect::Recall(open, _) if open.0 == token),
        );
        if !is_open && !self.is_done {
            self.on(Input::Stored(Token(token), Kept::Yes));
        }
    }
}

/// How many runs there are in a history.
pub(crate) const RUNS: u128 = 8;

pub(crate) fn runs() -> impl Iterator<Item = Uuid> {
    (0..RUNS).map(run)
}
