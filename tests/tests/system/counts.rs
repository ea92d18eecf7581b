//! How many there are of what, and which computers need somebody.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::peer::Peer;
use upkeep_tests::{Agent, Client, Server, eventually};

const ATTENTION: &str = "query($tenant: ID, $reasons: [AttentionReason!], $asOf: AsOfInput) {
    attention(tenantId: $tenant, reasonsIn: $reasons, asOf: $asOf) { totalCount
        nodes { reasons text computer { name } session { status } } } }";

/// Whoever needs somebody, with the reasons.
async fn needing(client: &Client, variables: Value) -> Vec<(Value, Value)> {
    let found = client.ask(ATTENTION, variables).await["attention"].clone();
    let nodes = found["nodes"].as_array().unwrap();
    assert_eq!(found["totalCount"], nodes.len());
    let of = |node: &Value| {
        assert_ne!(node["text"], "", "{node}");
        (node["computer"]["name"].clone(), node["reasons"].clone())
    };
    nodes.iter().map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_needs_somebody_is_told_with_the_reasons() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let (own, other) = (admin.tenant("Own").await, admin.tenant("Other").await);
    let enrolment = admin.enrolment_token(&own, 4).await;
    let start = |name: &str| Agent::start(folder.path(), name, 3, &server.base(), &enrolment);
    let agents = [start("pc-1"), start("pc-2")];
    let (failing, fine) = (admin.online("pc-1").await, admin.online("pc-2").await);
    let before = admin.ask_raw("{ version }", Value::Null).await["extensions"]["position"].clone();
    let new = json!(["ONBOARDING"]);
    let both = [("pc-1".into(), new.clone()), ("pc-2".into(), new.clone())];
    let mut told = needing(&admin, json!({})).await;
    told.sort_by_key(|(name, _)| name.to_string());
    assert_eq!(told, both);

    let broken = admin.software_detected_by("broken", "exit 1").await;
    let works = json!({ "text": "true" });
    admin.publish(&broken, "1.0", &works, &works).await;
    let target = json!({ "scope": { "computerId": failing } });
    let latest = json!({ "kind": "INSTALLED_LATEST" });
    let deployment = admin.deploy(&broken, target, latest).await;
    assert_eq!(admin.maintain(&failing).await["status"], "FAILED");
    assert_eq!(admin.maintain(&fine).await["status"], "PASSED");
    let failed = json!(["SESSION_FAILED", "ONBOARDING"]);
    eventually("the session has onboarded its computer", || async {
        let told = needing(&admin, json!({ "tenant": own })).await;
        (told == [("pc-1".into(), failed.clone())]).then_some(())
    })
    .await;
    let session = admin.ask(ATTENTION, json!({})).await["attention"]["nodes"][0]["session"].clone();
    assert_eq!(session["status"], "FAILED");
    let of = |reason: &str| needing(&admin, json!({ "reasons": [reason] }));
    assert_eq!(of("SESSION_FAILED").await.len(), 1);
    assert_eq!(of("AGENT_HELD").await, []);
    assert_eq!(needing(&admin, json!({ "tenant": other })).await, []);
    let mut then = needing(&admin, json!({ "asOf": { "position": before } })).await;
    then.sort_by_key(|(name, _)| name.to_string());
    assert_eq!(then, both, "as it was");

    // One that claims to be another's computer is held, and leads nowhere.
    let honest = Peer::enrol(&server.base(), &enrolment, "pc-3")
        .await
        .unwrap();
    let _line = honest.connect().await;
    let claimed = admin.online("pc-3").await;
    let _rogue = Peer::enrol_with(&server.base(), &enrolment, &honest.facts)
        .await
        .unwrap();
    let held = eventually("the rogue is held", || async {
        let held = of("AGENT_HELD").await;
        (!held.is_empty()).then_some(held)
    })
    .await;
    assert_eq!(held, [("pc-3".into(), json!(["AGENT_HELD", "ONBOARDING"]))]);

    let summary = "query($tenant: ID) { summary(tenantId: $tenant) { computerCount onlineCount onboardingCount excludedCount attentionCount
        agentCount connectedAgentCount heldAgentCount activeSessionCount sessions { isComplete counts { status count } } } }";
    let expected = json!({ "computerCount": 3, "onlineCount": 3, "onboardingCount": 2, "excludedCount": 0, "attentionCount": 2,
        "agentCount": 4, "connectedAgentCount": 3, "heldAgentCount": 1, "activeSessionCount": 0,
        "sessions": { "isComplete": true, "counts": [{ "status": "PASSED", "count": 1 }, { "status": "FAILED", "count": 1 }] } });
    let told = |client: Client, tenant: Value| async move {
        client.ask(summary, json!({ "tenant": tenant })).await["summary"].clone()
    };
    assert_eq!(told(admin.clone(), Value::Null).await, expected);
    assert_eq!(told(admin.clone(), json!(own)).await, expected);
    let nothing = json!({ "computerCount": 0, "onlineCount": 0, "onboardingCount": 0, "excludedCount": 0, "attentionCount": 0,
        "agentCount": 0, "connectedAgentCount": 0, "heldAgentCount": 0, "activeSessionCount": 0,
        "sessions": { "isComplete": true, "counts": [] } });
    assert_eq!(told(admin.clone(), json!(other)).await, nothing);
    let stranger = admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    assert_eq!(told(stranger.clone(), Value::Null).await, nothing);
    assert_eq!(needing(&stranger, json!({})).await, []);

    // What goes well the next time needs nobody; what was removed neither.
    let disable = format!(
        "mutation {{ disableDeployment(input: {{ id: \"{deployment}\" }}) {{ userErrors {{ code }} }} }}"
    );
    admin.ask(&disable, Value::Null).await;
    assert_eq!(admin.maintain(&failing).await["status"], "PASSED");
    let remove = format!(
        "mutation {{ removeComputer(input: {{ id: \"{claimed}\" }}) {{ userErrors {{ code }} }} }}"
    );
    admin.ask(&remove, Value::Null).await;
    eventually("nobody needs anybody", || async {
        needing(&admin, json!({})).await.is_empty().then_some(())
    })
    .await;
    drop(agents);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_computers_of_a_list_are_counted_by_what_they_are_filtered_by() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let mut agents = vec![];
    for (tenant, names) in [
        ("Zeta", vec![("ws-1", 3), ("ws-2", 3), ("srv-3", 17)]),
        ("Alpha", vec![("lap-4", 9)]),
    ] {
        let tenant = admin.tenant(tenant).await;
        let enrolment = admin.enrolment_token(&tenant, 3).await;
        for (name, chassis) in names {
            agents.push(Agent::start(
                folder.path(),
                name,
                chassis,
                &server.base(),
                &enrolment,
            ));
            let id = admin.online(name).await;
            if name != "ws-2" {
                let tag = "mutation($id: ID!) { changeTags(input: { on: { computerId: $id }, add: [\"VIP\"] }) { userErrors { code } } }";
                admin.ask(tag, json!({ "id": id })).await;
            }
        }
    }
    let facets = "query($filter: ComputerFilter) { computerFacets(filter: $filter) { totalCount onlineCount onboardingCount excludedCount
        tenants { count tenant { name } } computerClasses { computerClass count } osFamilies { osFamily count } tags { tag count } } }";
    let told = admin.ask(facets, Value::Null).await["computerFacets"].clone();
    let expected = json!({
        "totalCount": 4, "onlineCount": 4, "onboardingCount": 4, "excludedCount": 0,
        "tenants": [{ "count": 3, "tenant": { "name": "Zeta" } }, { "count": 1, "tenant": { "name": "Alpha" } }],
        "computerClasses": [{ "computerClass": "WORKSTATION", "count": 2 }, { "computerClass": "PORTABLE", "count": 1 },
            { "computerClass": "SERVER", "count": 1 }],
        "osFamilies": [{ "osFamily": "LINUX", "count": 4 }],
        "tags": [{ "tag": "vip", "count": 3 }],
    });
    assert_eq!(told, expected);
    let some = json!({ "filter": { "text": "ws-" } });
    let told = admin.ask(facets, some).await["computerFacets"].clone();
    assert_eq!(told["totalCount"], 2);
    assert_eq!(told["tags"], json!([{ "tag": "vip", "count": 1 }]));
    assert_eq!(
        told["computerClasses"],
        json!([{ "computerClass": "WORKSTATION", "count": 2 }])
    );
    drop(agents);
}
