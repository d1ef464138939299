//! Where the server is: as the config says, or as the trust document says, which the root key signed. Pure; trying is left to the driver.
//!
//! A new address is used once one poll there was answered; until then, and whenever it fails for a while, the one before is. So a
//! slip in the address, or a server that isn't there yet, cuts nobody off.

use crate::config::{Config, ServerUrl};
use crate::durable;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The file in the state directory.
pub const FILE: &str = "address.json";

/// So many polls in a row at the signed address have to fail before the config's is tried.
const PATIENCE: u32 = 3;
/// So many polls go by until a signed address that failed is tried again.
const AGAIN: u32 = 10;

/// What is remembered: an address at which a poll was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    address: String,
}

/// The addresses, and which is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressBook {
    configured: ServerUrl,
    /// What the trust document says, where that is another one that may be used here.
    signed: Option<ServerUrl>,
    /// Whether a poll at the signed one was answered, and it is in use.
    is_proven: bool,
    /// Polls since the last try of the one that isn't in use, or failures of the one that is.
    count: u32,
}

/// What the end of a poll changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    None,
    /// The signed address is in use from now on.
    Moved,
    /// The config's is in use again.
    FellBack,
}

impl AddressBook {
    /// What the config says, what the trust document says, and what is remembered of former polls.
    pub fn open(config: &Config, signed: Option<&str>) -> Self {
        let mut book = Self { configured: config.server.clone(), signed: None, is_proven: false, count: 0 };
        book.set_signed(config, signed);
        let remembered = std::fs::read(config.state(FILE)).ok().and_then(|bytes| serde_json::from_slice::<Written>(&bytes).ok());
        if book.signed.as_ref().is_some_and(|signed| remembered.is_some_and(|one| one.address == signed.to_string())) {
            (book.is_proven, book.count) = (true, 0);
        }
        book
    }

    /// The trust document says so now; true: that is news. One that can't be used here, such as plain HTTP, is left out.
    pub fn set_signed(&mut self, config: &Config, signed: Option<&str>) -> bool {
        let usable = |url: &ServerUrl| url.check(config.allow_plain_http).is_ok() && *url != self.configured;
        let signed = signed.and_then(|text| text.parse().ok()).filter(usable);
        if signed == self.signed {
            return false;
        }
        (self.signed, self.is_proven, self.count) = (signed, false, AGAIN);
        true
    }

    /// The address in use.
    pub fn current(&self) -> &ServerUrl {
        self.signed.as_ref().filter(|_| self.is_proven).unwrap_or(&self.configured)
    }

    /// Where the next poll goes, if not to the address in use: to one that is to be tried.
    pub fn trial(&self) -> Option<&ServerUrl> {
        match &self.signed {
            Some(_) if self.is_proven => Some(&self.configured).filter(|_| self.count >= PATIENCE),
            signed => signed.as_ref().filter(|_| self.count >= AGAIN),
        }
    }

    /// A poll at the address in use ended.
    pub fn polled(&mut self, answered: bool) {
        self.count = match (self.is_proven, answered) {
            // The signed one works: no need of the other.
            (true, true) => 0,
            (true, false) | (false, _) => self.count.saturating_add(1),
        };
    }

    /// A poll at the address that was tried ended.
    pub fn tried(&mut self, answered: bool) -> Change {
        self.count = 0;
        if !answered {
            return Change::None;
        }
        self.is_proven = !self.is_proven;
        if self.is_proven { Change::Moved } else { Change::FellBack }
    }

    /// Keeps which address works, for the next start.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let written = Written { address: self.current().to_string() };
        durable::write(path, &serde_json::to_vec(&written)?, 0o600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "https://old.example";
    const NEW: &str = "https://new.example";

    fn config(state: &Path) -> Config {
        let text = format!(
            "server = \"{OLD}\"\nsite = \"acme\"\nstate_dir = {:?}\n[[app]]\nname = \"trading\"\nversion = \"7.7\"\npatches = \"/p\"\n",
            state.display().to_string()
        );
        Config::parse(&text, Path::new("acme.toml")).expect("a config")
    }

    #[test]
    fn a_signed_address_is_used_after_one_answered_poll_there_and_not_before() {
        let dir = tempfile::tempdir().expect("a folder");
        let config = config(dir.path());
        let mut book = AddressBook::open(&config, None);
        assert_eq!((book.current().to_string().as_str(), book.trial()), (OLD, None));
        assert!(book.set_signed(&config, Some(NEW)) && !book.set_signed(&config, Some(NEW)));
        assert_eq!(book.current().to_string(), OLD);
        assert_eq!(book.trial().expect("at once").to_string(), NEW);
        assert_eq!(book.tried(false), Change::None);
        for _ in 0..AGAIN {
            assert_eq!(book.trial(), None, "not all the time");
            book.polled(true);
        }
        assert_eq!(book.trial().expect("again").to_string(), NEW);
        assert_eq!(book.tried(true), Change::Moved);
        assert_eq!((book.current().to_string().as_str(), book.trial()), (NEW, None));
        book.save(&config.state(FILE)).expect("saved");
        let again = AddressBook::open(&config, Some(NEW));
        assert_eq!((again.current().to_string().as_str(), again.trial()), (NEW, None), "after a restart");
        assert_eq!(AddressBook::open(&config, None).current().to_string(), OLD, "nothing is signed any more");
        assert_eq!(AddressBook::open(&config, Some("https://third.example")).current().to_string(), OLD);
    }

    #[test]
    fn where_the_new_address_fails_for_a_while_the_old_one_is_tried_and_the_new_one_again_later() {
        let dir = tempfile::tempdir().expect("a folder");
        let config = config(dir.path());
        let mut book = AddressBook::open(&config, Some(NEW));
        book.set_signed(&config, None);
        book.set_signed(&config, Some(NEW));
        book.tried(true);
        book.polled(false);
        book.polled(true);
        for _ in 0..PATIENCE {
            assert_eq!(book.trial(), None);
            book.polled(false);
        }
        assert_eq!(book.trial().expect("the old one").to_string(), OLD);
        assert_eq!(book.tried(true), Change::FellBack);
        assert_eq!(book.current().to_string(), OLD);
        (0..AGAIN).for_each(|_| book.polled(true));
        assert_eq!(book.trial().expect("the new one").to_string(), NEW);
    }

    #[test]
    fn an_address_that_would_send_the_token_in_the_clear_or_is_none_is_not_used() {
        let dir = tempfile::tempdir().expect("a folder");
        let config = config(dir.path());
        for bad in ["http://new.example", "new.example", "https://u:p@new.example", OLD] {
            assert_eq!(AddressBook::open(&config, Some(bad)).trial(), None, "{bad}");
            assert!(!AddressBook::open(&config, None).set_signed(&config, Some(bad)), "{bad}");
        }
    }
}
