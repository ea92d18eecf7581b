//! Agents and computers that claim to be others, agents that say too much, and servers that take each other for dead.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use upkeep_agent_protocol::{AgentFrame, Report, ServerFrame, close};
use upkeep_tests::client::text;
use upkeep_tests::peer::{facts, inventory, success};
use upkeep_tests::{Agent, Client, Peer, Server, eventually};
use uuid::Uuid;

/// An installation with a software for everybody, and a token with which agents enrol.
struct World {
    server: Server,
    admin: Client,
    tenant: String,
    token: String,
}

impl World {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let software = admin.software("tool", &["1.0"]).await;
        admin.deploy_everywhere(&software).await;
        let token = admin.enrolment_token(&tenant, 20).await;
        Self {
            server,
            admin,
            tenant,
            token,
        }
    }

    async fn enrol(&self, facts: &Value) -> Peer {
        let enrolled = Peer::enrol_with(&self.server.base(), &self.token, facts).await;
        enrolled.expect("it is enrolled")
    }

    /// The agent, once it is seen.
    async fn agent(&self, peer: &Peer) -> Value {
        let query = "query { agents(first: 100) { nodes {
            id publicKey standing holdReason claims { id } computer { id } } } }";
        let key = hex::encode(peer.key().verifying_key().to_bytes());
        eventually("the agent is there", || async {
            let data = self.admin.ask(query, json!({})).await;
            let nodes = data["agents"]["nodes"].as_array()?;
            nodes
                .iter()
                .find(|agent| agent["publicKey"] == key)
                .cloned()
        })
        .await
    }

    /// The agent, once it is held.
    async fn held(&self, peer: &Peer) -> Value {
        eventually("the agent is held", || async {
            let agent = self.agent(peer).await;
            (agent["standing"] == "HELD").then_some(agent)
        })
        .await
    }

    /// The computer of an agent, once it is identified.
    async fn computer(&self, peer: &Peer) -> String {
        eventually("the agent is identified", || async {
            let agent = self.agent(peer).await;
            agent["computer"]["id"].as_str().map(str::to_owned)
        })
        .await
    }

    async fn decide(&self, mutation: &str, agent: &Value, released_as: Value) -> Option<String> {
        let input = match released_as {
            Value::Null => json!({ "id": agent["id"] }),
            released_as => json!({ "id": agent["id"], "releasedAs": released_as }),
        };
        let kind = match mutation {
            "releaseAgent" => "ReleaseAgentInput",
            _ => "RevokeAgentInput",
        };
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        self.admin
            .error_code(&query, json!({ "input": input }))
            .await
    }

    /// What was stored of the output of a session's only run.
    async fn output(&self, session: &str) -> Vec<String> {
        let query = "query($id: ID!) { session(id: $id) { actions { runs { output { text } } } } }";
        let asked = self.admin.ask(query, json!({ "id": session })).await;
        let chunks = asked["session"]["actions"][0]["runs"][0]["output"]
            .as_array()
            .unwrap();
        chunks.iter().map(|chunk| text(&chunk["text"])).collect()
    }

    async fn events(&self, kind: &str) -> Vec<Value> {
        let query = "query($filter: EventFilter!, $after: String) {
            events(first: 100, after: $after, filter: $filter) {
                nodes { stream data } pageInfo { hasNextPage endCursor } } }";
        let mut all = vec![];
        let mut after = Value::Null;
        loop {
            let variables = json!({ "filter": { "types": [kind] }, "after": after });
            let page = self.admin.ask(query, variables).await["events"].clone();
            all.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] != true {
                return all;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }
}

/// The same computer, as somebody else tells of it.
fn also(facts: &Value, name: &str) -> Value {
    let mut facts = facts.clone();
    facts["hostName"] = json!(name);
    facts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_a_known_uuid_make_nobody_a_pathway_of_a_computer() {
    let world = World::new().await;
    let honest = world.enrol(&facts("pc-1")).await;
    let mut line = honest.connect().await;
    let computer = world.admin.online("pc-1").await;

    // All that it tells can be read by whoever may see the computer.
    let rogue = world.enrol(&honest.facts).await;
    let held = world.held(&rogue).await;
    assert_eq!(held["holdReason"], "CLAIMED_HARDWARE", "{held}");
    assert_eq!(held["claims"]["id"], *computer);
    assert_eq!(held["computer"], Value::Null, "{held}");
    assert!(!rogue.is_welcome().await);
    assert_eq!(world.agent(&honest).await["standing"], "TRUSTED");
    let reasons = world.events("AgentHeld").await;
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    assert_eq!(reasons[0]["data"]["because"]["reason"], "claimedHardware");

    // What the computer is told to run goes where it went before.
    world.admin.start_session(&computer).await;
    let order = line.order().await;
    assert_eq!(order.agent_id, honest.id);

    // Nobody lets it in without saying what it is.
    let undecided = world.decide("releaseAgent", &held, Value::Null).await;
    assert_eq!(undecided.as_deref(), Some("AGENT_UNDECIDED"));
    assert!(!rogue.is_welcome().await);
    let member = "mutation($tenant: ID!) { createApiToken(input: {
        name: \"m\", role: TENANT_MEMBER, tenantId: $tenant }) { secret userErrors { code } } }";
    let made = world
        .admin
        .ask(member, json!({ "tenant": world.tenant }))
        .await;
    let member = world.admin.with(&text(&made["createApiToken"]["secret"]));
    let release =
        "mutation($id: ID!) { releaseAgent(input: { id: $id, releasedAs: ANOTHER_PATHWAY })
        { userErrors { code } } }";
    let refused = member
        .error_code(release, json!({ "id": held["id"] }))
        .await;
    assert_eq!(refused.as_deref(), Some("FORBIDDEN"));

    let pathway = json!("ANOTHER_PATHWAY");
    assert_eq!(world.decide("releaseAgent", &held, pathway).await, None);
    assert_eq!(world.computer(&rogue).await, computer);
    assert!(rogue.is_welcome().await);
    assert_eq!(world.agent(&honest).await["standing"], "TRUSTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_live_agents_that_cannot_be_on_one_computer_both_stop() {
    let world = World::new().await;
    let first = world.enrol(&facts("pc-1")).await;
    let mut line = first.connect().await;
    let computer = world.admin.online("pc-1").await;
    let second = world.enrol(&also(&first.facts, "pc-2")).await;
    let claims = world.held(&second).await;
    let rival = world.held(&first).await;
    assert_eq!(claims["holdReason"], "CLAIMED_HARDWARE");
    assert_eq!(rival["holdReason"], "RIVAL", "{rival}");
    assert_eq!(line.close_code().await, Some(close::REFUSED));
    assert!(!first.is_welcome().await && !second.is_welcome().await);
    let session = world.admin.start_session(&computer).await;

    // A person finds out that the second one is nobody's.
    assert_eq!(
        world.decide("revokeAgent", &claims, Value::Null).await,
        None
    );
    assert_eq!(
        world.decide("releaseAgent", &rival, Value::Null).await,
        None
    );
    let mut line = first.connect().await;
    let order = line.order().await;
    let ended = AgentFrame::RunEnded {
        run_id: order.run_id,
        report: success("1.0"),
    };
    line.say(1, ended).await;
    let over = world.admin.over(&session).await;
    assert_eq!(over["status"], "PASSED", "{over}");
    assert!(!second.is_welcome().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_was_installed_anew_replaces_the_one_before_when_a_person_says_so() {
    let world = World::new().await;
    let before = world.enrol(&facts("pc-1")).await;
    let line = before.connect().await;
    let computer = world.admin.online("pc-1").await;
    drop(line);
    eventually("the first one is gone", || async {
        let query = "query($id: ID!) { computer(id: $id) { isOnline } }";
        let data = world.admin.ask(query, json!({ "id": computer })).await;
        (data["computer"]["isOnline"] == false).then_some(())
    })
    .await;
    // A new installation may have another name, and nobody contradicts it.
    let after = world.enrol(&also(&before.facts, "pc-1-new")).await;
    let held = world.held(&after).await;
    assert_eq!(world.agent(&before).await["standing"], "TRUSTED");
    let replacement = json!("REPLACEMENT");
    assert_eq!(world.decide("releaseAgent", &held, replacement).await, None);
    assert_eq!(world.computer(&after).await, computer);
    assert_eq!(world.agent(&before).await["standing"], "REVOKED");
    assert!(!before.is_welcome().await);
    let mut line = after.connect().await;
    world.admin.start_session(&computer).await;
    assert_eq!(line.order().await.agent_id, after.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_computers_with_one_uuid_become_two_when_a_person_says_so() {
    let world = World::new().await;
    let first = world.enrol(&facts("vm-1")).await;
    let computer = world.computer(&first).await;
    let second = world.enrol(&also(&first.facts, "vm-2")).await;
    let held = world.held(&second).await;
    let other = json!("OTHER_COMPUTER");
    assert_eq!(world.decide("releaseAgent", &held, other).await, None);
    let another = world.computer(&second).await;
    assert_ne!(computer, another);
    let (_one, _two) = (first.connect().await, second.connect().await);
    assert_eq!(world.admin.online("vm-1").await, computer);
    assert_eq!(world.admin.online("vm-2").await, another);
    assert_eq!(world.agent(&first).await["standing"], "TRUSTED");
}

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp")
        .arg("-a")
        .args([from, to])
        .status();
    assert!(copied.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_state_folder_on_other_hardware_is_not_the_template() {
    let world = World::new().await;
    let folder = TempDir::new().unwrap();
    let base = world.server.base();
    let mut template = Agent::start(folder.path(), "template", 3, &base, &world.token);
    let computer = world.admin.online("template").await;
    template.kill().await;
    let root = folder.path().join("copy");
    copy(&template.root, &root);
    let uuid = Uuid::new_v4().to_string();
    std::fs::write(root.join("sys/class/dmi/id/product_uuid"), uuid).unwrap();
    let session = world.admin.start_session(&computer).await;

    let mut clone = Agent::resume(root, &base);
    let held = eventually("the copy is held", || async {
        let query = "{ agents { nodes { id standing holdReason } } }";
        let data = world.admin.ask(query, json!({})).await;
        let agent = data["agents"]["nodes"][0].clone();
        (agent["standing"] == "HELD").then_some(agent)
    })
    .await;
    assert_eq!(held["holdReason"], "OTHER_HARDWARE");
    assert!(clone.started_runs().is_empty(), "it got nothing to run");
    clone.kill().await;

    // Only the real one still has the key: it goes on.
    assert_eq!(world.decide("releaseAgent", &held, Value::Null).await, None);
    template.restart();
    let over = world.admin.over(&session).await;
    assert_eq!(over["status"], "PASSED", "{over}");
    assert_eq!(template.installed("tool").as_deref(), Some("1.0"));
    assert_eq!(clone.installed("tool"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn firmware_that_names_no_computer_is_refused() {
    let world = World::new().await;
    for placeholder in [
        "03020100-0504-0706-0809-0a0b0c0d0e0f",
        "10000000-0000-8000-0040-0e1234567890",
        "58585858-5858-5858-5858-585858585858",
        "00010203-0405-0607-0809-0a0b0c0d0e0f",
    ] {
        let mut facts = facts("pc");
        facts["hardware"]["uuid"] = json!(placeholder);
        let refused = Peer::enrol_with(&world.server.base(), &world.token, &facts).await;
        let (status, answer) = refused.err().expect(placeholder);
        assert_eq!((status, &answer["code"]), (400, &json!("MALFORMED")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_an_agent_is_a_line_of_the_log() {
    let world = World::new().await;
    let forged = "2026-01-01T00:00:00.000000Z ERROR upkeep: forged";
    let name = format!("pc-9\r\n{forged}\u{2028}x\u{1b}[2J");
    let mut told = facts(&name);
    told["os"]["name"] = json!(format!("Debian\n{forged}"));
    told["agentVersion"] = json!(format!("1\n{forged}"));
    let peer = world.enrol(&told).await;
    let mut line = peer.connect().await;
    let computer = world.computer(&peer).await;
    world.admin.start_session(&computer).await;
    let order = line.order().await;
    let mut report = success("");
    report.outcome = upkeep_agent_protocol::Outcome::CouldNotStart {
        why: format!("no\n{forged}"),
    };
    let ended = AgentFrame::RunEnded {
        run_id: order.run_id,
        report,
    };
    line.say(1, ended).await;
    eventually("it is stored", || async {
        (world.events("RunEnded").await.len() == 1).then_some(())
    })
    .await;
    let log = world.server.log();
    assert!(log.contains("an agent enrolled"), "{log}");
    assert!(
        log.lines().all(|line| !line.starts_with("2026-01-01")),
        "{log}"
    );
    let mut stored = world.events("AgentEnrolled").await;
    for kind in ["InventoryReported", "AgentConnected", "RunEnded"] {
        stored.extend(world.events(kind).await);
    }
    assert!(stored.len() >= 4);
    for event in stored {
        let text = event["data"].to_string();
        for broken in ["\\n", "\\r", "\\u001b", "\u{2028}"] {
            assert!(!text.contains(broken), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_comes_and_goes_or_tells_news_without_end_does_not_fill_the_store() {
    let world = World::new().await;
    let peer = world.enrol(&facts("pc-1")).await;
    world.computer(&peer).await;
    let mut line = peer.connect().await;
    for n in 0..300 {
        let told = also(&peer.facts, &format!("pc-{n}"));
        line.say(0, inventory(&told)).await;
    }
    // All of it was heard when this is acknowledged.
    let nothing = AgentFrame::RunEnded {
        run_id: Uuid::nil(),
        report: success(""),
    };
    line.say(1, nothing).await;
    while line.hear_message().await.expect("the line is open").ack < 1 {}
    let reported = world.events("InventoryReported").await.len();
    assert!((2..=20).contains(&reported), "{reported} inventories");

    drop(line);
    let mut welcomed = 0;
    for _ in 0..200 {
        if peer.is_welcome().await {
            welcomed += 1;
        }
    }
    let connected = world.events("AgentConnected").await.len();
    assert!((20..=100).contains(&connected), "{connected} connections");
    assert!((20..=100).contains(&welcomed), "{welcomed} times");

    // Nobody else pays for it.
    let other = world.enrol(&facts("pc-b")).await;
    assert!(other.is_welcome().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_asked_for_no_more_than_it_runs_at_once() {
    let world = World::new().await;
    for n in 0..6 {
        let software = world.admin.software(&format!("more-{n}"), &["1.0"]).await;
        world.admin.deploy_everywhere(&software).await;
    }
    let peer = world.enrol(&facts("pc-1")).await;
    let mut line = peer.connect().await;
    let computer = world.admin.online("pc-1").await;
    let session = world.admin.start_session(&computer).await;
    let mut orders = vec![];
    for answered in 0..7u64 {
        while orders.len() < 4.min(7 - usize::try_from(answered).unwrap()) {
            orders.push(line.order().await);
        }
        let open = world.events("RunRequested").await.len() as u64 - answered;
        assert!(open <= 4, "{open} runs wait");
        let order = orders.remove(0);
        let ended = AgentFrame::RunEnded {
            run_id: order.run_id,
            report: success("1.0"),
        };
        line.say(answered + 1, ended).await;
        while line.hear_acknowledged(&mut orders).await < answered + 1 {}
    }
    assert_eq!(world.admin.over(&session).await["status"], "PASSED");
}

/// What is heard together is written together: a frame that ends the connection takes nothing from those before it, and gives nothing
/// to those behind it.
#[tokio::test(flavor = "multi_thread")]
async fn what_comes_at_once_counts_up_to_what_ends_the_connection() {
    let world = World::new().await;
    let peer = world.enrol(&facts("pc-1")).await;
    let mut line = peer.connect().await;
    let computer = world.admin.online("pc-1").await;
    let session = world.admin.start_session(&computer).await;
    let run_id = line.order().await.run_id;
    let started = || AgentFrame::RunStarted { run_id };
    let output = |index: u64, text: &str| AgentFrame::Output {
        run_id,
        index,
        text: text.to_owned(),
    };
    let broken = AgentFrame::RunEnded {
        run_id,
        report: Report {
            output_sha256: "zz".to_owned(),
            ..success("1.0")
        },
    };
    let burst = [
        (1, started()),
        (2, output(0, "before")),
        (3, broken),
        (4, output(1, "behind")),
    ];
    line.say_at_once(burst).await;
    assert_eq!(line.close_code().await, Some(close::MALFORMED));
    assert_eq!(world.output(&session).await, ["before"]);

    let mut line = peer.connect().await;
    let ended = AgentFrame::RunEnded {
        run_id,
        report: success("1.0"),
    };
    let burst = [
        (1, started()),
        (2, output(0, "before")),
        (3, ended),
        (4, output(1, "behind the end")),
        (5, started()),
    ];
    line.say_at_once(burst).await;
    while line.hear_acknowledged(&mut vec![]).await < 5 {}
    assert_eq!(world.admin.over(&session).await["status"], "PASSED");
    assert_eq!(world.output(&session).await, ["before"]);
    for (kind, times) in [("RunStarted", 1), ("RunEnded", 1)] {
        assert_eq!(world.events(kind).await.len(), times, "{kind}");
    }
}

const LEASE_SECONDS: u64 = 3;

async fn member(store: &Server, shared: &Path) -> Server {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let args = vec![
        "--shared-dir".into(),
        shared.display().to_string(),
        "--lease-seconds".into(),
        LEASE_SECONDS.to_string(),
    ];
    let mut server = Server::before_start(folder, data, args);
    server.keep_events_in(store);
    server.restart().await;
    server
}

/// A server that stands still for a while is taken for dead; its links live through that.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_on_a_server_that_stood_still_is_online_again() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let one = member(&store, &shared).await;
    let two = member(&store, &shared).await;
    let (admin, other) = (one.admin().await, two.admin().await);
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = Agent::start(folder.path(), "pc-1", 3, &one.base(), &token);
    let computer = other.online("pc-1").await;

    one.signal("-STOP").await;
    eventually("it is taken for dead", || async {
        let query = "query($id: ID!) { computer(id: $id) { isOnline } }";
        let data = other.ask(query, json!({ "id": computer })).await;
        (data["computer"]["isOnline"] == false).then_some(())
    })
    .await;
    one.signal("-CONT").await;
    assert_eq!(other.online("pc-1").await, computer);
    assert_eq!(
        agent.log().matches("not connected").count(),
        0,
        "over the same line: {}",
        agent.log()
    );
    let session = other.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_a_computer_misses_no_session_that_begins_later() {
    let world = World::new().await;
    let peer = world.enrol(&facts("pc-1")).await;
    let _line = peer.connect().await;
    let computer = world.admin.online("pc-1").await;
    let address = format!("ws://{}/graphql", world.server.address);
    let mut request = address.into_client_request().unwrap();
    let protocol = "graphql-transport-ws".parse().unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.unwrap();
    let query = "{ server { position } }";
    let after = &world.admin.ask(query, json!({})).await["server"]["position"];
    let query = format!(
        "subscription {{ events(after: {after}, filter: {{ computerId: \"{computer}\",
            types: [\"SessionCreated\", \"SessionStarted\"] }}) {{ type }} }}"
    );
    for message in [
        json!({ "type": "connection_init", "payload": { "token": world.admin.token } }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }),
        json!({ "type": "subscribe", "id": "2", "payload": { "query": "{ server { version } }" } }),
    ] {
        let message = Message::text(message.to_string());
        socket.send(message).await.unwrap();
    }
    let mut seen = vec![];
    let mut session = None;
    while seen.len() < 2 {
        let next = tokio::time::timeout(upkeep_tests::PATIENCE, socket.next()).await;
        let Message::Text(said) = next.expect("in time").unwrap().unwrap() else {
            continue;
        };
        let said: Value = serde_json::from_str(&said).unwrap();
        if said["id"] == "2" && session.is_none() {
            session = Some(world.admin.start_session(&computer).await);
        }
        if said["id"] == "1" {
            seen.push(text(&said["payload"]["data"]["events"]["type"]));
        }
    }
    assert_eq!(seen, ["SessionCreated", "SessionStarted"]);
}

/// Nothing of a run counts before the agent told where it is.
#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_tell_where_it_is_gets_nothing_and_says_nothing() {
    let world = World::new().await;
    let peer = world.enrol(&facts("pc-1")).await;
    let mut line = peer.dial().await;
    assert!(peer.prove(&mut line, &peer.key()).await);
    line.say(0, AgentFrame::Resume { first_seq: 1 }).await;
    let computer = world.admin.online("pc-1").await;
    world.admin.start_session(&computer).await;
    eventually("a run is asked for", || async {
        (world.events("RunRequested").await.len() == 1).then_some(())
    })
    .await;
    let started = AgentFrame::RunStarted {
        run_id: Uuid::nil(),
    };
    line.say(1, started).await;
    loop {
        match line.hear().await {
            Some(ServerFrame::Run { .. }) => panic!("it got something to run"),
            Some(_) => {}
            None => break,
        }
    }
}
