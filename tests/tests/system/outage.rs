//! A store that is away: nothing ends, reads are answered from the last view, nothing is acknowledged, and a few seconds after
//! the store is back everything goes on by itself.

use crate::servers::member;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use upkeep_tests::client::http;
use upkeep_tests::proxy::{Proxy, Weather};
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server, eventually};

/// How long a server may take to find out that nobody answers any more.
const NOTICED_WITHIN: Duration = Duration::from_secs(15);
/// How soon after the end of an outage everything is as it was.
const BACK_WITHIN: Duration = Duration::from_secs(8);
/// What "at once" is, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How long the long outage is, in seconds, where nothing else is asked for.
const LONG_SECONDS: u64 = 300;

/// A store, a network in front of it, a server behind that, and an agent.
struct World {
    folder: TempDir,
    _store: Server,
    network: Proxy,
    server: Server,
    admin: Client,
}

impl World {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Server::keeping_events(folder.path().join("store")).await;
        let network = Proxy::to(store.address.clone()).await;
        let home = TempDir::new().unwrap();
        let data = home.path().join("data");
        let mut server = Server::before_start(home, data, vec![]);
        server.keep_events_through(&store, &network.address.to_string());
        server.restart().await;
        let admin = server.admin().await;
        Self {
            folder,
            _store: store,
            network,
            server,
            admin,
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let url = format!("{}{path}", self.server.base());
        let answer = http().get(url).send().await.expect("an answer");
        (answer.status(), answer.text().await.unwrap_or_default())
    }

    /// Waits until the server says that the store is away, and looks at what it answers then.
    async fn is_away(&mut self) {
        let begun = Instant::now();
        let why = eventually("the outage is noticed", || async {
            let (status, why) = self.get("/readyz").await;
            (status == StatusCode::SERVICE_UNAVAILABLE).then_some(why)
        })
        .await;
        assert!(begun.elapsed() < NOTICED_WITHIN, "{:?}", begun.elapsed());
        assert!(
            why.contains("the event store cannot be reached since"),
            "{why}"
        );
        assert_eq!(self.get("/healthz").await.0, StatusCode::OK);
        // The first few seconds calls wait whether it was only a moment.
        tokio::time::sleep(Duration::from_secs(3)).await;
        self.reads_say_how_old_they_are().await;
        self.commands_are_refused_at_once().await;
        assert!(self.server.is_running());
    }

    async fn reads_say_how_old_they_are(&self) {
        let asked = Instant::now();
        let answer = self
            .admin
            .ask_raw("{ tenants { nodes { name } } }", json!({}))
            .await;
        assert_eq!(answer["data"]["tenants"]["nodes"][0]["name"], "Contoso");
        let since = &answer["extensions"]["storeUnreachableSince"];
        assert!(since.is_string(), "{answer}");
        assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
        // What is not in the view cannot be had.
        let past = "{ tenants(asOf: { position: \"1\" }) { nodes { name } } }";
        let code = self.admin.error_code(past, json!({})).await;
        assert_eq!(code.as_deref(), Some("UNAVAILABLE"));
    }

    async fn commands_are_refused_at_once(&self) {
        let create = "mutation { createTenant(input: { name: \"Nobody\" }) { tenant { id } userErrors { code } } }";
        let of_many = "mutation { tagComputers(input: { ids: [\"01a21eac-55bd-7490-8a04-ee23b145b8a6\"], add: [\"x\"] })
            { results { userErrors { code } } } }";
        let of_titles = r#"mutation { syncCatalogueTitles(input: { source: "own", revision: "r1", schemaVersion: 1, titles: [{
            json: """{"identifier":"jq","name":"jq","detection":{"program":[{"package":"jq"}]}}""" }] })
            { results { userErrors { code } } } }"#;
        for mutation in [create, of_many, of_titles, create] {
            let asked = Instant::now();
            let request = self.admin.request(mutation, &json!({}));
            let answer = request.send().await.expect("an answer");
            assert!(answer.headers().contains_key(RETRY_AFTER), "{answer:?}");
            let answer: Value = answer.json().await.expect("JSON");
            assert_eq!(
                answer["errors"][0]["extensions"]["code"], "UNAVAILABLE",
                "{answer}"
            );
            assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
        }
    }

    /// Waits until everything is as it was.
    async fn is_back(&mut self) {
        let begun = Instant::now();
        eventually("the server is ready again", || async {
            (self.get("/readyz").await.0 == StatusCode::OK).then_some(())
        })
        .await;
        let name = format!("tenant {}", uuid::Uuid::new_v4());
        let tenant = self.admin.tenant(&name).await;
        let answer = self
            .admin
            .ask_raw("{ tenants { nodes { id } } }", json!({}))
            .await;
        let nodes = answer["data"]["tenants"]["nodes"].as_array().unwrap();
        assert!(nodes.iter().any(|node| node["id"] == *tenant), "{answer}");
        assert!(answer["extensions"]["storeUnreachableSince"].is_null());
        assert!(begun.elapsed() < BACK_WITHIN, "{:?}", begun.elapsed());
        assert!(self.server.is_running());
    }
}

/// An agent that works when the weather turns, stays, and is believed when it is fair again.
async fn an_outage_ends_nothing(weather: Weather, time: Duration) {
    let mut world = World::new().await;
    let tenant = world.admin.tenant("Contoso").await;
    let software = world
        .admin
        .software_detected_by("slow", "cat \"$UPKEEP_ROOT/opt/slow\" 2>/dev/null || true")
        .await;
    let install = json!({ "text": "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/started\"\nmkdir -p \"$UPKEEP_ROOT/opt\"\nsleep 4\necho 1.0 > \"$UPKEEP_ROOT/opt/slow\"\n" });
    world
        .admin
        .publish(&software, "1.0", &install, &json!({ "text": "true" }))
        .await;
    world.admin.deploy_everywhere(&software).await;
    let token = world.admin.enrolment_token(&tenant, 1).await;
    let base = world.server.base();
    let agent = Agent::start(world.folder.path(), "pc-1", 3, &base, &token);
    let computer = world.admin.online("pc-1").await;
    let session = world.admin.start_session(&computer).await;
    eventually("the script runs", || async {
        (agent.started_runs().len() == 1).then_some(())
    })
    .await;
    let dropped = agent.log().matches("not connected").count();
    let created = "subscription { events(filter: { types: [\"TenantCreated\"] }) { type } }";
    let mut followed = Subscription::open(&world.admin, created).await;

    let begun = Instant::now();
    world.network.turn(weather);
    world.is_away().await;
    tokio::time::sleep(time.saturating_sub(begun.elapsed())).await;
    world.commands_are_refused_at_once().await;
    // The script has ended, and nobody has heard of it.
    eventually("the script ends", || async {
        (agent.installed("slow").as_deref() == Some("1.0")).then_some(())
    })
    .await;
    let asked = "query($id: ID!) { session(id: $id) { status } }";
    let known = world.admin.ask(asked, json!({ "id": session })).await;
    assert_eq!(known["session"]["status"], "RUNNING", "{known}");
    let logged = world.server.log().lines().count();

    world.network.turn(Weather::Fair);
    world.is_back().await;
    let told = followed.next().await.expect("it goes on");
    assert_eq!(told["data"]["events"]["type"], "TenantCreated", "{told}");
    let over = world.admin.over(&session).await;
    assert_eq!(over["status"], "PASSED", "{over}");
    assert_eq!(agent.started_runs().len(), 1, "it ran once");
    let dropped_now = agent.log().matches("not connected").count();
    assert_eq!(dropped_now, dropped, "it stayed connected");
    assert!(logged < 300, "the log is bounded: {logged} lines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_ends_nothing() {
    an_outage_ends_nothing(Weather::Refusing, Duration::from_secs(12)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_ends_nothing() {
    an_outage_ends_nothing(Weather::Hanging, Duration::from_secs(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hears_and_does_not_answer_ends_nothing() {
    an_outage_ends_nothing(Weather::HalfOpen, Duration::from_secs(20)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes as long as it says: UPKEEP_OUTAGE_SECONDS, five minutes otherwise"]
async fn a_store_that_is_away_for_long_ends_nothing() {
    let seconds = std::env::var("UPKEEP_OUTAGE_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(LONG_SECONDS);
    let time = Duration::from_secs(seconds);
    tokio::join!(
        an_outage_ends_nothing(Weather::Refusing, time),
        an_outage_ends_nothing(Weather::Hanging, time),
    );
}

/// Two seconds are over before anybody is told: calls wait so long.
#[tokio::test(flavor = "multi_thread")]
async fn a_moment_is_not_noticed() {
    let mut world = World::new().await;
    world.admin.tenant("Contoso").await;
    for n in 0..3 {
        if n % 2 == 0 {
            world.network.cut();
        } else {
            let moment = Duration::from_secs(2);
            let name = format!("during {n}");
            let ((), tenant) = tokio::join!(
                world.network.turn_for(Weather::Refusing, moment),
                world.admin.tenant(&name)
            );
            assert!(!tenant.is_empty());
        }
        world.is_back().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_while_the_store_is_away_waits_for_it() {
    let mut world = World::new().await;
    world.admin.tenant("Contoso").await;
    world.server.stop().await;
    world.network.turn(Weather::Refusing);
    let before = world.server.log().lines().count();
    world.server.restart_unready();
    let why = eventually("it says what it waits for", || async {
        let url = format!("{}/readyz", world.server.base());
        let answer = http().get(url).send().await.ok()?;
        let why = answer.text().await.ok()?;
        why.contains("event store").then_some(why)
    })
    .await;
    assert!(why.contains("cannot be reached"), "{why}");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(world.get("/healthz").await.0, StatusCode::OK);
    let (status, _) = world.get("/graphql").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(world.server.is_running());
    let said = world.server.log().lines().count() - before;
    assert!((1..20).contains(&said), "{said} lines");
    world.network.turn(Weather::Fair);
    world.is_back().await;

    // Who is asked to stop while it waits, stops.
    world.server.stop().await;
    world.network.turn(Weather::Hanging);
    world.server.restart_unready();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.server.stop().await, Some(0));
}

/// One of two servers loses the store: the other one takes its session over, and it comes back as one that has nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_cut_off_gives_its_lease_up() {
    let folder = TempDir::new().unwrap();
    let store = Server::keeping_events(folder.path().join("store")).await;
    let network = Proxy::to(store.address.clone()).await;
    let shared = folder.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    let mut one = member(&store, &shared).await;
    one.stop().await;
    one.keep_events_through(&store, &network.address.to_string());
    one.restart().await;
    let admin = one.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let software = admin.software("tool", &["1.0"]).await;
    admin.deploy_everywhere(&software).await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let line = Proxy::to(one.address.clone()).await;
    let address = format!("http://{}", line.address);
    let agent = Agent::start(folder.path(), "pc-1", 3, &address, &token);
    let computer = admin.online("pc-1").await;
    let session = admin.start_session(&computer).await;
    network.turn(Weather::Hanging);
    let two = member(&store, &shared).await;
    let other = two.admin().await;
    line.point_to(two.address.clone());
    line.cut();
    let over = other.over(&session).await;
    assert_eq!(over["status"], "PASSED", "{over}");
    network.turn(Weather::Fair);
    let seen = admin.over(&session).await;
    assert_eq!(seen["status"], "PASSED", "{seen}");
    let runs = agent.started_runs();
    assert_eq!(runs.len(), 1, "{runs:?}");
}
