//! Software that is told among the programs which a computer's own system lists: no script looks for it.

use serde_json::{Value, json};
use std::process::Command;
use tempfile::TempDir;
use upkeep_agent_protocol::{AgentFrame, Outcome, Report};
use upkeep_tests::client::text;
use upkeep_tests::peer::{Peer, success};
use upkeep_tests::{Agent, Client, Server};

/// Where dpkg keeps what is installed.
const STATUS: &str = "var/lib/dpkg/status";

/// A package as dpkg writes it down.
fn package(name: &str, version: &str, architecture: &str, status: &str) -> String {
    format!(
        "Package: {name}\nStatus: {status}\nMaintainer: Ada <ada@example.com>\nArchitecture: {architecture}\nVersion: {version}\nDescription: says hello\n and no more\n\n"
    )
}

/// A computer whose list of packages the test writes, and one software for it.
struct Scene {
    _folder: TempDir,
    _server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    software: String,
}

impl Scene {
    async fn new(program: Value) -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let create = "mutation($input: CreateSoftwareInput!) { createSoftware(input: $input)
            { software { id } userErrors { code field message } } }";
        let input = json!({ "name": "Greeter", "detectionProgram": program });
        let made = admin.ask(create, json!({ "input": input })).await;
        let software = text(&made["createSoftware"]["software"]["id"]);
        // What installs it writes into the list, as dpkg would.
        let entry = package(
            "greeter",
            "$UPKEEP_VERSION",
            "amd64",
            "install ok installed",
        );
        let install = format!("cat >> \"$UPKEEP_ROOT/{STATUS}\" <<END\n{entry}\nEND\n");
        let uninstall = format!(
            "sed -i 's/^Status: install ok installed$/Status: deinstall ok config-files/' \"$UPKEEP_ROOT/{STATUS}\""
        );
        let (install, uninstall) = (json!({ "text": install }), json!({ "text": uninstall }));
        for version in ["1.0-1", "1.10-1"] {
            admin
                .publish(&software, version, &install, &uninstall)
                .await;
        }
        admin.deploy_everywhere(&software).await;
        let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        Self {
            _folder: folder,
            _server: server,
            admin,
            agent,
            computer,
            software,
        }
    }

    /// What is installed besides a shell.
    fn lists(&self, packages: &str) {
        let shell = package("dash", "0.5.12-2", "amd64", "install ok installed");
        self.writes(&format!("{shell}{packages}"));
    }

    fn writes(&self, list: &str) {
        let path = self.agent.path(STATUS);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, list).unwrap();
    }

    /// A session's one action.
    async fn action(&self, status: &str) -> Value {
        let session = self.admin.maintain(&self.computer).await;
        assert_eq!(session["status"], status, "{session:#}");
        session["actions"][0].clone()
    }

    async fn did(&self, kind: &str, before: Option<&str>, after: Option<&str>) -> Value {
        let action = self.action("PASSED").await;
        assert_eq!(
            (
                &action["type"],
                &action["detectedBefore"],
                &action["detected"]
            ),
            (&json!(kind), &json!(before), &json!(after)),
            "{action:#}"
        );
        action
    }

    /// Why nothing is known, and that nothing was done.
    async fn knows_nothing(&self) -> String {
        let action = self.action("FAILED").await;
        assert_eq!(action["resultReason"], "DETECTION_FAILED", "{action:#}");
        assert_eq!(action["runs"].as_array().unwrap().len(), 1, "{action:#}");
        text(&action["message"])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_found_brought_and_taken_without_a_script_that_looks() {
    let scene = Scene::new(json!({ "any": [{ "package": "greeter" }] })).await;
    let why = scene.knows_nothing().await;
    assert!(why.contains("Debian's package manager alone"), "{why}");

    scene.lists("");
    let action = scene.did("INSTALL", None, Some("1.10-1")).await;
    assert_it_tells_its_looks(&scene, &action).await;
    scene.did("NO_ACTION", Some("1.10-1"), Some("1.10-1")).await;

    // Of two architectures the newer version counts.
    let of = |version, architecture| package("greeter", version, architecture, "hold ok installed");
    scene.lists(&(of("1.10-1", "i386") + &of("1.9-1", "amd64")));
    scene.did("NO_ACTION", Some("1.10-1"), Some("1.10-1")).await;
    scene.lists(&of("1.9-1", "amd64"));
    scene.did("UPDATE", Some("1.9-1"), Some("1.10-1")).await;

    // What waits for a trigger is there.
    let of = |status| package("greeter", "1.10-1", "amd64", status);
    scene.lists(&of("install ok triggers-awaited"));
    scene.did("NO_ACTION", Some("1.10-1"), Some("1.10-1")).await;
    scene.lists(&of("deinstall ok config-files"));
    scene.did("INSTALL", None, Some("1.10-1")).await;
}

/// What was looked for, and what was found.
async fn assert_it_tells_its_looks(scene: &Scene, action: &Value) {
    let purposes: Vec<&str> = action["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(purposes, ["DETECT", "RECHECK", "INSTALL", "VERIFY"]);
    let query = "query($id: ID!) { node(id: $id) { ... on ScriptRun { status exitCode scriptDigest script { text }
        program { any { package named { name { equals } } } }
        result { missing programCount programs { name publisher version source scope architecture productCode } values { json } } } } }";
    let looked = json!({ "id": action["runs"][3]["id"] });
    let run = scene.admin.ask(query, looked).await["node"].clone();
    assert_eq!(
        (&run["status"], &run["exitCode"], &run["script"]),
        (&json!("EXITED"), &json!(0), &Value::Null)
    );
    assert_eq!(run["scriptDigest"].as_str().unwrap().len(), 64);
    assert_eq!(
        run["program"],
        json!({ "any": [{ "package": "greeter", "named": null }] })
    );
    assert_eq!(
        run["result"],
        json!({ "missing": null, "programCount": 1, "values": [], "programs": [{
            "name": "greeter", "publisher": "Ada <ada@example.com>", "version": "1.10-1", "source": "DPKG",
            "scope": "MACHINE", "architecture": "amd64", "productCode": null,
        }] })
    );
    let installed = json!({ "id": action["runs"][2]["id"] });
    let run = scene.admin.ask(query, installed).await["node"].clone();
    assert_eq!(run["program"], Value::Null);
    let query = "query($id: ID!) { software(id: $id) { detection { text } detectionProgram { any { package } } } }";
    let software = json!({ "id": scene.software });
    let told = scene.admin.ask(query, software).await["software"].clone();
    assert_eq!(
        told,
        json!({ "detection": null, "detectionProgram": { "any": [{ "package": "greeter" }] } })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_not_known_and_nothing_is_done() {
    let regex = r"^greeter(-(?<version>[\d.-]+))?$";
    let named = json!({ "name": { "regex": regex }, "publisher": { "contains": "ADA" } });
    let scene = Scene::new(json!({ "any": [{ "named": named }] })).await;
    let installed =
        |name: &str, version: &str| package(name, version, "amd64", "install ok installed");

    // The version of its name counts, not that of its entry.
    scene.lists(&installed("greeter-1.10-1", "9:9-9"));
    scene.did("NO_ACTION", Some("1.10-1"), Some("1.10-1")).await;
    scene.lists(&installed("greeter", "1.10-1"));
    let why = scene.knows_nothing().await;
    assert!(
        why.contains("\"greeter\", whose entry tells no version"),
        "{why}"
    );

    scene
        .change(json!({ "any": [{ "named": { "name": { "wildcard": "greet*" } } }] }))
        .await;
    scene.lists(&installed("greeter", "unknown"));
    let why = scene.knows_nothing().await;
    assert!(why.contains("in version \"unknown\""), "{why}");
    let many: String = (0..17)
        .map(|n| installed(&format!("greeter-{n}"), "1.0"))
        .collect();
    scene.lists(&many);
    let why = scene.knows_nothing().await;
    assert!(why.contains("found 17 programs that fit"), "{why}");

    // What is half there is neither absent nor there in some version: dpkg may be at work on it.
    for status in [
        "ok unpacked",
        "ok half-configured",
        "reinstreq half-installed",
    ] {
        let half = package("greeter", "1.10-1", "amd64", &format!("install {status}"));
        scene.lists(&half);
        let why = scene.knows_nothing().await;
        assert!(why.contains("tells no version"), "{status}: {why}");
    }

    // A list that breaks off may have had it in the rest.
    let whole = installed("dash", "0.5.12-2");
    for (list, said) in [
        (String::new(), "is empty"),
        (
            format!("{whole}Package: greeter\nVersion: 1"),
            "line 10 breaks off",
        ),
        (
            format!("{whole}<<<<<<< ours\n{whole}"),
            "line 9 is no field",
        ),
        (
            format!("{whole}Package: greeter\n\n"),
            "line 9 begins a package without Status",
        ),
    ] {
        scene.writes(&list);
        let why = scene.knows_nothing().await;
        assert!(why.contains(said), "{said}: {why}");
    }
}

impl Scene {
    async fn change(&self, program: Value) {
        let errors = self.refused(program).await;
        assert_eq!(errors, json!([]));
    }

    async fn refused(&self, program: Value) -> Value {
        let query = "mutation($input: ChangeSoftwareDetectionInput!) { changeSoftwareDetection(input: $input)
            { userErrors { code field message } } }";
        let input = json!({ "id": self.software, "detectionProgram": program });
        let answer = self.admin.ask_raw(query, json!({ "input": input })).await;
        answer["data"]["changeSoftwareDetection"]["userErrors"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_tells_nothing_is_refused_with_the_place_of_the_mistake() {
    let scene = Scene::new(json!({ "any": [{ "package": "greeter" }] })).await;
    let named =
        |pattern: Value| json!({ "any": [{ "package": "x" }, { "named": { "name": pattern } }] });
    for (program, field, why) in [
        (
            json!({ "any": [] }),
            "detectionProgram.any",
            "no sign is given",
        ),
        (
            json!({ "any": [{ "package": "vim:amd64" }] }),
            "detectionProgram.any",
            "bare name",
        ),
        (
            json!({ "any": [{ "productCode": " " }] }),
            "detectionProgram.any.0.productCode",
            "empty",
        ),
        (
            named(json!({ "regex": "7-Zip (" })),
            "detectionProgram.any.1.named.name.regex",
            "wrong at character 7: unclosed group",
        ),
        (
            named(json!({ "regex": r"((\w{200}){200}){200}" })),
            "detectionProgram.any.1.named.name.regex",
            "KiB once compiled",
        ),
    ] {
        let errors = scene.refused(program.clone()).await;
        let told = &errors[0]["field"];
        let path = json!(format!("input.{field}").split('.').collect::<Vec<_>>());
        assert_eq!(*told, path, "{program}: {errors}");
        let message = text(&errors[0]["message"]);
        assert!(message.contains(why), "{program}: {message}");
    }
    let query = "mutation($input: CreateSoftwareInput!) { createSoftware(input: $input) { userErrors { code field } } }";
    let both = json!({ "name": "x", "detection": { "text": "true" }, "detectionProgram": { "any": [{ "package": "x" }] } });
    for input in [json!({ "name": "x" }), both] {
        let answer = scene.admin.ask_raw(query, json!({ "input": input })).await;
        let errors = &answer["data"]["createSoftware"]["userErrors"];
        assert_eq!(
            *errors,
            json!([{ "code": "INVALID", "field": ["input", "detection"] }]),
            "{input}"
        );
    }
}

/// What an agent does with an order that knows of no looks at programs: it runs the script.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_too_old_for_such_looks_says_so() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let create = "mutation { createSoftware(input: { name: \"Greeter\", detectionProgram: { any: [{ package: \"greeter\" }] } })
        { software { id } userErrors { code message } } }";
    let made = admin.ask(create, json!({})).await;
    let software = text(&made["createSoftware"]["software"]["id"]);
    admin.deploy_everywhere(&software).await;
    let peer = Peer::enrol(&server.base(), &token, "pc").await.unwrap();
    let mut line = peer.connect().await;
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    let order = line.order().await;
    assert!(order.programs.is_some());
    let ran = Command::new("sh").args(["-c", &order.script]).output();
    let ran = ran.unwrap();
    let code = ran.status.code().unwrap();
    let report = Report {
        outcome: Outcome::Exited { code },
        stderr_tail: String::from_utf8(ran.stderr).unwrap(),
        ..success("")
    };
    let run_id = order.run_id;
    line.say(1, AgentFrame::RunStarted { run_id }).await;
    line.say(2, AgentFrame::RunEnded { run_id, report }).await;
    let action = admin.over(&session).await["actions"][0].clone();
    assert_eq!(action["resultReason"], "DETECTION_FAILED", "{action:#}");
    let message = text(&action["message"]);
    let why = "this agent is too old to look at the installed programs: update it";
    assert!(message.ends_with(why), "{message}");
}

/// The examples of docs/software.md, each asked for as it stands there.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_page_on_software_are_taken() {
    let page = include_str!("../../../docs/software.md");
    let examples: Vec<&str> = page
        .split("```graphql\n")
        .skip(1)
        .map(|rest| rest.split_once("\n```").unwrap().0)
        .collect();
    assert_eq!(examples.len(), 3);
    let server = Server::start().await;
    let admin = server.admin().await;
    let made = admin.ask(examples[0], json!({})).await;
    let script = json!({ "text": "true" });
    let variables = json!({ "software": made["createSoftware"]["software"]["id"], "sha256": "ab".repeat(32),
        "install": script, "uninstall": script });
    for example in &examples[1..] {
        admin.ask(example, variables.clone()).await;
    }
    let query = "query($software: ID!) { software(id: $software) { latestVersion scripts { role }
        versions(first: 1) { nodes { packageFile { url } } } } }";
    let asked = json!({ "software": variables["software"] });
    let told = admin.ask(query, asked).await["software"].clone();
    let roles = json!([{ "role": "INSTALL" }, { "role": "UNINSTALL" }, { "role": "AVAILABLE" }]);
    assert_eq!(
        (&told["scripts"], &told["latestVersion"]),
        (&roles, &Value::Null)
    );
    let file = &told["versions"]["nodes"][0]["packageFile"];
    assert_eq!(file["url"], "https://www.7-zip.org/a/7z2408-x64.msi");
}
