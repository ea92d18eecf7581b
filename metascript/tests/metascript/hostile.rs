//! Scripts that want too much, on purpose or not. Each of them ends, soon, and says which limit it was.

use crate::play::{alone, failure, journal_of, limited, once, program, timed};
use proptest::prelude::*;
use std::time::Duration;
use upkeep_metascript::{Answer, Journal, Limit, Limits, Outcome, Program, Refusal};

fn exhausted(script: &str) -> Limit {
    let run = alone(script);
    let Outcome::Exhausted { limit } = run.outcome else {
        panic!("{script}: {:?}", run.outcome);
    };
    limit
}

#[test]
fn a_loop_without_end_is_stopped() {
    for script in [
        "while true do end",
        "repeat until false",
        "for n = 1, math.huge do end",
        "local f = coroutine.wrap(function() while true do end end) f()",
        "while true do coroutine.wrap(function() coroutine.yield() end)() end",
    ] {
        assert_eq!(exhausted(script), Limit::Steps, "{script}");
    }
}

#[test]
fn a_loop_that_catches_everything_is_stopped() {
    for script in [
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "local function again() pcall(function() while true do end end) return again() end again()",
    ] {
        assert_eq!(exhausted(script), Limit::Steps, "{script}");
    }
}

#[test]
fn a_script_that_calls_itself_without_end_is_stopped() {
    let error = failure("local function f() return f() end f()");
    assert_eq!(error.message, "stack overflow");
    // Deep stacks are slow to fall: the clock may be first.
    let limits = Limits {
        time: Duration::from_millis(500),
        ..Limits::default()
    };
    for script in [
        "local function f() pcall(f) f() end while true do pcall(f) end",
        "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
    ] {
        let outcome = timed(script, limits).outcome;
        let is_stopped = matches!(
            outcome,
            Outcome::Exhausted {
                limit: Limit::Steps | Limit::Time
            }
        );
        assert!(is_stopped, "{script}: {outcome:?}");
    }
}

#[test]
fn work_within_one_function_of_luau_is_stopped() {
    for script in [
        // Backtracking without end.
        "return string.rep('a', 40):match(string.rep('a?', 40) .. string.rep('a', 40))",
        "return string.rep('a', 5000):find(string.rep('.-', 20) .. 'b')",
        // A comparison that never is content.
        "table.sort(table.create(100, 1), function() while true do end end)",
        "string.gsub('x', '.', function() while true do end end)",
        "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    ] {
        assert_eq!(exhausted(script), Limit::Steps, "{script}");
    }
}

#[test]
fn searches_that_have_no_step_within_are_bounded() {
    // Without a bound on what is looked for, each of these would compare 10^12 bytes without one step.
    let long = "local all, part = string.rep('a', 2000000), string.rep('a', 1000000) .. 'b' ";
    for search in [
        "string.find(all, part, 1, true)",
        "string.find(all, part)",
        "string.split(all, part)",
        "all:match(part)",
        "all:gsub(part, '')",
        "all:gmatch(part)()",
    ] {
        let error = failure(&format!("{long} return {search}"));
        assert!(
            error.message.contains("a pattern has at most"),
            "{search}: {error}"
        );
    }
    let error = failure("return table.move({}, 1, 2000000000, 2)");
    assert!(error.message.contains("moved at once"), "{error}");
}

#[test]
fn memory_is_bounded_in_all() {
    for script in [
        "local t = {} while true do t = {t, t, {}, {}} end",
        "local t = {} for n = 1, 1e9 do t[n] = string.rep('x', 1000) .. n end",
        "local t = {} for n = 1, 1e9 do t['key' .. n] = string.rep('x', 100000) .. n end",
        "local s = 'x' while true do s = s .. s end",
        "return string.rep('x', 1e9)",
        "return table.create(2e6, 1)",
        "return table.concat(table.create(1e5, string.rep('x', 1e5)))",
        "return ('x'):rep(1e6):gsub('.', string.rep('y', 1e5))",
    ] {
        assert_eq!(exhausted(script), Limit::Memory, "{script}");
    }
}

#[test]
fn memory_that_ran_out_ends_the_run_though_the_script_catches_it() {
    for script in [
        "pcall(string.rep, 'x', 1e9) return 'went on'",
        "xpcall(string.rep, function() return 'caught' end, 'x', 1e9) return 'went on'",
        "coroutine.resume(coroutine.create(function() return string.rep('x', 1e9) end)) return 'went on'",
        "local t, s = {}, '[' .. string.rep('1,', 50000) .. '1]' for n = 1, 1000 do local ok, list = pcall(json.decode, s) t[n] = list end return 'went on'",
        "local t, s = {}, '[' .. string.rep('1,', 50000) .. '1]' for n = 1, 1000 do local ok, list = pcall(json.decode, s) t[n] = list end return 'went on'",
        "pcall(coroutine.wrap(function() return string.rep('x', 1e9) end)) return 'went on'",
        "pcall(string.rep, 'x', 1e9) invoke_command{script = 'rm -r /', interpreter = 'sh'}",
    ] {
        assert_eq!(exhausted(script), Limit::Memory, "{script}");
    }
}

#[test]
fn what_the_host_holds_for_a_script_is_bounded_too() {
    for script in [
        "local t = {} for n = 1, 1e7 do t[n] = version('1.' .. n) end",
        "local t = {} for n = 1, 1e7 do t[n] = get_secret('api_token') end",
        "local t, s = {}, get_secret('api_token') .. string.rep('x', 60000) for n = 1, 1e7 do t[n] = s .. n end",
    ] {
        assert_eq!(exhausted(script), Limit::Memory, "{script}");
    }
}

#[test]
fn a_log_is_bounded() {
    assert_eq!(
        exhausted("while true do pcall(log, string.rep('x', 100)) end"),
        Limit::Log
    );
    assert_eq!(exhausted("while true do log() end"), Limit::Log);
    assert_eq!(exhausted("log(string.rep('x', 1e6))"), Limit::Log);
}

#[test]
fn time_that_is_computed_is_bounded() {
    let limits = Limits {
        time: Duration::from_millis(50),
        steps: u64::MAX,
        ..Limits::default()
    };
    let run = timed(
        "while true do pcall(function() while true do end end) end",
        limits,
    );
    assert_eq!(run.outcome, Outcome::Exhausted { limit: Limit::Time });
}

#[test]
fn regular_expressions_are_linear_and_bounded() {
    // Backtracking would take longer than anybody waits.
    let slow = "return re.match(string.rep('a', 100000), '^(a+)+$') and not re.match(string.rep('a', 100000), '(a|aa)+b')";
    assert_eq!(crate::play::value(slow), serde_json::json!(true));
    for (expression, why) in [
        (
            "re.match('a', '(a{1000}){1000}')",
            "the regular expression is wrong",
        ),
        (
            "re.match('a', string.rep('(', 1000))",
            "the regular expression is wrong",
        ),
        ("re.match('a', string.rep('a', 2000))", "at most"),
        ("re.match(string.rep('a', 1e6), 'a')", "take a part"),
        (
            "re.match('a', '\\\\1(a)')",
            "the regular expression is wrong",
        ),
    ] {
        let error = failure(&format!("return {expression}"));
        assert!(error.message.contains(why), "{expression}: {error}");
    }
    assert_eq!(
        exhausted("while true do re.match(string.rep('a', 1e5), '(a?){100}b') end"),
        Limit::Steps
    );
}

#[test]
fn json_is_bounded() {
    for expression in [
        "local t = {} t.t = t return json.encode(t)",
        "local t = {} for n = 1, 100 do t = {t, t} end return json.encode(t)",
        "local t = {} for n = 1, 50 do t = {x = t} end return json.encode(t)",
        "return json.encode(string.rep('x', 1e6))",
        "return json.decode(string.rep('[', 1e5))",
        "return json.decode(string.rep(' ', 1e6))",
        "return json.encode(0/0)",
        "return json.encode(print)",
        "return json.encode({1, 2, x = 3})",
        "return json.encode({[true] = 1})",
        "return json.encode('\\xff')",
    ] {
        failure(expression);
    }
    // What is returned is JSON too.
    let error = failure("local t = {} t.t = t return t");
    assert!(
        error.message.contains("what the script returns is no JSON"),
        "{error}"
    );
}

#[test]
fn an_exhausted_script_reaches_no_computer() {
    let limits = Limits {
        steps: 100_000,
        ..Limits::default()
    };
    for then in [
        "invoke_command{script = 'rm -r /', interpreter = 'sh'}",
        "pcall(invoke_command, {script = 'rm -r /', interpreter = 'sh'})",
        "log('went on')",
        "return 1",
    ] {
        let run = limited(
            &format!("pcall(function() while true do end end) {then}"),
            limits,
        );
        assert_eq!(
            run.outcome,
            Outcome::Exhausted {
                limit: Limit::Steps
            },
            "{then}"
        );
        assert!(run.log.is_empty());
    }
}

#[test]
fn the_same_script_is_stopped_at_the_same_step() {
    let script = "local n = 0 while true do n += 1 if n % 10000 == 0 then log(n) end end";
    let limits = Limits {
        steps: 1_000_000,
        ..Limits::default()
    };
    let first = limited(script, limits);
    assert!(first.log.len() > 10);
    assert_eq!(limited(script, limits), first);
}

#[test]
fn calls_are_bounded() {
    let script = program("while true do pcall(now) end");
    let mut journal = journal_of(&script);
    let limit = loop {
        match once(&script, &journal).outcome {
            Outcome::Suspended { call } => {
                journal.request(&call).unwrap();
                journal.answer(call.number, Answer::Moment(0)).unwrap();
            }
            Outcome::Exhausted { limit } => break limit,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(limit, Limit::Calls);
    assert_eq!(journal.entries().len(), upkeep_metascript::MAX_CALLS);
}

#[test]
fn a_journal_longer_than_it_may_be_is_refused() {
    let script = program("while true do now() end");
    let mut written = serde_json::to_value(journal_of(&script)).unwrap();
    let entry =
        serde_json::json!({"key": "00".repeat(32), "summary": "now", "answer": {"moment": 1}});
    written["entries"] = vec![entry; upkeep_metascript::MAX_CALLS + 1].into();
    let journal: Journal = serde_json::from_value(written).unwrap();
    let refused = Outcome::Refused {
        refusal: Refusal::Journal,
    };
    assert_eq!(once(&script, &journal).outcome, refused);
}

#[test]
fn text_that_is_no_script_is_a_mistake_with_its_place() {
    let error = failure("local a = 1\nlocal b = = 2");
    assert_eq!(error.place.unwrap().line, 2);
    for nested in [
        "(",
        "{",
        "f(",
        "not ",
        "- ",
        "function() ",
        "if x then ",
        "{{",
    ] {
        let text = format!("return {}", nested.repeat(50_000 / nested.len()));
        failure(&text);
    }
    failure("return function(");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_brings_the_engine_down(text in "\\PC{0,200}|[ -~\n]{0,300}") {
        let program = Program::of(text).unwrap();
        let _ = once(&program, &journal_of(&program));
    }

    /// Words of the language in any order come further than letters do.
    #[test]
    fn no_words_of_the_language_do(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..60)) {
        let program = Program::of(words.join(" ")).unwrap();
        let limits = Limits { steps: 100_000, ..Limits::default() };
        let _ = upkeep_metascript::run(&program, &crate::play::inputs(), &journal_of(&program), &limits, crate::play::standing());
    }

    #[test]
    fn no_bytes_within_a_string_do(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let escaped = bytes.iter().fold(String::new(), |escaped, byte| escaped + &format!("\\x{byte:02x}"));
        for call in ["log", "json.decode", "re.match('a', ", "version", "get_parameter", "use", "progress(0, ", "error"] {
            let open = if call.contains('(') { "" } else { "(" };
            let program = Program::of(format!("{call}{open}\"{escaped}\")")).unwrap();
            let _ = once(&program, &journal_of(&program));
        }
    }
}

const WORDS: [&str; 58] = [
    "local",
    "a",
    "b",
    "=",
    "1",
    "'x'",
    "{",
    "}",
    "(",
    ")",
    "function",
    "end",
    "if",
    "then",
    "else",
    "while",
    "do",
    "for",
    "in",
    "pairs",
    "return",
    "not",
    "and",
    "or",
    "..",
    "+",
    "<",
    ",",
    ";",
    ".",
    ":",
    "#",
    "[",
    "]",
    "nil",
    "true",
    "pcall",
    "error",
    "log",
    "now",
    "version",
    "json",
    "encode",
    "string",
    "rep",
    "coroutine",
    "wrap",
    "yield",
    "setmetatable",
    "`{a}`",
    "invoke_command",
    "http",
    "get_secret",
    "use",
    "repeat",
    "until",
    "continue",
    "tostring",
];
