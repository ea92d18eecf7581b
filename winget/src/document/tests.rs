use super::{Node, read};
use crate::limits::{MAX_DOCUMENT_DEPTH, MAX_DOCUMENT_NODES};
use crate::refusal::Why;
use proptest::prelude::*;

fn why(text: &str) -> (String, Why) {
    let refusal = read("a.yaml", text).unwrap_err();
    assert_eq!(refusal.file, "a.yaml");
    (refusal.key, refusal.why)
}

fn value(text: &str) -> Node {
    match read("a.yaml", text).unwrap() {
        Node::Map(mut pairs) => pairs.remove(0).value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_text_stays_what_it_is() {
    for text in [
        "2024.10",
        "2024-06-29",
        "20230530100424",
        "0x80070005",
        "true",
        "no",
        "1e3",
        "1_000",
        "\"null\"",
    ] {
        assert_eq!(
            value(&format!("Version: {text}")),
            Node::Text(text.trim_matches('"').into())
        );
    }
    assert_eq!(
        value("Version: '7.1 #13' # a comment"),
        Node::Text("7.1 #13".into())
    );
    assert_eq!(value("Version: 0.50a # null"), Node::Text("0.50a".into()));
    for nothing in ["", "~", "null", "# a comment"] {
        assert_eq!(value(&format!("Version: {nothing}\nOther: x")), Node::Null);
    }
    assert_eq!(value("Commands: []"), Node::List(vec![]));
}

#[test]
fn a_key_that_is_there_twice_is_refused_with_both_lines() {
    let twice = Why::DuplicateKey {
        first: 2,
        second: 4,
    };
    assert_eq!(why("A: 1\nB: 2\nC: 3\nB: 4\n"), ("B".into(), twice.clone()));
    assert_eq!(why("A: 1\nB: 2\nC: 3\nb: 4\n").1, twice);
    let (key, _) = why("Installers:\n- A: 1\n- A: 1\n  B: 1\n  a: 2\n");
    assert_eq!(key, "Installers[1].a");
}

#[test]
fn nothing_grows() {
    assert_eq!(why("A: &a [x, x]\nB: [*a, *a]\n").1, Why::Alias(2));
    let deep = format!(
        "A: {}x{}",
        "[".repeat(MAX_DOCUMENT_DEPTH),
        "]".repeat(MAX_DOCUMENT_DEPTH)
    );
    assert_eq!(why(&deep).1, Why::TooDeep(1));
    let just = format!(
        "A: {}x{}",
        "[".repeat(MAX_DOCUMENT_DEPTH - 1),
        "]".repeat(MAX_DOCUMENT_DEPTH - 1)
    );
    assert!(read("a.yaml", &just).is_ok());
    let many = format!("A: [{}x]", "x,".repeat(MAX_DOCUMENT_NODES));
    assert_eq!(why(&many).1, Why::TooManyNodes);
    assert_eq!(why(&"- ".repeat(1_000_000)).1, Why::TooDeep(1));
}

#[test]
fn what_is_no_document_is_refused() {
    assert_eq!(why("").1, Why::Empty);
    assert_eq!(why("# only a comment\n").1, Why::Empty);
    assert_eq!(why("A: 1\n---\nB: 2\n").1, Why::SeveralDocuments);
    assert_eq!(why("[a, b]: 1\n").1, Why::KeyShape(1));
    assert!(matches!(why("A: 1\n  B: [\n").1, Why::Syntax { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn no_text_makes_it_fall(text in "([-A-Za-z0-9: \\[\\]{}&*!|>'\"%@#,?~\n\t]|\u{e9}){0,60}") {
        let _ = read("a.yaml", &text);
    }
}
