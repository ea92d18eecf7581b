//! The keys of a pack's titles.

use crate::catalogue::script::Interpreter;
use crate::catalogue::software::{RepairStrategy, ScriptRole, UpgradeStrategy};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A title, as a pack has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedTitle {
    /// What it is called in its source. Two that differ in case only are the same title.
    pub identifier: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// For technicians, and what its makers say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The licence's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    pub detection: PackedDetection,
    /// For every version that has no such script of its own.
    #[serde(
        default,
        deserialize_with = "each_once",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub scripts: BTreeMap<ScriptRole, PackedScript>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub upgrade_strategy: UpgradeStrategy,
    #[serde(default, skip_serializing_if = "is_default")]
    pub repair_strategy: RepairStrategy,
    #[serde(default, skip_serializing_if = "is_default")]
    pub exit_codes: PackedExitCodes,
    /// The newest ones, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<PackedVersion>,
}

/// How it is found on a computer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PackedDetection {
    /// It prints the installed version and nothing else, or nothing.
    Script(PackedScript),
    /// Among the programs that the computer's own system lists: any of these signs. A name is a weak sign, and is asked where no code
    /// fits.
    Program(Vec<PackedSign>),
}

/// By what a program is told from others; upper and lower case are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PackedSign {
    /// The name of its key in Windows' list of programs.
    ProductCode(String),
    /// What stays the same from one version to the next for Windows Installer.
    UpgradeCode(String),
    /// Of an MSIX package.
    PackageFamily(String),
    /// What the system's package manager calls it.
    Package(String),
    /// What its entry calls it, and who makes it.
    Name(PackedName),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedName {
    pub name: PackedPattern,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<PackedPattern>,
}

/// What a name has to look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PackedPattern {
    Equals(String),
    Contains(String),
    /// `*` stands for anything, and `?` for one character.
    Wildcard(String),
    /// In the syntax of Rust's crate regex.
    Regex(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedScript {
    pub interpreter: Interpreter,
    pub text: String,
    /// What scripts of its role usually have, if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
}

/// Exit codes of its scripts that mean success besides 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PackedExitCodes {
    pub success: BTreeSet<i32>,
    /// The computer has to be restarted before all of it works.
    pub reboot: BTreeSet<i32>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedVersion {
    /// As detection tells it on a computer that has it.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<PackedPackage>,
    #[serde(
        default,
        deserialize_with = "each_once",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub scripts: BTreeMap<ScriptRole, PackedScript>,
    /// What has to be there before, by its identifier in the same source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<PackedDependency>,
}

/// The file that its scripts work on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedPackage {
    /// The name under which the script finds it; a bare file name.
    pub file_name: String,
    /// Where the agent fetches it.
    pub url: String,
    /// Of its content, 64 hexadecimal digits.
    pub sha256: String,
    /// In bytes, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PackedDependency {
    pub identifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_version: Option<String>,
}

/// Of two scripts of a role nobody knows which was meant. (Of other keys serde itself says that they are there twice.)
fn each_once<'de, D: Deserializer<'de>>(
    scripts: D,
) -> Result<BTreeMap<ScriptRole, PackedScript>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<ScriptRole, PackedScript>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("scripts by their roles")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut scripts = BTreeMap::new();
            while let Some((role, script)) = map.next_entry::<ScriptRole, _>()? {
                if scripts.insert(role, script).is_some() {
                    let twice = format!("the {} script is there twice", role.phrase());
                    return Err(M::Error::custom(twice));
                }
            }
            Ok(scripts)
        }
    }

    scripts.deserialize_map(EachOnce)
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
