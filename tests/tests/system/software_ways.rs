//! A software whose scripts are its own for all versions: it is prepared, installed, tested, mended, updated as its strategy
//! says, and its exit codes mean what it says.

use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server};

/// A program of one customer: a folder with its version, which works while there is another file.
const SCRIPTS: [(&str, &str); 6] = [
    ("DOWNLOAD", "touch \"$UPKEEP_ROOT/fetched\""),
    (
        "INSTALL",
        "mkdir -p \"$UPKEEP_ROOT/lob\"; echo \"$UPKEEP_VERSION\" > \"$UPKEEP_ROOT/lob/version\"; exit 10",
    ),
    ("POST_INSTALL", "touch \"$UPKEEP_ROOT/lob/works\""),
    ("UNINSTALL", "rm -r \"$UPKEEP_ROOT/lob\""),
    ("REPAIR", "touch \"$UPKEEP_ROOT/lob/works\""),
    (
        "TEST",
        "echo looking >&2; test -e \"$UPKEEP_ROOT/lob/works\" && echo True || echo False",
    ),
];

/// A software without any script but its detection.
struct Lob {
    admin: Client,
    id: String,
}

impl Lob {
    async fn new(admin: Client) -> Self {
        let detection = "cat \"$UPKEEP_ROOT/lob/version\" 2>/dev/null || true";
        let id = admin
            .software_detected_by("Line of business", detection)
            .await;
        Self { admin, id }
    }

    /// The codes of why nothing was changed.
    async fn change(&self, mutation: &str, input: Value) -> Vec<String> {
        let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
        );
        let mut input = input;
        input["id"] = json!(self.id);
        let answer = self.admin.ask_raw(&query, json!({ "input": input })).await;
        let errors = answer["data"][mutation]["userErrors"].as_array();
        let errors = errors.unwrap_or_else(|| panic!("{mutation}: {answer}"));
        errors.iter().map(|error| text(&error["code"])).collect()
    }

    async fn changed(&self, mutation: &str, input: Value) {
        let errors = self.change(mutation, input).await;
        assert!(errors.is_empty(), "{mutation}: {errors:?}");
    }

    /// A version with no script of its own.
    async fn publish(&self, version: &str) -> Vec<String> {
        let input = json!({ "version": version });
        self.change("publishSoftwareVersion", input).await
    }

    async fn set_scripts(&self) {
        for (role, script) in SCRIPTS {
            let input = json!({ "role": role, "script": { "text": script } });
            self.changed("setSoftwareScript", input).await;
        }
    }

    /// A session that passes, with the purposes of its runs.
    async fn passes(&self, computer: &str, purposes: &[&str]) -> Value {
        let session = self.admin.maintain(computer).await;
        assert_eq!(session["status"], "PASSED", "{session}");
        let action = &session["actions"][0];
        let runs = action["runs"].as_array().unwrap();
        let told: Vec<&str> = runs
            .iter()
            .map(|run| run["purpose"].as_str().unwrap())
            .collect();
        assert_eq!(told, purposes);
        action.clone()
    }

    /// A session that fails, with what its action was and why it failed.
    async fn fails(&self, computer: &str, kind: &str, reason: &str) -> Value {
        let session = self.admin.maintain(computer).await;
        let action = &session["actions"][0];
        assert_eq!(
            (&action["type"], &action["resultReason"]),
            (&json!(kind), &json!(reason)),
            "{session}"
        );
        session
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_software_goes_its_way_from_installation_to_repair_and_update() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Northwind").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let lob = Lob::new(admin).await;
    assert_eq!(lob.publish("1.0").await, ["SCRIPT_MISSING"]);
    lob.set_scripts().await;
    lob.changed("chooseExitCodes", json!({ "reboot": [10] }))
        .await;
    assert!(lob.publish("1.0").await.is_empty());
    lob.admin.deploy_everywhere(&lob.id).await;
    let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = lob.admin.online("pc").await;

    let installs = [
        "DETECT",
        "RECHECK",
        "DOWNLOAD",
        "INSTALL",
        "POST_INSTALL",
        "VERIFY",
        "RETEST",
    ];
    let action = lob.passes(&computer, &installs).await;
    let message = text(&action["message"]);
    assert!(message.contains("has to be restarted"), "{message}");

    assert_it_is_mended(&lob, &computer, &agent.path("lob/works")).await;
    assert_it_is_updated(&lob, &computer).await;
    assert_it_tells_its_scripts(&lob).await;
}

/// It breaks: first nothing may mend it, then its repair script does.
async fn assert_it_is_mended(lob: &Lob, computer: &str, works: &Path) {
    std::fs::remove_file(works).unwrap();
    let session = lob.fails(computer, "REPAIR", "REPAIR_FORBIDDEN").await;
    let query = "query($id: ID!) { session(id: $id) { actions { reason isBroken detected } } }";
    let told = lob.admin.ask(query, json!({ "id": session["id"] })).await;
    assert_eq!(
        told["session"]["actions"][0],
        json!({ "reason": "TEST_FAILED", "isBroken": true, "detected": "1.0" })
    );
    let strategy = json!({ "strategy": "REPAIR_SCRIPT" });
    lob.changed("chooseRepairStrategy", strategy).await;
    let repairs = [
        "DETECT",
        "TEST",
        "RECHECK",
        "DOWNLOAD",
        "REPAIR",
        "POST_INSTALL",
        "VERIFY",
        "RETEST",
    ];
    lob.passes(computer, &repairs).await;
}

/// An update is due: first it is forbidden, then it goes by way of a removal.
async fn assert_it_is_updated(lob: &Lob, computer: &str) {
    assert!(lob.publish("2.0").await.is_empty());
    let strategy = json!({ "strategy": "NEVER" });
    lob.changed("chooseUpgradeStrategy", strategy).await;
    lob.fails(computer, "UPDATE", "UPGRADE_FORBIDDEN").await;
    let strategy = json!({ "strategy": "UNINSTALL_THEN_INSTALL" });
    lob.changed("chooseUpgradeStrategy", strategy).await;
    let replaces = [
        "DETECT",
        "RECHECK",
        "DOWNLOAD",
        "UNINSTALL",
        "INSTALL",
        "POST_INSTALL",
        "VERIFY",
        "RETEST",
    ];
    lob.passes(computer, &replaces).await;
}

/// What a version cannot be without is not taken from it; what it can is.
async fn assert_it_tells_its_scripts(lob: &Lob) {
    let remove = |role: &str| lob.change("removeSoftwareScript", json!({ "role": role }));
    assert_eq!(remove("UNINSTALL").await, ["SCRIPT_MISSING"]);
    assert_eq!(remove("DOWNLOAD").await, Vec::<String>::new());
    assert_eq!(remove("DOWNLOAD").await, ["SCRIPT_NOT_FOUND"]);
    let query = "query($id: ID!) { software(id: $id) { upgradeStrategy exitCodes { success reboot }
        scripts { role } versions { nodes { install { text } scripts { role isInherited } } } } }";
    let told = lob.admin.ask(query, json!({ "id": lob.id })).await;
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
