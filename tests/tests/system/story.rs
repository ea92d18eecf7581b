//! The demo's story, with its exact resulting state; and a second run that changes nothing.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tokio::process::Command;
use upkeep_tests::{Agent, Client, Server, eventually, program, server};

const RESULT: [(&str, Option<&str>, Option<&str>); 4] = [
    ("reception", Some("24.2"), None),
    ("cnc-1", Some("22.3"), None),
    ("ceo-laptop", None, Some("2024.1")),
    ("warehouse-tablet", Some("24.2"), None),
];

fn version(computers: &Path, computer: &str, software: &str) -> Option<String> {
    let file = computers
        .join(computer)
        .join("opt")
        .join(software)
        .join("VERSION");
    std::fs::read_to_string(file)
        .ok()
        .map(|text| text.trim().to_owned())
}

fn assert_result(computers: &Path) {
    for (computer, reader, acrobat) in RESULT {
        assert_eq!(
            version(computers, computer, "reader").as_deref(),
            reader,
            "Reader on {computer}"
        );
        assert_eq!(
            version(computers, computer, "acrobat").as_deref(),
            acrobat,
            "Acrobat on {computer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_brings_four_computers_into_their_states_and_a_second_run_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let demo = folder.path().join("demo");
    let output = Command::new(program("upkeep"))
        .args(["demo", "--once", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(&demo)
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for line in [
        "Adobe Reader should be uninstalled because of the deployment for all computers of Contoso",
        "ok: Adobe Acrobat: version 2024.1 is there now",
        "detected 24.1: update (update available)",
        "loses to the one for all computers of Contoso",
    ] {
        assert!(told.contains(line), "{line:?} is told:\n{told}");
    }
    let computers = demo.join("computers");
    assert_result(&computers);

    let server = Server::start_with(folder, demo.join("server"), vec![]).await;
    let admin = server.admin().await;
    let past = admin.ask("{ server { position } }", json!({})).await["server"]["position"].clone();
    assert_story_in_the_api(&admin).await;
    let agents = serve_again(&computers, &server);
    for (name, ..) in RESULT {
        let computer = admin.online(name).await;
        let session = admin.maintain(&computer).await;
        assert_eq!(session["status"], "PASSED", "{session}");
        for action in session["actions"].as_array().unwrap() {
            assert_eq!(action["type"], "NO_ACTION", "{action}");
            let changes = |run: &Value| run["purpose"] != "DETECT";
            assert!(
                !action["runs"].as_array().unwrap().iter().any(changes),
                "{action}"
            );
        }
    }
    assert_result(&computers);
    drop(agents);
    assert_the_past_answers_as_it_did(&admin, &past).await;
    assert_events_are_printed(&server).await;
}

/// The demo's agents, told that their server moved.
fn serve_again(computers: &Path, server: &Server) -> Vec<Agent> {
    RESULT
        .iter()
        .map(|(name, ..)| Agent::resume(computers.join(name), &server.base()))
        .collect()
}

async fn assert_story_in_the_api(admin: &Client) {
    let query = "{ computers { totalCount nodes { name tenant { name } computerClass onboarding
        resolution { nodes { software { name } isConflict winner { desired { kind version } }
            ranked { nodes { lostOn explanation } } notCandidates { nodes { reason } } } } } }
        sessions(filter: { isOver: true }) { totalCount nodes { status actions { type result } } } }";
    let data = admin.ask(query, json!({})).await;
    assert_eq!(data["computers"]["totalCount"], 4);
    assert_eq!(data["sessions"]["totalCount"], 8);
    let ceo = data["computers"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["name"] == "ceo-laptop")
        .unwrap();
    assert_eq!(ceo["tenant"]["name"], "Contoso");
    assert_eq!(
        (&ceo["computerClass"], &ceo["onboarding"]),
        (&json!("PORTABLE"), &json!("ONBOARDED"))
    );
    let reader = &ceo["resolution"]["nodes"][0];
    assert_eq!(reader["software"]["name"], "Adobe Reader");
    assert_eq!(reader["winner"]["desired"]["kind"], "UNINSTALLED");
    assert_eq!(reader["ranked"]["nodes"][1]["lostOn"], "SCOPE");
    assert_eq!(
        reader["notCandidates"]["nodes"][0]["reason"],
        "OTHER_COMPUTER"
    );
    assert_eq!(reader["isConflict"], false);
}

/// What was asked and answered at a position is answered the same later, at any position and time in between.
async fn assert_the_past_answers_as_it_did(admin: &Client, past: &Value) {
    let query = "query($asOf: AsOfInput) {
        sessions(asOf: $asOf) { totalCount } computers(asOf: $asOf) { nodes { name isOnline } }
        server(asOf: $asOf) { position time } }";
    let now = admin.ask(query, json!({})).await;
    let then = admin
        .ask(query, json!({ "asOf": { "position": past } }))
        .await;
    assert_eq!(
        (
            &now["sessions"]["totalCount"],
            &then["sessions"]["totalCount"]
        ),
        (&json!(12), &json!(8))
    );
    let by_time = json!({ "asOf": { "time": then["server"]["time"] } });
    assert_eq!(admin.ask(query, by_time).await["sessions"]["totalCount"], 8);
    let start = admin
        .ask(query, json!({ "asOf": { "position": "0" } }))
        .await;
    assert_eq!(start["computers"]["nodes"], json!([]));
    let future = json!({ "asOf": { "position": "99999999" } });
    assert_eq!(
        admin.error_code(query, future).await.as_deref(),
        Some("POSITION_NOT_AVAILABLE")
    );
}

async fn assert_events_are_printed(server: &Server) {
    let lines = server::command(&server.data, &["events", "--type", "DeploymentCreated"]).await;
    let events: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.len(), 4);
    assert!(
        events
            .iter()
            .all(|event| event["metadata"]["actor"]["kind"] == "user"),
        "{lines}"
    );
    let streams = server::command(&server.data, &["events", "--stream", "tenant"]).await;
    assert_eq!(streams.lines().count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_is_appointed_once() {
    let mut server = Server::start().await;
    let first = setup_token(&server, 1).await;
    server.kill().await;
    server.restart().await;
    let newest = setup_token(&server, 2).await;
    assert_ne!(first, newest);
    let appoint = "mutation { appointFirstAdministrator(input: { name: \"Alex\" })
        { secret userErrors { code } } }";
    let with = |token: &str| Client::new(server.base(), token.to_owned());
    let stale = with(&first)
        .request(appoint, &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(stale.status(), 401, "only the newest one counts");
    assert_eq!(
        with(&newest)
            .error_code("{ viewer { role } }", json!({}))
            .await
            .as_deref(),
        Some("FORBIDDEN")
    );
    let data = with(&newest).ask(appoint, json!({})).await;
    let secret = data["appointFirstAdministrator"]["secret"]
        .as_str()
        .unwrap();
    let admin = with(secret);
    assert_eq!(
        admin.ask("{ viewer { role } }", json!({})).await["viewer"]["role"],
        "MSP_ADMIN"
    );
    let again = with(&newest)
        .request(appoint, &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(again.status(), 401, "it is good for one use");
    assert_eq!(server.stop().await, Some(0));
    server.restart().await;
    assert_eq!(
        server.log().matches("nobody is administrator yet").count(),
        2
    );
}

/// The newest of so many that were printed so far.
async fn setup_token(server: &Server, printed: usize) -> String {
    eventually("it is printed", || async {
        let log = server.log();
        let tokens: Vec<&str> = log
            .lines()
            .filter(|line| line.starts_with("ups_"))
            .collect();
        (tokens.len() == printed).then(|| tokens[printed - 1].to_owned())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_works_with_and_without_a_server_and_two_servers_do_not_share_a_store() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let second = Command::new(program("upkeep"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(&server.data)
        .output()
        .await
        .unwrap();
    assert_eq!(second.status.code(), Some(3));
    let why = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(why.contains("in use by another server"), "{why}");

    assert_eq!(server.stop().await, Some(0));
    let offline = [
        "token",
        "create",
        "--name",
        "offline",
        "--role",
        "msp-technician",
    ];
    let technician = server::command(&server.data, &offline).await;
    let listed = server::command(&server.data, &["token", "list"]).await;
    let token = listed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|token| token["name"] == "offline")
        .unwrap();
    server.restart().await;
    let technician = admin.with(&technician);
    assert_eq!(
        technician.ask("{ viewer { role } }", json!({})).await["viewer"]["role"],
        "MSP_TECHNICIAN"
    );
    server::command(
        &server.data,
        &["token", "revoke", token["id"].as_str().unwrap()],
    )
    .await;
    let refused = technician
        .request("{ viewer { role } }", &json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    assert!(admin.ask("{ viewer { role } }", json!({})).await["viewer"].is_object());
}
