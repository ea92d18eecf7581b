//! Tables of pages in `docs/` that are made from the code: a test compares them, and `UPKEEP_DOCS=write` writes them anew.

use std::path::Path;

/// The page has these tables, each between `<!-- MARK -->` and `<!-- end of MARK -->`.
pub fn assert_tables(page: impl AsRef<Path>, tables: &[(&str, String)]) {
    let text = std::fs::read_to_string(&page).unwrap();
    let made = tables.iter().fold(text.clone(), |text, (mark, table)| {
        with_table(&text, mark, table)
    });
    if made == text {
        return;
    }
    if std::env::var_os("UPKEEP_DOCS").is_some_and(|what| what == "write") {
        return std::fs::write(&page, &made).unwrap();
    }
    assert_eq!(
        text, made,
        "run with UPKEEP_DOCS=write and look at the difference"
    );
}

/// Puts a table between its marks.
fn with_table(text: &str, mark: &str, table: &str) -> String {
    let (begin, end) = (
        format!("<!-- {mark} -->\n"),
        format!("<!-- end of {mark} -->"),
    );
    let (before, rest) = text.split_once(&begin).expect("the mark");
    let (_, after) = rest.split_once(&end).expect("the end mark");
    format!("{before}{begin}{table}{end}{after}")
}
