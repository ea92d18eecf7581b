//! "Latest" as each computer says it: a software without versions, whose scripts ask a repository that is another one on each
//! computer.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server};

/// The newest line of the computer's own repository; a repository that is away is no answer.
const AVAILABLE: &str = "sort -V \"$UPKEEP_ROOT/repository\" | tail -n 1 > \"$UPKEEP_RESULT.new\"
    test -e \"$UPKEEP_ROOT/repository\"
    if [ -s \"$UPKEEP_RESULT.new\" ]; then mv \"$UPKEEP_RESULT.new\" \"$UPKEEP_RESULT\"; else echo null > \"$UPKEEP_RESULT\"; fi";
const INSTALL: &str = "grep -qxF \"$UPKEEP_VERSION\" \"$UPKEEP_ROOT/repository\"; echo \"$UPKEEP_VERSION\" > \"$UPKEEP_ROOT/greeter\"";

struct Scene {
    folder: TempDir,
    server: Server,
    admin: Client,
    software: String,
    deployment: String,
    token: String,
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let tenant = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&tenant, 5).await;
        let detection = "cat \"$UPKEEP_ROOT/greeter\" 2>/dev/null || true";
        let software = admin.software_detected_by("Greeter", detection).await;
        let scene = Self {
            folder: TempDir::new().unwrap(),
            deployment: admin.deploy_everywhere(&software).await,
            server,
            admin,
            software,
            token,
        };
        for (role, script) in [
            ("AVAILABLE", AVAILABLE),
            ("INSTALL", INSTALL),
            ("UNINSTALL", "rm \"$UPKEEP_ROOT/greeter\""),
        ] {
            scene.set(role, script).await;
        }
        scene
    }

    async fn set(&self, role: &str, script: &str) {
        let query = "mutation($input: SetSoftwareScriptInput!) { setSoftwareScript(input: $input)
            { userErrors { code message } } }";
        let script = json!({ "text": format!("set -e\n{script}") });
        let input = json!({ "id": self.software, "role": role, "script": script });
        self.admin.ask(query, json!({ "input": input })).await;
    }

    /// A computer with these versions in its repository.
    async fn computer(&self, name: &str, versions: &str) -> (Agent, String) {
        let folder = self.folder.path();
        std::fs::create_dir_all(folder.join(name)).unwrap();
        offers(&folder.join(name), versions);
        let agent = Agent::start(folder, name, 3, &self.server.base(), &self.token);
        let computer = self.admin.online(name).await;
        (agent, computer)
    }

    /// The action of a session.
    async fn action(&self, computer: &str) -> Value {
        let session = self.admin.maintain(computer).await;
        session["actions"][0].clone()
    }

    async fn did(&self, computer: &str, kind: &str, after: Option<&str>) -> Value {
        let action = self.action(computer).await;
        assert_eq!(
            (&action["type"], &action["result"], &action["detected"]),
            (&json!(kind), &json!("SUCCESS"), &json!(after)),
            "{action:#}"
        );
        action
    }
}

fn offers(root: &Path, versions: &str) {
    std::fs::write(root.join("repository"), versions).unwrap();
}

fn purposes(action: &Value) -> Vec<&str> {
    let runs = action["runs"].as_array().unwrap();
    runs.iter()
        .map(|run| run["purpose"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_computer_gets_the_newest_version_that_it_can() {
    let scene = Scene::new().await;
    let (old, behind) = scene.computer("behind", "1.9\n1.10\n").await;
    let (_new, ahead) = scene.computer("ahead", "1.10\n2.0\n").await;
    let action = scene.did(&behind, "INSTALL", Some("1.10")).await;
    assert_eq!(
        purposes(&action),
        ["DETECT", "AVAILABLE", "RECHECK", "INSTALL", "VERIFY"]
    );
    assert_it_is_told(&scene, &behind).await;
    scene.did(&ahead, "INSTALL", Some("2.0")).await;
    scene.did(&behind, "NO_ACTION", Some("1.10")).await;

    offers(&old.root, "1.10\n1.11\n");
    scene.did(&behind, "UPDATE", Some("1.11")).await;
    // A version that is named needs no question.
    let exactly = json!({ "kind": "INSTALLED_EXACTLY", "version": "1.10" });
    scene.admin.change_desired(&scene.deployment, exactly).await;
    let action = scene.did(&behind, "DOWNGRADE", Some("1.10")).await;
    assert_eq!(
        purposes(&action),
        ["DETECT", "RECHECK", "UNINSTALL", "INSTALL", "VERIFY"]
    );
    let gone = json!({ "kind": "UNINSTALLED" });
    scene.admin.change_desired(&scene.deployment, gone).await;
    scene.did(&behind, "UNINSTALL", None).await;
}

/// What "latest" meant in the session, and that nobody but the computer says what it means now.
async fn assert_it_is_told(scene: &Scene, computer: &str) {
    let query = "query($software: ID!, $computer: ID!) { software(id: $software) { latestVersion }
        sessions(filter: { computerId: $computer }) { nodes { actions { desired { meantVersion } } } }
        compliance(softwareId: $software) { has differs unknown } }";
    let asked = json!({ "software": scene.software, "computer": computer });
    let told = scene.admin.ask(query, asked).await;
    assert_eq!(told["software"]["latestVersion"], Value::Null);
    let action = &told["sessions"]["nodes"][0]["actions"][0];
    assert_eq!(action["desired"]["meantVersion"], "1.10", "{told}");
    // It may get a newer one by now: "as it should be" is not for the server to say.
    let compliance = json!({ "has": 0, "differs": 0, "unknown": 2 });
    assert_eq!(told["compliance"], compliance);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_that_does_not_say_what_it_can_get_is_left_alone_and_says_why() {
    let scene = Scene::new().await;
    let (agent, computer) = scene.computer("pc", "").await;
    let none = scene.action(&computer).await;
    assert_eq!(none["resultReason"], "NO_APPLICABLE_VERSION", "{none:#}");
    let message = text(&none["message"]);
    assert!(
        message.contains("this computer can get no version of Greeter"),
        "{message}"
    );

    std::fs::remove_file(agent.path("repository")).unwrap();
    let failed = scene.action(&computer).await;
    let message = text(&failed["message"]);
    assert_eq!(failed["resultReason"], "AVAILABILITY_UNCLEAR", "{failed:#}");
    assert!(
        message.contains("the availability script ended with exit code"),
        "{message}"
    );

    scene.set("AVAILABLE", "echo 'Candidate: (none)'").await;
    let unclear = scene.action(&computer).await;
    let message = text(&unclear["message"]);
    assert_eq!(
        unclear["resultReason"], "AVAILABILITY_UNCLEAR",
        "{unclear:#}"
    );
    assert!(
        message.contains("\"Candidate: (none)\", which is no version"),
        "{message}"
    );
    assert!(!agent.path("greeter").exists(), "nothing was installed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_has_no_such_script_of_its_own() {
    let scene = Scene::new().await;
    let query =
        "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input)
        { userErrors { code field } } }";
    let script = json!({ "role": "AVAILABLE", "script": { "text": "echo 1" } });
    let input = json!({ "id": scene.software, "version": "1.0", "scripts": [script] });
    let answer = scene.admin.ask_raw(query, json!({ "input": input })).await;
    assert_eq!(
        answer["data"]["publishSoftwareVersion"]["userErrors"],
        json!([{ "code": "INVALID", "field": ["input", "scripts"] }]),
        "{answer}"
    );
}
