//! Scripts that are tried on one computer: what each comes to, who may, what they count for, and over agents and servers that die.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server, eventually};

const RUN: &str = "mutation($input: RunScriptInput!) { runScript(input: $input)
    { session { id } userErrors { code field message } } }";
const TOLD: &str = "query($id: ID!) { session(id: $id) { uuid kind status stage actions { id } looks { id }
    draft { meaning script { interpreter text timeoutSeconds } parameters { name value { text number boolean choices } }
        reading { text isClear version isAbsent tested value reason }
        run { id uuid purpose status exitCode stdoutTail scriptDigest script { text } parameters { name }
            reading { text } result { values { json } } } } } }";
/// In the text of a script, and in what it is told.
const MARK: &str = "qz.line";

/// A server, a computer, and somebody who may try scripts there.
struct Place {
    server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    tenant: String,
    _folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Northwind").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        Self {
            server,
            admin,
            agent,
            computer,
            tenant,
            _folder: folder,
        }
    }

    fn input(&self, meaning: &str, script: &str) -> Value {
        json!({ "computerId": self.computer, "meaning": meaning, "script": { "text": script } })
    }

    async fn begun(&self, input: Value) -> String {
        let data = self.admin.ask(RUN, json!({ "input": input })).await;
        text(&data["runScript"]["session"]["id"])
    }

    async fn told(&self, session: &str) -> Value {
        let data = self.admin.ask(TOLD, json!({ "id": session })).await;
        data["session"].clone()
    }

    /// A session that tried a script, once it is over.
    async fn tried(&self, input: Value) -> Value {
        let session = self.begun(input).await;
        self.admin.over(&session).await;
        self.told(&session).await
    }

    /// Until a script has made this file.
    async fn made(&self, file: &str) {
        let path = self.agent.path(file);
        eventually(&format!("the script made {file}"), || async {
            path.exists().then_some(())
        })
        .await;
    }
}

/// Why a script is not tried: the code and the field.
fn refusal(answer: &Value) -> (String, String) {
    let error = &answer["data"]["runScript"]["userErrors"][0];
    let path = error["field"].as_array().into_iter().flatten();
    let path: Vec<&str> = path.filter_map(Value::as_str).collect();
    let code = error["code"].as_str().unwrap_or_default();
    (code.to_owned(), path.join("."))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_answers_is_read_as_what_it_is_meant() {
    let place = Place::new().await;
    let result = |value: &str| format!("echo a note; echo '{value}' > \"$UPKEEP_RESULT\"");
    for (meaning, script, phrase, what) in [
        (
            "DETECTION",
            result("1.2.3"),
            "version 1.2.3",
            json!({ "version": "1.2.3", "isAbsent": false }),
        ),
        (
            "DETECTION",
            result("null"),
            "absent",
            json!({ "isAbsent": true }),
        ),
        (
            "TEST",
            "echo true".into(),
            "true",
            json!({ "tested": true }),
        ),
        ("TEST", result("false"), "false", json!({ "tested": false })),
        (
            "GET",
            result("{\"free\": [7]}"),
            "the value {\"free\":[7]}",
            json!({ "value": { "free": [7] } }),
        ),
        ("ACTION", "echo anything".into(), "done", json!({})),
    ] {
        let session = place.tried(place.input(meaning, &script)).await;
        assert_eq!(
            (&session["kind"], &session["status"]),
            (&json!("DRAFT"), &json!("PASSED")),
            "{session}"
        );
        assert_eq!(
            (&session["actions"], &session["looks"]),
            (&json!([]), &json!([]))
        );
        let draft = &session["draft"];
        assert_eq!(draft["meaning"], meaning);
        let mut reading = json!({ "text": phrase, "isClear": true, "version": null, "isAbsent": null,
            "tested": null, "value": null, "reason": null });
        for (member, value) in what.as_object().unwrap() {
            reading[member] = value.clone();
        }
        assert_eq!(draft["reading"], reading, "{session}");
        assert_eq!(draft["run"]["reading"]["text"], phrase);
        assert_eq!(draft["run"]["script"]["text"], script);
        let seconds = if meaning == "ACTION" { 900 } else { 120 };
        assert_eq!(draft["script"]["timeoutSeconds"], seconds);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_says_why() {
    let place = Place::new().await;
    for (meaning, script, says, reason) in [
        (
            "DETECTION",
            "echo tool 1.2.3",
            "not known, because the detection script printed \"tool 1.2.3\"",
            "DETECTION_FAILED",
        ),
        (
            "DETECTION",
            "echo 1.2.3; exit 4",
            "not known, because the detection script ended with exit code 4",
            "DETECTION_FAILED",
        ),
        (
            "TEST",
            "echo perhaps",
            "not known, because the test script printed \"perhaps\"",
            "TEST_UNCLEAR",
        ),
        (
            "GET",
            "true",
            "not known, because the get script printed",
            "VALUE_UNCLEAR",
        ),
        (
            "ACTION",
            "echo no room >&2; exit 3",
            "failed, because the script ended with exit code 3: no room",
            "SCRIPT_FAILED",
        ),
    ] {
        let session = place.tried(place.input(meaning, script)).await;
        assert_eq!(session["status"], "FAILED", "{session}");
        let reading = &session["draft"]["reading"];
        assert!(text(&reading["text"]).starts_with(says), "{reading}");
        assert_eq!(
            (&reading["isClear"], &reading["reason"]),
            (&json!(false), &json!(reason)),
            "{session}"
        );
    }
    let mut slow = place.input("ACTION", "sleep 60");
    slow["script"]["timeoutSeconds"] = json!(1);
    let session = place.tried(slow).await;
    let reading = &session["draft"]["reading"];
    assert_eq!(reading["reason"], "SCRIPT_TIMED_OUT", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_told_its_parameters_and_what_is_asked_of_it() {
    let place = Place::new().await;
    let script = "printf '\"%s %s %s %s\"' \"$UPKEEP_PURPOSE\" \"$UPKEEP_METHOD\" \"$UPKEEP_PARAMETER_SERVER\" \"$UPKEEP_PARAMETER_PORT\" > \"$UPKEEP_ROOT/told\"
        [ -z \"$UPKEEP_RESULT\" ] || cat \"$UPKEEP_ROOT/told\" > \"$UPKEEP_RESULT\"";
    for (meaning, asked) in [("GET", "get get"), ("ACTION", "act set")] {
        let mut input = place.input(meaning, script);
        input["parameters"] = json!([
            { "name": "Server", "value": { "text": "a b" } }, { "name": "Port", "value": { "number": 514 } },
        ]);
        let session = place.tried(input).await;
        assert_eq!(session["status"], "PASSED", "{session}");
        let told = std::fs::read_to_string(place.agent.path("told")).unwrap();
        assert_eq!(told, format!("\"{asked} a b 514\""));
        let parameters = session["draft"]["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), 2, "{session}");
        assert_eq!(parameters[1]["value"]["text"], "a b");
    }
}

/// The state of a fleet does not depend on what was tried.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_counts_for_nothing() {
    let place = Place::new().await;
    let software = place.admin.software("tool", &["1.0"]).await;
    place.admin.deploy_everywhere(&software).await;
    let state = "query($software: ID!, $computer: ID!) { compliance(softwareId: $software) { shouldHave has differs unknown }
        computer(id: $computer) { onboarding } attention { nodes { reasons } }
        resolutionHistory(computerId: $computer, softwareId: $software) { nodes { cause } } }";
    let ids = json!({ "software": software, "computer": place.computer });
    let before = place.admin.ask(state, ids.clone()).await;
    for (meaning, script) in [
        ("DETECTION", "echo 1.0"),
        ("ACTION", "true"),
        ("ACTION", "exit 1"),
    ] {
        place.tried(place.input(meaning, script)).await;
        assert_eq!(
            place.admin.ask(state, ids.clone()).await,
            before,
            "{script}"
        );
    }
    // And nothing that was tried takes away what a session found to be wrong.
    let broken = place.admin.software_detected_by("broken", "exit 1").await;
    place
        .admin
        .publish(
            &broken,
            "1",
            &json!({ "text": "true" }),
            &json!({ "text": "true" }),
        )
        .await;
    place.admin.deploy_everywhere(&broken).await;
    place.admin.maintain(&place.computer).await;
    let before = place.admin.ask(state, ids.clone()).await;
    let reason = &before["attention"]["nodes"][0]["reasons"][0];
    assert_eq!(reason, "SESSION_PARTIALLY_PASSED", "{before}");
    place.tried(place.input("ACTION", "true")).await;
    assert_eq!(place.admin.ask(state, ids).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_msp_tries_scripts_and_nobody_else_reads_them() {
    let place = Place::new().await;
    let other = place.admin.tenant("Other").await;
    let script = format!("echo seen; true {MARK}");
    let mut input = place.input("ACTION", &script);
    input["parameters"] = json!([{ "name": "Mark", "value": { "text": MARK } }]);
    let technician = place.admin.acting_as("MSP_TECHNICIAN", None).await;
    let asked = technician.ask(RUN, json!({ "input": input })).await;
    let session = text(&asked["runScript"]["session"]["id"]);
    place.admin.over(&session).await;
    let whole = place.told(&session).await;
    assert!(whole.to_string().contains(MARK));

    let of_tenant = place
        .admin
        .acting_as("TENANT_ADMIN", Some(&place.tenant))
        .await;
    let code = of_tenant.error_code(RUN, json!({ "input": input })).await;
    assert_eq!(code.as_deref(), Some("FORBIDDEN"));
    // They see that it ran on their computer, what it printed, and not what it says.
    let told = of_tenant.ask(TOLD, json!({ "id": session })).await;
    let draft = &told["session"]["draft"];
    assert_eq!(draft["reading"]["text"], "done", "{told}");
    assert_eq!(draft["run"]["stdoutTail"], "seen\n", "{told}");
    assert_eq!(draft["run"]["script"]["text"], Value::Null);
    let stream = format!("session-{}", text(&whole["uuid"]));
    let events =
        "query($stream: String!) { events(filter: { stream: $stream }) { nodes { type data } } }";
    let told_events = of_tenant.ask(events, json!({ "stream": stream })).await;
    let written = told_events["events"]["nodes"].to_string();
    assert!(written.contains("DraftWritten") && written.contains("DraftRead"));
    for told in [told, told_events] {
        assert!(!told.to_string().contains(MARK), "{told}");
    }
    let known = place.admin.ask(events, json!({ "stream": stream })).await;
    assert!(known.to_string().contains(MARK));

    let stranger = place.admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    let code = stranger.error_code(RUN, json!({ "input": input })).await;
    assert_eq!(code.as_deref(), Some("NOT_FOUND"));
    let told = stranger.ask(TOLD, json!({ "id": session })).await;
    assert_eq!(told["session"], Value::Null);
    let told = stranger.ask(events, json!({ "stream": stream })).await;
    assert_eq!(told["events"]["nodes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_tried_is_refused_with_what_to_do() {
    let mut place = Place::new().await;
    let mut twice = place.input("ACTION", "true");
    let one = json!({ "name": "A", "value": { "boolean": true } });
    twice["parameters"] = json!([one, one]);
    let mut long = place.input("ACTION", "true");
    long["script"]["timeoutSeconds"] = json!(86_401);
    for (input, expected) in [
        (place.input("TEST", " \n"), ("INVALID", "input.script")),
        (
            place.input("TEST", &"x".repeat(131_073)),
            ("INVALID", "input.script"),
        ),
        (long, ("INVALID", "input.script")),
        (twice, ("INVALID", "input.parameters.1.name")),
    ] {
        let answer = place.admin.ask_raw(RUN, json!({ "input": input })).await;
        let (code, field) = refusal(&answer);
        assert_eq!((code.as_str(), field.as_str()), expected, "{answer}");
    }
    place.agent.stop().await;
    let input = place.input("TEST", "true");
    let offline = eventually("the computer is offline", || async {
        let answer = place.admin.ask_raw(RUN, json!({ "input": input })).await;
        (refusal(&answer).0 == "COMPUTER_OFFLINE").then_some(answer)
    })
    .await;
    assert_eq!(refusal(&offline).1, "input.computerId");
    let message = text(&offline["data"]["runScript"]["userErrors"][0]["message"]);
    assert!(message.contains("once the computer is online"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_output_is_followed_and_it_can_be_cancelled() {
    let place = Place::new().await;
    let script = "echo first; echo $$ > \"$UPKEEP_ROOT/begun.tmp\"; mv \"$UPKEEP_ROOT/begun.tmp\" \"$UPKEEP_ROOT/begun\"; sleep 600";
    let session = place.begun(place.input("ACTION", script)).await;
    place.made("begun").await;
    let told = place.told(&session).await;
    assert_eq!(told["stage"], "EXECUTION", "{told}");
    assert_eq!(told["draft"]["reading"], Value::Null);
    let run = text(&told["draft"]["run"]["id"]);
    let query = format!("subscription {{ scriptOutput(runId: \"{run}\") {{ text }} }}");
    let mut output = Subscription::open(&place.admin, &query).await;
    let piece = output.next().await.unwrap();
    assert_eq!(piece["data"]["scriptOutput"]["text"], "first\n");
    let pid = std::fs::read_to_string(place.agent.path("begun")).unwrap();
    let cancel = format!("{{ id: \"{session}\" }}");
    place.admin.made("cancelSession", "session", &cancel).await;
    eventually("the script is killed", || async {
        let process = format!("/proc/{}", pid.trim());
        (!std::path::Path::new(&process).exists()).then_some(())
    })
    .await;
    let run = eventually("the end of the run is told", || async {
        let run = place.told(&session).await["draft"]["run"].clone();
        (run["status"] != "STARTED").then_some(run)
    })
    .await;
    assert_eq!(run["status"], "CANCELLED");
    let told = place.told(&session).await;
    assert_eq!(
        (&told["status"], &told["draft"]["reading"]),
        (&json!("CANCELLED"), &Value::Null)
    );
}

/// A computer does one thing at a time, in either order.
#[tokio::test(flavor = "multi_thread")]
async fn it_waits_until_the_session_before_it_is_over() {
    let place = Place::new().await;
    let wait = |name: &str| {
        format!(
            "touch \"$UPKEEP_ROOT/{name}\"; while [ ! -e \"$UPKEEP_ROOT/go-{name}\" ]; do sleep 0.05; done"
        )
    };
    let first = place.begun(place.input("ACTION", &wait("first"))).await;
    place.made("first").await;
    let second = place.begun(place.input("ACTION", "true")).await;
    let told = place.told(&second).await;
    assert_eq!(
        (&told["status"], &told["draft"]["run"]),
        (&json!("QUEUED"), &Value::Null)
    );
    std::fs::write(place.agent.path("go-first"), "").unwrap();
    for session in [first, second] {
        assert_eq!(place.admin.over(&session).await["status"], "PASSED");
    }
}

/// The script runs while the server dies and comes back: it is not run again, and it is told what it came to.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_run_once_though_the_server_dies_meanwhile() {
    let mut place = Place::new().await;
    let script = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/runs\"; while [ ! -e \"$UPKEEP_ROOT/go\" ]; do sleep 0.05; done
        echo 7 > \"$UPKEEP_RESULT\"";
    let session = place.begun(place.input("GET", script)).await;
    place.made("runs").await;
    place.server.kill().await;
    place.server.restart().await;
    std::fs::write(place.agent.path("go"), "").unwrap();
    place.admin.over(&session).await;
    let told = place.told(&session).await;
    assert_eq!(told["draft"]["reading"]["value"], 7, "{told}");
    let runs = std::fs::read_to_string(place.agent.path("runs")).unwrap();
    assert_eq!(runs.lines().count(), 1, "{runs}");
    // It is read back from its stream after one more death.
    place.server.kill().await;
    place.server.restart().await;
    assert_eq!(place.told(&session).await["draft"], told["draft"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_script_whose_agent_died_it_is_said_that_nothing_is_known() {
    let mut place = Place::new().await;
    let script = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/runs\"; sleep 600";
    let session = place.begun(place.input("ACTION", script)).await;
    place.made("runs").await;
    place.agent.kill().await;
    place.agent.restart();
    assert_eq!(place.admin.over(&session).await["status"], "FAILED");
    let told = place.told(&session).await;
    let reading = &told["draft"]["reading"];
    assert_eq!(reading["reason"], "OUTCOME_UNKNOWN", "{told}");
    assert_eq!(told["draft"]["run"]["status"], "INTERRUPTED");
    let runs = std::fs::read_to_string(place.agent.path("runs")).unwrap();
    assert_eq!(runs.lines().count(), 1, "{runs}");
}
