//! Where the enrolment token comes from: never the command line, which every account of a computer can read.

use anyhow::{Context, bail};
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The longest token that is read, in bytes.
const MAX_BYTES: u64 = 4 * 1024;
/// The variable that may hold the token itself.
const VARIABLE: &str = "UPKEEP_AGENT_TOKEN";

#[derive(Args)]
pub struct TokenArgs {
    /// The file that holds the enrolment token, or - for standard input. The environment variable
    /// UPKEEP_AGENT_TOKEN may hold the token itself; the command line may not, as every account can read it
    #[arg(long, env = "UPKEEP_AGENT_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    #[arg(long, hide = true, value_name = "TOKEN")]
    token: Option<String>,
}

impl TokenArgs {
    /// The token, if there is one.
    pub fn read(&self) -> anyhow::Result<Option<String>> {
        match self.token.as_deref() {
            None => {}
            Some("-") => return standard_input().map(Some),
            Some(_) => bail!(
                "a token on the command line can be read by every account of this computer: use --token-file FILE, or --token-file - for standard input, and revoke this one"
            ),
        }
        match &self.token_file {
            Some(file) if file == Path::new("-") => standard_input().map(Some),
            Some(file) => {
                let open = std::fs::File::open(file)
                    .with_context(|| format!("the token cannot be read from {}", file.display()));
                token(open?, &file.display()).map(Some)
            }
            None => Ok(std::env::var(VARIABLE).ok().filter(|text| !text.is_empty())),
        }
    }
}

fn standard_input() -> anyhow::Result<String> {
    token(std::io::stdin(), &"standard input")
}

fn token(from: impl Read, name: &dyn std::fmt::Display) -> anyhow::Result<String> {
    let mut text = String::new();
    from.take(MAX_BYTES)
        .read_to_string(&mut text)
        .with_context(|| format!("the token cannot be read from {name}"))?;
    let text = text.trim();
    if text.is_empty() {
        bail!("there is no token in {name}");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(token_file: Option<PathBuf>, token: Option<&str>) -> anyhow::Result<Option<String>> {
        TokenArgs {
            token_file,
            token: token.map(str::to_owned),
        }
        .read()
    }

    #[test]
    fn a_token_comes_from_a_file_and_not_from_the_command_line() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "upe_x\n").unwrap();
        let there = Some(file.clone());
        assert_eq!(read(there.clone(), None).unwrap().as_deref(), Some("upe_x"));
        let refused = read(None, Some("upe_x")).unwrap_err().to_string();
        assert!(refused.contains("--token-file") && !refused.contains("upe_x"));
        std::fs::write(&file, " \n").unwrap();
        assert!(read(there.clone(), None).is_err());
        std::fs::remove_file(&file).unwrap();
        let missing = format!("{:#}", read(there, None).unwrap_err());
        assert!(missing.contains(&file.display().to_string()), "{missing}");
    }
}
