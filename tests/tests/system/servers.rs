//! Several servers on one event store: each session is run by exactly one of them, and what a dead one left is taken
//! over.

use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use upkeep_tests::proxy::Proxy;
use upkeep_tests::{Agent, Client, Server, eventually, random_ms};

const LEASE_SECONDS: u64 = 3;
const ROUNDS: usize = 3;

/// A server of an installation of several.
pub(crate) async fn member(store: &Server, shared: &std::path::Path) -> Server {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let args = vec![
        "--shared-dir".into(),
        shared.display().to_string(),
        "--lease-seconds".into(),
        LEASE_SECONDS.to_string(),
    ];
    let mut server = Server::before_start(folder, data, args);
    server.keep_events_in(store);
    server.restart().await;
    server
}

async fn events(admin: &Client, kind: &str) -> Vec<Value> {
    let query = "query($filter: EventFilter!, $after: String) {
        events(first: 100, after: $after, filter: $filter) {
            nodes { stream position data } pageInfo { hasNextPage endCursor } } }";
    let mut all = vec![];
    let mut after = Value::Null;
    loop {
        let variables = json!({ "filter": { "types": [kind] }, "after": after });
        let page = admin.ask(query, variables).await["events"].clone();
        all.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_the_work_and_take_over_from_each_other() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let mut one = member(&store, &shared).await;
    let two = member(&store, &shared).await;
    let (admin, other) = (one.admin().await, two.admin().await);

    // Both accept commands, and answer queries from views of their own.
    let tenant = admin.tenant("Contoso").await;
    eventually("the other one sees it", || async {
        let data = other.ask("{ tenants { nodes { id } } }", json!({})).await;
        (data["tenants"]["nodes"][0]["id"] == *tenant).then_some(())
    })
    .await;
    let software = other.software("tool", &["1.0", "2.0"]).await;
    eventually("and the first one this", || async {
        let data = admin.ask("{ catalogue { nodes { id } } }", json!({})).await;
        (data["catalogue"]["nodes"][0]["id"] == *software).then_some(())
    })
    .await;
    let deployment = admin.deploy_everywhere(&software).await;
    let token = other.enrolment_token(&tenant, 10).await;

    // Agents of either: these reach the first server, until it is gone, and the others the second.
    let first_line = Proxy::to(one.address.clone()).await;
    let address = format!("http://{}", first_line.address);
    let agents: Vec<Agent> = [&address, &address, &two.base(), &two.base()]
        .into_iter()
        .enumerate()
        .map(|(n, server)| Agent::start(folder.path(), &format!("pc-{n}"), 3, server, &token))
        .collect();
    let mut computers = vec![];
    for agent in &agents {
        computers.push(other.online(&agent.name).await);
    }

    let mut sessions = vec![];
    let start = "mutation($id: ID!) { startSession(input: { computerId: $id }) { session { id } userErrors { code } } }";
    for round in 0..ROUNDS {
        let version = ["1.0", "2.0"][round % 2];
        other
            .change_desired(
                &deployment,
                json!({ "kind": "INSTALLED_EXACTLY", "version": version }),
            )
            .await;
        for (n, computer) in computers.iter().enumerate() {
            let client = if n % 2 == 0 { &admin } else { &other };
            let answer = client.try_ask(start, json!({ "id": computer })).await;
            let id = answer
                .as_ref()
                .and_then(|a| a["data"]["startSession"]["session"]["id"].as_str());
            sessions.extend(id.map(str::to_owned));
        }
        tokio::time::sleep(random_ms(400)).await;
        one.kill().await;
        first_line.point_to(two.address.clone());
        first_line.cut();
        let begun = Instant::now();
        for session in &sessions {
            let over = other.over(session).await;
            assert_eq!(over["status"], "PASSED", "{over}");
        }
        // The lease, the clocks' difference, a sweep, and the work itself.
        assert!(begun.elapsed() < Duration::from_secs(LEASE_SECONDS + 2 + 5 + 20));
        one.restart().await;
        first_line.point_to(one.address.clone());
        first_line.cut();
        for agent in &agents {
            other.online(&agent.name).await;
        }
    }
    assert!(sessions.len() >= ROUNDS * 2, "{}", sessions.len());
    for agent in &agents {
        let runs = agent.started_runs();
        let different: BTreeSet<&String> = runs.iter().collect();
        assert_eq!(different.len(), runs.len(), "a script ran twice: {runs:?}");
        assert!(!runs.is_empty());
    }

    // Each session has been claimed, by one server after the other and never by the one that had it already, and each was
    // started once.
    let mut claims: HashMap<String, Vec<String>> = HashMap::new();
    let mut servers = BTreeSet::new();
    for claim in events(&other, "SessionClaimed").await {
        let server = claim["data"]["server"].as_str().unwrap().to_owned();
        servers.insert(server.clone());
        let stream = claim["stream"].as_str().unwrap().to_owned();
        claims.entry(stream).or_default().push(server);
    }
    // The server that keeps the store may take over, too.
    assert!(servers.len() >= 2, "both servers worked: {servers:?}");
    // A session whose start was not acknowledged may be there, too.
    assert!(claims.len() >= sessions.len());
    for claimed in claims.values() {
        assert!(
            claimed.windows(2).all(|pair| pair[0] != pair[1]),
            "{claimed:?}"
        );
    }
    let started = events(&other, "SessionStarted").await;
    let streams: BTreeSet<&str> = started
        .iter()
        .filter_map(|e| e["stream"].as_str())
        .collect();
    assert_eq!(started.len(), streams.len(), "started once each");

    // The view of each is the same.
    let query = "{ sessions(first: 100) { nodes { id status } } }";
    let mine = admin.ask(query, json!({})).await;
    let theirs = other.ask(query, json!({})).await;
    assert_eq!(mine, theirs);
}

/// Each signs with a key of its own, and whoever verifies finds all of them in what they share.
#[tokio::test(flavor = "multi_thread")]
async fn the_checkpoints_of_two_servers_are_verified_with_what_they_share() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let mut servers = [member(&store, &shared).await, member(&store, &shared).await];
    for (server, tenant) in servers.iter_mut().zip(["Contoso", "Fabrikam"]) {
        // Each covers what it wrote when it stops.
        server.admin().await.tenant(tenant).await;
        assert_eq!(server.stop().await, Some(0));
    }
    let verify = async |keys: &std::path::Path| {
        let output = tokio::process::Command::new(upkeep_tests::program("upkeep"))
            .args(["store", "verify", "--key-dir"])
            .arg(keys)
            .env("UPKEEP_STORE", store.store_uri())
            .output()
            .await
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), told)
    };
    let (holds, told) = verify(&shared).await;
    assert!(holds && told.contains("nothing was changed"), "{told}");
    // One alone does not stand for the other.
    let (holds, told) = verify(&servers[0].data).await;
    assert!(
        !holds && told.contains("not among the trusted ones"),
        "{told}"
    );
}

const AT_ONCE: usize = 8;

/// Which of two got it: the other one is told why not.
fn one_of(answers: [&Value; 2], field: &str, because: &str) -> usize {
    let codes = answers.map(|answer| answer["data"][field]["userErrors"][0]["code"].as_str());
    let errors = answers.map(|answer| &answer["errors"]);
    assert_eq!(errors, [&Value::Null; 2]);
    match codes {
        [None, Some(code)] if code == because => 0,
        [Some(code), None] if code == because => 1,
        _ => panic!("{answers:?}"),
    }
}

/// What one alone may have is given away once, though two servers are asked at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_that_are_asked_at_once_one_gives_it() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let (one, two) = (member(&store, &shared).await, member(&store, &shared).await);
    let (here, there) = (one.admin().await, two.admin().await);
    let tenant = here.tenant("Contoso").await;
    let seen = |tenant: String| {
        let there = &there;
        async move {
            eventually("the other one sees it", || async {
                let query = "query($id: ID!) { tenant(id: $id) { id } }";
                let data = there.ask(query, json!({ "id": tenant })).await;
                (data["tenant"]["id"] == *tenant).then_some(())
            })
            .await;
        }
    };
    seen(tenant.clone()).await;

    let add = "mutation($tenant: ID!, $upn: String!) {
        addPerson(input: { tenantId: $tenant, name: \"somebody\", upn: $upn }) { person { id } userErrors { code } } }";
    for round in 0..AT_ONCE {
        let upn = format!("{round}@contoso.example");
        let both = tokio::join!(
            here.ask_raw(add, json!({ "tenant": tenant, "upn": upn })),
            there.ask_raw(add, json!({ "tenant": tenant, "upn": upn.to_uppercase() })),
        );
        one_of([&both.0, &both.1], "addPerson", "UPN_KNOWN");
    }
    let query = "query($id: ID!) { people(filter: { tenantId: $id }, first: 100) { totalCount nodes { upn } } }";
    for client in [&here, &there] {
        eventually("each has one name, and nobody shares it", || async {
            let people = client.ask(query, json!({ "id": tenant })).await["people"].clone();
            let nodes = people["nodes"].as_array().unwrap().iter();
            let upns: BTreeSet<String> = nodes
                .map(|person| person["upn"].as_str().unwrap().to_lowercase())
                .collect();
            (people["totalCount"] == AT_ONCE && upns.len() == AT_ONCE).then_some(())
        })
        .await;
    }

    let below = "mutation($id: ID!, $parent: ID) {
        setTenantParent(input: { id: $id, parentId: $parent }) { tenant { parent { id } } userErrors { code } } }";
    for round in 0..AT_ONCE {
        let (a, b) = (
            here.tenant(&format!("a{round}")).await,
            here.tenant(&format!("b{round}")).await,
        );
        seen(b.clone()).await;
        let both = tokio::join!(
            here.ask_raw(below, json!({ "id": a, "parent": b })),
            there.ask_raw(below, json!({ "id": b, "parent": a })),
        );
        let answers = [&both.0, &both.1];
        let which = one_of(answers, "setTenantParent", "TENANT_CYCLE");
        let parent = &answers[which]["data"]["setTenantParent"]["tenant"]["parent"]["id"];
        assert_eq!(*parent, [&b, &a][which].as_str(), "{round}");
    }
}
