//! A script while it runs: its output, its time, its end.

use crate::answer::{Form, Paper, answer};
use crate::answers::{Stop, ended_by, stopped};
use crate::output::Output;
use crate::runs::Stage;
use crate::words::{Change, Durability, Effect, Exit, Kept, Level, Source, Timer};
use crate::{Asked, Core, Turn};
use std::time::Duration;
use upkeep_agent_protocol::{Outcome, Programs, Report, RunResult};
use uuid::Uuid;

/// Output that came meanwhile goes out together.
const FLUSH_EVERY: Duration = Duration::from_millis(200);
/// How long a script has to end by itself when its time is over, so that it can leave things in order.
const ENDING_GRACE: Duration = Duration::from_secs(5);
/// How long output is read after the script itself ended: what it left in the background may hold the pipe for ever.
const OUTPUT_GRACE: Duration = Duration::from_secs(2);

/// A script that was started.
#[derive(Debug)]
pub(crate) struct Script {
    began: Duration,
    /// When its time is over, or that of its output.
    limit: Duration,
    output: Output,
    /// What waits for company goes out when this is due.
    flush_is_set: bool,
    /// It waits until it may write on.
    waits: bool,
    form: Form,
    /// What it answered, when it ended; of one that answers by what it prints there is none.
    result: Option<RunResult>,
    time: Time,
    /// How it ended; the first reason counts.
    outcome: Option<Outcome>,
    stop: Option<Stop>,
    /// What of it has come to its end.
    seen: Seen,
    /// Nobody listens any more; what was heard is still being kept.
    is_over: bool,
}

/// What is left to a script that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    Left,
    /// It was asked to end by itself.
    Over,
}

#[derive(Debug, Default)]
struct Seen {
    exit: bool,
    close: bool,
}

impl Script {
    pub(crate) fn new(now: Duration, timeout: Duration, form: Form) -> Self {
        Self {
            began: now,
            limit: now.saturating_add(timeout),
            output: Output::default(),
            flush_is_set: false,
            waits: false,
            form,
            result: answer(form, Paper::Unwritten),
            time: Time::Left,
            outcome: None,
            stop: None,
            seen: Seen::default(),
            is_over: false,
        }
    }

    pub(crate) fn limit(&self) -> Duration {
        self.limit
    }

    pub(crate) fn stop(&mut self, run: Uuid, why: Stop, turn: &mut Turn<'_>) {
        if self.time == Time::Over && self.outcome.is_none() {
            self.kill(run, Outcome::TimedOut, turn);
        } else if self.outcome.is_none() {
            self.stop = Some(why);
            self.kill(run, ended_by(why), turn);
        }
    }

    fn kill(&mut self, run: Uuid, outcome: Outcome, turn: &mut Turn<'_>) {
        turn.effect(Effect::Kill(run));
        self.ended(run, outcome, turn);
    }

    /// Its time is over.
    fn time_out(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        if !self.form.can_be_asked_to_end() || self.time == Time::Over {
            return self.kill(run, Outcome::TimedOut, turn);
        }
        self.time = Time::Over;
        self.limit = turn.now.saturating_add(ENDING_GRACE);
        turn.effect(Effect::AskToEnd(run));
        turn.effect(Effect::At(Timer::Limit(run), self.limit));
    }

    fn ended(&mut self, run: Uuid, outcome: Outcome, turn: &mut Turn<'_>) {
        self.outcome = Some(outcome);
        self.limit = turn.now.saturating_add(OUTPUT_GRACE);
        turn.effect(Effect::At(Timer::Limit(run), self.limit));
    }

    fn report(&self, now: Duration) -> Report {
        let summary = self.output.summary();
        let took = now.saturating_sub(self.began).as_millis();
        let report = Report {
            outcome: self.outcome.clone().unwrap_or(Outcome::Interrupted),
            stdout_tail: summary.stdout_tail,
            stderr_tail: summary.stderr_tail,
            output_bytes: summary.bytes,
            output_sha256: summary.sha256,
            truncated: summary.truncated,
            duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
            remark: None,
            result: self.result.clone(),
        };
        match self.stop {
            Some(stop) => stopped(report, stop),
            None => report,
        }
    }
}

impl Core {
    fn script(&mut self, run: Uuid) -> Option<&mut Script> {
        match self.runs.get_mut(&run).map(|run| &mut run.stage) {
            Some(Stage::Runs(script)) => Some(script),
            _ => None,
        }
    }

    pub(crate) fn wrote(&mut self, run: Uuid, source: Source, bytes: &[u8], turn: &mut Turn<'_>) {
        let Some(script) = self.script(run) else {
            return;
        };
        if script.is_over {
            return;
        }
        script.output.take(source, bytes);
        script.waits = true;
        if script.output.is_pending() && !script.flush_is_set {
            script.flush_is_set = true;
            turn.after(Timer::Flush(run), FLUSH_EVERY);
        }
        self.keep_output(run, turn);
    }

    /// What stays after it, the beginning of a character, waits for what comes next, and that sets the timer anew.
    pub(crate) fn flush(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        if let Some(script) = self.script(run) {
            script.flush_is_set = false;
            script.output.cut();
            self.keep_output(run, turn);
        }
    }

    /// Has the next piece kept, lets the script write on, and reports once all of it is over.
    fn keep_output(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        let now = turn.now;
        let Some(script) = self.script(run) else {
            return;
        };
        let piece = script.output.next();
        if script.waits && !script.is_over && script.output.has_room() {
            script.waits = false;
            turn.effect(Effect::More(run));
        }
        let is_reported = script.is_over && script.output.is_kept();
        let report = is_reported.then(|| script.report(now));
        if let Some((index, text)) = piece {
            let change = Change::Output { run, index, text };
            self.store(change, Durability::Loose, Asked::Output(run), turn);
        }
        if let Some(report) = report {
            self.leave(run, Some(report), turn);
        }
    }

    pub(crate) fn output_stored(&mut self, run: Uuid, kept: Kept, turn: &mut Turn<'_>) {
        let Some(script) = self.script(run) else {
            return;
        };
        match kept {
            Kept::Yes => {
                script.output.kept();
                self.say_news(turn);
            }
            Kept::Dropped => script.output.truncate(),
            Kept::Failed(why) => {
                script.output.truncate();
                turn.note(
                    Level::Warn,
                    format!("output of run {run} is not kept: {why}"),
                );
            }
        }
        self.keep_output(run, turn);
    }

    pub(crate) fn answered(&mut self, run: Uuid, paper: Paper) {
        if let Some(script) = self.script(run) {
            script.result = answer(script.form, paper);
        }
    }

    pub(crate) fn listed(&mut self, run: Uuid, programs: Programs) {
        if let Some(script) = self.script(run)
            && script.form == Form::Listed
        {
            script.result = Some(RunResult::Programs(programs));
        }
    }

    pub(crate) fn exited(&mut self, run: Uuid, exit: Exit, turn: &mut Turn<'_>) {
        let Some(script) = self.script(run) else {
            return;
        };
        script.seen.exit = true;
        if script.time == Time::Over && script.outcome.is_none() {
            // It ended in time after all; what it started may not have.
            script.kill(run, Outcome::TimedOut, turn);
        } else if script.outcome.is_none() {
            let outcome = match exit {
                Exit::Code(code) => Outcome::Exited { code },
                Exit::Signal(signal) => Outcome::Signalled { signal },
                Exit::Never(why) => {
                    script.result = None;
                    Outcome::CouldNotStart { why }
                }
            };
            script.ended(run, outcome, turn);
        }
        self.look_for_end(run, turn);
    }

    pub(crate) fn closed(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        if let Some(script) = self.script(run) {
            script.seen.close = true;
            self.look_for_end(run, turn);
        }
    }

    fn look_for_end(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        if let Some(script) = self.script(run)
            && script.seen.exit
            && script.seen.close
        {
            self.is_over(run, turn);
        }
    }

    /// Whose time it is: the script's, and after its end that of whoever still holds its output.
    pub(crate) fn limit(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        let Some(script) = self.script(run) else {
            return;
        };
        if script.is_over {
            return;
        }
        if turn.now < script.limit {
            turn.effect(Effect::At(Timer::Limit(run), script.limit));
        } else if script.outcome.is_none() {
            script.time_out(run, turn);
        } else {
            self.is_over(run, turn);
        }
    }

    fn is_over(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        if let Some(script) = self.script(run)
            && !script.is_over
        {
            script.is_over = true;
            script.output.end();
            turn.effect(Effect::Leave(run));
            self.keep_output(run, turn);
        }
    }
}
