//! Computers and people who go to another tenant, and tenants that leave and come back.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::peer::facts;
use upkeep_tests::{Agent, Client, Peer, Server, eventually};

const MOVE_COMPUTER: &str =
    "mutation($id: ID!, $to: ID!) { moveComputer(input: { id: $id, tenantId: $to })
    { computer { tenant { id } primaryPerson { id } } userErrors { code message field } } }";
const MOVE_PERSON: &str =
    "mutation($id: ID!, $to: ID!) { movePerson(input: { id: $id, tenantId: $to })
    { person { tenant { id } computers { nodes { id } } } userErrors { code message field } } }";
const RESTORE_COMPUTER: &str = "mutation($id: ID!) { restoreComputer(input: { id: $id })
    { computer { isRemoved } userErrors { code message field } } }";
const REMOVE_TENANT: &str = "mutation($id: ID!) { removeTenant(input: { id: $id })
    { tenant { isRemoved } userErrors { code message field } } }";
const RESTORE_TENANT: &str = "mutation($id: ID!) { restoreTenant(input: { id: $id })
    { tenant { isRemoved } userErrors { code message field } } }";

/// Once a script of the session runs.
async fn running(admin: &Client, session: &str) {
    let query = "query($id: ID!) { session(id: $id) { actions { runs { status } } } }";
    eventually("a script runs", || async {
        let data = admin.ask(query, json!({ "id": session })).await;
        let status = &data["session"]["actions"][0]["runs"][0]["status"];
        (*status == "STARTED").then_some(())
    })
    .await;
}

fn of(tenant: &str) -> Value {
    json!({ "scope": { "singleTenant": { "tenantId": tenant } } })
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "a story")]
async fn a_computer_goes_to_another_tenant_and_its_agents_follow() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let old = admin.tenant("Qz.old").await;
    let new = admin.tenant("New").await;
    let slow = admin.software_detected_by("slow", "sleep 600").await;
    let tool = admin.software("tool", &["1.0"]).await;
    admin
        .deploy(&slow, of(&old), json!({ "kind": "INSTALLED_LATEST" }))
        .await;
    admin
        .deploy(&tool, of(&new), json!({ "kind": "INSTALLED_LATEST" }))
        .await;
    let folder = TempDir::new().unwrap();
    let token = admin.enrolment_token(&old, 1).await;
    let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let person = format!("{{ tenantId: \"{old}\", name: \"Qz.old Ada\" }}");
    let person = admin.made("addPerson", "person", &person).await;
    let primary = "mutation($id: ID!, $person: ID!) { setComputerPrimaryPerson(input: { id: $id, personId: $person })
        { userErrors { code message } } }";
    admin
        .ask(primary, json!({ "id": computer, "person": person }))
        .await;
    let group = format!("{{ tenantId: \"{old}\", kind: DIRECTORY, name: \"Qz.old group\" }}");
    let group = admin.made("createGroup", "group", &group).await;
    let join = "mutation($id: ID!, $pc: ID!, $person: ID!) { changeGroupMembers(input:
        { id: $id, add: { computerIds: [$pc], personIds: [$person] } }) { userErrors { code message } } }";
    let member = json!({ "id": group, "pc": computer, "person": person });
    admin.ask(join, member).await;
    let session = admin.start_session(&computer).await;
    let waiting = admin.start_session(&computer).await;
    running(&admin, &session).await;

    let now = admin.ask_raw("{ viewer { role } }", json!({})).await;
    let then = json!({ "position": now["extensions"]["position"] });
    let preview = "query($id: ID!, $to: ID!) { previewChange(change: { moveComputer: { id: $id, tenantId: $to } })
        { difference { computerCount } userErrors { code } } }";
    let there = json!({ "id": computer, "to": new });
    let imagined = admin.ask(preview, there.clone()).await;
    assert_eq!(
        imagined["previewChange"]["difference"]["computerCount"], 1,
        "{imagined}"
    );
    let moved = admin.ask(MOVE_COMPUTER, there.clone()).await;
    let expected = json!({ "tenant": { "id": new }, "primaryPerson": null });
    assert_eq!(moved["moveComputer"]["computer"], expected);
    // The server dies at once: whatever was still to follow follows when it is back.
    server.kill().await;
    server.restart().await;
    for session in [&session, &waiting] {
        assert_eq!(admin.over(session).await["status"], "CANCELLED");
    }

    let [was, is] = [&old, &new].map(|tenant| admin.acting_as("TENANT_ADMIN", Some(tenant)));
    let (was, is) = (was.await, is.await);
    eventually("its agent is the new tenant's", || async {
        let agents = "{ agents { nodes { computer { id } isConnected } } }";
        let data = is.ask(agents, json!({})).await;
        let expected = json!([{ "computer": { "id": computer }, "isConnected": true }]);
        (data["agents"]["nodes"] == expected).then_some(())
    })
    .await;
    let left = "query($id: ID!, $group: ID!, $person: ID!) { computer(id: $id) { name } computers { nodes { id } } agents { nodes { id } }
        group(id: $group) { members { nodes { __typename } } } person(id: $person) { computers { nodes { id } } } }";
    let asked = json!({ "id": computer, "group": group, "person": person });
    let nobody = json!({ "nodes": [] });
    let data = was.ask(left, asked).await;
    assert_eq!(data["computer"], Value::Null);
    assert_eq!((&data["computers"], &data["agents"]), (&nobody, &nobody));
    assert_eq!(
        data["group"]["members"]["nodes"],
        json!([{ "__typename": "Person" }])
    );
    assert_eq!(data["person"]["computers"], nobody);
    // Its sessions of before are the old tenant's still.
    let session_of = "query($id: ID!) { session(id: $id) { status } }";
    let asked = json!({ "id": session });
    assert_eq!(
        was.ask(session_of, asked.clone()).await["session"]["status"],
        "CANCELLED"
    );
    assert_eq!(is.ask(session_of, asked).await["session"], Value::Null);

    // What the new tenant wants of it happens.
    let session = is.maintain(&computer).await;
    assert_eq!(session["actions"][0]["itemName"], "tool", "{session}");
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(agent.installed("tool").as_deref(), Some("1.0"));
    let told = "query($id: ID!, $tool: ID!, $slow: ID!) { computer(id: $id) { sessions { nodes { id } } onboarding }
        tool: resolutionHistory(computerId: $id, softwareId: $tool) { nodes { event { type } } }
        slow: resolutionHistory(computerId: $id, softwareId: $slow) { nodes { event { type } } }
        events(filter: { computerId: $id }, first: 100) { nodes { type stream data tenantId } } }";
    let asked = json!({ "id": computer, "tool": tool, "slow": slow });
    let data = is.ask(told, asked.clone()).await;
    assert_eq!(
        data["computer"]["sessions"]["nodes"],
        json!([{ "id": session["id"] }])
    );
    assert_eq!(
        data["tool"]["nodes"],
        json!([{ "event": { "type": "ComputerMoved" } }])
    );
    assert_eq!(data["slow"], nobody);
    let events = data["events"]["nodes"].as_array().unwrap();
    assert_eq!(events[0]["type"], "ComputerMoved");
    assert!(events.iter().all(|event| event["tenantId"] == json!(new)));
    assert!(events.iter().any(|event| event["type"] == "AgentMoved"));
    assert!(
        !data.to_string().to_lowercase().contains("qz.old"),
        "{data}"
    );
    // Nor what became of it later for who had it before.
    let exclude = "mutation($id: ID!, $is: Boolean!) { setComputerMaintenanceExclusion(input: { id: $id, isExcluded: $is })
        { userErrors { code message } } }";
    let compare =
        "query($a: AsOfInput!) { compare(earlier: $a) { changes { nodes { explanation } } } }";
    for (is_excluded, client, expected) in [
        (true, &was, "the computer is another tenant's then"),
        (false, &is, "the computer was another tenant's before"),
    ] {
        is.ask(exclude, json!({ "id": computer, "is": is_excluded }))
            .await;
        let data = client.ask(compare, json!({ "a": then })).await;
        let told = data["compare"]["changes"]["nodes"].as_array().unwrap();
        assert_eq!(told.len(), 1, "{data}");
        assert!(text(&told[0]["explanation"]).ends_with(expected), "{data}");
    }
    // Those of the MSP see all of it.
    let data = admin.ask(told, asked).await;
    assert_eq!(
        data["computer"]["sessions"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let turns = data["slow"]["nodes"].as_array().unwrap();
    assert_eq!(turns.last().unwrap()["event"]["type"], "ComputerMoved");

    // The person follows, and is its primary person again.
    let data = admin
        .ask(MOVE_PERSON, json!({ "id": person, "to": new }))
        .await;
    let expected =
        json!({ "tenant": { "id": new }, "computers": { "nodes": [{ "id": computer }] } });
    assert_eq!(data["movePerson"]["person"], expected);
    let data = is
        .ask(
            "query($id: ID!) { computer(id: $id) { primaryPerson { name } } }",
            json!({ "id": computer }),
        )
        .await;
    assert_eq!(data["computer"]["primaryPerson"]["name"], "Qz.old Ada");

    // It may be sent again, and back.
    admin.ask(MOVE_COMPUTER, there).await;
    let back = json!({ "id": computer, "to": old });
    admin.ask(MOVE_COMPUTER, back.clone()).await;
    let data = was
        .ask(
            "query($id: ID!) { computer(id: $id) { name sessions { nodes { id } } } }",
            json!({ "id": computer }),
        )
        .await;
    assert_eq!(data["computer"]["name"], "pc");
    assert_eq!(
        data["computer"]["sessions"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // Nobody who is confined brings anything to somebody else.
    let code = was
        .error_code(MOVE_COMPUTER, json!({ "id": computer, "to": new }))
        .await;
    assert_eq!(code.as_deref(), Some("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_computer_is_not_two_in_the_tenant_that_it_goes_to() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let here = admin.tenant("Here").await;
    let there = admin.tenant("There").await;
    let twin = facts("twin");
    let mut peers = Vec::new();
    for tenant in [&here, &there] {
        let token = admin.enrolment_token(tenant, 1).await;
        let peer = Peer::enrol_with(&server.base(), &token, &twin)
            .await
            .expect("enrolled");
        let _line = peer.connect().await;
        peers.push(peer);
    }
    let query = "query($tenant: ID!) { computers(filter: { tenantId: $tenant }) { nodes { id } } }";
    let computer = async |tenant: &str| {
        eventually("it is there", || async {
            let data = admin.ask(query, json!({ "tenant": tenant })).await;
            data["computers"]["nodes"][0]["id"]
                .as_str()
                .map(str::to_owned)
        })
        .await
    };
    let (one, other) = (computer(&here).await, computer(&there).await);
    let go = json!({ "id": one, "to": there });
    assert_eq!(
        admin.error_code(MOVE_COMPUTER, go.clone()).await.as_deref(),
        Some("HARDWARE_KNOWN")
    );
    let data = admin.ask(query, json!({ "tenant": here })).await;
    assert_eq!(data["computers"]["nodes"][0]["id"], json!(one));
    // Once the other one is gone, it may come, as soon as the other one's claim is old: it may be about to come back.
    let remove =
        "mutation($id: ID!) { removeComputer(input: { id: $id }) { userErrors { code message } } }";
    admin.ask(remove, json!({ "id": other })).await;
    let answer = admin.ask_raw(MOVE_COMPUTER, go.clone()).await;
    let message = text(&answer["data"]["moveComputer"]["userErrors"][0]["message"]);
    assert!(message.ends_with("try again in 10 minutes"), "{message}");
    admin.ask(RESTORE_COMPUTER, json!({ "id": other })).await;

    // A move that is refused claims nothing: whoever has that hardware elsewhere is known at once.
    admin.ask(remove, json!({ "id": one })).await;
    let third = admin.tenant("Third").await;
    let refused = json!({ "id": one, "to": third });
    let code = admin.error_code(MOVE_COMPUTER, refused).await;
    assert_eq!(code.as_deref(), Some("REMOVED"));
    let token = admin.enrolment_token(&third, 1).await;
    let enrolled = Peer::enrol_with(&server.base(), &token, &twin).await;
    let _line = enrolled.expect("enrolled").connect().await;
    computer(&third).await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "a story")]
async fn a_removed_tenant_rests_and_comes_back_as_it_was() {
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let above = admin.tenant("Above").await;
    let create =
        "mutation($above: ID!) { createTenant(input: { name: \"Leaving\", parentId: $above })
        { tenant { id } userErrors { code message } } }";
    let made = admin.ask(create, json!({ "above": above })).await;
    let tenant = text(&made["createTenant"]["tenant"]["id"]);
    let software = admin.software_detected_by("slow", "sleep 600").await;
    admin.deploy_everywhere(&software).await;
    let folder = TempDir::new().unwrap();
    let token = admin.enrolment_token(&tenant, 5).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let member = admin.acting_as("TENANT_MEMBER", Some(&tenant)).await;
    let session = member.start_session(&computer).await;
    running(&admin, &session).await;

    let code = admin
        .error_code(REMOVE_TENANT, json!({ "id": above }))
        .await;
    assert_eq!(code.as_deref(), Some("TENANT_HAS_CHILDREN"));
    let names = json!({ "id": tenant });
    let preview = "query($id: ID!) { previewChange(change: { removeTenant: { id: $id } })
        { difference { computerCount } userErrors { code } } }";
    let imagined = admin.ask(preview, names.clone()).await;
    assert_eq!(
        imagined["previewChange"]["difference"]["computerCount"], 1,
        "{imagined}"
    );
    let removed = admin.ask(REMOVE_TENANT, names.clone()).await;
    assert_eq!(removed["removeTenant"]["tenant"]["isRemoved"], true);
    server.kill().await;
    server.restart().await;
    assert_eq!(admin.over(&session).await["status"], "CANCELLED");

    // Nobody works for it, nobody enrols for it, nothing in it changes.
    let viewer = "{ viewer { role } }";
    let code = member.error_code(viewer, json!({})).await;
    assert_eq!(code.as_deref(), Some("UNAUTHENTICATED"));
    let refused = Peer::enrol(&server.base(), &token, "late")
        .await
        .err()
        .unwrap();
    assert_eq!(
        (refused.0, &refused.1["code"]),
        (403, &json!("REMOVED")),
        "{refused:?}"
    );
    let ids = json!({ "id": tenant, "pc": computer, "above": above });
    for mutation in [
        "mutation($id: ID!) { renameTenant(input: { id: $id, name: \"x\" }) { userErrors { code } } }",
        "mutation($id: ID!) { addPerson(input: { tenantId: $id, name: \"x\" }) { userErrors { code } } }",
        "mutation($id: ID!) { createEnrolmentToken(input: { tenantId: $id }) { userErrors { code } } }",
        "mutation($id: ID!) { createApiToken(input: { name: \"x\", role: TENANT_ADMIN, tenantId: $id }) { userErrors { code } } }",
        "mutation($id: ID!) { setTenantParent(input: { id: $id, parentId: null }) { userErrors { code } } }",
        "mutation($id: ID!) { createTenant(input: { name: \"x\", parentId: $id }) { userErrors { code } } }",
        "mutation($pc: ID!) { startSession(input: { computerId: $pc }) { userErrors { code } } }",
        "mutation($pc: ID!) { changeTags(input: { on: { computerId: $pc }, add: [\"a\"] }) { userErrors { code } } }",
        "mutation($pc: ID!, $above: ID!) { moveComputer(input: { id: $pc, tenantId: $above }) { userErrors { code } } }",
        "query($id: ID!) { previewChange(change: { setTenantCrossTenantExclusion: { id: $id, isExcluded: true } }) { userErrors { code } } }",
    ] {
        let answer = admin.ask_raw(mutation, ids.clone()).await;
        assert!(
            answer.to_string().contains("\"REMOVED\""),
            "{mutation}: {answer}"
        );
    }
    let query = "query($id: ID!, $pc: ID!, $software: ID!) { tenants { nodes { name } }
        all: tenants(filter: { includeRemoved: true }) { nodes { name isRemoved } } tenant(id: $id) { isRemoved parent { children { nodes { id } } } }
        computers { nodes { id } } computer(id: $pc) { isOnline }
        resolution(computerId: $pc) { nodes { winner { explanation } notCandidates { nodes { reason explanation } } } }
        software(id: $software) { reach } compliance(softwareId: $software) { shouldHave } }";
    let asked = json!({ "id": tenant, "pc": computer, "software": software });
    let told = admin.ask(query, asked.clone()).await;
    assert_eq!(told["tenants"]["nodes"], json!([{ "name": "Above" }]));
    assert_eq!(told["all"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(
        told["tenant"],
        json!({ "isRemoved": true, "parent": { "children": { "nodes": [] } } })
    );
    assert_eq!(told["computers"]["nodes"], json!([]));
    assert_eq!(told["computer"]["isOnline"], false);
    assert_eq!(told["resolution"]["nodes"][0]["winner"], Value::Null);
    let not = &told["resolution"]["nodes"][0]["notCandidates"]["nodes"][0];
    assert_eq!(not["reason"], "TENANT_REMOVED");
    assert!(text(&not["explanation"]).ends_with("this tenant was removed"));
    assert_eq!(told["software"]["reach"], 0);
    assert_eq!(told["compliance"]["shouldHave"], 0);

    // What is elsewhere is not sent into it: it could not be taken back.
    let rule = admin
        .deploy(
            &software,
            json!({ "scope": { "singleTenant": { "tenantId": above } } }),
            json!({ "kind": "IGNORED" }),
        )
        .await;
    let retarget = "mutation($id: ID!, $target: TargetInput!) { changeDeployment(input: { id: $id, target: $target }) { userErrors { code } } }";
    for scope in [
        json!({ "singleTenant": { "tenantId": tenant } }),
        json!({ "computerId": computer }),
    ] {
        let asked = json!({ "id": rule, "target": { "scope": scope } });
        assert_eq!(
            admin.error_code(retarget, asked).await.as_deref(),
            Some("REMOVED")
        );
    }

    // The one above may go now, and only after it comes back the other one does.
    let above_too = json!({ "id": above });
    admin.ask(REMOVE_TENANT, above_too.clone()).await;
    let code = admin.error_code(RESTORE_TENANT, names.clone()).await;
    assert_eq!(code.as_deref(), Some("REMOVED"));
    admin.ask(RESTORE_TENANT, above_too).await;
    let restored = admin.ask(RESTORE_TENANT, names).await;
    assert_eq!(restored["restoreTenant"]["tenant"]["isRemoved"], false);
    assert_eq!(
        member.ask(viewer, json!({})).await["viewer"]["role"],
        "TENANT_MEMBER"
    );
    let told = admin.ask(query, asked).await;
    assert_eq!(told["tenants"]["nodes"].as_array().unwrap().len(), 2);
    assert!(told["resolution"]["nodes"][0]["winner"]["explanation"].is_string());
    admin.online("pc").await;
    Peer::enrol(&server.base(), &token, "late")
        .await
        .expect("the token is good again");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_below_a_tenant_that_goes_at_the_same_moment() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let create =
        "mutation($above: ID!) { createTenant(input: { name: \"Below\", parentId: $above })
        { tenant { id } userErrors { code message } } }";
    let mut refusals = 0;
    for round in 0..30 {
        let above = admin.tenant(&format!("Above {round}")).await;
        let (gone, made) = tokio::join!(
            admin.ask_raw(REMOVE_TENANT, json!({ "id": above })),
            admin.ask_raw(create, json!({ "above": above })),
        );
        let gone = gone["data"]["removeTenant"]["userErrors"][0]["code"].clone();
        let made = made["data"]["createTenant"]["userErrors"][0]["code"].clone();
        match (gone.as_str(), made.as_str()) {
            (None, Some("REMOVED")) | (Some("TENANT_HAS_CHILDREN"), None) => refusals += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(refusals, 30);
}
