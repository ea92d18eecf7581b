//! Texts that mean something else than they seem to: scripts, versions, names, expressions.

use crate::servers::member;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use upkeep_tests::client::{http, text};
use upkeep_tests::{Agent, Client, Peer, Server, eventually, peer};

/// Any mutation; its payload, or the code and the message of its refusal.
async fn change(
    admin: &Client,
    mutation: &str,
    input_type: &str,
    input: Value,
    fields: &str,
) -> Result<Value, (String, String)> {
    let query = format!(
        "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code message }} }} }}"
    );
    let answer = admin.ask_raw(&query, json!({ "input": input })).await;
    let payload = answer["data"][mutation].clone();
    let error = match &answer["errors"][0] {
        Value::Null => payload["userErrors"][0].clone(),
        error => json!({ "code": error["extensions"]["code"], "message": error["message"] }),
    };
    if error.is_null() {
        Ok(payload)
    } else {
        Err((text(&error["code"]), text(&error["message"])))
    }
}

async fn done(
    admin: &Client,
    mutation: &str,
    input_type: &str,
    input: Value,
    fields: &str,
) -> Value {
    change(admin, mutation, input_type, input, fields)
        .await
        .unwrap_or_else(|error| panic!("{mutation}: {error:?}"))
}

/// A computer of a tenant, without an agent that is connected.
async fn computer(server: &Server, admin: &Client, tenant: &str, name: &str) -> String {
    let token = admin.enrolment_token(tenant, 1).await;
    let enrolled = Peer::enrol_with(&server.base(), &token, &peer::facts(name)).await;
    assert!(enrolled.is_ok(), "{:?}", enrolled.err());
    let query =
        "query($name: String!) { computers(filter: { nameContains: $name }) { nodes { id } } }";
    eventually("the computer is there", || async {
        let answer = admin.try_ask(query, json!({ "name": name })).await?;
        let node = answer["data"]["computers"]["nodes"][0].clone();
        node["id"].as_str().map(str::to_owned)
    })
    .await
}

/// A byte order mark hid the first command from the shell, and every last word ended with a carriage return.
#[tokio::test(flavor = "multi_thread")]
async fn scripts_from_windows_editors_do_what_they_say() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let folder = TempDir::new().unwrap();
    let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;

    let dos = |lines: &[&str]| format!("\u{feff}{}\r\n", lines.join("\r\n"));
    let detection = dos(&["cat \"$UPKEEP_ROOT/opt/tool\" 2>/dev/null || true"]);
    let software = admin.software_detected_by("tool", &detection).await;
    let careful = dos(&[
        "set -e",
        "mkdir -p \"$UPKEEP_ROOT/opt\"",
        "false",
        "echo 1.0 > \"$UPKEEP_ROOT/opt/tool\"",
    ]);
    let right = dos(&[
        "set -e",
        "mkdir -p \"$UPKEEP_ROOT/opt\"",
        "echo 2.0 > \"$UPKEEP_ROOT/opt/tool\"",
    ]);
    for (version, install) in [("1.0", &careful), ("2.0", &right)] {
        let uninstall = json!({ "text": "true" });
        admin
            .publish(&software, version, &json!({ "text": install }), &uninstall)
            .await;
    }
    let everywhere = json!({ "scope": { "crossTenant": true } });
    let first = json!({ "kind": "INSTALLED_EXACTLY", "version": "1.0" });
    let deployment = admin.deploy(&software, everywhere, first).await;

    let session = admin.maintain(&computer).await;
    let action = session["actions"][0].clone();
    assert_eq!(action["resultReason"], "SCRIPT_FAILED", "{session}");
    assert!(!agent.root.join("opt/tool").exists(), "set -e was heard");

    admin
        .change_desired(&deployment, json!({ "kind": "INSTALLED_LATEST" }))
        .await;
    let session = admin.maintain(&computer).await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(session["actions"][0]["detected"], "2.0", "{session}");
    let made: Vec<String> = std::fs::read_dir(&agent.root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(made.iter().all(|name| !name.contains('\r')), "{made:?}");

    let query = "query($id: ID!) { node(id: $id) { ... on Software { detection { text } versions { nodes { install { text } } } } } }";
    let shown = admin.ask(query, json!({ "id": software })).await["node"].clone();
    let shown = [
        &shown["detection"]["text"],
        &shown["versions"]["nodes"][0]["install"]["text"],
    ]
    .map(text);
    assert!(
        shown.iter().all(|text| !text.contains(['\r', '\u{feff}'])),
        "the author reads what runs: {shown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_no_interpreter_can_read_are_refused_with_their_line() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for (script, part) in [
        ("true\na\0b", "line 2 of the script holds a NUL"),
        ("true\n\u{feff}set -e", "byte order mark"),
        ("echo caf\u{fffd}", "UTF-8"),
        ("cd /opt\rrm x", "carriage return"),
    ] {
        let input = json!({ "name": "x", "detection": { "text": script } });
        let refused = change(
            &admin,
            "createSoftware",
            "CreateSoftwareInput",
            input,
            "position",
        )
        .await;
        let (code, message) = refused.expect_err(part);
        assert_eq!(code, "INVALID");
        assert!(message.contains(part), "{message}");
    }
    let latin = b"{\"query\":\"mutation { createSoftware(input: { name: \\\"x\\\", detection: { text: \\\"echo caf\xe9\\\" } }) { position } }\"}";
    let answer = http()
        .post(format!("{}/graphql", server.base()))
        .bearer_auth(&admin.token)
        .header("content-type", "application/json")
        .body(latin.to_vec())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    let catalogue = admin.ask("{ catalogue { nodes { id } } }", json!({})).await;
    assert_eq!(catalogue["catalogue"]["nodes"], json!([]));
}

/// Each answer was once a version: of something outdated, of something to be installed again, of something to be removed.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_version_that_stands_alone_is_one() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let folder = TempDir::new().unwrap();
    let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let says = agent.root.join("says");
    let software = admin
        .software_detected_by("tool", "cat \"$UPKEEP_ROOT/says\"")
        .await;
    let script =
        json!({ "text": "touch \"$UPKEEP_ROOT/did\"; echo 108.0 > \"$UPKEEP_ROOT/says\"" });
    admin.publish(&software, "108.0", &script, &script).await;
    let everywhere = json!({ "scope": { "crossTenant": true } });
    let uninstalled = json!({ "kind": "UNINSTALLED" });
    let deployment = admin.deploy(&software, everywhere, uninstalled).await;

    for answer in [
        "lookup failed with 404",
        "200.1 (64-bit)",
        "OpenSSL 3.0.11 19 Sep 2023",
        "tool-1.2.4",
        "Version:25.0",
    ] {
        std::fs::write(&says, answer).unwrap();
        for desired in ["UNINSTALLED", "INSTALLED_LATEST"] {
            admin
                .change_desired(&deployment, json!({ "kind": desired }))
                .await;
            let session = admin.maintain(&computer).await;
            let action = session["actions"][0].clone();
            assert_eq!(action["resultReason"], "DETECTION_FAILED", "{session}");
            let message = text(&action["message"]);
            assert!(message.contains(answer), "it says what came: {message}");
            assert!(
                !agent.root.join("did").exists(),
                "{answer}: nothing is done"
            );
        }
    }

    std::fs::write(&says, "108.0b9\n").unwrap();
    let session = admin.maintain(&computer).await;
    let action = session["actions"][0].clone();
    assert_eq!(action["type"], "UPDATE", "a beta is older: {session}");
    assert_eq!(action["detectedBefore"], "108.0b9");
    assert_eq!(session["status"], "PASSED", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expression_is_small_and_puts_versions_in_order_as_versions() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let pc = computer(&server, &admin, &tenant, "pc").await;
    let software = admin.software("tool", &["1.0"]).await;
    let deploy = |expression: String| {
        let target = json!({ "scope": { "singleTenant": { "tenantId": tenant } },
            "membership": { "expression": expression } });
        json!({ "softwareId": software, "target": target, "desired": { "kind": "INSTALLED_LATEST" } })
    };
    let try_out = |expression: String| {
        let input = deploy(expression);
        let admin = &admin;
        async move {
            let fields = "deployment { id }";
            change(
                admin,
                "createDeployment",
                "CreateDeploymentInput",
                input,
                fields,
            )
            .await
        }
    };

    let refused = try_out("inventory.osVersion < \"9\"".into()).await;
    let (code, message) = refused.expect_err("12 is not below 9");
    assert_eq!(code, "INVALID");
    assert!(
        message.contains("version(inventory.osVersion)"),
        "{message}"
    );

    // 1.9 KB that came to tens of megabytes each.
    let large = vec!["computer.name.matches(\"[a-z]{900}\")"; 50].join(" || ");
    let (code, message) = try_out(large).await.expect_err("it is too large");
    assert_eq!(code, "INVALID");
    assert!(message.contains("64 KiB"), "{message}");

    // As many as fit, and a start with them.
    for n in 0..20 {
        let fits = format!(
            "computer.name.matches(\"^({n}|pc)$\") || computer.name.matches(\"[a-z]{{200}}\")"
        );
        try_out(fits).await.expect("it fits");
    }
    server.kill().await;
    server.restart().await;
    let query = "query($id: ID!) { resolution(computerId: $id) { nodes { winner { deploymentId } ranked { nodes { place } } } } }";
    let found = admin.ask(query, json!({ "id": pc })).await["resolution"]["nodes"][0].clone();
    assert_eq!(
        found["ranked"]["nodes"].as_array().map(Vec::len),
        Some(20),
        "{found}"
    );
}

async fn move_below(
    client: &Client,
    tenant: &str,
    parent: Option<&str>,
) -> Result<Value, (String, String)> {
    let input = json!({ "id": tenant, "parentId": parent });
    let fields = "tenant { parent { id } }";
    change(
        client,
        "setTenantParent",
        "SetTenantParentInput",
        input,
        fields,
    )
    .await
}

async fn parent(client: &Client, tenant: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on Tenant { parent { id } } } }";
    client.ask(query, json!({ "id": tenant })).await["node"]["parent"]["id"].clone()
}

/// Two tenants, each put below the other at the same moment: one of the two is refused.
async fn race(one: &Client, other: &Client, round: usize) {
    let [a, b] = [
        one.tenant(&format!("a{round}")).await,
        one.tenant(&format!("b{round}")).await,
    ];
    eventually("the other one sees both", || async {
        let query = "query($id: ID!) { node(id: $id) { id } }";
        let node = other.try_ask(query, json!({ "id": b })).await?;
        node["data"]["node"]["id"].is_string().then_some(())
    })
    .await;
    let (first, second) = tokio::join!(
        move_below(one, &a, Some(&b)),
        move_below(other, &b, Some(&a))
    );
    let refusals: Vec<&(String, String)> = [&first, &second]
        .into_iter()
        .filter_map(|moved| moved.as_ref().err())
        .collect();
    assert_eq!(refusals.len(), 1, "round {round}: {first:?}, {second:?}");
    assert_eq!(refusals[0].0, "TENANT_CYCLE");
    for client in [one, other] {
        let (above_a, above_b) = eventually("it sees the one that was accepted", || async {
            let both = (parent(client, &a).await, parent(client, &b).await);
            (both != (Value::Null, Value::Null)).then_some(both)
        })
        .await;
        assert!(
            above_a.is_null() || above_b.is_null(),
            "round {round}: a circle"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moves_at_once_make_no_circle() {
    let server = Server::start().await;
    let admin = server.admin().await;
    for round in 0..20 {
        race(&admin, &admin, round).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_moves_at_once_on_two_servers_make_no_circle() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let one = member(&store, &shared).await;
    let two = member(&store, &shared).await;
    let (admin, other) = (one.admin().await, two.admin().await);
    eventually("the other one knows both tokens", || async {
        let [first, second] = [admin.token.as_str(), other.token.as_str()];
        for (client, token) in [(&other, first), (&admin, second)] {
            let answer = client
                .with(token)
                .try_ask("{ server { version } }", json!({}))
                .await?;
            answer["data"]["server"].is_object().then_some(())?;
        }
        Some(())
    })
    .await;
    for round in 0..8 {
        race(&admin, &other, round).await;
    }
}

/// A tree is as deep with what is brought along; groups as deep with what is in them and around them.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_nested_too_deep_is_refused_when_it_is_written() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let chain = |name: &'static str, length: usize| {
        let admin = &admin;
        async move {
            let mut made: Vec<String> = vec![];
            for n in 0..length {
                let input = json!({ "name": format!("{name}{n}"), "parentId": made.last() });
                let tenant = done(
                    admin,
                    "createTenant",
                    "CreateTenantInput",
                    input,
                    "tenant { id }",
                )
                .await;
                made.push(text(&tenant["tenant"]["id"]));
            }
            made
        }
    };
    let (upper, lower) = (chain("u", 20).await, chain("l", 20).await);
    let refused = move_below(&admin, &lower[0], upper.last().map(String::as_str)).await;
    assert_eq!(refused.expect_err("forty deep").0, "TENANT_TOO_DEEP");
    let moved = move_below(&admin, &lower[0], Some(&upper[11])).await;
    assert!(moved.is_ok(), "thirty-two: {moved:?}");
    let input = json!({ "name": "one more", "parentId": lower.last() });
    let refused = change(
        &admin,
        "createTenant",
        "CreateTenantInput",
        input,
        "position",
    )
    .await;
    assert_eq!(refused.expect_err("thirty-three").0, "TENANT_TOO_DEEP");

    let tenant = admin.tenant("Contoso").await;
    let mut groups: Vec<String> = vec![];
    for n in 0..65 {
        let input = json!({ "tenantId": tenant, "kind": "DIRECTORY", "name": format!("g{n}") });
        let group = done(
            &admin,
            "createGroup",
            "CreateGroupInput",
            input,
            "group { id }",
        )
        .await;
        groups.push(text(&group["group"]["id"]));
    }
    let nest = |outer: usize, inner: usize| {
        let input = json!({ "id": groups[outer], "add": { "groupIds": [groups[inner]] } });
        let admin = &admin;
        async move {
            change(
                admin,
                "changeGroupMembers",
                "ChangeGroupMembersInput",
                input,
                "position",
            )
            .await
        }
    };
    for outer in (1..64).rev() {
        // From the outside in and from the inside out, so that both directions count.
        let outer = if outer % 2 == 0 { outer } else { 64 - outer };
        nest(outer, outer - 1).await.expect("up to sixty-four");
    }
    let refused = nest(64, 63).await.expect_err("sixty-five");
    assert_eq!(refused.0, "GROUP_TOO_DEEP", "{refused:?}");
}

/// What one integration left out erased what another one knew: a domain controller became a workstation.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_report_leaves_out_is_not_erased() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let pc = computer(&server, &admin, &tenant, "dc-1").await;
    let report = |part: Value| {
        let mut input = part;
        input["id"] = json!(pc);
        let admin = &admin;
        async move {
            let name = "reportInventoryDetail";
            done(
                admin,
                name,
                "ReportInventoryDetailInput",
                input,
                "computer { computerClass }",
            )
            .await
        }
    };
    report(json!({ "domainRole": "PRIMARY_DOMAIN_CONTROLLER", "model": "R740" })).await;
    let then = report(json!({ "manufacturer": "Dell", "domainRole": null })).await;
    assert_eq!(then["computer"]["computerClass"], "SERVER");
    let at_last = report(json!({ "unknown": ["DOMAIN_ROLE"] })).await;
    assert_eq!(at_last["computer"]["computerClass"], "WORKSTATION");

    let input = json!({ "tenantId": tenant, "name": "managed", "agreementType": "Managed" });
    let agreement = done(
        &admin,
        "addAgreement",
        "AddAgreementInput",
        input,
        "agreement { id }",
    )
    .await;
    let agreement = agreement["agreement"]["id"].clone();
    let fields = "agreement { additions { product period { lastDay } } }";
    let record = |input: Value| {
        done(
            &admin,
            "recordAgreementAddition",
            "RecordAgreementAdditionInput",
            input,
            fields,
        )
    };
    let period = json!({ "lastDay": "2026-12-31" });
    record(json!({ "id": agreement, "product": "Backup", "period": period })).await;
    let again = record(json!({ "id": agreement, "product": "Backup" })).await;
    let days = again["agreement"]["additions"][0]["period"].clone();
    assert_eq!(days["lastDay"], "2026-12-31", "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_package_is_not_taken() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let sha256 = hex::encode(Sha256::digest(b""));
    let answer = http()
        .put(format!("{}/packages/{sha256}", server.base()))
        .bearer_auth(&admin.token)
        .body(Vec::new())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    let said = answer.text().await.unwrap();
    assert!(said.contains("the package is empty"), "{said}");

    // One that an earlier server took is not published either.
    std::fs::write(server.data.join("packages").join(&sha256), "").unwrap();
    let software = admin.software("tool", &[]).await;
    let script = json!({ "text": "true" });
    let package = json!({ "fileName": "tool.deb", "sha256": sha256 });
    let input = json!({ "id": software, "version": "1.0", "install": script, "uninstall": script, "packageFile": package });
    let refused = change(
        &admin,
        "publishSoftwareVersion",
        "PublishSoftwareVersionInput",
        input,
        "position",
    )
    .await;
    assert_eq!(refused.expect_err("it is empty").0, "PACKAGE_EMPTY");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_the_same_is_the_same_and_nothing_hides() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Caf\u{e9}").await;
    for hidden in [
        "\u{200b}",
        "Con\u{200b}toso",
        "invoice\u{202e}fdp.exe",
        "\u{3164}",
    ] {
        let input = json!({ "name": hidden });
        let refused = change(
            &admin,
            "createTenant",
            "CreateTenantInput",
            input,
            "position",
        )
        .await;
        let (code, message) = refused.expect_err(hidden);
        assert_eq!(code, "INVALID");
        assert!(message.contains("cannot be seen"), "{message}");
    }
    let tag = |add: &str, remove: &str| {
        let input = json!({ "on": { "tenantId": tenant }, "add": [add], "remove": [remove] });
        done(&admin, "changeTags", "ChangeTagsInput", input, "position")
    };
    tag("CAF\u{c9}", "none").await;
    tag("cafe\u{301}", "none").await;
    let query = "query($id: ID!) { node(id: $id) { ... on Tenant { tags } } }";
    let tags = || async { admin.ask(query, json!({ "id": tenant })).await["node"]["tags"].clone() };
    assert_eq!(tags().await, json!(["caf\u{e9}"]));
    tag("other", "Cafe\u{301}").await;
    assert_eq!(tags().await, json!(["other"]));
    let input = json!({ "on": { "tenantId": tenant }, "add": ["\u{200b}"] });
    let refused = change(&admin, "changeTags", "ChangeTagsInput", input, "position").await;
    assert_eq!(refused.expect_err("nothing to see").0, "INVALID");
    let input = json!({ "id": tenant, "name": "x", "options": { "reason": "a\u{202e}b" } });
    let refused = change(
        &admin,
        "renameTenant",
        "RenameTenantInput",
        input,
        "position",
    )
    .await;
    assert_eq!(refused.expect_err("turned around").0, "BAD_USER_INPUT");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_shown_nowhere_as_being_there() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let pc = computer(&server, &admin, &tenant, "pc").await;
    let input = json!({ "tenantId": tenant, "name": "Ada" });
    let person = done(
        &admin,
        "addPerson",
        "AddPersonInput",
        input,
        "person { id }",
    )
    .await;
    let person = text(&person["person"]["id"]);
    let input = json!({ "id": pc, "personId": person });
    done(
        &admin,
        "setComputerPrimaryPerson",
        "SetComputerPrimaryPersonInput",
        input,
        "position",
    )
    .await;
    let input = json!({ "tenantId": tenant, "kind": "DIRECTORY", "name": "Finance" });
    let group = done(
        &admin,
        "createGroup",
        "CreateGroupInput",
        input,
        "group { id }",
    )
    .await;
    let group = text(&group["group"]["id"]);
    let input = json!({ "id": group, "add": { "personIds": [person] } });
    done(
        &admin,
        "changeGroupMembers",
        "ChangeGroupMembersInput",
        input,
        "position",
    )
    .await;

    let query = "query($pc: ID!, $group: ID!, $person: ID!) {
        pc: node(id: $pc) { ... on Computer { primaryPerson { name } } }
        group: node(id: $group) { ... on Group { members { totalCount nodes { ... on Person { name } } } } }
        person: node(id: $person) { ... on Person { isRemoved computers { totalCount } } } }";
    let shown = || admin.ask(query, json!({ "pc": pc, "group": group, "person": person }));
    let before = shown().await;
    assert_eq!(before["pc"]["primaryPerson"]["name"], "Ada");
    assert_eq!(before["group"]["members"]["totalCount"], 1);
    assert_eq!(before["person"]["computers"]["totalCount"], 1);
    done(
        &admin,
        "removePerson",
        "RemovePersonInput",
        json!({ "id": person }),
        "position",
    )
    .await;
    let after = shown().await;
    assert_eq!(after["pc"]["primaryPerson"], Value::Null);
    assert_eq!(after["group"]["members"]["totalCount"], 0, "{after}");
    assert_eq!(after["person"]["isRemoved"], true);
    assert_eq!(after["person"]["computers"]["totalCount"], 0);
}
