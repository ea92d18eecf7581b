//! Never lost, never twice: the server, agents and the network die at random moments.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::HashSet;
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::proxy::Proxy;
use upkeep_tests::{Agent, Client, Server, random_ms};

const COMPUTERS: usize = 3;
const SERVER_KILLS: usize = 20;
const AGENT_KILLS: usize = 10;
const CUTS: usize = 20;
/// Moments of a session are spread over about this time.
const SESSION_MS: u64 = 700;

struct World {
    server: Server,
    admin: Client,
    agents: Vec<Agent>,
    computers: Vec<String>,
    deployment: String,
    _folder: TempDir,
}

impl World {
    /// A few computers with one software to be installed. Agents reach the server at `through`, if it is given.
    async fn new(through: Option<&Proxy>, server: Server) -> Self {
        let folder = TempDir::new().unwrap();
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let software = admin.software("tool", &["1.0", "2.0"]).await;
        let deployment = admin.deploy_everywhere(&software).await;
        let token = admin.enrolment_token(&tenant, 100).await;
        let address = through.map_or(server.base(), |proxy| format!("http://{}", proxy.address));
        let agents: Vec<Agent> = (0..COMPUTERS)
            .map(|n| Agent::start(folder.path(), &format!("pc-{n}"), 3, &address, &token))
            .collect();
        let mut computers = Vec::new();
        for agent in &agents {
            computers.push(admin.online(&agent.name).await);
        }
        Self {
            server,
            admin,
            agents,
            computers,
            deployment,
            _folder: folder,
        }
    }

    /// Asks for another state and a session on each computer; answers with the sessions that were acknowledged.
    /// The server may be dead: then nothing is.
    async fn stir(&self, round: usize) -> Vec<String> {
        let desired = match round % 3 {
            0 => json!({ "kind": "INSTALLED_LATEST" }),
            1 => json!({ "kind": "UNINSTALLED" }),
            _ => json!({ "kind": "INSTALLED_EXACTLY", "version": "1.0" }),
        };
        let change = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input)
            { userErrors { code } } }";
        let input = json!({ "id": self.deployment, "desired": desired });
        let _ = self.admin.try_ask(change, json!({ "input": input })).await;
        let start =
            "mutation($id: ID!) { startSession(input: { computerId: $id }) { session { id } } }";
        let mut acknowledged = Vec::new();
        for computer in &self.computers {
            let answer = self.admin.try_ask(start, json!({ "id": computer })).await;
            let id = answer
                .as_ref()
                .and_then(|a| a["data"]["startSession"]["session"]["id"].as_str());
            acknowledged.extend(id.map(str::to_owned));
        }
        acknowledged
    }

    /// No script ran twice, by the scripts' own account; every run that changed something is known to the API.
    async fn assert_no_script_ran_twice(&self) -> usize {
        let mut total = 0;
        for agent in &self.agents {
            let runs = agent.started_runs();
            let different: HashSet<&String> = runs.iter().collect();
            assert_eq!(different.len(), runs.len(), "{}: {runs:?}", agent.name);
            total += runs.len();
        }
        let query = "{ events(first: 1, filter: { types: [\"RunRequested\"] }) { nodes { id } } }";
        assert_eq!(
            self.admin.ask(query, json!({})).await["events"]["nodes"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        total
    }

    /// Every session ends; answers with them.
    async fn ends(&self, sessions: &[String]) -> Vec<Value> {
        let mut ended = Vec::new();
        for session in sessions {
            ended.push(self.admin.over(session).await);
        }
        ended
    }

    /// One more session brings each computer into the state of the deployment, whatever happened before.
    async fn assert_it_still_works(&self) {
        self.admin
            .change_desired(&self.deployment, json!({ "kind": "INSTALLED_LATEST" }))
            .await;
        for (agent, computer) in self.agents.iter().zip(&self.computers) {
            let session = self.admin.maintain(computer).await;
            assert_eq!(session["status"], "PASSED", "{session}\n{}", agent.log());
            assert_eq!(agent.installed("tool").as_deref(), Some("2.0"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_loses_nothing_and_repeats_nothing() {
    let mut world = World::new(None, Server::start().await).await;
    let mut acknowledged = Vec::new();
    for round in 0..SERVER_KILLS {
        acknowledged.extend(world.stir(round).await);
        tokio::time::sleep(random_ms(SESSION_MS)).await;
        world.server.kill().await;
        world.server.restart().await;
    }
    assert!(
        acknowledged.len() >= SERVER_KILLS,
        "{} sessions",
        acknowledged.len()
    );
    for session in world.ends(&acknowledged).await {
        assert_eq!(session["status"], "PASSED", "{session}");
    }
    assert!(world.assert_no_script_ran_twice().await > 0, "scripts ran");
    world.assert_it_still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_killed_repeats_nothing_and_says_what_it_does_not_know() {
    let mut world = World::new(None, Server::start().await).await;
    let mut acknowledged = Vec::new();
    for round in 0..AGENT_KILLS {
        acknowledged.extend(world.stir(round).await);
        for agent in &mut world.agents {
            tokio::time::sleep(random_ms(SESSION_MS / 2)).await;
            agent.kill().await;
            agent.restart();
        }
    }
    for session in world.ends(&acknowledged).await {
        for action in session["actions"].as_array().unwrap() {
            let reason = &action["resultReason"];
            let is_explained = action["result"] == "SUCCESS" || *reason == "OUTCOME_UNKNOWN";
            assert!(is_explained, "{action}");
        }
    }
    world.assert_no_script_ran_twice().await;
    world.assert_it_still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_connections_lose_nothing_and_repeat_nothing() {
    let server = Server::start().await;
    let proxy = Proxy::to(server.address.clone()).await;
    let world = World::new(Some(&proxy), server).await;
    let mut acknowledged = Vec::new();
    for round in 0..CUTS {
        if round % 4 == 0 {
            acknowledged.extend(world.stir(round / 4).await);
        }
        tokio::time::sleep(random_ms(SESSION_MS / 2)).await;
        proxy.cut();
    }
    for session in world.ends(&acknowledged).await {
        assert_eq!(session["status"], "PASSED", "{session}");
    }
    assert!(world.assert_no_script_ran_twice().await > 0, "scripts ran");
    world.assert_it_still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_waits_for_its_computer_and_a_cancelled_one_stops_its_script() {
    let mut world = World::new(None, Server::start().await).await;
    let agent = &mut world.agents[0];
    agent.kill().await;
    let admin = world.admin.clone();
    let computer = world.computers[0].clone();
    upkeep_tests::eventually("it is seen as offline", || async {
        let query = "query($id: ID!) { computer(id: $id) { isOnline } }";
        let data = admin.ask(query, json!({ "id": computer })).await;
        (data["computer"]["isOnline"] == false).then_some(())
    })
    .await;
    let session = admin.start_session(&computer).await;
    let status = "query($id: ID!) { session(id: $id) { status waits { cause since deadline } } }";
    let waiting = admin.ask(status, json!({ "id": session })).await;
    let waiting = &waiting["session"];
    assert_eq!(waiting["status"], "PENDING_CONNECTIVITY");
    assert_eq!(waiting["waits"][0]["cause"], "TURN");
    let moment =
        |name: &str| -> DateTime<Utc> { text(&waiting["waits"][0][name]).parse().unwrap() };
    assert_eq!(moment("deadline") - moment("since"), TimeDelta::days(7));
    agent.restart();
    assert_eq!(admin.over(&session).await["status"], "PASSED");
    let over = admin.ask(status, json!({ "id": session })).await;
    assert_eq!(over["session"]["waits"], json!([]));

    let slow = admin.software_detected_by("slow", "true").await;
    let install = json!({ "text": "echo $$ > \"$UPKEEP_ROOT/slow.pid\"; sleep 600" });
    admin
        .publish(&slow, "1", &install, &json!({ "text": "true" }))
        .await;
    admin.deploy_everywhere(&slow).await;
    let session = admin.start_session(&computer).await;
    let pid = upkeep_tests::eventually("the script runs", || async {
        std::fs::read_to_string(world.agents[0].root.join("slow.pid"))
            .ok()
            .filter(|pid| !pid.is_empty())
    })
    .await;
    let cancel = "mutation($id: ID!) { cancelSession(input: { id: $id }) { session { status } userErrors { code } } }";
    let data = admin.ask(cancel, json!({ "id": session })).await;
    assert_eq!(data["cancelSession"]["session"]["status"], "CANCELLED");
    upkeep_tests::eventually("the script is killed", || async {
        (!std::path::Path::new(&format!("/proc/{}", pid.trim())).exists()).then_some(())
    })
    .await;
    assert_eq!(
        admin.error_code(cancel, json!({ "id": session })).await,
        None,
        "twice is once"
    );
}
