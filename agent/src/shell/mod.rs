//! Around the core: brings it what happens, carries out what follows, keeps its timers.

use crate::clock::until;
use crate::ports::{Clock, Inbox, Processes, Wire};
use anyhow::Context;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use upkeep_agent_core::{
    Change, Clocks, Core, Durability, Effect, Input, Level, Memory, Timer, Token,
};

/// Inputs that wait at once, before who has more waits.
const INBOX: usize = 64;

const MEMORY_ENDED: &str = "the thread that reads and writes the agent's state has ended";

/// A place for inputs.
pub fn inbox() -> (Inbox, mpsc::Receiver<Input>) {
    mpsc::channel(INBOX)
}

/// A core with the world that it acts on.
pub struct Shell {
    core: Core,
    clock: Arc<dyn Clock>,
    wire: Box<dyn Wire>,
    processes: Box<dyn Processes>,
    questions: mpsc::UnboundedSender<Question>,
    memory: JoinHandle<()>,
    timers: BTreeMap<Timer, Duration>,
    is_done: bool,
}

/// What the memory is asked. There are never more than the core lets wait for an answer.
enum Question {
    Store(Token, Box<Change>, Durability),
    Recall(Token, u64),
}

impl Shell {
    pub fn new(
        core: Core,
        clock: Arc<dyn Clock>,
        wire: Box<dyn Wire>,
        processes: Box<dyn Processes>,
        memory: impl Memory + Send + 'static,
        answers: Inbox,
    ) -> Self {
        let (questions, asked) = mpsc::unbounded_channel();
        Self {
            core,
            clock,
            wire,
            processes,
            questions,
            memory: tokio::task::spawn_blocking(move || answer(memory, asked, &answers)),
            timers: BTreeMap::new(),
            is_done: false,
        }
    }

    /// Until it was stopped and nothing is left to do, or until the memory is gone: who remembers nothing is of no use,
    /// and whoever started it can start it again. `booted` is the first input.
    pub async fn run(
        mut self,
        booted: Input,
        mut inbox: mpsc::Receiver<Input>,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        self.take(booted);
        let mut is_stopping = false;
        while !self.is_done {
            // What has happened until now counts before what is due now, silence above all; but no flood of it may keep
            // what is due from coming.
            for _ in 0..inbox.len() {
                if let Ok(input) = inbox.try_recv() {
                    self.take(input);
                }
            }
            self.take_what_is_due();
            let clock = self.clock.clone();
            let next = self.timers.values().min().copied();
            let due = async {
                match next {
                    Some(moment) => until(moment, clock.as_ref()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Without a memory not even to stop comes to an end, and nothing that is taken is ever answered. Then to
                // stop: nothing is to begin that would only be stopped. What is due comes in the next round.
                biased;
                ended = &mut self.memory => {
                    ended.context(MEMORY_ENDED)?;
                    anyhow::bail!(MEMORY_ENDED);
                }
                () = stop.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    self.take(Input::Stop);
                }
                Some(input) = inbox.recv() => self.take(input),
                () = due => {}
            }
        }
        drop(self.questions);
        // Whoever still has something to say finds nobody.
        drop(inbox);
        self.memory.await.context(MEMORY_ENDED)
    }

    fn take_what_is_due(&mut self) {
        let now = self.clock.uptime();
        let mut due: Vec<(Duration, Timer)> = self
            .timers
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(timer, at)| (*at, *timer))
            .collect();
        due.sort_unstable();
        for (at, timer) in due {
            // One that was before it may have set it anew.
            if self.timers.get(&timer) == Some(&at) {
                self.timers.remove(&timer);
                self.take(Input::Due(timer));
            }
        }
    }

    fn take(&mut self, input: Input) {
        if self.is_done {
            return;
        }
        let at = Clocks {
            uptime: self.clock.uptime(),
        };
        let mut out = Vec::new();
        self.core.on(input, &at, &mut out);
        for effect in out {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Dial => self.wire.dial(),
            Effect::Say(message) => self.wire.say(*message),
            Effect::HangUp => self.wire.hang_up(),
            Effect::Store(token, change, how) => {
                self.ask(Question::Store(token, Box::new(change), how));
            }
            Effect::Recall(token, after) => self.ask(Question::Recall(token, after)),
            Effect::Sweep(runs) => self.processes.sweep(runs),
            Effect::Prepare(order) => self.processes.prepare(*order),
            Effect::Fetch {
                run,
                package,
                ticket,
            } => self.processes.fetch(run, package, ticket.0),
            Effect::Spawn(run) => self.processes.spawn(run),
            Effect::More(run) => self.processes.more(run),
            Effect::AskToEnd(run) => self.processes.ask_to_end(run),
            Effect::Kill(run) => self.processes.kill(run),
            Effect::Leave(run) => self.processes.leave(run),
            Effect::Remove(run) => self.processes.remove(run),
            Effect::At(timer, at) => {
                self.timers.insert(timer, at);
            }
            Effect::Note(level, text) => match level {
                Level::Info => tracing::info!("{text}"),
                Level::Warn => tracing::warn!("{text}"),
                Level::Error => tracing::error!("{text}"),
            },
            Effect::Done => self.is_done = true,
        }
    }

    fn ask(&self, question: Question) {
        // If its thread has ended before this one, that is seen in the next round.
        let _ = self.questions.send(question);
    }
}

/// Answers one question after the other, on a thread that may wait for the disk.
fn answer(mut memory: impl Memory, mut asked: mpsc::UnboundedReceiver<Question>, answers: &Inbox) {
    while let Some(question) = asked.blocking_recv() {
        let answer = match question {
            Question::Store(token, change, how) => Input::Stored(token, memory.store(&change, how)),
            Question::Recall(token, after) => Input::Recalled(token, memory.recall(after)),
        };
        if answers.blocking_send(answer).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod lost;
#[cfg(test)]
mod tests;
