//! The folder that holds who one is: token, developer key, root key. When they are made is left to `login`.

mod remembered;

use crate::output_file::replace_private;
use fieldpost_common::envelope::{PublicKey, SecretKey};
use fieldpost_common::exit;
use fieldpost_common::id::UserName;
use serde::{Deserialize, Serialize};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

const LOGIN: &str = "login.toml";
/// What the token of a login is made of, while nobody knows whether that came to something.
const SEED: &str = "login.seed";
const DEVELOPER: &str = "developer.key";
const ROOT: &str = "root.key";
const NEXT_ROOT: &str = "root.key.next";
pub(crate) const SPARE: &str = "root-spare.key";

/// The folder.
#[derive(Debug, Clone)]
pub struct Keyring {
    folder: PathBuf,
}

/// What `login.toml` says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The server's address.
    pub url: String,
    /// Who logs in.
    pub user: UserName,
    /// The token, in hexadecimal.
    pub token: String,
    /// The root key that was pinned at the first login.
    pub root: PublicKey,
    /// Further roots for TLS, in PEM form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({} at {})", self.user, self.url)
    }
}

/// Why the folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// Nobody has logged in.
    #[error("nobody is logged in ({0} is missing)\nuse `fieldpost login STRING` with the string that an admin gave you")]
    NotLoggedIn(PathBuf),
    /// No place for it.
    #[error("there is no folder for settings: set HOME or FIELDPOST_CONFIG_DIR")]
    NoFolder,
    /// A file is broken.
    #[error("{path}: {why}", path = path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system says no.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// On which file.
        path: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
}

impl KeyringError {
    /// The exit code that says so.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotLoggedIn(_) => exit::NOT_PERMITTED,
            Self::NoFolder | Self::Broken { .. } => exit::BAD_CONFIG,
            Self::Io { .. } => exit::FAILED,
        }
    }
}

impl Keyring {
    /// The folder that the environment names: `$FIELDPOST_CONFIG_DIR`, else `fieldpost` in the user's config folder.
    pub fn from_environment() -> Result<Self, KeyringError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        set("FIELDPOST_CONFIG_DIR")
            .or_else(|| set("XDG_CONFIG_HOME").map(|folder| folder.join("fieldpost")))
            .or_else(|| set("HOME").map(|home| home.join(".config/fieldpost")))
            .map(Self::at)
            .ok_or(KeyringError::NoFolder)
    }

    /// A folder by its path.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file with the root key, which belongs in a safe place.
    pub fn root_file(&self) -> PathBuf {
        self.folder.join(ROOT)
    }

    /// The file with the spare root key, which belongs in another safe place.
    pub fn spare_file(&self) -> PathBuf {
        self.folder.join(SPARE)
    }

    /// The file with server, user and token.
    pub fn login_file(&self) -> PathBuf {
        self.folder.join(LOGIN)
    }

    /// The file with the developer key.
    pub fn developer_file(&self) -> PathBuf {
        self.folder.join(DEVELOPER)
    }

    /// Who is logged in.
    pub fn login(&self) -> Result<Login, KeyringError> {
        let path = self.login_file();
        match read(&path)? {
            None => Err(KeyringError::NotLoggedIn(path)),
            Some(text) => toml::from_str(&text).map_err(|error| KeyringError::Broken { path, why: error.to_string() }),
        }
    }

    /// Keeps a login.
    pub fn keep_login(&self, login: &Login) -> Result<(), KeyringError> {
        let path = self.login_file();
        let text = toml::to_string(login).map_err(|error| KeyringError::Broken { path: path.clone(), why: error.to_string() })?;
        self.write(&path, &text)
    }

    /// What an interrupted login left to make its token of.
    pub fn seed(&self) -> Result<Option<String>, KeyringError> {
        Ok(read(&self.folder.join(SEED))?.map(|text| text.trim().to_owned()).filter(|text| text.len() == 64))
    }

    /// Keeps it, before the string is spent.
    pub fn keep_seed(&self, seed: &str) -> Result<(), KeyringError> {
        self.write(&self.folder.join(SEED), &format!("{seed}\n"))
    }

    /// It has served. One that stays does no harm: each string makes another token of it.
    pub fn forget_seed(&self) {
        let _ = std::fs::remove_file(self.folder.join(SEED));
    }

    /// The developer key, if there is one.
    pub fn developer(&self) -> Result<Option<SecretKey>, KeyringError> {
        key(&self.developer_file())
    }

    /// The root key, if it is here.
    pub fn root(&self) -> Result<Option<SecretKey>, KeyringError> {
        key(&self.root_file())
    }

    /// The spare root key, while it is here.
    pub fn spare(&self) -> Result<Option<SecretKey>, KeyringError> {
        key(&self.spare_file())
    }

    /// A root key that is to take the place of the present one, and isn't signed in yet as far as is known here.
    pub fn next_root(&self) -> Result<Option<SecretKey>, KeyringError> {
        key(&self.folder.join(NEXT_ROOT))
    }

    /// Keeps it: onto the disk before anything is signed for it.
    pub fn keep_next_root(&self, key: &SecretKey) -> Result<(), KeyringError> {
        self.write(&self.folder.join(NEXT_ROOT), &(key.expose() + "\n"))
    }

    /// Puts the next root key in its place, and pins it. A root key that was here is kept beside it, under the version that replaced it.
    pub fn settle_next_root(&self, root: PublicKey, version: u64) -> Result<(), KeyringError> {
        self.keep_login(&Login { root, ..self.login()? })?;
        let (next, present) = (self.folder.join(NEXT_ROOT), self.root_file());
        let moved = |from: &Path, to: &Path| match std::fs::rename(from, to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(KeyringError::Io { path: from.to_owned(), error }),
            _ => Ok(()),
        };
        moved(&present, &self.folder.join(format!("{ROOT}.before-{version}")))?;
        moved(&next, &present)
    }

    /// Keeps the spare root key.
    pub fn keep_spare(&self, key: &SecretKey) -> Result<(), KeyringError> {
        self.write(&self.spare_file(), &(key.expose() + "\n"))
    }

    /// Keeps the developer key.
    pub fn keep_developer(&self, key: &SecretKey) -> Result<(), KeyringError> {
        self.write(&self.developer_file(), &(key.expose() + "\n"))
    }

    /// Keeps the root key.
    pub fn keep_root(&self, key: &SecretKey) -> Result<(), KeyringError> {
        self.write(&self.root_file(), &(key.expose() + "\n"))
    }

    fn write(&self, path: &Path, text: &str) -> Result<(), KeyringError> {
        write(&self.folder, path, text)
    }
}

/// Writes a file of a folder whole or not at all, for this user only, and onto the disk before it returns.
pub(crate) fn write(folder: &Path, path: &Path, text: &str) -> Result<(), KeyringError> {
    let failed = |error| KeyringError::Io { path: path.to_owned(), error };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    replace_private(path, text.as_bytes()).map_err(failed)
}

/// A file's text; `None` where there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, KeyringError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyringError::Io { path: path.to_owned(), error }),
    }
}

fn key(path: &Path) -> Result<Option<SecretKey>, KeyringError> {
    let Some(text) = read(path)? else { return Ok(None) };
    text.parse().map(Some).map_err(|error: fieldpost_common::envelope::KeyError| KeyringError::Broken {
        path: path.to_owned(),
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_is_kept_is_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::at(folder.path().join("deep/fieldpost"));
        let key = SecretKey::from_seed([3; 32]);
        keyring.keep_developer(&key).expect("kept");
        assert_eq!(keyring.developer().expect("read").expect("there").public(), key.public());
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&keyring.developer_file()), 0o600);
        assert_eq!(mode(keyring.folder()), 0o700);
        assert!(keyring.root().expect("read").is_none());
    }

    #[test]
    fn a_broken_login_file_is_named_with_the_line() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(LOGIN), "url = \"x\"\nuser = 7\n").expect("written");
        let error = Keyring::at(folder.path().to_owned()).login().expect_err("broken");
        assert_eq!(error.exit_code(), exit::BAD_CONFIG);
        assert!(error.to_string().contains("login.toml") && error.to_string().contains("line 2"), "{error}");
    }

    #[test]
    fn a_missing_login_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = Keyring::at(folder.path().to_owned()).login().expect_err("missing");
        assert!(error.to_string().contains("fieldpost login"), "{error}");
    }
}
