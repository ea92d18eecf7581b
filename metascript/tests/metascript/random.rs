//! Random scripts of calls: whatever was answered before a crash, the same calls follow and the same comes of it.

use crate::play::{Host, journal_of, once, program};
use proptest::prelude::*;
use upkeep_metascript::{Outcome, Requested};

/// A statement, or a few around others.
fn statement() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..5_u8).prop_map(|n| format!(
            "keep(invoke_command{{script = 'do {n} ' .. #kept, interpreter = 'sh'}}.output)"
        )),
        Just("keep(now())".to_owned()),
        Just("keep(random())".to_owned()),
        Just("keep(get_computer().name)".to_owned()),
        Just("keep(http{url = 'https://a.example/' .. #kept}.status)".to_owned()),
        Just("log('at', #kept)".to_owned()),
        Just("progress(0.5, 'kept ' .. #kept)".to_owned()),
        Just("for key, value in pairs({z = 1, a = 2, [3] = 3}) do keep(key) end".to_owned()),
        Just("keep(tostring(pcall(error, 'wrong')))".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let block = prop::collection::vec(inner, 1..4).prop_map(|lines| lines.join("\n"));
        prop_oneof![
            (1..4_u8, block.clone())
                .prop_map(|(n, block)| format!("for n = 1, {n} do {block} end")),
            block
                .clone()
                .prop_map(|block| format!("pcall(function() {block} end)")),
            block
                .clone()
                .prop_map(|block| format!("pcall(function() {block} error('on purpose') end)")),
            block
                .clone()
                .prop_map(|block| format!("coroutine.wrap(function() {block} end)()")),
            block
                .clone()
                .prop_map(|block| format!("if random() < 0.5 then {block} end")),
            block.prop_map(|block| format!(
                "table.sort({{2, 1}}, function(a, b) {block} return a < b end)"
            )),
        ]
    })
}

fn script() -> impl Strategy<Value = String> {
    prop::collection::vec(statement(), 0..6).prop_map(|lines| {
        format!(
            "local kept = {{}}\nlocal function keep(value) kept[#kept + 1] = tostring(value) end\n{}\nreturn json.array(kept)",
            lines.join("\n")
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_replay_at_any_prefix_makes_the_same_calls_and_has_the_same_result(
        text in script(),
        crashes in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let program = program(&text);
        let mut undisturbed = Host::default();
        let mut journal = journal_of(&program);
        let whole = undisturbed.finish(&program, &mut journal);
        // As it ended, it ends again: nothing is asked for.
        prop_assert_eq!(&once(&program, &journal), &whole);
        for crash in crashes {
            let answered = crash.index(undisturbed.sent.len() + 1);
            let mut prefix = journal_of(&program);
            for (call, entry) in undisturbed.sent.iter().zip(journal.entries()).take(answered) {
                prop_assert_eq!(prefix.request(call), Ok(Requested::Now));
                prefix.answer(call.number, entry.answer.clone().unwrap()).unwrap();
            }
            let run = once(&program, &prefix);
            if let Some(call) = undisturbed.sent.get(answered) {
                prop_assert_eq!(run.outcome, Outcome::Suspended { call: call.clone() });
            } else {
                prop_assert_eq!(&run, &whole);
            }
        }
    }
}
