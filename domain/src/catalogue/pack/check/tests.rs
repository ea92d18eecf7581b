use super::*;
use serde_json::{Value, json};

fn title() -> Value {
    let sh = |text: &str| json!({ "interpreter": "sh", "text": text });
    json!({
        "identifier": "jq",
        "name": "jq",
        "publisher": "The jq developers",
        "notes": "Ask Ada first.",
        "homepage": "https://jqlang.example",
        "licence": "MIT",
        "tags": ["JSON"],
        "detection": { "script": sh("dpkg-query -W jq") },
        "scripts": { "install": sh("apt-get install -y jq"), "uninstall": sh("apt-get remove -y jq") },
        "upgradeStrategy": "uninstallThenInstall",
        "exitCodes": { "reboot": [3010] },
        "versions": [
            { "version": "1.7", "scripts": { "test": { "interpreter": "sh", "text": "jq --version", "timeoutSeconds": 5 } } },
            { "version": "1.6", "dependencies": [{ "identifier": "libc6", "minimumVersion": "2.31" }] },
        ],
    })
}

fn read_as(title: &Value) -> Result<Title, String> {
    let source = SourceName::new("upkeep").unwrap();
    let revision = Revision::new("r1").unwrap();
    read(&title.to_string(), &source, &revision).map_err(|refused| refused.to_string())
}

#[test]
fn a_title_is_what_its_pack_says() {
    let Title { origin, content } = read_as(&title()).unwrap();
    assert_eq!(origin.identifier.as_str(), "jq");
    assert_eq!(origin.revision.as_str(), "r1");
    let definition = content.definition.as_ref().unwrap();
    assert_eq!(definition.name.as_str(), "jq");
    let latest = content.latest().unwrap().clone();
    assert_eq!(latest.as_str(), "1.7");
    let timeout = |role| content.script(&latest, role).unwrap().timeout.seconds();
    assert_eq!(timeout(ScriptRole::Test), 5);
    assert_eq!(timeout(ScriptRole::Install), 900);
    assert_eq!(
        content.description.tags.iter().collect::<Vec<_>>(),
        ["json"]
    );
    assert!(content.exit_codes.reboot.contains(&3010));
}

#[test]
fn what_is_wrong_is_told_with_its_key() {
    let cases: [(&str, Value, &str); 15] = [
        ("/identifier", json!(""), "identifier: a title's identifier"),
        ("/name", json!("a\nb"), "name: the name holds a line break"),
        ("/notes", json!(" "), "notes: the notes are empty"),
        (
            "/homepage",
            json!("javascript:x"),
            "homepage: a homepage is",
        ),
        ("/tags/0", json!("\n"), "tags: tag 1 is not"),
        (
            "/detection/script/text",
            json!(""),
            "detection.script: the script is empty",
        ),
        (
            "/scripts/install/text",
            json!("a\0b"),
            "scripts, install script: line 1",
        ),
        (
            "/scripts/install/interpreter",
            json!("perl"),
            "unknown variant",
        ),
        ("/exitCodes/reboot/0", json!(0), "exitCodes: exit code 0"),
        (
            "/versions/0/version",
            json!("x"),
            "versions[0].version: \"x\" is not",
        ),
        (
            "/versions/1/version",
            json!("1.7.0"),
            "versions[1].version: there is another version 1.7.0",
        ),
        (
            "/versions/0/scripts/test/timeoutSeconds",
            json!(0),
            "versions[0].scripts, test script: a timeout",
        ),
        (
            "/versions/1/dependencies/0/minimumVersion",
            json!("?"),
            "versions[1].dependencies: \"?\"",
        ),
        (
            "/scripts",
            json!({}),
            "version 1.6: version 1.6 would have no install script",
        ),
        ("/upgradeStrategy", json!("perhaps"), "unknown variant"),
    ];
    for (place, value, message) in cases {
        let mut title = title();
        *title.pointer_mut(place).unwrap() = value;
        let refused = read_as(&title).unwrap_err();
        assert!(refused.contains(message), "{place}: {refused}");
    }
}

#[test]
fn a_program_is_told_by_its_signs_and_a_package_fetched_from_its_address() {
    let mut windows = title();
    windows["detection"] = json!({ "program": [
        { "productCode": "{1}" },
        { "name": { "name": { "regex": "^jq (?<version>.+)$" }, "publisher": { "equals": "jq" } } },
    ] });
    windows["versions"][0]["package"] = json!({
        "fileName": "jq.exe", "url": "https://a.example/jq.exe", "sha256": "ab".repeat(32),
    });
    let content = read_as(&windows).unwrap().content;
    let detection = content.definition.as_ref().unwrap().detection.clone();
    assert_eq!(detection.program().unwrap().signs().len(), 2);
    let latest = content.versions.values().next_back().unwrap();
    let package = latest.package.as_ref().unwrap();
    assert_eq!(
        package.url.as_ref().unwrap().as_str(),
        "https://a.example/jq.exe"
    );
    for (place, value, message) in [
        (
            "/detection/program",
            json!([]),
            "detection.program: no sign is given",
        ),
        (
            "/detection/program/1/name/name/regex",
            json!("("),
            "detection.program: sign 2: the regular",
        ),
        (
            "/detection/program/0/productCode",
            json!(""),
            "detection.program: sign 1: the name is empty",
        ),
        (
            "/versions/0/package/url",
            json!("http://a.example/jq.exe"),
            "versions[0].package.url: the address begins",
        ),
        (
            "/versions/0/package/sha256",
            json!("ab"),
            "versions[0].package.sha256: it has 64",
        ),
        (
            "/versions/0/package/fileName",
            json!("../jq"),
            "version 1.7: the package's file name",
        ),
    ] {
        let mut title = windows.clone();
        *title.pointer_mut(place).unwrap() = value;
        let refused = read_as(&title).unwrap_err();
        assert!(refused.contains(message), "{place}: {refused}");
    }
}

#[test]
fn an_unknown_key_and_a_key_twice_are_refused() {
    let mut misspelt = title();
    misspelt["publischer"] = json!("x");
    assert!(read_as(&misspelt).unwrap_err().contains("publischer"));
    let source = SourceName::new("upkeep").unwrap();
    let revision = Revision::new("r1").unwrap();
    let twice = title().to_string().replacen('{', r#"{"name":"other","#, 1);
    let refused = read(&twice, &source, &revision).unwrap_err();
    assert!(refused.to_string().contains("duplicate field"), "{refused}");
}

#[test]
fn a_title_has_few_versions_and_bytes() {
    let mut many = title();
    let versions = (0..=MAX_VERSIONS_PER_TITLE).map(|n| json!({ "version": format!("1.{n}") }));
    many["versions"] = versions.collect();
    assert!(
        read_as(&many)
            .unwrap_err()
            .contains("there are 21 versions")
    );
    let mut large = title();
    large["notes"] = json!("x".repeat(MAX_TITLE_BYTES));
    assert!(read_as(&large).unwrap_err().contains("bytes: at most"));
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let packed: PackedTitle = serde_json::from_value(title()).unwrap();
    let again = serde_json::to_string(&packed).unwrap();
    assert_eq!(serde_json::from_str::<PackedTitle>(&again).unwrap(), packed);
}
