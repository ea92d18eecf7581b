//! A computer that was removed gets nothing, until it is restored.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Server, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_computer_runs_nothing_and_comes_back_as_it_was() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let software = admin.software_detected_by("slow", "sleep 600").await;
    admin.deploy_everywhere(&software).await;
    let token = admin.enrolment_token(&own, 1).await;
    let folder = TempDir::new().unwrap();
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let names = json!({ "id": computer });
    let session = admin.start_session(&computer).await;
    let waiting = admin.start_session(&computer).await;
    let runs = async || {
        let query = "query($id: ID!) { session(id: $id) { actions { runs { status } } } }";
        let data = admin.ask(query, json!({ "id": session })).await;
        data["session"]["actions"][0]["runs"][0]["status"].clone()
    };
    eventually("its script runs", || async {
        (runs().await == "STARTED").then_some(())
    })
    .await;

    let remove = "mutation($id: ID!) { removeComputer(input: { id: $id })
        { computer { isRemoved } userErrors { code message } } }";
    let removed = admin.ask(remove, names.clone()).await;
    assert_eq!(removed["removeComputer"]["computer"]["isRemoved"], true);
    for session in [&session, &waiting] {
        assert_eq!(admin.over(session).await["status"], "CANCELLED");
    }
    eventually("its script is killed", || async {
        (runs().await == "CANCELLED").then_some(())
    })
    .await;

    let start =
        "mutation($id: ID!) { startSession(input: { computerId: $id }) { userErrors { code } } }";
    let tag = "mutation($id: ID!) { changeTags(input: { on: { computerId: $id }, add: [\"a\"] })
        { userErrors { code } } }";
    for mutation in [start, tag] {
        let code = admin.error_code(mutation, names.clone()).await;
        assert_eq!(code.as_deref(), Some("REMOVED"), "{mutation}");
    }
    let query = "query($id: ID!, $software: ID!) {
        computers { nodes { id } } tenants { nodes { computers { nodes { id } } } }
        all: computers(filter: { includeRemoved: true }) { nodes { id isRemoved isOnline name } }
        resolution(computerId: $id) { nodes { winner { explanation } notCandidates { nodes { reason explanation } } } }
        software(id: $software) { reach } compliance(softwareId: $software) { shouldHave } }";
    let asked = json!({ "id": computer, "software": software });
    let told = admin.ask(query, asked.clone()).await;
    let nobody = json!({ "nodes": [] });
    assert_eq!(told["computers"], nobody);
    assert_eq!(told["tenants"]["nodes"][0]["computers"], nobody);
    let expected = json!([{ "id": computer, "isRemoved": true, "isOnline": false, "name": "pc" }]);
    assert_eq!(told["all"]["nodes"], expected);
    assert_eq!(told["resolution"]["nodes"][0]["winner"], Value::Null);
    let not = &told["resolution"]["nodes"][0]["notCandidates"]["nodes"][0];
    assert_eq!(not["reason"], "COMPUTER_REMOVED");
    assert!(text(&not["explanation"]).ends_with("this computer was removed"));
    assert_eq!(told["software"]["reach"], 0);
    assert_eq!(told["compliance"]["shouldHave"], 0);

    let restore = "mutation($id: ID!) { restoreComputer(input: { id: $id })
        { computer { isRemoved isOnline } userErrors { code message } } }";
    let restored = admin.ask(restore, names).await;
    let back = &restored["restoreComputer"]["computer"];
    assert_eq!(*back, json!({ "isRemoved": false, "isOnline": true }));
    let told = admin.ask(query, asked).await;
    assert_eq!(told["computers"]["nodes"][0]["id"], json!(computer));
    let detection = "mutation($id: ID!) { changeSoftwareDetection(input: { id: $id, detection: { text: \"echo 1.0\" } })
        { userErrors { code message } } }";
    admin.ask(detection, json!({ "id": software })).await;
    let session = admin.maintain(&computer).await;
    assert_eq!(session["actions"][0]["detected"], "1.0", "{session}");
}
