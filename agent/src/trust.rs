//! The trust that this agent holds: the root key pinned at enrolment, and the newest document that a chain from it led to.

use crate::durable;
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::trust::{SignedTrust, Trust, TrustError};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The pinned key's file in the state directory. Written once.
pub const PIN_FILE: &str = "root.pub";
/// The newest document's file in the state directory.
pub const FILE: &str = "trust.json";

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The root key out of the enrolment string.
    pub pinned: PublicKey,
    /// The newest document; `None`: none yet, so that no order is accepted.
    pub newest: Option<Trust>,
    /// All that were followed, in order: a server that lost some gets them back.
    pub chain: Vec<SignedTrust>,
}

/// The file: the signed document, the root or spare key that signed it, which the chain had led to, and that chain.
#[derive(Serialize, Deserialize)]
struct Written {
    root: PublicKey,
    signed: SignedTrust,
    #[serde(default)]
    chain: Vec<SignedTrust>,
}

impl Held {
    /// Takes the next versions, one by one. Gives back the last that was accepted, to be saved.
    ///
    /// # Errors
    /// The first that doesn't follow; those before it are kept.
    pub fn extend<'a>(&mut self, chain: &'a [SignedTrust]) -> (Option<Accepted<'a>>, Result<(), TrustError>) {
        let mut last = None;
        if self.newest.is_none() && !chain.is_empty() {
            let start = chain.iter().position(|signed| Trust::open(signed, &self.pinned).is_ok()).unwrap_or(0);
            let first = match Trust::open(&chain[start], &self.pinned) {
                Ok(first) => first,
                Err(error) => return (None, Err(error)),
            };
            last = Some(Accepted { root: self.pinned, signed: &chain[start] });
            self.newest = Some(first);
            self.chain = vec![chain[start].clone()];
            let (more, end) = self.extend(&chain[start + 1..]);
            return (more.or(last), end);
        }
        for signed in chain {
            let Some(trust) = &self.newest else { break };
            if is_held(trust, signed) {
                continue;
            }
            match trust.accept(signed) {
                Ok(next) => {
                    last = trust.signer_of(signed).ok().map(|root| Accepted { root, signed });
                    self.newest = Some(next);
                    self.chain.push(signed.clone());
                }
                Err(error) => return (last, Err(error)),
            }
        }
        (last, Ok(()))
    }

    /// The version that is held; 0: none.
    pub fn version(&self) -> u64 {
        self.newest.as_ref().map_or(0, |trust| trust.version)
    }

    /// Where the server is, as the newest document says.
    pub fn address(&self) -> Option<&str> {
        self.newest.as_ref()?.address.as_deref()
    }

    /// Reads pin and document from the state directory.
    ///
    /// A document that is lost or broken is not fatal: the server sends the chain from the pinned key again.
    pub fn load(state_dir: &Path) -> io::Result<Self> {
        let pin = std::fs::read_to_string(state_dir.join(PIN_FILE))?;
        let pinned: PublicKey = pin.trim().parse().map_err(io::Error::other)?;
        let written = std::fs::read(state_dir.join(FILE)).ok().and_then(|bytes| {
            let written: Written = serde_json::from_slice(&bytes).ok()?;
            Some((reopen(&written)?, written))
        });
        let mut held = Self::pinned(pinned);
        if let Some((newest, written)) = written {
            held.newest = Some(newest);
            held.chain = if written.chain.is_empty() { vec![written.signed] } else { written.chain };
        }
        Ok(held)
    }

    /// Nothing yet but the key out of the enrolment string.
    pub fn pinned(pinned: PublicKey) -> Self {
        Self { pinned, newest: None, chain: Vec::new() }
    }

    /// Writes the pinned key, at enrolment.
    pub fn pin(state_dir: &Path, root: &PublicKey) -> io::Result<()> {
        durable::write(&state_dir.join(PIN_FILE), root.to_string().as_bytes(), 0o600)
    }
}

/// A document that was accepted, with the key that signed it.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'a> {
    root: PublicKey,
    signed: &'a SignedTrust,
}

impl Accepted<'_> {
    /// The bytes of the trust file; `chain` leads to this document.
    pub fn to_bytes(&self, chain: &[SignedTrust]) -> Vec<u8> {
        let written = Written { root: self.root, signed: self.signed.clone(), chain: chain.to_vec() };
        serde_json::to_vec(&written).unwrap_or_else(|error| unreachable!("a trust document is plain data: {error}"))
    }
}

/// The same or an older document than the one held: the server repeats itself, nothing to do.
fn is_held(held: &Trust, signed: &SignedTrust) -> bool {
    serde_json::from_slice::<Trust>(&signed.by.bytes).is_ok_and(|trust| trust.version <= held.version)
}

fn reopen(written: &Written) -> Option<Trust> {
    use fieldpost_common::envelope::Domain;
    let bytes = written.signed.by.verify(Domain::Trust, &written.root).ok()?;
    serde_json::from_slice(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldpost_common::envelope::SecretKey;
    use fieldpost_common::trust::Developer;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    fn chain() -> Vec<SignedTrust> {
        let developer = Developer::unrestricted("ada".parse().expect("user"), key(2).public());
        let first = Trust::found(key(1).public(), developer);
        let second = Trust { version: 2, root: key(9).public(), ..first.clone() };
        let third = Trust { version: 3, ..second.clone() };
        vec![first.sign(&key(1)), second.sign_with_new_root(&key(1), &key(9)), third.sign(&key(9))]
    }

    fn held() -> Held {
        Held::pinned(key(1).public())
    }

    #[test]
    fn the_chain_is_followed_from_the_pin_and_survives_a_restart() {
        let dir = tempfile::tempdir().expect("directory");
        Held::pin(dir.path(), &key(1).public()).expect("pinned");
        let mut trust = held();
        let chain = chain();
        let (accepted, end) = trust.extend(&chain);
        end.expect("a good chain");
        std::fs::write(dir.path().join(FILE), accepted.expect("new").to_bytes(&trust.chain)).expect("written");
        assert_eq!(trust.version(), 3);
        let loaded = Held::load(dir.path()).expect("loaded");
        assert_eq!(loaded, trust);
        assert_eq!(loaded.chain, chain, "a server that lost some gets them back");
    }

    #[test]
    fn an_older_document_never_takes_the_place_of_a_newer_one() {
        let mut trust = held();
        let chain = chain();
        trust.extend(&chain).1.expect("a good chain");
        let before = trust.clone();
        let (accepted, end) = trust.extend(&chain[..2]);
        assert!(accepted.is_none() && end.is_ok());
        assert_eq!(trust, before);
    }

    #[test]
    fn a_chain_that_breaks_is_followed_up_to_the_break() {
        let mut trust = held();
        let mut chain = chain();
        chain[2] = Trust { version: 3, ..trust_of(&chain[1]) }.sign(&key(1));
        let (_, end) = trust.extend(&chain);
        assert!(end.is_err());
        assert_eq!(trust.version(), 2);
        let mut other = Held::pinned(key(5).public());
        assert!(other.extend(&chain).1.is_err());
        assert_eq!(other.version(), 0);
    }

    fn trust_of(signed: &SignedTrust) -> Trust {
        serde_json::from_slice(&signed.by.bytes).expect("trust")
    }
}
