//! What a script writes is followed piece by piece, by those who may see it.

use serde_json::{Value, json};
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::subscription::Subscription;
use upkeep_tests::{Agent, Client, Server, eventually};

const MARK: &str = "Qz.line";

/// The run of the session's first action that installs, once it has begun.
async fn installing(admin: &Client, session: &str) -> String {
    eventually("the script has begun", || async {
        let query =
            "query($id: ID!) { session(id: $id) { actions { runs { id purpose startedAt } } } }";
        let answer = admin.ask(query, json!({ "id": session })).await;
        let runs = answer["session"]["actions"][0]["runs"].as_array()?.clone();
        let run = runs.into_iter().find(|run| run["purpose"] == "INSTALL")?;
        run["startedAt"].is_string().then(|| text(&run["id"]))
    })
    .await
}

/// All that is told from a piece on, and where the next one would be.
async fn followed(client: &Client, run: &str, from: u64) -> (String, u64) {
    let query = format!(
        "subscription {{ scriptOutput(runId: \"{run}\", fromIndex: {from}) {{ index text }} }}"
    );
    let mut subscription = Subscription::open(client, &query).await;
    let (mut all, mut next) = (String::new(), from);
    while let Some(answer) = subscription.next().await {
        let chunk = &answer["data"]["scriptOutput"];
        assert_eq!(chunk["index"], next, "{answer}");
        all += chunk["text"].as_str().unwrap();
        next += 1;
    }
    (all, next)
}

#[tokio::test(flavor = "multi_thread")]
async fn output_is_followed_from_its_beginning_to_its_end_and_again() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let own = admin.tenant("Own").await;
    let other = admin.tenant("Other").await;
    let software = admin
        .software_detected_by("slow", "cat \"$UPKEEP_ROOT/slow\" 2>/dev/null || true")
        .await;
    let install = format!(
        "for n in 1 2 3 4 5 6; do echo {MARK} $n; sleep 0.5; done; echo 1.0 > \"$UPKEEP_ROOT/slow\""
    );
    let uninstall = json!({ "text": "true" });
    let install = json!({ "text": install });
    admin.publish(&software, "1.0", &install, &uninstall).await;
    admin.deploy_everywhere(&software).await;
    let token = admin.enrolment_token(&own, 1).await;
    let _agent = Agent::start(folder.path(), "pc", 3, &server.base(), &token);
    let computer = admin.online("pc").await;
    let session = admin.start_session(&computer).await;
    let run = installing(&admin, &session).await;

    let lines: Vec<String> = (1..=6).map(|n| format!("{MARK} {n}\n")).collect();
    let expected = lines.concat();
    let member = admin.acting_as("TENANT_MEMBER", Some(&own)).await;
    let (live, of_member) = tokio::join!(followed(&admin, &run, 0), followed(&member, &run, 0));
    assert_eq!(live.0, expected);
    assert_eq!(of_member, live);
    assert!(live.1 > 1, "it came in pieces: {}", live.1);

    // Once it is over it is told again, from any piece on; and nothing to those who may not see the computer.
    assert_eq!(followed(&admin, &run, 0).await, live);
    let (rest, next) = followed(&admin, &run, 1).await;
    assert!(
        expected.ends_with(&rest) && rest.len() < expected.len(),
        "{rest}"
    );
    assert_eq!(next, live.1);
    assert_eq!(followed(&admin, &run, 99).await, (String::new(), 99));
    let stranger = admin.acting_as("TENANT_ADMIN", Some(&other)).await;
    for (client, run, code) in [
        (&stranger, run.as_str(), "NOT_FOUND"),
        (&admin, computer.as_str(), "BAD_USER_INPUT"),
        (&admin, "x", "BAD_USER_INPUT"),
    ] {
        let query = format!("subscription {{ scriptOutput(runId: \"{run}\") {{ text }} }}");
        let mut subscription = Subscription::open(client, &query).await;
        let answer: Value = subscription.next().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
        assert!(!answer.to_string().contains(MARK), "{answer}");
    }
    assert_eq!(admin.over(&session).await["status"], "PASSED");
}
