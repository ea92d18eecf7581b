//! What a deployment was after each change of it, and what somebody faster did meanwhile.

use serde_json::{Value, json};
use upkeep_tests::{Client, Server};

const REVISIONS: &str = "revisions { totalCount nodes { revision changed status enforcement desired { kind version }
    target { filter scope { crossTenant singleTenant { tenantId includeChildren } } } made { position by { apiToken { name } } } event { reason } } }";

async fn change(client: &Client, mutation: &str, input: &str) -> Value {
    let query = format!(
        "mutation {{ {mutation}(input: {{ {input} }}) {{ userErrors {{ code message field }} deployment {{ revision }} }} }}"
    );
    client.ask_raw(&query, json!({})).await["data"][mutation].clone()
}

async fn revisions(client: &Client, id: &str, as_of: &str) -> Vec<Value> {
    let query = format!("{{ deployment(id: \"{id}\"{as_of}) {{ {REVISIONS} }} }}");
    let told = client.ask(&query, json!({})).await["deployment"]["revisions"].clone();
    let nodes = told["nodes"].as_array().unwrap().clone();
    assert_eq!(told["totalCount"], nodes.len());
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployment_was_is_told_and_can_be_given_back() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let software = admin.software("tool", &["1.0"]).await;
    let of_all = json!({ "scope": { "crossTenant": true } });
    let id = admin
        .deploy(&software, of_all, json!({ "kind": "INSTALLED_LATEST" }))
        .await;
    let to_tenant = format!(
        "id: \"{id}\", target: {{ scope: {{ singleTenant: {{ tenantId: \"{tenant}\" }} }}, filter: SERVERS }}, desired: {{ kind: IGNORED }},
         options: {{ reason: \"only theirs\" }}"
    );
    let changed = change(&admin, "changeDeployment", &to_tenant).await;
    assert_eq!(changed["deployment"]["revision"], 2, "{changed}");
    let before =
        admin.ask("{ server { position } }", json!({})).await["server"]["position"].clone();
    change(&admin, "disableDeployment", &format!("id: \"{id}\"")).await;

    let told = revisions(&admin, &id, "").await;
    let parts: Vec<_> = told
        .iter()
        .map(|it| (&it["revision"], &it["changed"]))
        .collect();
    let expected = [
        (&json!(0), &json!(["CREATED"])),
        (&json!(2), &json!(["TARGET", "DESIRED"])),
        (&json!(3), &json!(["STATUS"])),
    ];
    assert_eq!(parts, expected, "one for each mutation: {told:?}");
    assert_eq!(told[0]["desired"]["kind"], "INSTALLED_LATEST");
    assert_eq!(told[0]["target"]["scope"]["crossTenant"], true);
    assert_eq!(told[1]["event"]["reason"], "only theirs");
    assert!(told[1]["made"]["by"]["apiToken"]["name"].is_string());
    assert_eq!(told[1]["target"]["filter"], "SERVERS");
    assert_eq!(
        (&told[1]["status"], &told[2]["status"]),
        (&json!("ENABLED"), &json!("DISABLED"))
    );
    // Where a revision was made, all of it was so.
    let made = &told[1]["made"]["position"];
    let query = format!(
        "{{ deployment(id: \"{id}\", asOf: {{ position: {made} }}) {{ desired {{ kind }} target {{ filter }} }} }}"
    );
    let there = admin.ask(&query, json!({})).await;
    assert_eq!(
        there["deployment"],
        json!({ "desired": { "kind": "IGNORED" }, "target": { "filter": "SERVERS" } })
    );
    // Of the past only what had happened; of the tenant only what was theirs.
    let then = revisions(&admin, &id, &format!(", asOf: {{ position: {before} }}")).await;
    assert_eq!(then.len(), 2);
    let theirs = admin.acting_as("TENANT_ADMIN", Some(&tenant)).await;
    let seen = revisions(&theirs, &id, "").await;
    assert_eq!(
        seen.iter().map(|it| &it["revision"]).collect::<Vec<_>>(),
        [&json!(2), &json!(3)]
    );
    assert!(
        !json!(seen).to_string().contains("INSTALLED_LATEST"),
        "{seen:?}"
    );

    // Undone: an older one given back.
    let back = format!(
        "id: \"{id}\", target: {{ scope: {{ crossTenant: true }} }}, desired: {{ kind: INSTALLED_LATEST }}"
    );
    change(&admin, "changeDeployment", &back).await;
    let told = revisions(&admin, &id, "").await;
    assert_eq!(
        (&told[3]["desired"], &told[3]["target"]),
        (&told[0]["desired"], &told[0]["target"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_too_late_finds_out_what_happened_meanwhile() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let software = admin.software("tool", &["1.0"]).await;
    let id = admin.deploy_everywhere(&software).await;
    let uuid = admin
        .ask(
            &format!("{{ deployment(id: \"{id}\") {{ uuid }} }}"),
            json!({}),
        )
        .await;
    let stream = format!(
        "deployment-{}",
        uuid["deployment"]["uuid"].as_str().unwrap()
    );
    let other = admin.acting_as("MSP_ADMIN", None).await;
    change(
        &other,
        "disableDeployment",
        &format!("id: \"{id}\", options: {{ reason: \"a bad version\" }}"),
    )
    .await;
    change(&other, "enableDeployment", &format!("id: \"{id}\"")).await;
    let late = format!("id: \"{id}\", options: {{ expectedRevision: 0 }}");
    let refused = change(&admin, "deleteDeployment", &late).await;
    assert_eq!(
        refused["userErrors"][0]["code"], "REVISION_CONFLICT",
        "{refused}"
    );

    let since = "query($stream: String!, $seen: Int!, $direction: OrderDirection!) {
        events(filter: { stream: $stream, afterRevision: $seen }, orderBy: { field: RECORDED_AT, direction: $direction }) { nodes { revision type reason } } }";
    let asked = |seen: u64, direction: &str| json!({ "stream": stream, "seen": seen, "direction": direction });
    let told = admin.ask(since, asked(0, "ASC")).await["events"]["nodes"].clone();
    let disabled =
        json!({ "revision": 1, "type": "DeploymentDisabled", "reason": "a bad version" });
    let enabled = json!({ "revision": 2, "type": "DeploymentEnabled", "reason": null });
    assert_eq!(told, json!([disabled, enabled]));
    let told = admin.ask(since, asked(0, "DESC")).await["events"]["nodes"].clone();
    assert_eq!(told, json!([enabled, disabled]));
    assert_eq!(
        admin.ask(since, asked(2, "ASC")).await["events"]["nodes"],
        json!([])
    );
    assert_eq!(
        admin.ask(since, asked(99, "ASC")).await["events"]["nodes"],
        json!([])
    );
    let of_no_stream = "{ events(filter: { afterRevision: 0 }) { nodes { type } } }";
    let code = admin.error_code(of_no_stream, json!({})).await;
    assert_eq!(code.as_deref(), Some("BAD_USER_INPUT"));
}
