use super::*;
use upkeep_agent_protocol::NamePattern;

/// A line of Windows' list.
fn entry<'a>(name: &'a str, version: &'a str) -> InstalledProgram<'a> {
    InstalledProgram {
        name: name.into(),
        publisher: Some("Igor Pavlov".into()),
        version: Some(version.into()),
        product_code: Some("{23170F69-40C1-2702-2408-000001000000}".into()),
        upgrade_codes: vec![
            "{1}".into(),
            "{23170F69-40C1-2701-0000-000004000000}".into(),
        ],
        package_family: None,
        package: None,
        source: ProgramSource::Registry,
        scope: Some(ProgramScope::Machine),
        architecture: Some("x64".into()),
        state: ProgramState::Whole,
    }
}

fn search(any: Vec<ProgramSign>) -> Search {
    Search::new(&ProgramsOrder { any }).unwrap()
}

fn found(any: Vec<ProgramSign>, programs: &[InstalledProgram<'_>]) -> Programs {
    let mut search = search(any);
    for program in programs {
        search.take(program);
    }
    search.found()
}

/// Name and version of each.
fn told(programs: &Programs) -> Vec<(&str, Option<&str>)> {
    let entries = programs.entries.iter();
    entries
        .map(|entry| (entry.name.as_str(), entry.version.as_deref()))
        .collect()
}

fn equals(text: &str) -> NamePattern {
    NamePattern::Equals { text: text.into() }
}

fn contains(text: &str) -> NamePattern {
    NamePattern::Contains { text: text.into() }
}

fn wildcard(text: &str) -> NamePattern {
    NamePattern::Wildcard { text: text.into() }
}

fn regex(text: &str) -> NamePattern {
    NamePattern::Regex { text: text.into() }
}

fn named(name: NamePattern) -> ProgramSign {
    ProgramSign::Name {
        name,
        publisher: None,
    }
}

#[test]
fn a_name_fits_whatever_its_case_is() {
    let name = "7-Zip 24.08 (x64)";
    for (pattern, fits) in [
        (equals("7-zip 24.08 (X64)"), true),
        (equals("7-Zip"), false),
        (contains("ZIP 24"), true),
        (contains("Zip24"), false),
        (wildcard("7-ZIP*"), true),
        (wildcard("7-Zip ??.?? (x64)"), true),
        (wildcard("7-Zip"), false),
        (wildcard("*zip"), false),
        (wildcard("7-Zip 24.08 (x..)"), false),
        (wildcard("*"), true),
        (regex(r"^7-ZIP \d"), true),
        (regex("zip"), true),
        (regex("^zip"), false),
    ] {
        let program = entry(name, "24.08");
        let count = found(vec![named(pattern.clone())], &[program]).count;
        assert_eq!(count == 1, fits, "{pattern:?}");
    }
}

#[test]
fn letters_beyond_ascii_have_cases_too() {
    let program = entry("Größenrechner ÄÖÜ", "1");
    for pattern in [
        equals("GRÖßENRECHNER äöü"),
        contains("äöü"),
        wildcard("größen* ÄÖ?"),
        regex("äöü$"),
    ] {
        let count = found(vec![named(pattern.clone())], std::slice::from_ref(&program)).count;
        assert_eq!(count, 1, "{pattern:?}");
    }
}

#[test]
fn what_is_half_there_is_told_without_a_version_by_whatever_it_is_found() {
    let half = InstalledProgram {
        package: Some("7zip".into()),
        state: ProgramState::Half,
        ..entry("7-Zip 24.08", "24.08")
    };
    let code = "{23170F69-40C1-2702-2408-000001000000}".into();
    for sign in [
        ProgramSign::Package {
            name: "7zip".into(),
        },
        ProgramSign::ProductCode { code },
        named(contains("7-zip")),
        named(regex(r"^7-Zip (?<version>[\d.]+)")),
    ] {
        let programs = found(vec![sign.clone()], std::slice::from_ref(&half));
        assert_eq!(told(&programs), [("7-Zip 24.08", None)], "{sign:?}");
    }
}

#[test]
fn a_publisher_is_asked_too_if_one_is_named() {
    let of = |publisher: NamePattern| ProgramSign::Name {
        name: wildcard("7-Zip*"),
        publisher: Some(publisher),
    };
    let ours = entry("7-Zip", "1");
    let nobodys = InstalledProgram {
        publisher: None,
        ..ours.clone()
    };
    assert_eq!(
        found(vec![of(contains("pavlov"))], std::slice::from_ref(&ours)).count,
        1
    );
    assert_eq!(found(vec![of(contains("mallory"))], &[ours]).count, 0);
    assert_eq!(found(vec![of(contains("pavlov"))], &[nobodys]).count, 0);
}

#[test]
fn a_group_takes_the_version_out_of_the_name() {
    let programs = [entry("7-Zip 24.08 beta", "24.08.00.0"), entry("7-Zip", "1")];
    let taken = named(regex(r"^7-Zip( (?<version>[\d.]+))?"));
    assert_eq!(
        told(&found(vec![taken], &programs)),
        [("7-Zip 24.08 beta", Some("24.08")), ("7-Zip", None)],
        "where it took no part, the version is not known"
    );
    let not = named(regex(r"^7-Zip( (?<number>[\d.]+))?"));
    let versions = [
        ("7-Zip 24.08 beta", Some("24.08.00.0")),
        ("7-Zip", Some("1")),
    ];
    assert_eq!(told(&found(vec![not], &programs)), versions);
}

#[test]
fn codes_fit_whatever_their_case_is_and_only_as_a_whole() {
    let windows = entry("7-Zip", "24.08");
    let store = InstalledProgram {
        package_family: Some("Microsoft.WindowsTerminal_8wekyb3d8bbwe".into()),
        ..windows.clone()
    };
    let debian = InstalledProgram {
        package: Some("7zip".into()),
        ..windows.clone()
    };
    let code = |code: &str| code.to_owned();
    for (sign, program, fits) in [
        (
            ProgramSign::ProductCode {
                code: code("{23170f69-40c1-2702-2408-000001000000}"),
            },
            &windows,
            true,
        ),
        (
            ProgramSign::ProductCode {
                code: code("{23170F69"),
            },
            &windows,
            false,
        ),
        (
            ProgramSign::UpgradeCode {
                code: code("{23170f69-40c1-2701-0000-000004000000}"),
            },
            &windows,
            true,
        ),
        (
            ProgramSign::UpgradeCode { code: code("{2}") },
            &windows,
            false,
        ),
        (
            ProgramSign::PackageFamily {
                name: code("microsoft.windowsterminal_8wekyb3d8bbwe"),
            },
            &store,
            true,
        ),
        (
            ProgramSign::PackageFamily {
                name: code("microsoft.windowsterminal_8wekyb3d8bbwe"),
            },
            &windows,
            false,
        ),
        (ProgramSign::Package { name: code("7ZIP") }, &debian, true),
        (ProgramSign::Package { name: code("7zi") }, &debian, false),
        (
            ProgramSign::Package {
                name: code("7-zip"),
            },
            &windows,
            false,
        ),
    ] {
        let count = found(vec![sign.clone()], std::slice::from_ref(program)).count;
        assert_eq!(count == 1, fits, "{sign:?}");
    }
}

#[test]
fn a_name_counts_only_where_no_code_fits_anything() {
    let coded = InstalledProgram {
        product_code: Some("{A}".into()),
        ..entry("Reader DC", "2")
    };
    let other = entry("Reader", "9");
    let signs = || {
        let code = "{a}".to_owned();
        vec![named(contains("reader")), ProgramSign::ProductCode { code }]
    };
    assert_eq!(
        told(&found(signs(), &[other.clone(), coded])),
        [("Reader DC", Some("2"))]
    );
    assert_eq!(told(&found(signs(), &[other])), [("Reader", Some("9"))]);
}

#[test]
fn an_entry_is_told_once_and_all_are_counted() {
    let many = vec![entry("7-Zip", "1"); 40];
    let both = vec![named(contains("zip")), named(equals("7-zip"))];
    let found = found(both, &many);
    assert_eq!(
        (found.entries.len(), found.count),
        (MAX_PROGRAM_ENTRIES, 40)
    );
}

#[test]
fn what_a_program_says_of_itself_is_cut() {
    let long = "ü".repeat(10_000);
    let mut program = entry(&long, &long);
    program.publisher = Some(long.as_str().into());
    let found = found(vec![named(contains("ü"))], &[program]);
    let told = &found.entries[0];
    for text in [
        Some(&told.name),
        told.publisher.as_ref(),
        told.version.as_ref(),
    ] {
        assert_eq!(text.unwrap().chars().count(), MAX_PROGRAM_TEXT_CHARS);
    }
}

#[test]
fn what_cannot_be_looked_for_is_refused_in_words() {
    for (any, why) in [
        (vec![ProgramSign::Unknown], "update it"),
        (vec![named(NamePattern::Unknown)], "update it"),
        (vec![named(regex("("))], "unclosed group"),
        (vec![named(regex(r"((\w{200}){200}){200}"))], "size limit"),
        (vec![named(equals("x")); 33], "33 signs"),
    ] {
        let refused = Search::new(&ProgramsOrder { any: any.clone() });
        let told = refused.unwrap_err();
        assert!(told.contains(why), "{any:?}: {told}");
    }
}
