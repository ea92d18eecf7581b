//! The file of keys: one a line, of 64 hexadecimal digits; lines that begin with # are for people.

use crate::key::Key;
use crate::{Keyring, MAX_KEYS};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Most bytes of the file.
pub const KEY_FILE_LIMIT: u64 = 16 * 1024;

/// Why the keys could not be had. What the file holds is not shown.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the file of keys {path} cannot be read: {cause}")]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{0} is no file: say in which file the keys are")]
    NoFile(PathBuf),
    #[error("the file of keys {0} may be read by others than its owner: say `chmod 600` to it")]
    Open(PathBuf),
    #[error(
        "the file of keys {path} is within {data}: keep it elsewhere, so that whoever copies the data does not have the keys, too"
    )]
    AmongTheData { path: PathBuf, data: PathBuf },
    #[error("line {line} of the file of keys {path} is no key: a key has 64 hexadecimal digits")]
    NoKey { path: PathBuf, line: usize },
    #[error("the file of keys {0} holds no key: make one with `upkeep secrets new-key FILE`")]
    Empty(PathBuf),
    #[error(
        "the file of keys {0} holds more than {MAX_KEYS} keys, or is larger than {KEY_FILE_LIMIT} bytes: take out those that seal nothing any more"
    )]
    TooLarge(PathBuf),
}

impl Keyring {
    /// Reads a file of keys, which is its owner's alone and in none of these folders.
    pub fn read(path: &Path, data: &[&Path]) -> Result<Self, KeyFileError> {
        let unreadable = |cause| KeyFileError::Unreadable {
            path: path.to_owned(),
            cause,
        };
        let is_at = path.canonicalize().map_err(unreadable)?;
        for folder in data {
            if folder
                .canonicalize()
                .is_ok_and(|folder| is_at.starts_with(folder))
            {
                return Err(KeyFileError::AmongTheData {
                    path: path.to_owned(),
                    data: (*folder).to_owned(),
                });
            }
        }
        // To open a pipe would wait for somebody to write into it.
        if !is_at.metadata().map_err(unreadable)?.is_file() {
            return Err(KeyFileError::NoFile(path.to_owned()));
        }
        let file = File::open(&is_at).map_err(unreadable)?;
        if is_open_to_others(&file).map_err(unreadable)? {
            return Err(KeyFileError::Open(path.to_owned()));
        }
        let mut text = Zeroizing::new(String::new());
        let read = file.take(KEY_FILE_LIMIT + 1).read_to_string(&mut text);
        let read = read.map_err(unreadable)?;
        if read as u64 > KEY_FILE_LIMIT {
            return Err(KeyFileError::TooLarge(path.to_owned()));
        }
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, KeyFileError> {
        let lines = text.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|(index, line)| {
            Key::parse(line).ok_or_else(|| KeyFileError::NoKey {
                path: path.to_owned(),
                line: index + 1,
            })
        });
        let keys = keys.collect::<Result<Vec<Key>, _>>()?;
        match keys.len() {
            0 => Err(KeyFileError::Empty(path.to_owned())),
            1..=MAX_KEYS => Ok(Self(keys)),
            _ => Err(KeyFileError::TooLarge(path.to_owned())),
        }
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}
