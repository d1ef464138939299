//! A developer's signed statement that a revision is the current one of its patch for some versions.

pub mod succession;

use crate::envelope::{Domain, Envelope};
use crate::hash::ContentHash;
use crate::id::{AppName, KeyId, Version};
use crate::issue::Issue;
use crate::name::PatchName;
use crate::order::Refusal;
use crate::statement::{Form, Statement};
use crate::time::Timestamp;
use crate::trust::Trust;
use serde::{Deserialize, Serialize};

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its form.
    #[serde(flatten)]
    pub form: Form,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The versions for which it is current; never empty.
    pub versions: Vec<Version>,
    /// The content.
    pub sha256: ContentHash,
    /// Its size in bytes.
    pub size: u64,
    /// The tracker entry.
    pub issue: Option<Issue>,
    /// When it was signed, by the developer's clock.
    pub created: Timestamp,
    /// The key that signs it.
    pub key: KeyId,
}

impl Statement for Publication {
    const DOMAIN: Domain = Domain::Publication;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

impl Publication {
    /// Opens an envelope: its key may sign publications of that application now, and did.
    pub fn open(envelope: &Envelope, trust: &Trust, now: Timestamp) -> Result<Self, Refusal> {
        let developer = trust.developer(&envelope.key, now)?;
        let publication = Self::verify(envelope, &developer.key)?;
        if publication.versions.is_empty() {
            return Err(Refusal::Malformed);
        }
        if !developer.applications.holds(&publication.application) {
            return Err(Refusal::OutOfScope);
        }
        Ok(publication)
    }

    /// Whether it says that these bytes are this patch.
    pub fn covers(&self, application: &AppName, patch: &PatchName, sha256: &ContentHash) -> bool {
        self.application == *application && self.patch == *patch && self.sha256 == *sha256
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::SecretKey;
    use crate::trust::{Developer, Scope};

    fn trust(applications: Scope<AppName>) -> (Trust, SecretKey) {
        let key = SecretKey::from_seed([2; 32]);
        let developer = Developer {
            applications,
            may_run_actions: false,
            ..Developer::unrestricted("ada".parse().expect("user"), key.public())
        };
        (Trust::found(SecretKey::from_seed([1; 32]).public(), developer), key)
    }

    fn publication(key: &SecretKey) -> Publication {
        Publication {
            form: Form::default(),
            application: "trading".parse().expect("app"),
            patch: "Order.st".parse().expect("name"),
            versions: vec!["7.7".parse().expect("version")],
            sha256: ContentHash::of(b"x"),
            size: 1,
            issue: None,
            created: Timestamp::from_ms(5),
            key: key.public().id(),
        }
    }

    #[test]
    fn a_publication_is_opened_only_for_a_trusted_key_within_its_scope() {
        let now = Timestamp::from_ms(10);
        let (all, key) = trust(Scope::All);
        let signed = publication(&key).sign(&key);
        assert_eq!(Publication::open(&signed, &all, now), Ok(publication(&key)));
        let (none, _) = trust(Scope::Only(vec![]));
        assert_eq!(Publication::open(&signed, &none, now), Err(Refusal::OutOfScope));
        let stranger = SecretKey::from_seed([8; 32]);
        assert_eq!(Publication::open(&publication(&stranger).sign(&stranger), &all, now), Err(Refusal::UnknownKey));
        let mut empty = publication(&key);
        empty.versions.clear();
        assert_eq!(Publication::open(&empty.sign(&key), &all, now), Err(Refusal::Malformed));
    }
}
