use crate::eventually;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The one HTTP client.
pub fn http() -> reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            // Another test may have been faster.
            let _ = rustls::crypto::ring::default_provider().install_default();
            // No pooling: each test has a runtime of its own.
            reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .build()
                .expect("a client")
        })
        .clone()
}

/// A GraphQL client with a token.
#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub token: String,
}

impl Client {
    pub fn new(base: String, token: String) -> Self {
        Self { base, token }
    }

    /// The same server with another token.
    #[must_use]
    pub fn with(&self, token: &str) -> Self {
        Self {
            base: self.base.clone(),
            token: token.to_owned(),
        }
    }

    pub fn request(&self, query: &str, variables: &Value) -> RequestBuilder {
        http()
            .post(format!("{}/graphql", self.base))
            .bearer_auth(&self.token)
            .json(&json!({ "query": query, "variables": variables }))
    }

    /// The whole answer, whatever it is; nothing if the server did not answer.
    pub async fn try_ask(&self, query: &str, variables: Value) -> Option<Value> {
        self.request(query, &variables)
            .send()
            .await
            .ok()?
            .json()
            .await
            .ok()
    }

    /// The whole answer, whatever it is.
    pub async fn ask_raw(&self, query: &str, variables: Value) -> Value {
        self.try_ask(query, variables).await.expect("an answer")
    }

    /// The data; errors and user errors fail the test.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.ask_raw(query, variables).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
        let data = answer["data"].clone();
        for (field, payload) in data.as_object().into_iter().flatten() {
            let errors = payload["userErrors"].as_array();
            assert!(errors.is_none_or(Vec::is_empty), "{field}: {payload}");
        }
        data
    }

    /// The code of the first error, of the request or of a mutation's payload.
    pub async fn error_code(&self, query: &str, variables: Value) -> Option<String> {
        let answer = self.ask_raw(query, variables).await;
        let of_request = answer["errors"][0]["extensions"]["code"].as_str();
        let of_payload = answer["data"]
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.values())
            .find_map(|payload| payload["userErrors"][0]["code"].as_str());
        of_request.or(of_payload).map(str::to_owned)
    }

    /// A client with a token of its own, of this role.
    pub async fn acting_as(&self, role: &str, tenant: Option<&str>) -> Self {
        let query = "mutation($input: CreateApiTokenInput!) { createApiToken(input: $input)
            { secret userErrors { code message } } }";
        let input = json!({ "name": role, "role": role, "tenantId": tenant });
        let data = self.ask(query, json!({ "input": input })).await;
        self.with(&text(&data["createApiToken"]["secret"]))
    }

    /// The id of what a mutation makes or changes.
    pub async fn made(&self, mutation: &str, field: &str, input: &str) -> String {
        let query = format!(
            "mutation {{ {mutation}(input: {input}) {{ {field} {{ id }} userErrors {{ code message }} }} }}"
        );
        text(&self.ask(&query, json!({})).await[mutation][field]["id"])
    }

    pub async fn tenant(&self, name: &str) -> String {
        let query = "mutation($name: String!) { createTenant(input: { name: $name })
            { tenant { id } userErrors { code message } } }";
        text(&self.ask(query, json!({ "name": name })).await["createTenant"]["tenant"]["id"])
    }

    /// A software that is a file `opt/NAME` holding its version, with these versions.
    pub async fn software(&self, name: &str, versions: &[&str]) -> String {
        let id = self
            .software_detected_by(
                name,
                &format!("cat \"$UPKEEP_ROOT/opt/{name}\" 2>/dev/null || true"),
            )
            .await;
        for version in versions {
            let install = format!(
                "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/started\"\nmkdir -p \"$UPKEEP_ROOT/opt\"\nsleep 0.05\necho {version} > \"$UPKEEP_ROOT/opt/{name}\"\n"
            );
            let uninstall = format!(
                "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/started\"\nsleep 0.05\nrm -f \"$UPKEEP_ROOT/opt/{name}\"\n"
            );
            self.publish(
                &id,
                version,
                &json!({ "text": install }),
                &json!({ "text": uninstall }),
            )
            .await;
        }
        id
    }

    pub async fn software_detected_by(&self, name: &str, detection: &str) -> String {
        let query = "mutation($name: String!, $text: String!) {
            createSoftware(input: { name: $name, detection: { text: $text } })
            { software { id } userErrors { code message } } }";
        let data = self
            .ask(query, json!({ "name": name, "text": detection }))
            .await;
        text(&data["createSoftware"]["software"]["id"])
    }

    pub async fn publish(&self, software: &str, version: &str, install: &Value, uninstall: &Value) {
        self.publish_with(software, version, install, uninstall, &Value::Null)
            .await;
    }

    pub async fn publish_with(
        &self,
        software: &str,
        version: &str,
        install: &Value,
        uninstall: &Value,
        package: &Value,
    ) {
        let query =
            "mutation($input: PublishSoftwareVersionInput!) { publishSoftwareVersion(input: $input)
            { userErrors { code message } } }";
        let input = json!({ "id": software, "version": version, "install": install,
            "uninstall": uninstall, "packageFile": package });
        self.ask(query, json!({ "input": input })).await;
    }

    /// Uploads a file and answers with its SHA-256.
    pub async fn upload(&self, content: &[u8]) -> String {
        let sha256 = hex::encode(Sha256::digest(content));
        let response = http()
            .put(format!("{}/packages/{sha256}", self.base))
            .bearer_auth(&self.token)
            .body(content.to_vec())
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        sha256
    }

    pub async fn deploy(&self, software: &str, target: Value, desired: Value) -> String {
        let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
            { deployment { id } userErrors { code message } } }";
        let input = json!({ "softwareId": software, "target": target, "desired": desired });
        let data = self.ask(query, json!({ "input": input })).await;
        text(&data["createDeployment"]["deployment"]["id"])
    }

    /// Installed, latest, everywhere.
    pub async fn deploy_everywhere(&self, software: &str) -> String {
        let target = json!({ "scope": { "crossTenant": true } });
        self.deploy(software, target, json!({ "kind": "INSTALLED_LATEST" }))
            .await
    }

    pub async fn change_desired(&self, deployment: &str, desired: Value) {
        let query = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input)
            { userErrors { code message } } }";
        let input = json!({ "id": deployment, "desired": desired });
        self.ask(query, json!({ "input": input })).await;
    }

    pub async fn enrolment_token(&self, tenant: &str, max_uses: u32) -> String {
        let query = "mutation($tenant: ID!, $uses: Int!) {
            createEnrolmentToken(input: { tenantId: $tenant, maxUses: $uses })
            { secret userErrors { code message } } }";
        let data = self
            .ask(query, json!({ "tenant": tenant, "uses": max_uses }))
            .await;
        text(&data["createEnrolmentToken"]["secret"])
    }

    /// The id of a computer, once it is there and online.
    pub async fn online(&self, name: &str) -> String {
        eventually(&format!("{name} is online"), || async {
            let query = "query($name: String!) {
                computers(filter: { nameContains: $name, isOnline: true }) { nodes { id name } } }";
            let answer = self.try_ask(query, json!({ "name": name })).await?;
            let nodes = answer["data"]["computers"]["nodes"].as_array()?;
            nodes
                .iter()
                .find(|node| node["name"] == name)
                .map(|node| text(&node["id"]))
        })
        .await
    }

    pub async fn start_session(&self, computer: &str) -> String {
        let query = "mutation($computer: ID!) { startSession(input: { computerId: $computer })
            { session { id } userErrors { code message } } }";
        let data = self.ask(query, json!({ "computer": computer })).await;
        text(&data["startSession"]["session"]["id"])
    }

    /// The session, once it is over.
    pub async fn over(&self, session: &str) -> Value {
        eventually(&format!("session {session} is over"), || async {
            let query = "query($id: ID!) { session(id: $id) { id status stage actions {
                itemName because type reason result resultReason message detectedBefore detected
                runs { id purpose status exitCode isTruncated outputBytes stdoutTail stderrTail } } } }";
            let answer = self.try_ask(query, json!({ "id": session })).await?;
            let session = answer["data"]["session"].clone();
            let status = session["status"].as_str()?.to_owned();
            (!["QUEUED", "PENDING_CONNECTIVITY", "RUNNING"].contains(&status.as_str()))
                .then_some(session)
        })
        .await
    }

    /// Starts a session and waits for its end.
    pub async fn maintain(&self, computer: &str) -> Value {
        let session = self.start_session(computer).await;
        self.over(&session).await
    }
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is text"))
        .to_owned()
}
