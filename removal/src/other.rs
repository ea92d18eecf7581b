//! Where nobody has written it yet: everything stays.

use crate::Remains;
use std::path::Path;

pub fn remove(folder: &Path) -> Remains {
    let mut remains = Remains::default();
    if folder.exists() {
        remains.add(
            folder,
            &"folders are not removed on this operating system yet",
        );
    }
    remains
}
