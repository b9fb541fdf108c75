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

/// Makes the database file readable by its user alone before anything is written to it: it holds private keys and a secret,
/// and SQLite gives the files beside it the same mode.
#[cfg(unix)]
pub(crate) fn keep_private(database: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(database)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        match fs::set_permissions(&path, fs::Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn keep_private(_database: &Path) -> std::io::Result<()> {
    Ok(())
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
