//! Naming a deployment for a session is what ad hoc ones wait for, and nothing else.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server, eventually};

const START: &str = "mutation($computer: ID!, $deployment: ID) {
    startSession(input: { computerId: $computer, deploymentId: $deployment })
    { session { id } userErrors { code message } } }";

struct Scene {
    own: String,
    software: String,
    computer: String,
}

impl Scene {
    async fn rule(
        &self,
        admin: &Client,
        enforcement: &str,
        desired: Value,
        scope: Value,
    ) -> String {
        let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
            { deployment { id } userErrors { code message } } }";
        let input = json!({ "softwareId": self.software, "target": { "scope": scope },
            "desired": desired, "enforcement": enforcement });
        let data = admin.ask(query, json!({ "input": input })).await;
        text(&data["createDeployment"]["deployment"]["id"])
    }

    async fn of_tenant(&self, admin: &Client, enforcement: &str) -> String {
        let scope = json!({ "singleTenant": { "tenantId": self.own } });
        self.rule(
            admin,
            enforcement,
            json!({ "kind": "INSTALLED_LATEST" }),
            scope,
        )
        .await
    }

    async fn left_alone(&self, admin: &Client) -> String {
        let scope = json!({ "computerId": self.computer });
        self.rule(admin, "REQUIRED", json!({ "kind": "IGNORED" }), scope)
            .await
    }

    /// The code of the refusal, if it is one.
    async fn named(&self, client: &Client, deployment: &str) -> Option<String> {
        let names = json!({ "computer": self.computer, "deployment": deployment });
        client.error_code(START, names).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_approves_nothing_and_overrides_only_for_those_who_may() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let software = admin.software("tool", &["1.0"]).await;
    let token = admin.enrolment_token(&own, 1).await;
    let folder = TempDir::new().unwrap();
    let mut agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    agent.kill().await;
    let scene = Scene {
        own: own.clone(),
        software,
        computer: computer.clone(),
    };
    let theirs = admin.acting_as("TENANT_ADMIN", Some(&own)).await;
    let member = admin.acting_as("TENANT_MEMBER", Some(&own)).await;
    let technician = admin.acting_as("MSP_TECHNICIAN", None).await;
    let everybody = [&admin, &technician, &theirs, &member];

    let optional = scene.of_tenant(&admin, "OPTIONAL").await;
    let waits = Some("DOES_NOT_APPLY".to_owned());
    for client in everybody {
        assert_eq!(scene.named(client, &optional).await, waits, "not approved");
    }
    let approve = "mutation($computer: ID!, $deployment: ID!) { setComputerDeploymentApproval(input:
        { id: $computer, deploymentId: $deployment, isApproved: true }) { userErrors { code message } } }";
    let approval = json!({ "computer": computer, "deployment": optional });
    theirs.ask(approve, approval).await;
    assert_eq!(scene.named(&member, &optional).await, None);

    let complete = "mutation($id: ID!) { completeOnboarding(input: { id: $id }) { userErrors { code message } } }";
    admin.ask(complete, json!({ "id": computer })).await;
    let onboarding = scene.of_tenant(&admin, "ONBOARDING").await;
    for client in everybody {
        assert_eq!(scene.named(client, &onboarding).await, waits, "onboarded");
    }

    let ad_hoc = scene.of_tenant(&admin, "AD_HOC").await;
    assert_eq!(scene.named(&member, &ad_hoc).await, None);
    scene.left_alone(&admin).await;
    assert_eq!(
        scene.named(&member, &ad_hoc).await,
        Some("FORBIDDEN".into()),
        "the computer's own rule says to leave it alone"
    );
    assert_eq!(scene.named(&theirs, &ad_hoc).await, None);
    assert_eq!(scene.named(&technician, &ad_hoc).await, None);
}

/// A session may wait for days for its computer: what is to be left alone by then is left alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_left_alone_when_the_session_runs_is_left_alone() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let own = admin.tenant("Own").await;
    let software = admin.software("tool", &["1.0"]).await;
    let token = admin.enrolment_token(&own, 1).await;
    let folder = TempDir::new().unwrap();
    let mut agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let complete = "mutation($id: ID!) { completeOnboarding(input: { id: $id }) { userErrors { code message } } }";
    admin.ask(complete, json!({ "id": computer })).await;
    let scene = Scene {
        own: own.clone(),
        software,
        computer: computer.clone(),
    };
    let member = admin.acting_as("TENANT_MEMBER", Some(&own)).await;
    let ad_hoc = scene.of_tenant(&admin, "AD_HOC").await;
    agent.kill().await;
    eventually("the computer is offline", || async {
        let query = "query($id: ID!) { computer(id: $id) { isOnline } }";
        let data = admin.ask(query, json!({ "id": computer })).await;
        (data["computer"]["isOnline"] == false).then_some(())
    })
    .await;
    let names = json!({ "computer": computer, "deployment": ad_hoc });
    let of_member = member.ask(START, names.clone()).await;
    let of_member = text(&of_member["startSession"]["session"]["id"]);
    let of_admin = admin.ask(START, names).await;
    let of_admin = text(&of_admin["startSession"]["session"]["id"]);
    scene.left_alone(&admin).await;

    // As seen by the rules: nothing is named, named by a session, and named by one who may say so.
    let query = "query($computer: ID!, $software: ID!, $deployment: ID!) {
        full: resolution(computerId: $computer, softwareId: $software) { nodes { winner { desired { kind } } } }
        single: resolution(computerId: $computer, softwareId: $software, kind: SINGLE_ITEM) { nodes { winner { desired { kind } } } }
        named: resolution(computerId: $computer, softwareId: $software, kind: AD_HOC, deploymentId: $deployment)
            { nodes { winner { deploymentId desired { kind } } } } }";
    let asked = json!({ "computer": computer, "software": scene.software, "deployment": ad_hoc });
    let told = admin.ask(query, asked).await;
    let winner = |name: &str| told[name]["nodes"][0]["winner"]["desired"]["kind"].clone();
    assert_eq!(winner("full"), "IGNORED");
    assert_eq!(winner("single"), "IGNORED");
    assert_eq!(winner("named"), "INSTALLED_LATEST");
    assert_eq!(
        told["named"]["nodes"][0]["winner"]["deploymentId"],
        json!(ad_hoc)
    );
    let unnamed = "query($computer: ID!) { resolution(computerId: $computer, kind: AD_HOC) { nodes { isConflict } } }";
    let code = admin
        .error_code(unnamed, json!({ "computer": computer }))
        .await;
    assert_eq!(code.as_deref(), Some("BAD_USER_INPUT"));

    agent.restart();
    let of_member = member.over(&of_member).await;
    assert_eq!(of_member["status"], "PASSED", "{of_member}");
    assert_eq!(of_member["actions"], json!([]), "it was left alone");
    let of_admin = admin.over(&of_admin).await;
    assert_eq!(of_admin["actions"][0]["detected"], "1.0", "{of_admin}");
}
