//! Finds the suite that the official Rust client brings in its package, where cargo unpacked it.

use std::error::Error;
use std::path::Path;
use std::process::Command;

const CLIENT: &str = "kurrentdb";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../Cargo.lock");
    let output = Command::new(std::env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", &std::env::var("TARGET")?])
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == CLIENT)
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or_else(|| format!("the package {CLIENT} is not there"))?;
    let suite = Path::new(manifest).with_file_name("tests");
    println!("cargo::rustc-env=KURRENTDB_TESTS={}", suite.display());
    Ok(())
}
