//! One mutation of many things: an answer for each, and what a retry, a stranger and a limit come to.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server};

const TAG: &str = "mutation($input: TagComputersInput!) { tagComputers(input: $input)
    { results { givenId computer { name tags } userErrors { code field message } } } }";

/// A server with three computers, the last one of another tenant.
struct Fleet {
    _server: Server,
    admin: Client,
    own: String,
    ids: Vec<String>,
    _agents: Vec<Agent>,
    _folder: TempDir,
}

impl Fleet {
    async fn start() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let (own, other) = (admin.tenant("Own").await, admin.tenant("Other").await);
        let mut agents = vec![];
        for (name, tenant) in [("pc-1", &own), ("pc-2", &own), ("pc-3", &other)] {
            let token = admin.enrolment_token(tenant, 1).await;
            agents.push(Agent::start(folder.path(), name, 3, &server.base(), &token));
        }
        let mut ids = vec![];
        for name in ["pc-1", "pc-2", "pc-3"] {
            ids.push(admin.online(name).await);
        }
        Self {
            _server: server,
            admin,
            own,
            ids,
            _agents: agents,
            _folder: folder,
        }
    }
}

/// The code of the error of each, if it has one.
fn codes(answer: &Value, field: &str) -> Vec<Value> {
    let results = answer[field]["results"].as_array().unwrap().iter();
    results
        .map(|one| one["userErrors"][0]["code"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_has_its_answer_and_a_retry_changes_nothing() {
    let Fleet {
        admin, own, ids, ..
    } = &Fleet::start().await;
    let nobody = "01a21eac-55bd-7490-8a04-ee23b145b8a6";
    let all = json!([ids[0], "x", ids[1], nobody]);
    let command = "0190f5a0-0000-7000-8000-000000000001";
    let input = json!({ "ids": all, "add": ["stale"], "options": { "commandId": command, "reason": "spring" } });
    let input = json!({ "input": input });
    let answer = admin.ask(TAG, input.clone()).await;
    let results = answer["tagComputers"]["results"].as_array().unwrap();
    let fields: Vec<_> = (results.iter())
        .filter_map(|one| one["userErrors"][0]["field"].as_array())
        .collect();
    assert_eq!(
        fields,
        [
            &[json!("input"), json!("ids"), json!("1")],
            &[json!("input"), json!("ids"), json!("3")]
        ]
    );
    let told: Vec<_> = (results.iter())
        .map(|one| {
            (
                one["givenId"].clone(),
                one["computer"].clone(),
                one["userErrors"][0]["code"].clone(),
            )
        })
        .collect();
    let tagged = |name: &str| json!({ "name": name, "tags": ["stale"] });
    let expected = [
        (json!(ids[0]), tagged("pc-1"), Value::Null),
        (json!("x"), Value::Null, json!("INVALID")),
        (json!(ids[1]), tagged("pc-2"), Value::Null),
        (json!(nobody), Value::Null, json!("NOT_FOUND")),
    ];
    assert_eq!(told, expected);

    // Each is a command of its own, with the reason; sent again nothing more happens.
    let events =
        "{ events(filter: { types: [\"ComputerTagged\"] }) { nodes { reason commandId } } }";
    let before = admin.ask(events, Value::Null).await["events"]["nodes"].clone();
    assert_eq!(before.as_array().unwrap().len(), 2, "{before}");
    assert_eq!(before[0]["reason"], "spring");
    assert_ne!(before[0]["commandId"], before[1]["commandId"]);
    let again = admin.ask(TAG, input).await;
    assert_eq!(again, answer);
    assert_eq!(
        admin.ask(events, Value::Null).await["events"]["nodes"],
        before
    );

    // Who may see only their own tenant's changes only those, and learns nothing of others.
    let theirs = admin.acting_as("TENANT_ADMIN", Some(own)).await;
    let input = json!({ "input": { "ids": ids, "add": ["ours"] } });
    let answer = theirs.ask(TAG, input).await;
    assert_eq!(
        codes(&answer, "tagComputers"),
        [Value::Null, Value::Null, json!("NOT_FOUND")]
    );
    let member = admin.acting_as("TENANT_MEMBER", Some(own)).await;
    let remove = "mutation($ids: [ID!]!) { removeComputers(input: { ids: $ids }) { results { userErrors { code } } } }";
    let answer = member.ask(remove, json!({ "ids": ids })).await;
    let expected = [json!("FORBIDDEN"), json!("FORBIDDEN"), json!("NOT_FOUND")];
    assert_eq!(codes(&answer, "removeComputers"), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_begin_on_many_and_a_thing_is_one_however_it_is_named() {
    let Fleet { admin, ids, .. } = &Fleet::start().await;
    // A technician's morning: sessions on many, and away with them again.
    let start = "mutation($ids: [ID!]!) { startSessions(input: { computerIds: $ids }) { results { session { id } userErrors { code } } } }";
    let started = admin.ask(start, json!({ "ids": ids })).await;
    let results = started["startSessions"]["results"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(results.len(), 3);
    for result in &results {
        let session = admin.over(&text(&result["session"]["id"])).await;
        assert_eq!(session["status"], "PASSED", "{session}");
    }
    let over: Vec<_> = results
        .iter()
        .map(|one| one["session"]["id"].clone())
        .collect();
    let cancel = "mutation($ids: [ID!]!) { cancelSessions(input: { ids: $ids }) { results { userErrors { code } } } }";
    let wrong = admin
        .ask(
            &start.replace("code", "field"),
            json!({ "ids": [ids[0], "x"] }),
        )
        .await;
    let field = &wrong["startSessions"]["results"][1]["userErrors"][0]["field"];
    assert_eq!(*field, json!(["input", "computerIds", "1"]));
    // By its id and by its UUID a computer is one: it gets one session.
    let uuid = "query($id: ID!) { computer(id: $id) { uuid } }";
    let uuid = admin.ask(uuid, json!({ "id": ids[0] })).await["computer"]["uuid"].clone();
    let one = admin.ask(start, json!({ "ids": [ids[0], uuid] })).await;
    let results_of_one = &one["startSessions"]["results"];
    assert_eq!(
        results_of_one[0]["session"], results_of_one[1]["session"],
        "{one}"
    );
    let answer = admin.ask(cancel, json!({ "ids": over })).await;
    assert_eq!(
        codes(&answer, "cancelSessions"),
        vec![json!("SESSION_OVER"); 3]
    );

    let none = json!({ "input": { "ids": [], "add": ["x"] } });
    let answer = admin.ask(TAG, none).await;
    assert_eq!(answer["tagComputers"]["results"], json!([]));
    let limit = "{ server { limits { maxBulkIds } } }";
    let limit = admin.ask(limit, Value::Null).await["server"]["limits"]["maxBulkIds"].clone();
    let limit = usize::try_from(limit.as_u64().unwrap()).unwrap();
    let many = |count| json!({ "input": { "ids": vec![&ids[0]; count], "add": ["x"] } });
    let answer = admin.ask(TAG, many(limit)).await;
    assert_eq!(codes(&answer, "tagComputers"), vec![Value::Null; limit]);
    let code = admin.error_code(TAG, many(limit + 1)).await;
    assert_eq!(code.as_deref(), Some("BAD_USER_INPUT"));
}
