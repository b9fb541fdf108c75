//! One process owns a state directory.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use crate::StoreError;

/// Held for as long as this process owns a state directory; the system lets go of it whatever way the process ends.
#[derive(Debug)]
pub struct Owner(#[expect(dead_code, reason = "holds the lock until dropped")] File);

impl Owner {
    /// Makes the directory (readable by its user alone) and becomes its owner.
    ///
    /// # Errors
    /// [`StoreError::Owned`] when another process is; [`StoreError::Directory`] when it cannot be made or locked.
    pub fn of(directory: &Path) -> Result<Self, StoreError> {
        let refuse = |cause| StoreError::Directory { directory: directory.to_owned(), cause };
        make_private(directory).map_err(refuse)?;
        let path = directory.join("smalt.lock");
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(refuse)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(refuse)?;
                write!(file, "{}", std::process::id()).map_err(refuse)?;
                Ok(Self(file))
            }
            Err(fs::TryLockError::WouldBlock) => {
                let mut owner = String::new();
                file.read_to_string(&mut owner).map_err(refuse)?;
                Err(StoreError::Owned { directory: directory.to_owned(), owner })
            }
            Err(fs::TryLockError::Error(cause)) => Err(refuse(cause)),
        }
    }
}

#[cfg(unix)]
fn make_private(directory: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn make_private(directory: &Path) -> std::io::Result<()> {
    fs::create_dir_all(directory)
}
