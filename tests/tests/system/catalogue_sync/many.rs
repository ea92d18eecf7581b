//! A source of many small titles: what reaches many computers, what it loses, what is too large; and a server that dies in the
//! middle.

use super::{sync, sync_command, title, titles};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use upkeep_tests::client::text;
use upkeep_tests::{Client, Peer, Server, eventually};

/// A pack of many small titles.
fn pack(folder: &Path, count: usize) {
    let sh = |text: String| json!({ "interpreter": "sh", "text": text });
    let titles = (0..count).map(|n| {
        json!({
            "identifier": format!("title-{n}"),
            "name": format!("Title {n}"),
            "detection": { "program": [{ "package": format!("title-{n}") }] },
            "scripts": { "install": sh(format!("echo {n}")), "uninstall": sh(format!("echo {n}")) },
            "versions": [{ "version": "1.0" }, { "version": "2.0" }],
        })
    });
    let titles: Vec<Value> = titles.collect();
    let pack = json!({ "schemaVersion": 1, "source": "many", "titles": titles });
    fs::write(folder.join("many.json"), pack.to_string()).unwrap();
}

/// Computers without a program behind them.
async fn computers(server: &Server, admin: &Client, count: u32) {
    let tenant = admin.tenant("Contoso").await;
    let token = admin.enrolment_token(&tenant, count).await;
    let mut enrolling = tokio::task::JoinSet::new();
    for n in 0..count {
        let (server, token) = (server.base(), token.clone());
        enrolling.spawn(async move {
            let peer = Peer::enrol(&server, &token, &format!("pc-{n}")).await;
            peer.is_ok()
        });
    }
    let enrolled = enrolling.join_all().await;
    assert!(enrolled.into_iter().all(|enrolled| enrolled));
    eventually("all are there", || async {
        let answer = admin.try_ask("{ computers { totalCount } }", Value::Null);
        (answer.await?["data"]["computers"]["totalCount"] == count).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_returns_or_is_called_otherwise_on_many_computers_is_confirmed_by_its_plan() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    let sync = async |revision: &str| {
        let done = sync(&admin, folder.path(), &["--yes", "--revision", revision]).await;
        assert!(done.is_success, "{}{}", done.said, done.failed);
        done
    };
    pack(folder.path(), 2);
    sync("r1").await;
    let wanted = title(&admin, "title-1").await;
    admin.deploy_everywhere(&text(&wanted["id"])).await;
    computers(&server, &admin, 26).await;

    pack(folder.path(), 1);
    sync("r2").await;
    let state = async || title(&admin, "title-1").await["origin"].clone();
    assert_eq!(state().await["isWithdrawn"], true);
    pack(folder.path(), 2);
    let back = sync("r3").await;
    let line = "+ (again) title-1 (runs on 26 computers)";
    assert!(back.said.contains(line), "{}", back.said);
    assert_eq!(state().await["isWithdrawn"], false);

    let file = folder.path().join("many.json");
    let renamed = fs::read_to_string(&file).unwrap();
    let renamed = renamed.replace(r#""identifier":"title-1""#, r#""identifier":"Title-1""#);
    fs::write(&file, renamed).unwrap();
    sync("r4").await;
    assert_eq!(state().await["identifier"], "Title-1");
}

/// Where there are many, a source that lost most of them is more likely a part of it, or another folder.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_shrinks_is_taken_over_only_where_somebody_says_so() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    pack(folder.path(), 30);
    let first = sync(&admin, folder.path(), &["--yes"]).await;
    assert!(first.is_success, "{}{}", first.said, first.failed);
    // One more, and nearly all of the others gone.
    let file = folder.path().join("many.json");
    pack(folder.path(), 6);
    let renamed = fs::read_to_string(&file).unwrap();
    fs::write(&file, renamed.replace("title-5", "title-new")).unwrap();

    let sentence = "25 of the 30 titles that the server has of this source would be withdrawn, which is done only with --withdraw";
    let refused = sync(&admin, folder.path(), &["--yes"]).await;
    assert!(!refused.is_success, "{}", refused.said);
    assert!(refused.failed.contains(sentence), "{}", refused.failed);
    assert_eq!(titles(&admin, "title-new").await, Vec::<Value>::new());
    let shown = sync(&admin, folder.path(), &["--dry-run"]).await;
    assert!(
        shown.is_success && shown.said.contains(sentence),
        "{}",
        shown.said
    );

    let wanted = sync(&admin, folder.path(), &["--yes", "--withdraw"]).await;
    assert!(wanted.is_success, "{}{}", wanted.said, wanted.failed);
    let sources = "{ catalogueSources { titleCount withdrawnCount } }";
    let sources = admin.ask(sources, Value::Null).await;
    let counts = json!([{ "titleCount": 6, "withdrawnCount": 25 }]);
    assert_eq!(sources["catalogueSources"], counts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_over_the_limit_is_refused_by_its_name_and_keeps_back_none_of_the_others() {
    let server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    pack(folder.path(), 3);
    let file = folder.path().join("many.json");
    let large = fs::read_to_string(&file).unwrap();
    let large = large.replace("echo 1", &"#".repeat(1024 * 1024));
    fs::write(&file, large).unwrap();
    let done = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(done.is_success, "{}{}", done.said, done.failed);
    assert!(
        done.said.contains("! title-1: the title has "),
        "{}",
        done.said
    );
    assert_eq!(
        done.summary(),
        "many at r1: 2 titles to take over, 0 to withdraw, 0 unchanged, 1 refused"
    );
    assert_eq!(titles(&admin, "").await.len(), 2);
}

/// How many titles there are, if the server answers.
async fn taken_over(admin: &Client) -> Option<u64> {
    let sources = "{ catalogueSources { titleCount } }";
    let answer = admin.try_ask(sources, Value::Null).await?;
    answer["data"]["catalogueSources"][0]["titleCount"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_in_the_middle_has_whole_titles_and_the_next_sync_brings_the_rest() {
    const COUNT: usize = 1_500;
    let mut server = Server::start().await;
    let admin = server.admin().await;
    let folder = TempDir::new().unwrap();
    pack(folder.path(), COUNT);
    let mut running = sync_command(&admin, folder.path(), &["--yes", "--revision", "r1"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    eventually("some titles", || async {
        taken_over(&admin).await.filter(|count| *count > 50)
    })
    .await;
    server.kill().await;
    assert!(
        !running.wait().await.unwrap().success(),
        "nobody answered it any more"
    );
    server.restart().await;
    let there = titles(&admin, "").await;
    assert!(
        (50..COUNT).contains(&there.len()),
        "it died in the middle: {}",
        there.len()
    );
    for title in &there {
        assert_eq!(title["latestVersion"], "2.0", "{title}");
    }

    let rest = sync(&admin, folder.path(), &["--yes", "--revision", "r1"]).await;
    assert!(rest.is_success, "{}{}", rest.said, rest.failed);
    let left = COUNT - there.len();
    let expected = format!(
        "many at r1: {left} titles to take over, 0 to withdraw, {} unchanged, 0 refused",
        there.len()
    );
    assert_eq!(rest.summary(), expected);
    let all = titles(&admin, "").await;
    assert_eq!(all.len(), COUNT);
    // Created, catalogued, two scripts and two versions: each once.
    assert!(
        all.iter().all(|title| title["revision"] == 5),
        "no title was taken over twice"
    );
}
