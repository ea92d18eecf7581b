//! Agents from before there was this or that: they are given what they can do, and the rest ends with a sentence that asks to update them.

use serde_json::{Value, json};
use std::process::{Command, Stdio};
use tokio::task::JoinHandle;
use upkeep_agent_protocol::{AgentFrame, Feature, Interpreter, Outcome, Report, RunOrder};
use upkeep_tests::client::text;
use upkeep_tests::peer::{Line, Peer, success};
use upkeep_tests::{Client, Server};

/// A server, and who maintains computers on it.
struct Place {
    server: Server,
    admin: Client,
    tenant: String,
}

impl Place {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        Self {
            server,
            admin,
            tenant,
        }
    }

    /// Software that is wanted everywhere.
    async fn software(&self, name: &str, detection: Value, package: Value) {
        let create = "mutation($input: CreateSoftwareInput!) { createSoftware(input: $input)
            { software { id } userErrors { message } } }";
        let input = json!({ "name": name, "detection": detection });
        let made = self.admin.ask(create, json!({ "input": input })).await;
        let software = text(&made["createSoftware"]["software"]["id"]);
        let script = json!({ "text": "true" });
        self.admin
            .publish_with(&software, "1.0", &script, &script, &package)
            .await;
        self.admin.deploy_everywhere(&software).await;
    }

    /// What a session on the computer of an agent that can do no more than this did, software by software.
    async fn maintained_by(&self, features: Vec<Feature>) -> Vec<Value> {
        let token = self.admin.enrolment_token(&self.tenant, 1).await;
        let peer = Peer::enrol(&self.server.base(), &token, "old").await;
        let peer = peer.unwrap().with(features);
        let working = work(peer.connect().await);
        let computer = self.admin.online("old").await;
        let session = self.admin.maintain(&computer).await;
        assert!(!working.is_finished(), "it was ordered what it cannot do");
        working.abort();
        session["actions"].as_array().unwrap().clone()
    }
}

/// Carries out what it is told, and tells what was printed.
fn work(mut line: Line) -> JoinHandle<()> {
    tokio::spawn(async move {
        for seq in (1..).step_by(2) {
            let order = line.order().await;
            let (run_id, report) = (order.run_id, printed(&order));
            line.say(seq, AgentFrame::RunStarted { run_id }).await;
            line.say(seq + 1, AgentFrame::RunEnded { run_id, report })
                .await;
        }
    })
}

fn printed(order: &RunOrder) -> Report {
    assert_eq!(order.interpreter, Interpreter::Sh);
    assert_eq!(order.package, None);
    let ran = Command::new("sh")
        .args(["-c", &order.script])
        .envs(&order.environment)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let code = ran.status.code().unwrap();
    Report {
        outcome: Outcome::Exited { code },
        ..success(&String::from_utf8(ran.stdout).unwrap())
    }
}

fn sh(script: &str) -> Value {
    json!({ "text": script })
}

/// Which must not be absence, only because nothing else was printed.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_writes_into_the_file_for_its_answer_is_printed_where_the_agent_knows_of_none()
 {
    let place = Place::new().await;
    let written = "echo looking >&2; echo 1.0 > \"$UPKEEP_RESULT\"";
    place.software("written", sh(written), Value::Null).await;
    let noted = "echo looking; echo 1.0 > \"$UPKEEP_RESULT\"";
    place.software("noted", sh(noted), Value::Null).await;
    let python = "import os; open(os.environ['UPKEEP_RESULT'], 'w').write('1.0')";
    let python = format!("python3 -c \"{python}\"");
    place.software("python", sh(&python), Value::Null).await;
    let actions = place.maintained_by(vec![]).await;
    for action in actions {
        let told = (&action["detected"], &action["resultReason"]);
        if action["itemName"] == "noted" {
            assert_eq!(told, (&Value::Null, &json!("DETECTION_FAILED")));
        } else {
            assert_eq!(told.0, "1.0", "{action:#}");
            assert_eq!(action["type"], "NO_ACTION", "{action:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn powershell_looks_for_nothing_where_what_it_answers_cannot_be_told_from_what_it_prints() {
    let place = Place::new().await;
    let look = json!({ "text": "Get-Version", "interpreter": "POWERSHELL" });
    place.software("reader", look, Value::Null).await;
    let features = vec![Feature::Parameters, Feature::PackageUrls];
    let action = place.maintained_by(features).await[0].clone();
    let said = "the agent is too old to tell what PowerShell answers";
    assert_it_could_not_start(&action, said);
    assert_eq!(action["runs"].as_array().unwrap().len(), 1, "{action:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendors_package_is_asked_of_nobody_who_would_look_for_it_on_the_server() {
    let place = Place::new().await;
    let package = json!({ "fileName": "setup", "sha256": "ab".repeat(32), "url": "https://example.com/setup" });
    place.software("reader", sh("true"), package).await;
    let features = vec![Feature::Parameters, Feature::Results];
    let action = place.maintained_by(features).await[0].clone();
    assert_it_could_not_start(&action, "the agent is too old to fetch packages");
}

/// The last of the action's runs, and the action for it.
fn assert_it_could_not_start(action: &Value, said: &str) {
    let last = action["runs"].as_array().unwrap().last().unwrap();
    assert_eq!(last["status"], "COULD_NOT_START", "{action:#}");
    let message = text(&action["message"]);
    assert!(message.contains(said), "{message}");
    assert!(message.contains("update the agent"), "{message}");
}
