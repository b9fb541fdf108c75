//! The files by which a program on an Arc machine shows that it belongs to those who may read them. A challenge is good
//! as long as its file is there, which is until it is shown once; so challenges outlive a restart by themselves.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::SystemTime;

use model::Ids;

use super::call::is_same;

/// Whoever asks and never answers leaves files behind; the oldest go.
const MOST: usize = 32;

/// The challenges of one machine.
pub(super) struct Challenges {
    directory: PathBuf,
}

impl Challenges {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Writes a new one for the machine's own user, and answers the file's name.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(super) fn write(&self, ids: &Ids) -> io::Result<String> {
        fs::create_dir_all(&self.directory)?;
        self.drop_oldest()?;
        let (name, secret) = (ids.guid(), ids.text(43, ALPHABET));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let name = format!("{name}.key");
        // The secret names its file, so that it can be found by what is shown.
        options.open(self.directory.join(&name))?.write_all(format!("{name}.{secret}").as_bytes())?;
        Ok(name)
    }

    /// Whether `shown` is what one of the files says. That file goes.
    pub(super) fn redeem(&self, shown: &str) -> bool {
        let Some((id, _)) = shown.split_once(".key.") else { return false };
        // Nothing but the name of a file in this directory.
        if uuid::Uuid::parse_str(id).is_err() {
            return false;
        }
        let path = self.directory.join(format!("{id}.key"));
        let is_right = fs::read(&path).is_ok_and(|written| is_same(&written, shown.as_bytes()));
        // Of two who show it at once, one has taken the file away.
        is_right && fs::remove_file(path).is_ok()
    }

    fn drop_oldest(&self) -> io::Result<()> {
        let mut files: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.directory)?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let is_key = entry.path().extension().is_some_and(|extension| extension == "key");
                is_key.then(|| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))?
            })
            .collect();
        files.sort();
        for (_, path) in files.iter().take((files.len() + 1).saturating_sub(MOST)) {
            // Somebody may have redeemed it meanwhile.
            let _ = fs::remove_file(path);
        }
        Ok(())
    }
}

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_good_once_and_nothing_else_is_good() {
        let directory = tempfile::tempdir().unwrap();
        let (ids, challenges) = (Ids::seeded(1), Challenges::new(directory.path().join("tokens")));
        let name = challenges.write(&ids).unwrap();
        let path = challenges.directory.join(&name);
        let written = fs::read_to_string(&path).unwrap();
        assert!(written.len() <= 4096, "clients read no more");
        let outside = directory.path().join("outside.key");
        fs::write(&outside, "../outside.key.x").unwrap();
        for wrong in ["", "x", &written[1..], &format!("{written}x"), "../outside.key.x", &name] {
            assert!(!challenges.redeem(wrong), "{wrong}");
        }
        assert!(path.exists() && challenges.redeem(&written), "a wrong guess takes nothing away");
        assert!(!path.exists() && !challenges.redeem(&written), "it is good once");
    }

    #[test]
    fn unanswered_challenges_do_not_fill_the_disk() {
        let directory = tempfile::tempdir().unwrap();
        let (ids, challenges) = (Ids::seeded(1), Challenges::new(directory.path().to_owned()));
        for _ in 0..2 * MOST {
            challenges.write(&ids).unwrap();
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), MOST);
    }
}
