//! A developer's signed statement that a patch is off the published table for some versions.

use crate::envelope::{Domain, Envelope};
use crate::id::{AppName, KeyId, Version};
use crate::name::PatchName;
use crate::order::Refusal;
use crate::statement::{Form, Statement};
use crate::time::Timestamp;
use crate::trust::Trust;
use serde::{Deserialize, Serialize};

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Its form.
    #[serde(flatten)]
    pub form: Form,
    /// The application.
    pub application: AppName,
    /// The patch.
    pub patch: PatchName,
    /// The versions for which nothing is current any more; never empty.
    pub versions: Vec<Version>,
    /// It undoes the first publication of the patch, as if that had never been made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_back: bool,
    /// When it was signed, by the developer's clock: what was signed before it is not current because of that.
    pub created: Timestamp,
    /// The key that signs it.
    pub key: KeyId,
}

impl Statement for Withdrawal {
    const DOMAIN: Domain = Domain::Withdrawal;
    const UNDERSTOOD: &'static [(&'static str, u32)] = &[];

    fn key(&self) -> &KeyId {
        &self.key
    }
}

impl Withdrawal {
    /// Opens an envelope: its key may sign publications of that application now, and did.
    pub fn open(envelope: &Envelope, trust: &Trust, now: Timestamp) -> Result<Self, Refusal> {
        let developer = trust.developer(&envelope.key, now)?;
        let withdrawal = Self::verify(envelope, &developer.key)?;
        if withdrawal.versions.is_empty() {
            return Err(Refusal::Malformed);
        }
        if !developer.applications.holds(&withdrawal.application) {
            return Err(Refusal::OutOfScope);
        }
        Ok(withdrawal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::SecretKey;
    use crate::trust::{Developer, Scope};

    #[test]
    fn a_withdrawal_is_opened_only_for_a_trusted_key_within_its_scope() {
        let (key, now) = (SecretKey::from_seed([2; 32]), Timestamp::from_ms(10));
        let trust = |applications| {
            let developer = Developer { applications, ..Developer::unrestricted("ada".parse().expect("user"), key.public()) };
            Trust::found(SecretKey::from_seed([1; 32]).public(), developer)
        };
        let withdrawal = Withdrawal {
            form: Form::default(),
            application: "trading".parse().expect("app"),
            patch: "Order.st".parse().expect("name"),
            versions: vec!["7.7".parse().expect("version")],
            takes_back: true,
            created: Timestamp::from_ms(5),
            key: key.public().id(),
        };
        assert_eq!(Withdrawal::open(&withdrawal.sign(&key), &trust(Scope::All), now), Ok(withdrawal.clone()));
        assert_eq!(Withdrawal::open(&withdrawal.sign(&key), &trust(Scope::Only(vec![])), now), Err(Refusal::OutOfScope));
        let stranger = SecretKey::from_seed([8; 32]);
        let forged = Withdrawal { key: stranger.public().id(), ..withdrawal.clone() };
        assert_eq!(Withdrawal::open(&forged.sign(&stranger), &trust(Scope::All), now), Err(Refusal::UnknownKey));
        let nowhere = Withdrawal { versions: Vec::new(), ..withdrawal };
        assert_eq!(Withdrawal::open(&nowhere.sign(&key), &trust(Scope::All), now), Err(Refusal::Malformed));
    }
}
