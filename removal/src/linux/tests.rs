//! As root in a mount namespace of its own: whatever goes wrong stays in folders that were made for it.

use super::*;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const MARK: &str = "UPKEEP_TEST_NAMESPACE";

/// Runs this test once more, in a mount namespace of its own; whether this is that run already.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(MARK).is_some() {
        return true;
    }
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private"]);
        command
    };
    if !unshare()
        .arg("true")
        .status()
        .is_ok_and(|end| end.success())
    {
        eprintln!("skipped: no mount namespace can be made here");
        return false;
    }
    let end = unshare()
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("linux::tests::{test}"), "--nocapture"])
        .env(MARK, "1")
        .status()
        .unwrap();
    assert!(end.success(), "it fails in its namespace");
    false
}

fn run(program: &str, arguments: &[&str]) {
    let end = Command::new(program).args(arguments).status().unwrap();
    assert!(end.success(), "{program} {arguments:?}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder to be removed, and one beside it that nobody may touch.
struct Scene {
    around: TempDir,
    folder: PathBuf,
    precious: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let around = TempDir::new().unwrap();
        let (folder, precious) = (around.path().join("run"), around.path().join("precious"));
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/file"), "x").unwrap();
        fs::create_dir_all(precious.join("inner")).unwrap();
        fs::write(precious.join("inner/letter"), "dear").unwrap();
        Self {
            around,
            folder,
            precious,
        }
    }

    fn assert_precious_is_whole(&self) {
        let letter = fs::read_to_string(self.precious.join("inner/letter"));
        assert_eq!(letter.unwrap(), "dear");
    }
}

#[test]
fn a_folder_goes_with_all_kinds_of_entries() {
    let scene = Scene::new();
    std::os::unix::fs::symlink(&scene.precious, scene.folder.join("link")).unwrap();
    std::os::unix::fs::symlink("/nowhere", scene.folder.join("a/dangling")).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(scene.folder.join("socket")).unwrap();
    assert_eq!(remove(&scene.folder), Remains::default());
    drop(socket);
    assert!(!scene.folder.exists());
    scene.assert_precious_is_whole();
    assert!(remove(&scene.folder).is_empty(), "it is gone already");
    assert!(remove(&scene.folder.join("a/b")).is_empty());
}

#[test]
fn a_link_in_the_place_of_the_folder_goes_and_what_it_shows_stays() {
    let scene = Scene::new();
    let link = scene.around.path().join("link");
    std::os::unix::fs::symlink(&scene.precious, &link).unwrap();
    assert!(remove(&link).is_empty());
    assert!(fs::symlink_metadata(&link).is_err());
    scene.assert_precious_is_whole();
}

/// Deeper than descriptors, the stack and the longest path go.
#[test]
fn a_tree_of_any_depth_goes() {
    let scene = Scene::new();
    let script = "cd \"$1\"; n=0; while [ $n -lt 1000 ]; do mkdir deep && cd -P deep && : > file; n=$((n+1)); done";
    run("sh", &["-euc", script, "sh", text(&scene.folder)]);
    assert_eq!(remove(&scene.folder), Remains::default());
    assert!(!scene.folder.exists());
}

#[test]
fn nothing_is_deleted_through_a_mount_and_the_rest_goes() {
    if !is_alone("nothing_is_deleted_through_a_mount_and_the_rest_goes") {
        return;
    }
    for kernel in [Kernel::Newest, Kernel::WithoutOpenat2] {
        let scene = Scene::new();
        let share = scene.folder.join("a/share");
        let file = scene.folder.join("a/file");
        let disk = scene.folder.join("disk");
        for folder in [&share, &disk] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(&file, "").unwrap();
        run("mount", &["--bind", text(&scene.precious), text(&share)]);
        let letter = scene.precious.join("inner/letter");
        run("mount", &["--bind", text(&letter), text(&file)]);
        run("mount", &["-t", "tmpfs", "tmpfs", text(&disk)]);
        fs::write(disk.join("kept"), "").unwrap();

        let remains = remove_with(&scene.folder, kernel);
        scene.assert_precious_is_whole();
        assert!(disk.join("kept").exists());
        let mut named: Vec<_> = remains.named.iter().map(|left| &left.path).collect();
        named.sort();
        assert_eq!(named, [&file, &share, &disk], "{kernel:?}: {remains}");
        assert!(!scene.folder.join("a/b").exists(), "the rest is gone");

        run("umount", &[text(&disk)]);
        run("umount", &[text(&share)]);
        run("umount", &[text(&file)]);
        assert!(remove_with(&scene.folder, kernel).is_empty());
        assert!(!scene.folder.exists());
    }
}

#[test]
fn a_mount_in_the_place_of_the_folder_stays() {
    if !is_alone("a_mount_in_the_place_of_the_folder_stays") {
        return;
    }
    for kernel in [Kernel::Newest, Kernel::WithoutOpenat2] {
        let scene = Scene::new();
        run(
            "mount",
            &["--bind", text(&scene.precious), text(&scene.folder)],
        );
        let remains = remove_with(&scene.folder, kernel);
        scene.assert_precious_is_whole();
        assert_eq!(remains.count, 1, "{remains}");
        assert_eq!(remains.named[0].path, scene.folder);
        run("umount", &[text(&scene.folder)]);
    }
}

/// A mount that lies deeper than folders are held open: its branch is moved, and what it shows stays.
#[test]
fn a_mount_in_great_depth_stays() {
    if !is_alone("a_mount_in_great_depth_stays") {
        return;
    }
    let scene = Scene::new();
    let deep: PathBuf = std::iter::repeat_n("d", 3 * MAX_DEPTH).collect();
    let share = scene.folder.join(deep);
    fs::create_dir_all(&share).unwrap();
    run("mount", &["--bind", text(&scene.precious), text(&share)]);
    let remains = remove(&scene.folder);
    scene.assert_precious_is_whole();
    assert_eq!(remains.count, 1, "{remains}");
}

#[test]
fn what_cannot_be_removed_stays_is_named_and_the_rest_goes() {
    if !is_alone("what_cannot_be_removed_stays_is_named_and_the_rest_goes") {
        return;
    }
    let scene = Scene::new();
    run(
        "mount",
        &["-t", "tmpfs", "tmpfs", text(scene.around.path())],
    );
    let folder = scene.around.path().join("run");
    fs::create_dir_all(folder.join("a/b")).unwrap();
    let stone = folder.join("a/stone");
    fs::write(&stone, "").unwrap();
    let can = Command::new("chattr").arg("+i").arg(&stone).status();
    if !can.is_ok_and(|end| end.success()) {
        eprintln!("skipped: this file system knows no immutable files");
        return;
    }
    for n in 0..NAMED_PLUS {
        let stone = folder.join(format!("stone-{n}"));
        fs::write(&stone, "").unwrap();
        run("chattr", &["+i", text(&stone)]);
    }
    let remains = remove(&folder);
    assert_eq!(remains.count, NAMED_PLUS + 1, "{remains}");
    assert_eq!(remains.named.len(), crate::NAMED);
    assert!(remains.to_string().ends_with("; and 3 more"), "{remains}");
    assert!(stone.exists() && !folder.join("a/b").exists());
}

const NAMED_PLUS: u64 = crate::NAMED as u64 + 2;
