//! What a filter expression can do with its facts, in the words that an editor completes with. What is allowed is decided where an
//! expression is compiled; that this table says the same is a law in the tests.

use super::schema::{FactDescription, FactType};

/// To what an operation is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// To facts of these types.
    Facts(&'static [FactType]),
    /// The same, but not to versions: as texts, "12" comes before "9".
    FactsButVersions(&'static [FactType]),
    /// To facts that are versions.
    Versions,
    /// To conditions.
    Conditions,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// As CEL calls it.
    pub name: &'static str,
    pub operand: Operand,
    /// How it is written: `FACT` stands for a fact, `VALUE` for a value that the fact can have, `CONDITION` for a condition.
    pub form: &'static str,
    pub description: &'static str,
}

const ALL: &[FactType] = &[
    FactType::Text,
    FactType::Whole,
    FactType::Truth,
    FactType::Tags,
];
const SINGLE: &[FactType] = &[FactType::Text, FactType::Whole, FactType::Truth];
const ORDERED: &[FactType] = &[FactType::Text, FactType::Whole];
const TEXTS: &[FactType] = &[FactType::Text];
const SIZED: &[FactType] = &[FactType::Text, FactType::Tags];

const fn line(
    name: &'static str,
    operand: Operand,
    form: &'static str,
    description: &'static str,
) -> Operation {
    Operation {
        name,
        operand,
        form,
        description,
    }
}

/// Every operation, those on facts first.
pub const OPERATIONS: [Operation; 20] = [
    line(
        "",
        Operand::Facts(&[FactType::Truth]),
        "FACT",
        "Whether it is so.",
    ),
    line(
        "==",
        Operand::Facts(SINGLE),
        "FACT == VALUE",
        "Whether both are the same; upper and lower case are not.",
    ),
    line(
        "!=",
        Operand::Facts(SINGLE),
        "FACT != VALUE",
        "Whether both differ; what is unknown does not.",
    ),
    line(
        "<",
        Operand::FactsButVersions(ORDERED),
        "FACT < VALUE",
        "Whether it is smaller, or comes before in the alphabet.",
    ),
    line(
        "<=",
        Operand::FactsButVersions(ORDERED),
        "FACT <= VALUE",
        "Whether it is smaller or the same.",
    ),
    line(
        ">",
        Operand::FactsButVersions(ORDERED),
        "FACT > VALUE",
        "Whether it is greater, or comes later in the alphabet.",
    ),
    line(
        ">=",
        Operand::FactsButVersions(ORDERED),
        "FACT >= VALUE",
        "Whether it is greater or the same.",
    ),
    line(
        "in",
        Operand::Facts(ORDERED),
        "FACT in [VALUE]",
        "Whether it is one of a list.",
    ),
    line(
        "in",
        Operand::Facts(&[FactType::Tags]),
        "VALUE in FACT",
        "Whether the tag is among the tags; upper and lower case are the same.",
    ),
    line(
        "startsWith()",
        Operand::Facts(TEXTS),
        "FACT.startsWith(VALUE)",
        "Whether it begins with that.",
    ),
    line(
        "endsWith()",
        Operand::Facts(TEXTS),
        "FACT.endsWith(VALUE)",
        "Whether it ends with that.",
    ),
    line(
        "contains()",
        Operand::Facts(TEXTS),
        "FACT.contains(VALUE)",
        "Whether that is somewhere in it.",
    ),
    line(
        "matches()",
        Operand::Facts(TEXTS),
        "FACT.matches(VALUE)",
        "Whether a regular expression is found somewhere in it; ^ and $ are its ends.",
    ),
    line(
        "size()",
        Operand::Facts(SIZED),
        "size(FACT) > 0",
        "How many characters it has, or how many tags there are.",
    ),
    line(
        "version()",
        Operand::Versions,
        "version(FACT) >= version(VALUE)",
        "Compares versions by their numbers, with ==, !=, <, <=, > and >=.",
    ),
    line(
        "has()",
        Operand::Facts(ALL),
        "has(FACT)",
        "Whether it is known.",
    ),
    line(
        "&&",
        Operand::Conditions,
        "CONDITION && CONDITION",
        "Whether both hold.",
    ),
    line(
        "||",
        Operand::Conditions,
        "CONDITION || CONDITION",
        "Whether one of both holds.",
    ),
    line(
        "!",
        Operand::Conditions,
        "!(CONDITION)",
        "Whether it does not hold; what is unknown stays unknown.",
    ),
    line(
        "?:",
        Operand::Conditions,
        "CONDITION ? CONDITION : CONDITION",
        "The second where the first holds, else the third.",
    ),
];

impl Operation {
    /// Whether it is for a fact.
    pub fn is_for(&self, line: &FactDescription) -> bool {
        match self.operand {
            Operand::Facts(types) => types.contains(&line.fact_type),
            Operand::FactsButVersions(types) => {
                types.contains(&line.fact_type) && !line.fact.is_version()
            }
            Operand::Versions => line.fact.is_version(),
            Operand::Conditions => false,
        }
    }

    /// Whether it joins conditions.
    pub fn is_connective(&self) -> bool {
        self.operand == Operand::Conditions
    }

    /// As it is written about conditions.
    pub fn of_conditions(&self) -> String {
        self.form.replace("CONDITION", "has(inventory.osName)")
    }

    /// As it is written about a fact, with a value that it can have.
    pub fn about(&self, line: &FactDescription) -> String {
        let form = self.form.replace("FACT", line.path);
        form.replace("VALUE", line.example)
    }
}

impl FactDescription {
    /// What can be done with it.
    pub fn operations(&self) -> impl Iterator<Item = &'static Operation> {
        OPERATIONS.iter().filter(|operation| operation.is_for(self))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FilterExpression, SCHEMA};
    use super::*;

    #[test]
    fn what_the_table_offers_compiles() {
        for line in SCHEMA {
            for operation in line.operations() {
                let written = operation.about(&line);
                assert!(FilterExpression::new(&written).is_ok(), "{written}");
            }
        }
        for operation in OPERATIONS.iter().filter(|line| line.is_connective()) {
            let written = operation.of_conditions();
            assert!(FilterExpression::new(&written).is_ok(), "{written}");
        }
    }

    /// But that truths have an order, and any text may be read as a version: nobody needs to be offered either.
    #[test]
    fn what_the_table_does_not_offer_is_refused() {
        for line in SCHEMA {
            for operation in OPERATIONS {
                let is_odd = match operation.operand {
                    Operand::FactsButVersions(_) => line.fact_type == FactType::Truth,
                    Operand::Versions => line.fact_type == FactType::Text,
                    Operand::Conditions => true,
                    Operand::Facts(_) => false,
                };
                if !operation.is_for(&line) && !is_odd {
                    let written = operation.about(&line);
                    assert!(FilterExpression::new(&written).is_err(), "{written}");
                }
            }
        }
    }

    #[test]
    fn every_example_is_a_value_that_its_fact_can_have() {
        for line in SCHEMA {
            let is_possible = |value: &str| format!("{value:?}") == line.example;
            assert!(line.values.is_empty() || line.values.iter().any(|value| is_possible(value)));
        }
    }
}
