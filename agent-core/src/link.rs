//! Whether there is a connection: the wait for it, its silence, its end.

use crate::conversation::Conversation;
use crate::words::{Effect, Level, Timer};
use crate::{Core, Turn};
use std::time::Duration;
use upkeep_agent_protocol::proof::NONCE_BYTES;
use upkeep_agent_protocol::{Facts, HANDSHAKE_TIMEOUT};

/// The first wait after a broken connection; it doubles up to the limit that the operator set.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Why a connection is given up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Why {
    #[error("the server did not prove who it is: it is not the one that this agent enrolled with")]
    WrongServer,
    #[error("the connection broke: the server is silent")]
    Silence,
    #[error("the server says: {why}")]
    Goodbye { why: String, after: Duration },
    #[error("the server said something that is not of the protocol: {0}")]
    Protocol(&'static str),
    #[error("the agent's state cannot be read or written: {0}")]
    Memory(String),
    #[error("stopped")]
    Stopped,
}

/// Where the connection is.
#[derive(Debug, Default)]
pub(crate) enum Link {
    #[default]
    None,
    /// The next is begun at this uptime, or as soon as nothing is left of what was ordered on the last.
    Waits {
        until: Duration,
    },
    Dialled,
    Up(Box<Conversation>),
    /// Given up; that it is over comes yet.
    HungUp(Why),
}

impl Link {
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl Core {
    /// Connects, if it is time.
    pub(crate) fn dial(&mut self, turn: &mut Turn<'_>) {
        let Link::Waits { until } = self.link else {
            return;
        };
        if turn.now < until {
            turn.effect(Effect::At(Timer::Dial, until));
        } else if !self.is_anything_leaving() {
            self.link = Link::Dialled;
            self.dialled = turn.now;
            turn.effect(Effect::Dial);
        }
    }

    /// From now on there may be connections.
    pub(crate) fn begin_to_dial(&mut self, turn: &mut Turn<'_>) {
        self.link = Link::Waits { until: turn.now };
        self.dial(turn);
    }

    pub(crate) fn link_up(
        &mut self,
        host: String,
        nonce: [u8; NONCE_BYTES],
        facts: Facts,
        turn: &mut Turn<'_>,
    ) {
        if !matches!(self.link, Link::Dialled) {
            return;
        }
        let conversation = Conversation::new(host, nonce, facts, turn.now);
        self.link = Link::Up(Box::new(conversation));
        turn.after(Timer::Silence, HANDSHAKE_TIMEOUT);
    }

    /// The connection is of no use any more. What was ordered on it and has not started ends at once: nobody could
    /// take it back any more.
    pub(crate) fn hang_up(&mut self, why: Why, turn: &mut Turn<'_>) {
        match self.link {
            Link::Dialled | Link::Up(_) => {
                self.link = Link::HungUp(why);
                turn.effect(Effect::HangUp);
                self.drop_unstarted(turn);
            }
            Link::Waits { .. } if matches!(why, Why::Stopped) => self.link = Link::None,
            _ => {}
        }
    }

    pub(crate) fn link_lost(&mut self, why: &str, luck: u64, turn: &mut Turn<'_>) {
        let link = std::mem::take(&mut self.link);
        let (why, after) = match link {
            Link::None | Link::Waits { .. } => {
                self.link = link;
                return;
            }
            Link::Dialled | Link::Up(_) => (why.to_owned(), None),
            Link::HungUp(why) => {
                let after = match &why {
                    Why::Goodbye { after, .. } => Some(*after),
                    _ => None,
                };
                (why.to_string(), after)
            }
        };
        self.drop_unstarted(turn);
        if self.is_stopping {
            return;
        }
        let wait = if let Some(after) = after {
            after.min(self.settings.reconnect_max)
        } else {
            // A connection that held counts as a success.
            let held = turn.now.saturating_sub(self.dialled) > self.settings.silence_limit;
            self.failures = if held { 0 } else { self.failures + 1 };
            self.wait(luck)
        };
        let text = format!("not connected: {why}; again in {} ms", wait.as_millis());
        turn.note(Level::Warn, text);
        let until = turn.now.saturating_add(wait);
        self.link = Link::Waits { until };
        turn.effect(Effect::At(Timer::Dial, until));
    }

    /// Full jitter, from the agent's id the first time: not everybody at once after an outage.
    fn wait(&self, luck: u64) -> Duration {
        let ceiling = FIRST_WAIT
            .saturating_mul(1 << self.failures.saturating_sub(1).min(16))
            .min(self.settings.reconnect_max);
        let luck = if self.failures <= 1 {
            self.identity.agent_id.as_u64_pair().1.swap_bytes()
        } else {
            luck
        };
        let share = (ceiling.as_nanos() * u128::from(luck)) >> 64;
        Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX))
    }

    /// Whatever is said meanwhile: silence is what is not heard.
    pub(crate) fn look_for_silence(&mut self, turn: &mut Turn<'_>) {
        let Link::Up(conversation) = &self.link else {
            return;
        };
        let patience = if conversation.is_proven() {
            self.settings.silence_limit
        } else {
            HANDSHAKE_TIMEOUT
        };
        let until = conversation.last_heard().saturating_add(patience);
        if turn.now < until {
            turn.effect(Effect::At(Timer::Silence, until));
        } else {
            self.hang_up(Why::Silence, turn);
        }
    }
}
