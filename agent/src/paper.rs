//! The file in which a script, or the wrapper around it, leaves its answer.
//!
//! Whoever wrote it may have made anything of it: a pipe that nobody ends, a link to somewhere, a device.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use upkeep_agent_core::{MAX_PAPER_BYTES, Paper};

use crate::platform;

/// What is there now.
pub fn read(path: &Path) -> Paper {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(platform::NO_LINK | platform::NO_WAIT)
        .open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Paper::Unwritten,
        Err(_) => return Paper::Unreadable,
    };
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Paper::Unreadable;
    }
    let mut bytes = Vec::new();
    match file.take(MAX_PAPER_BYTES + 1).read_to_end(&mut bytes) {
        Ok(length) if length as u64 > MAX_PAPER_BYTES => Paper::TooLarge,
        Ok(_) => Paper::Written(bytes),
        Err(_) => Paper::Unreadable,
    }
}

/// Asks the wrapper to end its script: it looks for this file. Who is not asked is killed a little later.
///
/// What the script put there itself is left alone: a pipe would keep the agent waiting, a link lead it to a file of somebody else's.
pub fn ask_to_end(answer: &Path) {
    if let Err(error) = File::create_new(stop(answer)) {
        tracing::warn!(%error, "a script could not be asked to end");
    }
}

fn stop(answer: &Path) -> PathBuf {
    let mut name = answer.as_os_str().to_owned();
    name.push(".stop");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_of_its_size_is_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        assert_eq!(read(&path("none")), Paper::Unwritten);
        std::fs::write(path("file"), "1.2.3\n").unwrap();
        assert_eq!(read(&path("file")), Paper::Written(b"1.2.3\n".to_vec()));
        std::os::unix::fs::symlink(path("file"), path("link")).unwrap();
        assert_eq!(read(&path("link")), Paper::Unreadable);
        assert_eq!(read(folder.path()), Paper::Unreadable);
        pipe(&path("pipe"));
        assert_eq!(read(&path("pipe")), Paper::Unreadable, "at once");
        let limit = usize::try_from(MAX_PAPER_BYTES).unwrap();
        for (size, is_read) in [(limit, true), (limit + 1, false)] {
            std::fs::write(path("large"), vec![b'x'; size]).unwrap();
            assert_eq!(matches!(read(&path("large")), Paper::Written(_)), is_read);
        }
        assert_eq!(read(&path("large")), Paper::TooLarge);
    }

    #[test]
    fn the_file_that_asks_lies_beside_the_answer() {
        let folder = tempfile::TempDir::new().unwrap();
        ask_to_end(&folder.path().join("result"));
        assert!(folder.path().join("result.stop").exists());
    }

    #[test]
    fn who_is_asked_to_end_leads_the_agent_to_nothing_else() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("theirs"), "kept").unwrap();
        std::os::unix::fs::symlink(path("theirs"), path("a.stop")).unwrap();
        ask_to_end(&path("a"));
        assert_eq!(std::fs::read_to_string(path("theirs")).unwrap(), "kept");
        pipe(&path("b.stop"));
        let (told, asked) = std::sync::mpsc::channel();
        let answer = path("b");
        std::thread::spawn(move || {
            ask_to_end(&answer);
            told.send(())
        });
        let patience = std::time::Duration::from_secs(10);
        assert_eq!(asked.recv_timeout(patience), Ok(()), "nobody reads it");
    }

    fn pipe(path: &Path) {
        let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU);
        rustix::fs::mknodat(rustix::fs::CWD, path, kind, mode, 0).unwrap();
    }
}
