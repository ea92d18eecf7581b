//! What is in reach of a script: walked, and compared with a list. Whatever a new Luau brings is out until it stands here.

use crate::play::{failure, value};
use serde_json::json;

const WALK: &str = r#"
local found = {}
local function walk(name, value, depth)
    table.insert(found, name)
    if type(value) == "table" and depth < 4 then
        for key in pairs(value) do
            if value[key] ~= _G then walk(name .. "." .. key, value[key], depth + 1) end
        end
    end
end
local environment = getmetatable(_G) and getmetatable(_G).__index or _G
for name, something in pairs(environment) do
    if name ~= "_G" then walk(name, something, 0) end
end
return found
"#;

const IN_REACH: &str = "\
    assert bit32 bit32.arshift bit32.band bit32.bnot bit32.bor bit32.btest bit32.bxor bit32.byteswap bit32.countlz \
    bit32.countrz bit32.extract bit32.lrotate bit32.lshift bit32.replace bit32.rrotate bit32.rshift coroutine \
    coroutine.close coroutine.create coroutine.isyieldable coroutine.resume coroutine.running coroutine.status \
    coroutine.wrap coroutine.yield error get_computer get_parameter get_secret getmetatable http invoke_command \
    ipairs json json.array json.decode json.encode json.null log math math.abs math.acos math.asin math.atan \
    math.atan2 math.ceil math.clamp math.cos math.cosh math.deg math.e math.exp math.floor math.fmod math.frexp \
    math.huge math.isfinite math.isinf math.isnan math.ldexp math.lerp math.log math.log10 math.map math.max \
    math.min math.modf math.nan math.noise math.phi math.pi math.pow math.rad math.round math.sign math.sin \
    math.sinh math.sqrt math.sqrt2 math.tan math.tanh math.tau next now pairs pcall print progress random rawequal \
    rawget rawlen rawset re re.capture re.match select setmetatable string string.byte string.char string.find \
    string.format string.gmatch string.gsub string.len string.lower string.match string.pack string.packsize \
    string.rep string.reverse string.split string.sub string.unpack string.upper table table.clear table.clone \
    table.concat table.create table.find table.freeze table.getn table.insert \
    table.isfrozen table.maxn table.move table.pack table.remove table.sort table.unpack tonumber tostring type \
    typeof unpack use utf8 utf8.char utf8.charpattern utf8.codepoint utf8.codes utf8.len utf8.offset version xpcall";

#[test]
fn a_script_reaches_what_is_listed_and_nothing_else() {
    let found: Vec<String> = serde_json::from_value(value(WALK)).unwrap();
    assert_eq!(found.join(" "), IN_REACH);
}

#[test]
fn nothing_of_the_machine_is_there() {
    for name in [
        "os",
        "io",
        "debug",
        "package",
        "require",
        "dofile",
        "loadfile",
        "loadstring",
        "load",
        "getfenv",
        "setfenv",
        "newproxy",
        "collectgarbage",
        "gcinfo",
        "buffer",
        "vector",
        "_VERSION",
        "math.random",
        "math.randomseed",
    ] {
        assert_eq!(
            value(&format!("return type({name})")),
            json!("nil"),
            "{name}"
        );
    }
}

#[test]
fn what_others_stand_on_cannot_be_changed() {
    for script in [
        "string.format = nil",
        "table.concat = function() end",
        "getmetatable('').__index = {}",
        "rawset(string, 'rep', nil)",
        "getmetatable(_G).__index.pairs = nil",
        "json.encode = nil",
        "re.match = nil",
        "getmetatable(json.decode('[]')).x = 1",
    ] {
        failure(script);
    }
    // What a script calls by a known name is its own affair.
    assert_eq!(
        value("pcall = nil tostring = nil return string.format('%s', {})"),
        json!("table")
    );
}

#[test]
fn nothing_says_where_in_memory_it_is() {
    for expression in [
        "tostring({})",
        "tostring(print)",
        "tostring(coroutine.create(print))",
        "string.format('%s %*', {}, print)",
        "`{print} {({})}`",
        "('%s'):format({})",
        "tostring(setmetatable({}, {}))",
        "tostring(json.null)",
        "tostring(json.array({}))",
        "tostring(get_secret('api_token'))",
        "tostring(version('1.2'))",
        "select(2, pcall(error, {}))",
        "tostring(select(2, pcall(function() return {} < {} end)))",
        "tostring(select(2, pcall(function() return ({}).x.y end)))",
    ] {
        let written = value(&format!("return tostring({expression})"));
        assert!(
            !written.to_string().contains("0x"),
            "{expression}: {written}"
        );
    }
    let error = failure("error({})");
    assert!(!error.message.contains("0x"), "{}", error.message);
}

#[test]
fn bytes_of_a_machine_are_no_script() {
    let error = failure("\u{5}\u{1}\u{0}\u{0}");
    assert!(!error.message.is_empty());
}
