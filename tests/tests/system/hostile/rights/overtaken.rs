//! Permission is judged on what was seen, and the command runs on what is: whoever is faster wins, and nobody slips through.

use serde_json::{Value, json};
use upkeep_tests::Server;
use upkeep_tests::client::text;

const ROUNDS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_became_everybodys_is_not_changed_by_a_tenants_administrator() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let software = admin.software("tool", &["1.0"]).await;
    let theirs = admin.acting_as("TENANT_ADMIN", Some(&own)).await;
    let change = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input)
        { userErrors { code message } } }";
    for _ in 0..ROUNDS {
        let target = json!({ "scope": { "singleTenant": { "tenantId": own } } });
        let deployment = admin
            .deploy(&software, target, json!({ "kind": "IGNORED" }))
            .await;
        let to_all = json!({ "id": deployment, "target": { "scope": { "crossTenant": true } } });
        let uninstall = json!({ "id": deployment, "desired": { "kind": "UNINSTALLED" } });
        let (retargeted, changed) = tokio::join!(
            admin.ask_raw(change, json!({ "input": to_all })),
            theirs.ask_raw(change, json!({ "input": uninstall })),
        );
        assert_eq!(
            retargeted["data"]["changeDeployment"]["userErrors"],
            json!([]),
            "{retargeted}"
        );
        // Either it was theirs still, or it is not there for them any more.
        let code = &changed["data"]["changeDeployment"]["userErrors"][0]["code"];
        assert!(code.is_null() || code == "NOT_FOUND", "{changed}");
    }
    let query = "{ events(first: 100, orderBy: { field: RECORDED_AT, direction: DESC }, filter: { types: [\"DeploymentRetargeted\", \"DesiredStateChanged\"] })
        { nodes { stream revision type } } }";
    let events = admin.ask(query, json!({})).await["events"]["nodes"].clone();
    let events: Vec<&Value> = events.as_array().expect("events").iter().collect();
    let of = |name: &str| {
        let all = events.iter().filter(|event| event["type"] == name);
        all.map(|event| (text(&event["stream"]), event["revision"].as_u64()))
            .collect::<Vec<_>>()
    };
    let retargeted = of("DeploymentRetargeted");
    assert_eq!(retargeted.len(), ROUNDS);
    for (stream, revision) in of("DesiredStateChanged") {
        let (_, became_everybodys) = retargeted
            .iter()
            .find(|(other, _)| *other == stream)
            .expect("it was retargeted");
        assert!(
            revision < *became_everybodys,
            "{stream} was changed for every tenant by an administrator of one"
        );
    }
}

/// The reach that was confirmed is the reach that is changed: of many who add themselves to one group at once nobody adds more
/// than was said.
#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_thing_at_once_are_judged_one_after_the_other() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let group = admin
        .made(
            "createGroup",
            "group",
            &format!("{{ tenantId: \"{own}\", kind: DIRECTORY, name: \"g\" }}"),
        )
        .await;
    let mut people = Vec::new();
    for n in 0..8 {
        let input = format!("{{ tenantId: \"{own}\", name: \"person {n}\" }}");
        people.push(admin.made("addPerson", "person", &input).await);
    }
    let add = people.iter().map(|person| {
        let query = format!(
            "mutation {{ changeGroupMembers(input: {{ id: \"{group}\", add: {{ personIds: [\"{person}\"] }} }}) {{ userErrors {{ code message }} }} }}"
        );
        let admin = admin.clone();
        async move { admin.ask(&query, json!({})).await }
    });
    futures_util::future::join_all(add).await;
    let query = format!("{{ group(id: \"{group}\") {{ members {{ totalCount }} }} }}");
    let found = admin.ask(&query, json!({})).await;
    assert_eq!(
        found["group"]["members"]["totalCount"], 8,
        "each was judged again until its turn came"
    );
}
