//! Why a version does not become one of a title: what a person should know who looks for it.

use crate::choice::Unsuitable;
use crate::refusal::Why;
use upkeep_domain::kernel::limits::MAX_VERSIONS_PER_TITLE;

/// Why a version is left out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("none of its installers is for the whole of a 64-bit computer: {}", reasons(.0))]
    NoInstaller(Box<[Unsuitable]>),
    #[error("a title has its newest {MAX_VERSIONS_PER_TITLE} versions, and it is older")]
    Old,
    #[error(
        "it shows as version {0} where it is installed, as a newer one does: they could not be told apart"
    )]
    SameVersion(String),
    #[error("its version cannot be compared: {0}")]
    Version(String),
    #[error(
        "its installer is made by nobody's rules, and the manifest does not say how to run it without questions"
    )]
    NotSilent,
    #[error("its switches, one behind the other, are no command line that is trusted: {0}")]
    Switches(Why),
    #[error("its installer wants to be told where to install to")]
    NeedsPlace,
    #[error("its installer must not run with an administrator's rights, and there is nobody else")]
    NoElevation,
    #[error("its download asks for signing in")]
    Authentication,
    #[error("its address is not one that agents fetch from: {0}")]
    Address(String),
    #[error("it is a program without an installer, which stands in no list of installed programs")]
    Portable,
    #[error("it is a font, which is not installed by an installer")]
    Font,
    #[error("its archive holds several installers, and the manifest does not say which one to run")]
    SeveralInstallers,
    #[error("it is a package for Windows without a family name, by which it could be found")]
    NoFamily,
    #[error("nothing in its manifest would tell it among the programs of a computer")]
    NoSign,
}

/// Each once, in their order.
fn reasons(all: &[Unsuitable]) -> String {
    let mut seen: Vec<String> = Vec::new();
    for reason in all {
        let reason = reason.to_string();
        if !seen.contains(&reason) {
            seen.push(reason);
        }
    }
    seen.join("; ")
}
