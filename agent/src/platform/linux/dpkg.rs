//! What is installed by Debian's package manager, from its status file (deb-control(5), dpkg(1)).
//!
//! Read as it stands: asking `dpkg-query` would start a program that may wait for a lock, and that is not there in a folder which
//! plays a computer. What cannot be read wholly is not read at all: half a list would have programs be absent that are there.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use upkeep_agent_core::{InstalledProgram, ProgramState};
use upkeep_agent_protocol::{ProgramScope, ProgramSource};

/// Where it is, from the computer's root.
const STATUS: &str = "var/lib/dpkg/status";
/// Largest file that is read, in bytes: a computer with 4,000 packages has 4 MB.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Longest line, in bytes.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// Gives each package that is installed, wholly or half; or says why nobody can tell.
pub fn installed(root: &Path, each: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String> {
    let path = root.join(STATUS);
    let file = open(&path)?;
    Status {
        path,
        lines: BufReader::new(file),
        line: Vec::new(),
        number: 0,
        bytes: 0,
    }
    .read(each)
}

fn open(path: &Path) -> Result<File, String> {
    let shown = path.display();
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(super::NO_WAIT)
        .open(path);
    let file = opened.map_err(|error| {
        format!("{shown}: {error} (programs are listed by Debian's package manager alone)")
    })?;
    match file.metadata() {
        Ok(about) if about.is_file() => Ok(file),
        Ok(_) => Err(format!("{shown} is no file")),
        Err(error) => Err(format!("{shown}: {error}")),
    }
}

struct Status<R> {
    path: PathBuf,
    lines: R,
    line: Vec<u8>,
    /// Of the line, counted from 1.
    number: usize,
    /// Of all lines until now.
    bytes: u64,
}

/// What is of use of one package's lines.
#[derive(Default)]
struct Paragraph {
    /// Its first line; 0 before there is one.
    begins: usize,
    package: Option<String>,
    status: Option<String>,
    version: Option<String>,
    architecture: Option<String>,
    maintainer: Option<String>,
}

impl<R: BufRead> Status<R> {
    fn read(mut self, each: &mut dyn FnMut(&InstalledProgram<'_>)) -> Result<(), String> {
        let mut paragraph = Paragraph::default();
        while self.next()? {
            if self.line.iter().all(u8::is_ascii_whitespace) {
                self.finish(&std::mem::take(&mut paragraph), each)?;
            } else if self.line.starts_with(b" ") || self.line.starts_with(b"\t") {
                // It goes on with a field that was not of use, such as a description.
                if paragraph.begins == 0 {
                    return Err(self.damaged(self.number, "goes on with nothing"));
                }
            } else {
                let (name, value) =
                    field(&self.line).ok_or_else(|| self.damaged(self.number, "is no field"))?;
                if paragraph.begins == 0 {
                    paragraph.begins = self.number;
                }
                paragraph.take(name, value);
            }
        }
        if self.number == 0 {
            return Err(format!("{} is empty", self.path.display()));
        }
        self.finish(&paragraph, each)
    }

    /// The next line, without what ends it; false if there is none.
    fn next(&mut self) -> Result<bool, String> {
        self.line.clear();
        let mut limited = (&mut self.lines).take(MAX_LINE_BYTES + 1);
        let read = limited.read_until(b'\n', &mut self.line);
        let read = read.map_err(|error| format!("{}: {error}", self.path.display()))?;
        if read == 0 {
            return Ok(false);
        }
        self.number += 1;
        self.bytes += read as u64;
        if self.bytes > MAX_BYTES {
            let shown = self.path.display();
            return Err(format!("{shown} has more than {MAX_BYTES} bytes"));
        }
        if self.line.pop_if(|last| *last == b'\n').is_none() {
            let why = if read as u64 > MAX_LINE_BYTES {
                "is too long"
            } else {
                "breaks off"
            };
            return Err(self.damaged(self.number, why));
        }
        self.line.pop_if(|last| *last == b'\r');
        Ok(true)
    }

    fn finish(
        &self,
        paragraph: &Paragraph,
        each: &mut dyn FnMut(&InstalledProgram<'_>),
    ) -> Result<(), String> {
        if paragraph.begins == 0 {
            return Ok(());
        }
        let without = |field: &str| {
            let why = format!("begins a package without {field}");
            self.damaged(paragraph.begins, &why)
        };
        let package = paragraph
            .package
            .as_deref()
            .ok_or_else(|| without("Package"))?;
        let status = paragraph
            .status
            .as_deref()
            .ok_or_else(|| without("Status"))?;
        let Some(state) = state(status) else {
            return Ok(());
        };
        let known = |text: &'_ Option<String>| text.clone().map(Cow::Owned);
        each(&InstalledProgram {
            name: package.into(),
            publisher: known(&paragraph.maintainer),
            version: known(&paragraph.version),
            product_code: None,
            upgrade_codes: vec![],
            package_family: None,
            package: Some(package.into()),
            source: ProgramSource::Dpkg,
            scope: Some(ProgramScope::Machine),
            architecture: known(&paragraph.architecture),
            state,
        });
        Ok(())
    }

    fn damaged(&self, line: usize, why: &str) -> String {
        let shown = self.path.display();
        format!("{shown} is damaged: line {line} {why}")
    }
}

impl Paragraph {
    fn take(&mut self, name: &str, value: &[u8]) {
        // The names of fields are the same in every case.
        let place = match name.to_ascii_lowercase().as_str() {
            "package" => &mut self.package,
            "status" => &mut self.status,
            "version" => &mut self.version,
            "architecture" => &mut self.architecture,
            "maintainer" => &mut self.maintainer,
            _ => return,
        };
        let text = String::from_utf8_lossy(value);
        let text = text.trim();
        *place = (!text.is_empty()).then(|| text.to_owned());
    }
}

/// A name of visible characters, a colon, and a value.
fn field(line: &[u8]) -> Option<(&str, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    let name = std::str::from_utf8(name).ok().filter(|_| is_name)?;
    Some((name, &value[1..]))
}

/// What a status says, in three words: what is wanted, whether it is in order, what it is (dpkg(1)); nothing of what is not there. What waits for triggers is
/// configured, and works; what nobody knows may be anything but absent.
fn state(status: &str) -> Option<ProgramState> {
    let words: Vec<&str> = status.split_ascii_whitespace().skip(1).collect();
    match words[..] {
        [_, "not-installed" | "config-files"] => None,
        ["ok", "installed" | "triggers-awaited" | "triggers-pending"] => Some(ProgramState::Whole),
        _ => Some(ProgramState::Half),
    }
}

#[cfg(test)]
mod tests;
