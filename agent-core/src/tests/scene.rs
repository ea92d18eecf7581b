//! A core, a memory, and a server of which only the words are there.

use crate::model::Disk;
use crate::{
    Clocks, Core, Durability, Effect, Exit, Identity, Input, Kept, Memory, Settings, Source, Timer,
    Token,
};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use upkeep_agent_protocol::proof::{self, Handshake, NONCE_BYTES};
use upkeep_agent_protocol::{
    AgentFrame, AnswerMode, Facts, Hardware, IdentitySource, Interpreter, OsFacts, OsFamily,
    Outcome, PackageOrder, Report, RunOrder, SILENCE_LIMIT, SUBPROTOCOL, Secret, ServerFrame,
    ServerKey, ServerMessage,
};
use uuid::Uuid;

pub(crate) const AGENT: Uuid = Uuid::from_u128(5);
pub(crate) const HOST: &str = "upkeep.example";
pub(crate) const RECONNECT_MAX: Duration = Duration::from_mins(5);
pub(crate) const SECOND: Duration = Duration::from_secs(1);
const SERVER_NONCE: &str = "server's nonce";
const NONCE: [u8; NONCE_BYTES] = [3; NONCE_BYTES];

/// The server's clock when the computer was started.
pub(crate) fn hour() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

pub(crate) fn run(n: u128) -> Uuid {
    Uuid::from_u128(1_000 + n)
}

/// An order for the n-th run, to be started within ten minutes of the hour.
pub(crate) fn order(n: u128) -> RunOrder {
    RunOrder {
        agent_id: AGENT,
        run_id: run(n),
        interpreter: Interpreter::Sh,
        script: "true".into(),
        timeout_seconds: 60,
        not_after: hour() + TimeDelta::minutes(10),
        package: None,
        environment: BTreeMap::new(),
        programs: None,
        parameters: serde_json::Map::new(),
        secrets: std::collections::BTreeMap::new(),
        answer_only: false,
        answer: None,
    }
}

pub(crate) fn with_package(order: RunOrder) -> RunOrder {
    let package = PackageOrder {
        file_name: "x".into(),
        sha256: "0".repeat(64),
        size: 1,
        url: None,
    };
    RunOrder {
        package: Some(package),
        ..order
    }
}

pub(crate) fn facts() -> Facts {
    Facts {
        host_name: "pc-1".into(),
        hardware: Hardware {
            uuid: Uuid::from_u128(77),
            source: IdentitySource::ProductUuid,
        },
        os: OsFacts {
            family: OsFamily::Linux,
            name: "Debian".into(),
            version: "12".into(),
        },
        chassis_type: None,
        agent_version: "1".into(),
        interpreters: vec![],
    }
}

pub(crate) fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub(crate) fn signed(order: &RunOrder) -> ServerFrame {
    let order = serde_json::to_string(order).unwrap();
    let sig = proof::sign_order(&server_key(), &order);
    ServerFrame::Run { order, sig }
}

pub(crate) fn core() -> Core {
    let public = server_key().verifying_key().to_bytes();
    let identity = Identity {
        agent_id: AGENT,
        key: [7; 32],
        server: format!("https://{HOST}"),
        server_keys: vec![ServerKey {
            key_id: proof::key_id(&public),
            public_key: hex::encode(public),
        }],
    };
    let settings = Settings {
        reconnect_max: RECONNECT_MAX,
        silence_limit: SILENCE_LIMIT,
        agent_version: "1".into(),
    };
    Core::new(identity, settings)
}

/// What the memory was asked for and has not answered, in order.
pub(crate) type Asked = VecDeque<Effect>;

pub(crate) struct Scene {
    pub(crate) core: Core,
    pub(crate) disk: Disk,
    /// In uptime.
    pub(crate) now: Duration,
    pub(crate) asked: Asked,
    /// The server's last number on this link.
    pub(crate) said: u64,
    /// What the server's frames acknowledge.
    pub(crate) acknowledges: u64,
}

impl Scene {
    /// An agent that has never run, on a computer that was just started.
    pub(crate) fn new() -> Self {
        Self {
            core: core(),
            disk: Disk::default(),
            now: Duration::ZERO,
            asked: Asked::new(),
            said: 0,
            acknowledges: 0,
        }
    }

    /// One that begins, and dials.
    pub(crate) fn begun() -> Self {
        let mut scene = Self::new();
        assert_eq!(scene.boot(), [Effect::Sweep(vec![])]);
        let remarks = BTreeMap::new();
        assert_eq!(scene.on(Input::Swept { remarks }), [Effect::Dial]);
        scene
    }

    /// One that talks with the server.
    pub(crate) fn linked() -> Self {
        let mut scene = Self::begun();
        scene.link();
        scene
    }

    pub(crate) fn boot(&mut self) -> Vec<Effect> {
        let runs = self.disk.runs().unwrap();
        self.on(Input::Booted { runs })
    }

    /// What follows from an input, apart from notes. Questions to the memory wait.
    pub(crate) fn on(&mut self, input: Input) -> Vec<Effect> {
        let mut out = Vec::new();
        let at = Clocks { uptime: self.now };
        self.core.on(input, &at, &mut out);
        out.retain(|effect| !matches!(effect, Effect::Note(..)));
        let asks = |effect: &&Effect| matches!(effect, Effect::Store(..) | Effect::Recall(..));
        self.asked.extend(out.iter().filter(asks).cloned());
        out
    }

    /// The memory answers what it was asked first.
    pub(crate) fn answer(&mut self) -> Vec<Effect> {
        match self.asked.pop_front().expect("something is asked") {
            Effect::Store(token, change, how) => {
                let kept = self.disk.store(&change, how);
                self.on(Input::Stored(token, kept))
            }
            Effect::Recall(token, after) => {
                let waiting = self.disk.recall(after);
                self.on(Input::Recalled(token, waiting))
            }
            other => panic!("{other:?}"),
        }
    }

    /// The memory answers everything, and all that is said leaves; what else follows.
    pub(crate) fn settle(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while !self.asked.is_empty() {
            let answered = self.answer();
            let says = answered.iter().any(|e| matches!(e, Effect::Say(_)));
            effects.extend(answered);
            if says {
                effects.extend(self.on(Input::Written));
            }
        }
        effects.retain(|effect| !matches!(effect, Effect::Store(..) | Effect::Recall(..)));
        effects
    }

    pub(crate) fn dialled(&mut self) -> Vec<Effect> {
        self.said = 0;
        self.acknowledges = 0;
        self.on(Input::LinkUp {
            host: HOST.into(),
            nonce: NONCE,
            facts: facts(),
        })
    }

    pub(crate) fn server_time(&self) -> DateTime<Utc> {
        hour() + TimeDelta::from_std(self.now).unwrap()
    }

    pub(crate) fn hello(&self) -> ServerFrame {
        ServerFrame::Hello {
            protocol: SUBPROTOCOL.into(),
            nonce: SERVER_NONCE.into(),
            server_time: self.server_time(),
            key_id: proof::key_id(&server_key().verifying_key().to_bytes()),
        }
    }

    pub(crate) fn welcome(credit: u64) -> ServerFrame {
        let handshake = Handshake {
            server_nonce: SERVER_NONCE,
            agent_nonce: &hex::encode(NONCE),
            agent_id: AGENT,
            host: HOST,
        };
        ServerFrame::Welcome {
            sig: handshake.sign_as_server(&server_key()),
            ticket: Secret("ticket".into()),
            credit,
        }
    }

    /// A link with everything that belongs to it; what is said on it at once.
    pub(crate) fn link(&mut self) -> Vec<AgentFrame> {
        self.dialled();
        let hello = self.hello();
        self.hears(hello);
        self.hears(Self::welcome(1024 * 1024));
        frames(&self.settle()).into_iter().map(|(_, f)| f).collect()
    }

    pub(crate) fn lose_link(&mut self) -> Vec<Effect> {
        let why = "it was cut".to_owned();
        self.on(Input::LinkLost { why, luck: 1 << 63 })
    }

    /// The server says the next frame.
    pub(crate) fn hears(&mut self, frame: ServerFrame) -> Vec<Effect> {
        self.said += 1;
        let message = ServerMessage {
            seq: self.said,
            ack: self.acknowledges,
            frame,
        };
        self.on(Input::Frame(Box::new(message)))
    }

    pub(crate) fn ordered(&mut self, order: &RunOrder) -> Vec<Effect> {
        self.hears(signed(order))
    }

    /// Brings the n-th run so far that its script runs.
    pub(crate) fn started(&mut self, n: u128) {
        self.ordered(&order(n));
        self.on(Input::Prepared(run(n), Ok(())));
        let effects = self.settle();
        assert!(effects.contains(&Effect::Spawn(run(n))), "{effects:?}");
    }

    /// The same for PowerShell, of which an answer is wanted.
    pub(crate) fn started_asking(&mut self, n: u128, answer: AnswerMode) {
        self.ordered(&RunOrder {
            interpreter: Interpreter::PowerShell,
            answer: Some(answer),
            ..order(n)
        });
        self.on(Input::Prepared(run(n), Ok(())));
        self.settle();
    }

    /// Lets the n-th script end, and its folder go.
    pub(crate) fn ends(&mut self, n: u128, code: i32) {
        self.on(Input::Exited(run(n), Exit::Code(code)));
        self.on(Input::Closed(run(n)));
        self.settle();
        self.on(Input::Removed(run(n), None));
    }

    pub(crate) fn due(&mut self, timer: Timer) -> Vec<Effect> {
        self.on(Input::Due(timer))
    }

    pub(crate) fn wrote(&mut self, n: u128, bytes: &[u8]) -> Vec<Effect> {
        self.on(Input::Output(run(n), Source::Stdout, bytes.to_vec()))
    }

    pub(crate) fn report(&self, n: u128) -> Option<&Report> {
        self.disk.report(run(n))
    }

    pub(crate) fn outcome(&self, n: u128) -> Option<Outcome> {
        Some(self.report(n)?.outcome.clone())
    }

    /// The agent dies and begins anew, from what its memory holds.
    pub(crate) fn dies(&mut self) -> Vec<Effect> {
        self.core = core();
        self.asked.clear();
        self.boot()
    }
}

/// The frames that are said, with their numbers.
pub(crate) fn frames(effects: &[Effect]) -> Vec<(u64, AgentFrame)> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::Say(message) => Some((message.seq, message.frame.clone())),
        _ => None,
    });
    said.collect()
}

/// The token of the one change that is stored exactly.
pub(crate) fn exact(effects: &[Effect]) -> Token {
    let mut stores = effects.iter().filter_map(|effect| match effect {
        Effect::Store(token, _, Durability::Exact) => Some(*token),
        _ => None,
    });
    let token = stores.next().expect("something is stored");
    assert_eq!(stores.next(), None);
    token
}

/// A failure of the memory.
pub(crate) fn failed() -> Kept {
    Kept::Failed("the disk is full".into())
}
