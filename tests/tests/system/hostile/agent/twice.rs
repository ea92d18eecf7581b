//! Images, stops and what they must not repeat.

use super::*;
use tokio::process::Command;

/// Writes itself down, and then waits for a word.
const WAITS: &str = "echo \"$UPKEEP_RUN\" >> \"$UPKEEP_ROOT/started\"\nwhile [ -d \"$UPKEEP_ROOT\" ] && ! [ -e \"$UPKEEP_ROOT/go\" ]; do sleep 0.05; done\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_start_is_known_does_not_start_again_on_an_older_image() {
    let folder = TempDir::new().unwrap();
    let install = format!("{WAITS}{}", installs("1.0"));
    let mut world = World::new(folder, Around::default(), &install, &Value::Null).await;
    let (state, image) = (
        world.agent.path("var/lib/upkeep-agent"),
        world.agent.path("image"),
    );
    world.agent.kill().await;
    let copy = |from: &Path, to: &Path| {
        let (from, to) = (from.to_owned(), to.to_owned());
        async move {
            let copied = Command::new("cp").arg("-a").args([from, to]).status().await;
            assert!(copied.unwrap().success());
        }
    };
    copy(&state, &image).await;
    world.agent.restart();
    let session = world.admin.start_session(&world.computer).await;
    let started = "query($id: ID!) { session(id: $id) { actions { runs { purpose startedAt } } } }";
    upkeep_tests::eventually("the server knows that it started", || async {
        let data = world.admin.ask(started, json!({ "id": session })).await;
        let runs = data["session"]["actions"][0]["runs"].as_array()?.clone();
        runs.iter()
            .any(|run| run["purpose"] == "INSTALL" && run["startedAt"].is_string())
            .then_some(())
    })
    .await;
    // It is written down before the script itself gets so far.
    world.written("started").await;
    world.agent.kill().await;
    std::fs::rename(&state, world.agent.path("newer")).unwrap();
    copy(&image, &state).await;
    world.agent.restart();
    let over = world.admin.over(&session).await;
    assert_eq!(action(&over)["resultReason"], "OUTCOME_UNKNOWN", "{over}");
    assert_eq!(world.agent.started_runs().len(), 1, "it ran twice");
    let remarks = world.remarks(&over).await;
    assert!(
        remarks.iter().any(|remark| remark.contains("older state")),
        "{remarks:?}"
    );
    // For the script of the agent that was killed.
    std::fs::write(world.agent.path("go"), "").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_ends_with_its_agent_is_not_called_cancelled() {
    let folder = TempDir::new().unwrap();
    let mut world = World::new(folder, Around::default(), WAITS, &Value::Null).await;
    let session = world.admin.start_session(&world.computer).await;
    world.written("started").await;
    world.agent.stop().await;
    world.agent.restart();
    let over = world.admin.over(&session).await;
    assert_eq!(action(&over)["resultReason"], "OUTCOME_UNKNOWN", "{over}");
    let remarks = world.remarks(&over).await;
    assert!(
        remarks
            .iter()
            .any(|remark| remark.contains("the agent was stopped")),
        "{remarks:?}"
    );
}
