//! Tasks on a real computer: enforced, audited, monitored, refused where they cannot be, and over a server that dies.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Agent, Client, Server, eventually};

/// A task that is a line in a file, with a script each.
const TEST: &str = "test -e \"$UPKEEP_ROOT/line\" && echo true || echo false";
const SET: &str = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/line\"";

/// A server, a computer, and somebody who manages both.
struct Place {
    server: Server,
    admin: Client,
    agent: Agent,
    computer: String,
    tenant: String,
    _folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let server = Server::start().await;
        let admin = server.admin().await;
        let folder = TempDir::new().unwrap();
        let tenant = admin.tenant("Northwind").await;
        let token = admin.enrolment_token(&tenant, 1).await;
        let agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
        let computer = admin.online("pc").await;
        Self {
            server,
            admin,
            agent,
            computer,
            tenant,
            _folder: folder,
        }
    }

    /// A task with these scripts.
    async fn task(&self, name: &str, scripts: &[(&str, &str)]) -> String {
        let input = format!("{{ name: \"{name}\" }}");
        let task = self.admin.made("createTask", "task", &input).await;
        for (role, script) in scripts {
            self.set(&task, role, script).await;
        }
        task
    }

    async fn set(&self, task: &str, role: &str, script: &str) {
        let query = "mutation($input: SetTaskScriptInput!) { setTaskScript(input: $input)
            { userErrors { code message } } }";
        let input = json!({ "id": task, "role": role, "script": { "text": script } });
        self.admin.ask(query, json!({ "input": input })).await;
    }

    async fn deploy(&self, task: &str, mode: &str) -> String {
        let query = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
            { deployment { id } userErrors { code message } } }";
        let data = self.admin.ask(query, deployment(task, mode)).await;
        text(&data["createDeployment"]["deployment"]["id"])
    }

    /// What one more session did about its only action.
    async fn maintained(&self) -> Value {
        let session = self.admin.start_session(&self.computer).await;
        self.told(&session).await
    }

    async fn told(&self, session: &str) -> Value {
        self.admin.over(session).await;
        let query = "query($id: ID!) { session(id: $id) { status actions { itemName because type reason resultReason
            message tested value task { id } runs { purpose } } } }";
        let data = self.admin.ask(query, json!({ "id": session })).await;
        let mut action = data["session"]["actions"][0].clone();
        action["status"] = data["session"]["status"].clone();
        action
    }

    async fn compliance(&self, task: &str) -> Value {
        let query =
            "query($task: ID!) { compliance(taskId: $task) { shouldHave has differs unknown } }";
        let data = self.admin.ask(query, json!({ "task": task })).await;
        let found = &data["compliance"];
        json!([
            found["shouldHave"],
            found["has"],
            found["differs"],
            found["unknown"]
        ])
    }
}

/// The input of a deployment of a task everywhere.
fn deployment(task: &str, mode: &str) -> Value {
    json!({ "input": {
        "taskId": task, "target": { "scope": { "crossTenant": true } }, "desired": { "kind": mode },
    } })
}

/// What an action came to, and the purposes of its runs.
#[track_caller]
fn assert_came_to(action: &Value, (status, kind, reason): (&str, &str, &str), purposes: &[&str]) {
    let told = [&action["status"], &action["type"], &action["resultReason"]];
    let expected = [status, kind, reason].map(|expected| match expected {
        "" => Value::Null,
        some => json!(some),
    });
    assert_eq!(told, expected.each_ref(), "{action}");
    let runs = action["runs"].as_array().unwrap();
    let ran: Vec<&str> = runs
        .iter()
        .map(|run| run["purpose"].as_str().unwrap())
        .collect();
    assert_eq!(ran, purposes, "{action}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_enforced_is_brought_about_left_alone_and_brought_about_again() {
    let place = Place::new().await;
    let task = place.task("Line", &[("TEST", TEST), ("SET", SET)]).await;
    place.deploy(&task, "ENFORCE").await;
    assert_eq!(place.compliance(&task).await, json!([1, 0, 0, 1]));
    let whole = ["TEST", "RECHECK", "SET", "RETEST"];
    let action = place.maintained().await;
    assert_came_to(&action, ("PASSED", "ENFORCE", "VERIFIED"), &whole);
    assert_eq!(
        (&action["tested"], &action["task"]["id"]),
        (&json!(true), &json!(task))
    );
    assert_eq!(
        action["because"],
        "Line should be enforced because of the deployment for all computers of every tenant"
    );
    let line = place.agent.path("line");
    let written = std::fs::read_to_string(&line).unwrap();
    assert_eq!(written.lines().count(), 1, "set ran once: {written}");
    assert_eq!(place.compliance(&task).await, json!([1, 1, 0, 0]));

    let compliant = ("PASSED", "NO_ACTION", "COMPLIANT");
    assert_came_to(&place.maintained().await, compliant, &["TEST"]);

    std::fs::remove_file(&line).unwrap();
    let action = place.maintained().await;
    assert_came_to(&action, ("PASSED", "ENFORCE", "VERIFIED"), &whole);
    assert!(line.exists());

    std::fs::remove_file(&line).unwrap();
    place.set(&task, "SET", "true").await;
    let action = place.maintained().await;
    assert_came_to(
        &action,
        ("FAILED", "ENFORCE", "VERIFICATION_FAILED"),
        &whole,
    );
    assert_eq!(place.compliance(&task).await, json!([1, 0, 1, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_says_yes_or_no_or_why_neither_and_changes_nothing() {
    let place = Place::new().await;
    let task = place.task("Line", &[("TEST", TEST), ("SET", SET)]).await;
    place.deploy(&task, "AUDIT").await;
    let line = place.agent.path("line");
    let differs = ("FAILED", "AUDIT", "AUDIT_DIFFERS");
    let action = place.maintained().await;
    assert_came_to(&action, differs, &["TEST"]);
    assert_eq!(action["tested"], false);
    assert!(!line.exists(), "nothing was done");
    assert_eq!(place.compliance(&task).await, json!([1, 0, 1, 0]));

    std::fs::write(&line, "by hand").unwrap();
    let action = place.maintained().await;
    assert_came_to(&action, ("PASSED", "AUDIT", "COMPLIANT"), &["TEST"]);
    assert_eq!(place.compliance(&task).await, json!([1, 1, 0, 0]));

    for (noise, told) in [
        ("echo true; echo done", "\"done\""),
        (
            "echo true > \"$UPKEEP_RESULT\"; echo true >> \"$UPKEEP_RESULT\"",
            "answered with \"true true\"",
        ),
        ("echo '\"true\"' > \"$UPKEEP_RESULT\"", "\"true\""),
        ("echo true; exit 1", "exit code 1"),
        (":", "\"\""),
    ] {
        place.set(&task, "TEST", noise).await;
        let action = place.maintained().await;
        assert_came_to(&action, ("FAILED", "", "TEST_UNCLEAR"), &["TEST"]);
        assert_eq!(action["tested"], Value::Null, "{noise}");
        assert!(text(&action["message"]).contains(told), "{noise}: {action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_collected_and_kept_with_those_before_it() {
    let place = Place::new().await;
    let get = "cat \"$UPKEEP_ROOT/value\" > \"$UPKEEP_RESULT\"";
    let task = place.task("Disk", &[("GET", get)]).await;
    place.deploy(&task, "MONITOR").await;
    let value = place.agent.path("value");
    let long = "x".repeat(3_000);
    let told = [
        json!({ "free": 12.5, "disks": ["C:"] }),
        json!(42),
        json!({ "all": long }),
    ];
    for told in &told {
        std::fs::write(&value, told.to_string()).unwrap();
        let action = place.maintained().await;
        assert_came_to(&action, ("PASSED", "MONITOR", "VALUE_COLLECTED"), &["GET"]);
        assert_eq!(&action["value"], told);
    }
    for (text_of, reason) in [
        (format!("\"{}\"", "y".repeat(16 * 1024)), "16386 bytes"),
        (String::new(), "cannot be read"),
        ("{ torn".to_owned(), "cannot be read"),
    ] {
        std::fs::write(&value, text_of).unwrap();
        let action = place.maintained().await;
        assert_came_to(&action, ("FAILED", "", "VALUE_UNCLEAR"), &["GET"]);
        assert!(text(&action["message"]).contains(reason), "{action}");
    }
    // What told nothing took nothing away.
    let query = "query($task: ID!, $computer: ID!, $tenant: ID) {
        task(id: $task) {
            values(tenantId: $tenant) { nodes { computer { name } value at session { status } } }
            valueHistory(computerId: $computer, last: 2) { totalCount nodes { value } }
        }
        computer(id: $computer) { resolution(taskId: $task) { nodes { task { name } winner { desired { kind } } collected { value } } } } }";
    let ask = |tenant: Option<String>| {
        let variables = json!({ "task": task, "computer": place.computer, "tenant": tenant });
        place.admin.ask(query, variables)
    };
    let data = ask(Some(place.tenant.clone())).await;
    let values = &data["task"]["values"]["nodes"];
    assert_eq!(values.as_array().map(Vec::len), Some(1), "{values}");
    assert_eq!(values[0]["computer"]["name"], "pc");
    assert_eq!(values[0]["value"], told[2], "it is read from its session");
    assert_eq!(values[0]["session"]["status"], "PASSED");
    assert!(values[0]["at"].is_string());
    let history = &data["task"]["valueHistory"];
    assert_eq!(history["totalCount"], 3);
    assert_eq!(
        history["nodes"],
        json!([{ "value": told[1] }, { "value": told[2] }])
    );
    let resolved = &data["computer"]["resolution"]["nodes"][0];
    assert_eq!(resolved["winner"]["desired"]["kind"], "MONITOR");
    assert_eq!(
        (&resolved["task"]["name"], &resolved["collected"]["value"]),
        (&json!("Disk"), &told[2])
    );

    let other = place.admin.tenant("Other").await;
    assert_eq!(
        ask(Some(other.clone())).await["task"]["values"]["nodes"],
        json!([])
    );
    let stranger = place.admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    let query = "query($task: ID!) { task(id: $task) { values { nodes { value } } } }";
    let data = stranger.ask(query, json!({ "task": task })).await;
    assert_eq!(data["task"]["values"]["nodes"], json!([]));
    let query = "query($task: ID!, $computer: ID!) { task(id: $task) { valueHistory(computerId: $computer) { totalCount } } }";
    let code = stranger
        .error_code(query, json!({ "task": task, "computer": place.computer }))
        .await;
    assert_eq!(code.as_deref(), Some("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_computer_told_its_former_tenant_is_not_shown_to_its_new_one() {
    let mut place = Place::new().await;
    let get = "cat \"$UPKEEP_ROOT/value\" > \"$UPKEEP_RESULT\"";
    let task = place.task("Disk", &[("GET", get)]).await;
    place.deploy(&task, "MONITOR").await;
    std::fs::write(place.agent.path("value"), "\"theirs\"").unwrap();
    place.maintained().await;
    let new = place.admin.tenant("New").await;
    let there = format!("{{ id: \"{}\", tenantId: \"{new}\" }}", place.computer);
    place.admin.made("moveComputer", "computer", &there).await;

    let query = "query($task: ID!, $computer: ID!, $tenant: ID!) {
        task(id: $task) {
            values { totalCount nodes { value } }
            ofTenant: values(tenantId: $tenant) { nodes { value } }
            valueHistory(computerId: $computer) { totalCount nodes { value } }
        }
        computer(id: $computer) { resolution(taskId: $task) { nodes { collected { value session { status } } } } } }";
    let variables = json!({ "task": task, "computer": place.computer, "tenant": new });
    let shown = |told: Value, last: Value, all: Value, count: usize| {
        json!({
            "task": {
                "values": { "totalCount": told.as_array().map(Vec::len), "nodes": told },
                "ofTenant": { "nodes": told },
                "valueHistory": { "totalCount": count, "nodes": all },
            },
            "computer": { "resolution": { "nodes": [{ "collected": last }] } },
        })
    };
    let node = |value: &str| json!({ "value": value });
    let last = |value: &str| json!({ "value": value, "session": { "status": "PASSED" } });
    let theirs = || {
        shown(
            json!([node("theirs")]),
            last("theirs"),
            json!([node("theirs")]),
            1,
        )
    };
    let administrator = place.admin.acting_as("TENANT_ADMIN", Some(&new)).await;
    let member = place.admin.acting_as("TENANT_MEMBER", Some(&new)).await;
    let technician = place.admin.acting_as("MSP_TECHNICIAN", None).await;
    for is_restarted in [false, true] {
        if is_restarted {
            place.server.stop().await;
            place.server.restart().await;
        }
        for client in [&administrator, &member] {
            let data = client.ask(query, variables.clone()).await;
            assert_eq!(data, shown(json!([]), Value::Null, json!([]), 0));
        }
        assert_eq!(technician.ask(query, variables.clone()).await, theirs());
    }

    std::fs::write(place.agent.path("value"), "\"ours\"").unwrap();
    place.maintained().await;
    let ours = json!([node("ours")]);
    let data = administrator.ask(query, variables.clone()).await;
    assert_eq!(data, shown(ours.clone(), last("ours"), ours.clone(), 1));
    let both = json!([node("theirs"), node("ours")]);
    let data = technician.ask(query, variables).await;
    assert_eq!(data, shown(ours, last("ours"), both, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_values_are_there_after_a_restart_with_and_without_a_snapshot() {
    let mut place = Place::new().await;
    let get = "cat \"$UPKEEP_ROOT/value\" > \"$UPKEEP_RESULT\"";
    let task = place.task("Disk", &[("GET", get)]).await;
    place.deploy(&task, "MONITOR").await;
    std::fs::write(place.agent.path("value"), "7").unwrap();
    place.maintained().await;
    let query = "query($task: ID!) { task(id: $task) { values { nodes { value } } } }";
    for is_killed in [true, false] {
        if is_killed {
            place.server.kill().await;
        } else {
            place.server.stop().await;
        }
        place.server.restart().await;
        let data = place.admin.ask(query, json!({ "task": task })).await;
        assert_eq!(data["task"]["values"]["nodes"], json!([{ "value": 7 }]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_in_a_mode_that_the_task_cannot_serve_is_refused() {
    let place = Place::new().await;
    let task = place.task("Line", &[("TEST", TEST)]).await;
    let create = "mutation($input: CreateDeploymentInput!) { createDeployment(input: $input)
        { userErrors { code field message } } }";
    let preview = "query($input: CreateDeploymentInput!) { previewChange(change: { createDeployment: $input })
        { userErrors { code message } difference { computerCount } } }";
    for (mode, lacks) in [("ENFORCE", "no set script"), ("MONITOR", "no get script")] {
        let answer = place.admin.ask_raw(create, deployment(&task, mode)).await;
        let error = &answer["data"]["createDeployment"]["userErrors"][0];
        assert_eq!(error["code"], "SCRIPT_MISSING", "{answer}");
        assert!(text(&error["message"]).contains(lacks), "{answer}");
        let answer = place.admin.ask_raw(preview, deployment(&task, mode)).await;
        let code = &answer["data"]["previewChange"]["userErrors"][0]["code"];
        assert_eq!(code, "SCRIPT_MISSING", "{answer}");
    }
    let answer = place
        .admin
        .ask_raw(create, deployment(&task, "UNINSTALLED"))
        .await;
    let code = &answer["data"]["createDeployment"]["userErrors"][0]["code"];
    assert_eq!(code, "INVALID", "{answer}");
    let data = place.admin.ask(preview, deployment(&task, "AUDIT")).await;
    assert_eq!(data["previewChange"]["difference"]["computerCount"], 1);
    let made = place.deploy(&task, "AUDIT").await;
    let change = "mutation($input: ChangeDeploymentInput!) { changeDeployment(input: $input) { userErrors { code } } }";
    let input = json!({ "id": made, "desired": { "kind": "MONITOR" } });
    let code = place
        .admin
        .error_code(change, json!({ "input": input }))
        .await;
    assert_eq!(code.as_deref(), Some("SCRIPT_MISSING"));

    // A script that is taken away later is missed by sessions.
    let remove = format!("{{ id: \"{task}\", role: TEST }}");
    place.admin.made("removeTaskScript", "task", &remove).await;
    let action = place.maintained().await;
    assert_came_to(&action, ("FAILED", "", "SCRIPT_MISSING"), &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_found_ordered_and_run_alone() {
    let place = Place::new().await;
    let task = place.task("Line", &[("TEST", TEST), ("SET", SET)]).await;
    let made = place.deploy(&task, "ENFORCE").await;
    let query = "query($task: ID!) {
        deployments(filter: { taskId: $task }) { nodes { id winsOn task { id name modes reach scripts { role } } } }
        search(text: \"lin\") { kind title node { id } }
        tasks(filter: { nameContains: \"INE\" }, orderBy: { field: NAME }) { nodes { id } }
        winners(taskId: $task) { nodes { computerCount } } }";
    let data = place.admin.ask(query, json!({ "task": task })).await;
    let found = &data["deployments"]["nodes"][0];
    assert_eq!((&found["id"], &found["winsOn"]), (&json!(made), &json!(1)));
    assert_eq!(
        found["task"],
        json!({ "id": task, "name": "Line", "modes": ["ENFORCE", "AUDIT"], "reach": 1,
            "scripts": [{ "role": "TEST" }, { "role": "SET" }] })
    );
    let hits = data["search"].as_array().unwrap();
    let kinds: Vec<&Value> = hits.iter().map(|hit| &hit["kind"]).collect();
    assert_eq!(kinds, ["TASK", "DEPLOYMENT"]);
    assert_eq!(data["tasks"]["nodes"], json!([{ "id": task }]));
    assert_eq!(data["winners"]["nodes"], json!([{ "computerCount": 1 }]));

    let software = place.admin.software("tool", &["1.0"]).await;
    place.admin.deploy_everywhere(&software).await;
    let order = "mutation($task: ID!) { moveOrderingItem(input: { itemId: $task, to: BEGINNING }) { ordering
        { beginning { task { name } software { id } } } userErrors { code } } }";
    let data = place.admin.ask(order, json!({ "task": task })).await;
    let beginning = &data["moveOrderingItem"]["ordering"]["beginning"];
    assert_eq!(
        beginning,
        &json!([{ "task": { "name": "Line" }, "software": null }])
    );
    let action = place.maintained().await;
    assert_eq!(action["itemName"], "Line", "it comes first");

    let start = "mutation($computer: ID!, $task: ID!) { startSession(input: { computerId: $computer, taskId: $task })
        { session { id kind task { id } } userErrors { code } } }";
    let variables = json!({ "computer": place.computer, "task": task });
    let data = place.admin.ask(start, variables).await;
    let session = &data["startSession"]["session"];
    assert_eq!(
        (&session["kind"], &session["task"]["id"]),
        (&json!("SINGLE_ITEM"), &json!(task))
    );
    let query = "query($id: ID!) { session(id: $id) { actions { itemName } } }";
    place.admin.over(&text(&session["id"])).await;
    let data = place.admin.ask(query, json!({ "id": session["id"] })).await;
    assert_eq!(data["session"]["actions"], json!([{ "itemName": "Line" }]));
}

/// The set script runs while the server dies and comes back: it is not run again, and the session goes on to its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_set_once_though_the_server_dies_meanwhile() {
    let mut place = Place::new().await;
    let slow = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/line\"; while [ ! -e \"$UPKEEP_ROOT/go\" ]; do sleep 0.05; done";
    let task = place.task("Line", &[("TEST", TEST), ("SET", slow)]).await;
    place.deploy(&task, "ENFORCE").await;
    let session = place.admin.start_session(&place.computer).await;
    let line = place.agent.path("line");
    eventually("the set script runs", || async {
        line.exists().then_some(())
    })
    .await;
    place.server.kill().await;
    place.server.restart().await;
    std::fs::write(place.agent.path("go"), "").unwrap();
    let action = place.told(&session).await;
    let whole = ["TEST", "RECHECK", "SET", "RETEST"];
    assert_came_to(&action, ("PASSED", "ENFORCE", "VERIFIED"), &whole);
    let written = std::fs::read_to_string(&line).unwrap();
    assert_eq!(written.lines().count(), 1, "{written}");
}

/// Four computers are to be set at once, one at a time: no two of their scripts run at the same moment, though the server dies while one
/// holds the lock, and everybody's turn comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_serial_task_is_set_on_one_computer_at_a_time() {
    let mut place = Place::new().await;
    let (folder, shared) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let token = place.admin.enrolment_token(&place.tenant, 3).await;
    let agents: Vec<Agent> = (0..3)
        .map(|n| {
            let name = format!("more-{n}");
            Agent::start(folder.path(), &name, 3, &place.server.base(), &token)
        })
        .collect();
    let mut computers = vec![place.computer.clone()];
    for agent in &agents {
        computers.push(place.admin.online(&agent.name).await);
    }
    let at = shared.path().display();
    let set = format!(
        "mkdir '{at}/alone' || touch '{at}/overlapped'; echo one >> '{at}/log'
        while [ ! -e '{at}/go' ]; do sleep 0.02; done; sleep 0.1; rmdir '{at}/alone'; touch \"$UPKEEP_ROOT/line\""
    );
    let task = place.task("Join", &[("TEST", TEST), ("SET", &set)]).await;
    let choose = format!("{{ id: \"{task}\", concurrency: SERIAL }}");
    place
        .admin
        .made("chooseTaskConcurrency", "task", &choose)
        .await;
    place.deploy(&task, "ENFORCE").await;
    let mut sessions = vec![];
    for computer in &computers {
        sessions.push(place.admin.start_session(computer).await);
    }
    let query = "query($task: ID!) { task(id: $task) { concurrency waitingCount heldBy { id waits { cause } } } }";
    let all_wait = || async {
        let answer = place.admin.try_ask(query, json!({ "task": task })).await?;
        let task = answer["data"]["task"].clone();
        (task["waitingCount"] == 3 && task["heldBy"].is_object()).then_some(task)
    };
    let seen = eventually("three wait for one", all_wait).await;
    let holder = text(&seen["heldBy"]["id"]);
    let waits = "query($id: ID!) { session(id: $id) { waits { cause } } }";
    for session in &sessions {
        let data = place.admin.ask(waits, json!({ "id": session })).await;
        let expected = if *session == holder {
            json!([])
        } else {
            json!([{ "cause": "SERIAL_TASK" }])
        };
        assert_eq!(data["session"]["waits"], expected);
    }
    let other = place.admin.tenant("Other").await;
    let stranger = place.admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    let data = stranger.ask(query, json!({ "task": task })).await;
    assert_eq!(data["task"]["heldBy"], Value::Null, "it is of others");
    assert_eq!(data["task"]["waitingCount"], 0, "so are those that wait");

    place.server.kill().await;
    place.server.restart().await;
    let log = std::fs::read_to_string(shared.path().join("log")).unwrap();
    assert_eq!(log.lines().count(), 1, "who held it holds it still");
    std::fs::write(shared.path().join("go"), "").unwrap();
    for session in &sessions {
        let action = place.told(session).await;
        let whole = ["TEST", "RECHECK", "SET", "RETEST"];
        assert_came_to(&action, ("PASSED", "ENFORCE", "VERIFIED"), &whole);
    }
    let log = std::fs::read_to_string(shared.path().join("log")).unwrap();
    assert_eq!(log.lines().count(), 4);
    assert!(!shared.path().join("overlapped").exists(), "each ran alone");
    let data = place.admin.ask(query, json!({ "task": task })).await;
    assert_eq!(
        data["task"],
        json!({ "concurrency": "SERIAL", "waitingCount": 0, "heldBy": null })
    );
}

/// The example of docs/tasks.md, as it stands there.
#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_page_on_tasks_does_what_it_says() {
    let page = include_str!("../../../docs/tasks.md");
    let block = |kind: &str| {
        let fence = format!("```{kind}\n");
        let blocks = page.split(&fence).skip(1);
        let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap().to_owned());
        blocks.collect::<Vec<_>>()
    };
    let scripts = block("sh");
    let [script] = &scripts[..] else {
        panic!("one script: {scripts:?}")
    };
    let mutations = block("graphql");
    let [create, set, enforce] = &mutations[..] else {
        panic!("three mutations: {mutations:?}")
    };
    let place = Place::new().await;
    let data = place.admin.ask(create, json!({})).await;
    let task = text(&data["createTask"]["task"]["id"]);
    let variables = json!({ "task": task, "script": script });
    let data = place.admin.ask(set, variables).await;
    assert_eq!(
        data["setTaskScript"]["task"]["modes"],
        json!(["ENFORCE", "AUDIT", "MONITOR"])
    );
    let data = place.admin.ask(enforce, json!({ "task": task })).await;
    let made = text(&data["createDeployment"]["deployment"]["id"]);
    let action = place.maintained().await;
    assert_came_to(
        &action,
        ("PASSED", "ENFORCE", "VERIFIED"),
        &["TEST", "RECHECK", "SET", "RETEST"],
    );
    let greeting = std::fs::read_to_string(place.agent.path("etc-motd")).unwrap();
    place
        .admin
        .change_desired(&made, json!({ "kind": "MONITOR" }))
        .await;
    let action = place.maintained().await;
    assert_eq!(action["value"], json!({ "bytes": greeting.len() }));
    assert_eq!(place.compliance(&task).await, json!([1, 1, 0, 0]));
    place
        .admin
        .change_desired(&made, json!({ "kind": "AUDIT" }))
        .await;
    assert_eq!(
        place.compliance(&task).await,
        json!([1, 0, 0, 1]),
        "it was looked at in another mode"
    );
}
