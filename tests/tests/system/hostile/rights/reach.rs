//! Whatever changes what many computers have or run says how many: rules, scripts, versions, and the facts that rules read.

use serde_json::{Value, json};
use upkeep_tests::client::text;
use upkeep_tests::{Client, Peer, Server, eventually};

/// More than may be reached without a word.
const COMPUTERS: usize = 27;

struct Fleet {
    own: String,
    computers: Vec<String>,
}

async fn fleet(server: &Server, admin: &Client) -> Fleet {
    let own = admin.tenant("Own").await;
    let token = admin.enrolment_token(&own, 100).await;
    for n in 0..COMPUTERS {
        let enrolled = Peer::enrol(&server.base(), &token, &format!("pc-{n}")).await;
        assert!(enrolled.is_ok(), "it is enrolled");
    }
    let computers = eventually("all computers are known", || async {
        let query = "{ computers(first: 100) { nodes { id } } }";
        let data = admin.ask(query, json!({})).await;
        let nodes = data["computers"]["nodes"].as_array()?;
        (nodes.len() == COMPUTERS).then(|| nodes.iter().map(|node| text(&node["id"])).collect())
    })
    .await;
    Fleet { own, computers }
}

/// Refused without the number and with another one, and done with it.
async fn assert_confirmed(client: &Client, mutation: &str, mut input: Value) {
    let of = mutation[..1].to_uppercase() + &mutation[1..];
    let query = format!(
        "mutation($input: {of}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code message field }} }} }}"
    );
    for expected in [Value::Null, json!(COMPUTERS - 1)] {
        input["confirmImpact"] = expected;
        let answer = client.ask_raw(&query, json!({ "input": input })).await;
        let error = &answer["data"][mutation]["userErrors"][0];
        assert_eq!(error["code"], "IMPACT_UNCONFIRMED", "{mutation}: {answer}");
        assert_eq!(error["field"], json!(["input", "confirmImpact"]));
        let number = format!("confirmImpact: {COMPUTERS}");
        assert!(text(&error["message"]).contains(&number), "{answer}");
    }
    input["confirmImpact"] = json!(COMPUTERS);
    client.ask(&query, json!({ "input": input })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_and_versions_say_on_how_many_computers_they_run() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let software = admin.software("tool", &["1.0"]).await;
    let idle = admin.software("idle", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    fleet(&server, &admin).await;
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let query = format!(
        "{{ software(id: \"{software}\") {{ reach }} idle: software(id: \"{idle}\") {{ reach }} }}"
    );
    let found = technician.ask(&query, json!({})).await;
    assert_eq!(found["software"]["reach"], COMPUTERS);
    assert_eq!(found["idle"]["reach"], 0);

    let script = json!({ "text": "true" });
    let detection = json!({ "id": software, "detection": script });
    assert_confirmed(&technician, "changeSoftwareDetection", detection.clone()).await;
    let version =
        json!({ "id": software, "version": "2.0", "install": script, "uninstall": script });
    assert_confirmed(&technician, "publishSoftwareVersion", version).await;
    let withdrawn = json!({ "id": software, "version": "2.0" });
    assert_confirmed(&technician, "withdrawSoftwareVersion", withdrawn).await;

    // What changes nothing, and what runs nowhere, needs no word.
    let change =
        "mutation($input: ChangeSoftwareDetectionInput!) { changeSoftwareDetection(input: $input)
        { userErrors { code message } } }";
    technician.ask(change, json!({ "input": detection })).await;
    let elsewhere = json!({ "id": idle, "detection": script });
    technician.ask(change, json!({ "input": elsewhere })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_say_how_many_computers_they_change() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let Fleet { own, computers } = fleet(&server, &admin).await;
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let single = json!({ "singleTenant": { "tenantId": own } });
    let everybody = json!({ "crossTenant": true });
    let wants =
        |scope: &Value, membership: Value| json!({ "scope": scope, "membership": membership });
    let uninstalled = json!({ "kind": "UNINSTALLED" });

    // An empty group first, and members afterwards.
    let tool = admin.software("tool", &["1.0"]).await;
    let group = format!("{{ tenantId: \"{own}\", kind: DEVICE, name: \"g\" }}");
    let group = technician.made("createGroup", "group", &group).await;
    let target = wants(&single, json!({ "deviceGroupId": group }));
    technician.deploy(&tool, target, uninstalled.clone()).await;
    let add = json!({ "id": group, "add": { "computerIds": computers } });
    assert_confirmed(&technician, "changeGroupMembers", add).await;
    assert_confirmed(&technician, "removeGroup", json!({ "id": group })).await;

    // A tag that nobody has.
    let tagged = admin.software("tagged", &["1.0"]).await;
    let target = wants(
        &everybody,
        json!({ "tag": { "tag": "vip", "on": "TENANT" } }),
    );
    admin.deploy(&tagged, target, uninstalled.clone()).await;
    let tags = json!({ "on": { "tenantId": own }, "add": ["vip"] });
    assert_confirmed(&admin, "changeTags", tags).await;

    // A product that nobody has.
    let sold = admin.software("sold", &["1.0"]).await;
    let target = wants(&single, json!({ "agreementProduct": "Backup" }));
    technician.deploy(&sold, target, uninstalled.clone()).await;
    let managed = format!("{{ tenantId: \"{own}\", name: \"a\", agreementType: \"Managed\" }}");
    let agreement = technician.made("addAgreement", "agreement", &managed).await;
    let product = json!({ "id": agreement, "product": "Backup" });
    assert_confirmed(&technician, "recordAgreementAddition", product.clone()).await;
    assert_confirmed(&technician, "removeAgreementAddition", product).await;

    // A name that an expression waits for; a parent whose rules come down; all of everybody's rules.
    let called = admin.software("called", &["1.0"]).await;
    let target = wants(
        &everybody,
        json!({ "expression": "tenant.name == \"New\"" }),
    );
    admin.deploy(&called, target, uninstalled.clone()).await;
    let name = json!({ "id": own, "name": "New" });
    assert_confirmed(&admin, "renameTenant", name).await;
    let above = admin.tenant("Above").await;
    let inherited = admin.software("inherited", &["1.0"]).await;
    let below = json!({ "singleTenant": { "tenantId": above, "includeChildren": true } });
    let target = json!({ "scope": below });
    technician.deploy(&inherited, target, uninstalled).await;
    let parent = json!({ "id": own, "parentId": above });
    assert_confirmed(&admin, "setTenantParent", parent).await;
    let excluded = json!({ "id": own, "isExcluded": true });
    assert_confirmed(&admin, "setTenantCrossTenantExclusion", excluded).await;
}
