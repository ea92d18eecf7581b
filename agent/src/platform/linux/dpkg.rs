//! What is installed by Debian's package manager, from its status file (deb-control(5), dpkg(1)).
//!
//! Read as it stands: asking `dpkg-query` would start a program that may wait for a lock, and that is not there in a folder which
//! plays a computer. What cannot be read wholly is not read at all: half a list would have programs be absent that are there.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use upkeep_agent_core::InstalledProgram;
use upkeep_agent_protocol::{ProgramScope, ProgramSource};

/// Where it is, from the computer's root.
const STATUS: &str = "var/lib/dpkg/status";
/// Largest file that is read, in bytes: a computer with 4,000 packages has 4 MB.
const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Longest line, in bytes.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// Gives each package that is installed; or says why nobody can tell.
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
        if !is_installed(status) {
            return Ok(());
        }
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

/// What is wanted, whether it is in order, what it is: what is half there is not there, and an installation mends it.
fn is_installed(status: &str) -> bool {
    let mut words = status.split_ascii_whitespace().skip(1);
    words.next() == Some("ok") && words.next() == Some("installed") && words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(content: &[u8]) -> Result<Vec<String>, String> {
        let root = tempfile::TempDir::new().unwrap();
        let path = root.path().join(STATUS);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        listed(root.path())
    }

    /// Package, version and architecture of each.
    fn listed(root: &Path) -> Result<Vec<String>, String> {
        let mut told = vec![];
        installed(root, &mut |program| {
            let part = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
            told.push(format!(
                "{} {} {}",
                program.name,
                part(&program.version),
                part(&program.architecture)
            ));
        })?;
        Ok(told)
    }

    /// As dpkg writes it.
    const REAL: &str = "Package: 7zip
Status: install ok installed
Priority: optional
Section: utils
Installed-Size: 2,345
Maintainer: YOKOTA Hiroshi <yokota.hgml@gmail.com>
Architecture: amd64
Multi-Arch: same
Version: 22.01+dfsg-8+deb12u1
Conffiles:
 /etc/7zip.conf 0123456789abcdef
 /etc/old.conf fedcba9876543210 obsolete
Description: 7-Zip file archiver with a high compression ratio
 7-Zip is a file archiver.
 .
 Package: this is a part of the text
Homepage: https://www.7-zip.org/

Package: 7zip
Status: hold ok installed
Architecture: i386
Version: 1:1.0

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: half
Status: install reinstreq half-installed
Architecture: amd64
Version: 1.0

Package: never
Status: unknown ok not-installed
Architecture: amd64

";

    #[test]
    fn what_is_installed_is_told_and_nothing_else() {
        let installed = ["7zip 22.01+dfsg-8+deb12u1 amd64", "7zip 1:1.0 i386"];
        assert_eq!(told(REAL.as_bytes()).unwrap(), installed);
    }

    #[test]
    fn odd_files_are_read_as_they_are_meant() {
        for (content, installed) in [
            // No empty line at the end, several between, spaces in them.
            (
                "\n\nPackage: a\nStatus: install ok installed\nVersion: 1\n \t\n\nPackage: b\nStatus: install ok installed\n",
                vec!["a 1 -", "b - -"],
            ),
            // Any case, any order, any space.
            (
                "version:1.0-1\nSTATUS:  install  ok\tinstalled \npackage: a\n",
                vec!["a 1.0-1 -"],
            ),
            // Of Windows' editors.
            (
                "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\n",
                vec!["a 1 -"],
            ),
            // Nothing in a field, and one that is not known.
            (
                "Package: a\nStatus: install ok installed\nVersion:\nX-Nobody:knows:it\n\n",
                vec!["a - -"],
            ),
            ("\n", vec![]),
        ] {
            assert_eq!(told(content.as_bytes()).unwrap(), installed, "{content:?}");
        }
        let latin = b"Package: a\nStatus: install ok installed\nMaintainer: Jos\xe9 <j@example.com>\nVersion: 1\n\n";
        assert_eq!(told(latin).unwrap(), ["a 1 -"]);
    }

    #[test]
    fn half_a_list_is_no_list() {
        let whole = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";
        let long = format!(
            "{whole}Package: b\nDescription: {}\n",
            "x".repeat(1024 * 1024)
        );
        for (content, why) in [
            ("", "is empty"),
            (
                &*format!("{whole}Package: b\nStatus: install ok inst"),
                "line 6 breaks off",
            ),
            (
                &*format!("{whole}Package: b\nVersion: 2\n\n"),
                "line 5 begins a package without Status",
            ),
            (
                &*format!("{whole}Status: install ok installed\n\n"),
                "line 5 begins a package without Package",
            ),
            (&*format!("{whole}<<<<<<< ours\n"), "line 5 is no field"),
            (&*format!("{whole}\0\0\0\0\n"), "line 5 is no field"),
            (" a line of nothing\n", "line 1 goes on with nothing"),
            (&*long, "line 6 is too long"),
        ] {
            let refused = told(content.as_bytes()).unwrap_err();
            assert!(refused.contains(why), "{why}: {refused}");
            assert!(refused.contains(STATUS), "{refused}");
        }
    }

    #[test]
    fn where_there_is_no_list_nobody_says_that_nothing_is_there() {
        let root = tempfile::TempDir::new().unwrap();
        let refused = listed(root.path()).unwrap_err();
        assert!(
            refused.contains("Debian's package manager alone"),
            "{refused}"
        );
        std::fs::create_dir_all(root.path().join(STATUS)).unwrap();
        assert!(listed(root.path()).unwrap_err().contains("is no file"));
    }
}
