//! What an agent says, frame by frame: taken in, then acknowledged.

use super::Connection;
use super::elsewhere::hold;
use super::end::End;
use crate::intake::{Taken, Vouched};
use tokio::sync::oneshot;
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, CREDIT_BYTES, Facts, MAX_RUN_OUTPUT_BYTES, ServerFrame,
};
use upkeep_domain::kernel::ids::RunId;

/// The highest number with which an outbox may begin: agents count with 63 bits.
const MAX_FIRST_SEQ: u64 = u64::MAX / 2;

impl Connection<'_> {
    pub(super) async fn hear(&mut self, message: AgentMessage) -> Result<(), End> {
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
            | AgentFrame::RunEnded { .. } => self.hear_numbered(message.seq, message.frame).await,
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

    async fn hear_numbered(&mut self, seq: u64, frame: AgentFrame) -> Result<(), End> {
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
            return self.wire.send(ServerFrame::Ack).await;
        }
        if seq > expected {
            return Err(End::out_of_order());
        }
        let mut credit = None;
        let (shared, agent, since) = (self.shared, self.agent, self.since);
        match frame {
            AgentFrame::RunStarted { run_id } => {
                let taken = shared.take_run_started(agent, RunId(run_id), since);
                self.stay_for(taken).await??;
            }
            AgentFrame::Output {
                run_id,
                index,
                text,
            } => {
                let bytes = text.len() as u64;
                self.spent += bytes;
                let run = RunId(run_id);
                let before = self.shared.outputs.taken(self.agent, run);
                // What is too much is acknowledged and dropped: the agent has counted it.
                if before + bytes <= MAX_RUN_OUTPUT_BYTES {
                    let taken = shared.take_output(agent, run, since, (index, &text));
                    let stored = self.stay_for(taken).await??;
                    if stored > 0 {
                        self.note_output(run, before + stored);
                    }
                } else {
                    self.note_output(run, MAX_RUN_OUTPUT_BYTES + 1);
                }
                if self.spent >= CREDIT_BYTES / 4 {
                    credit = Some(std::mem::take(&mut self.spent));
                }
            }
            AgentFrame::RunEnded { run_id, report } => {
                let run = RunId(run_id);
                shared.outputs.forget(agent, run);
                let taken = shared.take_run_ended(agent, run, since, report);
                self.stay_for(taken).await??;
            }
            _ => {}
        }
        self.wire.received = seq;
        let next = seq.checked_add(1);
        self.expected_seq =
            Some(next.ok_or_else(|| End::malformed("there is no number behind that one"))?);
        match credit {
            Some(bytes) => self.wire.send(ServerFrame::Credit { bytes }).await,
            None => self.wire.send(ServerFrame::Ack).await,
        }
    }

    fn note_output(&self, run: RunId, bytes: u64) {
        let view = self.shared.projections.live();
        let is_owed = |agent, run| view.sessions.session_of_run(agent, run).is_some();
        self.shared.outputs.note(self.agent, run, bytes, is_owed);
    }
}
