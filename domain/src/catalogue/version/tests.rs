//! The universal order; the other schemes' tables stand in `tests/`.

mod laws;
mod tables;

use super::*;
use proptest::prelude::*;

fn v(text: &str) -> Version {
    Version::new(text).unwrap()
}

/// Each line ascends strictly.
const ASCENDING: &[&[&str]] = &[
    // SemVer 2.0, section 11.
    &[
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "1.0.1",
        "1.1.0",
        "2.0.0",
    ],
    // Windows.
    &[
        "10.0.19041.1",
        "10.0.19045.3570",
        "10.0.19045.3571",
        "10.0.22000.1",
        "11",
    ],
    // Debian policy, section 5.6.12.
    &[
        "1.0~~",
        "1.0~~a",
        "1.0~",
        "1.0~rc1",
        "1.0",
        "1.0-1",
        "1.0-1+b1",
        "1.0-1.1",
        "1.0-2",
        "1.0+dfsg-1",
        "1.0.1-1",
        "1:0.1",
    ],
    &["2.10", "2.10-3", "2.10-3ubuntu1", "2.10-4"],
    &["1.1.1", "1.1.1a", "1.1.1k", "1.1.1l", "1.1.2"],
    &["23.1rc1", "23.1", "23.1.1", "23.10"],
    // Firefox and Python (PEP 440).
    &[
        "107.0.1", "108.0a1", "108.0b2", "108.0b9", "108.0b10", "108.0rc1", "108.0", "108.0.1",
    ],
    &[
        "3.13.0a1",
        "3.13.0a1.post1",
        "3.13.0b1",
        "3.13.0rc1",
        "3.13.0",
        "3.13.1",
    ],
    // OpenSSH's portable releases, Debian's rebuilds, RPM's snapshots.
    &["9.6", "9.6p1", "9.7"],
    &["1.0-1", "1.0-1+b1", "1.0-1+b2", "1.0-2"],
    &["1.0", "1.0^20231011", "1.0.1"],
    &[
        "9",
        "10",
        "99999999999999999999999",
        "100000000000000000000000",
    ],
];

#[test]
fn versions_ascend_as_their_publishers_mean_them() {
    for line in ASCENDING {
        for (i, left) in line.iter().enumerate() {
            for right in &line[i + 1..] {
                assert!(v(left) < v(right), "{left} < {right}");
                assert!(v(right) > v(left), "{right} > {left}");
            }
        }
    }
}

#[test]
fn the_same_version_may_be_written_in_several_ways() {
    for (left, right) in [
        ("1.0", "1.0.0.0"),
        ("v2.3", "2.3"),
        ("1.0-RC1", "1.0.0-rc1"),
        ("0:1.2", "1.2"),
        ("1.02", "1.2"),
        ("108.0b9", "108.0-beta9"),
    ] {
        assert_eq!(v(left), v(right), "{left} = {right}");
    }
}

#[test]
fn what_is_no_version_is_refused() {
    assert_eq!(Version::new(" "), Err(VersionError::Empty));
    assert_eq!(Version::new("1 2"), Err(VersionError::Blank("1 2".into())));
    assert_eq!(
        Version::new(&"1".repeat(101)),
        Err(VersionError::TooLong(101))
    );
    for bad in [
        "latest",
        "tool-1.2.4",
        "Version:25.0",
        "(64-bit)",
        "v",
        "1:",
        ":1",
        "1:2:3",
        "a1",
        "1.2,",
        "1.2.",
        "1.2-",
        "1/2",
        "1.2)",
        "\u{ff11}.2",
        "1.2\u{e9}",
        "<1.2>",
        "\u{feff}1.2",
    ] {
        assert_eq!(
            Version::new(bad),
            Err(VersionError::Shape(bad.into())),
            "{bad}"
        );
    }
    for good in [
        "1",
        "v2.3",
        "V2.3",
        "2:1.0~rc1-1+deb12u1",
        "1.0~~",
        "1.8.0_381",
        "2.10-3ubuntu1",
        "1.0+",
    ] {
        assert_eq!(v(good).as_str(), good);
    }
}

#[test]
fn what_was_written_before_versions_had_a_shape_is_found_and_read() {
    let old: Version = serde_json::from_str("\"tool-1.2.4\"").unwrap();
    assert_eq!(Version::known(" tool-1.2.4 "), old);
    assert_eq!(old.as_str(), "tool-1.2.4");
}

prop_compose! {
    fn any_version()(text in "([0-9]:)?[0-9]{1,2}([.~+^-]?([0-9]{1,2}|alpha|rc|a|b|dfsg|ubuntu)){0,6}") -> Version {
        Version::new(&text).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_order_is_total(a in any_version(), b in any_version(), c in any_version()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
        if a <= b && b <= c {
            prop_assert!(a <= c, "{} <= {} <= {}", a, b, c);
        }
    }

    #[test]
    fn any_text_is_a_version_or_an_error_and_never_a_panic(text in ".{0,40}") {
        if let Ok(version) = Version::new(&text) {
            prop_assert_eq!(&version, &version.clone());
        }
    }

    #[test]
    fn json_keeps_a_version(a in any_version()) {
        let text = serde_json::to_string(&a).unwrap();
        let back: Version = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back.as_str(), a.as_str());
        prop_assert_eq!(back, a);
    }
}
