//! What has to come before a software, from the mutation to the scripts that run on a computer.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server, eventually};

/// A prerequisite to be added: its id, or the code and the message of the refusal.
async fn add(client: &Client, input: Value) -> Result<String, (String, String)> {
    let query = "mutation($input: AddPrerequisiteInput!) { addPrerequisite(input: $input) {
        prerequisite { id text } userErrors { code message } } }";
    let answer = client.ask_raw(query, json!({ "input": input })).await;
    let added = &answer["data"]["addPrerequisite"];
    if let Some(id) = added["prerequisite"]["id"].as_str() {
        return Ok(id.to_owned());
    }
    let error = &added["userErrors"][0];
    assert!(error.is_object(), "{answer}");
    Err((text(&error["code"]), text(&error["message"])))
}

fn install(of: &str, first: &str) -> Value {
    json!({ "softwareId": of, "then": { "install": { "softwareId": first } } })
}

/// A session as it is told, with what its actions need.
async fn told(client: &Client, session: &Value) -> Value {
    let query = "query($id: ID!) { session(id: $id) { status looks { purpose } actions {
        id itemName because resultReason message deployment { id } prerequisite { text }
        parent { itemName } children { itemName }
        needs { text judgement obstacle prerequisite { id } action { itemName } seen { software { name } isInstalled version } }
        runs { purpose startedAt } } } }";
    let told = client.ask(query, json!({ "id": session["id"] })).await;
    told["session"].clone()
}

fn action<'a>(session: &'a Value, name: &str) -> &'a Value {
    let mut actions = session["actions"].as_array().unwrap().iter();
    actions
        .find(|action| action["itemName"] == name)
        .unwrap_or_else(|| panic!("{name} has an action: {session}"))
}

/// What was installed, in the order in which the scripts started.
fn installed(session: &Value) -> Vec<String> {
    let mut found: Vec<(String, String)> = vec![];
    for action in session["actions"].as_array().unwrap() {
        for run in action["runs"].as_array().unwrap() {
            if run["purpose"] == "INSTALL" {
                found.push((text(&run["startedAt"]), text(&action["itemName"])));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

struct Office {
    server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    _folder: TempDir,
}

impl Office {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Contoso").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        Self {
            server,
            admin,
            agent,
            computer,
            _folder: folder,
        }
    }

    async fn software(&self, name: &str) -> String {
        self.admin.software(name, &["1.0"]).await
    }

    /// One whose installation is this script.
    async fn software_by(&self, name: &str, script: &str) -> String {
        let detection = format!("cat \"$UPKEEP_ROOT/opt/{name}\" 2>/dev/null || true");
        let id = self.admin.software_detected_by(name, &detection).await;
        let script = json!({ "text": script });
        self.admin.publish(&id, "1.0", &script, &script).await;
        id
    }

    async fn maintain(&self) -> Value {
        let session = self.admin.maintain(&self.computer).await;
        told(&self.admin, &session).await
    }
}

#[expect(clippy::too_many_lines, reason = "one story in its order")]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_is_installed_before_and_only_where_it_is_needed() {
    let office = Office::new().await;
    let admin = &office.admin;
    let [app, runtime, base, addon, suite] = [
        office.software("app").await,
        office.software("runtime").await,
        office.software("base").await,
        office.software("addon").await,
        office.software("suite").await,
    ];
    let needs_runtime = add(admin, install(&app, &runtime)).await.unwrap();
    let missing = json!({ "of": [{ "softwareId": base, "isInstalled": false }] });
    let mut needs_base = install(&runtime, &base);
    needs_base["when"] = missing;
    add(admin, needs_base).await.unwrap();
    let mut needs_addon = install(&app, &addon);
    needs_addon["when"] = json!({ "of": [{ "softwareId": suite, "isInstalled": true }] });
    add(admin, needs_addon).await.unwrap();

    let circle = add(admin, install(&base, &app)).await.unwrap_err();
    assert_eq!(circle.0, "PREREQUISITE_CIRCLE");
    assert!(
        circle.1.contains("base needs app needs runtime needs base"),
        "{}",
        circle.1
    );
    let itself = add(admin, install(&app, &app)).await.unwrap_err();
    assert_eq!(itself.0, "PREREQUISITE_CIRCLE");
    let gone = json!({ "softwareId": app, "then": { "uninstallSoftwareId": runtime } });
    let contrary = add(admin, gone).await.unwrap_err();
    assert_eq!(contrary.0, "PREREQUISITE_CONTRADICTION");

    let query = "query($id: ID!) { software(id: $id) { prerequisites { text } neededBy { totalCount nodes { text } } } }";
    let shown = admin.ask(query, json!({ "id": runtime })).await;
    let shown = &shown["software"];
    assert_eq!(
        shown["prerequisites"][0]["text"],
        "before runtime is installed: if base is not installed, install base"
    );
    assert_eq!(
        shown["neededBy"]["nodes"][0]["text"],
        "before app is installed: install runtime"
    );

    // What comes along is told before anything is saved.
    let preview = "query($software: ID!) { previewChange(change: { createDeployment: { softwareId: $software,
        target: { scope: { crossTenant: true } }, desired: { kind: INSTALLED_LATEST } } }) { userErrors { code }
        difference { broughtAlong { software { name } goal obstacle isConditional computerCount prerequisite { text } } } } }";
    let preview = admin.ask(preview, json!({ "software": app })).await;
    let brought = &preview["previewChange"]["difference"]["broughtAlong"];
    let mut told: Vec<_> = (brought.as_array().unwrap().iter())
        .map(|it| {
            assert_eq!(
                (&it["computerCount"], &it["obstacle"]),
                (&json!(1), &Value::Null)
            );
            (text(&it["software"]["name"]), it["isConditional"] == true)
        })
        .collect();
    told.sort();
    let expected = [("addon", true), ("base", true), ("runtime", false)];
    assert_eq!(told, expected.map(|(name, is)| (name.to_owned(), is)));

    admin.deploy_everywhere(&app).await;
    let reach = "query($id: ID!) { software(id: $id) { reach } }";
    for (software, expected) in [(&app, 1), (&base, 1), (&suite, 1)] {
        let answer = admin.ask(reach, json!({ "id": software })).await;
        assert_eq!(
            answer["software"]["reach"], expected,
            "its scripts may run there"
        );
    }
    let session = office.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(installed(&session), ["base", "runtime", "app"]);
    assert_eq!(office.agent.installed("base").as_deref(), Some("1.0"));
    assert_eq!(office.agent.installed("addon"), None);
    let runtime_action = action(&session, "runtime");
    assert_eq!(runtime_action["parent"]["itemName"], "app");
    assert_eq!(runtime_action["children"][0]["itemName"], "base");
    assert_eq!(
        runtime_action["because"],
        "runtime should be installed in the latest version, 1.0 because app needs that first"
    );
    assert_eq!(runtime_action["deployment"], Value::Null);
    assert_eq!(action(&session, "addon")["resultReason"], "NOT_NEEDED");
    let needs = &action(&session, "app")["needs"];
    assert_eq!(needs[0]["judgement"], "HOLDS");
    assert_eq!(needs[0]["action"]["itemName"], "runtime");
    assert_eq!(needs[0]["prerequisite"]["id"], json!(needs_runtime));
    assert_eq!(needs[1]["judgement"], "DOES_NOT_HOLD");
    let seen = json!([{ "software": { "name": "suite" }, "isInstalled": false, "version": null }]);
    assert_eq!(needs[1]["seen"], seen);
    assert_eq!(session["looks"], json!([{ "purpose": "DETECT" }]), "suite");

    // What has nothing to do needs nothing, and nothing is looked at for it.
    let again = office.maintain().await;
    assert_eq!(again["status"], "PASSED");
    assert_eq!(action(&again, "app")["resultReason"], "COMPLIANT");
    for name in ["runtime", "base", "addon"] {
        let of = action(&again, name);
        assert_eq!(
            (&of["resultReason"], &of["runs"]),
            (&json!("NOT_NEEDED"), &json!([]))
        );
    }
    assert_eq!(again["looks"], json!([]));

    // What it said before is told of the past, and a removal frees the way.
    let remove = format!(
        "mutation {{ removePrerequisite(input: {{ id: \"{needs_runtime}\" }}) {{ removedId userErrors {{ code }} }} }}"
    );
    let removed = admin.ask(&remove, json!({})).await;
    assert_eq!(
        removed["removePrerequisite"]["removedId"],
        json!(needs_runtime)
    );
    add(admin, install(&base, &app)).await.unwrap();
    let refused = admin.ask_raw(&remove, json!({})).await;
    assert_eq!(
        refused["data"]["removePrerequisite"]["userErrors"][0]["code"],
        "NOT_FOUND"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_prerequisite_was_for_is_not_carried_out() {
    let office = Office::new().await;
    let admin = &office.admin;
    let app = office.software("app").await;
    let broken = office
        .software_by("broken", "echo no room >&2; exit 1")
        .await;
    let other = office.software("other").await;
    let fighter = office.software("fighter").await;
    add(admin, install(&app, &broken)).await.unwrap();
    let fails = json!({
        "softwareId": fighter,
        "when": { "of": [{ "softwareId": other, "isInstalled": true, "versions": { "from": "1.0" } }] },
        "then": { "fail": "other and fighter do not get along: choose one" }
    });
    add(admin, fails).await.unwrap();
    for software in [&app, &other] {
        admin.deploy_everywhere(software).await;
    }
    let session = office.maintain().await;
    assert_eq!(session["status"], "PARTIALLY_PASSED", "{session}");
    assert_eq!(action(&session, "broken")["resultReason"], "SCRIPT_FAILED");
    let failed = action(&session, "app");
    assert_eq!(failed["resultReason"], "PREREQUISITE_FAILED");
    let message = text(&failed["message"]);
    assert!(
        message.starts_with("broken is needed first, and failed: "),
        "{message}"
    );
    assert!(message.contains("no room"), "{message}");
    assert_eq!(office.agent.installed("app"), None);
    assert_eq!(office.agent.installed("other").as_deref(), Some("1.0"));

    admin.deploy_everywhere(&fighter).await;
    let session = office.maintain().await;
    let forbidden = action(&session, "fighter");
    assert_eq!(
        forbidden["resultReason"], "PREREQUISITE_FORBIDS",
        "{session}"
    );
    assert_eq!(
        forbidden["message"],
        "other and fighter do not get along: choose one"
    );
    assert_eq!(office.agent.installed("fighter"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_in_the_middle_goes_on_and_runs_nothing_twice() {
    let mut office = Office::new().await;
    let slow = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/started\"; sleep 2; mkdir -p \"$UPKEEP_ROOT/opt\"; echo 1.0 > \"$UPKEEP_ROOT/opt/slow\"";
    let slow = office.software_by("slow", slow).await;
    let app = office.software("app").await;
    let mut needs = install(&app, &slow);
    needs["when"] = json!({ "of": [{ "softwareId": slow, "isInstalled": false }] });
    add(&office.admin, needs).await.unwrap();
    office.admin.deploy_everywhere(&app).await;
    let session = office.admin.start_session(&office.computer).await;
    let admin = office.admin.clone();
    eventually("the prerequisite is being installed", || async {
        let query =
            "query($id: ID!) { session(id: $id) { actions { itemName runs { purpose status } } } }";
        let answer = admin.try_ask(query, json!({ "id": session })).await?;
        let mut actions = answer["data"]["session"]["actions"].as_array()?.iter();
        let slow = actions.find(|action| action["itemName"] == "slow")?;
        let mut runs = slow["runs"].as_array()?.iter();
        runs.any(|run| run["purpose"] == "INSTALL" && run["status"] == "STARTED")
            .then_some(())
    })
    .await;
    office.server.kill().await;
    office.server.restart().await;
    let over = office.admin.over(&session).await;
    assert_eq!(over["status"], "PASSED", "{over}");
    let session = told(&office.admin, &over).await;
    assert_eq!(installed(&session), ["slow", "app"]);
    let mut runs = office.agent.started_runs();
    let all = runs.len();
    runs.sort();
    runs.dedup();
    assert_eq!((all, runs.len()), (2, 2), "each script ran once");
}
