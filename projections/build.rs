//! Fingerprints the code that makes views, so that a snapshot of another version is never read.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut files = Vec::new();
    for folder in ["src", "../domain/src"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files)?;
    }
    // Positions are in it, and how numbers and ids are written is up to libraries.
    for file in ["../event-store/src/port.rs", "../Cargo.lock"] {
        println!("cargo::rerun-if-changed={file}");
        files.push(file.into());
    }
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.to_string_lossy().as_bytes());
        hash.update(std::fs::read(&file)?);
    }
    println!(
        "cargo::rustc-env=UPKEEP_VIEW_FINGERPRINT={}",
        hash.finalize()
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    );
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
