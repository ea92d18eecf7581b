//! `upkeep catalogue check`: what a folder of manifests holds.

use super::shown;
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use upkeep_winget::folder::{self, Found};

#[derive(Args)]
pub struct CheckArgs {
    /// The folder, such as `manifests` of a checkout of microsoft/winget-pkgs
    folder: PathBuf,
}

/// Nothing here waits: it is read on a thread of its own.
pub async fn run(args: CheckArgs) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(move || check(&args.folder)).await?
}

/// A line for each refusal and warning as they come, then what there is in numbers. It fails where a folder cannot be read, or
/// where there is no manifest at all, not because of what was refused: that is the source's affair.
fn check(folder: &Path) -> anyhow::Result<()> {
    let mut packages = BTreeSet::new();
    let (mut versions, mut installers, mut refused) = (0_usize, 0_usize, 0_usize);
    for found in folder::read(folder) {
        let Found {
            folder: at,
            manifest,
            ..
        } = found?;
        let place = at.strip_prefix(folder).unwrap_or(&at);
        let place = if place.as_os_str().is_empty() {
            String::new()
        } else {
            format!("{}: ", place.display())
        };
        match manifest {
            Ok(manifest) => {
                for warning in &manifest.warnings {
                    crate::answer(&shown(&format!("warning: {place}{warning}")))?;
                }
                versions += 1;
                installers += manifest.installers.len();
                packages.insert(manifest.id.to_lowercase());
            }
            Err(refusal) => {
                refused += 1;
                crate::answer(&shown(&format!("refused: {place}{refusal}")))?;
            }
        }
    }
    anyhow::ensure!(
        versions + refused > 0,
        "there is no manifest below {}: name the folder that holds them",
        folder.display()
    );
    crate::answer(&format!(
        "{} packages, {versions} versions, {installers} installers could be taken over; {refused} versions are refused",
        packages.len()
    ))
}
