//! Files and folders that only this account can read, whatever mask the process was started with.
//!
//! What is made here is made private from its first moment on, never through a link that somebody else put in its place, and
//! appears whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use upkeep_world::real_world;

/// Of files: the owner reads and writes.
const FILE_MODE: u32 = 0o600;
/// Of folders.
const FOLDER_MODE: u32 = 0o700;

/// Makes a folder, and those above it that are not there.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path)
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options
            .mode(FILE_MODE)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}

/// A new file; an error if there is anything of that name.
pub fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// A file that may be there; its content stays.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    options().create(true).truncate(false).open(path)
}

/// A file beside the one that it is to become, under a name that nobody can know before. It is removed again unless it
/// takes the other's name.
pub struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Beside this file.
    pub fn beside(goal: &Path) -> io::Result<(Self, File)> {
        let mut name = goal
            .file_name()
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?
            .to_owned();
        name.push(format!(".{}.part", real_world().id().simple()));
        let path = goal.with_file_name(name);
        let file = create_new(&path)?;
        Ok((Self { path }, file))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes a name that nothing has; an error of the kind `AlreadyExists` if something has it.
    pub fn become_new(self, goal: &Path) -> io::Result<()> {
        match std::fs::hard_link(&self.path, goal) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Some file systems have no links: there an empty file holds the name.
            Err(_) => {
                create_new(goal)?;
                std::fs::rename(&self.path, goal)?;
            }
            Ok(()) => {}
        }
        sync_folder_of(goal)
    }

    /// Takes a name, also from the file that has it.
    pub fn replace(self, goal: &Path) -> io::Result<()> {
        std::fs::rename(&self.path, goal)?;
        sync_folder_of(goal)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It has taken its name, or it is of no use.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Writes a file that must not be there; whole, flushed, or not at all.
pub fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let (partial, mut file) = Partial::beside(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    partial.become_new(path)
}

/// Writes a file, over one that is there; whole, flushed, or not at all.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let (partial, mut file) = Partial::beside(path)?;
    file.write_all(content)?;
    file.sync_all()?;
    partial.replace(path)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// What makes a folder one of ours: how the names of our files begin.
const OURS: [&str; 8] = [
    "events.sqlite3",
    "server-keys",
    "server-id",
    "checkpoint-key",
    "checkpoint-public-keys",
    "console-key",
    "event-store-users.json",
    "packages",
];

/// Refuses a folder in which others have rights to other things: ours alone are taken from everybody else.
#[cfg(unix)]
pub fn check_purpose(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let rights_of_others = std::fs::metadata(folder)?.mode() & 0o077;
    if rights_of_others == 0 {
        return Ok(());
    }
    let mut is_empty = true;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if OURS.iter().any(|ours| name.starts_with(ours)) {
            return Ok(());
        }
        is_empty = false;
    }
    if is_empty {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "it holds other things, and other accounts have rights to it: give a folder that is Upkeep's alone",
    ))
}

/// Nothing is known of others' rights here.
#[cfg(not(unix))]
pub fn check_purpose(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes from everybody else what earlier versions and other masks gave them: the rights to a folder and to the files in it.
/// Answers with what was readable or writable by others. Links are left alone.
#[cfg(unix)]
pub fn tighten(folder: &Path) -> io::Result<Vec<PathBuf>> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mut lax = vec![];
    let mut tighten_one = |path: &Path, metadata: &std::fs::Metadata| -> io::Result<()> {
        let mode = metadata.mode() & 0o777;
        if mode & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & 0o700))?;
            lax.push(path.to_owned());
        }
        Ok(())
    };
    // The folder first: from then on nobody else reaches what is in it.
    tighten_one(folder, &std::fs::metadata(folder)?)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            match tighten_one(&entry.path(), &metadata) {
                // A temporary file of the database may go at any time.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done?,
            }
        }
    }
    Ok(lax)
}

/// Nothing is known of others' rights here.
#[cfg(not(unix))]
pub fn tighten(_: &Path) -> io::Result<Vec<PathBuf>> {
    Ok(vec![])
}

/// Refuses a folder of another account: whatever is made in it, that account can exchange.
#[cfg(unix)]
pub fn check_owner(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (owner, own) = (
        std::fs::metadata(folder)?.uid(),
        rustix::process::geteuid().as_raw(),
    );
    if owner == own {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!(
            "it belongs to the account {owner}, and this is {own}: run it as that account, or choose another folder"
        ),
    ))
}

/// Nothing is known of owners here.
#[cfg(not(unix))]
pub fn check_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use tempfile::TempDir;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_that_others_use_for_other_things_is_left_as_it_is() {
        let temp = TempDir::new().unwrap();
        let shared = temp.path().join("lib");
        std::fs::create_dir(&shared).unwrap();
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&shared, open).unwrap();
        check_purpose(&shared).unwrap();
        std::fs::write(shared.join("somebody-else"), "").unwrap();
        let refused = check_purpose(&shared).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        std::fs::write(shared.join("events.sqlite3-wal"), "").unwrap();
        check_purpose(&shared).unwrap();
        assert_eq!(mode(&shared), 0o755);
    }

    #[test]
    fn what_is_made_is_private_and_whole() {
        let temp = TempDir::new().unwrap();
        let deep = temp.path().join("a/b");
        folder(&deep).unwrap();
        assert_eq!((mode(&deep), mode(&temp.path().join("a"))), (0o700, 0o700));
        let file = deep.join("key");
        write_new(&file, b"one").unwrap();
        assert_eq!(mode(&file), 0o600);
        let again = write_new(&file, b"two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&file).unwrap(), b"one");
        replace(&file, b"three").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"three");
        assert_eq!(
            std::fs::read_dir(&deep).unwrap().count(),
            1,
            "nothing is left"
        );
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let temp = TempDir::new().unwrap();
        let (victim, link) = (temp.path().join("victim"), temp.path().join("link"));
        std::fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, &link).unwrap();
        assert!(create_new(&link).is_err());
        assert!(open_or_create(&link).is_err());
        assert!(write_new(&link, b"x").is_err());
        replace(&link, b"x").unwrap();
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }

    #[test]
    fn what_is_lax_is_tightened_and_told() {
        let temp = TempDir::new().unwrap();
        let (open, closed) = (temp.path().join("open"), temp.path().join("closed"));
        std::fs::write(&open, "").unwrap();
        write_new(&closed, b"").unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).unwrap();
        std::fs::set_permissions(temp.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut lax = tighten(temp.path()).unwrap();
        lax.sort();
        assert_eq!(lax, [temp.path().to_owned(), open.clone()]);
        assert_eq!((mode(temp.path()), mode(&open)), (0o700, 0o600));
        assert!(tighten(temp.path()).unwrap().is_empty());
        check_owner(temp.path()).unwrap();
    }
}
