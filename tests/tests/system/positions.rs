//! Positions as they move on: who is told, of what, and how often.

use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server};

const ALL: &str = "subscription { positions { position kinds ids isComplete } }";

async fn told(subscription: &mut Subscription) -> Value {
    let answer = subscription.next().await.expect("it goes on");
    assert!(answer["errors"].is_null(), "{answer}");
    let position = &answer["data"]["positions"]["position"];
    let own = number(position);
    assert!(number(&answer["extensions"]["position"]) >= own, "{answer}");
    answer["data"]["positions"].clone()
}

fn number(position: &Value) -> u64 {
    position.as_str().unwrap().parse().unwrap()
}

fn names(message: &Value, id: &str) -> bool {
    message["ids"].as_array().unwrap().iter().any(|it| it == id)
}

async fn rename(client: &Client, tenant: &str, name: &str) {
    let query = "mutation($id: ID!, $name: String!) { renameTenant(input: { id: $id, name: $name }) { userErrors { code } } }";
    let told = client
        .ask(query, json!({ "id": tenant, "name": name }))
        .await;
    assert_eq!(told["renameTenant"]["userErrors"], json!([]));
}

async fn add_person(client: &Client, tenant: &str) -> String {
    let input = format!("{{ tenantId: \"{tenant}\", name: \"Ada\" }}");
    client.made("addPerson", "person", &input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_position_comes_at_once_and_then_with_what_was_touched() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let now = admin.ask("{ server { position } }", json!({})).await;

    let mut all = Subscription::open(&admin, ALL).await;
    let first = told(&mut all).await;
    assert!(number(&first["position"]) >= number(&now["server"]["position"]));
    assert_eq!(first["isComplete"], false, "anything may have been touched");
    assert!(first["kinds"].as_array().unwrap().len() > 10);
    assert_eq!(first["ids"], json!([]));

    rename(&admin, &tenant, "Fabrikam").await;
    let renamed = told(&mut all).await;
    assert!(number(&renamed["position"]) > number(&first["position"]));
    assert_eq!(renamed["kinds"], json!(["TENANT"]));
    assert_eq!(renamed["ids"], json!([tenant]));
    assert_eq!(renamed["isComplete"], true);
    // Whatever is read now is at least as new.
    let answer = admin.ask_raw("{ tenants { totalCount } }", json!({})).await;
    assert!(number(&answer["extensions"]["position"]) >= number(&renamed["position"]));

    // Much at once is few messages.
    let begun = Instant::now();
    let person = add_person(&admin, &tenant).await;
    for n in 0..30 {
        rename(&admin, &tenant, &format!("Fabrikam {n}")).await;
    }
    let newest = admin.ask("{ server { position } }", json!({})).await;
    let newest = number(&newest["server"]["position"]);
    let (mut messages, mut kinds, mut has_person) = (0, vec![], false);
    loop {
        let message = told(&mut all).await;
        messages += 1;
        kinds.push(message["kinds"].clone());
        has_person |= names(&message, &person);
        if number(&message["position"]) >= newest {
            break;
        }
    }
    let most = 2 + begun.elapsed().as_millis() / 500;
    assert!(messages <= most, "{messages} of {most}: {kinds:?}");
    assert!(has_person, "{kinds:?}");

    // Who comes back hears what was touched meanwhile, where it is kept.
    let since = json!(renamed["position"]);
    let again =
        format!("subscription {{ positions(after: {since}) {{ position kinds ids isComplete }} }}");
    let mut again = Subscription::open(&admin, &again).await;
    let missed = told(&mut again).await;
    assert_eq!(missed["kinds"], json!(["TENANT", "PERSON"]));
    assert_eq!(missed["isComplete"], true);
    assert!(names(&missed, &person) && names(&missed, &tenant));
    let from_the_start =
        "subscription { positions(after: \"0\") { position kinds ids isComplete } }";
    let mut again = Subscription::open(&admin, from_the_start).await;
    assert_eq!(told(&mut again).await["isComplete"], false);
    let future = "subscription { positions(after: \"99999999\") { position } }";
    let refused = Subscription::open(&admin, future)
        .await
        .next()
        .await
        .unwrap();
    let code = &refused["errors"][0]["extensions"]["code"];
    assert_eq!(code, "POSITION_NOT_AVAILABLE", "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_hears_of_its_own_and_what_happens_to_a_session_touches_its_computer() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let own = admin.tenant("Own").await;
    let other = admin.tenant("Other").await;
    let software = admin.software("tool", &["1.0"]).await;
    let stranger = admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    let mut everything = Subscription::open(&admin, ALL).await;
    told(&mut everything).await;
    let mut strangers = Subscription::open(&stranger, ALL).await;
    told(&mut strangers).await;

    let token = admin.enrolment_token(&own, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let session = admin.maintain(&computer).await;
    rename(&admin, &own, "Mine").await;
    admin.deploy_everywhere(&software).await;
    let of_own = json!({ "scope": { "singleTenant": { "tenantId": own } } });
    admin
        .deploy(&software, of_own, json!({ "kind": "IGNORED" }))
        .await;
    admin.acting_as("TENANT_MEMBER", Some(&own)).await;

    // Nothing of all that comes before what is the stranger's own.
    let person = add_person(&admin, &other).await;
    let heard = told(&mut strangers).await;
    assert_eq!(heard["ids"], json!([person]));
    assert_eq!(heard["kinds"], json!(["PERSON"]));
    // What everybody may see is everybody's.
    admin
        .publish(
            &software,
            "2.0",
            &json!({ "text": "true" }),
            &json!({ "text": "true" }),
        )
        .await;
    let heard = told(&mut strangers).await;
    assert_eq!(heard["ids"], json!([software]));
    let silence = tokio::time::timeout(Duration::from_secs(1), strangers.next()).await;
    assert!(silence.is_err(), "{silence:?}");

    let mut with_session = vec![];
    let mut with_agent = vec![];
    loop {
        let message = told(&mut everything).await;
        let kinds = message["kinds"].as_array().unwrap();
        if kinds.contains(&json!("AGENT")) {
            with_agent.push(message.clone());
        }
        if names(&message, session["id"].as_str().unwrap()) {
            assert!(names(&message, &computer), "{message}");
            with_session.push(message.clone());
        }
        if names(&message, &person) {
            break;
        }
    }
    assert!(!with_session.is_empty());
    assert!(
        with_agent.iter().any(|it| names(it, &computer)),
        "{with_agent:?}"
    );
}
