//! What apps kept, given back to a server that was restored.

use crate::envelope::Envelope;
use crate::trust::SignedTrust;
use serde::{Deserialize, Serialize};

/// What an app has verified and kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recall {
    /// The versions of the trust document, in order.
    #[serde(default)]
    pub trust: Vec<SignedTrust>,
    /// Publications.
    #[serde(default)]
    pub publications: Vec<Envelope>,
    /// Withdrawals: what was taken off the published table.
    #[serde(default)]
    pub withdrawals: Vec<Envelope>,
    /// Purges: what an admin took away for good.
    #[serde(default)]
    pub purges: Vec<Envelope>,
}

/// What the server lacked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Recalled {
    /// How many versions of the trust document.
    pub trust: u64,
    /// How many publications, which count again.
    pub publications: u64,
    /// How many publications whose contents the server waits for.
    pub waiting: u64,
    /// How many withdrawals.
    #[serde(default)]
    pub withdrawals: u64,
    /// How many purges, which are carried out again.
    #[serde(default)]
    pub purges: u64,
}
