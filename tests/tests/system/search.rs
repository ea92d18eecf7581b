//! Finding things by what people call them, and sessions by what they were asked for.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::{Agent, Client, Server};

/// What is found: kind, title, by what.
async fn found(client: &Client, arguments: &str) -> Vec<[String; 3]> {
    let query =
        format!("{{ search({arguments}) {{ kind title matched node {{ id __typename }} }} }}");
    let hits = client.ask(&query, Value::Null).await["search"].clone();
    let of = |hit: &Value| {
        assert_ne!(hit["node"]["id"], Value::Null, "{hit}");
        ["kind", "title", "matched"].map(|field| hit[field].as_str().unwrap().to_owned())
    };
    hits.as_array().unwrap().iter().map(of).collect()
}

fn hit(words: [&str; 3]) -> [String; 3] {
    words.map(str::to_owned)
}

/// A tenant with one of each, of which the computer is Ada's, and another tenant.
struct World {
    other: String,
    computer: String,
    ada: String,
    _agent: Agent,
}

async fn world(server: &Server, admin: &Client, folder: &TempDir) -> World {
    let contoso = admin.tenant("Contoso").await;
    let other = admin.tenant("The Contoso Branch").await;
    let enrolment = admin.enrolment_token(&contoso, 1).await;
    let agent = Agent::start(folder.path(), "con-pc", 3, &server.base(), &enrolment);
    let computer = admin.online("con-pc").await;
    let ada =
        format!("{{ tenantId: \"{contoso}\", name: \"Ada L\", upn: \"ada@contoso.example\" }}");
    let ada = admin.made("addPerson", "person", &ada).await;
    let group =
        format!("{{ tenantId: \"{contoso}\", kind: DEVICE, name: \"Laptops of Contoso\" }}");
    admin.made("createGroup", "group", &group).await;
    let change = "mutation($id: ID!, $person: ID!) {
        setComputerPrimaryPerson(input: { id: $id, personId: $person }) { userErrors { code } }
        reportInventoryDetail(input: { id: $id, serialNumber: \"PF-0815\" }) { userErrors { code } }
        changeTags(input: { on: { computerId: $id }, add: [\"VIP\"] }) { userErrors { code } } }";
    admin
        .ask(change, json!({ "id": computer, "person": ada }))
        .await;
    let tool = admin.software("Zip-Tool", &["1.0"]).await;
    let of_tenant = json!({ "scope": { "singleTenant": { "tenantId": contoso } } });
    let ignored = json!({ "kind": "IGNORED" });
    admin.deploy(&tool, of_tenant, ignored).await;
    World {
        other,
        computer,
        ada,
        _agent: agent,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_found_by_what_people_call_them() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let world = world(&server, &admin, &folder).await;
    let World {
        other,
        computer,
        ada,
        ..
    } = &world;
    let told = found(&admin, "text: \"CONTOSO\"").await;
    let expected = [
        ["TENANT", "Contoso", "NAME"],
        ["TENANT", "The Contoso Branch", "NAME"],
        ["COMPUTER", "con-pc", "UPN"],
        ["PERSON", "Ada L", "UPN"],
        ["DEPLOYMENT", "Zip-Tool", "TARGET_TEXT"],
        ["GROUP", "Laptops of Contoso", "NAME"],
    ];
    assert_eq!(told, expected.map(hit));
    for (text, expected) in [
        (
            "con-p",
            vec![["COMPUTER", "con-pc", "NAME"], ["AGENT", "con-pc", "NAME"]],
        ),
        ("f-08", vec![["COMPUTER", "con-pc", "SERIAL_NUMBER"]]),
        ("vip", vec![["COMPUTER", "con-pc", "TAG"]]),
        (
            "ada",
            vec![
                ["COMPUTER", "con-pc", "PERSON_NAME"],
                ["PERSON", "Ada L", "NAME"],
            ],
        ),
        (
            "tool",
            vec![
                ["SOFTWARE", "Zip-Tool", "NAME"],
                ["DEPLOYMENT", "Zip-Tool", "ITEM_NAME"],
            ],
        ),
        ("nowhere", vec![]),
        (" ", vec![]),
    ] {
        let told = found(&admin, &format!("text: \"{text}\"")).await;
        let expected: Vec<_> = expected.into_iter().map(hit).collect();
        assert_eq!(told, expected, "{text}");
    }
    assert_eq!(found(&admin, "text: \"contoso\", first: 1").await.len(), 1);
    let people = found(&admin, "text: \"contoso\", kinds: [PERSON, GROUP]").await;
    assert_eq!(people.len(), 2);
    let details = "{ search(text: \"con-pc\") { detail } }";
    let details = admin.ask(details, Value::Null).await["search"].clone();
    assert_eq!(
        details,
        json!([{ "detail": "Contoso" }, { "detail": "Contoso" }])
    );
    let uuid = "query($id: ID!) { computer(id: $id) { hardware { uuid } } }";
    let uuid = admin.ask(uuid, json!({ "id": computer })).await;
    let uuid = uuid["computer"]["hardware"]["uuid"]
        .as_str()
        .unwrap()
        .to_uppercase();
    let by_hardware = found(&admin, &format!("text: \"{uuid}\"")).await;
    assert_eq!(by_hardware, [hit(["COMPUTER", "con-pc", "HARDWARE_UUID"])]);

    // Whoever may not see a thing does not find it, nor what is gone; as it was it is found.
    let stranger = admin.acting_as("TENANT_ADMIN", Some(other)).await;
    assert_eq!(
        found(&stranger, "text: \"ada\"").await,
        Vec::<[String; 3]>::new()
    );
    let own = found(&stranger, "text: \"contoso\"").await;
    assert_eq!(own, [hit(["TENANT", "The Contoso Branch", "NAME"])]);
    let before = admin.ask_raw("{ version }", Value::Null).await["extensions"]["position"].clone();
    let remove = format!(
        "mutation {{ removePerson(input: {{ id: \"{ada}\" }}) {{ userErrors {{ code }} }} removeComputer(input: {{ id: \"{computer}\" }}) {{ userErrors {{ code }} }} }}"
    );
    admin.ask(&remove, Value::Null).await;
    assert_eq!(
        found(&admin, "text: \"ada\"").await,
        Vec::<[String; 3]>::new()
    );
    let then = format!("text: \"ada\", asOf: {{ position: {before} }}");
    assert_eq!(found(&admin, &then).await.len(), 2);

    for (arguments, code) in [
        ("text: \"a\", first: 51".to_owned(), "BAD_USER_INPUT"),
        (format!("text: \"{}\"", "a".repeat(201)), "BAD_USER_INPUT"),
    ] {
        let query = format!("{{ search({arguments}) {{ title }} }}");
        let told = admin.error_code(&query, Value::Null).await;
        assert_eq!(told.as_deref(), Some(code), "{arguments}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_found_by_what_they_were_asked_for() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let contoso = admin.tenant("Contoso").await;
    let enrolment = admin.enrolment_token(&contoso, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &enrolment);
    let computer = admin.online("pc").await;
    let tool = admin.software("tool", &["1.0"]).await;
    let cross = admin.deploy_everywhere(&tool).await;
    let start = "mutation($input: StartSessionInput!) { startSession(input: $input) { session { id } userErrors { code message } } }";
    let mut made = vec![];
    for input in [
        json!({ "computerId": computer }),
        json!({ "computerId": computer, "softwareId": tool }),
        json!({ "computerId": computer, "deploymentId": cross }),
    ] {
        let answer = admin.ask(start, json!({ "input": input })).await["startSession"].clone();
        let id = answer["session"]["id"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        admin.over(id).await;
        made.push(id.to_owned());
    }
    let asked =
        "query($filter: SessionFilter) { sessions(filter: $filter) { totalCount nodes { id } } }";
    for (filter, expected) in [
        (json!({ "kind": "FULL" }), &made[..1]),
        (json!({ "kind": "SINGLE_ITEM" }), &made[1..2]),
        (json!({ "softwareId": tool }), &made[1..2]),
        (
            json!({ "kind": "AD_HOC", "computerId": computer }),
            &made[2..],
        ),
        (json!({ "deploymentId": cross }), &made[2..]),
        (json!({ "deploymentId": cross, "kind": "FULL" }), &[]),
        (json!({ "statuses": ["PASSED"] }), &made[..]),
    ] {
        let told = admin.ask(asked, json!({ "filter": filter })).await["sessions"].clone();
        let nodes = told["nodes"].as_array().unwrap().iter();
        let ids: Vec<&str> = nodes.map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{filter}");
        assert_eq!(told["totalCount"], expected.len());
    }
}
