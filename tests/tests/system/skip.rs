//! Pages that are asked for by how many items are before them.

use serde_json::{Value, json};
use upkeep_tests::client::text;
use upkeep_tests::{Client, Server};

/// Lists that begin a page behind as many items as are said.
const LISTS: [&str; 14] = [
    "agents",
    "agreements",
    "apiTokens",
    "catalogue",
    "cloudTasks",
    "computers",
    "deployments",
    "deploymentsThatWinNowhere",
    "deploymentsWithMissingTarget",
    "enrolmentTokens",
    "groups",
    "people",
    "sessions",
    "tenants",
];

async fn names(client: &Client, list: &str, arguments: &str) -> Vec<String> {
    let query = format!("{{ {list}({arguments}) {{ nodes {{ name }} }} }}");
    let answer = client.ask(&query, Value::Null).await;
    let nodes = answer[list]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| text(&node["name"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_begins_behind_as_many_items_as_are_passed_over() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for name in ["beta", "Alpha", "gamma", "Beta", "delta"] {
        admin.tenant(name).await;
    }
    for (order, all) in [
        ("first: 2", ["beta", "Alpha", "gamma", "Beta", "delta"]),
        (
            "first: 2, orderBy: { field: NAME }",
            ["Alpha", "beta", "Beta", "delta", "gamma"],
        ),
        (
            "first: 2, orderBy: { field: CREATED_AT, direction: DESC }",
            ["delta", "Beta", "gamma", "Alpha", "beta"],
        ),
    ] {
        for skip in 0..7 {
            let expected: Vec<&str> = all.into_iter().skip(skip).take(2).collect();
            let page = names(&admin, "tenants", &format!("{order}, skip: {skip}")).await;
            assert_eq!(page, expected, "{order} {skip}");
        }
    }
    let position = admin.ask_raw("{ version }", Value::Null).await;
    let position = position["extensions"]["position"].clone();
    admin.tenant("Newcomer").await;
    let pinned = format!("skip: 4, asOf: {{ position: {position} }}");
    assert_eq!(names(&admin, "tenants", &pinned).await, ["delta"]);

    for list in LISTS {
        let whole = format!("{{ {list}(skip: 0) {{ totalCount }} }}");
        let count = admin.ask(&whole, Value::Null).await[list]["totalCount"].clone();
        let behind = format!(
            "{{ {list}(skip: {count}) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage }} }} }}"
        );
        let nothing =
            json!({ "totalCount": count, "nodes": [], "pageInfo": { "hasNextPage": false } });
        assert_eq!(admin.ask(&behind, Value::Null).await[list], nothing);
        for (arguments, code) in [
            ("skip: -1", "LIMIT_EXCEEDED"),
            ("skip: 200001", "LIMIT_EXCEEDED"),
            ("skip: 1, last: 1", "BAD_USER_INPUT"),
            ("skip: 1, after: \"x\"", "BAD_USER_INPUT"),
            ("skip: 0, before: \"x\"", "BAD_USER_INPUT"),
        ] {
            let query = format!("{{ {list}({arguments}) {{ totalCount }} }}");
            let told = admin.error_code(&query, Value::Null).await;
            assert_eq!(told.as_deref(), Some(code), "{query}");
        }
    }
    let limit = "{ server { limits { maxSkip } } }";
    let limit = admin.ask(limit, Value::Null).await["server"]["limits"]["maxSkip"].clone();
    assert_eq!(limit, 200_000);
}
