//! The agent's own token: made here, kept in one private file, sent only as `Authorization`.

use crate::clock::random;
use crate::durable;
use fieldpost_common::hash::{ContentHash, hex};
use fieldpost_common::invitation::token_of;
use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A token. Never shown.
#[derive(Clone)]
pub struct Token(String);

/// Why a token file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It can't be read.
    #[error("token file {0}: {1}\n{cure}", cure = crate::state_access::cure(.0, .1))]
    Unreadable(PathBuf, io::Error),
    /// Others can read it.
    #[error("token file {path} can be read by others (mode {mode:03o}): run `chmod 600 {path}`", path = .path.display())]
    Loose {
        /// Which file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It holds something else.
    #[error(
        "token file {0} does not hold a token\nenroll this site again: `fieldpost-agent enroll STRING --config FILE --again`"
    )]
    Broken(PathBuf),
}

impl Token {
    /// Makes a new one out of 32 random bytes.
    pub fn make() -> Self {
        Self(hex(&random::<32>()))
    }

    /// The token for an enrolment string: the same in each try with it.
    pub fn derive(seed: &Self, string: &str) -> Self {
        Self(token_of(&seed.0, string))
    }

    /// What the server keeps of it.
    pub fn sha256(&self) -> ContentHash {
        ContentHash::of(self.0.as_bytes())
    }

    /// For the `Authorization` header only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Writes it where only the owner can read.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        durable::write(path, self.0.as_bytes(), 0o600)
    }

    /// Reads it, unless others could have.
    pub fn load(path: &Path) -> Result<Self, TokenError> {
        let unreadable = |error| TokenError::Unreadable(path.to_owned(), error);
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(TokenError::Loose { path: path.to_owned(), mode });
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let token = text.trim();
        let whole = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
        if whole { Ok(Self(token.to_owned())) } else { Err(TokenError::Broken(path.to_owned())) }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_file_that_others_can_read_is_refused_with_the_cure() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("token");
        let token = Token::make();
        token.save(&path).expect("saved");
        assert_eq!(Token::load(&path).expect("private").expose(), token.expose());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
        let error = Token::load(&path).expect_err("loose").to_string();
        assert!(error.contains("chmod 600"), "{error}");
        assert!(!error.contains(token.expose()));
    }

    #[test]
    fn a_token_never_shows_itself_and_a_cut_one_is_refused() {
        let dir = tempfile::tempdir().expect("directory");
        let path = dir.path().join("token");
        let token = Token::make();
        assert!(!format!("{token:?}").contains(token.expose()));
        durable::write(&path, &token.expose().as_bytes()[..63], 0o600).expect("written");
        assert!(matches!(Token::load(&path), Err(TokenError::Broken(_))));
    }
}
