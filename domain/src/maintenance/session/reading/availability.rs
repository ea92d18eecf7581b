//! What an availability script said: the newest version that its computer can get, and perhaps the file that it takes.

use super::{Look, Nothing, called};
use crate::catalogue::software::{Package, PackageUrl};
use crate::catalogue::version::Version;
use crate::kernel::digest::Sha256Digest;
use crate::kernel::text;
use crate::maintenance::session::action::ResultReason;
use crate::maintenance::session::available::Availability;
use crate::maintenance::session::purpose::RunPurpose;
use crate::maintenance::session::report::RunReport;
use crate::maintenance::session::result::ResultValue;
use crate::maintenance::session::unread::{Unread, shown};
use crate::maintenance::session::words;
use serde_json::{Map, Value};

/// What a file is called whose address does not say it.
const NAMELESS: &str = "package";

impl RunReport {
    /// The version, or that there is none. A script that failed, or that answered anything else, says nothing at all.
    pub(in crate::maintenance::session) fn availability(&self) -> Result<Availability, Nothing> {
        let look = Look {
            script: words::script_of(RunPurpose::Available),
            unclear: ResultReason::AvailabilityUnclear,
        };
        let said = match self.looked(&look)? {
            Some(given) => given.only().and_then(|value| match value {
                Some(value) => value.availability(),
                None => Ok(Availability::Nothing),
            }),
            None => self.printed_availability(),
        };
        said.map_err(|why| look.said(&why))
    }

    /// The same where what is printed is the answer: a version, or an object as JSON.
    fn printed_availability(&self) -> Result<Availability, Unread> {
        let answer = self.all_printed().ok_or(Unread::PrintedTooMuch)?;
        if answer.is_empty() {
            return Ok(Availability::Nothing);
        }
        let unread = || Unread::NoVersion(shown(&answer.into()));
        if answer.starts_with('{') {
            let json: Value = serde_json::from_str(answer).map_err(|_| unread())?;
            let type_name = None;
            return ResultValue { type_name, json }.availability();
        }
        let version = Version::new(answer).map_err(|_| unread())?;
        Ok(Availability::Version {
            version,
            package: None,
        })
    }
}

impl ResultValue {
    fn availability(&self) -> Result<Availability, Unread> {
        let version = self.version()?;
        let package = match &self.json {
            Value::Object(members) => package(members)?,
            _ => None,
        };
        Ok(Availability::Version { version, package })
    }
}

/// The file of an object that has an address.
fn package(members: &Map<String, Value>) -> Result<Option<Package>, Unread> {
    let refused = |why: &dyn ToString| Unread::Package(why.to_string());
    let text_of = |name: &str| called(members, name).and_then(Value::as_str);
    let Some(url) = called(members, "url") else {
        return Ok(None);
    };
    let url = url.as_str().ok_or_else(|| refused(&"its url is no text"))?;
    let url = PackageUrl::new(url).map_err(|error| refused(&error))?;
    let sha256 = text_of("sha256").and_then(Sha256Digest::parse);
    let sha256 = sha256.ok_or_else(|| refused(&"its sha256 has to have 64 hexadecimal digits"))?;
    let size = match called(members, "size") {
        None => None,
        Some(size) => {
            let size = size.as_u64();
            Some(size.ok_or_else(|| refused(&"its size has to be a whole number of bytes"))?)
        }
    };
    let file_name = text_of("fileName").map(text::composed);
    let file_name = file_name.or_else(|| url.file_name());
    let package = Package {
        file_name: file_name.unwrap_or_else(|| NAMELESS.to_owned()),
        sha256,
        size,
        url: Some(url),
    };
    package.check().map_err(|error| refused(&error))?;
    Ok(Some(package))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maintenance::session::report::RunOutcome;
    use crate::maintenance::session::result::{GivenResult, RunResult};
    use serde_json::json;

    fn printed(text: &str) -> Result<Availability, Nothing> {
        RunReport {
            stdout_tail: text.into(),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        }
        .availability()
    }

    fn given(values: &[Value]) -> Result<Availability, Nothing> {
        let values: Vec<_> = values
            .iter()
            .map(|json| ResultValue {
                type_name: Some(if json.is_string() { "text" } else { "json" }.into()),
                json: json.clone(),
            })
            .collect();
        let value_count = values.len() as u64;
        let given = GivenResult {
            values,
            value_count,
            ..GivenResult::default()
        };
        RunReport {
            result: Some(RunResult::Given(Box::new(given))),
            stdout_tail: "9.9 is for people".into(),
            ..RunReport::without_output(RunOutcome::Exited { code: 0 })
        }
        .availability()
    }

    fn version(text: &str) -> Availability {
        Availability::Version {
            version: Version::new(text).unwrap(),
            package: None,
        }
    }

    fn file(more: &Value) -> Value {
        let mut file = json!({ "version": "24.08", "url": "https://example.com/a/7z.msi?v=1", "sha256": "ab".repeat(32) });
        let members = file.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        file
    }

    #[test]
    fn a_version_is_answered_in_every_way_in_which_a_detection_may() {
        assert_eq!(printed(" 1:9.2-1+b2\n"), Ok(version("1:9.2-1+b2")));
        assert_eq!(printed(""), Ok(Availability::Nothing));
        assert_eq!(printed(r#"{"Version": "1.10"}"#), Ok(version("1.10")));
        assert_eq!(given(&[json!("1.10")]), Ok(version("1.10")));
        assert_eq!(
            given(&[json!({ "version": "1.10", "url": null })]),
            Ok(version("1.10"))
        );
        assert_eq!(given(&[]), Ok(Availability::Nothing));
    }

    #[test]
    fn a_file_comes_with_its_digest_and_is_called_as_its_address_says() {
        let of = |more| {
            let Ok(Availability::Version {
                package: Some(package),
                ..
            }) = given(&[file(&more)])
            else {
                panic!("{more}");
            };
            (package.file_name, package.size)
        };
        assert_eq!(of(json!({})), ("7z.msi".into(), None));
        let named = json!({ "fileName": "setup.msi", "size": 12 });
        assert_eq!(of(named), ("setup.msi".into(), Some(12)));
        let nameless = json!({ "url": "https://example.com/" });
        assert_eq!(of(nameless), (NAMELESS.into(), None));
    }

    #[test]
    fn what_is_no_version_says_nothing() {
        let unclear = ResultReason::AvailabilityUnclear;
        for (said, why) in [
            (printed("(none)"), "\"(none)\", which is no version"),
            (printed("Candidate: 1.0"), "which is no version"),
            (printed("{"), "which is no version"),
            (printed(&"1".repeat(4_096)), "much more than a version"),
            (given(&[json!(1.1)]), "the number 1.1"),
            (given(&[json!("1.0"), json!("1.1")]), "2 values"),
            (
                given(&[json!({ "url": "https://example.com/x" })]),
                "object without",
            ),
            (
                given(&[file(&json!({ "url": "http://example.com/x" }))]),
                "by https",
            ),
            (given(&[file(&json!({ "url": 7 }))]), "its url is no text"),
            (
                given(&[file(&json!({ "sha256": "ab" }))]),
                "64 hexadecimal digits",
            ),
            (
                given(&[file(&json!({ "size": "12" }))]),
                "whole number of bytes",
            ),
            (
                given(&[file(&json!({ "size": 0 }))]),
                "the package is empty",
            ),
            (
                given(&[file(&json!({ "fileName": "../x" }))]),
                "is not a bare file name",
            ),
        ] {
            let (reason, message) = said.unwrap_err();
            assert_eq!(reason, unclear, "{message}");
            assert!(message.contains(why), "{why}: {message}");
            assert!(message.starts_with("the availability script "), "{message}");
        }
        let failed = RunReport::without_output(RunOutcome::Exited { code: 1 });
        let (reason, message) = failed.availability().unwrap_err();
        assert_eq!(reason, unclear, "{message}");
        assert!(message.contains("exit code 1"), "{message}");
    }
}
