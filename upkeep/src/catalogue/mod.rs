//! `upkeep catalogue`: sources of the Global Software catalogue, what they hold, and taking their titles over.

mod batch;
mod check;
mod embedded;
mod plan;
mod source;
mod sync;
mod way;

pub use sync::take_embedded_over;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum CatalogueCommand {
    /// Read a folder of Windows Package Manager manifests and tell which versions could be taken over, and why the others could
    /// not; nothing is taken over
    Check(check::CheckArgs),
    /// Show what a source would change in a server's catalogue, then take it over
    Sync(sync::SyncArgs),
}

pub async fn run(command: CatalogueCommand) -> anyhow::Result<()> {
    match command {
        CatalogueCommand::Check(args) => check::run(args).await,
        CatalogueCommand::Sync(args) => sync::run(args).await,
    }
}

/// A line in which texts that strangers wrote neither end it, nor speak to the terminal, nor turn around what stands beside them.
fn shown(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for c in line.chars() {
        if c.is_control() || is_hidden(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Breaks of lines and paragraphs, marks of the direction of writing, and what joins or parts letters unseen.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn a_files_name_forges_no_line_and_no_colour() {
        assert_eq!(
            shown("refused: a\nb\u{1b}[2J: é"),
            "refused: a\\nb\\u{1b}[2J: é"
        );
        assert_eq!(
            shown("a\u{2028}b\u{202e}exe.yaml\u{2066}\u{200b}"),
            "a\\u{2028}b\\u{202e}exe.yaml\\u{2066}\\u{200b}"
        );
    }
}
