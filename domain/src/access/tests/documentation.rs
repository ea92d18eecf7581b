//! docs/roles.md: its table is the one that `may` looks at.

use super::*;
use crate::kernel::documentation::assert_tables;
use std::fmt::Write as _;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/roles.md");

fn permissions_table() -> String {
    let mut table = String::from("| What | Permission |");
    for rank in Rank::ALL {
        write!(table, " {} |", rank.words()).unwrap();
    }
    table += "\n|---|---|---|---|---|---|\n";
    for permission in Permission::ALL {
        let sentence = permission.sentence().trim_end_matches('.');
        write!(table, "| {sentence} | `{}` |", name(*permission)).unwrap();
        for rank in Rank::ALL {
            write!(table, " {} |", word(permission.reach(rank))).unwrap();
        }
        table.push('\n');
    }
    table
}

fn word(reach: Option<Reach>) -> &'static str {
    match reach {
        Some(Reach::Everywhere) => "all",
        Some(Reach::OwnTenant) => "own tenant",
        None => "no",
    }
}

/// As GraphQL has it.
fn name(permission: Permission) -> String {
    let mut name = String::new();
    for letter in format!("{permission:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

#[test]
fn the_table_of_the_documentation_is_the_one_that_decides() {
    assert_tables(PATH, &[("permissions", permissions_table())]);
}
