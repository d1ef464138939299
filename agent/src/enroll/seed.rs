//! What tokens of enrolments are made of: kept while nobody knows whether one came to something, so that the next try is the same one.

use super::EnrollError;
use crate::config::Config;
use crate::token::Token;
use std::path::PathBuf;

/// Its name in the state directory.
const FILE: &str = "enrolling.seed";

/// The seed, and where it lies.
pub(super) struct Seed {
    pub(super) root: Token,
    path: PathBuf,
    stays: bool,
}

impl Seed {
    /// The one that an earlier try left, else a new one, on the disk.
    pub(super) fn load_or_make(config: &Config) -> Result<Self, EnrollError> {
        let path = config.state(FILE);
        if let Ok(seed) = Token::load(&path) {
            return Ok(Self { root: seed, path, stays: true });
        }
        let seed = Token::make();
        seed.save(&path).map_err(|error| EnrollError::Io(path.clone(), error))?;
        Ok(Self { root: seed, path, stays: false })
    }

    /// The string may be spent: the next try must be the same one.
    pub(super) fn leave(&mut self) {
        self.stays = true;
    }

    /// It has served.
    pub(super) fn forget(mut self) {
        self.stays = false;
    }
}

impl Drop for Seed {
    /// What came to nothing leaves nothing; one that an earlier try left may still be wanted. One that stays does no harm: each string
    /// makes another token of it.
    fn drop(&mut self) {
        if !self.stays {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
