//! Which tags are in use: what carries them is counted, as far as whoever asks may see it.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::{Agent, Client, Server};

/// Each tag that is told, on how many computers, tenants and people it is.
async fn used(client: &Client, arguments: &str) -> Vec<(String, [u64; 3])> {
    let query = format!(
        "{{ tags{arguments} {{ totalCount nodes {{ tag computerCount tenantCount personCount }} }} }}"
    );
    let told = client.ask(&query, Value::Null).await["tags"].clone();
    let of = |node: &Value| {
        let counts = ["computerCount", "tenantCount", "personCount"];
        let counts = counts.map(|count| node[count].as_u64().unwrap());
        (node["tag"].as_str().unwrap().to_owned(), counts)
    };
    told["nodes"].as_array().unwrap().iter().map(of).collect()
}

fn words(used: &[(String, [u64; 3])]) -> Vec<&str> {
    used.iter().map(|(tag, _)| tag.as_str()).collect()
}

fn is(tag: &str, counts: [u64; 3]) -> (String, [u64; 3]) {
    (tag.to_owned(), counts)
}

async fn tag(client: &Client, on: Value, tags: &[&str]) {
    let change = "mutation($on: TagBearerInput!, $add: [String!]!) {
        changeTags(input: { on: $on, add: $add }) { userErrors { code } } }";
    let answer = client.ask(change, json!({ "on": on, "add": tags })).await;
    assert_eq!(answer["changeTags"]["userErrors"], json!([]));
}

async fn person(client: &Client, tenant: &str, name: &str) -> String {
    let input = format!("{{ tenantId: \"{tenant}\", name: \"{name}\" }}");
    client.made("addPerson", "person", &input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_counted_for_whoever_may_see_what_carries_them() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let (own, other) = (admin.tenant("Own").await, admin.tenant("Other").await);
    let enrolment = admin.enrolment_token(&own, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &enrolment);
    let computer = admin.online("pc").await;
    let (ada, bob) = (
        person(&admin, &own, "Ada").await,
        person(&admin, &other, "Bob").await,
    );
    tag(&admin, json!({ "computerId": computer }), &["VIP", "lab"]).await;
    tag(&admin, json!({ "tenantId": own }), &["gold"]).await;
    tag(&admin, json!({ "tenantId": other }), &["gold", "away"]).await;
    tag(&admin, json!({ "personId": ada }), &["vip"]).await;
    tag(&admin, json!({ "personId": bob }), &["Vip", "secret"]).await;
    let before = admin.ask_raw("{ version }", Value::Null).await["extensions"]["position"].clone();

    let all = [
        is("away", [0, 1, 0]),
        is("gold", [0, 2, 0]),
        is("lab", [1, 0, 0]),
        is("secret", [0, 0, 1]),
        is("vip", [1, 0, 2]),
    ];
    let owns = [
        is("gold", [0, 1, 0]),
        is("lab", [1, 0, 0]),
        is("vip", [1, 0, 1]),
    ];
    assert_eq!(used(&admin, "").await, all);
    let of_own = format!("(filter: {{ tenantId: \"{own}\" }})");
    assert_eq!(used(&admin, &of_own).await, owns);

    let member = admin.acting_as("TENANT_MEMBER", Some(&own)).await;
    let stranger = admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    assert_eq!(used(&member, "").await, owns, "nothing of the other tenant");
    let others = [
        is("away", [0, 1, 0]),
        is("gold", [0, 1, 0]),
        is("secret", [0, 0, 1]),
        is("vip", [0, 0, 1]),
    ];
    assert_eq!(used(&stranger, "").await, others);
    let query = format!("{{ tags{of_own} {{ totalCount }} }}");
    let refused = stranger.error_code(&query, Value::Null).await;
    assert_eq!(refused.as_deref(), Some("NOT_FOUND"));

    let part = used(&admin, "(filter: { textContains: \"VI\" })").await;
    assert_eq!(part, [is("vip", [1, 0, 2])]);
    let most = "(orderBy: { field: PERSON_COUNT, direction: DESC }, first: 2)";
    assert_eq!(words(&used(&admin, most).await), ["vip", "secret"]);
    let skipped = "(orderBy: { field: COMPUTER_COUNT }, skip: 3, first: 5)";
    assert_eq!(words(&used(&admin, skipped).await), ["lab", "vip"]);
    let page = "{ tags(first: 3) { totalCount pageInfo { endCursor hasNextPage } } }";
    let page = admin.ask(page, Value::Null).await["tags"].clone();
    assert_eq!(
        (&page["totalCount"], &page["pageInfo"]["hasNextPage"]),
        (&json!(5), &json!(true))
    );
    let next = format!("(after: {})", page["pageInfo"]["endCursor"]);
    assert_eq!(words(&used(&admin, &next).await), ["secret", "vip"]);

    // What was removed counts no more, but did.
    let remove = "mutation($computer: ID!, $tenant: ID!) {
        removeComputer(input: { id: $computer }) { userErrors { code } }
        removeTenant(input: { id: $tenant }) { userErrors { code } } }";
    let ids = json!({ "computer": computer, "tenant": other });
    admin.ask(remove, ids).await;
    let left = [is("gold", [0, 1, 0]), is("vip", [0, 0, 1])];
    assert_eq!(used(&admin, "").await, left);
    let then = format!("(asOf: {{ position: {before} }})");
    assert_eq!(used(&admin, &then).await, all);
}
