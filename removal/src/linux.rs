//! Linux: openat2(2), or the number of the mount where the kernel is older than 5.6.

use crate::Remains;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, RenameFlags, ResolveFlags, StatxFlags,
};
use rustix::io::Errno;
use std::ffi::{CStr, CString, OsStr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Folders that are open at once, each inside the one before. What lies deeper is moved up first.
const MAX_DEPTH: usize = 64;
/// How often what was moved up is looked at: trees of a million folders in each other have an end.
const MAX_PASSES: usize = 16_384;
/// How often a folder is emptied while somebody puts something into it.
const MAX_REFILLS: usize = 3;
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

pub fn remove(folder: &Path) -> Remains {
    remove_with(folder, Kernel::Newest)
}

/// What is asked of the kernel; tests play an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kernel {
    Newest,
    #[cfg_attr(not(test), expect(dead_code, reason = "the kernel says so itself"))]
    WithoutOpenat2,
}

fn remove_with(folder: &Path, kernel: Kernel) -> Remains {
    let mut remains = Remains::default();
    let (Some(name), Some(parent)) = (folder.file_name(), folder.parent()) else {
        remains.add(folder, &"it has no name");
        return remains;
    };
    let parent = if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let around = match rustix::fs::openat(CWD, parent, flags, Mode::empty()) {
        Ok(around) => around,
        Err(Errno::NOENT | Errno::NOTDIR) => return remains,
        Err(error) => {
            remains.add(folder, &error);
            return remains;
        }
    };
    let home = match Place::of(&around) {
        Ok(home) => home,
        Err(error) => {
            remains.add(folder, &error);
            return remains;
        }
    };
    let Ok(name) = CString::new(name.as_bytes()) else {
        remains.add(folder, &"its name is none");
        return remains;
    };
    let mut work = Work {
        remains,
        home,
        kernel,
        top: None,
        moved: 0,
    };
    work.entry(around.as_fd(), &name, FileType::Unknown, folder, 0);
    work.remains
}

/// Where something lies: its file system and its mount. A bind mount has the device of what it shows, and a
/// subvolume has the mount of what it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    device: u64,
    mount: Option<u64>,
}

impl Place {
    fn of(descriptor: impl AsFd) -> Result<Self, Errno> {
        let descriptor = descriptor.as_fd();
        Ok(Self {
            device: rustix::fs::fstat(descriptor)?.st_dev,
            mount: mount(descriptor),
        })
    }
}

/// The number of a mount: from statx(2) since Linux 5.8, from /proc since 3.15.
fn mount(descriptor: BorrowedFd<'_>) -> Option<u64> {
    let told = rustix::fs::statx(descriptor, c"", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID)
        .ok()
        .filter(|told| told.stx_mask & StatxFlags::MNT_ID.bits() != 0);
    if let Some(told) = told {
        return Some(told.stx_mnt_id);
    }
    let number = std::os::fd::AsRawFd::as_raw_fd(&descriptor);
    let told = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix("mnt_id:"))?;
    line.trim().parse().ok()
}

/// Why a folder is not gone into.
enum Closed {
    /// It is gone, or it is no folder any more.
    Changed,
    Stays(&'static str),
    Failed(Errno),
}

struct Work {
    remains: Remains,
    /// Where the folder lies that is removed: nothing elsewhere is touched.
    home: Place,
    kernel: Kernel,
    /// The folder itself, where what lies too deep is moved to.
    top: Option<OwnedFd>,
    moved: u64,
}

impl Work {
    /// Removes one entry of a folder.
    fn entry(
        &mut self,
        around: BorrowedFd<'_>,
        name: &CStr,
        kind: FileType,
        path: &Path,
        depth: usize,
    ) {
        let is_folder = match kind {
            FileType::Directory => true,
            FileType::Unknown => rustix::fs::statat(around, name, AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|told| FileType::from_raw_mode(told.st_mode) == FileType::Directory),
            _ => false,
        };
        if is_folder {
            match self.open(around, name) {
                Ok(folder) => return self.folder(around, name, folder, path, depth),
                Err(Closed::Stays(why)) => return self.remains.add(path, &why),
                Err(Closed::Failed(error)) => return self.remains.add(path, &error),
                Err(Closed::Changed) => {}
            }
        }
        match rustix::fs::unlinkat(around, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(Errno::BUSY) => self.remains.add(path, &"something is mounted on it"),
            Err(error) => self.remains.add(path, &error),
        }
    }

    /// Opens a folder to go into it, if it lies where the whole lies.
    fn open(&self, around: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Closed> {
        let resolve = ResolveFlags::BENEATH
            | ResolveFlags::NO_XDEV
            | ResolveFlags::NO_SYMLINKS
            | ResolveFlags::NO_MAGICLINKS;
        let opened = match self.kernel {
            Kernel::Newest => rustix::fs::openat2(around, name, FOLDER, Mode::empty(), resolve),
            Kernel::WithoutOpenat2 => Err(Errno::NOSYS),
        };
        let folder = match opened {
            // Older kernels have no such call, and older sandboxes forbid what they do not know.
            Err(Errno::NOSYS | Errno::PERM) => {
                if self.home.mount.is_none() {
                    return Err(Closed::Stays(
                        "this kernel does not tell whether something is mounted on it",
                    ));
                }
                rustix::fs::openat(around, name, FOLDER, Mode::empty())
            }
            opened => opened,
        };
        let folder = match folder {
            Ok(folder) => folder,
            Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => return Err(Closed::Changed),
            Err(Errno::XDEV) => return Err(Closed::Stays("something is mounted on it")),
            Err(error) => return Err(Closed::Failed(error)),
        };
        let place = Place::of(&folder).map_err(Closed::Failed)?;
        if place.mount != self.home.mount {
            Err(Closed::Stays("something is mounted on it"))
        } else if place.device != self.home.device {
            Err(Closed::Stays("it belongs to another file system"))
        } else {
            Ok(folder)
        }
    }

    fn folder(
        &mut self,
        around: BorrowedFd<'_>,
        name: &CStr,
        folder: OwnedFd,
        path: &Path,
        depth: usize,
    ) {
        if depth >= MAX_DEPTH {
            return self.move_up(around, name, path);
        }
        if depth == 0 {
            self.top = folder.try_clone().ok();
        }
        let stayed = self.remains.count;
        let mut content = match Dir::new(folder) {
            Ok(content) => content,
            Err(error) => return self.remains.add(path, &error),
        };
        let mut refills = 0;
        let mut passes = 0;
        loop {
            let moved = self.moved;
            if let Err(error) = self.empty(&mut content, path, depth) {
                return self.remains.add(path, &error);
            }
            if depth == 0 && self.moved > moved && passes < MAX_PASSES {
                passes += 1;
                content.rewind();
                continue;
            }
            match rustix::fs::unlinkat(around, name, AtFlags::REMOVEDIR) {
                Ok(()) | Err(Errno::NOENT) => return,
                // What stays in it was said.
                Err(Errno::NOTEMPTY | Errno::EXIST) if self.remains.count > stayed => return,
                Err(Errno::NOTEMPTY | Errno::EXIST) if refills < MAX_REFILLS => {
                    refills += 1;
                    content.rewind();
                }
                Err(error) => return self.remains.add(path, &error),
            }
        }
    }

    fn empty(&mut self, content: &mut Dir, path: &Path, depth: usize) -> Result<(), Errno> {
        while let Some(entry) = content.read() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let inside = path.join(OsStr::from_bytes(name.to_bytes()));
            self.entry(content.fd()?, name, entry.file_type(), &inside, depth + 1);
        }
        Ok(())
    }

    /// So that a tree of any depth needs few descriptors and little stack.
    fn move_up(&mut self, around: BorrowedFd<'_>, name: &CStr, path: &Path) {
        let Some(top) = &self.top else {
            return self.remains.add(path, &"it lies too deep");
        };
        loop {
            self.moved += 1;
            let to = format!(".deeper-{}", self.moved);
            match rustix::fs::renameat_with(around, name, top, to.as_str(), RenameFlags::NOREPLACE)
            {
                Ok(()) => return,
                Err(Errno::EXIST) => {}
                Err(error) => return self.remains.add(path, &error),
            }
        }
    }
}

#[cfg(test)]
mod tests;
