//! Linux.

mod dpkg;

pub use dpkg::installed as programs;
use rustix::fs::{MemfdFlags, memfd_create};
use smbioslib::{SMBiosData, SMBiosSystemInformation, SystemUuidData};
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use upkeep_agent_protocol::{
    Hardware, IdentitySource, Interpreter, OsFacts, OsFamily, is_placeholder,
};
use uuid::Uuid;

/// Where programs are looked for; scripts get the same.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub const NO_LINK: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
pub const NO_WAIT: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();

pub fn uptime() -> Duration {
    let told = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(told.tv_sec).unwrap_or_default();
    let nanoseconds = u32::try_from(told.tv_nsec).unwrap_or_default();
    Duration::new(seconds, nanoseconds)
}

/// A file that holds this and is on no disk, to be read from its beginning.
pub fn in_memory(content: &[u8]) -> std::io::Result<File> {
    let mut file = File::from(memfd_create(c"told", MemfdFlags::CLOEXEC)?);
    file.write_all(content)?;
    file.rewind()?;
    Ok(file)
}

pub fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let told = rustix::fs::statvfs(folder)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

fn read(root: &Path, path: &str) -> Option<String> {
    let text = fs::read_to_string(root.join(path)).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn usable(uuid: Uuid) -> Option<Uuid> {
    (!is_placeholder(uuid)).then_some(uuid)
}

/// The hardware's identity from the best source that has one.
pub fn hardware(root: &Path, generated: Uuid) -> Hardware {
    let product = || Uuid::parse_str(&read(root, "sys/class/dmi/id/product_uuid")?).ok();
    let machine = || Uuid::parse_str(&read(root, "etc/machine-id")?).ok();
    let sources: [(IdentitySource, Option<Uuid>); 3] = [
        (IdentitySource::ProductUuid, product().and_then(usable)),
        (IdentitySource::Smbios, smbios_uuid(root).and_then(usable)),
        (IdentitySource::MachineId, machine().and_then(usable)),
    ];
    sources
        .into_iter()
        .find_map(|(source, uuid)| {
            Some(Hardware {
                uuid: uuid?,
                source,
            })
        })
        .unwrap_or(Hardware {
            uuid: generated,
            source: IdentitySource::AgentGenerated,
        })
}

fn smbios_uuid(root: &Path) -> Option<Uuid> {
    let table = fs::read(root.join("sys/firmware/dmi/tables/DMI")).ok()?;
    let tables = SMBiosData::from_vec_and_version(table, None);
    let system = tables.first::<SMBiosSystemInformation<'_>>()?;
    match system.uuid()? {
        SystemUuidData::Uuid(uuid) => Uuid::parse_str(&uuid.to_string()).ok(),
        _ => None,
    }
}

pub fn host_name(root: &Path) -> String {
    read(root, "etc/hostname")
        .filter(|_| root != Path::new("/"))
        .or_else(|| {
            let name = rustix::system::uname()
                .nodename()
                .to_string_lossy()
                .into_owned();
            (root == Path::new("/")).then_some(name)
        })
        .or_else(|| Some(root.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_else(|| "localhost".to_owned())
}

pub fn chassis_type(root: &Path) -> Option<u8> {
    read(root, "sys/class/dmi/id/chassis_type")?.parse().ok()
}

/// From os-release(5).
pub fn operating_system(root: &Path) -> OsFacts {
    let text = read(root, "etc/os-release")
        .or_else(|| read(root, "usr/lib/os-release"))
        .unwrap_or_default();
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches(['"', '\'']).to_owned())
    };
    OsFacts {
        family: OsFamily::Linux,
        name: field("NAME").unwrap_or_else(|| "Linux".to_owned()),
        version: field("VERSION_ID").unwrap_or_default(),
    }
}

/// Where PowerShell lies that was not put into one of the folders of `PATH`: by snap, by Microsoft's archives and packages, as
/// a tool of .NET.
const POWERSHELL: [&str; 4] = [
    "/snap/bin",
    "/opt/microsoft/powershell/7",
    "/opt/microsoft/powershell/7-lts",
    "/root/.dotnet/tools",
];

pub fn interpreter(first: &[PathBuf], interpreter: Interpreter) -> Result<PathBuf, String> {
    let (name, known): (&str, &[&str]) = match interpreter {
        Interpreter::Sh => ("sh", &[]),
        Interpreter::Bash => ("bash", &[]),
        Interpreter::Python => ("python3", &[]),
        Interpreter::PowerShell => ("pwsh", &POWERSHELL),
    };
    let usual = PATH.split(':').chain(known.iter().copied());
    let folders = first
        .iter()
        .map(PathBuf::as_path)
        .chain(usual.map(Path::new));
    let mut paths = folders.map(|folder| folder.join(name));
    paths.find(|path| path.is_file()).ok_or_else(|| {
        format!(
            "{name} is not installed on this computer, or lies where nobody looks: --interpreter-path of its agent names more folders"
        )
    })
}

pub fn is_writable(folder: &Path) -> bool {
    use rustix::fs::Access;
    rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computer(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::TempDir::new().unwrap();
        for (path, content) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        root
    }

    #[test]
    fn the_identity_comes_from_the_best_source_and_names_it() {
        let generated = Uuid::from_u128(1);
        let product = (
            "sys/class/dmi/id/product_uuid",
            "C7D1A0F2-9E1B-4E35-8F4D-111111111111\n",
        );
        let machine = ("etc/machine-id", "c7d1a0f29e1b4e358f4d222222222222\n");
        let vendor = (
            "sys/class/dmi/id/product_uuid",
            "03000200-0400-0500-0006-000700080009",
        );
        for (files, source) in [
            (vec![product, machine], IdentitySource::ProductUuid),
            (vec![machine], IdentitySource::MachineId),
            (vec![vendor, machine], IdentitySource::MachineId),
            (vec![vendor], IdentitySource::AgentGenerated),
            (
                vec![("etc/machine-id", "uninitialized\n")],
                IdentitySource::AgentGenerated,
            ),
            (
                vec![("sys/firmware/dmi/tables/DMI", "garbage")],
                IdentitySource::AgentGenerated,
            ),
        ] {
            let root = computer(&files);
            assert_eq!(hardware(root.path(), generated).source, source, "{files:?}");
        }
    }

    #[test]
    fn a_folder_plays_a_computer() {
        let root = computer(&[
            ("etc/hostname", "cnc-1\n"),
            (
                "etc/os-release",
                "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n",
            ),
            ("sys/class/dmi/id/chassis_type", "10\n"),
        ]);
        assert_eq!(host_name(root.path()), "cnc-1");
        assert_eq!(chassis_type(root.path()), Some(10));
        let os = operating_system(root.path());
        assert_eq!(
            (os.name.as_str(), os.version.as_str()),
            ("Debian GNU/Linux", "12")
        );
    }

    #[test]
    fn a_folder_that_is_named_is_looked_into_before_the_usual_ones() {
        let root = computer(&[("first/sh", ""), ("second/sh", ""), ("second/pwsh", "")]);
        let folders = ["first", "second"].map(|name| root.path().join(name));
        let find = |folders: &[PathBuf], of| interpreter(folders, of);
        assert_eq!(find(&folders, Interpreter::Sh), Ok(folders[0].join("sh")));
        let pwsh = find(&folders, Interpreter::PowerShell);
        assert_eq!(pwsh, Ok(folders[1].join("pwsh")));
        let usual = find(&[], Interpreter::Sh).unwrap();
        assert!(
            PATH.split(':')
                .any(|folder| usual.parent() == Some(Path::new(folder)))
        );
    }
}
