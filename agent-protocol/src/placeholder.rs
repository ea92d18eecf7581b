//! UUIDs in firmware that name no computer. The same rule as the server's domain has (`upkeep-domain`, which gives the
//! sources), so that an agent takes its next source at once; a test of the gateway holds the two against each other.

use uuid::Uuid;

/// What follows no pattern, or whose pattern a vendor's real numbers might follow too.
const KNOWN: [&str; 8] = [
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "07090201-0103-0301-0807-060504030201",
    "12345678-1234-5678-90ab-cddeefaabbcc",
    "12345678-1234-1234-1234-123456789abc",
    "dc698397-fa54-4cf2-82c8-b1b5307a6a7f",
    "8e275844-178f-44a8-aceb-a7d7e5178c63",
    "890e2d14-cacd-45d1-ae66-bc80e8bfeb0f",
];

/// A serial number that was never set, behind a fixed head.
const UNSET_HEAD: &str = "10000000-0000-8000-";

/// Whether a UUID is a placeholder, in either order of its bytes.
pub fn is_placeholder(uuid: Uuid) -> bool {
    let swapped = Uuid::from_bytes_le(*uuid.as_bytes());
    [uuid, swapped].into_iter().any(|uuid| {
        let text = uuid.hyphenated().to_string();
        KNOWN.contains(&text.as_str())
            || text.starts_with(UNSET_HEAD)
            || repeats(uuid.as_bytes())
            || counts(uuid.as_bytes())
            || is_mostly_unset(uuid.as_bytes())
    })
}

/// One byte sixteen times, or a word again and again: `5858…`, `deadbeef-dead-beef-dead-beefdeadbeef`.
fn repeats(bytes: &[u8; 16]) -> bool {
    [1, 2, 4, 8].into_iter().any(|period| {
        bytes
            .iter()
            .zip(&bytes[period..])
            .all(|(byte, later)| byte == later)
    })
}

/// `00010203-0405-…`, `01020304-0506-…` and back.
fn counts(bytes: &[u8; 16]) -> bool {
    let steps_by = |step: u8| {
        bytes
            .windows(2)
            .all(|pair| pair[1] == pair[0].wrapping_add(step))
    };
    steps_by(1) || steps_by(u8::MAX)
}

/// Only the first few bytes were ever written: `56f49712-ffff-ffff-ffff-ffffffffffff`.
fn is_mostly_unset(bytes: &[u8; 16]) -> bool {
    let rest = &bytes[4..];
    rest.iter().all(|byte| *byte == 0) || rest.iter().all(|byte| *byte == 0xff)
}
