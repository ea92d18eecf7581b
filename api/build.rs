//! Has the built console embedded anew when it is another one. It never builds it: `./dev console` does.

use std::path::Path;

/// As `#[folder]` in `src/console/files.rs` has it.
const BUILT: &str = "../console/dist";

fn main() {
    // Cargo takes what is watched and not there for changed, at every build. If the folder cannot be made, that is what happens.
    if !Path::new(BUILT).exists() {
        let _ = std::fs::create_dir_all(BUILT);
    }
    println!("cargo::rerun-if-changed={BUILT}");
}
