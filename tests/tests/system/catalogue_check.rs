//! `upkeep catalogue check`: what a folder of manifests holds, and what is said of one that holds none.

use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;
use tokio::process::Command;
use upkeep_tests::program;

async fn check(folder: PathBuf) -> Output {
    let mut command = Command::new(program("upkeep"));
    command.args(["catalogue", "check"]).arg(folder);
    command.output().await.unwrap()
}

fn data(folder: &str) -> PathBuf {
    let all = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/winget");
    all.join(folder)
}

#[tokio::test]
async fn manifests_are_counted_and_each_refusal_says_why() {
    let real = check(data("manifests")).await;
    let told = String::from_utf8(real.stdout).unwrap();
    assert!(real.status.success(), "{told}");
    let last = told.lines().last().unwrap();
    assert!(last.starts_with("76 packages, 139 versions, "), "{last}");

    let odd = check(data("cli-testdata")).await;
    let told = String::from_utf8(odd.stdout).unwrap();
    assert!(odd.status.success(), "{told}");
    let refused = told.lines().filter(|line| line.starts_with("refused: "));
    let refused: Vec<&str> = refused.collect();
    let count = format!("; {} versions are refused", refused.len());
    assert!(told.trim_end().ends_with(&count), "{told}");
    let twice =
        "refused: Manifest-Bad-DuplicateKey.yaml, Id: the key is there twice, in lines 2 and 3";
    assert!(refused.iter().any(|line| line.starts_with(twice)), "{told}");
}

#[tokio::test]
async fn a_folder_without_manifests_is_an_error_that_says_what_to_do() {
    let empty = TempDir::new().unwrap();
    let output = check(empty.path().to_owned()).await;
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(told.contains("name the folder that holds them"), "{told}");
    let nowhere = check(empty.path().join("nowhere")).await;
    let told = String::from_utf8(nowhere.stderr).unwrap();
    assert!(!nowhere.status.success());
    assert!(told.contains("cannot be read"), "{told}");
}
