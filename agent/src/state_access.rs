//! Why a file of the agent's own can't be read, and what helps: one that is missing is no reason to do what helps against a missing permission.

use fieldpost_common::text::Clean;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What helps where a file of the state folder can't be read or written.
pub fn cure(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "enroll this site: `fieldpost-agent enroll STRING --config FILE`, with a string from the vendor \
                                (--again where there is a config already)"
            .to_owned(),
        ErrorKind::PermissionDenied => other_user(path),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on its disk".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "its disk is mounted read-only: mount it for writing".to_owned(),
        _ => "look at its disk".to_owned(),
    }
}

/// Whether a permission is missing, and not the file.
pub fn is_denied(error: &io::Error) -> bool {
    error.kind() == ErrorKind::PermissionDenied
}

/// It is another user's.
fn other_user(path: &Path) -> String {
    let own = rustix::process::geteuid().as_raw();
    // The nearest folder that can be seen tells whose it is.
    let owner = path.ancestors().find_map(|part| Some((part, std::fs::symlink_metadata(part).ok()?.uid())));
    match owner {
        Some((part, owner)) if owner != own => {
            let (part, owner, own) = (Clean::line(&part.display().to_string()), user(owner), user(own));
            format!(
                "{part} belongs to {owner}, and this is {own}: run this as {owner} (`sudo -u {owner} …`), or, if the agent is to run as \
                 {own}, give it the folder: `chown -R {own} {part}`"
            )
        }
        _ => format!("let {} read and enter it: `chmod u+rwX {}`", user(own), Clean::line(&path.display().to_string())),
    }
}

/// A user's name, or number.
fn user(id: u32) -> String {
    let all = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = all.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (number == id.to_string()).then(|| Clean::line(name).to_string())
    });
    named.unwrap_or_else(|| format!("user {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_is_never_cured_by_enrolling() {
        let denied = io::Error::from(ErrorKind::PermissionDenied);
        let words = cure(Path::new("/proc/1/nothing"), &denied);
        assert!(!words.contains("enroll"), "{words}");
        let missing = cure(Path::new("/nowhere"), &io::Error::from(ErrorKind::NotFound));
        assert!(missing.contains("fieldpost-agent enroll"), "{missing}");
        assert_eq!(user(0), "root");
        assert_eq!(user(u32::MAX - 7), format!("user {}", u32::MAX - 7));
    }
}
