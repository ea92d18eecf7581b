//! A software whose scripts are its own for all versions: it is prepared, installed, tested, mended, updated as its strategy
//! says, and its exit codes mean what it says.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server};

/// The answer's user errors are none.
async fn change(admin: &Client, mutation: &str, input: &str) {
    let query =
        format!("mutation {{ {mutation}(input: {input}) {{ userErrors {{ code message }} }} }}");
    let answer = admin.ask(&query, json!({})).await;
    assert_eq!(answer[mutation]["userErrors"], json!([]), "{mutation}");
}

async fn set_script(admin: &Client, software: &str, role: &str, script: &str) {
    let input = json!({ "id": software, "role": role, "script": { "text": script } });
    let query = "mutation($input: SetSoftwareScriptInput!) { setSoftwareScript(input: $input)
        { userErrors { code message } } }";
    let answer = admin.ask(query, json!({ "input": input })).await;
    assert_eq!(answer["setSoftwareScript"]["userErrors"], json!([]));
}

async fn publish_bare(admin: &Client, software: &str, version: &str) -> Value {
    let input = json!({ "id": software, "version": version });
    let query =
        "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input)
        { userErrors { code message } } }";
    admin.ask_raw(query, json!({ "input": input })).await["data"]["publishSoftwareVersion"]
        ["userErrors"]
        .clone()
}

fn purposes(session: &Value) -> Vec<&str> {
    let runs = session["actions"][0]["runs"].as_array().unwrap();
    runs.iter()
        .map(|run| run["purpose"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_software_goes_its_way_from_installation_to_repair_and_update() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Northwind").await;
    let detection = "cat \"$UPKEEP_ROOT/lob/version\" 2>/dev/null || true";
    let lob = admin
        .software_detected_by("Line of business", detection)
        .await;
    assert_eq!(
        publish_bare(&admin, &lob, "1.0").await[0]["code"],
        "SCRIPT_MISSING"
    );
    for (role, script) in [
        ("DOWNLOAD", "mkdir -p \"$UPKEEP_ROOT/lob\""),
        (
            "INSTALL",
            "echo \"$UPKEEP_VERSION\" > \"$UPKEEP_ROOT/lob/version\"; exit 10",
        ),
        ("POST_INSTALL", "touch \"$UPKEEP_ROOT/lob/works\""),
        ("UNINSTALL", "rm -r \"$UPKEEP_ROOT/lob\""),
        ("REPAIR", "touch \"$UPKEEP_ROOT/lob/works\""),
        (
            "TEST",
            "echo looking >&2; test -e \"$UPKEEP_ROOT/lob/works\" && echo True || echo False",
        ),
    ] {
        set_script(&admin, &lob, role, script).await;
    }
    change(
        &admin,
        "chooseExitCodes",
        &format!("{{ id: \"{lob}\", reboot: [10] }}"),
    )
    .await;
    assert_eq!(publish_bare(&admin, &lob, "1.0").await, json!([]));
    admin.deploy_everywhere(&lob).await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;

    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(
        purposes(&session),
        [
            "DETECT",
            "RECHECK",
            "DOWNLOAD",
            "INSTALL",
            "POST_INSTALL",
            "VERIFY",
            "RETEST"
        ]
    );
    let message = text(&session["actions"][0]["message"]);
    assert!(message.contains("has to be restarted"), "{message}");

    // It breaks, and nothing may mend it.
    let works = agent.path("lob/works");
    std::fs::remove_file(&works).unwrap();
    let session = admin.maintain(&computer).await;
    let action = &session["actions"][0];
    assert_eq!(
        (&action["type"], &action["reason"], &action["resultReason"]),
        (
            &json!("REPAIR"),
            &json!("TEST_FAILED"),
            &json!("REPAIR_FORBIDDEN")
        ),
        "{session}"
    );
    let broken = format!(
        "query {{ session(id: {}) {{ actions {{ isBroken detected }} }} }}",
        session["id"]
    );
    let broken = admin.ask(&broken, json!({})).await;
    assert_eq!(
        broken["session"]["actions"][0],
        json!({ "isBroken": true, "detected": "1.0" })
    );
    change(
        &admin,
        "chooseRepairStrategy",
        &format!("{{ id: \"{lob}\", strategy: REPAIR_SCRIPT }}"),
    )
    .await;
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(
        purposes(&session),
        [
            "DETECT",
            "TEST",
            "RECHECK",
            "DOWNLOAD",
            "REPAIR",
            "POST_INSTALL",
            "VERIFY",
            "RETEST"
        ]
    );

    // An update is due, and forbidden; then it goes by way of a removal.
    assert_eq!(publish_bare(&admin, &lob, "2.0").await, json!([]));
    let choose = |strategy: &str| format!("{{ id: \"{lob}\", strategy: {strategy} }}");
    change(&admin, "chooseUpgradeStrategy", &choose("NEVER")).await;
    let session = admin.maintain(&computer).await;
    assert_eq!(
        session["actions"][0]["resultReason"], "UPGRADE_FORBIDDEN",
        "{session}"
    );
    change(
        &admin,
        "chooseUpgradeStrategy",
        &choose("UNINSTALL_THEN_INSTALL"),
    )
    .await;
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(
        purposes(&session),
        [
            "DETECT",
            "RECHECK",
            "UNINSTALL",
            "DOWNLOAD",
            "INSTALL",
            "POST_INSTALL",
            "VERIFY",
            "RETEST"
        ]
    );

    // What a version cannot be without is not taken from it; what it can is.
    let remove = |role: &str| format!("{{ id: \"{lob}\", role: {role} }}");
    let query = format!(
        "mutation {{ removeSoftwareScript(input: {}) {{ userErrors {{ code }} }} }}",
        remove("UNINSTALL")
    );
    let refused = admin.ask_raw(&query, json!({})).await;
    assert_eq!(
        refused["data"]["removeSoftwareScript"]["userErrors"][0]["code"],
        "SCRIPT_MISSING"
    );
    change(&admin, "removeSoftwareScript", &remove("DOWNLOAD")).await;
    let query = "query($id: ID!) { software(id: $id) { upgradeStrategy repairStrategy exitCodes { success reboot }
        scripts { role isInherited } versions { nodes { version install { text } scripts { role isInherited } } } } }";
    let told = admin.ask(query, json!({ "id": lob })).await;
    let told = &told["software"];
    assert_eq!(told["upgradeStrategy"], "UNINSTALL_THEN_INSTALL");
    assert_eq!(told["exitCodes"], json!({ "success": [], "reboot": [10] }));
    assert_eq!(told["scripts"].as_array().unwrap().len(), 5, "{told}");
    let version = &told["versions"]["nodes"][0];
    assert!(text(&version["install"]["text"]).contains("UPKEEP_VERSION"));
    assert_eq!(
        version["scripts"][0],
        json!({ "role": "INSTALL", "isInherited": true })
    );
}
