//! What an agent says: taken in, then acknowledged. What has come by then is taken in together, so that a server that cannot keep up
//! writes less often.

use super::Connection;
use super::elsewhere::hold;
use super::end::End;
use crate::intake::{Taken, Vouched, run_report};
use tokio::sync::oneshot;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CREDIT_BYTES, Facts, MAX_FRAME_BYTES, MAX_RUN_OUTPUT_BYTES,
    ServerFrame,
};
use upkeep_domain::kernel::ids::RunId;
use upkeep_domain::maintenance::session::{RunReport, RunUpdate};
use upkeep_event_store::MAX_APPEND_BYTES;

/// The highest number with which an outbox may begin: agents count with 63 bits.
const MAX_FIRST_SEQ: u64 = u64::MAX / 2;
/// Most frames that are taken in at once.
const MAX_FRAMES_AT_ONCE: usize = 64;
/// Who has heard ends of runs with so many bytes as JSON hears no more before they are written down: the last of them, with the longest result and
/// tails, has to fit into one append with the others.
const MAX_ENDS_AT_ONCE: usize = MAX_APPEND_BYTES / 2;

/// What was heard and is not acknowledged yet.
#[derive(Default)]
struct Heard {
    /// What is not written down yet.
    updates: Vec<RunUpdate>,
    /// The reports in them, in bytes as JSON.
    reports: usize,
    /// Something had to be written for it alone: before more of that comes, others have their turn, and the agent hears how far it is.
    has_written: bool,
    /// The highest number among it.
    last: Option<u64>,
    /// The agent waits to hear that it was taken in.
    owes_ack: bool,
    /// Output that the agent may send besides, in bytes.
    credit: u64,
}

impl Heard {
    fn end(&mut self, run: RunId, report: Box<RunReport>) {
        // What cannot be written as JSON is refused by whoever writes it down.
        self.reports += serde_json::to_vec(&report).map_or(0, |json| json.len());
        self.updates.push(RunUpdate::Ended { run, report });
    }

    /// Whether what it holds is to be written down before more comes.
    fn is_full(&self) -> bool {
        self.reports > MAX_ENDS_AT_ONCE
    }
}

impl Connection<'_> {
    /// Takes in a frame, and those that have come already.
    pub(super) async fn hear_all(&mut self, first: AgentMessage) -> Result<(), End> {
        let mut heard = Heard::default();
        let mut last = self.hear(first, &mut heard).await;
        for _ in 1..MAX_FRAMES_AT_ONCE {
            if last.is_err() || heard.has_written || heard.is_full() {
                break;
            }
            last = match self.wire.receive_ready(MAX_FRAME_BYTES) {
                None => break,
                Some(Ok(next)) => self.hear(next, &mut heard).await,
                Some(Err(end)) => Err(end),
            };
        }
        // What came before a frame that ends the connection is taken in all the same.
        let written = self.write_down(heard).await;
        last.and(written)
    }

    /// Writes down what the agent said of its runs, and acknowledges all that was heard.
    async fn write_down(&mut self, heard: Heard) -> Result<(), End> {
        if !heard.updates.is_empty() {
            let (shared, agent, since) = (self.shared, self.agent, self.since);
            let ended: Vec<RunId> = heard.updates.iter().filter_map(RunUpdate::ended).collect();
            let taken = shared.take_updates(agent, since, heard.updates);
            self.stay_for(taken).await??;
            for run in ended {
                shared.outputs.forget(agent, run);
            }
        }
        self.wire.received = heard.last.unwrap_or(self.wire.received);
        match heard.credit {
            0 if heard.owes_ack => self.wire.send(ServerFrame::Ack).await,
            0 => Ok(()),
            bytes => self.wire.send(ServerFrame::Credit { bytes }).await,
        }
    }

    async fn hear(&mut self, message: AgentMessage, heard: &mut Heard) -> Result<(), End> {
        let (answered, open) = std::mem::take(&mut self.probes)
            .into_iter()
            .partition(|(asked, _)| message.ack >= *asked);
        self.probes = open;
        let answered: Vec<(u64, oneshot::Sender<()>)> = answered;
        for (_, probe) in answered {
            // Who asked may have stopped waiting.
            let _ = probe.send(());
        }
        if let Some((_, asked)) = self.contested
            && message.ack >= asked
        {
            tracing::warn!(agent = %self.agent, "two servers see one agent's key live: both connections are held");
            return Err(hold(self.shared, self.agent).await);
        }
        let is_away = self.shared.projections.outage().is_some();
        if !is_away && self.forgotten.is_some_and(|asked| message.ack >= asked) {
            self.reassert().await?;
        }
        match message.frame {
            AgentFrame::Resume { first_seq } => {
                if first_seq > MAX_FIRST_SEQ {
                    return Err(End::malformed("no outbox has come that far"));
                }
                if self.expected_seq.replace(first_seq.max(1)).is_some() {
                    return Err(End::malformed("resume comes once, after welcome"));
                }
                self.look().await
            }
            AgentFrame::Inventory { facts } => self.hear_inventory(facts).await,
            AgentFrame::RunStarted { .. }
            | AgentFrame::Output { .. }
            | AgentFrame::RunEnded { .. } => {
                self.hear_numbered(message.seq, message.frame, heard).await
            }
            AgentFrame::Auth { .. } => Err(End::malformed("auth comes once, after hello")),
            AgentFrame::Pong | AgentFrame::Ack | AgentFrame::Unknown => Ok(()),
        }
    }

    /// Where the agent is comes first, then what its computer is like.
    async fn hear_inventory(&mut self, facts: Facts) -> Result<(), End> {
        let (shared, agent) = (self.shared, self.agent);
        let vouched = self.stay_for(shared.vouch(agent, &facts)).await?;
        if vouched? == Vouched::No {
            return Err(End::held());
        }
        self.vouched = Vouched::Yes;
        self.news = Some(facts);
        self.tell_news().await;
        self.look().await
    }

    /// The newest is kept until it is written down, or the connection ends: the next one begins with it.
    pub(super) async fn tell_news(&mut self) {
        if let Some(facts) = self.news.take()
            && self.shared.take_inventory(self.agent, &facts).await == Taken::Later
        {
            self.news = Some(facts);
        }
    }

    async fn hear_numbered(
        &mut self,
        seq: u64,
        frame: AgentFrame,
        heard: &mut Heard,
    ) -> Result<(), End> {
        let expected = self
            .expected_seq
            .ok_or_else(|| End::malformed("resume must come before numbered frames"))?;
        if self.vouched == Vouched::No {
            return Err(End::malformed(
                "the inventory must come before numbered frames",
            ));
        }
        if seq < expected {
            // It was taken in already, and the acknowledgement was lost.
            heard.owes_ack = true;
            return Ok(());
        }
        if seq > expected {
            return Err(End::out_of_order());
        }
        let next = seq
            .checked_add(1)
            .ok_or_else(|| End::malformed("there is no number behind that one"))?;
        match frame {
            AgentFrame::RunStarted { run_id } => {
                let run = RunId(run_id);
                heard.updates.push(RunUpdate::Started { run });
            }
            AgentFrame::Output {
                run_id,
                index,
                text,
            } => {
                let run = RunId(run_id);
                // Nothing comes behind an end, whether that is written down already or not.
                if heard.updates.iter().any(|told| told.ended() == Some(run)) {
                    self.spent += text.len() as u64;
                } else {
                    heard.credit += self.hear_output(run, index, &text).await?;
                    heard.has_written = true;
                }
            }
            AgentFrame::RunEnded { run_id, report } => {
                let run = RunId(run_id);
                let report = Box::new(run_report(report)?);
                heard.end(run, report);
            }
            _ => {}
        }
        self.expected_seq = Some(next);
        heard.last = Some(seq);
        heard.owes_ack = true;
        Ok(())
    }

    /// Written down at once, before any end that was heard with it: an end that is known lets no output in behind it. Answers with what may come besides, in bytes.
    async fn hear_output(&mut self, run: RunId, index: u64, text: &str) -> Result<u64, End> {
        let (shared, agent, since) = (self.shared, self.agent, self.since);
        let bytes = text.len() as u64;
        self.spent += bytes;
        let before = shared.outputs.taken(agent, run);
        // What is too much is acknowledged and dropped: the agent has counted it.
        if before + bytes <= MAX_RUN_OUTPUT_BYTES {
            let taken = shared.take_output(agent, run, since, (index, text));
            let stored = self.stay_for(taken).await??;
            if stored > 0 {
                self.note_output(run, before + stored);
            }
        } else {
            self.note_output(run, MAX_RUN_OUTPUT_BYTES + 1);
        }
        if self.spent < CREDIT_BYTES / 4 {
            return Ok(0);
        }
        Ok(std::mem::take(&mut self.spent))
    }

    fn note_output(&self, run: RunId, bytes: u64) {
        let view = self.shared.projections.live();
        let is_owed = |agent, run| view.sessions.session_of_run(agent, run).is_some();
        self.shared.outputs.note(self.agent, run, bytes, is_owed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upkeep_agent_protocol::{
        Fault, Given, MAX_RESULT_BYTES, Outcome, Report, ResultValue, RunResult, TAIL_BYTES,
    };
    use upkeep_domain::maintenance::session::RunEnded;
    use uuid::Uuid;

    /// What is known of an event besides, in bytes.
    const AROUND_AN_EVENT: usize = 1024;

    /// Each control character takes six bytes as JSON.
    fn longest() -> Report {
        let tail = "\u{1}".repeat(TAIL_BYTES);
        let value = ResultValue {
            type_name: Some("text".into()),
            json: "x".repeat(MAX_RESULT_BYTES - 100).into(),
        };
        let fault = Fault {
            stack: "\u{1}".repeat(1024),
            source: "\u{1}".repeat(1024),
            ..Fault::default()
        };
        let given = Given {
            values: vec![value],
            value_count: 1,
            errors: vec![fault; 5],
            ..Given::default()
        };
        Report {
            outcome: Outcome::Exited { code: 0 },
            stdout_tail: tail.clone(),
            stderr_tail: tail,
            output_bytes: u64::MAX,
            output_sha256: "0".repeat(64),
            truncated: true,
            duration_ms: u64::MAX,
            remark: Some("x".repeat(TAIL_BYTES)),
            result: Some(RunResult::Given(Box::new(given))),
        }
    }

    /// An agent that was long away may bring the ends of many runs that were counted as lost.
    #[test]
    fn the_ends_that_are_written_down_at_once_fit_into_one_append() {
        let mut heard = Heard::default();
        while !heard.is_full() && heard.updates.len() < MAX_FRAMES_AT_ONCE {
            let report = Box::new(run_report(longest()).unwrap());
            heard.end(RunId(Uuid::nil()), report);
        }
        let bytes = |update: RunUpdate| {
            let RunUpdate::Ended { run, report } = update else {
                panic!("an end");
            };
            let (report, at) = (*report, chrono::Utc::now());
            let ended = serde_json::to_vec(&RunEnded { run, report, at });
            ended.unwrap().len() + AROUND_AN_EVENT
        };
        let bytes: usize = heard.updates.into_iter().map(bytes).sum();
        assert!(bytes > MAX_ENDS_AT_ONCE, "{bytes}: results are kept");
        assert!(bytes <= MAX_APPEND_BYTES, "{bytes}");
    }
}
