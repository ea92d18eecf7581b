//! A computer with its agent: the real core, and around it a memory, a link and scripts that are no more than they have to be.

use async_trait::async_trait;
use ed25519_dalek::SigningKey;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tokio::sync::mpsc;
use upkeep_agent_core::model::Disk;
use upkeep_agent_core::{
    Clocks, Core, Effect, Exit, Identity, Input, Memory, Settings, Source, Timer,
};
use upkeep_agent_gateway::{Gateway, Link, Lost, Text};
use upkeep_agent_protocol::proof::NONCE_BYTES;
use upkeep_agent_protocol::{
    AgentMessage, EnrolRequest, Facts, Hardware, IdentitySource, OsFacts, OsFamily, RunOrder,
    SILENCE_LIMIT, Secret,
};
use upkeep_world::{Task, World};
use uuid::Uuid;

const HOST: &str = "upkeep.test";
/// Texts that are on their way at once.
const ON_THE_WAY: usize = 64;

/// The server's end of a link in memory.
struct End {
    say: mpsc::Sender<String>,
    hear: mpsc::Receiver<String>,
}

#[async_trait]
impl Link for End {
    async fn say(&mut self, text: String) -> Result<(), Lost> {
        self.say.send(text).await.map_err(|_| Lost::Closed)
    }

    async fn hear(&mut self) -> Result<Text, Lost> {
        let heard = self.hear.recv().await;
        heard.map(Text::from).ok_or(Lost::Closed)
    }

    async fn close(&mut self, _: u16, _: &'static str) {
        self.hear.close();
    }
}

/// The agent's end.
struct Line {
    say: mpsc::Sender<String>,
    hear: mpsc::Receiver<String>,
    _served: Task<()>,
}

pub struct Computer {
    world: World,
    gateway: Gateway,
    core: Core,
    disk: Disk,
    facts: Facts,
    line: Option<Line>,
    timers: BTreeMap<Timer, Duration>,
    scripts: BTreeMap<Uuid, String>,
    /// What scripts are about to do.
    coming: Vec<(Duration, Input)>,
    inputs: VecDeque<Input>,
    is_installed: bool,
}

impl Computer {
    /// One whose agent is enrolled.
    pub async fn enrol(world: &World, gateway: &Gateway, token: &str, n: u128) -> Self {
        let mut key = [0; 32];
        world.fill(&mut key).unwrap();
        let facts = Facts {
            host_name: format!("pc-{n}"),
            hardware: Hardware {
                uuid: Uuid::from_u128((7 << 76) | (2 << 62) | n),
                source: IdentitySource::ProductUuid,
            },
            os: OsFacts {
                family: OsFamily::Linux,
                name: "Debian GNU/Linux".into(),
                version: "12".into(),
            },
            chassis_type: None,
            interpreters: vec![],
            agent_version: "1".into(),
        };
        let public_key = SigningKey::from_bytes(&key).verifying_key().to_bytes();
        let request = EnrolRequest {
            token: Secret(token.to_owned()),
            public_key: hex::encode(public_key),
            facts: facts.clone(),
        };
        let enrolled = gateway.enrol(request).await.ok().expect("it may come in");
        let identity = Identity {
            agent_id: enrolled.agent_id,
            key,
            server: format!("https://{HOST}"),
            server_keys: enrolled.server_keys,
        };
        let settings = Settings {
            reconnect_max: Duration::from_secs(10),
            silence_limit: SILENCE_LIMIT,
            agent_version: "1".into(),
        };
        Self {
            world: world.clone(),
            gateway: gateway.clone(),
            core: Core::new(identity, settings),
            disk: Disk::default(),
            facts,
            line: None,
            timers: BTreeMap::new(),
            scripts: BTreeMap::new(),
            coming: Vec::new(),
            inputs: VecDeque::new(),
            is_installed: false,
        }
    }

    /// The agent's life.
    pub async fn live(mut self) {
        let runs = self.disk.runs().expect("it can be read");
        self.inputs.push_back(Input::Booted { runs });
        loop {
            while let Some(input) = self.next_input() {
                self.take(input);
            }
            let due = self.coming.iter().map(|(at, _)| *at);
            let due = due.chain(self.timers.values().copied()).min();
            let wait = due.map(|due| self.world.until(due));
            tokio::select! {
                // What is heard counts before what is due.
                biased;
                heard = heard(self.line.as_mut()) => match heard {
                    Some(text) => {
                        let message = serde_json::from_str(&text).expect("the server is understood");
                        self.inputs.push_back(Input::Frame(Box::new(message)));
                    }
                    None => self.lose_the_link(),
                },
                () = async { wait.expect("something is due").await }, if due.is_some() => {}
            }
        }
    }

    /// What happened, and then what is due by now, in the order in which it was.
    fn next_input(&mut self) -> Option<Input> {
        if let Some(input) = self.inputs.pop_front() {
            return Some(input);
        }
        let now = self.world.uptime();
        if let Some(n) = self.coming.iter().position(|(at, _)| *at <= now) {
            return Some(self.coming.remove(n).1);
        }
        let due = self.timers.iter().find(|(_, at)| **at <= now);
        let timer = *due?.0;
        self.timers.remove(&timer);
        Some(Input::Due(timer))
    }

    fn take(&mut self, input: Input) {
        let at = Clocks {
            uptime: self.world.uptime(),
        };
        let mut out = Vec::new();
        self.core.on(input, &at, &mut out);
        for effect in out {
            self.carry_out(effect);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Dial => self.dial(),
            Effect::Say(message) => self.say(&message),
            Effect::HangUp => self.lose_the_link(),
            Effect::Store(token, change, how) => {
                let kept = self.disk.store(&change, how);
                self.inputs.push_back(Input::Stored(token, kept));
            }
            Effect::Recall(token, after) => {
                let waiting = self.disk.recall(after);
                self.inputs.push_back(Input::Recalled(token, waiting));
            }
            Effect::Sweep(_) => self.inputs.push_back(Input::Swept {
                remarks: BTreeMap::new(),
            }),
            Effect::Prepare(order) => {
                let RunOrder { run_id, script, .. } = *order;
                self.scripts.insert(run_id, script);
                self.inputs.push_back(Input::Prepared(run_id, Ok(())));
            }
            Effect::Spawn(run) => self.run(run),
            Effect::Remove(run) => {
                self.scripts.remove(&run);
                self.inputs.push_back(Input::Removed(run, None));
            }
            Effect::At(timer, at) => {
                self.timers.insert(timer, at);
            }
            Effect::Fetch { .. } => unreachable!("no software here has a package"),
            Effect::More(_)
            | Effect::AskToEnd(_)
            | Effect::Kill(_)
            | Effect::Leave(_)
            | Effect::Note(..)
            | Effect::Done => {}
        }
    }

    fn dial(&mut self) {
        let (say, theirs) = mpsc::channel(ON_THE_WAY);
        let (their_say, hear) = mpsc::channel(ON_THE_WAY);
        let end = End {
            say: their_say,
            hear: theirs,
        };
        let served = self.gateway.serve(Box::new(end), HOST.to_owned());
        self.line = Some(Line {
            say,
            hear,
            _served: self.world.spawn("an agent's connection", served),
        });
        let mut nonce = [0; NONCE_BYTES];
        self.world.fill(&mut nonce).unwrap();
        self.inputs.push_back(Input::LinkUp {
            host: HOST.to_owned(),
            nonce,
            facts: self.facts.clone(),
        });
    }

    fn say(&mut self, message: &AgentMessage) {
        let text = serde_json::to_string(message).expect("it can be written");
        let Some(line) = &self.line else { return };
        if line.say.try_send(text).is_ok() {
            self.inputs.push_back(Input::Written);
        } else {
            self.lose_the_link();
        }
    }

    fn lose_the_link(&mut self) {
        if self.line.take().is_some() {
            let luck = u64::from_le_bytes(self.chance());
            let why = "it was closed".to_owned();
            self.inputs.push_back(Input::LinkLost { why, luck });
        }
    }

    fn chance(&self) -> [u8; 8] {
        let mut bytes = [0; 8];
        self.world.fill(&mut bytes).unwrap();
        bytes
    }

    /// A script takes some time, says what it finds or changes what there is, and ends well. What it says long before its end goes
    /// out as output; the rest is in its report.
    fn run(&mut self, run: Uuid) {
        let half = Duration::from_millis(250 + 50 * u64::from(self.chance()[0]));
        let begun = self.world.uptime();
        let at = begun + 2 * half;
        let script = self.scripts.get(&run).map_or("", String::as_str);
        let says = |text: &str| Input::Output(run, Source::Stdout, text.into());
        if script.contains("detect") && self.is_installed {
            self.coming.push((at, says("1.0\n")));
        }
        if script.contains("install") {
            self.coming.push((begun + half, says("installing\n")));
            self.is_installed = true;
        }
        for input in [Input::Exited(run, Exit::Code(0)), Input::Closed(run)] {
            self.coming.push((at, input));
        }
    }
}

async fn heard(line: Option<&mut Line>) -> Option<String> {
    match line {
        Some(line) => line.hear.recv().await,
        None => std::future::pending().await,
    }
}
