//! What tasks are told: defined, held by deployments, checked, and handed to scripts on real computers.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::peer::Peer;
use upkeep_tests::{Agent, Client, Server};

const DEFINE: &str =
    "mutation($input: DefineTaskParametersInput!) { defineTaskParameters(input: $input)
    { task { id revision } userErrors { code message field } } }";
const CREATE: &str = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
    { deployment { id } userErrors { code message field } } }";
const CHANGE: &str = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input)
    { deployment { id parameters { name value { text number boolean choices } } } userErrors { code message field } } }";
/// A get script whose value is what it was told.
const TELL: &str = "cat > \"$UPKEEP_RESULT\"";
const PAGE: &str = include_str!("../../../docs/parameters.md");

/// A server, two computers, and a task that is monitored.
struct Place {
    admin: Client,
    server: Server,
    agents: BTreeMap<&'static str, Agent>,
    computers: BTreeMap<&'static str, String>,
    tenant: String,
    task: String,
    _folder: TempDir,
}

impl Place {
    async fn new(names: &[&'static str], script: &str) -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Northwind").await;
        let (mut agents, mut computers) = (BTreeMap::new(), BTreeMap::new());
        for name in names {
            let token = admin.enrolment_token(&tenant, 1).await;
            let agent = Agent::start(folder.path(), name, 3, &server.base(), &token);
            agents.insert(*name, agent);
            computers.insert(*name, admin.online(name).await);
        }
        let task = admin.made("createTask", "task", "{ name: \"Logs\" }").await;
        let place = Self {
            admin,
            server,
            agents,
            computers,
            tenant,
            task,
            _folder: folder,
        };
        place.get_by("SH", script).await;
        place
    }

    async fn get_by(&self, interpreter: &str, script: &str) {
        let query = "mutation($input: SetTaskScriptInput!) { setTaskScript(input: $input) { userErrors { message } } }";
        let script = json!({ "interpreter": interpreter, "text": script });
        let input = json!({ "id": self.task, "role": "GET", "script": script });
        self.admin.ask(query, json!({ "input": input })).await;
    }

    async fn define(&self, parameters: Value) {
        let input = json!({ "id": self.task, "parameters": parameters });
        self.admin.ask(DEFINE, json!({ "input": input })).await;
    }

    /// The code, the way inside the input and the message of why parameters cannot be defined.
    async fn refused_definition(&self, parameters: Value) -> (String, String, String) {
        let input = json!({ "id": self.task, "parameters": parameters });
        let answer = self.admin.ask_raw(DEFINE, json!({ "input": input })).await;
        why(&answer, "defineTaskParameters")
    }

    /// A deployment of the task for one computer.
    fn of(&self, computer: &str, mode: &str, parameters: &Value) -> Value {
        let target = json!({ "scope": { "computerId": self.computers[computer] } });
        json!({ "input": { "taskId": self.task, "target": target, "desired": { "kind": mode }, "parameters": parameters } })
    }

    async fn deploy(&self, computer: &str, parameters: Value) -> String {
        let input = self.of(computer, "MONITOR", &parameters);
        let data = self.admin.ask(CREATE, input).await;
        text(&data["createDeployment"]["deployment"]["id"])
    }

    async fn tell(&self, deployment: &str, parameters: Value) {
        let input = json!({ "id": deployment, "parameters": parameters });
        self.admin.ask(CHANGE, json!({ "input": input })).await;
    }

    async fn refused(&self, query: &str, field: &str, input: Value) -> (String, String, String) {
        why(&self.admin.ask_raw(query, input).await, field)
    }

    /// What one more session of a computer did about its only action.
    async fn maintained(&self, computer: &str) -> Value {
        let session = self.admin.start_session(&self.computers[computer]).await;
        told(&self.admin, &session).await
    }
}

fn why(answer: &Value, field: &str) -> (String, String, String) {
    let error = &answer["data"][field]["userErrors"][0];
    assert!(error.is_object(), "{answer}");
    let steps = error["field"].as_array().into_iter().flatten().skip(1);
    let way: Vec<&str> = steps.filter_map(Value::as_str).collect();
    (text(&error["code"]), way.join("."), text(&error["message"]))
}

async fn told(admin: &Client, session: &str) -> Value {
    admin.over(session).await;
    let values = "parameters { name value { text number boolean choices } }";
    let query = format!(
        "query($id: ID!) {{ session(id: $id) {{ actions {{ resultReason message value {values} runs {{ status {values} }} }} }} }}"
    );
    let data = admin.ask(&query, json!({ "id": session })).await;
    data["session"]["actions"][0].clone()
}

/// As they are written: only what is there.
fn written(parameters: &Value) -> Value {
    let each = parameters.as_array().unwrap().iter().map(|one| {
        let value = one["value"].as_object().unwrap().iter();
        let value: serde_json::Map<_, _> = value
            .filter(|(_, value)| !value.is_null())
            .map(|(member, value)| (member.clone(), value.clone()))
            .collect();
        json!({ "name": one["name"], "value": value })
    });
    each.collect()
}

fn server_and_port(port: f64) -> Value {
    json!([
        { "name": "Server", "kind": "TEXT", "isRequired": true },
        { "name": "Port", "kind": "NUMBER", "isWhole": true, "min": 1, "default": { "number": port } },
    ])
}

fn server(name: &str) -> Value {
    json!([{ "name": "Server", "value": { "text": name } }])
}

#[tokio::test(flavor = "multi_thread")]
async fn two_computers_are_told_different_things_and_a_default_that_changes_counts_for_both() {
    let place = Place::new(&["north", "south"], TELL).await;
    place.define(server_and_port(514.0)).await;
    place.deploy("north", server("a.example")).await;
    let own_port = json!([
        { "name": "Server", "value": { "text": "b.example" } },
        { "name": "Port", "value": { "number": 80 } },
    ]);
    let south = place.deploy("south", own_port.clone()).await;
    let action = place.maintained("north").await;
    let north_told = json!({ "Server": "a.example", "Port": 514 });
    assert_eq!(action["value"], north_told, "{action}");
    let filled = json!([
        { "name": "Port", "value": { "number": 514.0 } },
        { "name": "Server", "value": { "text": "a.example" } },
    ]);
    assert_eq!(written(&action["parameters"]), filled);
    assert_eq!(written(&action["runs"][0]["parameters"]), filled);
    let action = place.maintained("south").await;
    assert_eq!(
        action["value"],
        json!({ "Server": "b.example", "Port": 80 })
    );

    place.define(server_and_port(6514.0)).await;
    let action = place.maintained("north").await;
    assert_eq!(
        action["value"],
        json!({ "Server": "a.example", "Port": 6514 })
    );
    let action = place.maintained("south").await;
    assert_eq!(action["value"]["Port"], 80, "its own value beats it");

    // Told by the change's preview, by its revisions, and given back by them.
    let preview = "query($input: ChangeDeploymentInput!) { previewChange(change: { changeDeployment: $input })
        { difference { computerCount changes { nodes { kind explanation } } } userErrors { message } } }";
    let input = json!({ "id": south, "parameters": server("c.example") });
    let data = place.admin.ask(preview, json!({ "input": input })).await;
    let difference = &data["previewChange"]["difference"];
    assert_eq!(difference["computerCount"], 1, "{data}");
    let changed = &difference["changes"]["nodes"][0];
    assert_eq!(changed["kind"], "STATE_CHANGED");
    let says = text(&changed["explanation"]);
    let from_to = "monitored with Port 80, Server \"b.example\" before, monitored with no Port, Server \"c.example\" after: ";
    assert!(says.starts_with(from_to), "{says}");
    place.tell(&south, server("c.example")).await;
    let action = place.maintained("south").await;
    assert_eq!(
        action["value"],
        json!({ "Server": "c.example", "Port": 6514 })
    );
    let query = "query($id: ID!) { deployment(id: $id) { revisions { nodes { changed parameters { name value { text number boolean choices } } } } } }";
    let data = place.admin.ask(query, json!({ "id": south })).await;
    let revisions = &data["deployment"]["revisions"]["nodes"];
    assert_eq!(revisions[1]["changed"], json!(["PARAMETERS"]));
    let before = written(&revisions[0]["parameters"]);
    place.tell(&south, before).await;
    let action = place.maintained("south").await;
    assert_eq!(
        action["value"],
        json!({ "Server": "b.example", "Port": 80 })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_the_way_to_it() {
    let place = Place::new(&["north"], TELL).await;
    place.define(server_and_port(514.0)).await;
    let create = |parameters| {
        let input = place.of("north", "MONITOR", &parameters);
        place.refused(CREATE, "createDeployment", input)
    };
    let misfit = |field: &str, message: &str| {
        (
            "PARAMETERS_DO_NOT_FIT".to_owned(),
            field.to_owned(),
            message.to_owned(),
        )
    };
    assert_eq!(
        create(json!([])).await,
        misfit(
            "parameters",
            "Server: it is required and has no value: give one"
        )
    );
    assert_eq!(
        create(json!([
            { "name": "Server", "value": { "text": "a" } },
            { "name": "Port", "value": { "text": "514" } },
        ]))
        .await,
        misfit(
            "parameters.1.value",
            "Port: a text was given: give a number"
        )
    );
    let (_, field, message) = create(json!([
        { "name": "Colour", "value": { "text": "red" } },
        { "name": "Server", "value": { "text": "a" } },
        { "name": "Port", "value": { "number": 0 } },
    ]))
    .await;
    assert_eq!(field, "parameters.2.value");
    assert!(
        message.contains(
            "Port: 0 is too small: give at least 1; Colour: the task has no such parameter"
        ),
        "{message}"
    );
    let twice = json!([{ "name": "Server", "value": { "text": "a" } }, { "name": "Server", "value": { "text": "b" } }]);
    let (code, field, _) = create(twice).await;
    assert_eq!((&code[..], &field[..]), ("INVALID", "parameters.1.name"));
    let (code, field, _) = create(json!([{ "name": "no name", "value": { "text": "" } }])).await;
    assert_eq!((&code[..], &field[..]), ("INVALID", "parameters.0.name"));
    let (code, field, message) =
        create(json!([{ "name": "Server", "value": { "text": "x".repeat(9_000) } }])).await;
    assert_eq!((&code[..], &field[..]), ("INVALID", "parameters"));
    assert!(message.contains("at most 8192"), "{message}");

    // What is left alone tells nothing; before it is wanted it has to fit.
    let input = place.of("north", "IGNORED", &json!([]));
    let data = place.admin.ask(CREATE, input).await;
    let ignored = text(&data["createDeployment"]["deployment"]["id"]);
    let monitor = json!({ "id": ignored, "desired": { "kind": "MONITOR" } });
    let (code, ..) = place
        .refused(CHANGE, "changeDeployment", json!({ "input": monitor }))
        .await;
    assert_eq!(code, "PARAMETERS_DO_NOT_FIT");
    let software = place.admin.software("tool", &["1.0"]).await;
    let target = json!({ "scope": { "crossTenant": true } });
    let input = json!({ "input": { "softwareId": software, "target": target,
        "desired": { "kind": "INSTALLED_LATEST" }, "parameters": server("a") } });
    let (code, field, _) = place.refused(CREATE, "createDeployment", input).await;
    assert_eq!((&code[..], &field[..]), ("INVALID", "parameters"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_is_refused_that_contradicts_itself_or_what_deployments_tell() {
    let place = Place::new(&["north"], TELL).await;
    for (parameters, at) in [
        (
            json!([{ "name": "1st", "kind": "TEXT" }]),
            "parameters.0.name",
        ),
        (
            json!([{ "name": "a", "kind": "TEXT" }, { "name": "A", "kind": "TEXT" }]),
            "parameters.1.name",
        ),
        (
            json!([{ "name": "a", "kind": "TEXT", "pattern": "(" }]),
            "parameters.0.pattern",
        ),
        (
            json!([{ "name": "a", "kind": "BOOLEAN", "max": 5 }]),
            "parameters.0.max",
        ),
        (
            json!([{ "name": "a", "kind": "CHOICE" }]),
            "parameters.0.choices",
        ),
        (
            json!([{ "name": "a", "kind": "NUMBER", "default": { "text": "5" } }]),
            "parameters.0.default",
        ),
        (
            json!([{ "name": "a", "kind": "TEXT", "shownWhen": { "parameter": "b", "is": { "boolean": true } } }]),
            "parameters.0.shownWhen",
        ),
    ] {
        let (code, field, message) = place.refused_definition(parameters).await;
        assert_eq!((&code[..], &field[..]), ("INVALID", at), "{message}");
    }

    place.define(server_and_port(514.0)).await;
    let made = place.deploy("north", server("a.example")).await;
    let number = json!([{ "name": "Server", "kind": "NUMBER" }]);
    let (code, field, message) = place.refused_definition(number.clone()).await;
    assert_eq!((&code[..], &field[..]), ("PARAMETERS_IN_USE", "parameters"));
    assert!(
        message.starts_with(
            "what one deployment tells the task would not fit any more: the deployment for"
        ) && message.contains("north")
            && message.contains("(Server: a text was given: give a number)"),
        "{message}"
    );
    // Optional first; then the deployment, then the definition.
    let optional = json!([{ "name": "Server", "kind": "TEXT" }]);
    place.define(optional).await;
    place.tell(&made, json!([])).await;
    place.define(number).await;
    assert_eq!(place.maintained("north").await["value"], json!(null));
}

/// A value of a deployment for everybody may name what no single tenant is to know of.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployment_for_every_tenant_tells_is_read_by_the_provider_alone() {
    let place = Place::new(&["north"], "cat > /dev/null; echo 1 > \"$UPKEEP_RESULT\"").await;
    place.define(server_and_port(514.0)).await;
    let target = json!({ "scope": { "crossTenant": true } });
    let input = json!({ "input": { "taskId": place.task, "target": target, "desired": { "kind": "MONITOR" }, "parameters": server("hush.cross") } });
    place.admin.ask(CREATE, input).await;
    let computer = &place.computers["north"];
    let session = place.admin.start_session(computer).await;
    assert_eq!(told(&place.admin, &session).await["value"], 1);

    let values = "parameters { name value { text } }";
    let by_objects = format!(
        "query($session: ID!, $computer: ID!) {{
            session(id: $session) {{ actions {{ because task {{ parameters {{ name }} }} {values} runs {{ {values} }} }} }}
            computer(id: $computer) {{ resolution {{ nodes {{ winner {{ explanation deployment {{ {values} }} }} }} }} }} }}"
    );
    let asked = json!({ "session": session, "computer": computer });
    let by_events = "{ events(orderBy: { field: RECORDED_AT, direction: DESC }, first: 100) { nodes { type data } } }";
    let telling = |events: &Value| -> Vec<String> {
        let events = events["events"]["nodes"].as_array().unwrap().iter();
        let telling = events.filter(|event| event.to_string().contains("hush.cross"));
        telling.map(|event| text(&event["type"])).collect()
    };

    let technician = place.admin.acting_as("MSP_TECHNICIAN", None).await;
    let shown = technician.ask(&by_objects, asked.clone()).await;
    let action = &shown["session"]["actions"][0];
    for told in [action, &action["runs"][0], &shown["computer"]] {
        assert!(told.to_string().contains("hush.cross"), "{told}");
    }
    let events = technician.ask(by_events, json!({})).await;
    assert_eq!(
        telling(&events),
        ["RunRequested", "SessionResolved", "DeploymentCreated"]
    );

    for role in ["TENANT_ADMIN", "TENANT_MEMBER"] {
        let client = place.admin.acting_as(role, Some(&place.tenant)).await;
        let shown = client.ask(&by_objects, asked.clone()).await;
        assert!(!shown.to_string().contains("hush.cross"), "{shown}");
        let action = &shown["session"]["actions"][0];
        assert_eq!(action["parameters"], json!([]), "{action}");
        assert_eq!(action["runs"][0]["parameters"], json!([]), "{action}");
        let events = client.ask(by_events, json!({})).await;
        assert_eq!(telling(&events), Vec::<String>::new());
        let seen = events.to_string();
        for kind in ["RunRequested", "SessionResolved", "DeploymentCreated"] {
            assert_eq!(seen.contains(kind), kind != "DeploymentCreated", "{kind}");
        }
    }
}

/// The same values in the script's own words: nothing on the way takes them for anything but text.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_arrives_byte_for_byte() {
    let script = "cat > \"$UPKEEP_RESULT\"; printf %s \"$UPKEEP_PARAMETER_TEXT\" > \"$UPKEEP_ROOT/told\"; ls";
    let place = Place::new(&["north"], script).await;
    place
        .define(json!([{ "name": "text", "kind": "TEXT" }]))
        .await;
    let odd = "it's \"odd\" \\ \\n $HOME $(touch x) `touch y`\r\n\t; rm -rf / # %s é \u{1f600} \u{1}\u{7f}\u{2028}\n\n";
    let told = json!([{ "name": "text", "value": { "text": odd } }]);
    let made = place.deploy("north", told.clone()).await;
    let action = place.maintained("north").await;
    assert_eq!(action["value"], json!({ "text": odd }), "{action}");
    assert_eq!(written(&action["runs"][0]["parameters"]), told);
    let read = std::fs::read(place.agents["north"].path("told")).unwrap();
    assert_eq!(String::from_utf8(read).unwrap(), odd);
    let query = "query($id: ID!) { deployment(id: $id) { parameters { name value { text number boolean choices } } } }";
    let data = place.admin.ask(query, json!({ "id": made })).await;
    assert_eq!(written(&data["deployment"]["parameters"]), told);
}

/// Its script would run without what it has to be told.
#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_too_old_is_given_nothing_to_run() {
    let place = Place::new(&[], TELL).await;
    place.define(server_and_port(514.0)).await;
    let token = place.admin.enrolment_token(&place.tenant, 1).await;
    let peer = Peer::enrol(&place.server.base(), &token, "old")
        .await
        .unwrap();
    let mut line = peer.connect().await;
    let computer = place.admin.online("old").await;
    let target = json!({ "scope": { "computerId": computer } });
    let input = json!({ "input": { "taskId": place.task, "target": target, "desired": { "kind": "MONITOR" }, "parameters": server("a") } });
    place.admin.ask(CREATE, input).await;
    let session = place.admin.start_session(&computer).await;
    let listening = tokio::spawn(async move {
        let order = line.order().await;
        panic!("it was ordered {order:?}");
    });
    let action = told(&place.admin, &session).await;
    assert_eq!(action["resultReason"], "VALUE_UNCLEAR");
    let message = text(&action["message"]);
    assert!(
        message.contains("the agent is too old to tell scripts their parameters"),
        "{message}"
    );
    assert_eq!(action["runs"][0]["status"], "COULD_NOT_START");
    assert!(!listening.is_finished());
    listening.abort();
}

/// What follows a fence, up to its end.
fn blocks(kind: &str) -> Vec<(&'static str, &'static str)> {
    let fence = format!("```{kind}\n");
    let all = PAGE.match_indices(&fence).map(|(at, _)| {
        let before = PAGE[..at].lines().last().unwrap_or_default();
        let block = PAGE[at + fence.len()..].split("\n```").next().unwrap();
        (before, block)
    });
    all.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_page_on_parameters_do_what_it_says() {
    let place = Place::new(&["north"], TELL).await;
    let [(_, define), (_, tell)] = blocks("graphql")[..] else {
        panic!("two documents");
    };
    place.admin.ask(define, json!({ "task": place.task })).await;
    place.admin.ask(tell, json!({ "task": place.task })).await;
    let mut ran = 0;
    for (kind, interpreter) in [("sh", "SH"), ("bash", "BASH"), ("python", "PYTHON")] {
        for (before, script) in blocks(kind) {
            let tells = before
                .strip_prefix("<!-- tells: ")
                .and_then(|rest| rest.strip_suffix(" -->"));
            let tells: Value = serde_json::from_str(tells.expect("what it tells")).unwrap();
            place.get_by(interpreter, script).await;
            let action = place.maintained("north").await;
            assert_eq!(action["value"], tells, "{kind}: {action}");
            ran += 1;
        }
    }
    assert_eq!(ran, 3);
}
