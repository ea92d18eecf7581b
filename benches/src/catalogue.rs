//! What it takes to read the Global Software catalogue: the manifests of our tests, again and again under other ids, each version
//! in a folder of its own, read in a process of its own.

use crate::Row;
use crate::history::{mib, peak};
use anyhow::{Context as _, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;
use upkeep_winget::detection::Signs;
use upkeep_winget::folder;

const VERSIONS: usize = 10_000;
/// The name under which this program calls itself, to read in a process of its own.
pub const READ: &str = "catalogue-read";
const KEEPING: &str = "keeping";
const PASSING: &str = "passing";

pub fn run() -> Result<Vec<Row>> {
    let directory = TempDir::new_in(".")?;
    let bytes = make(directory.path())?;
    let of = format!("{VERSIONS} versions' manifests, {}", mib(bytes));
    Ok(vec![
        Row::alone(
            &format!("reading {of}, one after the other"),
            read_apart(directory.path(), PASSING)?,
        ),
        Row::alone(
            &format!("reading {of}, keeping all, and what they are recognised by"),
            read_apart(directory.path(), KEEPING)?,
        ),
    ])
}

/// Copies the manifests as often as it takes, each time under other ids. Answers how many bytes there are.
fn make(directory: &Path) -> Result<u64> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/winget/manifests");
    let folders: Vec<PathBuf> = folder::read(&data)
        .map(|found| Ok(found?.folder))
        .collect::<Result<_>>()?;
    ensure!(
        !folders.is_empty(),
        "there are manifests in {}",
        data.display()
    );
    let mut bytes = 0;
    for number in 0..VERSIONS {
        let target = directory
            .join((number / folders.len()).to_string())
            .join((number % folders.len()).to_string());
        std::fs::create_dir_all(&target)?;
        for file in std::fs::read_dir(&folders[number % folders.len()])? {
            let file = file?;
            if !file.file_type()?.is_file() {
                continue;
            }
            let text = String::from_utf8(std::fs::read(file.path())?)?;
            let text = text.replace(
                "PackageIdentifier: ",
                &format!("PackageIdentifier: x{}.", number / folders.len()),
            );
            bytes += text.len() as u64;
            std::fs::write(target.join(file.file_name()), text)?;
        }
    }
    Ok(bytes)
}

fn read_apart(directory: &Path, how: &str) -> Result<String> {
    let said = Command::new(std::env::current_exe()?)
        .arg(READ)
        .arg(directory)
        .arg(how)
        .output()?;
    ensure!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    Ok(String::from_utf8(said.stdout)?.trim().to_owned())
}

/// In the other process.
pub fn read(directory: &Path, how: &str) -> Result<()> {
    let begin = Instant::now();
    let mut versions = 0;
    let manifests =
        folder::read(directory).map(|found| found?.manifest.context("a manifest was refused"));
    match how {
        PASSING => {
            for manifest in manifests {
                versions += usize::from(!manifest?.installers.is_empty());
            }
        }
        KEEPING => {
            let manifests = manifests.collect::<Result<Vec<_>>>()?;
            let signs = Signs::of(&manifests);
            versions = manifests.len();
            // Neither may be let go before it was measured.
            std::hint::black_box((signs, manifests));
        }
        other => bail!("{other} is none of {PASSING} and {KEEPING}"),
    }
    let seconds = begin.elapsed().as_secs_f64();
    ensure!(versions == VERSIONS, "{versions} versions were read");
    println!("{seconds:.2} s, {} at most", mib(peak()?));
    Ok(())
}
