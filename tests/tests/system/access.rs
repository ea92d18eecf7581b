//! Every field and mutation as every role, and as the wrong tenant.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;
use upkeep_tests::everything::{Everything, Ids};
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server};

/// In the name of everything that is one tenant's, and with a dot, which no id has: the other tenant reads it nowhere, in errors neither.
const MARK: &str = "qz.own";

/// What each of MSP admin, MSP technician, tenant admin, tenant member, the other tenant's admin gets.
type Row = (&'static str, &'static str, [Answer; 5]);

/// The role that belongs to another tenant.
const STRANGER: usize = 4;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Answer {
    /// It is answered, whatever the answer is.
    Yes,
    /// FORBIDDEN.
    No,
    /// As if it did not exist: null, an empty list, NOT_FOUND.
    Nothing,
}
use Answer::{No, Nothing, Yes};

async fn answer(client: &Client, query: &str, field: &str, ids: &Value) -> (Answer, Value) {
    let query = filled(query, ids);
    let answer = client.ask_raw(&query, json!({})).await;
    (judged(&query, &answer, field), answer)
}

/// The query with the ids in their places.
fn filled(query: &str, ids: &Value) -> String {
    let ids = ids.as_object().unwrap().iter();
    ids.fold(query.to_owned(), |query, (name, id)| {
        query.replace(&format!("${name}"), id.as_str().unwrap())
    })
}

/// Nothing of the other tenant's is in it, in data or in words.
fn assert_silent(query: &str, answer: &Value) {
    let told = answer.to_string().to_lowercase();
    assert!(!told.contains(MARK), "{query}: {answer}");
}

/// What an answer comes to.
fn judged(query: &str, answer: &Value, field: &str) -> Answer {
    match answer["errors"][0]["extensions"]["code"].as_str() {
        Some("FORBIDDEN") => return No,
        Some("NOT_FOUND") => return Nothing,
        Some(code) => panic!("{query}: {code} {answer}"),
        None => {}
    }
    let value = &answer["data"][field];
    let of_one = &value["results"][0]["userErrors"][0]["code"];
    if of_one == "FORBIDDEN" {
        return No;
    }
    let is_nothing = value.is_null()
        || value["nodes"].as_array().is_some_and(Vec::is_empty)
        || of_one == "NOT_FOUND"
        || value["userErrors"][0]["code"] == "NOT_FOUND";
    if is_nothing { Nothing } else { Yes }
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn every_field_and_mutation_as_every_role() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let own = admin.tenant(MARK).await;
    let other = admin.tenant("Other").await;
    let leaving = admin.tenant("Leaving").await;
    let software = admin.software("tool", &["1.0"]).await;
    let cross = admin.deploy_everywhere(&software).await;
    let of_tenant = json!({ "scope": { "singleTenant": { "tenantId": own } } });
    let single = admin
        .deploy(&software, of_tenant, json!({ "kind": "IGNORED" }))
        .await;
    let enrolment = admin.enrolment_token(&own, 1).await;
    let _agent = Agent::start(folder.path(), "qz.own-pc", 3, &server.base(), &enrolment);
    let computer = admin.online("qz.own-pc").await;
    let of_computer = json!({ "scope": { "computerId": computer } });
    let individual = admin
        .deploy(&software, of_computer, json!({ "kind": "IGNORED" }))
        .await;
    let of_computer = json!({ "scope": { "computerId": computer } });
    let spare = admin
        .deploy(&software, of_computer, json!({ "kind": "IGNORED" }))
        .await;
    let job = admin.made("createTask", "task", "{ name: \"job\" }").await;
    let get =
        format!("{{ id: \"{job}\", role: GET, script: {{ text: \"echo '\\\"{MARK}\\\"'\" }} }}");
    admin.made("setTaskScript", "task", &get).await;
    let monitor = format!(
        "{{ taskId: \"{job}\", target: {{ scope: {{ computerId: \"{computer}\" }} }}, desired: {{ kind: MONITOR }} }}"
    );
    admin.made("createDeployment", "deployment", &monitor).await;
    let session = admin.start_session(&computer).await;
    admin.over(&session).await;
    let found = admin
        .ask("{ agents { nodes { id } } enrolmentTokens { nodes { id } } apiTokens { nodes { id } } }", json!({}))
        .await;
    let roles = [
        admin.clone(),
        admin.acting_as("MSP_TECHNICIAN", None).await,
        admin.acting_as("TENANT_ADMIN", Some(&own)).await,
        admin.acting_as("TENANT_MEMBER", Some(&own)).await,
        admin.acting_as("TENANT_ADMIN", Some(&other)).await,
    ];
    let person = admin
        .made(
            "addPerson",
            "person",
            &format!("{{ tenantId: \"{own}\", name: \"{MARK} Ada\" }}"),
        )
        .await;
    let tagged = format!(
        "mutation {{ changeTags(input: {{ on: {{ computerId: \"{computer}\" }}, add: [\"{MARK} tag\"] }}) {{ userErrors {{ code }} }} }}"
    );
    admin.ask(&tagged, json!({})).await;
    let group = admin
        .made(
            "createGroup",
            "group",
            &format!("{{ tenantId: \"{own}\", kind: DIRECTORY, name: \"{MARK} group\" }}"),
        )
        .await;
    let agreement = admin
        .made(
            "addAgreement",
            "agreement",
            &format!(
                "{{ tenantId: \"{own}\", name: \"{MARK} agreement\", agreementType: \"{MARK}\" }}"
            ),
        )
        .await;
    let task = admin
        .made("createCloudTask", "cloudTask", "{ name: \"MFA\" }")
        .await;
    let secret = admin
        .made(
            "createSecret",
            "secret",
            &format!("{{ tenantId: \"{own}\", name: \"{MARK} secret\", value: \"{MARK} hush\" }}"),
        )
        .await;
    let prerequisite = admin
        .made(
            "addPrerequisite",
            "prerequisite",
            &format!("{{ softwareId: \"{software}\", then: {{ fail: \"ask Ada\" }} }}"),
        )
        .await;
    let recommended = admin.made("createDeployment", "deployment", &format!(
        "{{ softwareId: \"{software}\", target: {{ scope: {{ crossTenant: true }} }}, desired: {{ kind: IGNORED }}, origin: RECOMMENDED }}"
    )).await;
    let ids = json!({
        "person": person, "group": group, "agreement": agreement, "task": task, "job": job, "recommended": recommended,
        "own": own, "software": software, "cross": cross, "single": single, "individual": individual,
        "spare": spare, "other": other, "leaving": leaving,
        "computer": computer, "session": session, "agent": found["agents"]["nodes"][0]["id"],
        "enrolment": found["enrolmentTokens"]["nodes"][0]["id"],
        "token": found["apiTokens"]["nodes"][0]["id"],
        "run": NO_RUN, "prerequisite": prerequisite, "secret": secret,
    });
    let all = [Yes; 5];
    let msp = [Yes, Yes, No, No, No];
    let own_only = [Yes, Yes, Yes, Yes, Nothing];
    let own_admin = [Yes, Yes, Yes, No, Nothing];
    let managed = [Yes, Yes, Yes, Nothing, Nothing];
    let rows: Vec<Row> = vec![
        ("viewer", "{ viewer { role } }", all),
        ("server", "{ server { position } }", all),
        ("node", "{ node(id: \"$computer\") { id } }", own_only),
        ("nodes", "{ nodes(ids: [\"$computer\"]) { id } }", all),
        (
            "tenant",
            "{ tenant(id: \"$own\") { name children { nodes { id } } parent { id } } }",
            own_only,
        ),
        ("tenants", "{ tenants { nodes { name } } }", all),
        ("software", "{ software(id: \"$software\") { name } }", all),
        ("catalogue", "{ catalogue { nodes { name } } }", all),
        ("catalogueSources", "{ catalogueSources { name } }", all),
        (
            "planCatalogueSync",
            "{ planCatalogueSync(source: \"x\", revision: \"1\", schemaVersion: 1, titles: [\"{}\"]) { results { refusal } } }",
            [Yes, No, No, No, No],
        ),
        (
            "deployment",
            "{ deployment(id: \"$cross\") { id } }",
            [Yes, Yes, Nothing, Nothing, Nothing],
        ),
        (
            "deployment",
            "{ deployment(id: \"$single\") { id } }",
            own_only,
        ),
        ("deployments", "{ deployments { nodes { id } } }", own_only),
        (
            "computer",
            "{ computer(id: \"$computer\") { name } }",
            own_only,
        ),
        ("computers", "{ computers { nodes { name } } }", own_only),
        ("attention", "{ attention { totalCount } }", all),
        (
            "attention",
            "{ attention(tenantId: \"$own\") { totalCount } }",
            own_only,
        ),
        (
            "search",
            "{ search(text: \"qz.own\") { title detail kind matched node { id } } }",
            all,
        ),
        (
            "summary",
            "{ summary { computerCount heldAgentCount } }",
            all,
        ),
        (
            "summary",
            "{ summary(tenantId: \"$own\") { computerCount sessions { counts { count } } } }",
            own_only,
        ),
        (
            "computerFacets",
            "{ computerFacets { totalCount tenants { count tenant { name } } tags { tag } } }",
            all,
        ),
        (
            "resolution",
            "{ resolution(computerId: \"$computer\") { nodes { winner { explanation } } } }",
            own_only,
        ),
        ("agent", "{ agent(id: \"$agent\") { name } }", own_only),
        ("agents", "{ agents { nodes { name } } }", own_only),
        (
            "session",
            "{ session(id: \"$session\") { status } }",
            own_only,
        ),
        ("sessions", "{ sessions { nodes { status } } }", own_only),
        (
            "enrolmentTokens",
            "{ enrolmentTokens { nodes { id } } }",
            [Yes, Yes, Yes, Nothing, Nothing],
        ),
        (
            "apiTokens",
            "{ apiTokens { nodes { id } } }",
            [Yes, Nothing, Yes, Nothing, Yes],
        ),
        ("events", "{ events { nodes { type } } }", all),
        (
            "events",
            "{ events(filter: { tenantId: \"$own\" }) { nodes { type } } }",
            [Yes, Yes, Yes, Yes, No],
        ),
        (
            "events",
            "{ events(filter: { computerId: \"$computer\" }) { nodes { type } } }",
            own_only,
        ),
        (
            "previewChange",
            "{ previewChange(change: { setComputerMaintenanceExclusion: { id: \"$computer\", isExcluded: true } }) { userErrors { code } difference { computerCount } } }",
            own_admin,
        ),
        (
            "compare",
            "{ compare(earlier: { position: \"0\" }, computerId: \"$computer\") { itemCount } }",
            own_only,
        ),
        (
            "resolutionHistory",
            "{ resolutionHistory(computerId: \"$computer\", softwareId: \"$software\") { nodes { at } } }",
            own_only,
        ),
        (
            "tenantResolution",
            "{ tenantResolution(tenantId: \"$own\") { totalCount } }",
            own_only,
        ),
        (
            "compliance",
            "{ compliance(softwareId: \"$software\", tenantId: \"$own\") { has } }",
            own_only,
        ),
        (
            "winners",
            "{ winners(softwareId: \"$software\", tenantId: \"$own\") { nodes { computerCount } } }",
            own_only,
        ),
        (
            "deployments",
            "{ deployments(orderBy: { field: WINS_ON }) { nodes { winsOn losesOn conflictCount outcomesByTenant { totalCount } } } }",
            own_only,
        ),
        (
            "expressionSchema",
            "{ expressionSchema { facts { path } } }",
            all,
        ),
        (
            "deploymentsThatWinNowhere",
            "{ deploymentsThatWinNowhere { totalCount } }",
            all,
        ),
        (
            "deploymentsWithMissingTarget",
            "{ deploymentsWithMissingTarget { totalCount } }",
            all,
        ),
        ("person", "{ person(id: \"$person\") { name } }", own_only),
        ("people", "{ people { nodes { name } } }", own_only),
        ("tags", "{ tags { nodes { tag computerCount } } }", own_only),
        (
            "tags",
            "{ tags(filter: { tenantId: \"$own\" }) { nodes { tag } } }",
            own_only,
        ),
        ("group", "{ group(id: \"$group\") { name } }", own_only),
        ("groups", "{ groups { nodes { name } } }", own_only),
        (
            "agreement",
            "{ agreement(id: \"$agreement\") { name } }",
            own_only,
        ),
        ("agreements", "{ agreements { nodes { name } } }", own_only),
        (
            "task",
            "{ task(id: \"$job\") { name modes parameters { name } } }",
            all,
        ),
        ("tasks", "{ tasks { nodes { name } } }", all),
        (
            "task",
            "{ task(id: \"$job\") { valueHistory(computerId: \"$computer\") { nodes { value } } } }",
            own_only,
        ),
        ("secret", "{ secret(id: \"$secret\") { name } }", managed),
        ("secrets", "{ secrets { nodes { name } } }", managed),
        ("cloudTasks", "{ cloudTasks { nodes { name } } }", all),
        ("ordering", "{ ordering { revision } }", all),
        (
            "prerequisite",
            "{ prerequisite(id: \"$prerequisite\") { text } }",
            all,
        ),
        ("prerequisites", "{ prerequisites { nodes { text } } }", all),
        (
            "addPrerequisite",
            "mutation { addPrerequisite(input: { softwareId: \"$software\", then: { fail: \"no\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "changePrerequisite",
            "mutation { changePrerequisite(input: { id: \"$prerequisite\", then: { fail: \"no\" } }) { userErrors { code } } }",
            msp,
        ),
        // The administrator comes last, and finds none.
        (
            "removePrerequisite",
            "mutation { removePrerequisite(input: { id: \"$prerequisite\" }) { userErrors { code } } }",
            [Nothing, Yes, No, No, No],
        ),
        (
            "moveOrderingItem",
            "mutation { moveOrderingItem(input: { itemId: \"$software\", to: END }) { userErrors { code } } }",
            msp,
        ),
        (
            "changeTags",
            "mutation { changeTags(input: { on: { computerId: \"$computer\" }, add: [\"a\"] }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "tagComputers",
            "mutation { tagComputers(input: { ids: [\"$computer\"], add: [\"a\"] }) { results { userErrors { code } } } }",
            own_admin,
        ),
        (
            "changeTags",
            "mutation { changeTags(input: { on: { tenantId: \"$own\" }, add: [\"a\"] }) { userErrors { code } } }",
            [Yes, No, No, No, Nothing],
        ),
        (
            "changeTags",
            "mutation { changeTags(input: { on: { personId: \"$person\" }, add: [\"a\"] }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "setComputerPrimaryPerson",
            "mutation { setComputerPrimaryPerson(input: { id: \"$computer\", personId: \"$person\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "setComputerMaintenanceExclusion",
            "mutation { setComputerMaintenanceExclusion(input: { id: \"$computer\", isExcluded: false }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "setComputersMaintenanceExclusion",
            "mutation { setComputersMaintenanceExclusion(input: { ids: [\"$computer\"], isExcluded: false }) { results { userErrors { code } } } }",
            own_admin,
        ),
        (
            "removeComputer",
            "mutation { removeComputer(input: { id: \"$computer\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "removeComputers",
            "mutation { removeComputers(input: { ids: [\"$computer\"] }) { results { userErrors { code } } } }",
            own_admin,
        ),
        (
            "restoreComputer",
            "mutation { restoreComputer(input: { id: \"$computer\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "moveComputer",
            "mutation { moveComputer(input: { id: \"$computer\", tenantId: \"$own\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "moveComputer",
            "mutation { moveComputer(input: { id: \"$computer\", tenantId: \"$other\" }) { userErrors { code } } }",
            [Yes, Yes, Nothing, Nothing, Nothing],
        ),
        (
            "moveComputer",
            "mutation { moveComputer(input: { id: \"$computer\", tenantId: \"$own\" }) { userErrors { code } } }",
            [Yes, Yes, Nothing, Nothing, Nothing],
        ),
        (
            "movePerson",
            "mutation { movePerson(input: { id: \"$person\", tenantId: \"$other\" }) { userErrors { code } } }",
            [Yes, Yes, Nothing, Nothing, Nothing],
        ),
        (
            "movePerson",
            "mutation { movePerson(input: { id: \"$person\", tenantId: \"$own\" }) { userErrors { code } } }",
            [Yes, Yes, Nothing, Nothing, Nothing],
        ),
        (
            "setComputerDeploymentApproval",
            "mutation { setComputerDeploymentApproval(input: { id: \"$computer\", deploymentId: \"$single\", isApproved: true }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "recordMetascriptAnswer",
            "mutation { recordMetascriptAnswer(input: { id: \"$computer\", metascript: \"m\", answer: true }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "reportInventoryDetail",
            "mutation { reportInventoryDetail(input: { id: \"$computer\", model: \"m\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "addPerson",
            "mutation { addPerson(input: { tenantId: \"$own\", name: \"x\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "renamePerson",
            "mutation { renamePerson(input: { id: \"$person\", name: \"x\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "setPersonUpn",
            "mutation { setPersonUpn(input: { id: \"$person\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "createGroup",
            "mutation { createGroup(input: { tenantId: \"$own\", kind: DEVICE, name: \"x\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "changeGroupMembers",
            "mutation { changeGroupMembers(input: { id: \"$group\", add: { personIds: [\"$person\"] } }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "addAgreement",
            "mutation { addAgreement(input: { tenantId: \"$own\", name: \"x\", agreementType: \"x\" }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "changeAgreement",
            "mutation { changeAgreement(input: { id: \"$agreement\", agreementType: \"x\" }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "recordAgreementAddition",
            "mutation { recordAgreementAddition(input: { id: \"$agreement\", product: \"x\" }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "removeAgreementAddition",
            "mutation { removeAgreementAddition(input: { id: \"$agreement\", product: \"x\" }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "setTenantTimeZone",
            "mutation { setTenantTimeZone(input: { id: \"$own\", timeZone: \"Europe/Vienna\" }) { userErrors { code } } }",
            [Yes, No, No, No, Nothing],
        ),
        (
            "setTenantCrossTenantExclusion",
            "mutation { setTenantCrossTenantExclusion(input: { id: \"$own\", isExcluded: false }) { userErrors { code } } }",
            [Yes, No, No, No, Nothing],
        ),
        (
            "createTask",
            "mutation { createTask(input: { name: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "renameTask",
            "mutation { renameTask(input: { id: \"$job\", name: \"job\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "writeTaskNotes",
            "mutation { writeTaskNotes(input: { id: \"$job\", notes: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "setTaskScript",
            "mutation { setTaskScript(input: { id: \"$job\", role: TEST, script: { text: \"echo true\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "chooseTaskConcurrency",
            "mutation { chooseTaskConcurrency(input: { id: \"$job\", concurrency: PARALLEL }) { userErrors { code } } }",
            msp,
        ),
        (
            "removeTaskScript",
            "mutation { removeTaskScript(input: { id: \"$job\", role: COMBINED }) { userErrors { code } } }",
            msp,
        ),
        (
            "defineTaskParameters",
            "mutation { defineTaskParameters(input: { id: \"$job\", parameters: [{ name: \"Port\", kind: NUMBER, default: { number: 5 } }] }) { userErrors { code } } }",
            msp,
        ),
        (
            "createSecret",
            "mutation { createSecret(input: { name: \"x\", value: \"hush\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "createSecret",
            "mutation { createSecret(input: { tenantId: \"$own\", name: \"x\", value: \"hush\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "changeSecret",
            "mutation { changeSecret(input: { id: \"$secret\", value: \"hush\" }) { userErrors { code } } }",
            managed,
        ),
        (
            "removeSecret",
            "mutation { removeSecret(input: { id: \"$secret\" }) { userErrors { code } } }",
            managed,
        ),
        (
            "createCloudTask",
            "mutation { createCloudTask(input: { name: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "renameCloudTask",
            "mutation { renameCloudTask(input: { id: \"$task\", name: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "approveRecommendation",
            "mutation { approveRecommendation(input: { id: \"$recommended\" }) { userErrors { code } } }",
            [Yes, No, Nothing, Nothing, Nothing],
        ),
        (
            "dismissRecommendation",
            "mutation { dismissRecommendation(input: { id: \"$recommended\" }) { userErrors { code } } }",
            [Yes, No, Nothing, Nothing, Nothing],
        ),
        (
            "removeGroup",
            "mutation { removeGroup(input: { id: \"$group\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "removePerson",
            "mutation { removePerson(input: { id: \"$person\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "removeAgreement",
            "mutation { removeAgreement(input: { id: \"$agreement\" }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "appointFirstAdministrator",
            "mutation { appointFirstAdministrator(input: { name: \"x\" }) { userErrors { code } } }",
            [No; 5],
        ),
        (
            "createTenant",
            "mutation { createTenant(input: { name: \"x\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "renameTenant",
            "mutation { renameTenant(input: { id: \"$own\", name: \"qz.own\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "removeTenant",
            "mutation { removeTenant(input: { id: \"$leaving\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "restoreTenant",
            "mutation { restoreTenant(input: { id: \"$leaving\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "setTenantParent",
            "mutation { setTenantParent(input: { id: \"$own\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "createSoftware",
            "mutation { createSoftware(input: { name: \"x\", detection: { text: \"true\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "renameSoftware",
            "mutation { renameSoftware(input: { id: \"$software\", name: \"tool\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "changeSoftwareDetection",
            "mutation { changeSoftwareDetection(input: { id: \"$software\", detection: { text: \"true\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "copySoftware",
            "mutation { copySoftware(input: { id: \"$software\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "syncCatalogueTitles",
            "mutation { syncCatalogueTitles(input: { source: \"x\", revision: \"1\", schemaVersion: 1, titles: [] }) { position } }",
            [Yes, No, No, No, No],
        ),
        (
            "withdrawCatalogueTitle",
            "mutation { withdrawCatalogueTitle(input: { id: \"$software\", source: \"x\", revision: \"1\" }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "withdrawCatalogueTitles",
            "mutation { withdrawCatalogueTitles(input: { ids: [\"$software\"], source: \"x\", revision: \"1\" }) { results { userErrors { code } } } }",
            [Yes, No, No, No, No],
        ),
        (
            "nameSoftwarePublisher",
            "mutation { nameSoftwarePublisher(input: { id: \"$software\", publisher: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "writeSoftwareNotes",
            "mutation { writeSoftwareNotes(input: { id: \"$software\", notes: \"x\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "setSoftwareScript",
            "mutation { setSoftwareScript(input: { id: \"$software\", role: TEST, script: { text: \"echo true\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "removeSoftwareScript",
            "mutation { removeSoftwareScript(input: { id: \"$software\", role: REPAIR }) { userErrors { code } } }",
            msp,
        ),
        (
            "chooseUpgradeStrategy",
            "mutation { chooseUpgradeStrategy(input: { id: \"$software\", strategy: INSTALL_OVER }) { userErrors { code } } }",
            msp,
        ),
        (
            "chooseRepairStrategy",
            "mutation { chooseRepairStrategy(input: { id: \"$software\", strategy: NEVER }) { userErrors { code } } }",
            msp,
        ),
        (
            "chooseExitCodes",
            "mutation { chooseExitCodes(input: { id: \"$software\", success: [1], reboot: [3010] }) { userErrors { code } } }",
            msp,
        ),
        (
            "publishSoftwareVersion",
            "mutation { publishSoftwareVersion(input: { id: \"$software\", version: \"1.0\", install: { text: \"true\" }, uninstall: { text: \"true\" } }) { userErrors { code } } }",
            msp,
        ),
        (
            "withdrawSoftwareVersion",
            "mutation { withdrawSoftwareVersion(input: { id: \"$software\", version: \"9\" }) { userErrors { code } } }",
            msp,
        ),
        (
            "createDeployment",
            "mutation { createDeployment(input: { softwareId: \"$software\", target: { scope: { crossTenant: true } }, desired: { kind: IGNORED } }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "createDeployment",
            "mutation { createDeployment(input: { softwareId: \"$software\", target: { scope: { singleTenant: { tenantId: \"$own\" } } }, desired: { kind: IGNORED } }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "createDeployment",
            "mutation { createDeployment(input: { softwareId: \"$software\", target: { scope: { computerId: \"$computer\" } }, desired: { kind: IGNORED } }) { userErrors { code } } }",
            own_only,
        ),
        (
            "changeDeployment",
            "mutation { changeDeployment(input: { id: \"$single\", desired: { kind: IGNORED } }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "changeDeployment",
            "mutation { changeDeployment(input: { id: \"$spare\", target: { scope: { crossTenant: true } } }) { userErrors { code } } }",
            [Yes, No, No, No, Nothing],
        ),
        (
            "changeDeployment",
            "mutation { changeDeployment(input: { id: \"$individual\", target: { scope: { computerId: \"$computer\" } } }) { userErrors { code } } }",
            [Yes, Yes, Yes, Yes, Nothing],
        ),
        (
            "disableDeployment",
            "mutation { disableDeployment(input: { id: \"$cross\" }) { userErrors { code } } }",
            [Yes, No, Nothing, Nothing, Nothing],
        ),
        (
            "enableDeployment",
            "mutation { enableDeployment(input: { id: \"$single\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "deleteDeployment",
            "mutation { deleteDeployment(input: { id: \"$single\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "completeOnboarding",
            "mutation { completeOnboarding(input: { id: \"$computer\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "completeOnboardings",
            "mutation { completeOnboardings(input: { ids: [\"$computer\"] }) { results { userErrors { code } } } }",
            own_admin,
        ),
        (
            "releaseAgent",
            "mutation { releaseAgent(input: { id: \"$agent\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "startSession",
            "mutation { startSession(input: { computerId: \"$computer\" }) { userErrors { code } } }",
            own_only,
        ),
        (
            "startSessions",
            "mutation { startSessions(input: { computerIds: [\"$computer\"] }) { results { userErrors { code } } } }",
            own_only,
        ),
        (
            "runScript",
            "mutation { runScript(input: { computerId: \"$computer\", meaning: TEST, script: { text: \"true\" } }) { userErrors { code } } }",
            [Yes, Yes, No, No, Nothing],
        ),
        (
            "cancelSession",
            "mutation { cancelSession(input: { id: \"$session\" }) { userErrors { code } } }",
            own_only,
        ),
        (
            "cancelSessions",
            "mutation { cancelSessions(input: { ids: [\"$session\"] }) { results { userErrors { code } } } }",
            own_only,
        ),
        (
            "createEnrolmentToken",
            "mutation { createEnrolmentToken(input: { tenantId: \"$own\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "revokeEnrolmentToken",
            "mutation { revokeEnrolmentToken(input: { id: \"$enrolment\" }) { userErrors { code } } }",
            own_admin,
        ),
        (
            "createApiToken",
            "mutation { createApiToken(input: { name: \"x\", role: MSP_ADMIN }) { userErrors { code } } }",
            [Yes, No, No, No, No],
        ),
        (
            "createApiToken",
            "mutation { createApiToken(input: { name: \"x\", role: TENANT_MEMBER, tenantId: \"$own\" }) { userErrors { code } } }",
            [Yes, No, Yes, No, No],
        ),
        (
            "revokeAgent",
            "mutation { revokeAgent(input: { id: \"$agent\" }) { userErrors { code } } }",
            own_admin,
        ),
    ];
    permissions_as_every_role(&roles).await;
    subscriptions_as_every_role(&roles, &ids).await;
    things_by_their_ids_are_null_for_the_stranger(&roles, &ids).await;
    nested_fields_as_every_role(&roles, &ids).await;
    for (field, query, expected) in &rows {
        // The weakest first: what the strong ones change must not hide what the others may not.
        for (n, role) in roles.iter().enumerate().rev() {
            // The shared token of the administrator is asked about last, below.
            let (told, answer) = answer(role, query, field, &ids).await;
            assert_eq!(told, expected[n], "{query} as role {n}");
            if n == STRANGER {
                assert_silent(query, &answer);
            }
        }
    }
    assert_complete(&admin, &rows).await;
    assert_isolation_of_details(&roles[4], &ids).await;

    let revoke = "mutation { revokeApiToken(input: { id: \"$token\" }) { userErrors { code } } }";
    let expected = [Yes, No, Nothing, Nothing, Nothing];
    for n in (0..5).rev() {
        assert_eq!(
            answer(&roles[n], revoke, "revokeApiToken", &ids).await.0,
            expected[n],
            "as role {n}"
        );
    }
    for role in &roles {
        let refused = role
            .request("{ viewer { role } }", &json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(
            refused.status(),
            401,
            "with the creator's token all its tokens are worth nothing"
        );
    }
}

/// Each role is told what `docs/roles.md` says of it, and a refusal says what is missing and who has it.
async fn permissions_as_every_role(roles: &[Client; 5]) {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/roles.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("<!-- permissions -->\n").unwrap();
    let (table, _) = table.split_once("<!-- end of permissions -->").unwrap();
    let rows: Vec<Vec<&str>> = (table.lines().skip(2))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 15, "{rows:?}");
    // The other tenant's admin is told the same as the own one.
    for (role, column) in roles.iter().zip([3, 4, 5, 6, 5]) {
        let told = role
            .ask("{ viewer { may { permission scope } } }", json!({}))
            .await;
        let expected: Vec<Value> = (rows.iter())
            .filter_map(|row| {
                let scope = match row[column] {
                    "all" => "EVERYWHERE",
                    "own tenant" => "OWN_TENANT",
                    "no" => return None,
                    word => panic!("{word}"),
                };
                Some(json!({ "permission": row[2].trim_matches('`'), "scope": scope }))
            })
            .collect();
        assert_eq!(told["viewer"]["may"], json!(expected));
    }
    let query = "mutation { createTenant(input: { name: \"x\" }) { userErrors { code } } }";
    let refused = roles[3].ask_raw(query, json!({})).await;
    assert_eq!(
        refused["errors"][0]["message"],
        "your role, tenant member, may not create, change, remove and restore tenants: ask an MSP admin"
    );
}

/// The table above speaks of every field of the schema.
async fn assert_complete(admin: &Client, rows: &[Row]) {
    let query = "{ __schema { queryType { fields { name } } mutationType { fields { name } }
        subscriptionType { fields { name } } } }";
    let schema = admin.ask(query, json!({})).await["__schema"].clone();
    let covered: BTreeSet<&str> = rows.iter().map(|(field, ..)| *field).collect();
    for kind in ["queryType", "mutationType"] {
        for field in schema[kind]["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            assert!(
                covered.contains(name) || name == "revokeApiToken",
                "{name} has no row"
            );
        }
    }
    for field in schema["subscriptionType"]["fields"].as_array().unwrap() {
        let name = field["name"].as_str().unwrap();
        let has_row = SUBSCRIPTIONS.iter().any(|(field, ..)| *field == name);
        assert!(has_row, "{name} has no row");
    }
}

/// The global id of a run that nobody asked for.
const NO_RUN: &str = "U2NyaXB0UnVuOjAxYTIxZWFjLTU1YmQtNzQ5MC04YTA0LWVlMjNiMTQ1YjhhNi8wMWEyMWVhYy01NWJkLTc0OTAtOGEwNC1lZTIzYjE0NWI4YTY";

/// Subscriptions, by their first answer.
const SUBSCRIPTIONS: [Row; 5] = [
    (
        "events",
        "subscription { events(after: \"0\") { type data reason } }",
        [Yes; 5],
    ),
    (
        "events",
        "subscription { events(after: \"0\", filter: { tenantId: \"$own\" }) { type data } }",
        [Yes, Yes, Yes, Yes, No],
    ),
    (
        "positions",
        "subscription { positions { position kinds ids isComplete } }",
        [Yes; 5],
    ),
    (
        "sessionProgress",
        "subscription { sessionProgress(id: \"$session\") { status computer { name } actions { because } } }",
        [Yes, Yes, Yes, Yes, Nothing],
    ),
    // Of a run that is none; who sees one that is there is in `script_output.rs`.
    (
        "scriptOutput",
        "subscription { scriptOutput(runId: \"$run\") { text } }",
        [Nothing; 5],
    ),
];

async fn subscriptions_as_every_role(roles: &[Client; 5], ids: &Value) {
    for (field, query, expected) in SUBSCRIPTIONS {
        for (n, role) in roles.iter().enumerate() {
            let query = filled(query, ids);
            let mut subscription = Subscription::open(role, &query).await;
            let told = subscription.next().await.expect("an answer");
            assert_eq!(
                judged(&query, &told, field),
                expected[n],
                "{query} as role {n}: {told}"
            );
            if n == STRANGER {
                assert_silent(&query, &told);
            }
        }
    }
}

/// What is asked for itself is null where it is out of reach, and no error: as if there were none, whichever thing it is.
async fn things_by_their_ids_are_null_for_the_stranger(roles: &[Client; 5], ids: &Value) {
    for (field, id) in [
        ("tenant", "own"),
        ("computer", "computer"),
        ("agent", "agent"),
        ("person", "person"),
        ("group", "group"),
        ("agreement", "agreement"),
        ("deployment", "single"),
        ("session", "session"),
    ] {
        for (field, nothing) in [
            (field, json!({ field: null })),
            ("node", json!({ "node": null })),
        ] {
            let query = filled(&format!("{{ {field}(id: \"${id}\") {{ id }} }}"), ids);
            let told = roles[STRANGER].ask_raw(&query, json!({})).await;
            assert_eq!(
                (&told["data"], &told["errors"]),
                (&nothing, &Value::Null),
                "{query}"
            );
            let told = roles[0].ask_raw(&query, json!({})).await;
            assert!(told["data"][field]["id"].is_string(), "{query}: {told}");
        }
    }
}

/// Every field behind every field of the query: the right ones see something, the stranger reads nothing of the tenant's.
async fn nested_fields_as_every_role(roles: &[Client; 5], ids: &Value) {
    let everything = Everything::of(&roles[0]).await;
    let known: Ids = ids
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(kind, id)| {
            let kind = match kind.as_str() {
                "own" => "tenant",
                "cross" | "single" | "individual" => "deployment",
                "computer" => "computer",
                "software" => "software",
                "job" => "task",
                "session" => "session",
                "agent" => "agent",
                "person" => "person",
                "group" => "group",
                "agreement" => "agreement",
                "prerequisite" => "prerequisite",
                "secret" => "secret",
                _ => return None,
            };
            Some((kind, id.as_str().unwrap().to_owned()))
        })
        .fold(Ids::new(), |mut all, (kind, id)| {
            all.entry(kind).or_default().push(id);
            all
        });
    for (n, role) in roles.iter().enumerate() {
        let mut asked = BTreeSet::new();
        let mut marked = 0;
        for root in everything.roots() {
            for arguments in everything.arguments(&root, &known) {
                for query in everything.queries(&root, &arguments, &mut asked) {
                    let answer = role.ask_raw(&query, json!({})).await;
                    let code = &answer["errors"][0]["extensions"]["code"];
                    assert!(
                        code.is_null() || code == "FORBIDDEN" || code == "NOT_FOUND",
                        "{query} as role {n}: {answer}"
                    );
                    if n == STRANGER {
                        assert_silent(&query, &answer);
                    } else if answer.to_string().contains(MARK) {
                        marked += 1;
                    }
                }
            }
        }
        assert!(
            n == STRANGER || marked > 5,
            "role {n} sees its own: {marked}"
        );
    }
}

/// Nothing of another tenant shines through in lists.
async fn assert_isolation_of_details(stranger: &Client, _: &Value) {
    let events = stranger
        .ask(
            "{ events(first: 100) { nodes { tenantId data } } }",
            json!({}),
        )
        .await;
    let viewer = stranger.ask("{ viewer { tenantId } }", json!({})).await;
    for event in events["events"]["nodes"].as_array().unwrap() {
        assert_eq!(event["tenantId"], viewer["viewer"]["tenantId"], "{event}");
    }
    let tenants = stranger
        .ask("{ tenants { nodes { name } } }", json!({}))
        .await;
    assert_eq!(tenants["tenants"]["nodes"], json!([{ "name": "Other" }]));
}
