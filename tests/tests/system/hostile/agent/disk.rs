//! What scripts and packages do to the disk, and what the agent deletes.

use super::*;

/// Mounts what is precious below the folder that the script works in, as scripts do that fetch from a share.
const MOUNTS: &str = "set -e\nmkdir share\nmount --bind \"$UPKEEP_ROOT/precious\" share\n";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_through_a_mount_that_a_script_left_behind() {
    let install = format!("{MOUNTS}{}", installs("1.0"));
    let Some(mut world) = World::with_disk(64, &install).await else {
        return;
    };
    let letter = world.agent.path("precious/inner/letter");
    std::fs::create_dir_all(letter.parent().unwrap()).unwrap();
    std::fs::write(&letter, "dear").unwrap();
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear");
    let remarks = world.remarks(&session).await;
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(
        remarks[0].contains("something is mounted on it"),
        "{remarks:?}"
    );
    assert!(remarks[0].contains("/share"), "{remarks:?}");

    let again = world.maintain().await;
    assert_eq!(again["status"], "PASSED", "{again}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear");

    // The same while the agent is killed: it comes back, whatever it finds.
    let hangs = format!(
        "{MOUNTS}: > stone\nchattr +i stone || true\n: > \"$UPKEEP_ROOT/hangs\"\nsleep 600\n"
    );
    publish(&world.admin, &world.software, "2.0", &hangs, &Value::Null).await;
    let session = world.admin.start_session(&world.computer).await;
    world.written("hangs").await;
    world.agent.kill().await;
    world.agent.restart();
    let session = world.admin.over(&session).await;
    assert_eq!(
        action(&session)["resultReason"],
        "OUTCOME_UNKNOWN",
        "{session}"
    );
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear");
    let remarks = world.remarks(&session).await;
    assert!(
        remarks.iter().any(|remark| remark.contains("/share stays")),
        "{remarks:?}"
    );
    publish(
        &world.admin,
        &world.software,
        "3.0",
        &installs("3.0"),
        &Value::Null,
    )
    .await;
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
    assert_eq!(std::fs::read_to_string(&letter).unwrap(), "dear");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_is_larger_than_the_disk_is_refused_and_leaves_nothing() {
    let Some(world) = World::with_disk(100, "exit 1").await else {
        return;
    };
    let packages = world.agent.path("var/lib/upkeep-agent/packages");
    let large = vec![7; 110 * 1024 * 1024];
    let sha256 = world.admin.upload(&large).await;
    let package = json!({ "fileName": "large.bin", "sha256": sha256 });
    publish(
        &world.admin,
        &world.software,
        "2.0",
        &installs("2.0"),
        &package,
    )
    .await;
    let session = world.maintain().await;
    assert_eq!(session["status"], "FAILED", "{session}");
    let failed = action(&session);
    assert_eq!(failed["resultReason"], "PACKAGE_UNAVAILABLE", "{session}");
    let message = failed["message"].as_str().unwrap();
    assert!(message.contains("not enough room"), "{message}");
    assert!(is_empty(&packages));

    let sha256 = world.admin.upload(b"small").await;
    let package = json!({ "fileName": "small.bin", "sha256": sha256 });
    let install = format!("grep -q small \"$UPKEEP_PACKAGE\" && {}", installs("3.0"));
    publish(&world.admin, &world.software, "3.0", &install, &package).await;
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_that_fills_the_disk_is_answered_for_and_the_agent_goes_on() {
    let fills = "dd if=/dev/zero of=\"$UPKEEP_ROOT/filler\" bs=1M 2>/dev/null\nexit 7";
    let Some(mut world) = World::with_disk(48, fills).await else {
        return;
    };
    let session = world.maintain().await;
    assert_eq!(session["status"], "FAILED", "{session}");
    let runs = action(&session)["runs"].as_array().unwrap();
    assert!(runs.iter().any(|run| run["exitCode"] == 7), "{session}");

    // Nothing can be written, and that is an answer, too; also of an agent that starts then.
    let full = world.maintain().await;
    assert_eq!(full["status"], "FAILED", "{full}");
    world.agent.kill().await;
    world.agent.restart();
    let full = world.maintain().await;
    assert_eq!(full["status"], "FAILED", "{full}");

    std::fs::remove_file(world.agent.path("filler")).unwrap();
    publish(
        &world.admin,
        &world.software,
        "2.0",
        &installs("2.0"),
        &Value::Null,
    )
    .await;
    let session = world.maintain().await;
    assert_eq!(session["status"], "PASSED", "{session}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_never_takes_the_place_of_the_script() {
    let folder = TempDir::new().unwrap();
    let server = Server::start().await;
    let admin = server.admin().await;
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, 1).await;
    let agent = Agent::start(folder.path(), "pc-1", 3, &server.base(), &token);
    let computer = admin.online("pc-1").await;
    let evil = b"echo > \"$UPKEEP_ROOT/evil\"\n";
    let sha256 = admin.upload(evil).await;
    for (n, name) in ["script.sh", "work", "script", "package"]
        .into_iter()
        .enumerate()
    {
        let software = admin.software(&format!("tool-{n}"), &[]).await;
        let install = format!(
            "set -e\ncmp \"$UPKEEP_PACKAGE\" \"$UPKEEP_ROOT/evil.expected\"\nmkdir -p \"$UPKEEP_ROOT/opt\"\necho 1.0 > \"$UPKEEP_ROOT/opt/tool-{n}\"\n"
        );
        std::fs::write(agent.root.join("evil.expected"), evil).unwrap();
        let package = json!({ "fileName": name, "sha256": sha256 });
        publish(&admin, &software, "1.0", &install, &package).await;
        admin.deploy_everywhere(&software).await;
        let session = admin.maintain(&computer).await;
        assert_eq!(session["status"], "PASSED", "{name}: {session}");
    }
    assert!(!agent.root.join("evil").exists(), "the package ran");
}
