//! A metascript goes on where it was, and does nothing twice.

use crate::play::{Host, finished, inputs, journal_of, once, program, standing, with_shared};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use upkeep_metascript::{
    Answer, Inputs, Journal, Limits, Outcome, Program, Refusal, Requested, run,
};

const STEPS: &str = r#"
local function step(n)
    return invoke_command{ script = "step " .. n, interpreter = "sh", parameters = { began = now(), chance = random() } }.output
end
local done = {}
for n = 1, 6 do
    done[n] = step(n)
    log("finished", n)
    progress(n / 6, "step " .. n)
end
return done
"#;

#[test]
fn killed_before_and_after_any_call_it_sends_each_command_once_and_ends_the_same() {
    let program = program(STEPS);
    let mut undisturbed = Host::default();
    let whole = undisturbed.finish(&program, &mut journal_of(&program));
    assert_eq!(undisturbed.sent.len(), 18);
    for killed in 0..undisturbed.sent.len() {
        for asked in [false, true] {
            let mut host = Host::default();
            let mut journal = journal_of(&program);
            for _ in 0..killed {
                let Outcome::Suspended { call } = once(&program, &journal).outcome else {
                    panic!("it ended early");
                };
                journal.request(&call).unwrap();
                let answer = host.carry_out(&call);
                journal.answer(call.number, answer).unwrap();
            }
            if asked {
                // Written down and sent; the answer was on its way when the server died.
                let Outcome::Suspended { call } = once(&program, &journal).outcome else {
                    panic!("it ended early");
                };
                assert_eq!(journal.request(&call), Ok(Requested::Now));
                let answer = host.carry_out(&call);
                let mut journal_after: Journal = reread(&journal);
                let Outcome::Suspended { call: again } = once(&program, &journal_after).outcome
                else {
                    panic!("it went on without the answer");
                };
                assert_eq!(again, call);
                assert_eq!(journal_after.request(&again), Ok(Requested::Before));
                journal_after.answer(again.number, answer).unwrap();
                journal = journal_after;
            }
            let mut journal = reread(&journal);
            let end = host.finish(&program, &mut journal);
            assert_eq!(end, whole, "killed at {killed}, {asked}");
            assert_eq!(host.sent, undisturbed.sent, "killed at {killed}, {asked}");
        }
    }
}

fn reread(journal: &Journal) -> Journal {
    serde_json::from_str(&serde_json::to_string(journal).unwrap()).unwrap()
}

#[test]
fn a_later_run_says_the_same_and_then_more() {
    let program = program(STEPS);
    let mut host = Host::default();
    let mut journal = journal_of(&program);
    let mut before = once(&program, &journal);
    while let Outcome::Suspended { call } = before.outcome.clone() {
        journal.request(&call).unwrap();
        journal.answer(call.number, host.carry_out(&call)).unwrap();
        let after = once(&program, &journal);
        assert_eq!(after.log[..before.log.len()], before.log[..]);
        assert!(after.steps > before.steps);
        before = after;
    }
    assert_eq!(before.log.len(), 6);
    assert_eq!(before.log[0].text, "finished 1");
    assert_eq!(before.log[0].after_calls, 3);
    assert_eq!(before.progress.unwrap().text, "step 6");
}

#[test]
fn a_changed_script_and_changed_inputs_are_refused() {
    let first = program("invoke_command{script = 'step 1', interpreter = 'sh'}");
    let journal = journal_of(&first);
    let refusal = |program: &Program, inputs: &Inputs| match run(
        program,
        inputs,
        &journal,
        &Limits::default(),
        standing(),
    )
    .outcome
    {
        Outcome::Refused { refusal } => refusal,
        other => panic!("{other:?}"),
    };
    let other = program("invoke_command{script = 'other 1', interpreter = 'sh'}");
    assert_eq!(refusal(&other, &inputs()), Refusal::AnotherScript);
    let shared = with_shared(
        "invoke_command{script = 'step 1', interpreter = 'sh'}",
        &[("a", "")],
    );
    assert_eq!(refusal(&shared, &inputs()), Refusal::AnotherScript);
    let more = Inputs::new(
        BTreeMap::from([("edition".into(), json!("home"))]),
        [].into(),
    )
    .unwrap();
    assert_eq!(refusal(&first, &more), Refusal::OtherInputs);
}

/// As a journal would look whose script was changed behind the pins, or played by an engine that does otherwise.
fn journal_with(program: &Program, calls: &[(&str, Answer)]) -> Journal {
    let mut journal = journal_of(program);
    for (number, (script, answer)) in calls.iter().enumerate() {
        let mut call = crate::play::first_call(script);
        call.number = number;
        journal.request(&call).unwrap();
        journal.answer(number, answer.clone()).unwrap();
    }
    journal
}

#[test]
fn another_call_is_refused_with_what_it_was_and_what_it_is() {
    let script =
        program("pcall(invoke_command, {script = 'other 1', interpreter = 'sh'}) return 'went on'");
    let was = "invoke_command{script = 'step 1', interpreter = 'sh'}";
    let journal = journal_with(&script, &[(was, Answer::failed("away"))]);
    let Outcome::Refused { refusal } = once(&script, &journal).outcome else {
        panic!("it was played");
    };
    let said = "call 0 was invoke_command sh: step 1, and is now invoke_command sh: other 1: \
                the script does not do again what it did";
    assert_eq!(refusal.to_string(), said);
}

#[test]
fn fewer_calls_and_answers_of_another_kind_are_refused() {
    let quiet = program("return 1");
    let journal = journal_with(&quiet, &[("now()", Answer::Moment(1))]);
    let refused = once(&quiet, &journal).outcome;
    assert!(
        matches!(
            refused,
            Outcome::Refused {
                refusal: Refusal::FewerCalls { number: 0, .. }
            }
        ),
        "{refused:?}"
    );

    let asking = program("return now()");
    let journal = journal_with(&asking, &[("now()", Answer::Chance(1))]);
    let refused = once(&asking, &journal).outcome;
    assert!(
        matches!(
            refused,
            Outcome::Refused {
                refusal: Refusal::AnotherAnswer { number: 0, .. }
            }
        ),
        "{refused:?}"
    );
}

#[test]
fn a_wait_cannot_be_caught() {
    for script in [
        "pcall(now) log('went on') return 1",
        "xpcall(now, function() log('handled') end) log('went on') return 1",
        "coroutine.resume(coroutine.create(now)) log('went on')",
        "pcall(function() coroutine.wrap(now)() end) invoke_command{script = 'x', interpreter = 'sh'}",
        "local ok = pcall(now) if not ok then pcall(random) end",
        "table.sort({3, 2, 1}, function() pcall(now) return false end) return 1",
        "string.gsub('abc', '.', function() pcall(now) end) return 1",
        "local t = setmetatable({}, {__index = function() pcall(now) return 1 end}) log(t.x)",
    ] {
        let run = crate::play::alone(script);
        let Outcome::Suspended { call } = &run.outcome else {
            panic!("{script}: {:?}", run.outcome);
        };
        assert_eq!((call.number, call.summary.as_str()), (0, "now"), "{script}");
        assert!(run.log.is_empty(), "{script}");
        // Answered, all of them go on.
        let program = program(script);
        let end = Host::default()
            .finish(&program, &mut journal_of(&program))
            .outcome;
        assert!(
            matches!(end, Outcome::Completed { .. }),
            "{script}: {end:?}"
        );
    }
}

#[test]
fn a_failed_call_is_an_error_that_the_script_may_catch() {
    let script = "local ok, why = pcall(invoke_command, {script = 'x', interpreter = 'sh'}) return {ok, why}";
    let script = program(script);
    let call = "invoke_command{script = 'x', interpreter = 'sh'}";
    let journal = journal_with(
        &script,
        &[(call, Answer::failed("the computer was retired"))],
    );
    let Outcome::Completed { value } = once(&script, &journal).outcome else {
        panic!("it did not end");
    };
    assert_eq!(value[0], json!(false));
    assert!(
        value[1]
            .as_str()
            .unwrap()
            .ends_with("the computer was retired"),
        "{value}"
    );
}

#[test]
fn calls_of_coroutines_are_in_the_order_in_which_they_are_made() {
    let value = finished(
        "local function worker(n) return coroutine.wrap(function() for m = 1, 2 do coroutine.yield(invoke_command{script = n .. m, interpreter = 'sh'}.output) end end) end
         local a, b = worker('a'), worker('b')
         return {a(), b(), a(), b()}",
    );
    assert_eq!(
        value,
        json!(["did a1\n", "did b1\n", "did a2\n", "did b2\n"])
    );
}

#[test]
fn secrets_are_names_in_all_that_is_kept() {
    let script = program(
        "local key = get_secret('licence_key')
         log('the key is', key)
         pcall(error, key)
         invoke_command{script = 'activate', interpreter = 'powershell', parameters = {key = key}}
         http{url = 'https://api.example.com/', headers = {authorization = 'Bearer ' .. get_secret('api_token')}, body = 'k=' .. key}
         error('cannot use ' .. tostring(key))",
    );
    let secrets: upkeep_metascript::Secrets =
        [("licence_key", "AAAA-BBBB"), ("api_token", "t0ken-t0ken")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
    let mut journal = journal_of(&script);
    let mut kept = String::new();
    let mut revealed = 0;
    loop {
        let run = once(&script, &journal);
        writeln!(kept, "{run:?}").unwrap();
        let Outcome::Suspended { call } = &run.outcome else {
            break;
        };
        kept += &serde_json::to_string(call).unwrap();
        journal.request(call).unwrap();
        // Who carries it out knows the values, and what it does with them comes back in its output.
        let answer = match &call.call {
            upkeep_metascript::Call::InvokeCommand(command) => {
                let upkeep_metascript::Argument::Text(text) = &command.parameters["key"] else {
                    panic!("no text");
                };
                let value = secrets.reveal(text).unwrap();
                revealed += usize::from(value == "AAAA-BBBB");
                let end = upkeep_metascript::CommandEnd::new(
                    Some(1),
                    &value,
                    &format!("bad key {value}"),
                );
                Answer::Command(end)
            }
            upkeep_metascript::Call::Http(request) => {
                let header = secrets.reveal(&request.headers["authorization"]).unwrap();
                revealed += usize::from(header == "Bearer t0ken-t0ken");
                revealed += usize::from(secrets.reveal(&request.body).unwrap() == "k=AAAA-BBBB");
                Answer::failed(&format!("could not send {header}"))
            }
            other => panic!("{other}"),
        };
        journal.answer(call.number, secrets.mask(answer)).unwrap();
        kept += &serde_json::to_string(&journal).unwrap();
    }
    assert_eq!(revealed, 3);
    assert!(kept.contains("Bearer "), "{kept}");
    for value in ["AAAA", "BBBB", "t0ken"] {
        assert!(!kept.contains(value), "{value} in {kept}");
    }
}
