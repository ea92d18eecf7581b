//! UUIDs in firmware that name no computer: many share them, because somebody forgot to write one.
//!
//! The SMBIOS reference (DMTF DSP0134, 7.2.1) knows all zeros and all ones; the rest is what boards really ship with, as
//! inventories of fleets have found it: `CapaSystems` ("Non-Unique UUID"), Anthony Hay ("SMBIOS UUID FAIL", 2012),
//! `ConfigMgr`'s duplicate hardware identifiers. The agent keeps the same rule (`upkeep-agent-protocol`), so that it takes
//! its next source at once.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vendors_leave_in_firmware_names_no_computer() {
        for placeholder in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "03000200-0400-0500-0006-000700080009",
            "00020003-0004-0005-0006-000700080009",
            "12345678-1234-5678-90ab-cddeefaabbcc",
            "fefefefe-fefe-fefe-fefe-fefefefefefe",
            "58585858-5858-5858-5858-585858585858",
            "11111111-1111-1111-1111-111111111111",
            "deadbeef-dead-beef-dead-beefdeadbeef",
            "00010203-0405-0607-0809-0a0b0c0d0e0f",
            "03020100-0504-0706-0809-0a0b0c0d0e0f",
            "01020304-0506-0708-090a-0b0c0d0e0f10",
            "0f0e0d0c-0b0a-0908-0706-050403020100",
            "10000000-0000-8000-0040-0e1234567890",
            "10000000-0000-8000-0000-000000000000",
            "07090201-0103-0301-0807-060504030201",
            "56f49712-ffff-ffff-ffff-ffffffffffff",
            "00000001-0000-0000-0000-000000000000",
            "dc698397-fa54-4cf2-82c8-b1b5307a6a7f",
        ] {
            let uuid: Uuid = placeholder.parse().unwrap();
            assert!(is_placeholder(uuid), "{placeholder}");
        }
    }

    #[test]
    fn real_ones_name_one() {
        for real in [
            "4c4c4544-0051-3410-8051-b5c04f375931",
            "c7d1a0f2-9e1b-4e35-8f4d-111111111111",
            "03d40274-0435-05dc-8506-010700080009",
            "ec2e1916-9099-7caf-fd21-012345abcdef",
            "564d5b8a-7e5d-b6c1-0a2f-8b1c9d0e4f3a",
            "01900000-0000-7000-8000-000000000009",
        ] {
            let uuid: Uuid = real.parse().unwrap();
            assert!(!is_placeholder(uuid), "{real}");
        }
    }
}
