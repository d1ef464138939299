//! The trust document as it travels, and keys that wait for it.

use crate::envelope::PublicKey;
use crate::id::UserName;
use crate::time::Timestamp;
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};

/// All versions of the trust document, and keys that wait to be put into it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TrustChain {
    /// From version 1 on.
    pub versions: Vec<SignedTrust>,
    /// Keys of people who logged in and are not trusted yet.
    pub pending: Vec<PendingKey>,
}

/// A key that no trust document names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingKey {
    /// Whose.
    pub user: UserName,
    /// The key.
    pub key: PublicKey,
    /// Since when.
    pub since: Timestamp,
}
