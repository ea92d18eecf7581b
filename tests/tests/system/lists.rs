//! Lists that people sort and filter, what can be read and written back, and what is wrong where.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server, eventually};

async fn names(client: &Client, list: &str, arguments: &str) -> Vec<String> {
    let query = format!("{{ {list}({arguments}) {{ nodes {{ name }} }} }}");
    let answer = client.ask(&query, Value::Null).await;
    let nodes = answer[list]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| text(&node["name"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_in_the_order_that_is_asked_for_page_by_page() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for name in ["beta", "Alpha", "gamma", "Beta", "delta"] {
        admin.tenant(name).await;
    }
    let by_name = ["Alpha", "beta", "Beta", "delta", "gamma"];
    let created = ["beta", "Alpha", "gamma", "Beta", "delta"];
    for (field, ascending) in [("NAME", by_name), ("CREATED_AT", created)] {
        for direction in ["ASC", "DESC"] {
            let mut all: Vec<&str> = ascending.to_vec();
            if direction == "DESC" {
                all.reverse();
            }
            let order = format!("orderBy: {{ field: {field}, direction: {direction} }}");
            assert_eq!(names(&admin, "tenants", &order).await, all, "{order}");
            for (size, cursor, more) in [
                ("first", "after", "hasNextPage"),
                ("last", "before", "hasPreviousPage"),
            ] {
                let mut told: Vec<String> = vec![];
                let mut place = String::new();
                loop {
                    let query = format!(
                        "{{ tenants({order}, {size}: 2{place}) {{ totalCount pageInfo {{ {more} startCursor endCursor }} nodes {{ name }} }} }}"
                    );
                    let page = admin.ask(&query, Value::Null).await["tenants"].clone();
                    assert_eq!(page["totalCount"], 5);
                    let page_names = page["nodes"].as_array().unwrap().iter();
                    let page_names: Vec<String> =
                        page_names.map(|node| text(&node["name"])).collect();
                    let at = if size == "first" { told.len() } else { 0 };
                    told.splice(at..at, page_names);
                    if page["pageInfo"][more] == false {
                        break;
                    }
                    let side = if size == "first" {
                        "endCursor"
                    } else {
                        "startCursor"
                    };
                    place = format!(", {cursor}: {}", page["pageInfo"][side]);
                }
                assert_eq!(told, all, "{order} by {size}");
            }
        }
    }

    // A cursor is of its list and its order.
    let first = "{ tenants(orderBy: { field: NAME }, first: 1) { pageInfo { endCursor } } }";
    let first = admin.ask(first, Value::Null).await;
    let cursor = &first["tenants"]["pageInfo"]["endCursor"];
    for elsewhere in [
        format!("{{ tenants(after: {cursor}) {{ totalCount }} }}"),
        format!(
            "{{ tenants(orderBy: {{ field: NAME, direction: DESC }}, after: {cursor}) {{ totalCount }} }}"
        ),
        format!("{{ catalogue(orderBy: {{ field: NAME }}, after: {cursor}) {{ totalCount }} }}"),
        format!("{{ computers(after: {cursor}) {{ totalCount }} }}"),
    ] {
        let code = admin.error_code(&elsewhere, Value::Null).await;
        assert_eq!(code.as_deref(), Some("BAD_USER_INPUT"), "{elsewhere}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_filtered_by_what_a_script_looks_for() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let contoso = admin.tenant("Contoso").await;
    let input = format!("{{ name: \"Contoso Branch\", parentId: \"{contoso}\" }}");
    admin.made("createTenant", "tenant", &input).await;
    admin.tenant("Fabrikam").await;
    let tag = "mutation($id: ID!) { changeTags(input: { on: { tenantId: $id }, add: [\"VIP\"] }) { userErrors { code } } }";
    admin.ask(tag, json!({ "id": contoso })).await;
    for name in ["Ada", "Grace"] {
        let input = format!(
            "{{ tenantId: \"{contoso}\", name: \"{name}\", upn: \"{name}@contoso.example\" }}"
        );
        admin.made("addPerson", "person", &input).await;
    }
    for name in ["7-Zip", "Reader"] {
        admin.software(name, &["1.0"]).await;
    }
    for (kind, name) in [("DEVICE", "Laptops"), ("DIRECTORY", "Finance")] {
        let input = format!("{{ tenantId: \"{contoso}\", kind: {kind}, name: \"{name}\" }}");
        admin.made("createGroup", "group", &input).await;
    }
    for (list, filter, expected) in [
        (
            "tenants",
            "nameContains: \"CONTOSO\"".to_owned(),
            vec!["Contoso", "Contoso Branch"],
        ),
        (
            "tenants",
            format!("parentId: \"{contoso}\""),
            vec!["Contoso Branch"],
        ),
        ("tenants", "tag: \"vip\"".to_owned(), vec!["Contoso"]),
        (
            "people",
            "textContains: \"GRACE@\"".to_owned(),
            vec!["Grace"],
        ),
        (
            "people",
            format!("tenantId: \"{contoso}\", textContains: \"a\""),
            vec!["Ada", "Grace"],
        ),
        (
            "catalogue",
            "nameContains: \"zip\"".to_owned(),
            vec!["7-Zip"],
        ),
        ("groups", "kind: DIRECTORY".to_owned(), vec!["Finance"]),
        (
            "groups",
            "nameContains: \"lap\"".to_owned(),
            vec!["Laptops"],
        ),
    ] {
        let told = names(&admin, list, &format!("filter: {{ {filter} }}")).await;
        assert_eq!(told, expected, "{list} {filter}");
    }
    // What is no type of event never happens, and nobody would notice.
    let typo =
        "{ events(filter: { types: [\"TenantCreated\", \"tenantrenamed\"] }) { nodes { type } } }";
    let answer = admin.ask_raw(typo, Value::Null).await;
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT");
    assert!(
        text(&error["message"]).contains("TenantRenamed is meant"),
        "{error}"
    );
    assert_eq!(answer["data"], json!({ "events": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_connected_is_seen_last_on_every_page() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let contoso = admin.tenant("Contoso").await;
    let folder = TempDir::new().unwrap();
    let enrolment = admin.enrolment_token(&contoso, 4).await;
    let mut agent = Agent::start(folder.path(), "pc-1", 3, &server.base(), &enrolment);
    admin.online("pc-1").await;
    // Those that are connected are all seen last now, whenever a page is asked for.
    let start = |name: &str| Agent::start(folder.path(), name, 3, &server.base(), &enrolment);
    let others = ["pc-2", "pc-3", "pc-4"].map(start);
    for name in ["pc-2", "pc-3", "pc-4"] {
        admin.online(name).await;
    }
    for direction in ["ASC", "DESC"] {
        let (mut told, mut after) = (vec![], String::new());
        for _ in 0..4 {
            let query = format!(
                "{{ computers(orderBy: {{ field: LAST_SEEN_AT, direction: {direction} }}, first: 1{after}) {{ nodes {{ name }} pageInfo {{ endCursor }} }} }}"
            );
            let page = admin.ask(&query, Value::Null).await["computers"].clone();
            told.push(text(&page["nodes"][0]["name"]));
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        told.sort();
        assert_eq!(told, ["pc-1", "pc-2", "pc-3", "pc-4"], "{direction}");
    }
    let debian = "filter: { osFamily: LINUX, nameContains: \"1\" }";
    assert_eq!(names(&admin, "computers", debian).await, ["pc-1"]);
    let windows = "filter: { osFamily: WINDOWS }";
    assert_eq!(
        names(&admin, "computers", windows).await,
        Vec::<String>::new()
    );
    let connected = "filter: { isConnected: true, standing: TRUSTED, nameContains: \"PC-1\" }";
    assert_eq!(names(&admin, "agents", connected).await, ["pc-1"]);
    agent.stop().await;
    eventually("the agent is seen to be gone", || async {
        let gone = names(&admin, "agents", "filter: { isConnected: false }").await;
        (gone == ["pc-1"]).then_some(())
    })
    .await;
    let stale =
        "filter: { lastSeenBefore: \"2999-01-01T00:00:00Z\" }, orderBy: { field: LAST_SEEN_AT }";
    for list in ["agents", "computers"] {
        let stale = names(&admin, list, stale).await;
        assert_eq!(
            stale.first().map(String::as_str),
            Some("pc-1"),
            "{list}: it went first"
        );
        assert_eq!(stale.len(), 4);
        let recent = "filter: { lastSeenAfter: \"2999-01-01T00:00:00Z\" }";
        assert_eq!(names(&admin, list, recent).await, Vec::<String>::new());
    }
    drop(others);
}

/// Four computers of two tenants, the first of which is Ada's and the second of which has gone.
async fn fleet(server: &Server, admin: &Client, folder: &TempDir) -> (Vec<Agent>, String) {
    let (mut agents, mut person) = (vec![], String::new());
    for (tenant, names) in [
        ("Zeta", [("ws-1", 3), ("WS-3", 3)]),
        ("alpha", [("srv-2", 17), ("lap-4", 9)]),
    ] {
        let tenant = admin.tenant(tenant).await;
        let enrolment = admin.enrolment_token(&tenant, 2).await;
        for (name, chassis) in names {
            let agent = Agent::start(folder.path(), name, chassis, &server.base(), &enrolment);
            agents.push(agent);
            let id = admin.online(name).await;
            if name != "ws-1" {
                continue;
            }
            let ada = format!(
                "{{ tenantId: \"{tenant}\", name: \"Ada Lovelace\", upn: \"AL@zeta.example\" }}"
            );
            person = admin.made("addPerson", "person", &ada).await;
            let change = "mutation($id: ID!, $person: ID!) {
                setComputerPrimaryPerson(input: { id: $id, personId: $person }) { userErrors { code } }
                setComputerMaintenanceExclusion(input: { id: $id, isExcluded: true }) { userErrors { code } }
                reportInventoryDetail(input: { id: $id, serialNumber: \"PF-0815\" }) { userErrors { code } }
                changeTags(input: { on: { computerId: $id }, add: [\"VIP\"] }) { userErrors { code } } }";
            admin
                .ask(change, json!({ "id": id, "person": person }))
                .await;
        }
    }
    agents[1].stop().await;
    eventually("the agent is seen to be gone", || async {
        let gone = names(admin, "computers", "filter: { isOnline: false }").await;
        (gone == ["WS-3"]).then_some(())
    })
    .await;
    (agents, person)
}

#[tokio::test(flavor = "multi_thread")]
async fn computers_are_sorted_and_found_by_what_people_look_for() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let (agents, ada) = fleet(&server, &admin, &folder).await;
    for (field, ascending) in [
        ("CREATED_AT", ["ws-1", "WS-3", "srv-2", "lap-4"]),
        ("NAME", ["lap-4", "srv-2", "ws-1", "WS-3"]),
        ("TENANT_NAME", ["srv-2", "lap-4", "ws-1", "WS-3"]),
        ("PERSON_NAME", ["WS-3", "srv-2", "lap-4", "ws-1"]),
        ("OPERATING_SYSTEM", ["ws-1", "WS-3", "srv-2", "lap-4"]),
        ("COMPUTER_CLASS", ["ws-1", "WS-3", "lap-4", "srv-2"]),
        ("ONBOARDING", ["ws-1", "WS-3", "srv-2", "lap-4"]),
        ("IS_ONLINE", ["WS-3", "ws-1", "srv-2", "lap-4"]),
        ("LAST_SEEN_AT", ["WS-3", "ws-1", "srv-2", "lap-4"]),
    ] {
        let mut all = ascending.to_vec();
        for direction in ["ASC", "DESC"] {
            let order = format!("orderBy: {{ field: {field}, direction: {direction} }}");
            for skip in 0..5 {
                let page = format!("{order}, first: 2, skip: {skip}");
                let expected: Vec<&str> = all.iter().copied().skip(skip).take(2).collect();
                assert_eq!(names(&admin, "computers", &page).await, expected, "{page}");
            }
            // By cursors, one after another.
            let (mut told, mut place) = (vec![], String::new());
            for _ in 0..4 {
                let query = format!(
                    "{{ computers({order}, first: 1{place}) {{ totalCount nodes {{ name }} pageInfo {{ endCursor }} }} }}"
                );
                let page = admin.ask(&query, Value::Null).await["computers"].clone();
                assert_eq!(page["totalCount"], 4);
                told.push(text(&page["nodes"][0]["name"]));
                place = format!(", after: {}", page["pageInfo"]["endCursor"]);
            }
            assert_eq!(told, all, "{order}");
            all.reverse();
        }
    }
    for (filter, expected) in [
        ("text: \"WS-\"", vec!["ws-1", "WS-3"]),
        ("text: \"pf-08\"", vec!["ws-1"]),
        ("text: \"lovelace\"", vec!["ws-1"]),
        ("text: \"AL@ZETA\"", vec!["ws-1"]),
        ("text: \"vip\"", vec!["ws-1"]),
        ("text: \"nowhere\"", vec![]),
        ("isExcludedFromMaintenance: true", vec!["ws-1"]),
        (
            "isExcludedFromMaintenance: false",
            vec!["WS-3", "srv-2", "lap-4"],
        ),
        ("computerClass: WORKSTATION, isOnline: true", vec!["ws-1"]),
    ] {
        let arguments = format!("filter: {{ {filter} }}");
        let told = names(&admin, "computers", &arguments).await;
        assert_eq!(told, expected, "{filter}");
        let count = format!("{{ computers({arguments}, first: 1) {{ totalCount }} }}");
        let count = admin.ask(&count, Value::Null).await;
        assert_eq!(count["computers"]["totalCount"], expected.len(), "{filter}");
    }
    let of_ada = format!("filter: {{ personId: \"{ada}\" }}");
    assert_eq!(names(&admin, "computers", &of_ada).await, ["ws-1"]);
    // Whoever left is nobody's primary person any more.
    let leave = format!(
        "mutation {{ removePerson(input: {{ id: \"{ada}\" }}) {{ userErrors {{ code }} }} }}"
    );
    admin.ask(&leave, Value::Null).await;
    for filter in [of_ada.as_str(), "filter: { text: \"lovelace\" }"] {
        let told = names(&admin, "computers", filter).await;
        assert_eq!(told, Vec::<String>::new(), "{filter}");
    }
    drop(agents);
}

/// Without the members that are null, as a program leaves them out.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_nulls(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_written_back_as_it_is_read() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let contoso = admin.tenant("Contoso").await;
    let software = admin.software("tool", &["1.0"]).await;
    let ada = format!("{{ tenantId: \"{contoso}\", name: \"Ada\" }}");
    let ada = admin.made("addPerson", "person", &ada).await;
    let group =
        |kind: &str| format!("{{ tenantId: \"{contoso}\", kind: {kind}, name: \"{kind}\" }}");
    let devices = admin.made("createGroup", "group", &group("DEVICE")).await;
    let directory = admin
        .made("createGroup", "group", &group("DIRECTORY"))
        .await;
    let one = json!({ "singleTenant": { "tenantId": contoso, "includeChildren": true } });
    let targets = [
        json!({ "scope": { "crossTenant": true } }),
        json!({ "scope": one, "filter": "SERVERS" }),
        json!({ "scope": { "personId": ada } }),
        json!({ "scope": one, "membership": { "tag": { "tag": "vip", "on": "PERSON" } } }),
        json!({ "scope": one, "membership": { "deviceGroupId": devices } }),
        json!({ "scope": one, "membership": { "directoryGroupId": directory } }),
        json!({ "scope": one, "membership": { "agreementType": "Managed" } }),
        json!({ "scope": one, "membership": { "agreementProduct": "Backup" } }),
        json!({ "scope": one, "membership": { "metascript": "has-gpu" } }),
        json!({ "scope": one, "membership": { "expression": "computer.name == \"pc\"" } }),
    ];
    let desired = [
        json!({ "kind": "INSTALLED_EXACTLY", "version": "1.0" }),
        json!({ "kind": "INSTALLED_LATEST" }),
        json!({ "kind": "UNINSTALLED" }),
    ];
    let read = "query($id: ID!) { deployment(id: $id) { revision
        target { scope { crossTenant singleTenant { tenantId includeChildren } computerId personId }
            membership { allComputers tag { tag on } deviceGroupId agreementType agreementProduct metascript expression directoryGroupId }
            filter }
        desired { kind version } } }";
    let write = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input) { deployment { revision } userErrors { code message } } }";
    for (n, target) in targets.into_iter().enumerate() {
        let id = admin
            .deploy(&software, target, desired[n % 3].clone())
            .await;
        let found = admin.ask(read, json!({ "id": id })).await["deployment"].clone();
        let input = json!({ "id": id, "target": without_nulls(&found["target"]), "desired": found["desired"] });
        let answer = admin.ask(write, json!({ "input": input })).await;
        let unchanged =
            json!({ "deployment": { "revision": found["revision"] }, "userErrors": [] });
        assert_eq!(answer["changeDeployment"], unchanged, "{found}");
    }
    let refused =
        json!({ "input": { "id": "x", "desired": { "kind": "UNINSTALLED", "version": "1.0" } } });
    let code = admin.error_code(write, refused).await;
    assert_eq!(code.as_deref(), Some("INVALID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_id_is_told_in_one_place_and_where() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let contoso = admin.tenant("Contoso").await;
    let software = admin.software("tool", &["1.0"]).await;
    let nobody = "01a21eac-55bd-7490-8a04-ee23b145b8a6";
    let create = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input) { userErrors { code field } } }";
    let preview = "query($input: CreateDeploymentInput!) { previewChange(change: { createDeployment: $input }) { userErrors { code field } } }";
    let way = ["target", "scope", "singleTenant", "tenantId"];
    for (id, code) in [
        ("x", "INVALID"),
        (software.as_str(), "INVALID"),
        (nobody, "NOT_FOUND"),
    ] {
        let target = json!({ "scope": { "singleTenant": { "tenantId": id } } });
        let input = json!({ "softwareId": software, "target": target, "desired": { "kind": "UNINSTALLED" } });
        let input = json!({ "input": input });
        let wrong = |argument: &[&str]| {
            let field = [argument, &way].concat();
            json!([{ "code": code, "field": field }])
        };
        let answer = admin.ask_raw(create, input.clone()).await["data"].clone();
        assert_eq!(
            answer["createDeployment"]["userErrors"],
            wrong(&["input"]),
            "{id}"
        );
        let answer = admin.ask_raw(preview, input).await["data"].clone();
        let wrong = wrong(&["change", "createDeployment"]);
        assert_eq!(answer["previewChange"]["userErrors"], wrong, "{id}");
    }

    let group = format!("{{ tenantId: \"{contoso}\", kind: DIRECTORY, name: \"Finance\" }}");
    let group = admin.made("createGroup", "group", &group).await;
    let ada = format!("{{ tenantId: \"{contoso}\", name: \"Ada\" }}");
    let ada = admin.made("addPerson", "person", &ada).await;
    let change = "mutation($group: ID!, $people: [ID!]) { changeGroupMembers(input: { id: $group, add: { personIds: $people } })
        { userErrors { code field } } }";
    let answer = admin
        .ask_raw(change, json!({ "group": group, "people": [ada, nobody] }))
        .await["data"]
        .clone();
    let wrong = json!([{ "code": "NOT_FOUND", "field": ["input", "add", "personIds", "1"] }]);
    assert_eq!(answer["changeGroupMembers"]["userErrors"], wrong);
}
