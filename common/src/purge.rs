//! An admin's signed statement that contents of a patch are taken away for good. Nothing else loses what was acknowledged.

use crate::envelope::{Domain, Envelope};
use crate::hash::ContentHash;
use crate::id::{AppName, KeyId};
use crate::name::PatchName;
use crate::order::Refusal;
use crate::statement::{Form, Statement};
use crate::time::Timestamp;
use crate::trust::Trust;
use serde::{Deserialize, Serialize};

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Its form.
    #[serde(flatten)]
    pub form: Form,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The contents that are taken away; never empty.
    pub contents: Vec<ContentHash>,
    /// When it was signed, by the signer's clock: whatever was signed before that publishes them no more.
    pub created: Timestamp,
    /// The key that signs it.
    pub key: KeyId,
    /// Why, in the person's words.
    pub reason: Option<String>,
}

impl Statement for Purge {
    const DOMAIN: Domain = Domain::Purge;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

impl Purge {
    /// Opens an envelope: the root key or its spare signed it, or a developer's who may remove things of that application.
    pub fn open(envelope: &Envelope, trust: &Trust, now: Timestamp) -> Result<Self, Refusal> {
        let root = [Some(trust.root), trust.spare].into_iter().flatten().find(|root| root.id() == envelope.key);
        let (key, developer) = if let Some(root) = root {
            (root, None)
        } else {
            let developer = trust.developer(&envelope.key, now)?;
            (developer.key, Some(developer))
        };
        let purge = Self::verify(envelope, &key)?;
        if purge.contents.is_empty() {
            return Err(Refusal::Malformed);
        }
        if developer.is_some_and(|developer| !developer.applications.holds(&purge.application) || !developer.may_remove) {
            return Err(Refusal::OutOfScope);
        }
        Ok(purge)
    }

    /// Whether it takes a publication away: of these bytes as this patch, signed before it.
    pub fn covers(&self, patch: (&AppName, &PatchName), sha256: &ContentHash, created: Timestamp) -> bool {
        (&self.application, &self.patch) == patch && self.contents.contains(sha256) && created <= self.created
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::SecretKey;
    use crate::trust::{Developer, Scope};

    fn root() -> SecretKey {
        SecretKey::from_seed([1; 32])
    }

    fn key() -> SecretKey {
        SecretKey::from_seed([2; 32])
    }

    fn trust(may_remove: bool) -> Trust {
        let developer = Developer {
            applications: Scope::Only(vec!["trading".parse().expect("app")]),
            may_remove,
            ..Developer::unrestricted("ada".parse().expect("user"), key().public())
        };
        Trust::found(root().public(), developer)
    }

    fn purge(key: &SecretKey) -> Purge {
        Purge {
            form: Form::default(),
            application: "trading".parse().expect("app"),
            patch: "Order.st".parse().expect("name"),
            contents: vec![ContentHash::of(b"x")],
            created: Timestamp::from_ms(5),
            key: key.public().id(),
            reason: None,
        }
    }

    #[test]
    fn a_purge_is_opened_for_the_root_key_and_for_developers_who_may_remove_there() {
        let now = Timestamp::from_ms(10);
        assert_eq!(Purge::open(&purge(&key()).sign(&key()), &trust(true), now), Ok(purge(&key())));
        assert_eq!(Purge::open(&purge(&root()).sign(&root()), &trust(false), now), Ok(purge(&root())));
        let spare = SecretKey::from_seed([7; 32]);
        let with_spare = Trust { spare: Some(spare.public()), ..trust(false) };
        assert_eq!(Purge::open(&purge(&spare).sign(&spare), &with_spare, now), Ok(purge(&spare)));
        assert_eq!(Purge::open(&purge(&key()).sign(&key()), &trust(false), now), Err(Refusal::OutOfScope));
        let elsewhere = Purge { application: "other".parse().expect("app"), ..purge(&key()) };
        assert_eq!(Purge::open(&elsewhere.sign(&key()), &trust(true), now), Err(Refusal::OutOfScope));
        let nothing = Purge { contents: Vec::new(), ..purge(&key()) };
        assert_eq!(Purge::open(&nothing.sign(&key()), &trust(true), now), Err(Refusal::Malformed));
        let stranger = SecretKey::from_seed([8; 32]);
        assert_eq!(Purge::open(&purge(&stranger).sign(&stranger), &trust(true), now), Err(Refusal::UnknownKey));
    }

    #[test]
    fn what_was_signed_before_a_purge_is_taken_away_by_it_and_what_is_signed_later_is_not() {
        let (purge, patch) = (purge(&key()), ("trading".parse().expect("app"), "Order.st".parse().expect("name")));
        let covers = |sha256, at| purge.covers((&patch.0, &patch.1), &ContentHash::of(sha256), Timestamp::from_ms(at));
        assert!(covers(b"x", 4) && covers(b"x", 5));
        assert!(!covers(b"x", 6) && !covers(b"y", 4));
    }
}
