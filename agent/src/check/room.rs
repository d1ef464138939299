//! Whether the disks of the state folder and of the patch directories take what the agent has to write: tried, with a small file that is synced.

use super::{Finding, found};
use crate::clock::random;
use crate::config::Config;
use crate::install::WRITING;
use crate::state_access;
use fieldpost_common::hash::hex;
use fieldpost_common::text;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// So much is written.
const TRIAL: usize = 64 << 10;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let state = std::iter::once(("disk of the state folder".to_owned(), config.state_dir.as_path()));
    let patches = config.applications.iter().map(|entry| (format!("disk of {}", entry.name), entry.directory.as_path()));
    // A directory that isn't there is told for itself.
    let there = state.chain(patches).filter(|(_, folder)| folder.is_dir());
    there.map(|(what, folder)| found(what, look(folder, config.max_size))).collect()
}

fn look(folder: &Path, max_size: u64) -> Result<String, String> {
    let shown = folder.display();
    if let Err(error) = write_trial(folder) {
        let cure = state_access::cure(folder, &error);
        return Err(format!("{shown}: a file of {} can't be written: {}\n{cure}", text::size(TRIAL as u64), words(&error)));
    }
    let disk =
        rustix::fs::statvfs(folder).map_err(|error| format!("{shown}: its disk can't be looked at: {error}\nlook at it"))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free < max_size {
        return Err(format!(
            "{shown}: only {} are free, and a patch may have {}\nmake room on its disk, or set max_size in the config",
            text::size(free),
            text::size(max_size)
        ));
    }
    Ok(format!("{shown}, {} free", text::size(free)))
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the quota is used up".to_owned(),
        _ => error.to_string(),
    }
}

/// Under a name that no scan takes for a patch, and that the agent clears away should this be killed.
fn write_trial(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!("{WRITING}{}", hex(&random::<8>())));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    // Not zeros: some file systems keep none of those.
    let filler = random::<64>().repeat(TRIAL / 64);
    let written = file.write_all(&filler).and_then(|()| file.sync_all());
    std::fs::remove_file(&path)?;
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::as_user::drop_privileges;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_disk_is_tried_by_writing_and_nothing_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(look(dir.path(), 1).is_ok_and(|words| words.ends_with(" free")), "{:?}", look(dir.path(), 1));
        assert_eq!(std::fs::read_dir(dir.path()).expect("listed").count(), 0);
        let small = look(dir.path(), u64::MAX).expect_err("nobody has so much");
        assert!(small.contains("only ") && small.contains("\nmake room"), "{small}");
    }

    #[test]
    fn a_full_disk_is_named_with_its_cure() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(words(&full), "the disk is full");
        assert!(state_access::cure(Path::new("/nowhere"), &full).contains("make room"));
    }

    #[test]
    fn a_folder_that_this_user_may_not_write_says_chown_and_not_enroll() {
        let dir = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(dir.path(), Permissions::from_mode(0o555)).expect("modes");
        drop_privileges();
        let wrong = look(dir.path(), 1).expect_err("read only");
        assert!(wrong.contains("ch") && !wrong.contains("enroll"), "{wrong}");
    }
}
