//! What is said: the outbox from the first frame that was not acknowledged on, page by page, as far as the credit goes.

use crate::link::{Link, Why};
use crate::words::{Change, Durability, Effect, Kept, Level, Token, Waiting};
use crate::{Asked, Core, Turn};
use upkeep_agent_protocol::{AgentFrame, Facts};

/// How far the outbox is said on one connection.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// The last number that was said.
    pub(crate) said: u64,
    /// What is to be said with the first page.
    facts: Option<Facts>,
    /// Output that may be said, in bytes.
    credit: u64,
    /// The next frame is output for which there is no credit.
    is_spent: bool,
    /// The page that is being read.
    reads: Option<Token>,
    /// What was said has not left yet: no more is read while the server takes nothing.
    writes: bool,
    /// There may be more than was read.
    has_news: bool,
}

impl Outbox {
    /// The server has proved itself.
    pub(crate) fn begin(&mut self, credit: u64, facts: Facts) {
        self.credit = credit;
        self.facts = Some(facts);
    }
}

impl Core {
    /// Something new may wait to be said.
    pub(crate) fn say_news(&mut self, turn: &mut Turn<'_>) {
        let token = self.token();
        let Link::Up(conversation) = &mut self.link else {
            return;
        };
        if !conversation.is_proven() {
            return;
        }
        let outbox = &mut conversation.outbox;
        if outbox.reads.is_some() || outbox.writes || outbox.is_spent {
            outbox.has_news = true;
            return;
        }
        outbox.has_news = false;
        outbox.reads = Some(token);
        turn.effect(Effect::Recall(token, outbox.said));
    }

    fn say_what_is_left(&mut self, turn: &mut Turn<'_>) {
        if let Link::Up(conversation) = &self.link
            && conversation.outbox.has_news
        {
            self.say_news(turn);
        }
    }

    pub(crate) fn written(&mut self, turn: &mut Turn<'_>) {
        if let Link::Up(conversation) = &mut self.link {
            conversation.outbox.writes = false;
        }
        self.say_what_is_left(turn);
    }

    pub(crate) fn grant(&mut self, bytes: u64, turn: &mut Turn<'_>) {
        if let Link::Up(conversation) = &mut self.link {
            let outbox = &mut conversation.outbox;
            outbox.credit = outbox.credit.saturating_add(bytes);
            outbox.is_spent = false;
        }
        self.say_what_is_left(turn);
    }

    /// Says a page, in order.
    pub(crate) fn recalled(
        &mut self,
        token: Token,
        waiting: Result<Waiting, String>,
        turn: &mut Turn<'_>,
    ) {
        let Link::Up(conversation) = &mut self.link else {
            return;
        };
        if conversation.outbox.reads != Some(token) {
            return;
        }
        let waiting = match waiting {
            Ok(waiting) => waiting,
            Err(why) => return self.hang_up(Why::Memory(why), turn),
        };
        conversation.outbox.reads = None;
        if let Some(facts) = conversation.outbox.facts.take() {
            let first_seq = waiting.first;
            conversation.outbox.said = first_seq.saturating_sub(1);
            conversation.say(0, AgentFrame::Resume { first_seq }, turn);
            conversation.say(0, AgentFrame::Inventory { facts }, turn);
        }
        for (seq, frame) in waiting.frames {
            let outbox = &mut conversation.outbox;
            // There may be more behind it.
            outbox.has_news = true;
            if let AgentFrame::Output { text, .. } = &frame {
                let cost = text.len() as u64;
                if cost > outbox.credit {
                    outbox.is_spent = true;
                    break;
                }
                outbox.credit -= cost;
            }
            outbox.said = seq;
            outbox.writes = true;
            conversation.say(seq, frame, turn);
        }
        self.say_what_is_left(turn);
    }

    /// The server has what was said up to a number; it may be forgotten, by one change at a time.
    pub(crate) fn take_acknowledgement(&mut self, seq: u64, turn: &mut Turn<'_>) {
        self.acknowledged.seq = self.acknowledged.seq.max(seq);
        self.tell_acknowledged(turn);
    }

    fn tell_acknowledged(&mut self, turn: &mut Turn<'_>) {
        let known = &mut self.acknowledged;
        if known.under_way.is_some() || known.seq <= known.told {
            return;
        }
        let seq = known.seq;
        known.under_way = Some(seq);
        let change = Change::Acknowledged { seq };
        self.store(change, Durability::Loose, Asked::Acknowledged, turn);
    }

    /// It takes room to forget. What fails is tried again with the next frame that is heard: each says what has arrived.
    pub(crate) fn acknowledged_stored(&mut self, kept: Kept, turn: &mut Turn<'_>) {
        let known = &mut self.acknowledged;
        let Some(told) = known.under_way.take() else {
            return;
        };
        if let Kept::Failed(why) = kept {
            let text = format!("what the server has is not forgotten yet: {why}");
            turn.note(Level::Warn, text);
            if known.seq == told {
                // The same at once would fail at once.
                return;
            }
        } else {
            known.told = told;
        }
        self.tell_acknowledged(turn);
    }
}
