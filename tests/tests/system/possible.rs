//! What may be done to a thing is told as the mutation would tell it, to each role and in each state.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use upkeep_tests::{Agent, Client, Server};

const MAY: &str = "may { mutation isAllowed isDone code reason }";

/// What is told of each mutation, by its name.
async fn told(client: &Client, field: &str, id: &str, as_of: &str) -> BTreeMap<String, Value> {
    let query = format!("{{ {field}(id: \"{id}\"{as_of}) {{ {MAY} }} }}");
    let answer = client.ask(&query, json!({})).await;
    by_name(&answer[field]["may"])
}

fn by_name(list: &Value) -> BTreeMap<String, Value> {
    let list = list.as_array().unwrap().iter();
    list.map(|it| (it["mutation"].as_str().unwrap().to_owned(), it.clone()))
        .collect()
}

/// The code and the sentence with which the mutation itself is refused.
async fn refusal(client: &Client, mutation: &str, input: &str) -> (Value, Value) {
    let query = format!(
        "mutation {{ {mutation}(input: {{ {input} }}) {{ userErrors {{ code message }} }} }}"
    );
    let answer = client.ask_raw(&query, json!({})).await;
    let error = &answer["errors"][0];
    if error.is_object() {
        return (
            error["extensions"]["code"].clone(),
            error["message"].clone(),
        );
    }
    let error = &answer["data"][mutation]["userErrors"][0];
    (error["code"].clone(), error["message"].clone())
}

/// What is told not to be allowed is refused in the same words, and what is told to be allowed is not.
async fn assert_as_told(
    client: &Client,
    told: &BTreeMap<String, Value>,
    mutation: &str,
    input: &str,
) {
    let told = &told[mutation];
    let (code, message) = refusal(client, mutation, input).await;
    if told["isAllowed"] == true {
        assert_eq!(
            (&code, &told["code"]),
            (&Value::Null, &Value::Null),
            "{told} {message}"
        );
    } else {
        assert_eq!((&told["code"], &told["reason"]), (&code, &message));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story of one tenant")]
async fn whoever_may_not_is_told_what_the_refusal_would_say() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let tenant = admin.tenant("Contoso").await;
    let software = admin.software("tool", &["1.0"]).await;
    let task = admin.made("createTask", "task", "{ name: \"Line\" }").await;
    let cross = admin.deploy_everywhere(&software).await;
    let of_tenant = json!({ "scope": { "singleTenant": { "tenantId": tenant } } });
    let single = admin
        .deploy(&software, of_tenant, json!({ "kind": "IGNORED" }))
        .await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let session = admin.maintain(&computer).await;
    let session = session["id"].as_str().unwrap();
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let member = admin.acting_as("TENANT_MEMBER", Some(&tenant)).await;

    // By role. The mutations that change nothing when they are allowed come as the strong ones, too.
    for (client, field, id, mutation, input, is_allowed) in [
        (
            &member,
            "computer",
            &computer,
            "startSession",
            format!("computerId: \"{computer}\""),
            true,
        ),
        (
            &member,
            "computer",
            &computer,
            "removeComputer",
            format!("id: \"{computer}\""),
            false,
        ),
        (
            &member,
            "tenant",
            &tenant,
            "renameTenant",
            format!("id: \"{tenant}\", name: \"Contoso\""),
            false,
        ),
        (
            &technician,
            "tenant",
            &tenant,
            "removeTenant",
            format!("id: \"{tenant}\""),
            false,
        ),
        (
            &technician,
            "deployment",
            &cross,
            "disableDeployment",
            format!("id: \"{cross}\""),
            false,
        ),
        (
            &member,
            "deployment",
            &single,
            "disableDeployment",
            format!("id: \"{single}\""),
            false,
        ),
        (
            &technician,
            "deployment",
            &single,
            "enableDeployment",
            format!("id: \"{single}\""),
            true,
        ),
        (
            &member,
            "software",
            &software,
            "renameSoftware",
            format!("id: \"{software}\", name: \"x\""),
            false,
        ),
        (
            &member,
            "task",
            &task,
            "renameTask",
            format!("id: \"{task}\", name: \"x\""),
            false,
        ),
        (
            &technician,
            "task",
            &task,
            "setTaskScript",
            format!("id: \"{task}\", role: TEST, script: {{ text: \"echo true\" }}"),
            true,
        ),
        (
            &technician,
            "task",
            &task,
            "defineTaskParameters",
            format!("id: \"{task}\", parameters: [{{ name: \"Port\", kind: NUMBER }}]"),
            true,
        ),
    ] {
        let told = told(client, field, id, "").await;
        assert_eq!(
            told[mutation]["isAllowed"], is_allowed,
            "{mutation} {told:?}"
        );
        assert_as_told(client, &told, mutation, &input).await;
    }

    // By state: what is so already, what is over, what is gone.
    let of_single = told(&admin, "deployment", &single, "").await;
    assert_eq!(of_single["enableDeployment"]["isDone"], true);
    assert_eq!(
        of_single["enableDeployment"]["reason"],
        "it is so already: nothing would change"
    );
    assert_eq!(of_single["disableDeployment"]["isDone"], false);
    assert_eq!(of_single["disableDeployment"]["reason"], Value::Null);
    let approve = ("approveRecommendation", format!("id: \"{single}\""));
    assert_eq!(of_single[approve.0]["code"], "NOT_RECOMMENDED");
    assert_as_told(&admin, &of_single, approve.0, &approve.1).await;
    let of_session = told(&admin, "session", session, "").await;
    assert_eq!(of_session["cancelSession"]["code"], "SESSION_OVER");
    assert_as_told(
        &admin,
        &of_session,
        "cancelSession",
        &format!("id: \"{session}\""),
    )
    .await;

    let before =
        admin.ask("{ server { position } }", json!({})).await["server"]["position"].clone();
    let (code, _) = refusal(&admin, "removeComputer", &format!("id: \"{computer}\"")).await;
    assert_eq!(code, Value::Null);
    let of_removed = told(&admin, "computer", &computer, "").await;
    assert_eq!(of_removed["removeComputer"]["isDone"], true);
    assert_eq!(of_removed["restoreComputer"]["isAllowed"], true);
    for (mutation, input) in [
        ("startSession", format!("computerId: \"{computer}\"")),
        ("completeOnboarding", format!("id: \"{computer}\"")),
        (
            "changeTags",
            format!("on: {{ computerId: \"{computer}\" }}"),
        ),
    ] {
        assert_eq!(of_removed[mutation]["code"], "REMOVED", "{mutation}");
        assert_as_told(&admin, &of_removed, mutation, &input).await;
    }

    // Nobody changes the past, whoever they are.
    let then = format!(", asOf: {{ position: {before} }}");
    let past = told(&admin, "computer", &computer, &then).await;
    assert_eq!(past.len(), of_removed.len());
    for (mutation, told) in past {
        assert_eq!(told["isAllowed"], false, "{mutation}");
        assert!(
            told["reason"]
                .as_str()
                .unwrap()
                .contains("another moment than now")
        );
    }

    // In a tenant that was removed only what takes something away.
    let enrolments = admin
        .ask("{ enrolmentTokens { nodes { id } } }", json!({}))
        .await;
    let enrolment = enrolments["enrolmentTokens"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let remove = format!("id: \"{tenant}\"");
    assert_as_told(
        &admin,
        &told(&admin, "tenant", &tenant, "").await,
        "removeTenant",
        &remove,
    )
    .await;
    let gone = told(&admin, "tenant", &tenant, "").await;
    assert_eq!(gone["restoreTenant"]["isAllowed"], true, "{gone:?}");
    for mutation in [
        "renameTenant",
        "addPerson",
        "createGroup",
        "createDeployment",
        "createTenant",
        "createEnrolmentToken",
    ] {
        assert_eq!(gone[mutation]["isAllowed"], false, "{mutation}");
    }
    let input = format!("tenantId: \"{tenant}\", name: \"Ada\"");
    assert_as_told(&admin, &gone, "addPerson", &input).await;
    let tokens = admin
        .ask(
            &format!("{{ node(id: \"{enrolment}\") {{ ... on EnrolmentToken {{ {MAY} }} }} }}"),
            json!({}),
        )
        .await;
    assert_eq!(
        by_name(&tokens["node"]["may"])["revokeEnrolmentToken"]["isAllowed"],
        true
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_viewer_is_told_what_may_be_made_and_what_the_own_token_is_called() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let member = admin.acting_as("TENANT_ADMIN", Some(&tenant)).await;
    let query = "{ viewer { name mayMake { mutation isAllowed isDone code reason } } }";
    let mine = admin.ask(query, json!({})).await["viewer"].clone();
    assert!(
        mine["name"].as_str().is_some_and(|name| !name.is_empty()),
        "{mine}"
    );
    for (mutation, told) in by_name(&mine["mayMake"]) {
        assert_eq!(told["isAllowed"], true, "{mutation}: {told}");
    }
    let theirs = member.ask(query, json!({})).await["viewer"].clone();
    assert!(theirs["name"].is_string());
    let making = by_name(&theirs["mayMake"]);
    assert_as_told(&member, &making, "createTenant", "name: \"x\"").await;
    assert!(
        making.values().all(|told| told["isAllowed"] == false),
        "{making:?}"
    );
    // In their own tenant they make what they may.
    let own = told(&member, "tenant", &tenant, "").await;
    for (mutation, is_allowed) in [
        ("addPerson", true),
        ("createDeployment", true),
        ("createApiToken", true),
        ("createTenant", false),
        ("removeTenant", false),
    ] {
        assert_eq!(own[mutation]["isAllowed"], is_allowed, "{mutation}");
    }
}
