//! Secrets: set, told to tasks, handed to scripts on real computers, and nowhere to be read.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use upkeep_tests::agent::Around;
use upkeep_tests::client::text;
use upkeep_tests::server::{command, write_keys};
use upkeep_tests::{Agent, Client, Server};

const CREATE: &str = "mutation($input: CreateSecretInput!) { createSecret(input: $input) { secret { id name revision } userErrors { code message field } } }";
const CHANGE: &str = "mutation($input: ChangeSecretInput!) { changeSecret(input: $input) { secret { name revision } userErrors { code message field } } }";
const REMOVE: &str = "mutation($input: RemoveSecretInput!) { removeSecret(input: $input) { secret { isRemoved } userErrors { code message } } }";
const DEPLOY: &str = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
    { deployment { id parameters { name value { text secretId } } } userErrors { code message field } } }";
/// Says all that it is told in every way that it can, and how long the secret is.
const TELL: &str = r#"told=$(cat); echo "$told"; echo "$told" >&2; env
key=$(echo "$told" | sed 's/.*"Key":"\([^"]*\)".*/\1/')
printf %s "$key" | base64; printf '%s' "$key" | head -c 5; sleep 0.3; printf '%s\n' "$key" | tail -c +6
echo "{\"length\": ${#key}, \"key\": \"$key\"}" > "$UPKEEP_RESULT""#;

const FIRST: &str = "hush4711-first";
const SECOND: &str = "hush4711-the-second";

struct Place {
    server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    tenant: String,
    task: String,
    folder: TempDir,
}

impl Place {
    /// A computer, and a task that is told a key.
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Northwind").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        // Whatever is logged, no secret is.
        let around = Around {
            environment: vec![("UPKEEP_AGENT_LOG", "trace".to_owned())],
            ..Around::default()
        };
        let agent = Agent::start_in(around, folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        let task = admin.made("createTask", "task", "{ name: \"Join\" }").await;
        let query = "mutation($input: SetTaskScriptInput!) { setTaskScript(input: $input) { userErrors { message } } }";
        let script = json!({ "interpreter": "SH", "text": TELL });
        let input = json!({ "id": task, "role": "GET", "script": script });
        admin.ask(query, json!({ "input": input })).await;
        let query = "mutation($input: DefineTaskParametersInput!) { defineTaskParameters(input: $input) { userErrors { message } } }";
        let parameters = json!([{ "name": "Key", "kind": "SECRET", "isRequired": true }, { "name": "Note", "kind": "TEXT" }]);
        let input = json!({ "id": task, "parameters": parameters });
        admin.ask(query, json!({ "input": input })).await;
        Self {
            server,
            admin,
            agent,
            computer,
            tenant,
            task,
            folder,
        }
    }

    async fn secret(&self, of: Option<&str>, value: &str) -> String {
        let input = json!({ "name": "Domain join", "tenantId": of, "value": value });
        let data = self.admin.ask(CREATE, json!({ "input": input })).await;
        text(&data["createSecret"]["secret"]["id"])
    }

    /// A deployment that tells it, as the input says.
    fn telling(&self, secret: &str, scope: &Value) -> Value {
        let parameters = json!([{ "name": "Key", "value": { "secretId": secret } }]);
        let input = json!({ "taskId": self.task, "target": { "scope": scope }, "desired": { "kind": "MONITOR" }, "parameters": parameters });
        json!({ "input": input })
    }

    /// What one more session made of its only action, with all that its script said.
    async fn maintained(&self) -> Value {
        let session = self.admin.start_session(&self.computer).await;
        self.admin.over(&session).await;
        let query = "query($id: ID!) { session(id: $id) { actions { resultReason message value runs { status stdoutTail stderrTail
            parameters { name value { text secretId } } output(first: 20) { text } } } } }";
        let data = self.admin.ask(query, json!({ "id": session })).await;
        data["session"]["actions"][0].clone()
    }
}

/// The files in a folder in which this stands.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = vec![];
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if let Ok(content) = std::fs::read(&path)
                && content
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            {
                found.push(path);
            }
        }
    }
    found
}

fn why(answer: &Value, field: &str) -> (String, String) {
    let error = &answer["data"][field]["userErrors"][0];
    assert!(error.is_object(), "{answer}");
    (text(&error["code"]), text(&error["message"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_reaches_the_script_that_is_told_it_and_is_nowhere_to_be_read() {
    let mut place = Place::new().await;
    let secret = place.secret(None, FIRST).await;
    let telling = place.telling(&secret, &json!({ "crossTenant": true }));
    let data = place.admin.ask(DEPLOY, telling).await;
    let told = json!([{ "name": "Key", "value": { "text": null, "secretId": secret } }]);
    assert_eq!(data["createDeployment"]["deployment"]["parameters"], told);

    let action = place.maintained().await;
    assert_eq!(
        action["value"],
        json!({ "length": FIRST.len(), "key": "(secret)" })
    );
    assert_eq!(action["runs"][0]["parameters"], told);
    let said = action.to_string();
    assert!(said.contains("{\\\"Key\\\":\\\"(secret)\\\"}"), "{said}");

    // From now on it is another one, also after a server that was killed at once.
    let input = json!({ "id": secret, "value": SECOND, "name": "Join, Berlin" });
    let data = place.admin.ask(CHANGE, json!({ "input": input })).await;
    assert_eq!(data["changeSecret"]["secret"]["name"], "Join, Berlin");
    place.server.kill().await;
    place.server.logs = "trace";
    place.server.restart().await;
    place.admin.online("pc").await;
    let action = place.maintained().await;
    assert_eq!(action["value"]["length"], SECOND.len());

    let events = "{ events(first: 100, orderBy: { field: RECORDED_AT, direction: DESC }) { nodes { type data } } }";
    let events = place.admin.ask(events, Value::Null).await.to_string();
    assert!(
        events.contains("SecretReplaced") && !events.contains("sealed"),
        "{events}"
    );
    place.server.stop().await;
    place.agent.stop().await;
    // The last one is the beginning of both in hexadecimal digits.
    for value in [FIRST, SECOND, "hush4711", "6875736834373131"] {
        for folder in [place.server.folder(), place.folder.path()] {
            assert_eq!(files_with(folder, value), Vec::<PathBuf>::new(), "{value}");
        }
    }
    // Neither the log of the whole store nor what is said of it has it.
    let exported = command(&place.server.folder().join("data"), &["events"]).await;
    assert!(exported.contains("SecretCreated"), "{exported}");
    assert!(!exported.contains("hush4711"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_told_by_those_and_for_those_whose_it_is() {
    let place = Place::new().await;
    let other = place.admin.tenant("Contoso").await;
    let mine = place.secret(Some(&place.tenant), FIRST).await;
    let others = place.secret(Some(&other), FIRST).await;
    let everybodys = place.secret(None, FIRST).await;
    let here = json!({ "singleTenant": { "tenantId": place.tenant } });
    let computer = json!({ "computerId": place.computer });
    let refusal = async |client: &Client, secret: &str, scope: &Value| {
        let answer = client.ask_raw(DEPLOY, place.telling(secret, scope)).await;
        why(&answer, "createDeployment")
    };
    let not_there = (
        "PARAMETERS_DO_NOT_FIT".to_owned(),
        "Key: there is no such secret for this target: tell one of the target's tenant or of the installation, and for several tenants one of the installation".to_owned(),
    );
    let everywhere = json!({ "crossTenant": true });
    let below = json!({ "singleTenant": { "tenantId": place.tenant, "includeChildren": true } });
    for (secret, scope) in [(&others, &here), (&mine, &everywhere), (&mine, &below)] {
        assert_eq!(refusal(&place.admin, secret, scope).await, not_there);
    }
    let of = async |role| place.admin.acting_as(role, Some(&place.tenant)).await;
    let (owner, member) = (of("TENANT_ADMIN").await, of("TENANT_MEMBER").await);
    for (client, secret) in [(&owner, &everybodys), (&owner, &others), (&member, &mine)] {
        let answer = client
            .ask_raw(DEPLOY, place.telling(secret, &computer))
            .await;
        let code = &answer["errors"][0]["extensions"]["code"];
        assert_eq!(code, "FORBIDDEN", "{answer}");
    }
    let data = owner.ask(DEPLOY, place.telling(&mine, &computer)).await;
    assert!(data["createDeployment"]["deployment"].is_object());
    let seen = owner
        .ask("{ secrets { nodes { id } totalCount } }", Value::Null)
        .await;
    assert_eq!(
        seen["secrets"],
        json!({ "nodes": [{ "id": mine }], "totalCount": 1 })
    );

    let removed = place
        .admin
        .ask_raw(REMOVE, json!({ "input": { "id": mine } }))
        .await;
    let (code, message) = why(&removed, "removeSecret");
    assert_eq!(code, "SECRET_IN_USE");
    assert!(message.contains("pc"), "{message}");
    let action = place.maintained().await;
    assert_eq!(action["value"]["length"], FIRST.len());
    // It went to another tenant, and the deployment with it: the secret did not.
    let query = "mutation($input: MoveComputerInput!) { moveComputer(input: $input) { userErrors { message } } }";
    let input = json!({ "id": place.computer, "tenantId": other });
    place.admin.ask(query, json!({ "input": input })).await;
    let action = place.maintained().await;
    assert_eq!(action["resultReason"], "PARAMETERS_DO_NOT_FIT");
    // Those whose it is hear nothing of it there, and it is not in their way.
    let data = owner.ask(REMOVE, json!({ "input": { "id": mine } })).await;
    assert_eq!(data["removeSecret"]["secret"]["isRemoved"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_key_keeps_and_tells_no_secret_and_says_so() {
    let mut place = Place::new().await;
    let secret = place.secret(None, FIRST).await;
    let telling = place.telling(&secret, &json!({ "crossTenant": true }));
    place.admin.ask(DEPLOY, telling).await;
    place.server.stop().await;
    let keys = place.server.secrets_keys();
    write_keys(&keys, &"6b".repeat(32));
    place.server.restart().await;
    place.admin.online("pc").await;
    let action = place.maintained().await;
    assert_eq!(action["runs"][0]["status"], "COULD_NOT_START");
    let message = text(&action["message"]);
    assert!(
        message.contains("does not have the key under which the secret was sealed"),
        "{message}"
    );

    // With the old key below the new one both are good.
    place.server.stop().await;
    write_keys(
        &keys,
        &format!("{}\n{}\n", "6b".repeat(32), "5a".repeat(32)),
    );
    place.server.restart().await;
    place.admin.online("pc").await;
    assert_eq!(place.maintained().await["value"]["length"], FIRST.len());

    for (value, why_not) in [
        ("abc", "too short"),
        ("a\u{0}bcd", "control character"),
        (&"x".repeat(4_097), "too long"),
    ] {
        let input = json!({ "name": "x", "value": value });
        let answer = place.admin.ask_raw(CREATE, json!({ "input": input })).await;
        let (code, message) = why(&answer, "createSecret");
        assert_eq!(code, "INVALID");
        assert!(message.contains(why_not), "{message}");
    }
}

/// The documents of the page on secrets, as they stand there.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_page_on_secrets_do_what_it_says() {
    let place = Place::new().await;
    let page = include_str!("../../../docs/secrets.md");
    let blocks = page.split("```graphql\n").skip(1);
    let blocks: Vec<&str> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    let [set, tell] = blocks[..] else {
        panic!("two documents");
    };
    let set = place
        .admin
        .ask(set, json!({ "tenant": place.tenant }))
        .await;
    let secret = &set["createSecret"]["secret"];
    assert_eq!(secret["tenant"]["name"], "Northwind");
    // One of the whole installation, as the deployment is for everybody.
    let secret = place.secret(None, FIRST).await;
    let query = "mutation($input: DefineTaskParametersInput!) { defineTaskParameters(input: $input) { userErrors { message } } }";
    let input =
        json!({ "id": place.task, "parameters": [{ "name": "Password", "kind": "SECRET" }] });
    place.admin.ask(query, json!({ "input": input })).await;
    for role in ["TEST", "SET"] {
        let query = "mutation($input: SetTaskScriptInput!) { setTaskScript(input: $input) { userErrors { message } } }";
        let script = json!({ "interpreter": "SH", "text": "cat; echo true" });
        let input = json!({ "id": place.task, "role": role, "script": script });
        place.admin.ask(query, json!({ "input": input })).await;
    }
    let told = place
        .admin
        .ask(tell, json!({ "task": place.task, "secret": secret }))
        .await;
    let parameters = &told["createDeployment"]["deployment"]["parameters"];
    assert_eq!(
        parameters,
        &json!([{ "name": "Password", "value": { "secretId": secret } }])
    );
}
