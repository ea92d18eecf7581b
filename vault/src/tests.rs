use super::*;
use proptest::prelude::*;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const ONE: SecretId = SecretId(uuid(1));
const OTHER: SecretId = SecretId(uuid(2));

const fn uuid(n: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(n)
}

/// A file of keys with these bytes, and its folder.
fn file(keys: &[u8]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("keys");
    let texts: Vec<_> = keys.iter().map(|byte| NewKey::new([*byte; 32])).collect();
    let text: String = texts.iter().map(NewKey::text).collect();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (folder, path)
}

fn keyring(keys: &[u8]) -> Keyring {
    let (_folder, path) = file(keys);
    Keyring::read(&path, &[]).unwrap()
}

proptest! {
    #[test]
    fn what_is_sealed_opens_as_what_it_was_and_as_nothing_else(value in ".*", nonce: [u8; 24], at: prop::sample::Index) {
        let keys = keyring(&[1]);
        let sealed = keys.seal(ONE, &value, nonce).unwrap();
        let opened = keys.open(ONE, &sealed).unwrap();
        prop_assert_eq!(opened.as_str(), value.as_str());
        prop_assert_eq!(keys.open(OTHER, &sealed), Err(Closed::Damaged));
        let mut content = STANDARD.decode(&sealed.content).unwrap();
        prop_assert!(value.len() < 8 || !content.windows(value.len()).any(|part| part == value.as_bytes()));
        let at = at.index(content.len());
        content[at] ^= 1;
        let damaged = Sealed { content: STANDARD.encode(content), ..sealed };
        prop_assert_eq!(keys.open(ONE, &damaged), Err(Closed::Damaged));
    }

    #[test]
    fn nothing_that_is_kept_makes_it_panic(key in "\\PC{0,16}", content in "\\PC{0,80}") {
        let keys = keyring(&[1]);
        let name = keys.seal(ONE, "", [0; 24]).unwrap().key;
        prop_assert_eq!(keys.open(ONE, &Sealed { key, content: content.clone() }), Err(Closed::OtherKey));
        prop_assert_eq!(keys.open(ONE, &Sealed { key: name, content }), Err(Closed::Damaged));
    }
}

#[test]
fn a_new_key_seals_and_the_old_ones_open_as_long_as_they_are_there() {
    let sealed = keyring(&[1]).seal(ONE, "hush", [7; 24]).unwrap();
    let both = keyring(&[2, 1]);
    assert_eq!(both.open(ONE, &sealed).unwrap().as_str(), "hush");
    let anew = both.seal(ONE, "hush", [7; 24]).unwrap();
    let new = keyring(&[2]);
    assert_eq!(new.open(ONE, &anew).unwrap().as_str(), "hush");
    assert_eq!(new.open(ONE, &sealed), Err(Closed::OtherKey));
    assert_eq!(
        Keyring::default().open(ONE, &sealed),
        Err(Closed::NotSetUp(NotSetUp))
    );
    assert_eq!(Keyring::default().seal(ONE, "hush", [7; 24]), Err(NotSetUp));
}

#[test]
fn a_file_of_keys_that_would_not_keep_them_is_refused() {
    let (folder, path) = file(&[1]);
    let told = |data: &[&std::path::Path]| Keyring::read(&path, data).unwrap_err().to_string();
    assert!(told(&[folder.path()]).contains("keep it elsewhere"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert!(told(&[]).contains("chmod 600"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    for (text, why) in [
        ("# nothing\n\n", "holds no key"),
        ("# one\nhush\n", "line 2 of the file"),
        (&"0".repeat(20_000), "larger than"),
        (
            &format!("{}\n", "0".repeat(64)).repeat(17),
            "more than 16 keys",
        ),
    ] {
        fs::write(&path, text).unwrap();
        let told = told(&[]);
        assert!(told.contains(why) && !told.contains("hush"), "{told}");
    }
    fs::remove_file(&path).unwrap();
    assert!(told(&[]).contains("cannot be read"));
    let made = Command::new("mkfifo").arg("-m600").arg(&path).status();
    assert!(made.unwrap().success());
    assert!(told(&[]).contains("is no file"), "at once");
}

#[test]
fn keys_are_not_shown() {
    assert_eq!(format!("{:?}", keyring(&[1, 2])), "Keyring of 2");
}
