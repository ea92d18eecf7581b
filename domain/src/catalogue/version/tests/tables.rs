//! What the specifications say, case by case.

use crate::catalogue::version::VersionScheme::{self, Debian, SemVer, Windows, Winget};
use std::cmp::Ordering;
use std::process::Command;

/// Each line ascends strictly; texts with `=` between them are the same version.
fn assert_ascends(scheme: VersionScheme, lines: &[&[&str]]) {
    let places = |line: &[&'static str]| -> Vec<(usize, &'static str)> {
        (line.iter().enumerate())
            .flat_map(|(place, texts)| texts.split(" = ").map(move |text| (place, text)))
            .collect()
    };
    for line in lines {
        // The tables are constants: what they hold lives as long as the program.
        let line: Vec<&'static str> = line
            .iter()
            .map(|text| &*String::leak((*text).to_owned()))
            .collect();
        let places = places(&line);
        for (left_place, left) in &places {
            for (right_place, right) in &places {
                assert_eq!(
                    scheme.compare(left, right),
                    left_place.cmp(right_place),
                    "{scheme:?}: {left} and {right}"
                );
            }
        }
    }
}

#[test]
fn semver_as_its_section_11_says() {
    assert_ascends(
        SemVer,
        &[
            &[
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0 = 1.0.0+20130313144700 = 1.0.0+exp.sha-5114f85 = v1.0 = 1",
                "2.0.0",
                "2.1.0",
                "2.1.1",
            ],
            // Section 9 and 10: identifiers hold hyphens, and build metadata follows a pre-release too.
            &[
                "1.0.0-0.3.7",
                "1.0.0-1",
                "1.0.0-X",
                "1.0.0-x-y-z.--",
                "1.0.0",
            ],
            &["1.0.0-alpha+001 = 1.0.0-alpha+002", "1.0.0"],
            &[
                "9.0.0",
                "99999999999999999999999.0.0",
                "100000000000000000000000.0.0",
            ],
            // What is none is below all that are.
            &["1.0.0-", "latest", "0.0.0-0", "0 = v0.0"],
            &["1.2.3", "1.2.3.4", "1.2.4"],
        ],
    );
}

#[test]
fn windows_four_parts() {
    assert_ascends(
        Windows,
        &[
            &[
                "10 = 10.0.0.0",
                "10.0.9999",
                "10.0.19041.1 = 10.0.19041.1 (WinBuild.160101.0800)",
                "10.0.19045.3570",
                "10.0.22000.1",
                "11",
            ],
            &["5.0.41", "5, 0, 42, 0 = 5,0,42 = 5.0.42", "5.0.43"],
            &["08.1 = 8.1", "8.2"],
            &["1.2-beta", "x1", "0", "0.0.0.1"],
            &["1.2.3.4", "1.2.3.4.5"],
        ],
    );
}

/// What `dpkg --compare-versions` is asked too, wherever it exists.
const DEBIAN: &[&[&str]] = &[
    // Policy, section 5.6.12: "~~", "~~a", "~", the empty part, "a".
    &[
        "1.0~~",
        "1.0~~a",
        "1.0~",
        "1.0 = 1.0-0 = 0:1.0 = 1.00",
        "1.0a",
    ],
    &[
        "1.0~beta1~svn1245",
        "1.0~beta1",
        "1.0",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1.1",
        "1.0-2",
        "1.0+dfsg-1",
        "1.0.1-1",
        "1:0.1",
        "2:0",
    ],
    // Letters before everything that is none.
    &["1.0a-1", "1.0z-1", "1.0+-1", "1.0.-1", "1.0.1-1"],
    &[
        "2.10-3",
        "2.10-3ubuntu1",
        "2.10-3ubuntu1.1",
        "2.10-3ubuntu2",
        "2.10-4",
    ],
    &["7.6-0", "7.6p2-4", "7.6.0-0"],
    &["1.2.3-rc1", "1.2.3-rc2"],
    // What SemVer calls a pre-release is a revision here.
    &[
        "1.0.0 = 1.0.0-0",
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-rc.1",
    ],
    &[
        "9",
        "10",
        "99999999999999999999999",
        "100000000000000000000000",
    ],
    &[
        "0.9.8zh-1",
        "1.0.2g-1ubuntu4",
        "1.1.1f-1ubuntu2",
        "3.0.2-0ubuntu1.15",
    ],
    &["1-1-1", "1-1-2", "1-2-1"],
];

#[test]
fn debian_as_the_policy_says() {
    assert_ascends(Debian, DEBIAN);
}

/// The tables are right because the program that installs says the same of each pair.
#[test]
fn debian_as_dpkg_says() {
    if Command::new("dpkg").arg("--version").output().is_err() {
        return;
    }
    for line in DEBIAN {
        let texts: Vec<&str> = line.iter().flat_map(|texts| texts.split(" = ")).collect();
        for left in &texts {
            for right in &texts {
                let relation = match Debian.compare(left, right) {
                    Ordering::Less => "lt",
                    Ordering::Equal => "eq",
                    Ordering::Greater => "gt",
                };
                let answer = Command::new("dpkg")
                    .args(["--compare-versions", left, relation, right])
                    .output()
                    .unwrap();
                assert!(
                    answer.status.success(),
                    "dpkg denies: {left} {relation} {right}"
                );
            }
        }
    }
}

#[test]
fn winget_as_its_client_says() {
    assert_ascends(
        Winget,
        &[
            &[
                "Unknown = unknown = UNKNOWN",
                "0 = 0.0 = ",
                "1",
                "Latest = latest",
            ],
            &[
                "1.2-beta",
                "1.2-rc",
                "1.2 = 1.2.0 = 01.2 = v1.2 = Version 1.2 = 1.2.",
                "1.3",
            ],
            &["1.13.0+win", "1.13.0", "1.14.0"],
            &["2.78c", "2.78", "4.2.0"],
            &["22.0.0-rc.1", "22.0.0", "22.0.0.1"],
            &["5,0,42", "5", "5.0.40", "5.0.53.0"],
            &["0.9", "< 1.0", "1.0", "> 1.0 = > 1", "1.0.0.1", "1.1"],
            &["1.1.20240805-1", "latest", "> latest"],
            &["2023.9.290703-latest", "2023.9.290703", "latest"],
            &["a1b.2", "a1 = 1 = 1.0"],
            // A letter before the first dot without a digit stays: the part counts as zero.
            &["a.1 = A.1", "1.0"],
            // Over 64 bits is zero.
            &["18446744073709551616 = 0", "18446744073709551615"],
            &["1.2.0-beta.3", "1.2", "1.2.0.1"],
            &["2024-06-29", "2024-07-01", "2024.9", "2024.10"],
        ],
    );
}
