use super::*;

fn told(content: &[u8]) -> Result<Vec<String>, String> {
    let root = tempfile::TempDir::new().unwrap();
    let path = root.path().join(STATUS);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
    listed(root.path())
}

/// Package, version and architecture of each, and what is half there.
fn listed(root: &Path) -> Result<Vec<String>, String> {
    let mut told = vec![];
    installed(root, &mut |program| {
        let part = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("-").to_owned();
        let half = match program.state {
            ProgramState::Whole => "",
            ProgramState::Half => " half",
        };
        told.push(format!(
            "{} {} {}{half}",
            program.name,
            part(&program.version),
            part(&program.architecture)
        ));
    })?;
    Ok(told)
}

/// As dpkg writes it.
const REAL: &str = "Package: 7zip
Status: install ok installed
Priority: optional
Section: utils
Installed-Size: 2,345
Maintainer: YOKOTA Hiroshi <yokota.hgml@gmail.com>
Architecture: amd64
Multi-Arch: same
Version: 22.01+dfsg-8+deb12u1
Conffiles:
 /etc/7zip.conf 0123456789abcdef
 /etc/old.conf fedcba9876543210 obsolete
Description: 7-Zip file archiver with a high compression ratio
 7-Zip is a file archiver.
 .
 Package: this is a part of the text
Homepage: https://www.7-zip.org/

Package: 7zip
Status: hold ok installed
Architecture: i386
Version: 1:1.0

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1.0

Package: half
Status: install reinstreq half-installed
Architecture: amd64
Version: 1.0

Package: never
Status: unknown ok not-installed
Architecture: amd64

";

#[test]
fn what_is_installed_is_told_and_nothing_else() {
    let installed = [
        "7zip 22.01+dfsg-8+deb12u1 amd64",
        "7zip 1:1.0 i386",
        "half 1.0 amd64 half",
    ];
    assert_eq!(told(REAL.as_bytes()).unwrap(), installed);
}

#[test]
fn what_dpkg_has_not_finished_is_neither_absent_nor_whole() {
    for (status, told_of) in [
        ("install ok installed", vec!["a 1 -"]),
        ("hold ok triggers-awaited", vec!["a 1 -"]),
        ("install ok triggers-pending", vec!["a 1 -"]),
        ("install ok unpacked", vec!["a 1 - half"]),
        ("install ok half-configured", vec!["a 1 - half"]),
        ("install ok half-installed", vec!["a 1 - half"]),
        ("install reinstreq half-installed", vec!["a 1 - half"]),
        ("install reinstreq installed", vec!["a 1 - half"]),
        ("install ok frozen", vec!["a 1 - half"]),
        ("install", vec!["a 1 - half"]),
        ("deinstall ok config-files", vec![]),
        ("purge ok not-installed", vec![]),
    ] {
        let content = format!("Package: a\nStatus: {status}\nVersion: 1\n\n");
        assert_eq!(told(content.as_bytes()).unwrap(), told_of, "{status}");
    }
}

#[test]
fn odd_files_are_read_as_they_are_meant() {
    for (content, installed) in [
        // No empty line at the end, several between, spaces in them.
        (
            "\n\nPackage: a\nStatus: install ok installed\nVersion: 1\n \t\n\nPackage: b\nStatus: install ok installed\n",
            vec!["a 1 -", "b - -"],
        ),
        // Any case, any order, any space.
        (
            "version:1.0-1\nSTATUS:  install  ok\tinstalled \npackage: a\n",
            vec!["a 1.0-1 -"],
        ),
        // Of Windows' editors.
        (
            "Package: a\r\nStatus: install ok installed\r\nVersion: 1\r\n\r\n",
            vec!["a 1 -"],
        ),
        // Nothing in a field, and one that is not known.
        (
            "Package: a\nStatus: install ok installed\nVersion:\nX-Nobody:knows:it\n\n",
            vec!["a - -"],
        ),
        ("\n", vec![]),
    ] {
        assert_eq!(told(content.as_bytes()).unwrap(), installed, "{content:?}");
    }
    let latin = b"Package: a\nStatus: install ok installed\nMaintainer: Jos\xe9 <j@example.com>\nVersion: 1\n\n";
    assert_eq!(told(latin).unwrap(), ["a 1 -"]);
}

#[test]
fn half_a_list_is_no_list() {
    let whole = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";
    let long = format!(
        "{whole}Package: b\nDescription: {}\n",
        "x".repeat(1024 * 1024)
    );
    for (content, why) in [
        ("", "is empty"),
        (
            &*format!("{whole}Package: b\nStatus: install ok inst"),
            "line 6 breaks off",
        ),
        (
            &*format!("{whole}Package: b\nVersion: 2\n\n"),
            "line 5 begins a package without Status",
        ),
        (
            &*format!("{whole}Status: install ok installed\n\n"),
            "line 5 begins a package without Package",
        ),
        (&*format!("{whole}<<<<<<< ours\n"), "line 5 is no field"),
        (&*format!("{whole}\0\0\0\0\n"), "line 5 is no field"),
        (" a line of nothing\n", "line 1 goes on with nothing"),
        (&*long, "line 6 is too long"),
    ] {
        let refused = told(content.as_bytes()).unwrap_err();
        assert!(refused.contains(why), "{why}: {refused}");
        assert!(refused.contains(STATUS), "{refused}");
    }
}

#[test]
fn where_there_is_no_list_nobody_says_that_nothing_is_there() {
    let root = tempfile::TempDir::new().unwrap();
    let refused = listed(root.path()).unwrap_err();
    assert!(
        refused.contains("Debian's package manager alone"),
        "{refused}"
    );
    std::fs::create_dir_all(root.path().join(STATUS)).unwrap();
    assert!(listed(root.path()).unwrap_err().contains("is no file"));
}
