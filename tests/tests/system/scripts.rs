//! What scripts answer, through a real agent and a real server; PowerShell is played by a stand-in, from recordings
//! (`tests/recordings/powershell.json`).

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use upkeep_tests::agent::Around;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server};

const RECORDINGS: &str = include_str!("../../recordings/powershell.json");
const ARGUED: &str = "the detection script ";

/// What a detection by this script is taken for, where version 1.2.3 is wanted: the beginning of what is said of the
/// action after the script's name, or the version that was found, or that it is absent.
enum Taken {
    Compliant(&'static str),
    /// And the install script ran, in vain.
    Other(&'static str),
    Absent,
    Unknown(&'static str),
}

/// Every recorded detection: the rows of section 5 of powershell.md, and the faults of its list.
const DETECTIONS: [(&str, Taken); 38] = {
    use Taken::{Absent, Compliant, Other, Unknown};
    [
        ("a version", Compliant("1.2.3")),
        ("a version and a warning", Compliant("1.2.3")),
        ("a [version]", Compliant("1.2.3")),
        ("an object", Other("1.2")),
        (
            "an error and a value",
            Unknown(
                "wrote 1 error, so what it found is not known: bad (line 1: Write-Error 'bad')",
            ),
        ),
        ("a throw", Unknown("failed: boom (line 2: throw 'boom')")),
        (
            "half a script",
            Unknown(
                "failed: Unexpected token '{' in expression or statement. (line 2: if (1 { 'b' })",
            ),
        ),
        ("exit 3010", Unknown("ended with exit code 3010")),
        ("exit 256", Unknown("ended with exit code 256")),
        (
            "a program that failed",
            Unknown(
                "answered with nothing, and the last program that it ran ended with exit code 7",
            ),
        ),
        (
            "a parameter that was not given",
            Unknown(
                "failed: Cannot process command because of one or more missing mandatory parameters: s.",
            ),
        ),
        ("characters", Unknown("answered with \"ü€")),
        ("another encoding", Other("1.2")),
        (
            "a value and the end of the process",
            Unknown("ended without an answer"),
        ),
        ("text for people", Unknown("wrote 1 line for people")),
        (
            "many values",
            Unknown("answered with 30 values, the last of them 30"),
        ),
        ("a script that hangs", Unknown("did not end in time")),
        ("a [version] of four parts", Compliant("1.2.3.7")),
        ("a [semver]", Compliant("1.2.3")),
        (
            "a version and the time",
            Unknown("answered with 2 values, the last of them \"checked at 2026-11-26T10:00:00\""),
        ),
        (
            "two versions",
            Unknown("answered with 2 values, the last of them \"2.0.0\""),
        ),
        (
            "a number in German",
            Unknown("answered with the number 1.5"),
        ),
        (
            "a number",
            Unknown("answered with the number 1.1, which does not tell 1.10 from 1.1"),
        ),
        (
            "a question to nobody",
            Unknown(
                "wrote 1 error, so what it found is not known: PowerShell is in NonInteractive mode",
            ),
        ),
        ("an uninstall key", Compliant("1.2.3")),
        (
            "words of absence",
            Unknown("answered with \"Found 0\", which is no version"),
        ),
        (
            "access denied",
            Unknown("wrote 1 error, so what it found is not known: Access is denied"),
        ),
        (
            "a file that is not there",
            Unknown("wrote 1 error, so what it found is not known: Cannot find path '/nope'"),
        ),
        (
            "an unknown command",
            Unknown("wrote 1 error, so what it found is not known: The term 'no-such-command'"),
        ),
        ("a warning and nothing", Absent),
        (
            "a version and a throw",
            Unknown("failed: boom (line 1: '1.2.3'; throw 'boom')"),
        ),
        (
            "a version in quotes",
            Unknown("answered with \"\"1.2.3\"\", which is no version"),
        ),
        ("a table", Unknown("answered with a table for people")),
        ("nothing at all", Absent),
        (
            "a torn frame",
            Unknown("left an answer that cannot be read"),
        ),
        (
            "a frame of another version",
            Unknown("left an answer that cannot be read"),
        ),
        (
            "a frame that is too large",
            Unknown("answered with more than 65536 bytes"),
        ),
        (
            "a process that was killed",
            Unknown("was ended by signal 9"),
        ),
    ]
};

/// Every recorded action, and what is said where the software is not there afterwards.
const ACTIONS: [(&str, &str); 7] = [
    (
        "install that ends with 3010",
        "the install script ended with exit code 3010",
    ),
    (
        "install that ends with 512",
        "the install script ended with exit code 512",
    ),
    (
        "install that writes an error",
        "every script ended well and one error was written, but it is not there",
    ),
    (
        "install that throws",
        "the install script ended with exit code 1: boom",
    ),
    (
        "install that does not parse",
        "the install script failed: it could not begin",
    ),
    (
        "install whose process ends itself",
        "the install script ended without an answer",
    ),
    (
        "install that leaves a daemon",
        "every script succeeded, but it is not there",
    ),
];

fn recordings() -> Vec<Value> {
    serde_json::from_str(RECORDINGS).unwrap()
}

fn script(interpreter: &str, text: &str) -> Value {
    json!({ "interpreter": interpreter, "text": text })
}

/// A software of which version 1.2.3 is wanted everywhere.
async fn wanted(admin: &Client, name: &str, detection: &Value, install: &Value) -> String {
    let query = "mutation($name: String!, $detection: ScriptInput!) {
        createSoftware(input: { name: $name, detection: $detection })
        { software { id } userErrors { code message } } }";
    let variables = json!({ "name": name, "detection": detection });
    let made = admin.ask(query, variables).await;
    let software = text(&made["createSoftware"]["software"]["id"]);
    let uninstall = json!({ "text": "true" });
    admin.publish(&software, "1.2.3", install, &uninstall).await;
    admin.deploy_everywhere(&software).await;
    software
}

/// The session's actions by the names of their items, with what the scripts answered.
async fn actions(admin: &Client, session: &str) -> BTreeMap<String, Value> {
    let query = "query($id: ID!) { session(id: $id) { actions { itemName type message detected runs {
        purpose status exitCode stdoutTail stderrTail
        result { missing valueCount values { typeName json } errorCount errors { message line column source errorId }
            fatal { message line source errorId } lastNativeCode hostLineCount } } } } }";
    let session = admin.ask(query, json!({ "id": session })).await;
    let actions = session["session"]["actions"].as_array().unwrap();
    let named = actions
        .iter()
        .map(|action| (text(&action["itemName"]), action.clone()));
    named.collect()
}

/// An agent that finds the stand-in.
fn agent(folder: &Path, server: &Server, token: &str) -> Agent {
    let programs = folder.join("programs");
    std::fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pwsh"), programs.join("pwsh")).unwrap();
    let path = programs.display().to_string();
    let around = Around {
        environment: vec![("UPKEEP_AGENT_INTERPRETER_PATH", path)],
        ..Around::default()
    };
    Agent::start_in(around, folder, "pc", 3, &server.base(), token)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_powershell_script_is_read_rightly() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Own").await;
    let mut names = vec![];
    for recording in recordings() {
        let name = text(&recording["name"]);
        let played = text(&recording["script"]);
        let (detection, install) = if recording["mode"] == "act" {
            (script("SH", "true"), script("POWERSHELL", &played))
        } else {
            let mut detection = script("POWERSHELL", &played);
            if recording["then"] == "hang" {
                detection["timeoutSeconds"] = json!(2);
            }
            let installs = format!("echo '{name}' >> \"$UPKEEP_ROOT/installed\"");
            (detection, script("SH", &installs))
        };
        wanted(&admin, &name, &detection, &install).await;
        names.push(name);
    }
    let told = DETECTIONS.iter().map(|(name, _)| *name);
    let told: Vec<&str> = told.chain(ACTIONS.iter().map(|(name, _)| *name)).collect();
    assert_eq!(names, told, "every recording has its row here");

    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = agent(folder.path(), &server, &token);
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    admin.over(&session).await;
    let actions = actions(&admin, &session).await;
    let installed = std::fs::read_to_string(agent.path("installed")).unwrap_or_default();
    let installed: Vec<&str> = installed.lines().collect();
    for (name, taken) in &DETECTIONS {
        let action = &actions[*name];
        let message = text(&action["message"]);
        let (says, installs) = match taken {
            Taken::Compliant(version) => (
                format!("version {version} is there, as it should be"),
                false,
            ),
            Taken::Other(version) => (
                format!("every script succeeded, but version {version} is there"),
                true,
            ),
            Taken::Absent => (
                "every script succeeded, but it is not there".to_owned(),
                true,
            ),
            Taken::Unknown(why) => (format!("{ARGUED}{why}"), false),
        };
        assert!(
            message.starts_with(&says),
            "{name}: {message:?} is not {says:?}: {action}"
        );
        assert_eq!(
            installed.contains(name),
            installs,
            "{name}: whether it was installed"
        );
    }
    for (name, says) in ACTIONS {
        let message = text(&actions[name]["message"]);
        assert!(
            message.starts_with(says),
            "{name}: {message:?} is not {says:?}: {}",
            actions[name]
        );
    }
    frames_are_told_as_they_were_recorded(&actions);
    lines_are_told_to_who_may_read_scripts(&admin, &tenant, &session).await;
    interpreters_are_in_the_inventory(&admin, &computer).await;
    let left =
        std::fs::read_dir(agent.path("var/lib/upkeep-agent/runs")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "folders of runs");
}

/// What stands in the frame arrives, and what the process kept of a code does not.
fn frames_are_told_as_they_were_recorded(actions: &BTreeMap<String, Value>) {
    for recording in recordings() {
        let name = text(&recording["name"]);
        let frame = &recording["frame"];
        let purpose = if recording["mode"] == "act" {
            "INSTALL"
        } else {
            "DETECT"
        };
        let runs = actions[&name]["runs"].as_array().unwrap();
        let run = runs.iter().find(|run| run["purpose"] == purpose).unwrap();
        let result = &run["result"];
        if !frame.is_object() {
            assert!(result["missing"].is_string(), "{name}: {run}");
            continue;
        }
        assert!(result["missing"].is_null(), "{name}: {run}");
        assert_eq!(result["errorCount"], frame["errorCount"], "{name}");
        if purpose == "INSTALL" {
            assert_eq!(result["lastNativeCode"], frame["last"], "{name}");
            continue;
        }
        assert_eq!(result["valueCount"], frame["count"], "{name}");
        assert_eq!(result["hostLineCount"], frame["host"], "{name}");
        assert_eq!(result["lastNativeCode"], frame["lastNative"], "{name}");
        let values = |list: &Value, member: &str| -> Vec<Value> {
            let list = list.as_array().unwrap();
            list.iter().map(|value| value[member].clone()).collect()
        };
        assert_eq!(
            values(&result["values"], "json"),
            values(&frame["values"], "value"),
            "{name}"
        );
        assert_eq!(
            values(&result["values"], "typeName"),
            values(&frame["values"], "type"),
            "{name}"
        );
        for (told, known) in [("errorId", "id"), ("line", "line"), ("message", "message")] {
            assert_eq!(
                values(&result["errors"], told),
                values(&frame["errors"], known),
                "{name}"
            );
            assert_eq!(result["fatal"][told], frame["fatal"][known], "{name}");
        }
        if frame["exit"].is_i64() {
            assert_eq!(run["exitCode"], frame["exit"], "{name}");
        }
    }
    let hung = actions["a script that hangs"]["runs"][0].clone();
    assert_eq!(hung["status"], "TIMED_OUT");
    let values = hung["result"]["values"].as_array().unwrap();
    assert_eq!(
        values[1]["json"], "cleaned",
        "it was asked to end before it was killed"
    );
}

/// Every fault that a session's runs tell, as they show it and as its events do.
async fn faults(client: &Client, session: &str) -> [Vec<Value>; 2] {
    let fault = "{ message source stack }";
    let query = format!(
        "query($id: ID!) {{ session(id: $id) {{ uuid actions {{ runs {{ result {{ errors {fault} fatal {fault} }} }} }} }} }}"
    );
    let shown = client.ask(&query, json!({ "id": session })).await["session"].clone();
    let results = shown["actions"].as_array().unwrap().iter();
    let results = results.flat_map(|action| action["runs"].as_array().unwrap());
    let told = of_results(results.map(|run| &run["result"]));
    let events = "query($stream: String!, $after: String) { events(filter: { stream: $stream, types: [\"RunEnded\"] }, first: 100, after: $after)
        { nodes { data } pageInfo { hasNextPage endCursor } } }";
    let stream = format!("session-{}", text(&shown["uuid"]));
    let (mut logged, mut after) = (vec![], Value::Null);
    loop {
        let variables = json!({ "stream": stream, "after": after });
        let page = client.ask(events, variables).await["events"].clone();
        let nodes = page["nodes"].as_array().unwrap().iter();
        logged.extend(of_results(
            nodes.map(|event| &event["data"]["report"]["result"]),
        ));
        if page["pageInfo"]["hasNextPage"] == false {
            return [told, logged];
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn of_results<'a>(results: impl Iterator<Item = &'a Value>) -> Vec<Value> {
    let faults = results.flat_map(|result| {
        let errors = result["errors"].as_array().into_iter().flatten();
        errors.chain([&result["fatal"]])
    });
    faults.filter(|fault| fault.is_object()).cloned().collect()
}

/// A fault's line and the calls that led there are a script's text.
async fn lines_are_told_to_who_may_read_scripts(admin: &Client, tenant: &str, session: &str) {
    let quotes = |faults: &[Value]| {
        let quotes = faults
            .iter()
            .flat_map(|fault| [&fault["source"], &fault["stack"]]);
        quotes
            .filter(|quote| quote.as_str().is_some_and(|quote| !quote.is_empty()))
            .count()
    };
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let all = faults(&technician, session).await;
    assert_eq!(all[0].len(), all[1].len());
    assert!(all.iter().all(|told| quotes(told) > 10), "{all:?}");
    for role in ["TENANT_ADMIN", "TENANT_MEMBER"] {
        let client = admin.acting_as(role, Some(tenant)).await;
        let seen = faults(&client, session).await;
        assert_eq!(seen.each_ref().map(Vec::len), all.each_ref().map(Vec::len));
        assert!(seen.iter().all(|told| quotes(told) == 0), "{seen:?}");
        assert!(
            seen.iter()
                .flatten()
                .all(|fault| fault["message"].is_string())
        );
    }
}

async fn interpreters_are_in_the_inventory(admin: &Client, computer: &str) {
    let query = "query($id: ID!) { computer(id: $id) { inventory { interpreters { interpreter version path } } } }";
    let answer = admin.ask(query, json!({ "id": computer })).await;
    let known = answer["computer"]["inventory"]["interpreters"]
        .as_array()
        .unwrap();
    let of = |name: &str| {
        known
            .iter()
            .find(|known| known["interpreter"] == name)
            .unwrap()
    };
    assert_eq!(of("POWERSHELL")["version"], "7.6.9");
    assert!(text(&of("POWERSHELL")["path"]).ends_with("/programs/pwsh"));
    assert!(of("SH")["version"].is_null(), "{known:?}");
}

/// On Linux the process itself ends with 194 then.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_that_is_due_is_heard_from_powershell() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Own").await;
    let detection = script(
        "SH",
        "case $UPKEEP_PURPOSE in verify) echo 1.2.3 > \"$UPKEEP_RESULT\" ;; esac",
    );
    let install = script("POWERSHELL", "exit 3010");
    let software = wanted(&admin, "tool", &detection, &install).await;
    let query = "mutation($input: ChooseExitCodesInput!) { chooseExitCodes(input: $input)
        { userErrors { code message } } }";
    let input = json!({ "id": software, "success": [], "reboot": [3010] });
    admin.ask(query, json!({ "input": input })).await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let _agent = agent(folder.path(), &server, &token);
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    admin.over(&session).await;
    let action = &actions(&admin, &session).await["tool"];
    let says = "version 1.2.3 is there now; the computer has to be restarted";
    assert!(text(&action["message"]).starts_with(says), "{action}");
    let runs = action["runs"].as_array().unwrap();
    let run = runs.iter().find(|run| run["purpose"] == "INSTALL").unwrap();
    assert_eq!(
        (&run["status"], &run["exitCode"]),
        (&json!("EXITED"), &json!(3010))
    );
}

/// The examples of docs/scripts.md, each run as it stands there.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_page_on_scripts_answer_as_it_says() {
    let page = include_str!("../../../docs/scripts.md");
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Own").await;
    let mut expected = vec![];
    // An example is a block of code under a line "<!-- answers: WHAT -->".
    for (number, part) in page.split("<!-- answers: ").skip(1).enumerate() {
        let (says, rest) = part.split_once(" -->\n```").unwrap();
        let (language, rest) = rest.split_once('\n').unwrap();
        let (example, _) = rest.split_once("\n```").unwrap();
        let interpreter = match language {
            "sh" => "SH",
            "bash" => "BASH",
            "python" => "PYTHON",
            other => panic!("{other}: nobody can run it here"),
        };
        let name = format!("example {number}");
        let install = script("SH", "echo 1.2.3 > \"$UPKEEP_ROOT/tool\"; false");
        wanted(&admin, &name, &script(interpreter, example), &install).await;
        expected.push((name, says.to_owned(), example.to_owned()));
    }
    assert!(expected.len() >= 8, "{}", expected.len());
    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = agent(folder.path(), &server, &token);
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    admin.over(&session).await;
    let actions = actions(&admin, &session).await;
    for (name, says, example) in expected {
        let action = &actions[&name];
        let message = text(&action["message"]);
        let is_so = match says.as_str() {
            "absent" => action["type"] == "INSTALL" && action["detected"].is_null(),
            "not known" => action["type"].is_null() && message.starts_with(ARGUED),
            version => message.starts_with(&format!("version {version} is there")),
        };
        assert!(is_so, "{example}\nis not {says}: {action}");
    }
    drop(agent);
}
