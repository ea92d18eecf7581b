//! Lists of deployments: what each comes to, which are asked for and in which order, and what a change would do to their conflicts.

use crate::resolution::{DESKTOP, Office};
use serde_json::{Value, json};
use upkeep_tests::client::text;
use upkeep_tests::{Client, Server};

const COUNTS: &str = "query($asOf: AsOfInput) { deployments(first: 10, asOf: $asOf) { nodes {
    uuid winsOn losesOn conflictCount conflicts { totalCount }
    wins: outcomes(outcome: WINS) { totalCount } loses: outcomes(outcome: LOSES) { totalCount }
    outcomesByTenant { totalCount nodes { tenantId tenant { name } computerCount winsOn losesOn doesNotApplyOn } } } } }";

/// What each deployment of a list comes to: on how many computers it wins and loses, and its conflicts. The counts are those of the
/// lists that they stand for.
async fn counted(client: &Client, as_of: Value) -> Vec<(u64, u64, u64)> {
    let all = client.ask(COUNTS, json!({ "asOf": as_of })).await["deployments"]["nodes"].clone();
    let number = |value: &Value| value.as_u64().unwrap();
    let of = |node: &Value| {
        assert_eq!(node["winsOn"], node["wins"]["totalCount"], "{node}");
        assert_eq!(node["losesOn"], node["loses"]["totalCount"], "{node}");
        assert_eq!(
            node["conflictCount"], node["conflicts"]["totalCount"],
            "{node}"
        );
        let tenants = node["outcomesByTenant"]["nodes"].as_array().unwrap();
        let sum = |name: &str| tenants.iter().map(|of| number(&of[name])).sum::<u64>();
        assert_eq!(sum("winsOn"), number(&node["winsOn"]), "{node}");
        assert_eq!(sum("losesOn"), number(&node["losesOn"]), "{node}");
        let told = sum("winsOn") + sum("losesOn") + sum("doesNotApplyOn");
        assert_eq!(told, sum("computerCount"), "{node}");
        (
            number(&node["winsOn"]),
            number(&node["losesOn"]),
            number(&node["conflictCount"]),
        )
    };
    all.as_array().unwrap().iter().map(of).collect()
}

fn everywhere() -> Value {
    json!({ "scope": { "crossTenant": true } })
}

fn of_tenant(tenant: &str) -> Value {
    json!({ "scope": { "singleTenant": { "tenantId": tenant, "includeChildren": false } } })
}

fn installed() -> Value {
    json!({ "kind": "INSTALLED_LATEST" })
}

fn uninstalled() -> Value {
    json!({ "kind": "UNINSTALLED" })
}

/// Two computers of Contoso, one of Fabrikam.
async fn office() -> (Office, String) {
    let office = Office::open().await;
    let fabrikam = office.admin.tenant("Fabrikam").await;
    office.computer(&office.contoso, "pc-1", DESKTOP).await;
    office.computer(&office.contoso, "pc-2", DESKTOP).await;
    office.computer(&fabrikam, "pc-3", DESKTOP).await;
    (office, fabrikam)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_deployments_shows_what_each_comes_to() {
    let (office, fabrikam) = office().await;
    office.deploy(everywhere(), installed()).await;
    office
        .deploy(of_tenant(&office.contoso), uninstalled())
        .await;
    let answer = office
        .admin
        .ask_raw("{ version: server { position } }", Value::Null)
        .await;
    let before = answer["extensions"]["position"].clone();
    assert_eq!(
        counted(&office.admin, Value::Null).await,
        [(1, 2, 0), (2, 0, 0)]
    );
    let newest = office.deploy(of_tenant(&office.contoso), installed()).await;
    let now = [(1, 2, 0), (0, 2, 1), (2, 0, 1)];
    assert_eq!(counted(&office.admin, Value::Null).await, now);
    let then = json!({ "position": before });
    assert_eq!(
        counted(&office.admin, then).await,
        [(1, 2, 0), (2, 0, 0)],
        "as it was"
    );
    assert_eq!(
        counted(&office.admin, Value::Null).await,
        now,
        "again, from the past to now"
    );

    // Who is confined to a tenant is told of its own alone.
    let own = office
        .admin
        .acting_as("TENANT_ADMIN", Some(&office.contoso))
        .await;
    assert_eq!(counted(&own, Value::Null).await, [(0, 2, 1), (2, 0, 1)]);
    let other = office
        .admin
        .acting_as("TENANT_ADMIN", Some(&fabrikam))
        .await;
    assert_eq!(counted(&other, Value::Null).await, []);

    let query = "query($id: ID!, $contoso: ID!, $fabrikam: ID!) { deployment(id: $id) {
        own: outcomes(tenantId: $contoso) { totalCount nodes { computer { name } outcome } }
        others: outcomes(tenantId: $fabrikam, outcome: DOES_NOT_APPLY) { totalCount }
        winning: outcomesByTenant(outcome: WINS) { nodes { tenant { name } computerCount winsOn losesOn doesNotApplyOn } }
        second: outcomesByTenant(last: 1) { totalCount nodes { tenant { name } computerCount doesNotApplyOn } } } }";
    let variables = json!({ "id": newest, "contoso": office.contoso, "fabrikam": fabrikam });
    let told = office.admin.ask(query, variables.clone()).await["deployment"].clone();
    assert_eq!(told["own"]["totalCount"], 2);
    assert_eq!(told["others"]["totalCount"], 1);
    assert_eq!(
        told["winning"]["nodes"],
        json!([{ "tenant": { "name": "Contoso" }, "computerCount": 2, "winsOn": 2, "losesOn": 0, "doesNotApplyOn": 0 }])
    );
    assert_eq!(
        told["second"],
        json!({ "totalCount": 2, "nodes": [{ "tenant": { "name": "Fabrikam" }, "computerCount": 1, "doesNotApplyOn": 1 }] })
    );
    assert_eq!(
        own.error_code(query, variables).await.as_deref(),
        Some("NOT_FOUND"),
        "another's tenant"
    );
}

/// The item and the scope of each, in the order of the list.
async fn listed(client: &Client, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ deployments({arguments}) {{ totalCount nodes {{ software {{ name }} target {{ text }} status }} }} }}"
    );
    let nodes = client.ask(&query, Value::Null).await["deployments"]["nodes"].clone();
    let one = |node: &Value| {
        let (software, target) = (&node["software"]["name"], &node["target"]["text"]);
        format!("{}: {}", text(software), text(target))
    };
    nodes.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn deployments_are_found_by_what_they_are_and_sorted_by_what_they_come_to() {
    let (office, fabrikam) = office().await;
    let admin = &office.admin;
    let editor = admin.software("Editor", &["1.0"]).await;
    admin
        .deploy(&office.reader, of_tenant(&fabrikam), installed())
        .await;
    admin.deploy(&editor, everywhere(), installed()).await;
    let disabled = admin
        .deploy(&editor, of_tenant(&office.contoso), installed())
        .await;
    let input = json!({ "softwareId": office.reader, "target": of_tenant(&office.contoso), "desired": installed(), "enforcement": "AD_HOC" });
    office
        .change(
            "createDeployment",
            "CreateDeploymentInput",
            input,
            "deployment { id }",
        )
        .await;
    office
        .change(
            "disableDeployment",
            "DisableDeploymentInput",
            json!({ "id": disabled }),
            "deployment { status }",
        )
        .await;
    let all = listed(admin, "first: 10").await;
    let [one, two, three, four] = &all[..] else {
        panic!("{all:?}")
    };
    assert!(
        one.starts_with("reader: ") && one.contains("Fabrikam"),
        "{one}"
    );
    let pick = async |filter: &str| listed(admin, &format!("filter: {{ {filter} }}")).await;
    assert_eq!(pick("text: \"EDIT\"").await, [two.clone(), three.clone()]);
    assert_eq!(
        pick("text: \"contoso\"").await,
        [three.clone(), four.clone()]
    );
    assert_eq!(
        pick("text: \"contoso\", enforcement: AD_HOC").await,
        [four.as_str()]
    );
    assert_eq!(pick("status: DISABLED").await, [three.as_str()]);
    assert_eq!(
        pick("status: ENABLED, text: \"nowhere\"").await,
        [] as [String; 0]
    );
    assert_eq!(pick("status: DELETED").await, [] as [String; 0]);
    assert_eq!(
        pick(&format!("tenantId: \"{fabrikam}\"")).await,
        [one.as_str()]
    );
    let sort = async |order: &str| listed(admin, &format!("orderBy: {{ {order} }}")).await;
    assert_eq!(
        sort("field: ITEM_NAME").await,
        [two, three, one, four].map(Clone::clone)
    );
    assert_eq!(
        sort("field: TENANT_NAME").await,
        [two, three, four, one].map(Clone::clone)
    );
    assert_eq!(sort("field: STATUS, direction: DESC").await[0], *three);
    assert_eq!(sort("field: ENFORCEMENT, direction: DESC").await[0], *four);
    let by_wins = "field: WINS_ON, direction: DESC";
    assert_eq!(
        sort(by_wins).await,
        [two, one, four, three].map(Clone::clone)
    );
    assert_eq!(sort("field: CONFLICT_COUNT").await, all);
    let page = listed(
        admin,
        &format!("orderBy: {{ {by_wins} }}, skip: 1, first: 1"),
    )
    .await;
    assert_eq!(page, [one.as_str()]);
    let other = admin.acting_as("TENANT_ADMIN", Some(&fabrikam)).await;
    assert_eq!(
        listed(
            &other,
            "filter: { text: \"r\" }, orderBy: { field: WINS_ON }"
        )
        .await,
        [one.as_str()]
    );
    let long = format!(
        "{{ deployments(filter: {{ text: \"{}\" }}) {{ totalCount }} }}",
        "a".repeat(201)
    );
    assert!(admin.error_code(&long, Value::Null).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_which_conflicts_arise_and_which_vanish() {
    let (office, _) = office().await;
    let older = office
        .deploy(of_tenant(&office.contoso), uninstalled())
        .await;
    let newer = office.deploy(of_tenant(&office.contoso), installed()).await;
    let query = "query($change: PreviewInput!, $kind: ConflictChangeKind) { previewChange(change: $change) { userErrors { code } difference {
        conflicts(kind: $kind) { totalCount nodes { kind computerCountBefore computerCountAfter
            newer { deploymentId deployment { winsOn } targetText } older { deploymentId deployment { winsOn } targetText } } } } } }";
    let preview = async |client: &Client, change: Value, kind: Value| {
        let variables = json!({ "change": change, "kind": kind });
        let told =
            client.ask(query, variables).await["previewChange"]["difference"]["conflicts"].clone();
        let nodes = told["nodes"].as_array().unwrap().clone();
        assert_eq!(told["totalCount"], nodes.len());
        nodes
    };
    let delete = json!({ "deleteDeployment": { "id": newer } });
    let told = preview(&office.admin, delete.clone(), Value::Null).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["kind"], "VANISHES");
    assert_eq!(told[0]["computerCountBefore"], 2);
    assert_eq!(told[0]["computerCountAfter"], 0);
    assert_eq!(told[0]["newer"]["deploymentId"], json!(newer));
    assert_eq!(told[0]["older"]["deploymentId"], json!(older));
    assert!(
        text(&told[0]["older"]["targetText"]).contains("Contoso"),
        "{told:?}"
    );
    assert_eq!(
        preview(&office.admin, delete, json!("ARISES")).await,
        [] as [Value; 0]
    );

    // The newest one decides: it is in conflict with the one that decided, and says what the oldest says.
    let create = json!({ "createDeployment": { "softwareId": office.reader, "target": of_tenant(&office.contoso), "desired": uninstalled() } });
    let told = preview(&office.admin, create.clone(), json!("ARISES")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["older"]["deploymentId"], json!(newer));
    assert_eq!(told[0]["computerCountAfter"], 2);
    let then = [&told[0]["newer"], &told[0]["older"]].map(|of| of["deployment"]["winsOn"].clone());
    assert_eq!(then, [json!(2), json!(0)], "as it would be");
    assert!(text(&told[0]["newer"]["targetText"]).contains("Contoso"));
    let told = preview(&office.admin, create.clone(), json!("VANISHES")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["older"]["deploymentId"], json!(older));
    let own = office
        .admin
        .acting_as("TENANT_ADMIN", Some(&office.contoso))
        .await;
    assert_eq!(preview(&own, create, Value::Null).await.len(), 2);

    // One computer fewer.
    let pc = "{ computers(first: 1) { nodes { id } } }";
    let pc = office.admin.ask(pc, Value::Null).await["computers"]["nodes"][0]["id"].clone();
    let exclude = json!({ "setComputerMaintenanceExclusion": { "id": pc, "isExcluded": true } });
    let told = preview(&office.admin, exclude, json!("NARROWS")).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (
            &told[0]["computerCountBefore"],
            &told[0]["computerCountAfter"]
        ),
        (&json!(2), &json!(1))
    );
    // Nothing was saved.
    assert_eq!(
        counted(&office.admin, Value::Null).await,
        [(0, 2, 1), (2, 0, 1)]
    );
}

/// An editor knows from the server what it may write, and what it offers is taken.
#[tokio::test(flavor = "multi_thread")]
async fn an_editor_completes_expressions_from_the_schema() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let query = "{ expressionSchema { facts { path factType typeName isVersion values description operations { name form example } }
        connectives { name form example } }
        server { limits { confirmAbove maxExpressionBytes maxExpressionParts maxExpressionDepth maxNameChars maxTags } } }";
    let told = admin.ask(query, Value::Null).await;
    let limits = &told["server"]["limits"];
    assert_eq!(limits["confirmAbove"], 25);
    assert_eq!(limits["maxNameChars"], 200);
    let facts = told["expressionSchema"]["facts"].as_array().unwrap();
    assert!(facts.len() > 20, "{facts:?}");
    let class = facts
        .iter()
        .find(|fact| fact["path"] == "computer.class")
        .unwrap();
    assert_eq!(
        class["values"],
        json!(["workstation", "portable", "server"])
    );
    assert_eq!(class["factType"], "TEXT");
    let software = admin.software("reader", &["1.0"]).await;
    let examples = facts
        .iter()
        .flat_map(|fact| fact["operations"].as_array().unwrap());
    let connectives = told["expressionSchema"]["connectives"].as_array().unwrap();
    let all: Vec<String> = examples
        .chain(connectives)
        .map(|of| text(&of["example"]))
        .collect();
    assert!(all.len() > 100, "{}", all.len());
    let preview = "query($change: PreviewInput!) { previewChange(change: $change) { userErrors { code message } } }";
    for expression in all.iter().step_by(9) {
        let target = json!({ "scope": { "singleTenant": { "tenantId": tenant } }, "membership": { "expression": expression } });
        let change = json!({ "createDeployment": { "softwareId": software, "target": target, "desired": installed() } });
        let told = admin.ask(preview, json!({ "change": change })).await;
        assert_eq!(
            told["previewChange"]["userErrors"],
            json!([]),
            "{expression}"
        );
    }
}
