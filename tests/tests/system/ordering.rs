//! The order of items, from the mutation to the scripts that run.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::{Agent, Client, Server};

async fn move_item(client: &Client, item: &str, to: &str, before: Option<&str>) -> Value {
    let query = "mutation($item: ID!, $to: OrderingSection!, $before: ID) {
        moveOrderingItem(input: { itemId: $item, to: $to, beforeId: $before, options: { reason: \"drivers first\" } }) {
            userErrors { code field } ordering { beginning { software { name } } end { software { name } } } } }";
    let answer = client
        .ask_raw(query, json!({ "item": item, "to": to, "before": before }))
        .await;
    answer["data"]["moveOrderingItem"].clone()
}

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| item["software"]["name"].as_str().unwrap())
        .collect()
}

/// The items of a session, in the order in which their install scripts started.
async fn executed(client: &Client, session: &Value) -> Vec<String> {
    let query =
        "query($id: ID!) { session(id: $id) { actions { itemName runs { purpose startedAt } } } }";
    let told = client.ask(query, json!({ "id": session["id"] })).await;
    let actions = told["session"]["actions"].as_array().unwrap().iter();
    let mut installs: Vec<(String, String)> = actions
        .map(|action| {
            let mut runs = action["runs"].as_array().unwrap().iter();
            let install = runs.find(|run| run["purpose"] == "INSTALL").unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&install["startedAt"]), text(&action["itemName"]))
        })
        .collect();
    installs.sort();
    installs.into_iter().map(|(_, name)| name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_executed_in_the_order_that_was_chosen_for_them() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Contoso").await;
    let mut software = Vec::new();
    for name in ["a", "b", "c", "d"] {
        let id = admin.software(name, &["1.0"]).await;
        admin.deploy_everywhere(&id).await;
        software.push(id);
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(|n: usize| software[n].clone());
    move_item(&admin, &d, "BEGINNING", None).await;
    move_item(&admin, &c, "BEGINNING", Some(&d)).await;
    let last = move_item(&admin, &a, "END", None).await;
    assert_eq!(names(&last["ordering"]["beginning"]), ["c", "d"], "{last}");
    assert_eq!(names(&last["ordering"]["end"]), ["a"]);
    let refused = move_item(&admin, &b, "END", Some(&c)).await;
    let expected = json!([{ "code": "INVALID", "field": ["input", "beforeId"] }]);
    assert_eq!(refused["userErrors"], expected);

    let token = admin.enrolment_token(&tenant, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(executed(&admin, &session).await, ["c", "d", "b", "a"]);

    // The order is kept over a restart, and answers for the past as it was.
    server.stop().await;
    server.restart().await;
    let asked = "query($before: Position!) { now: ordering { beginning { software { name } } changed { by { kind } } }
        then: ordering(asOf: { position: $before }) { beginning { software { name } } revision }
        events(filter: { types: [\"ItemMoved\"] }) { nodes { reason position } } }";
    let first = admin.ask(
        "{ events(filter: { types: [\"ItemMoved\"] }) { nodes { position } } }",
        json!({}),
    );
    let first = first.await["events"]["nodes"][0]["position"].clone();
    let told = admin.ask(asked, json!({ "before": first })).await;
    assert_eq!(names(&told["now"]["beginning"]), ["c", "d"], "{told}");
    assert_eq!(told["now"]["changed"]["by"]["kind"], "USER");
    assert_eq!(names(&told["then"]["beginning"]), ["d"]);
    assert_eq!(told["then"]["revision"], 0);
    let events = told["events"]["nodes"].as_array().unwrap();
    assert_eq!(events.len(), 3);
    assert!(
        events
            .iter()
            .all(|event| event["reason"] == "drivers first")
    );
}
