//! What a stream's metadata say of how long its events are kept.

use crate::port::ContentType;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The first kept revision of a stream that was deleted; `EventStoreDB`'s convention.
pub const DELETED: u64 = MOST;
/// The field that names the first kept revision.
pub const TRUNCATE_BEFORE: &str = "$tb";
/// The largest number that a revision or a count can be; EventStoreDB's.
const MOST: u64 = i64::MAX as u64;

/// How long a stream's events are kept: older ones are hidden at once, and their space is freed later. The names
/// in JSON are `EventStoreDB`'s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// In seconds since the event was recorded, at least 1.
    #[serde(rename = "$maxAge", default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The newest so many events, at least 1.
    #[serde(rename = "$maxCount", default, skip_serializing_if = "Option::is_none")]
    pub max_count: Option<u64>,
    /// The first revision that is kept.
    #[serde(rename = "$tb", default, skip_serializing_if = "Option::is_none")]
    pub truncate_before: Option<u64>,
}

/// What a stream's newest metadata event says, by `EventStoreDB`'s rule: what stands behind the JSON's end does not matter; data
/// that are no JSON object, or are not said to be JSON, say nothing at all.
pub fn metadata(content_type: ContentType, data: &[u8]) -> Option<Map<String, Value>> {
    let whole = serde_json::Deserializer::from_slice(data)
        .into_iter::<Value>()
        .next();
    match (content_type, whole) {
        (ContentType::Json, Some(Ok(Value::Object(fields)))) => Some(fields),
        _ => None,
    }
}

impl Retention {
    /// What the data of a stream's newest metadata event say. Each field that is no whole number within its range says
    /// nothing, and the others are kept to all the same. The rule is EventStoreDB's.
    pub fn told_by(content_type: ContentType, data: &[u8]) -> Self {
        let Some(fields) = metadata(content_type, data) else {
            return Self::default();
        };
        let number = |name: &str, least: u64| {
            let number = fields.get(name).and_then(Value::as_u64);
            number.filter(|number| (least..=MOST).contains(number))
        };
        Self {
            max_age: number("$maxAge", 1),
            max_count: number("$maxCount", 1),
            truncate_before: number(TRUNCATE_BEFORE, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_by(data: &str) -> Retention {
        Retention::told_by(ContentType::Json, data.as_bytes())
    }

    #[test]
    fn a_field_that_says_nothing_leaves_the_others_in_force() {
        for bad in [
            "0",
            "-1",
            "1.5",
            "\"x\"",
            "null",
            "99999999999999999999",
            "9223372036854775808",
            "[1]",
            "true",
        ] {
            let told = told_by(&format!(
                "{{\"$maxCount\":{bad},\"$maxAge\":{bad},\"$tb\":7}}"
            ));
            let expected = Retention {
                truncate_before: Some(7),
                ..Retention::default()
            };
            assert_eq!(told, expected, "{bad}");
        }
        assert_eq!(told_by("{\"$tb\":-1,\"$maxCount\":2}").max_count, Some(2));
        assert_eq!(told_by("{\"$tb\":0}").truncate_before, Some(0));
        assert_eq!(
            told_by("{\"$tb\":9223372036854775807}").truncate_before,
            Some(MOST)
        );
        assert_eq!(
            told_by("{\"$maxCount\":2,\"$maxCount\":1}").max_count,
            Some(1)
        );
    }

    #[test]
    fn what_is_no_json_object_says_nothing() {
        for nothing in [
            "",
            "{bad",
            "null",
            "5",
            "\"x\"",
            "[{\"$tb\":5}]",
            "{\"$maxcount\":1}",
        ] {
            assert_eq!(told_by(nothing), Retention::default(), "{nothing}");
        }
        assert_eq!(told_by("  {\"$maxCount\":1}x").max_count, Some(1));
        let binary = Retention::told_by(ContentType::Binary, b"{\"$maxCount\":1}");
        assert_eq!(binary, Retention::default());
    }
}
