//! The trust document: which keys may sign what. Agents and terminals walk its versions from a root key that they pinned.
//!
//! It can grow: fields that a reader doesn't know are kept, so that a version which it signs takes nothing away, and a developer who
//! needs more than the reader understands signs nothing there. Removals, revocations and changes of the root key always count.

mod document;

use crate::envelope::{BadSignature, Domain, Envelope, PublicKey, SecretKey};
use crate::id::{AppName, KeyId, SiteName, UserName};
use crate::order::Refusal;
use crate::statement::{self, FORMAT};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use document::NewerDeveloper;

/// One version of the trust document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "document::Document", into = "document::Document")]
pub struct Trust {
    /// The format that its writer used.
    pub format: u32,
    /// Counts up by one.
    pub version: u64,
    /// The key that signs the next version.
    pub root: PublicKey,
    /// A second key that may sign it as well, kept elsewhere: for the day on which the first is lost.
    pub spare: Option<PublicKey>,
    /// Where sites find the server from now on; none: where their configs say.
    pub address: Option<String>,
    /// Who may sign publications and orders.
    pub developers: Vec<Developer>,
    /// Keys that may no longer sign anything.
    pub revoked: Vec<KeyId>,
    /// Developers that only a newer version can read: their keys sign nothing here.
    pub newer: Vec<NewerDeveloper>,
    /// Fields of a newer version, as they came.
    pub more: Map<String, Value>,
}

/// A developer's key and how far it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Developer {
    /// Whose key it is.
    pub user: UserName,
    /// The key.
    pub key: PublicKey,
    /// Which applications it may publish and send.
    pub applications: Scope<AppName>,
    /// Which sites it may send to.
    pub sites: Scope<SiteName>,
    /// Whether it may order a removal.
    pub may_remove: bool,
    /// Whether it may order that a site runs one of its named actions.
    pub may_run_actions: bool,
    /// When the key ends.
    pub expires: Option<Timestamp>,
    /// What a reader must understand of this entry, else the key signs nothing there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Fields of a newer version, as they came.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// The entries of [`Developer::needs`] that this version understands.
const UNDERSTOOD: &[&str] = &[];

impl Developer {
    /// A key that may do everything everywhere, for ever.
    pub fn unrestricted(user: UserName, key: PublicKey) -> Self {
        Self {
            user,
            key,
            applications: Scope::All,
            sites: Scope::All,
            may_remove: true,
            may_run_actions: true,
            expires: None,
            needs: Vec::new(),
            more: Map::new(),
        }
    }
}

/// All of something, or the ones listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope<T> {
    /// Every one, also those to come.
    All,
    /// These only.
    Only(Vec<T>),
}

impl<T: PartialEq> Scope<T> {
    /// Whether `one` is within.
    pub fn holds(&self, one: &T) -> bool {
        match self {
            Self::All => true,
            Self::Only(list) => list.contains(one),
        }
    }
}

/// A version of the trust document as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedTrust {
    /// Signed by the root key of the version before (by its own in the first).
    pub by: Envelope,
    /// When the root key changes: the same bytes, signed by the new one, which proves that someone holds it.
    pub also: Option<Envelope>,
}

/// Why a trust document isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Not signed by the key that must sign it.
    #[error("trust document: {0}")]
    BadSignature(#[from] BadSignature),
    /// Signed, but not a trust document.
    #[error("trust document can't be read: {0}")]
    Malformed(String),
    /// Older than, or not the next after, the one that is held.
    #[error("trust document has version {given}, expected {expected}")]
    WrongVersion {
        /// The version that came.
        given: u64,
        /// The version that can follow.
        expected: u64,
    },
    /// The first document names another root than the one pinned.
    #[error("trust document names another root key than the one pinned at enrolment")]
    OtherRoot,
}

impl Trust {
    /// The first version, made at the first login.
    pub fn found(root: PublicKey, first: Developer) -> Self {
        Self {
            format: FORMAT,
            version: 1,
            root,
            spare: None,
            address: None,
            developers: vec![first],
            revoked: Vec::new(),
            newer: Vec::new(),
            more: Map::new(),
        }
    }

    /// Signs this version with the root key of the version before it (its own, in the first).
    pub fn sign(&self, root: &SecretKey) -> SignedTrust {
        SignedTrust { by: Envelope::sign(Domain::Trust, self.bytes(), root), also: None }
    }

    /// Signs a version in which the root key changes.
    pub fn sign_with_new_root(&self, old: &SecretKey, new: &SecretKey) -> SignedTrust {
        SignedTrust {
            by: Envelope::sign(Domain::Trust, self.bytes(), old),
            also: Some(Envelope::sign(Domain::Trust, self.bytes(), new)),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|error| unreachable!("a trust document is plain data: {error}"))
    }

    /// Opens the document where a chain starts: it names the pinned key, as root or spare, and is signed by it.
    pub fn open(signed: &SignedTrust, pinned: &PublicKey) -> Result<Self, TrustError> {
        let by = signed.by.verify(Domain::Trust, pinned);
        // A new root has signed the version that names it first.
        let also = || signed.also.as_ref().and_then(|also| also.verify(Domain::Trust, pinned).ok());
        let trust = parse(by.or_else(|error| also().ok_or(error))?)?;
        if trust.is_root(pinned) { Ok(trust) } else { Err(TrustError::OtherRoot) }
    }

    /// Whether a key may sign the next version.
    pub fn is_root(&self, key: &PublicKey) -> bool {
        self.root == *key || self.spare == Some(*key)
    }

    /// Which key signed the version after this one: the root key or the spare one.
    ///
    /// # Errors
    /// Neither.
    pub fn signer_of(&self, next: &SignedTrust) -> Result<PublicKey, TrustError> {
        let signed = |key: &PublicKey| next.by.verify(Domain::Trust, key).is_ok();
        [Some(self.root), self.spare].into_iter().flatten().find(signed).ok_or_else(|| BadSignature.into())
    }

    /// The key from which a chain's newest version follows, for somebody who has pinned none: to be compared before it is believed.
    pub fn anchor(chain: &[SignedTrust]) -> Option<PublicKey> {
        let newest: Self = parse(&chain.last()?.by.bytes).ok()?;
        let leads_there = |key: &PublicKey| Self::walk(chain, key).is_ok_and(|trust| trust.as_ref() == Some(&newest));
        [Some(newest.root), newest.spare].into_iter().flatten().find(leads_there)
    }

    /// Opens the version after this one.
    pub fn accept(&self, next: &SignedTrust) -> Result<Self, TrustError> {
        let bytes = next.by.verify(Domain::Trust, &self.signer_of(next)?)?;
        let trust = parse(bytes)?;
        if trust.version != self.version + 1 {
            return Err(TrustError::WrongVersion { given: trust.version, expected: self.version + 1 });
        }
        if trust.root != self.root {
            let also = next.also.as_ref().ok_or(BadSignature)?;
            if also.verify(Domain::Trust, &trust.root)? != bytes {
                return Err(BadSignature.into());
            }
        }
        Ok(trust)
    }

    /// Walks a chain of versions in order, from the pinned root to the newest.
    ///
    /// Versions before the one that names the pinned root are passed over; `None` when the chain is empty.
    pub fn walk(chain: &[SignedTrust], pinned: &PublicKey) -> Result<Option<Self>, TrustError> {
        let Some(start) = chain.iter().position(|signed| Self::open(signed, pinned).is_ok()) else {
            return chain.last().map_or(Ok(None), |last| Self::open(last, pinned).map(Some));
        };
        let first = Self::open(&chain[start], pinned)?;
        chain[start + 1..].iter().try_fold(first, |trust, next| trust.accept(next)).map(Some)
    }

    /// The developer who holds a key, if the key may sign at all now.
    pub fn developer(&self, key: &KeyId, now: Timestamp) -> Result<&Developer, Refusal> {
        if self.revoked.contains(key) {
            return Err(Refusal::Revoked);
        }
        let Some(developer) = self.developers.iter().find(|developer| developer.key.id() == *key) else {
            let newer = self.newer.iter().any(|developer| developer.key().is_some_and(|newer| newer.id() == *key));
            return Err(if newer { Refusal::NewerFormat } else { Refusal::UnknownKey });
        };
        if !statement::understands(UNDERSTOOD, &developer.needs) {
            return Err(Refusal::NewerFormat);
        }
        match developer.expires {
            Some(expires) if expires <= now => Err(Refusal::KeyExpired),
            _ => Ok(developer),
        }
    }
}

fn parse(bytes: &[u8]) -> Result<Trust, TrustError> {
    serde_json::from_slice(bytes).map_err(|error| TrustError::Malformed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::from_seed([seed; 32])
    }

    fn developer(user: &str, seed: u8) -> Developer {
        Developer::unrestricted(user.parse().expect("user"), key(seed).public())
    }

    fn first() -> Trust {
        Trust::found(key(1).public(), developer("ada", 2))
    }

    #[test]
    fn the_chain_is_walked_from_the_pinned_root_through_a_change_of_root() {
        let mut second = first();
        second.version = 2;
        second.root = key(9).public();
        let mut third = second.clone();
        third.version = 3;
        third.developers.push(developer("bn", 3));
        let chain = [first().sign(&key(1)), second.sign_with_new_root(&key(1), &key(9)), third.sign(&key(9))];
        assert_eq!(Trust::walk(&chain, &key(1).public()).expect("chain"), Some(third.clone()));
        assert_eq!(Trust::walk(&chain[2..], &key(9).public()).expect("from the new root"), Some(third));
    }

    #[test]
    fn a_document_signed_by_anyone_but_the_root_is_refused() {
        assert_eq!(Trust::open(&first().sign(&key(2)), &key(1).public()), Err(BadSignature.into()));
        let mut second = first();
        second.version = 2;
        assert_eq!(first().accept(&second.sign(&key(2))), Err(BadSignature.into()));
        second.root = key(9).public();
        assert_eq!(first().accept(&second.sign(&key(1))), Err(BadSignature.into()), "the new root has not signed");
    }

    #[test]
    fn root_and_spare_sign_the_next_version_either_and_a_spare_that_was_replaced_signs_none() {
        let founded = Trust { spare: Some(key(7).public()), ..first() };
        let next = Trust { version: 2, ..founded.clone() };
        for signer in [1, 7] {
            assert_eq!(founded.accept(&next.sign(&key(signer))).as_ref(), Ok(&next), "{signer}");
        }
        assert_eq!(founded.accept(&next.sign(&key(2))), Err(BadSignature.into()), "a developer's key is none of them");
        let other = Trust { version: 3, spare: Some(key(8).public()), ..next.clone() };
        let fourth = Trust { version: 4, ..other.clone() };
        assert_eq!(other.accept(&fourth.sign(&key(7))), Err(BadSignature.into()));
        // The root is lost: the spare names another.
        let moved = Trust { version: 2, root: key(9).public(), ..founded.clone() };
        let signed = moved.sign_with_new_root(&key(7), &key(9));
        assert_eq!(founded.accept(&signed).as_ref(), Ok(&moved));
        assert_eq!(moved.accept(&Trust { version: 3, ..moved.clone() }.sign(&key(1))), Err(BadSignature.into()), "the old root");
    }

    #[test]
    fn a_chain_is_anchored_in_a_key_that_signed_its_newest_version_or_leads_to_it() {
        let founded = Trust { spare: Some(key(7).public()), ..first() };
        let second = Trust { version: 2, ..founded.clone() };
        let moved = Trust { version: 3, root: key(9).public(), ..second.clone() };
        let chain = [founded.sign(&key(1)), second.sign(&key(7)), moved.sign_with_new_root(&key(1), &key(9))];
        assert_eq!(Trust::anchor(&chain[..1]), Some(key(1).public()));
        assert_eq!(Trust::anchor(&chain[..2]), Some(key(1).public()));
        assert_eq!(Trust::anchor(&chain[1..2]), Some(key(7).public()));
        assert_eq!(Trust::anchor(&chain), Some(key(9).public()));
        assert_eq!(Trust::walk(&chain, &key(9).public()).expect("from the new root").map(|trust| trust.version), Some(3));
        assert_eq!(Trust::anchor(&[]), None);
        let forged = Trust { version: 2, ..first() }.sign(&key(5));
        assert_eq!(Trust::anchor(&[first().sign(&key(1)), forged]), None, "it doesn't follow");
    }

    #[test]
    fn a_document_without_spare_and_address_reads_as_before_and_with_them_as_it_was_signed() {
        let plain = serde_json::to_string(&first()).expect("json");
        assert!(!plain.contains("spare") && !plain.contains("address"), "{plain}");
        let full = Trust { spare: Some(key(7).public()), address: Some("https://new.example".to_owned()), ..first() };
        let text = serde_json::to_string(&full).expect("json");
        assert_eq!(serde_json::from_str::<Trust>(&text).expect("read"), full);
    }

    #[test]
    fn a_version_is_neither_skipped_nor_repeated() {
        let mut next = first();
        assert_eq!(first().accept(&next.sign(&key(1))), Err(TrustError::WrongVersion { given: 1, expected: 2 }));
        next.version = 3;
        assert_eq!(first().accept(&next.sign(&key(1))), Err(TrustError::WrongVersion { given: 3, expected: 2 }));
    }

    #[test]
    fn a_key_that_is_unknown_revoked_or_expired_signs_nothing() {
        let now = Timestamp::from_ms(1_000);
        let mut trust = first();
        assert_eq!(trust.developer(&key(2).public().id(), now).expect("known").user.as_str(), "ada");
        assert_eq!(trust.developer(&key(5).public().id(), now), Err(Refusal::UnknownKey));
        trust.developers[0].expires = Some(now);
        assert_eq!(trust.developer(&key(2).public().id(), now), Err(Refusal::KeyExpired));
        trust.revoked.push(key(2).public().id());
        assert_eq!(trust.developer(&key(2).public().id(), now), Err(Refusal::Revoked));
    }
}
