//! What each function does, and what a mistake says.

use crate::play::{
    Host, alone, failure, finished, first_call, journal_of, once, program, value, with_shared,
};
use serde_json::json;
use upkeep_metascript::{Argument, Call, Method, Outcome, Place};

#[test]
fn a_command_says_all_that_it_takes() {
    let call = first_call(
        "invoke_command{script = 'echo $1', interpreter = 'bash', timeout = 60,
            parameters = {name = 'x', list = {1, 2}, none = json.null, key = get_secret('licence_key')}}",
    );
    let Call::InvokeCommand(command) = call.call else {
        panic!("another call");
    };
    assert_eq!(command.script.text, "echo $1");
    assert_eq!(command.script.timeout.seconds(), 60);
    assert_eq!(command.parameters["list"], Argument::Value(json!([1, 2])));
    assert_eq!(command.parameters["none"], Argument::Value(json!(null)));
    let Argument::Text(key) = &command.parameters["key"] else {
        panic!("no secret");
    };
    assert_eq!(key.to_string(), "[secret licence_key]");
}

#[test]
fn a_request_says_all_that_it_takes() {
    let call = first_call(
        "http{url = 'https://API.example.com/v1?q=a b', method = 'POST', headers = {['X-Key'] = 'a'}, body = {b = 1, a = {}}}",
    );
    let Call::Http(request) = call.call else {
        panic!("another call");
    };
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.url, "https://api.example.com/v1?q=a%20b");
    assert_eq!(request.body.to_string(), r#"{"a":{},"b":1}"#);
    assert_eq!(
        request.headers["content-type"].to_string(),
        "application/json"
    );
    assert_eq!(request.headers["x-key"].to_string(), "a");
}

#[test]
fn wrong_arguments_say_what_is_wrong() {
    for (script, why) in [
        ("invoke_command()", "wants a table"),
        ("invoke_command('x')", "wants a table"),
        ("invoke_command{interpreter = 'sh'}", "script is missing"),
        ("invoke_command{script = 'x'}", "interpreter is missing"),
        (
            "invoke_command{script = 'x', interpreter = 'perl'}",
            "there is no interpreter perl",
        ),
        (
            "invoke_command{script = '', interpreter = 'sh'}",
            "the script is empty",
        ),
        (
            "invoke_command{script = 'x', interpreter = 'sh', timeout = 0}",
            "is not possible",
        ),
        (
            "invoke_command{script = 'x', interpreter = 'sh', timeout = 1.5}",
            "whole number",
        ),
        (
            "invoke_command{script = 'x', interpreter = 'sh', timeuot = 1}",
            "no argument timeuot",
        ),
        (
            "invoke_command{script = get_secret('api_token'), interpreter = 'sh'}",
            "cannot hold a secret",
        ),
        (
            "invoke_command{script = 'x', interpreter = 'sh', parameters = {f = print}}",
            "is no JSON",
        ),
        ("http{url = 'nonsense'}", "is no address"),
        ("http{url = 'https://u:p@a.example/'}", "with a secret"),
        (
            "http{url = 'https://a.example/', method = 'get'}",
            "no method get",
        ),
        (
            "http{url = 'https://a.example/', headers = {Host = 'b'}}",
            "set by whoever sends",
        ),
        (
            "http{url = 'https://a.example/', headers = {a = 'b\\r\\nc: d'}}",
            "would end it",
        ),
        (
            "http{url = 'https://a.example/', headers = {a = {}}}",
            "is a text",
        ),
        ("get_parameter('other')", "no parameter other"),
        ("get_parameter()", "wants a name"),
        ("get_secret('other')", "no secret other"),
        ("version('x')", "not in the shape of a version"),
        ("version(1.10)", "made of a text"),
        ("progress(2)", "from 0 to 1"),
        ("progress(0/0)", "from 0 to 1"),
        ("local a = version('1') < 2", "attempt to compare"),
        (
            "local a = get_secret('api_token') .. {}",
            "texts and numbers only",
        ),
        ("json.decode('{')", "is no JSON"),
        ("use 'other'", "no shared function other"),
        (
            "for k in pairs({[{}] = 1}) do end",
            "no order that is the same each time",
        ),
        (
            "for k in pairs(nil) do end",
            "pairs wants a table, and got a nil",
        ),
    ] {
        let error = failure(script);
        assert!(error.message.contains(why), "{script}: {error}");
        assert_eq!(
            error.place,
            Some(Place {
                chunk: "metascript".into(),
                line: 1
            }),
            "{script}: {error}"
        );
    }
}

#[test]
fn a_mistake_has_its_line_and_who_called_whom() {
    let error = failure(
        "local function inner(t)\n  return t.version.major\nend\nlocal function outer()\n  return inner({})\nend\nreturn outer()\n",
    );
    assert_eq!(
        error.place,
        Some(Place {
            chunk: "metascript".into(),
            line: 2
        })
    );
    assert_eq!(error.message, "attempt to index nil with 'major'");
    assert_eq!(error.stack.len(), 3, "{:?}", error.stack);
    for (frame, line) in error.stack.iter().zip([2, 5, 7]) {
        assert!(
            frame.starts_with(&format!("metascript:{line}")),
            "{:?}",
            error.stack
        );
    }
    assert_eq!(
        failure("error('own words', 0)").to_string(),
        "metascript, line 1: own words"
    );
    assert_eq!(
        failure("error()").message,
        "the script failed without a message"
    );
}

#[test]
fn versions_compare_by_the_order_of_versions() {
    for (expression, expected) in [
        ("version('1.10') > version('1.9')", true),
        ("version('1.0') == version('1.0.0')", true),
        ("version('1.0') ~= version('1.0.1')", true),
        ("version('2.0-rc1') < version('2.0')", true),
        ("version('1.2') <= version('1.2')", true),
        ("version('1.2') >= version('1.3')", false),
        ("tostring(version('v1.2')) == 'v1.2'", true),
        (
            "version(get_parameter('minimum_version')) > version('7.3.9')",
            true,
        ),
    ] {
        assert_eq!(
            value(&format!("return {expression}")),
            json!(expected),
            "{expression}"
        );
    }
}

#[test]
fn what_is_given_is_there() {
    assert_eq!(
        value(
            "return {get_parameter('edition'), get_parameter('seats') + 1, get_parameter('tags')[2]}"
        ),
        json!(["pro", 26, "b"])
    );
    assert_eq!(value("return get_parameter('nothing') == nil"), json!(true));
    assert_eq!(
        finished("local c = get_computer() return c.name .. ' ' .. c.software[1].version"),
        json!("PC-1 23.01")
    );
    assert_eq!(
        finished("return now() > 1.6e9 and random() < 1"),
        json!(true)
    );
    assert_eq!(
        finished(
            "local r = http{url = 'https://a.example/'} return {r.status, r.headers['content-type'], json.decode(r.body).version}"
        ),
        json!([200, "application/json", "7.5.1"])
    );
    assert_eq!(
        finished(
            "local r = invoke_command{script = 'x', interpreter = 'sh'} return {r.exit_code, r.output, r.errors, r.truncated}"
        ),
        json!([0, "did x\n", "", false])
    );
}

#[test]
fn tables_are_walked_in_an_order_that_is_the_same() {
    let value = value(
        "local t = {x = 1, a = 2, [10] = 3, [2.5] = 4, [true] = 5, [false] = 6, b = 7}
         local keys, again = {}, {}
         for key in pairs(t) do keys[#keys + 1] = tostring(key) end
         local key = next(t)
         while key ~= nil do again[#again + 1] = tostring(key) key = next(t, key) end
         assert(table.concat(keys) == table.concat(again))
         return keys",
    );
    assert_eq!(value, json!(["2.5", "10", "a", "b", "x", "false", "true"]));
    // However the walk is written: Luau's own shortcuts for these two are off.
    let walks = "local t = {} for n = 1, 40 do t['key' .. (n * 7 % 40)] = n end
         local own, direct, first = {}, {}, next
         for key in pairs(t) do own[#own + 1] = key end
         for key in first, t do direct[#direct + 1] = key end
         for key in next, t do direct[#direct + 1] = key end
         assert(table.concat(own) .. table.concat(own) == table.concat(direct))
         table.sort(own)
         return table.concat(direct):sub(1, 20) == table.concat(own):sub(1, 20)";
    assert_eq!(self::value(walks), json!(true));
    // A key may go while one walks, and what comes is not seen.
    assert_eq!(
        self::value(
            "local t, n = {a = 1, b = 2, c = 3}, 0 for k in pairs(t) do t.b = nil t['new' .. k] = 1 n += 1 end return n"
        ),
        json!(2)
    );
    assert_eq!(
        self::value(
            "local s = 0 for _, v in pairs({3, 4, 5}) do s += v end for _, v in {1, 2} do s += v end return s"
        ),
        json!(15)
    );
}

#[test]
fn json_goes_both_ways() {
    for text in [
        r#"{"a":[1,2.5,"x",null,true],"b":{},"c":[]}"#,
        "[]",
        "{}",
        "[[],{}]",
        r#""ä\n""#,
    ] {
        assert_eq!(
            value(&format!("return json.encode(json.decode([==[{text}]==]))")),
            json!(text)
        );
    }
    assert_eq!(
        value("return {list = json.array({}), object = {}}"),
        json!({"list": [], "object": {}})
    );
    assert_eq!(value("return 2^53"), json!(9_007_199_254_740_992_i64));
    assert_eq!(value("return {1, nil, 3}"), json!([1, null, 3]));
    assert_eq!(value("return"), json!(null));
}

#[test]
fn regular_expressions_find_and_capture() {
    assert_eq!(
        value(r"return re.match('Version 1.2.3', '\\d+(\\.\\d+)+')"),
        json!(true)
    );
    let groups = r"local m = re.capture('7-Zip 23.01 (x64)', '(?P<version>\\d+\\.\\d+) \\((\\w+)\\)') return {m[0], m.version, m[2]}";
    assert_eq!(value(groups), json!(["23.01 (x64)", "23.01", "x64"]));
    assert_eq!(value("return re.capture('a', 'b') == nil"), json!(true));
}

#[test]
fn what_is_logged_is_kept_in_order() {
    let run =
        alone("log('a', 1, nil, true, {}) print('b') progress(0.25, 'a quarter') log('\\xff')");
    let lines: Vec<_> = run.log.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["a 1 nil true table", "b", "\u{fffd}"]);
    assert_eq!(
        run.progress
            .map(|progress| (progress.fraction, progress.text)),
        Some((0.25, "a quarter".into()))
    );
}

#[test]
fn shared_functions_are_loaded_once_and_are_pinned() {
    let shared = [
        (
            "versions",
            "log('loaded') return {newest = function() return now() end}",
        ),
        ("circle", "return use 'back'"),
        ("back", "return use 'circle'"),
        ("wrong", "local x = 1\nerror('in here')"),
        ("broken", "local = 1"),
    ];
    let good = with_shared(
        "local a, b = use 'versions', use 'versions' assert(a == b) return a.newest() > 0",
        &shared,
    );
    let run = Host::default().finish(&good, &mut journal_of(&good));
    assert_eq!(run.outcome, Outcome::Completed { value: json!(true) });
    assert_eq!(run.log.len(), 1);
    for (name, why, place) in [
        ("circle", "uses itself", None),
        ("wrong", "in here", Some(("wrong", 2))),
        ("broken", "broken:1:", None),
    ] {
        let program = with_shared(&format!("return use '{name}'"), &shared);
        let Outcome::Failed { error } = once(&program, &journal_of(&program)).outcome else {
            panic!("{name} did not fail");
        };
        assert!(error.to_string().contains(why), "{error}");
        if let Some((chunk, line)) = place {
            assert_eq!(
                error.place,
                Some(Place {
                    chunk: chunk.into(),
                    line
                })
            );
        }
    }
}

#[test]
fn what_one_run_does_to_its_globals_no_other_sees() {
    let changing = program("shared = 1 pairs = nil return shared");
    assert!(matches!(
        once(&changing, &journal_of(&changing)).outcome,
        Outcome::Completed { .. }
    ));
    assert_eq!(
        value("return type(shared) .. type(pairs)"),
        json!("nilfunction")
    );
}
