//! What a run has used, what it said, and why it stops.

use crate::call::{Call, PendingCall};
use crate::outcome::{Failure, Limit, LogLine, Progress, Refusal};
use crate::{Answer, Inputs, Journal, Limits, MAX_CALLS, MAX_HANDLE_BYTES, Program};
use std::cell::{Cell, RefCell};
use std::time::Duration;

/// How many steps go by between two looks at the clock.
const STEPS_PER_LOOK: u64 = 16;

/// Why a run cannot go on. Once it is said nothing changes it, whatever the script catches.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stop {
    Suspended(PendingCall),
    Exhausted(Limit),
    Refused(Refusal),
}

/// One run: shared by all functions that its script can call.
pub(super) struct State {
    pub program: Program,
    pub inputs: Inputs,
    journal: Journal,
    limits: Limits,
    uptime: Box<dyn Fn() -> Duration>,
    began: Duration,
    steps: Cell<u64>,
    handle_bytes: Cell<usize>,
    log_bytes: Cell<usize>,
    calls: Cell<usize>,
    log: RefCell<Vec<LogLine>>,
    progress: RefCell<Option<Progress>>,
    failure: RefCell<Option<Failure>>,
    stop: RefCell<Option<Stop>>,
}

/// The run stops; the script is not asked.
pub(super) struct Stopped;

impl State {
    pub(super) fn new(
        (program, inputs): (Program, Inputs),
        journal: Journal,
        limits: Limits,
        uptime: Box<dyn Fn() -> Duration>,
    ) -> Self {
        Self {
            program,
            inputs,
            journal,
            limits,
            began: uptime(),
            uptime,
            steps: Cell::default(),
            handle_bytes: Cell::default(),
            log_bytes: Cell::default(),
            calls: Cell::default(),
            log: RefCell::default(),
            progress: RefCell::default(),
            failure: RefCell::default(),
            stop: RefCell::default(),
        }
    }

    /// The first reason counts.
    pub(super) fn stop(&self, why: Stop) -> Stopped {
        self.stop.borrow_mut().get_or_insert(why);
        Stopped
    }

    pub(super) fn stopped(&self) -> Option<Stop> {
        self.stop.borrow().clone()
    }

    pub(super) fn go_on(&self) -> Result<(), Stopped> {
        match &*self.stop.borrow() {
            Some(_) => Err(Stopped),
            None => Ok(()),
        }
    }

    /// A safe point of the machine.
    pub(super) fn step(&self) -> Result<(), Stopped> {
        self.charge(1)
    }

    /// Work of the host for the script, in steps.
    pub(super) fn charge(&self, steps: u64) -> Result<(), Stopped> {
        self.go_on()?;
        let before = self.steps.get();
        let after = before.saturating_add(steps);
        self.steps.set(after);
        if after > self.limits.steps {
            return Err(self.stop(Stop::Exhausted(Limit::Steps)));
        }
        if before / STEPS_PER_LOOK != after / STEPS_PER_LOOK
            && (self.uptime)().saturating_sub(self.began) > self.limits.time
        {
            return Err(self.stop(Stop::Exhausted(Limit::Time)));
        }
        Ok(())
    }

    /// What a value of the host takes outside of the machine's memory. It is not given back: a run is short.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), Stopped> {
        let held = self.handle_bytes.get().saturating_add(bytes);
        self.handle_bytes.set(held);
        if held > MAX_HANDLE_BYTES {
            return Err(self.stop(Stop::Exhausted(Limit::Memory)));
        }
        self.go_on()
    }

    /// The answer to a call if the journal has it; otherwise the run ends here.
    pub(super) fn call(&self, call: Call) -> Result<&Answer, Stopped> {
        self.charge(1)?;
        let number = self.calls.get();
        let entry = self.journal.entries().get(number);
        if entry.is_none() && number >= MAX_CALLS {
            return Err(self.stop(Stop::Exhausted(Limit::Calls)));
        }
        let pending = PendingCall::new(number, call);
        let Some(entry) = entry else {
            return Err(self.stop(Stop::Suspended(pending)));
        };
        if entry.key != pending.key {
            return Err(self.stop(Stop::Refused(Refusal::AnotherCall {
                number,
                was: entry.summary.clone(),
                now: pending.summary,
            })));
        }
        let Some(answer) = &entry.answer else {
            return Err(self.stop(Stop::Suspended(pending)));
        };
        if !pending.call.is_answered_by(answer) {
            let summary = pending.summary;
            return Err(self.stop(Stop::Refused(Refusal::AnotherAnswer { number, summary })));
        }
        self.calls.set(number + 1);
        Ok(answer)
    }

    /// A call that was made before, and was not made this time.
    pub(super) fn missing(&self) -> Option<Refusal> {
        let number = self.calls.get();
        let entry = self.journal.entries().get(number)?;
        let summary = entry.summary.clone();
        Some(Refusal::FewerCalls { number, summary })
    }

    pub(super) fn log(&self, text: String) -> Result<(), Stopped> {
        self.charge(1)?;
        let logged = self.log_bytes.get() + text.len() + size_of::<LogLine>();
        self.log_bytes.set(logged);
        if logged > self.limits.log_bytes {
            return Err(self.stop(Stop::Exhausted(Limit::Log)));
        }
        let after_calls = self.calls.get();
        self.log.borrow_mut().push(LogLine { after_calls, text });
        Ok(())
    }

    pub(super) fn progress(&self, progress: Progress) -> Result<(), Stopped> {
        self.charge(1)?;
        *self.progress.borrow_mut() = Some(progress);
        Ok(())
    }

    pub(super) fn fail(&self, failure: Failure) {
        *self.failure.borrow_mut() = Some(failure);
    }

    pub(super) fn take_failure(&self) -> Option<Failure> {
        self.failure.borrow_mut().take()
    }

    pub(super) fn said(&self) -> (Vec<LogLine>, Option<Progress>, u64) {
        (self.log.take(), self.progress.take(), self.steps.get())
    }
}
