//! The trust document as JSON: what a version can't read of it is carried along, never dropped and never obeyed.

use super::{Developer, Trust};
use crate::envelope::PublicKey;
use crate::id::{KeyId, UserName};
use crate::statement::FORMAT;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The whole document; developers stay JSON until it is known which of them can be read.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Document {
    format: u32,
    version: u64,
    root: PublicKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spare: Option<PublicKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    developers: Vec<Value>,
    revoked: Vec<KeyId>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// A developer's entry that this version can't read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewerDeveloper(Value);

impl NewerDeveloper {
    /// Whose key it is, as far as that can be read.
    pub fn user(&self) -> Option<UserName> {
        self.field("user")
    }

    /// The key, as far as it can be read.
    pub fn key(&self) -> Option<PublicKey> {
        self.field("key")
    }

    fn field<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.0.get(name)?.clone()).ok()
    }
}

impl From<Document> for Trust {
    fn from(document: Document) -> Self {
        let Document { format, version, root, spare, address, developers: entries, revoked, more } = document;
        let (mut developers, mut newer) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in entries {
            match Developer::deserialize(&entry) {
                Ok(developer) => developers.push(developer),
                Err(_) => newer.push(NewerDeveloper(entry)),
            }
        }
        Self { format, version, root, spare, address, developers, revoked, newer, more }
    }
}

impl From<Trust> for Document {
    fn from(trust: Trust) -> Self {
        let plain = |developer| serde_json::to_value(developer).unwrap_or_else(|error| unreachable!("plain data: {error}"));
        let developers = trust.developers.into_iter().map(plain).chain(trust.newer.into_iter().map(|newer| newer.0)).collect();
        let Trust { format, version, root, spare, address, revoked, more, .. } = trust;
        Self { format: format.max(FORMAT), version, root, spare, address, developers, revoked, more }
    }
}
