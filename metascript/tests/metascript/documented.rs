//! The examples of `docs/metascripts.md` run.

use crate::play::{Host, journal_of, with_shared};
use upkeep_metascript::Outcome;

const PAGE: &str = include_str!("../../../docs/metascripts.md");

/// What the page calls shared functions is given to every example.
const SHARED: (&str, &str) = (
    "first_line",
    "return function(text) return (text:match('[^\\r\\n]*')) end",
);

#[test]
fn every_example_comes_to_its_end() {
    let examples: Vec<&str> = (PAGE.split("```lua\n").skip(1))
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() >= 6, "{}", examples.len());
    for example in examples {
        let program = with_shared(example, &[SHARED]);
        let end = Host::default()
            .finish(&program, &mut journal_of(&program))
            .outcome;
        assert!(
            matches!(end, Outcome::Completed { .. }),
            "{example}\n{end:?}"
        );
    }
}

/// The right column of the table, each of its cells alone.
#[test]
fn every_line_of_the_table_is_a_script() {
    let cells: Vec<String> = (PAGE.lines())
        .skip_while(|line| !line.starts_with("| PowerShell"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cell = line
                .trim_end_matches('|')
                .rsplit(" | ")
                .next()
                .unwrap()
                .trim();
            cell.trim_matches('`').replace("\\|", "|")
        })
        .collect();
    assert!(cells.len() >= 15, "{}", cells.len());
    for cell in cells {
        let program = with_shared(&cell, &[SHARED]);
        let end = Host::default()
            .finish(&program, &mut journal_of(&program))
            .outcome;
        assert!(matches!(end, Outcome::Completed { .. }), "{cell}\n{end:?}");
    }
}
