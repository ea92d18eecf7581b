//! Who gets what and why, since when, because of whom, and what would change: the user's own cases through the public API.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Peer, Server, eventually, peer};

/// Chassis types of SMBIOS.
pub(crate) const DESKTOP: u64 = 3;
const LAPTOP: u64 = 9;
const UNKNOWN: u64 = 2;

/// A server with its first tenant and software.
pub(crate) struct Office {
    server: Server,
    pub(crate) admin: Client,
    pub(crate) contoso: String,
    pub(crate) reader: String,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let contoso = admin.tenant("Contoso").await;
        let reader = admin.software("reader", &["24.1"]).await;
        Self {
            server,
            admin,
            contoso,
            reader,
        }
    }

    /// A computer that enrolled and needs no onboarding.
    pub(crate) async fn computer(&self, tenant: &str, name: &str, chassis: u64) -> String {
        let token = self.admin.enrolment_token(tenant, 1).await;
        let mut facts = peer::facts(name);
        facts["chassisType"] = json!(chassis);
        let enrolled = Peer::enrol_with(&self.server.base(), &token, &facts).await;
        assert!(enrolled.is_ok(), "{:?}", enrolled.err());
        let query = "query($name: String!) { computers(filter: { nameContains: $name }) { nodes { id name inventory { hostName } } } }";
        let id = eventually("the computer is there", || async {
            let answer = self.admin.try_ask(query, json!({ "name": name })).await?;
            let nodes = answer["data"]["computers"]["nodes"].as_array()?.clone();
            let node = nodes.into_iter().find(|node| node["name"] == name)?;
            (!node["inventory"].is_null()).then(|| text(&node["id"]))
        })
        .await;
        self.change(
            "completeOnboarding",
            "CompleteOnboardingInput",
            json!({ "id": id }),
            "computer { id }",
        )
        .await;
        id
    }

    /// Any mutation; answers with its payload.
    pub(crate) async fn change(
        &self,
        mutation: &str,
        input_type: &str,
        input: Value,
        fields: &str,
    ) -> Value {
        let query = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ code message field }} }} }}"
        );
        self.admin.ask(&query, json!({ "input": input })).await[mutation].clone()
    }

    pub(crate) async fn deploy(&self, target: Value, desired: Value) -> String {
        self.admin.deploy(&self.reader, target, desired).await
    }

    async fn person(&self, tenant: &str, name: &str) -> String {
        let input = json!({ "tenantId": tenant, "name": name });
        text(
            &self
                .change("addPerson", "AddPersonInput", input, "person { id }")
                .await["person"]["id"],
        )
    }

    async fn give(&self, computer: &str, person: Option<&str>) {
        let input = json!({ "id": computer, "personId": person });
        self.change(
            "setComputerPrimaryPerson",
            "SetComputerPrimaryPersonInput",
            input,
            "computer { id }",
        )
        .await;
    }

    async fn tag(&self, on: Value, add: &[&str]) {
        let input = json!({ "on": on, "add": add });
        self.change("changeTags", "ChangeTagsInput", input, "position")
            .await;
    }

    async fn group(&self, tenant: &str, members: Value) -> String {
        let input = json!({ "tenantId": tenant, "kind": "DIRECTORY", "name": "a group" });
        let created = self
            .change("createGroup", "CreateGroupInput", input, "group { id }")
            .await;
        let id = text(&created["group"]["id"]);
        self.add_members(&id, members).await;
        id
    }

    async fn add_members(&self, group: &str, members: Value) {
        let input = json!({ "id": group, "add": members });
        self.change(
            "changeGroupMembers",
            "ChangeGroupMembersInput",
            input,
            "group { id }",
        )
        .await;
    }

    /// The software on a computer, at a moment or now.
    async fn item(&self, computer: &str, as_of: Value) -> Value {
        let query = "query($computer: ID!, $software: ID!, $asOf: AsOfInput) {
            resolution(computerId: $computer, softwareId: $software, asOf: $asOf) { nodes {
                isConflict conflicts { nodes { deploymentId } }
                winner { deploymentId desired { kind } revision changed { by { kind } at } explanation }
                ranked { nodes { place deploymentId lostOn lostToDeploymentId explanation } }
                notCandidates { nodes { deploymentId reason explanation revision } } } } }";
        let variables = json!({ "computer": computer, "software": self.reader, "asOf": as_of });
        self.admin.ask(query, variables).await["resolution"]["nodes"][0].clone()
    }

    async fn winner(&self, computer: &str) -> Option<String> {
        let item = self.item(computer, Value::Null).await;
        item["winner"]["deploymentId"].as_str().map(str::to_owned)
    }

    /// Why a deployment is no candidate.
    async fn reason(&self, computer: &str, deployment: &str) -> (String, String) {
        let item = self.item(computer, Value::Null).await;
        let all = item["notCandidates"]["nodes"].as_array().unwrap().clone();
        let not = all.iter().find(|not| not["deploymentId"] == deployment);
        let not = not.unwrap_or_else(|| panic!("{deployment} is a candidate: {item}"));
        (text(&not["reason"]), text(&not["explanation"]))
    }

    async fn preview(&self, change: Value) -> Value {
        let query = "query($change: PreviewInput!) { previewChange(change: $change) { userErrors { code message }
            difference { computerCount itemCount byKind { kind itemCount } byTenant { nodes { tenant { name } computerCount itemCount } }
                changes { totalCount nodes { kind computer { id name } explanation
                    before { deploymentId desired { kind } } after { deploymentId desired { kind } } } } } } }";
        self.admin.ask(query, json!({ "change": change })).await["previewChange"].clone()
    }

    async fn history(&self, computer: &str, as_of: Value) -> Vec<Value> {
        let query = "query($computer: ID!, $software: ID!, $asOf: AsOfInput) {
            resolutionHistory(computerId: $computer, softwareId: $software, asOf: $asOf) { nodes {
                at cause event { type actor { kind } reason } before { deploymentId } after { deploymentId desired { kind } } } } }";
        let variables = json!({ "computer": computer, "software": self.reader, "asOf": as_of });
        let data = self.admin.ask(query, variables).await;
        data["resolutionHistory"]["nodes"]
            .as_array()
            .unwrap()
            .clone()
    }
}

fn everywhere() -> Value {
    json!({ "scope": { "crossTenant": true } })
}

fn of_tenant(tenant: &str) -> Value {
    json!({ "scope": { "singleTenant": { "tenantId": tenant } } })
}

fn with(target: Value, key: &str, value: Value) -> Value {
    let mut target = target;
    target[key] = value;
    target
}

fn installed() -> Value {
    json!({ "kind": "INSTALLED_LATEST" })
}

#[tokio::test(flavor = "multi_thread")]
async fn adobe_reader_at_contoso_and_the_cnc_machine_and_the_ceos_computer() {
    let office = Office::open().await;
    let fabrikam = office.admin.tenant("Fabrikam").await;
    let reception = office.computer(&office.contoso, "reception", DESKTOP).await;
    let cnc = office.computer(&fabrikam, "cnc-1", DESKTOP).await;
    let laptop = office.computer(&office.contoso, "ceo-laptop", LAPTOP).await;
    let ceo = office.person(&office.contoso, "The CEO").await;
    office.give(&laptop, Some(&ceo)).await;

    let all = office.deploy(everywhere(), installed()).await;
    let uninstalled = json!({ "kind": "UNINSTALLED" });
    let contoso = office.deploy(of_tenant(&office.contoso), uninstalled).await;
    let ignored = json!({ "kind": "IGNORED" });
    let machine = office
        .deploy(json!({ "scope": { "computerId": cnc } }), ignored)
        .await;
    let exactly = json!({ "kind": "INSTALLED_EXACTLY", "version": "24.1" });
    let of_ceo = office
        .deploy(json!({ "scope": { "personId": ceo } }), exactly)
        .await;

    assert_eq!(office.winner(&reception).await, Some(contoso.clone()));
    assert_eq!(office.winner(&cnc).await, Some(machine.clone()));
    assert_eq!(office.winner(&laptop).await, Some(of_ceo.clone()));

    let item = office.item(&laptop, Value::Null).await;
    assert_eq!(item["winner"]["changed"]["by"]["kind"], "USER");
    assert_eq!(item["winner"]["revision"], 0);
    let lost: Vec<_> = (item["ranked"]["nodes"].as_array().unwrap().iter().skip(1))
        .map(|ranked| (ranked["deploymentId"].clone(), ranked["lostOn"].clone()))
        .collect();
    assert_eq!(
        lost,
        [
            (json!(contoso), json!("SCOPE")),
            (json!(all), json!("SCOPE"))
        ]
    );
    assert_eq!(
        item["ranked"]["nodes"][1]["explanation"],
        "the deployment for all computers of Contoso loses to the one for the computers of The CEO: \
         scope: one computer or person beats one tenant"
    );
    let (reason, explanation) = office.reason(&reception, &of_ceo).await;
    assert_eq!(reason, "OTHER_PERSON");
    assert!(
        explanation.contains("who is not this computer's primary person"),
        "{explanation}"
    );
    let outcomes = office
        .admin
        .ask(
            "query($id: ID!) { deployment(id: $id) { outcomes { nodes { computer { name } outcome lostOn reason explanation } }
                wins: outcomes(outcome: WINS) { totalCount nodes { computer { name } } } } }",
            json!({ "id": contoso }),
        )
        .await;
    let nodes = outcomes["deployment"]["outcomes"]["nodes"]
        .as_array()
        .unwrap()
        .clone();
    let of = |name: &str| {
        let is = |node: &&Value| node["computer"]["name"] == name;
        nodes.iter().find(is).unwrap()["outcome"].clone()
    };
    assert_eq!(of("reception"), "WINS");
    assert_eq!(of("ceo-laptop"), "LOSES");
    assert_eq!(of("cnc-1"), "DOES_NOT_APPLY");
    assert_eq!(outcomes["deployment"]["wins"]["totalCount"], 1);

    // Why, since when, because of whom, and what if: the four questions.
    let turns = office.history(&reception, Value::Null).await;
    let told: Vec<_> = turns
        .iter()
        .map(|turn| turn["after"]["deploymentId"].clone())
        .collect();
    assert_eq!(told, [json!(all), json!(contoso)]);
    assert!(
        turns
            .iter()
            .all(|turn| turn["event"]["type"] == "DeploymentCreated"),
        "{turns:?}"
    );
    let preview = office
        .preview(json!({ "deleteDeployment": { "id": contoso } }))
        .await;
    assert_eq!(preview["difference"]["computerCount"], 1);
    let change = preview["difference"]["changes"]["nodes"][0].clone();
    assert_eq!(change["computer"]["name"], "reception");
    assert_eq!(change["kind"], "STATE_CHANGED");
    assert_eq!(change["before"]["desired"]["kind"], "UNINSTALLED");
    assert_eq!(change["after"]["deploymentId"], json!(all));
    assert!(
        text(&change["explanation"]).contains("was deleted"),
        "{change}"
    );
    assert_eq!(
        office.winner(&reception).await,
        Some(contoso),
        "nothing was saved"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn offboarding_by_a_product_that_ends_on_the_last_day_of_the_month() {
    let office = Office::open().await;
    let pc = office.computer(&office.contoso, "pc", DESKTOP).await;
    let zone = json!({ "id": office.contoso, "timeZone": "America/New_York" });
    office
        .change(
            "setTenantTimeZone",
            "SetTenantTimeZoneInput",
            zone,
            "tenant { timeZone }",
        )
        .await;
    let input =
        json!({ "tenantId": office.contoso, "name": "managed", "agreementType": "Managed" });
    let added = office
        .change(
            "addAgreement",
            "AddAgreementInput",
            input,
            "agreement { id }",
        )
        .await;
    let agreement = text(&added["agreement"]["id"]);
    let record =
        json!({ "id": agreement, "product": "Backup", "period": { "lastDay": "2099-11-30" } });
    office
        .change(
            "recordAgreementAddition",
            "RecordAgreementAdditionInput",
            record,
            "agreement { additions { product } }",
        )
        .await;
    let removal = office
        .deploy(everywhere(), json!({ "kind": "UNINSTALLED" }))
        .await;
    let target = with(
        everywhere(),
        "membership",
        json!({ "agreementProduct": "Backup" }),
    );
    let backup = office.deploy(target, installed()).await;
    assert_eq!(office.winner(&pc).await, Some(backup.clone()));

    // Midnight in New York is at five in UTC.
    let winner_at = async |time: &str| {
        let item = office.item(&pc, json!({ "time": time })).await;
        text(&item["winner"]["deploymentId"])
    };
    assert_eq!(winner_at("2099-12-01T04:59:59Z").await, backup);
    assert_eq!(winner_at("2099-12-01T05:00:00Z").await, removal);
    let turns = office
        .history(&pc, json!({ "time": "2100-01-01T00:00:00Z" }))
        .await;
    let last = turns.last().unwrap();
    assert_eq!(
        (&last["cause"], &last["event"]),
        (&json!("TIME"), &Value::Null)
    );
    assert_eq!(last["at"], "2099-12-01T05:00:00+00:00");
    assert_eq!(last["after"]["deploymentId"], json!(removal));
    let compared = office
        .admin
        .ask(
            "query($a: AsOfInput!, $b: AsOfInput!) { compare(earlier: $a, later: $b) { computerCount changes { nodes { explanation } } } }",
            json!({ "a": { "time": "2099-12-01T04:59:59Z" }, "b": { "time": "2099-12-01T05:00:00Z" } }),
        )
        .await;
    assert_eq!(compared["compare"]["computerCount"], 1);
    let explanation = text(&compared["compare"]["changes"]["nodes"][0]["explanation"]);
    assert!(
        explanation.contains("is on no agreement of this tenant that counts today"),
        "{explanation}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_changes_computers_and_a_group_that_gains_a_nested_group() {
    let office = Office::open().await;
    let old = office.computer(&office.contoso, "old", DESKTOP).await;
    let new = office.computer(&office.contoso, "new", LAPTOP).await;
    let ada = office.person(&office.contoso, "Ada").await;
    office.give(&old, Some(&ada)).await;
    let inner = office
        .group(&office.contoso, json!({ "personIds": [ada] }))
        .await;
    let outer = office.group(&office.contoso, json!({})).await;
    let target = with(
        of_tenant(&office.contoso),
        "membership",
        json!({ "directoryGroupId": outer }),
    );
    let deployment = office.deploy(target, installed()).await;
    assert_eq!(office.reason(&old, &deployment).await.0, "NOT_IN_GROUP");

    // The exact difference is shown, then made.
    let nest = json!({ "id": outer, "add": { "groupIds": [inner] } });
    let preview = office.preview(json!({ "changeGroupMembers": nest })).await;
    assert_eq!(
        preview["difference"]["changes"]["nodes"][0]["computer"]["name"],
        "old"
    );
    assert_eq!(
        preview["difference"]["changes"]["nodes"][0]["kind"],
        "GAINED"
    );
    office
        .add_members(&outer, json!({ "groupIds": [inner] }))
        .await;
    assert_eq!(office.winner(&old).await, Some(deployment.clone()));
    // A circle ends.
    office
        .add_members(&inner, json!({ "groupIds": [outer] }))
        .await;
    assert_eq!(office.winner(&old).await, Some(deployment.clone()));

    office.give(&old, None).await;
    office.give(&new, Some(&ada)).await;
    assert_eq!(office.winner(&old).await, None);
    assert_eq!(office.winner(&new).await, Some(deployment));
    let turns = office.history(&old, Value::Null).await;
    let types: Vec<_> = turns
        .iter()
        .map(|turn| turn["event"]["type"].clone())
        .collect();
    assert_eq!(types, ["GroupMembersAdded", "PrimaryPersonSet"]);

    // Somebody who left is nobody's primary person, and cannot become it.
    let grace = office.person(&office.contoso, "Grace").await;
    office
        .change(
            "removePerson",
            "RemovePersonInput",
            json!({ "id": grace }),
            "person { isRemoved }",
        )
        .await;
    let query = "mutation($input: SetComputerPrimaryPersonInput!) { setComputerPrimaryPerson(input: $input) { userErrors { code } } }";
    let input = json!({ "input": { "id": old, "personId": grace } });
    let refused = office.admin.error_code(query, input).await;
    assert_eq!(refused.as_deref(), Some("NOT_FOUND"));

    let gone = json!({ "id": outer });
    office
        .change(
            "removeGroup",
            "RemoveGroupInput",
            gone,
            "group { isRemoved }",
        )
        .await;
    let missing = office
        .admin
        .ask("{ deploymentsWithMissingTarget { nodes { id target { missing } } } deploymentsThatWinNowhere { totalCount } }", json!({}))
        .await;
    let node = &missing["deploymentsWithMissingTarget"]["nodes"][0];
    assert_eq!(node["target"]["missing"], "GROUP");
    assert_eq!(missing["deploymentsThatWinNowhere"]["totalCount"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_chassis_and_filter_expressions() {
    let office = Office::open().await;
    let pc = office.computer(&office.contoso, "mystery", UNKNOWN).await;
    let target = with(
        everywhere(),
        "filter",
        json!("WORKSTATIONS_AND_PORTABLE_DEVICES"),
    );
    let by_class = office.deploy(target, installed()).await;
    let (reason, explanation) = office.reason(&pc, &by_class).await;
    assert_eq!(reason, "UNKNOWN_CLASS");
    assert!(
        explanation.ends_with("this computer's chassis type is not known"),
        "{explanation}"
    );

    let expression = r#"inventory.manufacturer == "Dell" && "cad" in computer.tags"#;
    let target = with(
        everywhere(),
        "membership",
        json!({ "expression": expression }),
    );
    let by_expression = office.deploy(target, installed()).await;
    office.tag(json!({ "computerId": pc }), &["CAD"]).await;
    let (reason, explanation) = office.reason(&pc, &by_expression).await;
    assert_eq!(reason, "EXPRESSION_UNKNOWN");
    assert!(
        explanation.contains("inventory.manufacturer"),
        "{explanation}"
    );
    let detail =
        json!({ "id": pc, "manufacturer": "Dell", "domainRole": "PRIMARY_DOMAIN_CONTROLLER" });
    office
        .change(
            "reportInventoryDetail",
            "ReportInventoryDetailInput",
            detail,
            "computer { computerClass }",
        )
        .await;
    assert_eq!(office.winner(&pc).await, Some(by_expression));
    let target = with(everywhere(), "filter", json!("PRIMARY_DOMAIN_CONTROLLERS"));
    let pdc = office
        .deploy(
            with(target, "membership", json!({ "tag": { "tag": "cad" } })),
            installed(),
        )
        .await;
    assert_eq!(office.winner(&pc).await, Some(pdc));

    // Mistakes are told where they are.
    let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input) { userErrors { code message field } } }";
    let target = with(
        everywhere(),
        "membership",
        json!({ "expression": "computer.colour == 3" }),
    );
    let input = json!({ "softwareId": office.reader, "target": target, "desired": installed() });
    let refused = office.admin.ask_raw(query, json!({ "input": input })).await;
    let error = &refused["data"]["createDeployment"]["userErrors"][0];
    assert_eq!(error["code"], "INVALID");
    assert!(
        text(&error["message"]).starts_with("line 1, column 1: there is no fact computer.colour"),
        "{error}"
    );

    // A metascript's answer is a fact.
    let target = with(
        of_tenant(&office.contoso),
        "membership",
        json!({ "metascript": "has-gpu" }),
    );
    let by_metascript = office.deploy(target, installed()).await;
    assert_eq!(
        office.reason(&pc, &by_metascript).await.0,
        "METASCRIPT_UNANSWERED"
    );
    // Whatever the command's id is, an answer without a moment is of now.
    let options = json!({ "commandId": "9f2aac61-2b6b-430e-9285-c2b06047c36d" });
    let answer = json!({ "id": pc, "metascript": "has-gpu", "answer": true, "options": options });
    office
        .change(
            "recordMetascriptAnswer",
            "RecordMetascriptAnswerInput",
            answer,
            "computer { id }",
        )
        .await;
    assert_eq!(office.winner(&pc).await, Some(by_metascript.clone()));
    let older = json!({ "id": pc, "metascript": "has-gpu", "answer": false, "observedAt": "2001-01-01T00:00:00Z" });
    office
        .change(
            "recordMetascriptAnswer",
            "RecordMetascriptAnswerInput",
            older,
            "computer { id }",
        )
        .await;
    assert_eq!(office.winner(&pc).await, Some(by_metascript));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_tenant_overrides_its_parent_and_an_excluded_tenant_is_left_out() {
    let office = Office::open().await;
    let branch = office.admin.tenant("Contoso Branch").await;
    let place = json!({ "id": branch, "parentId": office.contoso });
    office
        .change(
            "setTenantParent",
            "SetTenantParentInput",
            place,
            "tenant { id }",
        )
        .await;
    let circle = json!({ "input": { "id": office.contoso, "parentId": branch } });
    let query = "mutation($input: SetTenantParentInput!) { setTenantParent(input: $input) { userErrors { code } } }";
    assert_eq!(
        office.admin.error_code(query, circle).await.as_deref(),
        Some("TENANT_CYCLE")
    );
    let pc = office.computer(&branch, "pc", DESKTOP).await;
    let with_children = json!({ "scope": { "singleTenant": { "tenantId": office.contoso, "includeChildren": true } } });
    let parent = office.deploy(with_children, installed()).await;
    assert_eq!(office.winner(&pc).await, Some(parent.clone()));
    let own = office
        .deploy(of_tenant(&branch), json!({ "kind": "UNINSTALLED" }))
        .await;
    let item = office.item(&pc, Value::Null).await;
    assert_eq!(item["winner"]["deploymentId"], json!(own));
    assert_eq!(item["ranked"]["nodes"][1]["lostOn"], "TENANT_DISTANCE");
    let without = office.deploy(of_tenant(&office.contoso), installed()).await;
    assert_eq!(office.reason(&pc, &without).await.0, "NOT_FOR_CHILDREN");

    let all = office.deploy(everywhere(), installed()).await;
    let exclude = json!({ "id": branch, "isExcluded": true });
    office
        .change(
            "setTenantCrossTenantExclusion",
            "SetTenantCrossTenantExclusionInput",
            exclude,
            "tenant { isExcludedFromCrossTenant }",
        )
        .await;
    assert_eq!(office.reason(&pc, &all).await.0, "TENANT_EXCLUDED");
    let exclude = json!({ "id": pc, "isExcluded": true });
    office
        .change(
            "setComputerMaintenanceExclusion",
            "SetComputerMaintenanceExclusionInput",
            exclude,
            "computer { isExcludedFromMaintenance }",
        )
        .await;
    assert_eq!(office.winner(&pc).await, None);
    assert_eq!(office.reason(&pc, &own).await.0, "COMPUTER_EXCLUDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tags_that_both_apply_are_a_conflict_and_enforcement_and_origin_count() {
    let office = Office::open().await;
    let pc = office.computer(&office.contoso, "pc", DESKTOP).await;
    office.tag(json!({ "computerId": pc }), &["a"]).await;
    office
        .tag(json!({ "tenantId": office.contoso }), &["b"])
        .await;
    let tagged = |tag: Value| {
        with(
            of_tenant(&office.contoso),
            "membership",
            json!({ "tag": tag }),
        )
    };
    let one = office
        .deploy(tagged(json!({ "tag": "a" })), installed())
        .await;
    let uninstalled = json!({ "kind": "UNINSTALLED" });
    let two = office
        .deploy(tagged(json!({ "tag": "B", "on": "TENANT" })), uninstalled)
        .await;
    let item = office.item(&pc, Value::Null).await;
    assert_eq!(item["isConflict"], true);
    assert_eq!(item["winner"]["deploymentId"], json!(two));
    assert_eq!(item["conflicts"]["nodes"], json!([{ "deploymentId": one }]));
    assert_eq!(item["ranked"]["nodes"][1]["lostOn"], "CREATED");
    // A conflict is a warning that one can ask for when one saves.
    let query = "mutation($id: ID!) { enableDeployment(input: { id: $id }) { userErrors { code }
        deployment { conflicts { nodes { computerCount deployment { id } } } } } }";
    let saved = office.admin.ask(query, json!({ "id": two })).await;
    let conflicts = &saved["enableDeployment"]["deployment"]["conflicts"]["nodes"];
    assert_eq!(
        *conflicts,
        json!([{ "computerCount": 1, "deployment": { "id": one } }])
    );

    let create = async |enforcement: &str, origin: &str| {
        let target = json!({ "scope": { "computerId": pc } });
        let input = json!({ "softwareId": office.reader, "target": target, "desired": installed(),
            "enforcement": enforcement, "origin": origin });
        let created = office
            .change(
                "createDeployment",
                "CreateDeploymentInput",
                input,
                "deployment { id }",
            )
            .await;
        text(&created["deployment"]["id"])
    };
    let optional = create("OPTIONAL", "LOCAL").await;
    assert_eq!(office.reason(&pc, &optional).await.0, "NOT_APPROVED");
    let approve = json!({ "id": pc, "deploymentId": optional, "isApproved": true });
    office
        .change(
            "setComputerDeploymentApproval",
            "SetComputerDeploymentApprovalInput",
            approve,
            "computer { id }",
        )
        .await;
    assert_eq!(office.winner(&pc).await, Some(optional.clone()));
    let ad_hoc = create("AD_HOC", "LOCAL").await;
    assert_eq!(office.reason(&pc, &ad_hoc).await.0, "ONLY_WHEN_NAMED");
    let onboarding = create("ONBOARDING", "LOCAL").await;
    assert_eq!(
        office.reason(&pc, &onboarding).await.0,
        "ONLY_IN_ONBOARDING"
    );
    let recommended = create("REQUIRED", "RECOMMENDED").await;
    assert_eq!(office.reason(&pc, &recommended).await.0, "UNDECIDED");
    let id = json!({ "id": recommended });
    office
        .change(
            "approveRecommendation",
            "ApproveRecommendationInput",
            id.clone(),
            "deployment { recommendation }",
        )
        .await;
    let item = office.item(&pc, Value::Null).await;
    assert_eq!(
        item["winner"]["deploymentId"],
        json!(optional),
        "local beats recommended"
    );
    office
        .change(
            "dismissRecommendation",
            "DismissRecommendationInput",
            id,
            "deployment { recommendation }",
        )
        .await;
    assert_eq!(office.reason(&pc, &recommended).await.0, "DISMISSED");
}

/// An ad hoc deployment acts in the session that names it, and in no other.
#[tokio::test(flavor = "multi_thread")]
async fn an_ad_hoc_deployment_acts_when_a_technician_names_it() {
    let office = Office::open().await;
    let folder = TempDir::new().unwrap();
    let token = office.admin.enrolment_token(&office.contoso, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &office.server.base(), &token);
    let pc = office.admin.online("pc").await;
    let uninstalled = json!({ "kind": "UNINSTALLED" });
    office
        .deploy(json!({ "scope": { "computerId": pc } }), uninstalled)
        .await;
    let input = json!({ "softwareId": office.reader, "target": everywhere(), "desired": installed(), "enforcement": "AD_HOC" });
    let created = office
        .change(
            "createDeployment",
            "CreateDeploymentInput",
            input,
            "deployment { id }",
        )
        .await;
    let ad_hoc = text(&created["deployment"]["id"]);
    let full = office.admin.maintain(&pc).await;
    assert_eq!(full["actions"][0]["type"], "NO_ACTION", "{full}");
    let query =
        "mutation($pc: ID!, $id: ID!) { startSession(input: { computerId: $pc, deploymentId: $id })
        { session { id kind deployment { id } } userErrors { code } } }";
    let started = office
        .admin
        .ask(query, json!({ "pc": pc, "id": ad_hoc }))
        .await;
    let session = &started["startSession"]["session"];
    assert_eq!(
        (&session["kind"], &session["deployment"]["id"]),
        (&json!("AD_HOC"), &json!(ad_hoc))
    );
    let named = office.admin.over(&text(&session["id"])).await;
    assert_eq!(named["status"], "PASSED", "{named}");
    assert_eq!(named["actions"][0]["type"], "INSTALL", "{named}");
    let report = office
        .admin
        .ask(
            "query($id: ID!) { compliance(softwareId: $id) { shouldHave has differs unknown } }",
            json!({ "id": office.reader }),
        )
        .await;
    assert_eq!(
        report["compliance"],
        json!({ "shouldHave": 1, "has": 0, "differs": 1, "unknown": 0 })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cloud_tasks_are_resolved_for_tenants() {
    let office = Office::open().await;
    let input = json!({ "name": "Require MFA" });
    let created = office
        .change(
            "createCloudTask",
            "CreateCloudTaskInput",
            input,
            "cloudTask { id }",
        )
        .await;
    let task = text(&created["cloudTask"]["id"]);
    let deploy = async |target: Value, desired: Value| {
        let input = json!({ "cloudTaskId": task, "target": target, "desired": desired });
        let created = office
            .change(
                "createDeployment",
                "CreateDeploymentInput",
                input,
                "deployment { id }",
            )
            .await;
        text(&created["deployment"]["id"])
    };
    let all = deploy(everywhere(), json!({ "kind": "AUDIT" })).await;
    let tagged = with(
        everywhere(),
        "membership",
        json!({ "tag": { "tag": "gold", "on": "TENANT" } }),
    );
    let gold = deploy(tagged, json!({ "kind": "ENFORCE" })).await;
    let winner = async || {
        let query = "query($id: ID!) { tenantResolution(tenantId: $id) { nodes { cloudTask { name } winner { deploymentId desired { kind } } } } }";
        let data = office
            .admin
            .ask(query, json!({ "id": office.contoso }))
            .await;
        text(&data["tenantResolution"]["nodes"][0]["winner"]["deploymentId"])
    };
    assert_eq!(winner().await, all);
    let tags = json!({ "on": { "tenantId": office.contoso }, "add": ["gold"] });
    let preview = office.preview(json!({ "changeTags": tags })).await;
    assert_eq!(preview["difference"]["itemCount"], 1);
    assert_eq!(preview["difference"]["computerCount"], 0);
    office
        .tag(json!({ "tenantId": office.contoso }), &["gold"])
        .await;
    assert_eq!(winner().await, gold);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_many_computers_must_be_confirmed_and_strangers_see_nothing() {
    let office = Office::open().await;
    let token = office.admin.enrolment_token(&office.contoso, 26).await;
    let mut enrolling = tokio::task::JoinSet::new();
    for n in 0..26 {
        let (server, token) = (office.server.base(), token.clone());
        enrolling.spawn(async move {
            Peer::enrol(&server, &token, &format!("pc-{n}"))
                .await
                .is_ok()
        });
    }
    assert!(
        enrolling
            .join_all()
            .await
            .into_iter()
            .all(|enrolled| enrolled)
    );
    eventually("all are there", || async {
        let answer = office
            .admin
            .try_ask("{ computers { totalCount } }", json!({}))
            .await?;
        (answer["data"]["computers"]["totalCount"] == 26).then_some(())
    })
    .await;
    let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
        { deployment { id } userErrors { code message field } } }";
    let mut input = json!({ "softwareId": office.reader, "target": everywhere(), "desired": { "kind": "UNINSTALLED" } });
    let asked = json!({ "createDeployment": input });
    assert_eq!(
        office.preview(asked).await["difference"]["computerCount"],
        26
    );
    for wrong in [Value::Null, json!(25)] {
        input["confirmImpact"] = wrong;
        let refused = office.admin.ask_raw(query, json!({ "input": input })).await;
        let error = &refused["data"]["createDeployment"]["userErrors"][0];
        assert_eq!(error["code"], "IMPACT_UNCONFIRMED");
        assert!(
            text(&error["message"]).contains("confirmImpact: 26"),
            "{error}"
        );
    }
    // A retry of the confirmed command answers as the first time.
    input["confirmImpact"] = json!(26);
    input["options"] = json!({ "commandId": "0190b5f0-0000-7000-8000-00000000c0de" });
    let first = office.admin.ask(query, json!({ "input": input })).await;
    let again = office.admin.ask(query, json!({ "input": input })).await;
    assert_eq!(first["createDeployment"], again["createDeployment"]);

    let report = office
        .admin
        .ask(
            "query($id: ID!) { compliance(softwareId: $id) { shouldHave has differs unknown computers(compliance: UNKNOWN) { totalCount } }
                winners(softwareId: $id) { nodes { computerCount targetText } } }",
            json!({ "id": office.reader }),
        )
        .await;
    assert_eq!(report["compliance"]["shouldHave"], 26);
    assert_eq!(report["compliance"]["unknown"], 26);
    assert_eq!(report["winners"]["nodes"][0]["computerCount"], 26);

    let other = office.admin.tenant("Other").await;
    let role = "mutation($tenant: ID!) { createApiToken(input: { name: \"x\", role: TENANT_ADMIN, tenantId: $tenant })
        { secret userErrors { code } } }";
    let made = office.admin.ask(role, json!({ "tenant": other })).await;
    let stranger = office.admin.with(&text(&made["createApiToken"]["secret"]));
    let seen = stranger
        .ask(
            "query($id: ID!) { compliance(softwareId: $id) { shouldHave } winners(softwareId: $id) { totalCount }
                compare(earlier: { position: \"0\" }) { itemCount } deploymentsThatWinNowhere { totalCount } people { totalCount } }",
            json!({ "id": office.reader }),
        )
        .await;
    assert_eq!(seen["compliance"]["shouldHave"], 0);
    assert_eq!(seen["winners"]["totalCount"], 0);
    assert_eq!(seen["compare"]["itemCount"], 0);
    let foreign = json!({ "id": office.reader, "tenant": office.contoso });
    let asked = "query($id: ID!, $tenant: ID!) { compliance(softwareId: $id, tenantId: $tenant) { shouldHave } }";
    assert_eq!(
        stranger.error_code(asked, foreign).await.as_deref(),
        Some("NOT_FOUND")
    );
}
