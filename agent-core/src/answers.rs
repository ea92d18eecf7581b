//! How a run ended: the report, and that it is written down before it is told.

use crate::link::Why;
use crate::runs::Stage;
use crate::words::{Change, Durability, Kept, Level, Timer};
use crate::{Asked, Core, Turn};
use sha2::{Digest, Sha256};
use std::time::Duration;
use upkeep_agent_protocol::{Outcome, Report, TAIL_BYTES};
use uuid::Uuid;

/// Between two attempts to write an answer down.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// Why a run is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The server said so.
    Cancelled,
    /// The agent ends.
    AgentStops,
}

/// A report of something that wrote nothing.
pub(crate) fn without_output(outcome: Outcome) -> Report {
    Report {
        outcome,
        stdout_tail: String::new(),
        stderr_tail: String::new(),
        output_bytes: 0,
        output_sha256: hex::encode(Sha256::digest(b"")),
        truncated: false,
        duration_ms: 0,
        remark: None,
        result: None,
    }
}

/// How a run ended that was stopped after its start.
pub(crate) fn ended_by(stop: Stop) -> Outcome {
    match stop {
        Stop::Cancelled => Outcome::Cancelled,
        // Nobody wants it to have ended: what it did is not known.
        Stop::AgentStops => Outcome::Interrupted,
    }
}

/// A report of what was stopped.
pub(crate) fn stopped(report: Report, stop: Stop) -> Report {
    let remark = match stop {
        Stop::Cancelled => None,
        Stop::AgentStops => {
            Some("the agent was stopped while the script ran, and ended it".to_owned())
        }
    };
    Report { remark, ..report }
}

/// Adds what is to be said of the folder, within the bound of a remark.
pub(crate) fn with_remark(report: Report, left: Option<String>) -> Report {
    let remarks: Vec<String> = report.remark.into_iter().chain(left).collect();
    let mut text = remarks.join("; ");
    text.truncate(text.floor_char_boundary(TAIL_BYTES));
    let remark = (!text.is_empty()).then_some(text);
    Report { remark, ..report }
}

impl Core {
    /// An answer is never given up: while it cannot be written down, on a full disk for example, it is tried again.
    pub(crate) fn answer(&mut self, run: Uuid, report: Report, turn: &mut Turn<'_>) {
        let (report, is_under_way) = (Box::new(report), false);
        self.set_stage(
            run,
            Stage::Answers {
                report,
                is_under_way,
            },
        );
        self.write_again(run, turn);
    }

    pub(crate) fn write_again(&mut self, run: Uuid, turn: &mut Turn<'_>) {
        let forgets = self.ledger.to_forget();
        let Some(entry) = self.runs.get_mut(&run) else {
            return;
        };
        let Stage::Answers {
            report,
            is_under_way,
        } = &mut entry.stage
        else {
            return;
        };
        if std::mem::replace(is_under_way, true) {
            return;
        }
        let change = Change::Ended {
            run,
            report: report.as_ref().clone(),
            forget: forgets.clone(),
        };
        let about = Asked::End { run, forgets };
        self.store(change, Durability::Exact, about, turn);
    }

    pub(crate) fn end_stored(
        &mut self,
        run: Uuid,
        forgets: &[Uuid],
        kept: Kept,
        turn: &mut Turn<'_>,
    ) {
        let Some(entry) = self.runs.get_mut(&run) else {
            return;
        };
        let Stage::Answers {
            report,
            is_under_way,
        } = &mut entry.stage
        else {
            return;
        };
        if let Kept::Failed(why) = kept {
            *is_under_way = false;
            let text = format!("the answer of run {run} waits to be written down: {why}");
            turn.note(Level::Error, text);
            return turn.after(Timer::Again(run), WRITE_AGAIN);
        }
        let Report {
            outcome,
            duration_ms,
            remark,
            ..
        } = report.as_ref();
        let said = remark.as_deref().unwrap_or("nothing more to say");
        let text = format!("run {run} is over after {duration_ms} ms: {outcome:?}, {said}");
        turn.note(Level::Info, text);
        self.runs.remove(&run);
        self.ledger.write(run, true);
        for old in forgets {
            self.ledger.forget(*old);
        }
        self.say_news(turn);
        self.give_turns(turn);
    }

    /// The server asks again for an answer that it was given: it is put into the outbox once more.
    pub(crate) fn answer_again(&mut self, run: Uuid, turn: &mut Turn<'_>) -> Result<(), Why> {
        if self.again.contains(&run) {
            return Ok(());
        }
        self.has_room()?;
        self.again.insert(run);
        let change = Change::AnswerAgain { run };
        self.store(change, Durability::Exact, Asked::Again(run), turn);
        Ok(())
    }

    pub(crate) fn again_stored(&mut self, run: Uuid, kept: Kept, turn: &mut Turn<'_>) {
        self.again.remove(&run);
        match kept {
            // The server asks on its next connection.
            Kept::Failed(why) => self.hang_up(Why::Memory(why), turn),
            Kept::Yes | Kept::Dropped => self.say_news(turn),
        }
    }
}
