//! What programs of other people stumbled over: each is a request that an ordinary client sends, and what the specification lets it
//! expect.

use chrono::{DateTime, Utc};
use reqwest::header;
use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::http;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server, eventually};
use uuid::Uuid;

/// The answer as it is written.
async fn written(client: &Client, query: &str) -> String {
    let answer = client.request(query, &Value::Null).send().await.unwrap();
    answer.text().await.unwrap()
}

fn error_of(answer: &Value) -> (&str, &Value) {
    let error = &answer["errors"][0];
    (
        error["extensions"]["code"].as_str().unwrap_or_default(),
        &error["path"],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_null_and_what_may_not_be_null_takes_its_parent_with_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let one = admin
        .ask_raw(
            "{ viewer { role } computer(id: \"abc\") { id } }",
            Value::Null,
        )
        .await;
    assert_eq!(
        one["data"],
        json!({ "viewer": { "role": "MSP_ADMIN" }, "computer": null })
    );
    assert_eq!(error_of(&one), ("BAD_USER_INPUT", &json!(["computer"])));
    let alone = admin
        .ask_raw("{ computer(id: \"abc\") { id } }", Value::Null)
        .await;
    assert_eq!(alone["data"], json!({ "computer": null }));

    admin.tenant("Contoso").await;
    let strict = "{ tenants { nodes { name computers(after: \"?\") { totalCount } } } }";
    let answer = admin.ask_raw(strict, Value::Null).await;
    assert_eq!(answer["data"], json!({ "tenants": null }), "{answer}");
    let path = json!(["tenants", "nodes", 0, "computers"]);
    assert_eq!(error_of(&answer), ("BAD_USER_INPUT", &path));

    // What fragments ask for under one key is done once, and told together.
    let twice = "mutation { createTenant(input: { name: \"Twice\" }) { tenant { name } } ...F }
        fragment F on Mutation { createTenant(input: { name: \"Twice\" }) { tenant { parent { name } } } }";
    let answer = admin.ask(twice, Value::Null).await;
    let told = json!({ "createTenant": { "tenant": { "name": "Twice", "parent": null } } });
    assert_eq!(answer, told);
    let all = admin
        .ask("{ tenants { nodes { name } } }", Value::Null)
        .await;
    assert_eq!(all.to_string().matches("Twice").count(), 1, "{all}");

    // The second one fails, and the first one's secret is shown once.
    let both = "mutation { a: createApiToken(input: { name: \"a\", role: MSP_TECHNICIAN }) { secret }
        b: renameTenant(input: { id: \"x\", name: \"b\", options: { reason: \"\u{202e}b\" } }) { tenant { id } userErrors { code } } }";
    let answer = admin.ask_raw(both, Value::Null).await;
    assert!(answer["data"]["a"]["secret"].is_string(), "{answer}");
    assert_eq!(answer["data"]["b"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_or_null_is_the_default() {
    let server = Server::start().await;
    let admin = server.admin().await;
    admin.tenant("Contoso").await;
    for (query, variable) in [
        (
            "query($x: ComputerFilter) { computers(filter: $x) { totalCount } }",
            "x",
        ),
        (
            "query($x: Int) { events(first: $x) { nodes { position } } }",
            "x",
        ),
        (
            "query($x: EventOrder) { events(first: 1, orderBy: $x) { nodes { position } } }",
            "x",
        ),
        (
            "query($x: Boolean) { tenants(filter: { includeRemoved: $x }) { totalCount } }",
            "x",
        ),
        (
            "mutation($x: CommandOptions) { createTenant(input: { name: \"Left out\", options: $x }) { tenant { id } userErrors { code } } }",
            "x",
        ),
    ] {
        for variables in [json!({}), json!({ variable: null })] {
            admin.ask(query, variables).await;
        }
    }
    let one_of = "query { computers(asOf: { position: \"1\", time: null }) { totalCount } }";
    let answer = admin.ask_raw(one_of, Value::Null).await;
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("leave the others out"), "{message}");

    // Whoever sends a command again need not leave out what was left out the first time.
    let id = Uuid::now_v7();
    let query = "mutation($o: CommandOptions!, $p: PeriodInput) { addAgreement(input: { tenantId: \"TENANT\", name: \"a\",
        agreementType: \"gold\", period: $p, options: $o }) { agreement { id } userErrors { code } } }";
    let query = query.replace("TENANT", &admin.tenant("Fabrikam").await);
    let options = json!({ "commandId": id });
    let first = admin.ask(&query, json!({ "o": options })).await;
    let again = admin.ask(&query, json!({ "o": options, "p": null })).await;
    assert_eq!(first["addAgreement"], again["addAgreement"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_schema_does_not_allow_is_refused_before_anything_is_done() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for (query, variables, words) in [
        (
            "{ deployments { nodes { id } } computers(filter: { onboarding: \"NEEDS_ONBOARDING\" }) { totalCount } }",
            json!({}),
            "write NEEDS_ONBOARDING, without quotes",
        ),
        (
            "{ server { a: version } server { a: position } }",
            json!({}),
            "as \"version\" and as \"position\"",
        ),
        (
            "{ server { version } ...F } fragment F on Query { server { version: position } }",
            json!({}),
            "\"server.version\" is asked for as",
        ),
        (
            "query($first: String) { computers(first: $first) { totalCount } }",
            json!({ "first": "1" }),
            "$first is declared as String",
        ),
        (
            "query($leave: Boolean!) { viewer { role @skip(if: $leave) } }",
            json!({}),
            "$leave is a Boolean! and has no value",
        ),
    ] {
        let answer = admin.ask_raw(query, variables).await;
        assert_eq!(error_of(&answer).0, "BAD_USER_INPUT", "{answer}");
        let error = &answer["errors"][0];
        assert!(
            error["message"].as_str().unwrap().contains(words),
            "{answer}"
        );
        assert!(error["locations"][0]["line"] == 1, "{answer}");
        assert!(
            error.get("path").is_none() && answer["data"].is_null(),
            "{answer}"
        );
    }

    // In JSON an enum is a text, and a default is a value like any other.
    let filtered =
        "query($o: OnboardingStatus) { computers(filter: { onboarding: $o }) { totalCount } }";
    admin
        .ask(filtered, json!({ "o": "NEEDS_ONBOARDING" }))
        .await;
    let skipped = "query($leave: Boolean = true) { viewer { role @skip(if: $leave) } }";
    assert_eq!(admin.ask(skipped, json!({})).await, json!({ "viewer": {} }));
    let sent = admin.ask(skipped, json!({ "leave": false })).await;
    assert_eq!(sent, json!({ "viewer": { "role": "MSP_ADMIN" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_as_they_were_asked_for() {
    let server = Server::start().await;
    let admin = server.admin().await;
    admin.tenant("Contoso").await;
    let query = "{ events(first: 1) { nodes { type position } } computers(first: 1) { totalCount } a: viewer { role } }";
    let text = written(&admin, query).await;
    let places = [
        "\"events\"",
        "\"type\"",
        "\"position\"",
        "\"computers\"",
        "\"a\"",
    ];
    let places = places.map(|key| text.find(key).unwrap());
    assert!(places.is_sorted(), "{text}");
    let nothing = "{ node(id: \"VGVuYW50OjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA\") { id } viewer { ... on Viewer @skip(if: true) { role } } }";
    let answer = admin.ask(nothing, Value::Null).await;
    assert_eq!(answer, json!({ "node": null, "viewer": {} }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_in_the_order_of_creation_whatever_ids_a_client_chooses() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let create = "mutation($name: String!, $id: UUID!) {
        createTenant(input: { name: $name, options: { commandId: $id } }) { tenant { id } userErrors { code } } }";
    let names: Vec<String> = (0..6).map(|n| format!("tenant-{n}")).collect();
    for (n, name) in (0..).zip(&names) {
        // Downwards, and one far above.
        let id = Uuid::from_u128(if n == 2 { u128::MAX - 1 } else { 1_000 - n });
        admin.ask(create, json!({ "name": name, "id": id })).await;
    }
    let page = "query($first: Int, $after: String, $last: Int, $before: String) {
        tenants(first: $first, after: $after, last: $last, before: $before) {
            nodes { name } pageInfo { endCursor startCursor hasNextPage hasPreviousPage } } }";
    let found = |answer: &Value| -> Vec<String> {
        let nodes = answer["tenants"]["nodes"].as_array().unwrap().iter();
        nodes
            .map(|node| node["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut forwards = vec![];
    let mut after = Value::Null;
    loop {
        let answer = admin.ask(page, json!({ "first": 2, "after": after })).await;
        forwards.extend(found(&answer));
        after = answer["tenants"]["pageInfo"]["endCursor"].clone();
        if answer["tenants"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(forwards, names);
    let last = admin.ask(page, json!({ "last": 2 })).await;
    assert_eq!(found(&last), names[4..]);

    let software = admin.software("reader", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    let tenants = admin
        .ask("{ tenants(first: 1) { nodes { id } } }", Value::Null)
        .await;
    let tenant = tenants["tenants"]["nodes"][0]["id"].as_str().unwrap();
    let token = admin.enrolment_token(tenant, 1).await;
    let folder = TempDir::new().unwrap();
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let start = "mutation($computer: ID!, $id: UUID!) { startSession(input: { computerId: $computer, options: { commandId: $id } })
        { session { id } userErrors { code } } }";
    let mut sessions = vec![];
    for n in [500, 3, 400] {
        let id = Uuid::from_u128(n);
        let answer = admin
            .ask(start, json!({ "computer": computer, "id": id }))
            .await;
        let session = answer["startSession"]["session"]["id"].clone();
        admin.over(session.as_str().unwrap()).await;
        sessions.push(session);
    }
    let asked = "query($id: ID!) { all: sessions { nodes { id } } newest: sessions(last: 1) { nodes { id } }
        computer(id: $id) { sessions { nodes { id } } } }";
    let answer = admin.ask(asked, json!({ "id": computer })).await;
    let ids = |list: &Value| -> Vec<Value> {
        let nodes = list["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["id"].clone()).collect()
    };
    // The first one onboarded the computer by itself.
    assert!(ids(&answer["all"]).ends_with(&sessions), "{answer}");
    assert!(ids(&answer["computer"]["sessions"]).ends_with(&sessions));
    assert_eq!(ids(&answer["newest"]), sessions[2..]);

    parts_of_a_session_are_nodes(&admin, &sessions[0]).await;
    no_two_events_share_an_id(&admin).await;
}

async fn parts_of_a_session_are_nodes(admin: &Client, session: &Value) {
    let asked =
        "query($id: ID!) { session(id: $id) { actions { id itemName runs { id uuid purpose } } } }";
    let answer = admin.ask(asked, json!({ "id": session })).await;
    let action = &answer["session"]["actions"][0];
    let run = &action["runs"][0];
    let node = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id
        ... on MaintenanceAction { itemName } ... on ScriptRun { uuid purpose } } }";
    let ids = json!([action["id"], run["id"], session]);
    let nodes = admin.ask(node, json!({ "ids": ids })).await;
    let expected = json!([
        { "__typename": "MaintenanceAction", "id": action["id"], "itemName": action["itemName"] },
        { "__typename": "ScriptRun", "id": run["id"], "uuid": run["uuid"], "purpose": run["purpose"] },
        { "__typename": "MaintenanceSession", "id": session },
    ]);
    assert_eq!(nodes["nodes"], expected);

    let some = json!({ "ids": [session, "bad", run["id"]] });
    let answer = admin.ask_raw(node, some).await;
    assert_eq!(error_of(&answer), ("BAD_USER_INPUT", &json!(["nodes", 1])));
    let found = answer["data"]["nodes"].as_array().unwrap();
    assert_eq!((&found[0]["id"], &found[1]), (session, &Value::Null));
    assert_eq!(found[2]["id"], run["id"]);
}

async fn no_two_events_share_an_id(admin: &Client) {
    let asked = "{ events(first: 100) { nodes { id eventId type stream revision actor { kind apiTokenId agentId } } } }";
    let answer = admin.ask(asked, Value::Null).await;
    let events = answer["events"]["nodes"].as_array().unwrap();
    let mut ids: Vec<&str> = (events.iter())
        .map(|event| event["id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len());
    let node = "query($id: ID!) { node(id: $id) { __typename id ... on Event { eventId type } } }";
    let enrolled = events.iter().find(|event| event["type"] == "AgentEnrolled");
    let enrolled = enrolled.unwrap();
    let found = admin.ask(node, json!({ "id": enrolled["id"] })).await;
    let expected = json!({ "__typename": "Event", "id": enrolled["id"], "eventId": enrolled["eventId"], "type": "AgentEnrolled" });
    assert_eq!(found["node"], expected);
    assert_eq!(enrolled["actor"]["kind"], "AGENT");
    assert!(enrolled["actor"]["agentId"].is_string());
    let other = admin.acting_as("MSP_TECHNICIAN", None).await;
    let secret = events
        .iter()
        .find(|event| event["type"] == "ApiTokenCreated");
    let secret = secret.unwrap();
    let hidden = other.ask(node, json!({ "id": secret["id"] })).await;
    assert_eq!(hidden["node"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_says_at_once_what_is_wrong_with_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for (query, words) in [
        (
            "subscription { a: events(after: \"0\") { position } b: events(after: \"0\") { position } }",
            "exactly one field",
        ),
        (
            "subscription { events(after: \"99999999\") { position } }",
            "in the future",
        ),
    ] {
        let mut subscription = Subscription::open(&admin, query).await;
        let told = subscription.next().await;
        let text = json!(told).to_string();
        assert!(text.contains(words), "{query}: {text}");
    }
    // And in a fragment it is followed, too.
    admin.tenant("Contoso").await;
    let query =
        "subscription { ...F } fragment F on Subscription { events(after: \"0\") { type } }";
    let mut subscription = Subscription::open(&admin, query).await;
    assert!(subscription.next().await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn small_answers_are_those_that_clients_know() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let url = format!("{}/graphql", server.base());

    // 401 in the media type that was asked for.
    let refused = http()
        .post(&url)
        .bearer_auth("x")
        .header(header::ACCEPT, "application/graphql-response+json")
        .json(&json!({ "query": "{ viewer { role } }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    let media = refused.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert!(media.starts_with("application/graphql-response+json"));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(error_of(&body).0, "UNAUTHENTICATED");

    // Apollo's clients ask for a query by its digest first, and then send it whole.
    let persisted = json!({ "version": 1, "sha256Hash": "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38" });
    let asked = json!({ "operationName": null, "variables": {}, "extensions": { "persistedQuery": persisted } });
    let answer = http().post(&url).bearer_auth(&admin.token).json(&asked);
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(error_of(&body).0, "PERSISTED_QUERY_NOT_SUPPORTED");
    assert_eq!(body["errors"][0]["message"], "PersistedQueryNotSupported");

    // What an answer of the past is true of.
    admin.tenant("Contoso").await;
    let past = "{ tenants(asOf: { position: \"1\" }) { totalCount } }";
    let answer = admin.ask_raw(past, Value::Null).await;
    assert_eq!(answer["extensions"]["position"], "1");
    let first = "{ events(first: 1) { nodes { time } } }";
    let time = admin.ask(first, Value::Null).await["events"]["nodes"][0]["time"].clone();
    let shown = json!({ "position": "1", "time": time });
    assert_eq!(answer["extensions"]["asOf"], shown, "which moment it is");
    // The same one by its time, with what is of no moment beside it; and what it stands for.
    let by_time = format!(
        "{{ viewer {{ role }} server(asOf: {{ time: {time} }}) {{ position time }}
            events(asOf: {{ time: {time} }}, first: 1, orderBy: {{ field: RECORDED_AT, direction: DESC }}) {{ nodes {{ position }} }} }}"
    );
    let answer = admin.ask_raw(&by_time, Value::Null).await;
    let known = &answer["data"]["server"];
    assert_eq!(answer["extensions"]["asOf"]["time"], time);
    assert_eq!(answer["extensions"]["asOf"]["position"], known["position"]);
    assert_eq!(
        answer["data"]["events"]["nodes"][0]["position"],
        known["position"]
    );
    let start = "{ tenants(asOf: { position: \"0\" }) { totalCount } }";
    let answer = admin.ask_raw(start, Value::Null).await;
    assert_eq!(
        answer["extensions"]["asOf"],
        json!({ "position": "0", "time": null })
    );
    for other in [
        "{ tenants { totalCount } }",
        "{ viewer { role } }",
        "{ tenants(asOf: { position: \"1\" }) { totalCount } computers(asOf: { position: \"0\" }) { totalCount } }",
    ] {
        let answer = admin.ask_raw(other, Value::Null).await;
        assert!(answer["extensions"]["asOf"].is_null(), "{answer}");
    }
    let both = "{ now: tenants { totalCount } tenants(asOf: { position: \"1\" }) { totalCount } }";
    let answer = admin.ask_raw(both, Value::Null).await;
    assert_ne!(answer["extensions"]["position"], "1");
    assert!(answer["extensions"]["asOf"].is_null(), "{answer}");

    // A limit says how far it was met, and none meets a tool that asks for the schema.
    let costly =
        "{ computers(first: 100) { nodes { sessions(first: 100) { nodes { id status } } } } }";
    let answer = admin.ask_raw(costly, Value::Null).await;
    let cost = &answer["errors"][0]["extensions"]["cost"];
    assert_eq!(error_of(&answer).0, "LIMIT_EXCEEDED");
    assert_eq!(cost, &json!({ "asked": 30_201, "limit": 20_000 }));
    let wrapped = "ofType { ".repeat(20) + "name" + &" }".repeat(20);
    let schema = format!("{{ __schema {{ types {{ fields {{ type {{ {wrapped} }} }} }} }} }}");
    let answer = admin.ask(&schema, Value::Null).await;
    assert!(answer["__schema"]["types"].is_array());
    // As deep as it may be, with lists all the way, and deeper: it is answered or refused, and the server goes on.
    for (pairs, is_answered) in [(14, true), (30, false)] {
        let deep = "fields { type { ".repeat(pairs) + "name" + &" } }".repeat(pairs);
        let deep = format!("{{ __type(name: \"Computer\") {{ {deep} }} }}");
        let answer = admin.ask_raw(&deep, Value::Null).await;
        if is_answered {
            assert!(answer["data"]["__type"].is_object(), "{answer}");
        } else {
            assert_eq!(error_of(&answer).0, "LIMIT_EXCEEDED");
        }
    }
    admin.ask("{ viewer { role } }", Value::Null).await;
}

/// Everything with a global id that a view has.
const ALL: &str = "tenants { nodes { id uuid name } } computers { nodes { id uuid name tenant { id } agents { edges { node { id } } } } }
    catalogue { nodes { id uuid } } deployments { nodes { id uuid } } people { nodes { id uuid name } }
    groups { nodes { id uuid } } agreements { nodes { id uuid } } enrolmentTokens { nodes { id uuid } }
    apiTokens { nodes { id uuid } } cloudTasks { nodes { id uuid } } agents { nodes { id uuid } }
    sessions { nodes { id uuid actions { id runs { id } } } }";

/// All that is called `id` in an answer.
fn ids(answer: &Value) -> Vec<String> {
    match answer {
        Value::Object(fields) => (fields.iter())
            .flat_map(|(name, value)| match value {
                Value::String(id) if name == "id" => vec![id.clone()],
                value => ids(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        _ => vec![],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_object_has_an_id_of_its_own_and_can_be_found_by_it() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let software = admin.software("reader", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    for (mutation, field, input) in [
        ("addPerson", "person", "name: \"Ada\", tenantId: \"TENANT\""),
        (
            "createGroup",
            "group",
            "name: \"all\", tenantId: \"TENANT\", kind: DIRECTORY",
        ),
        (
            "addAgreement",
            "agreement",
            "name: \"gold\", tenantId: \"TENANT\", agreementType: \"gold\"",
        ),
        ("createCloudTask", "cloudTask", "name: \"mail\""),
    ] {
        let input = format!("{{ {} }}", input.replace("TENANT", &tenant));
        admin.made(mutation, field, &input).await;
    }
    let token = admin.enrolment_token(&tenant, 1).await;
    let folder = TempDir::new().unwrap();
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    admin.maintain(&computer).await;

    let all = |at: &str| {
        let fields = ALL.replace(" { nodes", &format!("{at} {{ nodes"));
        format!("{{ {fields} }}")
    };
    let before = admin.ask_raw(&all(""), Value::Null).await;
    let position = before["extensions"]["position"].clone();
    let rename = "mutation($id: ID!) { renameTenant(input: { id: $id, name: \"Fabrikam\" }) { tenant { id name } userErrors { code message } } }";
    admin.ask(rename, json!({ "id": tenant })).await;

    let at = format!("(asOf: {{ position: {position} }})");
    let past = admin.ask(&all(&at), Value::Null).await;
    let now = admin.ask(&all(""), Value::Null).await;
    let (present, then) = (ids(&now), ids(&past));
    assert!(present.len() > 15, "{present:?}");
    assert_eq!(present, ids(&before["data"]), "and it stays what it was");
    let shared: Vec<_> = then.iter().filter(|id| present.contains(id)).collect();
    assert!(shared.is_empty(), "{shared:?}");
    let named = |answer: &Value| {
        let tenant = &answer["tenants"]["nodes"][0];
        (tenant["uuid"].clone(), tenant["name"].clone())
    };
    let ((uuid, new), (same, old)) = (named(&now), named(&past));
    assert_eq!((&uuid, new.as_str()), (&same, Some("Fabrikam")));
    assert_eq!(old, "Contoso");

    // By its id each is found as it was; each of the present as it is.
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Tenant { name } } }";
    for (of, name) in [(&then, "Contoso"), (&present, "Fabrikam")] {
        let found = admin.ask(nodes, json!({ "ids": of })).await;
        let mut again = ids(&found);
        let mut of = of.clone();
        again.sort();
        of.sort();
        assert_eq!(again, of);
        let found = found["nodes"].as_array().unwrap().iter();
        let told: Vec<_> = found.filter_map(|node| node["name"].as_str()).collect();
        assert!(!told.is_empty() && told.iter().all(|found| *found == name));
    }
    // A moment between two events is another one: an agreement may have begun.
    let time = "{ tenants(asOf: { time: \"2999-01-01T00:00:00Z\" }) { nodes { id } } }";
    let later = ids(&admin.ask(time, Value::Null).await);
    assert!(!present.contains(&later[0]) && !then.contains(&later[0]));
    let found = admin.ask(nodes, json!({ "ids": later })).await;
    assert_eq!(ids(&found), later);

    // What was there cannot be changed, and what names it at every moment can be.
    let of_then = &past["tenants"]["nodes"][0]["id"];
    let refused = admin.ask_raw(rename, json!({ "id": of_then })).await;
    let error = &refused["data"]["renameTenant"]["userErrors"][0];
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("past moment"), "{refused}");
    admin.ask(rename, json!({ "id": uuid })).await;

    // What was only imagined is nobody's present either.
    let preview = "query($id: ID!) { previewChange(change: { removeTenant: { id: $id } }) { difference { changes { nodes { tenant { id name } computer { id } } } } } }";
    let imagined = ids(&admin.ask(preview, json!({ "id": tenant })).await);
    assert!(!imagined.is_empty() && imagined.iter().all(|id| !present.contains(id)));
    let found = admin.ask(nodes, json!({ "ids": imagined })).await;
    assert_eq!(ids(&found), Vec::<String>::new());

    // One moment is one, however often it is asked about.
    let often: Vec<String> = (0..40)
        .map(|n| format!("a{n}: tenant(id: \"{tenant}\", asOf: {{ position: \"20\" }}) {{ id }}"))
        .collect();
    let often = format!("{{ {} }}", often.join(" "));
    let answer = admin.ask(&often, Value::Null).await;
    let told = ids(&answer);
    assert!(told.len() == 40 && told.iter().all(|id| *id == told[0]));

    // More moments than are looked for at once.
    let mut several = vec![];
    for position in 10..19 {
        let at =
            format!("{{ tenants(asOf: {{ position: \"{position}\" }}) {{ nodes {{ id }} }} }}");
        several.extend(ids(&admin.ask(&at, Value::Null).await));
    }
    let code = admin.error_code(nodes, json!({ "ids": several })).await;
    assert_eq!(code.as_deref(), Some("LIMIT_EXCEEDED"), "{several:?}");
}

/// A technician's question: which computers have not been seen for long? Tagging one does not make it look fresh.
#[tokio::test(flavor = "multi_thread")]
async fn computers_that_were_not_seen_for_long_are_found_and_stay_found() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 2).await;
    let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let [gone, here] = ["gone", "here"];
    let start =
        |n: usize, name: &str| Agent::start(folders[n].path(), name, 3, &server.base(), &token);
    // One after the other: they are listed as they were first seen.
    let leaves = start(0, gone);
    let computer = admin.online(gone).await;
    let _stays = start(1, here);
    admin.online(here).await;
    drop(leaves);
    eventually("it is offline", || async {
        let query = "{ computers(filter: { isOnline: false }) { nodes { name } } }";
        let answer = admin.try_ask(query, Value::Null).await?;
        (answer["data"]["computers"]["nodes"][0]["name"] == gone).then_some(())
    })
    .await;
    let page = "query($filter: ComputerFilter) { computers(filter: $filter) { nodes { name lastSeenAt agents { nodes { lastSeenAt } } } } }";
    let names = |answer: &Value| -> Vec<String> {
        let nodes = answer["computers"]["nodes"].as_array().unwrap().iter();
        let name = |node: &Value| node["name"].as_str().unwrap().to_owned();
        nodes.map(name).collect()
    };
    let all = admin.ask(page, Value::Null).await;
    let [seen, now] = [0, 1].map(|n: usize| all["computers"]["nodes"][n]["lastSeenAt"].clone());
    let times = [&seen, &now].map(|time| time.as_str().unwrap().parse::<DateTime<Utc>>().unwrap());
    assert!(times[0] < times[1], "{all}");
    assert_eq!(
        all["computers"]["nodes"][0]["agents"]["nodes"][0]["lastSeenAt"],
        seen
    );

    let between = times[0] + (times[1] - times[0]) / 2;
    let stale = json!({ "lastSeenBefore": between });
    let fresh = json!({ "lastSeenAfter": between });
    let tag = "mutation($on: ID!) { changeTags(input: { on: { computerId: $on }, add: [\"stale\"] }) { computer { tags } userErrors { code } } }";
    for _ in 0..2 {
        assert_eq!(
            names(&admin.ask(page, json!({ "filter": stale })).await),
            [gone]
        );
        assert_eq!(
            names(&admin.ask(page, json!({ "filter": fresh })).await),
            [here]
        );
        admin.ask(tag, json!({ "on": computer })).await;
    }
    for (filter, found) in [
        (json!({ "tag": "STALE" }), vec![gone]),
        (json!({ "tag": "other" }), vec![]),
        (json!({ "agentVersion": "0.0.0" }), vec![]),
    ] {
        assert_eq!(
            names(&admin.ask(page, json!({ "filter": filter })).await),
            found
        );
    }

    // Sessions by how they stand, and by when they were asked for.
    let session = admin.start_session(&computer).await;
    let asked = "query($filter: SessionFilter) { sessions(filter: $filter) { nodes { id } } }";
    for (filter, is_found) in [
        (json!({ "statuses": ["PENDING_CONNECTIVITY"] }), true),
        (
            json!({ "statuses": ["RUNNING", "PASSED"], "computerId": computer }),
            false,
        ),
        (json!({ "createdAfter": between, "isOver": false }), true),
        (json!({ "createdBefore": between, "isOver": false }), false),
    ] {
        let answer = admin.ask(asked, json!({ "filter": filter })).await;
        let is_there = ids(&answer).contains(&session);
        assert_eq!(is_there, is_found, "{filter}: {answer}");
    }
}
