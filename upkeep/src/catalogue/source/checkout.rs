//! Which commit a checkout is at, as its own files say. Git is not asked: it runs programs that the folder's configuration names
//! (`core.fsmonitor`, filters, hooks), and the folder may be a stranger's. What is read here is small, and counts only if it is a commit's id.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

/// Longest file that names one thing: a commit, a ref, a folder.
const MAX_POINTER_BYTES: u64 = 4 * 1024;
/// Most bytes of packed refs that are looked through.
const MAX_PACKED_BYTES: u64 = 64 * 1024 * 1024;

/// The commit that is checked out where a path lies; nothing where no checkout is, or where it is kept in a way that is not known here.
pub(super) fn commit(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let git = path.ancestors().find_map(bookkeeping)?;
    let head = pointer(&git.join("HEAD"))?;
    let Some(name) = head.strip_prefix("ref:") else {
        return id(&head);
    };
    let name = name.trim();
    is_ref(name).then_some(())?;
    let common = common(&git);
    let loose = || pointer(&common.join(name)).and_then(|text| id(&text));
    loose().or_else(|| packed(&common.join("packed-refs"), name))
}

/// Git's own folder of a checkout: in it, or where a file in it says, as in further work trees.
fn bookkeeping(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    if git.is_dir() {
        return Some(git);
    }
    let elsewhere = pointer(&git)?;
    Some(folder.join(elsewhere.strip_prefix("gitdir:")?.trim()))
}

/// Where refs are kept: further work trees share those of the first one.
fn common(git: &Path) -> PathBuf {
    let shared = pointer(&git.join("commondir"));
    shared.map_or_else(|| git.to_owned(), |shared| git.join(shared))
}

/// One line of a file. Links and pipes are none: who reads the first reads anything, and who reads the second waits.
fn pointer(file: &Path) -> Option<String> {
    let mut text = String::new();
    let mut reader = plain(file)?.take(MAX_POINTER_BYTES);
    reader.read_to_string(&mut text).ok()?;
    let line = text.trim_end_matches(['\n', '\r']);
    (!line.contains('\n')).then(|| line.to_owned())
}

fn plain(file: &Path) -> Option<File> {
    let is_plain = fs::symlink_metadata(file).ok()?.is_file();
    is_plain.then(|| File::open(file).ok()).flatten()
}

/// A line of packed refs is an id, a blank and a name.
fn packed(file: &Path, name: &str) -> Option<String> {
    let lines = BufReader::new(plain(file)?.take(MAX_PACKED_BYTES)).lines();
    let found = lines.map_while(Result::ok).find_map(|line| {
        let (id, named) = line.split_once(' ')?;
        (named == name).then(|| id.to_owned())
    });
    id(&found?)
}

/// A ref's name leads nowhere else.
fn is_ref(name: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('\\');
    name.starts_with("refs/") && name.split('/').all(is_part)
}

/// The id of a commit: 40 hexadecimal digits, or 64.
fn id(text: &str) -> Option<String> {
    let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use tempfile::TempDir;

    fn git(folder: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder);
        command.args(["-c", "user.name=a", "-c", "user.email=a@example.invalid"]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn checkout() -> (TempDir, String) {
        let folder = TempDir::new().unwrap();
        git(folder.path(), &["init", "-q"]);
        git(folder.path(), &["commit", "-q", "--allow-empty", "-m", "a"]);
        let head = git(folder.path(), &["rev-parse", "HEAD"]);
        (folder, head)
    }

    #[test]
    fn a_commit_is_found_however_git_keeps_it() {
        let (folder, head) = checkout();
        let inside = folder.path().join("manifests/a");
        fs::create_dir_all(&inside).unwrap();
        assert_eq!(commit(&inside).as_ref(), Some(&head), "a loose ref");
        git(folder.path(), &["pack-refs", "--all"]);
        assert_eq!(commit(&inside).as_ref(), Some(&head), "a packed ref");
        let other = TempDir::new().unwrap();
        let tree = other.path().join("tree");
        let place = tree.to_str().unwrap();
        git(folder.path(), &["worktree", "add", "-q", "-b", "b", place]);
        assert_eq!(commit(&tree).as_ref(), Some(&head), "another work tree");
        git(folder.path(), &["checkout", "-q", "--detach"]);
        assert_eq!(commit(folder.path()).as_ref(), Some(&head), "no branch");
    }

    #[test]
    fn what_names_no_commit_is_none() {
        let (folder, head) = checkout();
        let file = folder.path().join(".git/HEAD");
        fs::write(folder.path().join("id"), &head).unwrap();
        for text in [
            "",
            "ref: ../id",
            "ref: refs/../../id",
            "ref: refs/heads/none",
            "0123",
            "a\nb",
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(commit(folder.path()), None, "{text:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let (folder, head) = checkout();
        let file = folder.path().join(".git/HEAD");
        fs::write(folder.path().join("id"), head).unwrap();
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("../id", &file).unwrap();
        assert_eq!(commit(folder.path()), None);
    }
}
