//! What is heard on one connection: the server's proof first, then what it asks.

use crate::clock::ServerClock;
use crate::link::{Link, Why};
use crate::outbox::Outbox;
use crate::words::{Effect, Level};
use crate::{Core, Turn};
use ed25519_dalek::SigningKey;
use std::time::Duration;
use upkeep_agent_protocol::proof::{self, Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{
    AgentFrame, AgentMessage, Facts, Feature, RunOrder, Secret, ServerFrame, ServerMessage,
};

/// What this agent can do that agents could not always.
const FEATURES: [Feature; 4] = [
    Feature::Parameters,
    Feature::Results,
    Feature::PackageUrls,
    Feature::Secrets,
];

/// One connection.
#[derive(Debug)]
pub(crate) struct Conversation {
    step: Step,
    /// The server's last number.
    heard: u64,
    /// When the server was heard last, in uptime.
    last_heard: Duration,
    pub(crate) outbox: Outbox,
}

/// How far it came.
#[derive(Debug)]
enum Step {
    Hello(Dialled),
    Welcome(Greeted),
    /// The server has proved that it holds this key.
    Proven {
        server_key: [u8; 32],
        ticket: Secret,
    },
}

/// What this side brings to the handshake.
#[derive(Clone, Debug)]
struct Dialled {
    host: String,
    /// In hexadecimal.
    nonce: String,
    facts: Facts,
}

/// What is needed to judge the server's proof.
#[derive(Clone, Debug)]
struct Greeted {
    dialled: Dialled,
    server_nonce: String,
    server_key: [u8; 32],
    clock: ServerClock,
}

impl Greeted {
    fn handshake(&self, core: &Core) -> Handshake<'_> {
        Handshake {
            server_nonce: &self.server_nonce,
            agent_nonce: &self.dialled.nonce,
            agent_id: core.identity.agent_id,
            host: &self.dialled.host,
        }
    }
}

impl Conversation {
    pub(crate) fn new(host: String, nonce: [u8; NONCE_BYTES], facts: Facts, now: Duration) -> Self {
        let nonce = hex::encode(nonce);
        Self {
            step: Step::Hello(Dialled { host, nonce, facts }),
            heard: 0,
            last_heard: now,
            outbox: Outbox::default(),
        }
    }

    pub(crate) fn is_proven(&self) -> bool {
        matches!(self.step, Step::Proven { .. })
    }

    pub(crate) fn last_heard(&self) -> Duration {
        self.last_heard
    }

    /// What opens the downloads of packages.
    pub(crate) fn ticket(&self) -> Option<&Secret> {
        match &self.step {
            Step::Proven { ticket, .. } => Some(ticket),
            _ => None,
        }
    }

    pub(crate) fn say(&self, seq: u64, frame: AgentFrame, turn: &mut Turn<'_>) {
        let ack = self.heard;
        turn.effect(Effect::Say(Box::new(AgentMessage { seq, ack, frame })));
    }
}

impl Core {
    /// Takes a frame's numbers in, and then what it says.
    pub(crate) fn hear(&mut self, message: ServerMessage, turn: &mut Turn<'_>) {
        if let Err(why) = self.hear_it(message, turn) {
            self.hang_up(why, turn);
        }
    }

    fn hear_it(&mut self, message: ServerMessage, turn: &mut Turn<'_>) -> Result<(), Why> {
        let Link::Up(conversation) = &mut self.link else {
            return Ok(());
        };
        conversation.last_heard = turn.now;
        if message.seq != conversation.heard + 1 {
            return Err(Why::Protocol("a frame is missing"));
        }
        conversation.heard = message.seq;
        // Before the server's proof nothing was said, so that nobody else can say that something arrived.
        if message.ack > conversation.outbox.said {
            return Err(Why::Protocol("what was not said is acknowledged"));
        }
        match &conversation.step {
            Step::Hello(dialled) => {
                let dialled = dialled.clone();
                self.take_hello(dialled, message.frame, turn)
            }
            Step::Welcome(greeted) => {
                let greeted = greeted.clone();
                self.take_welcome(greeted, message.frame, turn)
            }
            Step::Proven { server_key, .. } => {
                let server_key = *server_key;
                self.take_acknowledgement(message.ack, turn);
                self.obey(message.frame, &server_key, turn)
            }
        }
    }

    fn take_hello(
        &mut self,
        dialled: Dialled,
        frame: ServerFrame,
        turn: &mut Turn<'_>,
    ) -> Result<(), Why> {
        let ServerFrame::Hello {
            nonce: server_nonce,
            server_time,
            key_id,
            ..
        } = frame
        else {
            return Err(Why::Protocol("hello was expected"));
        };
        let server_key = self
            .identity
            .server_keys
            .iter()
            .find(|key| key.key_id == key_id)
            .and_then(|key| proof::parse_key(&key.public_key))
            .ok_or(Why::WrongServer)?;
        let mut clock = ServerClock::default();
        clock.heard(server_time, turn.now);
        let greeted = Greeted {
            dialled,
            server_nonce,
            server_key,
            clock,
        };
        let key = SigningKey::from_bytes(&self.identity.key);
        let auth = AgentFrame::Auth {
            agent_id: self.identity.agent_id,
            nonce: greeted.dialled.nonce.clone(),
            host: greeted.dialled.host.clone(),
            agent_version: self.settings.agent_version.clone(),
            features: FEATURES.to_vec(),
            sig: greeted.handshake(self).sign_as_agent(&key),
        };
        if let Link::Up(conversation) = &mut self.link {
            conversation.step = Step::Welcome(greeted);
            conversation.say(0, auth, turn);
        }
        Ok(())
    }

    fn take_welcome(
        &mut self,
        greeted: Greeted,
        frame: ServerFrame,
        turn: &mut Turn<'_>,
    ) -> Result<(), Why> {
        let ServerFrame::Welcome {
            sig,
            ticket,
            credit,
        } = frame
        else {
            return Err(Why::Protocol("welcome was expected"));
        };
        let server_key = greeted.server_key;
        if !greeted.handshake(self).verify_server(&server_key, &sig) {
            return Err(Why::WrongServer);
        }
        if let Link::Up(conversation) = &mut self.link {
            conversation.step = Step::Proven { server_key, ticket };
            conversation.outbox.begin(credit, greeted.dialled.facts);
        }
        self.clock = greeted.clock;
        turn.note(Level::Info, "connected");
        self.say_news(turn);
        Ok(())
    }

    fn obey(
        &mut self,
        frame: ServerFrame,
        server_key: &[u8; 32],
        turn: &mut Turn<'_>,
    ) -> Result<(), Why> {
        match frame {
            ServerFrame::Run { order, sig } => {
                let order = self.read_order(server_key, &order, &sig)?;
                self.accept(order, turn)
            }
            ServerFrame::Cancel { run_id } => self.cancel(run_id, turn),
            ServerFrame::Credit { bytes } => {
                self.grant(bytes, turn);
                Ok(())
            }
            ServerFrame::Ping { server_time } => {
                if let Some(time) = server_time {
                    self.clock.heard(time, turn.now);
                }
                if let Link::Up(conversation) = &self.link {
                    conversation.say(0, AgentFrame::Pong, turn);
                }
                Ok(())
            }
            ServerFrame::Goodbye {
                reason,
                retry_after_ms,
            } => Err(Why::Goodbye {
                why: reason,
                after: Duration::from_millis(retry_after_ms),
            }),
            ServerFrame::Ack | ServerFrame::Unknown => Ok(()),
            ServerFrame::Hello { .. } | ServerFrame::Welcome { .. } => {
                Err(Why::Protocol("the handshake is over"))
            }
        }
    }

    /// An order counts only if the pinned server signed it, for this agent.
    fn read_order(&self, key: &[u8; 32], text: &str, sig: &str) -> Result<RunOrder, Why> {
        if !proof::verify_order(key, text, sig) {
            return Err(Why::Protocol("an order is not signed by the server"));
        }
        let order: RunOrder =
            serde_json::from_str(text).map_err(|_| Why::Protocol("an order cannot be read"))?;
        if order.agent_id != self.identity.agent_id {
            return Err(Why::Protocol("an order is for another agent"));
        }
        Ok(order)
    }
}
