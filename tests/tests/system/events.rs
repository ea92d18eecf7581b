//! The log: what an event is about by name, and what is found by whom it is by and by what led to it.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use upkeep_tests::client::text;
use upkeep_tests::server::command;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Client, Peer, Server, eventually};

const FIELDS: &str = "position type stream correlationId causationId actor { kind apiTokenId agentId } subject { title node { __typename id } }";

/// Every event that somebody sees with this filter, page by page.
async fn log(client: &Client, filter: &Value, direction: &str) -> Vec<Value> {
    let query = format!(
        "query($filter: EventFilter, $after: String, $direction: OrderDirection!) {{
            events(filter: $filter, first: 7, after: $after, orderBy: {{ field: RECORDED_AT, direction: $direction }}) {{
                nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut all, mut after) = (vec![], Value::Null);
    loop {
        let variables = json!({ "filter": filter, "after": after, "direction": direction });
        let page = client.ask(&query, variables).await["events"].clone();
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// An actor as a filter has it: without what is null.
fn filter_of(actor: &Value) -> Value {
    let members = actor.as_object().unwrap().iter();
    members
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Each way to look for what is in a log, with how one recognises what it finds.
fn ways(log: &[Value]) -> Vec<(Value, &'static str, Value)> {
    let mut ways = vec![];
    for of in ["correlationId", "causationId", "actor"] {
        let told: BTreeSet<String> = log.iter().map(|event| event[of].to_string()).collect();
        for told in told {
            let told: Value = serde_json::from_str(&told).unwrap();
            let asked = if of == "actor" {
                filter_of(&told)
            } else {
                told.clone()
            };
            ways.push((json!({ of: asked }), of, told));
        }
    }
    ways
}

fn by(log: &[Value], of: &str, told: &Value) -> Vec<Value> {
    let fitting = log.iter().filter(|event| event[of] == *told);
    fitting.cloned().collect()
}

struct World {
    server: Server,
    admin: Client,
    own: String,
    other: String,
    computer: String,
    _agent: Peer,
}

/// Two tenants of whom things are told by people, an agent and the server itself.
async fn world() -> World {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Contoso").await;
    let other = admin.tenant("Fabrikam").await;
    let software = admin.software("tool", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    let theirs = admin.acting_as("TENANT_ADMIN", Some(&own)).await;
    for (client, tenant, name) in [
        (&theirs, &own, "Ada"),
        (&admin, &own, "Grace"),
        (&admin, &other, "Eve"),
    ] {
        let input = format!("{{ tenantId: \"{tenant}\", name: \"{name}\" }}");
        client.made("addPerson", "person", &input).await;
    }
    let token = admin.enrolment_token(&own, 1).await;
    let agent = Peer::enrol(&server.base(), &token, "pc-1").await;
    let agent = agent.expect("it is enrolled");
    let computer = eventually("the computer is known", || async {
        let data = admin.ask("{ computers { nodes { id } } }", json!({})).await;
        let id = data["computers"]["nodes"][0]["id"].as_str();
        id.map(str::to_owned)
    })
    .await;
    World {
        server,
        admin,
        own,
        other,
        computer,
        _agent: agent,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_found_by_whom_and_by_their_story_and_only_ones_own() {
    let world = world().await;
    let admin = &world.admin;
    let all = log(admin, &json!({}), "ASC").await;
    let until = &all.last().unwrap()["position"];
    let kinds: BTreeSet<String> = (all.iter())
        .map(|event| text(&event["actor"]["kind"]))
        .collect();
    assert!(kinds.len() >= 3, "{kinds:?}");
    let up_to = |mut log: Vec<Value>| {
        let number = |event: &Value| text(&event["position"]).parse::<u64>().unwrap();
        let end = text(until).parse().unwrap();
        log.retain(|event| number(event) <= end);
        log
    };

    let own_admin = admin.acting_as("TENANT_ADMIN", Some(&world.own)).await;
    let other_admin = admin.acting_as("TENANT_ADMIN", Some(&world.other)).await;
    let own_log = up_to(log(&own_admin, &json!({}), "ASC").await);
    let other_log = up_to(log(&other_admin, &json!({}), "ASC").await);
    assert!(own_log.len() > other_log.len() && !other_log.is_empty());
    let ways = ways(&all);
    assert!(ways.len() > 20, "{}", ways.len());
    for (filter, of, told) in &ways {
        // Whoever looks, for whatever there is anywhere, finds of what they see what fits, and is told the same where nothing does.
        for (client, seen) in [
            (admin, &all),
            (&own_admin, &own_log),
            (&other_admin, &other_log),
        ] {
            let expected = by(seen, of, told);
            let found = up_to(log(client, filter, "ASC").await);
            assert_eq!(found, expected, "{filter}");
            let mut back = up_to(log(client, filter, "DESC").await);
            back.reverse();
            assert_eq!(back, expected, "{filter}");
        }
    }

    // It holds together with the others.
    let (filter, ..) = &ways[0];
    let mut filter = filter.clone();
    filter["tenantId"] = json!(world.other);
    filter["correlationId"] = own_log[0]["correlationId"].clone();
    assert_eq!(log(admin, &filter, "ASC").await, Vec::<Value>::new());
    let of_agent = json!({ "actor": { "kind": "AGENT" }, "computerId": world.computer });
    let told = log(admin, &of_agent, "ASC").await;
    assert!(!told.is_empty());
    assert!(told.iter().all(|event| event["actor"]["kind"] == "AGENT"));

    // What is nobody is refused; who is unknown did nothing.
    let refused = |filter: &str| format!("{{ events(filter: {filter}) {{ nodes {{ id }} }} }}");
    for filter in [
        "{ actor: { kind: SYSTEM, apiTokenId: \"0190aaaa-0000-7000-8000-000000000000\" } }",
        "{ actor: { agentId: \"nobody\" } }",
    ] {
        let code = admin.error_code(&refused(filter), json!({})).await;
        assert_eq!(code.as_deref(), Some("BAD_USER_INPUT"), "{filter}");
    }
    let nobody = json!({ "actor": { "agentId": "0190aaaa-0000-7000-8000-000000000000" } });
    assert_eq!(log(admin, &nobody, "ASC").await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_is_followed_as_it_goes_on() {
    let world = world().await;
    let admin = &world.admin;
    let own_admin = admin.acting_as("TENANT_ADMIN", Some(&world.own)).await;
    let by_admin = log(admin, &json!({ "types": ["TenantCreated"] }), "ASC").await;
    let actor = text(&by_admin[0]["actor"]["apiTokenId"]);
    let now = admin.ask("{ server { position } }", json!({})).await;
    let now = &now["server"]["position"];
    let follow = format!(
        "subscription {{ events(after: {now}, filter: {{ actor: {{ apiTokenId: \"{actor}\" }} }}) {{ type actor {{ apiTokenId }} subject {{ title }} }} }}"
    );
    let mut heard = Subscription::open(admin, &follow).await;
    let mut heard_by_own = Subscription::open(&own_admin, &follow).await;
    for (client, tenant, name) in [
        (&own_admin, &world.own, "not heard: by somebody else"),
        (admin, &world.other, "Mallory"),
        (admin, &world.own, "Linus"),
    ] {
        let input = format!("{{ tenantId: \"{tenant}\", name: \"{name}\" }}");
        client.made("addPerson", "person", &input).await;
    }
    let mut titles = vec![];
    for _ in 0..2 {
        let told = heard.next().await.expect("it goes on");
        let event = &told["data"]["events"];
        assert_eq!(event["actor"]["apiTokenId"], json!(actor), "{told}");
        titles.push(text(&event["subject"]["title"]));
    }
    assert_eq!(titles, ["Mallory", "Linus"]);
    let told = heard_by_own.next().await.expect("it goes on");
    assert_eq!(
        told["data"]["events"]["subject"]["title"], "Linus",
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_says_by_name_what_it_is_about_to_whoever_may_see_that() {
    let world = world().await;
    let admin = &world.admin;
    let before = admin.ask("{ server { position } }", json!({})).await;
    let rename = "mutation($id: ID!) { renameTenant(input: { id: $id, name: \"Contoso Ltd\" }) { userErrors { code } } }";
    admin.ask(rename, json!({ "id": world.own })).await;
    let session = admin.start_session(&world.computer).await;
    let all = log(admin, &json!({}), "ASC").await;
    let subject = |kind: &str| {
        let event = all.iter().find(|event| event["type"] == kind);
        let event = event.unwrap_or_else(|| panic!("no {kind}"));
        let subject = &event["subject"];
        (
            text(&subject["node"]["__typename"]),
            text(&subject["title"]),
            text(&subject["node"]["id"]),
        )
    };
    let owned = |kind: &str, title: &str, id: &str| (kind.into(), title.into(), id.into());
    assert_eq!(
        subject("TenantCreated"),
        owned("Tenant", "Contoso Ltd", &world.own)
    );
    assert_eq!(
        subject("ComputerRegistered"),
        owned("Computer", "pc-1", &world.computer)
    );
    assert_eq!(
        subject("SessionCreated"),
        owned("MaintenanceSession", "pc-1", &session)
    );
    for (kind, of, title) in [
        ("DeploymentCreated", "Deployment", "tool"),
        ("SoftwareCreated", "Software", "tool"),
        ("PersonAdded", "Person", "Ada"),
        ("AgentEnrolled", "Agent", "pc-1"),
        ("EnrolmentTokenCreated", "EnrolmentToken", "Contoso Ltd"),
        ("ApiTokenCreated", "ApiToken", "test"),
    ] {
        let (named, called, _) = subject(kind);
        assert_eq!((named.as_str(), called.as_str()), (of, title), "{kind}");
    }
    // What has no global id is nothing.
    let servers = all.iter().filter(|event| {
        let stream = text(&event["stream"]);
        stream.starts_with("server-") || stream.starts_with("claim-")
    });
    assert!(servers.clone().count() > 0);
    assert!(servers.into_iter().all(|event| event["subject"].is_null()));

    // As it was at the moment that is asked about.
    let query = format!(
        "{{ events(filter: {{ types: [\"TenantCreated\"] }}, first: 1, asOf: {{ position: {} }}) {{ nodes {{ subject {{ title }} }} }} }}",
        before["server"]["position"]
    );
    let told = admin.ask(&query, json!({})).await;
    let then = &told["events"]["nodes"][0]["subject"]["title"];
    assert_eq!(then, "Contoso", "{told}");

    // The computer goes to the other tenant: those it left still see what happened there, and read its name no more.
    let own_admin = admin.acting_as("TENANT_ADMIN", Some(&world.own)).await;
    let registered = json!({ "types": ["ComputerRegistered", "SessionCreated"] });
    let told = log(&own_admin, &registered, "ASC").await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|event| event["subject"]["title"] == "pc-1"));
    let moved = "mutation($id: ID!, $to: ID!) { moveComputer(input: { id: $id, tenantId: $to }) { userErrors { code } } }";
    let moved = admin
        .ask(moved, json!({ "id": world.computer, "to": world.other }))
        .await;
    assert_eq!(moved["moveComputer"]["userErrors"], json!([]), "{moved}");
    let told = log(&own_admin, &registered, "ASC").await;
    assert_eq!(told.len(), 2, "{told:?}");
    for event in &told {
        assert!(event["subject"]["title"].is_null(), "{event}");
    }
    let other_admin = admin.acting_as("TENANT_ADMIN", Some(&world.other)).await;
    let theirs = log(&other_admin, &json!({}), "ASC").await;
    let computer = theirs
        .iter()
        .find(|event| event["subject"]["node"]["__typename"] == "Computer");
    assert_eq!(computer.unwrap()["subject"]["title"], "pc-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_finds_by_the_same_words() {
    let world = world().await;
    let all = log(&world.admin, &json!({}), "ASC").await;
    let person = (all.iter()).find(|event| event["type"] == "PersonAdded");
    let person = person.unwrap();
    let lines = async |option: &str, value: &str| -> Vec<Value> {
        let text = command(&world.server.data, &["events", option, value]).await;
        let lines = text.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let correlation = text(&person["correlationId"]);
    let told = lines("--correlation", &correlation).await;
    let found: Vec<String> = told
        .iter()
        .map(|line| line["position"].to_string())
        .collect();
    let expected = by(&all, "correlationId", &person["correlationId"]);
    let expected: Vec<String> = (expected.iter())
        .map(|event| text(&event["position"]))
        .collect();
    assert_eq!(found, expected);
    let causation = text(&person["causationId"]);
    let told = lines("--causation", &causation.to_uppercase()).await;
    assert_eq!(
        told.len(),
        by(&all, "causationId", &person["causationId"]).len()
    );
    for (wanted, kind) in [
        ("agent", "agent"),
        ("user", "user"),
        ("operator", "operator"),
    ] {
        let told = lines("--actor", wanted).await;
        assert!(!told.is_empty(), "{wanted}");
        let is_it = |line: &Value| line["metadata"]["actor"]["kind"] == kind;
        assert!(told.iter().all(is_it), "{wanted}");
    }
    let told = lines("--actor", "user").await;
    let id = text(&told[0]["metadata"]["actor"]["id"]);
    let one = lines("--actor", &id).await;
    assert!(!one.is_empty() && one.len() < told.len());
    assert!((one.iter()).all(|line| line["metadata"]["actor"]["id"] == id));
    assert_eq!(lines("--actor", "nobody").await, Vec::<Value>::new());
}
